"""class_weight: weights of classes are weights of samples, written shorter."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale
from sklearn.utils.class_weight import compute_class_weight, compute_sample_weight
from sklearn.utils.estimator_checks import estimator_checks_generator
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

ROWS = np.r_[0:50, 50:80, 100:115]  # classes of 50, 30 and 15 samples
X, CODES = load_iris(return_X_y=True)
X, CODES = scale(X)[ROWS], CODES[ROWS]
INDICATORS = np.stack([CODES == 1, X[:, 0] > 0.5, X[:, 1] > -2], axis=1).astype(int)
WEIGHTS = np.random.default_rng(0).uniform(0.1, 3, len(X))


def by_code(weights, y=CODES):
    return np.array(weights)[y]


def by_label(*columns):
    return np.prod([by_code(w, y) for w, y in zip(columns, INDICATORS.T, strict=True)], axis=0)


LABEL_WEIGHTS = [{0: 0.5, 1: 3}, {1: 0.25}, {}]
CASES = {
    # y, class_weight, the weights that it stands for
    "two classes": ((CODES == 1).astype(int), {0: 0.5, 1: 3}, by_code([0.5, 3, 0.5])),
    "bool": (CODES == 1, {True: 3}, by_code([1, 3, 1])),
    "bool by number": (CODES == 1, {1: 3}, by_code([1, 3, 1])),
    "three classes": (CODES, {0: 1, 1: 2.5, 2: 4}, by_code([1, 2.5, 4])),
    "some are missing": (CODES, {2: 4}, by_code([1, 1, 4])),
    "all are missing": (CODES, {}, by_code([1, 1, 1])),
    "one counts for nothing": (CODES, {0: 0}, by_code([0, 1, 1])),
    "text": (np.array(["a", "b", "c"])[CODES], {"c": 2, "a": 0.5}, by_code([0.5, 1, 2])),
    "objects": (
        np.array(["a", "b", "c"], dtype=object)[CODES],
        {np.str_("c"): 2},
        by_code([1, 1, 2]),
    ),
    "not from 0 on": (np.array([-7, 3, 12])[CODES], {-7: 2, 12: 3}, by_code([2, 1, 3])),
    "float labels": (CODES.astype(float), {0: 2, 2.0: 3}, by_code([2, 1, 3])),
    "NumPy scalars": (CODES, {np.int64(1): np.float32(2)}, by_code([1, 2, 1])),
    "ordered": (CODES, OrderedDict({2: 2, 1: True}), by_code([1, 1, 2])),
    "balanced": (CODES, "balanced", compute_sample_weight("balanced", CODES)),
    "balanced text": (
        np.array(["a", "b", "c"])[CODES],
        "balanced",
        compute_sample_weight("balanced", CODES),
    ),
    "labels": (INDICATORS, LABEL_WEIGHTS, by_label([0.5, 3], [1, 0.25], [1, 1])),
    "sparse labels": (
        sparse.csr_array(INDICATORS),
        LABEL_WEIGHTS,
        by_label([0.5, 3], [1, 0.25], [1, 1]),
    ),
    "bool labels": (
        INDICATORS.astype(bool),
        LABEL_WEIGHTS,
        by_label([0.5, 3], [1, 0.25], [1, 1]),
    ),
    "balanced labels": (
        INDICATORS,
        "balanced",
        compute_sample_weight("balanced", INDICATORS),
    ),
    "some labels balanced": (
        INDICATORS,
        ["balanced", {1: 0.25}, {}],
        compute_sample_weight("balanced", INDICATORS[:, 0])
        * by_label([1, 1], [1, 0.25], [1, 1]),
    ),
}
cases = pytest.mark.parametrize(
    ("y", "class_weight", "expected"), CASES.values(), ids=list(CASES)
)
SETTINGS = {
    "adam": {},
    "batches": {"batch_size": 7},
    "lbfgs": {"solver": "lbfgs"},
    "early stopping": {"early_stopping": True, "validation_fraction": 0.3},
    "lowest loss": {"restore_best": True},
    "networks": {"n_init": 2},
    "float32": {"dtype": "float32"},
    "all the rest": {"standardize": True, "dropout": 0.2, "clip_norm": 0.5},
}
settings = pytest.mark.parametrize("more", SETTINGS.values(), ids=list(SETTINGS))


def classifier(**parameters):
    return MLPClassifier(
        **{"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0, **parameters}
    )


def assert_same_fit(one, other, rtol=0.0):
    fitted = {name for name in vars(one) if name.endswith("_")}
    assert fitted == {name for name in vars(other) if name.endswith("_")}
    for a, b in zip(
        one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)
    for name in one.history_.keys() - {"seconds"}:
        np.testing.assert_allclose(one.history_[name], other.history_[name], rtol=rtol)
    assert one.n_iter_ == other.n_iter_


# --- what it stands for --------------------------------------------------------------------


@cases
@settings
def test_it_is_a_sample_weight(y, class_weight, expected, more):
    weighted = classifier(class_weight=class_weight, **more).fit(X, y)
    assert_same_fit(weighted, classifier(**more).fit(X, y, expected))


@pytest.mark.parametrize(
    ("y", "class_weight", "expected"),
    # which counts weights, see below
    [pytest.param(*case, id=name) for name, case in CASES.items() if "balanced" not in name],
)
@settings
def test_it_multiplies_the_sample_weight(y, class_weight, expected, more):
    weighted = classifier(class_weight=class_weight, **more).fit(X, y, WEIGHTS)
    # rounding is that of the order in which several labels are multiplied
    tolerance = 1e-12 if y.ndim == 1 else 1e-6
    assert_same_fit(weighted, classifier(**more).fit(X, y, WEIGHTS * expected), tolerance)


@pytest.mark.parametrize(
    "weight",
    [WEIGHTS, np.where(CODES == 1, 0, WEIGHTS), np.where(CODES == 2, 0, 7.0)],
    ids=["all classes", "one has none", "integers, one has none"],
)
def test_balanced_counts_weights(weight):
    totals = np.array([weight[code == CODES].sum() for code in range(3)])
    share = np.where(totals > 0, totals, np.inf) * (totals > 0).sum()
    factors = weight.sum() / share
    weighted = classifier(class_weight="balanced").fit(X, CODES, weight)
    assert_same_fit(
        weighted, classifier().fit(X, CODES, weight * by_code(factors)), rtol=1e-12
    )


@pytest.mark.parametrize("y", [CODES == 1, CODES, INDICATORS], ids=["2", "3", "labels"])
@pytest.mark.parametrize("more", [{}, {"standardize": True}, {"solver": "lbfgs"}], ids=str)
def test_balanced_takes_weights_for_repetitions(y, more):
    times = np.random.default_rng(1).integers(0, 4, len(X))
    model = classifier(class_weight="balanced", batch_size="full", shuffle=False, **more)
    weighted = clone(model).fit(X, y, times)
    repeated = clone(model).fit(X.repeat(times, axis=0), y.repeat(times, axis=0))
    for a, b in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-9)


def test_the_scale_of_the_weights_is_that_of_sample_weights():
    """All classes by 8 is all samples by 8: the penalty counts for less."""
    eight = classifier(class_weight={0: 8, 1: 8, 2: 8}, alpha=0.8).fit(X, CODES)
    one = classifier(class_weight={0: 1, 1: 1, 2: 1}, alpha=0.1).fit(X, CODES)
    assert_same_fit(eight, one, rtol=1e-9)


def test_rows_of_probabilities_have_the_weight_of_their_largest():
    soft = 0.1 + 0.7 * np.eye(3)[CODES]
    weighted = classifier(loss="categorical_crossentropy", class_weight={2: 3}).fit(X, soft)
    by_hand = classifier(loss="categorical_crossentropy").fit(X, soft, by_code([1, 1, 3]))
    assert_same_fit(weighted, by_hand)


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("class_weight", [{2: 5}, "balanced"], ids=str)
def test_it_has_no_part_in_the_validation_data(class_weight, early_stopping):
    held = {"X_val": X[::2], "y_val": CODES[::2]}
    model = classifier(early_stopping=early_stopping, class_weight=class_weight)
    weighted = clone(model).fit(X, CODES, **held)
    plain = clone(model).fit(X, CODES, **held, sample_weight_val=np.ones(len(X[::2])))
    assert_same_fit(weighted, plain, rtol=1e-12)
    factors = compute_sample_weight(class_weight, CODES)
    by_hand = clone(model).set_params(class_weight=None).fit(X, CODES, factors, **held)
    assert_same_fit(weighted, by_hand)


def test_the_score_is_not_weighted():
    model = classifier(class_weight={0: 100}).fit(X, CODES)
    assert model.score(X, CODES) == np.mean(model.predict(X) == CODES)


# --- over several calls --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "class_weight", "expected"),
    [CASES[name] for name in ("two classes", "some are missing", "text", "labels")],
    ids=["two classes", "some are missing", "text", "labels"],
)
def test_partial_fit(y, class_weight, expected):
    weighted, by_hand = classifier(class_weight=class_weight), classifier()
    first = {} if y.ndim == 2 else {"classes": np.unique(y)}
    for weight in (None, WEIGHTS):
        factor = 1 if weight is None else weight
        weighted.partial_fit(X, y, weight, **first)
        by_hand.partial_fit(X, y, factor * expected, **first)
        first = {}
    assert_same_fit(weighted, by_hand, rtol=1e-9)


def test_partial_fit_needs_no_samples_of_the_weighted_classes():
    model = classifier(class_weight={0: 2, 2: 3})
    rows = CODES == 1
    model.partial_fit(X[rows], CODES[rows], classes=[0, 1, 2])
    by_hand = classifier().partial_fit(
        X[rows], CODES[rows], np.ones(rows.sum()), classes=[0, 1, 2]
    )
    assert_same_fit(model, by_hand)


@pytest.mark.parametrize("class_weight", [{0: 2}, "balanced"], ids=str)
def test_a_warm_start_may_have_other_class_weights(class_weight):
    model = classifier(warm_start=True).fit(X, CODES)
    by_hand = copy.deepcopy(model)
    model.set_params(class_weight=class_weight).fit(X, CODES)
    by_hand.fit(X, CODES, compute_sample_weight(class_weight, CODES))
    assert_same_fit(model, by_hand)


def test_what_the_error_recommends_for_partial_fit():
    classes = np.unique(CODES)
    factors = compute_class_weight("balanced", classes=classes, y=CODES)
    model = classifier(class_weight=dict(zip(classes, factors, strict=True)), max_iter=1)
    model.partial_fit(X, CODES, classes=classes)
    balanced = classifier(class_weight="balanced", max_iter=1).fit(X, CODES)
    np.testing.assert_allclose(model.coefs_[0], balanced.coefs_[0], rtol=1e-12)


# --- as a parameter ------------------------------------------------------------------------


def test_nothing_that_is_given_is_written_to():
    for y, class_weight, _ in CASES.values():
        given = {"X": X.copy(), "y": y.copy(), "sample_weight": WEIGHTS.copy()}
        weights, before = copy.deepcopy(class_weight), copy.deepcopy(given)
        model = classifier(class_weight=class_weight, early_stopping=True)
        for array in given.values():
            if not sparse.issparse(array):
                array.flags.writeable = False
        model.fit(**given)
        assert class_weight == weights
        assert model.class_weight is class_weight
        for name, array in given.items():
            array = array.toarray() if sparse.issparse(array) else array
            other = before[name]
            other = other.toarray() if sparse.issparse(other) else other
            np.testing.assert_array_equal(array, other)


def test_copies_and_a_grid_search():
    grid = {"class_weight": [None, "balanced", {0: 2}], "dropout": [0.0, (0.2,)]}
    search = GridSearchCV(classifier(), grid, cv=2, error_score="raise").fit(X, CODES)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    model = classifier(class_weight={0: 2, 1: 0.5}).fit(X, CODES)
    loaded = pickle.loads(pickle.dumps(model))
    assert loaded.class_weight == clone(model).class_weight == {0: 2, 1: 0.5}
    assert_same_fit(loaded.partial_fit(X, CODES), model.partial_fit(X, CODES))


# partial_fit is refused
NOT_WITH_BALANCED = {
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
    "check_estimators_partial_fit_n_features",
}


def generate_checks():
    for more in ({}, {"standardize": True, "clip_norm": 1.0}):
        configured = MLPClassifier(class_weight="balanced", max_iter=20, **more)
        for estimator, check in estimator_checks_generator(configured):
            name = check.func.__name__
            if name not in NOT_WITH_BALANCED | {"check_classifiers_train"}:
                yield pytest.param(estimator, check, id=f"{configured}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


# --- bad input -----------------------------------------------------------------------------

BOTH = CODES == 1
BAD = [
    # class_weight, y, what the error says
    ("nope", CODES, "'class_weight' parameter .* Got 'nope'"),
    (5, CODES, "'class_weight' parameter"),
    ((1, 2, 3), CODES, "'class_weight' parameter"),
    (np.ones(3), CODES, "'class_weight' parameter"),
    ({3: 1}, CODES, r"class_weight has the classes \[3\], .* of y, \[0, 1, 2\]"),
    ({0: 1, "a": 1}, CODES, r"class_weight has the classes \['a'\]"),
    ({"0": 1}, CODES, r"class_weight has the classes \['0'\]"),
    ({np.nan: 1}, CODES, r"class_weight has the classes \[nan\]"),
    ({0: 1}, np.array(["a", "b"])[BOTH.astype(int)], r"class_weight has the classes \[0\]"),
    ({0: -1}, CODES, "class_weight={0: -1} must hold finite numbers of at least 0"),
    ({0: np.nan}, CODES, "class_weight={0: nan} must hold finite numbers"),
    ({0: np.inf}, CODES, "class_weight={0: inf} must hold finite numbers"),
    ({0: 10**400}, CODES, "class_weight={0: 10+} must hold finite numbers"),
    ({0: None}, CODES, "class_weight={0: None} must hold finite numbers"),
    ({0: "a"}, CODES, "class_weight={0: 'a'} must hold finite numbers"),
    ({0: 1j}, CODES, "class_weight={0: 1j} must hold finite numbers"),
    ({0: [1, 2]}, CODES, r"class_weight={0: \[1, 2\]} must hold finite numbers"),
    ({0: 0, 1: 0, 2: 0}, CODES, "sum 0.0 over all samples, with class_weight={0: 0, 1: 0"),
    ([{0: 1}], CODES, r"class_weight=\[{0: 1}\] must be a dictionary or 'balanced'"),
    ([], BOTH, r"class_weight=\[\] must be a dictionary or 'balanced'"),
    ({0: 1}, INDICATORS, "class_weight={0: 1} must be a list of 3 dictionaries"),
    ([{0: 1}, {}], INDICATORS, "must be a list of 3 dictionaries, one for each label, or 'ba"),
    ([{0: 1}, {}, None], INDICATORS, "class_weight=.*None.* must be a list of 3 dictionaries"),
    ([{0: 1}, {}, "a"], INDICATORS, "class_weight=.*'a'.* must be a list of 3 dictionaries"),
    ([{0: 1}, {}, {2: 1}], INDICATORS, r"class_weight has the classes \[2\]"),
    ([{0: 1}, {}, {1: -1}], INDICATORS, "class_weight={1: -1} must hold finite numbers"),
]


@pytest.mark.parametrize(("class_weight", "y", "message"), BAD, ids=[b[2] for b in BAD])
def test_bad_class_weights_are_named_and_nothing_is_lost(class_weight, y, message):
    fitted = classifier().fit(X, y).set_params(class_weight=class_weight)
    for model in (classifier(class_weight=class_weight), fitted):
        before = snapshot(model)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert_unchanged(model, before)


@pytest.mark.parametrize(
    ("y", "class_weight"),
    [(CODES, "balanced"), (INDICATORS, "balanced"), (INDICATORS, ["balanced", {}, {}])],
    ids=["3", "labels", "one of the labels"],
)
@pytest.mark.parametrize("first", [True, False])
def test_partial_fit_cannot_balance(y, class_weight, first):
    model = classifier(class_weight=class_weight)
    if not first:
        model.fit(X, y)
    before = snapshot(model)
    classes = [0, 1, 2] if y.ndim == 1 else None
    with pytest.raises(ValueError, match="class_weight='balanced' is not for partial_fit"):
        model.partial_fit(X, y, classes=classes)
    assert_unchanged(model, before)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("class_weight", [{0: 2}, "balanced"], ids=str)
@pytest.mark.parametrize("weight", [None, WEIGHTS], ids=["plain", "weighted"])
def test_targets_of_another_kind_are_named(method, class_weight, weight):
    if method == "partial_fit" and class_weight == "balanced":
        pytest.skip("refused")
    fitted = classifier(class_weight=class_weight, warm_start=True).fit(X, BOTH.astype(int))
    before = snapshot(fitted)
    with pytest.raises(ValueError, match="y has 2 columns, but the model was fitted with one"):
        getattr(fitted, method)(X, INDICATORS[:, :2], weight)
    assert_unchanged(fitted, before)


@pytest.mark.parametrize(
    "y", [CODES + 1, np.array(["a", "b", "c"])[CODES]], ids=["others", "text"]
)
def test_unknown_labels_in_partial_fit_are_named(y):
    fitted = classifier(class_weight={0: 2}).fit(X, CODES)
    before = snapshot(fitted)
    with pytest.raises(ValueError, match=r"`y` has classes not in `self.classes_`"):
        fitted.partial_fit(X, y)
    assert_unchanged(fitted, before)


@pytest.mark.parametrize("class_weight", [{0: 1e300}, "balanced"], ids=str)
def test_weights_that_overflow(class_weight):
    model = classifier(class_weight=class_weight)
    before = snapshot(model)
    with pytest.raises(ValueError, match=r"sum (inf|nan) over all samples, with class_weight"):
        model.fit(X, CODES, np.full(len(X), 1e307))
    assert_unchanged(model, before)
