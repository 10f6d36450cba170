"""The tabular estimators: any table in, predictions out, and nothing else changed."""

import copy
import inspect
import pickle
import warnings
from contextlib import contextmanager

import joblib
import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn import datasets
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.impute import SimpleImputer
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, make_scorer, r2_score
from sklearn.model_selection import GridSearchCV, cross_validate, train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.utils import compute_sample_weight, get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator
from sklearn.utils.validation import _get_feature_names
from test_encoding import containers, object_array

from skmlp import TabularMLPClassifier, TabularMLPRegressor
from skmlp.activations import Activation, PReLU, Tanh
from skmlp.schedules import CosineLog, Progress

CLASSIFIER, REGRESSOR = TabularMLPClassifier, TabularMLPRegressor
kinds = pytest.mark.parametrize("Estimator", [CLASSIFIER, REGRESSOR])
pytestmark = pytest.mark.filterwarnings("ignore:Columns without any value")
SMALL = {"hidden_layer_sizes": (8,), "n_networks": 2, "max_iter": 3, "random_state": 0}
N = 60
RNG = np.random.default_rng(0)


def gaps(values, share=0.2):
    return [None if RNG.random() < share else value for value in values]


SIZE = RNG.normal(size=N)
COLUMNS = {
    "size": SIZE.tolist(),
    "gappy": gaps(RNG.lognormal(0, 3, N).tolist()),
    "count": RNG.integers(0, 9, N).tolist(),
    "new": (RNG.random(N) < 0.5).tolist(),
    "sold": gaps((RNG.random(N) < 0.5).tolist()),
    "colour": RNG.choice(["red", "green", ""], N).tolist(),
    "town": gaps([f"town {i % 12}" for i in range(N)]),
    "same": [7.5] * N,
    "empty": [None] * N,
}
TABLE = object_array(COLUMNS)
NUMBERS = RNG.normal(size=(N, 4))
TRUE = np.array([value == "red" for value in COLUMNS["colour"]]) ^ (SIZE > 0)
Y = {CLASSIFIER: np.where(TRUE, "yes", "no"), REGRESSOR: SIZE + 3.0 * TRUE}
INDICATORS = np.stack([TRUE, SIZE > 0.5, ~TRUE], axis=1).astype(int)
WEIGHTS = RNG.uniform(0.1, 3, N)


def small(Estimator, **parameters):
    return Estimator(**{**SMALL, **parameters})


def outputs(model, X):
    return model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)


def assert_same_model(a, b, X=TABLE):
    np.testing.assert_array_equal(outputs(a, X), outputs(b, X))
    for name in a.history_.keys() - {"seconds"}:
        np.testing.assert_array_equal(a.history_[name], b.history_[name], err_msg=name)
    for name in ("n_iter_", "network_best_iters_", "network_scores_"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


@contextmanager
def left_alone(model):
    """The estimator has its attributes as before, to the object, and the process its state."""
    before, fitted = vars(model).copy(), hasattr(model, "history_")
    predictions = outputs(model, TABLE) if fitted else None
    state = np.geterr(), warnings.filters[:], sklearn.get_config()
    numbers = np.random.get_state()  # noqa: NPY002
    yield
    assert vars(model).keys() == before.keys()
    assert [name for name, value in before.items() if vars(model)[name] is not value] == []
    if fitted:
        np.testing.assert_array_equal(outputs(model, TABLE), predictions)
    assert (np.geterr(), warnings.filters, sklearn.get_config()) == state
    np.testing.assert_equal(np.random.get_state(), numbers)  # noqa: NPY002


@pytest.fixture(params=["unfitted", "fitted"])
def fitted(request):
    return request.param == "fitted"


def made(Estimator, fitted, **parameters):
    model = small(Estimator)
    if fitted:
        model.fit(TABLE, Y[Estimator])
    return model.set_params(**parameters)


def frame(**more):
    return pytest.importorskip("pandas").DataFrame({**COLUMNS, **more})


# --- scikit-learn's contract ---------------------------------------------------------------

# Twice a sample is not a sample of weight 2: it is in two batches, one may be held back.
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
}


def generate_checks():
    for Estimator in (CLASSIFIER, REGRESSOR):
        for more in ({}, {"early_stopping": False}, {"max_iter": 30, "activation": "prelu"}):
            for estimator, check in estimator_checks_generator(small(Estimator, **more)):
                name = check.func.__name__
                if name not in EXPECTED_FAILURES:
                    yield pytest.param(
                        estimator, check, id=f"{Estimator.__name__}{more}-{name}"
                    )


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


@kinds
def test_tags(Estimator):
    tags = get_tags(Estimator())
    assert tags.input_tags.allow_nan
    assert tags.input_tags.categorical
    assert tags.input_tags.string
    assert not tags.input_tags.sparse
    if Estimator is CLASSIFIER:
        assert tags.classifier_tags.multi_label
    else:
        assert tags.target_tags.multi_output


@kinds
def test_constraints_are_those_of_the_parameters(Estimator):
    parameters = inspect.signature(Estimator).parameters.values()
    assert set(Estimator._parameter_constraints) == {p.name for p in parameters}
    assert Estimator().get_params() == {p.name: p.default for p in parameters}


# --- tables --------------------------------------------------------------------------------


@kinds
@containers
def test_the_same_table_in_every_form(Estimator, container):
    X, y = container(COLUMNS), Y[Estimator]
    expected = small(Estimator).fit(TABLE, y)
    model = small(Estimator).fit(X, y)
    np.testing.assert_array_equal(outputs(model, X), outputs(expected, TABLE))
    np.testing.assert_array_equal(model.is_categorical_, [0, 0, 0, 1, 1, 1, 1, 0, 0])
    assert model.n_features_in_ == len(COLUMNS)
    named = _get_feature_names(X) is not None  # scikit-learn 1.6 does not know polars 2
    assert hasattr(model, "feature_names_in_") == named
    if named:
        assert model.feature_names_in_.tolist() == list(COLUMNS)
    assert model.score(X, y) == expected.score(TABLE, y)


@kinds
@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.filterwarnings("ignore:X has feature names")
def test_fitted_in_one_form_and_predicting_in_another(Estimator):
    pl = pytest.importorskip("polars")
    forms = [frame(), pl.DataFrame(COLUMNS, strict=False), TABLE, TABLE.tolist()]
    forms.append(frame().astype({"colour": "category", "town": "category", "sold": "boolean"}))
    forms.append(frame().convert_dtypes())
    expected = outputs(small(Estimator).fit(TABLE, Y[Estimator]), TABLE)
    for X in forms:
        model = small(Estimator).fit(X, Y[Estimator])
        for other in forms:
            np.testing.assert_array_equal(outputs(model, other), expected)


@kinds
@pytest.mark.parametrize("rows", [slice(0, 1), slice(3, 9), slice(None, None, -1)], ids=str)
@containers
def test_every_row_by_itself(Estimator, container, rows):
    model = small(Estimator, max_iter=9).fit(container(COLUMNS), Y[Estimator])
    part = {name: values[rows] for name, values in COLUMNS.items()}
    expected = outputs(model, container(COLUMNS))[rows]
    np.testing.assert_allclose(outputs(model, container(part)), expected, rtol=1e-12)


@kinds
def test_large_tables_are_predicted_in_blocks(Estimator, monkeypatch):
    model = small(Estimator).fit(TABLE, Y[Estimator])
    expected = outputs(model, TABLE)
    monkeypatch.setattr("skmlp._ensemble.BLOCK_ROWS", 7)
    for X in (TABLE, TABLE.tolist()):
        np.testing.assert_allclose(outputs(model, X), expected, rtol=1e-12)


def changed(**columns):
    """The table with a column that has one value throughout."""
    return object_array({**COLUMNS, **{name: [value] * N for name, value in columns.items()}})


# What is the same to a fitted model.
ALIKE = {
    "levels that fit has not seen": ({"town": "Rome"}, {"town": None}),
    "kinds of missing": ({"gappy": np.nan}, {"gappy": None}),
    "a new level and a missing one of few": ({"colour": "blue"}, {"colour": None}),
    "a missing boolean": ({"sold": None}, {"sold": np.nan}),
    "a column that was constant": ({"same": -1e9}, {"same": None}),
    "a column that was empty": ({"empty": 3.0}, {"empty": "text"}),
    "booleans as numbers": ({"new": True}, {"new": 1}),
    "numbers far out": ({"count": 1e300}, {"count": 1e299}),
}


@kinds
@pytest.mark.parametrize(("one", "other"), ALIKE.values(), ids=ALIKE)
def test_values_that_are_alike(Estimator, one, other):
    model = small(Estimator).fit(TABLE, Y[Estimator])
    np.testing.assert_array_equal(
        outputs(model, changed(**one)), outputs(model, changed(**other))
    )


DIFFERENT = {
    "a missing number": ({"gappy": None}, {"gappy": 0.0}),
    "a missing level": ({"town": None}, {"town": "town 3"}),
    "empty text is a level": ({"colour": ""}, {"colour": None}),
    "booleans": ({"new": True}, {"new": False}),
    "a missing boolean": ({"sold": None}, {"sold": True}),
}


@kinds
@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_values_that_differ(Estimator, one, other):
    model = small(Estimator).fit(TABLE, Y[Estimator])
    a, b = (outputs(model, changed(**columns)) for columns in (one, other))
    assert not np.isclose(a, b, rtol=1e-6).all()


@kinds
@pytest.mark.parametrize("scoring", [None, "loss", "by name"])
@pytest.mark.parametrize(
    "X", [np.ones((N, 2)), np.full((N, 2), np.nan), [["a", None]] * N], ids=["1", "nan", "a"]
)
def test_nothing_to_learn_from(Estimator, X, scoring):
    """All columns are left out: what remains is the mean."""
    if scoring == "by name":
        scoring = "accuracy" if Estimator is CLASSIFIER else "r2"
    model = small(Estimator, scoring=scoring).fit(X, Y[Estimator])
    assert len(np.unique(outputs(model, X), axis=0)) == 1
    np.testing.assert_array_equal(outputs(model, X[:1]), outputs(model, X)[:1])


@kinds
@pytest.mark.parametrize("weights", [None, np.arange(N) > 0], ids=["", "weights"])
def test_a_column_without_values_is_named(Estimator, weights):
    """Of those that count: the rows with weights above 0."""
    first = [1.0, *[None] * (N - 1)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        small(Estimator).fit(frame(first=first), Y[Estimator], weights)
    names = ["empty"] if weights is None else ["empty", "first"]
    columns = ", ".join(f"Column {name!r} of X" for name in names)
    (warning,) = caught
    assert str(warning.message) == f"Columns without any value are not used: {columns}."


@kinds
def test_a_category_with_10000_levels(Estimator):
    levels = np.array([f"level {i}" for i in range(10_000)], dtype=object)
    y = np.resize(Y[Estimator], 10_000)
    model = small(Estimator, n_networks=1, max_iter=1).fit(levels[:, None], y)
    assert len(outputs(model, [["level 3"], [None], ["level -1"]])) == 3


def of_pandas(make):
    return lambda: make(pytest.importorskip("pandas"))


def of_polars(make):
    return lambda: make(pytest.importorskip("polars"))


ORDINARY = of_pandas(lambda pd: pd.DataFrame(NUMBERS))
# Tables of N rows that are the same, in ways that must not matter.
AS_ORDINARY = {
    "integer names": of_pandas(lambda pd: pd.DataFrame(NUMBERS, columns=[3, 1, 9, -1])),
    "names": of_pandas(
        lambda pd: pd.DataFrame(NUMBERS, columns=["", "shape", "columns", "ä"])
    ),
    "names in levels": of_pandas(
        lambda pd: pd.DataFrame(
            NUMBERS, columns=pd.MultiIndex.from_product([["a", "b"], ["", "x"]])
        )
    ),
    "dates as names": of_pandas(
        lambda pd: pd.DataFrame(NUMBERS, columns=pd.date_range("2024", periods=4))
    ),
    "rows in another order": of_pandas(
        lambda pd: pd.DataFrame(NUMBERS, index=np.arange(N)[::-1])
    ),
    "rows with one name": of_pandas(lambda pd: pd.DataFrame(NUMBERS, index=["x"] * N)),
    "names in levels, of rows": of_pandas(
        lambda pd: pd.DataFrame(NUMBERS, index=[np.arange(N) // 2, np.arange(N) % 2])
    ),
    "Fortran order": lambda: np.asfortranarray(NUMBERS),
    "not contiguous": lambda: np.repeat(NUMBERS, 2, axis=1)[::1, ::2],
    "objects": lambda: NUMBERS.astype(object),
    "polars": of_polars(lambda pl: pl.DataFrame(NUMBERS)),
    "Arrow": of_pandas(
        lambda pd: (
            pytest.importorskip("pyarrow")
            and pd.DataFrame(NUMBERS).convert_dtypes(dtype_backend="pyarrow")
        )
    ),
    "other columns beside, without a value": lambda: np.c_[NUMBERS, np.full(N, np.nan)],
}


@kinds
@pytest.mark.parametrize("make", AS_ORDINARY.values(), ids=AS_ORDINARY)
@pytest.mark.parametrize("weights", [None, (np.arange(N) > 9) * 1.0], ids=["", "weights"])
def test_what_a_table_is_called_does_not_matter(Estimator, make, weights):
    """With weights of 0, rows are taken by position."""
    X, plain, y = make(), ORDINARY(), Y[Estimator]
    expected = small(Estimator).fit(plain, y, weights)
    model = small(Estimator).fit(X, y, weights)
    np.testing.assert_array_equal(outputs(model, X), outputs(expected, plain))


@kinds
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.int8, np.uint64])
def test_dtypes_of_numbers(Estimator, dtype):
    X = np.round(10 * np.abs(NUMBERS)).astype(dtype)
    expected = outputs(small(Estimator).fit(X.astype(float), Y[Estimator]), X.astype(float))
    np.testing.assert_array_equal(outputs(small(Estimator).fit(X, Y[Estimator]), X), expected)


@kinds
def test_units_of_numbers_do_not_matter(Estimator):
    units = 2.0 ** np.array([-900, 0, 60, 900])
    expected = small(Estimator).fit(NUMBERS, Y[Estimator])
    model = small(Estimator).fit(NUMBERS * units, Y[Estimator])
    np.testing.assert_allclose(
        outputs(model, NUMBERS * units), outputs(expected, NUMBERS), rtol=1e-4
    )


@kinds
def test_many_columns(Estimator):
    X = RNG.normal(size=(N, 2000))
    X[:, 1500] = np.where(TRUE, 5, -5)
    model = small(Estimator, n_networks=1, max_iter=20, early_stopping=False)
    assert model.fit(X, Y[Estimator]).score(X, Y[Estimator]) > 0.8


# --- what is wrong with what is given ------------------------------------------------------

AS_NUMBERS = r"give it as numbers, for example as df\['x'\].dt.year or seconds since a date"


def but(values, place, value):
    values = np.array(values, dtype=object)
    values[place] = value
    return values


# Arguments of fit beside a good X and y (y may be made of it), the error, its beginning.
BAD_DATA = {
    "one dimension": ({"X": NUMBERS[:, 0]}, ValueError, "X: Expected 2D array"),
    "sparse": (
        {"X": sparse.csr_array(NUMBERS)},
        TypeError,
        "Sparse data was passed for X, but dense data is required.*toarray",
    ),
    "no rows": ({"X": NUMBERS[:0], "y": lambda y: y[:0]}, ValueError, r"X: .*0 sample\(s\)"),
    "no columns": ({"X": NUMBERS[:, :0]}, ValueError, r"X: .*0 feature\(s\)"),
    "None": ({"X": None}, ValueError, "X: "),
    "complex": ({"X": NUMBERS + 1j}, ValueError, "X: Complex data not supported"),
    "infinite": (
        {"X": np.where(NUMBERS > 1, np.inf, NUMBERS)},
        ValueError,
        r"Input X contains infinity .* in column \d",
    ),
    "dates": (
        {"X": lambda y: frame(day=np.arange(N).astype("M8[D]").astype("M8[s]"))},
        TypeError,
        f"Column 'day' of X holds .*: {AS_NUMBERS}",
    ),
    "numbers and text": (
        {"X": lambda y: frame(code=[1, "?"] * (N // 2))},
        ValueError,
        "Column 'code' of X holds both numbers and text: a column of numbers must be all num",
    ),
    "two of a name": (
        {"X": lambda y: frame().rename(columns={"count": "size"})},
        ValueError,
        r"X has duplicate column names: \['size'\]",
    ),
    "names of two kinds": (
        {"X": lambda y: frame().rename(columns={"count": 1})},
        TypeError,
        "Feature names are only supported if all input features have string names",
    ),
    "LazyFrame": (
        {"X": lambda y: pytest.importorskip("polars").LazyFrame({"a": y})},
        TypeError,
        r"X is a LazyFrame: give X.collect\(\)",
    ),
    "another length": ({"y": lambda y: y[1:]}, ValueError, "X, y: .*inconsistent numbers"),
    "no y": ({"y": None}, ValueError, ".* requires y to be passed"),
    "y with None": ({"y": lambda y: but(y, 3, None)}, (TypeError, ValueError), r".*\by\b"),
    "y with NaN": ({"y": lambda y: but(y, 3, np.nan)}, ValueError, r"(y|Input y).*NaN"),
    "y of three dimensions": ({"y": np.zeros((N, 2, 2))}, ValueError, "y: .*dim 3"),
    "weights of another length": ({"sample_weight": WEIGHTS[1:]}, ValueError, "sample_weight"),
    "a negative weight": (
        {"sample_weight": but(WEIGHTS, 3, -1)},
        ValueError,
        "Negative values in data passed to `sample_weight`",
    ),
    "weights with NaN": (
        {"sample_weight": but(WEIGHTS, 3, np.nan)},
        ValueError,
        "Input sample_weight contains NaN",
    ),
    "no weight at all": ({"sample_weight": 0 * WEIGHTS}, ValueError, "sample_weight"),
    "infinite weights": (
        {"sample_weight": np.full(N, 1e308)},
        ValueError,
        "sample_weight has the sum inf over all samples",
    ),
    "weights in columns": ({"sample_weight": WEIGHTS[:, None]}, ValueError, "sample_weight: "),
    "weights for three samples": (
        {"sample_weight": (np.arange(N) < 3) * 1.0},
        ValueError,
        "early_stopping=True needs at least 4 samples, .* got n_samples = 3",
    ),
    "y_val without X_val": ({"y_val": lambda y: y}, ValueError, ".*but X_val is not"),
    "X_val without y_val": ({"X_val": TABLE}, ValueError, ".*but y_val is not"),
    "only weights of validation": (
        {"sample_weight_val": WEIGHTS},
        ValueError,
        ".*but X_val is not",
    ),
    "X_val with other columns": (
        {"X_val": TABLE[:, 1:], "y_val": lambda y: y},
        ValueError,
        "X_val: X has 8 features, but .* is expecting 9",
    ),
    "X_val in another order": (
        {
            "X": lambda y: frame(),
            "X_val": lambda y: frame().iloc[:, ::-1],
            "y_val": lambda y: y,
        },
        ValueError,
        "X_val: The feature names should match .*\n.*same order",
    ),
    "X_val with other names": (
        {
            "X": lambda y: frame(),
            "X_val": lambda y: frame().rename(columns={"size": "Size"}),
            "y_val": lambda y: y,
        },
        ValueError,
        "X_val: The feature names should match .*\n.*unseen at fit time:\n- Size",
    ),
    "X_val of one dimension": (
        {"X_val": TABLE[:, 0], "y_val": lambda y: y},
        ValueError,
        "X_val: Expected 2D",
    ),
    "X_val sparse": (
        {"X_val": sparse.csr_array(NUMBERS), "y_val": lambda y: y},
        TypeError,
        "Sparse data was passed for X_val",
    ),
    "X_val with text for numbers": (
        {"X_val": changed(size="1.5"), "y_val": lambda y: y},
        ValueError,
        "Column 0 of X_val holds text, but held numbers in fit",
    ),
    "X_val with dates": (
        {"X_val": changed(size=np.datetime64("2024-02-29")), "y_val": lambda y: y},
        TypeError,
        "Column 0 of X_val holds values of type datetime64",
    ),
    "X_val infinite": (
        {"X_val": changed(size=np.inf), "y_val": lambda y: y},
        ValueError,
        "Input X_val contains infinity .* in column 0",
    ),
    "y_val of another length": (
        {"X_val": TABLE, "y_val": lambda y: y[1:]},
        ValueError,
        "X_val, y_val: .*inconsistent",
    ),
    "y_val with NaN": (
        {"X_val": TABLE, "y_val": lambda y: but(y, 0, np.nan)},
        ValueError,
        "y_val: ",
    ),
    "y_val in columns": (
        {"X_val": TABLE, "y_val": lambda y: np.c_[y, y]},
        ValueError,
        "y_val: y (has 2 outputs|of shape .* has several columns)",
    ),
    "negative weights of validation": (
        {"X_val": TABLE, "y_val": lambda y: y, "sample_weight_val": -WEIGHTS},
        ValueError,
        "sample_weight_val: ",
    ),
    "no weight of validation": (
        {"X_val": TABLE, "y_val": lambda y: y, "sample_weight_val": 0 * WEIGHTS},
        ValueError,
        "sample_weight_val: ",
    ),
}


@kinds
@pytest.mark.parametrize(("given", "error", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_bad_data(Estimator, given, error, message, fitted):
    model, y = made(Estimator, fitted), Y[Estimator]
    given = {name: value(y) if callable(value) else value for name, value in given.items()}
    with left_alone(model), pytest.raises(error, match=f"^{message}"):
        model.fit(**{"X": TABLE, "y": y, **given})


BAD_TARGETS = {
    "labels that are numbers": (CLASSIFIER, SIZE, "y does not hold class labels"),
    "labels of two kinds": (CLASSIFIER, but(TRUE, 0, "a"), "The labels of y cannot be sorted"),
    "several columns of labels": (CLASSIFIER, np.c_[TRUE + 1, TRUE + 2], "y of shape"),
    "indicators of -1 and 1": (CLASSIFIER, 2 * INDICATORS - 1, "Multi-label y must be an ind"),
    "integers as objects": (CLASSIFIER, TRUE.astype(int).astype(object), ".*y.astype"),
    "text": (REGRESSOR, Y[CLASSIFIER], "y must hold numbers"),
    "infinite": (REGRESSOR, np.where(TRUE, np.inf, SIZE), "Input y contains infinity"),
    "sparse": (REGRESSOR, sparse.csr_array(INDICATORS), "Sparse y is not supported"),
    "too large": (REGRESSOR, 1e300 * SIZE, "The variance of y is not finite"),
}


@pytest.mark.parametrize(("Estimator", "y", "message"), BAD_TARGETS.values(), ids=BAD_TARGETS)
def test_bad_targets(Estimator, y, message, fitted):
    model = made(Estimator, fitted)
    with left_alone(model), pytest.raises((TypeError, ValueError), match=f"^{message}"):
        model.fit(TABLE, y)


def test_a_label_that_only_the_validation_data_have():
    with pytest.raises(ValueError, match=r"^y_val: .*'maybe'"):
        small(CLASSIFIER).fit(TABLE, Y[CLASSIFIER], X_val=TABLE[:1], y_val=["maybe"])


# Parameters and what the message has, beside the name of the first.
BAD_PARAMETERS = [
    ({"hidden_layer_sizes": (0,)}, "> 0"),
    ({"hidden_layer_sizes": (2.5,)}, "integers"),
    ({"hidden_layer_sizes": "wide"}, "array-like"),
    ({"activation": "softmax"}, "'relu'"),
    ({"activation": ["tanh", "relu"]}, "2 entries for 1 hidden layers"),
    ({"max_iter": 0}, r"\[1, inf\)"),
    ({"max_iter": "max"}, "'auto'"),
    ({"learning_rate_init": 0}, r"\(0.0, inf\)"),
    ({"learning_rate_init": np.nan}, r"\(0.0, inf\)"),
    ({"batch_size": 0}, r"\[1, inf\)"),
    ({"dropout": 1.0}, r"\[0.0, 1.0\)"),
    ({"dropout": [0.1, 0.1]}, "2 entries for 1 hidden layers"),
    ({"dropout": [None]}, r"rates in \[0, 1\)"),
    ({"weight_decay": -0.1}, r"\[0.0, inf\)"),
    ({"n_networks": 0}, r"\[1, inf\)"),
    ({"n_networks": 2.0}, "int"),
    ({"embedding": "sine"}, "'periodic'"),
    ({"categorical_features": "town"}, "'from_dtype'"),
    ({"categorical_features": ["town"]}, "integers or as a boolean mask"),
    ({"categorical_features": [9]}, r"in \[0, n_features - 1\]"),
    ({"categorical_features": {6}}, "must be a list of"),
    ({"categorical_features": [[6], [7]]}, "must be a list of"),
    ({"categorical_features": None}, "Column 5 of X holds text"),
    ({"early_stopping": "yes"}, "bool"),
    ({"validation_fraction": 0.6}, r"\(0.0, 0.5\]"),
    ({"scoring": "best"}, "'accuracy'"),
    ({"scoring": ["r2"]}, "callable"),
    ({"scoring": accuracy_score}, "make_scorer"),
    ({"scoring": lambda estimator, X, y: None}, "must return a number, got None"),
    ({"random_state": -1}, "RandomState"),
    ({"verbose": "yes"}, "bool"),
]
BAD_CLASSIFIERS = [
    ({"label_smoothing": 1.0}, r"\[0.0, 1.0\)"),
    ({"class_weight": "equal"}, "'balanced'"),
    (
        {"class_weight": {"maybe": 2}},
        r"the classes \['maybe'\], which are not among those of y",
    ),
    ({"class_weight": {"yes": -2}}, "finite numbers of at least 0"),
    ({"class_weight": {"yes": 0, "no": 0}}, "sum 0.0"),
    ({"class_weight": [{"yes": 2}]}, "a dictionary or 'balanced'"),
]


@pytest.mark.parametrize(
    ("Estimator", "parameters", "message"),
    [(kind, *case) for kind in (CLASSIFIER, REGRESSOR) for case in BAD_PARAMETERS]
    + [(CLASSIFIER, *case) for case in BAD_CLASSIFIERS],
    ids=str,
)
def test_bad_parameters(Estimator, parameters, message, fitted):
    model = made(Estimator, fitted, **parameters)
    (name,) = parameters
    with left_alone(model), pytest.raises((TypeError, ValueError), match=message) as caught:
        model.fit(TABLE, Y[Estimator])
    assert name in str(caught.value)


@pytest.mark.parametrize("class_weight", [{0: 2}, [{0: 2}], [{0: 2}, {1: 3}, 2]])
def test_bad_weights_of_labels(class_weight):
    with pytest.raises(
        ValueError, match=r"class_weight=.*list of 3 dictionaries, one for each"
    ):
        small(CLASSIFIER, class_weight=class_weight).fit(TABLE, INDICATORS)


BAD_TABLES = {
    "text for numbers": (changed(size="1.5"), "Column 0 of X holds text, but held numbers in"),
    "numbers for text": (changed(town=3), "Column 6 of X holds numbers, but held text in fit"),
    "fewer columns": (TABLE[:, 1:], "X has 8 features, but .* is expecting 9"),
    "one row alone": (TABLE[0], "X: Expected 2D array"),
    "infinite": (changed(gappy=np.inf), "Input X contains infinity .* in column 1"),
    "no rows": (TABLE[:0], r"X: Found array with 0 sample\(s\)"),
}


@kinds
@pytest.mark.parametrize(("X", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_bad_tables_to_predict(Estimator, X, message):
    model = made(Estimator, True)
    with left_alone(model), pytest.raises(ValueError, match=f"^{message}"):
        outputs(model, X)


@kinds
def test_columns_in_another_order(Estimator):
    model = small(Estimator).fit(frame(), Y[Estimator])
    for X in (frame().iloc[:, ::-1], frame(more=1), frame().drop(columns="same")):
        with pytest.raises(ValueError, match="The feature names should match"):
            model.predict(X)
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        model.predict(TABLE)


@kinds
def test_not_fitted(Estimator):
    with pytest.raises(NotFittedError, match=Estimator.__name__):
        Estimator().predict(TABLE)


@kinds
@pytest.mark.parametrize("n_samples", [1, 2, 3])
def test_too_few_samples_to_hold_back_some(Estimator, n_samples):
    X, y = TABLE[:n_samples], Y[Estimator][:n_samples]
    message = f"early_stopping=True needs at least 4 samples.*n_samples = {n_samples}"
    with pytest.raises(ValueError, match=message):
        small(Estimator).fit(X, y)
    for given in ({}, {"X_val": TABLE, "y_val": Y[Estimator]}):
        if given and not set(Y[Estimator]) <= set(y) and Estimator is CLASSIFIER:
            continue
        model = small(Estimator, early_stopping=bool(given)).fit(X, y, **given)
        assert model.predict(TABLE).shape == (N,)


@kinds
@pytest.mark.parametrize("n_samples", [4, 5, 9])
def test_few_samples(Estimator, n_samples):
    model = small(Estimator, n_networks=5).fit(TABLE[:n_samples], Y[Estimator][:n_samples])
    assert np.isfinite(outputs(model, TABLE)).all()


def test_integers_that_floats_do_not_tell_apart():
    ids = 2**60 + np.arange(N)[:, None] % 3
    for X in (ids, ids.astype(object)):
        with pytest.raises(ValueError, match=r"Column 0 of X .* beyond 2\*\*53.*as text"):
            small(CLASSIFIER, categorical_features=[0]).fit(X, Y[CLASSIFIER])
    text = small(CLASSIFIER).fit(ids.astype(str), Y[CLASSIFIER])
    assert len(np.unique(text.predict_proba(ids.astype(str)), axis=0)) == 3


# --- targets -------------------------------------------------------------------------------

CODES = np.arange(N) % 3
LABELS = {
    "text": Y[CLASSIFIER],
    "booleans": TRUE,
    "integers": TRUE.astype(np.int8),
    "-1 and 1": 2 * TRUE - 1,
    "floats": TRUE.astype(np.float32),
    "three": np.array(["b", "c", "a"])[CODES],
    "three integers": CODES * 5 - 3,
    "one": np.full(N, 4),
    "one text": np.full(N, "only"),
    "single members": np.where(np.arange(N) < 5, np.arange(N), 7),
    "rare": np.arange(N) == 9,
}
labels = pytest.mark.parametrize("y", LABELS.values(), ids=LABELS)


@labels
@pytest.mark.parametrize("form", ["array", "list", "Series", "polars"])
def test_labels(y, form):
    given = y
    if form == "list":
        given = y.tolist()
    elif form == "Series":  # whose names of rows do not matter
        given = pytest.importorskip("pandas").Series(y, index=np.arange(N)[::-1])
    elif form == "polars":
        given = pytest.importorskip("polars").Series(y)
    model = small(CLASSIFIER, class_weight="balanced").fit(TABLE, given)
    expected = small(CLASSIFIER, class_weight="balanced").fit(TABLE, y)
    p, predicted = model.predict_proba(TABLE), model.predict(TABLE)
    np.testing.assert_array_equal(p, expected.predict_proba(TABLE))
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    assert p.shape == (N, len(model.classes_))
    assert p.dtype == np.float64
    assert p.flags.c_contiguous
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_array_equal(predicted, model.classes_[np.argmax(p, axis=1)])
    assert model.score(TABLE, y) == np.mean(predicted == y)


@labels
def test_labels_are_as_of_gradient_boosting(y):
    model = small(CLASSIFIER).fit(NUMBERS, y)
    other = HistGradientBoostingClassifier(max_iter=1).fit(NUMBERS, y)
    assert model.classes_.dtype == other.classes_.dtype
    assert model.predict(NUMBERS).dtype == other.predict(NUMBERS).dtype
    assert model.predict(NUMBERS).shape == other.predict(NUMBERS).shape


def test_names_of_classes_do_not_matter():
    """As long as their order is the same."""
    expected = small(CLASSIFIER).fit(TABLE, CODES)
    for names in (np.array(["a", "b", "c"]), np.array([-1.0, 0.0, 7.0])):
        model = small(CLASSIFIER).fit(TABLE, names[CODES])
        assert_same_model(model, expected)
        np.testing.assert_array_equal(model.predict(TABLE), names[expected.predict(TABLE)])


def test_many_classes():
    y = np.r_[np.arange(100), RNG.integers(0, 100, 200)]
    X = RNG.normal(size=(300, 3))
    model = small(CLASSIFIER).fit(X, y)
    assert model.predict_proba(X).shape == (300, 100)


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix, sparse.csr_array], ids=str)
@pytest.mark.parametrize("dtype", [int, bool, float])
def test_several_labels(make, dtype):
    y = make(INDICATORS.astype(dtype))
    model = small(CLASSIFIER).fit(TABLE, y)
    p, predicted = model.predict_proba(TABLE), model.predict(TABLE)
    assert sparse.issparse(predicted) == sparse.issparse(y)
    if sparse.issparse(predicted):
        predicted = predicted.toarray()
    expected = small(CLASSIFIER).fit(TABLE, INDICATORS)
    np.testing.assert_array_equal(p, expected.predict_proba(TABLE))
    np.testing.assert_array_equal(predicted, p > 0.5)
    other = MLPClassifier(hidden_layer_sizes=(2,), max_iter=1)
    with pytest.warns(ConvergenceWarning):
        other.fit(NUMBERS, INDICATORS)
    assert predicted.dtype == other.predict(NUMBERS).dtype
    np.testing.assert_array_equal(model.classes_, [0, 1, 2])
    np.testing.assert_array_equal(model.history_["val_score"], -model.history_["val_loss"])
    assert model.score(TABLE, y) == (predicted == INDICATORS).all(axis=1).mean()


def test_one_column_of_labels_is_a_vector():
    with pytest.warns(sklearn.exceptions.DataConversionWarning, match="column-vector y"):
        model = small(CLASSIFIER).fit(TABLE, Y[CLASSIFIER][:, None])
    assert_same_model(model, small(CLASSIFIER).fit(TABLE, Y[CLASSIFIER]))


TARGETS = {
    "float64": Y[REGRESSOR],
    "float32": Y[REGRESSOR].astype(np.float32),
    "longdouble": Y[REGRESSOR].astype(np.longdouble),
    "integers": np.round(10 * Y[REGRESSOR]).astype(int),
    "booleans": TRUE,
    "objects": Y[REGRESSOR].astype(object),
    "two": np.c_[Y[REGRESSOR], SIZE],
    "wide scales": np.c_[1e9 * Y[REGRESSOR], 1e-9 * SIZE],
    "large": 1e150 * SIZE,
    "small": 1e-150 * SIZE,
    "constant": np.full(N, 0.1),
    "one is constant": np.c_[SIZE, np.full(N, 0.7)],
    "outlier": but(SIZE, 3, 1e90).astype(float),
}


@pytest.mark.parametrize("y", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("n_networks", [1, 3, 10])
def test_numbers(y, n_networks):
    model = small(REGRESSOR, n_networks=n_networks).fit(TABLE, y)
    predicted = model.predict(TABLE)
    assert predicted.shape == y.shape
    assert predicted.dtype == np.float64
    assert predicted.flags.c_contiguous
    # To the last bit: the mean of several numbers 0.1 may be more than 0.1.
    assert (predicted >= y.min(axis=0)).all()
    assert (predicted <= y.max(axis=0)).all()
    assert model.n_outputs_ == (1 if y.ndim == 1 else 2)
    assert model.score(TABLE, y) == pytest.approx(r2_score(y.astype(float), predicted))


@pytest.mark.parametrize("y", [Y[REGRESSOR], np.c_[SIZE, SIZE]], ids=["one", "two"])
def test_numbers_are_as_of_scikit_learn(y):
    one, several = (
        HistGradientBoostingRegressor(max_iter=1),
        MLPRegressor(hidden_layer_sizes=(2,), tol=1e9),
    )
    other = one if y.ndim == 1 else several
    expected = other.fit(NUMBERS, y).predict(NUMBERS)
    predicted = small(REGRESSOR).fit(NUMBERS, y).predict(NUMBERS)
    assert (predicted.dtype, predicted.shape) == (expected.dtype, expected.shape)


def test_units_of_targets_do_not_matter():
    y = np.c_[Y[REGRESSOR], SIZE]
    expected = small(REGRESSOR).fit(TABLE, y)
    units = np.array([2.0**30, 2.0**-30])
    model = small(REGRESSOR).fit(TABLE, y * units)
    np.testing.assert_array_equal(model.predict(TABLE), expected.predict(TABLE) * units)
    np.testing.assert_array_equal(model.history_["loss"], expected.history_["loss"])


def test_a_single_target_in_a_frame():
    pd = pytest.importorskip("pandas")
    y = pd.DataFrame({"target": Y[REGRESSOR]})
    with pytest.warns(sklearn.exceptions.DataConversionWarning, match="column-vector y"):
        model = small(REGRESSOR).fit(TABLE, y)
    assert model.predict(TABLE).shape == (N,)


# --- weights -------------------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("early_stopping", [True, False])
@containers
def test_a_sample_without_weight_is_not_there(Estimator, container, early_stopping):
    out = np.arange(N) % 4 == 1
    part = {
        name: [value for value, o in zip(values, out, strict=True) if not o]
        for name, values in COLUMNS.items()
    }
    model = small(Estimator, early_stopping=early_stopping)
    model.fit(container(COLUMNS), Y[Estimator], np.where(out, 0, WEIGHTS))
    expected = small(Estimator, early_stopping=early_stopping)
    expected.fit(container(part), Y[Estimator][~out], WEIGHTS[~out])
    assert_same_model(model, expected, container(COLUMNS))


def test_a_target_without_weight_may_be_far_out():
    y, weights = Y[REGRESSOR].copy(), np.ones(N)
    y[3], weights[3] = 1e200, 0
    model = small(REGRESSOR).fit(TABLE, y, weights)
    assert np.abs(model.predict(TABLE)).max() <= np.delete(np.abs(y), 3).max()


@kinds
def test_the_unit_of_weights_does_not_matter(Estimator):
    expected = small(Estimator).fit(TABLE, Y[Estimator], WEIGHTS)
    for unit in (2.0**-500, 2.0**500):
        model = small(Estimator).fit(TABLE, Y[Estimator], unit * WEIGHTS)
        np.testing.assert_allclose(outputs(model, TABLE), outputs(expected, TABLE), rtol=1e-6)
    plain = small(Estimator).fit(TABLE, Y[Estimator])
    assert not np.allclose(outputs(plain, TABLE), outputs(expected, TABLE))


@kinds
def test_weights_of_validation_data(Estimator):
    held = {"X_val": TABLE[:20], "y_val": Y[Estimator][:20]}
    part = (np.arange(20) % 2 == 0) * 1.0
    model = small(Estimator, scoring="loss")
    weighted = model.fit(TABLE, Y[Estimator], **held, sample_weight_val=part).network_scores_
    held = {"X_val": TABLE[:20:2], "y_val": Y[Estimator][:20:2]}
    np.testing.assert_allclose(
        model.fit(TABLE, Y[Estimator], **held).network_scores_, weighted, rtol=1e-6
    )


CLASS_WEIGHTS = {
    "balanced": ("balanced", Y[CLASSIFIER]),
    "dict": ({"yes": 5.0, "no": 0.5}, Y[CLASSIFIER]),
    "a part": ({"yes": 5}, Y[CLASSIFIER]),
    "zero": ({"yes": 0}, Y[CLASSIFIER]),
    "several, balanced": ("balanced", INDICATORS),
    "several": ([{0: 2, 1: 3}, {1: 0.5}, {}], INDICATORS),
}


@pytest.mark.parametrize(("class_weight", "y"), CLASS_WEIGHTS.values(), ids=CLASS_WEIGHTS)
@pytest.mark.parametrize("sample_weight", [None, WEIGHTS], ids=["", "weights"])
def test_class_weights_multiply_those_of_samples(class_weight, y, sample_weight):
    if class_weight == "balanced" and sample_weight is not None:
        pytest.skip("scikit-learn's balance has no sample weights")
    weights = 1.0 if sample_weight is None else sample_weight
    if isinstance(class_weight, list):
        for choice, column in zip(class_weight, y.T, strict=True):
            weights = weights * np.array([choice.get(label, 1) for label in column])
    else:
        weights = weights * compute_sample_weight(class_weight, y)
    model = small(CLASSIFIER, class_weight=class_weight).fit(TABLE, y, sample_weight)
    expected = small(CLASSIFIER).fit(TABLE, y, weights)
    np.testing.assert_allclose(
        model.predict_proba(TABLE), expected.predict_proba(TABLE), rtol=1e-5
    )


# --- a fit depends on what it is given, and on nothing else --------------------------------

WAYS = {
    "as ever": {},
    "all rows": {"early_stopping": False},
    "by the loss": {"scoring": "loss"},
    "three": {"n_networks": 3},
    "batches": {"batch_size": 7, "max_iter": 2},
    "full batches": {"batch_size": 1000},
    "no embedding": {"embedding": None},
    "no dropout": {"dropout": 0},
    "no hidden layer": {"hidden_layer_sizes": ()},
    "two hidden layers": {"hidden_layer_sizes": [5, 4], "activation": ["maxout", PReLU()]},
    "one unit": {"hidden_layer_sizes": 1, "dropout": [0.5]},
    "halves": {"validation_fraction": 0.5},
}
ways = pytest.mark.parametrize("parameters", WAYS.values(), ids=WAYS)


@kinds
@ways
def test_a_fit_is_repeatable(Estimator, parameters):
    model = small(Estimator, **parameters).fit(TABLE, Y[Estimator])
    assert np.isfinite(outputs(model, TABLE)).all()
    others = [
        small(Estimator, **parameters).fit(TABLE, Y[Estimator]),
        clone(model).fit(TABLE, Y[Estimator]),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model).fit(TABLE, Y[Estimator]),
        copy.deepcopy(model).fit(NUMBERS, Y[Estimator][::-1]).fit(TABLE, Y[Estimator]),
    ]
    for other in others:
        assert_same_model(other, model)
        assert vars(other).keys() == vars(model).keys()


@kinds
def test_random_states(Estimator):
    def fit(random_state):
        model = small(Estimator, random_state=random_state)
        return outputs(model.fit(TABLE, Y[Estimator]), TABLE)

    stream = np.random.RandomState(0)
    first, second = fit(stream), fit(stream)
    np.testing.assert_array_equal(first, fit(0))
    for a, b in [(first, second), (fit(0), fit(1)), (fit(None), fit(None))]:
        assert not np.allclose(a, b)


@kinds
@pytest.mark.parametrize("early_stopping", [True, False])
def test_the_networks_of_fewer_come_first(Estimator, early_stopping):
    models = [
        small(Estimator, n_networks=n, early_stopping=early_stopping).fit(TABLE, Y[Estimator])
        for n in (1, 2, 5)
    ]
    for fewer in models:
        n = fewer.n_networks
        assert fewer.network_scores_.shape == fewer.network_best_iters_.shape == (n,)
        np.testing.assert_array_equal(fewer.network_scores_, models[-1].network_scores_[:n])
    assert len(set(models[-1].network_scores_)) > 1
    second = 2 * outputs(models[1], TABLE) - outputs(models[0], TABLE)
    assert not np.allclose(second, outputs(models[0], TABLE))  # they differ


@kinds
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
def test_arrays_are_not_written_to(Estimator, weights):
    y = Y[Estimator]
    given = {"X": NUMBERS, "y": y, "X_val": NUMBERS[::2], "y_val": y[::2]}
    given |= {"sample_weight": WEIGHTS, "sample_weight_val": WEIGHTS[::2]}
    if weights is None:
        given = {"X": NUMBERS, "y": y}
    frozen = {name: value.copy() for name, value in given.items()}
    for value in frozen.values():
        value.flags.writeable = False
    model = small(Estimator).fit(**frozen)
    assert_same_model(model, small(Estimator).fit(**given), frozen["X"])


@kinds
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_are_not_written_to(Estimator, library):
    module = pytest.importorskip(library)
    X = module.DataFrame(COLUMNS) if library == "pandas" else module.from_dict(COLUMNS)
    y = module.Series(Y[Estimator])
    before = copy.deepcopy((X, y))
    small(Estimator).fit(X, y, WEIGHTS * (SIZE > 0), X_val=X, y_val=y).predict(X)
    assert X.equals(before[0])
    assert y.equals(before[1])


@kinds
def test_the_process_is_left_alone(Estimator):
    with np.errstate(all="raise"), sklearn.config_context(assume_finite=True):
        with left_alone(Estimator()):
            model = small(Estimator).fit(TABLE, Y[Estimator])
        with left_alone(model):
            model.predict(TABLE)


@kinds
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_transformers_may_be_set_to_return_frames(Estimator, library):
    pytest.importorskip(library)
    expected = small(Estimator).fit(TABLE, Y[Estimator])
    held = {"X_val": TABLE, "y_val": Y[Estimator]}
    other = small(Estimator).fit(TABLE, Y[Estimator], **held)
    with sklearn.config_context(transform_output=library):
        assert_same_model(small(Estimator).fit(TABLE, Y[Estimator]), expected)
        assert_same_model(small(Estimator).fit(TABLE, Y[Estimator], **held), other)


@kinds
def test_a_model_does_not_grow_with_the_data(Estimator):
    sizes = [
        len(
            pickle.dumps(
                small(Estimator).fit(np.tile(TABLE, (n, 1)), np.tile(Y[Estimator], n))
            )
        )
        for n in (1, 50)
    ]
    assert sizes[1] < 1.1 * sizes[0]


class Own(Exception):
    """Not one that anybody else raises."""


def failing(error, call):
    """A scorer that fails in a call, counted from 1."""
    calls = iter(range(1, 10**6))

    def scoring(estimator, X, y):
        if next(calls) == call:
            raise error
        return 0.5

    return scoring


@kinds
@pytest.mark.parametrize("call", [1, 2, 5])
@pytest.mark.parametrize(
    "error", [Own(), MemoryError(), StopIteration("here"), np.linalg.LinAlgError()], ids=repr
)
def test_a_fit_that_fails(Estimator, error, call, fitted):
    model = made(Estimator, fitted, scoring=failing(error, call))
    with left_alone(model), pytest.raises((type(error), ValueError)) as caught:
        model.fit(TABLE, Y[Estimator])
    assert type(error) in (type(caught.value), type(caught.value.__cause__))


@kinds
def test_a_failed_fit_of_another_table_leaves_the_columns(Estimator):
    model = small(Estimator).fit(frame(), Y[Estimator])
    with pytest.raises(ValueError, match="X_val"):
        model.fit(NUMBERS, Y[Estimator][::-1], X_val=NUMBERS[:, :1], y_val=Y[Estimator])
    assert model.n_features_in_ == len(COLUMNS)
    assert model.feature_names_in_.tolist() == list(COLUMNS)
    assert_same_model(model, small(Estimator).fit(frame(), Y[Estimator]), frame())


def test_weights_that_are_not_finite_are_an_error():
    model = small(REGRESSOR, early_stopping=False, learning_rate_init=1e300, max_iter=5)
    with (
        left_alone(model),
        pytest.raises(ValueError, match=r"Try a smaller .*learning_rate_init"),
    ):
        model.fit(TABLE, Y[REGRESSOR])


# --- interruptions -------------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("call", [3, 4, 6])
def test_an_interruption_leaves_a_model(Estimator, call):
    model = small(Estimator, max_iter=6, scoring=failing(KeyboardInterrupt(), call))
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(TABLE, Y[Estimator])
    assert 0 < model.n_iter_ < 6
    assert {len(values) for values in model.history_.values()} == {model.n_iter_}
    assert np.isfinite(outputs(model, TABLE)).all()


@kinds
def test_an_interruption_of_the_first_epoch_is_passed_on(Estimator, fitted):
    model = made(Estimator, fitted, scoring=failing(KeyboardInterrupt(), 1))
    with left_alone(model), pytest.raises(KeyboardInterrupt):
        model.fit(TABLE, Y[Estimator])


# --- the rows that are held back -----------------------------------------------------------


class Recorder:
    """A scorer that notes what it gets."""

    def __init__(self, scores=None):
        self.scores, self.calls = scores, []

    def __call__(self, estimator, X, y, sample_weight=None):
        self.calls.append((X.copy(), y.copy(), sample_weight, outputs(estimator, X)))
        return 0.5 if self.scores is None else self.scores[len(self.calls) - 1]


NUMBERED = np.arange(N, dtype=float)[:, None]


@kinds
@pytest.mark.parametrize("fraction", [0.125, 0.25, 0.5, 0.05])
def test_networks_hold_back_parts_that_are_disjoint(Estimator, fraction):
    recorder, n_networks = Recorder(), round(1 / fraction)
    model = small(Estimator, n_networks=n_networks, validation_fraction=fraction, max_iter=1)
    model.set_params(scoring=recorder).fit(NUMBERED, Y[Estimator])
    parts = [X[:, 0] for X, *_ in recorder.calls]
    assert {len(part) for part in parts} <= {N // n_networks, N // n_networks + 1}
    held = np.concatenate(parts)
    assert len(np.unique(held)) == len(held) == N
    # Scaled, numbers keep their order, which tells the rows.
    order = np.argsort(held)
    np.testing.assert_array_equal(
        np.concatenate([y for _, y, *_ in recorder.calls])[order], Y[Estimator]
    )


@kinds
def test_a_part_has_two_samples_at_least(Estimator):
    """However small the fraction: the inverse of this one is infinite."""
    recorder = Recorder()
    model = small(Estimator, validation_fraction=5e-324, scoring=recorder, max_iter=1)
    model.fit(NUMBERED, Y[Estimator])
    assert {len(X) for X, *_ in recorder.calls} == {2}


def test_parts_are_stratified():
    y = np.repeat([0, 1, 2], [40, 16, 4])
    recorder = Recorder()
    small(CLASSIFIER, n_networks=4, validation_fraction=0.25, scoring=recorder).fit(
        NUMBERED, y
    )
    for _, held, *_ in recorder.calls:
        np.testing.assert_array_equal(np.bincount(held), [10, 4, 1])


def test_more_networks_than_parts_begin_again():
    recorder = Recorder()
    model = small(REGRESSOR, n_networks=5, validation_fraction=0.25, max_iter=1)
    model.set_params(scoring=recorder).fit(NUMBERED, Y[REGRESSOR])
    parts = sorted(tuple(y) for _, y, *_ in recorder.calls)
    assert len(parts) == 5
    assert len(set(parts)) == 4


def test_rows_that_are_held_back_are_not_trained_on():
    """What their labels are does not matter, where they choose nothing."""
    recorder = Recorder()
    model = small(CLASSIFIER, n_networks=1, scoring=recorder).fit(NUMBERED, INDICATORS)
    held = np.isin(
        np.argsort(np.argsort(np.r_[NUMBERED[:, 0]])), _rows(recorder.calls[0][0][:, 0])
    )
    assert 5 <= held.sum() <= 9
    for part, same in ((held, True), (~held, False)):
        y = np.where(part[:, None], 1 - INDICATORS, INDICATORS)
        other = small(CLASSIFIER, n_networks=1, scoring=Recorder()).fit(NUMBERED, y)
        p, q = (m.predict_proba(NUMBERED) for m in (model, other))
        assert np.array_equal(p, q) == same


def _rows(scaled):
    """The rows of NUMBERED, from what they are encoded to."""
    z = (np.arange(N) - (N - 1) / 2) / ((N - 1) / 2)
    return np.argmin(np.abs(scaled[:, None] - z / np.sqrt(1 + (z / 3) ** 2)), axis=1)


@kinds
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
def test_validation_data_are_not_held_back(Estimator, weights):
    """All of X is trained on: with a score that chooses the last epoch, as without any."""
    recorder, y = Recorder(), Y[Estimator]
    held = {"X_val": TABLE[:9], "y_val": y[:9]}
    if weights is not None:
        held["sample_weight_val"] = weights[:9]
    model = small(Estimator, scoring=recorder).fit(TABLE, y, weights, **held)
    assert len(recorder.calls) == model.n_networks * model.n_iter_
    for X, y_val, weight, _ in recorder.calls:
        np.testing.assert_array_equal(X, recorder.calls[0][0])
        np.testing.assert_array_equal(y_val, y[:9])
        if weights is None:
            assert weight is None
        else:
            np.testing.assert_array_equal(weight, weights[:9])
    plain = small(Estimator, early_stopping=False).fit(TABLE, y, weights)
    np.testing.assert_array_equal(outputs(model, TABLE), outputs(plain, TABLE))
    np.testing.assert_array_equal(model.history_["loss"], plain.history_["loss"])


@pytest.mark.parametrize(
    ("scores", "best"),
    [
        ([0.1, 0.9, 0.3, 0.9, 0.2], 4),
        ([0.9, 0.1, 0.1, 0.1, 0.1], 1),
        ([0.5, 0.5, 0.5, 0.5, 0.5], 5),
        ([np.nan, 0.1, np.nan, -5, np.nan], 2),
        ([-np.inf, -3.0, -2.0, -7.0, -2.5], 3),
    ],
)
@pytest.mark.parametrize("opposite", [False, True])
@kinds
def test_the_epoch_with_the_best_score_counts(Estimator, opposite, scores, best):
    """Alone, or with the last where the mean of both has no larger squared error."""
    recorder, y = Recorder(scores), Y[Estimator]
    model = small(Estimator, n_networks=1, max_iter=5, batch_size=5, scoring=recorder)
    y_val, truth = y, TRUE if Estimator is CLASSIFIER else y
    if opposite:  # so that the longer the training, the worse
        y_val = np.where(TRUE, "no", "yes") if Estimator is CLASSIFIER else -5 * y
        truth = ~truth if Estimator is CLASSIFIER else y_val
    model.fit(TABLE, y, X_val=TABLE, y_val=y_val)
    assert model.network_best_iters_.tolist() == [best]
    assert model.network_scores_.tolist() == [scores[best - 1]]
    np.testing.assert_array_equal(model.history_["val_score"], scores)

    def error(predicted):
        return ((predicted.reshape(N, -1)[:, -1] - truth) ** 2).sum()

    at_best, last = (recorder.calls[i][-1] for i in (best - 1, -1))
    both = (at_best + last) / 2
    assert (error(both) > error(at_best)) == (opposite and best < 5)
    expected = at_best if opposite else both
    np.testing.assert_allclose(outputs(model, TABLE), expected, rtol=1e-12)


@pytest.mark.parametrize("scoring", ["roc_auc", lambda estimator, X, y: np.nan])
@pytest.mark.filterwarnings("ignore:Only one class is present")
def test_a_network_without_any_score_has_the_weights_of_the_last_epoch(scoring):
    """Those of the start have learned nothing: they have a rare class at one half."""
    y = np.arange(200) < 3
    X = np.random.default_rng(1).normal(size=(200, 2))
    model = small(CLASSIFIER, n_networks=8, max_iter=30, scoring=scoring)
    with pytest.warns(ConvergenceWarning, match="no finite validation score"):
        model.fit(X, y)
    assert (model.network_best_iters_ == 0).sum() >= 5
    assert model.predict_proba(X)[:, 1].mean() < 0.1


@kinds
def test_scoring_by_name(Estimator):
    name = "neg_log_loss" if Estimator is CLASSIFIER else "neg_mean_absolute_error"
    y, seen = Y[Estimator], []
    model = small(Estimator, scoring=name).fit(TABLE, y, X_val=TABLE, y_val=y)
    scorer = sklearn.metrics.get_scorer(name)

    def by_hand(estimator, X, y):
        seen.append(X)
        return scorer(estimator, X, y)

    other = small(Estimator, scoring=by_hand).fit(TABLE, y, X_val=TABLE, y_val=y)
    assert_same_model(model, other)
    assert seen[0].dtype == np.float32  # encoded


def test_the_scorer_gets_a_model_that_predicts():
    seen = []

    def scoring(estimator, X, y):
        p = estimator.predict_proba(X)
        seen.append(estimator)
        assert estimator.score(X, y) == np.mean(estimator.predict(X) == y)
        assert estimator.classes_.tolist() == ["no", "yes"]
        return -log_loss(y, p)

    model = small(CLASSIFIER, scoring=scoring).fit(TABLE, Y[CLASSIFIER])
    assert all(estimator is not model for estimator in seen)
    in_pickles = pickle.loads(pickle.dumps(seen[-1].set_params(scoring=None)))
    assert in_pickles.n_features_in_ == seen[-1].n_features_in_


# --- what a fit tells ----------------------------------------------------------------------


@kinds
@ways
def test_history(Estimator, parameters):
    model = small(Estimator, **parameters).fit(TABLE, Y[Estimator])
    names = ["loss", "learning_rate", "val_loss", "val_score", "seconds"]
    if not model.early_stopping:
        names = ["loss", "learning_rate", "seconds"]
        np.testing.assert_array_equal(model.network_best_iters_, model.n_iter_)
    assert list(model.history_) == names
    assert model.n_iter_ == model.max_iter
    for values in model.history_.values():
        assert values.shape == (model.max_iter,)
        assert values.dtype == np.float64
        assert np.isfinite(values).all()
    assert ((model.network_best_iters_ >= 1) & (model.network_best_iters_ <= 3)).all()


@kinds
def test_rates_are_those_of_the_schedule(Estimator):
    model = small(Estimator, max_iter=9).fit(TABLE, Y[Estimator])  # of one step each
    steps = [Progress(plateaus=np.zeros(1), step=i, total_steps=9) for i in range(9)]
    expected = [CosineLog().rate(model.learning_rate_init, step) for step in steps]
    np.testing.assert_allclose(model.history_["learning_rate"], expected)


def test_all_networks_follow_one_schedule():
    """Parts that differ by a row must not make batches and epochs of other numbers."""
    n = 1371  # 1199 or 1200 rows to train on: below and above where batches change
    X, y = RNG.normal(size=(2, n, 1))
    rates = CLASSIFIER((2,), random_state=0).fit(X, y[:, 0] > 0).history_["learning_rate"]
    assert rates[-1] < 1e-4 * rates.max()  # the mean of all, so each of them


@pytest.mark.parametrize(("n_samples", "epochs"), [(40, 400), (700, 200), (4000, 144)])
def test_epochs_for_the_number_of_samples(n_samples, epochs):
    """2000 steps of batches of about 64, and of 256, for 35, 612 and 3500 rows."""
    X = RNG.normal(size=(n_samples, 1))
    model = REGRESSOR((), n_networks=1, embedding=None, random_state=0).fit(X, X[:, 0])
    assert model.n_iter_ == epochs


@kinds
@pytest.mark.parametrize("early_stopping", [True, False])
def test_verbose(Estimator, early_stopping, capsys):
    model = small(Estimator, early_stopping=early_stopping, verbose=True)
    model.fit(TABLE, Y[Estimator])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    for i, line in enumerate(lines):
        assert line.startswith(f"Iteration {i + 1}, loss = {model.history_['loss'][i]:.8f}")
        score = (
            f"validation score = {model.history_['val_score'][i]:.6f}"
            if early_stopping
            else ""
        )
        assert score in line
        assert ("validation" in line) == early_stopping
        assert line.endswith(" s")
    model.set_params(verbose=False).fit(TABLE, Y[Estimator])
    assert capsys.readouterr().out == ""


@kinds
@pytest.mark.parametrize("early_stopping", [True, False])
def test_training_curves(Estimator, early_stopping):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    from skmlp.display import TrainingCurveDisplay

    model = small(Estimator, early_stopping=early_stopping).fit(TABLE, Y[Estimator])
    display = TrainingCurveDisplay.from_estimator(model)
    try:
        names = {"loss", "val_loss", "val_score"} if early_stopping else {"loss"}
        assert set(display.lines_) == names
        for name in names:
            np.testing.assert_array_equal(
                display.lines_[name].get_ydata(), model.history_[name]
            )
    finally:
        plt.close("all")


# --- probabilities -------------------------------------------------------------------------


def test_smoothing_is_taken_back():
    """Labels that are certain have probabilities near 0 and 1, but not beyond the bound."""
    X = np.tile([[-1.0], [1.0], [3.0]], (80, 1))
    for n_classes in (2, 3):
        y = np.tile([0, 1, n_classes - 1], 80)
        model = small(CLASSIFIER, max_iter=40, dropout=0, n_networks=1).fit(X, y)
        p = model.predict_proba(X[:3])
        np.testing.assert_array_equal(np.argmax(p, axis=1), y[:3])
        # With 0.1 of the label spread out, what is fitted is at most 0.95 or 0.93.
        assert (p.max(axis=1) > 0.97).all()
        assert (p.min(axis=1) > 0.009 / n_classes).all()
        raw = small(CLASSIFIER, max_iter=40, dropout=0, n_networks=1, label_smoothing=0.0)
        assert (raw.fit(X, y).predict_proba(X[:3]).min(axis=1) < 0.01).all()


def test_smoothing_is_not_for_several_labels():
    models = [
        small(CLASSIFIER, label_smoothing=s).fit(TABLE, INDICATORS) for s in (0, 0.1, 0.9)
    ]
    for model in models[1:]:
        assert_same_model(model, models[0])
    two = [small(CLASSIFIER, label_smoothing=s).fit(TABLE, TRUE) for s in (0, 0.1)]
    assert not np.allclose(*(model.history_["loss"] for model in two))


# --- with scikit-learn's tools -------------------------------------------------------------


@kinds
def test_grid_search_in_a_pipeline(Estimator):
    def with_ratio(X):
        return X.assign(ratio=X["count"] / (1 + X["size"] ** 2))

    pipeline = make_pipeline(FunctionTransformer(with_ratio), small(Estimator, max_iter=2))
    name = pipeline.steps[-1][0]
    grid = {"n_networks": [1, 2], "dropout": [0, [0.3]], "activation": ["relu", Tanh()]}
    grid = {f"{name}__{key}": values for key, values in grid.items()}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise")
    search.fit(frame(), Y[Estimator])
    assert len(search.cv_results_["params"]) == 8
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_estimator_[-1].n_features_in_ == len(COLUMNS) + 1
    best = search.best_params_[f"{name}__n_networks"]
    assert search.best_estimator_[-1].network_scores_.shape == (best,)


@kinds
def test_cross_validation_in_processes(Estimator):
    scores = [
        cross_validate(small(Estimator), TABLE, Y[Estimator], cv=3, n_jobs=n_jobs)[
            "test_score"
        ]
        for n_jobs in (1, 2)
    ]
    np.testing.assert_array_equal(*scores)


@kinds
def test_set_params(Estimator):
    model = Estimator(activation="leaky_relu").set_params(activation__negative_slope=0.3)
    assert model.activation.negative_slope == 0.3
    assert clone(model).get_params()["activation__negative_slope"] == 0.3
    assert isinstance(model.activation, Activation)
    with pytest.raises(ValueError, match="Invalid parameter 'solver'"):
        model.set_params(solver="adam")


@kinds
def test_importance_and_dependence_of_raw_columns(Estimator):
    X, y = frame(), Y[Estimator]
    model = small(Estimator, max_iter=20).fit(X, y)
    importance = permutation_importance(model, X, y, n_repeats=2, random_state=0)
    assert importance.importances.shape == (len(COLUMNS), 2)
    assert importance.importances[-2:].tolist() == [[0, 0]] * 2  # same and empty
    assert np.abs(importance.importances).max() > 0
    for features, shape in (
        (["size"], (1, 4)),
        (["colour"], (1, 3)),
        (["size", "gappy"], None),
    ):
        told = {"categorical_features": ["colour"]}
        curve = partial_dependence(model, X, features, grid_resolution=4, **told)
        assert curve["average"].shape == (shape or (1, 4, 4))
        assert len(np.unique(curve["average"])) > 1


@kinds
def test_a_picture_of_dependence(Estimator):
    pytest.importorskip("matplotlib").use("agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    from sklearn.inspection import PartialDependenceDisplay

    model = small(Estimator).fit(frame(), Y[Estimator])
    told = {"categorical_features": ["colour"], "grid_resolution": 3}
    display = PartialDependenceDisplay.from_estimator(
        model, frame(), ["size", "colour"], **told
    )
    plt.close("all")
    assert len(display.pd_results) == 2


@pytest.mark.parametrize("ensemble", [True, False])
def test_calibration(ensemble):
    calibrated = CalibratedClassifierCV(small(CLASSIFIER), cv=2, ensemble=ensemble)
    p = calibrated.fit(TABLE, Y[CLASSIFIER]).predict_proba(TABLE)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert calibrated.classes_.tolist() == ["no", "yes"]


@kinds
def test_metadata_routing(Estimator):
    y, plain = Y[Estimator], small(Estimator)
    with sklearn.config_context(enable_metadata_routing=True):
        names = ("sample_weight", "X_val", "y_val", "sample_weight_val")
        model = small(Estimator).set_fit_request(**dict.fromkeys(names, True))
        pipeline = make_pipeline(FunctionTransformer(), model, transform_input=["X_val"])
        given = dict(zip(names, (WEIGHTS, TABLE[:9], y[:9], WEIGHTS[:9]), strict=True))
        pipeline.fit(TABLE, y, **given)
        assert_same_model(pipeline[-1], plain.fit(TABLE, y, **given))
        model = small(Estimator).set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=True)
        scores = [
            cross_validate(model, TABLE, y, cv=2, params={"sample_weight": w})["test_score"]
            for w in (WEIGHTS, np.ones(N))
        ]
        assert not np.allclose(*scores)
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
            cross_validate(plain, TABLE, y, cv=2, params={"sample_weight": WEIGHTS})


@kinds
def test_a_memory_mapped_model(Estimator, tmp_path):
    model = small(Estimator).fit(TABLE, Y[Estimator])
    joblib.dump(model, tmp_path / "model")
    loaded = joblib.load(tmp_path / "model", mmap_mode="r")
    assert_same_model(loaded, model)
    assert_same_model(loaded.fit(TABLE, Y[Estimator]), model)


def test_a_scorer_with_an_option():
    scorer = make_scorer(
        log_loss,
        response_method="predict_proba",
        greater_is_better=False,
        labels=["no", "yes"],
    )
    model = small(CLASSIFIER, scoring=scorer).fit(TABLE, Y[CLASSIFIER], WEIGHTS)
    assert (model.network_scores_ < 0).all()


# --- callbacks -----------------------------------------------------------------------------


@pytest.fixture
def callbacks():
    """The module of tests of callbacks, which has a recorder of calls."""
    pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    import test_callbacks

    return test_callbacks


def narrowest(estimator, X, y):
    """A score for which the first epoch is the best: the rate begins with 0."""
    return -float(np.ptp(outputs(estimator, X), axis=0).max())


CALLED = {
    "as ever": {},
    "all rows": {"early_stopping": False},
    "best at first": {"max_iter": 15, "scoring": narrowest},
}
called = pytest.mark.parametrize("parameters", CALLED.values(), ids=CALLED)


@kinds
@called
def test_every_epoch_is_told(Estimator, parameters, callbacks):
    recorder = callbacks.Recorder()
    model = small(Estimator, **parameters).set_callbacks(recorder).fit(TABLE, Y[Estimator])
    epochs = [("epoch", i) for i in range(model.n_iter_)]
    assert recorder.tasks("on_fit_task_begin") == [("fit", 0), *epochs]
    assert recorder.tasks("on_fit_task_end") == [*epochs, ("fit", 0)]
    assert recorder.count("setup") == recorder.count("teardown") == 1
    assert_same_model(model, small(Estimator, **parameters).fit(TABLE, Y[Estimator]))
    assert not callbacks.LEFT_BEHIND & vars(model).keys()


@kinds
@called
@pytest.mark.parametrize("epoch", [1, 2, 9, 14])
def test_a_callback_that_stops(Estimator, parameters, epoch, callbacks):
    """The model is the one that the callback was shown."""
    if epoch > parameters.get("max_iter", 3):
        pytest.skip("the training is shorter")
    recorder = callbacks.Recorder(("on_fit_task_end", epoch), True)
    model = small(Estimator, **parameters).set_callbacks(recorder).fit(TABLE, Y[Estimator])
    assert model.n_iter_ == epoch
    assert (model.network_best_iters_ <= epoch).all()
    shown = [call["fitted"] for call in recorder.calls if "fitted" in call]
    assert len(shown) == epoch + 1
    for fitted in shown[-2:]:
        assert fitted is not model
        assert_same_model(fitted, model)


@kinds
@pytest.mark.parametrize("hook", [("on_fit_task_begin", 2), ("on_fit_task_end", 3)])
@pytest.mark.parametrize("error", [Own(), MemoryError()], ids=repr)
def test_a_callback_that_fails(Estimator, hook, error, fitted, callbacks):
    recorder = callbacks.Recorder(hook, error)
    model = made(Estimator, fitted).set_callbacks(recorder)
    with left_alone(model), pytest.raises(type(error)):
        model.fit(TABLE, Y[Estimator])
    assert recorder.count("teardown") == 1


@kinds
def test_a_callback_that_interrupts(Estimator, callbacks):
    recorder = callbacks.Recorder(("on_fit_task_end", 2), KeyboardInterrupt())
    model = small(Estimator).set_callbacks(recorder)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(TABLE, Y[Estimator])
    assert model.n_iter_ == 2
    assert recorder.count("teardown") == 1


@kinds
def test_scikit_learns_callbacks(Estimator, callbacks, capsys):
    monitor, bar = callbacks.own_callbacks(
        {CLASSIFIER: callbacks.MLPClassifier, REGRESSOR: callbacks.MLPRegressor}[Estimator]
    )
    model = small(Estimator).set_callbacks(monitor, bar).fit(TABLE, Y[Estimator])
    (name,) = set(monitor.get_logs().data[0]) & {"accuracy", "r2"}
    scores = [row[name] for row in monitor.get_logs().data]
    assert len(scores) == 1 + 3
    np.testing.assert_allclose([scores[0], scores[-1]], model.score(TABLE, Y[Estimator]))
    assert f"{Estimator.__name__} - fit" in capsys.readouterr().out


# --- real trainings ------------------------------------------------------------------------


def mixed_problem():
    """Interactions of kinds of columns, on half the rows of which a number is missing."""
    rng = np.random.default_rng(0)
    n = 1200
    colour, town = rng.choice(["red", "green", "blue"], n), rng.integers(0, 20, n)
    size, age = rng.lognormal(0, 1, n), rng.normal(50, 15, n)
    slope = np.where(colour == "red", 2.0, np.where(colour == "green", -2.0, 0.0))
    gap = rng.random(n) < 0.5
    height = rng.normal(size=20)[town]
    y = slope * np.log(size) + height + np.abs(age - 50) / 10 + 1.5 * gap
    columns = {
        "colour": colour.tolist(),
        "town": [f"town {i}" for i in town],
        "size": size.tolist(),
        "age": age.tolist(),
        "income": [None if g else x for g, x in zip(gap, rng.normal(size=n), strict=True)],
    }
    return object_array(columns), y + 0.3 * rng.normal(size=n)


def linear(model):
    """What one would do by hand: one-hot levels, imputed and scaled numbers."""
    return make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), [0, 1]),
            (make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), [2, 3, 4]),
        ),
        model,
    )


@kinds
def test_interactions_that_a_linear_model_misses(Estimator):
    """Half of the variance or more is in them; the noise is a fiftieth."""
    X, y = mixed_problem()
    if Estimator is CLASSIFIER:
        y = y > np.median(y)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = Estimator((32, 32), n_networks=2, max_iter=48, random_state=0)
    score = model.fit(X_train, y_train).score(X_test, y_test)
    other = linear(LogisticRegression() if Estimator is CLASSIFIER else Ridge())
    for_missing = np.where(np.equal(X_train, None), np.nan, X_train)
    expected = other.fit(for_missing, y_train).score(
        np.where(np.equal(X_test, None), np.nan, X_test), y_test
    )
    assert score > expected + 0.1
    assert score > 0.85


BUNDLED = {
    "diabetes": (datasets.load_diabetes, REGRESSOR, Ridge(alpha=1e-3)),
    "wine": (datasets.load_wine, CLASSIFIER, LogisticRegression()),
    "breast cancer": (datasets.load_breast_cancer, CLASSIFIER, LogisticRegression()),
}


@pytest.mark.parametrize(("load", "Estimator", "linear"), BUNDLED.values(), ids=BUNDLED)
def test_bundled_data(load, Estimator, linear):
    """Linear models are as good as any on these; the parts to test have 54 to 171 rows."""
    X, y = load(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
    model = Estimator((64, 64), n_networks=2, max_iter=60, random_state=0)
    score = model.fit(X_train, y_train).score(X_test, y_test)
    other = make_pipeline(StandardScaler(), linear).fit(X_train, y_train)
    assert score > other.score(X_test, y_test) - 0.1


@pytest.mark.parametrize("missing", ["None", "NA", "NaT"])
@pytest.mark.parametrize("kind", [object, "string"])
def test_missing_labels(missing, kind):
    pd = pytest.importorskip("pandas")
    value = getattr(pd, missing, None)
    y = pd.Series([value, "a", "b", "c"] * 10, dtype=kind)
    with pytest.raises(ValueError, match=r"y has missing values|y.*contains NaN"):
        small(CLASSIFIER).fit(np.arange(40.0)[:, None], y)


@kinds
def test_fewer_networks_are_the_first_of_more(Estimator):
    """Also where the folds differ in size, here across a bound of the batch size."""
    n_samples = 1371
    x = np.random.default_rng(0).normal(size=(n_samples, 1))
    y = x[:, 0] > 0 if Estimator is CLASSIFIER else x[:, 0]
    one, three = (small(Estimator, n_networks=n, max_iter="auto").fit(x, y) for n in (1, 3))
    assert one.n_iter_ == three.n_iter_
    assert one.network_scores_[0] == three.network_scores_[0]


@kinds
def test_weights_that_vanish_beside_others_are_named(Estimator):
    weights = np.where(np.arange(N) == 0, 1e60, 1.0)
    with pytest.raises(ValueError, match="n_samples = 1, not counting those without weight"):
        small(Estimator).fit(frame(), Y[Estimator], weights)
