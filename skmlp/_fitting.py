"""One call of `fit` or `partial_fit`: from checked data to trained networks."""

import copy
import warnings
from dataclasses import replace

import numpy as np
from sklearn.utils import check_random_state

from skmlp._callbacks import NoCallbacks, callbacks_of
from skmlp._component import plain
from skmlp._diagnosis import far_from_unit_scale, report_divergence
from skmlp._evaluation import make_validation
from skmlp._memory import Memory, checksum, settings_of
from skmlp._network import check_room, network_outputs
from skmlp._run import Plan, Run
from skmlp._scaling import Standardized, Unscaled
from skmlp._training import stack_size, train_all, train_once
from skmlp._validation import cast, check_total_weight, naming, split_rows
from skmlp.schedules import Constant

# With weights below it, outputs are finite where the loss has been.
LARGE = 100
# Parameters that the training reads as they are.
SETTINGS = (
    "clip_norm",
    "alpha",
    "learning_rate_init",
    "max_iter",
    "max_fun",
    "shuffle",
    "tol",
    "n_iter_no_change",
    "verbose",
)


class Fit:
    """What one call prepares for the training, and how it is trained.

    Parameters
    ----------
    estimator : BaseMLP
        Knows its targets; read only.

    samples : Samples
        Checked, with the class weights.

    validation : None or Samples
        Those that the user has given, checked.

    loss : Loss

    going_on : bool
        Whether the training starts from the fitted model,

    incremental : bool
        and goes on for one epoch as if it were one training.

    Attributes
    ----------
    past : None or Memory
        What the last training of the estimator has left, as far as it still counts.

    network : Network

    scaling : Unscaled or Standardized
        The units of the training.

    dtype_of_model : dtype
        What the fitted weights are to have.

    fitted : None or ndarray of shape (n_parameters,)
        The fitted weights, where the training starts from them.

    theta : ndarray of shape (n_networks, n_parameters)
        These in the units of the training, or drawn weights.

    start : ndarray of shape (n_networks, n_parameters)
        Where the training starts.

    plan : Plan
    """

    def __init__(self, estimator, samples, validation, loss, going_on, incremental):
        self.estimator, self.samples = estimator, samples
        self.going_on, self.incremental = going_on, incremental
        self.optimizer = estimator._checked_optimizer()
        self.past = getattr(estimator, "_memory", None)
        self.random_state = check_random_state(estimator.random_state)
        self.network = estimator._network(samples.X.shape[1])
        self.dropout = estimator._dropout_rates(len(self.network.activations))
        n_networks = 1 if going_on or incremental else int(estimator.n_init)
        check_room(n_networks, self.network.n_parameters, f"n_init={n_networks} networks")
        self.seed = None
        if n_networks > 1 or any(self.dropout):
            self.seed = derived_seed(self.random_state)

        # scikit-learn's order of draws: the starting weights, then the split.
        start = self.fitted_weights if going_on else self.drawn_weights
        theta = start(n_networks)
        rows, held_rows = None, None
        if estimator.early_stopping and self.optimizer.stochastic and validation is None:
            rows, held_rows = self.split()
        self.scaling = self.choose_scaling(rows)
        self.dtype_of_model = estimator._dtype_of_weights() if going_on else samples.X.dtype
        dtype = np.dtype(estimator.dtype or self.dtype_of_model)
        self.fitted = theta[0] if going_on else None
        if going_on:
            theta = self.scaling.unfold(self.network, theta[0])[None]
        self.theta = self.start = cast(theta, dtype, "coefs_" if going_on else "initializer")
        if going_on and self.past is not None:
            self.resume()
        arrays = self.arrays(samples, dtype, loss)
        if validation is not None:
            held = self.arrays(validation, dtype, loss, "_val")
            validation = make_validation(self, self.network, validation, held, None, loss)
        elif held_rows is not None:
            validation = make_validation(self, self.network, samples, arrays, held_rows, loss)
        self.plan = self.make_plan(arrays, rows, validation, loss)

    def drawn_weights(self, n_networks):
        """Starting weights by the initializer.

        Network 0 takes scikit-learn's stream, the others one that is derived from it.
        """
        draw = self.estimator._drawn_weights
        vectors = [draw(self.network, self.random_state)]
        if n_networks > 1:
            stream = np.random.RandomState([1, *self.seed])
            vectors += [draw(self.network, stream) for _ in range(n_networks - 1)]
        return np.stack(vectors)

    def fitted_weights(self, n_networks):
        return self.estimator._fitted_weights(self.network)[None]

    def resume(self):
        """Forget what is not of the fitted weights.

        Where `partial_fit` has come further than the model, as with `restore_best`, or knows
        it more exactly, as with `standardize`, it is gone on with from there, unless the
        model has been changed by hand.
        """
        past = self.past
        if not (past.model == checksum(self.fitted) and past.has_kind_of(self.scaling)):
            watch = replace(past.watch, criteria=(past.watch.criteria[0], "edited"))
            self.past = replace(past, watch=watch)
        elif self.incremental and past.latest is not None:
            self.start = past.latest[None].astype(self.theta.dtype, copy=False)

    def split(self):
        """Indices of the rows to train on and of the validation set."""
        estimator, weight = self.estimator, self.samples.sample_weight
        rows, held = split_rows(
            self.samples.X.shape[0],
            estimator._targets.labels(self.samples.y),
            estimator._targets.task,
            estimator.validation_fraction,
            self.random_state,
        )
        if weight is not None:
            check_total_weight(weight[held], "the validation set")
            check_total_weight(weight[rows], "the training set")
        return rows, held

    def choose_scaling(self, rows):
        """The units of the training: `partial_fit` keeps those of the first call."""
        estimator, samples = self.estimator, self.samples
        if not estimator.standardize:
            return Unscaled()
        kept = getattr(self.past, "scaling", None)
        if self.incremental and isinstance(kept, Standardized):
            return kept
        X, y, weight = samples.X, estimator._targets.encode(samples.y), samples.sample_weight
        if weight is not None:
            check_total_weight(weight, "all samples")
        if rows is not None:
            X, y, weight = X[rows], y[rows], None if weight is None else weight[rows]
        return Standardized.measure(X, y, weight, scale_y=estimator._has_free_outputs())

    def arrays(self, samples, dtype, loss, suffix=""):
        """The data as the training wants it."""
        weight = samples.sample_weight
        if weight is not None:
            weight = cast(weight, dtype, f"sample_weight{suffix}")
            with naming(f"sample_weight{suffix}"):
                check_total_weight(weight, "all samples")
        with naming(f"y{suffix}"):
            encoded = self.estimator._targets.encode(samples.y)
            y = cast(self.scaling.targets(encoded), dtype, f"y{suffix}")
            loss.check_targets(y)  # as they are now: what was above 0 may have become 0
        X = self.scaling.inputs(samples.X, dtype, f"X{suffix}")
        return {"X": X, "y": y, "sample_weight": weight}

    def folded(self, vector):
        """The parameters of the model, from those of the training.

        Those of the model that is there are its own: rounding would add up.
        """
        if self.fitted is not None and np.array_equal(vector, self.theta[0]):
            return self.fitted.astype(self.dtype_of_model)
        return self.scaling.fold(self.network, vector, self.dtype_of_model)

    def usual_scoring(self):
        """What stands for `scoring=None`: scikit-learn's own score where it has the loss."""
        return None if self.estimator._class_attribute("loss", "stops_by_score") else "loss"

    def activated(self, raw):
        return self.estimator._activated(raw)

    def score(self, y, raw, sample_weight):
        """The estimator's own score for raw outputs."""
        return self.estimator._score(y, self.scaling.outputs(raw), sample_weight)

    def store_model(self, estimator, vector):
        """Give a copy of the estimator the parameters of a training."""
        estimator._store_model(self.network, self.folded(vector))

    def make_plan(self, arrays, rows, validation, loss):
        estimator, optimizer = self.estimator, self.optimizer
        n_samples = arrays["X"].shape[0] if rows is None else len(rows)
        early = estimator.early_stopping and validation is not None
        schedule = Constant()
        if estimator.learning_rate not in optimizer.ignored_schedules:
            schedule = estimator._resolve("learning_rate")
        restore_best = estimator.restore_best or (early and not self.incremental)
        history = getattr(estimator, "history_", {"loss": ()})
        return Plan(
            **arrays,
            rows=rows,
            network=self.network,
            loss=loss,
            optimizer=optimizer,
            schedule=schedule,
            validation=validation,
            early_stopping=early,
            restore_best=restore_best,
            criteria=self.criteria(validation, loss, early),
            dropout=self.dropout,
            batch_size=self.batch_size(n_samples),
            past=len(history["loss"]),
            **{name: plain(getattr(estimator, name)) for name in SETTINGS},
        )

    def criteria(self, validation, loss, early):
        """What epochs are compared by: only what is by the same can be compared."""
        estimator, units = self.estimator, type(self.scaling)
        score = validation and validation.scoring
        stop = (early and score, units, self.optimizer.stochastic)
        penalty = None if score else (estimator.alpha, self.dropout)
        function = [estimator.out_activation_, *map(settings_of, self.network.activations)]
        return stop, (score, units, settings_of(loss), penalty, function)

    def batch_size(self, n_samples):
        batch_size = self.estimator.batch_size
        if batch_size == "full" or not self.optimizer.stochastic:
            return n_samples
        if batch_size == "auto":
            return min(200, n_samples)
        if batch_size > n_samples:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped",
                stacklevel=2,
            )
        return min(int(batch_size), n_samples)

    def memory(self, theta):
        """What the training begins with: the whole optimizer state for `partial_fit`.

        A warm start begins anew, but for the best value and the epochs since.
        """
        plan, past = self.plan, self.past
        if self.incremental and past is not None and past.fits(plan, theta, self.scaling):
            memory = past.of([0])
            memory.state = {
                n: v.astype(theta.dtype, copy=False) for n, v in memory.state.items()
            }
            if "spare" in memory.state:
                memory.state["spare"] = np.empty_like(theta)
        else:
            memory = Memory.blank(plan, theta)
            if past is not None:
                memory.progress.samples = past.progress.samples
                memory.watch = past.watch.of([0])
        memory.watch.adapt(plan.criteria)
        if self.going_on and plan.restore_best and not self.incremental:
            self.judge_model(memory.watch, theta)
        if any(self.dropout) and memory.generator is None:
            memory.generator = np.random.default_rng([2, *self.seed])
        return memory

    def judge_model(self, watch, theta):
        """Score the model that a warm start begins with: epochs are to be better than it.

        On the validation data at hand, which may be others than before.  Without, the losses
        of before are forgotten: they may be those of other samples.
        """
        watch.best_score = np.full_like(watch.best_score, -np.inf)
        if self.plan.validation:
            _, score = self.plan.validation.evaluate(theta)
            watch.best_score = np.fmax(score, -np.inf)
            watch.best_iter = np.array([getattr(self.estimator, "best_iter_", self.plan.past)])

    def callbacks(self, given, describe):
        """What the training tells of its epochs.

        Parameters
        ----------
        given : Samples
            Those of the user.

        describe : callable
            As for `Callbacks`.
        """
        if self.incremental:
            return NoCallbacks()
        n_groups = -(-len(self.theta) // stack_size(self.plan, self.theta))
        return callbacks_of(
            self.estimator,
            given.X,
            given.y,
            given.sample_weight,
            n_groups * self.plan.max_iter,
            "epoch" if self.optimizer.stochastic else "iteration",
            describe,
        )

    def train(self, callbacks, outcomes):
        """Train all networks and put them into the list of outcomes."""
        plan, theta, random_state = self.plan, self.theta, self.random_state
        if self.incremental:
            start = self.start.copy()
            run = Run(plan, start, self.memory(start), random_state, best_theta=theta)
            outcomes += train_once(run)
        else:
            train_all(plan, theta, self.memory, random_state, callbacks, outcomes)

    def keep(self, outcome, model):
        """The memory for a later `partial_fit` or warm start; None while it still trains.

        `model` are the parameters of the model that has been made of the outcome.

        That goes on from the model of a `fit`, but between its own calls from the latest
        weights.
        """
        memory = outcome.memory
        if memory is None:
            return None
        if "spare" in memory.state:
            memory.state["spare"] = np.empty((1, 0), self.theta.dtype)
        memory.scaling, memory.model, memory.latest = self.scaling, checksum(model), None
        told = self.scaling.unfold(self.network, model)
        told = told.astype(self.theta.dtype, copy=False)
        if self.incremental and not np.array_equal(told, outcome.latest):
            memory.latest = outcome.latest
        return memory

    def check_finite(self, outcome):
        """Raise an error or warn if the training has diverged.

        The loss of an epoch is of the weights before its last step, so that large weights are
        tried.
        """
        finite = np.isfinite(outcome.loss) and np.isfinite(self.folded(outcome.vector)).all()
        if finite and np.abs(outcome.vector).max() < LARGE:
            return
        raw = network_outputs(self.plan.X, self.network, outcome.vector, np.transpose)
        predicts = np.isfinite(self.activated(self.scaling.outputs(raw.T))).all()
        if not (finite and predicts):
            recovers = predicts and self.plan.restore_best and outcome.best_iter > 0
            epoch = self.plan.past + len(outcome.history["loss"])
            report_divergence(outcome, epoch, recovers, self.remedies())

    def remedies(self):
        """What may help where the training diverges."""
        estimator, remedies = self.estimator, []
        if self.optimizer.stochastic:
            rate = estimator.learning_rate_init
            remedies.append(f"a smaller learning rate than learning_rate_init={rate:g}")
            if estimator.clip_norm is None:
                remedies.append("clip_norm=1.0")
        if not estimator.standardize:
            first = any(far_from_unit_scale(self).values())
            remedies.insert(
                0 if first else len(remedies), "standardize=True (or other scales of X and y)"
            )
        return remedies or ["another alpha, loss or activation"]


def derived_seed(random_state):
    """Numbers that depend on the state of a RandomState, and do not advance it."""
    return copy.deepcopy(random_state).randint(2**32, size=4, dtype=np.uint32)
