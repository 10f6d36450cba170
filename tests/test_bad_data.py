"""Whatever is given as data: an error that names the argument, or what plain arrays give.

What one module alone can get wrong is tested with it; here is what every method of every
estimator must do with it.
"""

import copy
import datetime
import re
from contextlib import contextmanager
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
import sklearn.neural_network
from scipy import sparse
from sklearn.exceptions import DataConversionWarning

import skmlp._encoding
from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp.activations import ACTIVATIONS
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES
from skmlp.optimizers import OPTIMIZERS

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:X has feature names, but",
    "ignore:Columns without any value",
    "ignore:The number of unique classes is greater than",
)
PLAIN, TABULAR = (MLPClassifier, MLPRegressor), (TabularMLPClassifier, TabularMLPRegressor)
ALL = PLAIN + TABULAR
CLASSIFIERS = (MLPClassifier, TabularMLPClassifier)
REGRESSORS = (MLPRegressor, TabularMLPRegressor)
kinds = pytest.mark.parametrize("Estimator", ALL)
N = 30
RNG = np.random.default_rng(0)
X = np.round(RNG.normal(size=(N, 3)), 2)
CODES = np.arange(N) % 3
NUMBERS = X[:, 0] - 2.0 * (CODES == 1)
INDICATORS = np.eye(3, dtype=int)[CODES]
WEIGHTS = RNG.uniform(0.5, 2, N).astype(np.float32).astype(float)
Y = {Estimator: CODES if Estimator in CLASSIFIERS else NUMBERS for Estimator in ALL}


def small(Estimator, **parameters):
    more = {"n_networks": 2} if Estimator in TABULAR else {}
    given = {"hidden_layer_sizes": (4,), "max_iter": 2, "random_state": 0, **more}
    return Estimator(**{**given, **parameters})


@cache
def fitted(Estimator):
    """For methods that change nothing; `copy.deepcopy` for others."""
    return small(Estimator).fit(X, Y[Estimator])


def outputs(model, X):
    method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    return getattr(model, method)(X)


def but(array, value, dtype=object):
    array = np.array(array).astype(dtype)
    array[(3, *[1] * (array.ndim - 1))] = value
    return array


def pandas(make):
    return lambda: make(pytest.importorskip("pandas"))


def polars(make):
    return lambda: make(pytest.importorskip("polars"))


def arrow(make):
    pytest.importorskip("pyarrow")
    return pandas(make)()


@contextmanager
def refused(argument, model):
    """A plain ValueError or TypeError that names the argument, and the model as it was."""
    before = vars(model).copy()
    with pytest.raises((ValueError, TypeError)) as caught:
        yield
    assert type(caught.value) in (ValueError, TypeError)
    said = re.sub("'.*?'", "", str(caught.value))
    assert re.search(rf"\b{argument}\b", said), said
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is value for name, value in before.items())


# --- X -------------------------------------------------------------------------------------

# What none of the four takes.
NO_TABLE = {
    "None": lambda: None,
    "number": lambda: 3,
    "array of no dimension": lambda: np.array(1.0),
    "text": lambda: "abc",
    "dict": lambda: {"a": X[:, 0]},
    "set": lambda: {1.0, 2.0},
    "generator": lambda: (row for row in X),
    "function": lambda: len,
    "list of numbers": lambda: X[:, 0].tolist(),
    "three dimensions": lambda: X[:, :, None],
    "no list": lambda: [],
    "no row": lambda: X[:0],
    "no column": lambda: X[:, :0],
    "ragged": lambda: [[1.0, 2.0], [3.0]] * (N // 2),
    "lists in it": lambda: [[[1.0], 2.0, 3.0]] * N,
    "complex": lambda: X + 0j,
    "complex objects": lambda: but(X, 1j),
    "bytes": lambda: np.full(X.shape, b"a"),
    "bytes among numbers": lambda: but(X, b"a"),
    "text among numbers": lambda: but(X, "a"),
    "dict among numbers": lambda: but(X, {}),
    "records": lambda: np.zeros(N, dtype=[("a", float), ("b", float)]),
    "infinite": lambda: but(X, -np.inf, float),
    "infinite float32": lambda: but(X, np.inf, np.float32),
    "infinite objects": lambda: but(X, np.inf),
    "integer beyond floats": lambda: but(X, 10**400),
    "long double beyond floats": lambda: but(X, np.longdouble("1e4000"), np.longdouble),
    "masked": lambda: np.ma.array(X, mask=X > 1),
    "sparse of one dimension": lambda: sparse.coo_array(X[:, 0]),
    "sparse with NaN": lambda: sparse.csr_array(but(X, np.nan, float)),
    "sparse with infinity": lambda: sparse.dok_array(but(X, np.inf, float)),
    "sparse complex": lambda: sparse.csr_array(X + 0j),
    "Series": pandas(lambda pd: pd.Series(X[:, 0])),
    "duplicate names": pandas(lambda pd: pd.DataFrame(X, columns=list("aba"))),
    "names of two types": pandas(lambda pd: pd.DataFrame(X, columns=["a", 1, "b"])),
    "a name that is None": pandas(lambda pd: pd.DataFrame(X, columns=["a", None, "b"])),
    "polars Series": polars(lambda pl: pl.Series(X[:, 0])),
    "LazyFrame": polars(lambda pl: pl.DataFrame(X).lazy()),
    "dates in a frame": pandas(
        lambda pd: pd.DataFrame(X[:, :2]).assign(c=pd.Timestamp("2024-02-29"))
    ),
    "durations in a frame": pandas(
        lambda pd: pd.DataFrame(X[:, :2]).assign(c=pd.Timedelta(1, "s"))
    ),
}
# What tables may have, but not the others.
NO_ARRAY = {
    "NaN": lambda: but(X, np.nan, float),
    "None in it": lambda: but(X, None),
    "NaN objects": lambda: but(X, np.nan),
    "all missing": lambda: X * np.nan,
    "text array": lambda: np.full(X.shape, "a"),
    "NA": pandas(lambda pd: but(X, pd.NA)),
    "NA of Float64": pandas(lambda pd: pd.DataFrame(X).astype("Float64").mask(X > 1)),
    "NA of Arrow": lambda: arrow(
        lambda pd: pd.DataFrame(X).astype("double[pyarrow]").mask(X > 1)
    ),
    "polars null": polars(lambda pl: pl.DataFrame({"a": X[:, 0], "b": [1.0] * N, "c": None})),
    "text in a frame": pandas(lambda pd: pd.DataFrame(X[:, :2]).assign(c="a")),
}
FORMATS = ("csr", "csc", "coo", "dok", "lil", "bsr", "dia")
# What the others may have, but not tables.
NO_COLUMNS = {
    **{f: lambda f=f: sparse.csr_array(X).asformat(f) for f in FORMATS},
    "dates": lambda: X.astype("M8[s]"),
    "durations": lambda: X.astype("m8[s]"),
}
BAD_X = [(Estimator, name, make) for Estimator in ALL for name, make in NO_TABLE.items()]
BAD_X += [(Estimator, name, make) for Estimator in PLAIN for name, make in NO_ARRAY.items()]
BAD_X += [
    (Estimator, name, make) for Estimator in TABULAR for name, make in NO_COLUMNS.items()
]
FOUND_BY_SCIKIT_LEARN = NO_TABLE["duplicate names"], NO_TABLE["LazyFrame"]


@pytest.mark.parametrize(
    ("Estimator", "make"),
    [pytest.param(E, make, id=f"{E.__name__} {name}") for E, name, make in BAD_X],
)
def test_what_is_no_features(Estimator, make):
    if make in FOUND_BY_SCIKIT_LEARN and Estimator in PLAIN:
        pytest.importorskip("sklearn", "1.9")  # older ones take it
    y, model = Y[Estimator], fitted(Estimator)
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        if hasattr(model, method):
            with refused("X", model):
                getattr(model, method)(make())
    with refused("X", model):
        model.score(make(), y)
    for method in ("fit", "partial_fit"):
        if hasattr(model, method):
            with refused("X", model):
                getattr(model, method)(make(), y)
    new = small(Estimator)
    with refused("X", new):
        new.fit(make(), y)
    if make() is not None:
        with refused("X_val", new):
            new.fit(X, y, X_val=make(), y_val=y)


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def mapped(array, path):
    memory_map = np.memmap(path / "X", array.dtype, "w+", shape=array.shape)
    memory_map[:] = array
    return memory_map


class Subclass(np.ndarray):
    pass


# The same table as X, in other forms.
FORMS = {
    "list": lambda path: X.tolist(),
    "list of arrays": lambda path: list(X),
    "tuples": lambda path: tuple(map(tuple, X)),
    "decimals": lambda path: [[Decimal(repr(v)) for v in row] for row in X.tolist()],
    "objects": lambda path: X.astype(object),
    "memory map": lambda path: mapped(X, path),
    "read-only": lambda path: read_only(X),
    "Fortran order": lambda path: np.asfortranarray(X),
    "every second row": lambda path: np.repeat(X, 2, axis=0)[::2],
    "backwards": lambda path: X[::-1].copy()[::-1],
    "columns backwards": lambda path: X[:, ::-1].copy()[:, ::-1],
    "other byte order": lambda path: X.astype(">f8"),
    "long double": lambda path: X.astype(np.longdouble),
    "subclass": lambda path: X.view(Subclass),
    "nothing masked": lambda path: np.ma.array(X),
    "mask of nothing": lambda path: np.ma.array(X, mask=np.zeros(X.shape, bool)),
    "frame": lambda path: pandas(lambda pd: pd.DataFrame(X))(),
    "rows named backwards": lambda path: pandas(
        lambda pd: pd.DataFrame(X, index=np.arange(N)[::-1])
    )(),
    "rows of one name": lambda path: pandas(lambda pd: pd.DataFrame(X, index=[7] * N))(),
    "names that are numbers": lambda path: pandas(
        lambda pd: pd.DataFrame(X, columns=[2.5, 1, 0])
    )(),
    "names of two levels": lambda path: pandas(
        lambda pd: pd.DataFrame(
            X, columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])
        )
    )(),
    "Float64": lambda path: pandas(lambda pd: pd.DataFrame(X).astype("Float64"))(),
    "Arrow": lambda path: arrow(lambda pd: pd.DataFrame(X).astype("double[pyarrow]")),
    "polars": lambda path: polars(lambda pl: pl.DataFrame(X))(),
}


@kinds
@pytest.mark.parametrize("form", FORMS)
def test_features_in_other_forms(Estimator, form, tmp_path):
    y, given = Y[Estimator], FORMS[form](tmp_path)
    model, expected = small(Estimator).fit(given, y), fitted(Estimator)
    assert_close(outputs(model, given), outputs(expected, X))
    assert_close(outputs(expected, given), outputs(expected, X))
    assert_close(model.score(given, y), expected.score(X, y))
    if hasattr(model, "partial_fit"):
        other = copy.deepcopy(expected).partial_fit(X, y)
        model.partial_fit(given, y)
        assert_close(outputs(model, given), outputs(other, X))


def assert_close(actual, desired):
    """To rounding: another layout may take another way through the BLAS."""
    np.testing.assert_allclose(actual, desired, rtol=1e-10)


def with_indices(array, dtype):
    array = sparse.csr_array(array)
    array.indices, array.indptr = array.indices.astype(dtype), array.indptr.astype(dtype)
    return array


def with_zeros():
    array = sparse.csr_array(np.where(X > 1, 1.0, X))
    array.data[array.data == 1.0] = 0.0
    return array


ROWS = np.arange(0, 3 * N + 1, 3)
SPARSE = {
    "csr_matrix": lambda: sparse.csr_matrix(X),
    **{f: lambda f=f: sparse.csr_array(X).asformat(f) for f in FORMATS},
    "int64 indices": lambda: with_indices(X, np.int64),
    "unsorted": lambda: sparse.csr_array(
        (X[:, ::-1].ravel(), np.tile([2, 1, 0], N), ROWS), shape=X.shape
    ),
    "duplicates": lambda: sparse.csr_array(
        (np.repeat(X.ravel() / 2, 2), np.repeat(np.tile([0, 1, 2], N), 2), 2 * ROWS),
        shape=X.shape,
    ),
    "explicit zeros": with_zeros,
    "nothing in it": lambda: sparse.csr_array(X.shape),
    "integers": lambda: sparse.csr_array(X.astype(int)),
    "booleans": lambda: sparse.csc_array(X > 0),
}


@pytest.mark.parametrize("Estimator", PLAIN)
@pytest.mark.parametrize("form", SPARSE)
def test_sparse_features(Estimator, form):
    y, given = Y[Estimator], SPARSE[form]()
    before = given.copy()
    dense = given.toarray().astype(float)
    model, expected = small(Estimator).fit(given, y), small(Estimator).fit(dense, y)
    for a, b in zip(model.coefs_, expected.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(outputs(model, given), outputs(expected, dense), rtol=1e-7)
    small(Estimator).fit(X, y, X_val=given, y_val=y)
    assert type(given) is type(before)
    np.testing.assert_array_equal(given.toarray(), before.toarray())


# --- y -------------------------------------------------------------------------------------

WORDS = np.array(["a", "b", "c"])[CODES]
NO_TARGETS = {
    "None": lambda: None,
    "number": lambda: 1,
    "array of no dimension": lambda: np.array(1.0),
    "text": lambda: "abc",
    "dict": lambda: dict(enumerate(CODES)),
    "set": lambda: {0, 1},
    "generator": lambda: (label for label in CODES),
    "function": lambda: len,
    "empty": lambda: [],
    "no column": lambda: np.zeros((N, 0)),
    "one row": lambda: CODES[None],
    "one more": lambda: np.r_[CODES, 0],
    "three dimensions": lambda: CODES[:, None, None],
    "ragged": lambda: [[0], [0, 1]] * (N // 2),
    "dicts": lambda: [{}] * N,
    "sets": lambda: [{0}, {1}] * (N // 2),
    "dates as objects": lambda: [datetime.date(2024, 2, 1 + code) for code in CODES],
    "bytes": lambda: WORDS.astype(bytes),
    "complex": lambda: CODES + 0j,
    "infinite": lambda: but(CODES, -np.inf, float),
    "NaN": lambda: but(CODES, np.nan, np.float32),
    "None among numbers": lambda: but(CODES, None),
    "NaN among text": lambda: but(WORDS, np.nan),
    "numbers and text": lambda: but(CODES, "a"),
    "integers beyond floats": lambda: [10**400] * N,
    "masked": lambda: np.ma.array(CODES, mask=CODES == 1),
    "columns with NaN": lambda: but(INDICATORS, np.nan, float),
    "columns with None": lambda: but(INDICATORS, None),
    "sparse of one dimension": lambda: sparse.coo_array(CODES),
    "a sparse column": lambda: sparse.csr_array(CODES[:, None]),
    "sparse with NaN": lambda: sparse.csr_array(but(INDICATORS, np.nan, float)),
    "NaT": lambda: but(CODES, np.datetime64("NaT"), "M8[D]"),
    "NaT among numbers": pandas(lambda pd: but(CODES, pd.NaT)),
    "NA among text": pandas(lambda pd: but(WORDS, pd.NA)),
    **{
        f"NA of {dtype}": pandas(
            lambda pd, dtype=dtype: pd.Series(CODES == 1).astype(dtype).mask(CODES == 0)
        )
        for dtype in ("boolean", "Int64", "Float64", "category", "string")
    },
    "NA of Arrow": lambda: arrow(
        lambda pd: pd.Series(CODES, dtype="int64[pyarrow]").mask(CODES == 0)
    ),
    "polars null": polars(lambda pl: pl.Series([None, *CODES[1:].tolist()])),
    "polars null among text": polars(lambda pl: pl.Series([None, *WORDS[1:].tolist()])),
}
NO_LABELS = {
    "not integers": lambda: NUMBERS,
    "large floats": lambda: CODES * 1e300,
    "decimals": lambda: [Decimal(int(code)) for code in CODES],
    "booleans as objects": lambda: (CODES > 0).astype(object),
    "indicators with 2": lambda: 2 * INDICATORS,
    "sparse indicators with 2": lambda: sparse.csr_array(2 * INDICATORS),
    "indicators as objects": lambda: INDICATORS.astype(object),
    "halves in columns": lambda: INDICATORS / 2,
    "columns of labels": lambda: np.c_[CODES, CODES + 1],
}
NO_NUMBERS = {
    "text for numbers": lambda: CODES.astype(str),
    "labels": lambda: WORDS,
    "empty text": lambda: [""] * N,
    "dates": lambda: CODES.astype("M8[D]"),
    "durations": lambda: CODES.astype("m8[D]"),
    "records": lambda: np.zeros(N, dtype=[("a", float)]),
    "categories": pandas(lambda pd: pd.Series(WORDS, dtype="category")),
    **{f: lambda f=f: sparse.csr_array(INDICATORS).asformat(f) for f in FORMATS},
}
BAD_Y = [(Estimator, name, make) for Estimator in ALL for name, make in NO_TARGETS.items()]
BAD_Y += [
    (Estimator, name, make) for Estimator in CLASSIFIERS for name, make in NO_LABELS.items()
]
BAD_Y += [
    (Estimator, name, make) for Estimator in REGRESSORS for name, make in NO_NUMBERS.items()
]


@pytest.mark.parametrize(
    ("Estimator", "make"),
    [pytest.param(E, make, id=f"{E.__name__} {name}") for E, name, make in BAD_Y],
)
def test_what_is_no_targets(Estimator, make):
    if make is NO_TARGETS["bytes"]:
        pytest.importorskip("sklearn", "1.7")  # older ones take it, with a FutureWarning
    model = fitted(Estimator)
    for method in ("fit", "partial_fit"):
        if hasattr(model, method):
            with refused("y", model):
                getattr(model, method)(X, make())
    new = small(Estimator)
    with refused("y", new):
        new.fit(X, make())
    with refused("y_val", new):
        new.fit(X, Y[Estimator], X_val=X, y_val=make())


@pytest.mark.parametrize("Estimator", REGRESSORS)
def test_targets_beyond_floats(Estimator):
    beyond = but(NUMBERS, np.longdouble("1e4000"), np.longdouble)
    model = small(Estimator)
    with refused("y", model):
        model.fit(X, beyond)


@pytest.mark.parametrize("value", [np.finfo(float).max, -np.finfo(float).max])
def test_constant_targets_whose_mean_overflows(value):
    model = small(TabularMLPRegressor)
    with refused("y", model):
        model.fit(X, np.full(N, value))


# The same labels as CODES, or the same numbers, in other forms.
FORMS_OF_Y = {
    "list": CODES.tolist,
    "tuple": lambda: tuple(CODES.tolist()),
    "int8": lambda: CODES.astype(np.int8),
    "uint64": lambda: CODES.astype(np.uint64),
    "float16": lambda: CODES.astype(np.float16),
    "long double": lambda: CODES.astype(np.longdouble),
    "other byte order": lambda: CODES.astype(">f4"),
    "read-only": lambda: read_only(CODES),
    "backwards": lambda: CODES[::-1].copy()[::-1],
    "nothing masked": lambda: np.ma.array(CODES),
    "rows named backwards": pandas(lambda pd: pd.Series(CODES, index=np.arange(N)[::-1])),
    "categories": pandas(lambda pd: pd.Series(CODES, dtype="category")),
    "Int64": pandas(lambda pd: pd.Series(CODES, dtype="Int64")),
    "Arrow": lambda: arrow(lambda pd: pd.Series(CODES, dtype="int64[pyarrow]")),
    "polars": polars(lambda pl: pl.Series(CODES)),
}


@kinds
@pytest.mark.parametrize("form", FORMS_OF_Y)
def test_targets_in_other_forms(Estimator, form):
    given = FORMS_OF_Y[form]()
    model, expected = small(Estimator).fit(X, given), small(Estimator).fit(X, CODES)
    np.testing.assert_array_equal(outputs(model, X), outputs(expected, X))
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))
    assert model.score(X, given) == pytest.approx(expected.score(X, CODES), rel=1e-12)


@kinds
def test_a_column_of_targets_is_raveled_with_a_warning(Estimator):
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        model = small(Estimator).fit(X, Y[Estimator][:, None])
    np.testing.assert_array_equal(outputs(model, X), outputs(fitted(Estimator), X))


@pytest.mark.parametrize("Estimator", CLASSIFIERS)
@pytest.mark.parametrize(
    "labels",
    [
        2**60 + np.arange(3),
        np.arange(3, dtype=np.uint64) + np.uint64(2**63),
        np.array(["", "a", "é"]),
        np.array([-0.5, 0.0, 1.0]) * 2,
        np.arange(3).astype("M8[D]"),
    ],
    ids=str,
)
def test_unusual_labels(Estimator, labels):
    model = small(Estimator).fit(X, labels[CODES])
    np.testing.assert_array_equal(model.classes_, labels)
    np.testing.assert_array_equal(outputs(model, X), outputs(fitted(Estimator), X))
    np.testing.assert_array_equal(model.predict(X), labels[fitted(Estimator).predict(X)])
    assert model.score(X, labels[CODES]) == fitted(Estimator).score(X, CODES)


def explicit_zeros():
    array = sparse.csr_array(np.ones_like(INDICATORS))
    array.data[:] = INDICATORS.ravel()
    return array


@pytest.mark.parametrize("Estimator", CLASSIFIERS)
@pytest.mark.parametrize("make", [sparse.coo_array, sparse.dok_array, sparse.lil_array])
def test_sparse_indicators(Estimator, make):
    expected = small(Estimator).fit(X, INDICATORS)
    for given in (make(INDICATORS), explicit_zeros().astype(float)):
        model = small(Estimator).fit(X, given)
        np.testing.assert_array_equal(outputs(model, X), outputs(expected, X))
        np.testing.assert_array_equal(model.predict(X).toarray(), expected.predict(X))


# --- sample_weight -------------------------------------------------------------------------

NO_WEIGHTS = {
    "text": lambda: "abc",
    "text among numbers": lambda: but(WEIGHTS, "a"),
    "dict": lambda: dict(enumerate(WEIGHTS)),
    "set": lambda: {1.0},
    "generator": lambda: (weight for weight in WEIGHTS),
    "function": lambda: len,
    "array of no dimension": lambda: np.array(2.0),
    "empty": lambda: [],
    "one more": lambda: np.r_[WEIGHTS, 1],
    "a column": lambda: WEIGHTS[:, None],
    "a row": lambda: WEIGHTS[None],
    "ragged": lambda: [[1], [1, 2]] * (N // 2),
    "infinite": lambda: but(WEIGHTS, np.inf, float),
    "None in it": lambda: but(WEIGHTS, None),
    "complex": lambda: WEIGHTS + 0j,
    "complex objects": lambda: but(WEIGHTS, 1j),
    "negative": lambda: -WEIGHTS,
    "minus infinity": lambda: but(WEIGHTS, -np.inf, float),
    "zeros": lambda: 0 * WEIGHTS,
    "zero": lambda: 0,
    "a negative number": lambda: -1.0,
    "NaN": lambda: np.nan,
    "infinity": lambda: np.inf,
    "beyond floats": lambda: 10**400,
    "integers beyond floats": lambda: but(WEIGHTS, 10**400),
    "long doubles beyond floats": lambda: but(WEIGHTS, np.longdouble("1e4000"), np.longdouble),
    "masked": lambda: np.ma.array(WEIGHTS, mask=CODES == 1),
    "sparse": lambda: sparse.csr_array(WEIGHTS[:, None]),
    "sparse of one dimension": lambda: sparse.coo_array(WEIGHTS),
    "NA": pandas(lambda pd: pd.Series(WEIGHTS, dtype="Float64").mask(CODES == 1)),
    "frame": pandas(lambda pd: pd.DataFrame(WEIGHTS)),
    "polars null": polars(lambda pl: pl.Series([None, *WEIGHTS[1:].tolist()])),
}


@kinds
@pytest.mark.parametrize("name", NO_WEIGHTS)
def test_what_is_no_weights(Estimator, name):
    y, model, make = Y[Estimator], fitted(Estimator), NO_WEIGHTS[name]
    for method in ("fit", "partial_fit"):
        if hasattr(model, method):
            with refused("sample_weight", model):
                getattr(model, method)(X, y, make())
            with refused("sample_weight_val", model):
                getattr(model, method)(X, y, X_val=X, y_val=y, sample_weight_val=make())


FORMS_OF_WEIGHTS = {
    "list": WEIGHTS.tolist,
    "objects": lambda: WEIGHTS.astype(object),
    "long double": lambda: WEIGHTS.astype(np.longdouble),
    "float32": lambda: WEIGHTS.astype(np.float32),
    "other byte order": lambda: WEIGHTS.astype(">f8"),
    "read-only": lambda: read_only(WEIGHTS),
    "backwards": lambda: WEIGHTS[::-1].copy()[::-1],
    "nothing masked": lambda: np.ma.array(WEIGHTS),
    "rows named backwards": pandas(lambda pd: pd.Series(WEIGHTS, index=np.arange(N)[::-1])),
    "Float64": pandas(lambda pd: pd.Series(WEIGHTS, dtype="Float64")),
    "polars": polars(lambda pl: pl.Series(WEIGHTS)),
}


@kinds
@pytest.mark.parametrize("form", FORMS_OF_WEIGHTS)
def test_weights_in_other_forms(Estimator, form):
    y, given = Y[Estimator], FORMS_OF_WEIGHTS[form]()
    model, expected = small(Estimator), small(Estimator)
    model.fit(X, y, given, X_val=X, y_val=y, sample_weight_val=given)
    expected.fit(X, y, WEIGHTS, X_val=X, y_val=y, sample_weight_val=WEIGHTS)
    np.testing.assert_array_equal(outputs(model, X), outputs(expected, X))
    np.testing.assert_array_equal(model.history_["val_loss"], expected.history_["val_loss"])
    assert model.score(X, y, given) == pytest.approx(expected.score(X, y, WEIGHTS))


@kinds
@pytest.mark.parametrize("weight", [2.0, 3, np.float32(0.5), True])
def test_one_weight_for_all(Estimator, weight):
    y = Y[Estimator]
    model = small(Estimator).fit(X, y, weight)
    expected = small(Estimator).fit(X, y, np.full(N, float(weight)))
    np.testing.assert_array_equal(outputs(model, X), outputs(expected, X))


@pytest.mark.parametrize("Estimator", TABULAR)
@pytest.mark.parametrize("value", [np.inf, "a", 1j, datetime.date(2024, 2, 29)], ids=str)
def test_a_row_without_weight_is_checked_like_any(Estimator, value):
    """As by scikit-learn, which checks X before it looks at weights."""
    model, weights = small(Estimator), but(np.ones(N), 0, float)
    with refused("X", model):
        model.fit(but(X, value), Y[Estimator], weights)
    missing = small(Estimator).fit(but(X, np.nan), Y[Estimator], weights)
    expected = small(Estimator).fit(X, Y[Estimator], weights)
    np.testing.assert_array_equal(outputs(missing, X), outputs(expected, X))


# --- classes -------------------------------------------------------------------------------

NO_CLASSES = {
    "empty": lambda: [],
    "number": lambda: 3,
    "text": lambda: "abc",
    "set": lambda: {0, 1, 2},
    "dict": lambda: {0: 1, 1: 1, 2: 1},
    "generator": lambda: (label for label in range(3)),
    "function": lambda: len,
    "ragged": lambda: [[0], [1, 2]],
    "NaN": lambda: [0, 1, 2, np.nan],
    "infinite": lambda: [0, 1, 2, np.inf],
    "None in it": lambda: [0, 1, 2, None],
    "complex": lambda: [0, 1, 2j],
    "sparse": lambda: sparse.csr_array([[0, 1, 2]]),
    "NA": pandas(lambda pd: [0, 1, 2, pd.NA]),
    "too few": lambda: [0, 1],
    "others": lambda: [3, 4, 5],
    "other types": lambda: ["0", "1", "2"],
}


@pytest.mark.parametrize("name", NO_CLASSES)
def test_what_is_no_classes(name):
    for model in (small(MLPClassifier), fitted(MLPClassifier)):
        with refused("classes|classes_", model):
            model.partial_fit(X, CODES, classes=NO_CLASSES[name]())


@pytest.mark.parametrize(
    "classes",
    [
        (2, 0, 1),
        range(3),
        np.arange(3.0),
        [0, 0, 1, 2],
        np.array([0, 1, 2], dtype=object),
        np.arange(3, dtype=">i2"),
    ],
    ids=str,
)
def test_classes_in_other_forms(classes):
    model = small(MLPClassifier).partial_fit(X, CODES, classes=classes)
    expected = small(MLPClassifier).partial_fit(X, CODES, classes=[0, 1, 2])
    model.partial_fit(X, CODES, classes=classes)
    expected.partial_fit(X, CODES)
    np.testing.assert_array_equal(model.classes_, [0, 1, 2])
    np.testing.assert_array_equal(model.predict_proba(X), expected.predict_proba(X))


# --- little to learn from ------------------------------------------------------------------

LITTLE = {
    "one sample": lambda y: (X[:1], y[:1]),
    "one target": lambda y: (X, np.full(N, y[0])),
    "constant columns": lambda y: (np.ones_like(X), y),
    "one column": lambda y: (X[:, :1], y),
    "equal columns": lambda y: (X[:, [0, 0, 0]], y),
    "equal rows": lambda y: (X[[0] * N], y),
    "zeros": lambda y: (0 * X, y),
    "tiny": lambda y: (X * 1e-300, y),
    "subnormal": lambda y: (X * 1e-320, y),
    "booleans": lambda y: (X > 0, y),
    "integers beyond 2**53": lambda y: (2**60 + CODES[:, None] * 2**10, y),
    "unsigned": lambda y: (np.uint64(2**64 - 1) - CODES[:, None].astype(np.uint64), y),
    "float16": lambda y: (X.astype(np.float16), y),
}
LITTLE_FOR_TABLES = {
    "huge": lambda y: (X * 1e300, y),
    "all columns missing": lambda y: (np.full_like(X, np.nan), y),
    "one column missing": lambda y: (np.c_[X, np.full(N, np.nan)], y),
    "one value in a column": lambda y: (np.where(np.arange(N)[:, None] == 3, X, np.nan), y),
    "None": lambda y: (np.full(X.shape, None), y),
}
LITTLE_CASES = [(Estimator, name, make) for Estimator in ALL for name, make in LITTLE.items()]
LITTLE_CASES += [
    (Estimator, name, make)
    for Estimator in TABULAR
    for name, make in LITTLE_FOR_TABLES.items()
]


@pytest.mark.parametrize(
    ("Estimator", "make"),
    [pytest.param(E, make, id=f"{E.__name__} {name}") for E, name, make in LITTLE_CASES],
)
def test_little_to_learn_from(Estimator, make):
    few_X, few_y = make(Y[Estimator])
    model = small(Estimator)
    if Estimator in TABULAR:
        model.set_params(early_stopping=len(few_X) > 1)
    model.fit(few_X, few_y)
    p = outputs(model, few_X)
    assert p.shape[0] == len(few_X)
    assert np.isfinite(p).all()
    if Estimator in CLASSIFIERS and len(np.unique(few_y)) > 1:
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)
    if len(few_y) > 1:
        assert np.isfinite(model.score(few_X, few_y))


@pytest.mark.parametrize("kind", ["text", "numbers"])
def test_more_levels_than_codes(kind, monkeypatch):
    monkeypatch.setattr(skmlp._encoding, "MOST_LEVELS", N - 1)
    levels = np.arange(N).astype(str if kind == "text" else float)[:, None]
    model = small(TabularMLPRegressor, categorical_features=[0])
    with refused("Column 0 of X has 30 levels, .* no more than 29", model):
        model.fit(levels, NUMBERS)
    model.fit(np.where(levels == levels[1], levels[0], levels), NUMBERS)


# --- the user's error state ----------------------------------------------------------------

SCALES = X * [1e-12, 1.0, 300.0]
STRICT = [(MLPClassifier, {"activation": name}) for name in ACTIVATIONS]
STRICT += [(TabularMLPRegressor, {"activation": name}) for name in ("mish", "gelu", "elu")]
STRICT += [(MLPClassifier, {"loss": name}) for name in CLASSIFICATION_LOSSES]
STRICT += [(MLPRegressor, {"loss": name}) for name in REGRESSION_LOSSES]
STRICT += [(MLPClassifier, {"optimizer": name}) for name in OPTIMIZERS]
STRICT += [
    (MLPClassifier, {"dtype": "float32", "standardize": True}),
    (MLPClassifier, {"alpha": 1e-300}),
    (MLPRegressor, {"dtype": "float32", "dropout": 0.3}),
    (TabularMLPClassifier, {"early_stopping": False}),
    (TabularMLPRegressor, {"embedding": None}),
]


@pytest.mark.parametrize(("Estimator", "parameters"), STRICT, ids=str)
def test_nothing_is_raised_that_would_be_ignored(Estimator, parameters):
    """By a user who has asked NumPy to raise on underflow, which it ignores by default."""
    y = np.abs(Y[Estimator]) + (Estimator in REGRESSORS)
    expected = small(Estimator, max_iter=20, **parameters).fit(SCALES, y)
    with np.errstate(all="raise"):
        model = small(Estimator, max_iter=20, **parameters).fit(SCALES, y)
        p = outputs(model, SCALES)
        if hasattr(model, "predict_log_proba"):
            model.predict_log_proba(100 * SCALES)
        assert np.geterr()["under"] == "raise"
    np.testing.assert_array_equal(p, outputs(expected, SCALES))


# --- weights that a user has set -----------------------------------------------------------

NO_WEIGHTS_OF_LAYERS = {
    "none": ([], []),
    "numbers": ([1.0, 2.0], [1.0, 2.0]),
    "text": (["a", "b"], ["a", "b"]),
    "vectors": ([np.ones(12), np.ones(12)], [np.ones(4), np.ones(3)]),
    "one layer of two": ([np.ones((3, 4))], [np.ones(4), np.ones(3)]),
    "three dimensions": ([np.ones((3, 4, 1)), np.ones((4, 3, 1))], [np.ones(4), np.ones(3)]),
}


@pytest.mark.parametrize("name", NO_WEIGHTS_OF_LAYERS)
def test_what_is_no_network(name):
    coefs, intercepts = NO_WEIGHTS_OF_LAYERS[name]
    model = copy.deepcopy(fitted(MLPClassifier))
    model.coefs_, model.intercepts_ = coefs, intercepts
    for method in (model.predict, model.predict_proba, model.decision_function):
        with refused("coefs_", model):
            method(X)
    with refused("coefs_", model):
        model.partial_fit(X, CODES)
    with refused("coefs_", model):
        model.to_sklearn()


def test_what_is_no_network_of_scikit_learns():
    theirs = sklearn.neural_network.MLPClassifier((4,), max_iter=2).fit(X, CODES)
    for coefs, intercepts in NO_WEIGHTS_OF_LAYERS.values():
        theirs.coefs_, theirs.intercepts_ = coefs, intercepts
        model = MLPClassifier.from_sklearn(theirs)
        with refused("coefs_", model):
            model.predict(X)


HUGE = {
    "float64": lambda X: np.full_like(X, 1e300) * [1, -1, 1],
    "sparse": lambda X: sparse.csr_array(np.full_like(X, 1e300) * [1, -1, 1]),
}


@pytest.mark.parametrize("huge", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("Estimator", PLAIN)
def test_a_prediction_that_overflows_is_an_error_of_X(Estimator, huge):
    model = small(Estimator, hidden_layer_sizes=(5, 5), standardize=True)
    model.fit(1e-12 * X, Y[Estimator])
    for errors in ("warn", "raise"):
        for method in ("predict", "predict_proba", "decision_function", "score"):
            if hasattr(model, method):
                more = (Y[Estimator],) if method == "score" else ()
                with np.errstate(all=errors), refused("X", model):
                    getattr(model, method)(huge(X), *more)
