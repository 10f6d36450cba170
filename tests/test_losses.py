"""Every loss by the same contracts; values and gradients from scikit-learn and PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn import _loss as sklearn_loss
from sklearn.base import clone
from sklearn.metrics import brier_score_loss, hinge_loss, log_loss

from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS, Logistic, Softplus, Tanh
from skmlp.losses import (
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    AbsoluteError,
    BrierScore,
    CategoricalCrossentropy,
    Focal,
    Gamma,
    Hinge,
    Huber,
    LogCosh,
    LogLoss,
    Loss,
    Poisson,
    PseudoHuber,
    Quantile,
    SquaredError,
    SquaredHinge,
    WithOutput,
)

REFERENCES = json.loads((Path(__file__).parent / "references/losses.json").read_text())
CLASSES = {
    **dict.fromkeys(REGRESSION_LOSSES.values(), ("regression",)),
    **dict.fromkeys(CLASSIFICATION_LOSSES.values(), ("binary", "multiclass", "multilabel")),
}
TASKS = {"regression": 3, "binary": 1, "multiclass": 3, "multilabel": 3}
BATCH = 7
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])

# Beside the defaults, of which every registered class has a case
VARIANTS = [
    Huber(delta=0.3),
    PseudoHuber(delta=np.float64(0.3)),
    Quantile(quantile=np.float64(0.9)),
    LogLoss(label_smoothing=np.float64(0.1)),
    CategoricalCrossentropy(label_smoothing=0.1),
    Focal(gamma=0),
    Focal(gamma=np.float64(0.5)),
]
LOSSES = [(cls(), task) for cls in CLASSES for task in cls.tasks]
LOSSES += [(loss, task) for loss in VARIANTS for task in loss.tasks]
ANY_OUTPUT = [loss for loss, _ in LOSSES if not loss.own_output]
OUTPUTS = ["gelu", "identity", "logistic", "relu", "softplus", "tanh"]
WITH_OUTPUT = [
    (WithOutput(loss, ACTIVATIONS[name]()), "regression")
    for loss in ANY_OUTPUT
    for name in OUTPUTS
]


def ids(pairs):
    return [f"{loss!r}-{task}" for loss, task in pairs]


losses = pytest.mark.parametrize(("loss", "task"), LOSSES, ids=ids(LOSSES))
all_losses = pytest.mark.parametrize(
    ("loss", "task"), LOSSES + WITH_OUTPUT, ids=ids(LOSSES + WITH_OUTPUT)
)


def make_targets(task, dtype=np.float64):
    rng = np.random.default_rng(0)
    n_outputs = TASKS[task]
    y = rng.integers(0, 2, size=(n_outputs, BATCH))
    if task == "regression":
        y = rng.gamma(2, size=(n_outputs, BATCH))
    elif task == "multiclass":
        y = np.eye(n_outputs)[rng.integers(0, n_outputs, BATCH)].T
    return y.astype(dtype)


def make_raw(task, *leading):
    return np.random.default_rng(1).normal(size=(*leading, TASKS[task], BATCH))


def evaluate(loss, y, raw):
    """Losses and gradient, the gradient from a buffer full of NaN, of unchanged arrays."""
    y_before, raw_before, gradient = y.copy(), raw.copy(), np.full_like(raw, np.nan)
    assert loss.gradient(y, raw, gradient) is None
    losses = loss.value(y, raw)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(raw, raw_before)
    return losses, gradient


def scale(loss, n_outputs):
    """Gradient over derivative of the value.

    squared_error has scikit-learn's scale: the value is a mean over outputs, the gradient
    that of their sum.
    """
    of = getattr(loss, "loss", loss)
    return n_outputs if isinstance(of, SquaredError) else 1


# ---- Contracts


@all_losses
def test_gradient_is_the_finite_difference(loss, task):
    loss = loss.for_task(task)
    y, raw = make_targets(task), make_raw(task)
    _, gradient = evaluate(loss, y, raw)
    step = 1e-6
    for output in range(len(raw)):
        up, down = raw.copy(), raw.copy()
        up[output] += step
        down[output] -= step
        slope = (loss.value(y, up) - loss.value(y, down)) / (2 * step)
        np.testing.assert_allclose(
            gradient[output], slope * scale(loss, len(raw)), rtol=1e-6, atol=1e-8
        )


@all_losses
def test_leading_axes_are_independent(loss, task):
    loss = loss.for_task(task)
    y, raw = make_targets(task), make_raw(task, 2)
    values, gradient = evaluate(loss, y, raw)
    assert values.shape == (2, BATCH)
    for i in range(2):
        value_of_one, gradient_of_one = evaluate(loss, y, raw[i])
        np.testing.assert_allclose(values[i], value_of_one, rtol=1e-14)
        np.testing.assert_allclose(gradient[i], gradient_of_one, rtol=1e-14)


@all_losses
@DTYPES
def test_dtype_is_kept(loss, task, dtype):
    y, raw = make_targets(task, dtype), make_raw(task).astype(dtype)
    values, gradient = evaluate(loss.for_task(task), y, raw)
    assert values.dtype == gradient.dtype == dtype
    exact = evaluate(loss.for_task(task), make_targets(task), make_raw(task))
    np.testing.assert_allclose(values, exact[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient, exact[1], rtol=1e-5, atol=1e-6)


@all_losses
@DTYPES
@pytest.mark.parametrize("size", [1e2, 1e4])
def test_huge_raw_outputs(loss, task, dtype, size):
    loss = loss.for_task(task)
    y = make_targets(task, dtype)
    raw = np.where(make_raw(task) > 0, dtype(size), -dtype(size))
    values, gradient = evaluate(loss, y, raw)
    if loss.output == "exp":  # infinite where exp is
        assert not np.isnan(values).any()
        assert not np.isnan(gradient).any()
    else:
        assert np.isfinite(values).all()
        assert np.isfinite(gradient).all()


@losses
def test_values_are_not_negative(loss, task):
    assert (loss.for_task(task).value(make_targets(task), make_raw(task)) >= 0).all()


def perfect_raw(loss, task, y):
    """Raw outputs whose predictions are the targets."""
    if loss.output == "exp":
        return np.log(y)
    return y if task == "regression" else (2 * y - 1) * 1e4


EXACT = [pair for pair in LOSSES if not pair[0].get_params().get("label_smoothing")]


@pytest.mark.parametrize(("loss", "task"), EXACT, ids=ids(EXACT))
def test_perfect_predictions(loss, task):
    loss = loss.for_task(task)
    y = make_targets(task)
    values, gradient = evaluate(loss, y, perfect_raw(loss, task, y))
    np.testing.assert_allclose(values, 0, atol=1e-14)
    # The pinball loss has a kink there; the slope is that of one side, as in scikit-learn.
    kink = -loss.quantile if isinstance(loss, Quantile) else 0
    np.testing.assert_allclose(gradient, kink, atol=1e-14)


@losses
def test_tasks(loss, task):
    chosen = loss.for_task(task)
    assert task in chosen.tasks
    assert chosen.output in OUTPUT_ACTIVATIONS
    assert chosen.get_params() == loss.get_params()
    assert chosen.for_task(task).get_params() == loss.get_params()


@pytest.mark.parametrize("cls", CLASSES)
def test_a_loss_refuses_targets_that_it_is_not_for(cls):
    assert set(cls.tasks) <= set(CLASSES[cls])
    for task in set(TASKS) - set(cls.tasks):
        with pytest.raises(ValueError, match=f"loss={cls.__name__}.* {task}"):
            cls().for_task(task)


@losses
def test_the_formula_has_the_attributes_of_the_loss(loss, task):
    chosen = loss.for_task(task)
    for name in ("own_output", "has_probabilities", "positive_targets"):
        assert getattr(chosen, name) == getattr(loss, name)
    assert chosen.own_output or chosen.output == "identity"
    assert chosen.own_output == (chosen.output != "identity" or task != "regression")
    assert loss.has_probabilities == (chosen.output in ("logistic", "softmax"))
    assert set(chosen._parameter_constraints) == set(chosen.get_params())


def test_an_own_loss_has_no_probabilities_unless_it_says_so():
    assert not Loss.has_probabilities


def test_aliases():
    for alias, name in {"mse": "squared_error", "mae": "absolute_error"}.items():
        assert REGRESSION_LOSSES[alias] is REGRESSION_LOSSES[name]
    for alias, name in {
        "cross_entropy": "log_loss",
        "binary_crossentropy": "log_loss",
        "sparse_categorical_crossentropy": "log_loss",
        "brier": "squared_error",
    }.items():
        assert CLASSIFICATION_LOSSES[alias] is CLASSIFICATION_LOSSES[name]


# ---- References


def sklearn_class(name, **parameters):
    return getattr(sklearn_loss.loss, name)(**parameters)


SKLEARN = [
    (SquaredError(), "regression", sklearn_class("HalfSquaredError")),
    (AbsoluteError(), "regression", sklearn_class("AbsoluteError")),
    (Huber(), "regression", sklearn_class("HuberLoss", delta=1.0)),
    (Huber(delta=0.3), "regression", sklearn_class("HuberLoss", delta=0.3)),
    (Quantile(), "regression", sklearn_class("PinballLoss", quantile=0.5)),
    (Quantile(quantile=0.9), "regression", sklearn_class("PinballLoss", quantile=0.9)),
    (Poisson(), "regression", sklearn_class("HalfPoissonLoss")),
    (Gamma(), "regression", sklearn_class("HalfGammaLoss")),
    (LogLoss(), "binary", sklearn_class("HalfBinomialLoss")),
    (LogLoss(), "multilabel", sklearn_class("HalfBinomialLoss")),
    (CategoricalCrossentropy(), "binary", sklearn_class("HalfBinomialLoss")),
]


@pytest.mark.parametrize(
    ("loss", "task", "reference"), SKLEARN, ids=ids(c[:2] for c in SKLEARN)
)
def test_scikit_learns_losses(loss, task, reference):
    y, raw = make_targets(task), make_raw(task)
    values, gradient = evaluate(loss.for_task(task), y, raw)
    flat = np.ascontiguousarray(y.ravel()), np.ascontiguousarray(raw.ravel())
    # What scikit-learn leaves out of the value, as it depends on y only
    constant = reference.constant_to_optimal_zero(flat[0])
    expected = (reference.loss(*flat) + constant).reshape(raw.shape).sum(axis=0)
    np.testing.assert_allclose(
        values * scale(loss, len(raw)), expected, rtol=1e-12, atol=1e-14
    )
    np.testing.assert_allclose(
        gradient.ravel(), reference.gradient(*flat), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("loss", [LogLoss(), CategoricalCrossentropy()], ids=repr)
def test_scikit_learns_multinomial_loss(loss):
    y, raw = make_targets("multiclass"), make_raw("multiclass")
    values, gradient = evaluate(loss.for_task("multiclass"), y, raw)
    reference = sklearn_class("HalfMultinomialLoss", n_classes=len(raw))
    expected = reference.loss_gradient(
        y.argmax(axis=0).astype(float), np.ascontiguousarray(raw.T)
    )
    np.testing.assert_allclose(values, expected[0], rtol=1e-12)
    np.testing.assert_allclose(gradient, expected[1].T, rtol=1e-12)


def test_scikit_learns_metrics():
    y, raw = make_targets("binary"), make_raw("binary")
    p = Logistic()(raw)[0]
    for loss, expected in [
        (LogLoss(), log_loss(y[0], p)),
        (BrierScore(), brier_score_loss(y[0], p) / 2),
        (Hinge(), hinge_loss(y[0], raw[0])),
    ]:
        values, _ = evaluate(loss.for_task("binary"), y, raw)
        np.testing.assert_allclose(values.mean(), expected, rtol=1e-12)


def class_of(case):
    regression = case["task"] == "regression"
    return (REGRESSION_LOSSES if regression else CLASSIFICATION_LOSSES)[case["name"]]


def torch_case(case):
    return f"{case['name']}-{case['parameters']}-{case['task']}"


@pytest.mark.parametrize("case", REFERENCES["cases"], ids=torch_case)
def test_torch(case):
    task = case["task"]
    loss = class_of(case)(**case["parameters"])
    y, raw = (np.array(REFERENCES["inputs"][task][name]) for name in ("y", "raw"))
    chosen = loss.for_task("multiclass" if task == "soft" else task)
    chosen.check_targets(y.T)
    values, gradient = evaluate(chosen, y, raw)
    values = values * scale(loss, len(raw))
    np.testing.assert_allclose(values, case["losses"], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(gradient, case["gradient"], rtol=1e-10, atol=1e-13)


def test_every_loss_has_a_reference_for_every_task():
    have = {(class_of(case), case["task"]) for case in REFERENCES["cases"]}
    assert have >= {(cls, task) for cls in CLASSES for task in cls.tasks}
    assert have >= {(cls, "soft") for cls in CLASSES if cls.soft_targets}


# ---- Single losses


@pytest.mark.parametrize(
    ("loss", "task", "largest"),
    [
        # scikit-learn's value is that of a probability of eps, per label.
        (LogLoss(), "multiclass", {"float32": 15.942385, "float64": 36.043653389}),
        (LogLoss(), "multilabel", {"float32": 31.884770, "float64": 72.087306778}),
        (CategoricalCrossentropy(), "multiclass", {"float32": 2e4, "float64": 2e4}),
        (Focal(), "multiclass", {"float32": 2e4, "float64": 2e4}),
        (Focal(gamma=0.5), "multilabel", {"float32": 2e4, "float64": 2e4}),
    ],
)
@DTYPES
def test_cross_entropy_of_huge_logits(loss, task, largest, dtype):
    y = np.array([[1.0, 0.0], [0.0, 1.0]], dtype)
    raw = np.array([[1e4, 1e4], [-1e4, -1e4]], dtype)
    # The first sample is right, the second as wrong as can be.
    values, gradient = evaluate(loss.for_task(task), y, raw)
    np.testing.assert_allclose(values, [0, largest[dtype.__name__]], rtol=1e-6)
    np.testing.assert_allclose(gradient, [[0, 1], [0, -1]], atol=1e-7)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_smoothed_log_loss_has_no_bound(task):
    loss = LogLoss(label_smoothing=0.1).for_task(task)
    y, raw = np.array([[1.0], [0.0]]), np.array([[1e4], [-1e4]])
    # A right answer with certainty: 0.05 of the target is elsewhere, 2e4 or twice 1e4 away.
    values, gradient = evaluate(loss, y, raw)
    np.testing.assert_allclose(values, 1000, rtol=1e-12)
    np.testing.assert_allclose(gradient, [[0.05], [-0.05]], rtol=1e-12)


def test_certain_right_answers_keep_their_digits():
    loss = LogLoss().for_task("binary")
    values = loss.value(np.array([[1.0, 0.0]]), np.array([[30.0, -30.0]]))
    np.testing.assert_allclose(values, np.log1p(np.exp(-30)), rtol=1e-14)


@pytest.mark.parametrize("task", Focal.tasks)
def test_focal_without_gamma_is_log_loss(task):
    y, raw = make_targets(task), 10 * make_raw(task)
    values, gradient = evaluate(Focal(gamma=0).for_task(task), y, raw)
    expected = evaluate(LogLoss().for_task(task), y, raw)
    np.testing.assert_allclose(values, expected[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, expected[1], rtol=1e-14)


def test_absolute_error_is_twice_the_median():
    y, raw = make_targets("regression"), make_raw("regression")
    values, gradient = evaluate(AbsoluteError(), y, raw)
    expected = evaluate(Quantile(quantile=0.5), y, raw)
    np.testing.assert_allclose(values, 2 * expected[0], rtol=1e-14)
    np.testing.assert_allclose(gradient, 2 * expected[1], rtol=1e-14)


@pytest.mark.parametrize("loss", [Hinge(), SquaredHinge()], ids=repr)
def test_nothing_is_asked_for_beyond_a_margin_of_one(loss):
    y, raw = np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[1.0, -1.0, 2.0, -2.0]])
    values, gradient = evaluate(loss, y, raw)
    np.testing.assert_array_equal(values, 0)
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("loss", [LogCosh(), PseudoHuber(), PseudoHuber(delta=0.3), Gamma()])
def test_small_errors_have_half_the_square(loss):
    y, error = np.ones((1, 2)), np.array([[1e-5, -1e-5]])
    raw = error if loss.output == "exp" else y + error
    values, gradient = evaluate(loss, y, raw)
    np.testing.assert_allclose(values, 0.5e-10, rtol=1e-4)
    np.testing.assert_allclose(gradient, error, rtol=1e-4)


@pytest.mark.parametrize("loss", [Huber(), PseudoHuber(), LogCosh()], ids=repr)
def test_errors_whose_square_overflows(loss):
    y, raw = np.zeros((1, 2)), np.array([[1e200, -1e200]])
    values, gradient = evaluate(loss, y, raw)
    np.testing.assert_allclose(values, 1e200, rtol=1e-12)
    np.testing.assert_allclose(gradient, [[1, -1]], rtol=1e-12)


# ---- Targets' domains

SOFT = CategoricalCrossentropy().for_task("multiclass")


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (SquaredError(), [[-1.0, 2.0]]),
        (Poisson(), [[0.0, 2.0]]),
        (Gamma(), [[0.1, 2.0]]),
        (SOFT, [[0.25, 0.75], [0.0, 1.0], [0.5 + 1e-6, 0.5 + 1e-6]]),
        (SOFT, [[0.5, 0.5 + 1.9e-5], [0.5 - 1.9e-5, 0.5]]),  # 1e-5 per column
        (SOFT, [[False, True]]),
        (CategoricalCrossentropy().for_task("binary"), [[1.0], [0.0]]),
    ],
)
def test_targets_that_a_loss_takes(loss, y):
    assert loss.check_targets(np.array(y)) is None


@pytest.mark.parametrize(
    ("loss", "y", "message"),
    [
        (Poisson(), [[1.0, -1.0]], r"y has negative values, .* loss=Poisson\(\) .* y >= 0"),
        (Gamma(), [[1.0, 0.0]], r"y has .* not positive, .* loss=Gamma\(\) .* y > 0"),
        (SOFT, [[0.5, 0.4]], "y has rows .* not probabilities: .* sum to 1"),
        (SOFT, [[0.5, 0.5], [0.5, 0.5 + 2.1e-5]], "y has rows .* not probabilities"),
        (SOFT, [[0.5, 0.5], [0.5 - 2.1e-5, 0.5]], "y has rows .* not probabilities"),
        (SOFT, [[-0.5, 1.5]], "y has rows .* not probabilities: .* >= 0"),
        (SOFT, [[np.nan, 1.0]], "y has rows .* not probabilities"),
    ],
)
def test_targets_that_a_loss_refuses(loss, y, message):
    with pytest.raises(ValueError, match=message):
        loss.check_targets(np.array(y))


def test_which_losses_have_special_targets():
    assert {cls for cls in CLASSES if cls.positive_targets} == {Poisson, Gamma}
    assert {cls for cls in CLASSES if cls.soft_targets} == {CategoricalCrossentropy}


def test_the_losses_that_scikit_learn_has_stop_by_the_score():
    by_score = {cls for cls in CLASSES if cls.stops_by_score}
    assert by_score == {SquaredError, Poisson, LogLoss}


# ---- Losses on the outputs of an activation


def test_with_output_is_the_loss_of_the_outputs():
    y, raw = make_targets("regression"), make_raw("regression")
    values, _ = evaluate(WithOutput(Huber(), Logistic()), y, raw)
    np.testing.assert_allclose(values, Huber().value(y, Logistic()(raw)), rtol=1e-14)


def test_with_output_is_a_component():
    loss = WithOutput(Huber(delta=0.3), Logistic())
    assert loss.for_task("regression") is loss
    assert repr(clone(loss)) == repr(loss)
    assert set(loss._parameter_constraints) == set(loss.get_params(deep=False))
    with pytest.raises(ValueError, match=r"loss=WithOutput.* binary"):
        loss.for_task("binary")


@pytest.mark.parametrize(
    ("activation", "right", "wrong", "message"),
    [
        (Logistic(), [0.0, 1.0], [-0.1, 1.0], r"outside of \[0, 1\], .* Logistic\(\)"),
        (Tanh(), [-1.0, 1.0], [0.0, 1.1], r"outside of \[-1, 1\], .* Tanh\(\)"),
        (Softplus(), [0.0, 1e9], [-0.1, 0.0], r"outside of \[0, inf\], .* Softplus\(\)"),
    ],
    ids=repr,
)
def test_with_output_checks_the_range(activation, right, wrong, message):
    loss = WithOutput(SquaredError(), activation)
    loss.check_targets(np.array([right]))
    with pytest.raises(ValueError, match=f"y has values {message}"):
        loss.check_targets(np.array([wrong]))
