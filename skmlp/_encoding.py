"""The columns of a table to the numbers that a network takes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from skmlp._validation import MISSING, cast, naming

# What the values of a column are, by their class.  The order matters: NumPy's durations are
# registered as integers, Python's booleans are integers.
KINDS = {
    "text": (str,),
    "times": (date, time, timedelta, np.datetime64, np.timedelta64),
    "booleans": (bool, np.bool_),
    "numbers": (Real, Decimal),
    "complex": (complex, np.complexfloating),
}
REMEDIES = {
    "times": "give it as numbers, for example as df['x'].dt.year or seconds since a date",
    "complex": "Complex data not supported, give the real and the imaginary part as numbers",
    "other": "give it as numbers or text, nested values as a column for each of their entries",
}
# A network gets the positions of levels as float32, which has no more integers than these.
MOST_LEVELS = 2**24
# The beginnings of the dtypes of categories that need not be text: pandas, and Arrow in it.
CATEGORY_DTYPES = ("category", "dictionary")


@dataclass(frozen=True)
class Column:
    """A column as it was read: the same whatever kind of table it comes from.

    Attributes
    ----------
    place : str
        The beginning of an error message.

    kind : {"numbers", "booleans", "text", "nothing"}
        "nothing" if all values are missing, whatever the dtype.

    values : ndarray of shape (n_samples,)
        Text as dtype object, all else as float64, with NaN where a value is missing.

    is_category : bool
        Whether the dtype says so; that of text need not.
    """

    place: str
    kind: str
    values: np.ndarray
    is_category: bool


class TableEncoder:
    """The columns of a table to the inputs of a network.

    The columns of the result are, in this order:

    1. numbers: missing values are the median of the rows of `fit`, and then `scaler` is
       applied.  A column that is constant in `fit` is left out.
    2. switches: for every column of numbers with missing values in `fit` whether the value is
       missing, as 1 or 0; then for every category column with few levels

       * of one level: 1 for it, else 0; left out if no value is missing in `fit`,
       * of two levels: -1 for the first, 1 for the second, else 0,
       * of up to `max_one_hot` levels: a column for each level, 1 for it, else 0.
    3. codes: for every category column with more levels the index of the level, else the
       number of levels.

    Levels are the sorted values in `fit`.  A value that is missing and one that was not among
    them are encoded alike.  Columns without any value in `fit` are left out, so there may be
    no columns at all: what is to be done then is up to the caller.

    Categories are matched by value, numbers as float64 and booleans as 0 and 1, so neither
    the kind of table nor the order of categories in a dtype matters.

    Parameters
    ----------
    categorical_features : "from_dtype", None or array-like of {bool, int, str}
        Which columns hold categories: those whose dtype is one of categories and those of
        text; none; or a mask, indices or names.  Columns of booleans always do, with the two
        levels False and True.

    scaler : transformer
        For the numbers, as float64, column by column; a clone is fitted, to numbers with NaN
        where they are missing.

    max_one_hot : int, default=8
        The most levels of a category column that is encoded as switches; two always are.

    Attributes
    ----------
    is_categorical : ndarray of shape (n_features,), dtype bool

    n_numbers, n_switches : int
        Numbers of columns.

    n_levels : list of int
        The number of levels for every column of codes.

    empty : list of str
        What error messages call the columns without any value in `fit`.
    """

    def __init__(self, categorical_features, scaler, max_one_hot=8):
        self.categorical_features = categorical_features
        self.scaler = scaler
        self.max_one_hot = max_one_hot

    def fit(self, X):
        """Learn levels, medians and scales.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)

        Returns
        -------
        self : TableEncoder

        Raises
        ------
        TypeError
            If X is sparse, or a value neither a number, a boolean, text nor missing.
        ValueError
            If X is not a table of at least one row and one column, has duplicate column names,
            infinite numbers, a column that mixes text with other values or one of text that is
            no category, or if `categorical_features` does not fit X.
        """
        columns = _read_table(X, "X")
        self.is_categorical = _find_categories(self.categorical_features, X, columns)
        self._kinds = [column.kind for column in columns]
        self.empty = [column.place for column in columns if column.kind == "nothing"]
        there = [i for i, kind in enumerate(self._kinds) if kind != "nothing"]
        numbers = [i for i in there if not self.is_categorical[i]]
        categories = [i for i in there if self.is_categorical[i]]
        self._numbers = NumberColumns(numbers, columns, self.scaler)
        self._switches, self._codes = {}, {}
        for i in categories:
            levels = Levels(columns[i])
            if len(levels.index) > max(self.max_one_hot, 2):
                self._codes[i] = levels
            elif levels.vary:
                self._switches[i] = levels
        self.n_numbers = len(self._numbers.varying)
        widths = [levels.n_switches for levels in self._switches.values()]
        self.n_switches = len(self._numbers.gappy) + sum(widths)
        self.n_levels = [len(levels.index) for levels in self._codes.values()]
        return self

    def transform(self, X, name="X"):
        """Encode rows, each by itself.

        Parameters
        ----------
        X : {DataFrame of pandas or polars, array-like} of shape (n_samples, n_features)
            With the columns of `fit` in the same order, which is not checked.

        name : str, default="X"
            What error messages call X.

        Returns
        -------
        encoded : ndarray of shape (n_samples, n_numbers + n_switches + len(n_levels))
            Finite, of dtype float32 and in C order.

        Raises
        ------
        TypeError, ValueError
            As `fit`; also if text has taken the place of numbers or booleans, or the other way
            round, or if a scaled number is too large for float32.
        """
        columns = _read_table(X, name)
        for column, kind in zip(columns, self._kinds, strict=True):
            kinds = {column.kind, kind}
            if "text" in kinds and not kinds <= {"text", "nothing"}:
                raise ValueError(
                    f"{column.place} holds {column.kind}, but held {kind} in fit."
                )
        scaled, missing = self._numbers.encode(columns)
        switches = [levels.switches(columns[i]) for i, levels in self._switches.items()]
        codes = [levels.codes(columns[i]) for i, levels in self._codes.items()]
        encoded = np.column_stack([scaled, missing, *switches, *codes])
        return cast(encoded, np.float32, name)


class NumberColumns:
    """Columns of numbers, of which each has a value in the rows of `fit`.

    Parameters
    ----------
    indices : list of int
        The positions of these columns in the table.

    columns : list of Column
        The whole table.

    scaler : transformer

    Attributes
    ----------
    varying : ndarray of int
        Which of these columns are not constant.

    gappy : ndarray of int
        Which of these columns have missing values.
    """

    def __init__(self, indices, columns, scaler):
        self.indices = indices
        values = self._stack(columns)
        missing = np.isnan(values)
        pairs = zip(values.T, missing.T, strict=True)
        self.medians = np.array([np.quantile(column[~gaps], 0.5) for column, gaps in pairs])
        filled = np.where(missing, self.medians, values)
        self.varying = np.flatnonzero(filled.min(axis=0) < filled.max(axis=0))
        self.gappy = np.flatnonzero(missing.any(axis=0))
        self.scaler = clone(scaler)
        if len(self.varying):
            with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is checked
                # Not on filled ones, whose quartiles move to the median.
                self.scaler.fit(values[:, self.varying])

    def encode(self, columns):
        """Return the scaled numbers, and where the gappy columns have missing values.

        Returns
        -------
        scaled : ndarray of shape (n_samples, len(varying))

        missing : ndarray of shape (n_samples, len(gappy)), dtype bool
        """
        values = self._stack(columns)
        missing = np.isnan(values)
        scaled = np.where(missing, self.medians, values)[:, self.varying]
        if len(self.varying):
            with np.errstate(over="ignore", invalid="ignore"):
                scaled = self.scaler.transform(scaled)
        return scaled, missing[:, self.gappy]

    def _stack(self, columns):
        no_columns = np.empty((len(columns[0].values), 0))
        return np.column_stack([no_columns, *(columns[i].values for i in self.indices)])


class Levels:
    """The levels of a category column.

    Attributes
    ----------
    index : dict
        From each level, a str or a float, to its position.

    vary : bool
        Whether there is more than one, or one and missing values.
    """

    def __init__(self, column):
        there = column.values[column.values == column.values]
        levels = (0.0, 1.0) if column.kind == "booleans" else sorted(set(there.tolist()))
        if len(levels) > MOST_LEVELS:
            raise ValueError(
                f"{column.place} has {len(levels)} levels, but a category can have no more "
                f"than {MOST_LEVELS}."
            )
        self.index = {level: position for position, level in enumerate(levels)}
        self.vary = len(levels) > 1 or len(there) < len(column.values)

    @property
    def n_switches(self):
        return 1 if len(self.index) <= 2 else len(self.index)

    def codes(self, column):
        """Return the positions of the values of a column, len(index) for what is no level."""
        unknown = len(self.index)
        return np.array([self.index.get(value, unknown) for value in column.values.tolist()])

    def switches(self, column):
        """Return an array of shape (n_samples, n_switches)."""
        one_hot = self.codes(column)[:, None] == np.arange(len(self.index))
        return one_hot @ [[-1.0], [1.0]] if len(self.index) == 2 else one_hot


def check_table(X, name):
    """Return X as a frame or an array of two dimensions; errors call it `name`.

    Values are not checked: that is done by column, when they are read.
    """
    if hasattr(X, "collect_schema") and not hasattr(X, "shape"):
        raise TypeError(f"{name} is a LazyFrame: give {name}.collect().")
    if not _is_frame(X):
        # NumPy would turn the numbers of lists into text where there is any.
        dtype = None if hasattr(X, "dtype") else object
        with naming(name):
            return check_array(X, dtype=dtype, ensure_all_finite=False, input_name=name)
    duplicates = [label for label, count in Counter(X.columns).items() if count > 1]
    if duplicates:
        raise ValueError(f"{name} has duplicate column names: {duplicates}.")
    with naming(name):
        check_array(np.broadcast_to(0.0, X.shape), ensure_all_finite=False)
    return X


def _read_table(X, name):
    """Return the columns of X as a list of Column, or an error that calls X `name`."""
    table = check_table(X, name)
    if _is_frame(table):
        labels = list(table.columns)
        columns = [table[label] for label in labels]
    else:
        labels, columns = range(table.shape[1]), table.T
    return [
        _read_column(column, label, name)
        for label, column in zip(labels, columns, strict=True)
    ]


def _is_frame(X):
    return hasattr(X, "columns") and hasattr(X, "dtypes")


def _read_column(column, label, name):
    place = f"Column {label!r} of {name}"
    array = np.asarray(column)
    if array.ndim == 1 and array.dtype.kind in "iuf":
        kind = "numbers"
        with np.errstate(over="ignore"):  # of long doubles, to infinity
            values = array.astype(np.float64)
    else:
        kind, values = _read_objects(list(array), place)
    if kind != "text":
        if np.isinf(values).any():
            raise ValueError(
                f"Input {name} contains infinity or a value too large for dtype('float64') in "
                f"column {label!r}."
            )
        if np.isnan(values).all():
            kind = "nothing"
    is_category = str(column.dtype).startswith(CATEGORY_DTYPES)
    return Column(place, kind, values, is_category)


def _read_objects(values, place):
    """Return the kind and the values, as in Column, of a list of Python objects."""
    kind_of = {cls: _kind(cls) for cls in set(map(type, values))}
    for cls, kind in kind_of.items():
        if kind in REMEDIES:
            raise TypeError(f"{place} holds values of type {cls.__name__}: {REMEDIES[kind]}.")
    kinds = set(kind_of.values()) - {"nothing"}
    # NaN is a number that stands for a missing value among those of all kinds.
    if all(value != value for value in values if kind_of[type(value)] == "numbers"):
        kinds -= {"numbers"}
    if "text" in kinds and len(kinds) > 1:
        raise ValueError(
            f"{place} holds both {' and '.join(sorted(kinds))}: a column of numbers must be "
            "all numbers, and categories must be all text or all numbers."
        )
    converters = {cls: CONVERTERS[kind] for cls, kind in kind_of.items()}
    converted = [converters[type(value)](value) for value in values]
    if "text" in kinds:
        return "text", np.array(converted, dtype=object)
    return "booleans" if kinds == {"booleans"} else "numbers", np.array(converted)


def _kind(cls):
    if cls.__name__ in MISSING:  # before the others: NaT is a date by its class
        return "nothing"
    return next((kind for kind in KINDS if issubclass(cls, KINDS[kind])), "other")


def _float(value):
    try:
        return float(value)
    except OverflowError:  # an integer of more than 308 digits
        return np.inf


CONVERTERS = {
    "text": str,
    "numbers": _float,
    "booleans": float,
    "nothing": lambda missing: np.nan,
}


def _find_categories(categorical_features, X, columns):
    """Return a mask of the columns that hold categories, which text must."""
    booleans = np.array([column.kind == "booleans" for column in columns])
    if isinstance(categorical_features, str) and categorical_features == "from_dtype":
        found = [column.is_category or column.kind == "text" for column in columns]
    else:
        names = list(X.columns) if _is_frame(X) else None
        found = _selected(categorical_features, names, len(columns))
    for column, is_found in zip(columns, found, strict=True):
        if column.kind == "text" and not is_found:
            raise ValueError(
                f"{column.place} holds text, which must be a category: select it in "
                "categorical_features, or leave that at 'from_dtype'."
            )
        if is_found and column.kind == "numbers" and (abs(column.values) > 2**53).any():
            raise ValueError(
                f"{column.place} is a category and holds integers beyond 2**53, not all of "
                "which are told apart: give it as text."
            )
    return booleans | found


def _selected(categorical_features, names, n_features):
    """Return a mask of the columns that are selected by a mask, indices or names.

    As in HistGradientBoosting of scikit-learn, with its errors.
    """
    selected = np.zeros(n_features, dtype=bool)
    with naming("categorical_features"):  # lists of unequal lengths
        features = np.asarray([] if categorical_features is None else categorical_features)
    if not features.size:
        return selected
    if features.ndim != 1:  # a set, or the tuples of columns with several levels
        raise ValueError(
            "categorical_features must be a list of masks, indices or names, got "
            f"{categorical_features!r}."
        )
    kind = features.dtype.kind
    got = {features.dtype.name}
    if kind == "O":
        got = {type(feature).__name__ for feature in features}
    if kind not in "ibUO" or (kind == "O" and got != {"str"}):
        raise ValueError(
            "categorical_features must be an array-like of bool, int or str, got: "
            f"{', '.join(sorted(got))}."
        )
    if kind == "b" and features.shape != (n_features,):
        raise ValueError(
            "categorical_features set as a boolean mask must have shape (n_features,), got: "
            f"{features.shape}"
        )
    if kind == "i" and not (features.min() >= 0 and features.max() < n_features):
        raise ValueError(
            "categorical_features set as integer indices must be in [0, n_features - 1]"
        )
    selected[_positions(features, names) if kind in "UO" else features] = True
    return selected


def _positions(features, names):
    """Return the positions of the features among the names."""
    if names is None:
        raise ValueError(
            "categorical_features should be passed as an array of integers or as a boolean "
            "mask when the model is fitted on data without feature names."
        )
    for feature in features:
        if feature not in names:
            raise ValueError(
                f"categorical_features has an item value '{feature}' which is not a valid "
                f"feature name of the training data. Observed feature names: {names}"
            )
    return [names.index(feature) for feature in features]


class RobustClip(TransformerMixin, BaseEstimator):
    """Centre by the median, scale by the quartiles and clip smoothly to (-3, 3).

    The result is z / sqrt(1 + (z / 3)^2) with z = (x - median) / scale, and 0 for a column
    that is constant in `fit`.  Numbers up to 1e300 do not overflow.

    Attributes
    ----------
    median_ : ndarray of shape (n_features,)

    scale_ : ndarray of shape (n_features,)
        The distance of the quartiles; half that of the extremes where the quartiles are equal;
        infinity where all values are.

    References
    ----------
    Holzmueller, Grinsztajn, Steinwart (2024), "Better by Default: Strong Pre-Tuned MLPs and
    Boosted Trees on Tabular Data".
    """

    def fit(self, X, y=None):
        """Measure the columns.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            NaN is left out of account.

        y : ignored

        Returns
        -------
        self : RobustClip
        """
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        lower, self.median_, upper = np.nanquantile(X, [0.25, 0.5, 0.75], axis=0)
        extent = np.nanmax(X, axis=0) - np.nanmin(X, axis=0)
        self.scale_ = np.where(lower < upper, upper - lower, extent / 2)
        self.scale_[self.scale_ == 0] = np.inf
        return self

    def transform(self, X):
        """Scale and clip.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        clipped : ndarray of shape (n_samples, n_features), dtype float64
        """
        check_is_fitted(self)
        X = validate_data(
            self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False
        )
        # The formula multiplied by the scale, by which nothing is divided that may overflow.
        distance = X - self.median_
        return distance / np.hypot(self.scale_, distance / 3)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
