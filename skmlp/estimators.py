"""The drop-in estimators: parameters, validation and prediction."""

import copy
import re
import warnings
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from numbers import Integral, Real

import numpy as np
from scipy import sparse, special
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    is_regressor,
)
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp._component import accepts, resolve
from skmlp._network import Network, raw_outputs
from skmlp._sklearn import (
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    _check_sample_weight,
    _check_y,
    _fit_context,
)
from skmlp._targets import classification_targets, regression_targets
from skmlp._training import Memory, Plan, Run, minimize, train, train_once
from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS, Activation
from skmlp.initializers import INITIALIZERS, Initializer
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES, Loss
from skmlp.optimizers import OPTIMIZERS, Optimizer
from skmlp.schedules import SCHEDULES, Constant, Schedule

FLOATS = (np.float64, np.float32)


@contextmanager
def _naming(argument):
    """Put the argument's name in front of an error that names none."""
    try:
        yield
    except (TypeError, ValueError) as error:
        without_data = re.sub("'.*?'", "", str(error))
        if re.search(r"\b(X|y|sample_weight)\b", without_data):
            raise
        raise type(error)(f"{argument}: {error}") from error


def _check_total_weight(sample_weight, where):
    with np.errstate(over="ignore"):
        total = sample_weight.sum()
    if not 0 < total < np.inf:
        raise ValueError(f"sample_weight has the sum {total} over {where}.")


def _cast(array, dtype, name):
    """The array in C order (CSR where sparse), or an error if the dtype cannot hold it."""
    with np.errstate(over="ignore"):
        if sparse.issparse(array):
            cast = array.tocsr().astype(dtype, copy=False)
        else:
            cast = np.ascontiguousarray(array, dtype=dtype)
    values = cast.data if sparse.issparse(cast) else cast
    if values.itemsize < array.dtype.itemsize and not np.isfinite(values).all():
        raise ValueError(f"{name} has values that are too large for {dtype}.")
    return cast


def _has_partial_fit(estimator):
    """partial_fit exists where the optimizer takes steps on mini-batches."""
    value = estimator.optimizer if estimator.solver is None else estimator.solver
    optimizer = OPTIMIZERS.get(value) if isinstance(value, str) else value
    if not getattr(optimizer, "stochastic", True):
        raise AttributeError(
            f"partial_fit is only available for stochastic optimizers. {value} is not "
            "stochastic."
        )
    return True


class _BaseMLP(BaseEstimator):
    """What the classifier and the regressor share."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": accepts(ACTIVATIONS, Activation),
        "optimizer": accepts(OPTIMIZERS, Optimizer),
        "solver": [None, *accepts(OPTIMIZERS, Optimizer)],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [
            StrOptions({"auto", "full"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "learning_rate": accepts(SCHEDULES, Schedule),
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(RealNotInt, 0, 1, closed="neither")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "initializer": accepts(INITIALIZERS, Initializer),
        "dtype": [None, StrOptions({"float32", "float64"})],
    }

    def __init__(
        self,
        *,
        hidden_layer_sizes,
        activation,
        loss,
        optimizer,
        solver,
        alpha,
        batch_size,
        learning_rate,
        learning_rate_init,
        power_t,
        max_iter,
        shuffle,
        random_state,
        tol,
        verbose,
        warm_start,
        momentum,
        nesterovs_momentum,
        early_stopping,
        validation_fraction,
        beta_1,
        beta_2,
        epsilon,
        n_iter_no_change,
        max_fun,
        initializer,
        dtype,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.loss = loss
        self.optimizer = optimizer
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.initializer = initializer
        self.dtype = dtype

    _families = {
        "activation": ACTIVATIONS,
        "optimizer": OPTIMIZERS,
        "learning_rate": SCHEDULES,
        "initializer": INITIALIZERS,
    }

    def set_params(self, **params):
        """Set parameters of this estimator and of its components.

        Parameters
        ----------
        **params : dict
            A name such as ``optimizer__momentum`` reaches into a component.  Where the
            component is given by name, the object that the name stands for is put in its
            place first.

        Returns
        -------
        self : object
        """
        own = {name: value for name, value in params.items() if "__" not in name}
        nested = {
            name.replace("solver__", "optimizer__", 1): value
            for name, value in params.items()
            if "__" in name
        }
        if "optimizer" in own:
            own.setdefault("solver", None)
        elif own.get("solver") is not None:
            own["optimizer"] = "adam"
        super().set_params(**own)
        for name in {name.partition("__")[0] for name in nested} & set(self._families):
            if name == "optimizer" and self.solver is not None:
                self.optimizer, self.solver = self.solver, None  # two names of one thing
            if isinstance(getattr(self, name), str):
                setattr(self, name, self._resolve(name))
        return super().set_params(**nested)

    def _resolve(self, name):
        return resolve(self, name, self._families[name])

    def _activations(self, n_hidden):
        return [self._resolve("activation")] * n_hidden

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: labels, an indicator matrix of 0 and 1, or numbers.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.
        """
        return self._fit(X, y, sample_weight)

    def _fit(self, X, y, sample_weight, **more):
        """Train a copy and take over its attributes, so that an error changes nothing."""
        draft = copy.copy(self)
        draft._train(X, y, sample_weight, **more)
        for name in set(vars(self)) - set(vars(draft)):
            delattr(self, name)
        vars(self).update(vars(draft))
        return self

    def _train(self, X, y, sample_weight, incremental=False, classes=None):
        optimizer = self._resolve_optimizer()
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        going_on = hasattr(self, "coefs_") and (incremental or self.warm_start)
        X, y, sample_weight = self._check_data(X, y, sample_weight, going_on)
        self._targets, y = self._make_targets(y, going_on, incremental, classes)
        loss = self._resolve("loss").for_task(self._targets.task)
        self.out_activation_ = loss.output

        model_dtype = self._shapes_and_dtype()[1] if going_on else X.dtype
        dtype = np.dtype(self.dtype or model_dtype)
        network = self._network(X.shape[1])
        random_state = check_random_state(self.random_state)
        if going_on:
            theta = self._packed(network, dtype)
        else:
            theta = self._drawn(network, dtype, random_state)
        rows, score = None, None
        if self.early_stopping and optimizer.stochastic:
            rows, score = self._hold_out(X, y, sample_weight, network, random_state)

        plan = self._plan(X, y, sample_weight, dtype, network, loss, optimizer, rows, score)
        # An overflow shows in the result, which is checked below.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if optimizer.stochastic:
                self._descend(plan, theta, random_state, going_on, incremental)
            else:
                self._minimize(plan, theta, going_on)
        if not np.isfinite(theta).all():
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain "
                "large values and need to be preprocessed."
            )
        self.coefs_, self.intercepts_ = network.unpack(theta[0], model_dtype)
        self.n_layers_ = len(network.sizes)
        self.n_outputs_ = network.sizes[-1]

    def _check_data(self, X, y, sample_weight, going_on):
        with _naming("X"):
            X = validate_data(
                self,
                X,
                y if y is None else "no_validation",  # None has an error of its own
                accept_sparse=("csr", "csc"),
                dtype=FLOATS,
                order="C",
                reset=not going_on,
            )
        with _naming("y"):
            numeric = is_regressor(self)
            y = _check_y(y, multi_output=True, y_numeric=numeric, estimator=self)
        check_consistent_length(X, y)
        if sample_weight is not None:
            with _naming("sample_weight"):
                sample_weight = _check_sample_weight(
                    sample_weight, X, dtype=np.float64, ensure_non_negative=True
                )
        return X, y, sample_weight

    def _resolve_optimizer(self):
        """The optimizer, from the two parameters that can name it."""
        if self.solver is not None and self.optimizer != "adam":
            raise ValueError(
                f"solver={self.solver!r} and optimizer={self.optimizer!r} are both given; "
                "they are two names of one parameter."
            )
        name = "optimizer" if self.solver is None else "solver"
        return resolve(self, name, OPTIMIZERS)

    def _resolve_schedule(self, optimizer):
        if optimizer.stochastic and self.learning_rate in optimizer.ignored_schedules:
            return Constant()
        return self._resolve("learning_rate")

    def _network(self, n_features):
        """The shape of the network."""
        hidden = np.atleast_1d(self.hidden_layer_sizes).tolist()
        if not all(isinstance(units, Integral) for units in hidden):
            raise ValueError(f"hidden_layer_sizes must be integers, got {hidden}.")
        if any(units <= 0 for units in hidden):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {hidden}.")
        sizes = [n_features, *hidden, self._targets.n_outputs]
        return Network(sizes, self._activations(len(hidden)))

    def _packed(self, network, dtype):
        """The fitted weights, as the starting point of a warm start or `partial_fit`."""
        fitted, _ = self._shapes_and_dtype()
        if fitted != list(pairwise(network.sizes)):
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} asks for a network with "
                f"layers of {list(network.sizes)} units, but the weights in coefs_, which "
                f"the training would start from, have the shapes {fitted}."
            )
        return network.pack(self.coefs_, self.intercepts_, dtype)[None]

    def _shapes_and_dtype(self):
        """Of the weights, which the user may have set."""
        shapes = [np.shape(W) for W in self.coefs_]
        biases = [np.shape(b) for b in self.intercepts_]
        chained = all(a[1:] == b[:1] for a, b in pairwise(shapes))
        if not chained or biases != [shape[1:] for shape in shapes]:
            raise ValueError(
                f"coefs_ of the shapes {shapes} and intercepts_ of the shapes {biases} do "
                "not make a network."
            )
        return shapes, np.result_type(*self.coefs_, np.float32)

    def _drawn(self, network, dtype, random_state):
        """Starting weights."""
        initializer = self._resolve("initializer")
        activation = self._resolve("activation")
        layers = [
            initializer.draw(random_state, fan_in, fan_out, activation)
            for fan_in, fan_out in pairwise(network.sizes)
        ]
        shapes = [np.shape(W) for W, _ in layers]
        if shapes != list(pairwise(network.sizes)):
            raise ValueError(
                f"initializer={self.initializer!r} gives weights of the shapes {shapes} to "
                f"a network with layers of {list(network.sizes)} units."
            )
        return network.pack(*zip(*layers, strict=True), dtype)[None]

    def _split(self, n_samples, y, random_state):
        """Indices of the training and of the validation set."""
        task = self._targets.task
        split = partial(
            train_test_split,
            np.arange(n_samples),
            test_size=self.validation_fraction,
            random_state=random_state,
        )
        try:
            if task != "multiclass":
                return split(stratify=y if task == "binary" else None)
            try:
                return split(stratify=y)
            except ValueError as error:
                # scikit-learn does not stratify more than two classes, so none fails there
                warnings.warn(
                    f"The validation set of early_stopping is not stratified by y: {error}",
                    stacklevel=2,
                )
                return split()
        except ValueError as error:
            raise ValueError(
                f"early_stopping cannot split off validation_fraction="
                f"{self.validation_fraction} of the samples: {error}"
            ) from None

    def _hold_out(self, X, y, sample_weight, network, random_state):
        """Split off the validation set: the rows that remain, and a function that scores."""
        rows, held = self._split(X.shape[0], y, random_state)
        if len(held) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size "
                "of your dataset."
            )
        X_val, y_val, weight_val = X[held], y[held], None
        if sample_weight is not None:
            weight_val = sample_weight[held]
            _check_total_weight(weight_val, "the validation set")
            _check_total_weight(sample_weight[rows], "the training set")

        def score(theta):
            coefs, intercepts = network.unpack(theta, theta.dtype)
            raw = raw_outputs(X_val, coefs, intercepts, network.activations)
            return self._score(y_val, raw, weight_val) if np.isfinite(raw).all() else np.nan

        return rows, score

    def _plan(self, X, y, sample_weight, dtype, network, loss, optimizer, rows, score):
        X = _cast(X, dtype, "X")
        y = _cast(self._targets.encode(y), dtype, "y")
        if sample_weight is not None:
            sample_weight = _cast(sample_weight, dtype, "sample_weight")
            _check_total_weight(sample_weight, "all samples")
        n_samples = X.shape[0] if rows is None else len(rows)
        batch_size = {"auto": min(200, n_samples), "full": n_samples}.get(
            self.batch_size, self.batch_size
        )
        if optimizer.stochastic and batch_size > n_samples:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped",
                stacklevel=2,
            )
        settings = {
            name: getattr(self, name)
            for name in (
                "alpha",
                "learning_rate_init",
                "max_iter",
                "max_fun",
                "shuffle",
                "tol",
                "n_iter_no_change",
                "verbose",
            )
        }
        return Plan(
            X=X,
            y=y,
            sample_weight=sample_weight,
            rows=rows,
            network=network,
            loss=loss,
            optimizer=optimizer,
            schedule=self._resolve_schedule(optimizer),
            score=score,
            batch_size=min(batch_size, n_samples),
            **settings,
        )

    def _descend(self, plan, theta, random_state, going_on, incremental):
        """Train with a first-order optimizer and store what it tells."""
        memory = self._recall(plan, theta, going_on, incremental)
        run = Run(plan, theta, memory, random_state)
        train_once(run) if incremental else train(run)
        theta[...] = run.result
        history = {name: np.ravel(rows) for name, rows in run.history.items()}
        losses, scores = history["loss"].tolist(), history.get("val_score")
        best = float(memory.best[0])
        self._memory = memory
        self.t_ = memory.progress.samples
        self.n_iter_ = len(losses)
        self.loss_ = losses[-1]
        self.loss_curve_ = (self._past("loss_curve_", going_on) or []) + losses
        self.best_loss_ = -best if scores is None else None
        self.best_validation_score_ = None if scores is None else best
        past = self._past("validation_scores_", going_on) or []
        self.validation_scores_ = None if scores is None else past + scores.tolist()
        self._store_history(history, going_on)

    def _recall(self, plan, theta, going_on, incremental):
        """What an earlier training has left: the whole optimizer state for `partial_fit`.

        A warm start begins anew, but for the best value and the epochs since.
        """
        memory = Memory.blank(plan.optimizer, theta)
        past = self._past("_memory", going_on)
        if past is None:
            return memory
        if incremental and past.fits(plan.optimizer, theta):
            memory.state = {n: v.astype(theta.dtype) for n, v in past.state.items()}
            memory.progress = copy.deepcopy(past.progress)
        memory.progress.samples = past.progress.samples
        scored = self.best_loss_ is None
        if scored == (plan.score is not None):  # else a loss would be held against a score
            memory.best, memory.stale = past.best.copy(), past.stale.copy()
        return memory

    def _minimize(self, plan, theta, going_on):
        """Train with L-BFGS and store what it tells, which is less."""
        self.loss_, self.n_iter_, history = minimize(plan, theta)
        self.t_ = self._past("t_", going_on) or 0
        for name in (
            "_memory",
            "best_loss_",
            "best_validation_score_",
            "loss_curve_",
            "validation_scores_",
        ):
            vars(self).pop(name, None)
        self._store_history(history, going_on)

    def _past(self, name, going_on):
        """An attribute of the training that this one goes on from, else None."""
        return getattr(self, name, None) if going_on else None

    def _store_history(self, history, going_on):
        """Append to `history_`; NaN where one of the two has no such quantity."""
        past = self._past("history_", going_on) or {}
        parts = [part for part in (past, history) if part]
        names = dict.fromkeys(name for part in parts for name in part)
        self.history_ = {
            name: np.concatenate(
                [part.get(name, np.full(len(part["loss"]), np.nan)) for part in parts]
            )
            for name in names
        }

    def _raw(self, X):
        """Raw outputs for validated X, of shape (n_outputs, n_samples)."""
        check_is_fitted(self)
        self._shapes_and_dtype()
        X = validate_data(self, X, accept_sparse=("csr", "csc"), dtype=FLOATS, reset=False)
        activations = self._activations(len(self.coefs_) - 1)
        return raw_outputs(X, self.coefs_, self.intercepts_, activations)

    def predict(self, X):
        """Predict the targets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, an indicator matrix, or numbers, as in `fit`.
        """
        return self._decode(self._raw(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class MLPClassifier(ClassifierMixin, _BaseMLP):
    """Multi-layer perceptron classifier, a drop-in for scikit-learn's.

    Binary, multi-class and multi-label classification by a network of fully connected
    layers.  Every parameter, attribute and method of
    :class:`sklearn.neural_network.MLPClassifier` is there under its name, and the same
    `random_state` gives the same weights up to rounding.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int or int, default=(100,)
        Units of each hidden layer, at least 1 each.  With ``()`` there is none: the model is
        logistic or softmax regression.

    activation : {'identity', 'logistic', 'tanh', 'relu'} or Activation, default='relu'
        Activation of the hidden layers; see `skmlp.activations`.

    loss : {'log_loss'} or Loss, default='log_loss'
        What is minimized; see `skmlp.losses`.

    optimizer : {'adam', 'sgd', 'lbfgs'} or Optimizer, default='adam'
        How the weights are found; see `skmlp.optimizers`.  'lbfgs' takes all samples at once
        and suits small data sets.

    solver : {'adam', 'sgd', 'lbfgs'} or Optimizer, default=None
        scikit-learn's name for `optimizer`: where it is not None, it counts.
        ``set_params`` of one of the two resets the other.

    alpha : float, default=0.0001
        Strength of the L2 penalty, at least 0.  It is divided by the sum of the sample
        weights of the batch; biases are exempt.

    batch_size : int or {'auto', 'full'}, default='auto'
        Samples per step: 'auto' is ``min(200, n_samples)``, 'full' all of them.

    learning_rate : {'constant', 'invscaling', 'adaptive'} or Schedule, default='constant'
        How the learning rate changes; see `skmlp.schedules`.  By name, 'invscaling' and
        'adaptive' have no effect on 'adam', as in scikit-learn.

    learning_rate_init : float, default=0.001
        Learning rate at the start, above 0.

    power_t : float, default=0.5
        Exponent of the schedule 'invscaling', at least 0.

    max_iter : int, default=200
        Largest number of epochs (passes over the samples), or of iterations of 'lbfgs'.

    shuffle : bool, default=True
        Whether the samples are shuffled before every epoch.

    random_state : int, RandomState instance or None, default=None
        Determines the starting weights, the validation split and the order of the samples.
        The same value gives the numbers of scikit-learn's MLP.

    tol : float, default=1e-4
        The training stops after more than `n_iter_no_change` epochs in which the loss, or the
        validation score, did not improve by at least `tol`.  For 'lbfgs', the largest entry
        of the gradient at which it stops.

    verbose : bool or int, default=False
        Whether to print a line per epoch.

    warm_start : bool, default=False
        Whether ``fit`` starts from the weights of the previous call.

    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].

    nesterovs_momentum : bool, default=True
        Whether 'sgd' uses Nesterov's momentum.

    early_stopping : bool, default=False
        Whether to hold back `validation_fraction` of the samples, to stop by the score on
        them (accuracy) and to return the weights of the best epoch.  The
        split is stratified, except for multi-label targets.

    validation_fraction : float, default=0.1
        Share of the samples that early stopping holds back, in (0, 1).

    beta_1 : float, default=0.9
        Decay of the gradient's mean in 'adam', in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of the gradient's square in 'adam', in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division in 'adam' finite, above 0.

    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement to put up with, at least 1.

    max_fun : int, default=15000
        Largest number of loss evaluations of 'lbfgs'.

    initializer : {'auto'} or Initializer, default='auto'
        Rule for the starting weights; see `skmlp.initializers`.

    dtype : {'float32', 'float64'} or None, default=None
        Arithmetic of the training; None is that of X.  float32 takes about half the time.
        Fitted weights have the dtype of X all the same.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; for multi-label targets the column numbers.

    coefs_ : list of ndarray of shape (fan_in, fan_out)
        Weights of each layer.  Together with `intercepts_` they are the fitted model and may
        be set or edited.

    intercepts_ : list of ndarray of shape (fan_out,)
        Biases of each layer.

    loss_ : float
        Loss of the latest epoch, with the penalty.

    best_loss_ : float or None
        Lowest loss; None with early stopping.  Not set by 'lbfgs'.

    loss_curve_ : list of float
        Loss of every epoch, over warm starts too.  Not set by 'lbfgs'.

    validation_scores_ : list of float or None
        Score of every epoch on the validation set, NaN where the model diverged; None without
        early stopping.  Not set by 'lbfgs'.

    best_validation_score_ : float or None
        Highest of them; None without early stopping.  Not set by 'lbfgs'.

    history_ : dict of str to ndarray
        One value per epoch for 'loss', 'learning_rate', 'seconds' and, with early stopping,
        'val_score'; for 'lbfgs' one value per iteration for 'loss' and 'seconds'.

    n_iter_ : int
        Epochs, or iterations of 'lbfgs', of the latest fit.

    t_ : int
        Training samples seen.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    n_layers_ : int
        Number of layers, input and output included.

    n_outputs_ : int
        Number of output units.

    out_activation_ : str
        Name of the output activation.

    See Also
    --------
    MLPRegressor : Multi-layer perceptron regressor.
    sklearn.neural_network.MLPClassifier : The estimator that this one stands in for.

    References
    ----------
    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks".

    Kingma and Ba (2015), "Adam: A method for stochastic optimization".

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.model_selection import train_test_split
    >>> from skmlp import MLPClassifier
    >>> X, y = make_classification(n_samples=100, random_state=1)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=1)
    >>> clf = MLPClassifier(random_state=1, max_iter=300).fit(X_train, y_train)
    >>> clf.predict(X_test[:5])
    array([1, 0, 1, 0, 1])
    >>> clf.score(X_test, y_test)
    0.88
    """

    _parameter_constraints = {
        **_BaseMLP._parameter_constraints,
        "loss": accepts(CLASSIFICATION_LOSSES, Loss),
    }
    _families = {**_BaseMLP._families, "loss": CLASSIFICATION_LOSSES}

    def __init__(
        self,
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        loss="log_loss",
        optimizer="adam",
        solver=None,
        alpha=0.0001,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.001,
        power_t=0.5,
        max_iter=200,
        shuffle=True,
        random_state=None,
        tol=1e-4,
        verbose=False,
        warm_start=False,
        momentum=0.9,
        nesterovs_momentum=True,
        early_stopping=False,
        validation_fraction=0.1,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        n_iter_no_change=10,
        max_fun=15000,
        initializer="auto",
        dtype=None,
    ):
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes,
            activation=activation,
            loss=loss,
            optimizer=optimizer,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            power_t=power_t,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            max_fun=max_fun,
            initializer=initializer,
            dtype=dtype,
        )

    def _make_targets(self, y, going_on, incremental, classes):
        targets, y = classification_targets(y, classes)
        if not going_on:
            if incremental and classes is None and targets.task != "multilabel":
                raise ValueError("classes must be passed on the first call to partial_fit.")
            self.classes_ = targets.classes
            return targets, y
        same = np.array_equal(targets.classes, self.classes_)
        if classes is not None and not same:
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )
        if not incremental and not same:
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the "
                f"previous call to fit. Previously got {self.classes_}, `y` has "
                f"{targets.classes}"
            )
        return self._targets, y

    def _decode(self, raw):
        return self._targets.decode(raw)

    def _score(self, y, raw, sample_weight):
        return accuracy_score(y, self._decode(raw), sample_weight=sample_weight)

    @available_if(_has_partial_fit)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, classes=None):
        """Train for one epoch, going on from the earlier calls.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix of 0 and 1.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.

        classes : array-like of shape (n_classes,), default=None
            All labels of all calls; needed in the first call, unless y is an indicator
            matrix.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.
        """
        self._validate_params()  # scikit-learn's decorator does it at the first call only
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def decision_function(self, X):
        """Raw outputs of the network: the logits of the classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            With two classes one number, positive for the second.
        """
        raw = self._raw(X)
        return raw[0] if self._targets.task == "binary" else np.ascontiguousarray(raw.T)

    def predict_proba(self, X):
        """Predict the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; for multi-label targets the probability of each label,
            which need not sum to 1.
        """
        raw = self._raw(X)
        p = OUTPUT_ACTIVATIONS[self.out_activation_]()(raw)
        if self._targets.task == "binary":
            p = np.concatenate([1 - p, p])
        return np.ascontiguousarray(p.T)

    def predict_log_proba(self, X):
        """Predict the logarithms of the probabilities of the classes.

        Where a probability underflows to 0 they are computed from the logits, and finite.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        raw = self._raw(X)
        p = OUTPUT_ACTIVATIONS[self.out_activation_]()(raw)
        if self._targets.task == "binary":
            raw, p = np.concatenate([-raw, raw]), np.concatenate([1 - p, p])
        multiclass = self._targets.task == "multiclass"
        log_p = special.log_softmax(raw, axis=0) if multiclass else special.log_expit(raw)
        # Where it can be had, the logarithm of what `predict_proba` returns.
        np.log(p, out=log_p, where=p > 0)
        return np.ascontiguousarray(log_p.T)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class MLPRegressor(RegressorMixin, _BaseMLP):
    """Multi-layer perceptron regressor, a drop-in for scikit-learn's.

    Regression with one or several outputs by a network of fully connected layers.  Every
    parameter, attribute and method of :class:`sklearn.neural_network.MLPRegressor` is there
    under its name, and the same `random_state` gives the same weights up to rounding.

    Parameters
    ----------
    loss : {'squared_error', 'poisson'} or Loss, default='squared_error'
        What is minimized; see `skmlp.losses`.  With 'poisson' the network predicts the
        logarithm of the mean, and y must not be negative.

    hidden_layer_sizes : array-like of int or int, default=(100,)
        Units of each hidden layer, at least 1 each.  With ``()`` there is none: the model is
        linear regression.

    activation : {'identity', 'logistic', 'tanh', 'relu'} or Activation, default='relu'
        Activation of the hidden layers; see `skmlp.activations`.

    optimizer : {'adam', 'sgd', 'lbfgs'} or Optimizer, default='adam'
        How the weights are found; see `skmlp.optimizers`.  'lbfgs' takes all samples at once
        and suits small data sets.

    solver : {'adam', 'sgd', 'lbfgs'} or Optimizer, default=None
        scikit-learn's name for `optimizer`: where it is not None, it counts.
        ``set_params`` of one of the two resets the other.

    alpha : float, default=0.0001
        Strength of the L2 penalty, at least 0.  It is divided by the sum of the sample
        weights of the batch; biases are exempt.

    batch_size : int or {'auto', 'full'}, default='auto'
        Samples per step: 'auto' is ``min(200, n_samples)``, 'full' all of them.

    learning_rate : {'constant', 'invscaling', 'adaptive'} or Schedule, default='constant'
        How the learning rate changes; see `skmlp.schedules`.  By name, 'invscaling' and
        'adaptive' have no effect on 'adam', as in scikit-learn.

    learning_rate_init : float, default=0.001
        Learning rate at the start, above 0.

    power_t : float, default=0.5
        Exponent of the schedule 'invscaling', at least 0.

    max_iter : int, default=200
        Largest number of epochs (passes over the samples), or of iterations of 'lbfgs'.

    shuffle : bool, default=True
        Whether the samples are shuffled before every epoch.

    random_state : int, RandomState instance or None, default=None
        Determines the starting weights, the validation split and the order of the samples.
        The same value gives the numbers of scikit-learn's MLP.

    tol : float, default=1e-4
        The training stops after more than `n_iter_no_change` epochs in which the loss, or the
        validation score, did not improve by at least `tol`.  For 'lbfgs', the largest entry
        of the gradient at which it stops.

    verbose : bool or int, default=False
        Whether to print a line per epoch.

    warm_start : bool, default=False
        Whether ``fit`` starts from the weights of the previous call.

    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].

    nesterovs_momentum : bool, default=True
        Whether 'sgd' uses Nesterov's momentum.

    early_stopping : bool, default=False
        Whether to hold back `validation_fraction` of the samples, to stop by the score on
        them (R^2) and to return the weights of the best epoch.

    validation_fraction : float, default=0.1
        Share of the samples that early stopping holds back, in (0, 1).

    beta_1 : float, default=0.9
        Decay of the gradient's mean in 'adam', in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of the gradient's square in 'adam', in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division in 'adam' finite, above 0.

    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement to put up with, at least 1.

    max_fun : int, default=15000
        Largest number of loss evaluations of 'lbfgs'.

    initializer : {'auto'} or Initializer, default='auto'
        Rule for the starting weights; see `skmlp.initializers`.

    dtype : {'float32', 'float64'} or None, default=None
        Arithmetic of the training; None is that of X.  float32 takes about half the time.
        Fitted weights have the dtype of X all the same.

    Attributes
    ----------
    coefs_ : list of ndarray of shape (fan_in, fan_out)
        Weights of each layer.  Together with `intercepts_` they are the fitted model and may
        be set or edited.

    intercepts_ : list of ndarray of shape (fan_out,)
        Biases of each layer.

    loss_ : float
        Loss of the latest epoch, with the penalty.

    best_loss_ : float or None
        Lowest loss; None with early stopping.  Not set by 'lbfgs'.

    loss_curve_ : list of float
        Loss of every epoch, over warm starts too.  Not set by 'lbfgs'.

    validation_scores_ : list of float or None
        Score of every epoch on the validation set, NaN where the model diverged; None without
        early stopping.  Not set by 'lbfgs'.

    best_validation_score_ : float or None
        Highest of them; None without early stopping.  Not set by 'lbfgs'.

    history_ : dict of str to ndarray
        One value per epoch for 'loss', 'learning_rate', 'seconds' and, with early stopping,
        'val_score'; for 'lbfgs' one value per iteration for 'loss' and 'seconds'.

    n_iter_ : int
        Epochs, or iterations of 'lbfgs', of the latest fit.

    t_ : int
        Training samples seen.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    n_layers_ : int
        Number of layers, input and output included.

    n_outputs_ : int
        Number of output units.

    out_activation_ : str
        Name of the output activation.

    See Also
    --------
    MLPClassifier : Multi-layer perceptron classifier.
    sklearn.neural_network.MLPRegressor : The estimator that this one stands in for.

    References
    ----------
    Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks".

    Kingma and Ba (2015), "Adam: A method for stochastic optimization".

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from sklearn.model_selection import train_test_split
    >>> from skmlp import MLPRegressor
    >>> X, y = make_regression(n_samples=200, n_features=20, random_state=1)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)
    >>> reg = MLPRegressor(random_state=1, max_iter=2000, tol=0.1).fit(X_train, y_train)
    >>> reg.predict(X_test[:2])
    array([  28.97..., -290.75...])
    >>> reg.score(X_test, y_test)
    0.98...
    """

    _parameter_constraints = {
        **_BaseMLP._parameter_constraints,
        "loss": accepts(REGRESSION_LOSSES, Loss),
    }
    _families = {**_BaseMLP._families, "loss": REGRESSION_LOSSES}

    def __init__(
        self,
        loss="squared_error",
        hidden_layer_sizes=(100,),
        activation="relu",
        *,
        optimizer="adam",
        solver=None,
        alpha=0.0001,
        batch_size="auto",
        learning_rate="constant",
        learning_rate_init=0.001,
        power_t=0.5,
        max_iter=200,
        shuffle=True,
        random_state=None,
        tol=1e-4,
        verbose=False,
        warm_start=False,
        momentum=0.9,
        nesterovs_momentum=True,
        early_stopping=False,
        validation_fraction=0.1,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-8,
        n_iter_no_change=10,
        max_fun=15000,
        initializer="auto",
        dtype=None,
    ):
        super().__init__(
            loss=loss,
            hidden_layer_sizes=hidden_layer_sizes,
            activation=activation,
            optimizer=optimizer,
            solver=solver,
            alpha=alpha,
            batch_size=batch_size,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            power_t=power_t,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            momentum=momentum,
            nesterovs_momentum=nesterovs_momentum,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            beta_1=beta_1,
            beta_2=beta_2,
            epsilon=epsilon,
            n_iter_no_change=n_iter_no_change,
            max_fun=max_fun,
            initializer=initializer,
            dtype=dtype,
        )

    def _make_targets(self, y, going_on, incremental, classes):
        targets, y = regression_targets(y)
        if self._resolve("loss").positive_targets and (y < 0).any():
            raise ValueError(
                f"y has negative values, which loss={self.loss!r} does not allow."
            )
        return (self._targets if going_on else targets), y

    def _decode(self, raw):
        return self._targets.decode(OUTPUT_ACTIVATIONS[self.out_activation_]()(raw))

    def _score(self, y, raw, sample_weight):
        prediction = self._decode(raw)
        if not np.isfinite(prediction).all():
            return np.nan
        return r2_score(y, prediction, sample_weight=sample_weight)

    @available_if(_has_partial_fit)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Train for one epoch, going on from the earlier calls.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.
        """
        self._validate_params()  # scikit-learn's decorator does it at the first call only
        return self._fit(X, y, sample_weight, incremental=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        loss = REGRESSION_LOSSES.get(self.loss) if isinstance(self.loss, str) else self.loss
        tags.target_tags.positive_only = getattr(loss, "positive_targets", False)
        return tags
