"""One call of `fit` of a tabular estimator: from checked samples to trained networks."""

import operator
import warnings
from dataclasses import replace

import numpy as np
from sklearn.utils import check_random_state

from skmlp import _recipe as recipe
from skmlp._blend import blended
from skmlp._callbacks import callbacks_of
from skmlp._component import plain
from skmlp._diagnosis import report_divergence
from skmlp._embedding import Embedding
from skmlp._encoding import TableEncoder
from skmlp._ensemble import AlreadyEncoded, Ensemble
from skmlp._evaluation import make_validation
from skmlp._memory import Memory
from skmlp._network import Network, check_room
from skmlp._run import Plan, Run
from skmlp._sklearn import _safe_indexing
from skmlp._threads import threads
from skmlp._training import train
from skmlp._validation import check_total_weight, naming

DTYPE = np.dtype(np.float32)


class TabularFit:
    """What one call prepares for the training, and how it is trained.

    Parameters
    ----------
    estimator : BaseTabularMLP
        Knows its targets; read only.

    samples : Samples
        Checked, with the class weights; X is a table.

    validation : None or Samples
        Those that the user has given, checked.

    Attributes
    ----------
    ensemble : Ensemble
        Without members.

    runs : list of Run
        One per network.

    incremental : bool
        As of `Fit`.
    """

    incremental = False

    def __init__(self, estimator, samples, validation):
        self.estimator = estimator
        self.random_state = check_random_state(estimator.random_state)
        self.loss = estimator._loss()
        samples = replace(samples, sample_weight=relative(samples.sample_weight))
        self.rows = np.arange(samples.y.shape[0])
        if samples.sample_weight is not None:
            # A sample without weight is as one that is not there.
            self.rows = np.flatnonzero(samples.sample_weight)
        self.ensemble = self.make_ensemble(samples)
        check_room(
            int(estimator.n_networks),
            self.ensemble.network.n_parameters,
            f"n_networks={estimator.n_networks}",
        )
        samples, arrays = self.arrays(samples)
        if validation is not None:
            validation = self.arrays(validation, "_val")
        fold = None
        if estimator.early_stopping and validation is None:
            fold = self.folds(samples)
        parts = self.parts(samples, arrays, validation, fold)
        most = len(self.rows) - (0 if fold is None else np.bincount(fold).min())
        steps = self.steps(most)
        plans = [self.make_plan(arrays, *part, *steps) for part in parts]
        self.runs = [self.make_run(k, plan) for k, plan in enumerate(plans)]

    def make_ensemble(self, samples):
        """What the columns and the targets of the samples that count are made to."""
        estimator, weight, X = self.estimator, samples.sample_weight, samples.X
        y = estimator._targets.encode(samples.y)
        if weight is not None:
            X, y, weight = _safe_indexing(X, self.rows), y[self.rows], weight[self.rows]
        encoder = TableEncoder(estimator.categorical_features, recipe.scaler()).fit(X)
        if encoder.empty:
            columns = ", ".join(encoder.empty)
            warnings.warn(f"Columns without any value are not used: {columns}.", stacklevel=2)
        output = estimator._output(y, weight)
        return Ensemble(encoder, self.network(encoder), output, members=[])

    def network(self, encoder):
        estimator = self.estimator
        n_numbers, periodic = encoder.n_numbers, estimator.embedding == "periodic"
        if estimator.embedding == "auto":
            periodic = n_numbers <= recipe.MOST_EMBEDDED
        inputs = Embedding(n_numbers, encoder.n_switches, encoder.n_levels, periodic)
        hidden = estimator._hidden()
        sizes = [inputs.n_inputs, *hidden, estimator._targets.n_outputs]
        activations = blended(estimator._activations(len(hidden)), hidden)
        return Network(sizes, activations, inputs)

    def arrays(self, samples, suffix=""):
        """The samples with their columns as numbers, and the arrays of the training."""
        X = self.ensemble.encoder.transform(samples.X, f"X{suffix}")
        with naming(f"y{suffix}"):
            y = self.ensemble.output.encode(self.estimator._targets.encode(samples.y))
        with naming(f"sample_weight{suffix}"):
            weight = relative(samples.sample_weight)
        with np.errstate(over="ignore"):  # of samples without weight; of others it shows
            y = y.astype(DTYPE)
        arrays = {"X": X, "y": y, "sample_weight": weight}
        return replace(samples, X=X), arrays

    def parts(self, samples, arrays, validation, fold):
        """Rows to train on and the validation of each network."""
        network, n_networks = self.ensemble.network, self.estimator.n_networks
        if validation is not None:
            validation = make_validation(self, network, *validation, None, self.loss)
        if fold is None:
            return [(self.rows, validation)] * n_networks
        parts = []
        for k in range(n_networks):
            out = fold == k % (fold.max() + 1)
            rows, held_rows = self.rows[~out], self.rows[out]
            validation = make_validation(self, network, samples, arrays, held_rows, self.loss)
            parts.append((rows, validation))
        return parts

    def folds(self, samples):
        """The fold of each of `rows`."""
        n_samples = len(self.rows)
        if n_samples < 4:  # R^2 of one sample is not defined
            raise ValueError(
                "early_stopping=True needs at least 4 samples, to hold back 2, got "
                f"n_samples = {n_samples}, not counting those without weight."
            )
        n_folds = round(min(n_samples // 2, 1 / self.estimator.validation_fraction))
        labels = self.estimator._strata(samples.y)
        labels = None if labels is None else labels[self.rows]
        return recipe.folds(labels, n_samples, n_folds, self.random_state)

    def steps(self, n_rows):
        """Batch size and epochs for the largest number of rows that a network trains on."""
        estimator = self.estimator
        batch_size, max_iter = estimator.batch_size, plain(estimator.max_iter)
        if batch_size == "auto":
            batch_size = recipe.batch_size(n_rows)
        batch_size = min(int(batch_size), n_rows)
        if max_iter == "auto":
            max_iter = recipe.n_epochs(n_rows, batch_size, estimator._targets.task)
        return batch_size, max_iter

    def make_plan(self, arrays, rows, validation, batch_size, max_iter):
        estimator, network = self.estimator, self.ensemble.network
        return Plan(
            **arrays,
            rows=rows,
            network=network,
            loss=self.loss,
            optimizer=recipe.optimizer(plain(estimator.weight_decay)),
            schedule=recipe.SCHEDULE,
            validation=validation,
            early_stopping=False,
            restore_best=validation is not None,
            dropout=estimator._dropout_rates(len(network.activations)),
            clip_norm=None,
            alpha=0.0,
            learning_rate_init=plain(estimator.learning_rate_init),
            batch_size=batch_size,
            max_iter=max_iter,
            max_fun=0,
            shuffle=True,
            tol=0.0,
            n_iter_no_change=np.inf,
            verbose=False,
            improves=operator.ge,
        )

    def make_run(self, k, plan):
        """The k-th network, with random numbers of its own."""
        seed = self.random_state.randint(2**32, size=4, dtype=np.uint32)
        random_state = np.random.RandomState(seed)
        frequency = recipe.FREQUENCIES[k % len(recipe.FREQUENCIES)]
        theta, factors = recipe.start(plan.network, frequency, random_state)
        recipe.clear_absent(plan.network, theta, plan.X[plan.rows])
        plan = replace(plan, rate_factors=factors.astype(DTYPE))
        theta = theta.astype(DTYPE)[None]
        memory = Memory.blank(plan, theta)
        memory.generator = np.random.default_rng(seed)
        return Run(plan, theta, memory, random_state)

    def usual_scoring(self):
        """What stands for `scoring=None`: accuracy of several labels at once says little."""
        return "loss" if self.estimator._targets.task == "multilabel" else None

    def activated(self, raw):
        return self.ensemble.output(raw)

    def score(self, y, raw, sample_weight):
        """The estimator's own score for raw outputs."""
        return self.estimator._score(y, self.activated(raw), sample_weight)

    def store_model(self, estimator, vector):
        """Give a copy of the estimator the parameters of one network, for a scorer."""
        estimator._model = replace(self.ensemble, encoder=AlreadyEncoded(), members=[[vector]])
        estimator.n_features_in_ = self.ensemble.network.inputs.n_columns
        estimator._check_X = as_it_is

    def callbacks(self, given, describe):
        """What the training tells of its epochs: as of `Fit`."""
        n_epochs = self.runs[0].plan.max_iter
        about = given.X, given.y, given.sample_weight
        return callbacks_of(self.estimator, *about, n_epochs, "epoch", describe)

    def train(self, callbacks, outcomes):
        """Train all networks and put them into the list of outcomes."""
        report = self.report if self.estimator.verbose else None
        with threads(len(self.runs), self.runs[0].plan.batch_size) as thread_map:
            outcomes += train(self.runs, callbacks, report, thread_map)

    def report(self):
        """Print a line for an epoch: means over the networks."""
        n_iter, max_iter = self.runs[0].n_iter, self.runs[0].plan.max_iter
        latest = mean_history(
            [{name: rows[-1:] for name, rows in run.history.items()} for run in self.runs]
        )
        line = f"Iteration {n_iter:{len(str(max_iter))}d}, loss = {latest['loss'][0]:.8f}"
        if "val_score" in latest:
            line += f", validation score = {latest['val_score'][0]:.6f}"
        print(f"{line}, {latest['seconds'][0]:.3f} s")

    def check_finite(self, outcomes):
        """Raise an error or warn if the training of a network has diverged: once for all."""
        diverged = [outcome for outcome in outcomes if outcome.diverged]
        if not diverged:
            return
        worst = min(diverged, key=lambda outcome: outcome.best_iter)
        recovers = self.runs[0].plan.restore_best and worst.best_iter > 0
        rate, decay = self.estimator.learning_rate_init, self.estimator.weight_decay
        remedies = [
            f"a smaller learning rate than learning_rate_init={rate:g}",
            f"less than weight_decay={decay:g}",
        ]
        report_divergence(worst, len(worst.history["loss"]), recovers, remedies)

    def members(self, outcomes):
        """The parameters of each network that the model is to have."""
        return [
            self.chosen(run.plan, outcome)
            for run, outcome in zip(self.runs, outcomes, strict=True)
        ]

    def chosen(self, plan, outcome):
        """Those of the best epoch, and the latest where their mean is no worse with them.

        By the squared error on the validation set.  Gains 2 % over the best epoch alone,
        which costs nothing but the time of predictions.
        """
        best, latest, validation = outcome.vector, outcome.latest, plan.validation
        if not outcome.best_iter:  # no score to choose by; the start has learned nothing
            return [latest]
        if validation is None or np.array_equal(best, latest):
            return [best]
        output = self.ensemble.output
        a, b = (output(validation.raw(vector)) for vector in (best, latest))
        errors = [output.errors(p, validation.y) for p in (a, (a + b) / 2)]
        alone, both = np.average(errors, axis=1, weights=validation.sample_weight)
        return [best, latest] if both <= alone else [best]


def relative(sample_weight):
    """Weights up to 1, as float32, of which those that are nothing beside others are 0."""
    if sample_weight is None:
        return None
    check_total_weight(sample_weight, "all samples")
    return (sample_weight / sample_weight.max()).astype(DTYPE)


def as_it_is(X, *about):
    """Stands for the check of X where it has been encoded, perhaps to no column at all."""
    return X


def mean_history(histories):
    """The means over the networks, of which an interrupt may leave some an epoch behind.

    The seconds are those of all networks.

    Parameters
    ----------
    histories : list of dict of str to sequence

    Returns
    -------
    history : dict of str to ndarray of shape (n_epochs,)
    """
    n_epochs = max(len(history["loss"]) for history in histories)
    rows = [[h for h in histories if i < len(h["loss"])] for i in range(n_epochs)]
    means = {
        name: np.array([np.mean([h[name][i] for h in row]) for i, row in enumerate(rows)])
        for name in histories[0]
    }
    return {**means, "seconds": means["seconds"] * len(histories)}
