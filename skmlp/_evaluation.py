"""The loss and the score of a network on the validation set."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skmlp._network import outputs_by_block


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

    scoring : object
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
    scoring: object
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

    def _evaluate(self, vector):
        model = (*self.network.unpack(vector), self.network.activations)
        raw = outputs_by_block(self.X, model, np.transpose, self.rows).T
        loss = np.average(self.loss.value(self.y.T, raw), weights=self.sample_weight)
        score = self.score(vector, raw, loss) if np.isfinite(raw).all() else np.nan
        return loss, score


def number(score, scoring):
    """The score as a float, or an error that says what `scoring` returned instead."""
    if not isinstance(score, Real):
        raise ValueError(f"scoring={scoring!r} must return a number, got {score!r}.")
    return float(score)
