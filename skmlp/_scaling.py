"""The units in which the network is trained, and the way from them to those of the user."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from skmlp._batch import slices
from skmlp._validation import cast

# Entries that are scaled at a time.
BLOCK_SIZE = 2**16


class Unscaled:
    """The units of the user."""

    def inputs(self, X, dtype, name="X"):
        return cast(X, dtype, name)

    def targets(self, y):
        return y

    def outputs(self, raw):
        """Raw outputs in the units of the targets, of shape (n_outputs, n_samples)."""
        return raw

    def fold(self, network, vector, dtype):
        """Return the parameters of the same function in the units of the user."""
        return vector.astype(dtype, copy=False)

    def unfold(self, network, vector):
        """Return the parameters in the units of the training: the inverse of `fold`."""
        return vector


@dataclass(frozen=True)
class Standardized:
    """Inputs, and perhaps targets, with mean 0 and variance 1.

    The network of z((x - m) / s) is that of x with the weights W / s and the biases
    b - (m / s) W in its first layer; that of (y - m) / s that of y with the weights s W and
    the biases s b + m in its last.

    Attributes
    ----------
    mean, scale : ndarray of shape (n_features,)
        The mean is 0 for sparse inputs; the scale is 1 where a feature is constant.

    y_mean, y_scale : ndarray of shape (n_outputs,)
    """

    mean: np.ndarray
    scale: np.ndarray
    y_mean: np.ndarray
    y_scale: np.ndarray

    @classmethod
    def measure(cls, X, y, sample_weight, scale_y):
        """From the weighted statistics of the samples.

        Raises
        ------
        ValueError
            If the variance of a feature or a target overflows.
        """
        mean, scale = _statistics(X, sample_weight, "X")
        n_outputs = y.shape[1]
        y_mean, y_scale = np.zeros(n_outputs), np.ones(n_outputs)
        if scale_y:
            y_mean, y_scale = _statistics(y, sample_weight, "y")
        return cls(mean, scale, y_mean, y_scale)

    def inputs(self, X, dtype, name="X"):
        """In float64 until they are scaled: neither a mean nor a scale costs digits."""
        if sparse.issparse(X) and self.mean.any():  # measured on an array
            X = X.toarray()
        with np.errstate(over="ignore"):
            if sparse.issparse(X):
                scaled = X.tocsr().astype(np.float64)
                scaled.data /= self.scale[scaled.indices]
                scaled = scaled.astype(dtype)
            else:
                scaled = np.empty(X.shape, dtype)
                for rows in slices(0, len(X), 1 + BLOCK_SIZE // X.shape[1]):
                    scaled[rows] = (X[rows] - self.mean) / self.scale
        values = scaled.data if sparse.issparse(X) else scaled
        if not np.isfinite(values).all():
            raise ValueError(f"{name} has values that are too large for {dtype}.")
        return scaled

    def targets(self, y):
        return (y - self.y_mean) / self.y_scale

    def outputs(self, raw):
        return raw * self.y_scale[:, None] + self.y_mean[:, None]

    @np.errstate(over="ignore", invalid="ignore")  # what comes of it is checked
    def fold(self, network, vector, dtype):
        folded = vector.astype(np.float64)
        first, last = (network.blocks(folded)[i] for i in (0, -1))
        last *= self.y_scale
        last[-1] += self.y_mean
        # The biases are computed from the weights as they are stored: their rounding would
        # count as often as the mean is larger than the spread.
        first[:-1] = (first[:-1] / self.scale[:, None]).astype(dtype)
        first[-1] -= self.mean @ first[:-1]
        return folded.astype(dtype)

    def unfold(self, network, vector):
        unfolded = vector.astype(np.float64)
        first, last = (network.blocks(unfolded)[i] for i in (0, -1))
        first[-1] += self.mean @ first[:-1]
        first[:-1] *= self.scale[:, None]
        last[-1] -= self.y_mean
        last /= self.y_scale
        return unfolded


def _statistics(array, sample_weight, name):
    centred = not sparse.issparse(array)
    if not centred and not array.has_canonical_format:
        array = array.copy()
        array.sum_duplicates()  # StandardScaler would count each part
    with np.errstate(over="ignore", invalid="ignore"):
        if sample_weight is not None:  # StandardScaler takes their sum for a number of rows
            sample_weight = sample_weight / sample_weight.max()
        scaler = StandardScaler(with_mean=centred).fit(array, sample_weight=sample_weight)
    if not np.isfinite(scaler.var_).all():
        raise ValueError(f"standardize=True: the variance of {name} is not finite.")
    return (scaler.mean_ if centred else np.zeros(array.shape[1])), scaler.scale_
