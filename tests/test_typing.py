"""The types of the public API: all are there, and what mypy makes of them.

mypy checks this file too (`.ci/run`): `assert_type` compares types, and a comment
``type: ignore`` where nothing is wrong is an error.
"""

import inspect
from importlib import resources
from typing import Any, assert_type, get_type_hints

import numpy as np
import pytest
from numpy.typing import NDArray
from samples import LABELS, X_REG, Y_REG, X
from scipy import sparse

import skmlp
from skmlp import (
    MLPClassifier,
    MLPRegressor,
    TabularMLPClassifier,
    TabularMLPRegressor,
    activations,
    display,
    initializers,
    losses,
    optimizers,
    schedules,
)

Array = NDArray[Any]
FAMILIES = [activations, initializers, losses, optimizers, schedules, display]
CLASSES = [MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor]
CLASSES += [
    cls
    for module in FAMILIES
    for cls in vars(module).values()
    if inspect.isclass(cls) and cls.__module__ == module.__name__
]


def functions(cls):
    """The public methods and properties that skmlp defines, and the constructor."""
    for name in dir(cls):
        if name.startswith("_") and name not in ("__init__", "__call__"):
            continue
        value = inspect.getattr_static(cls, name)
        value = value.fget if isinstance(value, property) else getattr(cls, name)
        function = inspect.unwrap(getattr(value, "__func__", value))  # of a class method
        if inspect.isfunction(function) and function.__module__.startswith("skmlp"):
            yield function


PUBLIC = {f.__qualname__: f for cls in CLASSES for f in functions(cls)}
PUBLIC["show_versions"] = skmlp.show_versions


@pytest.mark.parametrize("name", PUBLIC)
def test_every_argument_and_result_has_a_type(name):
    signature = inspect.signature(PUBLIC[name])
    parameters = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    assert [p.name for p in parameters if p.annotation is p.empty] == []
    assert signature.return_annotation is not signature.empty


@pytest.mark.parametrize(
    "name", [name for name, f in PUBLIC.items() if f.__module__ != display.__name__]
)
def test_types_are_names_that_exist(name):
    # but those of matplotlib, which is imported where something is drawn
    assert "return" in get_type_hints(PUBLIC[name])


def test_the_package_says_that_it_has_types():
    assert (resources.files("skmlp") / "py.typed").is_file()


# --- for mypy --------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_drop_in_estimators() -> None:
    clf = MLPClassifier(
        (5, 4),
        activation=["relu", activations.PReLU()],
        optimizer=optimizers.Adadelta(rho=0.95),
        loss="log_loss",
        learning_rate=schedules.CosineDecay(),
        class_weight={0: 2, 1: 1.5},
        dtype="float32",
        random_state=0,
        max_iter=2,
    )
    assert_type(clf.fit(X, LABELS, X_val=X.tolist(), y_val=LABELS), MLPClassifier)
    assert_type(clf.partial_fit(sparse.csr_array(X), LABELS), MLPClassifier)
    assert_type(clf.predict(X), Array)
    assert_type(clf.predict_proba(X), Array)
    assert_type(clf.score(X, LABELS), float)
    assert_type(clf.set_params(alpha=0.1), MLPClassifier)
    assert_type(clf.layer_sizes_, Array)
    assert_type(clf.n_parameters_, int)
    regressor = MLPRegressor(losses.Huber(delta=2), hidden_layer_sizes=5, max_iter=2)
    assert_type(regressor.fit(X_REG, Y_REG), MLPRegressor)
    assert_type(MLPRegressor.from_sklearn(MLPRegressor().to_sklearn()), MLPRegressor)


def test_tabular_estimators() -> None:
    clf = TabularMLPClassifier((8,), n_networks=1, max_iter=2, embedding=None)
    assert_type(clf.fit(X, LABELS), TabularMLPClassifier)
    assert_type(clf.predict_proba(X), Array)
    regressor = TabularMLPRegressor([8], n_networks=1, max_iter=2)
    assert_type(regressor.fit(X_REG, Y_REG).loss_, float)


def test_components() -> None:
    column = np.ones((1, 1))
    assert_type(activations.ReLU()([-1.0, 2.0]), Array)
    assert_type(losses.SquaredError().value(column, column), Array)
    assert_type(optimizers.SGD().init(column), dict[str, Array])
    assert_type(losses.LogLoss().for_task("binary"), losses.Loss)
    assert_type(initializers.Given([np.eye(2)], [[3.0, 4.0]]).get_params(), Any)


def test_a_class_of_the_user() -> None:
    class Cube(activations.Activation):
        keeps_input = True

        def forward(self, z: Array, a: Array, scratch: Any) -> None:
            np.power(z, 3, out=a)

        def backward(self, z: Array, a: Array, delta: Array, scratch: Any) -> None:
            delta *= 3 * z**2

    assert MLPRegressor(activation=Cube()).activation([2.0]) == 8


def test_mistakes_that_mypy_finds() -> None:
    MLPClassifier(alpha="much")  # type: ignore[arg-type]
    MLPClassifier(dtype="float16")  # type: ignore[arg-type]
    TabularMLPRegressor(embedding="waves")  # type: ignore[arg-type]
    optimizers.Adam(beta_1="0.9")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MLPClassifier(hidden_units=5)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        MLPClassifier().fit(X)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        MLPClassifier().predict_proba()  # type: ignore[call-arg]
