"""The training: one epoch loop for the first-order optimizers, and L-BFGS.

`Plan` says what is to be done and is never changed; `Run` holds all that changes.
"""

import warnings
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skmlp._batch import make_source, slices
from skmlp._network import Parameters, Workspace
from skmlp._objective import Objective
from skmlp._sklearn import _check_optimize_result
from skmlp.schedules import Progress


@dataclass(frozen=True)
class Plan:
    """What a fit is to do: the data, the components and the estimator's settings.

    What is not listed here are the components, and parameters of the estimator.

    Attributes
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)

    y : ndarray of shape (n_samples, n_outputs), of the dtype of X

    sample_weight : None or ndarray of shape (n_samples,) or (n_networks, n_samples)

    rows : None or ndarray of int
        The samples to train on; None stands for all.

    score : None or callable
        Maps the parameter vector of one network to its validation score, which the
        training then stops by, and whose best weights are the result.
    """

    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None
    rows: np.ndarray | None
    network: object
    loss: object
    optimizer: object
    schedule: object
    score: object
    alpha: float
    learning_rate_init: float
    batch_size: int
    max_iter: int
    max_fun: int
    shuffle: bool
    tol: float
    n_iter_no_change: float
    verbose: bool

    def say(self, text):
        if self.verbose:
            print(text)


@dataclass
class Memory:
    """What a later `partial_fit` needs to go on as if it were one training.

    Attributes
    ----------
    optimizer : type
        Only an optimizer of this class can go on from the state,

    settings : dict
        and only with these hyperparameters, as the state may be scaled by them.

    state : dict of str to ndarray of shape (n_networks, n_parameters) or (n_networks, 1)

    n_parameters : int

    progress : Progress

    best : ndarray of shape (n_networks,)
        The best score, or the lowest loss with its sign changed.

    stale : ndarray of shape (n_networks,), of int
        Epochs since `best` rose by at least `tol`.
    """

    optimizer: type
    settings: dict
    state: dict
    n_parameters: int
    progress: Progress
    best: np.ndarray
    stale: np.ndarray

    @classmethod
    def blank(cls, optimizer, theta):
        """At the beginning of a training."""
        n_networks = len(theta)
        state = optimizer.init(theta)
        for name, array in state.items():
            if np.shape(array)[:1] != (n_networks,):
                raise ValueError(
                    f"optimizer={optimizer!r} begins with {name!r} of the shape "
                    f"{np.shape(array)}; its first axis must be that of {n_networks} networks."
                )
        return cls(
            optimizer=type(optimizer),
            settings=vars(optimizer).copy(),
            state=state,
            n_parameters=theta.shape[1],
            progress=Progress(plateaus=np.zeros(n_networks, dtype=int)),
            best=np.full(n_networks, -np.inf),
            stale=np.zeros(n_networks, dtype=int),
        )

    def fits(self, optimizer, theta):
        """Whether this optimizer can go on from the state, with parameters like these."""
        same = (type(optimizer), vars(optimizer)) == (self.optimizer, self.settings)
        return same and self.n_parameters == theta.shape[1]

    def forget_best(self):
        self.best = np.full_like(self.best, -np.inf)
        self.stale = np.zeros_like(self.stale)

    def keep(self, networks):
        """Forget all networks but these."""
        self.state = {name: array[networks] for name, array in self.state.items()}
        self.progress.plateaus = self.progress.plateaus[networks]
        self.best, self.stale = self.best[networks], self.stale[networks]


class Run:
    """All that changes during a training with a first-order optimizer.

    Parameters
    ----------
    plan : Plan

    theta : ndarray of shape (n_networks, n_parameters)
        Where to start; changed in place.

    memory : Memory
        Taken over and changed.

    random_state : RandomState
        Shuffles the samples.

    Attributes
    ----------
    alive : ndarray of int
        The networks that are still training.  `theta` and `memory` have only these,
        `result` and `history` all.

    result : ndarray of shape (n_networks, n_parameters)

    history : dict of str to list of ndarray of shape (n_networks,)
        One entry per epoch; NaN where a network has stopped.
    """

    def __init__(self, plan, theta, memory, random_state):
        self.plan = plan
        self.theta = theta
        self.memory = memory
        self.random_state = random_state
        self.alive = np.arange(len(theta))
        self.result = theta.copy()
        self.history = {}
        self.best_theta = theta.copy() if plan.score else None
        self.order = None if plan.rows is None else plan.rows.copy()
        if plan.shuffle and self.order is None:
            self.order = np.arange(plan.X.shape[0])
        self.n_samples = plan.X.shape[0] if self.order is None else len(self.order)
        steps = -(-self.n_samples // plan.batch_size)
        memory.progress.total_steps = plan.max_iter * steps
        self.allocate()

    def allocate(self):
        """Make the objective and, for each size of batch, the source of rows and buffers."""
        plan, n_networks = self.plan, len(self.theta)
        parameters = Parameters(plan.network, self.theta)
        self.objective = Objective(parameters, plan.loss, plan.alpha)
        weight = plan.sample_weight
        if np.ndim(weight) == 2:
            weight = weight[self.alive]
        whole = self.n_samples - self.n_samples % plan.batch_size
        self.chunks = []
        for start, stop in ((0, whole), (whole, self.n_samples)):
            if start == stop:
                continue
            n_rows = min(plan.batch_size, stop - start)
            source = make_source(
                plan.X, plan.y, weight, n_rows, n_networks, self.order is not None
            )
            work = Workspace(plan.network, n_networks, n_rows, self.theta.dtype)
            for rows in slices(start, stop, source.n_batches * n_rows):
                self.chunks.append((rows, source, work))

    def rates(self):
        """Learning rate of every network, of shape (n_networks,)."""
        rate = self.plan.schedule.rate(self.plan.learning_rate_init, self.memory.progress)
        try:
            rates = np.full(len(self.theta), np.asarray(rate, np.float64))
        except (TypeError, ValueError):
            rates = np.array([np.nan])
        if not ((rates >= 0) & (rates < np.inf)).all():
            raise ValueError(
                f"learning_rate={self.plan.schedule!r} gives the rate {rate!r}, which is not "
                "a finite number of at least 0."
            )
        return rates

    def factor(self, rates):
        """The rates as an optimizer takes them: one number where they are equal."""
        if len(rates) == 1 or (rates == rates[0]).all():
            return float(rates[0])
        return rates[:, None].astype(self.theta.dtype)

    def record(self, **quantities):
        """Add the values of an epoch to the history."""
        for name, values in quantities.items():
            row = np.full(len(self.result), np.nan)
            row[self.alive] = values
            self.history.setdefault(name, []).append(row)

    def store(self):
        """Write to the result: the weights of the best score, else the latest."""
        self.result[self.alive] = self.theta if self.plan.score is None else self.best_theta

    def drop(self, stopped):
        """Go on without the networks that have stopped."""
        self.store()
        self.alive, self.theta = self.alive[~stopped], self.theta[~stopped]
        if self.plan.score:
            self.best_theta = self.best_theta[~stopped]
        self.memory.keep(~stopped)
        self.allocate()


def train(run):
    """Train until every network has stopped, or for `max_iter` epochs.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` epochs were not enough.
    """
    max_iter = run.plan.max_iter
    try:
        for _ in range(max_iter):
            stopped = end_epoch(run, **train_epoch(run))
            if stopped.all():
                break
            if stopped.any():
                run.drop(stopped)
        else:
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({max_iter}) "
                "reached and the optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=2,
            )
    except KeyboardInterrupt:
        if not run.history:
            raise
        warnings.warn("Training interrupted by user.", stacklevel=2)
    run.store()


def train_once(run):
    """Train for one epoch, as `partial_fit` does."""
    end_epoch(run, **train_epoch(run))
    run.store()


def train_epoch(run):
    """One pass over the samples.

    Returns
    -------
    quantities : dict of str to float or ndarray of shape (n_networks,)
        What `end_epoch` wants to know.
    """
    start = perf_counter()
    plan, objective, progress = run.plan, run.objective, run.memory.progress
    gradient, step = objective.gradient.vector, plan.optimizer.step
    decay, per_step = plan.optimizer.weight_decay, plan.schedule.per_step
    rates = run.rates()
    rate = run.factor(rates)
    if plan.shuffle:
        run.random_state.shuffle(run.order)
    total = 0.0
    for rows, source, work in run.chunks:
        penalties = []
        for batch in source.load(rows if run.order is None else run.order[rows]):
            penalties.append(objective.differentiate(batch, work))
            if per_step:
                rates = run.rates()
                rate = run.factor(rates)
            if decay:
                objective.parameters.shrink_weights(rate * decay)
            progress.step += 1
            step(run.theta, gradient, run.memory.state, rate, progress.step)
        values = objective.values(source, penalties)
        total += source.n_rows * np.add.reduce(values, axis=0, dtype=np.float64)
    progress.samples += run.n_samples
    progress.epoch += 1
    loss = np.atleast_1d(total / run.n_samples)
    return {"loss": loss, "learning_rate": rates, "seconds": perf_counter() - start}


def end_epoch(run, loss, learning_rate, seconds):
    """Score and record an epoch, compare it with the best one, decide how to go on.

    Parameters
    ----------
    run : Run

    loss, learning_rate : ndarray of shape (n_networks,)

    seconds : float

    Returns
    -------
    stopped : ndarray of shape (n_networks,), of bool
    """
    plan, memory = run.plan, run.memory
    quantities = {"loss": loss, "learning_rate": learning_rate, "seconds": seconds}
    gain, what = -loss, "Training loss"
    if plan.score:
        gain, what = np.array([plan.score(v) for v in run.theta]), "Validation score"
        quantities["val_score"] = gain
    run.record(**quantities)
    plan.say(f"Iteration {len(run.history['loss'])}, loss = {_text(loss)}")
    if plan.score:
        plan.say(f"Validation score: {_text(gain, 6)}")

    memory.stale = np.where(gain >= memory.best + plan.tol, 0, memory.stale + 1)
    better = gain > memory.best
    memory.best = np.where(better, gain, memory.best)
    if plan.score:
        run.best_theta[better] = run.theta[better]

    plateau = memory.stale > plan.n_iter_no_change
    if not plateau.any():
        return plateau
    stopped = plateau & plan.schedule.stops(plan.learning_rate_init, memory.progress)
    slower = plateau & ~stopped
    memory.stale[slower] = 0
    memory.progress.plateaus = memory.progress.plateaus + slower
    action = f"Setting learning rate to {_text(run.rates(), 6)}"
    plan.say(
        f"{what} did not improve more than tol={plan.tol:f} for "
        f"{plan.n_iter_no_change} consecutive epochs. "
        f"{'Stopping.' if stopped.any() else action}"
    )
    return stopped


def _text(values, digits=8):
    return ", ".join(f"{value:.{digits}f}" for value in values)


def minimize(plan, theta):
    """Train one network on all samples by L-BFGS.

    Parameters
    ----------
    plan : Plan

    theta : ndarray of shape (1, n_parameters)
        Where to start, and the result.

    Returns
    -------
    loss : float

    n_iter : int

    history : dict of str to list
        One entry per iteration.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` or `max_fun` was not enough, or the line search failed.
    """
    objective = Objective(Parameters(plan.network, theta), plan.loss, plan.alpha)
    n_samples = plan.X.shape[0]
    source = make_source(plan.X, plan.y, plan.sample_weight, n_samples, 1, by_index=False)
    work = Workspace(plan.network, 1, n_samples, theta.dtype)
    (batch,) = source.load(slice(0, n_samples))
    history = {"loss": [], "seconds": []}
    clock = [perf_counter()]

    def value_and_gradient(vector):
        theta[0] = vector
        penalty = objective.differentiate(batch, work)
        (value,) = objective.values(source, [penalty])
        return float(value), objective.gradient.vector[0].astype(np.float64)

    def after_iteration(intermediate_result):
        clock.append(perf_counter())
        history["seconds"].append(clock[-1] - clock[-2])
        history["loss"].append(intermediate_result.fun)
        plan.say(f"Iteration {len(clock) - 1}, loss = {_text([intermediate_result.fun])}")

    optimum = plan.optimizer.minimize(
        value_and_gradient,
        theta[0],
        max_iter=plan.max_iter,
        max_fun=plan.max_fun,
        tol=plan.tol,
        callback=after_iteration,
    )
    theta[0] = optimum.x
    return optimum.fun, _check_optimize_result("lbfgs", optimum, plan.max_iter), history
