"""The columns of a table to numbers: what they become, whatever kind of table it is."""

import copy
import datetime
import pickle
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

from skmlp._encoding import RobustClip, TableEncoder

AS_IT_IS = FunctionTransformer()
RNG = np.random.default_rng(0)


def object_array(columns):
    table = np.empty((len(next(iter(columns.values()))), len(columns)), dtype=object)
    for j, values in enumerate(columns.values()):
        table[:, j] = values
    return table


CONTAINERS = {
    "object array": object_array,
    "lists": lambda columns: object_array(columns).tolist(),
    "pandas": lambda columns: pytest.importorskip("pandas").DataFrame(columns),
    "pandas objects": lambda columns: pytest.importorskip("pandas").DataFrame(
        columns, dtype=object
    ),
    "polars": lambda columns: pytest.importorskip("polars").DataFrame(columns, strict=False),
}
containers = pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)


def encoder(categorical_features="from_dtype", scaler=AS_IT_IS, **more):
    return TableEncoder(categorical_features, scaler, **more)


def counts(fitted):
    return fitted.n_numbers, fitted.n_switches, fitted.n_levels


def same(actual, expected):
    """Equal to the last bit, as float32 in C order."""
    assert actual.dtype == np.float32
    assert actual.flags.c_contiguous
    np.testing.assert_array_equal(actual, np.array(expected, dtype=np.float32), strict=True)


NO_COLUMNS = [[], [], []]
# The column of fit; that of transform; what becomes of it; its counts.
COLUMNS = {
    "numbers": ([1.0, 4.0, 2.0, 8.0], [7.5, -1.0], [[7.5], [-1.0]], (1, 0, [])),
    "missing later": ([1.0, 4.0, 2.0, 8.0], [7.5, None], [[7.5], [3.0]], (1, 0, [])),
    "missing": ([1, None, 5, 2], [None, 5, 9], [[2, 1], [5, 0], [9, 0]], (1, 1, [])),
    "NaN": ([1, np.nan, 5, 2], [np.nan, 5, 9], [[2, 1], [5, 0], [9, 0]], (1, 1, [])),
    "constant": ([7, 7, 7], [7, 8, None], NO_COLUMNS, (0, 0, [])),
    "constant or missing": ([7, None, 7], [None, 8, 7], [[1], [0], [0]], (0, 1, [])),
    "nothing": ([None, None], [None, None, None], NO_COLUMNS, (0, 0, [])),
    "nothing, text later": ([None, None], ["a", None, "b"], NO_COLUMNS, (0, 0, [])),
    "nothing, numbers later": ([None, None], [1.0, None, 2.0], NO_COLUMNS, (0, 0, [])),
    "only NaN, text later": ([np.nan, np.nan], ["a", None, "b"], NO_COLUMNS, (0, 0, [])),
    "numbers, nothing later": ([1.0, 2.0], [None, None], [[1.5], [1.5]], (1, 0, [])),
    "numbers, booleans later": ([0, 3, 1], [True, False], [[1], [0]], (1, 0, [])),
    "one row": ([3.5], [1, 2, 3], NO_COLUMNS, (0, 0, [])),
    "booleans": ([True, False, True], [True, False, None], [[1], [-1], [0]], (0, 1, [])),
    "true": ([True, True], [True, False, None], [[1], [-1], [0]], (0, 1, [])),
    "false or missing": ([False, None], [True, False, None], [[1], [-1], [0]], (0, 1, [])),
    "booleans, numbers later": ([True, False], [0.0, 1.0, 0.5], [[-1], [1], [0]], (0, 1, [])),
    "two levels": (
        ["b", "a", "b", None],
        ["a", "b", None, "c"],
        [[-1], [1], [0], [0]],
        (0, 1, []),
    ),
    "one level": (["a", "a"], ["a", "b", None], NO_COLUMNS, (0, 0, [])),
    "one or missing": (["a", None, "a"], ["a", "b", None], [[1], [0], [0]], (0, 1, [])),
    "text, nothing later": (["b", "a"], [None, None], [[0], [0]], (0, 1, [])),
    "three levels": (
        ["b", "a", "", None],
        ["", "b", "a", None, "c"],
        [[1, 0, 0], [0, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]],
        (0, 3, []),
    ),
    "eight levels": (list("hgfedcba"), ["b", "x"], [[0, 1] + 6 * [0], 8 * [0]], (0, 8, [])),
    "nine levels": (
        list("ihgfedcba"),
        ["a", "c", None, "x", "i"],
        [[0], [2], [9], [9], [8]],
        (0, 0, [9]),
    ),
}


@containers
@pytest.mark.parametrize(("fit", "later", "expected", "n"), COLUMNS.values(), ids=COLUMNS)
def test_a_column(fit, later, expected, n, container):
    fitted = encoder().fit(container({"x": fit}))
    same(fitted.transform(container({"x": later})), expected)
    assert counts(fitted) == n


MIXED = {
    "town": ["Bonn", "Aix", None, "Caen", "Aix", "Bonn"],
    "size": [1.0, 2.0, None, 4.0, 8.0, 16.0],
    "new": [True, False, True, None, False, True],
    "code": [30, 10, 20, 10, 40, 50],
    "age": [3, 1, 2, 2, 9, 9],
    "same": [1, 1, 1, 1, 1, 1],
    "empty": [None, None, None, None, None, None],
    "grade": ["x", "y", "y", "x", None, "x"],
}
MIXED_ENCODED = [
    # size, age; size missing; Aix, Bonn, Caen; new; grade; code
    [1, 3, 0, 0, 1, 0, 1, -1, 2],
    [2, 1, 0, 1, 0, 0, -1, 1, 0],
    [4, 2, 1, 0, 0, 0, 1, 1, 1],
    [4, 2, 0, 0, 0, 1, 0, -1, 0],
    [8, 9, 0, 1, 0, 0, -1, 0, 3],
    [16, 9, 0, 0, 1, 0, 1, -1, 4],
]


@containers
def test_the_order_of_columns(container):
    X = container(MIXED)
    fitted = encoder([0, 3, 7], max_one_hot=4).fit(X)
    same(fitted.transform(X), MIXED_ENCODED)
    assert counts(fitted) == (2, 6, [5])
    np.testing.assert_array_equal(fitted.is_categorical, [1, 0, 1, 1, 0, 0, 0, 1])
    assert fitted.is_categorical.dtype == bool


@pytest.mark.parametrize(("most", "n"), [(0, (0, 0, [3])), (2, (0, 0, [3])), (3, (0, 3, []))])
def test_max_one_hot(most, n):
    assert counts(encoder(max_one_hot=most).fit([["a"], ["b"], ["c"]])) == n
    assert counts(encoder(max_one_hot=most).fit([["a"], ["b"]])) == (0, 1, [])


def series(dtype, **more):
    """A column of pandas; Arrow's dtypes only where it is installed."""

    def make(values):
        pd = pytest.importorskip("pandas")
        if "pyarrow" in dtype:
            pytest.importorskip("pyarrow")
        return pd.DataFrame({"x": pd.Series(values, dtype=dtype, **more)})

    return make


def category(*order):
    def make(values):
        pd = pytest.importorskip("pandas")
        return pd.DataFrame({"x": pd.Categorical(values, categories=order)})

    return make


def polars(dtype, *arguments):
    def make(values):
        pl = pytest.importorskip("polars")
        kind = getattr(pl, dtype)
        column = pl.Series(values, dtype=kind(*arguments) if arguments else kind)
        return pl.DataFrame({"x": column})

    return make


def array(dtype):
    return lambda values: np.array(values, dtype=dtype).reshape(-1, 1)


def in_decimals(values):
    return array(object)([None if value is None else Decimal(value) for value in values])


BOOLEANS = [True, False, True, True]
GAPPY_BOOLEANS = [True, None, False, True]
TEXT = ["b", "c", "a", "b"]
GAPPY_TEXT = ["b", None, "c", "a"]
INTEGERS = [3, 1, 2, 1]
GAPPY_INTEGERS = [3, None, 1, 2]
# Values; which columns are categories; the forms in which they are the same.
FORMS = {
    "integers": (
        INTEGERS,
        None,
        [
            *map(array, [np.int8, np.uint64, np.float16, np.float32, np.longdouble, object]),
            *map(series, ["int64", "uint8", "float32", "Int32", "Float64", "object"]),
            *map(series, ["int32[pyarrow]", "double[pyarrow]", "Sparse[int]", "category"]),
            *map(polars, ["Int8", "UInt64", "Float32", "Decimal"]),
            in_decimals,
        ],
    ),
    "integers or missing": (
        GAPPY_INTEGERS,
        "from_dtype",
        [
            *map(array, [np.float16, np.float64]),
            *map(series, ["float32", "Int64", "Float32", "object", "Sparse[float]"]),
            *map(series, ["int64[pyarrow]", "float[pyarrow]"]),
            *map(polars, ["Int64", "Float64", "Decimal"]),
            in_decimals,
        ],
    ),
    "integers as categories": (
        INTEGERS,
        [0],
        [
            *map(array, [np.int8, np.float32, object]),
            *map(series, ["int64", "Int8", "category"]),
            category(2, 1, 9, 3),
            polars("Int64"),
            in_decimals,
        ],
    ),
    "integers or missing as categories": (
        GAPPY_INTEGERS,
        [0],
        [
            array(np.float64),
            *map(series, ["float64", "Int64", "category", "int64[pyarrow]"]),
            category(2, 1, 9, 3),
            polars("Int64"),
            in_decimals,
        ],
    ),
    "booleans": (
        BOOLEANS,
        None,
        [
            array(bool),
            *map(series, ["bool", "boolean", "object", "category", "bool[pyarrow]"]),
            polars("Boolean"),
        ],
    ),
    "booleans or missing": (
        GAPPY_BOOLEANS,
        "from_dtype",
        [
            *map(series, ["boolean", "object", "category", "bool[pyarrow]"]),
            polars("Boolean"),
        ],
    ),
    "text": (
        TEXT,
        "from_dtype",
        [
            *map(array, ["U1", "U9"]),
            *map(series, ["object", "str", "string", "category", "string[pyarrow]"]),
            category("c", "a", "x", "b"),
            *map(polars, ["String", "Categorical"]),
            polars("Enum", ["c", "a", "x", "b"]),
        ],
    ),
    "text or missing": (
        GAPPY_TEXT,
        "from_dtype",
        [
            *map(series, ["object", "str", "string", "category", "string[pyarrow]"]),
            category("c", "a", "x", "b"),
            *map(polars, ["String", "Categorical"]),
            polars("Enum", ["c", "a", "x", "b"]),
        ],
    ),
}


@pytest.mark.parametrize(
    ("values", "categorical_features", "form"),
    [
        pytest.param(values, features, form, id=f"{name} {i}")
        for name, (values, features, forms) in FORMS.items()
        for i, form in enumerate(forms)
    ],
)
def test_one_column_in_many_forms(values, categorical_features, form):
    X, plain = form(values), array(object)(values)
    reference = encoder(categorical_features).fit(plain)
    expected = reference.transform(plain)
    fitted = encoder(categorical_features).fit(X)
    same(reference.transform(X), expected)
    same(fitted.transform(X), expected)
    same(fitted.transform(plain), expected)
    assert counts(fitted) == counts(reference)
    assert fitted.is_categorical == reference.is_categorical


def test_every_kind_of_missing_value():
    pd = pytest.importorskip("pandas")
    gaps = [None, np.nan, float("nan"), np.float32("nan"), pd.NA, pd.NaT, Decimal("nan")]
    for values, n in ((["a"], (0, 1, [])), ([2, 4], (1, 1, [])), ([True, False], (0, 1, []))):
        fitted = encoder().fit(array(object)(values))
        plain = fitted.transform([[None]])
        for gap in gaps:
            assert counts(encoder().fit(array(object)([*values, gap]))) == n
            same(fitted.transform(array(object)([gap])), plain)


@pytest.mark.parametrize("dtype", [np.int64, np.float32, bool])
def test_a_plain_array_of_numbers_has_no_categories(dtype):
    X = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0]], dtype=dtype)
    fitted = encoder().fit(X)
    np.testing.assert_array_equal(fitted.is_categorical, dtype is bool)
    same(fitted.transform(X), 2.0 * X - 1 if dtype is bool else X)


def test_booleans_among_numbers_are_numbers():
    X = array(object)([True, 0.5, None])
    same(encoder().fit(X).transform(X), [[1, 0], [0.5, 0], [0.75, 1]])


@pytest.mark.parametrize(
    ("categorical_features", "expected"),
    [
        ("from_dtype", [0, 0, 1, 1, 1]),
        (None, [0, 0, 0, 0, 1]),
        ([], [0, 0, 0, 0, 1]),
        ([0], [1, 0, 0, 0, 1]),
        (np.array([2, 0]), [1, 0, 1, 0, 1]),
        ((True, False, False, True, False), [1, 0, 0, 1, 1]),
        (["b", "d"], [0, 1, 0, 1, 1]),
        (np.array(["e"], dtype=object), [0, 0, 0, 0, 1]),
    ],
    ids=str,
)
@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_categorical_features(library, categorical_features, expected):
    """Column c has text only by default, as it must be a category."""
    module = pytest.importorskip(library)
    text = ["p", "q"] if np.array(expected)[2] else [1, 2]
    X = module.DataFrame(
        {"a": [1, 2], "b": [1.5, 2.5], "c": text, "d": [3, 4], "e": [True, False]}
    )
    if library == "pandas":
        X["d"] = X["d"].astype("category")
    elif isinstance(categorical_features, str):
        X = X.with_columns(d=module.Series(["x", "y"], dtype=module.Categorical))
    fitted = encoder(categorical_features).fit(X)
    np.testing.assert_array_equal(fitted.is_categorical, expected)
    assert counts(fitted) == (5 - sum(expected), sum(expected), [])


WITHOUT_NAMES = (
    "categorical_features should be passed as an array of integers or as a boolean mask when "
    "the model is fitted on data without feature names"
)


@pytest.mark.parametrize(
    ("categorical_features", "message"),
    [
        ([0.0, 1.0], "must be an array-like of bool, int or str, got: float64"),
        (np.array(["a", b"b"], dtype=object), "of bool, int or str, got: bytes, str"),
        ([0, 2], r"integer indices must be in \[0, n_features - 1\]"),
        ([-1], r"integer indices must be in \[0, n_features - 1\]"),
        ([True], r"boolean mask must have shape \(n_features,\), got: \(1,\)"),
        (["a"], WITHOUT_NAMES),
    ],
    ids=str,
)
def test_categorical_features_that_do_not_fit(categorical_features, message):
    with pytest.raises(ValueError, match=message):
        encoder(categorical_features).fit(np.eye(2))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_name_that_is_not_there(library):
    X = pytest.importorskip(library).DataFrame({"a": [1, 2], "b": [1, 2]})
    with pytest.raises(
        ValueError,
        match=r"an item value 'c' which is not a valid feature name of the training data. "
        r"Observed feature names: \['a', 'b'\]",
    ):
        encoder(["a", "c"]).fit(X)


def of_pandas(make):
    return lambda: make(pytest.importorskip("pandas"))


def of_polars(make):
    return lambda: make(pytest.importorskip("polars"))


DAY = datetime.datetime(2024, 2, 29)
AS_NUMBERS = r"give it as numbers, for example as df\['x'\].dt.year or seconds since a date"
AS_COLUMNS = "give it as numbers or text, nested values as a column for each of their entries"
BAD_COLUMNS = {
    "datetime": of_pandas(lambda pd: pd.Series([DAY, None])),
    "time zone": of_pandas(lambda pd: pd.Series([DAY, None]).dt.tz_localize("UTC")),
    "category of datetimes": of_pandas(lambda pd: pd.Series([DAY, DAY], dtype="category")),
    "timedelta": of_pandas(lambda pd: pd.Series([DAY - DAY, None])),
    "polars datetime": of_polars(lambda pl: pl.Series([DAY, None])),
    "polars date": of_polars(lambda pl: pl.Series([DAY.date(), None])),
    "polars time": of_polars(lambda pl: pl.Series([DAY.time(), None])),
    "polars duration": of_polars(lambda pl: pl.Series([DAY - DAY, None])),
    "date": lambda: [DAY.date(), None],
    "duration": lambda: [DAY - DAY, None],
    "NumPy datetime": lambda: np.array(["2024-02-29", "NaT"], dtype="M8[ns]"),
    "NumPy timedelta": lambda: np.array([1, 2], dtype="m8[ns]"),
    "period": of_pandas(lambda pd: pd.Series(pd.period_range("2024", periods=2, freq="M"))),
    "interval": of_pandas(lambda pd: pd.Series(pd.cut([1, 2], 2))),
    "list": lambda: [[1], [2, 3]],
    "polars list": of_polars(lambda pl: pl.Series([[1], None])),
    "polars array": of_polars(lambda pl: pl.Series([[1, 2]] * 2, dtype=pl.Array(pl.Int8, 2))),
    "polars struct": of_polars(lambda pl: pl.Series([{"p": 1}, None])),
    "dict": lambda: [{"p": 1}, 2],
    "bytes": lambda: [b"a", b"b"],
    "complex": lambda: [1j, 2],
    "complex64": lambda: np.array([1j, 2], dtype=np.complex64),
    "pandas complex": of_pandas(lambda pd: pd.Series([1j, 2])),
}
REMEDIES = {
    **dict.fromkeys(BAD_COLUMNS, AS_COLUMNS),
    **dict.fromkeys(list(BAD_COLUMNS)[:12], AS_NUMBERS),
    **dict.fromkeys(("complex", "complex64", "pandas complex"), "Complex data not supported"),
}


def with_numbers(column):
    """The column as column 'bad', at index 1, of a table of its library."""
    if not hasattr(column, "to_list"):
        table = np.empty((len(column), 2), dtype=object)
        table[:, 0] = 1.0
        table[:, 1] = list(column)
        return table
    frame = pytest.importorskip(type(column).__module__.split(".")[0]).DataFrame
    return frame({"good": [1.0] * len(column), "bad": column})


@pytest.mark.parametrize("categorical_features", ["from_dtype", [1], None], ids=str)
@pytest.mark.parametrize("kind", BAD_COLUMNS)
def test_columns_of_other_kinds(kind, categorical_features):
    X = with_numbers(BAD_COLUMNS[kind]())
    place = "'bad'" if hasattr(X, "columns") else "1"
    message = f"^Column {place} of X holds values of type .*: {REMEDIES[kind]}"
    with pytest.raises(TypeError, match=message):
        encoder(categorical_features).fit(X)
    fitted = encoder().fit([[1.0, 2.0], [2.0, 3.0]])
    with pytest.raises(TypeError, match=message.replace("of X", "of X_val")):
        fitted.transform(X, "X_val")


def test_dates_in_an_array_are_not_numbers():
    with pytest.raises(TypeError, match="Column 0 of X holds values of type datetime64"):
        encoder([0]).fit(np.array([["2024-02-29"]], dtype="M8[ns]"))


@containers
@pytest.mark.parametrize("categorical_features", [None, [0], ["n"]], ids=str)
def test_text_that_is_no_category(container, categorical_features):
    X = container({"n": [1, 2], "town": ["a", "b"]})
    if categorical_features == ["n"] and not hasattr(X, "columns"):
        categorical_features = [True, False]
    place = "'town'" if hasattr(X, "columns") else "1"
    message = (
        f"^Column {place} of X holds text, which must be a category: select it in "
        "categorical_features, or leave that at 'from_dtype'"
    )
    with pytest.raises(ValueError, match=message):
        encoder(categorical_features).fit(X)


@pytest.mark.parametrize("categorical_features", ["from_dtype", [1], None], ids=str)
@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ([1, "a", 2.5], "numbers and text"),
        ([1, "a", np.nan], "numbers and text"),
        ([True, "a", None], "booleans and text"),
        ([True, 1, "a"], "booleans and numbers and text"),
    ],
)
def test_mixed_columns(values, kinds, categorical_features):
    X = [[1, value] for value in values]
    message = (
        f"Column 1 of X holds both {kinds}: .* categories must be all text or all numbers"
    )
    with pytest.raises(ValueError, match=message):
        encoder(categorical_features).fit(X)


INFINITY = "contains infinity or a value too large for dtype\\('float64'\\) in column"


@containers
@pytest.mark.parametrize("categorical_features", [None, [1]], ids=str)
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity(container, categorical_features, value):
    X = container({"a": [1.0, 2.0], "b": [0.0, value]})
    place = "'b'" if hasattr(X, "columns") else "1"
    with pytest.raises(ValueError, match=f"^Input X {INFINITY} {place}"):
        encoder(categorical_features).fit(X)
    fitted = encoder(categorical_features).fit(container({"a": [1, 2], "b": [0, 1]}))
    with pytest.raises(ValueError, match=f"^Input X_val {INFINITY} {place}"):
        fitted.transform(X, name="X_val")


@pytest.mark.parametrize("value", [10**400, np.longdouble("1e4000")])
def test_numbers_beyond_float64(value):
    for dtype in (object, np.longdouble):
        with pytest.raises(ValueError, match=f"Input X {INFINITY} 0"):
            encoder().fit(array(object)([1, value]).astype(dtype))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: np.array([1.0, 2.0]), ValueError, "Expected 2D array, got 1D array instead"),
        (lambda: [1.0, 2.0], ValueError, "Expected 2D array, got 1D array instead"),
        (lambda: np.ones((2, 2, 2)), ValueError, "Found array with dim 3"),
        (lambda: np.empty((0, 2)), ValueError, r"Found array with 0 sample\(s\)"),
        (lambda: np.empty((2, 0)), ValueError, r"Found array with 0 feature\(s\)"),
        (lambda: np.array([[1j]]), ValueError, "Complex data not supported"),
        (
            lambda: sparse.csr_array(np.eye(2)),
            TypeError,
            "Sparse data was passed for X(_val)?, but dense data is required",
        ),
        (
            of_pandas(lambda pd: pd.Series([1.0, 2.0])),
            ValueError,
            "Expected a 2-dimensional container",
        ),
        (
            of_pandas(lambda pd: pd.DataFrame({"a": []})),
            ValueError,
            r"Found array with 0 sample\(s\) \(shape=\(0, 1\)\)",
        ),
        (
            of_pandas(lambda pd: pd.DataFrame(index=[0, 1])),
            ValueError,
            r"Found array with 0 feature\(s\)",
        ),
        (
            of_polars(lambda pl: pl.DataFrame({"a": []})),
            ValueError,
            r"Found array with 0 sample\(s\) \(shape=\(0, 1\)\)",
        ),
        (
            of_pandas(lambda pd: pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])),
            ValueError,
            r"duplicate column names: \['a'\]",
        ),
    ],
)
def test_what_is_no_table(make, error, message):
    X = make()
    with pytest.raises(error, match=message) as caught:
        encoder().fit(X)
    assert "X" in str(caught.value)
    with pytest.raises(error, match=message) as caught:
        encoder().fit([[1.0, 2.0], [2.0, 3.0]]).transform(X, "X_val")
    assert "X_val" in str(caught.value)


@containers
@pytest.mark.parametrize(
    ("fit", "later", "message"),
    [
        ([1, 2], ["a", "b"], "holds text, but held numbers in fit"),
        ([True, False], ["a", "b"], "holds text, but held booleans in fit"),
        (["a", "b"], [1, 2], "holds numbers, but held text in fit"),
        (["a", "b"], [True, None], "holds booleans, but held text in fit"),
        ([1, 1], ["a", "b"], "holds text, but held numbers in fit"),
    ],
)
def test_a_column_of_another_kind_than_in_fit(container, fit, later, message):
    fitted = encoder().fit(container({"n": [1, 2], "x": fit}))
    X = container({"n": [1, 2], "x": later})
    place = "'x'" if hasattr(X, "columns") else "1"
    with pytest.raises(ValueError, match=f"^Column {place} of X_val {message}"):
        fitted.transform(X, "X_val")


def test_categories_of_pandas_match_by_value():
    """Whatever the order of the categories, and with those that no row has."""
    pd = pytest.importorskip("pandas")
    values = ["b", "a", None, "c", "b"]
    orders = (["a", "b", "c"], ["c", "b", "a"], ["z", "b", "a", "y", "c"])
    frames = [
        pd.DataFrame({"x": pd.Categorical(values, categories=order, ordered=order[0] == "a")})
        for order in orders
    ]
    expected = [[0, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 1, 0]]
    for fit in frames:
        fitted = encoder().fit(fit)
        for X in frames:
            same(fitted.transform(X), expected)
    same(fitted.transform(frames[0][3:]), expected[3:])


def test_many_levels():
    levels = [f"level {i:05}" for i in range(10_000)]
    order = np.random.default_rng(1).permutation(10_000)
    fitted = encoder().fit([[levels[i]] for i in order])
    assert counts(fitted) == (0, 0, [10_000])
    same(fitted.transform([[levels[i]] for i in order[:50]]), order[:50, None])


def test_two_columns_of_codes():
    X = [[f"{i % 9}", f"{i % 11:02}", i] for i in range(99)]
    fitted = encoder().fit(X)
    assert counts(fitted) == (1, 0, [9, 11])
    same(fitted.transform(X), [[i, i % 9, i % 11] for i in range(99)])


def test_the_order_of_rows_does_not_matter():
    X = random_table(3, 60)
    order = np.random.default_rng(1).permutation(60)
    straight = encoder(scaler=RobustClip()).fit(object_array(X))
    shuffled = encoder(scaler=RobustClip()).fit(object_array(X)[order])
    same(shuffled.transform(object_array(X)), straight.transform(object_array(X)))


def random_table(seed, n_samples):
    """Columns of every kind, each also with values missing."""
    rng = np.random.default_rng(seed)
    words = np.array([f"{a}{b}" for a in "pqrs" for b in "tuvwx"], dtype=object)
    columns = {
        "numbers": (rng.normal(size=n_samples) * 10.0 ** rng.integers(-9, 9)).tolist(),
        "integers": rng.integers(-5, 5, n_samples).tolist(),
        "booleans": (rng.random(n_samples) < 0.5).tolist(),
        **{
            f"text {n}": words[rng.integers(0, n, n_samples)].tolist()
            for n in (1, 2, 3, 9, 20)
        },
    }
    for name, values in list(columns.items()):
        gaps = rng.random(n_samples) < 0.2
        columns[f"gappy {name}"] = [
            None if gap else value for value, gap in zip(values, gaps, strict=True)
        ]
    return columns


@pytest.mark.parametrize("seed", range(5))
@containers
def test_random_tables_in_every_container(container, seed):
    train, test = random_table(seed, 100), random_table(seed + 100, 30)
    reference = encoder(scaler=RobustClip()).fit(object_array(train))
    fitted = encoder(scaler=RobustClip()).fit(container(train))
    assert counts(fitted) == counts(reference)
    assert fitted.n_numbers == 4
    assert len(fitted.n_levels) == 4
    for columns in (train, test):
        expected = reference.transform(object_array(columns))
        assert expected.shape[1] == 4 + fitted.n_switches + 4
        same(fitted.transform(container(columns)), expected)
        same(reference.transform(container(columns)), expected)


@containers
def test_every_row_by_itself(container):
    """What the other rows of transform hold does not matter, and is not learned."""
    train, test = random_table(0, 100), random_table(1, 40)
    fitted = encoder(scaler=RobustClip()).fit(container(train))
    before = pickle.dumps(fitted)
    together = fitted.transform(container(test))
    assert np.unique(together, axis=0).shape == together.shape
    for i in range(40):
        row = container({name: values[i : i + 1] for name, values in test.items()})
        same(fitted.transform(row), together[i : i + 1])
    assert pickle.dumps(fitted) == before


@containers
def test_x_is_not_written_to(container):
    X = container(random_table(0, 50))
    before = copy.deepcopy(X)
    encoder(scaler=RobustClip()).fit(X).transform(X)
    if hasattr(X, "equals"):
        assert X.equals(before)
    else:
        assert np.array(X, dtype=object).tolist() == np.array(before, dtype=object).tolist()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_read_only_arrays(dtype, order):
    X = np.array([[1, 2, np.nan], [3, 5, 6], [2, 4, 9]], dtype=dtype, order=order)
    X.flags.writeable = False
    same(
        encoder([0]).fit(X).transform(X),
        [[2, 7.5, 1, 1, 0, 0], [5, 6, 0, 0, 0, 1], [4, 9, 0, 0, 1, 0]],
    )


@containers
def test_pickling(container):
    """Of the rows, only medians, levels and what the scaler learns are kept."""
    X = container(random_table(0, 3000))
    fitted = encoder(scaler=RobustClip()).fit(X)
    stored = pickle.dumps(fitted)
    assert len(stored) < 5000
    assert b"pandas" not in stored
    assert b"polars" not in stored
    same(pickle.loads(stored).transform(X), fitted.transform(X))


def test_no_numbers():
    fitted = encoder(scaler=RobustClip()).fit([["a"], ["b"]])
    same(fitted.transform([["b"]]), [[1]])


def test_arrow():
    """Its dictionaries in pandas are categories, its tables arrays without names."""
    pa = pytest.importorskip("pyarrow")
    pd = pytest.importorskip("pandas")
    integers = pd.ArrowDtype(pa.dictionary(pa.int8(), pa.int64()))
    X = pd.DataFrame({"x": pd.Series([5, 3, 4], dtype=integers)})
    same(encoder().fit(X).transform(X), [[0, 0, 1], [1, 0, 0], [0, 1, 0]])
    table = pa.table({"a": [1, None, 2], "b": ["p", "q", None]})
    same(encoder().fit(table).transform(table), [[1, 0, -1], [1.5, 1, 1], [2, 0, 0]])


def test_a_second_fit_forgets_the_first():
    fitted = encoder().fit([[1, "a"], [2, "b"], [None, "c"]]).fit([["x", 1], ["y", 2]])
    same(fitted.transform([["y", 3]]), [[3, 1]])
    assert counts(fitted) == (1, 1, [])
    np.testing.assert_array_equal(fitted.is_categorical, [True, False])


class Recorder(FunctionTransformer):
    def fit(self, X, y=None):
        self.seen_ = X
        return super().fit(X)


def test_the_scaler_is_a_clone_that_sees_what_varies_and_what_is_missing():
    scaler = Recorder()
    fitted = encoder(scaler=scaler).fit([[1.0, 5, "a"], [None, 5, "b"], [4.0, 5, "a"]])
    assert not hasattr(scaler, "seen_")
    (seen,) = [part.scaler.seen_ for part in vars(fitted).values() if hasattr(part, "scaler")]
    np.testing.assert_array_equal(seen, [[1], [np.nan], [4]], strict=True)


@pytest.mark.parametrize("output", ["default", "pandas"])
def test_the_scaler_may_return_frames(output):
    if output == "pandas":
        pytest.importorskip("pandas")
    X = [[0.0, "a"], [2.0, "b"]]
    with config_context(transform_output=output):
        fitted = encoder(scaler=StandardScaler()).fit(X)
        same(fitted.transform(X), [[-1, -1], [1, 1]])


@pytest.mark.parametrize("sign", [1, -1])
def test_scaled_numbers_beyond_float32(sign):
    fitted = encoder().fit([[1.0], [2.0]])
    with pytest.raises(
        ValueError, match=r"^X_val has values that are too large for .*float32"
    ):
        fitted.transform([[sign * 1e39]], "X_val")


WIDE = np.column_stack(
    [
        1e300 * RNG.uniform(-1, 1, 90),
        1e-300 * RNG.normal(size=90),
        10 ** RNG.uniform(-300, 300, 90),
        1e6 + 1e-9 * RNG.integers(0, 9, 90),
        RNG.choice([-1e300, 0, 1e300], 90),
        np.r_[np.zeros(89), 1e300],
        np.r_[np.zeros(89), 1e-300],
        np.where(RNG.random(90) < 0.2, np.nan, RNG.lognormal(0, 50, 90)),
    ]
)


def test_wide_scales():
    fitted = encoder(scaler=RobustClip()).fit(WIDE)
    assert counts(fitted) == (8, 1, [])
    for X in (WIDE, 1e300 * np.sign(WIDE), 1e-300 * np.sign(WIDE)):
        encoded = fitted.transform(X)
        assert np.isfinite(encoded).all()
        assert encoded.dtype == np.float32


def test_clipped_numbers_vary_at_every_scale():
    encoded = encoder(scaler=RobustClip()).fit(WIDE).transform(WIDE)
    assert (np.abs(encoded) <= 3).all()
    assert (np.ptp(encoded, axis=0) > 0.9).all()


def clipped(z):
    return z / np.sqrt(1 + (z / 3) ** 2)


@pytest.mark.parametrize(
    ("fit", "later", "z"),
    [
        ([0, 1, 2, 3, 4], [2, 4, -4, 1002], [0, 1, -3, 500]),
        ([0, 1, 2, 3], [1.5, 3, 0], [0, 1, -1]),  # quartiles 0.75 and 2.25
        ([5, 5, 5, 5, 5, 9], [5, 9, 1, 6], [0, 2, -2, 0.5]),
        ([5, 5, 5], [5, 6, -1e30], [0, 0, 0]),
        ([5], [5, 6], [0, 0]),
    ],
)
@pytest.mark.parametrize("unit", [1.0, 2.0**-900, 2.0**900])
def test_robust_clip_by_hand(fit, later, z, unit):
    fit, later = (unit * np.array(values, dtype=float)[:, None] for values in (fit, later))
    actual = RobustClip().fit(fit).transform(later)
    np.testing.assert_allclose(actual[:, 0], clipped(np.array(z)), rtol=1e-15)


@pytest.mark.parametrize("largest", [1e-300, 1.0, 1e300])
def test_robust_clip_is_exact(largest):
    """In rational numbers, but for the root."""
    X = largest * np.random.default_rng(0).uniform(-1, 1, (41, 1))
    numbers = sorted(map(Fraction, X[:, 0]))
    median, distance = numbers[20], numbers[30] - numbers[10]
    z = np.array([float((Fraction(x) - median) / distance) for x in X[:, 0]])
    actual = RobustClip().fit_transform(X)[:, 0]
    np.testing.assert_allclose(actual, clipped(z), rtol=1e-14, atol=1e-15)


def test_robust_clip_has_the_limits_3():
    clip = RobustClip().fit([[0.0], [1e-300], [2e-300]])
    np.testing.assert_array_equal(clip.transform([[1e300], [-1e300]]), [[3], [-3]])


def test_robust_clip_that_is_not_fitted():
    with pytest.raises(NotFittedError):
        RobustClip().transform([[1.0]])


def test_robust_clip_takes_columns_one_by_one():
    X = np.random.default_rng(0).normal(size=(20, 3)) * [1, 1e5, 0] + [0, 3, 7]
    together = RobustClip().fit_transform(X)
    for j in range(3):
        np.testing.assert_array_equal(
            RobustClip().fit_transform(X[:, [j]])[:, 0], together[:, j]
        )
    assert not together[:, 2].any()
    assert together[:, :2].all()


@pytest.mark.parametrize(("instance", "check"), list(estimator_checks_generator(RobustClip())))
def test_robust_clip_meets_the_contract_of_scikit_learn(instance, check):
    check(instance)


def test_missing_numbers_have_no_part_in_the_scale():
    x = np.random.default_rng(0).lognormal(size=(200, 1))
    gaps = np.where(np.arange(200)[:, None] % 5 < 3, np.nan, x)
    some = x[~np.isnan(gaps)][:, None]
    with_gaps, without = (
        encoder(scaler=RobustClip()).fit(X).transform(some) for X in (gaps, some)
    )
    np.testing.assert_array_equal(with_gaps[:, :1], without)
