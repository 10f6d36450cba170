"""Activations whose share each unit learns: values, and gradients by finite differences."""

import numpy as np
import pytest

from skmlp._blend import Blend, blended
from skmlp.activations import ACTIVATIONS, Activation, Maxout, PReLU, ReLU

UNITS, BATCH = 5, 7
RNG = np.random.default_rng(0)
Z, UPSTREAM = RNG.normal(size=(2, UNITS, BATCH))
WEIGHTS = RNG.normal(size=UNITS)
# step and sign have straight-through gradients, which finite differences do not show.
SMOOTH = [
    name
    for name, cls in ACTIVATIONS.items()
    if name not in ("step", "sign") and isinstance(blended([cls()], [UNITS])[0], Blend)
]


def forward(name, z, weights):
    blend = Blend(ACTIVATIONS[name](), UNITS)
    # The buffers hold garbage, as those of an earlier batch.
    inner, *buffers = blend.scratch(z)
    for buffer in buffers:
        buffer[...] = np.nan
    scratch = (inner, *buffers)
    a = np.full_like(z, np.nan)
    blend.forward(z, a, scratch, weights)
    return blend, a, scratch


@pytest.mark.parametrize("name", SMOOTH)
def test_value_is_between_input_and_activation(name):
    f = ACTIVATIONS[name]()(Z)
    _, a, _ = forward(name, Z.copy(), WEIGHTS)
    np.testing.assert_allclose(a, Z + WEIGHTS[:, None] * (f - Z), rtol=1e-12)


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients(name):
    def value(z, weights):
        return np.sum(forward(name, z, weights)[1] * UPSTREAM)

    z = Z.copy()
    blend, a, scratch = forward(name, z, WEIGHTS)
    delta, gradient = UPSTREAM.copy(), np.full(UNITS, np.nan)
    blend.backward(z, a, delta, scratch, WEIGHTS, gradient)
    step = 1e-6
    for i in np.ndindex(Z.shape):
        moved = step * (np.arange(Z.size).reshape(Z.shape) == np.ravel_multi_index(i, Z.shape))
        slope = (value(Z + moved, WEIGHTS) - value(Z - moved, WEIGHTS)) / (2 * step)
        assert delta[i] == pytest.approx(slope, abs=1e-7)
    for unit in range(UNITS):
        moved = step * (np.arange(UNITS) == unit)
        slope = (value(Z, WEIGHTS + moved) - value(Z, WEIGHTS - moved)) / (2 * step)
        assert gradient[unit] == pytest.approx(slope, abs=1e-7)


def test_the_input_is_left_for_the_backward_pass():
    z = Z.copy()
    forward("selu", z, WEIGHTS)
    np.testing.assert_array_equal(z, Z)


def test_it_begins_as_the_activation():
    (blend,) = blended([ReLU()], [UNITS])
    a, _ = blend.apply(Z.copy(), blend.initial_params())
    np.testing.assert_array_equal(a, np.maximum(Z, 0))


@pytest.mark.parametrize("activation", [Maxout(), PReLU()])
def test_those_that_cannot_be_blended_stay_as_they_are(activation):
    assert blended([activation], [UNITS]) == [activation]


class InPlaceTanh(Activation):
    """Of a user: its `backward` reads the output where it says that z is that too."""

    def forward(self, z, a, scratch):
        np.tanh(z, out=a)

    def backward(self, z, a, delta, scratch):
        delta *= 1 - z * z


def test_an_activation_that_takes_z_for_its_output():
    deltas = []
    for activation in (InPlaceTanh(), ACTIVATIONS["tanh"]()):
        blend, z, delta = Blend(activation, UNITS), Z.copy(), UPSTREAM.copy()
        a, scratch = blend.apply(z, WEIGHTS)
        blend.backward(z, a, delta, scratch, WEIGHTS, np.empty(UNITS))
        deltas.append(delta)
    np.testing.assert_allclose(*deltas, rtol=1e-12)
