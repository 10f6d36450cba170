"""What is written of a fitted estimator, how large it is, and how it goes on when read."""

import copy
import gc
import io
import os
import pickle
import random
import re
import runpy
import subprocess
import sys
import types
import warnings
from itertools import pairwise
from pathlib import Path

import joblib
import numpy as np
import pytest
from samples import INDICATORS, LABELS, NAMES, WEIGHTS, X_REG, Y_REG, X
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning

import skmlp
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

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ROOT = Path(__file__).parents[1]

# --- ways to write and read ----------------------------------------------------------------


def through_pickle(model, folder):
    return pickle.loads(pickle.dumps(model))


def through_joblib(model, folder):
    joblib.dump(model, folder / "model", compress=3)
    return joblib.load(folder / "model")


def through_a_mapped_file(model, folder):
    path = folder / str(len(list(folder.iterdir())))  # never one that is mapped
    joblib.dump(model, path)
    return joblib.load(path, mmap_mode="r")


def through_skops(model, folder):
    """Trusting nothing but skmlp, and the components of this file."""
    skops = pytest.importorskip("skops.io")
    written = skops.dumps(model)
    types = skops.get_untrusted_types(data=written)
    assert all(name.startswith(("skmlp.", f"{__name__}.")) for name in types)
    return skops.loads(written, trusted=types)


def deeply_copied(model, folder):
    return copy.deepcopy(model)


ways = pytest.mark.parametrize(
    "way",
    [through_pickle, through_joblib, through_a_mapped_file, through_skops, deeply_copied],
)

# --- what is read is what was written ------------------------------------------------------


class Square(activations.Activation):
    """A component of the user's."""

    def forward(self, z, a, scratch):
        np.square(z, out=a)

    def backward(self, z, a, delta, scratch):
        delta *= 2 * z

    keeps_input = True


def mean_error(estimator, X, y, sample_weight=None):
    return -np.average(np.abs(estimator.predict(X) - y), weights=sample_weight)


def objects():
    """A component object wherever there can be one, fresh ones at every call."""
    return {
        "activation": [activations.PReLU(), activations.Maxout(pieces=3)],
        "hidden_layer_sizes": (4, 3),
        "optimizer": optimizers.RMSprop(momentum=0.5, centered=True),
        "learning_rate": schedules.CosineDecay(warmup=0.05),
        "initializer": initializers.Orthogonal(gain=2.0),
    }


def given_weights():
    shapes = ((4, 5), (5, 3))
    coefs = [np.random.RandomState(0).normal(size=shape) for shape in shapes]
    return initializers.Given(coefs, [np.zeros(5), np.zeros(3)])


VALIDATED = {"early_stopping": True, "validation_fraction": 0.3}
CLASSIFIERS = {
    "plain": ({}, X, LABELS),
    "text": ({}, X, NAMES),
    "objects of text": ({}, X, NAMES.astype(object)),
    "two classes": ({}, X, LABELS == 1),
    "labels": ({}, X, INDICATORS),
    "sparse labels": ({}, sparse.csr_array(X), sparse.csr_array(INDICATORS)),
    "rows of probabilities": ({"loss": "categorical_crossentropy"}, X, np.eye(3)[LABELS]),
    "objects": ({**objects(), "loss": losses.Focal(gamma=1.5)}, X, LABELS),
    "given weights": ({"initializer": given_weights()}, X, LABELS),
    "own component": ({"activation": Square()}, X, LABELS),
    "class weights": ({"class_weight": {0: 2.0, 1: 0.5}}, X, LABELS),
    "float32": ({}, X.astype(np.float32), LABELS),
    "lbfgs": ({"optimizer": "lbfgs", "n_init": 3}, X, LABELS),
    "several starts": ({"n_init": 3, "dropout": 0.2}, X, LABELS),
}
REGRESSORS = {
    "plain": ({}, X_REG, Y_REG),
    "two columns": ({}, X_REG, np.stack([Y_REG, -Y_REG], axis=1)),
    "objects": ({**objects(), "loss": losses.Huber(delta=2.0)}, X_REG, Y_REG),
    "standardize": ({"standardize": True, **VALIDATED}, 7 * X_REG + 3, 5 * Y_REG + 1),
    "in float32": ({"dtype": "float32", "restore_best": True}, X_REG, Y_REG),
    "output": ({"output_activation": activations.Softplus()}, X_REG, Y_REG**2),
    "poisson": ({"loss": "poisson"}, X_REG, Y_REG**2),
    "scoring by name": ({"scoring": "r2", **VALIDATED}, X_REG, Y_REG),
    "a random state": ({"random_state": np.random.RandomState(1)}, X_REG, Y_REG),
}


def array():
    table = X_REG[:, :3].astype(object)
    table[::5, 0] = None
    names = [f"{name} {i % 12}" for i, name in enumerate(NAMES)]
    return np.column_stack([table, names, NAMES, LABELS == 1])


def pandas_frame():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(array(), columns=list("abcdef"))
    numbers = frame[list("abc")].astype(float)
    return frame.assign(**numbers, e=frame["e"].astype("category"), f=frame["f"].astype(bool))


def polars_frame():
    pl = pytest.importorskip("polars")
    columns = dict(zip("abcdef", map(list, array().T), strict=True))
    return pl.DataFrame(columns).with_columns(pl.col("e").cast(pl.Categorical))


SMALL_TABULAR = {"hidden_layer_sizes": (6, 5), "n_networks": 2, "max_iter": 3}
TABULAR_CLASSIFIERS = {
    "array": ({}, array, LABELS),
    "pandas": ({"class_weight": "balanced"}, pandas_frame, NAMES),
    "polars": ({"early_stopping": False}, polars_frame, LABELS == 1),
    "labels": ({"embedding": None}, pandas_frame, INDICATORS),
    "objects": ({"activation": [activations.GELU(), Square()]}, array, LABELS),
}
TABULAR_REGRESSORS = {
    "array": ({"scoring": "r2"}, array, Y_REG),
    "pandas": ({"dropout": [0.1, 0.0]}, pandas_frame, Y_REG),
    "polars": ({"random_state": np.random.RandomState(0)}, polars_frame, Y_REG),
    "two columns": ({}, array, np.stack([Y_REG, -Y_REG], axis=1)),
}
SMALL = {"hidden_layer_sizes": (5,), "max_iter": 4, "random_state": 0}
FITS = {
    f"{Estimator.__name__}, {name}": (Estimator, {**small, **parameters}, features, y)
    for Estimator, small, table in (
        (MLPClassifier, SMALL, CLASSIFIERS),
        (MLPRegressor, SMALL, REGRESSORS),
        (TabularMLPClassifier, {**SMALL_TABULAR, "random_state": 0}, TABULAR_CLASSIFIERS),
        (TabularMLPRegressor, {**SMALL_TABULAR, "random_state": 0}, TABULAR_REGRESSORS),
    )
    for name, (parameters, features, y) in table.items()
}
fits = pytest.mark.parametrize(
    ("Estimator", "parameters", "features", "y"), FITS.values(), ids=FITS
)


def features_of(features):
    return features() if callable(features) else features


def described(model):
    """Class and parameters, but for the address of a RandomState and where an array lies."""
    text = re.sub(" at 0x\\w+", "", repr(model)).replace("memmap(", "array(")
    return " ".join(text.split())


def dense(predictions):
    return predictions.toarray() if sparse.issparse(predictions) else predictions


def assert_predicts_the_same(model, expected, features):
    for method in ("predict", "predict_proba", "decision_function"):
        if hasattr(expected, method):
            mine, other = (dense(getattr(m, method)(features)) for m in (model, expected))
            assert mine.dtype == other.dtype
            np.testing.assert_array_equal(mine, other, err_msg=method)


@ways
@fits
def test_what_is_read_predicts_and_refits_the_same(
    Estimator, parameters, features, y, way, tmp_path
):
    features = features_of(features)
    model = clone(Estimator(**parameters)).fit(features, y)
    read = way(model, tmp_path)
    assert described(read) == described(model)
    assert vars(read).keys() == vars(model).keys()
    assert_predicts_the_same(read, model, features)
    assert_predicts_the_same(read.fit(features, y), model.fit(features, y), features)


@ways
def test_an_estimator_that_is_not_fitted(way, tmp_path):
    for Estimator, parameters, _, _ in FITS.values():
        model = Estimator(**parameters)
        assert described(way(model, tmp_path)) == described(model)


def test_a_function_of_the_users_as_scoring(tmp_path):
    settings = {**SMALL, "scoring": mean_error, **VALIDATED}
    model = MLPRegressor(**settings).fit(X_REG, Y_REG)
    for way in (through_pickle, through_skops):
        read = way(model, tmp_path).fit(X_REG, Y_REG)
        assert read.validation_scores_ == model.validation_scores_


# --- k calls, written and read, m calls ----------------------------------------------------

RESUMED = {
    **{name: {"optimizer": name} for name in optimizers.OPTIMIZERS if name != "lbfgs"},
    **{name: {"learning_rate": name} for name in schedules.SCHEDULES},
    "sgd, adaptive": {"optimizer": "sgd", "learning_rate": "adaptive", "n_iter_no_change": 1},
    "sgd, invscaling": {"optimizer": "sgd", "learning_rate": "invscaling"},
    "warmup": {"learning_rate": schedules.CosineDecay(warmup=0.3)},
    "rmsprop, all": {"optimizer": optimizers.RMSprop(momentum=0.5, centered=True)},
    "objects": {**objects(), "dropout": [0.2, 0.3]},
    "dropout": {"dropout": 0.3},
    "prelu": {"activation": "prelu"},
    "clipped": {"clip_norm": 0.1},
    "float32": {"dtype": "float32"},
    "early stopping": {"early_stopping": True, "scoring": "loss", "n_iter_no_change": 1},
    "best": {"restore_best": True},
    "best, float32": {"restore_best": True, "dtype": "float32"},
    "standardize": {"standardize": True},
    "standardize, float32": {"standardize": True, "dtype": "float32"},
    "standardize, best": {"standardize": True, "restore_best": True},
    "all": {
        "optimizer": "nadam",
        "learning_rate": "one_cycle",
        "dropout": 0.3,
        "early_stopping": True,
        "restore_best": True,
        "standardize": True,
        "activation": "prelu",
        "dtype": "float32",
    },
}
resumed = pytest.mark.parametrize("parameters", RESUMED.values(), ids=RESUMED)
PARTS = {MLPClassifier: (3 * X + 5, LABELS), MLPRegressor: (3 * X_REG + 5, 7 * Y_REG + 2)}


def begun(Estimator, parameters):
    """At a rate at which not every epoch is better than the one before."""
    more = {"hidden_layer_sizes": (5,), "learning_rate_init": 0.2, "max_iter": 8}
    model = clone(Estimator(**{**more, "batch_size": 40, **parameters}))
    return model.set_params(random_state=np.random.RandomState(3))


def call(model, k):
    """Call partial_fit k times, on parts of the data."""
    features, y = PARTS[type(model)]
    more = {"X_val": features[::4], "y_val": y[::4]}
    first = isinstance(model, MLPClassifier) and not hasattr(model, "classes_")
    for _ in range(k):
        rows = slice(len(getattr(model, "history_", {"loss": ()})["loss"]) % 3, None, 2)
        classes = {"classes": [0, 1, 2]} if first else {}
        model.partial_fit(features[rows], y[rows], WEIGHTS[rows], **classes, **more)
    return model


def assert_same_training(model, expected):
    """Bit for bit, and to go on with, too."""
    for name in ("coefs_", "intercepts_", "activation_params_"):
        for mine, other in zip(
            getattr(model, name, []), getattr(expected, name, []), strict=True
        ):
            np.testing.assert_array_equal(mine, other, err_msg=name, strict=True)
    assert model.history_.keys() == expected.history_.keys()
    for name in model.history_.keys() - {"seconds"}:
        mine, other = model.history_[name], expected.history_[name]
        np.testing.assert_array_equal(mine, other, err_msg=name)
    for name in ("best_iter_", "t_", "loss_", "best_loss_", "validation_scores_"):
        assert getattr(model, name) == getattr(expected, name), name


@ways
@resumed
@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
def test_calls_go_on_as_if_nothing_had_happened(Estimator, parameters, way, tmp_path):
    expected = call(begun(Estimator, parameters), 3)
    model = way(expected, tmp_path)
    call(expected, 4)
    assert_same_training(call(model, 4), expected)


@resumed
def test_every_call_may_be_in_another_process(parameters, tmp_path):
    expected, model = call(begun(MLPRegressor, parameters), 6), begun(MLPRegressor, parameters)
    for way in (through_pickle, through_skops, deeply_copied) * 2:
        model = way(call(model, 1), tmp_path)
    assert_same_training(model, expected)


@resumed
def test_a_fit_and_calls_after_it(parameters, tmp_path):
    features, y = PARTS[MLPRegressor]
    expected = begun(MLPRegressor, {**parameters, "max_iter": 3})
    expected.fit(features, y, X_val=features[::4], y_val=y[::4])
    model = through_pickle(expected, tmp_path)
    assert_same_training(call(model, 3), call(expected, 3))


@ways
def test_warm_starts_and_further_networks(way, tmp_path):
    for more in ({"optimizer": "lbfgs"}, {"n_init": 3}, {"dropout": 0.3}, VALIDATED):
        model = MLPRegressor(**{**SMALL, "warm_start": True, **more})
        model.set_params(random_state=np.random.RandomState(0)).fit(X_REG, Y_REG)
        read = way(model, tmp_path)
        for estimator in (read, model):
            estimator.fit(X_REG, Y_REG)
        for mine, other in zip(read.coefs_, model.coefs_, strict=True):
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("dtype", [None, "float32"])
def test_a_best_model_is_not_rounded_by_calls_that_are_no_better(dtype):
    """It is kept in the units of the user, and comes back from those of the training."""
    features, y = 1e4 + X_REG, 1e3 + Y_REG
    model = MLPRegressor(hidden_layer_sizes=(5,), standardize=True, dtype=dtype)
    scores = iter([1.0, *[0.0] * 9])
    model.set_params(restore_best=True, scoring=lambda *about: next(scores), random_state=0)
    held = {"X_val": features, "y_val": y}
    weights = copy.deepcopy(model.partial_fit(features, y, **held).coefs_)
    for _ in range(9):
        model.partial_fit(features, y, **held)
        for mine, other in zip(model.coefs_, weights, strict=True):
            np.testing.assert_array_equal(mine, other)


# --- size ----------------------------------------------------------------------------------

# Vectors of the length of the parameters that an optimizer goes on from.
VECTORS = {
    "sgd": 1,
    "adam": 2,
    "amsgrad": 3,
    "adamw": 2,
    "adamax": 2,
    "nadam": 2,
    "radam": 2,
    "rmsprop": 1,
    "adagrad": 1,
    "adadelta": 2,
    "lion": 1,
    "lbfgs": 0,
}
LAYERS = (100, 300, 300, 3)
N_PARAMETERS = sum((n + 1) * m for n, m in pairwise(LAYERS))
WIDE = np.random.RandomState(0).normal(size=(60, 100)) + 1
WIDE_LABELS = np.arange(60) % 3
FIT_SETTINGS = {
    "plain": {},
    "early stopping": {"early_stopping": True},
    "best": {"restore_best": True},
    "standardize": {"standardize": True, "early_stopping": True},
    "several starts": {"n_init": 3, "dropout": 0.1},
    "warm": {"warm_start": True},
}


def fitted(**parameters):
    model = MLPClassifier(LAYERS[1:-1], max_iter=2, random_state=0, **parameters)
    model.fit(WIDE, WIDE_LABELS)
    return model.fit(WIDE, WIDE_LABELS) if parameters.get("warm_start") else model


def arrays_of(thing):
    """The memory that is kept alive: all arrays, or what they are views on."""
    left, seen, found = [thing], {id(thing)}, {}
    while left:
        thing = left.pop()
        while isinstance(getattr(thing, "base", None), np.ndarray):
            thing = thing.base
        if isinstance(thing, np.ndarray):
            found[id(thing)] = thing
        for other in gc.get_referents(thing):
            known = isinstance(other, type | types.ModuleType | types.FunctionType)
            if not known and id(other) not in seen:
                seen.add(id(other))
                left.append(other)
    return list(found.values())


def assert_is_small(model, n_bytes):
    """As written and in memory: so much, the history and 20 KiB."""
    n_bytes += len(pickle.dumps(model.history_)) + 20 * 2**10
    file = io.BytesIO()
    joblib.dump(model, file)
    sizes = {
        "pickle": len(pickle.dumps(model)),
        "joblib": len(file.getvalue()),
        "memory": sum(array.nbytes for array in arrays_of(model)),
    }
    assert max(sizes.values()) <= n_bytes, (sizes, n_bytes)


def test_all_optimizers_have_a_size():
    assert VECTORS.keys() == optimizers.OPTIMIZERS.keys()


@pytest.mark.parametrize("optimizer", VECTORS)
@pytest.mark.parametrize("parameters", FIT_SETTINGS.values(), ids=FIT_SETTINGS)
def test_a_fit_keeps_the_parameters_and_the_optimizer(optimizer, parameters):
    if optimizer == "lbfgs":
        parameters = {n: v for n, v in parameters.items() if n != "dropout"}
    model = fitted(optimizer=optimizer, **parameters)
    assert_is_small(model, 8 * N_PARAMETERS * (1 + VECTORS[optimizer]))


def test_dtypes():
    for dtype, itemsize in (("float32", 4), ("float64", 8)):
        model = fitted(dtype=dtype, standardize=True)
        assert_is_small(model, N_PARAMETERS * (8 + 2 * itemsize))
    model = MLPClassifier(LAYERS[1:-1], max_iter=2, restore_best=True, random_state=0)
    model.fit(WIDE.astype(np.float32), WIDE_LABELS)
    assert_is_small(model, 4 * N_PARAMETERS * 3)


def test_callbacks():
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    model = MLPClassifier(LAYERS[1:-1], max_iter=2, random_state=0)
    model.set_callbacks(callback.ScoringMonitor(scoring="accuracy")).fit(WIDE, WIDE_LABELS)
    assert_is_small(model, 8 * N_PARAMETERS * 3)


# name: (parameters, scores of three calls, vectors beside the parameters and Adam's)
CALLS = {
    "plain": ({}, [1, 2, 3], 0),
    "dropout": ({"dropout": 0.1}, [1, 2, 3], 0),
    "the best is the latest": ({"restore_best": True}, [1, 2, 3], 0),
    "the best is an earlier one": ({"restore_best": True}, [1, 3, 2], 1),
    "early stopping": ({"early_stopping": True}, [1, 3, 2], 0),
    "standardize": ({"standardize": True}, [1, 2, 3], 1),
    "standardize, best": ({"standardize": True, "restore_best": True}, [1, 3, 2], 1),
}


@pytest.mark.parametrize(("parameters", "scores", "more"), CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("after_fit", [False, True])
def test_calls_keep_one_vector_more_where_model_and_training_differ(
    parameters, scores, more, after_fit
):
    scores = iter([0.0] * 2 * after_fit + scores)
    model = MLPClassifier(
        LAYERS[1:-1],
        scoring=lambda *about: next(scores),
        max_iter=2,
        random_state=0,
        **parameters,
    )
    held = {"X_val": WIDE, "y_val": WIDE_LABELS}
    if after_fit:
        model.fit(WIDE, WIDE_LABELS, **held)
    for _ in range(3):
        model.partial_fit(WIDE, WIDE_LABELS, classes=[0, 1, 2], **held)
    assert_is_small(model.set_params(scoring=None), 8 * N_PARAMETERS * (3 + more))


@pytest.mark.parametrize("Estimator", [TabularMLPClassifier, TabularMLPRegressor])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_tabular_estimator_keeps_its_networks(Estimator, early_stopping):
    model = Estimator(n_networks=3, max_iter=3, early_stopping=early_stopping)
    model.set_params(random_state=0).fit(WIDE, WIDE_LABELS)
    vectors = [vector for vectors in model._model.members for vector in vectors]
    assert 3 <= len(vectors) <= 6
    n_parameters = model._model.network.n_parameters
    assert_is_small(model, 4 * n_parameters * len(vectors))


# --- releases ------------------------------------------------------------------------------


@pytest.mark.parametrize("case", FITS)
def test_the_release_is_written_and_another_one_warned_of(case, monkeypatch):
    Estimator, parameters, _, _ = FITS[case]
    model = Estimator(**parameters)
    monkeypatch.setattr("skmlp._trainable.__version__", "0.0.7")
    written = pickle.dumps(model)
    copy.copy(model), copy.deepcopy(model), clone(model), pickle.loads(written)  # no warning
    assert not hasattr(pickle.loads(written), "_skmlp_version")
    monkeypatch.setattr("skmlp._trainable.__version__", "9.8")
    name = rf"skmlp\.{Estimator.__name__}"
    with pytest.warns(
        InconsistentVersionWarning, match=f"{name} from version 0.0.7 when using version 9.8"
    ) as caught:
        read = pickle.loads(written)
    assert described(read) == described(model)
    assert len(caught) == 1
    assert caught[0].message.original_sklearn_version == "0.0.7"


def test_skops_and_joblib_warn_of_another_release(monkeypatch, tmp_path):
    model = MLPRegressor(**SMALL).fit(X_REG, Y_REG)
    for way in (through_skops, through_joblib):
        with monkeypatch.context() as patch:
            patch.setattr(MLPRegressor, "__getstate__", as_of("0.0.7"))
            with pytest.warns(InconsistentVersionWarning, match=r"from version 0\.0\.7"):
                read = way(model, tmp_path)
        assert_predicts_the_same(read, model, X_REG)


def as_of(release):
    """How a release would write an estimator."""
    return lambda model: {**vars(model), "_skmlp_version": release}


def test_a_state_before_releases_were_written():
    model = MLPRegressor()
    with pytest.warns(InconsistentVersionWarning, match="from version unknown"):
        model.__setstate__(vars(MLPRegressor(alpha=3)))
    assert model.alpha == 3


def test_a_state_that_cannot_be_used_says_who_wrote_it():
    for Estimator in (MLPClassifier, TabularMLPRegressor):
        state = Estimator().__getstate__()
        del state["hidden_layer_sizes"]
        state["_skmlp_version"] = "0.0.7"
        before = copy.deepcopy(state)
        match = (
            f"skmlp.{Estimator.__name__} was written by the release 0.0.7 of "
            "skmlp and lacks hidden_layer_sizes"
        )
        with pytest.raises(ValueError, match=match):
            Estimator().__setstate__(state)
        assert state == before


STORED = pickle.loads((ROOT / "tests/references/models.pkl").read_bytes())


@pytest.mark.parametrize("release", STORED)
def test_models_of_earlier_releases_are_read(release):
    for name, (written, features, expected) in STORED[release].items():
        with warnings.catch_warnings():
            if release != skmlp.__version__:
                warnings.simplefilter("ignore", InconsistentVersionWarning)
            model = pickle.loads(written)
        assert type(model).__name__ == name
        predictions = model.predict(features)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(predictions, expected, rtol=1e-5, atol=1e-6)
        else:
            np.testing.assert_array_equal(predictions, expected)
        if hasattr(model, "partial_fit"):
            assert len(model.partial_fit(features, expected).history_["loss"]) >= 4
        assert model.fit(features, expected).predict(features).shape == expected.shape


# --- a training that is killed -------------------------------------------------------------

EXAMPLE = ROOT / "examples/resume_training.py"
N_EPOCHS = 24


def start(path):
    command = [sys.executable, str(EXAMPLE), str(path), "--epochs", str(N_EPOCHS)]
    path_of_modules = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path_of_modules}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_training_that_is_killed_goes_on(tmp_path):
    with start(tmp_path / "whole") as process:
        expected = process.stdout.read().splitlines()
    assert process.returncode == 0
    draw, path, done, n_kills = random.Random(0), tmp_path / "killed", 0, 0
    while done < N_EPOCHS - 8:
        with start(path) as process:
            assert process.stdout.readline() == f"from epoch {done + 1} of {N_EPOCHS}\n"
            for _ in range(draw.randrange(2, 8)):
                process.stdout.readline()
            try:  # at any moment of an epoch or of its saving
                process.wait(draw.uniform(0, 0.03))
            except subprocess.TimeoutExpired:
                process.kill()
        n_kills += process.returncode < 0
        checkpoint = pickle.loads(path.read_bytes())
        assert done < checkpoint["epochs"] == len(checkpoint["model"].history_["loss"])
        done = checkpoint["epochs"]
    assert n_kills >= 2
    with start(path) as process:
        assert process.stdout.read().splitlines()[-1] == expected[-1]
    final, whole = (pickle.loads(p.read_bytes()) for p in (path, tmp_path / "whole"))
    assert final["epochs"] == whole["epochs"] == N_EPOCHS
    assert_same_training(final["model"], whole["model"])


class Unwritable:
    def __reduce__(self):
        raise MemoryError


def test_a_save_that_fails_leaves_the_file_of_before(tmp_path):
    example, path = runpy.run_path(str(EXAMPLE)), tmp_path / "model"
    example["save"]({"epochs": 3}, path)
    with pytest.raises(MemoryError):
        example["save"]({"epochs": 4, "model": bytes(10**6), "more": Unwritable()}, path)
    assert example["load"](path) == {"epochs": 3}
    example["save"]({"epochs": 5}, path)
    assert example["load"](path) == {"epochs": 5}
    assert [p.name for p in tmp_path.iterdir()] == ["model"]
