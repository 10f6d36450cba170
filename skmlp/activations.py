"""Activation functions: a = f(z), and the step from da to dz.

To add one, derive a class with `forward` and `backward` from `Activation` and name it in
`ACTIVATIONS`.  The tests take it from there.

What is fast in NumPy shapes the code: np.maximum and np.minimum are vectorised for two
arrays and not for an array and a scalar (1.6 us against 7.0 us, 100 x 200, float32), so
that `scratch` holds arrays of one value; comparisons are, if the scalar is a 0-d array; a
product with a mask takes 4 us where copyto(where=) takes 20; and a logistic function by
way of tanh a seventh of the time of scipy.special.expit.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from skmlp._component import Component
from skmlp._sklearn import Interval
from skmlp._typing import Array

SQRT_2_PI = np.sqrt(2 * np.pi)


def write_logistic(z, out):
    """Write 1 / (1 + exp(-z)) to an array, as (1 + tanh(z / 2)) / 2, which cannot overflow.

    Parameters
    ----------
    z : ndarray
        Numbers.

    out : ndarray of the shape of `z`
        Receives the result; may be `z` itself.
    """
    np.multiply(z, 0.5, out=out)
    np.tanh(out, out=out)
    out *= 0.5
    out += 0.5


class Activation(Component):
    """Base class of the activation functions.

    All arrays have the shape (..., units, batch): one column per sample, and perhaps a
    leading axis of networks.  Everything is done in the arrays that are given, and
    next to nothing is allocated.

    An activation with parameters to learn, `n_params` numbers per layer, returns their
    starting values from `initial_params`.  Its `forward` then takes one more argument,
    ``forward(z, a, scratch, params)``, and its `backward` two,
    ``backward(z, a, delta, scratch, params, gradient)``: `params` and `gradient` have the
    shape (..., n_params), with the leading axis of networks where the arrays have it, and
    `backward` writes to `gradient` that of the loss, summed over units and batch.

    Attributes
    ----------
    keeps_input : bool
        Whether `backward` reads `z`.  Where it does not, the engine lets `z` and `a` be
        one and the same array, which saves memory and time.

    pieces : int
        Number of rows of `z` that one unit needs.  With more than one, `z` has the shape
        (..., pieces * units, batch), piece p of unit u in row p * units + u, and
        `keeps_input` is True.

    bounds : tuple of float
        The smallest and the largest value of f, attained or approached.

    init_factor : float
        Numerator of scikit-learn's bound for the starting weights,
        sqrt(init_factor / (fan_in + fan_out)).

    See Also
    --------
    ReLU : The default of the hidden layers.
    skmlp.losses.WithOutput : A loss on the outputs of an activation.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.activations import Activation
    >>> class Square(Activation):
    ...     keeps_input = True
    ...
    ...     def forward(self, z, a, scratch):
    ...         np.square(z, out=a)
    ...
    ...     def backward(self, z, a, delta, scratch):
    ...         delta *= z
    ...         delta *= 2
    >>> Square()([1.0, -3.0])
    array([1., 9.])
    """

    keeps_input = False
    pieces: int = 1
    bounds: tuple[float, float] = (-np.inf, np.inf)
    init_factor = 6.0

    def __call__(self, z: ArrayLike) -> Array:
        """Return f(z) in a new array, with the starting values of learned parameters.

        Parameters
        ----------
        z : array-like of shape (..., pieces * units, batch)
            The input; a plain list of numbers will do as well.

        Returns
        -------
        a : ndarray of shape (..., units, batch)
            The output.

        Raises
        ------
        ValueError
            If the number of rows is not a multiple of `pieces`.
        """
        z = np.asarray(z)
        z = z.astype(np.result_type(z.dtype, np.float32))  # a copy
        columns = np.atleast_2d(z)
        rows = columns.shape[-2]
        if rows % self.pieces:
            raise ValueError(f"{rows} rows are not units of {self.pieces} pieces.")
        a, _ = self.apply(columns, self.initial_params().astype(z.dtype))
        return a if z.ndim > 1 else a.reshape(z.shape)

    def apply(self, z: Array, *own: Array) -> tuple[Array, Any]:
        """Return f(z), in place where that can be, and the scratch that `backward` needs.

        Parameters
        ----------
        z : ndarray of shape (..., pieces * units, batch)
            Left as it is with `keeps_input`, else it receives the output.

        *own : ndarray of shape (..., n_params)
            The parameters; may be left out where there are none.

        Returns
        -------
        a : ndarray of shape (..., units, batch)
            The output.

        scratch : object
            What `backward` takes as `scratch`.
        """
        a = z
        if self.keeps_input:
            *lead, rows, batch = z.shape
            a = np.empty((*lead, rows // self.pieces, batch), z.dtype)
        scratch = self.scratch(z)
        self.forward(z, a, scratch, *(params for params in own if params.size))
        return a, scratch

    def initial_params(self) -> Array:
        """Return the starting values of the parameters that a layer learns.

        Returns
        -------
        params : ndarray of shape (n_params,), float64
            Empty by default: nothing to learn.
        """
        return np.empty(0)

    def scratch(self, z: Array) -> Any:
        """Return what `forward` and `backward` want to have at hand for arrays like `z`.

        The engine calls this once per fit and layer, and passes the result to every call
        for that layer; so `backward` finds in it what the last `forward` left there.

        Parameters
        ----------
        z : ndarray of shape (..., pieces * units, batch)
            Its values do not count.

        Returns
        -------
        scratch : object
            Whatever suits; by default None.
        """
        return None

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        """Write f(z) into `a`.

        Parameters
        ----------
        z : ndarray of shape (..., pieces * units, batch)
            The input.  Unless `keeps_input`, it is the same array as `a`.

        a : ndarray of shape (..., units, batch)
            Receives the output.

        scratch : object
            What the method `scratch` returned.
        """
        raise self._missing("forward")

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        """Multiply `delta`, the gradient with respect to `a`, by da/dz in place.

        Parameters
        ----------
        z : ndarray of shape (..., pieces * units, batch)
            The input of `forward`; only with `keeps_input`, else it is `a` again.

        a : ndarray of shape (..., units, batch)
            The output of `forward`.

        delta : ndarray of shape (..., pieces * units, batch)
            At entry the gradient with respect to `a` in the first `units` rows, at return
            that with respect to `z` in all rows.

        scratch : object
            What the method `scratch` returned.
        """
        raise self._missing("backward")


class Identity(Activation):
    """Identity: the layer is linear.

    f(z) = z, with the derivative 1.

    As the output it is for targets that may be any number.  As a hidden layer it only reduces
    the dimension, and a network with no other activation is a linear model.

    See Also
    --------
    ReLU : The identity for positive inputs.

    Examples
    --------
    >>> from skmlp.activations import Identity
    >>> Identity()([-1.0, 2.0])
    array([-1.,  2.])
    """

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        pass

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        pass


class Logistic(Activation):
    """Logistic function, or sigmoid.

    f(z) = 1 / (1 + exp(-z)), with the derivative a (1 - a) (Rumelhart, Hinton and Williams
    1986, "Learning representations by back-propagating errors").

    As `output_activation` it is for targets between 0 and 1.  In hidden layers take Tanh or
    ReLU: a logistic function has positive values only and a derivative of at most 1/4, so that
    deep networks learn slowly.

    See Also
    --------
    Tanh : The same curve between -1 and 1.
    scipy.special.expit : The same function.

    Examples
    --------
    >>> from skmlp.activations import Logistic
    >>> Logistic()([0.0, 2.0])
    array([0.5       , 0.88079708])
    """

    bounds = (0.0, 1.0)
    init_factor = 2.0

    def __call__(self, z: ArrayLike) -> Array:
        # Exact to the last digit for tiny probabilities, which `forward` is not.
        return special.expit(np.asarray(z))

    def scratch(self, z: Array) -> Any:
        return np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        write_logistic(z, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        np.multiply(a, a, out=scratch)
        np.subtract(a, scratch, out=scratch)
        delta *= scratch


class Tanh(Activation):
    """Hyperbolic tangent.

    f(z) = tanh(z), with the derivative 1 - a^2 (LeCun et al. 1998, "Efficient backprop").

    Take it for smooth functions of few standardized features in one or two hidden layers.  In
    deeper networks its derivative vanishes where units saturate, and ReLU or SiLU is easier to
    train.

    See Also
    --------
    Logistic : The same curve between 0 and 1.

    Examples
    --------
    >>> from skmlp.activations import Tanh
    >>> Tanh()([0.0, 1.0])
    array([0.        , 0.76159416])
    """

    bounds = (-1.0, 1.0)

    def scratch(self, z: Array) -> Any:
        return np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        np.tanh(z, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        # delta - delta a^2 in three passes
        np.multiply(a, a, out=scratch)
        scratch *= delta
        delta -= scratch


class ReLU(Activation):
    """Rectified linear unit.

    f(z) = max(0, z), with the derivative 1 where a > 0 and else 0 (Glorot, Bordes and Bengio
    2011, "Deep sparse rectifier neural networks").

    The default, and the one to compare others with: cheap, and without saturation for positive
    inputs.  Where many units end up at 0 for all samples, take LeakyReLU; where the prediction
    has to be smooth, Tanh or SiLU.

    See Also
    --------
    Identity : Linear for negative inputs too.

    Examples
    --------
    >>> from skmlp.activations import ReLU
    >>> ReLU()([-1.0, 2.0])
    array([0., 2.])
    """

    bounds = (0.0, np.inf)

    def scratch(self, z: Array) -> Any:
        return np.zeros_like(z), np.zeros((), z.dtype), np.empty(z.shape, dtype=bool)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        zeros, *_ = scratch
        np.maximum(z, zeros, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        _, zero, active = scratch
        np.greater(a, zero, out=active)
        delta *= active


class LeakyReLU(Activation):
    """Rectified linear unit with a small slope for negative inputs.

    f(z) = z where z > 0 and else negative_slope z, with the derivative 1 where a > 0 and
    else negative_slope (Maas, Hannun and Ng 2013, "Rectifier nonlinearities improve neural
    network acoustic models").

    Take it in place of ReLU where many units are 0 for all samples and so learn no more, as
    after a learning rate that was too large; otherwise the two rarely differ.

    Parameters
    ----------
    negative_slope : float, default=0.01
        In [0, 1].

    See Also
    --------
    PReLU : Learns the slope.
    ReLU : The slope is 0.

    Examples
    --------
    >>> from skmlp.activations import LeakyReLU
    >>> LeakyReLU(negative_slope=0.1)([-1.0, 2.0])
    array([-0.1,  2. ])
    """

    _parameter_constraints = {"negative_slope": [Interval(Real, 0, 1, closed="both")]}

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    @property
    def bounds(self) -> tuple[float, float]:
        return (-np.inf if self.negative_slope > 0 else 0.0), np.inf

    def scratch(self, z: Array) -> Any:
        slopes = np.full_like(z, self.negative_slope)
        return slopes, np.zeros((), z.dtype), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        slopes, _, scaled = scratch
        np.multiply(z, slopes, out=scaled)
        np.maximum(z, scaled, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        slopes, zero, derivative = scratch
        np.greater(a, zero, out=derivative)
        np.maximum(derivative, slopes, out=derivative)
        delta *= derivative


class PReLU(Activation):
    """Parametric rectified linear unit: each layer learns the slope for negative inputs.

    f(z) = z where z > 0 and else slope z, with the derivative 1 where z > 0 and else slope;
    that with respect to the slope is min(0, z) (He, Zhang, Ren and Sun 2015, "Delving deep
    into rectifiers").  The slope is not confined and may become negative.

    Take it in place of LeakyReLU where there are enough samples to learn the slope rather than
    to search for it; it is one more parameter per layer, exempt from the penalty.

    Parameters
    ----------
    initial_slope : float, default=0.25
        Where the slopes start.

    See Also
    --------
    LeakyReLU : The slope is given.

    Examples
    --------
    >>> from skmlp.activations import PReLU
    >>> PReLU()([-1.0, 2.0])
    array([-0.25,  2.  ])
    """

    _parameter_constraints = {"initial_slope": [Interval(Real, None, None, closed="neither")]}
    keeps_input = True  # the sign of `a` does not tell that of `z`

    def __init__(self, initial_slope: float = 0.25) -> None:
        self.initial_slope = initial_slope

    def initial_params(self) -> Array:
        return np.array([self.initial_slope], dtype=np.float64)

    def scratch(self, z: Array) -> Any:
        return np.zeros_like(z), np.zeros((), z.dtype), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any, params: Array) -> None:
        """Write f(z) into `a`.

        Parameters
        ----------
        z : ndarray of shape (..., units, batch)
            The input.

        a : ndarray of shape (..., units, batch)
            Receives the output.

        scratch : object
            What the method `scratch` returned.

        params : ndarray of shape (..., 1)
            The slopes.
        """
        zeros, _, negative = scratch
        np.minimum(z, zeros, out=negative)
        negative *= params[..., None]
        np.maximum(z, zeros, out=a)
        a += negative

    def backward(
        self, z: Array, a: Array, delta: Array, scratch: Any, params: Array, gradient: Array
    ) -> None:
        """Multiply `delta` by da/dz in place, and write the gradient by the slopes.

        Parameters
        ----------
        z : ndarray of shape (..., units, batch)
            The input of `forward`.

        a : ndarray of shape (..., units, batch)
            The output of `forward`.

        delta : ndarray of shape (..., units, batch)
            At entry the gradient with respect to `a`, at return that with respect to `z`.

        scratch : object
            What the method `scratch` returned.

        params : ndarray of shape (..., 1)
            The slopes.

        gradient : ndarray of shape (..., 1)
            Receives the gradient with respect to them, summed over units and batch.
        """
        _, zero, positive = scratch
        np.greater(z, zero, out=positive)
        positive *= delta
        delta -= positive
        np.sum(np.vecdot(delta, z), axis=-1, keepdims=True, out=gradient)
        delta *= params[..., None]
        delta += positive


class ScaledELU(Activation):
    """Base class: f(z) = slope z where z > 0 and else scale (exp(z) - 1).

    Both are positive, so that the derivative follows from `a`: slope where a > 0 and else
    a + scale.  A derived class returns the two from `_slope_and_scale`.

    See Also
    --------
    ELU : The slope is 1.
    SELU : Slope and scale are constants.

    Examples
    --------
    >>> from skmlp.activations import ScaledELU
    >>> class Steep(ScaledELU):
    ...     def _slope_and_scale(self):
    ...         return 2.0, 1.0
    >>> Steep()([-1.0, 2.0])
    array([-0.63212056,  4.        ])
    """

    def _slope_and_scale(self):
        raise self._missing("_slope_and_scale")

    @property
    def bounds(self) -> tuple[float, float]:
        return -self._slope_and_scale()[1], np.inf

    def scratch(self, z: Array) -> Any:
        return np.zeros_like(z), np.zeros((), z.dtype), np.empty_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        slope, scale = self._slope_and_scale()
        zeros, _, negative, _ = scratch
        np.minimum(z, zeros, out=negative)
        np.expm1(negative, out=negative)
        negative *= scale
        np.maximum(z, zeros, out=a)
        a *= slope
        a += negative

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        slope, scale = self._slope_and_scale()
        zeros, zero, derivative, jump = scratch
        np.minimum(a, zeros, out=derivative)
        derivative += scale
        if slope != scale:
            np.greater(a, zero, out=jump)
            jump *= slope - scale
            derivative += jump
        delta *= derivative


class ELU(ScaledELU):
    """Exponential linear unit.

    f(z) = z where z > 0 and else alpha (exp(z) - 1), with the derivative 1 where a > 0 and
    else a + alpha (Clevert, Unterthiner and Hochreiter 2016, "Fast and accurate deep network
    learning by exponential linear units").

    Take it in place of ReLU where units die or a smoother prediction is wanted: negative
    outputs bring the mean of a layer closer to 0, for the price of an exponential function.

    Parameters
    ----------
    alpha : float, default=1.0
        Minus the limit for negative inputs, greater than 0.

    See Also
    --------
    CELU : Without a corner for every alpha.
    SELU : Scaled so that activations keep mean 0 and variance 1.

    Examples
    --------
    >>> from skmlp.activations import ELU
    >>> ELU()([-1.0, 2.0])
    array([-0.63212056,  2.        ])
    """

    _parameter_constraints = {"alpha": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def _slope_and_scale(self):
        return 1.0, self.alpha


class SELU(ScaledELU):
    """Scaled exponential linear unit.

    f(z) = lambda z where z > 0 and else lambda alpha (exp(z) - 1), with the derivative lambda
    where a > 0 and else a + lambda alpha.  The constants, lambda = 1.0507 and
    alpha = 1.6733, make mean 0 and variance 1 a fixed point of a layer whose weights have
    mean 0 and variance 1 / fan_in (Klambauer, Unterthiner, Mayr and Hochreiter 2017,
    "Self-normalizing neural networks").

    Take it for networks of many hidden layers, with standardized features and
    initializer='lecun_normal', on both of which the fixed point depends.  With few layers ReLU
    or ELU does as well.

    See Also
    --------
    ELU : Not scaled.

    Examples
    --------
    >>> from skmlp.activations import SELU
    >>> SELU()([-1.0, 2.0])
    array([-1.11133074,  2.10140197])
    """

    def _slope_and_scale(self):
        return 1.0507009873554805, 1.0507009873554805 * 1.6732632423543772


class CELU(Activation):
    """Continuously differentiable exponential linear unit.

    f(z) = z where z > 0 and else alpha (exp(z / alpha) - 1), with the derivative
    1 + min(0, a) / alpha (Barron 2017, "Continuously differentiable exponential linear
    units").

    Take it in place of ELU for alpha other than 1, where that has a corner at 0; with alpha=1
    they are the same.

    Parameters
    ----------
    alpha : float, default=1.0
        Minus the limit for negative inputs, greater than 0.

    See Also
    --------
    ELU : The same for alpha=1.

    Examples
    --------
    >>> from skmlp.activations import CELU
    >>> CELU(alpha=0.5)([-1.0, 2.0])
    array([-0.43233236,  2.        ])
    """

    _parameter_constraints = {"alpha": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    @property
    def bounds(self) -> tuple[float, float]:
        return -self.alpha, np.inf

    def scratch(self, z: Array) -> Any:
        return np.zeros_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        zeros, negative = scratch
        np.minimum(z, zeros, out=negative)
        negative *= 1 / self.alpha
        np.expm1(negative, out=negative)
        negative *= self.alpha
        np.maximum(z, zeros, out=a)
        a += negative

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        zeros, derivative = scratch
        np.minimum(a, zeros, out=derivative)
        derivative *= 1 / self.alpha
        derivative += 1
        delta *= derivative


class GELU(Activation):
    """Gaussian error linear unit.

    f(z) = z Phi(z), with the derivative Phi(z) + z phi(z), where Phi is the distribution
    function of the standard normal distribution and phi its density (Hendrycks and Gimpel
    2016, "Gaussian error linear units").  Phi is exact, not an approximation by tanh.

    The usual activation of transformers.  In networks of fully connected layers take SiLU,
    which is much the same curve: GELU takes several times as long as any other activation
    here.

    See Also
    --------
    SiLU : With the logistic function for Phi, a similar curve in a fraction of the time.

    Examples
    --------
    >>> from skmlp.activations import GELU
    >>> GELU()([-1.0, 2.0])
    array([-0.15865525,  1.95449974])
    """

    keeps_input = True
    bounds = (-0.16997120747990369, np.inf)

    def scratch(self, z: Array) -> Any:
        return np.empty_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        Phi, _ = scratch
        special.ndtr(z, out=Phi)
        np.multiply(z, Phi, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        Phi, derivative = scratch
        np.clip(z, -40, 40, out=derivative)  # phi is 0 beyond, and the square overflows
        np.square(derivative, out=derivative)
        derivative *= -0.5
        np.exp(derivative, out=derivative)
        derivative *= 1 / SQRT_2_PI
        derivative *= z
        derivative += Phi
        delta *= derivative


class SiLU(Activation):
    """Sigmoid linear unit, or swish.

    f(z) = z s(z) with the logistic function s, with the derivative s + a (1 - s) (Elfwing,
    Uchibe and Doya 2018, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning"; Ramachandran, Zoph and Le 2017, "Searching for
    activation functions").

    Take it in place of ReLU where a smooth prediction is wanted or in networks of several
    hidden layers; of the smooth relatives of ReLU it is the first to try.

    See Also
    --------
    GELU : With the normal distribution function for s.
    Mish : A similar curve.

    Examples
    --------
    >>> from skmlp.activations import SiLU
    >>> SiLU()([-1.0, 2.0])
    array([-0.26894142,  1.76159416])
    """

    bounds = (-0.27846454276107385, np.inf)

    def scratch(self, z: Array) -> Any:
        return np.empty_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        s, _ = scratch
        write_logistic(z, out=s)
        np.multiply(z, s, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        s, derivative = scratch
        np.subtract(1, s, out=derivative)
        derivative *= a
        derivative += s
        delta *= derivative


class Mish(Activation):
    """Mish.

    f(z) = z tanh(log(1 + exp(z))), with the derivative t + z (1 - t^2) s(z), where t is the
    tanh and s the logistic function (Misra 2020, "Mish: a self regularized non-monotonic
    activation function").

    With e = exp(z) and r = 2 / (e^2 + 2 e + 2) it is z (1 - r), with the derivative
    1 - r + z e (1 + e) r^2.

    Worth a try where SiLU, which is simpler, does better than ReLU; the curves differ little.

    See Also
    --------
    SiLU : A similar curve in less time.

    Examples
    --------
    >>> from skmlp.activations import Mish
    >>> Mish()([-1.0, 2.0])
    array([-0.30340146,  1.94395896])
    """

    keeps_input = True
    bounds = (-0.30884341301725043, np.inf)

    def scratch(self, z: Array) -> Any:
        # r is 0 to all digits where z > 30, and e^2 is finite up to there.
        return np.full_like(z, 30), np.empty_like(z), np.empty_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        limit, e, r, _ = scratch
        np.minimum(z, limit, out=e)
        np.exp(e, out=e)
        np.add(e, 2, out=r)
        r *= e
        r += 2
        np.divide(2, r, out=r)
        np.subtract(1, r, out=a)
        a *= z

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        _, e, r, derivative = scratch
        np.add(e, 1, out=derivative)
        derivative *= e
        derivative *= r
        derivative *= r
        derivative *= z
        derivative -= r
        derivative += 1
        delta *= derivative


class Softplus(Activation):
    """Softplus, a smooth ReLU.

    f(z) = log(1 + exp(z)), with the derivative 1 - exp(-a), which is the logistic function
    (Dugas, Bengio, Belisle, Nadeau and Garcia 2001, "Incorporating second-order functional
    knowledge for better option pricing").

    Take it as `output_activation` for positive targets that are not counts, where ReLU could
    remain at 0 for good.  In hidden layers ReLU is cheaper and, as Glorot, Bordes and Bengio
    (2011) found, no worse.

    See Also
    --------
    ReLU : With a corner.

    Examples
    --------
    >>> from skmlp.activations import Softplus
    >>> Softplus()([-1.0, 2.0])
    array([0.31326169, 2.12692801])
    """

    bounds = (0.0, np.inf)

    def scratch(self, z: Array) -> Any:
        return np.zeros_like(z), np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        # max(0, z) + log(1 + exp(-|z|)) takes a tenth of the time of np.logaddexp.
        zeros, rest = scratch
        np.abs(z, out=rest)
        np.negative(rest, out=rest)
        np.exp(rest, out=rest)
        np.log1p(rest, out=rest)
        np.maximum(z, zeros, out=a)
        a += rest

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        _, derivative = scratch
        np.negative(a, out=derivative)
        np.expm1(derivative, out=derivative)
        np.negative(derivative, out=derivative)
        delta *= derivative


class Softsign(Activation):
    """Softsign, which approaches its bounds more slowly than tanh.

    f(z) = z / (1 + abs(z)), with the derivative (1 - abs(a))^2 (Bergstra, Desjardins, Lamblin
    and Bengio 2009, "Quadratic polynomials learn better image features").

    Take it in place of Tanh where units saturate, as its derivative falls off more slowly; in
    networks of several layers ReLU is still the first choice.

    See Also
    --------
    Tanh : Approaches its bounds exponentially.

    Examples
    --------
    >>> from skmlp.activations import Softsign
    >>> Softsign()([-1.0, 3.0])
    array([-0.5 ,  0.75])
    """

    bounds = (-1.0, 1.0)

    def scratch(self, z: Array) -> Any:
        return np.empty_like(z)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        np.abs(z, out=scratch)
        scratch += 1
        np.divide(z, scratch, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        np.abs(a, out=scratch)
        np.subtract(1, scratch, out=scratch)
        delta *= scratch
        delta *= scratch


class Clipped(Activation):
    """Base class: z clipped to `bounds`, with the derivative 1 inside and else 0.

    A derived class needs to have nothing but `bounds`.

    See Also
    --------
    HardTanh : Clipped to -1 and 1.
    ReLU6 : Clipped to 0 and 6.

    Examples
    --------
    >>> from skmlp.activations import Clipped
    >>> class Unit(Clipped):
    ...     bounds = (0.0, 1.0)
    >>> Unit()([-1.0, 0.5, 2.0])
    array([0. , 0.5, 1. ])
    """

    def scratch(self, z: Array) -> Any:
        lower, upper = (np.array(bound, z.dtype) for bound in self.bounds)
        return lower, upper, np.empty(z.shape, dtype=bool), np.empty(z.shape, dtype=bool)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        np.clip(z, *self.bounds, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        lower, upper, inside, below = scratch
        np.greater(a, lower, out=inside)
        np.less(a, upper, out=below)
        inside &= below
        delta *= inside


class HardSigmoid(Clipped):
    """Logistic function by straight lines.

    f(z) = min(max(0, z + 3), 6) / 6, with the derivative 1 / 6 where 0 < a < 1 and else 0
    (Courbariaux, Bengio and David 2015, "BinaryConnect"; with this slope Howard et al. 2019,
    "Searching for MobileNetV3").

    Take it in place of Logistic for models that are to run elsewhere in integer arithmetic or
    without an exponential function; nothing is learned from samples where it is 0 or 1.

    See Also
    --------
    Logistic : The smooth curve.

    Examples
    --------
    >>> from skmlp.activations import HardSigmoid
    >>> HardSigmoid()([-4.0, 0.0, 1.5])
    array([0.  , 0.5 , 0.75])
    """

    bounds = (0.0, 1.0)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        np.multiply(z, 1 / 6, out=a)
        a += 0.5
        super().forward(a, a, scratch)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        super().backward(z, a, delta, scratch)
        delta *= 1 / 6


class HardTanh(Clipped):
    """Hyperbolic tangent by straight lines.

    f(z) = min(max(-1, z), 1), with the derivative 1 where -1 < a < 1 and else 0 (Collobert
    2004, "Large scale machine learning").

    Take it in place of Tanh for models that are to run elsewhere in integer arithmetic or
    without an exponential function; nothing is learned from samples where it is -1 or 1.

    See Also
    --------
    Tanh : The smooth curve.

    Examples
    --------
    >>> from skmlp.activations import HardTanh
    >>> HardTanh()([-4.0, 0.0, 0.5])
    array([-1. ,  0. ,  0.5])
    """

    bounds = (-1.0, 1.0)


class ReLU6(Clipped):
    """Rectified linear unit that ends at 6.

    f(z) = min(max(0, z), 6), with the derivative 1 where 0 < a < 6 and else 0 (Krizhevsky
    2010, "Convolutional deep belief networks on CIFAR-10").

    Take it in place of ReLU for models that are to run elsewhere in integers of few bits,
    which need a bound; in the floating point arithmetic here there is rarely a reason to.

    See Also
    --------
    ReLU : Without an upper bound.

    Examples
    --------
    >>> from skmlp.activations import ReLU6
    >>> ReLU6()([-1.0, 2.0, 8.0])
    array([0., 2., 6.])
    """

    bounds = (0.0, 6.0)


class StraightThrough(Activation):
    """Base class of functions that are constant almost everywhere.

    Their derivative is 0, so that nothing would be learned below them.  `backward` takes
    1 where |z| <= 1 and else 0 in its place.  A derived class has `forward`.

    See Also
    --------
    Step : With the values 0 and 1.
    Sign : With the values -1, 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.activations import StraightThrough
    >>> class Rounded(StraightThrough):
    ...     def forward(self, z, a, scratch):
    ...         np.rint(z, out=a)
    >>> Rounded()([-0.6, 1.2])
    array([-1.,  1.])
    """

    keeps_input = True

    def scratch(self, z: Array) -> Any:
        zero, one = np.zeros((), z.dtype), np.ones((), z.dtype)
        return zero, one, np.empty_like(z)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        _, one, passes = scratch
        np.abs(z, out=passes)
        np.less_equal(passes, one, out=passes)
        delta *= passes


class Step(StraightThrough):
    """Unit step, the threshold of the first neural networks.

    f(z) = 1 where z > 0 and else 0.  In place of the derivative, which is 0, it trains with
    the straight-through gradient: 1 where abs(z) <= 1 and else 0 (McCulloch and Pitts 1943, "A
    logical calculus of the ideas immanent in nervous activity"; Bengio, Leonard and
    Courville 2013, "Estimating or propagating gradients through stochastic neurons for
    conditional computation"; Hubara, Courbariaux, Soudry, El-Yaniv and Bengio 2016,
    "Binarized neural networks").

    Only for networks whose hidden units must be 0 or 1, as for hardware or to read them as
    rules.  The gradient is a substitute, so that Logistic or ReLU fits better wherever units
    may have other values.

    See Also
    --------
    HardSigmoid : A step with a slope.
    Sign : Between -1 and 1.

    Examples
    --------
    >>> from skmlp.activations import Step
    >>> Step()([-1.0, 0.0, 2.0])
    array([0., 0., 1.])
    """

    bounds = (0.0, 1.0)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        zero, *_ = scratch
        np.greater(z, zero, out=a)


class Sign(StraightThrough):
    """Sign.

    f(z) = -1, 0 or 1 where z < 0, z = 0 or z > 0, as np.sign.  In place of the derivative,
    which is 0, it trains with the straight-through gradient, the derivative of HardTanh:
    1 where abs(z) <= 1 and else 0 (Bengio, Leonard and Courville 2013, "Estimating or
    propagating gradients through stochastic neurons for conditional computation"; Hubara,
    Courbariaux, Soudry, El-Yaniv and Bengio 2016, "Binarized neural networks").

    Only for networks whose hidden units must be -1 or 1.  The gradient is a substitute, so
    that Tanh or HardTanh fits better wherever units may have other values.

    See Also
    --------
    HardTanh : A sign with a slope.
    Step : Between 0 and 1.

    Examples
    --------
    >>> from skmlp.activations import Sign
    >>> Sign()([-1.0, 0.0, 2.0])
    array([-1.,  0.,  1.])
    """

    bounds = (-1.0, 1.0)

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        np.sign(z, out=a)


class Maxout(Activation):
    """Maxout: the largest of several linear functions, all of them learned.

    f(z_1, ..., z_k) = max(z_1, ..., z_k), with the derivative 1 for the largest, of equal ones
    the first, and 0 for the others (Goodfellow, Warde-Farley, Mirza, Courville and Bengio
    2013, "Maxout networks").

    For hidden layers whose activation is to be learned as a convex function.  A layer has k
    times the weights of others, so compare it with a ReLU network of as many weights.

    Parameters
    ----------
    pieces : int, default=2
        Number of linear functions per unit, at least 2.

    See Also
    --------
    ReLU : The larger one of a linear function and 0.

    Examples
    --------
    >>> from skmlp.activations import Maxout
    >>> z = [[-1.0, 2.0], [3.0, -4.0], [0.0, 0.0], [5.0, 6.0]]
    >>> Maxout()(z)  # rows 0 and 2 are one unit, rows 1 and 3 the other
    array([[0., 2.],
           [5., 6.]])
    """

    _parameter_constraints = {"pieces": [Interval(Integral, 2, None, closed="left")]}
    keeps_input = True

    def __init__(self, pieces: int = 2) -> None:
        self.pieces = pieces

    def _split(self, z):
        """Views on the pieces, each of shape (..., units, batch)."""
        units = z.shape[-2] // self.pieces
        return [z[..., p * units : (p + 1) * units, :] for p in range(self.pieces)]

    def forward(self, z: Array, a: Array, scratch: Any) -> None:
        first, second, *others = self._split(z)
        np.maximum(first, second, out=a)
        for piece in others:
            np.maximum(a, piece, out=a)

    def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
        # Each piece keeps the gradient where it is the largest and hands on the rest.
        deltas = self._split(delta)
        for p, piece in enumerate(self._split(z)[:-1]):
            np.not_equal(piece, a, out=deltas[p + 1])
            deltas[p + 1] *= deltas[p]
            deltas[p] -= deltas[p + 1]


class Softmax(Component):
    """Softmax, the output activation of multi-class classification.

    f(z) = exp(z) / sum(exp(z)), the sum over the units; for outputs only (Bridle 1990,
    "Probabilistic interpretation of feedforward classification network outputs, with
    relationships to statistical pattern recognition").

    Not to be chosen: it comes with the loss where each sample has one label out of several.
    Where labels do not exclude each other, multi-label targets get Logistic.

    Attributes
    ----------
    bounds : tuple of float
        The smallest and the largest value of f, both approached.

    See Also
    --------
    skmlp.losses.SoftmaxLogLoss : The loss that it goes with.
    scipy.special.softmax : The same function.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.activations import Softmax
    >>> Softmax()(np.zeros((4, 1))).ravel()
    array([0.25, 0.25, 0.25, 0.25])
    """

    bounds = (0.0, 1.0)

    def __call__(self, z: ArrayLike) -> Array:
        """Return f(z) in a new array.

        Parameters
        ----------
        z : array-like of shape (..., units, batch)
            The raw outputs.

        Returns
        -------
        a : ndarray of shape (..., units, batch)
            Probabilities, which sum to 1 over the units.
        """
        return special.softmax(z, axis=-2)


class Exponential(Component):
    """Exponential function, the output activation of Poisson and Gamma regression.

    f(z) = exp(z), the inverse of the logarithmic link; for outputs only (McCullagh and Nelder
    1989, "Generalized linear models").

    Not to be chosen: it comes with the losses for positive means.  For positive predictions
    with another loss take output_activation='softplus', which grows more slowly.

    Attributes
    ----------
    bounds : tuple of float
        The smallest and the largest value of f, both approached.

    See Also
    --------
    skmlp.losses.Poisson : The loss that it goes with.

    Examples
    --------
    >>> from skmlp.activations import Exponential
    >>> Exponential()([0.0, 1.0])
    array([1.        , 2.71828183])
    """

    bounds = (0.0, np.inf)

    def __call__(self, z: ArrayLike) -> Array:
        """Return f(z) in a new array.

        Parameters
        ----------
        z : array-like of shape (..., units, batch)
            The raw outputs.

        Returns
        -------
        a : ndarray of shape (..., units, batch)
            Infinite where exp(z) is beyond the largest number of the dtype.
        """
        return np.exp(z)


ACTIVATIONS = {
    "celu": CELU,
    "elu": ELU,
    "gelu": GELU,
    "hard_sigmoid": HardSigmoid,
    "hard_tanh": HardTanh,
    "identity": Identity,
    "leaky_relu": LeakyReLU,
    "linear": Identity,
    "logistic": Logistic,
    "maxout": Maxout,
    "mish": Mish,
    "prelu": PReLU,
    "relu": ReLU,
    "relu6": ReLU6,
    "selu": SELU,
    "sigmoid": Logistic,
    "sign": Sign,
    "silu": SiLU,
    "softplus": Softplus,
    "softsign": Softsign,
    "step": Step,
    "swish": SiLU,
    "tanh": Tanh,
}

# By the names that the attribute `out_activation_` has.
OUTPUT_ACTIVATIONS = {
    "exp": Exponential,
    "identity": Identity,
    "logistic": Logistic,
    "softmax": Softmax,
}
