"""What is said of a training that has not gone well, and what may help."""

import warnings

import numpy as np
from scipy import sparse, special
from sklearn.exceptions import ConvergenceWarning

from skmlp._network import network_outputs
from skmlp.losses import Distance

# Further than this from 1, a root mean square is worth a hint.
FAR = 20
# Smaller inputs beside others of unit scale have no part in what is learned.
NEGLIGIBLE = 1e-6
TINY = 1e-12
STANDARDIZE = "standardize=True brings them there"
OTHER_UNITS = "give them in other units"
# A model whose loss is lower than a constant's by less than this share has learned nothing.
HARDLY = 0.01


def report_divergence(outcome, epoch, recovers, remedies):
    """Raise an error, or warn if there is a good epoch to return.

    Parameters
    ----------
    outcome : Outcome

    epoch : int
        The latest, counted over earlier trainings too.

    recovers : bool
        Whether the parameters are those of an earlier epoch, which the training may end with.

    remedies : list of str
        What to try, the most promising first.

    Raises
    ------
    ValueError
        If it does not recover.
    """
    story = f"The loss of epoch {epoch} is {outcome.loss:.4g}"
    if np.isfinite(outcome.loss):
        story = f"The weights of epoch {epoch} give predictions that are not finite"
    if "learning_rate" in outcome.history:
        story += f", with the learning rate {outcome.history['learning_rate'][-1]:.4g}"
    advice = f"Try {', '.join(remedies[:-1])}{' or ' if remedies[1:] else ''}{remedies[-1]}."
    if not recovers:
        raise ValueError(
            "Solver produced non-finite parameter weights. The input data may contain large "
            f"values and need to be preprocessed. {story}. {advice}"
        )
    warnings.warn(
        f"{story}, which ended the training: the weights are those of epoch "
        f"{outcome.best_iter}. {advice}",
        ConvergenceWarning,
        stacklevel=2,
    )


def check_better_than_constant(fit, outcome):
    """Warn where values far from 1 have made the training end with nothing learned.

    scikit-learn is silent here: the loss of targets of 1e-9 is below `tol` from the beginning,
    and inputs of 1e12 take a classifier to where its gradient vanishes.

    Parameters
    ----------
    fit : Fit

    outcome : Outcome
    """
    plan, reason = fit.plan, hint(fit)
    if reason is None:
        return
    varying = (plan.y != plan.y[0]).any(axis=0)  # a constant is the best model of the others
    if not varying.any():
        return
    raw = network_outputs(plan.X, plan.network, outcome.vector, np.transpose).T
    parts = {"The loss": slice(None)}
    if isinstance(plan.loss, Distance) and len(raw) > 1:  # which measures each by itself
        parts = {f"The loss of output {k}": [k] for k in np.flatnonzero(varying)}
    for what, part in parts.items():
        if no_better_than_constant(plan, plan.y.T[part], raw[part]):
            warnings.warn(
                f"{what} over the training samples is hardly lower than that of a constant "
                f"prediction. {reason}",
                ConvergenceWarning,
                stacklevel=2,
            )
            return


def no_better_than_constant(plan, y, raw):
    """Compare the loss with that of the mean target for all samples."""
    means = np.average(y, axis=1, weights=plan.sample_weight)[:, None]
    constant = LINKS.get(plan.loss.output, np.asarray)(means)
    loss, base = (
        np.average(plan.loss.value(y, outputs), weights=plan.sample_weight)
        for outputs in (raw, np.broadcast_to(constant.astype(raw.dtype), raw.shape))
    )
    return base - loss <= HARDLY * abs(base)


def _log(p):
    return np.log(np.maximum(p, TINY))


def _logit(p):
    return special.logit(np.clip(p, TINY, 1 - TINY))


# From a mean prediction to the raw outputs behind it, by the output activation.
LINKS = {"exp": _log, "softmax": _log, "logistic": _logit}


def hint(fit):
    """A sentence or two on what in the data may be the reason, or None.

    Parameters
    ----------
    fit : Fit
    """
    sentences = []
    for remedy, findings in far_from_unit_scale(fit).items():
        if findings:
            what = " and ".join(findings)
            sentences.append(
                f"{what[0].upper()}{what[1:]} are far from unit scale, which may be why: "
                f"{remedy}."
            )
    weight = fit.plan.sample_weight
    if weight is not None and fit.plan.alpha and weight.mean() < 1 / FAR:
        sentences.append(
            f"The weights of the samples have the mean {weight.mean():.2g}: beside them, "
            f"alpha={fit.plan.alpha:g} counts for more than with weights around 1."
        )
    return " ".join(sentences) or None


def far_from_unit_scale(fit):
    """What is far from unit scale, as a list of str for each of two remedies."""
    found = {STANDARDIZE: [], OTHER_UNITS: []}
    estimator, free = fit.estimator, fit.estimator._has_free_outputs()
    if not estimator.standardize:
        sizes = _root_mean_squares(fit.plan.X)
        if not 1 / FAR <= sizes.max() <= FAR:
            found[STANDARDIZE].append(f"the inputs (root mean square up to {sizes.max():.2g})")
        elif sizes.min() < NEGLIGIBLE:
            found[STANDARDIZE].append(f"some inputs (root mean square {sizes.min():.2g})")
    if estimator._targets.task == "regression" and not (free and estimator.standardize):
        sizes = _root_mean_squares(fit.plan.y)
        size = sizes[np.argmax(np.abs(np.log(sizes)))]
        if not 1 / FAR <= size <= FAR:
            remedy = STANDARDIZE if free else OTHER_UNITS
            found[remedy].append(f"the targets (root mean square {size:.2g})")
    return found


def _root_mean_squares(array):
    """Of the columns whose is neither 0 nor infinite; a single 1 where there are none."""
    if sparse.issparse(array):
        squares = array.multiply(array).mean(axis=0)
    else:
        squares = np.einsum("ij,ij->j", array, array, dtype=np.float64) / len(array)
    sizes = np.sqrt(np.asarray(squares, np.float64).ravel())
    sizes = sizes[(sizes > 0) & (sizes < np.inf)]
    return sizes if len(sizes) else np.ones(1)
