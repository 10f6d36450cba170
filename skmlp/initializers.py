"""Starting weights.

To add one, derive a class with `draw` from `Initializer` and name it in `INITIALIZERS`.
"""

import numpy as np

from skmlp._component import Component


class Initializer(Component):
    """Base class of the initializers."""

    def draw(self, random_state, fan_in, fan_out, activation):
        """Draw the starting weights of one layer; called layer by layer.

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

        biases : ndarray of shape (fan_out,), float64
        """
        raise NotImplementedError


class Auto(Initializer):
    """Uniform weights and biases by scikit-learn's rule.

    Weights, then biases, are drawn from (-b, b) with b = sqrt(f / (fan_in + fan_out)), where
    f is 2 for the logistic activation and 6 for all others (Glorot and Bengio 2010, equation
    16).  The same random state gives the starting weights of scikit-learn's MLP.

    See Also
    --------
    Initializer : The base class, with the contract.

    Examples
    --------
    >>> from sklearn.utils import check_random_state
    >>> from skmlp.activations import ReLU
    >>> from skmlp.initializers import Auto
    >>> weights, biases = Auto().draw(check_random_state(0), 3, 2, ReLU())
    >>> weights.shape, biases.shape
    ((3, 2), (2,))
    """

    def draw(self, random_state, fan_in, fan_out, activation):
        bound = np.sqrt(activation.init_factor / (fan_in + fan_out))
        weights = random_state.uniform(-bound, bound, (fan_in, fan_out))
        biases = random_state.uniform(-bound, bound, fan_out)
        return weights, biases


INITIALIZERS = {"auto": Auto}
