"""The tabular estimators: a DataFrame in, the accuracy of gradient boosting out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp import _recipe as recipe
from skmlp._class_weight import sample_weight_by_class
from skmlp._component import accepts
from skmlp._configuration import Configured
from skmlp._encoding import check_table
from skmlp._ensemble import LabelProbabilities, Probabilities, StandardizedNumbers
from skmlp._sklearn import Interval, RealNotInt, StrOptions, _fit_context
from skmlp._tabular_fitting import TabularFit, mean_history
from skmlp._targets import classification_targets, regression_targets
from skmlp._trainable import Samples, Trainable
from skmlp._typing import Array, ClassWeight, Scoring, Seed
from skmlp._validation import check_unmasked
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

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            Training data: numbers, booleans, categories and text, with missing values.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets: labels, an indicator matrix of 0 and 1, or numbers; none missing.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.  A sample with weight 0
            is as one that is not there, but for the checks: its values must be valid.

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
            values, or there are no targets, weights or columns that go with the others; if a
            parameter is wrong; if the loss of a network is not finite in an epoch.

        Warns
        -----
        ConvergenceWarning
            If the loss of a network was not finite, and its weights are those of the best
            epoch before (`early_stopping`); if a network had no finite validation score in
            any epoch.

        DataConversionWarning
            If `y` is a single column, of shape (n_samples, 1).

        UserWarning
            If a column has no values at all; if one of `X` and `X_val` has names of columns
            and the other has none; if the user has interrupted the training, and the model is
            what there was by then.
        """
        return self._fit(
            Samples(X, y, sample_weight), Samples(X_val, y_val, sample_weight_val)
        )

    def _prepare(self, given, validation):
        """Check parameters and samples, and return what there is to do."""
        self._check_scoring()
        self._forget("_model", *(name for name in vars(self) if name.endswith("_")))
        samples = self._check_samples(given, reset=True)
        self._targets, y = self._make_targets(samples.y)
        samples = self._weigh_classes(replace(samples, y=y))
        return TabularFit(self, samples, self._check_validation(validation))

    def _store(self, fit, outcomes):
        """Set the fitted attributes."""
        self._model = replace(fit.ensemble, members=fit.members(outcomes))
        self.is_categorical_ = self._model.encoder.is_categorical
        self.n_outputs_ = self._targets.n_outputs
        self.history_ = mean_history([outcome.history for outcome in outcomes])
        self.n_iter_ = len(self.history_["loss"])
        self.network_best_iters_ = np.array([outcome.best_iter for outcome in outcomes])
        self.network_scores_ = np.array([outcome.score for outcome in outcomes])

    @property
    def loss_(self) -> float:
        return float(self.history_["loss"][-1])

    @property
    def layer_sizes_(self) -> Array:
        return np.array(self._model.network.sizes)

    @property
    def n_parameters_(self) -> int:
        return sum(vector.size for vectors in self._model.members for vector in vectors)

    def _check_outcomes(self, fit, outcomes):
        fit.check_finite(outcomes)
        if not self.network_best_iters_.all():
            warnings.warn(
                "A network had no finite validation score in any epoch: it has the weights of "
                "the last. scoring='loss' is finite for every part of the samples.",
                ConvergenceWarning,
                stacklevel=2,
            )

    def _known_targets(self, y):
        _, y = self._make_targets(y)
        self._targets.encode(y)  # which names what is wrong with y
        return y

    def _check_X(self, X, y, reset, name):
        X = check_table(X, name)
        validate_data(self, X, y, reset=reset, skip_check_array=True)
        return X

    @np.errstate(under="ignore")
    def _means(self, X):
        """Probabilities or numbers, of shape (n_columns, n_samples)."""
        check_is_fitted(self)
        check_unmasked(X, "X")
        return self._model.predict(self._check_X(X, "no_validation", False, "X"))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


class TabularMLPClassifier(ClassifierMixin, BaseTabularMLP):
    """Classifier for tables: a DataFrame in, with no preprocessing and no tuning.

    Binary, multi-class and multi-label classification of columns of numbers, booleans,
    categories and text, with missing values, at any scale.  Several networks are trained on
    different parts of the samples, and their probabilities are averaged.  The defaults are
    those of a recipe, which follows RealMLP [1]_.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int or int, default=(128, 128, 128)
        Units of each hidden layer, at least 1 each.

    activation : str, Activation or list of them, default='mish'
        Activation of the hidden layers, or one for each: a name or object of
        `skmlp.activations`.

    max_iter : int or 'auto', default='auto'
        Epochs (passes over the samples).  'auto' is at least 48, and for small data sets as
        many as make 1000 steps, but not more than 200.  All of them are run: the learning
        rate follows a schedule over the whole training.

    learning_rate_init : float, default=0.04
        The largest learning rate, above 0.  Weights of a layer have it divided by the square
        root of the layer's inputs.

    batch_size : int or 'auto', default='auto'
        Samples per step: 'auto' is about 256, fewer for less than 3000 samples.

    dropout : float or array-like of shape (n_hidden_layers,), default=0.15
        Probability with which the output of a hidden unit is set to zero in a training step,
        in [0, 1), the same for all layers or one for each.

    weight_decay : float, default=0.02
        Decoupled weight decay, at least 0, as in :class:`skmlp.optimizers.AdamW`.

    label_smoothing : float, default=0.1
        Share of each label that is spread over all classes while training, in [0, 1).  It is
        taken back in `predict_proba`.  Not used for multi-label targets.

    n_networks : int, default=6
        Networks to train and to average: time and memory of fit and prediction are in
        proportion.  Each holds back another part of the samples.

    embedding : {'auto', 'periodic'} or None, default='auto'
        Whether numbers go in as learned periodic functions of themselves too.  'auto' does
        so for up to 300 columns of numbers.

    categorical_features : array-like of {bool, int, str} or None, default='from_dtype'
        Columns that are categories: by dtype (the category dtypes of pandas and polars, and
        text), by a mask, by indices, by names, or none.  Columns of booleans always are.

    class_weight : dict, 'balanced', list of dict or None, default=None
        Weights of the classes, which multiply the sample weights: a dictionary from labels to
        weights (1 for labels that it lacks), or 'balanced' for equal weight of all classes.
        For multi-label targets a list of dictionaries, one for each label, whose weights are
        multiplied.

    early_stopping : bool, default=True
        Whether each network holds back a part of the samples and returns to the epoch that was
        best on it, by `scoring`; of equal ones the last.  With validation data in `fit`,
        nothing is held back and they are used instead.  If False, and without validation data,
        all samples are trained on and the last epoch counts.

    validation_fraction : float, default=0.125
        Share of the samples that each network holds back, in (0, 0.5].  The samples are split
        into ``round(1 / validation_fraction)`` folds, stratified by class, of which each
        network holds back the next: with 0.4 a half.

    scoring : str or callable, default=None
        What epochs are compared by: a name of :func:`sklearn.metrics.get_scorer_names`, a
        callable ``scorer(estimator, X, y)`` (with the keyword `sample_weight` where there
        are weights; X has the columns as they are encoded), or 'loss', the validation loss
        with its sign changed.  None stands for accuracy, and for multi-label targets for
        'loss'.  Scores that need all classes, as 'neg_log_loss', are an error where a part
        that is held back lacks one; 'loss' is not.

    random_state : int, RandomState instance or None, default=None
        Determines the folds, the starting weights and the order of the samples.

    verbose : bool or int, default=False
        Whether to print a line per epoch, with means over the networks.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, or the indices of the columns of multi-label targets.

    is_categorical_ : ndarray of shape (n_features,), of bool
        Which columns are categories.

    history_ : dict of str to ndarray of shape (n_epochs,)
        Means over the networks for every epoch: 'loss', 'learning_rate' and, with validation,
        'val_loss' and 'val_score'; 'seconds' is a sum.  Losses are of smoothed labels.

    network_scores_ : ndarray of shape (n_networks,)
        The validation score of each network at its best epoch; without validation the
        training loss with its sign changed.

    network_best_iters_ : ndarray of shape (n_networks,), of int
        That epoch, counted from 1; without validation the last.

    n_iter_ : int
        Epochs.

    loss_ : float
        Training loss of the last epoch, the mean over the networks.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where X has names that are all strings.

    n_outputs_ : int
        Number of output units of a network.

    layer_sizes_ : ndarray of shape (n_layers,), of int
        Units of each layer of a network: inputs, which are more than the columns where
        these are embedded, hidden units, outputs.

    n_parameters_ : int
        Numbers that all networks have learned, together.  Networks that predict with the
        weights of two epochs count twice.

    See Also
    --------
    TabularMLPRegressor : The same for numbers.
    MLPClassifier : A single network for arrays, with every choice open.
    sklearn.ensemble.HistGradientBoostingClassifier : Gradient boosting.

    Notes
    -----
    What becomes of each kind of column:

    * numbers are scaled by median and quartiles and clipped smoothly to (-3, 3); missing ones
      become the median, with a column that says where;
    * categories of two levels become -1 and 1, of up to 8 a column for each level, of more a
      learned vector; levels that `fit` has not seen are treated as missing ones;
    * columns without variation are left out.

    Probabilities are averaged after the smoothing of labels has been taken back.

    References
    ----------
    .. [1] Holzmueller, Grinsztajn and Steinwart (2024), "Better by default: strong pre-tuned
       MLPs and boosted trees on tabular data".

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp import TabularMLPClassifier
    >>> rng = np.random.default_rng(0)
    >>> colour = rng.choice(["red", "green", "blue"], 200)
    >>> size = rng.lognormal(size=200)
    >>> X = np.array([colour, np.where(size > 5, None, size)], dtype=object).T
    >>> y = np.where((colour == "red") == (size > 1), "yes", "no")
    >>> clf = TabularMLPClassifier(n_networks=2, random_state=0).fit(X[:150], y[:150])
    >>> clf.is_categorical_
    array([ True, False])
    >>> clf.predict([["red", 3.0], ["green", 3.0], ["violet", None]])
    array(['yes', 'no', ...
    >>> clf.score(X[150:], y[150:])
    0.9...
    """

    _parameter_constraints = {
        **BaseTabularMLP._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "class_weight": [None, dict, list, StrOptions({"balanced"})],
    }

    def __init__(
        self,
        hidden_layer_sizes: ArrayLike = recipe.HIDDEN,
        activation: str | Activation | Sequence[str | Activation] = "mish",
        *,
        max_iter: int | Literal["auto"] = "auto",
        learning_rate_init: float = 0.04,
        batch_size: int | Literal["auto"] = "auto",
        dropout: ArrayLike = 0.15,
        weight_decay: float = 0.02,
        label_smoothing: float = 0.1,
        n_networks: int = 6,
        embedding: Literal["auto", "periodic"] | None = "auto",
        categorical_features: ArrayLike | None = "from_dtype",
        class_weight: ClassWeight = None,
        early_stopping: bool = True,
        validation_fraction: float = 0.125,
        scoring: Scoring = None,
        random_state: Seed = None,
        verbose: bool | int = False,
    ) -> None:
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

    @property
    def classes_(self) -> Array:
        return self._targets.classes

    def _make_targets(self, y):
        return classification_targets(y)

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
        return Probabilities(len(self._targets.classes), self.label_smoothing)

    def _strata(self, y):
        return None if self._has_labels() else y

    def _decode(self, means):
        if self._has_labels():
            return (means.T > 0.5).astype(int)
        return self._targets.classes[np.argmax(means, axis=0)]

    def _score(self, y, means, sample_weight):
        return accuracy_score(y, self._decode(means), sample_weight=sample_weight)

    def predict_proba(self, X: ArrayLike) -> Array:
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

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        TypeError
            If `X` is sparse, or has a column of dates, of complex numbers or of other objects.

        ValueError
            If `X` has other columns than that of `fit`, or text or infinite numbers in a
            column of numbers.

        Warns
        -----
        UserWarning
            If `X` has names of columns and that of `fit` had none, or the other way round.
        """
        return np.ascontiguousarray(self._means(X).T)

    def predict(self, X: ArrayLike) -> Array:
        """Predict the labels: the most probable ones.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels, or an indicator matrix, as in `fit`.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        TypeError
            If `X` is sparse, or has a column of dates, of complex numbers or of other objects.

        ValueError
            If `X` has other columns than that of `fit`, or text or infinite numbers in a
            column of numbers.

        Warns
        -----
        UserWarning
            If `X` has names of columns and that of `fit` had none, or the other way round.
        """
        means = self._means(X)
        return self._targets.like_y(self._decode(means))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class TabularMLPRegressor(RegressorMixin, BaseTabularMLP):
    """Regressor for tables: a DataFrame in, with no preprocessing and no tuning.

    Regression of one or several outputs on columns of numbers, booleans, categories and
    text, with missing values, at any scale.  Several networks are trained on different
    parts of the samples, and their predictions are averaged.  The defaults are those of a
    recipe, which follows RealMLP [1]_.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int or int, default=(128, 128, 128)
        Units of each hidden layer, at least 1 each.

    activation : str, Activation or list of them, default='mish'
        Activation of the hidden layers, or one for each: a name or object of
        `skmlp.activations`.

    max_iter : int or 'auto', default='auto'
        Epochs (passes over the samples).  'auto' is at least 96, and for small data sets as
        many as make 2000 steps, but not more than 400.  All of them are run: the learning
        rate follows a schedule over the whole training.

    learning_rate_init : float, default=0.2
        The largest learning rate, above 0.  Weights of a layer have it divided by the square
        root of the layer's inputs.

    batch_size : int or 'auto', default='auto'
        Samples per step: 'auto' is about 256, fewer for less than 3000 samples.

    dropout : float or array-like of shape (n_hidden_layers,), default=0.15
        Probability with which the output of a hidden unit is set to zero in a training step,
        in [0, 1), the same for all layers or one for each.

    weight_decay : float, default=0.02
        Decoupled weight decay, at least 0, as in :class:`skmlp.optimizers.AdamW`.

    n_networks : int, default=6
        Networks to train and to average: time and memory of fit and prediction are in
        proportion.  Each holds back another part of the samples.

    embedding : {'auto', 'periodic'} or None, default='auto'
        Whether numbers go in as learned periodic functions of themselves too.  'auto' does
        so for up to 300 columns of numbers.

    categorical_features : array-like of {bool, int, str} or None, default='from_dtype'
        Columns that are categories: by dtype (the category dtypes of pandas and polars, and
        text), by a mask, by indices, by names, or none.  Columns of booleans always are.

    early_stopping : bool, default=True
        Whether each network holds back a part of the samples and returns to the epoch that was
        best on it, by `scoring`; of equal ones the last.  With validation data in `fit`,
        nothing is held back and they are used instead.  If False, and without validation data,
        all samples are trained on and the last epoch counts.

    validation_fraction : float, default=0.125
        Share of the samples that each network holds back, in (0, 0.5].  The samples are split
        into ``round(1 / validation_fraction)`` folds, of which each network holds back the
        next: with 0.4 a half.

    scoring : str or callable, default=None
        What epochs are compared by: a name of :func:`sklearn.metrics.get_scorer_names`, a
        callable ``scorer(estimator, X, y)`` (with the keyword `sample_weight` where there
        are weights; X has the columns as they are encoded), or 'loss', the validation loss
        with its sign changed.  None stands for R^2.

    random_state : int, RandomState instance or None, default=None
        Determines the folds, the starting weights and the order of the samples.

    verbose : bool or int, default=False
        Whether to print a line per epoch, with means over the networks.

    Attributes
    ----------
    is_categorical_ : ndarray of shape (n_features,), of bool
        Which columns are categories.

    history_ : dict of str to ndarray of shape (n_epochs,)
        Means over the networks for every epoch: 'loss', 'learning_rate' and, with validation,
        'val_loss' and 'val_score'; 'seconds' is a sum.  Losses are of standardized targets.

    network_scores_ : ndarray of shape (n_networks,)
        The validation score of each network at its best epoch; without validation the
        training loss with its sign changed.

    network_best_iters_ : ndarray of shape (n_networks,), of int
        That epoch, counted from 1; without validation the last.

    n_iter_ : int
        Epochs.

    loss_ : float
        Training loss of the last epoch, the mean over the networks.

    n_features_in_ : int
        Number of columns.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where X has names that are all strings.

    n_outputs_ : int
        Number of output units of a network.

    layer_sizes_ : ndarray of shape (n_layers,), of int
        Units of each layer of a network: inputs, which are more than the columns where
        these are embedded, hidden units, outputs.

    n_parameters_ : int
        Numbers that all networks have learned, together.  Networks that predict with the
        weights of two epochs count twice.

    See Also
    --------
    TabularMLPClassifier : The same for classes.
    MLPRegressor : A single network for arrays, with every choice open.
    sklearn.ensemble.HistGradientBoostingRegressor : Gradient boosting.

    Notes
    -----
    What becomes of each kind of column:

    * numbers are scaled by median and quartiles and clipped smoothly to (-3, 3); missing ones
      become the median, with a column that says where;
    * categories of two levels become -1 and 1, of up to 8 a column for each level, of more a
      learned vector; levels that `fit` has not seen are treated as missing ones;
    * columns without variation are left out.

    Predictions stay within the range of the targets of `fit`.

    References
    ----------
    .. [1] Holzmueller, Grinsztajn and Steinwart (2024), "Better by default: strong pre-tuned
       MLPs and boosted trees on tabular data".

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp import TabularMLPRegressor
    >>> rng = np.random.default_rng(0)
    >>> colour = rng.choice(["red", "green", "blue"], 200)
    >>> size = rng.lognormal(size=200)
    >>> X = np.array([colour, size], dtype=object).T
    >>> y = 1e6 * np.where(colour == "red", np.log(size), 0)
    >>> reg = TabularMLPRegressor(n_networks=2, random_state=0).fit(X[:150], y[:150])
    >>> reg.predict([["red", 2.0], ["blue", 2.0]]).round(-5)
    array([...
    >>> reg.score(X[150:], y[150:])
    0.9...
    """

    def __init__(
        self,
        hidden_layer_sizes: ArrayLike = recipe.HIDDEN,
        activation: str | Activation | Sequence[str | Activation] = "mish",
        *,
        max_iter: int | Literal["auto"] = "auto",
        learning_rate_init: float = 0.2,
        batch_size: int | Literal["auto"] = "auto",
        dropout: ArrayLike = 0.15,
        weight_decay: float = 0.02,
        n_networks: int = 6,
        embedding: Literal["auto", "periodic"] | None = "auto",
        categorical_features: ArrayLike | None = "from_dtype",
        early_stopping: bool = True,
        validation_fraction: float = 0.125,
        scoring: Scoring = None,
        random_state: Seed = None,
        verbose: bool | int = False,
    ) -> None:
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

    def _weigh_classes(self, samples):
        return samples

    def _loss(self):
        return SquaredError()

    def _output(self, y, sample_weight):
        return StandardizedNumbers(y, sample_weight)

    def _strata(self, y):
        return None

    def _decode(self, means):
        return self._targets.decode(means)

    def _score(self, y, means, sample_weight):
        return r2_score(y, self._decode(means), sample_weight=sample_weight)

    def predict(self, X: ArrayLike) -> Array:
        """Predict the targets: the mean over the networks.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Within the range of the targets of `fit`.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        TypeError
            If `X` is sparse, or has a column of dates, of complex numbers or of other objects.

        ValueError
            If `X` has other columns than that of `fit`, or text or infinite numbers in a
            column of numbers.

        Warns
        -----
        UserWarning
            If `X` has names of columns and that of `fit` had none, or the other way round.
        """
        means = self._means(X)
        return np.ascontiguousarray(self._decode(means))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
