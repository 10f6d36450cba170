"""To scikit-learn's own MLP and back, by ONNX too, which knows no other MLP."""

import copy
import inspect
import pickle

import numpy as np
import pytest
import sklearn.neural_network
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network._base import ACTIVATIONS as THEIR_ACTIVATIONS
from sklearn.preprocessing import scale

from skmlp import MLPClassifier, MLPRegressor
from skmlp.activations import ACTIVATIONS, Activation, LeakyReLU, Logistic, ReLU, Tanh
from skmlp.initializers import INITIALIZERS, Auto, HeNormal
from skmlp.losses import (
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    LogLoss,
    Poisson,
    SquaredError,
)
from skmlp.optimizers import LBFGS, OPTIMIZERS, SGD, Adam
from skmlp.schedules import SCHEDULES, Adaptive, Constant, InvScaling

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

THEIRS = {
    MLPClassifier: sklearn.neural_network.MLPClassifier,
    MLPRegressor: sklearn.neural_network.MLPRegressor,
}
HAS_EXP = "exp" in THEIR_ACTIVATIONS
kinds = pytest.mark.parametrize("Estimator", THEIRS)

X, LABELS = load_iris(return_X_y=True)
X = scale(X)
NAMES = np.array(["setosa", "versicolor", "virginica"])[LABELS]
INDICATORS = np.stack([LABELS == 1, LABELS > 0, X[:, 0] > 0], axis=1).astype(int)
X_REG, Y_REG = load_diabetes(return_X_y=True)
X_REG, Y_REG = scale(X_REG), scale(Y_REG)
X_CANCER, Y_CANCER = load_breast_cancer(return_X_y=True)
X_CANCER = scale(X_CANCER)


class Small(MLPClassifier):
    """Has fixed what its signature lacks."""

    def __init__(self, alpha=1e-4):
        super().__init__(alpha=alpha, hidden_layer_sizes=(4,), optimizer="sgd", max_iter=3)


class Wild(MLPClassifier):
    """Adds a parameter."""

    def __init__(self, hidden_layer_sizes=(5,), colour="red"):
        super().__init__(hidden_layer_sizes)
        self.colour = colour


class Cubic(Activation):
    def forward(self, z, a, scratch=None):
        np.power(z, 3, out=a)


def build(Estimator, **parameters):
    common = {"hidden_layer_sizes": (6, 4), "max_iter": 5, "random_state": 0}
    return Estimator(**(common | parameters))


def classifier(y, X=X, **parameters):
    return MLPClassifier, parameters, X, y


def regressor(y=Y_REG, X=X_REG, **parameters):
    return MLPRegressor, parameters, X, y


# Models that scikit-learn's MLP can be trained to.
COMMON = {
    "multi-class": classifier(LABELS),
    "names": classifier(NAMES),
    "names in an object array": classifier(NAMES.astype(object)),
    "two names": classifier(NAMES[:100], X[:100]),
    "booleans": classifier(LABELS == 1),
    "floats": classifier(LABELS * 2.0 - 1),
    "one class": classifier(np.zeros(len(X), dtype=int)),
    "as many classes as 30": classifier(np.arange(150) % 30),
    "multi-label": classifier(INDICATORS),
    "sparse multi-label": classifier(sparse.csr_matrix(INDICATORS)),
    "sparse X": classifier(LABELS, sparse.csr_matrix(np.where(X > 0, X, 0))),
    "float32 labels": classifier(LABELS == 1, X.astype(np.float32)),
    "one output": regressor(),
    "several outputs": regressor(np.stack([Y_REG, -Y_REG, X_REG[:, 0]], axis=1)),
    "float32 numbers": regressor(Y_REG.astype(np.float32), X_REG.astype(np.float32)),
    "no hidden layer": classifier(LABELS, hidden_layer_sizes=()),
    "one size": regressor(hidden_layer_sizes=4),
    "lbfgs, labels": classifier(LABELS, optimizer="lbfgs"),
    "lbfgs, numbers": regressor(solver="lbfgs"),
    "sgd": classifier(LABELS == 1, optimizer="sgd", learning_rate="adaptive"),
    "early stopping, labels": classifier(LABELS == 1, early_stopping=True),
    "early stopping, numbers": regressor(early_stopping=True, activation="tanh"),
    "logistic": classifier(LABELS, activation="logistic"),
    "identity": regressor(activation="identity"),
}
if HAS_EXP:
    COMMON["poisson"] = regressor(np.exp(Y_REG), loss="poisson")

# Models of which scikit-learn knows the predictions alone.
OURS = {
    "other training": classifier(
        LABELS,
        optimizer="adamw",
        learning_rate="cosine",
        initializer="he_normal",
        batch_size="full",
        dtype="float32",
    ),
    "components": classifier(NAMES, activation=Tanh(), optimizer=SGD(momentum=0.5)),
    "list of activations": regressor(activation=["sigmoid", Logistic()]),
    "any activation where no layer is hidden": regressor(
        activation="gelu", hidden_layer_sizes=()
    ),
    "no activation where no layer is hidden": regressor(activation=[], hidden_layer_sizes=()),
    "focal": classifier(LABELS, loss="focal"),
    "brier": classifier(INDICATORS, loss="brier"),
    "crossentropy of labels": classifier(NAMES, loss="categorical_crossentropy"),
    "huber": regressor(loss="huber"),
    "tanh outputs": regressor(np.tanh(Y_REG), output_activation="tanh"),
    "relu outputs": regressor(np.exp(Y_REG), output_activation=ReLU()),
    "logistic outputs": regressor(np.tanh(Y_REG) / 2 + 0.5, output_activation="sigmoid"),
    "adam after lbfgs": classifier(LABELS, optimizer="lbfgs"),
    "early stopping later": regressor(),
    "no early stopping later": regressor(early_stopping=True),
}
LATER = {
    "adam after lbfgs": {"optimizer": "adam"},
    "early stopping later": {"early_stopping": True},
    "no early stopping later": {"early_stopping": False},
}
if HAS_EXP:
    OURS["gamma"] = regressor(np.exp(Y_REG), loss="gamma")

common = pytest.mark.parametrize("name", COMMON)
models = pytest.mark.parametrize("name", [*COMMON, *OURS])


def fitted(name):
    Estimator, parameters, data, y = (COMMON | OURS)[name]
    estimator = build(Estimator, **parameters).fit(data, y)
    return estimator.set_params(**LATER.get(name, {})), data, y


def fitted_theirs(name):
    Estimator, parameters, data, y = COMMON[name]
    return build(Estimator, **parameters).to_sklearn().fit(data, y), Estimator, data, y


def dense(array):
    return array.toarray() if sparse.issparse(array) else array


def predictions(estimator, data):
    """By all the methods that both have."""
    yield dense(estimator.predict(data))
    if hasattr(estimator, "predict_proba"):
        yield estimator.predict_proba(data)
        with np.errstate(divide="ignore"):
            yield estimator.predict_log_proba(data)


def assert_same_predictions(first, second, data):
    pairs = list(zip(predictions(first, data), predictions(second, data), strict=True))
    for ours, theirs in pairs:
        assert ours.shape == theirs.shape
        assert ours.dtype.kind == theirs.dtype.kind
        if ours.dtype.kind == "f":
            tolerance = 1e-5 if ours.dtype == np.float32 else 1e-11
            np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)
        else:
            np.testing.assert_array_equal(ours, theirs)
    assert sparse.issparse(first.predict(data)) == sparse.issparse(second.predict(data))
    assert len(pairs) == (3 if hasattr(first, "classes_") else 1)


def assert_same_weights(first, second):
    for name in ("coefs_", "intercepts_"):
        for a, b in zip(getattr(first, name), getattr(second, name), strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)


def arrays(value):
    """All arrays within an object's attributes."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict | list | tuple):
        values = value.values() if isinstance(value, dict) else value
        return [array for item in values for array in arrays(item)]
    return arrays(vars(value)) if hasattr(value, "__dict__") else []


def assert_nothing_shared(first, second):
    mine, other = arrays(first), arrays(second)
    assert mine
    assert not any(np.shares_memory(a, b) for a in mine for b in other)
    for name in ("loss_curve_", "coefs_", "intercepts_"):
        assert getattr(first, name, 1) is not getattr(second, name, 2)


def public(estimator):
    """Names of what a fit leaves."""
    return {n for n in vars(estimator) if n.endswith("_") and not n.startswith("_")}


def assert_works_on(estimator, data, y):
    """All that a fitted estimator can do."""
    stochastic = estimator.get_params().get("optimizer") or estimator.solver
    assert np.isfinite(estimator.score(data, y))
    repr(estimator)
    assert not hasattr(clone(estimator), "coefs_")
    assert_same_predictions(pickle.loads(pickle.dumps(estimator)), estimator, data)
    if stochastic != "lbfgs" and not estimator.early_stopping:
        before = copy.deepcopy(estimator)
        n_losses = len(getattr(before, "loss_curve_", []))
        estimator.partial_fit(data, y)
        assert len(estimator.loss_curve_) == n_losses + 1
        assert (estimator.coefs_[0] != before.coefs_[0]).any()
    estimator.set_params(warm_start=True).fit(data, y)
    estimator.set_params(warm_start=False).fit(data, y)
    list(predictions(estimator, data))


# --- fitted --------------------------------------------------------------------------------


@models
def test_to_sklearn_predicts_the_same(name):
    ours, data, y = fitted(name)
    theirs = ours.to_sklearn()
    assert type(theirs) is THEIRS[type(ours)]
    assert_same_predictions(ours, theirs, data)
    assert_same_weights(ours, theirs)
    assert ours.score(data, y) == pytest.approx(theirs.score(data, y))


@models
def test_to_sklearn_shares_nothing(name):
    ours, data, _ = fitted(name)
    before = [p.copy() for p in predictions(ours, data)]
    theirs = ours.to_sklearn()
    assert_nothing_shared(theirs, ours)
    for array in theirs.coefs_ + theirs.intercepts_:
        array += 1
    for a, b in zip(before, predictions(ours, data), strict=True):
        np.testing.assert_array_equal(a, b)


@common
def test_to_sklearn_has_the_attributes_of_its_fit(name):
    (own, *_), (ours, *_) = fitted_theirs(name), fitted(name)
    converted = ours.to_sklearn()
    assert public(converted) == public(own)
    # what its methods make where it is missing
    made = {"_optimizer", "_random_state", "_coef_indptr", "_intercept_indptr"}
    assert set(vars(own)) - made <= set(vars(converted))
    for attribute in public(own):
        mine, other = getattr(converted, attribute), getattr(own, attribute)
        assert isinstance(mine, type(other)) or np.isscalar(other), attribute
        if attribute not in ("coefs_", "intercepts_"):
            equal = np.asarray(other).dtype.kind != "f"
            compare = np.testing.assert_array_equal if equal else np.testing.assert_allclose
            compare(mine, other, **({} if equal else {"rtol": 1e-4}))
    assert converted.get_params() == own.get_params()
    # early stopping gives back the latter where no epoch of a warm start is better
    for now, best in zip(converted.coefs_, converted._best_coefs, strict=True):
        np.testing.assert_array_equal(now, best)
        assert not np.shares_memory(now, best)


@models
def test_to_sklearn_works_on(name):
    ours, data, y = fitted(name)
    assert_works_on(ours.to_sklearn(), data, y)


@pytest.mark.parametrize(
    "name", ["multi-class", "two names", "multi-label", "one output", "several outputs", "sgd"]
)
def test_warm_starts_are_those_of_the_other_library(name):
    ours, data, y = fitted(name)
    theirs, Estimator, *_ = fitted_theirs(name)
    there, back = ours.to_sklearn(), Estimator.from_sklearn(theirs)
    for model in (ours, theirs, there, back):
        model.set_params(warm_start=True).fit(data, y)
    for model in (theirs, there, back):
        for a, b in zip(model.coefs_, ours.coefs_, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(model.loss_curve_, ours.loss_curve_)


@common
def test_from_sklearn_predicts_the_same(name):
    theirs, Estimator, data, _ = fitted_theirs(name)
    ours = Estimator.from_sklearn(theirs)
    assert type(ours) is Estimator
    assert_same_predictions(ours, theirs, data)
    assert_same_weights(ours, theirs)
    assert_nothing_shared(ours, theirs)
    if Estimator is MLPClassifier:
        sign = ours.decision_function(data) > 0
        if sign.ndim == 1:
            np.testing.assert_array_equal(sign, theirs.predict_proba(data)[:, 1] > 0.5)


@common
def test_from_sklearn_has_the_attributes_of_our_fit(name):
    theirs, Estimator, *_ = fitted_theirs(name)
    converted, (own, *_) = Estimator.from_sklearn(theirs), fitted(name)
    # `solver` stays with us, and L-BFGS leaves no losses in scikit-learn
    missing = set(vars(own)) - set(vars(converted)) - {"_memory", "init_scores_"}
    assert missing == ({"history_", "best_iter_"} if "lbfgs" in name else set())
    expected = own.get_params() | {"solver": None, "optimizer": own.solver or own.optimizer}
    assert converted.get_params() == expected
    if "lbfgs" not in name:
        np.testing.assert_array_equal(converted.history_["loss"], theirs.loss_curve_)
        assert ("val_score" in converted.history_) == theirs.early_stopping
    if theirs.early_stopping:
        np.testing.assert_array_equal(
            converted.history_["val_score"], theirs.validation_scores_
        )


@common
def test_from_sklearn_works_on(name):
    theirs, Estimator, data, y = fitted_theirs(name)
    assert_works_on(Estimator.from_sklearn(theirs), data, y)


@models
def test_there_and_back(name):
    ours, data, y = fitted(name)
    back = type(ours).from_sklearn(ours.to_sklearn())
    assert_same_predictions(back, ours, data)
    assert_same_weights(back, ours)
    assert_works_on(back, data, y)
    assert back.out_activation_ == ours.out_activation_


def test_partial_fit_is_fitted_too():
    clf = build(MLPClassifier).partial_fit(X[:50], NAMES[:50], classes=np.unique(NAMES))
    theirs = clf.to_sklearn()
    assert_same_predictions(clf, theirs, X)
    assert_works_on(theirs, X, NAMES)
    theirs = clone(theirs).partial_fit(X[:50], NAMES[:50], classes=np.unique(NAMES))
    clf = MLPClassifier.from_sklearn(theirs)
    assert_same_predictions(clf, theirs, X)
    assert_works_on(clf, X, NAMES)


def test_names_of_features():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    ours = build(MLPClassifier).fit(frame, LABELS)
    for model in (ours.to_sklearn(), MLPClassifier.from_sklearn(ours.to_sklearn())):
        np.testing.assert_array_equal(model.feature_names_in_, list("abcd"))
        assert_same_predictions(model, ours, frame)
        with pytest.raises(ValueError, match="feature names"):
            model.predict(frame[list("dcba")])


def test_edited_weights_are_the_model():
    ours = build(MLPRegressor, hidden_layer_sizes=(5,)).fit(X_REG, Y_REG)
    ours.coefs_, ours.intercepts_ = [np.eye(10)[:, :1].tolist()], [[0.5]]
    theirs = ours.to_sklearn()
    np.testing.assert_allclose(theirs.predict(X_REG), X_REG[:, 0] + 0.5)
    assert_same_predictions(MLPRegressor.from_sklearn(theirs), ours, X_REG)


def test_weights_that_are_no_network():
    ours = build(MLPRegressor).fit(X_REG, Y_REG)
    del ours.intercepts_[0]
    with pytest.raises(ValueError, match="do not make a network"):
        ours.to_sklearn()


def test_a_random_state_is_copied():
    state = np.random.RandomState(0)
    ours = build(MLPRegressor, random_state=state)
    theirs = ours.to_sklearn()
    back = MLPRegressor.from_sklearn(theirs)
    drawn = {model.random_state.randint(1 << 30) for model in (ours, theirs, back)}
    assert len(drawn) == 1


# --- not fitted ----------------------------------------------------------------------------

SAME = [
    ({}, {}),
    ({"solver": "sgd"}, {"solver": "sgd"}),
    ({"optimizer": "lbfgs", "max_fun": 9}, {"solver": "lbfgs", "max_fun": 9}),
    (
        {"optimizer": SGD(momentum=0.5, nesterovs_momentum=False)},
        {"solver": "sgd", "momentum": 0.5, "nesterovs_momentum": False},
    ),
    ({"optimizer": SGD(), "momentum": 0.5}, {"solver": "sgd"}),  # the object counts
    ({"optimizer": "sgd", "momentum": 0.5}, {"solver": "sgd", "momentum": 0.5}),
    ({"solver": Adam(beta_1=0.5, epsilon=0.1)}, {"beta_1": 0.5, "epsilon": 0.1}),
    ({"optimizer": LBFGS()}, {"solver": "lbfgs"}),
    (
        {"optimizer": "sgd", "learning_rate": InvScaling(power_t=0.1)},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.1},
    ),
    (
        {"optimizer": SGD(), "learning_rate": Adaptive()},
        {"solver": "sgd", "learning_rate": "adaptive"},
    ),
    ({"learning_rate": Constant()}, {}),
    (
        {"learning_rate": "invscaling", "power_t": 2},
        {"learning_rate": "invscaling", "power_t": 2},
    ),
    ({"activation": "sigmoid"}, {"activation": "logistic"}),
    ({"activation": "linear"}, {"activation": "identity"}),
    ({"activation": Tanh()}, {"activation": "tanh"}),
    (
        {"activation": ["sigmoid", Logistic()], "hidden_layer_sizes": (3, 2)},
        {"activation": "logistic", "hidden_layer_sizes": (3, 2)},
    ),
    ({"initializer": Auto(), "output_activation": "auto"}, {}),
    ({"hidden_layer_sizes": [3, 2]}, {"hidden_layer_sizes": [3, 2]}),
    ({"batch_size": 7, "alpha": 0, "tol": 1}, {"batch_size": 7, "alpha": 0, "tol": 1}),
    (
        {"n_iter_no_change": np.inf, "shuffle": False},
        {"n_iter_no_change": np.inf, "shuffle": False},
    ),
    (
        {"early_stopping": True, "validation_fraction": 0.3},
        {"early_stopping": True, "validation_fraction": 0.3},
    ),
    ({"verbose": 2, "warm_start": True}, {"verbose": 2, "warm_start": True}),
]
SAME_LOSSES = [
    (MLPClassifier, "cross_entropy", {}),
    (MLPClassifier, LogLoss(), {}),
    (MLPRegressor, "mse", {}),
    (MLPRegressor, SquaredError(), {}),
    (MLPRegressor, "poisson", {"loss": "poisson"}),
    (MLPRegressor, Poisson(), {"loss": "poisson"}),
]


@kinds
@pytest.mark.parametrize(("given", "expected"), SAME, ids=str)
def test_parameters(Estimator, given, expected):
    theirs = Estimator(**given).to_sklearn()
    assert theirs.get_params() == THEIRS[Estimator](**expected).get_params()
    assert not public(theirs)


@pytest.mark.parametrize(("Estimator", "loss", "expected"), SAME_LOSSES, ids=str)
def test_losses(Estimator, loss, expected):
    if set(expected) - set(inspect.signature(THEIRS[Estimator]).parameters):
        with pytest.raises(ValueError, match=r"has no loss=.*[pP]oisson"):
            Estimator(loss=loss).to_sklearn()
        return
    theirs = Estimator(loss=loss).to_sklearn()
    assert theirs.get_params() == THEIRS[Estimator](**expected).get_params()


@pytest.mark.parametrize("output", ["linear", "identity", ACTIVATIONS["identity"]()], ids=str)
def test_the_identity_is_the_usual_output_activation(output):
    theirs = MLPRegressor(output_activation=output).to_sklearn()
    assert theirs.get_params() == THEIRS[MLPRegressor]().get_params()


@kinds
@pytest.mark.parametrize(("expected", "given"), SAME, ids=str)
def test_parameters_of_scikit_learn(Estimator, expected, given):
    theirs = THEIRS[Estimator](**given)
    ours = Estimator.from_sklearn(theirs)
    assert ours.optimizer == theirs.solver
    assert ours.solver is None
    both = set(theirs.get_params()) - {"solver"}
    assert all(getattr(ours, name) == getattr(theirs, name) for name in both)
    assert ours.to_sklearn().get_params() == theirs.get_params()
    assert not public(ours)


LACKING = [
    {"optimizer": "adamw"},
    {"solver": "adamw"},
    {"solver": OPTIMIZERS["rmsprop"](rho=0.5)},
    {"optimizer": "nadam", "activation": "gelu", "batch_size": "full", "dtype": "float32"},
    {"activation": LeakyReLU(0.3), "hidden_layer_sizes": (3,)},
    {"activation": ["relu", "tanh"], "hidden_layer_sizes": (3, 2)},
    {"activation": Cubic()},
    {"learning_rate": "cosine"},
    {"learning_rate": Constant(warmup=0.1)},
    {"learning_rate": InvScaling()},  # has an effect on adam, by name it has none
    {"learning_rate": Adaptive(), "initializer": HeNormal()},
    {"output_activation": "relu"},
    {"alpha": -1.0, "tol": "a"},
]


@kinds
@pytest.mark.parametrize("given", LACKING, ids=str)
def test_all_that_scikit_learn_lacks_is_named(Estimator, given):
    lacking = {name: value for name, value in given.items() if name != "hidden_layer_sizes"}
    with pytest.raises(ValueError, match=r"of scikit-learn .* has no") as info:
        Estimator(**given).to_sklearn()
    listed = str(info.value).partition(" has no ")[2]
    for name, value in lacking.items():
        assert f"{name}={value!r}" in listed
    assert listed.count("=") == sum(f"{n}={v!r}".count("=") for n, v in lacking.items())


@pytest.mark.parametrize(
    ("Estimator", "parameter", "registry", "known"),
    [
        (
            MLPClassifier,
            "activation",
            ACTIVATIONS,
            "identity linear logistic sigmoid tanh relu",
        ),
        (MLPClassifier, "optimizer", OPTIMIZERS, "adam lbfgs sgd"),
        (MLPRegressor, "solver", OPTIMIZERS, "adam lbfgs sgd"),
        (MLPRegressor, "learning_rate", SCHEDULES, "adaptive constant invscaling"),
        (MLPRegressor, "initializer", INITIALIZERS, "auto"),
        (MLPRegressor, "output_activation", ACTIVATIONS, "identity linear"),
        (
            MLPRegressor,
            "loss",
            REGRESSION_LOSSES,
            "mse squared_error" + " poisson" * HAS_EXP,
        ),
        (
            MLPClassifier,
            "loss",
            CLASSIFICATION_LOSSES,
            "log_loss binary_crossentropy cross_entropy sparse_categorical_crossentropy",
        ),
    ],
)
def test_every_name_is_translated_or_refused(Estimator, parameter, registry, known):
    for name in registry:
        estimator = Estimator(**{parameter: name})
        if name in known.split():
            clone(estimator.to_sklearn())
        else:
            with pytest.raises(ValueError, match=f"has no {parameter}='{name}'"):
                estimator.to_sklearn()


def test_a_wrong_name_has_the_error_of_fit():
    with pytest.raises(ValueError, match="Did you mean 'relu'"):
        MLPClassifier(activation="reluu").to_sklearn()
    with pytest.raises(ValueError, match="two names of one parameter"):
        MLPClassifier(solver="sgd", optimizer="lbfgs").to_sklearn()


# --- what cannot be converted --------------------------------------------------------------

SOFT = np.eye(3)[LABELS]
UNLIKE = {
    "activation": (classifier(LABELS, activation="gelu"), "has no activation='gelu'"),
    "two activations": (
        regressor(activation=["relu", "tanh"]),
        r"has no activation=\['relu', 'tanh'\]",
    ),
    "learned activation": (regressor(activation="prelu"), "has no activation='prelu'"),
    "pieces": (classifier(LABELS, activation="maxout"), "has no activation='maxout'"),
    "hinge": (
        classifier(LABELS, loss="hinge"),
        "no probabilities: loss='hinge' has the output activation 'identity'.*'softmax'",
    ),
    "squared hinge": (
        classifier(LABELS == 1, loss="squared_hinge"),
        "no probabilities: loss='squared_hinge'.*'logistic'",
    ),
    "probabilities": (
        classifier(SOFT, loss="categorical_crossentropy"),
        "rows of probabilities and predicts one-hot rows",
    ),
    "output": (
        regressor(np.exp(Y_REG), output_activation="softplus"),
        "no output activation 'softplus'.*output_activation='softplus'",
    ),
}
if not HAS_EXP:
    UNLIKE["poisson"] = (
        regressor(np.exp(Y_REG), loss="poisson"),
        "no output activation 'exp'.*loss='poisson'",
    )


@pytest.mark.parametrize(("problem", "message"), UNLIKE.values(), ids=UNLIKE)
def test_models_unlike_scikit_learns(problem, message):
    Estimator, parameters, data, y = problem
    estimator = build(Estimator, **parameters).fit(data, y)
    with pytest.raises(ValueError, match=message):
        estimator.to_sklearn()


@pytest.mark.parametrize(
    "wrong",
    [
        LogisticRegression(),
        sklearn.neural_network.BernoulliRBM(),
        sklearn.neural_network.MLPClassifier,
        None,
    ],
    ids=str,
)
@kinds
def test_other_estimators_are_refused(Estimator, wrong):
    kind = f"{type(wrong).__module__}.{type(wrong).__qualname__}"
    with pytest.raises(TypeError, match=f"takes a {Estimator.__name__} .*, got .* {kind}"):
        Estimator.from_sklearn(wrong)


@kinds
def test_the_other_kind_and_our_own_are_refused(Estimator):
    (other,) = set(THEIRS) - {Estimator}
    for wrong in (THEIRS[other](), Estimator()):
        with pytest.raises(
            TypeError, match=rf"{type(wrong).__module__}\.{type(wrong).__name__}"
        ):
            Estimator.from_sklearn(wrong)


def test_an_output_that_the_loss_does_not_allow():
    theirs = build(MLPClassifier).to_sklearn().fit(X, LABELS)
    theirs.out_activation_ = "identity"
    with pytest.raises(ValueError, match="output_activation='identity' must be 'auto'"):
        MLPClassifier.from_sklearn(theirs)


# --- subclasses ----------------------------------------------------------------------------


def test_subclasses_of_ours():
    theirs = THEIRS[MLPClassifier]((4,), solver="sgd", max_iter=3, alpha=0.5)
    for estimator in (theirs, clone(theirs).fit(X, LABELS)):
        ours = Small.from_sklearn(estimator)
        assert type(ours) is Small
        assert ours.alpha == 0.5
    assert_same_predictions(ours, estimator, X)
    with pytest.raises(ValueError, match=r"Small has no activation='tanh', max_iter=9\."):
        Small.from_sklearn(theirs.set_params(activation="tanh", max_iter=9))
    with pytest.raises(ValueError, match=r"Small has no optimizer='adam'\."):
        Small.from_sklearn(THEIRS[MLPClassifier]((4,), max_iter=3))


@pytest.mark.parametrize("fit", [False, True])
def test_what_a_subclass_has_fixed_is_converted(fit):
    ours = Small(alpha=0.5).fit(X, LABELS) if fit else Small(alpha=0.5)
    expected = THEIRS[MLPClassifier]((4,), solver="sgd", max_iter=3, alpha=0.5)
    assert ours.to_sklearn().get_params() == expected.get_params()


class Fixed(MLPClassifier):
    def __init__(self, alpha=1e-4, dtype="float32"):
        super().__init__(alpha=alpha, dtype=dtype, initializer="he_normal")


def test_what_a_subclass_has_fixed_or_changed_is_refused():
    with pytest.raises(
        ValueError, match=r"has no (dtype|initializer)=.*, (dtype|initializer)="
    ):
        Fixed().to_sklearn()


def test_parameters_of_a_subclass():
    assert type(Wild().to_sklearn()) is THEIRS[MLPClassifier]
    with pytest.raises(ValueError, match="has no colour='blue'"):
        Wild(colour="blue").to_sklearn()
    model = Wild(colour="blue").fit(X, LABELS)  # a fitted one is its weights
    assert_same_predictions(model, model.to_sklearn(), X)


def test_subclasses_of_scikit_learns():
    class Theirs(sklearn.neural_network.MLPRegressor):
        pass

    theirs = Theirs(max_iter=3).fit(X_REG, Y_REG)
    assert_same_predictions(MLPRegressor.from_sklearn(theirs), theirs, X_REG)


# --- ONNX ----------------------------------------------------------------------------------

EXPORTED = {
    "multi-class": (MLPClassifier, X, LABELS),
    "names": (MLPClassifier, X, NAMES),
    "binary": (MLPClassifier, X_CANCER, Y_CANCER),
    "multi-label": (MLPClassifier, X, INDICATORS),
    "one output": (MLPRegressor, X_REG, Y_REG),
    "several outputs": (MLPRegressor, X_REG, np.stack([Y_REG, -2 * Y_REG], axis=1)),
}


@pytest.mark.parametrize("problem", EXPORTED)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_onnx(problem, activation):
    skl2onnx = pytest.importorskip("skl2onnx")
    onnxruntime = pytest.importorskip("onnxruntime")
    Estimator, data, y = EXPORTED[problem]
    data = data.astype(np.float32)
    model = build(Estimator, activation=activation, max_iter=30).fit(data, y)
    options = {"zipmap": False} if Estimator is MLPClassifier else None
    exported = skl2onnx.to_onnx(model.to_sklearn(), data[:1], options=options)
    session = onnxruntime.InferenceSession(
        exported.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    results = session.run(None, {session.get_inputs()[0].name: data})
    if Estimator is MLPRegressor:
        expected = model.predict(data)
        # skl2onnx has one column for several outputs as well
        np.testing.assert_allclose(results[0].reshape(expected.shape), expected, atol=1e-5)
    else:
        np.testing.assert_array_equal(results[0], model.predict(data))
        np.testing.assert_allclose(results[1], model.predict_proba(data), atol=1e-5)
