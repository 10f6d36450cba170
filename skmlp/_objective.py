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
        self.alpha = alpha
        self.decay = Parameters(parameters.network, np.zeros_like(theta))
        self.decay_share = None
        self.penalty = Parameters(parameters.network, np.empty_like(theta))

    def differentiate(self, batch, work):
        """Leave the gradient in `gradient` and the raw outputs in the batch.

        Parameters
        ----------
        batch : Batch

        work : Workspace

        Returns
        -------
        penalty : float, or ndarray of shape (n_networks,) for a stack
            The part of the value that is not the loss.
        """
        forward(self.parameters, batch, work)
        delta = work.deltas[-1]
        self.loss.gradient(batch.y, batch.raw, delta)
        delta *= batch.scale
        backward(self.parameters, batch, work, self.gradient)
        return self._add_penalty(batch.share)

    def values(self, source, penalties):
        """Return the values of the latest steps.

        The losses are computed for all steps of a source at once: they are many small
        operations, and no step needs them.

        Parameters
        ----------
        source : Source

        penalties : list
            What `differentiate` returned for each step.

        Returns
        -------
        values : ndarray of shape (n_steps,), or (n_steps, n_networks) for a stack
        """
        return source.losses(self.loss, len(penalties)) + penalties

    def _add_penalty(self, share):
        parameters, penalty = self.parameters, self.penalty
        if share is not self.decay_share:  # batches of one size share the same object
            self.decay_share = share
            for layer in self.decay.layers:
                layer.weights[...] = self.alpha * share[..., None]
        np.multiply(parameters.vector, self.decay.vector, out=penalty.vector)
        self.gradient.vector += penalty.vector
        return 0.5 * parameters.inner(parameters.flat, penalty.flat)
