"""clip_norm: a bound on the length of the gradient.

Whole trainings are PyTorch's, from `references/clipping.json`.
"""

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale
from sklearn.utils.estimator_checks import estimator_checks_generator
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor, _training
from skmlp._training import clip
from skmlp.initializers import Given
from skmlp.optimizers import OPTIMIZERS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])

REFERENCE = json.loads(
    (Path(__file__).parent / "references" / "clipping.json").read_text(encoding="utf-8")
)
IRIS_X, LABELS = load_iris(return_X_y=True)
IRIS_X = scale(IRIS_X)
INDICATORS = np.stack([LABELS == 1, IRIS_X[:, 0] > 0], axis=1).astype(int)
REG_X, REG_Y = load_diabetes(return_X_y=True)
REG_X, REG_Y = scale(REG_X)[:150], scale(REG_Y)[:150]
DATA = {MLPClassifier: (IRIS_X, LABELS), MLPRegressor: (REG_X, REG_Y)}


def make(Estimator, **parameters):
    return Estimator(
        **{"hidden_layer_sizes": (6, 5), "max_iter": 4, "random_state": 0, **parameters}
    )


def weights(model):
    own = getattr(model, "activation_params_", [])
    return np.concatenate([np.ravel(a) for a in (*model.coefs_, *model.intercepts_, *own)])


# --- PyTorch's -----------------------------------------------------------------------------


def case_id(case):
    return (
        f"{case['task']}-{case['clip_norm']}-{case['momentum']}-{case['nesterovs_momentum']}"
    )


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=case_id)
def test_a_training_by_sgd_is_pytorchs(case):
    task = REFERENCE["tasks"][case["task"]]
    Estimator = MLPRegressor if case["task"] == "regression" else MLPClassifier
    model = Estimator(
        hidden_layer_sizes=[len(b) for b in task["intercepts"][:-1]],
        activation="tanh",
        solver="sgd",
        initializer=Given(task["coefs"], task["intercepts"]),
        shuffle=False,
        tol=0,
        **REFERENCE["settings"],
        **{name: case[name] for name in ("clip_norm", "momentum", "nesterovs_momentum")},
    ).fit(np.array(task["X"]), np.array(task["y"]))
    for ours, theirs in (
        *zip(model.coefs_, case["coefs"], strict=True),
        *zip(model.intercepts_, case["intercepts"], strict=True),
    ):
        # PyTorch adds 1e-6 to the norm that it divides by
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_the_reference_has_steps_that_are_clipped_and_steps_that_are_not():
    shares = {}
    for case in REFERENCE["cases"]:
        share = np.mean(np.array(case["norms"]) > case["clip_norm"])
        shares.setdefault(case["clip_norm"], []).append(share)
    never, sometimes, always = (shares[bound] for bound in sorted(shares, reverse=True))
    assert set(never) == {0}
    assert any(0 < share < 1 for share in sometimes)
    assert set(always) == {1}


# --- one step ------------------------------------------------------------------------------

ONE_STEP = {"solver": "sgd", "momentum": 0.0, "max_iter": 1, "batch_size": "full"}
STEPS = {
    "regression": (MLPRegressor, REG_X, 10 * REG_Y, {}),
    "several outputs": (MLPRegressor, REG_X, np.c_[REG_Y, -9 * REG_Y], {}),
    "two classes": (MLPClassifier, IRIS_X, LABELS == 1, {}),
    "three classes": (MLPClassifier, IRIS_X, LABELS, {}),
    "labels": (MLPClassifier, IRIS_X, INDICATORS, {}),
    "sparse": (MLPClassifier, sparse.csr_array(IRIS_X), LABELS, {}),
    "float32": (MLPRegressor, REG_X.astype(np.float32), REG_Y, {}),
    "in float32": (MLPRegressor, REG_X, REG_Y, {"dtype": "float32"}),
    "the penalty": (MLPRegressor, REG_X, REG_Y, {"alpha": 1e4}),
    "learned slopes": (MLPRegressor, REG_X, 10 * REG_Y, {"activation": "prelu"}),
    "maxout": (MLPClassifier, IRIS_X, LABELS, {"activation": "maxout"}),
    "early stopping": (MLPRegressor, REG_X, 10 * REG_Y, {"early_stopping": True}),
    "weighted": (MLPClassifier, IRIS_X, LABELS, {"class_weight": {0: 9, 1: 0}}),
    "no hidden layer": (MLPClassifier, IRIS_X, LABELS, {"hidden_layer_sizes": ()}),
}


@pytest.mark.parametrize(("Estimator", "X", "y", "more"), STEPS.values(), ids=list(STEPS))
@pytest.mark.parametrize("share", [1e-3, 0.5, 0.999, 1.001, 1e3])
def test_a_step_is_shortened_and_keeps_its_direction(Estimator, X, y, more, share):
    rate = 0.125
    model = make(Estimator, **ONE_STEP, learning_rate_init=rate, **more)
    start = weights(clone(model).set_params(learning_rate_init=1e-300).fit(X, y))
    step = weights(clone(model).fit(X, y)) - start
    norm = np.linalg.norm(step) / rate
    low = X.dtype == np.float32 or "dtype" in more
    clipped = weights(model.set_params(clip_norm=share * norm).fit(X, y)) - start
    atol = (1e-5 if low else 1e-12) * np.linalg.norm(step)
    np.testing.assert_allclose(clipped, step * min(1, share), rtol=0, atol=atol)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_each_gradient_of_a_stack_has_a_bound_of_its_own(dtype):
    gradient = np.random.default_rng(0).normal(size=(5, 40)).astype(dtype)
    gradient *= np.array([1e-30, 0.1, 1, 100, 1e30], dtype)[:, None]
    before = gradient.astype(np.float64)
    clip(gradient, 2.0)
    assert gradient.dtype == dtype
    norms = np.linalg.norm(before, axis=1)
    expected = before * np.minimum(1, 2 / norms)[:, None]
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)
    np.testing.assert_array_equal(gradient[norms < 2], before[norms < 2])


def test_no_gradient_stays_none():
    gradient = np.zeros((2, 3))
    gradient[1] = 5
    clip(gradient, 1.0)
    np.testing.assert_allclose(gradient, [[0, 0, 0], [1 / 3**0.5] * 3])


def test_the_length_of_a_training_is_bounded():
    """Whatever the data: each step is no longer than rate times bound."""
    model = make(MLPRegressor, solver="sgd", momentum=0, learning_rate_init=0.1, clip_norm=0.5)
    model.set_params(batch_size=16, max_iter=5)
    start = weights(clone(model).set_params(learning_rate_init=1e-300).fit(REG_X, REG_Y))
    for factor in (1e-3, 1, 1e3, 1e8):
        model.fit(factor * REG_X, factor * REG_Y)
        n_steps = 5 * -(-150 // 16)
        length = np.linalg.norm(weights(model) - start)
        assert length <= n_steps * 0.1 * 0.5 * (1 + 1e-9)


# --- a bound that is never reached, and several calls --------------------------------------


@kinds
@pytest.mark.parametrize("name", sorted(n for n, c in OPTIMIZERS.items() if c.stochastic))
def test_a_bound_that_is_never_reached_changes_nothing(Estimator, name):
    X, y = DATA[Estimator]
    plain = make(Estimator, optimizer=name).fit(X, y)
    bounded = make(Estimator, optimizer=name, clip_norm=1e6).fit(X, y)
    np.testing.assert_array_equal(weights(bounded), weights(plain))
    np.testing.assert_array_equal(bounded.loss_curve_, plain.loss_curve_)
    other = make(Estimator, optimizer=name, clip_norm=0.01).fit(X, y)
    assert np.isfinite(weights(other)).all()


@kinds
@pytest.mark.parametrize("clip_norm", [1, np.float32(1), np.int64(1), np.float64(1), 1e-320])
def test_kinds_of_numbers(Estimator, clip_norm):
    X, y = DATA[Estimator]
    model = make(Estimator, clip_norm=clip_norm).fit(X, y)
    expected = make(Estimator, clip_norm=float(clip_norm)).fit(X, y)
    np.testing.assert_array_equal(weights(model), weights(expected))
    low = make(Estimator, clip_norm=clip_norm).fit(X.astype(np.float32), y)
    assert low.coefs_[0].dtype == np.float32


@kinds
@pytest.mark.parametrize("more", [{}, {"solver": "sgd"}, {"dropout": 0.2}], ids=str)
def test_partial_fit_goes_on_with_the_bound(Estimator, more):
    X, y = DATA[Estimator]
    settings = {"clip_norm": 0.1, "shuffle": False, **more}
    whole = make(Estimator, max_iter=4, **settings).fit(X, y)
    epochs = make(Estimator, max_iter=1, **settings).fit(X, y)
    for _ in range(3):
        epochs.partial_fit(X, y)
    np.testing.assert_allclose(weights(epochs), weights(whole), rtol=1e-12)


@kinds
@pytest.mark.parametrize("more", [{}, {"solver": "sgd"}, {"dropout": 0.2}], ids=str)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_several_networks_are_the_same_side_by_side(
    Estimator, more, early_stopping, monkeypatch
):
    X, y = DATA[Estimator]
    settings = {"tol": 0.02, "n_iter_no_change": 2, "learning_rate_init": 0.05, **more}
    models = []
    for n_bytes in (2**30, 0):
        monkeypatch.setattr(_training, "STACK_BYTES", n_bytes)
        model = make(Estimator, clip_norm=0.3, n_init=4, max_iter=30, **settings)
        models.append(model.set_params(early_stopping=early_stopping).fit(X, y))
    np.testing.assert_allclose(models[0].init_scores_, models[1].init_scores_, rtol=1e-6)
    np.testing.assert_allclose(weights(models[0]), weights(models[1]), rtol=1e-5, atol=1e-8)


def test_the_random_state_is_left_as_without():
    left = []
    for clip_norm in (None, 0.1):
        state = np.random.RandomState(5)
        model = make(MLPRegressor, clip_norm=clip_norm, random_state=state)
        model.set_params(early_stopping=True).fit(REG_X, REG_Y)
        left.append(state.randint(1 << 30))
    assert left[0] == left[1]


# --- everything at once --------------------------------------------------------------------

ALL = {
    "standardize": True,
    "dropout": [0.2, 0.1],
    "clip_norm": 0.5,
    "n_init": 3,
    "warm_start": True,
    "restore_best": True,
}


@kinds
@pytest.mark.parametrize("dtype", [None, "float32", "float64"])
@pytest.mark.parametrize("X_dtype", [np.float32, np.float64])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array, sparse.csc_array])
def test_all_features_together(Estimator, dtype, X_dtype, early_stopping, container):
    X, y = DATA[Estimator]
    X = container((X - X.min(axis=0)).astype(X_dtype))
    model = make(Estimator, dtype=dtype, early_stopping=early_stopping, **ALL)
    if Estimator is MLPClassifier:
        model.set_params(class_weight="balanced")
    first = clone(model).fit(X, y)
    twice = clone(model).fit(X, y).fit(X, y)
    assert {a.dtype for a in first.coefs_ + twice.intercepts_} == {np.dtype(X_dtype)}
    assert len(twice.history_["loss"]) == first.n_iter_ + 4
    score = "val_score" if early_stopping else "loss"
    best = np.argmax if early_stopping else np.argmin
    assert first.best_iter_ == 1 + best(first.history_[score])
    more = {"class_weight": None} if Estimator is MLPClassifier else {}
    for m in (twice, copy.deepcopy(twice), pickle.loads(pickle.dumps(twice))):
        m.set_params(early_stopping=False, **more)
        for _ in range(2):
            m.partial_fit(X, y)
        np.testing.assert_array_equal(weights(m), weights(twice))
        np.testing.assert_array_equal(m.predict(X), twice.predict(X))


# --- as a parameter ------------------------------------------------------------------------


@kinds
def test_grid_search(Estimator):
    grid = {"clip_norm": [None, 0.1, np.float64(1)], "solver": ["adam", "sgd"]}
    search = GridSearchCV(make(Estimator), grid, cv=2, error_score="raise")
    search.fit(*DATA[Estimator])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def generate_checks():
    for Estimator in (MLPClassifier, MLPRegressor):
        configured = Estimator(clip_norm=1.0, max_iter=20)
        for estimator, check in estimator_checks_generator(configured):
            name = check.func.__name__
            # what 20 epochs cannot reach
            if name not in ("check_classifiers_train", "check_regressors_train"):
                yield pytest.param(estimator, check, id=f"{configured}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


# --- bad input -----------------------------------------------------------------------------

BAD = [
    ({"clip_norm": 0}, "'clip_norm' parameter of .* in the range"),
    ({"clip_norm": -1.0}, "'clip_norm' parameter"),
    ({"clip_norm": np.nan}, "'clip_norm' parameter"),
    ({"clip_norm": "a"}, "'clip_norm' parameter"),
    ({"clip_norm": [1.0]}, "'clip_norm' parameter"),
    ({"clip_norm": 1.0, "solver": "lbfgs"}, "clip_norm=1.0 is not for the optimizer LBFGS"),
    ({"clip_norm": 1.0, "optimizer": "lbfgs"}, "clip_norm=1.0 is not for the optimizer LBFGS"),
]


@kinds
@pytest.mark.parametrize(("more", "message"), BAD, ids=str)
def test_bad_bounds_are_named_and_nothing_is_lost(Estimator, more, message):
    fitted = make(Estimator).fit(*DATA[Estimator]).set_params(**more)
    for model in (make(Estimator, **more), fitted):
        before = snapshot(model)
        with pytest.raises(ValueError, match=message):
            model.fit(*DATA[Estimator])
        assert_unchanged(model, before)
