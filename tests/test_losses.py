"""Every loss by the same contracts; values from scikit-learn's metrics."""

import numpy as np
import pytest
from sklearn.metrics import log_loss, mean_poisson_deviance, mean_squared_error

from skmlp.activations import OUTPUT_ACTIVATIONS
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES

LOSSES = {**REGRESSION_LOSSES, **CLASSIFICATION_LOSSES}
BATCH = 7


def half_mean_squared_error(y, prediction):
    return mean_squared_error(y, prediction) / 2


def half_poisson_deviance(y, prediction):
    outputs = zip(y.T, prediction.T, strict=True)
    return sum(mean_poisson_deviance(*output) for output in outputs) / 2


def multiclass_log_loss(y, probability):
    return log_loss(y.argmax(axis=1), probability, labels=range(y.shape[1]))


def summed_log_loss(y, probability):
    outputs = zip(y.T, probability.T, strict=True)
    return sum(log_loss(*output, labels=[0, 1]) for output in outputs)


# name, task, outputs, mean loss of predictions of shape (n_samples, n_outputs)
CASES = [
    ("squared_error", "regression", 3, half_mean_squared_error),
    ("poisson", "regression", 3, half_poisson_deviance),
    ("log_loss", "multiclass", 3, multiclass_log_loss),
    ("log_loss", "multilabel", 3, summed_log_loss),
    ("log_loss", "binary", 1, summed_log_loss),
]
cases = pytest.mark.parametrize(
    ("name", "task", "n_outputs", "reference"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)


def make_targets(task, n_outputs):
    rng = np.random.default_rng(0)
    if task == "regression":
        return rng.poisson(2, size=(n_outputs, BATCH)).astype(float)
    if task == "multiclass":
        return np.eye(n_outputs)[rng.integers(0, n_outputs, BATCH)].T
    return rng.integers(0, 2, size=(n_outputs, BATCH)).astype(float)


def evaluate(loss, y, raw):
    """Losses and gradient, the gradient from a buffer full of NaN, of unchanged arrays."""
    y_before, raw_before, gradient = y.copy(), raw.copy(), np.full_like(raw, np.nan)
    loss.gradient(y, raw, gradient)
    losses = loss.value(y, raw)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(raw, raw_before)
    return losses, gradient


def test_every_loss_has_a_case():
    assert {case[0] for case in CASES} == set(LOSSES)


def test_a_loss_refuses_targets_that_it_is_not_for():
    for name, cls in LOSSES.items():
        for task in ("regression", "binary", "multiclass", "multilabel"):
            if task in cls.tasks:
                assert task in cls().for_task(task).tasks
            else:
                with pytest.raises(ValueError, match=f"loss={cls.__name__}.* {task}"):
                    LOSSES[name]().for_task(task)


@cases
def test_values(name, task, n_outputs, reference):
    loss = LOSSES[name]().for_task(task)
    y = make_targets(task, n_outputs)
    raw = np.random.default_rng(1).normal(size=(2, n_outputs, BATCH))
    losses, _ = evaluate(loss, y, raw)
    prediction = OUTPUT_ACTIVATIONS[loss.output]()(raw)
    assert losses.shape == (2, BATCH)
    for network in range(2):
        np.testing.assert_allclose(
            losses[network].mean(), reference(y.T, prediction[network].T), rtol=1e-12
        )


@cases
def test_gradient_is_the_finite_difference(name, task, n_outputs, reference):
    loss = LOSSES[name]().for_task(task)
    y = make_targets(task, n_outputs)
    raw = np.random.default_rng(1).normal(size=(n_outputs, BATCH))
    _, gradient = evaluate(loss, y, raw)
    # squared_error has scikit-learn's scale: the value is a mean over outputs, the gradient
    # that of their sum.
    scale = n_outputs if name == "squared_error" else 1
    step = 1e-6
    for output in range(n_outputs):
        up, down = raw.copy(), raw.copy()
        up[output] += step
        down[output] -= step
        slope = (evaluate(loss, y, up)[0] - evaluate(loss, y, down)[0]) / (2 * step)
        np.testing.assert_allclose(gradient[output], slope * scale, rtol=1e-6, atol=1e-8)


@cases
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(name, task, n_outputs, reference, dtype):
    loss = LOSSES[name]().for_task(task)
    y = make_targets(task, n_outputs).astype(dtype)
    losses, gradient = evaluate(loss, y, np.ones((n_outputs, BATCH), dtype))
    assert losses.dtype == gradient.dtype == dtype


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_of_huge_logits(task, dtype):
    loss = LOSSES["log_loss"]().for_task(task)
    y = np.array([[1.0, 0.0], [0.0, 1.0]], dtype)
    raw = np.array([[1e4, 1e4], [-1e4, -1e4]], dtype)
    losses, gradient = evaluate(loss, y, raw)
    # The first sample is right, the second as wrong as can be, for which scikit-learn's
    # value is that of a probability of eps, per label.
    largest = -np.log(np.finfo(dtype).eps) * (2 if task == "multilabel" else 1)
    np.testing.assert_allclose(losses, [0, largest], rtol=1e-6)
    np.testing.assert_allclose(gradient, [[0, 1], [0, -1]], atol=1e-7)
