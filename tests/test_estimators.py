"""Public behaviour: what scikit-learn's MLP has not, and what happens to bad input."""

import copy
import warnings

import numpy as np
import pytest
from scipy import sparse
from scipy.special import expit, softmax
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.preprocessing import scale

from skmlp import MLPClassifier, MLPRegressor
from skmlp.activations import Activation, Softmax
from skmlp.initializers import Given, Initializer
from skmlp.losses import Loss
from skmlp.optimizers import SGD
from skmlp.schedules import InvScaling

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])

X, LABELS = load_iris(return_X_y=True)
X = scale(X)
INDICATORS = np.stack([LABELS == 1, X[:, 0] > 0], axis=1).astype(int)
X_REG, Y_REG = load_diabetes(return_X_y=True)
X_REG, Y_REG = scale(X_REG), scale(Y_REG)


def classifier(**parameters):
    return MLPClassifier(
        **{"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0, **parameters}
    )


def regressor(**parameters):
    return MLPRegressor(
        **{"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0, **parameters}
    )


def snapshot(estimator):
    return copy.deepcopy(vars(estimator))


def assert_unchanged(estimator, before):
    assert set(vars(estimator)) == set(before)
    for name, value in before.items():
        np.testing.assert_equal(_plain(getattr(estimator, name)), _plain(value), err_msg=name)


def _plain(value):
    """Objects as dicts, which can be compared."""
    if hasattr(value, "__dict__") and not isinstance(value, type):
        return {name: _plain(v) for name, v in vars(value).items()}
    return value


# --- linear models -----------------------------------------------------------------------

EXACT = {
    "hidden_layer_sizes": (),
    "optimizer": "lbfgs",
    "max_iter": 2000,
    "tol": 1e-8,
    "random_state": 0,
}


def test_no_hidden_layer_is_ridge_regression():
    ridge = Ridge(alpha=3.0).fit(X_REG, Y_REG)
    model = MLPRegressor(**EXACT, alpha=3.0).fit(X_REG, Y_REG)
    np.testing.assert_allclose(model.coefs_[0][:, 0], ridge.coef_, atol=1e-4)
    np.testing.assert_allclose(model.intercepts_[0], ridge.intercept_, atol=1e-4)


def test_no_hidden_layer_is_logistic_regression():
    y = LABELS == 1
    logistic = LogisticRegression(C=0.5, tol=1e-8).fit(X, y)
    model = MLPClassifier(**EXACT, alpha=2.0).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), logistic.predict_proba(X), atol=1e-4)


def test_no_hidden_layer_is_softmax_regression():
    logistic = LogisticRegression(C=0.5, tol=1e-8).fit(X, LABELS)
    model = MLPClassifier(**EXACT, alpha=2.0).fit(X, LABELS)
    np.testing.assert_allclose(model.predict_proba(X), logistic.predict_proba(X), atol=1e-4)


def test_no_hidden_layer_is_poisson_regression():
    y = np.round(np.exp(Y_REG))
    poisson = PoissonRegressor(alpha=0, tol=1e-8).fit(X_REG, y)
    model = MLPRegressor(**EXACT, loss="poisson", alpha=0).fit(X_REG, y)
    np.testing.assert_allclose(model.predict(X_REG), poisson.predict(X_REG), rtol=1e-3)


# --- what scikit-learn has not -------------------------------------------------------------


@kinds
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("dtype", [None, "float32", "float64"])
@pytest.mark.parametrize("X_dtype", [np.float32, np.float64])
def test_dtype(Estimator, optimizer, dtype, X_dtype):
    data = X.astype(X_dtype)
    model = Estimator().set_params(
        hidden_layer_sizes=(5,), optimizer=optimizer, dtype=dtype, max_iter=3, random_state=0
    )
    model.fit(data, LABELS)
    assert {a.dtype for a in model.coefs_ + model.intercepts_} == {np.dtype(X_dtype)}
    other = "predict_proba" if Estimator is MLPClassifier else "predict"
    assert getattr(model, other)(data).dtype == X_dtype
    same = Estimator(**model.get_params()).set_params(dtype=None)
    same.fit(data.astype(dtype or X_dtype), LABELS)
    for ours, expected in zip(model.coefs_, same.coefs_, strict=True):
        np.testing.assert_array_equal(ours, expected.astype(X_dtype))


def test_full_batch_is_one_step_per_epoch():
    full = classifier(batch_size="full").fit(X, LABELS)
    explicit = classifier(batch_size=len(X)).fit(X, LABELS)
    np.testing.assert_array_equal(full.coefs_[0], explicit.coefs_[0])
    rows = np.resize(np.arange(len(X)), 450)
    more_than_200 = classifier(batch_size="full").fit(X[rows], LABELS[rows])
    auto = classifier().fit(X[rows], LABELS[rows])
    assert (more_than_200.coefs_[0] != auto.coefs_[0]).any()


@pytest.mark.parametrize("early_stopping", [False, True])
def test_history(early_stopping):
    model = classifier(
        early_stopping=early_stopping,
        optimizer="sgd",
        learning_rate="invscaling",
        warm_start=True,
    )
    for n_fits in (1, 2):
        model.fit(X, LABELS)
        names = {"loss", "learning_rate", "seconds"}
        names |= {"val_loss", "val_score"} if early_stopping else set()
        assert set(model.history_) == names
        assert {len(values) for values in model.history_.values()} == {3 * n_fits}
    np.testing.assert_array_equal(model.history_["loss"], model.loss_curve_)
    assert (model.history_["seconds"] > 0).all()
    n_rows = 135 if early_stopping else 150
    samples = n_rows * np.array([0, 1, 2, 3, 4, 5])
    expected = np.where(np.arange(6) % 3 == 0, 1, (samples + 1.0) ** -0.5) * 0.001
    np.testing.assert_allclose(model.history_["learning_rate"], expected)


def test_history_of_lbfgs():
    model = classifier(optimizer="lbfgs", max_iter=10).fit(X, LABELS)
    assert set(model.history_) == {"loss", "seconds", "gradient_norm"}
    assert len(model.history_["loss"]) == model.n_iter_ == 10
    assert model.history_["loss"][-1] == model.loss_


def test_lbfgs_obeys_verbose(capsys):
    classifier(optimizer="lbfgs", verbose=True).fit(X, LABELS)
    assert capsys.readouterr().out.startswith("Iteration 1, loss = ")


def test_decision_function_is_the_logit():
    binary = classifier().fit(X, LABELS == 1)
    assert binary.decision_function(X).shape == (150,)
    np.testing.assert_allclose(
        expit(binary.decision_function(X)), binary.predict_proba(X)[:, 1], rtol=1e-12
    )
    multiclass = classifier().fit(X, LABELS)
    np.testing.assert_allclose(
        softmax(multiclass.decision_function(X), axis=1),
        multiclass.predict_proba(X),
        rtol=1e-12,
    )
    multilabel = classifier().fit(X, INDICATORS)
    np.testing.assert_allclose(
        expit(multilabel.decision_function(X)), multilabel.predict_proba(X), rtol=1e-12
    )


@pytest.mark.parametrize("y", [LABELS == 1, LABELS, INDICATORS], ids=["2", "3", "labels"])
def test_log_probabilities_are_finite(y):
    model = classifier().fit(X, y)
    np.testing.assert_allclose(
        model.predict_log_proba(X), np.log(model.predict_proba(X)), rtol=1e-12
    )
    model.coefs_[-1] *= 1e6
    assert (model.predict_proba(X) == 0).any()
    assert np.isfinite(model.predict_log_proba(X)).all()


def test_coefs_are_the_fitted_model():
    model = regressor().fit(X_REG, Y_REG)
    before = model.predict(X_REG)
    model.intercepts_[-1] = model.intercepts_[-1] + 2
    np.testing.assert_allclose(model.predict(X_REG), before + 2)
    model.coefs_ = [np.zeros_like(W) for W in model.coefs_]
    model.partial_fit(X_REG, Y_REG)
    assert np.abs(model.coefs_[0]).max() < 0.01


def test_multiclass_validation_set_is_stratified():
    y = np.array([0] * 60 + [1] * 30 + [2] * 10)
    data = np.arange(100.0)[:, None]
    seen = []

    class Spy(MLPClassifier):
        def _score(self, y_val, raw, sample_weight):
            seen.append(np.bincount(y_val))
            return super()._score(y_val, raw, sample_weight)

    Spy((2,), early_stopping=True, max_iter=1, validation_fraction=0.2).fit(data, y)
    np.testing.assert_array_equal(seen[0], [12, 6, 2])


def test_a_class_of_one_member_cannot_be_stratified():
    y = np.r_[LABELS[:-1], 7]
    with pytest.warns(UserWarning, match="not stratified by y: The least populated class"):
        classifier(early_stopping=True).fit(X, y)


def test_multilabel_partial_fit_needs_no_classes():
    model = classifier()
    for _ in range(3):
        model.partial_fit(X, INDICATORS)
    np.testing.assert_array_equal(model.classes_, [0, 1])
    assert model.predict(X).shape == INDICATORS.shape


@pytest.mark.parametrize("learning_rate", [InvScaling(), "invscaling"])
def test_a_schedule_acts_on_adam_as_an_object_only(learning_rate):
    rates = classifier(learning_rate=learning_rate).fit(X, LABELS).history_["learning_rate"]
    assert (len(set(rates)) > 1) == isinstance(learning_rate, InvScaling)


def test_log_probabilities_have_the_ties_of_the_probabilities():
    model = classifier(hidden_layer_sizes=()).fit(X, INDICATORS)
    model.coefs_, model.intercepts_ = [np.zeros((4, 2))], [np.array([50.0, 60.0])]
    np.testing.assert_array_equal(model.predict_proba(X), 1)
    np.testing.assert_array_equal(model.predict_log_proba(X), 0)


def test_a_text_that_cannot_be_decoded_is_reported_as_it_is():
    class Broken:
        def __array__(self, dtype=None, copy=None):
            raise UnicodeDecodeError("utf-8", b"x", 0, 1, "no text")

    with pytest.raises(ValueError, match=r"^y: .*no text"):
        regressor().fit(X, Broken())


def test_sparse_indicators_give_sparse_predictions():
    dense = classifier(early_stopping=True).fit(X, INDICATORS)
    predicted = classifier(early_stopping=True).fit(X, sparse.csr_array(INDICATORS)).predict(X)
    assert type(predicted) is sparse.csr_matrix  # as scikit-learn's
    np.testing.assert_array_equal(predicted.toarray(), dense.predict(X))


def test_batches_without_weight():
    weight = np.zeros(150)
    weight[:10] = 1
    model = classifier(batch_size=7).fit(X, LABELS, sample_weight=weight)
    assert np.isfinite(model.coefs_[0]).all()
    assert np.isfinite(model.loss_)


def test_a_changed_learning_rate_acts_in_partial_fit():
    model = regressor(optimizer="sgd").partial_fit(X_REG, Y_REG)
    before = model.coefs_[0].copy()
    model.set_params(learning_rate_init=1e-12, momentum=0.0).partial_fit(X_REG, Y_REG)
    np.testing.assert_allclose(model.coefs_[0], before, atol=1e-9)
    assert model.history_["learning_rate"][-1] == 1e-12


def test_another_optimizer_starts_anew_in_partial_fit():
    model = regressor(shuffle=False).partial_fit(X_REG, Y_REG)
    fresh = regressor(shuffle=False, optimizer="sgd", max_iter=1)
    fresh.set_params(initializer=Given(model.coefs_, model.intercepts_)).fit(X_REG, Y_REG)
    model.set_params(optimizer="sgd").partial_fit(X_REG, Y_REG)
    np.testing.assert_allclose(model.coefs_[0], fresh.coefs_[0], rtol=1e-12)
    model.set_params(optimizer="lbfgs")
    assert not hasattr(model, "partial_fit")


def test_warm_start_with_early_stopping_keeps_the_best():
    model = regressor(
        early_stopping=True, warm_start=True, max_iter=40, learning_rate_init=0.05
    ).fit(X_REG, Y_REG)
    best, weights = model.best_validation_score_, model.coefs_[0].copy()
    # diverges at once, so nothing can be better
    model.set_params(learning_rate_init=1e3, optimizer="sgd", max_iter=3).fit(X_REG, Y_REG)
    assert model.best_validation_score_ == best
    np.testing.assert_array_equal(model.coefs_[0], weights)


@kinds
def test_validation_scores_go_on_at_a_warm_start(Estimator):
    model = Estimator(hidden_layer_sizes=(5,), max_iter=3, random_state=0)
    model.set_params(early_stopping=True, warm_start=True)
    for n_fits in (1, 2, 3):
        model.fit(X, LABELS)
        np.testing.assert_array_equal(model.validation_scores_, model.history_["val_score"])
        assert len(model.validation_scores_) == len(model.loss_curve_) == 3 * n_fits


@kinds
def test_a_score_is_not_held_against_a_loss(Estimator):
    model = Estimator(
        hidden_layer_sizes=(5,),
        max_iter=3,
        early_stopping=True,
        optimizer="sgd",
        learning_rate="adaptive",
        n_iter_no_change=2,
        random_state=0,
    ).fit(X, LABELS)
    model.set_params(early_stopping=False)
    for _ in range(15):
        model.partial_fit(X, LABELS)
    losses = model.loss_curve_[3:]
    assert model.best_loss_ == min(losses) == losses[-1]
    assert (model.history_["learning_rate"] == 0.001).all()
    assert np.isnan(model.history_["val_score"][3:]).all()


def test_training_goes_on_in_the_dtype_of_the_model():
    same, mixed = classifier(), classifier()
    for i in range(6):
        same.partial_fit(X, LABELS, classes=[0, 1, 2])
        data = X.astype(np.float32) if i % 2 else X
        mixed.partial_fit(data, LABELS, classes=[0, 1, 2])
        assert {a.dtype for a in mixed.coefs_} == {np.dtype(np.float64)}
    for a, b in zip(same.coefs_, mixed.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_lbfgs_takes_no_notice_of_the_batch_size():
    model = classifier(optimizer="lbfgs", batch_size=10_000).fit(X, LABELS)
    same = classifier(optimizer="lbfgs").fit(X, LABELS)
    np.testing.assert_array_equal(model.coefs_[0], same.coefs_[0])


@kinds
def test_weights_may_be_set_as_lists(Estimator):
    model = Estimator(hidden_layer_sizes=(5,), max_iter=2, random_state=0).fit(X, LABELS)
    same = copy.deepcopy(model)
    same.coefs_ = [W.tolist() for W in model.coefs_]
    same.intercepts_ = [b.tolist() for b in model.intercepts_]
    np.testing.assert_array_equal(same.predict(X), model.predict(X))
    same.partial_fit(X, LABELS)
    np.testing.assert_array_equal(same.coefs_[0], model.partial_fit(X, LABELS).coefs_[0])


def test_max_fun_bounds_lbfgs():
    with pytest.warns(ConvergenceWarning):
        model = regressor(optimizer="lbfgs", max_iter=1000, max_fun=5).fit(X_REG, Y_REG)
    assert 1 <= model.n_iter_ <= 5


def test_a_batch_that_is_too_large_is_clipped_with_a_warning():
    with pytest.warns(UserWarning, match="`batch_size` less than 1 or larger than sample"):
        clipped = classifier(batch_size=10_000).fit(X, LABELS)
    full = classifier(batch_size="full").fit(X, LABELS)
    np.testing.assert_array_equal(clipped.coefs_[0], full.coefs_[0])


def test_a_diverged_model_scores_nan():
    model = regressor(
        activation="identity",
        optimizer="sgd",
        learning_rate_init=1e10,
        max_iter=20,
        early_stopping=True,
    ).fit(X, LABELS)
    assert np.isnan(model.validation_scores_[-1])
    assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize("heavy", range(0, 150, 7))
def test_both_parts_of_the_split_need_weight(heavy):
    weight = np.zeros(150)
    weight[heavy] = 1
    with pytest.raises(ValueError, match=r"sum 0.0 over the (validation|training) set"):
        regressor(early_stopping=True).fit(X, LABELS, sample_weight=weight)


def test_a_network_of_another_shape_can_be_put_in():
    model, other = classifier().fit(X, LABELS), classifier(hidden_layer_sizes=(7,))
    other.fit(X, LABELS)
    model.coefs_, model.intercepts_ = other.coefs_, other.intercepts_
    model.set_params(hidden_layer_sizes=(7,))
    np.testing.assert_array_equal(model.predict(X), other.predict(X))
    assert model.partial_fit(X, LABELS).coefs_[0].shape == (4, 7)


@pytest.mark.parametrize("method", ["predict", "partial_fit"])
@pytest.mark.parametrize("name", ["coefs_", "intercepts_"])
def test_weights_that_do_not_fit_together(method, name):
    model = classifier().fit(X, LABELS)
    setattr(model, name, [a[:-1] for a in getattr(model, name)])
    arguments = (X,) if method == "predict" else (X, LABELS)
    with pytest.raises(ValueError, match=r"coefs_ of the shapes .* and intercepts_"):
        getattr(model, method)(*arguments)


def test_own_activation_that_needs_its_input():
    class Quadratic(Activation):
        keeps_input = True

        def forward(self, z, a, scratch):
            np.multiply(z, z, out=a)

        def backward(self, z, a, delta, scratch):
            delta *= 2 * z

    x = np.linspace(-1, 1, 60)[:, None]
    model = MLPRegressor(
        hidden_layer_sizes=(8,), activation=Quadratic(), optimizer="lbfgs", random_state=0
    )
    assert model.fit(x, x[:, 0] ** 2).score(x, x[:, 0] ** 2) > 0.999


def test_inputs_are_not_written_to():
    data = {
        "X": X.copy(),
        "y": LABELS.copy(),
        "sample_weight": np.linspace(0.5, 2, 150),
    }
    before = copy.deepcopy(data)
    classifier(early_stopping=True).fit(**data)
    classifier(batch_size="full", shuffle=False).partial_fit(**data, classes=[0, 1, 2])
    np.testing.assert_equal(data, before)


# --- bad input -----------------------------------------------------------------------------


class Nowhere(Loss):
    """Is for no targets."""


class Strange(Loss):
    tasks = ("regression", "multiclass")
    output = "tanh"


class Wrong(Initializer):
    def draw(self, random_state, fan_in, fan_out, activation):
        return np.zeros((fan_out, fan_in)), np.zeros(fan_out)


BAD_PARAMETERS = [
    ({"hidden_layer_sizes": (2.5,)}, r"hidden_layer_sizes must be integers, got \[2.5\]"),
    ({"hidden_layer_sizes": (4, 0)}, r"hidden_layer_sizes must be > 0, got \[4, 0\]"),
    ({"hidden_layer_sizes": "abc"}, "hidden_layer_sizes"),
    ({"hidden_layer_sizes": [[3]]}, "hidden_layer_sizes"),
    ({"validation_fraction": 0}, "validation_fraction"),
    ({"validation_fraction": 1.0}, "validation_fraction"),
    ({"solver": "lbfgs", "optimizer": "sgd"}, "solver='lbfgs' and optimizer='sgd' are both"),
    ({"optimizer": "sdg"}, "'optimizer' parameter .* must be a str among"),
    ({"optimizer": SGD(momentum=2)}, "'momentum' parameter of SGD"),
    ({"optimizer": SGD}, "'optimizer' parameter .* or an instance of"),
    ({"activation": Softmax()}, "'activation' parameter .* or an instance of"),
    ({"loss": Nowhere()}, "loss=Nowhere"),
    ({"loss": Strange()}, "loss=Strange.* has the output 'tanh', which is not one of"),
    ({"initializer": Wrong()}, "initializer=Wrong.* gives weights and biases of the shapes"),
    ({"hidden_layer_sizes": {3}}, "hidden_layer_sizes"),
    ({"activation": "rleu"}, "'activation' parameter"),
    ({"loss": "nope"}, "'loss' parameter"),
    ({"learning_rate": "nope"}, "'learning_rate' parameter"),
    ({"initializer": "nope"}, "'initializer' parameter"),
    ({"batch_size": 0}, "'batch_size' parameter"),
    ({"dtype": "float16"}, "'dtype' parameter"),
    ({"alpha": -1}, "'alpha' parameter"),
    ({"alpha": "a"}, "'alpha' parameter"),
    ({"n_iter_no_change": 0}, "'n_iter_no_change' parameter"),
]


@kinds
@pytest.mark.parametrize(("parameters", "message"), BAD_PARAMETERS, ids=str)
def test_bad_parameters(Estimator, parameters, message):
    unfitted = Estimator(**parameters)
    before = snapshot(unfitted)
    with pytest.raises((ValueError, TypeError), match=message):
        unfitted.fit(X, LABELS)
    assert_unchanged(unfitted, before)


def changed(array, value):
    array = array.astype(type(value)) if not isinstance(value, float) else array.astype(float)
    array.flat[3] = value
    return array


WEIGHTS = np.ones(150)
BAD_DATA = [
    # estimator, arguments of fit, what the error says
    (classifier(), (changed(X, np.nan), LABELS), "X contains NaN"),
    (classifier(), (changed(X, np.inf), LABELS), "X contains infinity"),
    (classifier(), (X[:, 0], LABELS), "X: Expected 2D array"),
    (classifier(), (X.astype(str).astype(object) + "a", LABELS), "X: could not convert"),
    (classifier(), (X * 1j, LABELS), "X: Complex data not supported"),
    (classifier(), (X[:0], LABELS[:0]), "X: Found array with 0 sample"),
    (classifier(), (None, LABELS), "X: Expected 2D array"),
    (classifier(), (X, None), "requires y to be passed"),
    (classifier(), (X, LABELS[:-1]), "inconsistent numbers of samples"),
    (classifier(), (X, X[:, 0]), "y does not hold class labels"),
    (classifier(), (X, np.array([1, "a", 2.0] * 50, dtype=object)), "labels of y"),
    (classifier(), (X, np.array(["a", None] * 75, dtype=object)), "y has missing values"),
    (classifier(), (X, np.stack([LABELS, LABELS], axis=1)), "y of shape .* several columns"),
    (classifier(), (X, 2 * INDICATORS - 1), "y must be an indicator matrix of 0 and 1"),
    (classifier(), (X, LABELS, -WEIGHTS), "sample_weight"),
    (classifier(), (X, LABELS, 0 * WEIGHTS), "(?i)sample.weight"),
    (classifier(), (X, LABELS, WEIGHTS[1:]), "sample_weight"),
    (classifier(), (X, LABELS, np.nan * WEIGHTS), "sample_weight"),
    (classifier(), (X, LABELS, ["a"] * 150), "sample_weight"),
    (classifier(), (X, LABELS, WEIGHTS[:, None]), "(?i)sample.weight"),
    (
        classifier(early_stopping=True),
        (X, LABELS, np.r_[1, np.zeros(149)]),
        "sample_weight has the sum 0.0 over the (validation|training) set",
    ),
    (classifier(early_stopping=True), (X[:4], [0, 0, 0, 1]), "validation_fraction=0.1"),
    (classifier(early_stopping=True), (X[:4], INDICATORS[:4]), "'validation_fraction'"),
    (regressor(early_stopping=True), (X[:1], LABELS[:1]), "validation_fraction=0.1"),
    (classifier(), (X, LABELS, ["X"] * 150), "sample_weight: could not convert"),
    (regressor(), (X, LABELS, 1e307 * WEIGHTS), "sample_weight has the sum inf"),
    (regressor(), (X.astype("f"), LABELS, 1e300 * WEIGHTS), "sample_weight has values that"),
    (regressor(dtype="float32"), (X, LABELS, 1e-50 * WEIGHTS), "sample_weight has the sum 0"),
    (regressor(), (X, ["a"] * 150), "y must hold numbers"),
    (regressor(), (X, changed(X[:, 0], np.inf)), "y contains infinity"),
    (regressor(), (X, np.zeros((150, 2, 2))), "y: Found array with dim 3"),
    (regressor(), (X, sparse.csr_array(INDICATORS)), "Sparse y is not supported"),
    (regressor(loss="poisson"), (X, X[:, 0]), "y has negative values, .* loss=Poisson"),
    (regressor(dtype="float32"), (X * 1e300, LABELS), "X has values that are too large"),
    (
        regressor(dtype="float32"),
        (sparse.csr_array(X * 1e300), LABELS),
        "X has values that are too large",
    ),
    (regressor(dtype="float32"), (X, LABELS * 1e300), "y has values that are too large"),
    (
        regressor(dtype="float32"),
        (X, LABELS, WEIGHTS * 1e300),
        "sample_weight has values that are too large",
    ),
    (
        regressor(optimizer="sgd", learning_rate_init=1e100, max_iter=50),
        (X, LABELS),
        "^Solver produced non-finite parameter weights. The input data may contain",
    ),
]


@pytest.mark.parametrize(
    ("model", "arguments", "message"), BAD_DATA, ids=[b[2] for b in BAD_DATA]
)
def test_bad_data_is_named_and_nothing_is_lost(model, arguments, message):
    good = INDICATORS if np.ndim(arguments[1]) == 2 else LABELS
    before = snapshot(model)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(*arguments)
    assert_unchanged(model, before)

    easy = {"dtype": None, "early_stopping": False, "learning_rate_init": 0.001}
    bad = {name: model.get_params()[name] for name in easy}
    fitted = model.set_params(**easy).fit(X, good).set_params(**bad)
    before = snapshot(fitted)
    with pytest.raises((ValueError, TypeError), match=message):
        fitted.fit(*arguments)
    assert_unchanged(fitted, before)


BAD_CALLS = [
    # a fitted estimator, parameters changed afterwards, partial_fit or fit, what it says
    (classifier(), {"hidden_layer_sizes": (7,)}, (X, LABELS), "hidden_layer_sizes=.7,. asks"),
    (classifier(), {"hidden_layer_sizes": (5, 5)}, (X, LABELS), "hidden_layer_sizes"),
    (classifier(), {"early_stopping": True}, (X, LABELS), "early_stopping"),
    (classifier(), {"batch_size": -5}, (X, LABELS), "'batch_size' parameter"),
    (classifier(), {"alpha": -1}, (X, LABELS), "'alpha' parameter"),
    (regressor(), {"tol": "a"}, (X, LABELS), "'tol' parameter"),
    (classifier(), {}, (X[:, :3], LABELS), "X has 3 features"),
    (classifier(), {}, (X, LABELS + 1), "`y` has classes not in `self.classes_`"),
    (classifier(), {}, (X, LABELS, None, [1, 2]), "`classes=.* is not the same"),
    (classifier(), {}, (X, np.eye(3, dtype=int)[LABELS]), "y has 3 columns"),
    (classifier(), {}, (X, LABELS, -WEIGHTS), "sample_weight"),
    (regressor(), {}, (X, INDICATORS), "y has 2 outputs"),
    # fails after the training, when the memory of the earlier one has been used
    (
        regressor(),
        {"learning_rate_init": 1e308, "batch_size": 9},
        (X, LABELS),
        "non-finite parameter",
    ),
    (regressor(), {"hidden_layer_sizes": (7,)}, (X, LABELS), "hidden_layer_sizes"),
]


@pytest.mark.parametrize(
    ("model", "change", "arguments", "message"), BAD_CALLS, ids=[b[3] for b in BAD_CALLS]
)
def test_bad_partial_fit_is_named_and_nothing_is_lost(model, change, arguments, message):
    fitted = copy.deepcopy(model).fit(X, LABELS).set_params(**change)
    before = snapshot(fitted)
    with pytest.raises(ValueError, match=message):
        fitted.partial_fit(*arguments)
    assert_unchanged(fitted, before)


@pytest.mark.parametrize(
    ("loss", "y"),
    [("log_loss", INDICATORS), ("categorical_crossentropy", np.full((len(X), 2), 0.5))],
)
@pytest.mark.parametrize(
    "other", [LABELS, LABELS == 1, np.eye(3, dtype=int)[LABELS]], ids=["3", "2", "one-hot"]
)
def test_partial_fit_with_other_columns_of_y(loss, y, other):
    fitted = classifier(loss=loss).fit(X, y)
    before = snapshot(fitted)
    with pytest.raises(ValueError, match=r"y has shape .* was fitted with 2 columns"):
        fitted.partial_fit(X, other)
    assert_unchanged(fitted, before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, LABELS), "classes must be passed on the first call to partial_fit"),
        ((X, LABELS, None, [0, 1]), "`y` has classes not in"),
        ((X, INDICATORS, None, [0, 1, 2]), "classes of a y with 2 columns"),
        ((X, LABELS, None, [0, "a", 2.5]), "classes"),
    ],
    ids=["none", "too few", "too many", "mixed types"],
)
def test_bad_first_partial_fit(arguments, message):
    model = classifier()
    before = snapshot(model)
    with pytest.raises((ValueError, TypeError), match=message):
        model.partial_fit(*arguments)
    assert_unchanged(model, before)


def test_warm_start_with_other_classes():
    model = classifier(warm_start=True).fit(X, LABELS)
    before = snapshot(model)
    with pytest.raises(ValueError, match="warm_start can only be used where `y` has the same"):
        model.fit(X, LABELS == 1)
    assert_unchanged(model, before)


@pytest.mark.parametrize(
    "method", ["predict", "predict_proba", "predict_log_proba", "decision_function"]
)
def test_prediction_before_fit(method):
    with pytest.raises(NotFittedError):
        getattr(classifier(), method)(X)


def test_partial_fit_of_lbfgs():
    for parameters in ({"solver": "lbfgs"}, {"optimizer": "lbfgs"}):
        with pytest.raises(AttributeError, match="partial_fit"):
            classifier(**parameters).partial_fit  # noqa: B018


def test_refit_forgets_what_no_longer_applies():
    model = classifier(early_stopping=True).fit(X, LABELS)
    model.set_params(solver="lbfgs", early_stopping=False).fit(X, LABELS)
    assert model.t_ == 0
    for name in ("loss_curve_", "best_loss_", "validation_scores_", "best_validation_score_"):
        assert not hasattr(model, name), name


def test_nothing_global_is_touched():
    np.random.seed(0)  # noqa: NPY002
    state, errors = np.random.get_state()[1].copy(), np.geterr()  # noqa: NPY002
    with warnings.catch_warnings():
        filters = warnings.filters[:]
        classifier(early_stopping=True).fit(X, LABELS)
        assert warnings.filters == filters
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert np.geterr() == errors
