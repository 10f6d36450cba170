"""The tabular estimators: a DataFrame in, the accuracy of gradient boosting out."""

import copy
import warnings
from dataclasses import replace
from numbers import Integral, Real

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp import _recipe as recipe
from skmlp._class_weight import sample_weight_by_class
from skmlp._component import accepts
from skmlp._configuration import Configured
from skmlp._encoding import check_table
from skmlp._ensemble import LabelProbabilities, Numbers, Probabilities
from skmlp._sklearn import Interval, RealNotInt, StrOptions, _fit_context
from skmlp._tabular_fitting import TabularFit, mean_history
from skmlp._targets import classification_targets, regression_targets
from skmlp._trainable import Samples, Trainable
from skmlp.activations import ACTIVATIONS, Activation
from skmlp.losses import LogLoss, SquaredError


class BaseTabularMLP(Trainable, Configured):
    """What the classifier and the regressor share."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [*accepts(Activation), list, tuple],
        "max_iter": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "n_networks": [Interval(Integral, 1, None, closed="left")],
        "embedding": [StrOptions({"auto", "periodic"}), None],
        "categorical_features": ["array-like", StrOptions({"from_dtype"}), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(RealNotInt, 0, 0.5, closed="right")],
        "scoring": [None, str, callable],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }
    _families = {"activation": (Activation, ACTIVATIONS)}
    # What a training tells beside the model.
    _records = ("history_", "n_iter_", "network_best_iters_", "network_scores_")

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None, sample_weight_val=None):
        """Fit the model.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            Training data: numbers, booleans, categories and text, with missing values.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: labels, an indicator matrix of 0 and 1, or numbers; none missing.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.  A sample with weight 0
            is as one that is not there.

        X_val : {DataFrame, array-like} of shape (n_val, n_features), default=None
            Validation data, with the columns of `X`.  All networks are evaluated on them after
            every epoch, instead of on a part of `X`, and train on all of `X`.

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
            If X is sparse, or has a column of dates, of complex numbers or of other objects.

        ValueError
            If a column of X mixes text with numbers or has infinite numbers, or y has missing
            values, or there are no targets, weights or columns that go with the others.
        """
        return self._fit(
            Samples(X, y, sample_weight), Samples(X_val, y_val, sample_weight_val)
        )

    def _train(self, given, validation):
        self._check_scoring()
        self._forget("_model", *(name for name in vars(self) if name.endswith("_")))
        samples = self._check_samples(given, reset=True)
        self._targets, y = self._make_targets(samples.y)
        samples = self._weigh_classes(replace(samples, y=y))
        fit = TabularFit(self, samples, self._check_validation(validation))

        def describe(outcomes):
            """The attributes that stopping now would give."""
            snapshot = copy.copy(self)
            snapshot._store(fit, outcomes)
            return vars(snapshot)

        callbacks = fit.callbacks(given, describe)
        # An overflow shows in the result, which is checked below.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            outcomes = fit.train(callbacks)
            self._store(fit, outcomes)
        self._check_model()
        callbacks.end_fit()

    def _store(self, fit, outcomes):
        """Set the fitted attributes."""
        self._model = replace(fit.ensemble, members=fit.members(outcomes))
        self.is_categorical_ = self._model.encoder.is_categorical
        self.n_outputs_ = self._targets.n_outputs
        self.history_ = mean_history([outcome.history for outcome in outcomes])
        self.history_["seconds"] *= len(outcomes)
        self.n_iter_ = len(self.history_["loss"])
        self.network_best_iters_ = np.array([outcome.best_iter for outcome in outcomes])
        self.network_scores_ = np.array([outcome.score for outcome in outcomes])

    def _check_model(self):
        vectors = [vector for vectors in self._model.members for vector in vectors]
        if not np.isfinite(vectors).all():
            raise ValueError(
                "The training has produced weights that are not finite: try a smaller "
                f"learning rate than learning_rate_init={self.learning_rate_init}."
            )
        if not self.network_best_iters_.all():
            warnings.warn(
                "No epoch had a finite validation score: the weights are those of the start.",
                ConvergenceWarning,
                stacklevel=2,
            )

    def _check_X(self, X, y, reset, name):
        X = check_table(X, name)
        y = y if y is None else "no_validation"  # None has an error of its own
        validate_data(self, X, y, reset=reset, skip_check_array=True)
        return X

    def _means(self, X):
        """Probabilities or numbers, of shape (n_columns, n_samples)."""
        check_is_fitted(self)
        return self._model.predict(self._check_X(X, "no_validation", False, "X"))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


class TabularMLPClassifier(ClassifierMixin, BaseTabularMLP):
    """Classifier for tables."""

    _parameter_constraints = {
        **BaseTabularMLP._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [None, dict, list, StrOptions({"balanced"})],
    }

    def __init__(
        self,
        hidden_layer_sizes=recipe.HIDDEN,
        activation="selu",
        *,
        max_iter="auto",
        learning_rate_init=0.04,
        batch_size="auto",
        dropout=0.15,
        weight_decay=0.02,
        label_smoothing=0.1,
        n_networks=4,
        embedding="auto",
        categorical_features="from_dtype",
        class_weight=None,
        early_stopping=True,
        validation_fraction=0.125,
        scoring=None,
        random_state=None,
        verbose=False,
    ):
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes,
            activation=activation,
            max_iter=max_iter,
            learning_rate_init=learning_rate_init,
            batch_size=batch_size,
            dropout=dropout,
            weight_decay=weight_decay,
            label_smoothing=label_smoothing,
            n_networks=n_networks,
            embedding=embedding,
            categorical_features=categorical_features,
            class_weight=class_weight,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            scoring=scoring,
            random_state=random_state,
            verbose=verbose,
        )

    def _make_targets(self, y):
        targets, y = classification_targets(y)
        self.classes_ = targets.classes
        return targets, y

    def _known_targets(self, y):
        targets, y = classification_targets(y)
        self._targets.encode(y)
        return y

    def _weigh_classes(self, samples):
        if self.class_weight is None:
            return samples
        weight = sample_weight_by_class(
            self.class_weight, self._targets, samples.y, samples.sample_weight
        )
        return replace(samples, sample_weight=weight)

    def _has_labels(self):
        return self._targets.task == "multilabel"

    def _loss(self):
        smoothing = 0.0 if self._has_labels() else self.label_smoothing
        return LogLoss(label_smoothing=smoothing).for_task(self._targets.task)

    def _output(self, y, sample_weight):
        if self._has_labels():
            return LabelProbabilities()
        return Probabilities(len(self.classes_), self.label_smoothing)

    def _strata(self, y):
        return None if self._has_labels() else y

    def _decode(self, means):
        if self._has_labels():
            return (means.T > 0.5).astype(int)
        return self.classes_[np.argmax(means, axis=0)]

    def _score(self, y, means, sample_weight):
        return accuracy_score(y, self._decode(means), sample_weight=sample_weight)

    def predict_proba(self, X):
        """Predict the probabilities of the classes: the mean over the networks.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; for multi-label targets the probability of each label,
            which need not sum to 1.
        """
        return np.ascontiguousarray(self._means(X).T)

    def predict(self, X):
        """Predict the labels: the most probable ones.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix, as in `fit`.
        """
        means = self._means(X)
        return self._targets.like_y(self._decode(means))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class TabularMLPRegressor(RegressorMixin, BaseTabularMLP):
    """Regressor for tables."""

    def __init__(
        self,
        hidden_layer_sizes=recipe.HIDDEN,
        activation="mish",
        *,
        max_iter="auto",
        learning_rate_init=0.2,
        batch_size="auto",
        dropout=0.15,
        weight_decay=0.02,
        n_networks=4,
        embedding="auto",
        categorical_features="from_dtype",
        early_stopping=True,
        validation_fraction=0.125,
        scoring=None,
        random_state=None,
        verbose=False,
    ):
        super().__init__(
            hidden_layer_sizes=hidden_layer_sizes,
            activation=activation,
            max_iter=max_iter,
            learning_rate_init=learning_rate_init,
            batch_size=batch_size,
            dropout=dropout,
            weight_decay=weight_decay,
            n_networks=n_networks,
            embedding=embedding,
            categorical_features=categorical_features,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            scoring=scoring,
            random_state=random_state,
            verbose=verbose,
        )

    def _make_targets(self, y):
        return regression_targets(y)

    def _known_targets(self, y):
        _, y = regression_targets(y)
        self._targets.encode(y)
        return y

    def _weigh_classes(self, samples):
        return samples

    def _loss(self):
        return SquaredError()

    def _output(self, y, sample_weight):
        return Numbers(y, sample_weight)

    def _strata(self, y):
        return None

    def _decode(self, means):
        return self._targets.decode(means)

    def _score(self, y, means, sample_weight):
        return r2_score(y, self._decode(means), sample_weight=sample_weight)

    def predict(self, X):
        """Predict the targets: the mean over the networks.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Within the range of the targets of `fit`.
        """
        means = self._means(X)
        return np.ascontiguousarray(self._decode(means))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
