"""Activation functions: a = f(z), and the step from da to dz.

To add one, derive a class with `forward` and `backward` from `Activation` and name it in
`ACTIVATIONS`.
"""

import numpy as np
from scipy import special

from skmlp._component import Component


class Activation(Component):
    """Base class of the activation functions.

    All arrays have the shape (..., units, batch): one column per sample, and perhaps a
    leading axis of networks.  Everything is done in the arrays that are given, and
    nothing is allocated.

    Attributes
    ----------
    keeps_input : bool
        Whether `backward` reads `z`.  Where it does not, the engine lets `z` and `a` be
        one and the same array, which saves memory and time.

    init_factor : float
        Numerator of scikit-learn's bound for the starting weights,
        sqrt(init_factor / (fan_in + fan_out)).
    """

    keeps_input = False
    init_factor = 6.0

    def __call__(self, z):
        """Return f(z) in a new array.

        Parameters
        ----------
        z : array-like of shape (..., units, batch)

        Returns
        -------
        a : ndarray of the same shape
        """
        z = np.asarray(z)
        z = z.astype(np.result_type(z.dtype, np.float32))  # a copy
        a = np.empty_like(z) if self.keeps_input else z
        self.forward(z, a, self.scratch(z))
        return a

    def scratch(self, z):
        """Return what `forward` and `backward` want to have at hand for arrays like `z`.

        The engine calls this once per fit and passes the result to every call.

        Parameters
        ----------
        z : ndarray of shape (..., units, batch)

        Returns
        -------
        scratch : object, default None
        """
        return None

    def forward(self, z, a, scratch):
        """Write f(z) into `a`.

        Parameters
        ----------
        z : ndarray of shape (..., units, batch)
            The input.  Unless `keeps_input`, it is the same array as `a`.

        a : ndarray of shape (..., units, batch)
            Receives the output.

        scratch : object
            What the method `scratch` returned.
        """
        raise NotImplementedError

    def backward(self, z, a, delta, scratch):
        """Multiply `delta`, the gradient with respect to `a`, by da/dz in place.

        Parameters
        ----------
        z : ndarray of shape (..., units, batch)
            The input of `forward`; only with `keeps_input`, else it is `a` again.

        a : ndarray of shape (..., units, batch)
            The output of `forward`.

        delta : ndarray of shape (..., units, batch)
            Gradient with respect to `a` at entry, with respect to `z` at return.

        scratch : object
            What the method `scratch` returned.
        """
        raise NotImplementedError


class Identity(Activation):
    """Identity: the layer is linear.

    f(z) = z, with the derivative 1.

    See Also
    --------
    ReLU : The identity for positive inputs.

    Examples
    --------
    >>> from skmlp.activations import Identity
    >>> Identity()([-1.0, 2.0])
    array([-1.,  2.])
    """

    def forward(self, z, a, scratch):
        pass

    def backward(self, z, a, delta, scratch):
        pass


class Logistic(Activation):
    """Logistic function, or sigmoid.

    f(z) = 1 / (1 + exp(-z)), with the derivative a (1 - a).

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

    init_factor = 2.0

    def __call__(self, z):
        # Exact to the last digit for tiny probabilities, which `forward` is not.
        return special.expit(np.asarray(z))

    def scratch(self, z):
        return np.empty_like(z)

    def forward(self, z, a, scratch):
        # (1 + tanh(z / 2)) / 2 takes a seventh of the time of scipy.special.expit
        # (100 x 200, float32) and cannot overflow.
        np.multiply(z, 0.5, out=a)
        np.tanh(a, out=a)
        a *= 0.5
        a += 0.5

    def backward(self, z, a, delta, scratch):
        np.multiply(a, a, out=scratch)
        np.subtract(a, scratch, out=scratch)
        delta *= scratch


class Tanh(Activation):
    """Hyperbolic tangent.

    f(z) = tanh(z), with the derivative 1 - a^2.

    See Also
    --------
    Logistic : The same curve between 0 and 1.

    Examples
    --------
    >>> from skmlp.activations import Tanh
    >>> Tanh()([0.0, 1.0])
    array([0.        , 0.76159416])
    """

    def scratch(self, z):
        return np.empty_like(z)

    def forward(self, z, a, scratch):
        np.tanh(z, out=a)

    def backward(self, z, a, delta, scratch):
        # delta - delta a^2 in three passes
        np.multiply(a, a, out=scratch)
        scratch *= delta
        delta -= scratch


class ReLU(Activation):
    """Rectified linear unit.

    f(z) = max(0, z), with the derivative 1 where a > 0 and else 0 (Glorot, Bordes and Bengio
    2011, "Deep sparse rectifier neural networks").

    See Also
    --------
    Identity : Linear for negative inputs too.

    Examples
    --------
    >>> from skmlp.activations import ReLU
    >>> ReLU()([-1.0, 2.0])
    array([0., 2.])
    """

    def scratch(self, z):
        # np.maximum is vectorised for two arrays, not for an array and a scalar: 1.6 us
        # against 7.0 us (100 x 200, float32).  np.greater is, if the scalar is an array.
        return np.zeros_like(z), np.zeros((), z.dtype), np.empty(z.shape, dtype=bool)

    def forward(self, z, a, scratch):
        zeros, *_ = scratch
        np.maximum(z, zeros, out=a)

    def backward(self, z, a, delta, scratch):
        # A product with the mask takes 4 us where copyto(where=) takes 20.
        _, zero, active = scratch
        np.greater(a, zero, out=active)
        delta *= active


class Softmax(Component):
    """Softmax, the output activation of multi-class classification.

    f(z) = exp(z) / sum(exp(z)), the sum over the units; for outputs only.

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

    def __call__(self, z):
        """Return f(z) for z of shape (..., units, batch), in a new array."""
        return special.softmax(z, axis=-2)


class Exponential(Component):
    """Exponential function, the output activation of Poisson regression.

    f(z) = exp(z); for outputs only.

    See Also
    --------
    skmlp.losses.Poisson : The loss that it goes with.

    Examples
    --------
    >>> from skmlp.activations import Exponential
    >>> Exponential()([0.0, 1.0])
    array([1.        , 2.71828183])
    """

    def __call__(self, z):
        """Return f(z) for z of shape (..., units, batch), in a new array."""
        return np.exp(z)


ACTIVATIONS = {
    "identity": Identity,
    "logistic": Logistic,
    "relu": ReLU,
    "tanh": Tanh,
}

# By the names that the attribute `out_activation_` has.
OUTPUT_ACTIVATIONS = {
    "exp": Exponential,
    "identity": Identity,
    "logistic": Logistic,
    "softmax": Softmax,
}
