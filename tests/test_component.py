"""What all components share: round trips, and names that stand for objects."""

import pickle

import pytest
from sklearn.base import clone

from skmlp import MLPClassifier, MLPRegressor
from skmlp._component import Component, resolve
from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from skmlp.initializers import INITIALIZERS
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES
from skmlp.optimizers import OPTIMIZERS, SGD, Adam, Optimizer
from skmlp.schedules import SCHEDULES, InvScaling

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
