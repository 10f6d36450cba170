"""The network: its parameters, its buffers, the forward and the backward pass.

Notation: a layer computes z = W a + b and a = f(z), with one column per sample, so that
activations have the shape (units, batch).  Every array may have a leading axis of
networks that are trained side by side.

A row of ones below the activations of a hidden layer multiplies the biases: they are the
last row of the layer's block of parameters and need neither an addition nor a sum of
their own.
"""

from functools import partial
from itertools import accumulate, pairwise
from math import prod

import numpy as np
from scipy import sparse

from skmlp._batch import Rows, batch_class, slices

# Of the activations of one layer for the rows that are predicted at a time: they stay in
# the cache, and memory small.
BLOCK_BYTES = 2**19


def check_room(n_networks, n_parameters, asked_by):
    """Raise an error if there is no memory for so many weights, before any is drawn.

    Else memory would fill up one network after the other.
    """
    try:
        np.empty((n_networks, n_parameters))
    except (MemoryError, OverflowError, ValueError) as error:  # the last two from 2**60 on
        raise ValueError(
            f"{asked_by} ask for {n_networks} x {n_parameters} weights, for which there is no "
            "memory."
        ) from error


class Network:
    """The shape of a network and of its flat parameter vector.

    The vector has a block of weights and biases for each layer, then the parameters of
    the activations that learn some, then those of the inputs.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden units of each layer, outputs.

    activations : list of Activation
        One per hidden layer.

    inputs : Rows or Embedding, default=Rows()
        What is made of the features before the first layer.
    """

    def __init__(self, sizes, activations, inputs=None):
        self.activations = activations
        self.inputs = Rows() if inputs is None else inputs
        self.sizes = tuple(sizes)
        pieces = [activation.pieces for activation in activations] + [1]
        self.weight_shapes = [
            (fan_in, units * rows)
            for (fan_in, units), rows in zip(pairwise(sizes), pieces, strict=True)
        ]
        self.shapes = [(fan_in + 1, fan_out) for fan_in, fan_out in self.weight_shapes]
        asked_by = f"hidden_layer_sizes and activation, with layers of {list(sizes)} units,"
        check_room(1, sum(map(prod, self.shapes)), asked_by)
        self.own_start = [np.ravel(a.initial_params()) for a in activations]
        lengths = [*map(prod, self.shapes), *map(len, self.own_start)]
        lengths.append(self.inputs.n_parameters)
        self.ends = list(accumulate(lengths, initial=0))
        self.n_parameters = self.ends[-1]

    def _parts(self, vector):
        return [vector[..., start:end] for start, end in pairwise(self.ends)]

    def blocks(self, vector):
        """Views of shape (..., fan_in + 1, fan_out) on (..., n_parameters), per layer."""
        parts = zip(self._parts(vector), self.shapes, strict=False)
        return [part.reshape(*vector.shape[:-1], *shape) for part, shape in parts]

    def own(self, vector):
        """Views of shape (..., n_params) on the activations' parameters, per hidden layer."""
        return self._parts(vector)[len(self.shapes) : -1]

    def input_views(self, vector):
        """What the inputs take of their parameters."""
        return self.inputs.views(self._parts(vector)[-1])

    def pack(self, coefs, intercepts, own):
        """Return the parts of a model as a vector of shape (n_parameters,), float64."""
        vector = np.empty(self.n_parameters)
        for block, W, b in zip(self.blocks(vector), coefs, intercepts, strict=True):
            block[:-1] = W
            block[-1] = b
        for view, params in zip(self.own(vector), own, strict=True):
            view[...] = params
        return vector

    def unpack(self, vector):
        """Views on a vector of shape (n_parameters,): coefs, intercepts, own parameters."""
        blocks = self.blocks(vector)
        return [b[:-1] for b in blocks], [b[-1] for b in blocks], self.own(vector)


class Layer:
    """Views on one layer's block of the flat vector, made once per fit."""

    def __init__(self, block):
        self.block = block
        self.block_T = np.swapaxes(block, -1, -2)
        self.weights = block[..., :-1, :]
        self.biases = block[..., -1, :]
        self.bias_column = self.biases[..., None]


class Parameters:
    """One flat vector per network, and its layers.

    Parameters
    ----------
    network : Network

    vector : ndarray of shape (n_networks, n_parameters)
    """

    def __init__(self, network, vector):
        self.network = network
        self.vector = vector
        # A single network goes without the leading axis: np.dot on two dimensions takes
        # 0.3 us less than np.matmul, and a step with one hidden layer has five products.
        alone = len(vector) == 1
        self.flat = vector[0] if alone else vector
        self.product = np.dot if alone else np.matmul
        self.inner = np.dot if alone else np.vecdot
        self.layers = [Layer(block) for block in network.blocks(self.flat)]
        # What the methods of an activation take beside the arrays: nothing, for most.
        self.own = [(params,) if params.size else () for params in network.own(self.flat)]
        self.inputs = network.input_views(self.flat)

    def shrink_weights(self, share):
        """Take a share from the weights, a number or an array of shape (n_networks, 1)."""
        for layer in self.layers:
            layer.weights *= 1 - np.asarray(share)[..., None]


class Workspace:
    """The buffers of one step, allocated once per fit for one number of rows.

    Parameters
    ----------
    network : Network

    n_networks, n_rows : int

    dtype : dtype
    """

    def __init__(self, network, n_networks, n_rows, dtype):
        lead = () if n_networks == 1 else (n_networks,)
        activations, units = network.activations, network.sizes[1:]
        self.outputs = [np.ones((*lead, n + 1, n_rows), dtype) for n in units[:-1]]
        self.a = [output[..., :-1, :] for output in self.outputs]
        shapes = [(*lead, fan_out, n_rows) for _, fan_out in network.weight_shapes]
        self.z = [
            np.empty(shape, dtype) if activation.keeps_input else a
            for a, shape, activation in zip(self.a, shapes, activations, strict=False)
        ]
        self.scratch = [
            activation.scratch(z) for z, activation in zip(self.z, activations, strict=True)
        ]
        self.deltas = [np.empty(shape, dtype) for shape in shapes]
        self.deltas_T = [np.swapaxes(delta, -1, -2) for delta in self.deltas]
        # Where a unit has several rows of z, the gradient of its output comes in the first.
        self.deltas_a = [
            delta[..., :n, :] for delta, n in zip(self.deltas, units, strict=True)
        ]


def forward(parameters, batch, work):
    """Forward pass: activations to `work`, raw outputs to `batch.raw`."""
    layers, z = parameters.layers, [*work.z, batch.raw]
    batch.forward(parameters, out=z[0])
    for i, activation in enumerate(parameters.network.activations):
        activation.forward(z[i], work.a[i], work.scratch[i], *parameters.own[i])
        parameters.product(layers[i + 1].block_T, work.outputs[i], out=z[i + 1])


def backward(parameters, batch, work, gradient):
    """Backward pass: from work.deltas[-1], d loss / d raw outputs, to `gradient`."""
    activations, product = parameters.network.activations, parameters.product
    for i in reversed(range(len(activations))):
        above, below = work.deltas[i + 1], work.deltas[i]
        product(work.outputs[i], work.deltas_T[i + 1], out=gradient.layers[i + 1].block)
        product(parameters.layers[i + 1].weights, above, out=work.deltas_a[i])
        own = parameters.own[i] + gradient.own[i]
        activations[i].backward(work.z[i], work.a[i], below, work.scratch[i], *own)
    batch.backward(parameters, work.deltas[0], work.deltas_T[0], gradient)


def raw_outputs(X, coefs, intercepts, own, activations):
    """Raw outputs of a fitted network, of shape (n_outputs, n_samples).

    Parameters
    ----------
    X : {ndarray, sparse matrix} of shape (n_samples, n_features)

    coefs : list of ndarray of shape (fan_in, fan_out)

    intercepts : list of ndarray of shape (fan_out,)

    own : list of ndarray of shape (n_params,)
        The activations' own parameters, empty for most.

    activations : list of Activation
        One per hidden layer.
    """
    z = (X @ coefs[0]).T if sparse.issparse(X) else coefs[0].T @ X.T
    z += intercepts[0][:, None]
    for W, b, params, f in zip(coefs[1:], intercepts[1:], own, activations, strict=True):
        a, _ = f.apply(z, params)
        z = W.T @ a
        z += b[:, None]
    return z


def raw_by_block(blocks, coefs, intercepts, own, activations):
    """Yield what `raw_outputs` gives for each block of rows, in one array that is reused.

    By the forward pass of the training, in buffers that are made once: fresh arrays of this
    size can cost more than the products.  Where there is one block only, copying the model
    to a flat vector does.
    """
    network = Network([*map(len, coefs), coefs[-1].shape[1]], activations)
    vector, passes = network.pack(coefs, intercepts, own), {}
    for rows_X in blocks:
        n_rows, dtype = rows_X.shape[0], np.result_type(rows_X.dtype, coefs[0].dtype)
        if n_rows not in passes:
            raw = np.empty((network.sizes[-1], n_rows), dtype)
            parameters = Parameters(network, vector.astype(dtype)[None])
            work = Workspace(network, 1, n_rows, dtype)
            passes[n_rows] = parameters, batch_class(rows_X)(None, raw), work
        parameters, batch, work = passes[n_rows]
        batch.rows_X = rows_X
        forward(parameters, batch, work)
        yield batch.raw


def outputs_by_block(X, model, convert, rows=None, prepare=None):
    """What a function makes of the raw outputs, computed for some samples at a time.

    Parameters
    ----------
    X : {ndarray, sparse matrix} of shape (n_samples, n_features)

    model : tuple
        The other arguments of `raw_outputs`.

    convert : callable
        Maps raw outputs of shape (n_outputs, samples) to an array of shape (samples, ...).

    rows : ndarray of int, default=None
        The samples; None stands for all.

    prepare : callable, default=None
        Maps rows of X to inputs of the network, where they are not the rows as they are.

    Returns
    -------
    outputs : ndarray of shape (n_samples, ...)
    """
    n_samples = X.shape[0] if rows is None else len(rows)
    widest = max(W.shape[1] for W in model[0])
    blocks = slices(0, n_samples, max(32, BLOCK_BYTES // (widest * X.dtype.itemsize)))
    blocks_X = (X[block if rows is None else rows[block]] for block in blocks)
    if prepare is not None:
        blocks_X = map(prepare, blocks_X)
    if len(blocks) == 1:
        return np.ascontiguousarray(convert(raw_outputs(next(blocks_X), *model)))
    outputs = None
    for block, raw in zip(blocks, raw_by_block(blocks_X, *model), strict=True):
        part = convert(raw)
        if outputs is None:
            outputs = np.empty((n_samples, *part.shape[1:]), part.dtype)
        outputs[block] = part
    return outputs


def network_outputs(X, network, vector, convert, rows=None):
    """The same for a network and its vector of shape (n_parameters,)."""
    model = (*network.unpack(vector), network.activations)
    prepare = partial(network.inputs.apply, views=network.input_views(vector))
    return outputs_by_block(X, model, convert, rows, prepare)
