"""What the classifier and the regressor share: the model, fitting it and predictions."""

from __future__ import annotations

import warnings
from dataclasses import replace
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp._configuration import ConfiguredMLP
from skmlp._diagnosis import check_better_than_constant, hint
from skmlp._fitting import Fit
from skmlp._network import Network, outputs_by_block
from skmlp._run import best_of
from skmlp._sklearn import _fit_context
from skmlp._trainable import Samples, Trainable
from skmlp._typing import Array, MatrixLike
from skmlp._validation import check_unmasked, naming
from skmlp.activations import OUTPUT_ACTIVATIONS, Activation, Identity
from skmlp.convert import from_sklearn, to_sklearn

FLOATS = (np.float64, np.float32)
# What is fitted beside the attributes that end with an underscore.
PRIVATE = ("_memory", "_targets", "_output_activation")


def has_partial_fit(estimator):
    """partial_fit exists where the optimizer takes steps on mini-batches."""
    name = "optimizer" if estimator.solver is None else "solver"
    if not estimator._class_attribute(name, "stochastic", default=True):
        raise AttributeError(
            "partial_fit is only available for stochastic optimizers. "
            f"{getattr(estimator, name)} is not stochastic."
        )
    return True


class BaseMLP(Trainable, ConfiguredMLP):
    """What the classifier and the regressor share."""

    _records = (
        "best_iter_",
        "best_loss_",
        "best_validation_score_",
        "history_",
        "init_scores_",
        "loss_",
        "loss_curve_",
        "n_iter_",
        "t_",
        "validation_scores_",
    )

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: MatrixLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: labels, an indicator matrix of 0 and 1, or numbers.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.

        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation data.  Loss and score on them are computed after every epoch and kept
            in `history_`; `early_stopping` uses them instead of a part of `X`.  In a
            `Pipeline`, they are transformed as `X` is with
            ``Pipeline(..., transform_input=["X_val"])``.

        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.

        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.  `class_weight` has no part in them.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.

        Raises
        ------
        TypeError
            If an argument is of a type that is not supported, as a sparse `y` in regression or
            labels of several types.

        ValueError
            If an argument or a parameter is wrong, or if the loss is not finite in an epoch:
            the message has the epoch, its learning rate, and what to try.

        Warns
        -----
        ConvergenceWarning
            If `max_iter` epochs were not enough; if the loss was not finite, and the weights
            are those of the best epoch before, or no epoch had a finite validation score, and
            they are those of the start (`early_stopping`, `restore_best`); if values are far
            from unit scale, and the model is hardly better than a constant.

        DataConversionWarning
            If `y` is a single column, of shape (n_samples, 1).

        UserWarning
            If `batch_size` is larger than the number of samples; if the classes of `y` are too
            rare for a stratified split; if one of `X` and `X_val` has names of features and
            the other has none; if the user has interrupted the training, and the model is what
            there was by then.
        """
        return self._fit(
            Samples(X, y, sample_weight), Samples(X_val, y_val, sample_weight_val)
        )

    def _prepare(self, given, validation, incremental=False, classes=None):
        """Check parameters and samples, and return what there is to do."""
        if incremental:  # scikit-learn's decorator does it at the first call only
            self._validate_params()
        self._check_scoring()
        if incremental and self.early_stopping and validation.X is None:
            raise ValueError(
                "partial_fit does not support early_stopping=True without validation data, "
                "X_val and y_val."
            )
        going_on = hasattr(self, "_targets") and (incremental or self.warm_start)
        if not going_on:
            self._forget(*PRIVATE, *(name for name in vars(self) if name.endswith("_")))
        samples = self._check_samples(given, reset=not going_on)
        self._targets, y = self._make_targets(samples.y, going_on, incremental, classes)
        samples = self._weigh_classes(replace(samples, y=y), incremental)
        validation = self._check_validation(validation)
        loss, self.out_activation_ = self._resolve_loss(self._targets.task)
        return Fit(self, samples, validation, loss, going_on, incremental)

    def _check_outcomes(self, fit, outcomes):
        best = best_of(outcomes)
        fit.check_finite(best)
        if best.converged and not fit.incremental:
            check_better_than_constant(fit, best)
        if not best.converged:
            best.warn(hint(fit))
        if self.n_iter_ and not best.best_iter:
            warnings.warn(
                "No epoch had a finite validation score: the weights are those of the start.",
                ConvergenceWarning,
                stacklevel=2,
            )

    def _store(self, fit, outcomes):
        """Set the fitted attributes."""
        outcome = best_of(outcomes)
        plan, history, watch = fit.plan, outcome.history, outcome.watch
        vector = fit.folded(outcome.vector)
        self._store_model(fit.network, vector)
        self._store_history(history)
        losses = list(history["loss"])
        self.loss_, self.n_iter_ = outcome.loss, len(losses)
        self.best_iter_ = outcome.best_iter
        scores = getattr(self, "validation_scores_", None) or []
        self._forget("validation_scores_", "best_validation_score_")
        if plan.validation:
            self.validation_scores_ = scores + history["val_score"].tolist()
            best = np.fmax.reduce(self.validation_scores_, initial=-np.inf)
            self.best_validation_score_ = float(best)
        elif plan.optimizer.stochastic:
            self.validation_scores_ = self.best_validation_score_ = None
        self.t_, self._memory = outcome.samples, fit.keep(outcome, vector)
        if plan.optimizer.stochastic:
            self.loss_curve_ = getattr(self, "loss_curve_", []) + losses
            self.best_loss_ = None if plan.early_stopping else -float(watch.best[0])
        else:  # as in scikit-learn
            self._forget("loss_curve_", "best_loss_")
        if not fit.incremental:
            self.init_scores_ = np.full(len(fit.theta), np.nan)
            self.init_scores_[: len(outcomes)] = [outcome.score for outcome in outcomes]

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

    def _check_X(self, X, y, reset, name):
        return validate_data(
            self,
            X,
            y,
            accept_sparse=("csr", "csc"),
            dtype=FLOATS,
            order="C",
            reset=reset,
        )

    def _known_targets(self, y):
        _, y = self._make_targets(y, True, incremental=True, classes=None)
        return y

    def _weigh_classes(self, samples, incremental):
        """The samples with the weights of their classes."""
        return samples

    def _has_free_outputs(self):
        """Whether outputs are numbers of any size, so that targets may be standardized."""
        return self._targets.task == "regression" and self.out_activation_ == "identity"

    def _network(self, n_features):
        """The shape of the network."""
        hidden = self._hidden()
        sizes = [n_features, *hidden, self._targets.n_outputs]
        return Network(sizes, self._activations(len(hidden)))

    def _fitted_weights(self, network):
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

    @property
    def layer_sizes_(self) -> Array:
        sizes = [np.shape(W)[0] for W in self.coefs_]
        return np.array([*sizes, np.shape(self.coefs_[-1])[1]])

    @property
    def n_parameters_(self) -> int:
        parts = [*self.coefs_, *self.intercepts_, *getattr(self, "activation_params_", [])]
        return sum(map(np.size, parts))

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
        matrices = coefs and all(W.ndim == 2 for W in coefs)
        chained = matrices and all(
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
        initializer = self._resolve("initializer")
        with naming("initializer"):
            layers = initializer.draw_network(
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
        kinds = {np.asarray(part).dtype.kind for layer in layers for part in layer}
        if not kinds <= set("biuf"):
            raise ValueError(
                f"initializer={self.initializer!r} gives values that are not real numbers."
            )
        vector = network.pack(*zip(*layers, strict=True), network.own_start)
        if not np.isfinite(vector).all():
            raise ValueError(
                f"initializer={self.initializer!r} gives values that are not finite."
            )
        return vector

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

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def _outputs(self, X, convert):
        """What `convert` makes of the raw outputs, of shape (n_outputs, some samples)."""
        check_is_fitted(self, "coefs_")
        model = self._model()
        check_unmasked(X, "X")
        with naming("X"):
            X = validate_data(self, X, accept_sparse="csr", dtype=FLOATS, reset=False)

        def converted(raw):
            if not np.isfinite(raw).all():
                raise ValueError("X has values for which the network has no finite outputs.")
            return convert(raw)

        return outputs_by_block(X, model, converted)

    def _activated(self, raw):
        if self.out_activation_ in OUTPUT_ACTIVATIONS:  # of which the user may set one
            return OUTPUT_ACTIVATIONS[self.out_activation_]()(raw)
        return self._output_activation(raw)

    def predict(self, X: MatrixLike) -> Array:
        """Predict the targets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            With the features of `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, an indicator matrix, or numbers, as in `fit`.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        ValueError
            If `X` has other features than that of `fit`, or values that are not finite; if
            `coefs_` and `intercepts_` have been edited and make no network any more.

        Warns
        -----
        UserWarning
            If `X` has names of features and that of `fit` had none, or the other way round.
        """
        predictions = self._outputs(X, self._decode)
        return self._targets.like_y(predictions)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def to_sklearn(self) -> BaseEstimator:
        """Return scikit-learn's MLP with the same parameters, and the same weights if fitted.

        Of an estimator that is not fitted, components are translated to scikit-learn's names
        and flat parameters.  A fitted one becomes a model with the same predictions; what only
        concerned its training is left at scikit-learn's default where scikit-learn lacks it,
        and `partial_fit` and a warm start go on from the weights.

        Returns
        -------
        model : sklearn.neural_network.MLPClassifier or sklearn.neural_network.MLPRegressor
            Shares nothing with this estimator.

        Raises
        ------
        ValueError
            If the estimator is not fitted and parameters have been given that scikit-learn
            lacks, or values that it lacks: the message has them all.  If it is fitted and
            scikit-learn lacks the activation of the hidden layers or of the outputs, or
            predicts another kind of targets, as after a fit with rows of probabilities.

        See Also
        --------
        from_sklearn : The way back.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from skmlp import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = MLPClassifier((5,), activation="tanh", optimizer="lbfgs", alpha=1.0, tol=0.1)
        >>> clf.to_sklearn()
        MLPClassifier(activation='tanh', alpha=1.0, hidden_layer_sizes=(5,),
                      solver='lbfgs', tol=0.1)
        >>> MLPClassifier(activation="gelu", dtype="float32").to_sklearn()
        Traceback (most recent call last):
            ...
        ValueError: MLPClassifier of scikit-learn ... has no activation='gelu', ...
        >>> theirs = clf.set_params(random_state=0).fit(X, y).to_sklearn()
        >>> (theirs.predict(X) == clf.predict(X)).all()
        np.True_
        """
        return to_sklearn(self)

    @classmethod
    def from_sklearn(cls, estimator: BaseEstimator) -> Self:
        """Return an estimator of this class with the parameters and weights of scikit-learn's.

        Parameters
        ----------
        estimator : sklearn.neural_network.MLPClassifier or sklearn.neural_network.MLPRegressor
            Fitted or not.

        Returns
        -------
        model : object of this class
            Fitted if `estimator` is, with the same predictions.  `partial_fit` and a warm
            start go on from the weights, with a new state of the optimizer.  Shares nothing
            with `estimator`.

        Raises
        ------
        TypeError
            If `estimator` is not scikit-learn's MLP, or is a classifier for a regressor or
            the other way round.

        ValueError
            If the class is a subclass without a parameter that `estimator` has been given.

        See Also
        --------
        to_sklearn : The way back.

        Examples
        --------
        >>> import sklearn.neural_network
        >>> from sklearn.datasets import load_iris
        >>> from skmlp import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> theirs = sklearn.neural_network.MLPClassifier(
        ...     (5,), solver="lbfgs", alpha=1.0, tol=0.1, random_state=0
        ... ).fit(X, y)
        >>> clf = MLPClassifier.from_sklearn(theirs)
        >>> clf
        MLPClassifier(alpha=1.0, hidden_layer_sizes=(5,), optimizer='lbfgs',
                      random_state=0, tol=0.1)
        >>> (clf.predict(X) == theirs.predict(X)).all()
        np.True_
        """
        return from_sklearn(cls, estimator)
