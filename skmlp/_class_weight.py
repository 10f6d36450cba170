"""Weights of classes to weights of samples."""

from numbers import Real

import numpy as np

from skmlp._validation import check_total_weight

LARGEST = float(np.finfo(np.float64).max)


def sample_weight_by_class(class_weight, targets, y, sample_weight):
    """Return the sample weights times the weights of the samples' classes.

    Parameters
    ----------
    class_weight : dict, list of dict or "balanced"

    targets : Targets

    y : {ndarray, sparse matrix} of shape (n_samples,) or (n_samples, n_labels)

    sample_weight : None or ndarray of shape (n_samples,)

    Returns
    -------
    sample_weight : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError
        If there is a class that the targets do not have, a weight that is not a finite
        number of at least 0, or not one dictionary for each label of multi-label targets.
    """
    encoded = targets.encode(y)  # which names what is wrong with y
    if targets.task == "multilabel":
        classes, columns = np.array([0, 1]), encoded.T
        form = f"a list of {len(columns)} dictionaries, one for each label, or 'balanced'"
        choices = ["balanced"] * len(columns) if class_weight == "balanced" else class_weight
    else:
        classes, columns = targets.classes, [targets.labels(y)]
        form = "a dictionary or 'balanced'"
        choices = [class_weight]
    if not isinstance(choices, list) or len(choices) != len(columns):
        raise ValueError(f"class_weight={class_weight!r} must be {form}.")
    product = 1.0 if sample_weight is None else sample_weight
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is checked
        for choice, labels in zip(choices, columns, strict=True):
            codes = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
            if choice == "balanced":
                weights = _balanced(codes, len(classes), sample_weight)
            elif isinstance(choice, dict):
                weights = _looked_up(choice, classes.tolist())
            else:
                raise ValueError(f"class_weight={class_weight!r} must be {form}.")
            product = product * weights[codes]
    check_total_weight(product, f"all samples, with class_weight={class_weight!r}")
    return product


def _balanced(codes, n_classes, sample_weight):
    """Total weight / (classes that are there * weight of the class), as scikit-learn."""
    totals = np.bincount(codes, weights=sample_weight, minlength=n_classes)
    there = totals > 0
    share = totals * there.sum()
    return np.divide(totals.sum(), share, out=np.zeros(n_classes), where=there)


def _looked_up(weight_of, classes):
    unknown = [label for label in weight_of if label not in classes]
    if unknown:
        raise ValueError(
            f"class_weight has the classes {unknown}, which are not among those of y, "
            f"{classes}."
        )
    weights = [weight_of.get(label, 1.0) for label in classes]
    if not all(isinstance(weight, Real) and 0 <= weight <= LARGEST for weight in weights):
        raise ValueError(f"class_weight={weight_of!r} must hold finite numbers of at least 0.")
    return np.array(weights, dtype=np.float64)
