"""Every activation by the same contracts."""

import numpy as np
import pytest
from scipy import special

from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS

# SciPy's and NumPy's own functions.
REFERENCES = {
    "exp": np.exp,
    "identity": lambda z: z,
    "logistic": special.expit,
    "relu": lambda z: np.where(z > 0, z, 0),
    "softmax": lambda z: special.softmax(z, axis=-2),
    "tanh": np.tanh,
}
ALL = {**ACTIVATIONS, **OUTPUT_ACTIVATIONS}

hidden = pytest.mark.parametrize("name", sorted(ACTIVATIONS))
every = pytest.mark.parametrize("name", sorted(ALL))
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def run_forward(activation, z):
    """Forward pass as in the engine, in buffers full of NaN."""
    scratch = activation.scratch(z)
    a = np.full_like(z, np.nan) if activation.keeps_input else z
    activation.forward(z, a, scratch)
    return a, scratch


@pytest.fixture
def z():
    return np.random.default_rng(0).normal(scale=2, size=(2, 5, 7))


@every
@dtypes
def test_values(name, dtype, z):
    z = z.astype(dtype)
    expected = REFERENCES[name](z)
    tolerance = 20 * np.finfo(dtype).eps
    got = ALL[name]()(z)
    assert got.dtype == dtype
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


@hidden
@dtypes
def test_forward_gives_the_same_values(name, dtype, z):
    z = z.astype(dtype)
    expected = ACTIVATIONS[name]()(z)
    tolerance = 20 * np.finfo(dtype).eps
    got, _ = run_forward(ACTIVATIONS[name](), z)
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


@every
def test_call_does_not_write_to_its_argument(name, z):
    before = z.copy()
    ALL[name]()(z)
    np.testing.assert_array_equal(z, before)


@hidden
def test_derivative_is_the_finite_difference(name, z):
    activation = ACTIVATIONS[name]()
    z[np.abs(z) < 1e-3] = 1  # the corner of relu has no derivative
    delta = np.random.default_rng(1).normal(size=z.shape)
    step = 1e-6
    expected = delta * (activation(z + step) - activation(z - step)) / (2 * step)
    inputs = z.copy()
    a, scratch = run_forward(activation, z)
    activation.backward(inputs, a, delta, scratch)
    np.testing.assert_allclose(delta, expected, rtol=1e-7, atol=1e-8)


@hidden
@dtypes
def test_finite_at_extreme_inputs(name, dtype):
    z = np.array([[-1e4, -100, 0, 100, 1e4]], dtype)
    delta = np.ones_like(z)
    a, scratch = run_forward(ACTIVATIONS[name](), z)
    ACTIVATIONS[name]().backward(z, a, delta, scratch)
    assert np.isfinite(a).all()
    assert np.isfinite(delta).all()


def test_logistic_is_exact_where_tiny():
    # (1 + tanh(z / 2)) / 2 is 0 here
    np.testing.assert_allclose(ALL["logistic"]()([-40.0]), np.exp(-40.0), rtol=1e-12)
