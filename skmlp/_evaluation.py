"""The loss and the score of a network on the validation set."""

import copy
from contextlib import suppress
from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.metrics import check_scoring

from skmlp._network import network_outputs
from skmlp._validation import naming


@dataclass(frozen=True)
class Validation:
    """The samples that every epoch is evaluated on.

    Attributes
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)

    y : ndarray of shape (n_validation, n_outputs)

    sample_weight : None or ndarray of shape (n_validation,)

    rows : None or ndarray of int of shape (n_validation,)
        Those of X; None stands for all.

    network : Network

    loss : Loss

    scoring : str
        What `score` computes, to tell other scores from it.

    score : callable
        Maps the parameters, the raw outputs of shape (n_outputs, n_validation) and the
        loss to the score.
    """

    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None
    rows: np.ndarray | None
    network: object
    loss: object
    scoring: str
    score: object

    def evaluate(self, theta):
        """Loss, without the penalty, and score of every network.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)

        Returns
        -------
        losses, scores : ndarray of shape (n_networks,)
            The score is NaN where outputs are not finite.
        """
        return np.array([self._evaluate(vector) for vector in theta], dtype=np.float64).T

    def raw(self, vector):
        """Raw outputs of a network, of shape (n_outputs, n_validation)."""
        return network_outputs(self.X, self.network, vector, np.transpose, self.rows).T

    def _evaluate(self, vector):
        raw = self.raw(vector)
        loss = np.average(self.loss.value(self.y.T, raw), weights=self.sample_weight)
        score = self.score(vector, raw, loss) if np.isfinite(raw).all() else np.nan
        return loss, score


def make_validation(fit, network, samples, arrays, rows, loss):
    """Return what every epoch is evaluated on: some rows of the samples, or all.

    Parameters
    ----------
    fit : Fit or TabularFit

    network : Network

    samples : Samples
        Those of the user, checked.

    arrays : dict
        The same as the training wants them.

    rows : None or ndarray of int

    loss : Loss

    Returns
    -------
    validation : Validation
    """
    estimator, part = fit.estimator, slice(None) if rows is None else rows
    y, weight, own_weight = samples.y[part], arrays["sample_weight"], samples.sample_weight
    if weight is not None:
        weight, own_weight = weight[part], own_weight[part]
    scoring = fit.usual_scoring() if estimator.scoring is None else estimator.scoring
    if scoring == "loss":
        score = negative_loss
    elif scoring is None:
        score = own_score(fit, y, own_weight)
    else:
        score = scorer(fit, samples.X[part], y, own_weight)
    return Validation(
        X=arrays["X"],
        y=arrays["y"][part],
        sample_weight=weight,
        rows=rows,
        network=network,
        loss=loss,
        scoring=getattr(scoring, "__qualname__", repr(scoring)),
        score=score,
    )


def negative_loss(vector, raw, loss):
    return -loss


def own_score(fit, y, sample_weight):
    """The estimator's own score, without the cost of a scorer."""

    def score(vector, raw, loss):
        return fit.score(y, raw, sample_weight)

    return score


def scorer(fit, X, y, sample_weight):
    """The score by a scorer's name or a callable, which gets a model that predicts."""
    estimator, scoring = fit.estimator, fit.estimator.scoring
    function = check_scoring(estimator, scoring)
    more = {} if sample_weight is None else {"sample_weight": sample_weight}

    def score(vector, raw, loss):
        if not np.isfinite(fit.activated(raw)).all():
            return np.nan
        model = copy.copy(estimator)
        model._forget("feature_names_in_", *model._records)  # X is an array here
        fit.store_model(model, vector)
        with naming("scoring"):
            return number(function(model, X, y, **more), scoring)

    return score


def number(score, scoring):
    """The score as a float, or an error that says what `scoring` returned instead."""
    with suppress(OverflowError):  # of an int
        if isinstance(score, Real):
            return float(score)
    raise ValueError(f"scoring={scoring!r} must return a number, got {score!r}.")
