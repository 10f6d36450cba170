"""Forward and backward pass, with shapes that are all different."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone

from skmlp import _network
from skmlp._batch import Rows
from skmlp._network import (
    Network,
    Parameters,
    Workspace,
    backward,
    forward,
    outputs_by_block,
    raw_outputs,
)
from skmlp.activations import ACTIVATIONS, Activation

N_NETWORKS, N_SAMPLES, N_ROWS = 3, 11, 7
SIZES = [(5, 4, 6, 2), (5, 4, 1), (5, 2)]
ROWS = {"index": np.array([9, 0, 3, 10, 3, 5, 1]), "slice": slice(2, 2 + N_ROWS)}


class Cubic(Activation):
    """a = z^3 / 10 + z: its derivative needs the input."""

    keeps_input = True

    def forward(self, z, a, scratch):
        np.power(z, 3, out=a)
        a *= 0.1
        a += z

    def backward(self, z, a, delta, scratch):
        delta *= 0.3 * z**2 + 1


HIDDEN = {**{name: cls() for name, cls in ACTIVATIONS.items()}, "cubic": Cubic()}

# A straight-through gradient is not the derivative of the function.
DIFFERENTIABLE = {name: f for name, f in HIDDEN.items() if name not in ("step", "sign")}


def with_parameters(activation, params):
    """An activation that begins with these parameters of its own."""
    other = clone(activation)
    other.initial_params = lambda: params
    return other


sizes = pytest.mark.parametrize("sizes", SIZES, ids=str)
activations = pytest.mark.parametrize("activation", HIDDEN.values(), ids=HIDDEN)
differentiable = pytest.mark.parametrize(
    "activation", DIFFERENTIABLE.values(), ids=DIFFERENTIABLE
)
stacks = pytest.mark.parametrize("n_networks", [1, N_NETWORKS])
kinds = pytest.mark.parametrize("kind", ["index", "slice", "sparse"])


def make(sizes, activation, n_networks, kind="index"):
    rng = np.random.default_rng(0)
    network = Network(sizes, [activation] * (len(sizes) - 2))
    theta = rng.normal(size=(n_networks, network.n_parameters))
    X, y = rng.normal(size=(N_SAMPLES, sizes[0])), rng.normal(size=(N_SAMPLES, sizes[-1]))
    rows = ROWS.get(kind, ROWS["index"])
    by_index = not isinstance(rows, slice)
    data = sparse.csr_array(X) if kind == "sparse" else X
    source = Rows().source(data, y, None, N_ROWS, n_networks, by_index)
    work = Workspace(network, n_networks, N_ROWS, theta.dtype)
    for buffer in (*work.z, *work.a, *work.deltas, source.raw, source.y):
        buffer[...] = np.nan
    (batch,) = source.load(rows)
    return network, Parameters(network, theta), batch, work, X[rows]


@sizes
@activations
@stacks
@kinds
def test_forward_is_that_of_every_network(sizes, activation, n_networks, kind):
    network, parameters, batch, work, X = make(sizes, activation, n_networks, kind)
    forward(parameters, batch, work)
    raw = batch.raw.reshape(n_networks, sizes[-1], N_ROWS)
    for theta, outputs in zip(parameters.vector, raw, strict=True):
        expected = X.T
        coefs, intercepts, own = network.unpack(theta)
        for i, (W, b) in enumerate(zip(coefs, intercepts, strict=True)):
            expected = W.T @ expected + b[:, None]
            if i < len(sizes) - 2:
                expected = with_parameters(activation, own[i])(expected)
        np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-12)
        for data in (X, sparse.csr_array(X), sparse.csc_matrix(X)):
            predicted = raw_outputs(data, coefs, intercepts, own, network.activations)
            np.testing.assert_allclose(predicted, expected, rtol=1e-9, atol=1e-12)


@sizes
@differentiable
@stacks
@kinds
def test_gradient_is_the_finite_difference(sizes, activation, n_networks, kind):
    network, parameters, batch, work, _ = make(sizes, activation, n_networks, kind)
    theta = parameters.vector
    forward(parameters, batch, work)
    weights = np.random.default_rng(1).normal(size=batch.raw.shape)
    work.deltas[-1][...] = weights
    gradient = Parameters(network, np.full_like(theta, np.nan))
    backward(parameters, batch, work, gradient)

    def value():
        forward(parameters, batch, work)
        return (weights * batch.raw).reshape(n_networks, -1).sum(axis=1)

    step = 1e-6
    for i in range(network.n_parameters):
        theta[:, i] += step
        up = value()
        theta[:, i] -= 2 * step
        slope = (up - value()) / (2 * step)
        theta[:, i] += step
        np.testing.assert_allclose(gradient.vector[:, i], slope, rtol=1e-5, atol=1e-6)


@sizes
@pytest.mark.parametrize("rows", [None, np.array([7, 0, 99, 7])], ids=["all", "some"])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_outputs_by_block_are_those_of_all_samples(sizes, rows, kind, monkeypatch):
    monkeypatch.setattr(_network, "BLOCK_BYTES", 1)  # blocks of the least size, 32 rows
    rng = np.random.default_rng(0)
    network = Network(sizes, [ACTIVATIONS["tanh"]()] * (len(sizes) - 2))
    model = (*network.unpack(rng.normal(size=network.n_parameters)), network.activations)
    X = rng.normal(size=(100, sizes[0]))
    raw = raw_outputs(X if rows is None else X[rows], *model)
    lengths = []

    def convert(raw):
        lengths.append(raw.shape[1])
        return raw.T > 0

    outputs = outputs_by_block(kind(X), model, convert, rows)
    assert outputs.dtype == bool
    np.testing.assert_array_equal(outputs, raw.T > 0)
    assert lengths == ([32, 32, 32, 4] if rows is None else [4])


@sizes
@activations
def test_pack_and_unpack(sizes, activation):
    network = Network(sizes, [activation] * (len(sizes) - 2))
    theta = np.arange(network.n_parameters, dtype=np.float64)
    coefs, intercepts, own = network.unpack(theta)
    rows = [activation.pieces] * (len(sizes) - 2) + [1]
    units = [n * pieces for n, pieces in zip(sizes[1:], rows, strict=True)]
    assert [W.shape for W in coefs] == list(zip(sizes, units, strict=False))
    assert [b.shape for b in intercepts] == [(n,) for n in units]
    assert len(own) == len(sizes) - 2
    assert {len(params) for params in own} <= {len(activation.initial_params())}
    assert all(np.shares_memory(a, theta) for a in coefs + intercepts)
    np.testing.assert_array_equal(network.pack(coefs, intercepts, own), theta)


def test_blocks_are_views():
    network = Network((5, 4, 2), [ACTIVATIONS["relu"]()])
    theta = np.zeros((N_NETWORKS, network.n_parameters))
    for block in network.blocks(theta):
        block[...] = 1
    np.testing.assert_array_equal(theta, 1)


@stacks
def test_shrink_weights_leaves_all_other_parameters(n_networks):
    network = Network((5, 4, 6, 2), [ACTIVATIONS["prelu"](), ACTIVATIONS["maxout"]()])
    theta = np.random.default_rng(0).normal(size=(n_networks, network.n_parameters))
    before = theta.copy()
    share = np.linspace(0.1, 0.3, n_networks)[:, None]
    Parameters(network, theta).shrink_weights(share if n_networks > 1 else share[0, 0])
    for after, start, s in zip(theta, before, share[:, 0], strict=True):
        for (W, *others), (V, *same) in zip(
            zip(*network.unpack(after)[:2], strict=True),
            zip(*network.unpack(start)[:2], strict=True),
            strict=True,
        ):
            np.testing.assert_allclose(W, (1 - s) * V)
            np.testing.assert_array_equal(others, same)
        np.testing.assert_array_equal(network.own(after)[0], network.own(start)[0])
