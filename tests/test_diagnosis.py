"""Trainings that do not go well say so: divergence, and values far from unit scale."""

import re
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp.schedules import Schedule
from tests.samples import INDICATORS, LABELS, WEIGHTS, X_REG, Y_REG, X

LINEAR = X_REG @ np.linspace(-2, 3, X_REG.shape[1])
CLASSES = (np.median(LINEAR) < LINEAR).astype(int)


class Explodes(Schedule):
    """Three epochs, and then the weights are lost."""

    def rate(self, initial, progress):
        return initial if progress.epoch < 3 else 1e200


def regressor(**parameters):
    return MLPRegressor(**{"max_iter": 30, "random_state": 0} | parameters)


def tabular(**parameters):
    settings = {"max_iter": 10, "n_networks": 2, "random_state": 0}
    return TabularMLPRegressor(**settings | parameters)


def losses_printed(text):
    return re.findall(r"^Iteration +\d+, loss = +(\S+?),", text, re.MULTILINE)


# --- divergence ----------------------------------------------------------------------------

SKLEARN = (
    "Solver produced non-finite parameter weights. The input data may contain large values "
    "and need to be preprocessed. "
)
DIVERGING = {
    # the estimator, the factor of y, and the remedies of its error
    "sgd": (
        regressor(optimizer="sgd", learning_rate_init=1e5),
        1,
        "a smaller learning rate than learning_rate_init=100000, clip_norm=1.0 or "
        "standardize=True (or other scales of X and y)",
    ),
    "standardize": (
        regressor(optimizer="sgd", learning_rate_init=1e5, standardize=True),
        1,
        "a smaller learning rate than learning_rate_init=100000 or clip_norm=1.0",
    ),
    "clip_norm": (
        regressor(optimizer="sgd", learning_rate_init=1e99, standardize=True, clip_norm=9e9),
        1,
        "a smaller learning rate than learning_rate_init=1e+99",
    ),
    "large targets": (
        regressor(optimizer="sgd"),
        1e9,
        "standardize=True (or other scales of X and y), a smaller learning rate than "
        "learning_rate_init=0.001 or clip_norm=1.0",
    ),
    "several networks": (
        regressor(optimizer="sgd", learning_rate_init=1e5, n_init=3),
        1,
        "a smaller learning rate than learning_rate_init=100000, clip_norm=1.0 or "
        "standardize=True (or other scales of X and y)",
    ),
    "lbfgs": (
        regressor(optimizer="lbfgs"),
        1e160,
        "standardize=True (or other scales of X and y)",
    ),
    "lbfgs, standardize": (
        regressor(optimizer="lbfgs", standardize=True, alpha=1e308),
        1,
        "another alpha, loss or activation",
    ),
    "tabular": (
        tabular(early_stopping=False, learning_rate_init=1e30),
        1,
        "a smaller learning rate than learning_rate_init=1e+30 or less than weight_decay=0.02",
    ),
}


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
@pytest.mark.parametrize(("model", "factor", "remedies"), DIVERGING.values(), ids=DIVERGING)
def test_divergence_ends_the_training_with_what_may_help(model, factor, remedies, capsys):
    with pytest.raises(ValueError, match="Solver produced") as failure:
        model.set_params(verbose=True).fit(X_REG, factor * LINEAR)
    found = re.fullmatch(
        rf"{re.escape(SKLEARN)}The loss of epoch (\d+) is (inf|nan)(.*)\. "
        rf"Try {re.escape(remedies)}\.",
        str(failure.value),
    )
    assert found
    assert ("learning rate" in found[3]) == (model.get_params().get("optimizer") != "lbfgs")
    losses = [float(loss) for loss in losses_printed(capsys.readouterr().out)]
    assert len(losses) in (int(found[1]), 0)  # none where the start is all there is
    assert np.isfinite(losses[:-1]).all()
    assert not np.isfinite(losses[-1:]).any()
    assert vars(model) == vars(type(model)(**model.get_params()))


def test_the_error_has_epoch_and_rate():
    model = regressor(optimizer="sgd", learning_rate=Explodes(), batch_size=50)
    with pytest.raises(
        ValueError, match=r"epoch 4 is (nan|inf), with the learning rate 1e\+200"
    ):
        model.fit(X_REG, LINEAR)
    n_iter = model.set_params(learning_rate="constant", tol=1e9).fit(X_REG, LINEAR).n_iter_
    model.set_params(warm_start=True, learning_rate_init=1e200)
    with pytest.raises(ValueError, match=rf"The loss of epoch {n_iter + 1} is"):
        model.fit(X_REG, LINEAR)
    with pytest.raises(ValueError, match=rf"The loss of epoch {n_iter + 1} is"):
        model.partial_fit(X_REG, LINEAR)


@pytest.mark.parametrize(
    "settings", [{"early_stopping": True}, {"restore_best": True}], ids=str
)
def test_the_best_epoch_is_given_back_with_a_warning(settings):
    settings = {"optimizer": "sgd", "learning_rate": Explodes(), "batch_size": 50, **settings}
    model = regressor(**settings)
    message = (
        r"^The loss of epoch 4 is (nan|inf), with the learning rate 1e\+200, which ended the "
        r"training: the weights are those of epoch 3\. Try a smaller learning rate"
    )
    with pytest.warns(ConvergenceWarning, match=message):
        model.fit(X_REG, LINEAR)
    assert model.n_iter_ == 4
    assert model.best_iter_ == 3
    with pytest.warns(ConvergenceWarning, match="Maximum iterations"):
        expected = regressor(**settings).set_params(max_iter=3).fit(X_REG, LINEAR)
    for mine, theirs in zip(model.coefs_, expected.coefs_, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_step_that_loses_the_weights_does_not_give_them_back():
    """With one step per epoch, the loss of the epoch is that of the weights before it."""
    model = regressor(optimizer="sgd", learning_rate=Explodes(), restore_best=True)
    with pytest.raises(ValueError, match="The loss of epoch 5 is"):
        model.fit(X_REG, LINEAR)


def test_some_of_several_networks_may_diverge():
    """At the edge of what the rate allows, it depends on where a network starts."""
    settings = {"optimizer": "sgd", "learning_rate_init": 0.12, "n_init": 5}
    model = regressor(**settings).fit(X_REG, LINEAR)
    lost = np.isnan(model.init_scores_)
    assert 0 < lost.sum() < 5
    assert np.isfinite(model.predict(X_REG)).all()
    assert model.init_scores_[~lost].max() == -model.loss_


@pytest.mark.parametrize("Estimator", [TabularMLPClassifier, TabularMLPRegressor])
def test_tables_warn_once_for_all_networks(Estimator):
    settings = {"max_iter": 10, "n_networks": 3, "learning_rate_init": 1e3}
    model = Estimator(**settings, random_state=0)
    with pytest.warns(ConvergenceWarning, match="The loss of epoch .* those of epoch") as seen:
        model.fit(X_REG, CLASSES)
    assert len(seen) == 1
    assert np.isfinite(model.predict(X_REG)).all()


# --- nothing learned -----------------------------------------------------------------------

SILENT = "default::sklearn.exceptions.ConvergenceWarning"
UNIT_SCALE = "standardize=True brings them there"
LEARNED_NOTHING = {
    "tiny targets": (MLPRegressor(), X_REG, 1e-9 * LINEAR, None, r"targets .*" + UNIT_SCALE),
    "one tiny target": (
        MLPRegressor(max_iter=1000),
        X_REG,
        np.c_[LINEAR, 1e-9 * LINEAR],
        None,
        r"targets \(root mean square .*e-09\).*" + UNIT_SCALE,
    ),
    "lbfgs": (
        MLPRegressor(optimizer="lbfgs"),
        X_REG,
        1e-9 * LINEAR,
        None,
        r"targets .*" + UNIT_SCALE,
    ),
    "tiny inputs": (MLPRegressor(), 1e-9 * X_REG, LINEAR, None, "inputs .*" + UNIT_SCALE),
    "tiny sparse inputs": (
        MLPRegressor(),
        sparse.csr_array(1e-9 * X_REG),
        LINEAR,
        None,
        "inputs .*" + UNIT_SCALE,
    ),
    "inputs of all sizes": (
        MLPClassifier(),
        X_REG * np.logspace(12, -12, X_REG.shape[1]),
        CLASSES,
        None,
        "inputs .*" + UNIT_SCALE,
    ),
    "several labels": (
        MLPClassifier(max_iter=500),
        1e-9 * X,
        INDICATORS,
        None,
        "inputs .*" + UNIT_SCALE,
    ),
    "an input that is tiny": (
        MLPClassifier(max_iter=500),
        np.c_[np.ones(150), 1e-12 * X_REG[:, 2]],
        CLASSES,
        None,
        "ome inputs .*" + UNIT_SCALE,
    ),
    "counts of another size": (
        MLPRegressor(loss="poisson", optimizer="lbfgs"),
        X_REG,
        1e-9 * np.exp(X_REG[:, 2]),
        None,
        r"targets .* give them in other units\.$",
    ),
    "counts, standardize": (
        MLPRegressor(loss="poisson", optimizer="lbfgs", standardize=True),
        X_REG,
        1e-9 * np.exp(X_REG[:, 2]),
        None,
        r"targets .* give them in other units\.$",
    ),
    "amounts with a zero": (
        MLPRegressor(output_activation="relu"),
        X_REG,
        1e-9 * np.exp(X_REG[:, 2]),
        None,
        r"targets .* give them in other units\.$",
    ),
    "tiny weights": (
        MLPRegressor(max_iter=1000),
        X_REG,
        LINEAR,
        np.full(len(LINEAR), 1e-9),
        r"weights of the samples have the mean 1e-09: beside them, alpha=0.0001 counts",
    ),
}


@pytest.mark.parametrize(
    ("model", "X", "y", "weight", "message"), LEARNED_NOTHING.values(), ids=LEARNED_NOTHING
)
def test_who_has_learned_nothing_says_why(model, X, y, weight, message):
    with pytest.warns(ConvergenceWarning) as record:
        model.set_params(random_state=0).fit(X, y, weight)
    (warning,) = record
    first = "over the training samples is hardly lower than that of a constant prediction"
    found = re.match(rf"The loss( of output 1)? {first}\. .*{message}", str(warning.message))
    assert found
    assert bool(found[1]) == (np.ndim(y) == 2 and y.dtype.kind == "f")


LEARNED = {
    "scaled": (MLPRegressor(max_iter=2000), X_REG, Y_REG, None),
    "noise": (MLPRegressor(max_iter=2000, alpha=1e3), X_REG, Y_REG[::-1], None),
    "good all the same": (MLPRegressor(max_iter=5000), 30 * X_REG, LINEAR, None),
    "one constant target": (
        MLPRegressor(max_iter=5000),
        30 * X_REG,
        np.c_[LINEAR, np.full_like(LINEAR, 5.0)],
        None,
    ),
    "labels": (MLPClassifier(max_iter=2000), 30 * X, LABELS, None),
    "heavy": (MLPRegressor(max_iter=2000), X_REG, LINEAR, 1e9 * WEIGHTS),
    "light, no penalty": (MLPRegressor(max_iter=2000, alpha=0), X_REG, LINEAR, 1e-9 * WEIGHTS),
    "one sample": (MLPRegressor(max_iter=2000), 1e-9 * X_REG[:1], LINEAR[:1], None),
}


@pytest.mark.parametrize(("model", "X", "y", "weight"), LEARNED.values(), ids=LEARNED)
def test_others_are_not_warned_of(model, X, y, weight):
    model.set_params(random_state=0).fit(X, y, weight)


# --- values of any size --------------------------------------------------------------------

SIZES = {
    "targets 1e9": (1, 1e9, 1),
    "targets 1e-9": (1, 1e-9, 1),
    "targets far from 0": (1, 1, 1),
    "features": (np.logspace(-12, 12, X_REG.shape[1]), 1, 1),
    "weights 1e9": (1, 1, 1e9),
    "weights 1e-9": (1, 1, 1e-9),
    "weights": (1, 1, np.logspace(-9, 9, len(X_REG))[:, None]),
    "all": (np.logspace(12, -12, X_REG.shape[1]), 1e9, 1e-9),
}
SCALE_FREE = {
    "standardize": {"standardize": True, "max_iter": 3000, "alpha": 0.0},
    "standardize, float32": {"standardize": True, "dtype": "float32", "alpha": 0.0},
    "lbfgs": {"standardize": True, "optimizer": "lbfgs", "max_iter": 3000, "alpha": 0.0},
}
PLAIN = {
    "adam": {},
    "sgd": {"optimizer": "sgd"},
    "lbfgs": {"optimizer": "lbfgs"},
    "float32": {"dtype": "float32"},
    "early stopping": {"early_stopping": True},
}


def sized(sizes):
    features, targets, weights = sizes
    weight = (np.ones((len(X_REG), 1)) * weights).ravel()
    return features * X_REG, targets * LINEAR, weight


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("settings", SCALE_FREE.values(), ids=SCALE_FREE)
def test_standardized_values_may_be_of_any_size(sizes, settings):
    X, y, weight = sized(sizes)
    model = MLPRegressor(**{"max_iter": 3000} | settings, random_state=0).fit(X, y, weight)
    assert model.score(X, y, weight) > 0.9
    classifier = MLPClassifier(**{"max_iter": 3000} | settings, random_state=0)
    assert classifier.fit(X, CLASSES, weight).score(X, CLASSES, weight) > 0.9


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_tables_may_have_values_of_any_size(sizes):
    X, y, weight = sized(sizes)
    settings = {"max_iter": 30, "n_networks": 2, "early_stopping": False, "random_state": 0}
    assert TabularMLPRegressor(**settings).fit(X, y, weight).score(X, y, weight) > 0.9
    model = TabularMLPClassifier(**settings).fit(X, CLASSES, weight)
    assert model.score(X, CLASSES, weight) > 0.9


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("settings", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
def test_no_wrong_answer_in_silence(Estimator, settings, sizes):
    X, y, weight = sized(sizes)
    y = CLASSES if Estimator is MLPClassifier else y
    base = max(np.bincount(CLASSES, weight)) / weight.sum() if y is CLASSES else 0
    model = Estimator(**settings, random_state=0)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            model.fit(X, y, weight)
        except ValueError as error:
            assert str(error).startswith(SKLEARN)  # noqa: PT017
            return
    assert np.isfinite(model.predict(X)).all()
    if model.score(X, y, weight) <= base:
        assert said
        assert all(issubclass(warning.category, ConvergenceWarning) for warning in said)
