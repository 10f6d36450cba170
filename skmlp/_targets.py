"""Targets: y to the arrays that a loss takes, raw outputs to what `predict` returns.

The instance that `fit` makes is kept by the estimator, as it knows the labels.
"""

import numpy as np
from scipy import sparse
from sklearn.utils import assert_all_finite, check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from skmlp._validation import MISSING, naming


class Targets:
    """Base class.

    Attributes
    ----------
    task : {"regression", "binary", "multiclass", "multilabel"}
        Chooses the loss.

    n_outputs : int
        Output units of the network.
    """

    task: str
    n_outputs: int

    def encode(self, y):
        """Return y as an array of shape (n_samples, n_outputs).

        Raises
        ------
        ValueError
            If y is not of the kind that these targets were made for.
        """
        raise NotImplementedError

    def decode(self, raw):
        """Return the predictions for raw outputs of shape (n_outputs, n_samples)."""
        raise NotImplementedError

    def labels(self, y):
        """Return y, or predictions, in the form in which accuracy compares them."""
        return y

    def like_y(self, predictions):
        """Return predictions of `decode` as the kind of array that y was."""
        return predictions


class Continuous(Targets):
    """Numbers: one column, given as 1-D and returned so, or several."""

    task = "regression"

    def __init__(self, y):
        self.n_outputs = y.shape[1] if y.ndim == 2 else 1

    def encode(self, y):
        y = y.reshape(len(y), -1)
        if y.shape[1] != self.n_outputs:
            raise ValueError(
                f"y has {y.shape[1]} outputs, but the model was fitted with {self.n_outputs}."
            )
        return y

    def decode(self, raw):
        return raw[0] if self.n_outputs == 1 else raw.T


class Labels(Targets):
    """One label per sample; the base of `Binary` and `Multiclass`."""

    def __init__(self, classes):
        self.classes = classes

    def indices(self, y):
        """Return the position of every label in `classes`."""
        if y.ndim == 2:
            raise ValueError(
                f"y has {y.shape[1]} columns, but the model was fitted with one label per "
                "sample."
            )
        last = len(self.classes) - 1
        indices = np.minimum(np.searchsorted(self.classes, y), last)
        if (self.classes[indices] != y).any():
            raise ValueError(
                "`y` has classes not in `self.classes_`. `self.classes_` has "
                f"{self.classes}. 'y' has {np.unique(y)}."
            )
        return indices


class Binary(Labels):
    """At most two classes: one output, positive for the second."""

    task = "binary"
    n_outputs = 1

    def encode(self, y):
        return (self.indices(y) == 1)[:, None]

    def decode(self, raw):
        second = min(1, len(self.classes) - 1)
        return self.classes[np.where(raw[0] > 0, second, 0)]


class Multiclass(Labels):
    """Three classes or more: one output each, the largest wins."""

    task = "multiclass"

    def __init__(self, classes):
        super().__init__(classes)
        self.n_outputs = len(classes)

    def encode(self, y):
        return self.indices(y)[:, None] == np.arange(self.n_outputs)

    def decode(self, raw):
        return self.classes[np.argmax(raw, axis=0)]


class Columns(Targets):
    """One column and one output for each class; the base of the two that follow."""

    def __init__(self, y):
        self.n_outputs = y.shape[1]
        self.classes = np.arange(self.n_outputs)

    def encode(self, y):
        if y.ndim != 2 or y.shape[1] != self.n_outputs:
            raise ValueError(
                f"y has shape {y.shape}, but the model was fitted with {self.n_outputs} "
                "columns."
            )
        return y.toarray() if sparse.issparse(y) else y


class SoftLabels(Columns):
    """Rows of probabilities, or one-hot rows: the largest wins."""

    task = "multiclass"

    def encode(self, y):
        try:
            return super().encode(y).astype(np.float64)
        except (TypeError, ValueError) as error:
            raise ValueError(f"y must hold rows of probabilities. {error}") from None

    def decode(self, raw):
        return (np.argmax(raw, axis=0)[:, None] == self.classes).astype(int)

    def labels(self, y):
        y = y.toarray() if sparse.issparse(y) else np.asarray(y)
        return y if y.ndim == 1 else np.argmax(y, axis=1)


class Multilabel(Columns):
    """An indicator matrix of 0 and 1: positive for 1."""

    task = "multilabel"

    def __init__(self, y):
        super().__init__(y)
        self.sparse_output = sparse.issparse(y)

    def encode(self, y):
        dense = super().encode(y)
        if not np.isin(dense, (0, 1)).all():
            raise ValueError(
                "Multi-label y must be an indicator matrix of 0 and 1, got the values "
                f"{np.unique(dense)[:5]}."
            )
        return dense

    def decode(self, raw):
        return (raw.T > 0).astype(int)

    def like_y(self, predictions):
        return sparse.csr_matrix(predictions) if self.sparse_output else predictions


def regression_targets(y):
    """Return the targets for a validated y, and y with a single column raveled."""
    if sparse.issparse(y):
        raise TypeError("Sparse y is not supported in regression; use y.toarray().")
    if y.dtype.kind not in "biuf":
        raise ValueError(f"y must hold numbers, got the dtype {y.dtype}.")
    assert_all_finite(y, input_name="y")  # an object y has only just become numbers
    if y.ndim == 2 and y.shape[1] == 1:
        y = column_or_1d(y, warn=True)
    return Continuous(y), y


def classification_targets(y, classes=None, soft=False):
    """Return the targets for a validated y, and y with a single column raveled.

    Parameters
    ----------
    y : {ndarray, sparse matrix} of shape (n_samples,) or (n_samples, n_labels)

    classes : None or array-like
        All labels, where y need not have them all.

    soft : bool
        Whether the rows of a y with several columns are probabilities.

    Raises
    ------
    ValueError
        If y is continuous, has several columns of labels, or labels of mixed types.
    """
    if sparse.issparse(y) and y.ndim == 1:
        raise TypeError("Sparse y of one dimension is not supported; use y.toarray().")
    if y.ndim == 2 and y.shape[1] == 1 and not sparse.issparse(y):
        y = column_or_1d(y, warn=True)
    if y.ndim == 2 and soft:
        return _column_targets(SoftLabels(y), classes), y
    _check_labels(y)
    if y.ndim == 2:
        kind = type_of_target(y, input_name="y")
        if kind == "multilabel-indicator":
            return _column_targets(Multilabel(y), classes), y
        raise ValueError(
            f"y of shape {y.shape} has several columns of labels ({kind}), which is not "
            "supported: give one column of labels, or an indicator matrix of 0 and 1."
        )
    labels = unique(y, "y") if classes is None else known_classes(classes)
    return (Multiclass(labels) if len(labels) > 2 else Binary(labels)), y


def _column_targets(targets, classes):
    """Check the classes that were given for targets with a column for each."""
    if classes is not None and not np.array_equal(known_classes(classes), targets.classes):
        raise ValueError(
            f"classes of a y with {targets.n_outputs} columns are 0 to "
            f"{targets.n_outputs - 1}, got {classes!r}."
        )
    return targets


def _check_labels(y):
    """scikit-learn's check, with errors that say what is wrong with an object array."""
    if y.dtype == object:
        unique(y, "y")
        if not isinstance(y.flat[0], str):
            kind = type(y.flat[0]).__name__
            raise ValueError(
                f"Unknown label type: y has the dtype object and labels of type {kind}; "
                f"convert it, as by y.astype({kind})."
            )
    try:
        with np.errstate(invalid="ignore"):  # large floats are compared with integers
            check_classification_targets(y)
    except (TypeError, ValueError) as error:
        raise ValueError(f"y does not hold class labels. {error}") from None


def known_classes(classes):
    """Return the sorted distinct classes that `partial_fit` has been given."""
    with naming("classes"):
        classes = check_array(classes, ensure_2d=False, dtype=None, input_name="classes")
        return unique(classes, "classes")


def unique(labels, name):
    """Return the sorted distinct labels, or an error that names the argument.

    Text in an object array becomes a text array, as in scikit-learn.
    """
    labels = np.asarray(labels)
    try:
        distinct = np.unique(labels)
        return np.array(distinct.tolist()) if distinct.dtype == object else distinct
    except TypeError:
        kinds = sorted({type(label).__name__ for label in labels.ravel()})
        if missing := set(kinds) & set(MISSING):
            raise ValueError(f"{name} has missing values ({', '.join(missing)}).") from None
        raise TypeError(
            f"The labels of {name} cannot be sorted; their types are {', '.join(kinds)}."
        ) from None
