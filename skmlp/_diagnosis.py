"""What is said of a training that has not gone well, and what may help."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skmlp._network import network_outputs
from skmlp.losses import Distance

# Further than this from 1, a root mean square is worth a hint.
FAR = 20
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
    if reason is None or (plan.y == plan.y[0]).all():
        return
    raw = network_outputs(plan.X, plan.network, outcome.vector, np.transpose).T
    outputs = [slice(None)]
    if isinstance(plan.loss, Distance):  # which measures each output by itself
        outputs = [[k] for k in range(len(raw))]
    if any(no_better_than_constant(plan, plan.y.T[which], raw[which]) for which in outputs):
        warnings.warn(
            "The model predicts the samples that it was trained on hardly better than a "
            f"constant would. {reason}",
            ConvergenceWarning,
            stacklevel=2,
        )


def no_better_than_constant(plan, y, raw):
    """Compare the loss with those of 0 and of the mean raw outputs."""
    means = np.average(raw, axis=1, weights=plan.sample_weight)[:, None]
    constants = np.zeros_like(raw), np.broadcast_to(means, raw.shape)
    loss, *bases = (
        np.average(plan.loss.value(y, outputs), weights=plan.sample_weight)
        for outputs in (raw, *constants)
    )
    return min(bases) - loss <= HARDLY * abs(min(bases))


def hint(fit):
    """A sentence or two on what in the data may be the reason, or None.

    Parameters
    ----------
    fit : Fit
    """
    sentences = []
    findings = [] if fit.estimator.standardize else far_from_unit_scale(fit)
    if findings:
        what = " and ".join(findings)
        sentences.append(
            f"{what[0].upper()}{what[1:]} are far from unit scale, which may be why: "
            "standardize=True brings them there."
        )
    weight = fit.plan.sample_weight
    if weight is not None and fit.plan.alpha and weight.mean() < 1 / FAR:
        sentences.append(
            f"The weights of the samples have the mean {weight.mean():.2g}: beside them, "
            f"alpha={fit.plan.alpha:g} counts for more than with weights around 1."
        )
    return " ".join(sentences) or None


def far_from_unit_scale(fit):
    """Which of inputs and targets are far from unit scale, as a list of str."""
    findings = []
    X, y = fit.plan.X, fit.plan.y
    size = np.max(_root_mean_squares(X), initial=0.0)
    if FAR < size < np.inf or 0 < size < 1 / FAR:
        findings.append(f"the inputs (root mean square up to {size:.2g})")
    if fit.estimator._has_free_outputs():
        sizes = _root_mean_squares(y)
        sizes = sizes[(sizes > 0) & (sizes < np.inf)]
        with np.errstate(over="ignore"):
            distances = np.fmax(sizes, 1 / sizes)
        if (distances > FAR).any():
            size = sizes[np.argmax(distances)]
            findings.append(f"the targets (root mean square {size:.2g})")
    return findings


def _root_mean_squares(array):
    """Of every column."""
    if sparse.issparse(array):
        squares = array.multiply(array).mean(axis=0)
    else:
        squares = np.einsum("ij,ij->j", array, array, dtype=np.float64) / len(array)
    return np.sqrt(np.asarray(squares, np.float64).ravel())
