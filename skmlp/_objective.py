"""What is minimized: the weighted mean of the loss plus the penalty, and its gradient.

The only place where anything is normalised.
"""

import numpy as np

from skmlp._network import Parameters, backward, forward


class Objective:
    """Value and gradient for one batch, for all networks of a stack.

    value = (sum_i w_i loss_i + alpha / 2 sum W^2) / sum_i w_i, as in scikit-learn: the
    penalty is divided by the batch's sum of weights and leaves out the biases.  A network
    for which all weights of a batch are zero has value and gradient zero.

    Parameters
    ----------
    parameters : Parameters
        The networks; read at every call.

    loss : Loss

    alpha : float

    Attributes
    ----------
    gradient : Parameters
        The result of the latest call.
    """

    def __init__(self, parameters, loss, alpha):
        theta = parameters.vector
        self.parameters = parameters
        self.loss = loss
        self.gradient = Parameters(parameters.network, np.empty_like(theta))
        self.alpha_mask = alpha * parameters.network.is_weight(theta.dtype)
        self.decay, self.decay_share = np.empty_like(theta), None
        self.penalty = np.empty_like(theta)

    def evaluate(self, batch, work):
        """Return the values of a loaded batch and leave the gradient in `gradient`.

        Parameters
        ----------
        batch : Batch

        work : Workspace

        Returns
        -------
        values : ndarray of shape (n_networks,)
        """
        raw = forward(self.parameters, batch, work)
        delta = work.deltas[-1]
        values = self.loss.value_and_gradient(batch.rows_y, raw, delta)
        if batch.rows_weight is None:
            share = batch.share
            values = np.add.reduce(values, axis=-1) * share
            delta *= share
        else:
            total = np.add.reduce(batch.rows_weight, axis=-1, keepdims=True)
            share = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
            weights = share * batch.rows_weight
            values = np.add.reduce(values * weights, axis=-1)
            delta *= weights[..., None, :]
        backward(self.parameters, batch, work, self.gradient)
        return values + self._add_penalty(share)

    def _add_penalty(self, share):
        theta = self.parameters.vector
        if share is not self.decay_share:  # batches of one size share the same object
            self.decay_share = share
            np.multiply(self.alpha_mask, share, out=self.decay)
        np.multiply(theta, self.decay, out=self.penalty)
        self.gradient.vector += self.penalty
        return 0.5 * np.vecdot(theta, self.penalty)
