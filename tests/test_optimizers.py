"""Every optimizer by the same contracts, and trajectories from elsewhere.

Those of `sgd` and `adam` are scikit-learn's own; all others are PyTorch's, for Lion those of
its paper, from `references/optimizers.json`.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from skmlp import optimizers
from skmlp.optimizers import LBFGS, OPTIMIZERS, SGD, Adam, FirstOrder

SCIKIT_LEARN = [
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

REFERENCE = json.loads(
    (Path(__file__).parent / "references" / "optimizers.json").read_text(encoding="utf-8")
)
CASES = [
    (getattr(optimizers, case["class"])(**case["parameters"]), case["thetas"])
    for case in REFERENCE["cases"]
]

OTHERS = [case[0] for case in SCIKIT_LEARN + CASES]
DEFAULTS = [cls() for _, cls in sorted(OPTIMIZERS.items()) if cls.stochastic]
INSTANCES = list({str(optimizer): optimizer for optimizer in DEFAULTS + OTHERS}.values())
every_default = pytest.mark.parametrize("optimizer", DEFAULTS, ids=str)
every_instance = pytest.mark.parametrize("optimizer", INSTANCES, ids=str)


def run(optimizer, gradients, theta, rate=0.1, state=None, first=1):
    """Return what `theta` becomes by these steps, and its state."""
    theta = theta.copy()
    state = optimizer.init(theta) if state is None else state
    for t, gradient in enumerate(gradients, first):
        optimizer.step(theta, gradient.copy(), state, rate, t)
    return theta, state


@pytest.fixture
def gradients():
    return np.random.default_rng(0).normal(size=(20, 3, 5))


# Trajectories


@pytest.mark.parametrize(
    ("optimizer", "cls", "parameters"), SCIKIT_LEARN, ids=[str(o) for o, *_ in SCIKIT_LEARN]
)
def test_trajectory_is_scikit_learns(optimizer, cls, parameters, gradients):
    start = np.ones((3, 5))
    expected = [start.copy()]
    reference = cls(expected, **parameters)
    for gradient in gradients:
        reference.update_params(expected, [gradient])
    theta, _ = run(optimizer, gradients, start)
    np.testing.assert_allclose(theta, expected[0], rtol=1e-12)


@pytest.mark.parametrize(("optimizer", "thetas"), CASES, ids=[str(o) for o, _ in CASES])
def test_trajectory_is_the_references(optimizer, thetas):
    theta, rate = np.array([REFERENCE["start"]]), REFERENCE["rate"]
    state = optimizer.init(theta)
    expected = dict(zip(REFERENCE["recorded"], thetas, strict=True))
    for t, gradient in enumerate(REFERENCE["gradients"], 1):
        theta *= 1 - rate * optimizer.weight_decay
        optimizer.step(theta, np.array([gradient]), state, rate, t)
        if t in expected:
            np.testing.assert_allclose(theta[0], expected[t], rtol=1e-11, atol=1e-13)


def test_every_optimizer_has_references():
    assert {type(optimizer) for optimizer in OTHERS} == {type(o) for o in DEFAULTS}


# Contracts


@every_default
def test_class_says_what_the_engine_and_the_documentation_ask_for(optimizer):
    assert isinstance(optimizer, FirstOrder)
    assert optimizer.usual_rate > 0
    assert optimizer.weight_decay >= 0
    assert ("weight_decay" in optimizer.get_params()) == ("weight_decay" in vars(optimizer))


def test_only_adam_ignores_schedules_as_in_scikit_learn():
    assert [type(o) for o in DEFAULTS if o.ignored_schedules] == [Adam]


@every_instance
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_state_has_a_row_per_network_and_the_dtype(optimizer, dtype, gradients):
    theta, state = run(
        optimizer,
        gradients.astype(dtype),
        np.ones((3, 5), dtype),
        np.array([[0.1], [0.01], [0.5]], dtype),
    )
    assert theta.dtype == dtype
    for array in state.values():
        assert array.shape in [(3, 5), (3, 1)]
        assert array.dtype == dtype


@every_instance
def test_steps_are_in_place(optimizer, gradients):
    theta = np.ones((3, 5))
    state = optimizer.init(theta)
    arrays = dict(state)
    assert optimizer.step(theta, gradients[0], state, 0.1, 1) is None
    assert state.keys() == arrays.keys()
    assert all(state[name] is array for name, array in arrays.items())
    assert not (theta == 1).any()


@every_instance
def test_networks_of_a_stack_do_not_mix(optimizer, gradients):
    rates = np.array([[0.1], [0.01], [0.5]])
    together, _ = run(optimizer, gradients, np.ones((3, 5)), rates)
    for i, rate in enumerate([0.1, 0.01, 0.5]):
        alone, _ = run(optimizer, gradients[:, i : i + 1], np.ones((1, 5)), rate)
        np.testing.assert_allclose(together[i : i + 1], alone, rtol=1e-13, atol=1e-15)


@every_instance
def test_training_goes_on_without_a_network(optimizer, gradients):
    kept = np.array([True, False, True])
    start = np.ones((3, 5))
    theta, state = run(optimizer, gradients[:8], start)
    rest = {name: array[kept] for name, array in state.items()}
    theta, _ = run(optimizer, gradients[8:, kept], theta[kept], state=rest, first=9)
    never, _ = run(optimizer, gradients[:, kept], start[kept])
    np.testing.assert_array_equal(theta, never)


@every_instance
def test_fits_do_not_share_state(optimizer, gradients):
    before = vars(optimizer).copy()
    start = np.ones((3, 5))
    first, second = run(optimizer, gradients, start), run(optimizer, gradients, start)
    np.testing.assert_array_equal(first[0], second[0])
    assert not any(
        np.shares_memory(a, b) for a in first[1].values() for b in second[1].values()
    )
    assert vars(optimizer) == before


@every_instance
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_zero_gradients(optimizer, dtype, gradients):
    zeros, start = np.zeros((2000, 1, 5), dtype), np.ones((1, 5), dtype)
    theta, state = run(optimizer, zeros[:5], start)
    np.testing.assert_array_equal(theta, start)
    theta, state = run(optimizer, gradients[:, :1].astype(dtype), theta, 0.1, state, 6)
    theta, _ = run(optimizer, zeros, theta, 0.1, state, 26)
    assert np.isfinite(theta).all()


@every_instance
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_constant_gradients(optimizer, dtype):
    # Their variance is 0, and a difference of means could come out below.
    gradients = np.full((5000, 1, 2), [0.1, -1e3], dtype)
    theta, _ = run(optimizer, gradients, np.zeros((1, 2), dtype), 1e-3)
    assert np.isfinite(theta).all()
    np.testing.assert_array_equal(np.sign(theta), [[-1, 1]])


# Minima


def best(optimizer, function, derivative, start, n_steps):
    """Return the lowest value after the last step, from a stack of rates.

    The rates are the usual one and powers of 10 around it.  Too large ones diverge.
    """
    rates = optimizer.usual_rate * np.array([[0.01], [0.1], [1.0], [10.0], [100.0]])
    theta = np.tile(start, (len(rates), 1))
    state = optimizer.init(theta)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(1, n_steps + 1):
            optimizer.step(theta, derivative(theta.T).T, state, rates, t)
        return np.nanmin(function(theta.T))


@every_default
def test_minimizes_a_parabola(optimizer):
    # It begins at 58.  Lion's steps, all of one size, need a rate of 0.01 to get there, and
    # end within a step in every direction: at 6e-4.  Adadelta's steps keep no direction and
    # do not shrink either; it is the last of all, at 1.3e-3.
    scale = np.array([[1.0], [10.0], [0.3]])
    value = best(
        optimizer,
        lambda x: (scale * x**2).sum(axis=0) / 2,
        lambda x: scale * x,
        np.array([5.0, -3.0, 2.0]),
        2000,
    )
    assert value < 1e-2


@every_default
def test_minimizes_rosenbrock(optimizer):
    # It begins at 24.2 and has 4 at the near end of its curved valley, to which any descent
    # leads.  Below 0.1 the first parameter is within 0.32 of the minimum's, at the far end.
    value = best(optimizer, rosen, rosen_der, np.array([-1.2, 1.0]), 10000)
    assert value < 0.1


def test_lbfgs_minimizes_rosenbrock():
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
