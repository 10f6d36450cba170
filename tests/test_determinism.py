"""The same seed gives the same bits: in other processes, threads and searches."""

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from threadpoolctl import threadpool_limits

from skmlp import (
    MLPClassifier,
    MLPRegressor,
    TabularMLPClassifier,
    TabularMLPRegressor,
    activations,
    initializers,
    losses,
    optimizers,
    schedules,
)

RNG = np.random.RandomState(0)
X = RNG.normal(size=(60, 3))
LABELS, NUMBERS = (X[:, 0] > 0).astype(int), X @ [1.0, -2.0, 0.5]
TABLE = np.array([np.where(X[:, 1] > 0, "red", "blue"), *X.T], dtype=object).T

SMALL = {"random_state": 0, "max_iter": 4, "batch_size": 16, "hidden_layer_sizes": (6, 5)}
EARLY = {"early_stopping": True, "validation_fraction": 0.2}
MODELS = {
    "classifier": MLPClassifier(**SMALL, **EARLY, dropout=0.2, optimizer="adamw"),
    "classifiers": MLPClassifier(**SMALL, n_init=3, standardize=True),
    "regressor": MLPRegressor(**SMALL, learning_rate="one_cycle", loss="huber"),
    "lbfgs": MLPRegressor(**SMALL, optimizer="lbfgs", activation="tanh"),
    "table": TabularMLPClassifier(**SMALL, n_networks=2),
    "numbers": TabularMLPRegressor(**SMALL, n_networks=2, validation_fraction=0.2),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def data_of(model):
    features = TABLE if "Tabular" in type(model).__name__ else X
    return features, LABELS if hasattr(model, "predict_proba") else NUMBERS


def fitted(model):
    return clone(model).fit(*data_of(model))


def outputs(model):
    features, _ = data_of(model)
    name = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    return getattr(model, name)(features)


def bits(model):
    """All that is to be equal: outputs and history, but for the time that it took."""
    history = {n: v.tolist() for n, v in model.history_.items() if n != "seconds"}
    return outputs(model).tobytes(), history


def fitted_bits(model):
    return bits(fitted(model))


@models
def test_two_fits_and_a_third_after_another(model):
    expected = fitted_bits(model)
    features, y = data_of(model)
    assert fitted_bits(model) == expected
    assert bits(clone(model).fit(features[::-1], y).fit(features, y)) == expected
    assert fitted_bits(clone(model).set_params(random_state=1)) != expected


def test_other_processes():
    """Of other hashes, which order sets and dictionaries of objects."""
    program = (
        "import pickle, sys, warnings; warnings.simplefilter('ignore');"
        "import test_determinism as t;"
        "result = {n: t.fitted_bits(m) for n, m in t.MODELS.items()};"
        "sys.stdout.buffer.write(pickle.dumps(result))"
    )
    here = {name: fitted_bits(model) for name, model in MODELS.items()}
    for seed in ("1", "2"):
        path = os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        there = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
        assert pickle.loads(there.stdout) == here


@models
def test_two_threads_of_blas_change_nothing_but_rounding(model):
    with threadpool_limits(1, user_api="blas"):
        alone = outputs(fitted(model))
    with threadpool_limits(2, user_api="blas"):
        np.testing.assert_allclose(outputs(fitted(model)), alone, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_backends_of_joblib(backend):
    here = [fitted_bits(model) for model in MODELS.values()]
    # loky gives its processes a share of the threads of BLAS, the same is for all here
    with threadpool_limits(1, user_api="blas"):
        parallel = joblib.Parallel(n_jobs=2, backend=backend)
        there = parallel(joblib.delayed(fitted_bits)(model) for model in MODELS.values())
    assert there == here


@pytest.mark.parametrize("name", ["classifier", "lbfgs", "table"])
def test_searches(name):
    model = MODELS[name]
    features, y = data_of(model)
    grid = {"hidden_layer_sizes": [(3,), (5,)]}
    scores, searches = [], []
    for n_jobs in (1, 2):
        scores.append(cross_val_score(model, features, y, cv=3, n_jobs=n_jobs).tolist())
        searches.append(GridSearchCV(model, grid, cv=2, n_jobs=n_jobs).fit(features, y))
    assert scores[0] == scores[1]
    one, other = searches
    for key in ("mean_test_score", "params"):
        np.testing.assert_array_equal(one.cv_results_[key], other.cv_results_[key])
    assert bits(one.best_estimator_) == bits(other.best_estimator_)


@models
def test_predictions_at_once(model):
    model = fitted(model)
    expected = outputs(model).tobytes()
    with ThreadPoolExecutor(4) as pool:
        assert {o.tobytes() for o in pool.map(outputs, [model] * 20)} == {expected}


# Every object is in two estimators that are fitted at once, which train differently.
SHARED = {
    "classifier": {
        "optimizer": optimizers.AMSGrad(),
        "loss": losses.LogLoss(label_smoothing=0.1),
        "activation": [activations.PReLU(), activations.Maxout()],
        "learning_rate": schedules.CosineDecay(warmup=0.2),
        "initializer": initializers.Orthogonal(),
        "dropout": [0.1, 0.2],
    },
    "regressor": {
        "optimizer": optimizers.SGD(momentum=0.5),
        "loss": losses.Quantile(0.3),
        "activation": activations.LeakyReLU(),
        "learning_rate": schedules.OneCycle(),
        "initializer": initializers.HeNormal(),
    },
    "lbfgs": {"optimizer": optimizers.LBFGS(), "loss": losses.Huber()},
    "table": {"activation": [activations.PReLU(), activations.SiLU()]},
}


@pytest.mark.parametrize("name", SHARED)
def test_fits_at_once_that_share_components(name):
    made = []
    for units, seed in [((6, 5), 0), ((9, 4), 1)] * 3:
        model = clone(MODELS[name]).set_params(hidden_layer_sizes=units, random_state=seed)
        made.append(model.set_params(**SHARED[name]))  # not cloned: the objects themselves
    components = pickle.dumps(SHARED[name])
    features, y = data_of(made[0])
    alone = [bits(clone(model).fit(features, y)) for model in made]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda model: model.fit(features, y), made))
    assert [bits(model) for model in made] == alone
    assert alone[0] != alone[1]
    assert pickle.dumps(SHARED[name]) == components


@models
def test_a_random_state_as_an_object(model):
    """An instance goes on from fit to fit, as scikit-learn's do; a Generator is refused."""
    stream = np.random.RandomState(0)
    going_on = clone(model).set_params(random_state=stream)
    first, second = (bits(going_on.fit(*data_of(model))) for _ in range(2))
    assert first == fitted_bits(model) != second
    with pytest.raises(ValueError, match="random_state"):
        clone(model).set_params(random_state=np.random.default_rng(0)).fit(*data_of(model))
