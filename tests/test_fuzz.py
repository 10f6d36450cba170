"""Random parameters on random data: a fit gives a sound model, or says why not.

The examples are the same in every run.  For a hunt, with so many new ones for each estimator::

    SKMLP_FUZZ=2000 python -m pytest tests/test_fuzz.py

A failure is shrunk and printed with a decorator that repeats it.
"""

import os
import pickle
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning

from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp.activations import ACTIVATIONS, Maxout, PReLU
from skmlp.initializers import INITIALIZERS
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES
from skmlp.optimizers import OPTIMIZERS
from skmlp.schedules import SCHEDULES

HUNT = int(os.environ.get("SKMLP_FUZZ", 0))
fuzz = settings(
    max_examples=HUNT or 100,
    derandomize=not HUNT,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

KNOWN_WARNINGS = (
    (ConvergenceWarning, r"Stochastic Optimizer: Maximum iterations \(\d+\) reached"),
    (ConvergenceWarning, "lbfgs failed to converge"),
    (ConvergenceWarning, r"The loss of epoch \d+ is (nan|inf)"),
    (ConvergenceWarning, r"The loss( of output \d+)? over the training samples is hardly"),
    (ConvergenceWarning, "No epoch had a finite validation score"),
    (ConvergenceWarning, "A network had no finite validation score"),
    (DataConversionWarning, "A column-vector y was passed when a 1d array was expected"),
    (UserWarning, "Got `batch_size` less than 1 or larger than sample size"),
    (UserWarning, "The validation set of early_stopping is not stratified by y"),
    (UserWarning, "Columns without any value are not used: Column "),
)
KNOWN_ERRORS = (
    "Solver produced non-finite parameter weights",
    r"early_stopping cannot split off validation_fraction=\S+ of the samples: ",
    "The validation set is too small",
    "early_stopping=True needs at least 4 samples",
    r"sample_weight(_val)?\b.* has the sum \S+ over ",
    r"((X|y|sample_weight)(_val)?|initializer) has values that are too large for float32",
    "partial_fit does not support early_stopping=True without validation data",
    "class_weight='balanced' is not for partial_fit",
    r"(y_val: )?y has values that are not positive, which loss=",
)


# --- data ----------------------------------------------------------------------------------


@dataclass
class Problem:
    """What an estimator is fitted to.

    Attributes
    ----------
    kind : {"labels", "multilabel", "soft", "regression"}
        What y is.

    unit : bool
        Whether y is in [0, 1], where it suits every loss and output activation.

    classes : None or ndarray
        What is to become of it.
    """

    X: object
    y: object
    kind: str
    unit: bool = False
    classes: object = None


def read_only(X):
    X.flags.writeable = False
    return X


def spread(X):
    """With gaps between the values in memory."""
    return np.repeat(np.repeat(X, 2, axis=0), 3, axis=1)[::2, ::3]


def frame(X):
    return pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])


def to_polars(table):
    """`polars.from_pandas` needs pyarrow for text."""
    filled = table.astype(object).where(table.notna(), None)
    return pl.DataFrame({name: filled[name].tolist() for name in filled})


ARRAYS = {
    "float64": np.asarray,
    "float32": np.float32,
    "int": lambda X: np.clip(X, -1e9, 1e9).astype(int),
    "fortran": np.asfortranarray,
    "read-only": read_only,
    "spread": spread,
    "list": np.ndarray.tolist,
    "csr": sparse.csr_matrix,
    "csc float32": lambda X: sparse.csc_array(np.float32(X)),
    "pandas": frame,
    "polars": lambda X: to_polars(frame(X)),
}

WORDS = np.array(["red", "green", "", "blue"], dtype=object)
COLUMNS = {
    "numbers": lambda rng, n: rng.normal(size=n),
    "tiny": lambda rng, n: 1e-12 * rng.normal(size=n),
    "huge": lambda rng, n: 1e12 * rng.lognormal(size=n),
    "far": lambda rng, n: 1e9 + rng.normal(size=n),
    "counts": lambda rng, n: rng.integers(0, 5, n),
    "constant": lambda rng, n: np.full(n, 7.5),
    "gaps": lambda rng, n: np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
    "booleans": lambda rng, n: rng.random(n) < 0.5,
    "text": lambda rng, n: rng.choice(WORDS, n),
    "gappy text": lambda rng, n: np.where(rng.random(n) < 0.3, None, rng.choice(WORDS, n)),
    "names": lambda rng, n: np.array([f"name {i % 15}" for i in range(n)], dtype=object),
    "empty": lambda rng, n: np.full(n, np.nan),
}
TABLES = {
    "pandas": lambda table: table,
    "nullable": lambda table: table.convert_dtypes(),
    "categories": lambda table: table.astype(
        dict.fromkeys(table.select_dtypes(exclude=["number", "bool"]), "category")
    ),
    "objects": lambda table: table.to_numpy(dtype=object),
    "polars": to_polars,
}

LABELS = {
    "integers": np.arange(5),
    "negative": np.arange(-5, 0),
    "floats": np.arange(5.0),
    "text": np.array(["b", "a", "long name", "", "c"]),
    "objects": np.array(["b", "a", "long name", "", "c"], dtype=object),
}
WEIGHTS = {
    "ones": lambda rng, n: np.ones(n),
    "counts": lambda rng, n: rng.integers(0, 3, n),
    "tiny": lambda rng, n: np.full(n, 1e-9),
    "huge": lambda rng, n: np.full(n, 1e9),
    "mixed": lambda rng, n: 10 ** rng.uniform(-9, 9, n),
}


@st.composite
def arrays(draw, rng, n_samples):
    """Features for MLPClassifier and MLPRegressor."""
    n_features = draw(st.integers(1, 4))
    exponents = st.just(0) | st.integers(-12, 12)
    scales = draw(st.lists(exponents, min_size=n_features, max_size=n_features))
    constant = draw(st.lists(st.booleans(), min_size=n_features, max_size=n_features))
    X = rng.normal(size=(n_samples, n_features))
    X[:, constant] = draw(st.sampled_from([0.0, 7.5]))
    return ARRAYS[draw(st.sampled_from(sorted(ARRAYS)))](X * 10.0 ** np.array(scales))


@st.composite
def tables(draw, rng, n_samples):
    """Columns for the tabular estimators."""
    kinds = draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, max_size=4))
    columns = {f"{kind} {i}": COLUMNS[kind](rng, n_samples) for i, kind in enumerate(kinds)}
    return TABLES[draw(st.sampled_from(sorted(TABLES)))](pd.DataFrame(columns))


@st.composite
def labels(draw, rng, n_samples):
    n_classes = draw(st.integers(1, 5))
    names = LABELS[draw(st.sampled_from(sorted(LABELS)))][:n_classes]
    y = rng.choice(names, n_samples)
    container = draw(st.sampled_from([np.asarray, list, pd.Series]))
    return {"y": container(y), "classes": np.unique(y)}


@st.composite
def indicators(draw, rng, n_samples):
    n_labels = draw(st.integers(2, 3))
    y = rng.integers(0, 2, (n_samples, n_labels))
    container = draw(st.sampled_from([np.asarray, sparse.csr_matrix, pd.DataFrame]))
    return {"y": container(y), "classes": np.arange(n_labels)}


@st.composite
def shares(draw, rng, n_samples):
    """Rows of probabilities."""
    n_classes = draw(st.integers(2, 4))
    y = rng.dirichlet(np.ones(n_classes), n_samples)
    return {"y": y, "classes": np.arange(n_classes)}


@st.composite
def numbers(draw, rng, n_samples):
    unit = draw(st.booleans())
    shape = draw(st.sampled_from([(), (1,), (3,)]))
    y = rng.random((n_samples, *shape))
    if not unit:
        y = 10.0 ** draw(st.integers(-9, 9)) * (y - draw(st.sampled_from([0.0, 0.5, 100.0])))
    if draw(st.booleans()):
        y[:] = y[0]
    return {"y": draw(st.sampled_from([np.asarray, np.float32]))(y), "unit": unit}


TARGETS = {"labels": labels, "multilabel": indicators, "soft": shares, "regression": numbers}


@st.composite
def problems(draw, features, kinds):
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    n_samples = draw(st.integers(2, 40))
    kind = draw(st.sampled_from(kinds))
    targets = draw(TARGETS[kind](rng, n_samples))
    return Problem(draw(features(rng, n_samples)), kind=kind, **targets)


@st.composite
def extra_data(draw, problem):
    """Weights and validation data: arguments of `fit`."""
    rng = np.random.default_rng(0)
    n_samples = len(to_dense(problem.y))
    extra = {}
    if draw(st.booleans()):
        weights = WEIGHTS[draw(st.sampled_from(sorted(WEIGHTS)))](rng, n_samples)
        extra["sample_weight"] = weights
    if draw(st.booleans()):
        held = slice(draw(st.integers(2, n_samples)))
        extra |= {"X_val": problem.X[held], "y_val": problem.y[held]}
        if "sample_weight" in extra and draw(st.booleans()):
            extra["sample_weight_val"] = extra["sample_weight"][held]
    return extra


def to_dense(array):
    return array.toarray() if sparse.issparse(array) else np.asarray(array)


# --- parameters ----------------------------------------------------------------------------


def powers(low, high):
    """Numbers of all magnitudes."""
    return st.floats(low, high).map(lambda exponent: 10.0**exponent)


def within(interval):
    """Numbers in an Interval of scikit-learn."""
    left, right, closed = interval.left, interval.right, interval.closed
    if interval.type is Integral:
        return st.integers(left, left + 4)
    if left is None:
        return st.floats(-1e3, 1e3)
    if right is None:
        return powers(-12, 12) if closed == "neither" else NOTHING | powers(-12, 12)
    return st.floats(
        left,
        right,
        exclude_min=closed in ("neither", "right"),
        exclude_max=closed in ("neither", "left"),
    )


def objects(cls):
    """Components of a class, with any hyperparameters."""
    values = {
        name: st.booleans() if constraint == "boolean" else within(constraint)
        for name, (constraint,) in cls._parameter_constraints.items()
    }
    return st.builds(cls, **values)


def components(registry, suits=lambda cls: True):
    """The names of a family, and objects of its classes."""
    registry = {name: cls for name, cls in registry.items() if suits(cls)}
    classes = sorted(set(registry.values()), key=lambda cls: cls.__name__)
    return st.sampled_from(sorted(registry)) | st.sampled_from(classes).flatmap(objects)


def losses(problem):
    """Those that the targets suit."""
    suits = {
        "labels": lambda cls: "multiclass" in cls.tasks,
        "multilabel": lambda cls: "multilabel" in cls.tasks,
        "soft": lambda cls: cls.soft_targets,
        "regression": lambda cls: problem.unit or not cls.positive_targets,
    }
    family = REGRESSION_LOSSES if problem.kind == "regression" else CLASSIFICATION_LOSSES
    return components(family, suits[problem.kind])


def class_weights(problem):
    weights = NOTHING | powers(-9, 9)
    if problem.kind == "multilabel":
        pairs = st.fixed_dictionaries({}, optional={0: weights, 1: weights})
        n_labels = len(problem.classes)
        listed = st.lists(pairs, min_size=n_labels, max_size=n_labels)
        return st.sampled_from([None, "balanced"]) | listed
    weight_of = dict.fromkeys(problem.classes.tolist(), weights)
    return st.sampled_from([None, "balanced"]) | st.fixed_dictionaries({}, optional=weight_of)


def one_or_each(values, n_hidden):
    """A value for all hidden layers, or a list of one for each."""
    return values | st.lists(values, min_size=n_hidden, max_size=n_hidden)


NOTHING = st.just(0.0)
SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0, 1, exclude_max=True)
CLASSIFIER_SCORING = st.sampled_from([None, "loss", "accuracy", "f1_micro"])
SCORING_OF_SHARES = st.sampled_from([None, "loss"])
REGRESSOR_SCORING = st.sampled_from([None, "loss", "r2", "neg_mean_absolute_error"])


def of_all(problem, n_hidden):
    """Parameters of the four estimators, each of which may be left at its default."""
    return {
        "activation": one_or_each(components(ACTIVATIONS), n_hidden),
        "dropout": one_or_each(SHARES, n_hidden),
        "early_stopping": st.booleans(),
        "learning_rate_init": powers(-9, 12),
        "verbose": st.booleans() | st.integers(0, 3),
    }


def of_mlps(problem, n_hidden):
    return {
        **of_all(problem, n_hidden),
        "alpha": NOTHING | powers(-9, 3),
        "batch_size": st.sampled_from(["auto", "full"]) | st.integers(1, 50),
        "beta_1": SHARES,
        "beta_2": SHARES,
        "clip_norm": st.sampled_from([None, np.inf]) | powers(-9, 9),
        "dtype": st.sampled_from([None, "float32", "float64"]),
        "epsilon": powers(-12, 2),
        "initializer": components(INITIALIZERS),
        "learning_rate": components(SCHEDULES),
        "loss": losses(problem),
        "max_fun": st.integers(1, 20),
        "momentum": st.floats(0, 1),
        "n_init": st.integers(1, 3),
        "n_iter_no_change": st.just(np.inf) | st.integers(1, 3),
        "nesterovs_momentum": st.booleans(),
        "optimizer": components(OPTIMIZERS),
        "power_t": st.floats(0, 3),
        "restore_best": st.booleans(),
        "shuffle": st.booleans(),
        "solver": st.none() | components(OPTIMIZERS),
        "standardize": st.booleans(),
        "tol": NOTHING | powers(-12, 2),
        "validation_fraction": st.floats(0, 1, exclude_min=True, exclude_max=True),
        "warm_start": st.booleans(),
    }


def of_tables(problem, n_hidden):
    return {
        **of_all(problem, n_hidden),
        "batch_size": st.just("auto") | st.integers(1, 50),
        "categorical_features": st.sampled_from(["from_dtype", range(problem.X.shape[1])]),
        "embedding": st.sampled_from(["auto", "periodic", None]),
        "validation_fraction": st.floats(0, 0.5, exclude_min=True),
        "weight_decay": NOTHING | powers(-9, 3),
    }


UNBOUNDED = ("step", "sign", "prelu")
LARGEST_SLOPE = 2  # of all other activations by name
OUTPUTS = components(ACTIVATIONS, lambda cls: cls not in (PReLU, Maxout))


def of_mlp_classifier(problem, n_hidden):
    return {
        **of_mlps(problem, n_hidden),
        "class_weight": class_weights(problem),
        "output_activation": st.just("auto"),
        "scoring": SCORING_OF_SHARES if problem.kind == "soft" else CLASSIFIER_SCORING,
    }


def of_mlp_regressor(problem, n_hidden):
    return {
        **of_mlps(problem, n_hidden),
        "output_activation": st.just("auto") | OUTPUTS if problem.unit else st.just("auto"),
        "scoring": REGRESSOR_SCORING,
    }


def of_table_classifier(problem, n_hidden):
    return {
        **of_tables(problem, n_hidden),
        "class_weight": class_weights(problem),
        "label_smoothing": SHARES,
        "scoring": CLASSIFIER_SCORING,
    }


def of_table_regressor(problem, n_hidden):
    return {**of_tables(problem, n_hidden), "scoring": REGRESSOR_SCORING}


# What each estimator takes: features, kinds of targets, parameters.
SUBJECTS = {
    MLPClassifier: (arrays, ["labels", "multilabel", "soft"], of_mlp_classifier),
    MLPRegressor: (arrays, ["regression"], of_mlp_regressor),
    TabularMLPClassifier: (tables, ["labels", "multilabel"], of_table_classifier),
    TabularMLPRegressor: (tables, ["regression"], of_table_regressor),
}
# Parameters that every example has: the defaults would take too long, or NumPy's own stream.
ALWAYS = {
    "hidden_layer_sizes": st.lists(st.integers(1, 7), max_size=3),
    "max_iter": st.integers(1, 5),
    "n_networks": st.integers(1, 3),
    "random_state": SEEDS | SEEDS.map(np.random.RandomState),
}


@st.composite
def estimators(draw, Estimator, problem):
    names = ALWAYS.keys() & Estimator().get_params()
    always = draw(st.fixed_dictionaries({name: ALWAYS[name] for name in sorted(names)}))
    optional = SUBJECTS[Estimator][2](problem, len(always["hidden_layer_sizes"]))
    params = draw(st.fixed_dictionaries({}, optional=optional))
    return Estimator(**always, **without_conflicts(params, problem))


def without_conflicts(params, problem):
    """The parameters without those that others exclude."""
    if params.get("solver") is not None:
        params.pop("optimizer", None)
    optimizer = params.get("solver") or params.get("optimizer")
    excluded = []
    if repr(optimizer) in ("'lbfgs'", "LBFGS()"):
        excluded = ["dropout", "clip_norm"]
    if params.get("output_activation", "auto") != "auto":
        excluded.append("loss")
    if problem.kind == "soft":
        params.setdefault("loss", "categorical_crossentropy")
        excluded.append("class_weight")
    return {name: value for name, value in params.items() if name not in excluded}


# --- what is checked -----------------------------------------------------------------------


def fingerprint(array):
    if sparse.issparse(array):
        return joblib.hash((array.data, array.indices, array.indptr))
    return joblib.hash(np.asarray(array))  # a frame itself has caches


def surroundings(inputs):
    stream = joblib.hash(np.random.get_state())  # noqa: NPY002
    return [*map(fingerprint, inputs), np.geterr(), stream]


def is_known(warning):
    return any(
        warning.category is category and re.match(text, str(warning.message))
        for category, text in KNOWN_WARNINGS
    )


@contextmanager
def nothing_else(*inputs):
    """No unknown warning, and inputs and global state are as before, errors or not."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        before, filters = surroundings(inputs), list(warnings.filters)
        try:
            yield
        finally:
            assert surroundings(inputs) == before
            assert warnings.filters == filters
            unknown = [str(warning) for warning in caught if not is_known(warning)]
            assert not unknown


def attempt(method, *args, **kwargs):
    """Call a method that fits; return None, or the text of an error that is known.

    After an error the estimator is as it was.
    """
    model = method.__self__
    before = vars(model).copy()
    try:
        with nothing_else(*args, *kwargs.values()):
            assert method(*args, **kwargs) is model
    except ValueError as error:
        text = str(error)
    else:
        return None
    assert any(re.match(known, text) for known in KNOWN_ERRORS), text
    assert vars(model) == before  # of arrays, the same objects
    return text


METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function")


def predictions(model, X):
    """What each method returns, dense."""
    with nothing_else(X):
        there = [method for method in METHODS if hasattr(model, method)]
        return {method: to_dense(getattr(model, method)(X)) for method in there}


def check_predictions(model, problem):
    """Shapes, dtypes and ranges."""
    y, n_samples = to_dense(problem.y), len(to_dense(problem.y))
    there = predictions(model, problem.X)
    predicted = there.pop("predict")
    squeezed = (n_samples, 1) == y.shape
    assert predicted.shape == (y.shape[:1] if squeezed else y.shape)
    for method, values in there.items():
        assert values.dtype == float_dtype(model, problem.X), method
        assert np.isfinite(values).all(), method
    if not is_classifier(model):
        assert predicted.dtype == float_dtype(model, problem.X)
        assert np.isfinite(predicted).all()
        return
    np.testing.assert_array_equal(model.classes_, problem.classes)
    assert np.isin(predicted, model.classes_ if problem.kind == "labels" else [0, 1]).all()
    if "predict_proba" in there:
        n_columns = len(problem.classes) if is_tabular(model) else max(2, len(problem.classes))
        check_probabilities(there["predict_proba"], problem, n_columns)


def check_probabilities(p, problem, n_columns):
    assert p.shape == (len(to_dense(problem.y)), n_columns)
    assert (p >= 0).all()
    assert (p <= 1).all()
    if problem.kind != "multilabel":
        rounding = 4 * p.shape[1] * np.finfo(p.dtype).eps
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=rounding)


def is_tabular(model):
    return isinstance(model, TabularMLPClassifier | TabularMLPRegressor)


def float_dtype(model, X):
    single = not is_tabular(model) and getattr(X, "dtype", None) == np.float32
    return np.float32 if single else np.float64


def assert_same(one, other, X):
    """Two models predict the same bits."""
    a, b = predictions(one, X), predictions(other, X)
    assert a.keys() == b.keys()
    for method in a:
        np.testing.assert_array_equal(a[method], b[method], err_msg=method)


def check_records(model, *others):
    """The history has the epochs of the latest fit, and of others before."""
    n_epochs = model.n_iter_ + sum(others)
    assert {len(values) for values in model.history_.values()} == {n_epochs}


def check_rows(model, X):
    """The prediction of a row does not depend on the rows beside it, but for rounding."""
    method = "decision_function" if hasattr(model, "decision_function") else "predict"
    method = "predict_proba" if is_tabular(model) and is_classifier(model) else method
    predict = getattr(model, method)
    together = predict(X)
    atol = rounding(model, X, together)
    np.testing.assert_allclose(predict(X[::-1])[::-1], together, rtol=0, atol=atol)
    np.testing.assert_allclose(predict(X[:1]), together[:1], rtol=0, atol=atol)


def rounding(model, X, outputs):
    """A generous bound on the rounding of outputs."""
    if is_tabular(model):  # computed in float64
        return 1e-9 * np.abs(outputs).max()
    size = np.abs(to_dense(X).astype(np.float64)).max()
    for W, b in zip(model.coefs_, model.intercepts_, strict=True):
        W, b = np.abs(W, dtype=np.float64), np.abs(b, dtype=np.float64)
        size = LARGEST_SLOPE * (size * W.sum(axis=0).max() + b.max() + 1)
    return 10 * np.finfo(outputs.dtype).eps * size


def has_bounded_slope(model):
    """Neither a jump, nor a slope that is learned, nor a mean that is an exponential."""
    smooth = isinstance(model.activation, str) and model.activation not in UNBOUNDED
    return smooth and getattr(model, "out_activation_", None) != "exp"


def fit_more(model, problem, extra):
    classes = {"classes": problem.classes} if problem.kind == "labels" else {}
    return attempt(model.partial_fit, problem.X, problem.y, **extra, **classes)


def check_partial_fit(model, problem, extra):
    """Two calls, with a pickle between them or without."""
    if fit_more(model, problem, extra) is not None:
        return
    other = pickle.loads(pickle.dumps(model))
    error = fit_more(model, problem, extra)
    assert fit_more(other, problem, extra) == error
    check_predictions(model, problem)
    check_records(model, error is None)
    assert_same(model, other, problem.X)


def check_warm_start(model, problem, extra):
    n_epochs = model.n_iter_
    error = attempt(model.fit, problem.X, problem.y, **extra)
    if error is None:
        check_predictions(model, problem)
        check_records(model, n_epochs)


# --- tests ---------------------------------------------------------------------------------


@pytest.mark.parametrize("Estimator", SUBJECTS)
def test_every_parameter_is_drawn(Estimator):
    problem = Problem(np.zeros((2, 1)), np.zeros(2), "labels", classes=np.arange(2))
    drawn = {*SUBJECTS[Estimator][2](problem, 1), *ALWAYS}
    assert drawn >= set(Estimator().get_params())


@pytest.mark.parametrize("Estimator", SUBJECTS)
@fuzz
@given(data=st.data())
def test_a_fit_gives_a_sound_model_or_says_why_not(Estimator, data):
    features, kinds, _ = SUBJECTS[Estimator]
    problem = data.draw(problems(features, kinds))
    model = data.draw(estimators(Estimator, problem))
    extra = data.draw(extra_data(problem))
    twin = clone(model)
    error = attempt(model.fit, problem.X, problem.y, **extra)
    assert attempt(twin.fit, problem.X, problem.y, **extra) == error
    event(str(error)[:60])
    if hasattr(twin, "partial_fit"):
        check_partial_fit(clone(model), problem, extra)
    if error is not None:
        return
    check_predictions(model, problem)
    check_records(model)
    assert_same(model, twin, problem.X)
    assert_same(model, pickle.loads(pickle.dumps(model)), problem.X)
    if has_bounded_slope(model):
        check_rows(model, problem.X)
    if getattr(model, "warm_start", False):
        check_warm_start(model, problem, extra)
