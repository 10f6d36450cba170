"""What a training is to do, what changes while it runs, and what comes of it.

`Plan` is never changed; `Run` holds all that changes; an `Outcome` is one trained network.
"""

import copy
import operator
from dataclasses import dataclass

import numpy as np

from skmlp._batch import slices
from skmlp._dropout import with_dropout
from skmlp._memory import Memory, Watch
from skmlp._network import Parameters, Workspace
from skmlp._objective import Objective


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

    validation : None or Validation
        What every epoch is evaluated on.

    early_stopping : bool
        Whether the training stops by the validation score, else by the training loss.

    restore_best : bool
        Whether the result has the weights of the best epoch, by the validation score where
        there is one, else by the training loss; if not, those of the last epoch.

    dropout : list of float
        Rate of each hidden layer.

    criteria : tuple
        As in `Watch`.

    past : int
        Epochs in the estimator's history so far.

    rate_factors : None or ndarray of shape (n_parameters,), of the dtype of X
        What the learning rate of every parameter is multiplied by; decoupled weight decay
        has the rate without it.

    improves : callable
        Whether a score replaces the best one: `operator.ge` takes the last of equal ones.
    """

    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None
    rows: np.ndarray | None
    network: object
    loss: object
    optimizer: object
    schedule: object
    validation: object
    early_stopping: bool
    restore_best: bool
    dropout: list
    clip_norm: float | None
    alpha: float
    learning_rate_init: float
    batch_size: int
    max_iter: int
    max_fun: int
    shuffle: bool
    tol: float
    n_iter_no_change: float
    verbose: bool
    criteria: tuple = ()
    past: int = 0
    rate_factors: np.ndarray | None = None
    improves: object = operator.gt

    def say(self, text):
        if self.verbose:
            print(text)

    def say_epoch(self, n_iter, loss, seconds, val_score=None, **others):
        """One aligned line; of several networks, the best values."""
        if not self.verbose:
            return
        line = f"Iteration {n_iter:{len(str(self.past + self.max_iter))}d}"
        line += f", loss = {np.fmin.reduce(loss):14.8f}"
        if val_score is not None:
            line += f", validation score = {np.fmax.reduce(val_score):10.6f}"
        print(f"{line}, {seconds:.3f} s")


@dataclass
class Outcome:
    """One network, as the training leaves it.

    Attributes
    ----------
    vector : ndarray of shape (n_parameters,)
        The parameters that the model is to have.

    loss : float
        The latest training loss.

    score : float
        What several networks are compared by: the validation score, else the loss with its
        sign changed, of the epoch that `vector` is from.

    best_iter : int
        That epoch, counted from 1.

    history : dict of str to ndarray of shape (n_epochs,)

    watch : Watch

    converged : bool
        False where `max_iter` epochs were not enough.

    warn : callable
        Warns that it has not converged; takes a further sentence, or None.

    samples : int
        Samples seen by first-order optimizers, over earlier trainings too.

    memory : None or Memory
        None for a training that still goes on.

    latest : None or ndarray of shape (n_parameters,)
        The parameters after the latest epoch.
    """

    vector: np.ndarray
    loss: float
    score: float
    best_iter: int
    history: dict
    watch: Watch
    converged: bool
    warn: object
    samples: int
    memory: Memory | None = None
    latest: np.ndarray | None = None

    @property
    def diverged(self):
        return not (np.isfinite(self.loss) and np.isfinite(self.vector).all())


def best_of(outcomes):
    """The outcome with the highest score: the first of equals, NaN only if all are."""
    scores = [outcome.score for outcome in outcomes]
    return outcomes[int(np.argmax(np.nan_to_num(scores, nan=-np.inf)))]


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

    best_theta : None or ndarray of shape (n_networks, n_parameters)
        The parameters of the best epoch so far; None stands for `theta`.

    Attributes
    ----------
    alive : ndarray of int
        The networks that are still training.  `theta`, `memory` and `score` have only
        these.

    history : dict of str to list of ndarray of shape (n_networks,)
        One entry per epoch; NaN where a network has stopped.

    score : ndarray
        What the weights are chosen by, after the latest epoch.

    stopped : dict of int to Outcome
        The networks that have stopped.

    state_of_first : None or tuple
        The random state as the first of several networks has left it.

    settled : None or tuple
        What `go_back` goes back to: the end of the last whole epoch.
    """

    def __init__(self, plan, theta, memory, random_state, best_theta=None):
        self.plan = plan
        self.theta = theta
        self.memory = memory
        self.random_state = random_state
        self.n_networks = len(theta)
        self.alive = np.arange(self.n_networks)
        self.stopped = {}
        self.state_of_first = None
        self.settled = None
        self.history = {}
        self.score = np.full(self.n_networks, np.nan)
        self.best_theta = None
        if plan.restore_best:
            self.best_theta = (theta if best_theta is None else best_theta).copy()
        self.generator = memory.generator
        self.network = with_dropout(plan.network, plan.dropout, self.generator)
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
        parameters = Parameters(self.network, self.theta)
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
            source = plan.network.inputs.source(
                plan.X, plan.y, weight, n_rows, n_networks, self.order is not None
            )
            work = Workspace(self.network, n_networks, n_rows, self.theta.dtype)
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

    @property
    def n_iter(self):
        """The number of the latest epoch, counted over earlier trainings too."""
        return self.plan.past + len(self.history.get("loss", ()))

    def record(self, **quantities):
        """Add the values of an epoch to the history."""
        for name, values in quantities.items():
            row = np.full(self.n_networks, np.nan)
            row[self.alive] = values
            self.history.setdefault(name, []).append(row)

    def judge(self, loss, score):
        """Compare an epoch with the best one, and keep its weights if it is better."""
        watch, plan = self.memory.watch, self.plan
        score = np.where(np.isfinite(loss), score, np.nan)  # never the best if diverged
        gain = score if plan.early_stopping else -loss
        better = watch.compare(gain, score, plan.tol, self.n_iter, plan.improves)
        self.score = score
        if plan.restore_best and better.any():
            self.best_theta = np.where(better[:, None], self.theta, self.best_theta)

    def settle(self):
        """Keep what an interrupt of the next epoch goes back to.

        Copies of what epochs write to: the parameters and the optimizer's state, but for a
        `spare`, in which nothing is kept.  Random numbers that have been drawn are not given
        back.
        """
        memory = self.memory
        attributes = {
            "alive": self.alive,
            "theta": self.theta.copy(),
            "best_theta": self.best_theta,
            "memory": memory,
            "score": self.score,
            "stopped": self.stopped.copy(),
            "state_of_first": self.state_of_first,
        }
        state = {
            name: array if name == "spare" else array.copy()
            for name, array in memory.state.items()
        }
        counts = vars(memory.progress).copy(), vars(memory.watch).copy()
        self.settled = len(self.history["loss"]), attributes, state, *counts

    def go_back(self):
        """Undo what is not of a whole epoch."""
        n_epochs, attributes, state, progress, watch = self.settled
        vars(self).update(attributes)
        self.history = {name: rows[:n_epochs] for name, rows in self.history.items()}
        self.memory.state = state
        vars(self.memory.progress).update(progress)
        vars(self.memory.watch).update(watch)

    def outcome(self, k, converged=True, warn=None):
        """The k-th of the living networks as it is now, without its memory."""
        history = {
            name: np.array([row[self.alive[k]] for row in rows])
            for name, rows in self.history.items()
        }
        watch, best = self.memory.watch.of([k]), self.plan.restore_best
        return Outcome(
            vector=(self.best_theta if best else self.theta)[k].copy(),
            loss=float(history["loss"][-1]),
            score=float(watch.best_score[0] if best else self.score[k]),
            best_iter=int(watch.best_iter[0]) if best else self.n_iter,
            history=history,
            watch=watch,
            converged=converged,
            warn=warn,
            samples=self.memory.progress.samples,
            latest=self.theta[k].copy(),
        )

    def outcomes(self):
        """All networks as they are now."""
        alive = {i: self.outcome(k) for k, i in enumerate(self.alive)}
        return [{**self.stopped, **alive}[i] for i in range(self.n_networks)]

    def retire(self, which, **how):
        """Turn networks into outcomes, and go on without them.

        Parameters
        ----------
        which : ndarray of bool
            One entry for each of the living networks.

        **how : dict
            `converged` and `warn` of `Outcome`.
        """
        alone = len(self.alive) == 1
        for k in np.flatnonzero(which):
            outcome = self.outcome(k, **how)
            outcome.memory = self.memory if alone else self.memory.of([k])
            outcome.memory.generator = copy.deepcopy(self.generator)
            self.stopped[int(self.alive[k])] = outcome
            if self.alive[k] == 0 and self.n_networks > 1:
                self.state_of_first = self.random_state.get_state()
        self.alive = self.alive[~which]
        if not len(self.alive):
            return
        self.theta, self.score = self.theta[~which], self.score[~which]
        self.memory = self.memory.of(~which)
        if self.plan.restore_best:
            self.best_theta = self.best_theta[~which]
        self.allocate()
