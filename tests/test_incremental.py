"""partial_fit: one training in pieces, with validation data and the best model so far."""

import copy
import pickle

import joblib
import numpy as np
import pytest
from samples import HELD, INDICATORS, LABELS, NAMES, WEIGHTS, X_REG, Y_REG, X
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import make_scorer, mean_squared_error
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor
from skmlp.schedules import Schedule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])


def small(Estimator, **parameters):
    return Estimator(
        **{"hidden_layer_sizes": (5,), "shuffle": False, "random_state": 0, **parameters}
    )


def parts(X, y):
    """Two thirds to train on, and a third as the arguments for validation."""
    return (X[~HELD], y[~HELD]), {"X_val": X[HELD], "y_val": y[HELD]}


PARTS = {MLPClassifier: parts(X, LABELS), MLPRegressor: parts(X_REG, Y_REG)}


def call(model, k, data, held):
    """Call partial_fit k times."""
    for _ in range(k):
        first = isinstance(model, MLPClassifier) and not hasattr(model, "classes_")
        more = {"classes": [0, 1, 2]} if first else {}
        model.partial_fit(*data, **more, **held)
    return model


def assert_same_training(model, expected, rtol=1e-7):
    """Weights, history and scores; n_iter_ is that of the latest call."""
    for name in ("coefs_", "intercepts_", "activation_params_"):
        pairs = zip(getattr(model, name, []), getattr(expected, name, []), strict=True)
        for mine, other in pairs:
            np.testing.assert_allclose(mine, other, rtol=rtol, atol=rtol, err_msg=name)
    assert model.history_.keys() == expected.history_.keys()
    for name in model.history_.keys() - {"seconds"}:
        mine, other = model.history_[name], expected.history_[name]
        np.testing.assert_allclose(mine, other, rtol=rtol, err_msg=name)
    for name in ("best_loss_", "best_validation_score_", "validation_scores_", "loss_"):
        mine, other = getattr(model, name), getattr(expected, name)
        assert (mine is None) == (other is None)
        if mine is not None:
            np.testing.assert_allclose(mine, other, rtol=rtol, err_msg=name)
    assert (model.best_iter_, model.t_) == (expected.best_iter_, expected.t_)


# --- k calls are one training --------------------------------------------------------------


def mean_error(estimator, X, y, sample_weight=None):
    return -np.average(np.abs(estimator.predict(X) - y), weights=sample_weight)


HOT, SGD = {"learning_rate_init": 0.3}, {"optimizer": "sgd", "learning_rate_init": 0.1}
# name: (parameters, whether there are validation data)
WAYS = {
    "adam": (HOT, True),
    "slow": ({}, True),
    "by the loss": (HOT, False),
    "sgd": (SGD, True),
    "invscaling": ({**SGD, "learning_rate": "invscaling"}, True),
    "adaptive": ({**SGD, "learning_rate": "adaptive", "n_iter_no_change": 1}, True),
    "standardize": ({"standardize": True, **HOT}, True),
    "standardize, by the loss": ({"standardize": True, **HOT}, False),
    "float32": ({"dtype": "float32", **HOT}, True),
    "dropout": ({"dropout": 0.3, **HOT}, True),
    "clipped": ({"clip_norm": 0.1, **HOT}, True),
    "batches": ({"batch_size": 17, "learning_rate_init": 0.1}, True),
    "prelu": ({"activation": "prelu", **HOT}, True),
    "no hidden layer": ({"hidden_layer_sizes": (), **HOT}, True),
    "cosine": ({"learning_rate": "cosine", **HOT}, True),
    "scoring is the loss": ({"scoring": "loss", **HOT}, True),
    "scoring by name": ({"scoring": "neg_mean_squared_error", **HOT}, True),
    "a function": ({"scoring": mean_error, **HOT}, True),
    "a scorer": (
        {"scoring": make_scorer(mean_squared_error, greater_is_better=False), **HOT},
        True,
    ),
    "early stopping": ({"early_stopping": True, **HOT}, True),
}
ways = pytest.mark.parametrize(("parameters", "validated"), WAYS.values(), ids=WAYS)


def configured(Estimator, parameters, **more):
    """Of several plateaus, only 'adaptive' may take notice."""
    return small(Estimator, **{"n_iter_no_change": np.inf, **parameters, **more})


@kinds
@ways
@pytest.mark.parametrize("restore_best", [True, False])
def test_calls_are_one_training(Estimator, parameters, validated, restore_best):
    data, held = PARTS[Estimator]
    held = held if validated else {}
    if parameters.get("early_stopping"):
        restore_best = True  # which fit does in any case
    for k in (1, 2, 12):
        more = {"restore_best": restore_best, "max_iter": k}
        whole = configured(Estimator, parameters, **more).fit(*data, **held)
        assert whole.n_iter_ == k
        model = call(configured(Estimator, parameters, **more), k, data, held)
        assert_same_training(model, whole, 1e-3 if "dtype" in parameters else 1e-7)


def through_pickle(model, folder):
    return pickle.loads(pickle.dumps(model))


def through_a_mapped_file(model, folder):
    path = folder / str(len(list(folder.iterdir())))  # never one that is mapped
    joblib.dump(model, path)
    return joblib.load(path, mmap_mode="r")


def deeply_copied(model, folder):
    return copy.deepcopy(model)


def cloned_beside(model, folder):
    clone(model).set_params(max_iter=2).fit(*PARTS[type(model)][0])
    return model


def used(model, folder):
    (features, y), _ = PARTS[type(model)]
    model.predict(features)
    model.score(features, y)
    model.set_params(**model.get_params(deep=False))
    return model


def failed(model, folder):
    (features, y), _ = PARTS[type(model)]
    with pytest.raises(ValueError, match="X has"):
        model.partial_fit(features[:, :2], y, X_val=features, y_val=y)
    with pytest.raises(ValueError, match="X_val: X has"):
        model.partial_fit(features, y, X_val=features[:, :2], y_val=y)
    return model


@ways
@pytest.mark.parametrize(
    "between",
    [through_pickle, through_a_mapped_file, deeply_copied, cloned_beside, used, failed],
)
def test_what_happens_between_calls_changes_nothing(parameters, validated, between, tmp_path):
    data, held = PARTS[MLPRegressor]
    held = held if validated else {}
    parameters = {**parameters, "restore_best": True, "max_iter": 9}
    expected = call(configured(MLPRegressor, parameters), 5, data, held)
    model = configured(MLPRegressor, parameters)
    for _ in range(5):
        model = between(call(model, 1, data, held), tmp_path)
    assert_same_training(model, expected, rtol=1e-12)


@kinds
@ways
def test_validation_data_change_nothing(Estimator, parameters, validated):
    data, held = PARTS[Estimator]
    parameters = {**parameters, "early_stopping": False, "max_iter": 9}
    plain = call(configured(Estimator, parameters), 5, data, {})
    monitored = call(configured(Estimator, parameters), 5, data, held)
    for mine, other in zip(monitored.coefs_, plain.coefs_, strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(monitored.loss_curve_, plain.loss_curve_)
    assert monitored.history_.keys() - plain.history_.keys() == {"val_loss", "val_score"}


# --- the best call so far ------------------------------------------------------------------


def telling(scores):
    """A scorer that is told what to say."""
    scores = iter(scores)
    return lambda estimator, X, y: next(scores)


@kinds
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("standardize", [False, True])
def test_the_model_is_that_of_the_best_call_so_far(Estimator, early_stopping, standardize):
    data, held = PARTS[Estimator]
    scores = [0.1, 0.3, 0.2, 0.3, np.nan, 0.4, -np.inf, 0.4, 0.5]
    best = [1, 2, 2, 2, 2, 6, 6, 6, 9]
    settings = {"early_stopping": early_stopping, "standardize": standardize}
    model = small(Estimator, **settings, restore_best=True, scoring=telling(scores))
    plain = small(Estimator, standardize=standardize)
    weights = []
    for i, epoch in enumerate(best):
        call(model, 1, data, held)
        weights.append(call(plain, 1, data, held).coefs_)
        assert model.best_iter_ == epoch
        assert model.best_validation_score_ == scores[epoch - 1]
        assert model.n_iter_ == 1
        assert len(model.loss_curve_) == i + 1
        for mine, expected in zip(model.coefs_, weights[epoch - 1], strict=True):
            np.testing.assert_allclose(mine, expected, rtol=1e-9)
    np.testing.assert_array_equal(model.validation_scores_, scores)
    np.testing.assert_allclose(model.loss_curve_, plain.loss_curve_, rtol=1e-9)


@kinds
def test_without_restore_best_the_model_is_the_latest(Estimator):
    data, held = PARTS[Estimator]
    for early_stopping in (False, True):
        model = small(Estimator, early_stopping=early_stopping)
        model.set_params(scoring=telling([0.5, 0.1, 0.2]))
        for epoch in (1, 2, 3):
            call(model, 1, data, held)
            assert model.best_iter_ == epoch
            assert model.best_validation_score_ == 0.5
    plain = call(small(Estimator), 3, data, {})
    np.testing.assert_array_equal(model.coefs_[0], plain.coefs_[0])


@kinds
def test_a_call_never_stops_by_itself(Estimator):
    data, held = PARTS[Estimator]
    for early_stopping in (False, True):
        settings = {"early_stopping": early_stopping, "tol": 1e9, "n_iter_no_change": 1}
        model, before = small(Estimator, **settings), None
        for n_calls in range(1, 9):
            call(model, 1, data, held)
            assert len(model.history_["val_score"]) == n_calls
            assert before is None or (model.coefs_[-1] != before).any()
            before = model.coefs_[-1].copy()


class Explodes(Schedule):
    """Three epochs, and then the weights are lost."""

    def rate(self, initial, progress):
        return initial if progress.epoch < 3 else 1e200


def test_the_best_call_survives_a_training_that_diverges():
    data, held = PARTS[MLPRegressor]
    settings = {"optimizer": "sgd", "learning_rate": Explodes(), "restore_best": True}
    model = call(small(MLPRegressor, **settings), 3, data, held)
    weights = copy.deepcopy(model.coefs_)
    with pytest.warns(ConvergenceWarning, match="the weights are those of epoch"):
        call(model, 4, data, held)
    assert not np.isfinite(model.loss_)
    assert np.isnan(model.validation_scores_[3:]).all()
    assert model.best_iter_ <= 3
    for mine, expected in zip(model.coefs_, weights, strict=True):
        np.testing.assert_array_equal(mine, expected)
    before = snapshot(model.set_params(restore_best=False))
    with pytest.raises(ValueError, match="non-finite parameter weights"):
        call(model, 1, data, held)
    assert_unchanged(model, before)


# scores of three calls, an edit by hand, and the scores of two more
EDITS = {
    "after the best call": ([0.1, 0.2, 0.5], [0.3, 0.2]),
    "after another call": ([0.1, 0.5, 0.2], [0.3, 0.2]),
    "after another call, then a better one": ([0.1, 0.5, 0.2], [0.3, 0.6]),
    "after the best call, then a better one": ([0.1, 0.2, 0.5], [0.6, 0.3]),
}


@kinds
@pytest.mark.parametrize(("before", "after"), EDITS.values(), ids=EDITS)
def test_edited_weights_are_respected(Estimator, before, after):
    """The weights of earlier epochs are gone, so the best is one of those that follow."""
    data, held = PARTS[Estimator]
    model = small(Estimator, restore_best=True, scoring=telling(before + after))
    call(model, 3, data, held)
    edited = [W + 0.1 for W in model.coefs_]
    plain = call(small(Estimator), 3, data, held)
    plain.intercepts_ = copy.deepcopy(model.intercepts_)
    weights = []
    for estimator in (model, plain):
        estimator.coefs_ = copy.deepcopy(edited)
    for _ in after:
        call(model, 1, data, held)
        weights.append(call(plain, 1, data, held).coefs_)
    best = int(np.argmax(after))
    assert model.best_iter_ == 4 + best
    assert model.best_validation_score_ == max(before + after)
    for mine, expected in zip(model.coefs_, weights[best], strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-9)


@kinds
@pytest.mark.parametrize("restore_best", [False, True])
@pytest.mark.parametrize("standardize", [False, True])
def test_the_units_of_the_training_may_change(Estimator, restore_best, standardize):
    """At the least of all rates, the function stays the same."""
    data, held = parts(7 * X + 3, 5 * LABELS + 1.0)
    if Estimator is MLPClassifier:
        data, held = parts(7 * X + 3, LABELS)
    scores = [0.5, 0.4, 0.3, 0.6]  # the training is ahead of the model, before and after
    model = small(Estimator, restore_best=restore_best, standardize=standardize)
    call(model.set_params(scoring=telling(scores)), 3, data, held)
    before = model.predict(X) if Estimator is MLPRegressor else model.predict_proba(X)
    model.set_params(standardize=not standardize, optimizer="sgd", learning_rate_init=1e-12)
    call(model, 1, data, held)
    after = model.predict(X) if Estimator is MLPRegressor else model.predict_proba(X)
    np.testing.assert_allclose(after, before, rtol=1e-5)


@kinds
def test_scores_and_losses_are_not_compared(Estimator):
    """Accuracies are above any loss with its sign changed."""
    data, held = PARTS[Estimator]
    model, n_calls = small(Estimator, restore_best=True), 0
    for given in ({}, held, {}):
        call(model, 3, data, given)
        curve = model.history_["val_score"] if given else -model.history_["loss"]
        assert model.best_iter_ == n_calls + 1 + np.argmax(curve[-3:])
        expected = curve[-3:].max() if given else None
        assert model.best_validation_score_ == expected
        n_calls += 3


@pytest.mark.parametrize("scoring", [None, "loss", "r2"])
def test_the_best_loss_is_the_lowest_whether_or_not_there_are_validation_data(scoring):
    (features, y), held = PARTS[MLPRegressor]
    model = small(MLPRegressor, scoring=scoring)
    for size, given in ((1, {}), (1, {}), (100, held), (100, {}), (100, held)):
        model.partial_fit(features, size * y, **given)
        assert model.best_loss_ == min(model.loss_curve_)


@kinds
def test_a_fit_and_calls_are_one_history(Estimator):
    data, held = PARTS[Estimator]
    parameters = {"max_iter": 3, "restore_best": True, **HOT}
    model = small(Estimator, **parameters).fit(*data, **held)
    call(model, 4, data, held)
    whole = call(small(Estimator, **parameters), 7, data, held)
    assert_same_training(model, whole)
    model.fit(*data, **held)  # begins anew
    assert_same_training(model, small(Estimator, **parameters).fit(*data, **held))


@kinds
def test_a_warm_start_goes_on_from_the_model(Estimator):
    data, held = PARTS[Estimator]
    model = small(Estimator, restore_best=True, scoring=telling([0.5, 0.1, 0.2, 0.5, 0.3]))
    call(model, 3, data, held)
    weights = copy.deepcopy(model.coefs_)
    model.set_params(warm_start=True, max_iter=1, learning_rate_init=1e-12)
    model.fit(*data, **held)
    assert model.best_iter_ == 1
    for mine, expected in zip(model.coefs_, weights, strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-9)


@kinds
@pytest.mark.parametrize("standardize", [False, True])
def test_partial_fit_goes_on_from_the_model_of_a_fit(Estimator, standardize):
    """Not from the latest weights of a fit that has restored better ones."""
    data, held = PARTS[Estimator]
    model = small(Estimator, restore_best=True, scoring=telling([0.9, 0.1, 0.1, 0.2]))
    model.set_params(max_iter=3, standardize=standardize).fit(*data, **held)
    weights = copy.deepcopy(model.coefs_)
    model.set_params(learning_rate_init=1e-12, restore_best=False)
    call(model, 1, data, held)
    for mine, expected in zip(model.coefs_, weights, strict=True):
        np.testing.assert_allclose(mine, expected, atol=1e-9)


@kinds
def test_another_function_is_not_held_against_the_best_one(Estimator):
    data, held = PARTS[Estimator]
    model = small(Estimator, restore_best=True, scoring=telling([0.5, 0.9, 0.3, 0.2]))
    call(model, 2, data, held)
    call(model.set_params(activation="tanh"), 2, data, held)
    assert model.best_iter_ == 3


# --- kinds of data -------------------------------------------------------------------------

TASKS = {
    "names": (MLPClassifier, {}, X, NAMES),
    "two names": (MLPClassifier, {}, X, NAMES == "setosa"),
    "labels": (MLPClassifier, {}, X, INDICATORS),
    "sparse labels": (MLPClassifier, {}, X, sparse.csr_array(INDICATORS)),
    "sparse": (MLPClassifier, {}, sparse.csr_array(X), LABELS),
    "number": (MLPRegressor, {}, X_REG, Y_REG),
    "numbers": (MLPRegressor, {}, X_REG, np.stack([Y_REG, X_REG[:, 0]], axis=1)),
    "poisson": (MLPRegressor, {"loss": "poisson"}, X_REG, np.exp(Y_REG)),
    "standardize": (MLPRegressor, {"standardize": True}, 5 * X_REG + 3, 7 * Y_REG),
}


@pytest.mark.parametrize(("Estimator", "parameters", "X", "y"), TASKS.values(), ids=TASKS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_every_call_is_scored(Estimator, parameters, X, y, early_stopping):
    model = small(Estimator, early_stopping=early_stopping, **parameters)
    more = {"classes": np.unique(y)} if Estimator is MLPClassifier and y.ndim == 1 else {}
    weights = WEIGHTS[HELD]
    for n_calls in (1, 2, 3):
        (features, targets), held = parts(X, y)
        model.partial_fit(
            features, targets, WEIGHTS[~HELD], **more, **held, sample_weight_val=weights
        )
        expected = model.score(*held.values(), weights)
        np.testing.assert_allclose(model.validation_scores_[-1], expected, rtol=1e-9)
        assert len(model.validation_scores_) == len(model.history_["val_loss"]) == n_calls
    assert type(model.validation_scores_[0]) is type(model.best_validation_score_) is float
    assert (model.best_loss_ is None) == early_stopping


def test_not_all_classes_need_be_in_the_first_call():
    model = small(MLPClassifier, early_stopping=True)
    model.partial_fit(X[:20], LABELS[:20], classes=[0, 1, 2], X_val=X, y_val=LABELS)
    assert model.validation_scores_ == [model.score(X, LABELS)]


def test_data_frames():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = small(MLPClassifier, early_stopping=True, scoring="neg_log_loss")
    same = small(MLPClassifier, early_stopping=True, scoring="neg_log_loss")
    for _ in range(3):
        call(model, 1, (frame, LABELS), {"X_val": frame, "y_val": LABELS})
        call(same, 1, (X, LABELS), {"X_val": X, "y_val": LABELS})
    assert model.validation_scores_ == same.validation_scores_
    with pytest.raises(ValueError, match="X_val: The feature names should match"):
        call(model, 1, (frame, LABELS), {"X_val": frame[list("badc")], "y_val": LABELS})


# --- bad calls -----------------------------------------------------------------------------

NOT_WITHOUT = "partial_fit does not support early_stopping=True"


class Fails:
    """A scorer that raises, or returns no number."""

    def __init__(self, result):
        self.result = result

    def __call__(self, estimator, X, y):
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


# parameters, what is given for validation, what the error says
BAD = [
    ({"early_stopping": True}, {}, NOT_WITHOUT),
    ({"early_stopping": True}, {"y_val": LABELS}, NOT_WITHOUT),
    ({"early_stopping": True}, {"X_val": X}, "given, but y_val is not"),
    ({}, {"X_val": X}, "given, but y_val is not"),
    ({}, {"y_val": LABELS}, "given, but X_val is not"),
    ({}, {"sample_weight_val": WEIGHTS}, "given, but X_val is not"),
    ({}, {"X_val": X[:, 1:], "y_val": LABELS}, "X_val: X has 3 features"),
    ({}, {"X_val": X, "y_val": LABELS + 1}, "y_val: `y` has classes not in"),
    ({}, {"X_val": X, "y_val": INDICATORS}, "y_val: y has 2 columns"),
    ({}, {"X_val": X, "y_val": LABELS[1:]}, "X_val, y_val: .*inconsistent"),
    (
        {},
        {"X_val": X, "y_val": LABELS, "sample_weight_val": -WEIGHTS},
        "sample_weight_val: Negative",
    ),
    (
        {"scoring": "acuracy"},
        {"X_val": X, "y_val": LABELS},
        "Got 'acuracy' instead. Did you mean 'accuracy'",
    ),
    ({"scoring": Fails(None)}, {"X_val": X, "y_val": LABELS}, "scoring=.* return a number"),
    ({"scoring": Fails(KeyError("own"))}, {"X_val": X, "y_val": LABELS}, "own"),
]


@pytest.mark.parametrize(("parameters", "given", "message"), BAD, ids=[b[2] for b in BAD])
@pytest.mark.parametrize("n_calls", [0, 2])
def test_a_bad_call_is_named_and_nothing_is_lost(parameters, given, message, n_calls):
    held = {"X_val": X[::2], "y_val": LABELS[::2]}
    model = call(small(MLPClassifier, restore_best=True), n_calls, (X, LABELS), held)
    same = copy.deepcopy(model)
    model.set_params(**parameters)
    before = snapshot(model)
    with pytest.raises((ValueError, KeyError), match=message):
        call(model, 1, (X, LABELS), given)
    assert_unchanged(model, before)
    model.set_params(**{name: same.get_params()[name] for name in parameters})
    assert_same_training(*(call(m, 2, (X, LABELS), held) for m in (model, same)))


@pytest.mark.parametrize("n_calls", [0, 2])
def test_an_interruption_is_passed_on_and_nothing_is_lost(n_calls):
    data, held = PARTS[MLPRegressor]
    model = call(small(MLPRegressor, restore_best=True), n_calls, data, held)
    before = snapshot(model.set_params(scoring=Fails(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        call(model, 1, data, held)
    assert_unchanged(model, before)


def test_inputs_are_not_written_to():
    (features, y), held = PARTS[MLPRegressor]
    data = {"X": features, "y": y, "sample_weight": WEIGHTS[~HELD], **held}
    data["sample_weight_val"] = WEIGHTS[HELD]
    frozen = {name: array.copy() for name, array in data.items()}
    for array in frozen.values():
        array.flags.writeable = False
    model = small(MLPRegressor, restore_best=True, standardize=True, scoring=mean_error)
    for _ in range(3):
        model.partial_fit(**frozen)
    model.set_params(shuffle=True, batch_size="full").partial_fit(**frozen)
