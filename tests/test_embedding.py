"""What a table's network makes of its columns, and the rates of its parameters."""

import numpy as np
import pytest

from skmlp._embedding import LEVEL_SIZE, N_MIXED, N_WAVES, Embedding, EmbeddingWork
from skmlp._network import (
    Network,
    Parameters,
    Workspace,
    backward,
    forward,
    network_outputs,
)
from skmlp.activations import ACTIVATIONS
from skmlp.optimizers import OPTIMIZERS, SGD

N_ROWS = 7
# name: (numbers, switches, levels, whether numbers are embedded)
SHAPES = {
    "all": (3, 2, (4, 6), True),
    "numbers": (3, 0, (), True),
    "numbers as they are": (3, 0, (), False),
    "switches": (0, 2, (), True),
    "one column of codes": (0, 0, (4,), False),
    "no numbers": (0, 2, (1, 5), True),
    "no codes": (2, 3, (), True),
    "not periodic": (2, 1, (3, 9), False),
    "nothing": (0, 0, (), True),
}
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


def columns_of(shape, n_rows=N_ROWS):
    """Numbers, switches, codes; some codes twice, some those of levels not seen."""
    n_numbers, n_switches, n_levels, _ = shape
    rng = np.random.default_rng(0)
    codes = [rng.permutation(np.arange(n_rows) % (n + 1)) for n in n_levels]
    return np.column_stack(
        [
            rng.normal(size=(n_rows, n_numbers)),
            rng.integers(-1, 2, (n_rows, n_switches)),
            *codes,
        ]
    )


def make(shape):
    embedding = Embedding(*shape)
    theta = np.random.default_rng(1).normal(size=embedding.n_parameters)
    return embedding, theta, embedding.views(theta)


def fresh_work(embedding, n_rows=N_ROWS):
    """Buffers with garbage, as an earlier batch leaves it."""
    work = EmbeddingWork(embedding, n_rows, np.dtype(float))
    for buffer in (work.raw, work.angle, work.wave, work.inputs[:-1], work.delta):
        buffer[...] = np.nan
    work.codes[...] = -1
    return work


def by_hand(row, shape, views):
    n_numbers, n_switches, n_levels, periodic = shape
    n_plain = n_numbers + n_switches
    inputs = list(row[:n_plain])
    for x, f, p, mix, offset in zip(
        row[: n_numbers if periodic else 0],
        *(views[name] for name in ("frequency", "phase", "mix", "offset")),
        strict=True,
    ):
        for weights, constant in zip(mix, offset, strict=True):
            waves = [np.cos(x * f[i] + p[i]) for i in range(N_WAVES)]
            inputs.append(np.dot(weights, waves) + constant)
    for i, code in enumerate(row[n_plain:]):
        inputs += list(views[f"levels {i}"][int(code)])
    assert [len(views[f"levels {i}"]) for i in range(len(n_levels))] == [
        n + 1 for n in n_levels
    ]
    return np.array(inputs) * views["factor"]


@shapes
def test_forward_is_the_formula(shape):
    embedding, _, views = make(shape)
    X = columns_of(shape)
    expected = np.array([by_hand(row, shape, views) for row in X])
    work = fresh_work(embedding)
    # The columns of a batch are followed by one of ones, for other kinds of network.
    embedding.forward(np.column_stack([X, np.full(N_ROWS, np.nan)]).T, views, work)
    assert expected.shape == (N_ROWS, embedding.n_inputs)
    np.testing.assert_allclose(work.inputs[:-1].T, expected, rtol=1e-12)
    np.testing.assert_array_equal(work.inputs[-1], 1)  # multiplies the biases
    np.testing.assert_array_equal(embedding.apply(X, views), work.inputs[:-1].T)


@shapes
def test_sizes(shape):
    embedding, theta, views = make(shape)
    n_numbers, n_switches, n_levels, periodic = shape
    assert embedding.n_columns == n_numbers + n_switches + len(n_levels)
    waved = n_numbers if periodic else 0
    n_inputs = n_numbers + n_switches + waved * N_MIXED + len(n_levels) * LEVEL_SIZE
    assert embedding.n_inputs == n_inputs
    assert sum(view.size for view in views.values()) == len(theta)
    for view in views.values():  # views, so that a step on the vector changes them
        view[...] = 5.0
    np.testing.assert_array_equal(theta, 5)


@shapes
def test_gradient_is_the_finite_difference(shape):
    embedding, theta, views = make(shape)
    columns, work = columns_of(shape).T, fresh_work(embedding)
    upstream = np.random.default_rng(2).normal(size=(embedding.n_inputs, N_ROWS))
    gradient = np.full_like(theta, np.nan)
    embedding.forward(columns, views, work)
    embedding.backward(upstream.copy(), views, work, embedding.views(gradient))

    def value():
        again = fresh_work(embedding)
        embedding.forward(columns, views, again)
        return np.sum(upstream * again.inputs[:-1])

    step = 1e-6
    for i in range(embedding.n_parameters):
        theta[i] += step
        up = value()
        theta[i] -= 2 * step
        slope = (up - value()) / (2 * step)
        theta[i] += step
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-7)


def test_levels_that_no_row_has_get_no_gradient():
    embedding, theta, views = make((0, 0, (4,), True))
    work, gradient = fresh_work(embedding, 3), np.full_like(theta, np.nan)
    embedding.forward(np.array([[2.0, 0.0, 2.0]]), views, work)
    embedding.backward(np.ones((LEVEL_SIZE, 3)), views, work, embedding.views(gradient))
    expected = np.outer([1, 0, 2, 0, 0], views["factor"])
    np.testing.assert_allclose(embedding.views(gradient)["levels 0"], expected)


# --- as the inputs of a network ------------------------------------------------------------


def make_network(shape, hidden=(4,)):
    inputs = Embedding(*shape)
    activations = [ACTIVATIONS["tanh"]() for _ in hidden]
    network = Network([inputs.n_inputs, *hidden, 2], activations, inputs)
    theta = np.random.default_rng(1).normal(size=(1, network.n_parameters))
    return network, Parameters(network, theta)


def load(network, X, y, rows, n_rows):
    """The batches of these rows, in buffers with garbage."""
    source = network.inputs.source(X, y, None, n_rows, 1, by_index=True)
    work = Workspace(network, 1, n_rows, X.dtype)
    for buffer in (*work.z, *work.a, *work.deltas, source.raw, source.y):
        buffer[...] = np.nan
    batches = source.load(rows)
    own = batches[0].work
    for buffer in (own.raw, own.angle, own.wave, own.inputs[:-1], own.delta):
        buffer[...] = np.nan
    return batches, work


@shapes
@pytest.mark.parametrize("hidden", [(4,), ()], ids=str)
def test_gradient_of_a_network_is_the_finite_difference(shape, hidden):
    network, parameters = make_network(shape, hidden)
    X, y = columns_of(shape, 11), np.zeros((11, 2))
    (batch,), work = load(network, X, y, np.array([9, 0, 3, 10, 3, 5, 1]), 7)
    upstream = np.random.default_rng(3).normal(size=(2, 7))
    gradient = Parameters(network, np.full_like(parameters.vector, np.nan))
    forward(parameters, batch, work)
    work.deltas[-1][...] = upstream
    backward(parameters, batch, work, gradient)

    def value():
        forward(parameters, batch, work)
        return np.sum(upstream * batch.raw)

    step, theta = 1e-6, parameters.vector[0]
    for i in range(network.n_parameters):
        theta[i] += step
        up = value()
        theta[i] -= 2 * step
        slope = (up - value()) / (2 * step)
        theta[i] += step
        assert gradient.vector[0, i] == pytest.approx(slope, rel=1e-5, abs=1e-6)


@shapes
def test_batches_that_are_loaded_at_once_do_not_mix(shape):
    network, parameters = make_network(shape)
    X = columns_of(shape, 12)
    y = np.random.default_rng(4).normal(size=(12, 2))
    rows = np.random.default_rng(5).permutation(12)
    batches, work = load(network, X, y, rows, 4)
    assert len(batches) == 3
    expected = network_outputs(X, network, parameters.flat, np.transpose)
    for i, batch in enumerate(batches):
        part = rows[4 * i : 4 * i + 4]
        forward(parameters, batch, work)
        np.testing.assert_allclose(batch.raw, expected[part].T, rtol=1e-12)
        np.testing.assert_array_equal(batch.y, y[part].T)


# --- rates of their own --------------------------------------------------------------------

STOCHASTIC = [cls() for cls in OPTIMIZERS.values() if cls.stochastic]
STOCHASTIC.append(SGD(momentum=0.5, nesterovs_momentum=False))


@pytest.mark.parametrize("optimizer", STOCHASTIC, ids=str)
def test_a_vector_of_rates_is_a_rate_for_every_parameter(optimizer):
    gradients = np.random.default_rng(6).normal(size=(9, 1, 5))
    factors, rates = np.array([1, 0.1, 6, 0, 0.5]), np.linspace(0.2, 0.01, 9)

    def run(factor):
        theta = np.ones((1, 5))
        state = optimizer.init(theta)
        for t, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), 1):
            optimizer.step(theta, gradient.copy(), state, rate * factor, t)
        return theta[0]

    expected = [run(factor)[i] for i, factor in enumerate(factors)]
    np.testing.assert_allclose(run(factors), expected, rtol=1e-13)
    assert len(set(expected)) == 5  # so that an exchange would be seen
    assert expected[3] == 1
