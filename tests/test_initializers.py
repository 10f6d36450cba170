"""Starting weights."""

import numpy as np
import pytest
from sklearn.utils import check_random_state

from skmlp.activations import ACTIVATIONS
from skmlp.initializers import INITIALIZERS

every = pytest.mark.parametrize("name", sorted(INITIALIZERS))


@every
def test_shapes_and_the_only_source_of_randomness(name):
    draw = INITIALIZERS[name]().draw
    relu = ACTIVATIONS["relu"]()
    W, b = draw(check_random_state(3), 4, 5, relu)
    assert (W.shape, b.shape) == ((4, 5), (5,))
    again = draw(check_random_state(3), 4, 5, relu)
    np.testing.assert_array_equal(W, again[0])
    np.testing.assert_array_equal(b, again[1])


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
