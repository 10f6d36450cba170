"""The rows of one step, and the first layer's products with them.

A batch is made once per fit for one number of rows, with the buffers it needs; `load`
fills it.
"""

import numpy as np
from scipy import sparse


class Batch:
    """Base of one class per kind of X.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)

    y : ndarray of shape (n_samples, n_outputs)

    sample_weight : None or ndarray of shape (n_samples,) or (n_networks, n_samples)

    n_rows : int
        How many rows `load` takes.

    Attributes
    ----------
    rows_y : ndarray of shape (n_outputs, n_rows)

    rows_weight : None or ndarray of shape (..., n_rows)

    share : float
        Weight of a sample in the mean, where samples have none of their own.
    """

    def __init__(self, X, y, sample_weight, n_rows):
        self.X, self.y, self.sample_weight = X, y, sample_weight
        self.n_rows = n_rows
        self.share = 1 / n_rows
        self.rows_weight = None
        self.taken_y = np.empty((n_rows, y.shape[1]), y.dtype)

    def load(self, rows):
        """Take these rows: a slice, or an array of indices."""
        if isinstance(rows, slice):
            self.rows_y = self.y[rows].T
        else:
            self.rows_y = take_rows(self.y, rows, self.taken_y).T
        if self.sample_weight is not None:
            self.rows_weight = self.sample_weight[..., rows]
        self.load_X(rows)

    def load_X(self, rows):
        raise NotImplementedError

    def forward(self, parameters, out):
        """First layer: out = W X^T + b, of shape (..., units, n_rows)."""
        raise NotImplementedError

    def backward(self, delta, delta_T, gradient):
        """Gradient of the first layer, from delta of shape (..., units, n_rows)."""
        raise NotImplementedError


class GatheredBatch(Batch):
    """Rows of an array by index, with a column of ones that multiplies the biases.

    The column costs one more copy of the rows and saves the addition of the biases and
    the sum for their gradient: a twelfth of a small step, nothing of a large one
    (examples/benchmarks/layout.py).
    """

    def __init__(self, X, y, sample_weight, n_rows):
        super().__init__(X, y, sample_weight, n_rows)
        self.taken_X = np.empty((n_rows, X.shape[1]), X.dtype)
        rows_X = np.ones((n_rows, X.shape[1] + 1), X.dtype)
        self.inner, self.rows_X, self.rows_X_T = rows_X[:, :-1], rows_X, rows_X.T

    def load_X(self, rows):
        self.inner[...] = take_rows(self.X, rows, self.taken_X)

    def forward(self, parameters, out):
        parameters.product(parameters.layers[0].block_T, self.rows_X_T, out=out)

    def backward(self, delta, delta_T, gradient):
        gradient.product(self.rows_X_T, delta_T, out=gradient.layers[0].block)


class ViewBatch(Batch):
    """Consecutive rows of an array, which are not copied."""

    def __init__(self, X, y, sample_weight, n_rows):
        super().__init__(X, y, sample_weight, n_rows)
        self.ones = np.ones(n_rows, y.dtype)

    def load_X(self, rows):
        self.rows_X = self.X[rows]

    def forward(self, parameters, out):
        self.multiply(parameters, out)
        out += parameters.layers[0].bias_column

    def backward(self, delta, delta_T, gradient):
        self.multiply_back(delta_T, gradient)
        # a quarter of the time of sum(axis=-1)
        gradient.product(delta, self.ones, out=gradient.layers[0].biases)

    def multiply(self, parameters, out):
        weights_T = np.swapaxes(parameters.layers[0].weights, -1, -2)
        parameters.product(weights_T, self.rows_X.T, out=out)

    def multiply_back(self, delta_T, gradient):
        gradient.product(self.rows_X.T, delta_T, out=gradient.layers[0].weights)


class SparseBatch(ViewBatch):
    """Rows of a matrix in CSR format, which is never made dense."""

    def multiply(self, parameters, out):
        for W, z in _per_network(parameters.layers[0].weights, out):
            z[...] = (self.rows_X @ W).T

    def multiply_back(self, delta_T, gradient):
        for delta, W in _per_network(delta_T, gradient.layers[0].weights):
            W[...] = self.rows_X.T @ delta


def _per_network(*arrays):
    """SciPy's products take two dimensions: pairs of them, network by network."""
    return [arrays] if arrays[0].ndim == 2 else zip(*arrays, strict=True)


def take_rows(array, rows, out):
    """array[rows] in a buffer."""
    # mode="raise" would copy the output once more, and take twice as long
    return array.take(rows, axis=0, out=out, mode="clip")


def make_batch(X, y, sample_weight, n_rows, by_index):
    """Return the batch for this kind of X, for rows by index or as slices."""
    if sparse.issparse(X):
        kind = SparseBatch
    elif by_index:
        kind = GatheredBatch
    else:
        kind = ViewBatch
    return kind(X, y, sample_weight, n_rows)
