"""What a fit and a prediction allocate beside what they are given and return."""

import tracemalloc

import numpy as np
import pytest

from skmlp import MLPClassifier, MLPRegressor

N_SAMPLES, N_FEATURES = 40_000, 30
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N_SAMPLES, N_FEATURES))
Y, LABELS = X[:, 0], RNG.integers(0, 5, N_SAMPLES)
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def peak(function, *args):
    """Bytes at the peak of a call, without its result."""
    tracemalloc.start()
    try:
        result = function(*args)
        return tracemalloc.get_traced_memory()[1] - getattr(result, "nbytes", 0)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function"])
def test_prediction_needs_a_few_blocks(method):
    model = MLPClassifier((64, 64), max_iter=1, random_state=0).fit(X[:500], LABELS[:500])
    # the activations of one layer for all samples are 20 MiB
    assert peak(getattr(model, method), X) < 4 * 2**20


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"early_stopping": True},
        {"shuffle": False},
        {"early_stopping": True, "solver": "sgd"},
    ],
    ids=str,
)
def test_training_copies_no_samples(settings, tmp_path):
    model = MLPRegressor(hidden_layer_sizes=(8,), max_iter=2, random_state=0, **settings)
    path = tmp_path / "X.npy"
    np.save(path, X)
    for given in (X, np.load(path, mmap_mode="r")):
        assert peak(model.fit, given, Y) < X.nbytes / 2


def test_lbfgs_copies_no_samples():
    wide = RNG.normal(size=(4000, 300))
    model = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2)
    assert peak(model.fit, wide, Y[:4000]) < wide.nbytes / 2
