"""Every initializer by the same contracts; distributions by large draws."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmlp import MLPRegressor
from skmlp.activations import ACTIVATIONS
from skmlp.initializers import INITIALIZERS, Given, HeNormal, Initializer, Orthogonal

every = pytest.mark.parametrize("name", sorted(INITIALIZERS))
RELU = ACTIVATIONS["relu"]()
SHAPES = [(4, 5), (5, 1), (1, 3)]
# The variance of the weights by the fans.
VARIANCES = {
    "glorot": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he": lambda fan_in, fan_out: 2 / fan_in,
    "lecun": lambda fan_in, fan_out: 1 / fan_in,
}
ALIASES = {"xavier": "glorot", "kaiming": "he"}


class Logged(Initializer):
    """Returns what it is asked for."""

    def draw(self, random_state, fan_in, fan_out, activation):
        return random_state, fan_in, fan_out, activation


@every
def test_shapes_and_the_only_source_of_randomness(name):
    def draw():
        return INITIALIZERS[name]().draw_network(check_random_state(3), SHAPES, [RELU] * 3)

    layers, again = draw(), draw()
    assert len(layers) == len(SHAPES)
    for (W, b), (same_W, same_b), (fan_in, fan_out) in zip(layers, again, SHAPES, strict=True):
        assert (W.shape, b.shape) == ((fan_in, fan_out), (fan_out,))
        assert W.dtype == b.dtype == np.float64
        assert np.isfinite(W).all()
        np.testing.assert_array_equal(W, same_W)
        np.testing.assert_array_equal(b, same_b)
    other = INITIALIZERS[name]().draw(check_random_state(4), 4, 5, RELU)
    assert (layers[0][0] != other[0]).any()


def test_a_network_is_drawn_layer_by_layer():
    activations = [ACTIVATIONS[name]() for name in ("relu", "tanh", "tanh")]
    random_state = check_random_state(0)
    assert Logged().draw_network(random_state, SHAPES, activations) == [
        (random_state, *shape, activation)
        for shape, activation in zip(SHAPES, activations, strict=True)
    ]


@every
def test_biases_are_zero_but_for_scikit_learns_rule(name):
    _, b = INITIALIZERS[name]().draw(check_random_state(0), 4, 5, RELU)
    assert (b == 0).all() == (name != "auto")


@pytest.mark.parametrize(("activation", "factor"), [("relu", 6), ("tanh", 6), ("logistic", 2)])
def test_auto_is_uniform_within_scikit_learns_bound(activation, factor):
    W, b = INITIALIZERS["auto"]().draw(
        check_random_state(0), 400, 300, ACTIVATIONS[activation]()
    )
    bound = np.sqrt(factor / 700)
    for values in (W, b):
        assert np.abs(values).max() <= bound
        assert np.abs(values).max() > 0.99 * bound
    np.testing.assert_allclose(W.std(), bound / np.sqrt(3), rtol=0.01)


@pytest.mark.parametrize("fans", [(400, 300), (100, 900)])
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
@pytest.mark.parametrize("rule", VARIANCES)
def test_variance_and_distribution(rule, distribution, fans):
    initializer = INITIALIZERS[f"{rule}_{distribution}"]()
    W, _ = initializer.draw(check_random_state(0), *fans, RELU)
    standard = W / np.sqrt(VARIANCES[rule](*fans))
    np.testing.assert_allclose(standard.mean(), 0, atol=0.01)
    np.testing.assert_allclose(standard.std(), 1, rtol=0.01)
    if distribution == "uniform":
        assert 0.999 * np.sqrt(3) < np.abs(standard).max() <= np.sqrt(3)
    else:
        within = [(np.abs(standard) < n).mean() for n in (1, 2, 3)]
        np.testing.assert_allclose(within, [0.6827, 0.9545, 0.9973], atol=0.005)


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias, distribution):
    cls = INITIALIZERS[f"{ALIASES[alias]}_{distribution}"]
    assert INITIALIZERS[f"{alias}_{distribution}"] is cls


@pytest.mark.parametrize("gain", [1, 2.5])
@pytest.mark.parametrize("fans", [(7, 4), (4, 7), (5, 5), (1, 3), (3, 1)])
def test_orthogonal(fans, gain):
    W, _ = Orthogonal(gain=gain).draw(check_random_state(0), *fans, RELU)
    product = W.T @ W if fans[0] >= fans[1] else W @ W.T
    np.testing.assert_allclose(product, gain**2 * np.eye(min(fans)), atol=1e-14)


def test_orthogonal_has_no_preferred_sign():
    random_state = check_random_state(0)
    draws = [Orthogonal().draw(random_state, 2, 2, RELU)[0] for _ in range(1000)]
    # LAPACK's Q alone has a first row of one sign only.
    np.testing.assert_allclose(np.mean(draws, axis=0), 0, atol=0.1)


def given(shapes=SHAPES, dtype=np.float64):
    layers = HeNormal().draw_network(check_random_state(0), shapes, [RELU] * len(shapes))
    return Given(
        [W.astype(dtype) for W, _ in layers], [b.astype(dtype) + 1 for _, b in layers]
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_given_weights_come_back(dtype):
    start = given(dtype=dtype)
    layers = start.draw_network(None, SHAPES, [RELU] * 3)
    for (W, b), coefs, intercepts in zip(layers, start.coefs, start.intercepts, strict=True):
        for values, expected in ((W, coefs), (b, intercepts)):
            assert values.dtype == np.float64
            np.testing.assert_array_equal(values, expected)


def test_training_does_not_change_given_weights():
    start = given([(4, 5), (5, 1)])
    before = clone(start)
    X = np.random.default_rng(0).normal(size=(20, 4))
    model = MLPRegressor(hidden_layer_sizes=(5,), initializer=start).partial_fit(X, X[:, 0])
    assert (model.coefs_[0] != start.coefs[0]).any()
    for name in ("coefs", "intercepts"):
        for values, kept in zip(getattr(start, name), getattr(before, name), strict=True):
            np.testing.assert_array_equal(values, kept)


def test_given_needs_as_many_weights_as_biases():
    wrong = Given(given().coefs, given().intercepts[:2])
    with pytest.raises(ValueError, match="initializer=Given has 3 coefs and 2 intercepts"):
        wrong.draw_network(None, SHAPES, [RELU] * 3)


def test_given_is_an_ordinary_component():
    start = given([(100, 100), (100, 1)])
    assert start.get_params() == vars(start)
    copy = clone(start)
    assert copy.coefs is not start.coefs
    for name in ("coefs", "intercepts"):
        for values, expected in zip(getattr(copy, name), getattr(start, name), strict=True):
            np.testing.assert_array_equal(values, expected)
    assert repr(start).startswith("Given(coefs=[array(")
    assert len(repr(start)) < 2000


def test_starting_weights_too_large_for_float32_are_named():
    X = np.eye(4, dtype=np.float32)
    model = MLPRegressor(hidden_layer_sizes=(5,), initializer=Orthogonal(gain=1e100))
    with pytest.raises(ValueError, match="initializer has values that are too large"):
        model.fit(X, X[:, 0])
