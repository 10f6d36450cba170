"""Every activation by the same contracts.

An activation that is in the registry is in the tables below; one with hyperparameters
should get an instance among OTHERS as well.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from skmlp.activations import (
    ACTIVATIONS,
    CELU,
    ELU,
    GELU,
    OUTPUT_ACTIVATIONS,
    Activation,
    HardSigmoid,
    HardTanh,
    LeakyReLU,
    Logistic,
    Maxout,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sign,
    Step,
    StraightThrough,
)

# PyTorch's numbers, from references/activations.py.
REFERENCES = json.loads((Path(__file__).parent / "references/activations.json").read_text())

OTHERS = [
    CELU(alpha=0.5),
    CELU(alpha=2.0),
    ELU(alpha=0.5),
    ELU(alpha=2.0),
    LeakyReLU(negative_slope=0.0),
    LeakyReLU(negative_slope=0.2),
    Maxout(pieces=3),
    PReLU(initial_slope=0.1),
]
ALIASES = {"linear": "identity", "sigmoid": "logistic", "swish": "silu"}
CORNERS = [-3, -1, 0, 1, 3, 6]


def instances(*registries):
    classes = {cls for registry in registries for cls in registry.values()}
    return sorted([*(cls() for cls in classes), *OTHERS], key=repr)


def over(activations):
    return pytest.mark.parametrize("activation", activations, ids=repr)


HIDDEN = instances(ACTIVATIONS)
ALL = instances(ACTIVATIONS, OUTPUT_ACTIVATIONS)
REGISTERED = {**OUTPUT_ACTIVATIONS, **ACTIVATIONS}

hidden = over(HIDDEN)
every = over(ALL)
REFERENCED = [f for f in ALL if repr(f) in REFERENCES["functions"]]
referenced = over(REFERENCED)
derived = over([f for f in REFERENCED if "derivative" in REFERENCES["functions"][repr(f)]])
differentiable = over([f for f in HIDDEN if not isinstance(f, StraightThrough)])
straight_through = over([f for f in HIDDEN if isinstance(f, StraightThrough)])
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])
leads = pytest.mark.parametrize("lead", [(), (3,)], ids=str)


def make_z(lead=(), dtype=np.float64):
    """Inputs, 12 rows for units of 1, 2 or 3 pieces; all different, and none at a corner."""
    z = np.linspace(-7.03, 7.91, np.prod(lead, dtype=int) * 60)
    assert np.abs(np.subtract.outer(z, CORNERS)).min() > 1e-3
    return np.random.default_rng(0).permutation(z).reshape(*lead, 12, 5).astype(dtype)


def make_params(activation, lead=(), dtype=np.float64):
    n_params = activation.initial_params().size
    return np.random.default_rng(1).normal(size=(*lead, n_params)).astype(dtype)


def make_delta(activation, z):
    units = z.shape[-2] // activation.pieces
    shape = (*z.shape[:-2], units, z.shape[-1])
    return np.random.default_rng(2).normal(size=shape).astype(z.dtype)


def run(activation, z, delta, params=None, scratch=None):
    """Forward and backward pass as in the engine, in buffers full of NaN.

    Returns a, d loss / d z and d loss / d params for the gradient `delta` in a.
    """
    lead, units = z.shape[:-2], z.shape[-2] // activation.pieces
    if params is None:
        initial = activation.initial_params().astype(z.dtype)
        params = np.broadcast_to(initial, (*lead, initial.size))
    own = (params,) if params.size else ()
    gradient = np.full_like(params, np.nan)
    # A row of ones follows the activations of the engine.
    a = np.full((*lead, units + 1, z.shape[-1]), np.nan, z.dtype)[..., :-1, :]
    if activation.keeps_input:
        z = z.copy()
    else:
        a[...] = z
        z = a
    scratch = activation.scratch(z) if scratch is None else scratch
    activation.forward(z, a, scratch, *own)
    kept_z, kept_a = z.copy(), a.copy()
    delta_z = np.full_like(z, np.nan)
    delta_z[..., :units, :] = delta
    own = (params, gradient) if params.size else ()
    activation.backward(z, a, delta_z, scratch, *own)
    np.testing.assert_array_equal(z, kept_z)
    np.testing.assert_array_equal(a, kept_a)
    return a, delta_z, gradient


def loss(activation, z, delta, params):
    """A function whose gradient in a is `delta`, per network."""
    return np.sum(delta * run(activation, z, delta, params)[0], axis=(-2, -1))


def assert_close(got, expected, factor=20):
    tolerance = factor * np.finfo(got.dtype).eps
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


def test_every_activation_has_a_reference():
    assert set(map(repr, ALL)) == set(REFERENCES["functions"])


@referenced
@dtypes
def test_values(activation, dtype):
    got = activation(np.array(REFERENCES["z"], dtype))
    assert got.dtype == dtype
    assert_close(got, REFERENCES["functions"][repr(activation)]["a"])


@derived
@dtypes
def test_derivatives(activation, dtype):
    expected = REFERENCES["functions"][repr(activation)]
    z = np.array(REFERENCES["z"], dtype)
    _, derivative, gradient = run(activation, z, 1)
    assert_close(derivative, expected["derivative"])
    assert_close(gradient, expected.get("gradient", []))


@differentiable
@leads
def test_gradients_are_finite_differences(activation, lead):
    z, params = make_z(lead), make_params(activation, lead)
    delta = make_delta(activation, z)
    _, *gradients = run(activation, z, delta, params)
    step = 1e-6
    for variable, gradient in zip((z, params), gradients, strict=True):
        for i in np.ndindex(variable.shape):
            value = variable[i]
            variable[i] = value + step
            above = loss(activation, z, delta, params)
            variable[i] = value - step
            below = loss(activation, z, delta, params)
            variable[i] = value
            difference = np.sum(above - below) / (2 * step)
            np.testing.assert_allclose(gradient[i], difference, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("activation", "corner", "derivative"),
    [
        (ReLU(), 0, 0),
        (LeakyReLU(negative_slope=0.2), 0, 0.2),
        (PReLU(initial_slope=0.1), 0, 0.1),
        (ELU(alpha=0.5), 0, 0.5),
        (ELU(alpha=2.0), 0, 2.0),
        (HardSigmoid(), -3, 0),
        (HardSigmoid(), 3, 0),
        (HardTanh(), -1, 0),
        (HardTanh(), 1, 0),
        (ReLU6(), 0, 0),
        (ReLU6(), 6, 0),
    ],
    ids=repr,
)
@dtypes
def test_derivatives_at_corners(activation, corner, derivative, dtype):
    _, gradient, _ = run(activation, np.full((1, 3), corner, dtype), 2)
    np.testing.assert_array_equal(gradient, np.full((1, 3), 2 * dtype(derivative)))


@straight_through
def test_straight_through(activation):
    z = np.array([[-7, -1.01, -1, -0.3, 0, 0.3, 1, 1.01, 7]])
    _, gradient, _ = run(activation, z, 2.0)
    np.testing.assert_array_equal(gradient, [[0, 0, 2, 2, 2, 2, 2, 0, 0]])


@hidden
@dtypes
@leads
def test_forward_gives_what_call_gives(activation, dtype, lead):
    z = make_z(lead, dtype)
    a, gradient, _ = run(activation, z, make_delta(activation, z))
    assert gradient.dtype == dtype
    assert_close(a, activation(z))


@hidden
@leads
def test_apply(activation, lead):
    z, params = make_z(lead), make_params(activation, lead)
    delta = make_delta(activation, z)
    expected, delta_z, _ = run(activation, z, delta, params)
    given = z.copy()
    a, scratch = activation.apply(given, params)
    np.testing.assert_array_equal(a, expected)
    if activation.keeps_input:
        np.testing.assert_array_equal(given, z)
    else:
        assert a is given
    own = (params, np.empty_like(params)) if params.size else ()
    got = np.full_like(z, np.nan)
    got[..., : delta.shape[-2], :] = delta
    activation.backward(given, a, got, scratch, *own)
    np.testing.assert_array_equal(got, delta_z)


@hidden
@dtypes
def test_networks_side_by_side_are_each_on_its_own(activation, dtype):
    z, params = make_z((3,), dtype), make_params(activation, (3,), dtype)
    delta = make_delta(activation, z)
    together = run(activation, z, delta, params)
    for i in range(3):
        alone = run(activation, z[i], delta[i], params[i])
        for one, row in zip(alone, together, strict=True):
            assert_close(row[i], one)


@hidden
def test_scratch_carries_nothing_over(activation):
    z = make_z()
    delta = make_delta(activation, z)
    scratch = activation.scratch(z)
    run(activation, z[::-1] * 2, delta, scratch=scratch)
    again = run(activation, z, delta, scratch=scratch)
    for got, expected in zip(again, run(activation, z, delta), strict=True):
        np.testing.assert_array_equal(got, expected)


@hidden
@dtypes
def test_finite_at_extreme_inputs(activation, dtype):
    values = np.array([-1e4, -100, -20, -1e-30, 0, 1e-30, 20, 100, 1e4], dtype)
    z = np.stack([np.roll(values, i) for i in range(12)])
    with np.errstate(all="raise", under="ignore"):
        results = run(activation, z, 1)
        activation(z)
    for result in results:
        assert np.isfinite(result).all()


@every
def test_bounds(activation):
    grid = np.r_[np.linspace(-700, 700, 12001), np.linspace(-3, 3, 5999)]
    a = activation(np.random.default_rng(0).permutation(grid).reshape(12, -1))
    low, high = activation.bounds
    assert low * (1 + 1e-15) <= a.min()
    assert a.max() <= high
    assert a.min() < (low + 2e-3 if np.isfinite(low) else -5)
    assert a.max() > (high - 2e-3 if np.isfinite(high) else 5)


@every
def test_call_does_not_write_to_its_argument(activation):
    z = make_z()
    before = z.copy()
    activation(z)
    np.testing.assert_array_equal(z, before)


@hidden
def test_call_takes_integers_and_any_order(activation):
    z = np.arange(-30, 30).reshape(12, 5)
    np.testing.assert_array_equal(activation(np.asfortranarray(z)), activation(1.0 * z))
    if activation.pieces == 1:
        np.testing.assert_array_equal(activation([-2, 3]), activation([[-2.0, 3.0]])[0])


@hidden
def test_hidden_activations_derive_from_the_base(activation):
    assert isinstance(activation, Activation)
    assert activation.keeps_input or activation.pieces == 1
    params = activation.initial_params()
    assert params.ndim == 1
    assert params.dtype == np.float64


def test_which_hidden_activations_need_two_arrays():
    keeping = {type(f) for f in HIDDEN if f.keeps_input}
    assert keeping == {GELU, Maxout, Mish, PReLU, Sign, Step}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_aliases(alias, name):
    assert REGISTERED[alias] is REGISTERED[name]


def test_one_class_has_one_meaning():
    for name in set(ACTIVATIONS) & set(OUTPUT_ACTIVATIONS):
        assert ACTIVATIONS[name] is OUTPUT_ACTIVATIONS[name]
    n_names, n_classes = len(REGISTERED), len(set(REGISTERED.values()))
    assert n_names - n_classes == len(ALIASES)


def test_init_factor():
    assert {f for f in HIDDEN if f.init_factor != 6} == {
        f for f in HIDDEN if type(f) is Logistic
    }
    assert Logistic().init_factor == 2


def test_logistic_is_exact_where_tiny():
    # (1 + tanh(z / 2)) / 2 is 0 here
    np.testing.assert_allclose(Logistic()([-40.0]), np.exp(-40.0), rtol=1e-12)


def test_maxout_rows():
    z = np.arange(24.0).reshape(2, 6, 2)
    z[:, 0] = 100
    expected = np.stack([np.maximum(z[:, 0], z[:, 3]), z[:, 4], z[:, 5]], axis=1)
    np.testing.assert_array_equal(Maxout(pieces=2)(z), expected)


@pytest.mark.parametrize("pieces", [2, 3, 4])
def test_maxout_ties_go_to_the_first_piece(pieces):
    z = np.ones((pieces, 2))
    z[0, 1] = 0
    _, gradient, _ = run(Maxout(pieces=pieces), z, np.array([[3.0, 5.0]]))
    expected = np.zeros((pieces, 2))
    expected[0, 0], expected[1, 1] = 3, 5
    np.testing.assert_array_equal(gradient, expected)


def test_maxout_needs_all_its_rows():
    with pytest.raises(ValueError, match="5 rows are not units of 2 pieces"):
        Maxout(pieces=2)(np.ones((5, 1)))


def test_logistic_and_softmax_agree():
    z = np.linspace(-5, 5, 9)
    softmax = OUTPUT_ACTIVATIONS["softmax"]()(np.stack([z, 0 * z]))[0]
    np.testing.assert_allclose(special.expit(z), softmax, rtol=1e-14)
