"""Weights, means and the penalty."""

import numpy as np
import pytest

from skmlp._batch import Rows
from skmlp._network import Network, Parameters, Workspace, raw_outputs
from skmlp._objective import Objective
from skmlp.activations import Tanh
from skmlp.losses import SquaredError

N_NETWORKS, N_ROWS, SIZES, ALPHA = 3, 7, (5, 4, 1), 0.7
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(N_ROWS, 5)), RNG.normal(size=(N_ROWS, 1))
NETWORK = Network(SIZES, [Tanh()])
WEIGHTS = {
    "none": None,
    "shared": RNG.uniform(0.1, 3, N_ROWS),
    "per network": RNG.uniform(0.1, 3, (N_NETWORKS, N_ROWS)),
    "a fold": np.array(
        [[0, 1, 1, 1, 0, 1, 1], [1, 0, 1, 0, 1, 1, 1], [1, 1, 0, 1, 1, 1, 0.0]]
    ),
}
weights = pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)


def evaluate(theta, weight, X=X, y=Y, alpha=ALPHA):
    source = Rows().source(X, y, weight, len(X), len(theta), by_index=False)
    (batch,) = source.load(slice(0, len(X)))
    objective = Objective(Parameters(NETWORK, theta), SquaredError(), alpha)
    objective.gradient.vector[...] = np.nan
    work = Workspace(NETWORK, len(theta), len(X), theta.dtype)
    penalty = objective.differentiate(batch, work)
    return objective.values(source, [penalty])[0], objective.gradient.vector


@pytest.fixture
def theta():
    return np.random.default_rng(1).normal(size=(N_NETWORKS, NETWORK.n_parameters))


@weights
def test_value_is_the_weighted_mean_plus_penalty(weight, theta):
    values, _ = evaluate(theta, weight)
    for i in range(N_NETWORKS):
        coefs, *others = NETWORK.unpack(theta[i])
        residual = raw_outputs(X, coefs, *others, NETWORK.activations)[0] - Y[:, 0]
        w = np.broadcast_to(1.0 if weight is None else weight, (N_NETWORKS, N_ROWS))[i]
        squares = sum(np.sum(W**2) for W in coefs)
        expected = (np.sum(w * residual**2) / 2 + ALPHA / 2 * squares) / w.sum()
        np.testing.assert_allclose(values[i], expected, rtol=1e-12)


@weights
def test_gradient_is_the_finite_difference(weight, theta):
    _, gradient = evaluate(theta, weight)
    step = 1e-6
    for i in range(NETWORK.n_parameters):
        up, down = theta.copy(), theta.copy()
        up[:, i] += step
        down[:, i] -= step
        slope = (evaluate(up, weight)[0] - evaluate(down, weight)[0]) / (2 * step)
        np.testing.assert_allclose(gradient[:, i], slope, rtol=1e-6, atol=1e-8)


def test_weights_are_repetitions(theta):
    times = np.array([2, 0, 1, 3, 1, 1, 4])
    weighted = evaluate(theta, times.astype(float))
    repeated = evaluate(theta, None, X.repeat(times, axis=0), Y.repeat(times, axis=0))
    for a, b in zip(weighted, repeated, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_batch_without_weight_has_no_gradient(theta):
    weight = np.stack([np.ones(N_ROWS), np.zeros(N_ROWS), np.ones(N_ROWS)])
    values, gradient = evaluate(theta, weight)
    assert values[1] == 0
    np.testing.assert_array_equal(gradient[1], 0)
    np.testing.assert_allclose(gradient[[0, 2]], evaluate(theta, None)[1][[0, 2]], rtol=1e-12)
