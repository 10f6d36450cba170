"""y to arrays and back."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import LabelBinarizer

from skmlp._targets import classification_targets, regression_targets

LABELS = {
    "int": [3, -1, 3, 7],
    "two": [1, 0, 0, 1],
    "one": [5, 5],
    "float": [1.0, 2.0, 3.0],
    "bool": [True, False],
    "str": ["b", "a", "c", "a"],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_round_trip(labels):
    labels = np.asarray(labels)
    targets, y = classification_targets(labels)
    encoded = targets.encode(y)
    assert encoded.shape == (len(labels), targets.n_outputs)
    raw = encoded.T * 2.0 - 1
    decoded = targets.decode(raw)
    assert decoded.dtype == labels.dtype
    np.testing.assert_array_equal(decoded, labels)
    np.testing.assert_array_equal(targets.classes, np.unique(labels))


def test_text_in_an_object_array_becomes_text_as_in_scikit_learn():
    targets, y = classification_targets(np.array(["b", "aa", "c", "aa"], dtype=object))
    np.testing.assert_array_equal(targets.decode(targets.encode(y).T * 2.0 - 1), y)
    assert targets.classes.dtype == LabelBinarizer().fit(y).classes_.dtype == "<U2"


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csr_matrix])
def test_indicators_round_trip(container):
    y = container(np.array([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]]))
    targets, y = classification_targets(y)
    assert targets.task == "multilabel"
    decoded = targets.like_y(targets.decode(targets.encode(y).T * 2.0 - 1))
    assert sparse.issparse(decoded) == sparse.issparse(y)
    assert (decoded != y).sum() == 0


def test_a_logit_of_0_is_the_first_class():
    """As in scikit-learn, where the probability must be above one half."""
    targets, _ = classification_targets(np.array(["a", "b"]))
    np.testing.assert_array_equal(targets.decode(np.array([[0.0, 1e-300]])), ["a", "b"])


@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 1)])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_numbers_round_trip(shape):
    values = np.random.default_rng(0).normal(size=shape)
    targets, y = regression_targets(values)
    encoded = targets.encode(y)
    assert encoded.shape == (4, targets.n_outputs)
    np.testing.assert_array_equal(targets.decode(encoded.T), np.squeeze(values))


def test_classes_that_y_does_not_have():
    targets, y = classification_targets(np.array(["b", "c"]), classes=["c", "a", "b"])
    assert targets.task == "multiclass"
    np.testing.assert_array_equal(targets.encode(y), [[0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.array([1, "a", 2.0], dtype=object), TypeError, "labels of y .* float, int, str"),
        (np.array(["a", None], dtype=object), ValueError, r"y has missing values \(NoneType"),
        (
            np.array([1, 2], dtype=object),
            ValueError,
            r"y has the dtype object .*astype\(int\)",
        ),
        (np.array([0.5, 1.5]), ValueError, "y does not hold class labels"),
        (np.array([[1, 2], [3, 4]]), ValueError, "y of shape .* several columns of labels"),
    ],
    ids=str,
)
def test_what_are_no_labels(y, error, message):
    with pytest.raises(error, match=message):
        classification_targets(y)


@pytest.mark.parametrize("values", [(-1, 1), (0, 2)])
def test_indicators_are_0_and_1(values):
    y = np.where(np.eye(3, dtype=bool), values[1], values[0])
    targets, y = classification_targets(y)
    with pytest.raises(ValueError, match="y must be an indicator matrix of 0 and 1"):
        targets.encode(y)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (sparse.csr_array(np.eye(3)), TypeError, "Sparse y is not supported in regression"),
        (np.array([1.5, None], dtype=object).astype(float), ValueError, "y contains NaN"),
        (np.array(["1", "2"]), ValueError, "y must hold numbers, got the dtype <U1"),
    ],
)
def test_what_are_no_numbers(y, error, message):
    with pytest.raises(error, match=message):
        regression_targets(y)
