"""Every optimizer by the same contracts; trajectories from scikit-learn's own updates."""

import numpy as np
import pytest
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from skmlp.optimizers import LBFGS, OPTIMIZERS, SGD, Adam

STOCHASTIC = {name: cls for name, cls in OPTIMIZERS.items() if cls.stochastic}
stochastic = pytest.mark.parametrize("name", sorted(STOCHASTIC))

REFERENCES = [
    (Adam(), AdamOptimizer, {"learning_rate_init": 0.1}),
    (
        Adam(beta_1=0.5, beta_2=0.9, epsilon=0.1),
        AdamOptimizer,
        {"learning_rate_init": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1},
    ),
    (
        Adam(beta_1=0, beta_2=0),
        AdamOptimizer,
        {"learning_rate_init": 0.1, "beta_1": 0, "beta_2": 0},
    ),
    (SGD(), SGDOptimizer, {"learning_rate_init": 0.1}),
    (
        SGD(momentum=0.5, nesterovs_momentum=False),
        SGDOptimizer,
        {"learning_rate_init": 0.1, "momentum": 0.5, "nesterov": False},
    ),
    (SGD(momentum=0), SGDOptimizer, {"learning_rate_init": 0.1, "momentum": 0}),
]


def run(optimizer, gradients, start, rate=0.1):
    theta = start.copy()
    state = optimizer.init(theta)
    for t, gradient in enumerate(gradients, 1):
        optimizer.step(theta, gradient.copy(), state, rate, t)
    return theta


@pytest.fixture
def gradients():
    return np.random.default_rng(0).normal(size=(20, 3, 5))


@pytest.mark.parametrize(("optimizer", "cls", "parameters"), REFERENCES, ids=str)
def test_trajectory_is_scikit_learns(optimizer, cls, parameters, gradients):
    start = np.ones((3, 5))
    expected = [start.copy()]
    reference = cls(expected, **parameters)
    for gradient in gradients:
        reference.update_params(expected, [gradient])
    np.testing.assert_allclose(run(optimizer, gradients, start), expected[0], rtol=1e-12)


@stochastic
def test_networks_of_a_stack_do_not_mix(name, gradients):
    optimizer = STOCHASTIC[name]()
    rates = np.array([[0.1], [0.01], [0.5]])
    together = run(optimizer, gradients, np.ones((3, 5)), rates)
    for i, rate in enumerate([0.1, 0.01, 0.5]):
        alone = run(optimizer, gradients[:, i : i + 1], np.ones((1, 5)), rate)
        np.testing.assert_allclose(together[i : i + 1], alone, rtol=1e-14)


@stochastic
def test_fits_do_not_share_state(name, gradients):
    optimizer = STOCHASTIC[name]()
    before = vars(optimizer).copy()
    start = np.ones((3, 5))
    np.testing.assert_array_equal(
        run(optimizer, gradients, start), run(optimizer, gradients, start)
    )
    assert vars(optimizer) == before


@stochastic
def test_float32_stays(name):
    theta = np.ones((2, 3), np.float32)
    optimizer = STOCHASTIC[name]()
    state = optimizer.init(theta)
    optimizer.step(theta, np.ones((2, 3), np.float32), state, 0.1, 1)
    assert {v.dtype for v in state.values()} == {theta.dtype} == {np.dtype(np.float32)}


@stochastic
def test_minimizes_a_parabola(name):
    scale, theta = np.array([1.0, 10.0, 0.3]), np.array([[5.0, -3.0, 2.0]])
    optimizer = STOCHASTIC[name]()
    state = optimizer.init(theta)
    for t in range(1, 2001):
        optimizer.step(theta, scale * theta, state, 0.01, t)
    np.testing.assert_allclose(theta, 0, atol=1e-3)


def test_lbfgs_minimizes_rosenbrock():
    from scipy.optimize import rosen, rosen_der

    losses = []
    optimum = LBFGS().minimize(
        lambda x: (rosen(x), rosen_der(x)),
        np.array([-1.2, 1.0, 0.5], np.float32),
        max_iter=200,
        max_fun=1000,
        tol=1e-8,
        callback=lambda intermediate_result: losses.append(intermediate_result.fun),
    )
    np.testing.assert_allclose(optimum.x, 1, rtol=1e-5)
    assert optimum.x.dtype == np.float64
    assert len(losses) == optimum.nit
