"""Bad values of parameters: an error that names the parameter, or a defined result.

What the tests of single parameters have (`grep -n BAD tests/*.py`) is not repeated here.
"""

import copy
import warnings
from fractions import Fraction

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp.activations import (
    CELU,
    ELU,
    Activation,
    Exponential,
    LeakyReLU,
    Maxout,
    PReLU,
    Softmax,
    Tanh,
)
from skmlp.initializers import Auto, Given, Initializer, Orthogonal
from skmlp.losses import (
    CategoricalCrossentropy,
    Focal,
    Huber,
    LogLoss,
    Loss,
    PseudoHuber,
    Quantile,
    SoftmaxLogLoss,
    SquaredError,
    WithOutput,
)
from skmlp.optimizers import (
    LBFGS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    FirstOrder,
    Lion,
    NAdam,
    RAdam,
    RMSprop,
)
from skmlp.schedules import (
    Adaptive,
    Constant,
    CosineDecay,
    CosineLog,
    ExponentialDecay,
    InvScaling,
    OneCycle,
    Plateau,
    Schedule,
    StepDecay,
)

MLPS = (MLPClassifier, MLPRegressor)
TABULAR = (TabularMLPClassifier, TabularMLPRegressor)
ALL = MLPS + TABULAR
CLASSIFIERS = (MLPClassifier, TabularMLPClassifier)

X = np.random.RandomState(0).normal(size=(24, 3))
LABELS = np.array(["a", "b"])[(X[:, 0] > 0).astype(int)]
Y = {E: LABELS if E in CLASSIFIERS else X[:, 0] + 3 for E in ALL}
FEW = {"hidden_layer_sizes": (4,), "max_iter": 2, "random_state": 0}


def make(Estimator, **parameters):
    few = {**FEW, "n_networks": 2} if Estimator in TABULAR else FEW
    return Estimator(**{**few, **parameters})


def fitted(Estimator, **parameters):
    """Fitted in two epochs, which is seldom to convergence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return make(Estimator, **parameters).fit(X, Y[Estimator])


@pytest.fixture(scope="module")
def good():
    return {Estimator: fitted(Estimator) for Estimator in ALL}


def attributes(model):
    """No object that an attribute holds is ever changed, so that identity tells all."""
    return {name: id(value) for name, value in vars(model).items()}


def assert_refused(model, message):
    """`fit` says so, and leaves the estimator as it was."""
    before = attributes(model)
    with pytest.raises((TypeError, ValueError), match=message):
        model.fit(X, Y[type(model)])
    assert attributes(model) == before


def having(names):
    """Pairs of the estimators and those of the parameters that they have."""
    pairs = [(E, name) for E in ALL for name in names if name in E().get_params()]
    return pytest.mark.parametrize(("Estimator", "name"), pairs)


def cases(table):
    """A case for each estimator that has the parameters."""
    return [
        pytest.param(E, parameters, message, id=f"{i} {E.__name__} {[*parameters]}")
        for i, (estimators, parameters, message) in enumerate(table)
        for E in estimators
    ]


# --- one parameter at a time ---------------------------------------------------------------

NUMBERS = {  # what each may not be
    "learning_rate_init": [0, -1e-300, 1 + 1j, "0.001", 10**400],
    "alpha": [-1, Fraction(1, 2), b"1", [1e-4], 10**400],
    "power_t": [-0.5, Fraction(1, 2), {}, np.array([0.5])],
    "tol": [-1e-9, None, (), 10**400, Fraction(1, 3)],
    "momentum": [1.1, -0.1, "0.9", np.array(0.9)],
    "beta_1": [1, -0.1, None, Fraction(1, 2)],
    "beta_2": [1.0, -1e-9, [], 2**70],
    "epsilon": [0, -1e-8, "tiny", 10**400],
    "validation_fraction": [1, 0, -0.1, "0.1", Fraction(1, 10)],
    "dropout": [1, 1.5, -0.1, "0.5", 0.5j, Fraction(1, 2)],
    "weight_decay": [-1, 10**400, None, "0.02"],
    "label_smoothing": [1, -0.1, None, [0.1]],
    "max_iter": [0, -1, 2.0, 1e300, "2", 10**400, 2**63, None],
    "batch_size": [0, -1, 2.0, np.float64(2), None, 2**63, "all"],
    "n_iter_no_change": [-1, 2.0, 1e300, "inf", 2**63],
    "max_fun": [0, 2.5, None, 2**63],
    "n_init": [-1, 2.0, None, "2", 2**63],
    "n_networks": [-1, None, "2", 2**63],
    "clip_norm": [1j, b"1", 10**400, Fraction(1, 2)],
    "random_state": [-1, 1.0, 2**32, "0", [1], np.random, np.random.RandomState],
    "verbose": [-1, 1.5, None, ""],
}
NEVER = [np.nan, -np.inf, object(), SGD, np.datetime64("2020")]


@having(NUMBERS)
def test_numbers(Estimator, name):
    for value in [*NUMBERS[name], *NEVER]:
        message = f"'{name}' parameter of {Estimator.__name__} must be"
        assert_refused(make(Estimator, **{name: value}), message)


FLAGS = ["shuffle", "warm_start", "nesterovs_momentum", "early_stopping", "standardize"]
FLAGS += ["restore_best"]


@having(FLAGS)
def test_flags(Estimator, name):
    for value in (0, 1, "True", None, [], np.array(True), np.nan, bool):
        message = f"'{name}' parameter of {Estimator.__name__} must be"
        assert_refused(make(Estimator, **{name: value}), message)


NAMED = {
    "activation": [None, 1, Tanh, np.tanh, {"relu"}, np.array(["relu"]), b"relu", SGD()],
    "output_activation": [None, 1, ["relu"], Tanh, Softmax(), b"auto"],
    "optimizer": [None, 1, ["adam"], Adam, Tanh(), b"adam"],
    "solver": [1, ["adam"], Adam, Tanh(), b"adam"],
    "loss": [None, 1, ["log_loss"], SquaredError, Tanh(), np.square],
    "learning_rate": [None, 0.1, ["constant"], Constant, SGD()],
    "initializer": [None, 0, ["auto"], Auto, np.zeros(3), np.random.RandomState(0)],
    "scoring": [1, b"r2", ("r2",), {"r2": "r2"}, np.nan],
    "dtype": [np.float32, np.dtype("float32"), float, "f4", "float16", "longdouble", 32],
    "embedding": [True, 0, "", ["auto"], "Auto"],
    "categorical_features": [0, "", True, slice(0, 1), SGD],
    "class_weight": ["", b"balanced", "Balanced", 1, {1}, lambda y: 1],
}


@having(NAMED)
def test_names_and_objects(Estimator, name):
    for value in NAMED[name]:
        message = f"'{name}' parameter of {Estimator.__name__} must be"
        assert_refused(make(Estimator, **{name: value}), message)


# --- single values, and values that contradict each other ----------------------------------


def failing(error):
    def scoring(estimator, X, y):
        raise error

    return scoring


LAST = Given([np.ones((3, 1))], [np.ones(1)])
BAD = [
    # layers
    (ALL, {"hidden_layer_sizes": True}, r"hidden_layer_sizes must be integers, got \[True\]"),
    (ALL, {"hidden_layer_sizes": [True, 5]}, r"hidden_layer_sizes .* got \[True, 5\]"),
    (ALL, {"hidden_layer_sizes": ["5"]}, r"hidden_layer_sizes must be integers, got \['5'\]"),
    (ALL, {"hidden_layer_sizes": (5, "5")}, r"hidden_layer_sizes .*, got \[5, '5'\]"),
    (ALL, {"hidden_layer_sizes": (5, (4,))}, r"hidden_layer_sizes .*, got \[5, \(4,\)\]"),
    (ALL, {"hidden_layer_sizes": [[5], [4, 3]]}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": np.array([5.0])}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": [np.nan]}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": [None]}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": [5j]}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": {5: 1}}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": [Fraction(5)]}, "hidden_layer_sizes must be integers"),
    (ALL, {"hidden_layer_sizes": (-5,)}, r"hidden_layer_sizes must be > 0, got \[-5\]"),
    (ALL, {"hidden_layer_sizes": iter([5])}, "'hidden_layer_sizes' parameter of"),
    (ALL, {"hidden_layer_sizes": 5.0}, "'hidden_layer_sizes' parameter of"),
    (ALL, {"hidden_layer_sizes": None}, "'hidden_layer_sizes' parameter of"),
    # more than there is memory for
    (ALL, {"hidden_layer_sizes": 10**15}, "hidden_layer_sizes .* there is no memory"),
    (ALL, {"hidden_layer_sizes": [10**8, 10**8]}, "hidden_layer_sizes .* is no memory"),
    (ALL, {"hidden_layer_sizes": 2**62}, "hidden_layer_sizes .* there is no memory"),
    (ALL, {"hidden_layer_sizes": [10**400]}, "hidden_layer_sizes .* there is no memory"),
    (ALL, {"activation": Maxout(10**15)}, "activation, with layers of .* is no memory"),
    (MLPS, {"n_init": 10**15}, "n_init=10+ networks ask for .* there is no memory"),
    (MLPS, {"n_init": 2**62}, "n_init=.* there is no memory"),
    (TABULAR, {"n_networks": 10**15}, "n_networks=10+ ask for .* there is no memory"),
    # lists of activations and rates
    (ALL, {"activation": ()}, r"activation=\(\) has 0 entries for 1 hidden layers"),
    (ALL, {"activation": [None]}, r"'activation\[0\]' parameter of .* Got None"),
    (ALL, {"activation": [["relu"]]}, r"'activation\[0\]' parameter of .* Got \['relu'\]"),
    (ALL, {"activation": [Tanh]}, r"'activation\[0\]' parameter of .* Got <class"),
    (ALL, {"activation": [""]}, r"'activation\[0\]' parameter of .* Got ''"),
    (ALL, {"activation": [Maxout(1)]}, "'pieces' parameter of Maxout must be"),
    (ALL, {"activation": "ReLU"}, "'activation' parameter of .* Got 'ReLU'"),
    (ALL, {"dropout": ["0.1"]}, r"dropout=\['0.1'\] must hold rates"),
    (ALL, {"dropout": [0.1j]}, "dropout=.* must hold rates"),
    (ALL, {"dropout": [0.1, [0.2]]}, "dropout=.* must hold rates"),
    (ALL, {"dropout": [2]}, "dropout=.* must hold rates"),
    # outputs and losses
    (MLPS, {"output_activation": "softmax"}, "'output_activation' parameter"),
    (MLPS, {"output_activation": "exp"}, "'output_activation' parameter"),
    (MLPS, {"output_activation": Exponential()}, "'output_activation' parameter"),
    (MLPS, {"loss": SoftmaxLogLoss()}, r"loss=SoftmaxLogLoss\(\) is not for"),
    (MLPS, {"loss": Loss()}, r"loss=Loss\(\) is not for"),
    (MLPS[1:], {"loss": "log_loss"}, "'loss' parameter of MLPRegressor"),
    (MLPS[:1], {"loss": "poisson"}, "'loss' parameter of MLPClassifier"),
    (MLPS[:1], {"output_activation": "tanh"}, "loss='log_loss' has an output activation of"),
    (MLPS[1:], {"loss": WithOutput(SquaredError(), Tanh())}, "loss=WithOutput"),
    (MLPS[1:], {"loss": WithOutput("huber", Tanh())}, "'loss' parameter of WithOutput"),
    (
        MLPS[1:],
        {"loss": "poisson", "output_activation": "exp"},
        "'output_activation' parameter",
    ),
    (MLPS[1:], {"output_activation": "tanh", "standardize": True}, "y .* Tanh"),
    # two names of one thing
    (MLPS, {"solver": "sgd", "optimizer": SGD()}, "solver='sgd' and optimizer=SGD"),
    (MLPS, {"solver": Adam(), "optimizer": Adam()}, "solver=Adam.* and optimizer=Adam"),
    # what L-BFGS has no use for
    (MLPS, {"optimizer": LBFGS(), "dropout": np.array([0.5])}, "dropout=array.* not for"),
    (MLPS, {"solver": LBFGS(), "clip_norm": 1}, "clip_norm=1 is not for the optimizer LBFGS"),
    (MLPS, {"optimizer": "lbfgs", "dropout": []}, r"dropout=\[\] has 0 entries"),
    # given weights
    (MLPS, {"initializer": Given([], [])}, "initializer=Given.* gives weights and biases"),
    (MLPS, {"initializer": Given([["a"]], [0])}, "^initializer: .*float64"),
    (MLPS, {"initializer": Given([[1, [2]]], [0])}, "^initializer: .*inhomogeneous"),
    (MLPS, {"initializer": Given([None], [None])}, "^initializer: .*float64"),
    (
        MLPS,
        {"initializer": Given([np.ones((3, 1)) * 1j], [[0]]), "hidden_layer_sizes": ()},
        "^initializer: .*complex",
    ),
    (
        MLPS,
        {"initializer": Given([np.ones((3, 1))], [[np.inf]]), "hidden_layer_sizes": ()},
        "initializer=Given[^$]* not finite",
    ),
    (
        MLPS,
        {
            "initializer": Given([np.ones((3, 1))], [[1e300]]),
            "hidden_layer_sizes": (),
            "dtype": "float32",
        },
        "initializer has values that are too large for float32",
    ),
    (MLPS, {"initializer": LAST}, "initializer=Given[^$]* gives weights and biases"),
    # scores
    (ALL, {"scoring": "", "early_stopping": True}, "'scoring' parameter of"),
    (ALL, {"scoring": lambda: 1, "early_stopping": True}, "scoring: .* positional argument"),
    (ALL, {"scoring": object, "early_stopping": True}, "scoring: "),
    (
        ALL,
        {"scoring": lambda e, X, y: np.array(1.0), "early_stopping": True},
        r"scoring=.* must return a number, got array\(1.\)",
    ),
    (
        ALL,
        {"scoring": lambda e, X, y: 10**400, "early_stopping": True},
        "scoring=.* must return a number, got 1000",
    ),
    (
        ALL,
        {"scoring": failing(AttributeError("own")), "early_stopping": True},
        "^scoring: own",
    ),
    (MLPS[1:], {"scoring": "accuracy", "early_stopping": True}, "scoring: continuous is not"),
    (MLPS[1:], {"scoring": "roc_auc", "early_stopping": True}, "scoring: MLPRegressor has"),
    # weights of classes
    (CLASSIFIERS, {"class_weight": ["balanced"]}, "class_weight=.* must be a dictionary"),
    (CLASSIFIERS, {"class_weight": [{}]}, "class_weight=.* must be a dictionary"),
    (CLASSIFIERS, {"class_weight": {None: 1}}, r"class_weight has the classes \[None\]"),
    (CLASSIFIERS, {"class_weight": {("a",): 1}}, r"class_weight has the classes \[\('a',\)\]"),
    (CLASSIFIERS, {"class_weight": {"A": 1}}, r"class_weight has the classes \['A'\]"),
    (CLASSIFIERS, {"class_weight": {"a": np.array(2)}}, "class_weight=.* finite numbers"),
    (
        CLASSIFIERS,
        {"class_weight": {"a": 1e308, "b": 1e308}},
        "the sum inf .* with class_weight=",
    ),
    # columns
    (TABULAR, {"categorical_features": [[0, 1], [1]]}, "^categorical_features: .*inhomogen"),
    (TABULAR, {"categorical_features": [np.nan]}, "categorical_features must be .*float64"),
    (TABULAR, {"categorical_features": [None]}, "categorical_features must be .*NoneType"),
    (TABULAR, {"categorical_features": [1j]}, "categorical_features must be .*complex"),
    (TABULAR, {"categorical_features": [10**30]}, "categorical_features must be .*int"),
    (TABULAR, {"categorical_features": [3]}, "categorical_features set as integer indices"),
    (TABULAR, {"categorical_features": [0, "a"]}, "categorical_features should be passed as"),
    (TABULAR, {"categorical_features": [True] * 4}, r"categorical_features .* got: \(4,\)"),
    (TABULAR, {"categorical_features": {"a": 0}}, "categorical_features must be a list of"),
    (TABULAR, {"categorical_features": [b"a"]}, "categorical_features must be .*bytes"),
]


@pytest.mark.parametrize(("Estimator", "parameters", "message"), cases(BAD))
@pytest.mark.parametrize("again", [False, True], ids=["first", "refit"])
def test_bad_parameters(Estimator, parameters, message, again, good):
    model = copy.deepcopy(good[Estimator]) if again else make(Estimator)
    vars(model).update(parameters)  # set_params would reset the other name of an optimizer
    assert_refused(model, message)


# --- components as objects -----------------------------------------------------------------

COMPONENTS = [
    ("activation", LeakyReLU, "negative_slope", [1.1, "0.1", None]),
    ("activation", PReLU, "initial_slope", ["0.25", None, np.inf, 10**400]),
    ("activation", ELU, "alpha", [-1, None, 10**400]),
    ("activation", CELU, "alpha", [-1, "1", Fraction(1, 2)]),
    ("activation", Maxout, "pieces", [0, 2.0, 1e300, "2", 2**63]),
    ("loss", Huber, "delta", [-1, np.inf, "1", 10**400]),
    ("loss", PseudoHuber, "delta", [-1, np.inf, None, Fraction(1, 2)]),
    ("loss", Quantile, "quantile", [1.5, -0.5, "0.5", None]),
    ("loss", LogLoss, "label_smoothing", [1.5, "0.1", None]),
    ("loss", CategoricalCrossentropy, "label_smoothing", [-0.1, "0.1", [0.1]]),
    ("loss", Focal, "gamma", [np.inf, "2", 10**400]),
    ("optimizer", SGD, "momentum", [-0.1, "0.9", None]),
    ("optimizer", SGD, "nesterovs_momentum", [1, None, "yes"]),
    ("optimizer", Adam, "beta_2", [1.0, "0.9", Fraction(1, 2)]),
    ("optimizer", Adam, "epsilon", [0, -1e-8, 10**400]),
    ("optimizer", AMSGrad, "beta_1", [1.0, None]),
    ("optimizer", Adamax, "beta_2", [1.0, None]),
    ("optimizer", AdamW, "weight_decay", [-1, None, 10**400]),
    ("optimizer", NAdam, "momentum_decay", [-1, None, np.inf]),
    ("optimizer", RAdam, "epsilon", [0, None]),
    ("optimizer", RMSprop, "rho", [1.5, -0.1, None]),
    ("optimizer", RMSprop, "centered", [1, None, "no"]),
    ("optimizer", RMSprop, "momentum", [1.1, None]),
    ("optimizer", Adagrad, "initial_accumulator", [-1, None, np.inf]),
    ("optimizer", Adadelta, "epsilon", [0, -1, None]),
    ("optimizer", Lion, "weight_decay", [-1, None, "0"]),
    ("optimizer", Lion, "beta_1", [1.0, -0.1, None]),
    ("learning_rate", Constant, "warmup", [-0.1, None, "0.1"]),
    ("learning_rate", Adaptive, "warmup", [1.5, None]),
    ("learning_rate", InvScaling, "power_t", [-1, None, np.inf, 10**400]),
    ("learning_rate", Plateau, "factor", [0, -1, None, "0.1"]),
    ("learning_rate", Plateau, "min_rate", [-1e-9, np.inf, None]),
    ("learning_rate", ExponentialDecay, "decay", [1.1, -1, None]),
    ("learning_rate", StepDecay, "every", [-1, 1e300, None, 2**63]),
    ("learning_rate", StepDecay, "factor", [0, -1, None]),
    ("learning_rate", CosineDecay, "final", [1.1, None, "0"]),
    ("learning_rate", CosineLog, "cycles", [0, 1.5, 1001, 10**12, None]),
    ("learning_rate", OneCycle, "rise", [-0.1, None]),
    ("learning_rate", OneCycle, "start", [-0.1, None]),
    ("learning_rate", OneCycle, "final", [1.1, None]),
    ("initializer", Orthogonal, "gain", [np.inf, None, "1", 10**400]),
]


@pytest.mark.parametrize(
    ("parameter", "cls", "name", "values"),
    COMPONENTS,
    ids=[f"{c[1].__name__}-{c[2]}" for c in COMPONENTS],
)
def test_bad_parameters_of_components(parameter, cls, name, values):
    """Those that are given, and those that are set between two fits, named by both."""
    labels = "binary" in getattr(cls, "tasks", ())
    Estimator = MLPClassifier if labels else MLPRegressor
    for value in [*values, np.nan, object(), [0.5], np.array([0.5]), 0.5j]:
        message = f"'{name}' parameter of {cls.__name__} must be"
        assert_refused(make(Estimator, **{parameter: cls(**{name: value})}), message)
    model = fitted(Estimator, **{parameter: cls()})
    model.set_params(**{f"{parameter}__{name}": values[0]})
    assert_refused(model, f"'{name}' parameter of {cls.__name__} must be")


# --- components that break their contract --------------------------------------------------


class Starts(Activation):
    """Begins with parameters of any kind."""

    def __init__(self, start=None):
        self.start = start

    def initial_params(self):
        return self.start


STARTS = [None, "a", 0.0, [1.0], np.zeros((1, 1)), np.array([np.nan]), np.array([1j]), object]


@pytest.mark.parametrize("start", STARTS, ids=repr)
@pytest.mark.parametrize("Estimator", ALL)
def test_activations_that_begin_with_no_vector(Estimator, start):
    for activation in (Starts(start), [Starts(start)]):
        model = make(Estimator, activation=activation)
        with pytest.raises(
            ValueError, match=r"activation=Starts.* has the initial_params\(\)"
        ):
            model.fit(X, Y[Estimator])


@pytest.mark.parametrize("other", [None, "huber", np.zeros(2), SGD(), Huber], ids=repr)
def test_losses_that_are_others(other):
    class Chooses(SquaredError):
        def for_task(self, task):
            return other

    assert_refused(make(MLPRegressor, loss=Chooses()), r"loss=Chooses\(\) is .*, not a Loss")


@pytest.mark.parametrize("state", [None, "a", 0.0, np.zeros(2), [np.zeros(2)]], ids=repr)
def test_states_that_are_no_dict(state):
    class Begins(FirstOrder):
        def init(self, theta):
            return state

    message = r"optimizer=Begins\(\) must begin with a dict of arrays"
    assert_refused(make(MLPRegressor, optimizer=Begins()), message)


@pytest.mark.parametrize("kind", [complex, str, object])
def test_starting_weights_that_are_no_numbers(kind):
    class Draws(Initializer):
        def draw(self, random_state, fan_in, fan_out, activation):
            return np.ones((fan_in, fan_out)).astype(kind), np.zeros(fan_out)

    message = r"initializer=Draws\(\) gives values that are not real numbers"
    assert_refused(make(MLPRegressor, initializer=Draws()), message)


class Own(Exception):
    """Not one that anybody else raises."""


def raising(base, method, **attributes):
    def fails(self, *args, **kwargs):
        raise Own

    return type("Fails", (base,), {method: fails, **attributes})()


RAISING = [
    ("activation", raising(Tanh, "forward")),
    ("activation", raising(Tanh, "backward")),
    ("activation", raising(Tanh, "scratch")),
    ("activation", raising(Tanh, "initial_params")),
    ("output_activation", raising(LeakyReLU, "forward")),
    ("loss", raising(SquaredError, "value")),
    ("loss", raising(SquaredError, "gradient")),
    ("loss", raising(SquaredError, "for_task")),
    ("loss", raising(SquaredError, "check_targets")),
    ("optimizer", raising(SGD, "init")),
    ("optimizer", raising(SGD, "step")),
    ("optimizer", raising(LBFGS, "minimize")),
    ("learning_rate", raising(Schedule, "rate")),
    ("initializer", raising(Auto, "draw")),
]


@pytest.mark.parametrize(("parameter", "component"), RAISING)
def test_errors_of_components_come_through(parameter, component, good):
    model = copy.deepcopy(good[MLPRegressor]).set_params(**{parameter: component})
    before = attributes(model)
    with pytest.raises(Own):
        model.fit(X, Y[MLPRegressor])
    assert attributes(model) == before


# --- parameters that change between fit and predict ----------------------------------------

CHANGED = [
    (MLPS, {"activation": None}, "'activation' parameter of"),
    (MLPS, {"activation": 3}, "'activation' parameter of"),
    (MLPS, {"activation": SGD()}, "'activation' parameter of"),
    (MLPS, {"activation": "nope"}, "'activation' parameter of"),
    (MLPS, {"activation": ["tanh", "relu"]}, "activation=.* has 2 entries for 1 hidden"),
    (MLPS, {"activation": [None]}, r"'activation\[0\]' parameter of"),
    (MLPS, {"activation": Maxout(0)}, "'pieces' parameter of Maxout"),
    (MLPS, {"activation": "maxout"}, "do not make a network with activation='maxout'"),
]


@pytest.mark.parametrize(("Estimator", "parameters", "message"), cases(CHANGED))
def test_what_predict_needs_is_checked(Estimator, parameters, message, good):
    model = copy.deepcopy(good[Estimator]).set_params(**parameters)
    with pytest.raises((TypeError, ValueError), match=message):
        model.predict(X)


UNUSED = {
    "hidden_layer_sizes": None,
    "loss": "nope",
    "optimizer": None,
    "max_iter": -1,
    "dropout": 7,
    "dtype": 3,
    "random_state": "a",
    "scoring": 3,
    "class_weight": 3,
    "n_networks": 0,
    "embedding": "nope",
    "categorical_features": ["nope"],
    "label_smoothing": 3,
}


@pytest.mark.parametrize("Estimator", ALL)
def test_what_predict_does_not_need_is_not(Estimator, good):
    model = copy.deepcopy(good[Estimator])
    for name in UNUSED.keys() & model.get_params().keys():
        setattr(model, name, UNUSED[name])
    np.testing.assert_array_equal(model.predict(X), good[Estimator].predict(X))


# --- unusual values that mean something ----------------------------------------------------

BIG = {"batch_size": 5, "max_iter": 60}  # more steps than 8 bits count
SAME = [
    # what is unusual, what it is the same as
    (ALL, {"batch_size": np.uint8(5), "max_iter": np.int8(60)}, BIG),
    (ALL, {"max_iter": True}, {"max_iter": 1}),
    (ALL, {"batch_size": True}, {"batch_size": 1}),
    (MLPS, {"n_init": True}, {"n_init": 1}),
    (MLPS, {"n_init": np.uint8(3)}, {"n_init": 3}),
    (TABULAR, {"n_networks": True}, {"n_networks": 1}),
    (TABULAR, {"n_networks": np.uint8(3)}, {"n_networks": 3}),
    (ALL, {"hidden_layer_sizes": np.array(4)}, {"hidden_layer_sizes": 4}),
    (ALL, {"hidden_layer_sizes": range(3, 5)}, {"hidden_layer_sizes": [3, 4]}),
    (ALL, {"hidden_layer_sizes": np.uint8([4])}, {"hidden_layer_sizes": [4]}),
    (ALL, {"dropout": np.float16(0.5)}, {"dropout": 0.5}),
    (ALL, {"dropout": np.array([0.5], np.float16)}, {"dropout": 0.5}),
    (MLPS, {"beta_2": np.float16(0.5)}, {"beta_2": 0.5}),
    (MLPS, {"beta_2": np.float32(0.5)}, {"beta_2": 0.5}),
    (MLPS, {"optimizer": Adam(beta_2=np.float16(0.5))}, {"beta_2": 0.5}),
    (
        MLPS,
        {"optimizer": RMSprop(centered=np.True_)},
        {"optimizer": RMSprop(centered=True)},
    ),
    (MLPS, {"activation": Maxout(np.int8(40))}, {"activation": Maxout(40)}),
    (
        MLPS,
        {"learning_rate": CosineLog(np.int8(8)), "optimizer": "sgd"},
        {"learning_rate": CosineLog(8), "optimizer": "sgd"},
    ),
    (
        MLPS,
        {"learning_rate": StepDecay(every=np.int8(3)), **BIG, "max_iter": 140},
        {"learning_rate": StepDecay(every=3), **BIG, "max_iter": 140},
    ),
    (MLPS, {"alpha": np.float16(0.5)}, {"alpha": 0.5}),
    (MLPS, {"clip_norm": np.inf}, {"clip_norm": None}),
    (MLPS, {"clip_norm": 1e300, "dtype": "float32"}, {"dtype": "float32"}),
    (MLPS, {"random_state": np.uint8(0)}, {"random_state": 0}),
    (MLPS, {"n_iter_no_change": np.float32(np.inf)}, {"n_iter_no_change": np.inf}),
    (MLPS, {"dtype": np.str_("float32")}, {"dtype": "float32"}),
    (TABULAR, {"weight_decay": np.float16(0.5)}, {"weight_decay": 0.5}),
    (TABULAR, {"learning_rate_init": np.float16(0.5)}, {"learning_rate_init": 0.5}),
    (TABULAR, {"categorical_features": [0, 0]}, {"categorical_features": [0]}),
    (TABULAR, {"categorical_features": range(2)}, {"categorical_features": [0, 1]}),
    (TABULAR, {"validation_fraction": 5e-324}, {"validation_fraction": 1 / 24}),
    (CLASSIFIERS, {"class_weight": {"a": Fraction(1, 2)}}, {"class_weight": {"a": 0.5}}),
    (CLASSIFIERS, {"class_weight": {}}, {"class_weight": None}),
]


@pytest.mark.parametrize(("Estimator", "parameters", "others"), cases(SAME))
def test_the_same_by_another_type(Estimator, parameters, others):
    models = fitted(Estimator, **parameters), fitted(Estimator, **others)
    output = "predict_proba" if Estimator in CLASSIFIERS else "predict"
    first, second = (getattr(model, output)(X) for model in models)
    assert np.isfinite(first).all()
    np.testing.assert_array_equal(first, second)


SGD_BY_NAME = {"optimizer": "sgd", "learning_rate": "invscaling", "max_iter": 3}
EXTREME = [
    ({"power_t": 1e300, **SGD_BY_NAME}, [0.001, 0, 0]),
    ({"power_t": 10**12, **SGD_BY_NAME}, [0.001, 0, 0]),
    ({"learning_rate": InvScaling(power_t=1e4), "max_iter": 3}, [0.001, 0, 0]),
    ({"learning_rate": StepDecay(factor=5e-324, every=1), "max_iter": 3}, [0.001, 0, 0]),
]


@pytest.mark.parametrize(("parameters", "rates"), EXTREME)
def test_schedules_without_end(parameters, rates):
    model = fitted(MLPRegressor, **parameters)
    np.testing.assert_allclose(model.history_["learning_rate"], rates, rtol=1e-12, atol=1e-300)


def test_the_most_waves():
    model = fitted(MLPRegressor, learning_rate=CosineLog(cycles=1000), max_iter=5)
    assert (model.history_["learning_rate"] >= 0).all()
    assert np.isfinite(model.predict(X)).all()


def test_numpy_scalars_stay_in_the_component():
    adam = Adam(beta_2=np.float32(0.5))
    model = fitted(MLPRegressor, optimizer=adam)
    assert model.optimizer is adam
    assert type(adam.beta_2) is np.float32
