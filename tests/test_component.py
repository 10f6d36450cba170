"""What all components share: round trips, and names that stand for objects."""

import pickle
import sys

import numpy as np
import pytest
from sklearn.base import clone

from skmlp import MLPClassifier, MLPRegressor
from skmlp._component import Component, resolve
from skmlp.activations import (
    ACTIVATIONS,
    CELU,
    ELU,
    OUTPUT_ACTIVATIONS,
    LeakyReLU,
    Maxout,
    PReLU,
)
from skmlp.initializers import INITIALIZERS, Given, Orthogonal
from skmlp.losses import (
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    CategoricalCrossentropy,
    Focal,
    Huber,
    LogLoss,
    PseudoHuber,
    Quantile,
)
from skmlp.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    AdamW,
    Lion,
    Optimizer,
    RMSprop,
)
from skmlp.schedules import (
    SCHEDULES,
    Constant,
    CosineDecay,
    ExponentialDecay,
    InvScaling,
    OneCycle,
    Plateau,
    StepDecay,
)

FAMILIES = [
    ACTIVATIONS,
    OUTPUT_ACTIVATIONS,
    INITIALIZERS,
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    OPTIMIZERS,
    SCHEDULES,
]
CLASSES = sorted({cls for family in FAMILIES for cls in family.values()}, key=str)
CHANGED = [SGD(momentum=0.5), Adam(epsilon=0.1), InvScaling(power_t=1)]
components = pytest.mark.parametrize("component", [c() for c in CLASSES] + CHANGED, ids=str)


@components
@pytest.mark.parametrize(
    "copied",
    [
        clone,
        lambda c: pickle.loads(pickle.dumps(c)),
        lambda c: eval(repr(c), {cls.__name__: cls for cls in CLASSES}),
        lambda c: type(c)().set_params(**c.get_params()),
    ],
    ids=["clone", "pickle", "repr", "set_params"],
)
def test_round_trips(component, copied):
    copy = copied(component)
    assert copy is not component
    assert type(copy) is type(component)
    assert copy.get_params() == component.get_params()


@components
def test_components_hold_parameters_and_nothing_else(component):
    assert vars(component) == component.get_params()
    assert isinstance(component, Component)


@pytest.mark.parametrize("cls", CLASSES, ids=str)
def test_constraints_and_flat_parameters_are_parameters(cls):
    names = set(cls().get_params())
    assert set(cls._parameter_constraints) == names
    assert set(cls.flat_parameters) <= names & set(MLPClassifier().get_params())


def test_a_name_is_fed_by_the_flat_parameters():
    model = MLPClassifier(optimizer="sgd", momentum=0.3, nesterovs_momentum=False)
    optimizer = resolve(model, "optimizer", "sgd", Optimizer, OPTIMIZERS)
    assert optimizer.get_params() == {"momentum": 0.3, "nesterovs_momentum": False}


def test_an_object_carries_its_own():
    sgd = SGD(momentum=0.3)
    assert resolve(MLPClassifier(), "optimizer", sgd, Optimizer, OPTIMIZERS) is sgd


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (
            "nope",
            ValueError,
            r"'optimizer' .* MLPRegressor .* 'sgd'.*\. Got 'nope' instead\.$",
        ),
        ("adm", ValueError, r"Got 'adm' instead\. Did you mean 'adam'\?$"),
        (SGD(momentum=2), ValueError, "'momentum' parameter of SGD"),
        (InvScaling(), TypeError, r"'optimizer' .* class Optimizer. Got InvScaling\(\)"),
    ],
)
def test_errors_name_the_parameter(value, error, message):
    with pytest.raises(error, match=message):
        resolve(MLPRegressor(), "optimizer", value, Optimizer, OPTIMIZERS)


@pytest.mark.parametrize("name", ["activation", "output_activation", "loss", "optimizer"])
def test_a_wrong_name_is_reported_by_fit_with_the_nearest(name):
    right = {"activation": "leaky_relu", "output_activation": "softplus", "loss": "huber"}
    right = right.get(name, "adamax")
    model = MLPRegressor(**{name: right.replace("u", "")[:-1]})
    with pytest.raises(ValueError, match=f"'{name}' .* Did you mean '{right}'"):
        model.fit([[0.0], [1.0]], [0.0, 1.0])


TINY, SMALL, LARGE = 5e-324, sys.float_info.epsilon, sys.float_info.max

# The values at the ends that a hyperparameter may have, and those that it may not.
CLOSED = [0, 1], [-TINY, 1 + SMALL]
HALF_OPEN = [0, 1 - SMALL], [-TINY, 1]
OPEN = [TINY, 1 - SMALL], [0, 1]
POSITIVE_SHARE = [TINY, 1], [0, 1 + SMALL]
POSITIVE = [TINY, LARGE], [0, np.inf]
NOT_NEGATIVE = [0, LARGE], [-TINY, np.inf]
COUNT = [1, 10**9], [0, 1.5, np.inf]
ENDS = {
    "negative_slope": CLOSED,
    "initial_slope": ([-LARGE, LARGE], [-np.inf, np.inf]),
    "alpha": POSITIVE,
    "pieces": ([2, 10**9], [1, 2.5, np.inf]),
    "delta": POSITIVE,
    "quantile": OPEN,
    "label_smoothing": HALF_OPEN,
    "gamma": NOT_NEGATIVE,
    "momentum": CLOSED,
    "beta_1": HALF_OPEN,
    "beta_2": HALF_OPEN,
    "epsilon": POSITIVE,
    "weight_decay": NOT_NEGATIVE,
    "momentum_decay": NOT_NEGATIVE,
    "rho": HALF_OPEN,
    "initial_accumulator": NOT_NEGATIVE,
    "warmup": CLOSED,
    "power_t": NOT_NEGATIVE,
    "min_rate": NOT_NEGATIVE,
    "decay": POSITIVE_SHARE,
    "every": COUNT,
    "final": CLOSED,
    "cycles": ([1, 1000], [0, 1.5, 1001]),
    "rise": CLOSED,
    "start": CLOSED,
    "gain": POSITIVE,
    "Plateau.factor": OPEN,
    "StepDecay.factor": POSITIVE_SHARE,
}
NUMBERS = [
    (cls, name, ENDS.get(name) or ENDS[f"{cls.__name__}.{name}"])
    for cls in CLASSES
    for name, value in cls().get_params().items()
    if type(value) in (int, float)
]


@pytest.mark.parametrize(("cls", "name", "ends"), NUMBERS)
def test_ends_of_the_range_of_every_hyperparameter(cls, name, ends):
    inside, outside = ends
    for value in inside:
        component = cls(**{name: value})
        assert resolve(MLPRegressor(), "x", component, Component, {}) is component
    for value in (*outside, np.nan, None, "1", [1], 1j):
        with pytest.raises(ValueError, match=f"'{name}' parameter of {cls.__name__} must be"):
            resolve(MLPRegressor(), "x", cls(**{name: value}), Component, {})


OUT_OF_RANGE = [
    ("activation", LeakyReLU(negative_slope=-0.1)),
    ("activation", PReLU(initial_slope=np.nan)),
    ("activation", ELU(alpha=0.0)),
    ("activation", CELU(alpha=0.0)),
    ("activation", Maxout(pieces=1)),
    ("loss", Huber(delta=0)),
    ("loss", PseudoHuber(delta=0)),
    ("loss", Quantile(quantile=0)),
    ("loss", Quantile(quantile=1)),
    ("loss", LogLoss(label_smoothing=1)),
    ("loss", LogLoss(label_smoothing=-0.1)),
    ("loss", CategoricalCrossentropy(label_smoothing=1)),
    ("loss", Focal(gamma=-1)),
    ("optimizer", SGD(momentum=2)),
    ("optimizer", Adam(beta_1=1.0)),
    ("optimizer", AdamW(weight_decay=-0.1)),
    ("optimizer", RMSprop(rho=1.0)),
    ("optimizer", Adagrad(epsilon=0)),
    ("optimizer", Adadelta(rho=-0.1)),
    ("optimizer", Lion(beta_2=1.0)),
    ("learning_rate", Constant(warmup=1.1)),
    ("learning_rate", InvScaling(power_t=-1)),
    ("learning_rate", Plateau(factor=1.0)),
    ("learning_rate", Plateau(min_rate=-1)),
    ("learning_rate", ExponentialDecay(decay=0.0)),
    ("learning_rate", StepDecay(factor=2)),
    ("learning_rate", StepDecay(every=0)),
    ("learning_rate", StepDecay(every=1.5)),
    ("learning_rate", CosineDecay(final=-0.1)),
    ("learning_rate", CosineDecay(warmup=-0.1)),
    ("learning_rate", OneCycle(rise=2)),
    ("learning_rate", OneCycle(start=2)),
    ("learning_rate", OneCycle(final=-1)),
    ("initializer", Orthogonal(gain=0)),
    ("initializer", Orthogonal(gain=-1)),
    ("initializer", Given(coefs=np.eye(2), intercepts=[])),
]


@pytest.mark.parametrize(("parameter", "component"), OUT_OF_RANGE, ids=repr)
def test_hyperparameters_out_of_range(parameter, component):
    labels = "binary" in getattr(component, "tasks", ())
    model = (MLPClassifier if labels else MLPRegressor)(**{parameter: component})
    with pytest.raises(ValueError, match=f"parameter of {type(component).__name__} must be"):
        model.fit([[0.0], [1.0]], [0, 1])
