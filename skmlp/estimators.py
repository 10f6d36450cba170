"""The drop-in estimators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score

from skmlp._base import BaseMLP, has_partial_fit
from skmlp._class_weight import sample_weight_by_class
from skmlp._component import accepts
from skmlp._sklearn import StrOptions, _fit_context, available_if
from skmlp._targets import classification_targets, regression_targets
from skmlp._trainable import Samples
from skmlp._typing import Array, ClassWeight, MatrixLike, Scoring, Seed
from skmlp.activations import Activation
from skmlp.initializers import Initializer
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES, Loss
from skmlp.optimizers import Optimizer
from skmlp.schedules import Schedule


def has_probabilities(estimator):
    """predict_proba exists where the loss of the fit, or else of the parameter, has them."""
    has = estimator._class_attribute("loss", "has_probabilities", default=True)
    if getattr(estimator, "out_activation_", None) == "identity" or not has:
        raise AttributeError(f"loss={estimator.loss!r} has no probabilities.")
    return True


class MLPClassifier(ClassifierMixin, BaseMLP):
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

    activation : str, Activation or list of them, default='relu'
        Activation of the hidden layers, or one for each: 'identity', 'logistic', 'tanh',
        'relu' or another name or object of `skmlp.activations`.

    loss : str or Loss, default='log_loss'
        What is minimized: 'log_loss' or another name or object of `skmlp.losses`.  With
        'categorical_crossentropy', the rows of `y` may be probabilities; with 'hinge' and
        'squared_hinge' there are no probabilities.

    optimizer : str or Optimizer, default='adam'
        How the weights are found: 'adam', 'sgd', 'lbfgs' or another name or object of
        `skmlp.optimizers`.  'lbfgs' takes all samples at once and suits small data sets.

    solver : str or Optimizer, default=None
        The name of `optimizer` in scikit-learn: where it is not None, it counts.
        ``set_params`` of one of the two resets the other.

    alpha : float, default=0.0001
        Strength of the L2 penalty, at least 0.  It is divided by the sum of the sample
        weights of the batch; biases are exempt.

    batch_size : int or {'auto', 'full'}, default='auto'
        Samples per step: 'auto' is ``min(200, n_samples)``, 'full' all of them.  'lbfgs'
        takes all in any case.

    learning_rate : str or Schedule, default='constant'
        How the learning rate changes: 'constant', 'invscaling', 'adaptive' or another name
        or object of `skmlp.schedules`.  By name, 'invscaling' and 'adaptive' have no effect
        on 'adam', as in scikit-learn.

    learning_rate_init : float, default=0.001
        Learning rate at the start, above 0.  Not used by 'lbfgs'.

    power_t : float, default=0.5
        Exponent of the schedule 'invscaling', at least 0.

    max_iter : int, default=200
        Largest number of epochs (passes over the samples), or of iterations of 'lbfgs'.

    shuffle : bool, default=True
        Whether the samples are shuffled before every epoch.  Not used by 'lbfgs'.

    random_state : int, RandomState instance or None, default=None
        Determines the starting weights, the validation split and the order of the samples.
        The same value gives the numbers of scikit-learn's MLP.

    tol : float, default=1e-4
        The training stops after more than `n_iter_no_change` epochs in which the loss, or the
        validation score, did not improve by at least `tol`.  For 'lbfgs', the largest entry
        of the gradient at which it stops.

    verbose : bool or int, default=False
        Whether to print a line per epoch, or iteration of 'lbfgs': loss, validation score
        and time.  Of several networks the best values.

    warm_start : bool, default=False
        Whether ``fit`` starts from the weights of the previous call.

    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].

    nesterovs_momentum : bool, default=True
        Whether 'sgd' uses Nesterov's momentum.

    early_stopping : bool, default=False
        Whether to stop by the validation score and to return the weights of the best epoch.
        Without validation data, `validation_fraction` of the samples is held back; the split
        is stratified, except for multi-label targets, and not made for 'lbfgs', on which
        there is then no effect.

    validation_fraction : float, default=0.1
        Share of the samples that `early_stopping` holds back where `fit` is given no
        validation data, in (0, 1).

    beta_1 : float, default=0.9
        Decay of the gradient's mean in 'adam' and its relatives by name ('amsgrad', 'adamw',
        'adamax', 'nadam', 'radam'), in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of the gradient's square in 'adam' and its relatives, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division in 'adam' and its relatives finite, above 0.

    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement to put up with, at least 1.  Not used by 'lbfgs'.

    max_fun : int, default=15000
        Largest number of loss evaluations of 'lbfgs'.

    output_activation : str or Activation, default='auto'
        The losses of classification have an output activation of their own, so that 'auto'
        is the only value; it is here for the sake of your own losses.

    initializer : str or Initializer, default='auto'
        Rule for the starting weights: 'auto' is scikit-learn's, else a name or object of
        `skmlp.initializers`.

    standardize : bool, default=False
        Whether the inputs have mean 0 and variance 1 while training, by the weighted
        statistics of the training samples.  The scaling is folded back into the weights, so
        that `coefs_` and predictions are for X as it is.  Sparse inputs are scaled, not
        centred.  `partial_fit` keeps the statistics of the first call.

    dropout : float or array-like of shape (n_hidden_layers,), default=0.0
        Probability with which the output of a hidden unit is set to zero in a training step,
        in [0, 1), the same for all layers or one for each.  Predictions use all units.  Not
        for 'lbfgs'.

    class_weight : dict, list of dict or 'balanced', default=None
        Weights of the classes, by which the sample weights are multiplied: classes that are
        not in the dictionary have 1.  'balanced' gives all classes the same total weight; it
        is not for `partial_fit`.  Multi-label targets take a list with a dictionary, of the
        keys 0 and 1, for each label, or 'balanced' for all; the weights of a sample's labels
        are multiplied.

    scoring : str or callable, default=None
        What the validation score is: a name of :func:`sklearn.metrics.get_scorer_names`, a
        callable ``scorer(estimator, X, y)`` (with the keyword `sample_weight` where there
        are weights) that returns a number, or 'loss', the validation loss with its sign
        changed.  None stands for accuracy where scikit-learn has the loss, else for 'loss'.
        A score of NaN is never the best.

    restore_best : bool, default=False
        Whether the weights are those of the best epoch, without early stopping too: by the
        validation score where there are validation data, else by the training loss.

    n_init : int, default=1
        Networks to train, from different starting weights and on the same batches, of which
        the best one is kept, by the validation score or else the training loss.  The first
        is that of ``n_init=1``.  A warm start and `partial_fit` train one network.

    clip_norm : float, default=None
        Bound on the Euclidean norm of the gradient, penalty included, above 0; a longer one
        is shortened to it.  None is no bound.  Not for 'lbfgs'.

    dtype : {'float32', 'float64'} or None, default=None
        Arithmetic of the training; None is that of X.  float32 takes about half the time.
        Fitted weights have the dtype of X all the same.  A warm start and `partial_fit` keep
        the dtype that the weights have.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; the column numbers where `y` has several columns.

    coefs_ : list of ndarray of shape (fan_in, fan_out)
        Weights of each layer.  Together with `intercepts_` they are the fitted model and may
        be set or edited.

    intercepts_ : list of ndarray of shape (fan_out,)
        Biases of each layer.

    activation_params_ : list of ndarray of shape (n_params,)
        What the activation of each hidden layer has learned, as the slope of 'prelu'; a part
        of the model.  Only where there is such an activation.

    loss_ : float
        Loss of the latest epoch, with the penalty.

    best_loss_ : float or None
        Lowest loss; None where the training stops by the validation score.  Not set by
        'lbfgs'.

    loss_curve_ : list of float
        Loss of every epoch, over warm starts too.  Not set by 'lbfgs'.

    validation_scores_ : list of float or None
        Score of every epoch on the validation set, NaN where the model diverged; None without
        validation set.  Not set by 'lbfgs' without one.

    best_validation_score_ : float or None
        Highest of them; None without validation set.  Not set by 'lbfgs' without one.

    history_ : dict of str to ndarray
        One value per epoch, over warm starts and calls of `partial_fit` too, for 'loss',
        'learning_rate', 'seconds' and, with a validation set, 'val_loss' (without the
        penalty) and 'val_score'.  For 'lbfgs' one value per iteration, with 'gradient_norm'
        (Euclidean) instead of 'learning_rate'.

    best_iter_ : int
        The epoch, counted from 1 over all of `history_`, whose weights these are: the best
        one with `early_stopping` or `restore_best`, else the last.

    init_scores_ : ndarray of shape (n_init,)
        What the networks of `fit` were compared by: the validation score, or the training
        loss with its sign changed.  NaN for those that were not trained, as a callback had
        stopped the training.

    n_iter_ : int
        Epochs, or iterations of 'lbfgs', of the latest fit.

    t_ : int
        Training samples seen.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X has names that are all strings.

    n_layers_ : int
        Number of layers, input and output included.

    n_outputs_ : int
        Number of output units.

    layer_sizes_ : ndarray of shape (n_layers,), of int
        Units of each layer: features, hidden units, outputs.

    n_parameters_ : int
        Weights, biases and what activations have learned, together.

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
        **BaseMLP._parameter_constraints,
        "loss": accepts(Loss),
        "class_weight": [None, dict, list, StrOptions({"balanced"})],
    }
    _families = {**BaseMLP._families, "loss": (Loss, CLASSIFICATION_LOSSES)}

    def __init__(
        self,
        hidden_layer_sizes: ArrayLike = (100,),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        *,
        loss: str | Loss = "log_loss",
        optimizer: str | Optimizer = "adam",
        solver: str | Optimizer | None = None,
        alpha: float = 0.0001,
        batch_size: int | Literal["auto", "full"] = "auto",
        learning_rate: str | Schedule = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Seed = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        output_activation: str | Activation = "auto",
        initializer: str | Initializer = "auto",
        standardize: bool = False,
        dropout: ArrayLike = 0.0,
        class_weight: ClassWeight = None,
        scoring: Scoring = None,
        restore_best: bool = False,
        n_init: int = 1,
        clip_norm: float | None = None,
        dtype: Literal["float32", "float64"] | None = None,
    ) -> None:
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
            output_activation=output_activation,
            initializer=initializer,
            standardize=standardize,
            dropout=dropout,
            class_weight=class_weight,
            scoring=scoring,
            restore_best=restore_best,
            n_init=n_init,
            clip_norm=clip_norm,
            dtype=dtype,
        )

    def _make_targets(self, y, going_on, incremental, classes):
        soft = self._class_attribute("loss", "soft_targets")
        targets, y = classification_targets(y, classes, soft)
        if not going_on:
            if incremental and classes is None and y.ndim == 1:
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

    def _weigh_classes(self, samples, incremental):
        if self.class_weight is None:
            return samples
        listed = isinstance(self.class_weight, list)
        if incremental and "balanced" in (
            self.class_weight if listed else [self.class_weight]
        ):
            raise ValueError(
                "class_weight='balanced' is not for partial_fit, which does not see all "
                "samples: give a dictionary, as from sklearn.utils.class_weight."
                "compute_class_weight for a large enough sample."
            )
        weight = sample_weight_by_class(
            self.class_weight, self._targets, samples.y, samples.sample_weight
        )
        return replace(samples, sample_weight=weight)

    def _decode(self, raw):
        return self._targets.decode(raw)

    def _score(self, y, raw, sample_weight):
        labels = self._targets.labels
        return accuracy_score(
            labels(y), labels(self._decode(raw)), sample_weight=sample_weight
        )

    @available_if(has_partial_fit)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
        *,
        X_val: MatrixLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
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

        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation data: loss and score on them are computed after the epoch and kept in
            `history_`.  Needed with `early_stopping`, though the training never stops by
            itself here; with `restore_best`, the model is that of the best call so far.

        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.

        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.

        Raises
        ------
        AttributeError
            If the optimizer takes no steps on mini-batches, as 'lbfgs'.

        TypeError
            If an argument is of a type that is not supported, as labels of several types.

        ValueError
            If an argument or a parameter is wrong, as labels that are not in `classes`, or
            `early_stopping` has no validation data; if the loss is not finite: the message
            has the learning rate, and what to try.

        Warns
        -----
        ConvergenceWarning
            If the loss was not finite, and the weights are those of the best call before, or
            no call had a finite validation score, and they are those of the start
            (`restore_best`).

        DataConversionWarning
            If `y` is a single column, of shape (n_samples, 1).

        UserWarning
            If `batch_size` is larger than the number of samples; if `X` has names of features
            and that of the first call had none, or the other way round.
        """
        validation = Samples(X_val, y_val, sample_weight_val)
        return self._fit(
            Samples(X, y, sample_weight), validation, incremental=True, classes=classes
        )

    def score(
        self, X: MatrixLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy: the share of samples whose labels are all right.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            With the features of `fit`.

        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, an indicator matrix, or where the model was fitted with rows of
            probabilities such rows, of which the largest entry counts.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            From 0 to 1.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.

        ValueError
            If `X` has other features than that of `fit`, or values that are not finite; if `y`
            or `sample_weight` do not go with it; if `coefs_` and `intercepts_` have been
            edited and make no network any more.

        Warns
        -----
        UserWarning
            If `X` has names of features and that of `fit` had none, or the other way round.
        """
        predictions, labels = self.predict(X), self._targets.labels
        return accuracy_score(labels(y), labels(predictions), sample_weight=sample_weight)

    def decision_function(self, X: MatrixLike) -> Array:
        """Return the raw outputs of the network: the logits of the classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            With the features of `fit`.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            With two classes one number, positive for the second.

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
        return self._outputs(
            X, lambda raw: raw[0] if self._targets.task == "binary" else raw.T
        )

    @available_if(has_probabilities)
    def predict_proba(self, X: MatrixLike) -> Array:
        """Predict the probabilities of the classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            With the features of `fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; for multi-label targets the probability of each label,
            which need not sum to 1.

        Raises
        ------
        AttributeError
            If the loss has no probabilities, as 'hinge'.

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
        return self._outputs(X, lambda raw: self._probabilities(raw).T)

    def _probabilities(self, raw):
        p = self._activated(raw)
        return np.concatenate([1 - p, p]) if self._targets.task == "binary" else p

    @available_if(has_probabilities)
    def predict_log_proba(self, X: MatrixLike) -> Array:
        """Predict the logarithms of the probabilities of the classes.

        Where a probability underflows to 0 they are computed from the logits, and finite.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            With the features of `fit`.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.

        Raises
        ------
        AttributeError
            If the loss has no probabilities, as 'hinge'.

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
        return self._outputs(X, lambda raw: self._log_probabilities(raw).T)

    def _log_probabilities(self, raw):
        p = self._probabilities(raw)
        if self._targets.task == "binary":
            raw = np.concatenate([-raw, raw])
        multiclass = self._targets.task == "multiclass"
        log_p = special.log_softmax(raw, axis=0) if multiclass else special.log_expit(raw)
        # Where it can be had, the logarithm of what `predict_proba` returns.
        return np.log(p, out=log_p, where=p > 0)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = not self._class_attribute("loss", "soft_targets")
        return tags


class MLPRegressor(RegressorMixin, BaseMLP):
    """Multi-layer perceptron regressor, a drop-in for scikit-learn's.

    Regression with one or several outputs by a network of fully connected layers.  Every
    parameter, attribute and method of :class:`sklearn.neural_network.MLPRegressor` is there
    under its name, and the same `random_state` gives the same weights up to rounding.

    Parameters
    ----------
    loss : str or Loss, default='squared_error'
        What is minimized: 'squared_error', 'poisson' or another name or object of
        `skmlp.losses`.  With 'poisson' and 'gamma' the network computes the logarithm of the
        mean, and y must not be negative, or be positive.

    hidden_layer_sizes : array-like of int or int, default=(100,)
        Units of each hidden layer, at least 1 each.  With ``()`` there is none: the model is
        linear regression.

    activation : str, Activation or list of them, default='relu'
        Activation of the hidden layers, or one for each: 'identity', 'logistic', 'tanh',
        'relu' or another name or object of `skmlp.activations`.

    optimizer : str or Optimizer, default='adam'
        How the weights are found: 'adam', 'sgd', 'lbfgs' or another name or object of
        `skmlp.optimizers`.  'lbfgs' takes all samples at once and suits small data sets.

    solver : str or Optimizer, default=None
        The name of `optimizer` in scikit-learn: where it is not None, it counts.
        ``set_params`` of one of the two resets the other.

    alpha : float, default=0.0001
        Strength of the L2 penalty, at least 0.  It is divided by the sum of the sample
        weights of the batch; biases are exempt.

    batch_size : int or {'auto', 'full'}, default='auto'
        Samples per step: 'auto' is ``min(200, n_samples)``, 'full' all of them.  'lbfgs'
        takes all in any case.

    learning_rate : str or Schedule, default='constant'
        How the learning rate changes: 'constant', 'invscaling', 'adaptive' or another name
        or object of `skmlp.schedules`.  By name, 'invscaling' and 'adaptive' have no effect
        on 'adam', as in scikit-learn.

    learning_rate_init : float, default=0.001
        Learning rate at the start, above 0.  Not used by 'lbfgs'.

    power_t : float, default=0.5
        Exponent of the schedule 'invscaling', at least 0.

    max_iter : int, default=200
        Largest number of epochs (passes over the samples), or of iterations of 'lbfgs'.

    shuffle : bool, default=True
        Whether the samples are shuffled before every epoch.  Not used by 'lbfgs'.

    random_state : int, RandomState instance or None, default=None
        Determines the starting weights, the validation split and the order of the samples.
        The same value gives the numbers of scikit-learn's MLP.

    tol : float, default=1e-4
        The training stops after more than `n_iter_no_change` epochs in which the loss, or the
        validation score, did not improve by at least `tol`.  For 'lbfgs', the largest entry
        of the gradient at which it stops.

    verbose : bool or int, default=False
        Whether to print a line per epoch, or iteration of 'lbfgs': loss, validation score
        and time.  Of several networks the best values.

    warm_start : bool, default=False
        Whether ``fit`` starts from the weights of the previous call.

    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].

    nesterovs_momentum : bool, default=True
        Whether 'sgd' uses Nesterov's momentum.

    early_stopping : bool, default=False
        Whether to stop by the validation score and to return the weights of the best epoch.
        Without validation data, `validation_fraction` of the samples is held back, but not
        for 'lbfgs', on which there is then no effect.

    validation_fraction : float, default=0.1
        Share of the samples that `early_stopping` holds back where `fit` is given no
        validation data, in (0, 1).

    beta_1 : float, default=0.9
        Decay of the gradient's mean in 'adam' and its relatives by name ('amsgrad', 'adamw',
        'adamax', 'nadam', 'radam'), in [0, 1).

    beta_2 : float, default=0.999
        Decay of the mean of the gradient's square in 'adam' and its relatives, in [0, 1).

    epsilon : float, default=1e-8
        Keeps the division in 'adam' and its relatives finite, above 0.

    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement to put up with, at least 1.  Not used by 'lbfgs'.

    max_fun : int, default=15000
        Largest number of loss evaluations of 'lbfgs'.

    output_activation : str or Activation, default='auto'
        What the outputs go through: 'auto' is that of the loss, the identity for most; 'relu'
        or 'softplus' keep them from being negative, 'logistic' or 'tanh' within bounds.
        Targets outside its range are an error.  'poisson' and 'gamma' have one of their own.

    initializer : str or Initializer, default='auto'
        Rule for the starting weights: 'auto' is scikit-learn's, else a name or object of
        `skmlp.initializers`.

    standardize : bool, default=False
        Whether the inputs, and the targets where the output is the identity, have mean 0 and
        variance 1 while training, by the weighted statistics of the training samples.  The
        scaling is folded back into the weights, so that `coefs_` and predictions are for X
        and y as they are; losses, and hyperparameters such as the delta of Huber's, are in
        standard deviations of y.  Sparse inputs are scaled, not centred.  `partial_fit`
        keeps the statistics of the first call.

    dropout : float or array-like of shape (n_hidden_layers,), default=0.0
        Probability with which the output of a hidden unit is set to zero in a training step,
        in [0, 1), the same for all layers or one for each.  Predictions use all units.  Not
        for 'lbfgs'.

    scoring : str or callable, default=None
        What the validation score is: a name of :func:`sklearn.metrics.get_scorer_names`, a
        callable ``scorer(estimator, X, y)`` (with the keyword `sample_weight` where there
        are weights) that returns a number, or 'loss', the validation loss with its sign
        changed.  None stands for R^2 where scikit-learn has the loss, else for 'loss'.
        A score of NaN is never the best.

    restore_best : bool, default=False
        Whether the weights are those of the best epoch, without early stopping too: by the
        validation score where there are validation data, else by the training loss.

    n_init : int, default=1
        Networks to train, from different starting weights and on the same batches, of which
        the best one is kept, by the validation score or else the training loss.  The first
        is that of ``n_init=1``.  A warm start and `partial_fit` train one network.

    clip_norm : float, default=None
        Bound on the Euclidean norm of the gradient, penalty included, above 0; a longer one
        is shortened to it.  None is no bound.  Not for 'lbfgs'.

    dtype : {'float32', 'float64'} or None, default=None
        Arithmetic of the training; None is that of X.  float32 takes about half the time.
        Fitted weights have the dtype of X all the same.  A warm start and `partial_fit` keep
        the dtype that the weights have.

    Attributes
    ----------
    coefs_ : list of ndarray of shape (fan_in, fan_out)
        Weights of each layer.  Together with `intercepts_` they are the fitted model and may
        be set or edited.

    intercepts_ : list of ndarray of shape (fan_out,)
        Biases of each layer.

    activation_params_ : list of ndarray of shape (n_params,)
        What the activation of each hidden layer has learned, as the slope of 'prelu'; a part
        of the model.  Only where there is such an activation.

    loss_ : float
        Loss of the latest epoch, with the penalty.

    best_loss_ : float or None
        Lowest loss; None where the training stops by the validation score.  Not set by
        'lbfgs'.

    loss_curve_ : list of float
        Loss of every epoch, over warm starts too.  Not set by 'lbfgs'.

    validation_scores_ : list of float or None
        Score of every epoch on the validation set, NaN where the model diverged; None without
        validation set.  Not set by 'lbfgs' without one.

    best_validation_score_ : float or None
        Highest of them; None without validation set.  Not set by 'lbfgs' without one.

    history_ : dict of str to ndarray
        One value per epoch, over warm starts and calls of `partial_fit` too, for 'loss',
        'learning_rate', 'seconds' and, with a validation set, 'val_loss' (without the
        penalty) and 'val_score'.  For 'lbfgs' one value per iteration, with 'gradient_norm'
        (Euclidean) instead of 'learning_rate'.

    best_iter_ : int
        The epoch, counted from 1 over all of `history_`, whose weights these are: the best
        one with `early_stopping` or `restore_best`, else the last.

    init_scores_ : ndarray of shape (n_init,)
        What the networks of `fit` were compared by: the validation score, or the training
        loss with its sign changed.  NaN for those that were not trained, as a callback had
        stopped the training.

    n_iter_ : int
        Epochs, or iterations of 'lbfgs', of the latest fit.

    t_ : int
        Training samples seen.

    n_features_in_ : int
        Number of features.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X has names that are all strings.

    n_layers_ : int
        Number of layers, input and output included.

    n_outputs_ : int
        Number of output units.

    layer_sizes_ : ndarray of shape (n_layers,), of int
        Units of each layer: features, hidden units, outputs.

    n_parameters_ : int
        Weights, biases and what activations have learned, together.

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
        **BaseMLP._parameter_constraints,
        "loss": accepts(Loss),
    }
    _families = {**BaseMLP._families, "loss": (Loss, REGRESSION_LOSSES)}

    def __init__(
        self,
        loss: str | Loss = "squared_error",
        hidden_layer_sizes: ArrayLike = (100,),
        activation: str | Activation | Sequence[str | Activation] = "relu",
        *,
        optimizer: str | Optimizer = "adam",
        solver: str | Optimizer | None = None,
        alpha: float = 0.0001,
        batch_size: int | Literal["auto", "full"] = "auto",
        learning_rate: str | Schedule = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Seed = None,
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        output_activation: str | Activation = "auto",
        initializer: str | Initializer = "auto",
        standardize: bool = False,
        dropout: ArrayLike = 0.0,
        scoring: Scoring = None,
        restore_best: bool = False,
        n_init: int = 1,
        clip_norm: float | None = None,
        dtype: Literal["float32", "float64"] | None = None,
    ) -> None:
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
            output_activation=output_activation,
            initializer=initializer,
            standardize=standardize,
            dropout=dropout,
            scoring=scoring,
            restore_best=restore_best,
            n_init=n_init,
            clip_norm=clip_norm,
            dtype=dtype,
        )

    def _make_targets(self, y, going_on, incremental, classes):
        targets, y = regression_targets(y)
        return (self._targets if going_on else targets), y

    def _decode(self, raw):
        return self._targets.decode(self._activated(raw))

    def _score(self, y, raw, sample_weight):
        prediction = self._decode(raw)
        if not np.isfinite(prediction).all():
            return np.nan
        return r2_score(y, prediction, sample_weight=sample_weight)

    @available_if(has_partial_fit)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: MatrixLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: MatrixLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch, going on from the earlier calls.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training data.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative; None stands for ones.

        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Validation data: loss and score on them are computed after the epoch and kept in
            `history_`.  Needed with `early_stopping`, though the training never stops by
            itself here; with `restore_best`, the model is that of the best call so far.

        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.

        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights.

        Returns
        -------
        self : object
            The fitted estimator.  If an error is raised, it stays as it was.

        Raises
        ------
        AttributeError
            If the optimizer takes no steps on mini-batches, as 'lbfgs'.

        TypeError
            If an argument is of a type that is not supported, as a sparse `y`.

        ValueError
            If an argument or a parameter is wrong, as another number of outputs than before,
            or `early_stopping` has no validation data; if the loss is not finite: the message
            has the learning rate, and what to try.

        Warns
        -----
        ConvergenceWarning
            If the loss was not finite, and the weights are those of the best call before, or
            no call had a finite validation score, and they are those of the start
            (`restore_best`).

        DataConversionWarning
            If `y` is a single column, of shape (n_samples, 1).

        UserWarning
            If `batch_size` is larger than the number of samples; if `X` has names of features
            and that of the first call had none, or the other way round.
        """
        validation = Samples(X_val, y_val, sample_weight_val)
        return self._fit(Samples(X, y, sample_weight), validation, incremental=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        positive = self._class_attribute("loss", "positive_targets")
        tags.target_tags.positive_only = positive
        # Several outputs are fine in any case, but scikit-learn tests those that say so
        # with negative targets.
        tags.target_tags.multi_output = not positive
        return tags
