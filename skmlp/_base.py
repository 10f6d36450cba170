"""What the classifier and the regressor share: parameters, and how a fit is put together."""

import copy
import re
import warnings
from itertools import pairwise
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator, is_regressor
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp._component import accepts, resolve
from skmlp._network import Network, outputs_by_block
from skmlp._sklearn import (
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    _check_sample_weight,
    _check_y,
    _fit_context,
)
from skmlp._training import Memory, Plan, Run, minimize, train, train_once
from skmlp._validation import cast, check_total_weight, naming, split_rows
from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS, Activation, Identity
from skmlp.initializers import INITIALIZERS, Initializer
from skmlp.losses import WithOutput
from skmlp.optimizers import OPTIMIZERS, Optimizer
from skmlp.schedules import SCHEDULES, Constant, Schedule

FLOATS = (np.float64, np.float32)
# Parameters that the training reads as they are.
SETTINGS = (
    "alpha",
    "learning_rate_init",
    "max_iter",
    "max_fun",
    "shuffle",
    "tol",
    "n_iter_no_change",
    "verbose",
)
# What first-order training leaves beside the weights, and L-BFGS does not.
TRACKED = (
    "_memory",
    "best_loss_",
    "best_validation_score_",
    "loss_curve_",
    "validation_scores_",
)


def has_partial_fit(estimator):
    """partial_fit exists where the optimizer takes steps on mini-batches."""
    name = "optimizer" if estimator.solver is None else "solver"
    if not estimator._class_attribute(name, "stochastic", default=True):
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{getattr(estimator, name)} is not stochastic."
        )
    return True


class BaseMLP(BaseEstimator):
    """What the classifier and the regressor share."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [*accepts(Activation), list, tuple],
        "output_activation": accepts(Activation),
        "optimizer": accepts(Optimizer),
        "solver": [None, *accepts(Optimizer)],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [
            StrOptions({"auto", "full"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "learning_rate": accepts(Schedule),
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
        "initializer": accepts(Initializer),
        "dtype": [None, StrOptions({"float32", "float64"})],
    }

    def __init__(self, **parameters):
        # Names and defaults are in the signatures of the subclasses, where scikit-learn
        # looks for them.
        for name, value in parameters.items():
            setattr(self, name, value)

    _families = {
        "activation": (Activation, ACTIVATIONS),
        "output_activation": (Activation, {"auto": Identity, **ACTIVATIONS}),
        "optimizer": (Optimizer, OPTIMIZERS),
        "solver": (Optimizer, OPTIMIZERS),
        "learning_rate": (Schedule, SCHEDULES),
        "initializer": (Initializer, INITIALIZERS),
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
            re.sub("^solver__", "optimizer__", name): value
            for name, value in params.items()
            if "__" in name
        }
        if "optimizer" in own:
            own.setdefault("solver", None)
        elif own.get("solver") is not None:
            own["optimizer"] = "adam"
        super().set_params(**own)
        for name in {name.partition("__")[0] for name in nested} & set(self._families):
            if isinstance(getattr(self, name), list | tuple):
                raise ValueError(
                    f"{name}={getattr(self, name)!r} is a list, which no nested parameter "
                    "reaches; set the components themselves."
                )
            if name == "optimizer" and self.solver is not None:
                self.optimizer, self.solver = self.solver, None  # two names of one thing
            if isinstance(getattr(self, name), str):
                setattr(self, name, self._resolve(name))
        return super().set_params(**nested)

    def _resolve(self, name):
        return resolve(self, name, getattr(self, name), *self._families[name])

    def _activations(self, n_hidden):
        """The activation of every hidden layer."""
        if isinstance(self.activation, str | Activation):
            return [self._resolve("activation")] * n_hidden
        if len(self.activation) != n_hidden:
            raise ValueError(
                f"activation={self.activation!r} has {len(self.activation)} entries for "
                f"{n_hidden} hidden layers."
            )
        return [
            resolve(self, f"activation[{i}]", value, *self._families["activation"])
            for i, value in enumerate(self.activation)
        ]

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
        if incremental:  # scikit-learn's decorator does it at the first call only
            self._validate_params()
        optimizer = self._resolve_optimizer()
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        going_on = hasattr(self, "_targets") and (incremental or self.warm_start)
        if not going_on:
            self._forget(*TRACKED, "history_", "t_")
        X, y, sample_weight = self._check_data(X, y, sample_weight, going_on)
        self._targets, y = self._make_targets(y, going_on, incremental, classes)
        loss, self.out_activation_ = self._resolve_loss()

        model_dtype = self._dtype_of_weights() if going_on else X.dtype
        dtype = np.dtype(self.dtype or model_dtype)
        arrays = self._arrays(X, y, sample_weight, dtype, loss)
        network = self._network(X.shape[1])
        random_state = check_random_state(self.random_state)
        starting = self._fitted_weights if going_on else self._drawn_weights
        theta = starting(network, random_state).astype(dtype, copy=False)[None]
        rows, score = None, None
        if self.early_stopping and optimizer.stochastic:
            rows, score = self._hold_out(arrays, y, network, random_state)

        plan = Plan(
            **arrays,
            rows=rows,
            score=score,
            network=network,
            loss=loss,
            optimizer=optimizer,
            schedule=self._resolve_schedule(optimizer),
            batch_size=self._batch_size(X.shape[0] if rows is None else len(rows), optimizer),
            **{name: getattr(self, name) for name in SETTINGS},
        )
        # An overflow shows in the result, which is checked below.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            if optimizer.stochastic:
                self._descend(plan, theta, random_state, incremental)
            else:
                self._minimize(plan, theta)
        if not np.isfinite(theta).all():
            raise ValueError(
                "Solver produced non-finite parameter weights. The input data may contain "
                "large values and need to be preprocessed."
            )
        self._store_model(network, theta[0].astype(model_dtype, copy=False))

    def _store_model(self, network, vector):
        coefs, intercepts, own = network.unpack(vector)
        self.coefs_, self.intercepts_ = (
            [a.copy() for a in part] for part in (coefs, intercepts)
        )
        self._forget("activation_params_")
        if any(params.size for params in own):
            self.activation_params_ = [params.copy() for params in own]
        self.n_layers_ = len(network.sizes)
        self.n_outputs_ = network.sizes[-1]

    def _forget(self, *names):
        for name in names:
            vars(self).pop(name, None)

    def _check_data(self, X, y, sample_weight, going_on):
        with naming("X"):
            X = validate_data(
                self,
                X,
                y if y is None else "no_validation",  # None has an error of its own
                accept_sparse=("csr", "csc"),
                dtype=FLOATS,
                order="C",
                reset=not going_on,
            )
        with naming("y"):
            numeric = is_regressor(self)
            y = _check_y(y, multi_output=True, y_numeric=numeric, estimator=self)
        check_consistent_length(X, y)
        if sample_weight is not None:
            with naming("sample_weight"):
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
        return self._resolve("optimizer" if self.solver is None else "solver")

    def _class_attribute(self, parameter, name, default=False):
        """What a component's class says, for tags and for the methods that there are.

        A wrong name has the default: it is reported by `fit`.
        """
        value = getattr(self, parameter)
        registry = self._families[parameter][1]
        component = registry.get(value) if isinstance(value, str) else value
        return getattr(component, name, default)

    def _resolve_loss(self):
        """The loss for these targets, and the name of the output activation."""
        loss = self._resolve("loss").for_task(self._targets.task)
        if loss.output not in OUTPUT_ACTIVATIONS:
            raise ValueError(
                f"loss={self.loss!r} has the output {loss.output!r}, which is not one of "
                f"{sorted(OUTPUT_ACTIVATIONS)}."
            )
        if self.output_activation == "auto":
            return loss, loss.output
        activation = self._resolve("output_activation")
        if loss.own_output:
            raise ValueError(
                f"loss={self.loss!r} has an output activation of its own, "
                f"{loss.output!r}; output_activation={self.output_activation!r} must be "
                "'auto'."
            )
        if activation.pieces > 1 or activation.initial_params().size:
            raise ValueError(
                f"output_activation={self.output_activation!r} is for hidden layers only."
            )
        self._output_activation = copy.deepcopy(activation)
        names = [name for name, cls in ACTIVATIONS.items() if cls is type(activation)]
        return WithOutput(loss, activation), (names or [type(activation).__name__])[0]

    def _resolve_schedule(self, optimizer):
        if self.learning_rate in optimizer.ignored_schedules:
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

    def _fitted_weights(self, network, random_state):
        """The fitted model as a vector: where a warm start or `partial_fit` begins."""
        coefs, intercepts, own, _ = self._model()
        fitted = [W.shape for W in coefs]
        if fitted != network.weight_shapes:
            raise ValueError(
                f"hidden_layer_sizes={self.hidden_layer_sizes!r} asks for a network with "
                f"layers of {list(network.sizes)} units, but the weights in coefs_, which "
                f"the training would start from, have the shapes {fitted}."
            )
        return network.pack(coefs, intercepts, own)

    def _model(self):
        """Weights, biases, own parameters of the activations, and these.

        Checked, as the user may have set them.
        """
        coefs, intercepts = (list(map(np.asarray, a)) for a in (self.coefs_, self.intercepts_))
        activations = self._activations(len(coefs) - 1)
        own = [activation.initial_params() for activation in activations]
        lengths = [params.shape for params in own]
        own = list(map(np.asarray, getattr(self, "activation_params_", own)))
        shapes, biases = [W.shape for W in coefs], [b.shape for b in intercepts]
        chained = all(
            before[1:] == (after[0] * activation.pieces,)
            for (before, after), activation in zip(pairwise(shapes), activations, strict=True)
        )
        if not chained or biases != [shape[1:] for shape in shapes]:
            raise ValueError(
                f"coefs_ of the shapes {shapes} and intercepts_ of the shapes {biases} do "
                f"not make a network with activation={self.activation!r}."
            )
        if [params.shape for params in own] != lengths:
            raise ValueError(
                f"activation_params_ has the shapes {[params.shape for params in own]}, but "
                f"activation={self.activation!r} asks for {lengths}."
            )
        return coefs, intercepts, own, activations

    def _dtype_of_weights(self):
        return np.result_type(*map(np.asarray, self.coefs_), np.float32)

    def _drawn_weights(self, network, random_state):
        """Starting weights by the initializer, as a vector."""
        last = network.activations[-1:]
        if not last:  # scikit-learn lets the activation decide all the same
            named = isinstance(self.activation, str | Activation)
            last = [self._resolve("activation") if named else Identity()]
        layers = self._resolve("initializer").draw_network(
            random_state, network.weight_shapes, [*network.activations, *last]
        )
        try:
            shapes = [(np.shape(W), np.shape(b)) for W, b in layers]
        except (TypeError, ValueError):
            shapes = "unknown"  # no pairs of arrays
        expected = [(shape, shape[1:]) for shape in network.weight_shapes]
        if shapes != expected:
            raise ValueError(
                f"initializer={self.initializer!r} gives weights and biases of the shapes "
                f"{shapes}; the network has {expected}."
            )
        vector = network.pack(*zip(*layers, strict=True), network.own_start)
        if not np.isfinite(vector).all():
            raise ValueError(
                f"initializer={self.initializer!r} gives values that are not finite."
            )
        return vector

    def _hold_out(self, arrays, y, network, random_state):
        """Split off the validation set: the rows that remain, and a function that scores."""
        rows, held = split_rows(
            len(arrays["y"]),
            self._targets.labels(y),
            self._targets.task,
            self.validation_fraction,
            random_state,
        )
        y_val, weight_val = y[held], None
        sample_weight = arrays["sample_weight"]
        if sample_weight is not None:
            weight_val = sample_weight[held]
            check_total_weight(weight_val, "the validation set")
            check_total_weight(sample_weight[rows], "the training set")

        def score(theta):
            model = (*network.unpack(theta), network.activations)
            raw = outputs_by_block(arrays["X"], model, np.transpose, held).T
            return self._score(y_val, raw, weight_val) if np.isfinite(raw).all() else np.nan

        return rows, score

    def _arrays(self, X, y, sample_weight, dtype, loss):
        """The data as the training wants it."""
        if sample_weight is not None:
            sample_weight = cast(sample_weight, dtype, "sample_weight")
            check_total_weight(sample_weight, "all samples")
        y = cast(self._targets.encode(y), dtype, "y")
        loss.check_targets(y)  # as they are now: what was above 0 may have become 0
        return {
            "X": cast(X, dtype, "X"),
            "y": y,
            "sample_weight": sample_weight,
        }

    def _batch_size(self, n_samples, optimizer):
        if self.batch_size == "full" or not optimizer.stochastic:
            return n_samples
        if self.batch_size == "auto":
            return min(200, n_samples)
        if self.batch_size > n_samples:
            warnings.warn(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped",
                stacklevel=2,
            )
        return min(self.batch_size, n_samples)

    def _descend(self, plan, theta, random_state, incremental):
        """Train with a first-order optimizer and store what it tells."""
        memory = self._recall(plan, theta, incremental)
        run = Run(plan, theta, memory, random_state)
        train_once(run) if incremental else train(run)
        theta[...] = run.result
        history = {name: np.ravel(rows) for name, rows in run.history.items()}
        losses, scores = list(history["loss"]), history.get("val_score")
        best = memory.best[0]
        self._memory = memory
        self.t_ = memory.progress.samples
        self.n_iter_ = len(losses)
        self.loss_ = losses[-1]
        self.loss_curve_ = getattr(self, "loss_curve_", []) + losses
        self.best_loss_ = -best if scores is None else None
        self.best_validation_score_ = None if scores is None else best
        past = getattr(self, "validation_scores_", None) or []
        self.validation_scores_ = None if scores is None else past + scores.tolist()
        self._store_history(history)

    def _recall(self, plan, theta, incremental):
        """What an earlier training has left: the whole optimizer state for `partial_fit`.

        A warm start begins anew, but for the best value and the epochs since.
        """
        past = getattr(self, "_memory", None)
        if past is None:
            return Memory.blank(plan.optimizer, theta)
        if incremental and past.fits(plan.optimizer, theta):
            memory = copy.deepcopy(past)
            memory.state = {
                n: v.astype(theta.dtype, copy=False) for n, v in memory.state.items()
            }
        else:
            memory = Memory.blank(plan.optimizer, theta)
            memory.progress.samples = past.progress.samples
            memory.best, memory.stale = past.best.copy(), past.stale.copy()
        scored = self.best_loss_ is None
        if scored != (plan.score is not None):
            memory.forget_best()  # a loss is not held against a score
        return memory

    def _minimize(self, plan, theta):
        """Train with L-BFGS and store what it tells, which is less."""
        self.loss_, self.n_iter_, history = minimize(plan, theta)
        self.t_ = getattr(self, "t_", 0)
        self._forget(*TRACKED)
        self._store_history(history)

    def _store_history(self, history):
        """Append to `history_`; NaN where one of the two has no such quantity."""
        parts = [part for part in (getattr(self, "history_", None), history) if part]
        names = dict.fromkeys(name for part in parts for name in part)
        self.history_ = {
            name: np.concatenate(
                [part.get(name, np.full(len(part["loss"]), np.nan)) for part in parts]
            )
            for name in names
        }

    def _outputs(self, X, convert):
        """What `convert` makes of the raw outputs, of shape (n_outputs, some samples)."""
        check_is_fitted(self, "coefs_")
        model = self._model()
        X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)
        return outputs_by_block(X, model, convert)

    def _activated(self, raw):
        if self.out_activation_ in OUTPUT_ACTIVATIONS:  # of which the user may set one
            return OUTPUT_ACTIVATIONS[self.out_activation_]()(raw)
        return self._output_activation(raw)

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
        predictions = self._outputs(X, self._decode)
        return self._targets.like_y(predictions)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
