"""Docstrings of all that is public: numpydoc's checks, and those that it lacks."""

import ast
import builtins
import importlib
import inspect
import pydoc
import re

import pytest
import sklearn.exceptions
from samples import NAMES, Y_REG, X

import skmlp
from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp._component import Component

docscrape = pytest.importorskip("numpydoc.docscrape")
validate = pytest.importorskip("numpydoc.validate")

ESTIMATORS = [MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor]
FAMILIES = ["activations", "initializers", "losses", "optimizers", "schedules"]
MODULES = [
    importlib.import_module(f"skmlp.{name}") for name in (*FAMILIES, "convert", "display")
]

# Numpydoc's checks that are left out, and why.
IGNORED = {
    "GL01": "the summary follows the quotes, as in PEP 257; before 1.11 numpydoc refused it",
    "RT02": "what is returned has a name, as in scikit-learn",
}
IGNORED_FOR_FUNCTIONS = {
    "ES01": "what a function does is often said in a line",
    "SA01": "the class has the references",
    "EX01": "the class has the examples",
}


def full_name(thing):
    return f"{thing.__module__}.{thing.__qualname__}"


def is_public(name, thing):
    named = not name.startswith("_") or name == "__call__"
    kind = inspect.isclass(thing) or inspect.isroutine(thing)
    return named and kind and thing.__module__.startswith("skmlp.")


def find_public():
    """Classes, functions and methods, each by the name of the place where it is defined."""
    found = {full_name(thing): thing for thing in (*ESTIMATORS, skmlp.show_versions)}
    for module in MODULES:
        found |= {
            full_name(thing): thing
            for name, thing in vars(module).items()
            if is_public(name, thing) and thing.__module__ == module.__name__
        }
    for cls in list(filter(inspect.isclass, found.values())):
        members = inspect.getmembers(cls, inspect.isroutine)
        found |= {full_name(thing): thing for name, thing in members if is_public(name, thing)}
    return found


PUBLIC = find_public()
CLASSES = {name: thing for name, thing in PUBLIC.items() if inspect.isclass(thing)}
# A method without a docstring does what that of the base class says.
DOCUMENTED = {
    name: thing
    for name, thing in PUBLIC.items()
    if thing.__doc__ or thing.__name__ == thing.__qualname__
}

documented = pytest.mark.parametrize("name", sorted(DOCUMENTED))
classes = pytest.mark.parametrize("name", sorted(CLASSES))
estimators = pytest.mark.parametrize("Estimator", ESTIMATORS)


def parsed(thing):
    return docscrape.NumpyDocString(inspect.getdoc(thing))


def names_of(section):
    """The names that a section describes, of which a line may have several."""
    return {name for entry in section for name in entry.name.split(", ")}


def test_public_is_what_it_should_be():
    assert {
        "skmlp._base.BaseMLP.fit",
        "skmlp._configuration.Configured.set_params",
        "skmlp._versions.show_versions",
        "skmlp.activations.Activation.__call__",
        "skmlp.display.TrainingCurveDisplay.from_estimator",
        "skmlp.estimators.MLPRegressor.partial_fit",
        "skmlp.schedules.Progress",
    } <= DOCUMENTED.keys()


@pytest.mark.parametrize(
    "module", [skmlp, *MODULES, skmlp.estimators, skmlp.tabular], ids=lambda m: m.__name__
)
def test_modules_have_a_summary(module):
    summary, *rest = module.__doc__.splitlines()
    assert summary[0].isupper()
    assert summary.endswith(".")
    assert rest == [] or rest[0] == ""


@documented
def test_numpydoc_has_no_complaints(name):
    ignored = IGNORED if name in CLASSES else IGNORED | IGNORED_FOR_FUNCTIONS
    errors = validate.validate(name)["errors"]
    assert [error for error in errors if error[0] not in ignored] == []


@documented
def test_defaults_are_those_of_the_signature(name):
    found = {}
    for entry in parsed(DOCUMENTED[name])["Parameters"]:
        if default := re.search("default=(.*)$", entry.type):
            found[entry.name] = ast.literal_eval(default[1])
    parameters = inspect.signature(DOCUMENTED[name]).parameters.values()
    assert found == {p.name: p.default for p in parameters if p.default is not p.empty}


@documented
def test_all_that_is_listed_is_described(name):
    """Numpydoc passes over parameters whose type has braces, and over these sections."""
    doc = parsed(DOCUMENTED[name])
    for section in ("Parameters", "Attributes", "Returns", "Raises", "Warns"):
        for entry in doc[section]:
            text = " ".join(entry.desc)
            assert text.endswith("."), (section, entry)
            assert text[0].isupper() or not text[0].isalpha(), (section, entry)


@documented
def test_names_in_the_sections_exist(name):
    doc = parsed(DOCUMENTED[name])
    for entry in (*doc["Raises"], *doc["Warns"]):
        error = getattr(builtins, entry.type, None) or getattr(sklearn.exceptions, entry.type)
        assert issubclass(error, Exception)
    parts = name.split(".")
    places = ["", *(".".join(parts[:i]) + "." for i in range(1, len(parts)))]
    for references, _ in doc["See Also"]:
        for reference, _ in references:
            assert any(pydoc.locate(place + reference) for place in places), reference


@classes
def test_methods_without_a_docstring_have_the_signature_of_the_base(name):
    mro = CLASSES[name].__mro__
    for method, thing in inspect.getmembers(CLASSES[name], inspect.isroutine):
        if is_public(method, thing) and not thing.__doc__:
            own, base, *_ = (vars(cls)[method] for cls in mro if method in vars(cls))
            assert arguments(own) == arguments(base), method


def arguments(method):
    """Without their types, and that of the result, which may be a narrower one."""
    parameters = inspect.signature(method).parameters.values()
    return [(parameter.name, parameter.kind, parameter.default) for parameter in parameters]


@pytest.mark.parametrize(
    "name", sorted(name for name, cls in CLASSES.items() if issubclass(cls, Component))
)
def test_attributes_of_components_are_described(name):
    cls, described = CLASSES[name], set()
    for base in cls.__mro__[: cls.__mro__.index(Component) + 1]:
        doc = parsed(base)
        described |= names_of(doc["Attributes"]) | names_of(doc["Parameters"])
    own = vars(cls) | inspect.get_annotations(cls)
    attributes = {n for n, v in own.items() if n[0] != "_" and not inspect.isroutine(v)}
    assert attributes <= described


MLP = {"hidden_layer_sizes": (4,), "max_iter": 3, "random_state": 0}
TABULAR = {**MLP, "n_networks": 2}
MORE = [{}, {"early_stopping": True}, {"solver": "lbfgs"}, {"activation": "prelu"}]
FITS = {
    MLPClassifier: [{**MLP, **more} for more in MORE],
    MLPRegressor: [{**MLP, **more} for more in MORE],
    TabularMLPClassifier: [TABULAR],
    TabularMLPRegressor: [TABULAR],
}


def ending_with_underscore(thing):
    return {name for name in dir(thing) if re.fullmatch(r"[^_]\w*_", name)}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@estimators
def test_fitted_attributes_are_described(Estimator):
    frame = pytest.importorskip("pandas").DataFrame(X, columns=list("abcd"))
    y = NAMES if hasattr(Estimator, "predict_proba") else Y_REG
    there = set()
    for parameters in FITS[Estimator]:
        model = Estimator(**parameters).fit(frame, y)
        there |= {name for name in ending_with_underscore(model) if hasattr(model, name)}
    assert there == names_of(parsed(Estimator)["Attributes"])
    assert not any(hasattr(Estimator(), name) for name in there)


def test_attributes_of_a_display_are_described():
    pytest.importorskip("matplotlib")
    Display = skmlp.display.TrainingCurveDisplay
    there = ending_with_underscore(Display(loss=[2.0, 1.0]).plot())
    assert there == names_of(parsed(Display)["Attributes"])


# The methods that take the user's data.
TAKING_DATA = re.compile(r".*\.((partial_)?fit|predict\w*|decision_function|score)")


@pytest.mark.parametrize("name", sorted(filter(TAKING_DATA.fullmatch, DOCUMENTED)))
def test_what_is_raised_and_warned_of_is_described(name):
    doc = parsed(DOCUMENTED[name])
    assert doc["Raises"]
    assert doc["Warns"]
