"""Checks of what the user gives, with errors that name the culprit."""

import re
import warnings
from contextlib import contextmanager
from functools import partial

import numpy as np
from scipy import sparse
from sklearn.model_selection import train_test_split

# The classes of missing values beside NaN, by name, as pandas may not be there.
MISSING = ("NoneType", "NAType", "NaTType")


@contextmanager
def naming(argument):
    """Put the argument's name in front of an error that does not name it.

    scikit-learn's errors name `X`, `y` and `sample_weight`, one perhaps while it checks
    another, but not the arguments of the validation set.  Numbers that overflow in a
    conversion are errors too: scikit-learn refuses infinity, and Python says it by itself.
    """
    names = "X|y|sample_weight"
    if argument not in names.split("|"):
        names = argument
    try:
        with np.errstate(over="ignore"):
            yield
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        if "boolean value of NA is ambiguous" in str(error):
            raise ValueError(f"{argument} has missing values (NA).") from error
        without_data = re.sub("'.*?'", "", str(error))
        if re.search(rf"\b({names})\b", without_data):
            raise
        # not type(error), whose constructor may want other arguments
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{argument}: {error}") from error


def check_unmasked(array, name):
    """Raise an error if values are masked: as a plain array they would be values again."""
    if np.ma.isMaskedArray(array) and np.ma.is_masked(array):
        raise ValueError(f"{name} has masked values, which are not supported; fill them.")


def check_total_weight(sample_weight, where):
    """Raise an error unless the weights can be normalised."""
    with np.errstate(over="ignore"):
        total = sample_weight.sum()
    if not 0 < total < np.inf:
        raise ValueError(f"sample_weight has the sum {total} over {where}.")


def cast(array, dtype, name):
    """The array in C order (CSR where sparse), or an error if the dtype cannot hold it."""
    with np.errstate(over="ignore"):
        if sparse.issparse(array):
            result = array.tocsr().astype(dtype, copy=False)
        else:
            result = np.ascontiguousarray(array, dtype=dtype)
    values = result.data if sparse.issparse(result) else result
    if values.itemsize < array.dtype.itemsize and not np.isfinite(values).all():
        raise ValueError(f"{name} has values that are too large for {dtype}.")
    return result


def split_rows(n_samples, y, task, validation_fraction, random_state):
    """Return the indices of the training and of the validation set.

    The split is stratified by class labels, with scikit-learn's draws from the random
    state.  scikit-learn's MLP stratifies two classes only, so where more cannot be
    stratified there is a warning and no error.
    """
    split = partial(
        train_test_split,
        np.arange(n_samples),
        test_size=validation_fraction,
        random_state=random_state,
    )
    try:
        if task == "multiclass":
            rows, held = _stratified_if_possible(split, y)
        else:
            rows, held = split(stratify=y if task == "binary" else None)
    except ValueError as error:
        raise ValueError(
            f"early_stopping cannot split off validation_fraction={validation_fraction} of "
            f"the samples: {error}"
        ) from None
    if len(held) < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of "
            "your dataset."
        )
    return rows, held


def _stratified_if_possible(split, y):
    try:
        return split(stratify=y)
    except ValueError as error:
        warnings.warn(
            f"The validation set of early_stopping is not stratified by y: {error}",
            stacklevel=2,
        )
        return split()
