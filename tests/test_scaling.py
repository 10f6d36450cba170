"""standardize: the training in standard units, the model in those of the user."""

import copy
import pickle
import re

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone, is_regressor
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor
from skmlp.initializers import Given
from skmlp.losses import REGRESSION_LOSSES, Huber

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
pytestmark = quiet

RNG = np.random.default_rng(0)


def in_wild_units(X, constant=7.5):
    """Spreads from 1e-3 to 1e3, means up to five of them away, a constant feature."""
    spread = 10.0 ** np.linspace(-3, 3, X.shape[1])
    shifted = (X / X.std(axis=0) + RNG.uniform(-5, 5, X.shape[1])) * spread
    return np.c_[shifted, np.full(len(X), constant)]


X, Y = load_diabetes(return_X_y=True)
X, Y = in_wild_units(X[:120]), 1e4 * Y[:120] - 1e6
IRIS_X, CODES = load_iris(return_X_y=True)
IRIS_X = in_wild_units(IRIS_X)
SPARSE = sparse.csr_array(np.where(np.greater(IRIS_X, IRIS_X.mean(axis=0)), IRIS_X, 0))
LABELS = np.stack([CODES == 1, IRIS_X[:, 0] > IRIS_X[:, 0].mean()], axis=1).astype(int)
COUNTS = np.round(Y - Y.min()) / 1e5
PROBLEMS = {
    "regression": (MLPRegressor, X, Y),
    "several outputs": (MLPRegressor, X, np.c_[Y, 1e-3 * Y**2]),
    "constant target": (MLPRegressor, X, np.full(len(Y), -4e3)),
    "two classes": (MLPClassifier, IRIS_X, np.array(["a", "b"])[(CODES == 1).astype(int)]),
    "three classes": (MLPClassifier, IRIS_X, CODES),
    "labels": (MLPClassifier, IRIS_X, LABELS),
    "sparse": (MLPClassifier, SPARSE, CODES),
    "sparse regression": (MLPRegressor, SPARSE, 1e3 * IRIS_X[:, 0]),
    "float32": (MLPRegressor, X.astype(np.float32), Y.astype(np.float32)),
}
problems = pytest.mark.parametrize("problem", PROBLEMS)
SETTINGS = {
    "adam": {},
    "sgd": {"solver": "sgd", "learning_rate": "adaptive", "n_iter_no_change": 1, "tol": 0.1},
    "lbfgs": {"solver": "lbfgs"},
    "batches": {"batch_size": 16},
    "no hidden layer": {"hidden_layer_sizes": ()},
    "two hidden layers": {"hidden_layer_sizes": (5, 4), "activation": ["maxout", "prelu"]},
    "early stopping": {"early_stopping": True, "validation_fraction": 0.3},
    "lowest loss": {"restore_best": True, "learning_rate_init": 0.3},
    "networks": {"n_init": 3},
    "penalty": {"alpha": 10.0},
    "in float32": {"dtype": "float32"},
    "in float64": {"dtype": "float64"},
    "all the rest": {
        "hidden_layer_sizes": (6, 5),
        "dropout": [0.2, 0.4],
        "clip_norm": 0.5,
        "early_stopping": True,
        "n_init": 2,
        "initializer": "he_normal",
    },
}
settings = pytest.mark.parametrize("more", SETTINGS.values(), ids=list(SETTINGS))
weights = pytest.mark.parametrize("weighted", [False, True], ids=["", "weighted"])
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])


def make(Estimator, **parameters):
    return Estimator(
        **{
            "standardize": True,
            "hidden_layer_sizes": (6,),
            "max_iter": 5,
            "random_state": 0,
            **parameters,
        }
    )


def data_of(Estimator):
    return PROBLEMS["regression" if Estimator is MLPRegressor else "three classes"][1:]


class Units:
    """The same by hand: standardized data, and the weights of the user's."""

    def __init__(self, X, y, sample_weight=None, scale_y=True):
        centred = not sparse.issparse(X)
        self.y = None
        if sample_weight is not None:  # the same to the last digit
            sample_weight = sample_weight / sample_weight.max()
        # scikit-learn's variance of a weighted constant may be a little below 0
        with np.errstate(invalid="ignore"):
            self.x = StandardScaler(with_mean=centred).fit(X, sample_weight=sample_weight)
            if scale_y:
                y = y.reshape(len(y), -1)
                self.y = StandardScaler().fit(y, sample_weight=sample_weight)
        self.mean = self.x.mean_ if centred else np.zeros(X.shape[1])

    def __call__(self, X, y):
        if self.y is None:
            return self.x.transform(X), y
        return self.x.transform(X), self.y.transform(y.reshape(len(y), -1)).reshape(y.shape)

    def fold(self, model):
        coefs, intercepts = (
            [array.astype(np.float64) for array in part]
            for part in (model.coefs_, model.intercepts_)
        )
        if self.y is not None:
            coefs[-1] *= self.y.scale_
            intercepts[-1] = intercepts[-1] * self.y.scale_ + self.y.mean_
        coefs[0] = coefs[0] / self.x.scale_[:, None]
        intercepts[0] = intercepts[0] - self.mean @ coefs[0]
        return coefs, intercepts


def held_out(model, X, y, sample_weight):
    """Which rows early stopping holds back: the scorer sees them."""
    seen = []

    def note(model, X, y, **more):
        seen.append(X[:, 0])
        return 0.0

    numbered = np.zeros(X.shape)  # of this shape, as the weights are drawn before the split
    numbered[:, 0] = np.arange(len(y))
    probe = clone(model).set_params(max_iter=1, standardize=False, scoring=note)
    probe.set_params(dropout=0.0, n_init=1, solver="sgd", optimizer="adam")
    probe.fit(numbered, y, sample_weight)
    return np.isin(np.arange(len(y)), seen[0])


def assert_close(got, expected, rtol):
    """As many digits as the largest entry has."""
    expected = np.asarray(expected)
    assert np.shape(got) == expected.shape
    largest = np.abs(expected).max(initial=0)
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol * largest)


def assert_same_training(ours, theirs, rtol):
    assert ours.n_iter_ == theirs.n_iter_
    assert ours.best_iter_ == theirs.best_iter_
    for name in ours.history_.keys() - {"seconds"}:
        assert_close(ours.history_[name], theirs.history_[name], rtol)
    for name in ("loss_", "loss_curve_", "best_loss_", "validation_scores_", "t_"):
        mine, other = getattr(ours, name, None), getattr(theirs, name, None)
        assert (mine is None) == (other is None), name
        if other is not None:
            assert_close(mine, other, rtol)
    assert_close(ours.init_scores_, theirs.init_scores_, rtol)


def outputs(model, X):
    return model.decision_function(X) if hasattr(model, "classes_") else model.predict(X)


def tolerance(X, more):
    low = X.dtype == np.float32 or more.get("dtype") == "float32"
    if not low:
        return 1e-9
    return 1e-2 if more.get("solver") == "lbfgs" else 1e-4


# --- the same as by hand -------------------------------------------------------------------


@problems
@settings
@weights
def test_it_is_a_training_on_standardized_data(problem, more, weighted):
    Estimator, X, y = PROBLEMS[problem]
    w = np.random.default_rng(1).uniform(0.1, 3, len(y)) if weighted else None
    model = make(Estimator, **more)
    if problem == "constant target":
        model.set_params(scoring="loss")  # R^2 is that of rounding
    part = slice(None)
    if model.early_stopping:
        part = ~held_out(model, X, y, w)
    units = Units(X[part], y[part], w if w is None else w[part], is_regressor(model))
    plain = clone(model).set_params(standardize=False).fit(*units(X, y), w)
    model.fit(X, y, w)
    rtol = tolerance(X, more)
    assert_same_training(model, plain, rtol)
    for ours, theirs in zip((model.coefs_, model.intercepts_), units.fold(plain), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert a.dtype == X.dtype
            assert_close(a, b, rtol)
    if "prelu" in str(more):
        own = (np.concatenate(m.activation_params_) for m in (model, plain))
        assert_close(*own, rtol)


@problems
@pytest.mark.parametrize("name", ["adam", "lbfgs", "no hidden layer", "batches"])
def test_it_is_a_pipeline_of_scikit_learns(problem, name):
    Estimator, X, y = PROBLEMS[problem]
    model = make(Estimator, **SETTINGS[name])
    plain = clone(model).set_params(standardize=False)
    scaler = StandardScaler(with_mean=not sparse.issparse(X))
    pipeline = make_pipeline(scaler, plain)
    if is_regressor(model):
        pipeline = TransformedTargetRegressor(pipeline, transformer=StandardScaler())
    expected = outputs(pipeline.fit(X, y), X)
    assert_close(outputs(model.fit(X, y), X), expected, max(tolerance(X, {}), 1e-8))


@problems
@pytest.mark.parametrize("name", ["adam", "lbfgs", "in float32", "all the rest"])
def test_validation_data_are_in_the_same_units(problem, name):
    (Estimator, X, y), more = PROBLEMS[problem], SETTINGS[name]
    held = {"X_val": X[::3], "y_val": y[::3]}
    model = make(Estimator, **more)
    if problem == "constant target":
        model.set_params(scoring="loss")
    units = Units(X, y, scale_y=is_regressor(model))
    X_val, y_val = units(*held.values())
    plain = clone(model).set_params(standardize=False)
    plain.fit(*units(X, y), X_val=X_val, y_val=y_val)
    assert_same_training(model.fit(X, y, **held), plain, tolerance(X, more))


UNSCALED = [
    # targets that have units of their own
    {"loss": "poisson"},
    {"output_activation": "softplus"},
    {"loss": "absolute_error", "output_activation": "relu"},
]


@pytest.mark.parametrize("more", UNSCALED, ids=str)
def test_targets_stay_where_outputs_are_not_free(more):
    units = Units(X, COUNTS, scale_y=False)
    model = make(MLPRegressor, **more)
    plain = clone(model).set_params(standardize=False).fit(*units(X, COUNTS))
    assert_same_training(model.fit(X, COUNTS), plain, 1e-9)
    assert_close(model.predict(X), plain.predict(units.x.transform(X)), 1e-9)


@pytest.mark.parametrize("loss", sorted(REGRESSION_LOSSES.keys() - {"poisson", "gamma"}))
def test_an_identity_given_by_name_is_as_free(loss):
    model = make(MLPRegressor, loss=loss).fit(X, Y)
    same = make(MLPRegressor, loss=loss, output_activation="identity").fit(X, Y)
    assert_close(same.predict(X), model.predict(X), 1e-9)


@pytest.mark.parametrize("delta", [0.1, 10.0])
def test_hubers_delta_is_in_standard_deviations(delta):
    units = Units(X, Y)
    model = make(MLPRegressor, loss=Huber(delta)).fit(X, Y)
    plain = make(MLPRegressor, loss=Huber(delta), standardize=False).fit(*units(X, Y))
    assert_same_training(model, plain, 1e-9)


@pytest.mark.parametrize("scoring", ["r2", "neg_mean_absolute_error"])
@pytest.mark.parametrize("more", [{"early_stopping": True}, {"solver": "lbfgs"}], ids=str)
def test_a_scorer_gets_a_model_in_the_units_of_the_user(scoring, more):
    held = {"X_val": X[::2], "y_val": Y[::2]}
    model = make(MLPRegressor, scoring=scoring, **more).fit(X, Y, **held)
    error = Y[::2] - model.predict(X[::2])
    if scoring == "r2":
        own = make(MLPRegressor, **more).fit(X, Y, **held)
        assert_close(model.history_["val_score"], own.history_["val_score"], 1e-9)
        expected = model.score(X[::2], Y[::2])
    else:
        expected = -np.abs(error).mean()
    scores = model.history_["val_score"]
    assert_close(scores[model.best_iter_ - 1], expected, 1e-9)


# --- units do not matter -------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("factor", [1e-50, 1e-3, 1e3, 1e50])
@pytest.mark.parametrize("dtype", [None, "float32"])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_the_units_of_the_inputs_do_not_matter(Estimator, factor, dtype, container):
    X, y = data_of(Estimator)
    X = X[:, :-1]  # a constant has no unit to standardize by
    one = make(Estimator, dtype=dtype).fit(container(X), y)
    other = make(Estimator, dtype=dtype).fit(container(X * factor), y)
    rtol = 1e-9 if dtype is None else 1e-4
    assert_close(other.loss_curve_, one.loss_curve_, rtol)
    assert_close(outputs(other, container(X * factor)), outputs(one, container(X)), rtol)


@pytest.mark.parametrize("factor", [1e-50, -1e3, 1e50])
@pytest.mark.parametrize("dtype", [None, "float32"])
@pytest.mark.parametrize("loss", sorted(REGRESSION_LOSSES.keys() - {"poisson", "gamma"}))
def test_predictions_are_in_the_units_of_the_targets(factor, dtype, loss):
    if factor < 0 and loss == "quantile":
        factor = -factor
    # only a model that starts at 0 does not know the sign of the units
    start = Given([np.zeros((X.shape[1], 1))], [np.zeros(1)])
    more = {"loss": loss, "dtype": dtype, "hidden_layer_sizes": (), "initializer": start}
    more["solver"] = "sgd"  # adam takes steps of full length on gradients that are rounding
    one = make(MLPRegressor, **more).fit(X, Y)
    other = make(MLPRegressor, **more).fit(X, factor * Y + 3 * factor)
    rtol = 1e-9 if dtype is None else 1e-4
    assert_close(other.loss_curve_, one.loss_curve_, rtol)
    assert_close(other.predict(X), factor * one.predict(X) + 3 * factor, rtol)


@problems
@pytest.mark.parametrize("more", [{}, {"solver": "lbfgs"}], ids=str)
def test_weights_are_repetitions(problem, more):
    Estimator, X, y = PROBLEMS[problem]
    times = np.random.default_rng(2).integers(0, 4, len(y))
    model = make(Estimator, batch_size="full", shuffle=False, **more)
    weighted = clone(model).fit(X, y, times)
    rows = np.arange(len(y)).repeat(times)
    repeated = clone(model).fit(X[rows], y[rows])
    rtol = 1e-7 if X.dtype == np.float64 else 1e-3
    assert_close(weighted.history_["loss"], repeated.history_["loss"], rtol)
    assert_close(outputs(weighted, X), outputs(repeated, X), rtol)


def test_samples_without_weight_have_no_part_in_the_units():
    wild = np.r_[X, X[:2] * 1e9]
    y, w = np.r_[Y, 1e9 * Y[:2]], np.r_[np.ones(len(Y)), 0, 0]
    model = make(MLPRegressor, solver="lbfgs", max_iter=20)
    expected = clone(model).fit(X, Y).predict(X)
    assert_close(model.fit(wild, y, w).predict(X), expected, 1e-6)


@kinds
@pytest.mark.parametrize("ratio", [10.0, 1e3])
def test_float32_keeps_its_digits_where_means_are_large(Estimator, ratio):
    """The mean costs as many digits as it has, and no more."""
    X, y = data_of(Estimator)
    X = (StandardScaler().fit_transform(X) + ratio).astype(np.float32)
    if Estimator is MLPRegressor:
        y = (StandardScaler().fit_transform(y[:, None])[:, 0] + ratio).astype(np.float32)
    settings = {"max_iter": 30, "hidden_layer_sizes": (20,)}
    exact = make(Estimator, **settings).fit(
        X.astype(np.float64), y.astype(np.float64) if is_regressor(Estimator()) else y
    )
    expected = outputs(exact, X.astype(np.float64))
    eps = np.finfo(np.float32).eps
    low = make(Estimator, **settings).fit(X, y)
    # the training does not notice
    assert_close(low.loss_curve_, exact.loss_curve_, 100 * eps)
    # a dozen terms of the size of the mean
    np.testing.assert_allclose(outputs(low, X), expected, rtol=0, atol=20 * eps * ratio)
    mixed = make(Estimator, **settings, dtype="float32").fit(X.astype(np.float64), y)
    np.testing.assert_allclose(
        outputs(mixed, X.astype(np.float64)), expected, rtol=0, atol=20 * eps * ratio
    )


# --- the model is in the units of the user -------------------------------------------------


def test_nothing_is_fitted_that_is_not_there_without():
    for Estimator in (MLPClassifier, MLPRegressor):
        X, y = data_of(Estimator)
        fitted = [set(vars(make(Estimator, standardize=s).fit(X, y))) for s in (True, False)]
        assert fitted[0] == fitted[1]


@kinds
def test_sparse_and_dense_predictions_are_the_same(Estimator):
    dense, y = data_of(Estimator)
    model = make(Estimator).fit(dense, y)
    for kind in (sparse.csr_array, sparse.csc_matrix):
        assert_close(outputs(model, kind(dense)), outputs(model, dense), 1e-9)


@pytest.mark.parametrize("kind", [sparse.csr_array, sparse.csc_array, sparse.csc_matrix])
def test_all_kinds_of_sparse_input_are_the_same(kind):
    expected = make(MLPClassifier).fit(SPARSE, CODES)
    given = kind(SPARSE.toarray())
    model = make(MLPClassifier).fit(given, CODES)
    assert_close(model.coefs_[0], expected.coefs_[0], 1e-12)
    np.testing.assert_array_equal(given.toarray(), SPARSE.toarray())


def test_entries_that_are_stored_twice_are_summed():
    twice = sparse.csr_array(
        (SPARSE.data.repeat(2) / 2, SPARSE.indices.repeat(2), 2 * SPARSE.indptr),
        shape=SPARSE.shape,
    )
    expected = make(MLPClassifier).fit(SPARSE, CODES)
    assert_close(make(MLPClassifier).fit(twice, CODES).coefs_[0], expected.coefs_[0], 1e-9)


@kinds
@pytest.mark.parametrize("first", [np.asarray, sparse.csr_array])
def test_validation_data_may_be_stored_otherwise(Estimator, first):
    """Whether they are centred depends on X, not on how they are stored themselves."""
    X, y = data_of(Estimator)
    curves = [
        make(Estimator).fit(first(X), y, X_val=kind(X), y_val=y).history_["val_loss"]
        for kind in (np.asarray, sparse.csr_array)
    ]
    assert_close(curves[1], curves[0], 1e-9)


@kinds
@pytest.mark.parametrize("first", [np.asarray, sparse.csr_array])
def test_samples_may_be_stored_otherwise_in_partial_fit(Estimator, first):
    X, y = data_of(Estimator)
    models = [make(Estimator).fit(first(X), y) for _ in range(2)]
    for model, kind in zip(models, (np.asarray, sparse.csr_array), strict=True):
        model.partial_fit(kind(X), y)
    assert_close(models[1].loss_curve_, models[0].loss_curve_, 1e-9)
    assert_close(outputs(models[1], X), outputs(models[0], X), 1e-9)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_samples_that_are_too_far_off_for_the_units(kind):
    features = 1e-30 * RNG.uniform(1, 2, (20, 3))
    model = MLPRegressor(standardize=True, dtype="float32").partial_fit(kind(features), Y[:20])
    before = snapshot(model)
    with pytest.raises(ValueError, match="X has values that are too large for float32"):
        model.partial_fit(kind(1e60 * features), Y[:20])
    assert_unchanged(model, before)


@kinds
def test_nothing_that_is_given_is_written_to(Estimator, tmp_path):
    X, y = data_of(Estimator)
    expected = make(Estimator, early_stopping=True).fit(X, y)
    joblib.dump((X, y), tmp_path / "data")
    mapped = joblib.load(tmp_path / "data", mmap_mode="r")
    frozen = X.copy(), y.copy()
    for array in frozen:
        array.flags.writeable = False
    for data in (frozen, mapped, (X.tolist(), y.tolist()), (np.asfortranarray(X), y)):
        model = make(Estimator, early_stopping=True).fit(*data)
        np.testing.assert_array_equal(model.coefs_[0], expected.coefs_[0])
    given = SPARSE.copy()
    make(Estimator).fit(given, CODES, X_val=given, y_val=CODES)
    np.testing.assert_array_equal(given.data, SPARSE.data)


@pytest.mark.parametrize("dtype", ["float16", "int32", "uint8", "bool", "object"])
def test_any_dtype_of_numbers(dtype):
    data = np.clip(np.abs(StandardScaler().fit_transform(X)) * 3, 0, 200).astype(dtype)
    expected = make(MLPRegressor).fit(data.astype(np.float64), Y)
    np.testing.assert_array_equal(
        make(MLPRegressor).fit(data, Y).coefs_[0], expected.coefs_[0]
    )
    y = data[:, 0]
    expected = make(MLPRegressor).fit(X, y.astype(np.float64))
    np.testing.assert_array_equal(make(MLPRegressor).fit(X, y).coefs_[0], expected.coefs_[0])


@pytest.mark.parametrize("n_samples", [1, 2])
def test_few_samples(n_samples):
    model = make(MLPRegressor, max_iter=1).fit(X[:n_samples], Y[:n_samples])
    assert np.isfinite(model.predict(X[:n_samples])).all()
    model = make(MLPClassifier, max_iter=1).fit(IRIS_X[[0, 50, 100]], CODES[[0, 50, 100]])
    assert np.isfinite(model.predict_proba(IRIS_X)).all()


def test_the_random_state_is_left_as_without():
    left = []
    for standardize in (True, False):
        state = np.random.RandomState(5)
        make(
            MLPRegressor, early_stopping=True, random_state=state, standardize=standardize
        ).fit(X, Y)
        left.append(state.randint(1 << 30))
    assert left[0] == left[1]


@kinds
def test_data_frames(Estimator):
    pd = pytest.importorskip("pandas")
    X, y = data_of(Estimator)
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])
    model = make(Estimator, early_stopping=True).fit(frame, pd.Series(y))
    assert list(model.feature_names_in_) == list(frame.columns)
    expected = make(Estimator, early_stopping=True).fit(X, y)
    np.testing.assert_array_equal(model.predict(frame), expected.predict(X))


# --- going on ------------------------------------------------------------------------------

SEQUENCES = {
    "adam": {},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.01},
    "in float32": {"dtype": "float32"},
    "no hidden layer": {"hidden_layer_sizes": ()},
    "maxout": {"activation": "maxout"},
    "dropout": {"dropout": 0.3},
    "best": {"restore_best": True, "learning_rate_init": 0.3, "solver": "sgd"},
    "clipped": {"clip_norm": 0.1},
}


@pytest.mark.parametrize(
    "problem", ["regression", "several outputs", "two classes", "sparse", "float32"]
)
@pytest.mark.parametrize("more", SEQUENCES.values(), ids=list(SEQUENCES))
@pytest.mark.parametrize("first", ["partial_fit", "fit"])
def test_partial_fit_keeps_the_units_of_the_first_call(problem, more, first):
    Estimator, X, y = PROBLEMS[problem]
    model = make(Estimator, **more)
    plain = clone(model).set_params(standardize=False)
    w = np.random.default_rng(1).uniform(0.1, 3, len(y))
    third = len(y) // 3
    parts = [slice(0, third), slice(third, None), slice(2 * third, None), slice(0, third)]
    classes = {}
    if not is_regressor(model):
        if first == "fit":
            parts[0] = slice(None)  # it must see all classes
        else:
            classes["classes"] = np.unique(y)
    units = Units(X[parts[0]], y[parts[0]], w[parts[0]], is_regressor(model))
    held = {"X_val": X[::4], "y_val": y[::4]}
    X_val, y_val = units(*held.values())
    for name, part in zip([first, *["partial_fit"] * 3], parts, strict=True):
        getattr(model, name)(X[part], y[part], w[part], **held, **classes)
        scaled = units(X[part], y[part])
        getattr(plain, name)(*scaled, w[part], X_val=X_val, y_val=y_val, **classes)
        classes = {}
    # exactly: each call goes on from the training's own weights, not from the folded ones,
    # but for the first after a fit, which keeps no others
    if first == "partial_fit" and tolerance(X, more) < 1e-6 and not sparse.issparse(X):
        np.testing.assert_array_equal(model.loss_curve_, plain.loss_curve_)
    rtol = max(tolerance(X, more), 1e-8)
    assert_close(model.loss_curve_, plain.loss_curve_, rtol)
    for ours, theirs in zip((model.coefs_, model.intercepts_), units.fold(plain), strict=True):
        for a, b in zip(ours, theirs, strict=True):
            assert_close(a, b, rtol)


@kinds
def test_a_fit_is_its_epochs(Estimator):
    X, y = data_of(Estimator)
    whole = make(Estimator, shuffle=False).fit(X, y)
    epochs = make(Estimator, shuffle=False, max_iter=1).fit(X, y)
    for _ in range(4):
        epochs.partial_fit(X, y)
    assert_close(epochs.loss_curve_, whole.loss_curve_, 1e-12)
    for a, b in zip(epochs.coefs_, whole.coefs_, strict=True):
        assert_close(a, b, 1e-12)


# Steps too small to see, so that a training returns the function that it begins with.
STILL = {"solver": "sgd", "learning_rate_init": 1e-13, "momentum": 0.0, "max_iter": 2}
GOING_ON = {
    # before, and then
    "same": ({}, {}),
    "other data": ({}, {"factor": 1e3}),
    "no longer": ({}, {"standardize": False}),
    "from now on": ({"standardize": False}, {}),
    "from now on, other data": ({"standardize": False}, {"factor": 1e3}),
    "best, no longer": ({"restore_best": True}, {"standardize": False}),
    "best, from now on": ({"restore_best": True, "standardize": False}, {}),
    "float32": ({"dtype": "float32"}, {}),
    "after lbfgs": ({"solver": "lbfgs"}, {}),
    "maxout": ({"activation": "maxout", "hidden_layer_sizes": (4, 3)}, {}),
    "no hidden layer": ({"hidden_layer_sizes": ()}, {}),
}


@kinds
@pytest.mark.parametrize(("before", "then"), GOING_ON.values(), ids=list(GOING_ON))
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_goes_on_from_the_fitted_function(Estimator, before, then, method):
    X, y = data_of(Estimator)
    # of unit scale, so that an unscaled training can be still as well
    X = StandardScaler().fit_transform(X) + 2
    y = y / np.std(y) + 3 if Estimator is MLPRegressor else y
    model = make(Estimator, warm_start=True, max_iter=20, **before).fit(X, y)
    expected = outputs(model, X)
    then = {"standardize": True, **then}
    factor = then.pop("factor", 1.0)
    model.set_params(**STILL, **then)
    getattr(model, method)(X * factor, y)
    assert_close(outputs(model, X), expected, 1e-4 if "dtype" in before else 1e-5)


@kinds
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("in_place", [True, False])
def test_an_edited_model_is_where_the_training_goes_on(Estimator, method, in_place):
    X, y = data_of(Estimator)
    model = make(Estimator, warm_start=True, max_iter=20).fit(X, y)
    model.partial_fit(X, y)
    if in_place:
        model.coefs_[-1] *= 0.5
        model.intercepts_[-1] += 2
    else:
        model.coefs_ = [W.copy() for W in model.coefs_[:-1]] + [0.5 * model.coefs_[-1]]
        model.intercepts_ = [*model.intercepts_[:-1], model.intercepts_[-1] + 2]
    expected = outputs(model, X)
    model.set_params(**STILL)
    for _ in range(2):
        getattr(model, method)(X, y)
        assert_close(outputs(model, X), expected, 1e-7)


@kinds
def test_an_edited_model_keeps_the_units(Estimator):
    X, y = data_of(Estimator)
    units = Units(X, y, scale_y=Estimator is MLPRegressor)
    model = make(Estimator).fit(X, y)
    plain = make(Estimator, standardize=False).fit(*units(X, y))
    plain.coefs_[0] *= 0.5
    plain.intercepts_[-1] += 1
    model.coefs_, model.intercepts_ = units.fold(plain)
    for _ in range(3):
        model.partial_fit(X * 1.1, y)
        plain.partial_fit(*units(X * 1.1, y))
    assert_close(model.loss_curve_, plain.loss_curve_, 1e-7)


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("restore_best", [True, False])
def test_losses_in_other_units_are_not_compared(method, first, restore_best):
    """As for other criteria: the best loss is the best one of those that can be compared."""
    y = Y / np.std(Y) * 1e3
    model = make(MLPRegressor, standardize=first, warm_start=True, max_iter=20)
    model.set_params(restore_best=restore_best, n_iter_no_change=100).fit(X, y)
    model.set_params(standardize=not first, max_iter=5)
    for _ in range(3):
        getattr(model, method)(X, y)
    losses = model.loss_curve_[20:]
    assert model.best_loss_ == min(losses)
    if restore_best:  # a fit chooses among its own epochs
        chosen = losses[-5:] if method == "fit" else losses
        assert model.best_iter_ == 21 + len(losses) - len(chosen) + np.argmin(chosen)


@kinds
def test_copies_go_on_as_the_original(Estimator, tmp_path):
    X, y = data_of(Estimator)
    more = {"dropout": 0.3, "restore_best": True, "n_init": 2, "clip_norm": 1.0}
    model = make(Estimator, dtype="float32", **more).fit(X, y).partial_fit(X, y)
    joblib.dump(model, tmp_path / "model")
    copies = [
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        copy.copy(model),
        joblib.load(tmp_path / "model", mmap_mode="r"),
    ]
    model.partial_fit(X, y)
    for other in copies:
        other.partial_fit(X, y)
        np.testing.assert_array_equal(other.coefs_[0], model.coefs_[0])
        np.testing.assert_array_equal(other.loss_curve_, model.loss_curve_)
    assert clone(model).standardize is True


def test_early_stopping_at_a_warm_start_keeps_the_best():
    model = make(MLPRegressor, early_stopping=True, warm_start=True, max_iter=40).fit(X, Y)
    best, expected = model.best_validation_score_, model.predict(X)
    # diverges at once, so nothing can be better
    model.set_params(learning_rate_init=1e3, optimizer="sgd", max_iter=3).fit(X, Y)
    assert model.best_validation_score_ == best
    assert_close(model.predict(X), expected, 1e-9)


# --- the hint ------------------------------------------------------------------------------

FIRST_ORDER = (
    r"Stochastic Optimizer: Maximum iterations \(5\) reached and the optimization hasn't "
    r"converged yet\."
)
UNIT = StandardScaler().fit_transform(X)
Y_UNIT = StandardScaler().fit_transform(Y[:, None])[:, 0]
FAR = [
    # estimator, X, y, what is far
    (MLPRegressor, 100 * UNIT, Y_UNIT, "The inputs "),
    (MLPRegressor, UNIT + 100, Y_UNIT, "The inputs "),
    (MLPRegressor, 0.01 * UNIT, Y_UNIT, "The inputs "),
    (MLPRegressor, sparse.csr_array(100 * UNIT), Y_UNIT, "The inputs "),
    (MLPRegressor, (100 * UNIT).astype(np.float32), Y_UNIT, "The inputs "),
    (MLPRegressor, UNIT, 100 * Y_UNIT, "The targets "),
    (MLPRegressor, UNIT, 0.01 * np.c_[Y_UNIT, Y_UNIT], "The targets "),
    (MLPRegressor, 100 * UNIT, Y_UNIT - 100, "The inputs .* and the targets "),
    (MLPClassifier, 100 * UNIT, Y_UNIT > 0, "The inputs "),
]
NOT_FAR = [
    (make(MLPRegressor, standardize=False), UNIT, Y_UNIT),
    (make(MLPRegressor, standardize=False), 3 * UNIT + 1, 1 - 3 * Y_UNIT),
    (make(MLPRegressor, standardize=False, loss="poisson"), UNIT, 10 + Y_UNIT),
    (make(MLPClassifier, standardize=False), UNIT, np.where(Y_UNIT > 0, 1000, 2000)),
    (make(MLPRegressor), 100 * UNIT, 100 * Y_UNIT),
]


def warnings_of(model, *data):
    with pytest.warns(ConvergenceWarning) as record:
        model.fit(*data)
    return [str(warning.message) for warning in record]


@pytest.mark.filterwarnings("default::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("Estimator", "X", "y", "what"), FAR)
@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_the_warning_names_what_is_far_from_unit_scale(Estimator, X, y, what, solver):
    (message,) = warnings_of(make(Estimator, solver=solver, standardize=False), X, y)
    hint = rf"{what}\(root mean square .*\) are far from unit scale.*standardize=True.*\.$"
    if solver == "adam":
        assert re.match(f"{FIRST_ORDER} {hint}", message)
    else:
        assert re.match(rf"(?s)lbfgs failed to converge.*\n{hint}", message)
    assert ("targets" in message) == ("targets" in what)


@pytest.mark.filterwarnings("default::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "X", "y"), NOT_FAR)
def test_the_warning_says_nothing_else_where_scale_is_not_why(model, X, y):
    (message,) = warnings_of(clone(model), X, y)
    assert re.match(f"{FIRST_ORDER}$", message)
    (message,) = warnings_of(clone(model).set_params(solver="lbfgs"), X, y)
    assert "standardize" not in message


@pytest.mark.filterwarnings("error::sklearn.exceptions.ConvergenceWarning")
def test_no_warning_where_the_training_has_converged():
    model = make(MLPRegressor, standardize=False, tol=1e9, n_iter_no_change=1)
    model.fit(100 * UNIT, 100 * Y_UNIT)
    model.partial_fit(100 * UNIT, 100 * Y_UNIT)


# --- bad input -----------------------------------------------------------------------------

BAD = [
    ({}, 1e200 * UNIT, Y_UNIT, "standardize=True: the variance of X is not finite"),
    ({}, sparse.csc_array(1e200 * UNIT), Y_UNIT, "the variance of X is not finite"),
    ({}, UNIT, 1e200 * Y_UNIT, "standardize=True: the variance of y is not finite"),
    ({"early_stopping": True}, 1e200 * UNIT, Y_UNIT, "the variance of X is not finite"),
    ({"solver": "lbfgs"}, 1e200 * UNIT, Y_UNIT, "the variance of X is not finite"),
    ({"standardize": 1}, UNIT, Y_UNIT, "'standardize' parameter of MLPRegressor"),
    ({"standardize": "yes"}, UNIT, Y_UNIT, "'standardize' parameter"),
    ({"standardize": None}, UNIT, Y_UNIT, "'standardize' parameter"),
    # what the dtype of the model cannot hold, though that of the training can
    ({}, UNIT.astype(np.float32), 1e50 * Y_UNIT, "(too large|non-finite)"),
    (
        {"learning_rate_init": 1e30, "dtype": "float64"},
        1e-20 * UNIT.astype(np.float32),
        Y_UNIT,
        "non-finite",
    ),
    # infinite weights, which are not yet NaN
    (
        {"solver": "sgd", "learning_rate_init": 1e39, "max_iter": 1, "batch_size": "full"},
        np.float32(UNIT + 1),
        Y_UNIT,
        "non-finite",
    ),
]


@pytest.mark.parametrize(("more", "X", "y", "message"), BAD)
def test_bad_input_is_named_and_nothing_is_lost(more, X, y, message):
    fitted = make(MLPRegressor).fit(UNIT, Y_UNIT).set_params(**more)
    for model in (make(MLPRegressor, **more), fitted):
        before = snapshot(model)
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        assert_unchanged(model, before)


def test_weights_that_are_all_zero_are_named():
    for more in ({}, {"early_stopping": True}):
        with pytest.raises(ValueError, match=r"(?i)sample.weight"):
            make(MLPRegressor, **more).fit(X, Y, np.zeros(len(Y)))


# --- as a parameter ------------------------------------------------------------------------


@kinds
def test_grid_search(Estimator):
    grid = {"standardize": [False, True], "solver": ["adam", "lbfgs"]}
    search = GridSearchCV(make(Estimator), grid, cv=2, error_score="raise")
    search.fit(*data_of(Estimator))
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def generate_checks():
    for Estimator in (MLPClassifier, MLPRegressor):
        configured = Estimator(standardize=True, max_iter=20)
        for estimator, check in estimator_checks_generator(configured):
            name = check.func.__name__
            # what 20 epochs cannot reach
            if name not in ("check_classifiers_train", "check_regressors_train"):
                yield pytest.param(estimator, check, id=f"{configured}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


def test_a_warm_start_measures_anew():
    model = make(MLPRegressor, standardize=True, warm_start=True, max_iter=5, alpha=0)
    model.fit(X, Y)
    model.set_params(max_iter=1, learning_rate_init=1e-12, batch_size="full").fit(X, 100 * Y)
    error = model.predict(X) - 100 * Y
    in_units_of_y = np.mean(error**2) / 2 / np.var(100 * Y)
    np.testing.assert_allclose(model.loss_, in_units_of_y, rtol=1e-6)


@quiet
def test_weights_of_any_size_standardize():
    """StandardScaler takes their sum for a number of rows, and then a column for constant."""
    X, y = 5 + 3 * np.random.default_rng(0).normal(size=(2, 60, 1))
    weights = np.random.default_rng(1).uniform(1, 2, 60)
    model = MLPRegressor("mse", (4,), standardize=True, max_iter=5, alpha=0, random_state=0)
    losses = [
        clone(model).fit(X, y[:, 0], w).loss_curve_ for w in (weights, 2.0**60 * weights)
    ]
    np.testing.assert_allclose(*losses, rtol=1e-6)
