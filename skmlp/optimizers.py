"""Optimizers: a rule that turns a gradient into an update of the parameters.

To add one, derive a class with `init` and `step` from `FirstOrder` and name it in
`OPTIMIZERS`.
"""

from numbers import Real

import numpy as np
import scipy.optimize

from skmlp._component import Component
from skmlp._sklearn import Interval


class Optimizer(Component):
    """Base class of the optimizers.

    Attributes
    ----------
    stochastic : bool
        Whether it takes steps on mini-batches, and so allows `partial_fit`.

    ignored_schedules : tuple of str
        Names of schedules that have no effect on it, as in scikit-learn.
    """

    stochastic: bool
    ignored_schedules: tuple = ()


class FirstOrder(Optimizer):
    """Base class of the optimizers that take steps along the gradient of a mini-batch.

    Parameters of all layers are one flat vector per network, so that an update is a
    handful of vector operations.  The learning rate is not a hyperparameter of an
    optimizer: it is `learning_rate_init` and `learning_rate` of the estimator.
    """

    stochastic = True

    def init(self, theta):
        """Return the state of one training.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)

        Returns
        -------
        state : dict of str to ndarray, each of the shape of `theta`
        """
        raise NotImplementedError

    def step(self, theta, gradient, state, rate, t):
        """Update `theta` and `state` in place.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)

        gradient : ndarray of shape (n_networks, n_parameters)
            Free to be overwritten, as nobody reads it afterwards.

        state : dict
            What `init` returned.

        rate : float or ndarray of shape (n_networks, 1)
            The learning rate.

        t : int
            Number of this step, from 1.
        """
        raise NotImplementedError


class SGD(FirstOrder):
    """Stochastic gradient descent with momentum.

    v <- momentum v - rate g, then theta <- theta + v, or with Nesterov's momentum
    theta <- theta + momentum v - rate g (Sutskever et al. 2013, as in scikit-learn).

    Parameters
    ----------
    momentum : float, default=0.9
        In [0, 1].

    nesterovs_momentum : bool, default=True
        Whether to use Nesterov's momentum.

    See Also
    --------
    Adam : A step size of its own for every parameter.
    sklearn.linear_model.SGDClassifier : For linear models.

    Examples
    --------
    >>> from skmlp.optimizers import SGD
    >>> SGD(momentum=0.5)
    SGD(momentum=0.5)
    """

    _parameter_constraints = {
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
    }
    flat_parameters = ("momentum", "nesterovs_momentum")

    def __init__(self, momentum=0.9, nesterovs_momentum=True):
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum

    def init(self, theta):
        return {"velocity": np.zeros_like(theta)}

    def step(self, theta, gradient, state, rate, t):
        velocity = state["velocity"]
        gradient *= rate
        velocity *= self.momentum
        velocity -= gradient
        if self.nesterovs_momentum:
            theta -= gradient
            np.multiply(velocity, self.momentum, out=gradient)
            theta += gradient
        else:
            theta += velocity


class Adam(FirstOrder):
    """Adam, a step size of its own for every parameter.

    Kingma and Ba (2015), "Adam: A method for stochastic optimization", algorithm 1:

    m <- beta_1 m + (1 - beta_1) g, v <- beta_2 v + (1 - beta_2) g^2,
    theta <- theta - rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon),
    with epsilon outside the bias correction as in scikit-learn.

    Parameters
    ----------
    beta_1 : float, default=0.9
        Decay of the mean of the gradients, in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of their squares, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division finite, above 0.

    See Also
    --------
    SGD : One step size for all.
    LBFGS : For small data sets.

    Examples
    --------
    >>> from skmlp.optimizers import Adam
    >>> Adam(beta_2=0.95)
    Adam(beta_2=0.95)
    """

    _parameter_constraints = {
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
    }
    flat_parameters = ("beta_1", "beta_2", "epsilon")
    ignored_schedules = ("invscaling", "adaptive")

    def __init__(self, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def init(self, theta):
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def step(self, theta, gradient, state, rate, t):
        # The state is m / (1 - beta_1) and v / (1 - beta_2): with the constants in the
        # step size, an update takes ten passes over the vectors instead of thirteen.
        m, v = state["m"], state["v"]
        root = (1 - self.beta_2) ** 0.5
        size = (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        m *= self.beta_1
        m += gradient
        np.square(gradient, out=gradient)
        v *= self.beta_2
        v += gradient
        np.sqrt(v, out=gradient)
        gradient += self.epsilon / root
        np.divide(m, gradient, out=gradient)
        gradient *= rate * (size * (1 - self.beta_1) / root)
        theta -= gradient


class LBFGS(Optimizer):
    """L-BFGS on all samples at once, by SciPy's ``L-BFGS-B``.

    The line search runs in float64 whatever the dtype of the network.

    See Also
    --------
    Adam : For mini-batches.
    scipy.optimize.minimize : Does the work.

    Examples
    --------
    >>> from skmlp.optimizers import LBFGS
    >>> LBFGS()
    LBFGS()
    """

    stochastic = False

    def minimize(self, fun, theta, *, max_iter, max_fun, tol, callback):
        """Minimize a function of the parameters of one network.

        Parameters
        ----------
        fun : callable
            Maps an ndarray of shape (n_parameters,) to its value and gradient.

        theta : ndarray of shape (n_parameters,)
            Where to start.

        max_iter, max_fun : int
            Bounds on the iterations and on the calls of `fun`.

        tol : float
            Ends the search where no entry of the gradient is larger.

        callback : callable
            Called with ``intermediate_result`` after every iteration.

        Returns
        -------
        result : scipy.optimize.OptimizeResult
        """
        return scipy.optimize.minimize(
            fun,
            theta.astype(np.float64),
            method="L-BFGS-B",
            jac=True,
            callback=callback,
            options={"maxiter": max_iter, "maxfun": max_fun, "gtol": tol},
        )


OPTIMIZERS = {
    "adam": Adam,
    "lbfgs": LBFGS,
    "sgd": SGD,
}
