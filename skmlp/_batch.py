"""The rows of the next steps, and the first layer's products with them.

A source is made once per fit for one number of rows per step, with the buffers it needs.
"""

import numpy as np
from scipy import sparse

# Rows of several small steps are gathered at once, and their losses computed at once, as
# long as they stay in the cache.  One step at a time, an epoch with steps of 32 rows of 20
# features takes a quarter longer; steps with more bytes than this gain nothing.
CHUNK_BYTES = 2**18


class Batch:
    """What one step needs of its samples.

    Parameters
    ----------
    y : ndarray of shape (n_outputs, n_rows), or (1, n_outputs, n_rows) for a stack
        Targets.

    raw : ndarray of shape (..., n_outputs, n_rows)
        Receives the raw outputs.

    Attributes
    ----------
    rows_X : {ndarray, CSR matrix} of shape (n_rows, n_features)

    scale : ndarray of shape (), or (..., 1, n_rows) with sample weights
        Weight of each sample in the mean of the losses.

    share : ndarray of shape (), or (..., 1) with sample weights
        One over the sum of the sample weights, or 0 where all of them are.
    """

    def __init__(self, y, raw):
        self.y, self.raw = y, raw

    def forward(self, parameters, out):
        """First layer: out = W X^T + b, of shape (..., units, n_rows)."""
        raise NotImplementedError

    def backward(self, parameters, delta, delta_T, gradient):
        """Gradient of the first layer, from delta of shape (..., units, n_rows)."""
        raise NotImplementedError


class PlainBatch(Batch):
    """Rows of an array as they are; biases are added."""

    def __init__(self, y, raw):
        super().__init__(y, raw)
        self.ones = np.ones(raw.shape[-1], raw.dtype)

    def forward(self, parameters, out):
        layer = parameters.layers[0]
        self.multiply(layer.weights, parameters.product, out)
        out += layer.bias_column

    def backward(self, parameters, delta, delta_T, gradient):
        layer = gradient.layers[0]
        self.multiply_back(delta_T, gradient.product, layer.weights)
        # a quarter of the time of sum(axis=-1)
        gradient.product(delta, self.ones, out=layer.biases)

    def multiply(self, weights, product, out):
        product(np.swapaxes(weights, -1, -2), self.rows_X.T, out=out)

    def multiply_back(self, delta_T, product, out):
        product(self.rows_X.T, delta_T, out=out)


class SparseBatch(PlainBatch):
    """Rows in CSR format, which are never made dense."""

    def multiply(self, weights, product, out):
        for W, z in _per_network(weights, out):
            z[...] = (self.rows_X @ W).T

    def multiply_back(self, delta_T, product, out):
        for delta, W in _per_network(delta_T, out):
            W[...] = self.rows_X.T @ delta


def _per_network(*arrays):
    """SciPy's products take two dimensions: pairs of them, network by network."""
    return [arrays] if arrays[0].ndim == 2 else zip(*arrays, strict=True)


def batch_class(X):
    """The class of batches whose rows are taken from X as they are."""
    return SparseBatch if sparse.issparse(X) else PlainBatch


class AugmentedBatch(Batch):
    """Rows with a column of ones that multiplies the biases.

    The column saves the addition of the biases and the sum for their gradient: a twelfth
    of a small step, nothing of a large one (examples/benchmarks/layout.py).
    """

    def __init__(self, y, raw, rows_X):
        super().__init__(y, raw)
        self.rows_X_T = rows_X.T

    def forward(self, parameters, out):
        parameters.product(parameters.layers[0].block_T, self.rows_X_T, out=out)

    def backward(self, parameters, delta, delta_T, gradient):
        gradient.product(self.rows_X_T, delta_T, out=gradient.layers[0].block)


class Source:
    """Loads the rows of one step: consecutive ones are not copied, any ones if sparse.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)

    y : ndarray of shape (n_samples, n_outputs)

    sample_weight : None or ndarray of shape (n_samples,) or (n_networks, n_samples)

    n_rows : int
        Rows of a step.

    n_networks : int

    Attributes
    ----------
    n_batches : int
        Steps for which `load` takes the rows at once; fewer will do.

    y : ndarray of shape (n_batches, n_outputs, n_rows), with a 1 after the first for a stack

    raw : ndarray of shape (n_batches, ..., n_outputs, n_rows)
        Raw outputs of the steps.
    """

    def __init__(self, X, y, sample_weight, n_rows, n_networks, n_batches=1):
        self.all_X, self.all_y = X, y
        self.all_weight = None if sample_weight is None else np.atleast_2d(sample_weight).T
        self.n_rows, self.n_batches = n_rows, n_batches
        self.stacked = n_networks > 1
        stack = (n_networks,) if self.stacked else ()
        self.loaded_y = np.empty((n_batches, y.shape[1], n_rows), y.dtype)
        self.y = self.loaded_y[:, None] if self.stacked else self.loaded_y
        self.raw = np.empty((n_batches, *stack, y.shape[1], n_rows), y.dtype)
        self.batches = self.make_batches()
        self.scale = np.array(1 / n_rows, y.dtype)
        for batch in self.batches:
            batch.share = batch.scale = self.scale

    def make_batches(self):
        return [batch_class(self.all_X)(self.y[0], self.raw[0])]

    def load(self, rows):
        """Take these rows: a slice, or an array of indices.

        Parameters
        ----------
        rows : slice or ndarray of int
            The rows of `n_batches` steps or fewer.

        Returns
        -------
        batches : list of Batch
            One per step.
        """
        y = self.per_step(self.select(self.all_y, rows))
        batches = self.batches[: len(y)]
        self.loaded_y[: len(y)] = y
        if self.all_weight is not None:
            self.load_weight(batches, rows)
        self.load_X(rows)
        return batches

    def select(self, array, rows):
        return array[rows]

    def per_step(self, rows):
        """View of shape (steps, columns, n_rows) on shape (steps * n_rows, columns)."""
        return rows.reshape(-1, self.n_rows, rows.shape[1]).swapaxes(1, 2)

    def load_weight(self, batches, rows):
        weight = self.per_step(self.select(self.all_weight, rows))
        total = weight.sum(axis=-1, keepdims=True)
        share = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
        scale = weight * share
        self.scale = scale if self.stacked else scale[:, 0]
        for i, batch in enumerate(batches):
            batch.share = share[i]
            batch.scale = scale[i, :, None] if self.stacked else scale[i]

    def load_X(self, rows):
        self.batches[0].rows_X = self.select(self.all_X, rows)

    def losses(self, loss, n_steps):
        """Weighted means of a loss in the latest steps, of shape (n_steps, ...)."""
        losses = loss.value(self.y[:n_steps], self.raw[:n_steps])
        raw_shape = self.raw[:n_steps].shape
        expected = (*raw_shape[:-2], raw_shape[-1])
        if np.shape(losses) != expected:
            raise ValueError(
                f"loss={loss!r} returns values of the shape {np.shape(losses)} for raw "
                f"outputs of the shape {raw_shape}; one per sample has the shape {expected}."
            )
        # The line search of L-BFGS takes the rounding of a float32 sum for the function: in
        # one case 48 evaluations instead of 11.
        return np.add.reduce(losses * self.scale, axis=-1, dtype=np.float64)


class GatheredSource(Source):
    """Loads any rows of an array, for several steps at once."""

    def __init__(self, X, y, sample_weight, n_rows, n_networks):
        n_batches = max(1, CHUNK_BYTES // max(1, n_rows * X.shape[1] * X.itemsize))
        n_batches = min(n_batches, len(X) // n_rows)
        self.rows_X = np.ones((n_batches * n_rows, X.shape[1] + 1), X.dtype)
        super().__init__(X, y, sample_weight, n_rows, n_networks, n_batches)

    def make_batches(self):
        rows_X = self.rows_X.reshape(self.n_batches, self.n_rows, -1)
        return list(map(AugmentedBatch, self.y, self.raw, rows_X))

    def select(self, array, rows):
        # a quarter of the time of array[rows]
        return array.take(rows, axis=0, mode="clip")

    def load_X(self, rows):
        self.rows_X[: len(rows), :-1] = self.select(self.all_X, rows)


class Rows:
    """The inputs of a network where they are the features as they are.

    Attributes
    ----------
    n_parameters : int
        What they learn.
    """

    n_parameters = 0

    def views(self, parameters):
        """What `apply` takes of the parameters."""

    def apply(self, X, views):
        """The inputs, of shape (n_rows, n_inputs), for rows of X."""
        return X

    def source(self, X, y, sample_weight, n_rows, n_networks, by_index):
        """Return the source for this kind of X, for rows by index or as slices."""
        kind = GatheredSource if by_index and not sparse.issparse(X) else Source
        return kind(X, y, sample_weight, n_rows, n_networks)


def slices(start, stop, length):
    """Consecutive slices from `start` to `stop`; the last may be shorter.

    scikit-learn's gen_batches takes 30 us to check its arguments: a third of the
    prediction of one row.
    """
    return [slice(i, min(i + length, stop)) for i in range(start, stop, length)]
