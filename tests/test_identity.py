"""The same random_state gives the numbers of the installed scikit-learn's own MLP."""

import inspect
import re
import warnings

import numpy as np
import pytest
import sklearn.neural_network
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.preprocessing import StandardScaler, scale

import skmlp

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Got `batch_size`:UserWarning"),
]

COMMON = {
    "random_state": 3,
    "max_iter": 6,
    "n_iter_no_change": 100,
    "hidden_layer_sizes": (7, 5),
}
SGD = {"solver": "sgd", "learning_rate_init": 0.1}
PLATEAUS = {"n_iter_no_change": 2, "tol": 1e-2, "max_iter": 30}

CONFIGURATIONS = {
    **{
        f"{activation}-{solver}": {"activation": activation, "solver": solver}
        for activation in ("identity", "logistic", "tanh", "relu")
        for solver in ("adam", "sgd", "lbfgs")
    },
    "int layer": {"hidden_layer_sizes": 9},
    "batches of 1": {"batch_size": 1, "max_iter": 2},
    "batches of 50": {"batch_size": 50},
    "batch too large": {"batch_size": 10_000},
    "alpha": {"alpha": 1.0},
    "no alpha, in order": {"alpha": 0.0, "shuffle": False},
    "plain momentum": {**SGD, "nesterovs_momentum": False},
    "invscaling": {**SGD, "momentum": 0.0, "learning_rate": "invscaling", "power_t": 0.3},
    "adaptive": {**SGD, **PLATEAUS, "learning_rate": "adaptive"},
    "adaptive to the bound": {  # 0.003125 / 5^5 is 1e-6 but for the rounding
        **SGD,
        "learning_rate_init": 0.003125,
        "learning_rate": "adaptive",
        "n_iter_no_change": 1,
        "tol": 1e9,
        "max_iter": 40,
    },
    "adam ignores invscaling": {**PLATEAUS, "learning_rate": "invscaling"},
    "adam ignores adaptive": {**PLATEAUS, "learning_rate": "adaptive"},
    "adam's constants": {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
    "stops by itself": {"max_iter": 200, "tol": 1e-2, "n_iter_no_change": 3},
    "early stopping": {
        "early_stopping": True,
        "validation_fraction": 0.2,
        "max_iter": 30,
        "n_iter_no_change": 3,
    },
    "poisson-adam": {"loss": "poisson", "learning_rate_init": 0.01},
    "poisson-lbfgs": {"loss": "poisson", "solver": "lbfgs"},
}


def problems():
    X, y = load_iris(return_X_y=True)
    yield "iris", "MLPClassifier", scale(X), np.array(["a", "b", "c"])[y]
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    yield "cancer", "MLPClassifier", X[:300], y[:300]
    labels = np.stack([y == 1, X[:, 0] > 0, X[:, 1] > 1], axis=1).astype(int)
    yield "multilabel", "MLPClassifier", X[:300], labels[:300]
    X, y = load_diabetes(return_X_y=True)
    X = scale(X)
    yield "diabetes", "MLPRegressor", X, scale(y)
    yield "multioutput", "MLPRegressor", X, np.column_stack([y / 100, -y / 50])
    yield "counts", "MLPRegressor", X, np.round(y / 50)


PROBLEMS = {name: rest for name, *rest in problems()}


def both(kind, parameters):
    """The estimator of skmlp and of scikit-learn."""
    theirs = getattr(sklearn.neural_network, kind)
    unknown = set(parameters) - set(inspect.signature(theirs).parameters)
    if unknown:
        pytest.skip(f"scikit-learn {sklearn.__version__} has no {unknown}")
    return getattr(skmlp, kind)(**parameters), theirs(**parameters)


def weights(estimator):
    return np.concatenate([np.ravel(a) for a in estimator.coefs_ + estimator.intercepts_])


def assert_same(ours, theirs, X, solver):
    # The line search of L-BFGS amplifies rounding.
    tolerance = 1e-3 if solver == "lbfgs" else 1e-5
    compare = {"rtol": tolerance, "atol": tolerance}
    np.testing.assert_allclose(weights(ours), weights(theirs), **compare)
    np.testing.assert_allclose(ours.loss_, theirs.loss_, **compare)
    for name in ("n_iter_", "n_layers_", "n_outputs_", "out_activation_", "t_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    for name in ("loss_curve_", "validation_scores_"):
        assert hasattr(ours, name) == hasattr(theirs, name), name
        if getattr(theirs, name, None) is not None:
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), **compare)
    if isinstance(getattr(theirs, "loss_curve_", None), list):
        assert type(ours.loss_curve_[0]) is type(theirs.loss_curve_[0])
    for name in ("best_loss_", "best_validation_score_"):
        mine, other = getattr(ours, name, None), getattr(theirs, name, None)
        assert (mine is None) == (other is None), name
        if other is not None:
            np.testing.assert_allclose(mine, other, **compare)
    method = "predict_proba" if hasattr(theirs, "predict_proba") else "predict"
    np.testing.assert_allclose(getattr(ours, method)(X), getattr(theirs, method)(X), **compare)


cases = pytest.mark.parametrize(
    ("problem", "name"),
    [
        (problem, name)
        for problem in PROBLEMS
        for name in CONFIGURATIONS
        # scikit-learn stratifies binary targets only, and has one loss for labels
        if not (name == "early stopping" and problem in ("iris", "multilabel"))
        and not (name.startswith("poisson") and problem != "counts")
    ],
)


@cases
def test_fit(problem, name):
    kind, X, y = PROBLEMS[problem]
    parameters = {**COMMON, **CONFIGURATIONS[name]}
    ours, theirs = both(kind, parameters)
    assert_same(ours.fit(X, y), theirs.fit(X, y), X, parameters.get("solver"))


@cases
def test_sample_weight(problem, name):
    kind, X, y = PROBLEMS[problem]
    parameters = {**COMMON, **CONFIGURATIONS[name]}
    ours, theirs = both(kind, parameters)
    if "sample_weight" not in inspect.signature(theirs.fit).parameters:
        pytest.skip(f"scikit-learn {sklearn.__version__} has no sample_weight")
    w = np.random.default_rng(0).uniform(0.1, 3, len(X))
    assert_same(
        ours.fit(X, y, sample_weight=w),
        theirs.fit(X, y, sample_weight=w),
        X,
        parameters.get("solver"),
    )


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("name", ["relu-adam", "relu-sgd", "relu-lbfgs", "batches of 50"])
@pytest.mark.parametrize("container", [sparse.csr_array, sparse.csc_matrix])
def test_sparse(problem, name, container):
    kind, X, y = PROBLEMS[problem]
    parameters = {**COMMON, **CONFIGURATIONS[name]}
    ours, theirs = both(kind, parameters)
    X = container(np.where(X > 0, X, 0))
    assert_same(ours.fit(X, y), theirs.fit(X, y), X, parameters.get("solver"))


SEQUENCES = {
    "fit, fit": ["fit", "fit"],
    "partial_fit": ["partial_fit"] * 4,
    "fit, partial_fit": ["fit", "partial_fit", "partial_fit"],
    "fit, partial_fit, fit": ["fit", "partial_fit", "fit"],
}


@pytest.mark.parametrize("problem", ["iris", "cancer", "diabetes", "multioutput"])
@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize(
    "name", ["relu-adam", "relu-sgd", "invscaling", "adaptive", "batches of 50"]
)
def test_sequences(problem, sequence, warm_start, name):
    kind, X, y = PROBLEMS[problem]
    parameters = {**COMMON, **CONFIGURATIONS[name], "warm_start": warm_start}
    ours, theirs = both(kind, parameters)
    for i, method in enumerate(sequence):
        first = i == 0 and method == "partial_fit" and kind == "MLPClassifier"
        more = {"classes": np.unique(y)} if first else {}
        for estimator in (ours, theirs):
            getattr(estimator, method)(X, y, **more)
        assert_same(ours, theirs, X, parameters.get("solver"))


@pytest.mark.parametrize("problem", ["cancer", "diabetes"])
@pytest.mark.parametrize("name", ["relu-adam", "early stopping", "relu-lbfgs"])
def test_the_random_state_is_left_as_scikit_learn_leaves_it(problem, name):
    kind, X, y = PROBLEMS[problem]
    parameters = {**COMMON, **CONFIGURATIONS[name]}
    left = []
    for estimator in both(kind, parameters):
        state = np.random.RandomState(5)
        estimator.set_params(random_state=state).fit(X, y)
        left.append(state.randint(1 << 30))
    assert left[0] == left[1]


@pytest.mark.parametrize("problem", ["iris", "diabetes"])
def test_float32_is_close(problem):
    kind, X, y = PROBLEMS[problem]
    ours, theirs = both(kind, COMMON)
    X = X.astype(np.float32)
    y = y.astype(np.float32) if kind == "MLPRegressor" else y
    np.testing.assert_allclose(
        weights(ours.fit(X, y)), weights(theirs.fit(X, y)), rtol=1e-3, atol=1e-4
    )
    assert weights(ours).dtype == np.float32


@pytest.mark.parametrize("problem", ["cancer", "diabetes"])
@pytest.mark.parametrize("name", ["relu-adam", "early stopping", "adaptive"])
def test_verbose_prints_the_same_numbers(problem, name, capsys):
    kind, X, y = PROBLEMS[problem]
    texts = []
    for estimator in both(kind, {**COMMON, **CONFIGURATIONS[name], "verbose": True}):
        estimator.fit(X, y)
        texts.append(capsys.readouterr().out)
    number = "(-?[0-9.e-]+)"
    for pattern in ("Iteration", "loss =", "[Vv]alidation score(?: =|:)"):
        ours, theirs = (re.findall(f"{pattern} +{number}", text) for text in texts)
        np.testing.assert_allclose(np.float64(ours), np.float64(theirs), 1e-5, 1e-6)
    reasons = [re.findall("(?:Training|Validation).* did not .*", text) for text in texts]
    assert reasons[0] == reasons[1]


def test_signatures_have_scikit_learns_parameters_positions_and_defaults():
    for kind in ("MLPClassifier", "MLPRegressor"):
        ours = inspect.signature(getattr(skmlp, kind)).parameters
        theirs = inspect.signature(getattr(sklearn.neural_network, kind)).parameters
        for name, parameter in theirs.items():
            assert ours[name].kind == parameter.kind, name
            if name != "solver":  # `optimizer` has its default
                assert ours[name].default == parameter.default, name

        def positional(parameters):
            return [n for n, p in parameters.items() if p.kind is p.POSITIONAL_OR_KEYWORD]

        if set(positional(theirs)) == set(positional(ours)):  # not before 1.7
            assert positional(ours) == positional(theirs)


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine])
@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_raw_features(load, solver):
    """Logits are far beyond 36, where scikit-learn's clipping bounds the loss.

    Its log(1 - p) has lost some digits before that, hence the tolerance.
    """
    X, y = load(return_X_y=True)
    ours, theirs = both("MLPClassifier", {"random_state": 0, "solver": solver})
    ours.fit(X, y)
    theirs.fit(X, y)
    assert ours.n_iter_ == theirs.n_iter_
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-3)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-6)


def test_defaults_give_the_same_scores():
    kind, X, y = PROBLEMS["iris"]
    scores = []
    for estimator in both(kind, {"random_state": 0}):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scores.append(estimator.fit(X[::2], y[::2]).score(X[1::2], y[1::2]))
    assert scores[0] == scores[1]
