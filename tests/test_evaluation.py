"""Validation data, the score on them, the weights of the best epoch, what is recorded."""

import copy
import pickle
import re

import joblib
import numpy as np
import pytest
import sklearn
from samples import HELD, INDICATORS, LABELS, NAMES, WEIGHTS, X_REG, Y_REG, X
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import (
    accuracy_score,
    get_scorer,
    log_loss,
    make_scorer,
    mean_poisson_deviance,
    mean_squared_error,
)
from sklearn.model_selection import GridSearchCV, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor
from skmlp.initializers import Given
from skmlp.losses import (
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    LogLoss,
    Poisson,
    SquaredError,
)
from skmlp.schedules import Schedule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])

SOFT = 0.7 * np.eye(3)[LABELS] + 0.1
TWO = np.stack([Y_REG, X_REG[:, 0]], axis=1)


def small(Estimator, **parameters):
    return Estimator(
        **{"hidden_layer_sizes": (5,), "max_iter": 4, "random_state": 0, **parameters}
    )


def parts(X, y, weights=None):
    """Two thirds to train on, and a third as the arguments for validation."""

    def take(array, rows):
        return array if array is None else getattr(array, "iloc", array)[rows]

    training = tuple(take(array, ~HELD) for array in (X, y, weights))
    names = ("X_val", "y_val", "sample_weight_val")
    held = {name: take(a, HELD) for name, a in zip(names, (X, y, weights), strict=True)}
    return training, held


# name: (class, its parameters, X, y)
TASKS = {
    "two names": (MLPClassifier, {}, X, np.where(LABELS == 1, "yes", "no")),
    "three names": (MLPClassifier, {}, X, NAMES),
    "truth values": (MLPClassifier, {}, X, LABELS == 1),
    "labels": (MLPClassifier, {}, X, INDICATORS),
    "sparse labels": (MLPClassifier, {}, X, sparse.csr_array(INDICATORS)),
    "probabilities": (MLPClassifier, {"loss": "categorical_crossentropy"}, X, SOFT),
    "hinge": (MLPClassifier, {"loss": "hinge"}, X, LABELS == 1),
    "sparse X": (MLPClassifier, {}, sparse.csr_array(X), LABELS),
    "columns of sparse X": (MLPClassifier, {}, sparse.csc_array(X), LABELS),
    "a number": (MLPRegressor, {}, X_REG, Y_REG),
    "two numbers": (MLPRegressor, {}, X_REG, TWO),
    "counts": (MLPRegressor, {"loss": "poisson"}, X_REG, np.round(np.exp(Y_REG))),
    "huber": (MLPRegressor, {"loss": "huber"}, X_REG, Y_REG),
}
tasks = pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
LIKE_SCIKIT_LEARN = {"log_loss", "squared_error", "poisson"}

WAYS = {
    "adam": {},
    "sgd": {"optimizer": "sgd", "batch_size": 20, "learning_rate": "adaptive"},
    "lbfgs": {"optimizer": "lbfgs"},
    "standardize": {"standardize": True},
    "dropout": {"dropout": 0.3},
    "no hidden layer": {"hidden_layer_sizes": ()},
}
ways = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)


# --- validation data that are given --------------------------------------------------------


@tasks
@ways
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
def test_validation_data_are_monitored_and_change_nothing(task, way, weights):
    Estimator, parameters, X, y = task
    training, held = parts(X, y, weights)
    model = small(Estimator, **parameters, **way).fit(*training, **held)
    plain = small(Estimator, **parameters, **way).fit(*training)
    for ours, expected in zip(model.coefs_, plain.coefs_, strict=True):
        np.testing.assert_array_equal(ours, expected)
    history = model.history_
    assert history.keys() - plain.history_.keys() == {"val_loss", "val_score"}
    assert {len(values) for values in history.values()} == {model.n_iter_}
    assert model.validation_scores_ == history["val_score"].tolist()
    if model.loss in LIKE_SCIKIT_LEARN:
        expected = model.score(*held.values())
    else:
        expected = -history["val_loss"][-1]
    np.testing.assert_allclose(history["val_score"][-1], expected, rtol=1e-9)


def label_loss(model, X, y, weight):
    probabilities = model.predict_proba(X)
    return sum(
        log_loss(y[:, i], probabilities[:, i], sample_weight=weight) for i in range(y.shape[1])
    )


def class_loss(model, X, y, weight):
    return log_loss(y, model.predict_proba(X), sample_weight=weight, labels=model.classes_)


def half_square(model, X, y, weight):
    return mean_squared_error(y, model.predict(X), sample_weight=weight) / 2


def half_deviance(model, X, y, weight):
    return mean_poisson_deviance(y, model.predict(X), sample_weight=weight) / 2


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("two names", class_loss),
        ("three names", class_loss),
        ("sparse X", class_loss),
        ("labels", label_loss),
        ("a number", half_square),
        ("two numbers", half_square),
        ("counts", half_deviance),
    ],
)
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_val_loss_is_the_weighted_mean_without_the_penalty(name, loss, optimizer):
    Estimator, parameters, X, y = TASKS[name]
    training, held = parts(X, y, WEIGHTS)
    model = small(Estimator, **parameters, optimizer=optimizer, alpha=10)
    model.fit(*training, **held)
    expected = loss(model, *held.values())
    np.testing.assert_allclose(model.history_["val_loss"][-1], expected, rtol=1e-9)


@tasks
@pytest.mark.parametrize("scoring", [None, "loss"])
def test_weights_of_the_validation_data_are_repetitions(task, scoring):
    Estimator, parameters, X, y = task
    training, held = parts(X, y)
    weights = np.arange(50) % 3  # some are zero: these samples do not count
    rows = np.repeat(np.arange(50), weights)
    weighted, repeated = (small(Estimator, scoring=scoring, **parameters) for _ in range(2))
    weighted.fit(*training, **{**held, "sample_weight_val": weights})
    repeated.fit(*training, X_val=held["X_val"][rows], y_val=held["y_val"][rows])
    for name in ("val_loss", "val_score"):
        np.testing.assert_allclose(
            weighted.history_[name], repeated.history_[name], rtol=1e-9, err_msg=name
        )


def test_the_weights_of_classes_are_not_for_given_validation_data():
    training, held = parts(X, LABELS)
    weighted = small(MLPClassifier, class_weight={0: 5}).fit(*training, **held)
    weights = np.where(training[1] == 0, 5, 1)
    plain = small(MLPClassifier).fit(*training[:2], weights, **held)
    np.testing.assert_allclose(
        weighted.history_["val_loss"], plain.history_["val_loss"], rtol=1e-12
    )


@kinds
@pytest.mark.parametrize("names", [True, False])
def test_data_frames(Estimator, names):
    pd = pytest.importorskip("pandas")
    columns = list("abcd") if names else None
    frames = parts(pd.DataFrame(X, columns=columns), pd.Series(LABELS))
    arrays = parts(X, LABELS)
    for parameters in ({}, {"scoring": "neg_mean_squared_error", "early_stopping": True}):
        (training, held), (training_array, held_array) = frames, arrays
        model = small(Estimator, **parameters).fit(*training, **held)
        same = small(Estimator, **parameters).fit(*training_array, **held_array)
        assert model.validation_scores_ == same.validation_scores_
        assert hasattr(model, "feature_names_in_") == names


def test_a_column_of_y_val_is_raveled_with_a_warning():
    training, held = parts(X, LABELS)
    expected = small(MLPClassifier).fit(*training, **held).validation_scores_
    held["y_val"] = held["y_val"][:, None]
    with pytest.warns(sklearn.exceptions.DataConversionWarning):
        model = small(MLPClassifier).fit(*training, **held)
    assert model.validation_scores_ == expected


def test_formats_may_differ_between_training_and_validation_data():
    training, held = parts(X, INDICATORS)
    expected = small(MLPClassifier).fit(*training, **held).history_["val_loss"]
    for to_sparse in (sparse.csr_array, sparse.csc_array, sparse.coo_array):
        mixed = {"X_val": to_sparse(held["X_val"]), "y_val": to_sparse(held["y_val"])}
        got = small(MLPClassifier).fit(*training, **mixed).history_["val_loss"]
        np.testing.assert_allclose(got, expected, rtol=1e-12)
    lists = {"X_val": held["X_val"].tolist(), "y_val": held["y_val"].tolist()}
    got = small(MLPClassifier).fit(*training, **lists).history_["val_loss"]
    np.testing.assert_array_equal(got, expected)


def test_one_sample_is_enough_for_a_score_that_is_defined():
    for y in (NAMES, INDICATORS):
        model = small(MLPClassifier, early_stopping=True)
        model.fit(X, y, X_val=X[:1], y_val=y[:1])
        assert set(model.validation_scores_) <= {0.0, 1.0}
    model = small(MLPRegressor, early_stopping=True, scoring="loss")
    model.fit(X_REG, Y_REG, X_val=X_REG[:1], y_val=Y_REG[:1])
    assert model.best_validation_score_ == -model.history_["val_loss"].min()


def test_not_all_classes_need_be_in_the_validation_data():
    model = small(MLPClassifier).fit(X, NAMES, X_val=X[:9], y_val=NAMES[:9])
    assert model.history_["val_score"][-1] == model.score(X[:9], NAMES[:9])


# --- early stopping ------------------------------------------------------------------------

STOPPING = {
    "adam": (MLPClassifier, {"learning_rate_init": 0.05}),
    "sgd": (MLPRegressor, {"optimizer": "sgd", "learning_rate_init": 0.1}),
    "lbfgs": (MLPRegressor, {"optimizer": "lbfgs"}),
    "loss": (MLPClassifier, {"learning_rate_init": 0.1, "scoring": "loss"}),
    "another loss": (MLPRegressor, {"learning_rate_init": 0.1, "loss": "huber"}),
    "a scorer": (MLPRegressor, {"scoring": "neg_mean_absolute_error"}),
    "lbfgs by loss": (MLPClassifier, {"optimizer": "lbfgs", "scoring": "loss"}),
    "standardize": (MLPRegressor, {"standardize": True, "learning_rate_init": 0.1}),
}
stopping = pytest.mark.parametrize(
    ("Estimator", "parameters"), STOPPING.values(), ids=STOPPING
)


def epochs_to_plateau(scores, tol, n_iter_no_change):
    """The epoch with the first plateau, counted from 1, or None."""
    best, stale = -np.inf, 0
    for epoch, score in enumerate(scores, start=1):
        stale = 0 if score >= best + tol else stale + 1
        best = max(best, score)
        if stale > n_iter_no_change:
            return epoch
    return None


@stopping
def test_early_stopping_by_given_data(Estimator, parameters):
    training, held = parts(X, LABELS)
    model = small(
        Estimator, **parameters, early_stopping=True, max_iter=150, n_iter_no_change=3
    )
    model.fit(*training, **held)
    scores = model.validation_scores_
    stopped = epochs_to_plateau(scores, model.tol, 3)
    assert model.n_iter_ == len(scores) == (stopped or len(scores))
    if parameters.get("optimizer") != "lbfgs":
        assert stopped or model.n_iter_ == 150
        assert model.t_ == model.n_iter_ * len(training[0])  # nothing was split off
        assert model.best_loss_ is None
    assert model.best_validation_score_ == max(scores)
    assert model.best_iter_ == 1 + np.argmax(scores)
    scorer = get_scorer(model.scoring) if "neg" in str(model.scoring) else None
    if scorer or (model.scoring is None and model.loss in LIKE_SCIKIT_LEARN):
        score = (scorer or Estimator.score)(model, held["X_val"], held["y_val"])
        np.testing.assert_allclose(score, max(scores), rtol=1e-9)


@stopping
@pytest.mark.parametrize("n_iter_no_change", [1, 4])
def test_a_score_that_never_improves_enough_stops(Estimator, parameters, n_iter_no_change):
    training, held = parts(X, LABELS)
    if parameters.get("optimizer") == "lbfgs":  # whose tol is another matter as well
        parameters = {**parameters, "scoring": lambda estimator, X, y: 0.5, "tol": 1e-9}
    else:
        parameters = {**parameters, "tol": 1e9}
    model = small(Estimator, **parameters, early_stopping=True, max_iter=50)
    model.set_params(n_iter_no_change=n_iter_no_change).fit(*training, **held)
    assert model.n_iter_ == n_iter_no_change + 2


@stopping
def test_no_patience_is_lost_with_infinite_patience(Estimator, parameters):
    training, held = parts(X, LABELS)
    model = small(Estimator, **parameters, early_stopping=True, max_iter=30)
    model.set_params(n_iter_no_change=np.inf, tol=1e-9).fit(*training, **held)
    assert model.n_iter_ == 30


@stopping
def test_a_single_epoch(Estimator, parameters):
    training, held = parts(X, LABELS)
    model = small(Estimator, **parameters, early_stopping=True, max_iter=1)
    model.fit(*training, **held)
    assert model.n_iter_ == model.best_iter_ == len(model.validation_scores_) == 1


@pytest.mark.parametrize("name", ["three names", "labels", "a number", "two numbers"])
def test_the_automatic_part_is_validation_data_like_any(name):
    Estimator, parameters, X, y = TASKS[name]
    X = np.c_[np.linspace(-1, 1, 150), X]  # no two rows are equal
    seen = []

    def scoring(estimator, X_val, y_val):
        seen[:] = [X_val, y_val]
        return estimator.score(X_val, y_val)

    more = {**parameters, "shuffle": False, "batch_size": "full", "early_stopping": True}
    automatic = small(Estimator, **more, scoring=scoring, validation_fraction=0.2)
    automatic.fit(X, y)
    X_val, y_val = seen
    places = np.searchsorted(X[:, 0], X_val[:, 0])
    np.testing.assert_array_equal(X[places], X_val)
    np.testing.assert_array_equal(y[places], y_val)
    rest = np.setdiff1d(np.arange(150), places)
    assert len(rest) == 120
    explicit = small(Estimator, **more).fit(X[rest], y[rest], X_val=X_val, y_val=y_val)
    np.testing.assert_allclose(
        automatic.validation_scores_, explicit.validation_scores_, rtol=1e-9
    )
    np.testing.assert_allclose(automatic.coefs_[0], explicit.coefs_[0], rtol=1e-6)


def test_the_automatic_part_is_stratified():
    y = np.array([0] * 60 + [1] * 30 + [2] * 10)
    for labels in (y, np.array(list("abc"))[y]):
        seen = []

        def scoring(estimator, X, y, seen=seen):
            seen.append(np.unique(y, return_counts=True)[1].tolist())
            return 0.0

        model = small(MLPClassifier, early_stopping=True, validation_fraction=0.2)
        model.set_params(scoring=scoring).fit(np.arange(100.0)[:, None], labels)
        assert seen[0] == [12, 6, 2]


def test_the_automatic_part_has_scikit_learns_draws():
    rows = []

    def scoring(estimator, X, y):
        rows[:] = X[:, 0].astype(int).tolist()
        return 0.0

    data, y = np.arange(100.0)[:, None], np.arange(100) % 2
    model = MLPClassifier((), early_stopping=True, max_iter=1, scoring=scoring)
    model.set_params(random_state=np.random.RandomState(3)).fit(data, y)
    random_state = np.random.RandomState(3)
    random_state.uniform(size=2)  # one weight, one bias
    _, expected = train_test_split(
        np.arange(100), test_size=0.1, stratify=y, random_state=random_state
    )
    assert rows == expected.tolist()


def test_lbfgs_has_no_automatic_part():
    model = small(MLPRegressor, optimizer="lbfgs", early_stopping=True).fit(X_REG, Y_REG)
    plain = small(MLPRegressor, optimizer="lbfgs").fit(X_REG, Y_REG)
    np.testing.assert_array_equal(model.coefs_[0], plain.coefs_[0])
    assert "val_loss" not in model.history_


# --- the weights of the best epoch ---------------------------------------------------------

RESTORED = {
    "by the loss": (MLPClassifier, {"optimizer": "sgd", "learning_rate_init": 1.5}, False),
    "by the score": (MLPRegressor, {"learning_rate_init": 0.3}, True),
    "by the loss of lbfgs": (MLPClassifier, {"optimizer": "lbfgs"}, False),
    "by the score of lbfgs": (MLPRegressor, {"optimizer": "lbfgs"}, True),
    "standardized": (MLPRegressor, {"standardize": True, "learning_rate_init": 0.3}, True),
    "by a scorer": (MLPRegressor, {"scoring": "max_error", "learning_rate_init": 0.1}, True),
    "float32": (MLPClassifier, {"dtype": "float32", "learning_rate_init": 0.3}, True),
    "prelu": (MLPRegressor, {"activation": "prelu", "learning_rate_init": 0.3}, True),
}
if "max_error" not in sklearn.metrics.get_scorer_names():  # its name since 1.8
    RESTORED["by a scorer"][1]["scoring"] = "neg_max_error"
restored = pytest.mark.parametrize(
    ("Estimator", "parameters", "validated"), RESTORED.values(), ids=RESTORED
)


def curve(model, validated):
    return model.history_["val_score"] if validated else -model.history_["loss"]


@restored
def test_restore_best_gives_the_weights_of_the_best_epoch(Estimator, parameters, validated):
    training, held = parts(X_REG, Y_REG if Estimator is MLPRegressor else Y_REG > 0)
    held = held if validated else {}
    parameters = {**parameters, "n_iter_no_change": np.inf}
    model = small(Estimator, **parameters, restore_best=True, max_iter=25)
    model.fit(*training, **held)
    assert model.n_iter_ == len(model.history_["loss"])
    assert model.best_iter_ == 1 + np.argmax(curve(model, validated))
    short = small(Estimator, **parameters, max_iter=model.best_iter_)
    short.fit(*training, **held)
    assert short.best_iter_ == short.n_iter_ == model.best_iter_
    for ours, expected in zip(
        [*model.coefs_, *model.intercepts_, *getattr(model, "activation_params_", [])],
        [*short.coefs_, *short.intercepts_, *getattr(short, "activation_params_", [])],
        strict=True,
    ):
        np.testing.assert_array_equal(ours, expected)


@restored
def test_restore_best_over_warm_starts(Estimator, parameters, validated):
    training, held = parts(X_REG, Y_REG if Estimator is MLPRegressor else Y_REG > 0)
    held = held if validated else {}
    model = small(Estimator, **parameters, restore_best=True, warm_start=True)
    n_iter = 0
    for max_iter in (6, 3, 5):
        model.set_params(max_iter=max_iter).fit(*training, **held)
        n_iter += model.n_iter_
        scores = curve(model, validated)
        assert len(scores) == n_iter
        assert 1 <= model.best_iter_ <= n_iter
        assert model.best_iter_ == 1 + np.argmax(scores)
        if validated:
            assert model.best_validation_score_ == scores.max()
            scorer = get_scorer(model.scoring) if model.scoring else Estimator.score
            score = scorer(model, held["X_val"], held["y_val"])
            np.testing.assert_allclose(score, scores.max(), rtol=1e-5)


def test_a_warm_start_that_gets_worse_keeps_the_best_weights():
    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, optimizer="sgd", restore_best=True, warm_start=True)
    model.fit(*training, **held)
    weights, best = model.coefs_[0].copy(), model.best_iter_
    model.set_params(learning_rate_init=1e200, max_iter=3)
    with pytest.warns(ConvergenceWarning, match=f"the weights are those of epoch {best}"):
        model.fit(*training, **held)
    np.testing.assert_array_equal(model.coefs_[0], weights)
    assert (model.best_iter_, len(model.history_["loss"])) == (best, 6)


@kinds
def test_a_score_and_a_loss_are_not_compared_over_warm_starts(Estimator):
    """Accuracies are above any loss with its sign changed."""
    training, held = parts(X, LABELS)
    model = small(Estimator, restore_best=True, warm_start=True, learning_rate_init=0.01)
    for given in (held, {}, held):
        model.fit(*training, **given)
        latest = curve(model, bool(given))[-4:]
        n_before = len(model.history_["loss"]) - 4
        assert model.best_iter_ == n_before + 1 + np.argmax(latest)
        best = model.best_validation_score_
        assert best == (max(latest) if given else None)


def test_weights_edited_before_a_warm_start_are_not_taken_for_the_best():
    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, restore_best=True, warm_start=True).fit(*training, **held)
    model.coefs_ = [50 * W for W in model.coefs_]
    model.set_params(max_iter=2).fit(*training, **held)
    score = model.score(held["X_val"], held["y_val"])
    np.testing.assert_allclose(model.history_["val_score"][model.best_iter_ - 1], score)


# --- scoring -------------------------------------------------------------------------------


def mean_error(estimator, X, y, sample_weight=None):
    errors = np.abs(estimator.predict(X) - y)
    return -np.average(errors, weights=sample_weight)


by_probability = make_scorer(
    log_loss, response_method="predict_proba", greater_is_better=False, labels=[0, 1, 2]
)
SCORINGS = {
    "accuracy": (MLPClassifier, "accuracy", get_scorer("accuracy")),
    "macro F1": (MLPClassifier, "f1_macro", get_scorer("f1_macro")),
    "probabilities by name": (MLPClassifier, "neg_log_loss", get_scorer("neg_log_loss")),
    "probabilities": (MLPClassifier, by_probability, by_probability),
    "r2": (MLPRegressor, "r2", get_scorer("r2")),
    "own": (MLPRegressor, mean_error, mean_error),
    "own, float32": (MLPRegressor, lambda *a, **k: np.float32(0.25), lambda *a, **k: 0.25),
    "own, int": (MLPClassifier, lambda *a, **k: 1, lambda *a, **k: 1.0),
}


@pytest.mark.parametrize(("Estimator", "scoring", "scorer"), SCORINGS.values(), ids=SCORINGS)
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_scoring(Estimator, scoring, scorer, weights, optimizer):
    training, held = parts(X, LABELS, weights)
    model = small(Estimator, scoring=scoring, optimizer=optimizer, standardize=True)
    model.fit(*training, **held)
    more = {} if weights is None else {"sample_weight": held["sample_weight_val"]}
    expected = scorer(model, held["X_val"], held["y_val"], **more)
    np.testing.assert_allclose(model.validation_scores_[-1], expected, rtol=1e-9)
    assert all(type(score) is float for score in model.validation_scores_)


OWN_SCORE = {LogLoss, SquaredError, Poisson}
LOSSES = [
    (Estimator, value, loss)
    for Estimator, losses in (
        (MLPClassifier, CLASSIFICATION_LOSSES),
        (MLPRegressor, REGRESSION_LOSSES),
    )
    for name, loss in losses.items()
    for value in (name, loss())
]


@pytest.mark.parametrize(("Estimator", "value", "loss"), LOSSES, ids=str)
def test_the_default_is_the_own_score_for_the_losses_of_scikit_learn(Estimator, value, loss):
    """That of all others is the loss."""
    y = np.exp(Y_REG)
    if Estimator is MLPClassifier:
        y = LABELS if "multiclass" in loss.tasks else LABELS == 1
    training, held = parts(X, y)
    model = small(Estimator, loss=value).fit(*training, **held)
    if loss in OWN_SCORE:
        expected = model.score(held["X_val"], held["y_val"])
    else:
        expected = -model.history_["val_loss"][-1]
    np.testing.assert_allclose(model.validation_scores_[-1], expected, rtol=1e-9)


@kinds
def test_the_score_may_be_the_loss(Estimator):
    training, held = parts(X, LABELS, WEIGHTS)
    model = small(Estimator, scoring="loss", early_stopping=True).fit(*training, **held)
    np.testing.assert_array_equal(model.history_["val_score"], -model.history_["val_loss"])
    assert model.best_validation_score_ == -model.history_["val_loss"].min()


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("warm_start", [False, True])
def test_a_scorer_gets_fitted_snapshots(optimizer, warm_start):
    training, held = parts(X, NAMES)
    seen = []

    def scoring(estimator, X, y):
        check_is_fitted(estimator)
        np.testing.assert_array_equal(X, held["X_val"])
        np.testing.assert_array_equal(y, held["y_val"])
        seen.append(estimator)
        return 0.0

    model = small(MLPClassifier, optimizer=optimizer, scoring=scoring, warm_start=warm_start)
    model.fit(*training, **held)
    assert len(seen) == 4
    for max_iter, estimator in enumerate(seen, start=1):
        expected = small(MLPClassifier, optimizer=optimizer, max_iter=max_iter)
        expected.fit(*training)
        np.testing.assert_allclose(
            estimator.predict_proba(X), expected.predict_proba(X), rtol=1e-12
        )
    for a, b in zip(seen[-1].coefs_, model.coefs_, strict=True):
        assert not np.shares_memory(a, b)


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_score_of_nan_never_wins(optimizer):
    training, held = parts(X_REG, Y_REG)
    scores = [np.nan, -3.0, np.nan, -2.0, np.nan, np.nan, -2.0]
    told = iter(scores)
    model = small(MLPRegressor, optimizer=optimizer, max_iter=7, restore_best=True)
    model.set_params(scoring=lambda estimator, X, y: next(told)).fit(*training, **held)
    np.testing.assert_array_equal(model.validation_scores_, scores)
    assert (model.best_validation_score_, model.best_iter_) == (-2.0, 4)
    short = small(MLPRegressor, optimizer=optimizer).fit(*training)
    np.testing.assert_array_equal(model.coefs_[0], short.coefs_[0])


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_without_any_score_the_weights_are_those_of_the_start(optimizer):
    training, held = parts(X_REG, Y_REG)
    start = small(MLPRegressor).fit(*training)
    model = small(
        MLPRegressor,
        optimizer=optimizer,
        restore_best=True,
        initializer=Given(start.coefs_, start.intercepts_),
        scoring=lambda estimator, X, y: np.nan,
    )
    with pytest.warns(match="No epoch had a finite validation score"):
        model.fit(*training, **held)
    assert model.n_iter_ == 4
    for mine, given in zip(model.coefs_, start.coefs_, strict=True):
        np.testing.assert_array_equal(mine, given)


@pytest.mark.parametrize(
    ("optimizer", "error"), [("adam", StopIteration), ("lbfgs", RuntimeError)]
)
def test_a_scorer_that_stops_iterating_does_not_end_the_training_in_silence(optimizer, error):
    def scoring(estimator, X, y):
        raise StopIteration

    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, optimizer=optimizer, scoring=scoring)
    before = snapshot(model)
    with pytest.raises(error):
        model.fit(*training, **held)
    assert_unchanged(model, before)


def test_a_scorer_does_not_see_a_model_that_has_diverged():
    training, held = parts(X_REG, Y_REG)

    def scoring(estimator, X, y):
        assert np.isfinite(estimator.predict(X)).all()
        return estimator.score(X, y)

    model = small(MLPRegressor, scoring=scoring, optimizer="sgd", max_iter=8)
    model.set_params(restore_best=True, warm_start=True).fit(*training, **held)
    model.set_params(learning_rate_init=1e200).fit(*training, **held)
    assert np.isnan(model.validation_scores_[-1])
    assert np.isfinite(model.predict(X_REG)).all()
    assert model.best_iter_ <= 8


class Explodes(Schedule):
    """Three epochs, and then the weights are lost."""

    def rate(self, initial, progress):
        return initial if progress.epoch < 3 else 1e200


@pytest.mark.parametrize(
    "parameters",
    [
        {"early_stopping": True},
        {"restore_best": True},
        {"restore_best": True, "early_stopping": True, "scoring": "loss"},
        {"restore_best": True, "scoring": "neg_mean_absolute_error"},
    ],
    ids=str,
)
def test_the_best_of_a_training_that_diverges_is_finite(parameters):
    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, **parameters, optimizer="sgd", learning_rate=Explodes())
    model.set_params(max_iter=9).fit(*training, **held)
    assert not np.isfinite(model.history_["loss"][-1])
    assert np.isfinite(model.predict(X_REG)).all()
    assert 1 <= model.best_iter_ <= 3
    model.set_params(restore_best=False, early_stopping=False)
    before = snapshot(model)
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        model.fit(*training, **held)
    assert_unchanged(model, before)


# --- attributes ----------------------------------------------------------------------------


@kinds
def test_attributes_are_those_of_scikit_learn(Estimator):
    training, held = parts(X, LABELS)
    plain = small(Estimator).fit(*training)
    assert plain.validation_scores_ is plain.best_validation_score_ is None
    assert plain.best_loss_ == min(plain.loss_curve_)
    monitored = small(Estimator).fit(*training, **held)
    assert monitored.best_loss_ == plain.best_loss_
    assert monitored.best_validation_score_ == max(monitored.validation_scores_)
    for given in (held, {}):
        early = small(Estimator, early_stopping=True).fit(*training, **given)
        assert early.best_loss_ is None
        assert type(early.validation_scores_) is list
        assert {type(score) for score in early.validation_scores_} == {float}
        assert type(early.best_validation_score_) is float
        assert early.best_validation_score_ == max(early.validation_scores_)


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("choice", [{"early_stopping": True}, {"restore_best": True}, {}])
def test_the_best_score_is_the_highest_of_all_warm_starts(optimizer, choice):
    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, optimizer=optimizer, warm_start=True, max_iter=40, **choice)
    for _ in range(3):
        model.fit(*training, **held)
        scores = model.history_["val_score"]
        assert model.best_validation_score_ == max(model.validation_scores_) == max(scores)


def test_lbfgs_has_the_scores_where_there_are_validation_data():
    training, held = parts(X_REG, Y_REG)
    model = small(MLPRegressor, optimizer="lbfgs").fit(*training, **held)
    assert model.best_validation_score_ == max(model.validation_scores_)
    model.fit(*training)
    for name in ("validation_scores_", "best_validation_score_", "best_loss_"):
        assert not hasattr(model, name)


# --- history -------------------------------------------------------------------------------

ALWAYS, MONITORED = {"loss", "seconds"}, {"val_loss", "val_score"}


def test_history_over_all_that_may_follow():
    """One entry for each epoch, NaN where it has no such quantity."""
    training, held = parts(X, LABELS)
    model = small(MLPClassifier, warm_start=True)
    rows = []
    for change, data, incremental in [
        ({}, {}, False),
        ({}, held, False),
        ({}, {}, True),
        ({}, held, True),
        ({"optimizer": "lbfgs"}, held, False),
        ({}, {}, False),
        ({"optimizer": "sgd"}, {}, False),
        ({"early_stopping": True}, {}, False),
    ]:
        model.set_params(**change)
        (model.partial_fit if incremental else model.fit)(*training, **data)
        names = ALWAYS | (MONITORED if data or model.early_stopping else set())
        names |= {"gradient_norm" if model.optimizer == "lbfgs" else "learning_rate"}
        rows += [names] * (1 if incremental else model.n_iter_)
        for name, values in model.history_.items():
            assert len(values) == len(rows)
            np.testing.assert_array_equal(
                ~np.isnan(values), [name in row for row in rows], err_msg=name
            )
    assert (model.history_["seconds"] > 0).all()
    assert model.best_iter_ >= len(rows) - 4  # or what the last fit has started from


def test_gradient_norm_is_the_euclidean_norm():
    """Of ridge regression, whose gradient is known."""
    n = len(X_REG)
    model = MLPRegressor(hidden_layer_sizes=(), optimizer="lbfgs", alpha=3.0, max_iter=5)
    model.fit(X_REG, Y_REG)
    (W,), (b,) = model.coefs_, model.intercepts_
    residuals = X_REG @ W + b - Y_REG[:, None]
    gradient = np.r_[X_REG.T @ residuals + 3.0 * W, [residuals.sum(axis=0)]] / n
    np.testing.assert_allclose(model.history_["gradient_norm"][-1], np.linalg.norm(gradient))


# --- verbose -------------------------------------------------------------------------------

SPOKEN = {
    "adam": ({}, True),
    "adam, no validation data": ({}, False),
    "early stopping": ({"early_stopping": True}, False),
    "lbfgs": ({"optimizer": "lbfgs"}, True),
    "two networks": ({"n_init": 2}, True),
    "two networks, one after the other": ({"n_init": 2, "optimizer": "lbfgs"}, True),
    "warm starts": ({"warm_start": True, "max_iter": 6}, True),
    "warm starts of lbfgs": ({"warm_start": True, "max_iter": 6, "optimizer": "lbfgs"}, False),
}


@pytest.mark.parametrize(("parameters", "validated"), SPOKEN.values(), ids=SPOKEN)
def test_verbose_prints_an_aligned_line_per_epoch(parameters, validated, capsys):
    training, held = parts(X, LABELS)
    model = small(MLPClassifier, verbose=1, **{"max_iter": 11, **parameters})
    for _ in range(1 + model.warm_start):
        model.fit(*training, **(held if validated else {}))
        lines = capsys.readouterr().out.splitlines()
        lines = [line for line in lines if not line.startswith("Network")]
        pattern = r"Iteration +(\d+), loss = +([\d.]+), "
        if validated or model.early_stopping:
            pattern += r"validation score = +([\d.]+), "
        found = [re.fullmatch(pattern + r"\d\.\d{3} s", line) for line in lines]
        assert all(found)
        assert len({len(line) for line in lines}) == 1
        if model.n_init == 1:
            n_before = len(model.history_["loss"]) - model.n_iter_
            for i, match in enumerate(found, start=n_before):
                assert int(match[1]) == i + 1
                np.testing.assert_allclose(
                    float(match[2]), model.history_["loss"][i], atol=6e-9
                )


def test_silence(capsys):
    training, held = parts(X, LABELS)
    for optimizer in ("adam", "lbfgs"):
        small(MLPClassifier, optimizer=optimizer, n_init=2).fit(*training, **held)
    assert capsys.readouterr().out == ""


# --- pipelines, searches -------------------------------------------------------------------


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def requesting(**parameters):
    model = small(MLPClassifier, early_stopping=True, **parameters)
    names = ("X_val", "y_val", "sample_weight", "sample_weight_val")
    return model.set_fit_request(**dict.fromkeys(names, True))


@pytest.mark.usefixtures("routing")
def test_a_pipeline_transforms_the_validation_data():
    training, held = parts(20 * X + 100, LABELS, WEIGHTS)
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    pipeline = make_pipeline(scaler, requesting(), transform_input=["X_val"])
    pipeline.fit(training[0], training[1], sample_weight=training[2], **held)
    alone = requesting().fit(
        scaler.fit_transform(training[0]),
        *training[1:],
        **{**held, "X_val": scaler.transform(held["X_val"])},
    )
    assert pipeline[-1].validation_scores_ == alone.validation_scores_
    np.testing.assert_array_equal(
        pipeline[-1].history_["val_loss"], alone.history_["val_loss"]
    )
    pd = pytest.importorskip("pandas")
    held["X_val"] = pd.DataFrame(held["X_val"], columns=list("abcd"))
    frame = pd.DataFrame(training[0], columns=list("abcd"))
    pipeline.fit(frame, training[1], sample_weight=training[2], **held)
    assert pipeline[-1].validation_scores_ == alone.validation_scores_


@pytest.mark.usefixtures("routing")
def test_validation_data_are_passed_on_by_cross_validate_and_grid_search():
    training, held = parts(X, LABELS)
    held = {name: held[name] for name in ("X_val", "y_val")}
    pipeline = make_pipeline(StandardScaler(), requesting(), transform_input=["X_val"])
    for model in (requesting(), pipeline):
        result = cross_validate(
            model,
            training[0],
            training[1],
            params=held,
            cv=2,
            return_estimator=True,
            error_score="raise",
        )
        for fitted in result["estimator"]:
            last = fitted[-1] if model is pipeline else fitted
            expected = fitted.score(held["X_val"], held["y_val"])
            assert last.best_validation_score_ == expected
    for n_jobs in (1, 2):
        search = GridSearchCV(
            requesting(), {"alpha": [1e-4, 1]}, cv=2, n_jobs=n_jobs, error_score="raise"
        )
        best = search.fit(training[0], training[1], **held).best_estimator_
        assert best.best_validation_score_ == best.score(held["X_val"], held["y_val"])


@pytest.mark.usefixtures("routing")
@pytest.mark.parametrize("scoring", [None, "accuracy", make_scorer(accuracy_score)])
def test_scoring_with_weights_and_routing(scoring):
    training, held = parts(X, LABELS, WEIGHTS)
    model = small(MLPClassifier, scoring=scoring).fit(*training, **held)
    np.testing.assert_allclose(model.validation_scores_[-1], model.score(*held.values()))


def test_methods_say_what_they_request():
    for method in ("fit", "partial_fit"):
        requests = getattr(MLPClassifier().get_metadata_routing(), method).requests
        assert requests.keys() >= {"X_val", "y_val", "sample_weight_val", "sample_weight"}


# --- bad input -----------------------------------------------------------------------------


def nowhere(array, value):
    array = array.astype(float)
    array[1, 1] = value
    return array


XV, YV = X[:20], LABELS[:20]
# class, parameters, arguments, what the error says
BAD_VALIDATION = [
    (MLPClassifier, {}, {"X_val": XV}, "Validation data are given, but y_val is not"),
    (MLPClassifier, {}, {"y_val": YV}, "Validation data are given, but X_val is not"),
    (MLPClassifier, {}, {"sample_weight_val": YV}, "given, but X_val is not"),
    (MLPClassifier, {}, {"X_val": XV, "sample_weight_val": YV}, "given, but y_val is not"),
    (MLPClassifier, {}, {"X_val": XV[:, :2], "y_val": YV}, "X_val: X has 2 features"),
    (MLPClassifier, {}, {"X_val": XV[:, 0], "y_val": YV}, "X_val: Expected 2D array"),
    (MLPClassifier, {}, {"X_val": XV[:0], "y_val": YV[:0]}, "X_val: Found array with 0 sa"),
    (MLPClassifier, {}, {"X_val": nowhere(XV, np.nan), "y_val": YV}, "X_val: .*contains NaN"),
    (MLPRegressor, {}, {"X_val": nowhere(XV, np.inf), "y_val": YV}, "X_val: .*infinity"),
    (MLPRegressor, {}, {"X_val": XV.astype(str), "y_val": YV + 0j}, "y_val: "),
    (MLPRegressor, {}, {"X_val": XV * 1j, "y_val": YV}, "X_val: Complex data"),
    (MLPRegressor, {}, {"X_val": [["a"] * 4], "y_val": [1]}, "X_val: could not convert"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": YV[:-1]}, "X_val, y_val: .*inconsistent num"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": YV + 7}, "y_val: `y` has classes not in"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": ["a"] * 20}, "y_val: `y` has classes not in"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": INDICATORS[:20]}, "y_val: y has 2 columns"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": XV[:, 0]}, "y_val: y does not hold class la"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": [0, None] * 10}, "y_val: y has missing values"),
    (MLPClassifier, {}, {"X_val": XV, "y_val": YV * np.nan}, "y_val: Input y contains NaN"),
    (MLPRegressor, {}, {"X_val": XV, "y_val": YV * np.nan}, "y_val: Input y contains NaN"),
    (MLPRegressor, {}, {"X_val": XV, "y_val": ["a"] * 20}, "y_val: "),
    (MLPRegressor, {}, {"X_val": XV, "y_val": INDICATORS[:20]}, "y_val: y has 2 outputs"),
    (MLPRegressor, {}, {"X_val": XV, "y_val": sparse.csr_array(np.eye(20))}, "y_val: Sparse"),
    (MLPRegressor, {"loss": "poisson"}, {"X_val": XV, "y_val": YV - 1}, "y_val: y has negat"),
    (MLPRegressor, {"dtype": "float32"}, {"X_val": XV * 1e300, "y_val": YV}, "X_val has val"),
    (MLPRegressor, {"dtype": "float32"}, {"X_val": XV, "y_val": YV + 1e300}, "y_val has val"),
]
GOOD = {"X_val": XV, "y_val": YV}
BAD_VALIDATION += [
    (MLPClassifier, parameters, {**GOOD, "sample_weight_val": weight}, message)
    for parameters, weight, message in [
        ({}, np.zeros(20), "sample_weight_val: "),
        ({}, -np.ones(20), "sample_weight_val: Negative"),
        ({}, np.full(20, np.nan), "sample_weight_val: .*NaN"),
        ({}, np.ones(19), "sample_weight_val: "),
        ({}, np.ones((20, 1)), "sample_weight_val: "),
        ({}, ["a"] * 20, "sample_weight_val: could not convert"),
        ({}, np.full(20, 1e307), "sample_weight_val: sample_weight has the sum inf"),
        ({"dtype": "float32"}, np.full(20, 1e-300), "sample_weight_val: .*the sum 0.0"),
        ({"dtype": "float32"}, np.full(20, 1e300), "sample_weight_val has values that are"),
    ]
]


@pytest.mark.parametrize(
    ("Estimator", "parameters", "given", "message"),
    BAD_VALIDATION,
    ids=[f"{i} {b[3]}" for i, b in enumerate(BAD_VALIDATION)],
)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_bad_validation_data_are_named(Estimator, parameters, given, message, early_stopping):
    model = small(Estimator, early_stopping=early_stopping, **parameters)
    before = snapshot(model)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(X, LABELS, **given)
    assert_unchanged(model, before)
    model.fit(X, LABELS, **GOOD)
    before = snapshot(model)
    for method in (model.fit, model.partial_fit):
        if method == model.partial_fit and "given, but X_val" in message and early_stopping:
            message = "does not support early_stopping=True without"
        with pytest.raises((ValueError, TypeError), match=message):
            method(X, LABELS, **given)
        assert_unchanged(model, before)


def test_names_of_features_must_be_the_same():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    for columns in (list("badc"), list("abce")):
        other = pd.DataFrame(X, columns=columns)
        with pytest.raises(ValueError, match="X_val: The feature names should match"):
            small(MLPClassifier).fit(frame, LABELS, X_val=other, y_val=LABELS)


class Nothing:
    """Returns what it was given."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return "Nothing"

    def __call__(self, estimator, X, y):
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


GOT = "scoring=Nothing must return a number, got"
# scoring, loss, what the error says
BAD_SCORING = [
    (Nothing({"a": 1.0}), "log_loss", f"{GOT} {{'a': 1.0}}"),
    (Nothing(None), "log_loss", f"{GOT} None"),
    (Nothing("1"), "log_loss", f"{GOT} '1'"),
    (Nothing(1j), "log_loss", f"{GOT} 1j"),
    (Nothing(np.zeros(3)), "log_loss", f"{GOT} array"),
    (Nothing(ArithmeticError("own")), "log_loss", "^own$"),
    ("acuracy", "log_loss", "Got 'acuracy' instead. Did you mean 'accuracy'"),
    ("neg_log_loss", "hinge", "predict_proba"),
    ("roc_auc", "log_loss", "multi_class"),
    (accuracy_score, "log_loss", "scoring value .* looks like it is a metric"),
    (["accuracy"], "log_loss", "'scoring' parameter of MLPClassifier must be"),
    (1, "log_loss", "'scoring' parameter of MLPClassifier must be"),
]


@pytest.mark.parametrize(
    ("scoring", "loss", "message"), BAD_SCORING, ids=[b[2] for b in BAD_SCORING]
)
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_bad_scoring(scoring, loss, message, optimizer):
    y = LABELS if loss == "log_loss" else LABELS == 1
    model = small(MLPClassifier, loss=loss, optimizer=optimizer)
    for estimator in (model, copy.deepcopy(model).fit(X, y)):
        estimator.set_params(scoring=scoring)
        before = snapshot(estimator)
        errors = (ValueError, TypeError, AttributeError, ArithmeticError)
        with pytest.raises(errors, match=message):
            estimator.fit(X, y, X_val=X, y_val=y)
        assert_unchanged(estimator, before)


def interrupting(epoch, exception=KeyboardInterrupt):
    """A scorer that is interrupted in an epoch, counted from 1."""
    calls = iter(range(1, 10**6))

    def scoring(estimator, X, y):
        if next(calls) == epoch:
            raise exception
        return estimator.score(X, y)

    return scoring


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "lbfgs"])
def test_an_interruption_of_the_first_epoch_is_passed_on(optimizer):
    training, held = parts(X, LABELS)
    model = small(MLPClassifier, optimizer=optimizer, scoring=interrupting(1))
    before = snapshot(model)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*training, **held)
    assert_unchanged(model, before)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"early_stopping": True}, {"restore_best": True}, {"optimizer": "lbfgs"}],
    ids=str,
)
def test_an_interruption_of_a_later_epoch_keeps_what_was_reached(parameters):
    training, held = parts(X, LABELS)
    model = small(MLPClassifier, scoring=interrupting(3), **parameters)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(*training, **held)
    assert {len(values) for values in model.history_.values()} == {model.n_iter_} == {2}
    assert model.best_iter_ <= 2
    assert np.isfinite(model.predict_proba(X)).all()


# --- nothing else is touched ---------------------------------------------------------------


@kinds
@pytest.mark.parametrize("scoring", [None, mean_error])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_inputs_and_global_state_are_not_touched(Estimator, scoring, way):
    training, held = parts(X, LABELS, WEIGHTS)
    for array in (*training, *held.values()):
        array.flags.writeable = False
    np.random.seed(0)  # noqa: NPY002
    state, errors = np.random.get_state()[1].copy(), np.geterr()  # noqa: NPY002
    model = small(Estimator, scoring=scoring, restore_best=True, early_stopping=True, **way)
    model.fit(*training, **held)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert np.geterr() == errors


def test_threads_fit_clones_at_once():
    training, held = parts(X, LABELS)
    model = small(MLPClassifier, max_iter=20, n_init=2, dropout=0.1, scoring="neg_log_loss")
    models = joblib.Parallel(n_jobs=4, prefer="threads")(
        joblib.delayed(sklearn.base.clone(model).fit)(*training, **held) for _ in range(8)
    )
    for other in models:
        np.testing.assert_array_equal(other.coefs_[0], models[0].coefs_[0])
        np.testing.assert_array_equal(other.validation_scores_, models[0].validation_scores_)


@tasks
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_pickles_predict_the_same(task, optimizer):
    Estimator, parameters, X, y = task
    training, held = parts(X, y)
    model = small(Estimator, **parameters, optimizer=optimizer, early_stopping=True)
    model.fit(*training, **held)
    loaded = pickle.loads(pickle.dumps(model))
    for mine, other in ((model.predict(X), loaded.predict(X)), (model.coefs_, loaded.coefs_)):
        if sparse.issparse(mine):
            mine, other = mine.toarray(), other.toarray()
        for a, b in zip(mine, other, strict=True):
            np.testing.assert_array_equal(a, b)
    assert loaded.validation_scores_ == model.validation_scores_


@pytest.mark.parametrize("scoring", [None, "r2", mean_error])
def test_predictions_that_overflow_have_no_score(scoring):
    start = Given([np.full((1, 1), 1000.0)], [np.zeros(1)])
    model = MLPRegressor("poisson", (), initializer=start, optimizer="sgd", scoring=scoring)
    model.set_params(learning_rate_init=1e-300, max_iter=1, alpha=0)
    samples, y = np.zeros((10, 1)), np.ones(10)
    model.fit(samples, y, X_val=np.ones((10, 1)), y_val=y)
    assert np.isnan(model.history_["val_score"]).all()
