"""Starting weights.

To add one, derive a class with `draw` from `Initializer` and name it in `INITIALIZERS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike

from skmlp._component import Component
from skmlp._sklearn import Interval
from skmlp._typing import Array
from skmlp.activations import Activation


class Initializer(Component):
    """Base class of the initializers.

    A derived class has `draw`, or `draw_network` where layers depend on each other.

    See Also
    --------
    Auto : The default, scikit-learn's rule.
    Given : The weights that are given.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import Initializer
    >>> class Small(Initializer):
    ...     def draw(self, random_state, fan_in, fan_out, activation):
    ...         return random_state.normal(0, 0.01, (fan_in, fan_out)), np.zeros(fan_out)
    >>> random_state, shapes = check_random_state(0), [(3, 2), (2, 1)]
    >>> layers = Small().draw_network(random_state, shapes, [ReLU(), ReLU()])
    >>> [(weights.shape, biases.shape) for weights, biases in layers]
    [((3, 2), (2,)), ((2, 1), (1,))]
    """

    def draw_network(
        self,
        random_state: RandomState,
        shapes: Sequence[tuple[int, int]],
        activations: Sequence[Activation],
    ) -> list[tuple[Array, Array]]:
        """Draw the starting weights of all layers, here one by one with `draw`.

        Parameters
        ----------
        random_state : RandomState
            The only source of randomness.

        shapes : list of (fan_in, fan_out)
            Units of the layer before and of each layer.

        activations : list of Activation
            The activation of each layer; for the output layer that of the last hidden one.

        Returns
        -------
        layers : list of (weights, biases)
            Arrays of shape (fan_in, fan_out) and (fan_out,), float64.
        """
        return [
            self.draw(random_state, fan_in, fan_out, activation)
            for (fan_in, fan_out), activation in zip(shapes, activations, strict=True)
        ]

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        """Draw the starting weights of one layer.

        Parameters
        ----------
        random_state : RandomState
            The only source of randomness.

        fan_in, fan_out : int
            Units of the layer before and of this layer.

        activation : Activation
            The activation of this layer; for the output layer that of the last hidden one.

        Returns
        -------
        weights : ndarray of shape (fan_in, fan_out), float64
            One column per unit of this layer.

        biases : ndarray of shape (fan_out,), float64
            One per unit of this layer.
        """
        raise self._missing("draw")


class Auto(Initializer):
    """Uniform weights and biases by scikit-learn's rule.

    Weights, then biases, are drawn from (-b, b) with b = sqrt(f / (fan_in + fan_out)), where f
    is 2 for the logistic activation and 6 for all others (Glorot and Bengio 2010,
    "Understanding the difficulty of training deep feedforward neural networks", equation 16).
    The same random state gives the starting weights of scikit-learn's MLP.

    The default, for the numbers of scikit-learn, and good enough for one or two hidden layers.
    In deeper networks of ReLU units signals get smaller from layer to layer: take HeUniform.

    See Also
    --------
    GlorotUniform : The same bound for every activation, and biases of 0.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import Auto
    >>> weights, biases = Auto().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases.shape
    ((3, 2), (2,))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        bound = np.sqrt(activation.init_factor / (fan_in + fan_out))
        weights = random_state.uniform(-bound, bound, (fan_in, fan_out))
        biases = random_state.uniform(-bound, bound, fan_out)
        return weights, biases


class GlorotUniform(Initializer):
    """Uniform weights for symmetric activations, such as tanh.

    Weights are drawn from (-b, b) with b = sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio
    2010, "Understanding the difficulty of training deep feedforward neural networks", equation
    16), biases are 0.  The weights' variance of 2 / (fan_in + fan_out) is a compromise between
    keeping that of the activations and that of the gradients.

    Take it with Tanh, Softsign or Identity; for ReLU take HeUniform.  Auto draws the same
    weights, except with Logistic, but biases too.

    See Also
    --------
    GlorotNormal : Normal weights of the same variance.
    Auto : Draws the biases too, as scikit-learn does.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import GlorotUniform
    >>> weights, biases = GlorotUniform().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _uniform(random_state, 2 / (fan_in + fan_out), fan_in, fan_out)


class GlorotNormal(Initializer):
    """Normal weights for symmetric activations, such as tanh.

    Weights have the standard deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio 2010,
    "Understanding the difficulty of training deep feedforward neural networks", equation 12),
    biases are 0.

    Take it with Tanh, Softsign or Identity; for ReLU take HeNormal.  Whether weights are
    normal or uniform rarely matters.

    See Also
    --------
    GlorotUniform : Uniform weights of the same variance.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import GlorotNormal
    >>> weights, biases = GlorotNormal().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _normal(random_state, 2 / (fan_in + fan_out), fan_in, fan_out)


class HeUniform(Initializer):
    """Uniform weights for ReLU and its relatives.

    Weights are drawn from (-b, b) with b = sqrt(6 / fan_in), so that they have the variance
    2 / fan_in (He, Zhang, Ren and Sun 2015, "Delving deep into rectifiers", equation 10),
    biases are 0.

    Take it in place of Auto with ReLU, LeakyReLU, PReLU, SiLU or GELU, above all with three
    hidden layers and more; for Tanh take GlorotUniform, for SELU LecunNormal.

    See Also
    --------
    HeNormal : Normal weights of the same variance.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import HeUniform
    >>> weights, biases = HeUniform().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _uniform(random_state, 2 / fan_in, fan_in, fan_out)


class HeNormal(Initializer):
    """Normal weights for ReLU and its relatives.

    Weights have the standard deviation sqrt(2 / fan_in) (He, Zhang, Ren and Sun 2015, "Delving
    deep into rectifiers", equation 10), biases are 0.

    As HeUniform: for ReLU and its relatives in networks of three hidden layers and more.
    Whether weights are normal or uniform rarely matters.

    See Also
    --------
    HeUniform : Uniform weights of the same variance.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import HeNormal
    >>> weights, biases = HeNormal().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _normal(random_state, 2 / fan_in, fan_in, fan_out)


class LecunUniform(Initializer):
    """Uniform weights that keep the variance of inputs, as SELU wants it.

    Weights are drawn from (-b, b) with b = sqrt(3 / fan_in), so that they have the variance
    1 / fan_in (LeCun et al. 1998, "Efficient backprop", equation 16), biases are 0.

    As LecunNormal, which is the one that SELU was published with.  Whether weights are uniform
    or normal rarely matters.

    See Also
    --------
    LecunNormal : Normal weights of the same variance.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import LecunUniform
    >>> weights, biases = LecunUniform().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _uniform(random_state, 1 / fan_in, fan_in, fan_out)


class LecunNormal(Initializer):
    """Normal weights that keep the variance of inputs, as SELU wants it.

    Weights have the standard deviation 1 / sqrt(fan_in) (LeCun et al. 1998, "Efficient
    backprop", equation 16), biases are 0.

    Take it with SELU, whose fixed point depends on this variance; for ReLU take HeNormal, for
    Tanh GlorotNormal.

    See Also
    --------
    LecunUniform : Uniform weights of the same variance.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import LecunNormal
    >>> weights, biases = LecunNormal().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases
    ((3, 2), array([0., 0.]))
    """

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        return _normal(random_state, 1 / fan_in, fan_in, fan_out)


class Orthogonal(Initializer):
    """Weights with orthogonal rows or columns.

    W^T W = gain^2 I where fan_in >= fan_out, else W W^T = gain^2 I (Saxe, McClelland and
    Ganguli 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks"), and biases are 0.  W is the Q of a QR decomposition of normal numbers, with the
    signs that make the diagonal of R positive: only then is it uniform (Mezzadri 2007, "How to
    generate random matrices from the classical compact groups").

    For networks of many layers, where products of independent weights distort the signal; with
    few layers GlorotNormal or HeNormal does as well.  With ReLU set gain=2**0.5.

    Parameters
    ----------
    gain : float, default=1.0
        Length of the orthogonal vectors, above 0.  sqrt(2) suits ReLU.

    See Also
    --------
    GlorotNormal : Independent weights.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import Orthogonal
    >>> weights, biases = Orthogonal(gain=2).draw(check_random_state(0), 3, 2, ReLU())
    >>> np.allclose(weights.T @ weights, 4 * np.eye(2))
    True
    """

    _parameter_constraints = {"gain": [Interval(Real, 0, None, closed="neither")]}

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def draw(
        self, random_state: RandomState, fan_in: int, fan_out: int, activation: Activation
    ) -> tuple[Array, Array]:
        tall = (max(fan_in, fan_out), min(fan_in, fan_out))
        Q, R = np.linalg.qr(random_state.standard_normal(tall))
        Q *= self.gain * np.sign(np.diag(R))
        return Q if fan_in >= fan_out else Q.T, np.zeros(fan_out)


class Given(Initializer):
    """The weights that are given, say of another fitted estimator.

    Layer i starts with W = coefs[i] and b = intercepts[i], which the training does not change.

    To start from a model that was trained elsewhere, or several estimators from the same
    weights.  To go on with the same estimator, take warm_start instead.

    Parameters
    ----------
    coefs : list of array-like of shape (fan_in, fan_out)
        Weights layer by layer, as in `coefs_`.

    intercepts : list of array-like of shape (fan_out,)
        Biases layer by layer, as in `intercepts_`.

    See Also
    --------
    Initializer : The base class, to draw weights in another way.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import Given
    >>> given = Given([np.eye(2)], [np.array([3.0, 4.0])])
    >>> ((weights, biases),) = given.draw_network(None, [(2, 2)], [ReLU()])
    >>> biases
    array([3., 4.])
    """

    _parameter_constraints = {"coefs": [list, tuple], "intercepts": [list, tuple]}

    def __init__(self, coefs: Sequence[ArrayLike], intercepts: Sequence[ArrayLike]) -> None:
        self.coefs = coefs
        self.intercepts = intercepts

    def draw_network(
        self,
        random_state: RandomState,
        shapes: Sequence[tuple[int, int]],
        activations: Sequence[Activation],
    ) -> list[tuple[Array, Array]]:
        n_coefs, n_intercepts = len(self.coefs), len(self.intercepts)
        if n_coefs != n_intercepts:
            raise ValueError(
                f"initializer=Given has {n_coefs} coefs and {n_intercepts} intercepts, but a "
                "layer needs one of each."
            )
        return [(_real(W), _real(b)) for W, b in zip(self.coefs, self.intercepts, strict=True)]


def _real(values):
    """The values as float64, or an error if they are text or complex."""
    return np.asarray(values).astype(np.float64, casting="same_kind")


def _uniform(random_state, variance, fan_in, fan_out):
    bound = np.sqrt(3 * variance)
    return random_state.uniform(-bound, bound, (fan_in, fan_out)), np.zeros(fan_out)


def _normal(random_state, variance, fan_in, fan_out):
    deviation = np.sqrt(variance)
    return random_state.normal(0, deviation, (fan_in, fan_out)), np.zeros(fan_out)


INITIALIZERS = {
    "auto": Auto,
    "glorot_normal": GlorotNormal,
    "glorot_uniform": GlorotUniform,
    "he_normal": HeNormal,
    "he_uniform": HeUniform,
    "kaiming_normal": HeNormal,
    "kaiming_uniform": HeUniform,
    "lecun_normal": LecunNormal,
    "lecun_uniform": LecunUniform,
    "orthogonal": Orthogonal,
    "xavier_normal": GlorotNormal,
    "xavier_uniform": GlorotUniform,
}
