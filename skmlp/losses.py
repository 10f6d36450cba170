"""Losses: how far the raw outputs of a network are from the targets.

To add one, derive a class with `tasks`, `value` and `gradient` from `Loss` and name it in
`REGRESSION_LOSSES` or `CLASSIFICATION_LOSSES`.
"""

from __future__ import annotations

from numbers import Real

import numpy as np
from scipy import special

from skmlp._component import Component
from skmlp._sklearn import Interval
from skmlp._typing import Array
from skmlp.activations import Activation, write_logistic


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

    own_output : bool
        Whether that activation is part of the loss, so that no other may take its place.

    has_probabilities : bool
        Whether `output` gives probabilities of the classes, so that a classifier that
        minimizes it has `predict_proba`.

    soft_targets : bool
        Whether targets may be rows of probabilities, one for each class.

    positive_targets : bool
        Whether targets must not be negative.

    stops_by_score : bool
        Whether early stopping watches the estimator's score (accuracy, R^2) where `scoring`
        is None, as for the losses that scikit-learn has; else it watches the loss.

    See Also
    --------
    Distance : The base class for regression with any output activation.
    ByTask : The base class where the formula depends on the kind of target.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Loss
    >>> class Cauchy(Loss):
    ...     tasks = ("regression",)
    ...
    ...     def value(self, y, raw):
    ...         return np.log1p(np.square(raw - y)).sum(axis=-2)
    ...
    ...     def gradient(self, y, raw, out):
    ...         np.subtract(raw, y, out=out)
    ...         out *= 2 / (1 + np.square(out))
    >>> Cauchy().value(np.zeros((1, 1)), np.ones((1, 1)))
    array([0.69314718])
    """

    tasks: tuple[str, ...] = ()
    output: str | None = "identity"
    own_output = True
    has_probabilities = False
    soft_targets = False
    positive_targets = False
    stops_by_score = False

    def for_task(self, task: str) -> Loss:
        """Return the loss for a kind of target.

        Parameters
        ----------
        task : {"regression", "binary", "multiclass", "multilabel"}
            The kind of target.

        Returns
        -------
        loss : Loss
            The loss itself, or the one that it stands for with such targets.

        Raises
        ------
        ValueError
            If it is not for this kind of target.
        """
        if task not in self.tasks:
            raise ValueError(f"loss={self!r} is not for {task} targets.")
        return self

    def check_targets(self, y: Array) -> None:
        """Check that the loss is defined for all targets.

        Parameters
        ----------
        y : ndarray of shape (n_samples, n_outputs)
            Targets, of the task that the loss is for.

        Raises
        ------
        ValueError
            If it is not.
        """

    def value(self, y: Array, raw: Array) -> Array:
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
            One number per sample.
        """
        raise self._missing("value")

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        """Write the gradient of every sample's loss with respect to its raw outputs.

        Parameters
        ----------
        y, raw : ndarray of shape (..., n_outputs, batch)
            As for `value`.

        out : ndarray of shape (..., n_outputs, batch)
            Receives the gradient.
        """
        raise self._missing("gradient")


# Hyperparameters may be NumPy scalars, as from a grid by np.linspace.  The formulas take
# float(delta) and the like, as a NumPy scalar would turn float32 arrays into float64.


class Distance(Loss):
    """Base class of the losses that compare predictions and targets of any sign.

    They are defined for any prediction, and so go with any output activation
    (`WithOutput`), and for any number of outputs, each of which counts by itself.

    See Also
    --------
    Loss : The base class of all losses.
    WithOutput : A loss on the outputs of an activation.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Distance
    >>> class Quartic(Distance):
    ...     def value(self, y, raw):
    ...         return 0.25 * np.power(raw - y, 4).sum(axis=-2)
    ...
    ...     def gradient(self, y, raw, out):
    ...         np.power(raw - y, 3, out=out)
    >>> Quartic().value(np.zeros((1, 1)), np.array([[2.0]]))
    array([4.])
    >>> Quartic().own_output
    False
    """

    tasks = ("regression",)
    own_output = False


class SquaredError(Distance):
    """Half the squared error, with scikit-learn's scale.

    The reported value is the mean over outputs of (raw - y)^2 / 2, the gradient that of
    the sum, raw - y: scikit-learn's pair, which decides when its training stops.

    The default, for the mean of a target.  Take Huber where some targets are far off, Poisson
    for counts and Gamma for positive, skewed amounts.

    See Also
    --------
    Huber : Less sensitive to outliers.
    Poisson : For counts.
    sklearn.metrics.mean_squared_error : Twice its mean over samples.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SquaredError
    >>> SquaredError().value(np.zeros((1, 1)), np.array([[2.0]]))
    array([2.])
    """

    stops_by_score = True

    def value(self, y: Array, raw: Array) -> Array:
        return 0.5 * np.square(raw - y).mean(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.subtract(raw, y, out=out)


class AbsoluteError(Distance):
    """Absolute error, for the median.

    abs(raw - y), summed over outputs, with the gradient sign(raw - y), 0 where both are equal.

    Take it in place of SquaredError where the median is wanted or outliers must not count.
    Its gradient does not get smaller close to the minimum: let the learning rate fall, or take
    Huber.

    See Also
    --------
    Quantile : For other quantiles than the median.
    Huber : Smooth where both are equal.
    sklearn.metrics.mean_absolute_error : Its mean over samples and outputs.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import AbsoluteError
    >>> AbsoluteError().value(np.zeros((1, 1)), np.array([[2.0]]))
    array([2.])
    """

    def value(self, y: Array, raw: Array) -> Array:
        return np.abs(raw - y).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.subtract(raw, y, out=out)
        np.sign(out, out=out)


class Huber(Distance):
    """Huber's loss, squared for small errors and absolute for large ones.

    With r = raw - y, r^2 / 2 where abs(r) <= delta and else delta (abs(r) - delta / 2), summed
    over outputs, with the gradient r clipped to [-delta, delta] (Huber 1964, "Robust
    estimation of a location parameter").

    Take it in place of SquaredError where some targets are outliers.  delta is in units of the
    target: standardize that, or set delta to the size of an error that is still usual.

    Parameters
    ----------
    delta : float, default=1.0
        The error from which on it is linear, above 0.

    See Also
    --------
    PseudoHuber : Smooth in all derivatives.
    sklearn.linear_model.HuberRegressor : For linear models.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Huber
    >>> Huber(delta=1.0).value(np.zeros((1, 2)), np.array([[0.5, 2.0]]))
    array([0.125, 1.5  ])
    """

    _parameter_constraints = {"delta": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta

    def value(self, y: Array, raw: Array) -> Array:
        distance = np.abs(raw - y)
        inside = np.minimum(distance, float(self.delta))
        return (inside * (distance - 0.5 * inside)).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        delta = float(self.delta)
        np.subtract(raw, y, out=out)
        out.clip(-delta, delta, out=out)  # half the time of np.clip on small arrays


class PseudoHuber(Distance):
    """Pseudo-Huber loss, a smooth form of Huber's.

    With r = raw - y, delta^2 (sqrt(1 + (r / delta)^2) - 1), summed over outputs, with the
    gradient r / sqrt(1 + (r / delta)^2) (Charbonnier et al. 1997, "Deterministic
    edge-preserving regularization in computed imaging").

    Take it in place of Huber where second derivatives should be continuous, as for
    optimizer='lbfgs' with a smooth activation; otherwise the two hardly differ.

    Parameters
    ----------
    delta : float, default=1.0
        Bound of the gradient, above 0.

    See Also
    --------
    Huber : Exactly squared and exactly linear.
    LogCosh : Another smooth form.
    scipy.special.pseudo_huber : The same function.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import PseudoHuber
    >>> PseudoHuber(delta=3.0).value(np.zeros((1, 1)), np.array([[4.0]]))
    array([6.])
    """

    _parameter_constraints = {"delta": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta

    def value(self, y: Array, raw: Array) -> Array:
        # delta r^2 / (hypot(r, delta) + delta): no square that overflows, no difference
        # of nearly equal numbers
        delta, residual = float(self.delta), raw - y
        share = residual / (np.hypot(residual, delta) + delta)
        return delta * (residual * share).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        delta = float(self.delta)
        np.subtract(raw, y, out=out)
        length = np.hypot(out, delta)
        out /= length
        out *= delta


class LogCosh(Distance):
    """Logarithm of the hyperbolic cosine of the error.

    log(cosh(raw - y)), summed over outputs, with the gradient tanh(raw - y): half the squared
    error for small errors and the absolute error minus log(2) for large ones (Saleh and Saleh
    2022, "Statistical properties of the log-cosh loss function used in machine learning").

    Take it in place of Huber where there should be no parameter to set.  It becomes linear at
    errors of about 1, so standardize the target.

    See Also
    --------
    PseudoHuber : Has a parameter for where it becomes linear.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import LogCosh
    >>> LogCosh().value(np.zeros((1, 1)), np.array([[1.0]]))
    array([0.43378083])
    """

    def value(self, y: Array, raw: Array) -> Array:
        # cosh(r) = exp(|r|) (1 + (exp(-2 |r|) - 1) / 2)
        distance = np.abs(raw - y)
        return (distance + np.log1p(0.5 * np.expm1(-2 * distance))).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.subtract(raw, y, out=out)
        np.tanh(out, out=out)


class Quantile(Distance):
    """Pinball loss, for a quantile.

    With q the quantile, q (y - raw) where raw <= y and else (1 - q) (raw - y), summed over
    outputs, with the gradient -q or 1 - q (Koenker and Bassett 1978, "Regression
    quantiles").

    For prediction intervals: one network for quantile=0.05 and another for 0.95 give 90 %,
    though their predictions may cross.  For the median take AbsoluteError.

    Parameters
    ----------
    quantile : float, default=0.5
        The share of targets that are to be below the prediction, in (0, 1).

    See Also
    --------
    AbsoluteError : Twice this loss with quantile=0.5.
    sklearn.linear_model.QuantileRegressor : For linear models.
    sklearn.metrics.mean_pinball_loss : Its mean over samples and outputs.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Quantile
    >>> Quantile(quantile=0.75).value(np.zeros((1, 2)), np.array([[-1.0, 1.0]]))
    array([0.75, 0.25])
    """

    _parameter_constraints = {"quantile": [Interval(Real, 0, 1, closed="neither")]}

    def __init__(self, quantile: float = 0.5) -> None:
        self.quantile = quantile

    def value(self, y: Array, raw: Array) -> Array:
        quantile, residual = float(self.quantile), raw - y
        return np.maximum(-quantile * residual, (1 - quantile) * residual).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.greater(raw, y, out=out)
        out -= float(self.quantile)


class Poisson(Loss):
    """Half the Poisson deviance of exp(raw), summed over outputs.

    y log(y) - y raw - y + exp(raw), with the gradient exp(raw) - y (McCullagh and Nelder 1989,
    "Generalized linear models", section 2.3).  Both are infinite where exp(raw) is.

    For counts, 0 included, and other amounts whose variance grows with the mean; predictions
    are positive means.  Take Gamma for positive, skewed amounts without zeros, SquaredError
    where the spread is the same everywhere.

    See Also
    --------
    Gamma : For positive targets with a constant relative error.
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
    stops_by_score = True

    def check_targets(self, y: Array) -> None:
        if (y < 0).any():
            raise ValueError(
                f"y has negative values, which loss={self!r} does not allow: it is for y >= 0."
            )

    @np.errstate(over="ignore")
    def value(self, y: Array, raw: Array) -> Array:
        return (special.xlogy(y, y) - y * raw - y + np.exp(raw)).sum(axis=-2)

    @np.errstate(over="ignore")
    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.exp(raw, out=out)
        out -= y


class Gamma(Loss):
    """Half the Gamma deviance of exp(raw), summed over outputs.

    log(exp(raw) / y) + y / exp(raw) - 1, with the gradient 1 - y / exp(raw) (McCullagh and
    Nelder 1989, "Generalized linear models", section 2.3).  Both are infinite where exp(-raw)
    is.

    For positive, skewed amounts whose spread is in proportion to the mean, such as costs or
    durations; where there are zeros take Poisson.  Unlike SquaredError on log(y), it gives the
    mean of y itself.

    See Also
    --------
    Poisson : For counts, which can be 0.
    sklearn.metrics.mean_gamma_deviance : Twice its mean over samples.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Gamma
    >>> Gamma().value(np.array([[1.0, 2.0]]), np.zeros((1, 2)))
    array([0.        , 0.30685282])
    """

    tasks = ("regression",)
    output = "exp"
    positive_targets = True

    def check_targets(self, y: Array) -> None:
        if (y <= 0).any():
            raise ValueError(
                f"y has values that are not positive, which loss={self!r} does not allow: it "
                "is for y > 0."
            )

    @np.errstate(over="ignore")
    def value(self, y: Array, raw: Array) -> Array:
        ratio = raw - np.log(y)
        return (ratio + np.expm1(-ratio)).sum(axis=-2)

    @np.errstate(over="ignore")
    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        np.negative(raw, out=out)
        np.exp(out, out=out)
        out *= y
        np.subtract(1, out, out=out)


def write_softmax(raw, out):
    """Write the probabilities of exclusive classes.

    Parameters
    ----------
    raw : ndarray of shape (..., n_classes, batch)
        Logits, of any size.

    out : ndarray of shape (..., n_classes, batch)
        Receives exp(raw) / sum(exp(raw)).
    """
    np.subtract(raw, np.maximum.reduce(raw, axis=-2, keepdims=True), out=out)
    np.exp(out, out=out)
    out /= np.add.reduce(out, axis=-2, keepdims=True)


def softmax_cross_entropy(y, raw):
    """Return -sum(y log(softmax(raw))) of every sample.

    Parameters
    ----------
    y : ndarray of shape (..., n_classes, batch)
        Targets, which sum to 1.

    raw : ndarray of shape (..., n_classes, batch)
        Logits, of any size.

    Returns
    -------
    losses : ndarray of shape (..., batch)
        One number per sample.
    """
    shifted = raw - raw.max(axis=-2, keepdims=True)
    losses = np.log(np.exp(shifted).sum(axis=-2))
    shifted *= y
    losses -= shifted.sum(axis=-2)
    return losses


def logistic_cross_entropy(y, raw):
    """Return -y log(p) - (1 - y) log(1 - p) of every label, with p = logistic(raw).

    Parameters
    ----------
    y : ndarray of shape (..., n_outputs, batch)
        Targets from 0 to 1.

    raw : ndarray of shape (..., n_outputs, batch)
        Logits, of any size.

    Returns
    -------
    losses : ndarray of shape (..., n_outputs, batch)
        One number per label.
    """
    # log(1 + exp(raw)) = max(raw, 0) + log(1 + exp(-|raw|)), and max(raw, 0) - y raw is
    # exactly 0 where the label is right
    return np.log1p(np.exp(-np.abs(raw))) + (np.maximum(raw, 0) - y * raw)


LARGEST_LOG_LOSS = {
    np.dtype(dtype): -np.log(np.finfo(dtype).eps) for dtype in (np.float32, np.float64)
}


class ByTask(Loss):
    """Base class of the losses whose formula depends on the task.

    A derived class names the two formulas, and `for_task` chooses.

    Attributes
    ----------
    softmax : type
        The loss for one label out of several.

    logistic : type
        The loss for yes-or-no labels.  Both take the parameters of the derived class.

    See Also
    --------
    LogLoss : One of the losses of this kind.

    Examples
    --------
    >>> from skmlp.losses import ByTask, LogisticBrierScore, SoftmaxLogLoss
    >>> class Mixed(ByTask):
    ...     softmax = SoftmaxLogLoss
    ...     logistic = LogisticBrierScore
    >>> Mixed().for_task("binary")
    LogisticBrierScore()
    """

    tasks: tuple[str, ...] = ("binary", "multiclass", "multilabel")
    has_probabilities = True
    softmax: type
    logistic: type

    def for_task(self, task: str) -> Loss:
        super().for_task(task)
        formula = self.softmax if task == "multiclass" else self.logistic
        return formula(**self.get_params(deep=False))


class Smoothed(Loss):
    """Base class of the cross-entropies, which have `label_smoothing` in common.

    A derived class smooths the targets of its formula with `smooth`, and bounds its value
    with `bound`.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all classes, in [0, 1); see `LogLoss`.

    See Also
    --------
    LogLoss : The cross-entropy of labels.
    CategoricalCrossentropy : The cross-entropy of labels or probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Smoothed
    >>> Smoothed(label_smoothing=0.25).smooth(np.array([[1.0], [0.0]]), n_classes=2)
    array([[0.875],
           [0.125]])
    """

    _parameter_constraints = {"label_smoothing": [Interval(Real, 0, 1, closed="left")]}

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = label_smoothing

    def smooth(self, y: Array, n_classes: int) -> Array:
        """Return the targets moved towards equal probabilities.

        Parameters
        ----------
        y : ndarray
            Targets from 0 to 1.

        n_classes : int
            Number of classes that the share is spread over.

        Returns
        -------
        smoothed : ndarray of the shape of `y`
            `y` itself where `label_smoothing` is 0.
        """
        if not self.label_smoothing:
            return y
        smoothing = float(self.label_smoothing)
        return (1 - smoothing) * y + smoothing / n_classes

    def bound(self, losses: Array) -> Array:
        """Clip the values where scikit-learn, which has no label smoothing, does.

        Parameters
        ----------
        losses : ndarray
            Values, which may be overwritten.

        Returns
        -------
        bounded : ndarray of the shape of `losses`
            At most -log(eps), but `losses` themselves with label smoothing.
        """
        if self.label_smoothing:
            return losses
        return np.minimum(losses, LARGEST_LOG_LOSS[losses.dtype], out=losses)


class SoftmaxLogLoss(Smoothed):
    """Cross-entropy of one label out of several.

    log(sum(exp(raw))) - sum(t raw), with the gradient softmax(raw) - t.  The targets t are
    (1 - s) y + s / k for k classes and s = `label_smoothing`.  Without smoothing the value
    is bounded (`LogLoss`).

    Parameters
    ----------
    label_smoothing : float, default=0.0
        In [0, 1).

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
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        return self.bound(softmax_cross_entropy(self.smooth(y, raw.shape[-2]), raw))

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_softmax(raw, out)
        out -= self.smooth(y, raw.shape[-2])


class LogisticLogLoss(Smoothed):
    """Cross-entropy of yes-or-no labels.

    log(1 + exp(raw)) - t raw, summed over outputs, with the gradient logistic(raw) - t.
    The targets t are (1 - s) y + s / 2 for s = `label_smoothing`.  Without smoothing the
    value is bounded (`LogLoss`).

    Parameters
    ----------
    label_smoothing : float, default=0.0
        In [0, 1).

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
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        return self.bound(logistic_cross_entropy(self.smooth(y, 2), raw)).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_logistic(raw, out)
        out -= self.smooth(y, 2)


class LogLoss(Smoothed, ByTask):
    """Cross-entropy, computed from the logits.

    -sum(y log(p)) over the classes, p their probabilities, with the gradient p - y with
    respect to the logits (Good 1952, "Rational decisions").  Multi-class targets take the
    softmax of the logits (`SoftmaxLogLoss`), binary and multi-label ones the logistic function
    of each, with -y log(p) - (1 - y) log(1 - p) (`LogisticLogLoss`).

    The reported value is at most -log(eps) per label, 36 in float64: scikit-learn clips its
    probabilities at the machine epsilon, and the value decides when training stops.  On
    raw features, where logits are beyond that, fits would end at other epochs without this
    bound.  The gradient is exact.  With label smoothing, which scikit-learn does not have,
    there is nothing to copy and the value is exact too.

    The default, and the one for probabilities.  Where those are too certain on new data, try
    label_smoothing=0.1; for probabilities as targets take CategoricalCrossentropy.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all k classes, in [0, 1): targets
        become (1 - label_smoothing) y + label_smoothing / k, with k = 2 for binary and
        multi-label ones (Szegedy et al. 2016, "Rethinking the inception architecture for
        computer vision", section 7).

    See Also
    --------
    CategoricalCrossentropy : For probabilities as targets.
    Focal : Less weight on samples that are already right.
    sklearn.metrics.log_loss : Its mean over samples, from probabilities.

    Examples
    --------
    >>> from skmlp.losses import LogLoss
    >>> LogLoss().for_task("multiclass").output
    'softmax'
    """

    stops_by_score = True
    softmax = SoftmaxLogLoss
    logistic = LogisticLogLoss


class SoftmaxCrossentropy(SoftmaxLogLoss):
    """Cross-entropy of probabilities as targets.

    -sum(t log(softmax(raw))), with the gradient softmax(raw) - t.  The targets t are
    (1 - s) y + s / k for k classes and s = `label_smoothing`.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        In [0, 1).

    See Also
    --------
    CategoricalCrossentropy : Chooses between this and `LogisticLogLoss`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SoftmaxCrossentropy
    >>> SoftmaxCrossentropy().value(np.array([[0.7], [0.3]]), np.zeros((2, 1)))
    array([0.69314718])
    """

    soft_targets = True

    def check_targets(self, y: Array) -> None:
        sums, tolerance = y.sum(axis=1, dtype=np.float64), 1e-5 * y.shape[1]
        if (y < 0).any() or not (np.abs(sums - 1) <= tolerance).all():
            raise ValueError(
                "y has rows that are not probabilities: with this loss they must be >= 0 and "
                "sum to 1."
            )

    def bound(self, losses: Array) -> Array:
        """Return the values as they are: bounded, they would be no cross-entropy.

        Parameters
        ----------
        losses : ndarray
            Values.

        Returns
        -------
        losses : ndarray
            The same.
        """
        return losses


class CategoricalCrossentropy(Smoothed, ByTask):
    """Cross-entropy of labels or of probabilities as targets.

    -sum(y log(p)) over the classes, p their probabilities, with the gradient p - y with
    respect to the logits.  Targets y may be rows of probabilities, one column per class.  They
    and multi-class labels take the softmax of the logits (`SoftmaxCrossentropy`), labels of
    two classes the logistic function (`LogisticLogLoss`).  Labels of two classes thus have the
    loss of `LogLoss`, labels of more its gradient, but a value without bound, as a bounded one
    would not be the cross-entropy of probabilities.

    Take it where targets are probabilities, as from several annotators, from mixed samples or
    from another model; for labels take LogLoss, with which training stops where scikit-learn's
    does.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of the target that is spread evenly over all classes, in [0, 1); see `LogLoss`.

    See Also
    --------
    LogLoss : For labels only, with scikit-learn's value.

    Examples
    --------
    >>> from skmlp.losses import CategoricalCrossentropy
    >>> CategoricalCrossentropy().for_task("multiclass").soft_targets
    True
    """

    tasks = ("binary", "multiclass")
    soft_targets = True
    softmax = SoftmaxCrossentropy
    logistic = LogisticLogLoss


class Hinge(Loss):
    """Hinge loss of support vector machines, each class against the rest.

    max(0, 1 - t raw) for t = 2 y - 1, summed over outputs, with the gradient -t where
    t raw < 1 and else 0 (Cortes and Vapnik 1995, "Support-vector networks").

    For labels alone: it asks for a margin and gives no probabilities, for which take LogLoss.
    Samples beyond the margin have no influence, and its gradient jumps; SquaredHinge is easier
    to minimize.

    See Also
    --------
    SquaredHinge : With a continuous gradient.
    LogLoss : Gives probabilities.
    sklearn.metrics.hinge_loss : Its mean over samples, for two classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import Hinge
    >>> Hinge().value(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]))
    array([0.5, 1.5])
    """

    tasks = ("binary", "multiclass", "multilabel")

    def value(self, y: Array, raw: Array) -> Array:
        return np.maximum(1 + (1 - 2 * y) * raw, 0).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        slope = 1 - 2 * y
        np.multiply(slope, raw, out=out)
        np.greater(out, -1, out=out)
        out *= slope


class SquaredHinge(Loss):
    """Squared hinge loss, each class against the rest.

    max(0, 1 - t raw)^2 for t = 2 y - 1, summed over outputs, with the gradient
    -2 t max(0, 1 - t raw) (Tang 2013, "Deep learning using linear support vector machines").

    Take it in place of Hinge where labels are reliable, as the gradient is continuous but
    grows with the error; for probabilities take LogLoss.

    See Also
    --------
    Hinge : Linear for wrong labels, and so less sensitive to outliers.
    sklearn.svm.LinearSVC : Minimizes it for linear models.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SquaredHinge
    >>> SquaredHinge().value(np.array([[1.0, 0.0]]), np.array([[0.5, 0.5]]))
    array([0.25, 2.25])
    """

    tasks = ("binary", "multiclass", "multilabel")

    def value(self, y: Array, raw: Array) -> Array:
        return np.square(np.maximum(1 + (1 - 2 * y) * raw, 0)).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        slope = 1 - 2 * y
        np.multiply(slope, raw, out=out)
        out += 1
        np.maximum(out, 0, out=out)
        out *= slope
        out *= 2


class FocalFormula(Loss):
    """Base class of the focal losses, with what follows from the log-probability alone.

    With p the probability of the right label, the loss is (1 - p)^gamma times -log(p).

    Parameters
    ----------
    gamma : float, default=2.0
        At least 0.

    See Also
    --------
    Focal : The loss for all tasks.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import FocalFormula
    >>> FocalFormula(gamma=2.0).weight(-np.log([0.5, 0.75]))
    array([0.25  , 0.0625])
    """

    _parameter_constraints = {"gamma": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, gamma: float = 2.0) -> None:
        self.gamma = gamma

    def weight(self, losses: Array) -> Array:
        """Return (1 - p)^gamma.

        Parameters
        ----------
        losses : ndarray
            The cross-entropies, -log(p).

        Returns
        -------
        weight : ndarray of the shape of `losses`
            What the cross-entropies are multiplied by.
        """
        return np.power(-np.expm1(-losses), float(self.gamma))

    def slope(self, losses: Array) -> Array:
        """Return the derivative of (1 - p)^gamma (-log(p)) with respect to -log(p).

        Parameters
        ----------
        losses : ndarray
            The cross-entropies, -log(p).

        Returns
        -------
        slope : ndarray of the shape of `losses`
            What the gradient of the cross-entropy is multiplied by.
        """
        # (1 - p)^gamma (1 + gamma p losses / (1 - p)), whose quotient is 1 for p = 1
        return self.weight(losses) * (1 + float(self.gamma) / special.exprel(losses))


class SoftmaxFocal(FocalFormula):
    """Focal loss of one label out of several.

    -(1 - p)^gamma log(p), p the softmax probability of the label, with the gradient
    (1 - p)^gamma (1 - gamma p log(p) / (1 - p)) (softmax(raw) - y).

    Parameters
    ----------
    gamma : float, default=2.0
        At least 0.

    See Also
    --------
    Focal : Chooses between this and `LogisticFocal`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SoftmaxFocal
    >>> SoftmaxFocal().value(np.array([[1.0], [0.0]]), np.zeros((2, 1)))
    array([0.1732868])
    """

    tasks = ("multiclass",)
    output = "softmax"
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        losses = softmax_cross_entropy(y, raw)
        return self.weight(losses) * losses

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_softmax(raw, out)
        out -= y
        out *= self.slope(softmax_cross_entropy(y, raw))[..., None, :]


class LogisticFocal(FocalFormula):
    """Focal loss of yes-or-no labels.

    -(1 - p)^gamma log(p), p the logistic probability of the right answer, summed over
    outputs, with the gradient
    (1 - p)^gamma (1 - gamma p log(p) / (1 - p)) (logistic(raw) - y).

    Parameters
    ----------
    gamma : float, default=2.0
        At least 0.

    See Also
    --------
    Focal : Chooses between this and `SoftmaxFocal`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import LogisticFocal
    >>> LogisticFocal().value(np.ones((1, 1)), np.zeros((1, 1)))
    array([0.1732868])
    """

    tasks = ("binary", "multilabel")
    output = "logistic"
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        losses = logistic_cross_entropy(y, raw)
        return (self.weight(losses) * losses).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_logistic(raw, out)
        out -= y
        out *= self.slope(logistic_cross_entropy(y, raw))


class Focal(FocalFormula, ByTask):
    """Focal loss, a cross-entropy with less weight on samples that are already right.

    -(1 - p)^gamma log(p) with p the probability of the right label (Lin et al. 2017, "Focal
    loss for dense object detection", without the class weights alpha).  Multi-class targets
    take the softmax (`SoftmaxFocal`), binary and multi-label ones the logistic function of
    each output (`LogisticFocal`).

    Take it in place of LogLoss where many easy samples of one class outweigh the few hard
    ones.  The minimum is not at the true probabilities, so calibrate them before they are
    used; `class_weight` is the simpler remedy for rare classes.

    Parameters
    ----------
    gamma : float, default=2.0
        How much less weight, at least 0; with 0 it is the cross-entropy.

    See Also
    --------
    LogLoss : The same weight on all samples.

    Examples
    --------
    >>> from skmlp.losses import Focal
    >>> Focal(gamma=1.0).for_task("binary")
    LogisticFocal(gamma=1.0)
    """

    softmax = SoftmaxFocal
    logistic = LogisticFocal


class SoftmaxBrierScore(Loss):
    """Half the squared error of the probabilities of one label out of several.

    sum((p - y)^2) / 2 for p = softmax(raw), with the gradient
    p (p - y - sum(p (p - y))).

    See Also
    --------
    BrierScore : Chooses between this and `LogisticBrierScore`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import SoftmaxBrierScore
    >>> SoftmaxBrierScore().value(np.array([[1.0], [0.0]]), np.zeros((2, 1)))
    array([0.25])
    """

    tasks = ("multiclass",)
    output = "softmax"
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        error = np.empty_like(raw)
        write_softmax(raw, error)
        error -= y
        return 0.5 * np.square(error).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_softmax(raw, out)
        error = out - y
        error -= (out * error).sum(axis=-2, keepdims=True)
        out *= error


class LogisticBrierScore(Loss):
    """Half the squared error of the probabilities of yes-or-no labels.

    (p - y)^2 / 2 for p = logistic(raw), summed over outputs, with the gradient
    (p - y) p (1 - p).

    See Also
    --------
    BrierScore : Chooses between this and `SoftmaxBrierScore`.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.losses import LogisticBrierScore
    >>> LogisticBrierScore().value(np.ones((1, 1)), np.zeros((1, 1)))
    array([0.125])
    """

    tasks = ("binary", "multilabel")
    output = "logistic"
    has_probabilities = True

    def value(self, y: Array, raw: Array) -> Array:
        error = np.empty_like(raw)
        write_logistic(raw, error)
        error -= y
        return 0.5 * np.square(error).sum(axis=-2)

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        write_logistic(raw, out)
        slope = out - np.square(out)
        out -= y
        out *= slope


class BrierScore(ByTask):
    """Half the squared error of the probabilities, summed over outputs.

    sum((p - y)^2) / 2, p the probabilities (Brier 1950, "Verification of forecasts expressed
    in terms of probability").  Multi-class targets take the softmax (`SoftmaxBrierScore`),
    binary and multi-label ones the logistic function of each output (`LogisticBrierScore`).

    Take it in place of LogLoss where some labels are wrong: it is bounded, so that a wrong
    label counts for less.  The price is a gradient that vanishes where the network is certain
    and wrong, which can make training slow.

    See Also
    --------
    LogLoss : The gradient does not vanish for wrong labels.
    sklearn.metrics.brier_score_loss : Twice its mean over samples, for two classes.

    Examples
    --------
    >>> from skmlp.losses import BrierScore
    >>> BrierScore().for_task("multiclass")
    SoftmaxBrierScore()
    """

    softmax = SoftmaxBrierScore
    logistic = LogisticBrierScore


class WithOutput(Loss):
    """A loss on the outputs of an activation.

    loss(y, f(raw)), with the gradient by the chain rule, for losses whose `own_output` is
    False.  The estimator makes it from its `loss` and `output_activation`; it is no value of
    `loss` itself.

    Parameters
    ----------
    loss : Loss
        For regression.

    activation : skmlp.activations.Activation
        The function f.

    Attributes
    ----------
    output : None
        As f need not have a name.

    See Also
    --------
    SquaredError : One of the losses that go with any activation.
    skmlp.activations.Logistic : For targets between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.activations import Logistic
    >>> from skmlp.losses import SquaredError, WithOutput
    >>> loss = WithOutput(SquaredError(), Logistic())
    >>> loss.value(np.ones((1, 1)), np.zeros((1, 1)))
    array([0.125])
    """

    _parameter_constraints = {"loss": [Loss], "activation": [Activation]}
    output = None

    def __init__(self, loss: Loss, activation: Activation) -> None:
        self.loss = loss
        self.activation = activation

    @property
    def tasks(self) -> tuple[str, ...]:
        return self.loss.tasks

    def check_targets(self, y: Array) -> None:
        self.loss.check_targets(y)
        low, high = self.activation.bounds
        if (y < low).any() or (y > high).any():
            raise ValueError(
                f"y has values outside of [{low:g}, {high:g}], the range of the output "
                f"activation {self.activation!r}, which loss={self.loss!r} does not allow."
            )

    def value(self, y: Array, raw: Array) -> Array:
        return self.loss.value(y, self.activation(raw))

    def gradient(self, y: Array, raw: Array, out: Array) -> None:
        activation, z = self.activation, raw.copy()
        a, scratch = activation.apply(z)
        self.loss.gradient(y, a, out)
        activation.backward(z, a, out, scratch)


REGRESSION_LOSSES = {
    "absolute_error": AbsoluteError,
    "gamma": Gamma,
    "huber": Huber,
    "log_cosh": LogCosh,
    "mae": AbsoluteError,
    "mse": SquaredError,
    "poisson": Poisson,
    "pseudo_huber": PseudoHuber,
    "quantile": Quantile,
    "squared_error": SquaredError,
}

CLASSIFICATION_LOSSES = {
    "binary_crossentropy": LogLoss,
    "brier": BrierScore,
    "categorical_crossentropy": CategoricalCrossentropy,
    "cross_entropy": LogLoss,
    "focal": Focal,
    "hinge": Hinge,
    "log_loss": LogLoss,
    "sparse_categorical_crossentropy": LogLoss,
    "squared_error": BrierScore,
    "squared_hinge": SquaredHinge,
}
