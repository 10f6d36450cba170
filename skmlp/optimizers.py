"""Optimizers: a rule that turns a gradient into an update of the parameters.

To add one, derive a class with `init` and `step` from `FirstOrder` and name it in
`OPTIMIZERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real

import numpy as np
import scipy.optimize
from scipy.optimize import OptimizeResult

from skmlp._component import Component
from skmlp._sklearn import Interval
from skmlp._typing import Array, Rate, State


class Optimizer(Component):
    """Base class of the optimizers.

    An optimizer is one of two kinds: `FirstOrder` has `init` and `step`, all others have
    `minimize`.

    Attributes
    ----------
    stochastic : bool
        Whether it takes steps on mini-batches, and so allows `partial_fit`.

    ignored_schedules : tuple of str
        Names of schedules that have no effect on it, as in scikit-learn.

    See Also
    --------
    FirstOrder : The base class for steps on mini-batches.
    LBFGS : The one of the other kind.

    Examples
    --------
    >>> import scipy.optimize
    >>> from skmlp.optimizers import Optimizer
    >>> class ConjugateGradient(Optimizer):
    ...     def minimize(self, fun, theta, *, max_iter, max_fun, tol, callback):
    ...         options = {"maxiter": max_iter, "gtol": tol}
    ...         return scipy.optimize.minimize(
    ...             fun, theta, method="CG", jac=True, callback=callback, options=options
    ...         )
    >>> from skmlp import MLPRegressor
    >>> X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    >>> model = MLPRegressor(
    ...     hidden_layer_sizes=(), optimizer=ConjugateGradient(), alpha=0.0, random_state=0
    ... )
    >>> model.fit(X, y).predict([[3.0]]).round(2)
    array([7.])
    """

    stochastic: bool = False
    ignored_schedules: tuple[str, ...] = ()

    def minimize(
        self,
        fun: Callable[[Array], tuple[float, Array]],
        theta: Array,
        *,
        max_iter: int,
        max_fun: int,
        tol: float,
        callback: Callable[..., None],
    ) -> OptimizeResult:
        """Minimize a function of the parameters of one network, if not `stochastic`.

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
            With the parameters `x`, the value `fun` there and a `status` of 0 if it has
            converged.
        """
        raise self._missing("minimize")


class FirstOrder(Optimizer):
    """Base class of the optimizers that take steps along the gradient of a mini-batch.

    Parameters of all layers are one flat vector per network, so that an update is a
    handful of vector operations.  The learning rate is not a hyperparameter of an
    optimizer: it is `learning_rate_init` and `learning_rate` of the estimator.

    Attributes
    ----------
    usual_rate : float
        The `learning_rate_init` that is usually taken with it.  Only the documentation
        reads it: the default of the estimator does not depend on the optimizer.

    weight_decay : float, default=0.0
        Decoupled weight decay (Loshchilov and Hutter 2019): before every step the engine
        multiplies the weights, not the biases and not learned activation parameters, by
        1 - rate * weight_decay.  A class that wants it has it as a constructor parameter.

    See Also
    --------
    SGD : The simplest one.
    Moments : The base class of Adam and its variants.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.optimizers import FirstOrder
    >>> class SignDescent(FirstOrder):
    ...     def init(self, theta):
    ...         return {}
    ...
    ...     def step(self, theta, gradient, state, rate, t):
    ...         np.sign(gradient, out=gradient)
    ...         gradient *= rate
    ...         theta -= gradient
    >>> theta = np.array([[1.0, -1.0]])
    >>> SignDescent().step(theta, np.array([[3.0, 0.2]]), {}, rate=0.1, t=1)
    >>> theta
    array([[ 0.9, -1.1]])
    """

    stochastic = True
    usual_rate: float
    weight_decay: float = 0.0

    def init(self, theta: Array) -> State:
        """Return the state of one training.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)
            The starting weights.

        Returns
        -------
        state : dict of str to ndarray
            Of the dtype of `theta`, and of its shape, or (n_networks, 1) for what is a
            number per network.  An optimizer that needs a vector besides the
            gradient keeps it here as `spare`, so that no step allocates one: the component
            itself holds no arrays.  What is in it does not matter: a fitted estimator
            lacks it, and the next `partial_fit` begins with another.
        """
        raise self._missing("init")

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        """Update `theta` and `state` in place.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)
            The parameters.

        gradient : ndarray of shape (n_networks, n_parameters)
            Free to be overwritten, as nobody reads it afterwards.

        state : dict
            What `init` returned.

        rate : float or ndarray of shape (n_networks, 1) or (n_parameters,)
            The learning rate.

        t : int
            Number of this step, from 1.
        """
        raise self._missing("step")


class SGD(FirstOrder):
    """Stochastic gradient descent with momentum.

    v <- momentum v - rate g, then theta <- theta + v, or with Nesterov's momentum
    theta <- theta + momentum v - rate g (Sutskever, Martens, Dahl and Hinton 2013, "On the
    importance of initialization and momentum in deep learning", as in scikit-learn).

    Take it in place of Adam where there is time to tune the rate and its schedule, or where
    models of scikit-learn were trained with it.  It depends more than Adam on the rate and on
    the scale of the features.

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
    usual_rate = 0.01

    def __init__(self, momentum: float = 0.9, nesterovs_momentum: bool = True) -> None:
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum

    def init(self, theta: Array) -> State:
        return {"velocity": np.zeros_like(theta)}

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
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


def divide_by_root(m, v, epsilon, out):
    """Write m / (sqrt(v) + epsilon) to an array.

    Parameters
    ----------
    m : ndarray
        What is divided.

    v : ndarray of the shape of `m`
        Numbers of at least 0.

    epsilon : float
        Keeps the division finite.

    out : ndarray of the shape of `m`
        Receives the result; neither `m` nor `v`.
    """
    np.sqrt(v, out=out)
    out += epsilon
    np.divide(m, out, out=out)


class Moments(FirstOrder):
    """Base class of Adam and its variants, which keep means of g and of its square.

    A derived class has `step`, made of `average` and, where epsilon is to be added after the
    correction of the bias, `corrected_step`.

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
    Adam : The usual one.
    FirstOrder : The base class of all that take steps.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.optimizers import Moments
    >>> class TorchAdam(Moments):
    ...     def step(self, theta, gradient, state, rate, t):
    ...         self.average(gradient, state, out=gradient)
    ...         self.corrected_step(theta, gradient, state["m"], state["v"], rate, t)
    >>> theta, optimizer = np.array([[1.0, -1.0]]), TorchAdam()
    >>> state = optimizer.init(theta)
    >>> optimizer.step(theta, np.array([[4.0, -0.5]]), state, rate=0.1, t=1)
    >>> theta.round(6)
    array([[ 0.9, -0.9]])
    """

    _parameter_constraints = {
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
    }
    flat_parameters = ("beta_1", "beta_2", "epsilon")
    usual_rate = 0.001

    def __init__(
        self, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "v": np.zeros_like(theta)}

    def average(self, gradient: Array, state: State, out: Array) -> float:
        """Update the means.

        They are kept as m / (1 - beta_1) and v / (1 - beta_2): with the constants in the
        step size, an update of Adam takes ten passes over the vectors instead of thirteen.

        Parameters
        ----------
        gradient : ndarray of shape (n_networks, n_parameters)
            The gradient.

        state : dict
            What `init` returned, with `m` and `v`.

        out : ndarray of shape (n_networks, n_parameters)
            Is overwritten; may be `gradient`.

        Returns
        -------
        root : float
            What the root of the kept v is to be multiplied with.
        """
        m, v = state["m"], state["v"]
        m *= self.beta_1
        m += gradient
        np.square(gradient, out=out)
        v *= self.beta_2
        v += out
        return (1 - self.beta_2) ** 0.5

    def corrected_step(
        self, theta: Array, gradient: Array, m: Array, v: Array, rate: Rate, t: int
    ) -> None:
        """Move the parameters by the means, epsilon after the correction of the bias.

        Parameters
        ----------
        theta : ndarray of shape (n_networks, n_parameters)
            The parameters.

        gradient : ndarray of shape (n_networks, n_parameters)
            Is overwritten.

        m, v : ndarray of shape (n_networks, n_parameters)
            The means, as `average` keeps them.

        rate : float or ndarray of shape (n_networks, 1) or (n_parameters,)
            The learning rate.

        t : int
            Number of this step, from 1.
        """
        root = ((1 - self.beta_2) / (1 - self.beta_2**t)) ** 0.5
        divide_by_root(m, v, self.epsilon / root, out=gradient)
        gradient *= rate * ((1 - self.beta_1) / (1 - self.beta_1**t) / root)
        theta -= gradient


class Adam(Moments):
    """Adam, a step size of its own for every parameter.

    Kingma and Ba (2015), "Adam: A method for stochastic optimization", algorithm 1:

    m <- beta_1 m + (1 - beta_1) g, v <- beta_2 v + (1 - beta_2) g^2,
    theta <- theta - rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon),
    with epsilon outside the bias correction as in scikit-learn.

    The default: the usual rate does for most networks.  Take LBFGS for small data sets and
    AdamW where weight decay is to be tuned.

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
    AdamW : With weight decay.
    LBFGS : For small data sets.

    Examples
    --------
    >>> from skmlp.optimizers import Adam
    >>> Adam(beta_2=0.95)
    Adam(beta_2=0.95)
    """

    ignored_schedules = ("invscaling", "adaptive")

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        root = self.average(gradient, state, out=gradient)
        size = (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        divide_by_root(state["m"], state["v"], self.epsilon / root, out=gradient)
        gradient *= rate * (size * (1 - self.beta_1) / root)
        theta -= gradient


class AMSGrad(Moments):
    """AMSGrad, Adam whose step sizes only shrink.

    Reddi, Kale and Kumar (2018), "On the convergence of Adam and beyond": with m and v as
    in `Adam`, v_max <- max(v_max, v),
    theta <- theta - rate / (1 - beta_1^t) m / (sqrt(v_max / (1 - beta_2^t)) + epsilon).

    The paper corrects no bias and has no epsilon; this is ``torch.optim.Adam`` with
    ``amsgrad=True``, whose epsilon, unlike that of `Adam`, is added after the correction.

    It rarely differs from Adam; try it where the loss of Adam jumps up late in the training
    and a smaller rate does not help.

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
    Adam : Forgets large gradients.

    Examples
    --------
    >>> from skmlp.optimizers import AMSGrad
    >>> AMSGrad(beta_2=0.95)
    AMSGrad(beta_2=0.95)
    """

    def init(self, theta: Array) -> State:
        return {**super().init(theta), "v_max": np.zeros_like(theta)}

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        v_max = state["v_max"]
        self.average(gradient, state, out=gradient)
        np.maximum(v_max, state["v"], out=v_max)
        self.corrected_step(theta, gradient, state["m"], v_max, rate, t)


class AdamW(Moments):
    """AdamW, Adam with decoupled weight decay.

    Loshchilov and Hutter (2019), "Decoupled weight decay regularization": the weights,
    not the biases, are multiplied by 1 - rate weight_decay; then, with m and v as in `Adam`,
    theta <- theta - rate / (1 - beta_1^t) m / (sqrt(v / (1 - beta_2^t)) + epsilon).

    Both the factor of the rate in the decay, which in the paper is a schedule's factor
    alone, and epsilon, which unlike that of `Adam` is added after the correction of the
    bias, are as in ``torch.optim.AdamW``; that decays whatever parameters it is given.  The
    penalty ``alpha`` of the estimator is a part of the loss and comes on top of it.

    Take it in place of Adam where the network overfits and weight decay is to be tuned, with
    alpha=0: Adam divides the penalty like any other gradient, so that weights with large
    gradients shrink less.

    Parameters
    ----------
    beta_1 : float, default=0.9
        Decay of the mean of the gradients, in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of their squares, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division finite, above 0.

    weight_decay : float, default=0.01
        At least 0.

    See Also
    --------
    Adam : Decay only by the penalty, which it divides like any other gradient.
    Lion : Decay with a step of the same size for all.

    Examples
    --------
    >>> from skmlp.optimizers import AdamW
    >>> AdamW(weight_decay=0.1)
    AdamW(weight_decay=0.1)
    """

    _parameter_constraints = {
        **Moments._parameter_constraints,
        "weight_decay": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(beta_1, beta_2, epsilon)
        self.weight_decay = weight_decay

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        self.average(gradient, state, out=gradient)
        self.corrected_step(theta, gradient, state["m"], state["v"], rate, t)


class Adamax(Moments):
    """Adamax, Adam by the largest gradient instead of the mean of the squares.

    Kingma and Ba (2015), "Adam: A method for stochastic optimization", algorithm 2:

    m <- beta_1 m + (1 - beta_1) g, v <- max(beta_2 v, abs(g) + epsilon),
    theta <- theta - rate / (1 - beta_1^t) m / v, where the paper, which writes u for v,
    has no epsilon; it is as in ``torch.optim.Adamax``.

    Rarely chosen.  Try it in place of Adam where gradients are mostly 0, as with sparse
    features.

    Parameters
    ----------
    beta_1 : float, default=0.9
        Decay of the mean of the gradients, in [0, 1).

    beta_2 : float, default=0.999
        Decay of the largest gradient, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division finite, above 0.

    See Also
    --------
    Adam : By the mean of the squares.

    Examples
    --------
    >>> from skmlp.optimizers import Adamax
    >>> Adamax(beta_2=0.99)
    Adamax(beta_2=0.99)
    """

    usual_rate = 0.002

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        m, v = state["m"], state["v"]
        m *= self.beta_1
        m += gradient
        np.abs(gradient, out=gradient)
        gradient += self.epsilon
        v *= self.beta_2
        np.maximum(v, gradient, out=v)
        np.divide(m, v, out=gradient)
        gradient *= rate * ((1 - self.beta_1) / (1 - self.beta_1**t))
        theta -= gradient


class NAdam(Moments):
    """NAdam, Adam with Nesterov's momentum.

    Dozat (2016), "Incorporating Nesterov momentum into Adam": with m and v as in `Adam`,
    mu_t = beta_1 (1 - 0.96^(t momentum_decay) / 2) and p_t = mu_1 mu_2 ... mu_t,

    n = mu_(t+1) / (1 - p_(t+1)) m + (1 - mu_t) / (1 - p_t) g,
    theta <- theta - rate n / (sqrt(v / (1 - beta_2^t)) + epsilon).

    As in ``torch.optim.NAdam``, m decays by beta_1 and not by mu_t.

    Worth a try wherever Adam does well; the two often end up alike, so compare them at the
    same rate.

    Parameters
    ----------
    beta_1 : float, default=0.9
        Decay of the mean of the gradients, in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of their squares, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division finite, above 0.

    momentum_decay : float, default=0.004
        How fast the momentum rises from half of beta_1 to beta_1, at least 0.

    See Also
    --------
    Adam : Without Nesterov's momentum.
    SGD : Nesterov's momentum with one step size for all.

    Examples
    --------
    >>> from skmlp.optimizers import NAdam
    >>> NAdam(momentum_decay=0.01)
    NAdam(momentum_decay=0.01)
    """

    _parameter_constraints = {
        **Moments._parameter_constraints,
        "momentum_decay": [Interval(Real, 0, None, closed="left")],
    }
    usual_rate = 0.002

    def __init__(
        self,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        momentum_decay: float = 0.004,
    ) -> None:
        super().__init__(beta_1, beta_2, epsilon)
        self.momentum_decay = momentum_decay

    def init(self, theta: Array) -> State:
        return {
            **super().init(theta),
            "mu_product": np.ones((len(theta), 1), theta.dtype),
            "spare": np.zeros_like(theta),
        }

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        spare = state["spare"]
        root = self.average(gradient, state, out=spare) / (1 - self.beta_2**t) ** 0.5
        mu, mu_next = self._momentum(t), self._momentum(t + 1)
        state["mu_product"] *= mu
        # Networks of a stack take the same number of steps, so that all rows are the same;
        # numbers are quicker than arrays of few.
        product = float(state["mu_product"][0, 0])
        now = (1 - mu) / (1 - product)
        ahead = mu_next * (1 - self.beta_1) / (1 - product * mu_next)
        np.multiply(state["m"], rate * (ahead / root), out=spare)
        gradient *= rate * (now / root)
        gradient += spare
        divide_by_root(gradient, state["v"], self.epsilon / root, out=spare)
        theta -= spare

    def _momentum(self, t):
        return self.beta_1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))


class RAdam(Moments):
    """RAdam, Adam that begins as gradient descent with momentum.

    Liu et al. (2020), "On the variance of the adaptive learning rate and beyond": with m and
    v as in `Adam`, r_max = 2 / (1 - beta_2) - 1, r = r_max - 2 t beta_2^t / (1 - beta_2^t),

    theta <- theta - rate / (1 - beta_1^t) m as long as r <= 5, then
    theta <- theta - c rate sqrt(1 - beta_2^t) / (1 - beta_1^t) m / (sqrt(v) + epsilon)
    with c = sqrt((r - 4) (r - 2) r_max / ((r_max - 4) (r_max - 2) r)).

    The bound of 5, which is 4 in the paper, and epsilon, which the paper does not have, are as
    in ``torch.optim.RAdam``.  With the default of beta_2 the first formula holds for five
    steps.

    Take it where the first steps of Adam do harm and no warm-up is to be set.  Its own first
    steps are as long as the gradient is large, so standardize the targets of regression.

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
    Adam : Divides from the first step.

    Examples
    --------
    >>> from skmlp.optimizers import RAdam
    >>> RAdam(beta_2=0.99)
    RAdam(beta_2=0.99)
    """

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        root = self.average(gradient, state, out=gradient)
        decay = self.beta_2**t
        size = (1 - self.beta_1) / (1 - self.beta_1**t)
        r_max = 2 / (1 - self.beta_2) - 1
        r = r_max - 2 * t * decay / (1 - decay)
        if r > 5:
            c = ((r - 4) * (r - 2) * r_max / ((r_max - 4) * (r_max - 2) * r)) ** 0.5
            divide_by_root(state["m"], state["v"], self.epsilon / root, out=gradient)
            gradient *= rate * (size * c * (1 - decay) ** 0.5 / root)
        else:
            np.multiply(state["m"], rate * size, out=gradient)
        theta -= gradient


class RMSprop(FirstOrder):
    """RMSprop, gradients divided by their recent root mean square.

    Tieleman and Hinton (2012), "Neural networks for machine learning", lecture 6.5:

    v <- rho v + (1 - rho) g^2, theta <- theta - rate g / (sqrt(v) + epsilon).

    Centered (Graves 2013, "Generating sequences with recurrent neural networks"), v is the
    variance: less the square of the mean of the gradients, which decays by rho too.  With
    momentum, u <- momentum u + g / (sqrt(v) + epsilon), theta <- theta - rate u.  The
    lecture has no epsilon and Graves has it below the root; it is outside, and the momentum
    is free of the rate, as in ``torch.optim.RMSprop``.  The variance is updated as such,
    which is the same but for rounding, by which the difference can be below 0.

    Adam is the same idea with momentum and a correction of the bias, and the first choice;
    take RMSprop to reproduce models that were trained with it, or where momentum does harm, as
    on data that change over time.

    Parameters
    ----------
    rho : float, default=0.99
        Decay of the mean of the squares, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division finite, above 0.

    momentum : float, default=0.0
        In [0, 1].

    centered : bool, default=False
        Whether to divide by the standard deviation instead of the root mean square.

    See Also
    --------
    Adam : With a mean of the gradients and a correction of the bias.
    Adadelta : With step sizes of its own.

    Examples
    --------
    >>> from skmlp.optimizers import RMSprop
    >>> RMSprop(momentum=0.9)
    RMSprop(momentum=0.9)
    """

    _parameter_constraints = {
        "rho": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "centered": ["boolean"],
    }
    usual_rate = 0.001

    def __init__(
        self,
        rho: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        self.rho = rho
        self.epsilon = epsilon
        self.momentum = momentum
        self.centered = centered

    def init(self, theta: Array) -> State:
        names = ["v", "spare"] + self.centered * ["m"] + bool(self.momentum) * ["velocity"]
        return {name: np.zeros_like(theta) for name in names}

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        # As in Adam, the state is m / (1 - rho), v / (1 - rho) and velocity times root.
        v, spare = state["v"], state["spare"]
        root = (1 - self.rho) ** 0.5
        if self.centered:
            m = state["m"]
            np.multiply(m, 1 - self.rho, out=spare)
            np.subtract(gradient, spare, out=spare)
            m += spare
            np.square(spare, out=spare)
            v += spare
            v *= self.rho
        else:
            np.square(gradient, out=spare)
            v *= self.rho
            v += spare
        divide_by_root(gradient, v, self.epsilon / root, out=spare)
        if self.momentum:
            velocity = state["velocity"]
            velocity *= self.momentum
            velocity += spare
            np.multiply(velocity, rate / root, out=spare)
        else:
            spare *= rate / root
        theta -= spare


class Adagrad(FirstOrder):
    """Adagrad, gradients divided by the root of the sum of all their squares.

    Duchi, Hazan and Singer (2011), "Adaptive subgradient methods for online learning and
    stochastic optimization", with diagonal matrices and the placement of epsilon of
    ``torch.optim.Adagrad``:

    v <- v + g^2, theta <- theta - rate g / (sqrt(v) + epsilon).

    For sparse features, as counts of words: rare ones keep larger steps.  All steps shrink for
    good, so take RMSprop or Adam for long trainings of deep networks.

    Parameters
    ----------
    epsilon : float, default=1e-10
        Keeps the division finite, above 0.

    initial_accumulator : float, default=0.0
        What v is at the beginning, at least 0.

    See Also
    --------
    RMSprop : Forgets old gradients, so that the steps need not shrink.

    Examples
    --------
    >>> from skmlp.optimizers import Adagrad
    >>> Adagrad(initial_accumulator=0.1)
    Adagrad(initial_accumulator=0.1)
    """

    _parameter_constraints = {
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "initial_accumulator": [Interval(Real, 0, None, closed="left")],
    }
    usual_rate = 0.01

    def __init__(self, epsilon: float = 1e-10, initial_accumulator: float = 0.0) -> None:
        self.epsilon = epsilon
        self.initial_accumulator = initial_accumulator

    def init(self, theta: Array) -> State:
        v = np.full_like(theta, self.initial_accumulator)
        return {"v": v, "spare": np.zeros_like(theta)}

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        v, spare = state["v"], state["spare"]
        np.square(gradient, out=spare)
        v += spare
        divide_by_root(gradient, v, self.epsilon, out=spare)
        spare *= rate
        theta -= spare


class Adadelta(FirstOrder):
    """Adadelta, whose steps have the scale of the parameters.

    Zeiler (2012), "ADADELTA: An adaptive learning rate method":

    v <- rho v + (1 - rho) g^2, d = sqrt(u + epsilon) / sqrt(v + epsilon) g,
    u <- rho u + (1 - rho) d^2, theta <- theta - rate d.

    The paper has no rate; it is as in ``torch.optim.Adadelta``.

    Take it where no rate is to be tuned, with learning_rate_init=1.0: the estimator's default
    of 0.001 makes its steps a thousand times too small.  Its steps begin small, and Adam at
    the usual rate is mostly quicker.

    Parameters
    ----------
    rho : float, default=0.9
        Decay of the means of the squares, in [0, 1).

    epsilon : float, default=1e-6
        Lets the steps begin, above 0.

    See Also
    --------
    RMSprop : Without a scale of its own.

    Examples
    --------
    >>> from skmlp.optimizers import Adadelta
    >>> Adadelta(rho=0.95)
    Adadelta(rho=0.95)
    """

    _parameter_constraints = {
        "rho": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
    }
    usual_rate = 1.0

    def __init__(self, rho: float = 0.9, epsilon: float = 1e-6) -> None:
        self.rho = rho
        self.epsilon = epsilon

    def init(self, theta: Array) -> State:
        return {
            "u": np.full_like(theta, self.epsilon / (1 - self.rho)),
            "v": np.full_like(theta, self.epsilon / (1 - self.rho)),
            "spare": np.zeros_like(theta),
        }

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        # The state is (u + epsilon) / (1 - rho) and (v + epsilon) / (1 - rho), of which the
        # ratio is all that is needed: one spare vector is enough.
        u, v, spare = state["u"], state["v"], state["spare"]
        self._average(v, gradient, spare)
        np.divide(u, v, out=spare)
        np.sqrt(spare, out=spare)
        gradient *= spare
        self._average(u, gradient, spare)
        gradient *= rate
        theta -= gradient

    def _average(self, mean, values, spare):
        np.square(values, out=spare)
        spare += self.epsilon
        mean *= self.rho
        mean += spare


class Lion(FirstOrder):
    """Lion, a step of the same size for every parameter.

    Chen et al. (2023), "Symbolic discovery of optimization algorithms", algorithm 2:

    theta <- theta - rate sign(beta_1 m + (1 - beta_1) g), m <- beta_2 m + (1 - beta_2) g,
    after the weights, not the biases, were multiplied by 1 - rate weight_decay.

    An alternative to AdamW, mainly for large batches.  It takes a rate a third to a tenth of
    Adam's, and a weight decay larger by as much.

    Parameters
    ----------
    beta_1 : float, default=0.9
        Share of the mean in the step, in [0, 1).

    beta_2 : float, default=0.99
        Decay of the mean of the gradients, in [0, 1).

    weight_decay : float, default=0.0
        At least 0.

    See Also
    --------
    AdamW : A step size of its own for every parameter.

    Examples
    --------
    >>> from skmlp.optimizers import Lion
    >>> Lion(weight_decay=0.1)
    Lion(weight_decay=0.1)
    """

    _parameter_constraints = {
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
    }
    usual_rate = 0.0001

    def __init__(
        self, beta_1: float = 0.9, beta_2: float = 0.99, weight_decay: float = 0.0
    ) -> None:
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.weight_decay = weight_decay

    def init(self, theta: Array) -> State:
        return {"m": np.zeros_like(theta), "spare": np.zeros_like(theta)}

    def step(self, theta: Array, gradient: Array, state: State, rate: Rate, t: int) -> None:
        # The state is m / (1 - beta_2); a sign needs no scale.  To take it in place would
        # take NumPy ten times as long.
        m, spare = state["m"], state["spare"]
        np.multiply(m, self.beta_1 * (1 - self.beta_2) / (1 - self.beta_1), out=spare)
        spare += gradient
        m *= self.beta_2
        m += gradient
        np.sign(spare, out=gradient)
        gradient *= rate
        theta -= gradient


class LBFGS(Optimizer):
    """L-BFGS on all samples at once, by SciPy's ``L-BFGS-B``.

    theta <- theta - s H g, H an estimate of the inverse Hessian matrix from the latest steps
    and s by a line search (Liu and Nocedal 1989, "On the limited memory BFGS method for large
    scale optimization").  The search runs in float64 whatever the dtype of the network.

    For small data sets, up to some thousand samples, where it often finds a lower loss than
    Adam and needs no rate.  Take Adam for larger ones, and for `partial_fit` or schedules,
    which it does not have.  It stops early by validation data of your own only.

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

    def minimize(
        self,
        fun: Callable[[Array], tuple[float, Array]],
        theta: Array,
        *,
        max_iter: int,
        max_fun: int,
        tol: float,
        callback: Callable[..., None],
    ) -> OptimizeResult:
        return scipy.optimize.minimize(
            fun,
            theta.astype(np.float64),
            method="L-BFGS-B",
            jac=True,
            callback=callback,
            options={"maxiter": max_iter, "maxfun": max_fun, "gtol": tol},
        )


OPTIMIZERS = {
    "adadelta": Adadelta,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamax": Adamax,
    "adamw": AdamW,
    "amsgrad": AMSGrad,
    "lbfgs": LBFGS,
    "lion": Lion,
    "nadam": NAdam,
    "radam": RAdam,
    "rmsprop": RMSprop,
    "sgd": SGD,
}
