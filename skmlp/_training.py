"""The training: one epoch loop for the first-order optimizers, and L-BFGS."""

import copy
import warnings
from functools import partial
from time import perf_counter

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skmlp._batch import slices
from skmlp._network import Parameters, Workspace
from skmlp._objective import Objective
from skmlp._run import Outcome, Run
from skmlp._sklearn import _check_optimize_result

# As many networks are trained side by side as have the activations of a step in this size:
# five small ones (iris, 10 units) take the time of 1.6 fits of one.  Larger stacks fall out of
# the cache: 20 networks of 128 and 128 units, float64, take a tenth longer in one stack than
# one after the other (examples/benchmarks/tasks.py n_init).
STACK_BYTES = 2**20


def stack_size(plan, theta):
    """How many of the networks are trained side by side, at most."""
    if not plan.optimizer.stochastic:
        return 1
    n_bytes = plan.batch_size * sum(plan.network.sizes[1:]) * theta.itemsize
    return max(1, STACK_BYTES // n_bytes)


def train_all(plan, theta, memories, random_state, callbacks, outcomes):
    """Train several networks, each as if it were alone.

    Parameters
    ----------
    plan : Plan

    theta : ndarray of shape (n_networks, n_parameters)
        Where they start.

    memories : callable
        Returns the memory of those that start at the parameters that it is given.

    random_state : RandomState
        Shuffles the samples, in the same order for all; it ends where the first network
        alone would have left it.

    callbacks : Callbacks

    outcomes : list of Outcome
        Receives the networks; fewer than there are if the training is stopped.
    """
    size = stack_size(plan, theta)
    before = copy.deepcopy(random_state) if len(theta) > 1 else None
    for group in slices(0, len(theta), size):
        if len(theta) > size:
            plan.say(f"Networks from {group.start + 1} to {group.stop} of {len(theta)}")
        start = theta[group].copy()
        memory = memories(start)
        if plan.optimizer.stochastic:
            shuffler = random_state if group.start == 0 else copy.deepcopy(before)
            outcomes += train([Run(plan, start, memory, shuffler)], callbacks)
        else:
            outcomes.append(minimize(plan, start, memory, callbacks))
        if callbacks.stopped:
            break


def interrupt(callbacks, outcomes):
    """What to do where the user has interrupted and there is something to keep."""
    warnings.warn("Training interrupted by user.", stacklevel=2)
    callbacks.interrupt(outcomes)


def in_turn(function, arguments):
    """A list as of `map`, which would take a StopIteration of the function for its own."""
    return [function(each) for each in arguments]


def train(runs, callbacks, report=None, thread_map=in_turn):
    """Train until every network has stopped, or for `max_iter` epochs.

    Once every run has an epoch, an interrupt ends the training: each goes back to the end of
    its last whole one.

    Parameters
    ----------
    runs : list of Run
        Each trains for an epoch in its turn; they have the same `max_iter`.

    callbacks : Callbacks

    report : callable, default=None
        Called without arguments after every epoch.

    thread_map : callable, default=in_turn
        May train several at the same time; returns a list.

    Returns
    -------
    outcomes : list of Outcome
    """
    max_iter = runs[0].plan.max_iter

    def outcomes():
        return [outcome for run in runs for outcome in run.outcomes()]

    try:
        for _ in range(max_iter):
            callbacks.begin_epoch()
            living = [run for run in runs if len(run.alive)]
            stopped = thread_map(advance, living)
            if report is not None:
                report()
            callbacks.end_epoch(outcomes)
            for run, which in zip(living, stopped, strict=True):
                if which.any():
                    run.retire(which)
                    run.settle()
            if callbacks.stopped or not any(len(run.alive) for run in runs):
                break
        finish(runs, callbacks.stopped)
    except KeyboardInterrupt:
        if not all(run.settled for run in runs):
            raise
        for run in runs:
            run.go_back()
        interrupt(callbacks, outcomes)
        finish(runs, callbacks.stopped)
    return outcomes()


def finish(runs, converged):
    """Retire all networks that are still training."""
    for run in runs:
        how = {"converged": converged, "warn": partial(warn_unfinished, run.plan.max_iter)}
        run.retire(np.ones(len(run.alive), dtype=bool), **how)
        if run.state_of_first is not None:
            run.random_state.set_state(run.state_of_first)


def advance(run):
    """Train for one epoch, and return which of the networks are to stop."""
    stopped = end_epoch(run, **train_epoch(run))
    run.settle()
    return stopped


def train_once(run):
    """Train one network for one epoch, as `partial_fit` does."""
    end_epoch(run, **train_epoch(run))
    run.retire(np.array([True]))
    return run.outcomes()


def warn_unfinished(max_iter, hint):
    """Warn in scikit-learn's words, which users filter by, and with a hint."""
    warnings.warn(
        f"Stochastic Optimizer: Maximum iterations ({max_iter}) "
        f"reached and the optimization hasn't converged yet.{' ' + hint if hint else ''}",
        ConvergenceWarning,
        stacklevel=2,
    )


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
    clip_norm, rate_factors = plan.clip_norm, plan.rate_factors
    rates = run.rates()
    rate = run.factor(rates)
    if plan.shuffle:
        run.random_state.shuffle(run.order)
    total = 0.0
    for rows, source, work in run.chunks:
        penalties = []
        for batch in source.load(rows if run.order is None else run.order[rows]):
            penalties.append(objective.differentiate(batch, work))
            if clip_norm is not None:
                clip(gradient, clip_norm)
            if per_step:
                rates = run.rates()
                rate = run.factor(rates)
            if decay:
                objective.parameters.shrink_weights(rate * decay)
            progress.step += 1
            own_rates = rate if rate_factors is None else rate * rate_factors
            step(run.theta, gradient, run.memory.state, own_rates, progress.step)
        values = objective.values(source, penalties)
        total += source.n_rows * np.add.reduce(values, axis=0, dtype=np.float64)
    progress.samples += run.n_samples
    progress.epoch += 1
    loss = np.atleast_1d(total / run.n_samples)
    return {"loss": loss, "learning_rate": rates, "start": start}


def clip(gradient, clip_norm):
    """Shorten the gradient of every network to a Euclidean norm of at most `clip_norm`.

    Parameters
    ----------
    gradient : ndarray of shape (n_networks, n_parameters)
        Changed in place.

    clip_norm : float
    """
    norm = np.sqrt(np.vecdot(gradient, gradient, dtype=np.float64))
    if (norm > clip_norm).any():
        gradient *= (clip_norm / np.maximum(norm, clip_norm))[:, None].astype(gradient.dtype)


def end_epoch(run, loss, learning_rate, start):
    """Evaluate and record an epoch, compare it with the best one, decide how to go on.

    Parameters
    ----------
    run : Run

    loss, learning_rate : ndarray of shape (n_networks,)

    start : float
        When the epoch began.

    Returns
    -------
    stopped : ndarray of shape (n_networks,), of bool
    """
    plan, memory, score = run.plan, run.memory, -loss
    quantities = {"loss": loss, "learning_rate": learning_rate}
    if plan.validation:
        quantities["val_loss"], score = plan.validation.evaluate(run.theta)
        quantities["val_score"] = score
    quantities["seconds"] = perf_counter() - start
    run.record(**quantities)
    run.judge(loss, score)
    del quantities["learning_rate"]
    plan.say_epoch(run.n_iter, **quantities)

    diverged = ~np.isfinite(loss)
    plateau = (memory.watch.stale > plan.n_iter_no_change) & ~diverged
    if not plateau.any():
        return diverged
    stopped = plateau & plan.schedule.stops(plan.learning_rate_init, memory.progress)
    slower = plateau & ~stopped
    memory.watch.stale = np.where(slower, 0, memory.watch.stale)
    memory.progress.plateaus = memory.progress.plateaus + slower
    rates = ", ".join(f"{rate:.6f}" for rate in run.rates())
    what = "Validation score" if plan.early_stopping else "Training loss"
    if run.n_networks > 1:
        what += f" of networks {', '.join(map(str, run.alive[plateau]))}"
    plan.say(
        f"{what} did not improve more than tol={plan.tol:f} for "
        f"{plan.n_iter_no_change} consecutive epochs. "
        f"{'Stopping.' if stopped.any() else f'Setting learning rate to {rates}'}"
    )
    return stopped | diverged


def minimize(plan, theta, memory, callbacks):
    """Train one network on all samples by L-BFGS.

    From the first iteration on, an interrupt ends the training after the last whole one.

    Parameters
    ----------
    plan : Plan

    theta : ndarray of shape (1, n_parameters)
        Where to start; taken over.

    memory : Memory
        Taken over and changed.

    callbacks : Callbacks

    Returns
    -------
    outcome : Outcome
    """
    search = Search(plan, theta, memory, callbacks)
    try:
        optimum = plan.optimizer.minimize(
            search.value_and_gradient,
            theta[0].copy(),
            max_iter=plan.max_iter,
            max_fun=plan.max_fun,
            tol=plan.tol,
            callback=search.end_iteration,
        )
        outcome = search.finish(optimum)
    except KeyboardInterrupt:
        if not search.settled:
            raise
        search.go_back()
        interrupt(callbacks, lambda: [search.outcome()])
        outcome = search.outcome()
    outcome.memory, outcome.latest = memory, search.latest
    return outcome


class Search:
    """All that changes during a training by L-BFGS.

    Parameters
    ----------
    plan : Plan

    theta : ndarray of shape (1, n_parameters)
        Taken over.

    memory : Memory
        Taken over and changed.

    callbacks : Callbacks
    """

    def __init__(self, plan, theta, memory, callbacks):
        self.plan, self.theta, self.callbacks = plan, theta, callbacks
        self.memory, self.watch = memory, memory.watch
        n_samples = plan.X.shape[0]
        self.objective = Objective(Parameters(plan.network, theta), plan.loss, plan.alpha)
        self.source = plan.network.inputs.source(
            plan.X, plan.y, plan.sample_weight, n_samples, 1, by_index=False
        )
        self.work = Workspace(plan.network, 1, n_samples, theta.dtype)
        (self.batch,) = self.source.load(slice(0, n_samples))
        names = ("loss", "val_loss", "val_score") if plan.validation else ("loss",)
        self.history = {name: [] for name in (*names, "seconds", "gradient_norm")}
        self.score = np.array([np.nan])
        self.latest = self.best = theta[0].copy()
        self.loss, self.halted, self.settled = np.nan, False, None
        self.start = perf_counter()

    def value_and_gradient(self, vector):
        self.theta[0] = vector
        penalty = self.objective.differentiate(self.batch, self.work)
        (value,) = self.objective.values(self.source, [penalty])
        return float(value), self.objective.gradient.vector[0].astype(np.float64)

    @property
    def n_iter(self):
        return self.plan.past + len(self.history["loss"])

    def end_iteration(self, intermediate_result):
        """Take note of an iteration; StopIteration is SciPy's way to end it all."""
        try:
            self.halted = self.record(intermediate_result.x, float(intermediate_result.fun))
        except StopIteration as error:  # of the user's, which SciPy would take for ours
            raise RuntimeError("A scorer or a callback has raised StopIteration.") from error
        if self.halted:
            raise StopIteration

    def record(self, x, loss):
        """Evaluate and record an iteration, and return whether to stop."""
        plan, theta = self.plan, x[None].astype(self.theta.dtype)
        quantities = {"loss": np.array([loss]), **self.judged(theta, loss)}
        now = perf_counter()
        quantities["seconds"], self.start = now - self.start, now
        # The latest evaluation of the line search is the one that it has accepted.
        norm = np.linalg.norm(self.objective.gradient.vector.astype(np.float64))
        for name, values in {**quantities, "gradient_norm": norm}.items():
            self.history[name].append(float(np.squeeze(values)))
        plan.say_epoch(self.n_iter, **quantities)

        gain = self.score if plan.early_stopping else -quantities["loss"]
        self.latest, self.loss = theta[0], loss
        if self.watch.compare(gain, self.score, plan.tol, self.n_iter)[0]:
            self.best = self.latest
        self.settle()
        self.callbacks.begin_epoch()
        self.callbacks.end_epoch(lambda: [self.outcome()])
        stale = self.watch.stale[0] > plan.n_iter_no_change
        return (
            self.callbacks.stopped or (plan.early_stopping and stale) or not np.isfinite(loss)
        )

    def judged(self, theta, loss):
        """What there is to tell of parameters beside their loss; sets `score`."""
        self.score = np.array([-loss])
        if not self.plan.validation:
            return {}
        val_loss, self.score = self.plan.validation.evaluate(theta)
        return {"val_loss": val_loss, "val_score": self.score}

    def settle(self):
        """Keep what an interrupt of the next iteration goes back to."""
        names = ("latest", "loss", "best", "score")
        attributes = {name: getattr(self, name) for name in names}
        self.settled = len(self.history["loss"]), attributes, vars(self.watch).copy()

    def go_back(self):
        """Undo what is not of a whole iteration."""
        n_iter, attributes, watch = self.settled
        vars(self).update(attributes)
        vars(self.watch).update(watch)
        self.history = {name: values[:n_iter] for name, values in self.history.items()}

    def finish(self, optimum):
        """The outcome, from SciPy's result."""
        self.latest, self.loss = optimum.x.astype(self.theta.dtype), float(optimum.fun)
        if not self.history["loss"]:  # the start is a minimum
            self.judged(self.latest[None], self.loss)
            self.watch.best_score = np.fmax(self.score, self.watch.best_score)
        outcome = self.outcome()
        outcome.converged = optimum.status == 0 or self.halted
        outcome.warn = partial(_check_optimize_result, "lbfgs", optimum, self.plan.max_iter)
        return outcome

    def outcome(self):
        """The network as it is now, without its memory."""
        best = self.plan.restore_best
        return Outcome(
            vector=self.best if best else self.latest,
            loss=self.loss,
            score=float((self.watch.best_score if best else self.score)[0]),
            best_iter=int(self.watch.best_iter[0]) if best else self.n_iter,
            history={name: np.array(values) for name, values in self.history.items()},
            watch=self.watch.of([0]),
            converged=True,
            warn=None,
            samples=self.memory.progress.samples,
        )
