"""Losses: how far the raw outputs of a network are from the targets.

To add one, derive a class with `tasks`, `value` and `gradient` from `Loss` and name it in
`REGRESSION_LOSSES` or `CLASSIFICATION_LOSSES`.
"""

import numpy as np
from scipy import special

from skmlp._component import Component


class Loss(Component):
    """Base class of the losses.

    A loss is a function of one sample's targets and raw outputs, those before the output
    activation, so that it can be computed without overflow.  Weights, means and penalties
    are not its concern.

    Attributes
    ----------
    tasks : tuple of {"regression", "binary", "multiclass", "multilabel"}
        The kinds of target that it is for.

    output : {"identity", "exp", "logistic", "softmax"}
        Name of the activation that turns raw outputs into predictions.

    positive_targets : bool
        Whether targets must not be negative.
    """

    tasks: tuple = ()
    output = "identity"
    positive_targets = False

    def for_task(self, task):
        """Return the loss for a kind of target.

        Parameters
        ----------
        task : {"regression", "binary", "multiclass", "multilabel"}

        Returns
        -------
        loss : Loss

        Raises
        ------
        ValueError
            If it is not for this kind of target.
        """
        if task not in self.tasks:
            raise ValueError(f"loss={self!r} is not for {task} targets.")
        return self

    def value(self, y, raw):
        """Return the loss of every sample.

        Parameters
        ----------
        y : ndarray of shape (..., n_outputs, batch)
            Targets: numbers, or 0 and 1 for each class.

        raw : ndarray of shape (..., n_outputs, batch)
            Raw outputs of the network.

        Returns
        -------
        losses : ndarray of shape (..., batch)
        """
        raise NotImplementedError

    def gradient(self, y, raw, out):
        """Write the gradient of every sample's loss with respect to its raw outputs.

        Parameters
        ----------
        y, raw : ndarray of shape (..., n_outputs, batch)
            As for `value`.

        out : ndarray of shape (..., n_outputs, batch)
            Receives the gradient.
        """
        raise NotImplementedError


class SquaredError(Loss):
    """Half the squared error, with scikit-learn's scale.

    The reported value is the mean over outputs of (raw - y)^2 / 2, the gradient that of
    the sum, raw - y: scikit-learn's pair, which decides when its training stops.

    See Also
    --------
    Poisson : For counts.
    sklearn.metrics.mean_squared_error : Twice its mean over samples.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SquaredError
    >>> SquaredError().value(np.zeros((1, 1)), np.array([[2.0]]))
    array([2.])
    """

    tasks = ("regression",)

    def value(self, y, raw):
        return 0.5 * np.square(raw - y).mean(axis=-2)

    def gradient(self, y, raw, out):
        np.subtract(raw, y, out=out)


class Poisson(Loss):
    """Half the Poisson deviance of exp(raw), summed over outputs.

    y log(y) - y raw - y + exp(raw), with the gradient exp(raw) - y (McCullagh and Nelder
    1989, section 2.3).

    See Also
    --------
    SquaredError : For targets of any sign.
    sklearn.metrics.mean_poisson_deviance : Twice its mean over samples.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Poisson
    >>> Poisson().value(np.zeros((1, 1)), np.zeros((1, 1)))
    array([1.])
    """

    tasks = ("regression",)
    output = "exp"
    positive_targets = True

    def value(self, y, raw):
        return (special.xlogy(y, y) - y * raw - y + np.exp(raw)).sum(axis=-2)

    def gradient(self, y, raw, out):
        np.exp(raw, out=out)
        out -= y


LARGEST_LOG_LOSS = {
    np.dtype(dtype): -np.log(np.finfo(dtype).eps) for dtype in (np.float32, np.float64)
}


class LogLoss(Loss):
    """Cross-entropy, computed from the logits.

    Multi-class targets take the softmax of the logits (`SoftmaxLogLoss`), binary and
    multi-label ones the logistic function of each (`LogisticLogLoss`).

    The reported value is at most -log(eps) per label, 36 in float64: scikit-learn clips its
    probabilities at the machine epsilon, and the value decides when training stops.  On
    raw features, where logits are beyond that, fits would end at other epochs without this
    bound.  The gradient is exact.

    See Also
    --------
    sklearn.metrics.log_loss : Its mean over samples, from probabilities.

    Examples
    --------
    >>> from skmlp.losses import LogLoss
    >>> LogLoss().for_task("multiclass").output
    'softmax'
    """

    tasks = ("binary", "multiclass", "multilabel")

    def for_task(self, task):
        super().for_task(task)
        return SoftmaxLogLoss() if task == "multiclass" else LogisticLogLoss()


class SoftmaxLogLoss(Loss):
    """Cross-entropy of one label out of several.

    log(sum(exp(raw))) - sum(y raw), with the gradient softmax(raw) - y.

    See Also
    --------
    LogLoss : Chooses between this and `LogisticLogLoss`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SoftmaxLogLoss
    >>> SoftmaxLogLoss().value(np.array([[1.0], [0.0]]), np.zeros((2, 1)))
    array([0.69314718])
    """

    tasks = ("multiclass",)
    output = "softmax"

    def value(self, y, raw):
        shifted = raw - raw.max(axis=-2, keepdims=True)
        losses = np.log(np.exp(shifted).sum(axis=-2))
        shifted *= y
        losses -= shifted.sum(axis=-2)
        return np.minimum(losses, LARGEST_LOG_LOSS[losses.dtype], out=losses)

    def gradient(self, y, raw, out):
        np.subtract(raw, np.maximum.reduce(raw, axis=-2, keepdims=True), out=out)
        np.exp(out, out=out)
        out /= np.add.reduce(out, axis=-2, keepdims=True)
        out -= y


class LogisticLogLoss(Loss):
    """Cross-entropy of yes-or-no labels.

    log(1 + exp(raw)) - y raw, summed over outputs, with the gradient logistic(raw) - y.

    See Also
    --------
    LogLoss : Chooses between this and `SoftmaxLogLoss`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import LogisticLogLoss
    >>> LogisticLogLoss().value(np.ones((1, 1)), np.zeros((1, 1)))
    array([0.69314718])
    """

    tasks = ("binary", "multilabel")
    output = "logistic"

    def value(self, y, raw):
        # log(1 + exp(raw)) = max(raw, 0) + log(1 + exp(-|raw|))
        losses = np.log1p(np.exp(-np.abs(raw))) + np.maximum(raw, 0) - y * raw
        return np.minimum(losses, LARGEST_LOG_LOSS[losses.dtype], out=losses).sum(axis=-2)

    def gradient(self, y, raw, out):
        # (1 + tanh(z / 2)) / 2, as in activations.Logistic
        np.multiply(raw, 0.5, out=out)
        np.tanh(out, out=out)
        out *= 0.5
        out += 0.5
        out -= y


REGRESSION_LOSSES = {
    "poisson": Poisson,
    "squared_error": SquaredError,
}

CLASSIFICATION_LOSSES = {
    "log_loss": LogLoss,
}
