"""Write losses.json: values and gradients of the losses by PyTorch, in float64.

Run `python tests/references/losses.py` where PyTorch is installed; the tests read the file.
What PyTorch does not have as a function is written out, and differentiated by autograd.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

SAMPLES, OUTPUTS = 6, 3


def make_inputs():
    """Targets and raw outputs of every task, of shape (n_outputs, n_samples)."""
    rng = np.random.default_rng(0)
    numbers = rng.gamma(2, size=(OUTPUTS, SAMPLES))
    one_of = np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=SAMPLES)].T
    soft = rng.integers(1, 9, size=(OUTPUTS, SAMPLES)).astype(float)
    labels = rng.integers(0, 2, size=(OUTPUTS, SAMPLES)).astype(float)
    targets = {
        "regression": numbers,
        "multiclass": one_of,
        "soft": soft / soft.sum(axis=0),
        "multilabel": labels,
        "binary": labels[:1],
    }
    return {
        task: {
            "y": y.round(12).tolist(),
            "raw": rng.normal(scale=2, size=y.shape).round(3).tolist(),
        }
        for task, y in targets.items()
    }


# Functions of targets and raw outputs of shape (n_samples, n_outputs), which return the
# loss of every sample.


def summed(function, **parameters):
    return lambda y, raw: function(raw, y, reduction="none", **parameters).sum(dim=1)


def pseudo_huber(delta):
    return lambda y, raw: (delta**2 * (torch.sqrt(1 + ((raw - y) / delta) ** 2) - 1)).sum(1)


def pinball(q):
    return lambda y, raw: torch.maximum(q * (y - raw), (q - 1) * (y - raw)).sum(1)


def log_cosh(y, raw):
    return torch.log(torch.cosh(raw - y)).sum(1)


def poisson(y, raw):
    likelihood = F.poisson_nll_loss(raw, y, log_input=True, full=False, reduction="none")
    return (likelihood + torch.xlogy(y, y) - y).sum(1)


def gamma(y, raw):
    saturated = torch.distributions.Gamma(1.0, 1 / y).log_prob(y)
    return (saturated - torch.distributions.Gamma(1.0, torch.exp(-raw)).log_prob(y)).sum(1)


def cross_entropy(label_smoothing=0.0):
    return lambda y, raw: F.cross_entropy(
        raw, y, reduction="none", label_smoothing=label_smoothing
    )


def label_cross_entropy(label_smoothing=0.0):
    return lambda y, raw: F.cross_entropy(
        raw, y.argmax(dim=1), reduction="none", label_smoothing=label_smoothing
    )


def binary_cross_entropy(label_smoothing=0.0):
    def loss(y, raw):
        targets = (1 - label_smoothing) * y + label_smoothing / 2
        return F.binary_cross_entropy_with_logits(raw, targets, reduction="none").sum(1)

    return loss


def hinge(power):
    return lambda y, raw: (F.relu(1 - (2 * y - 1) * raw) ** power).sum(1)


def softmax_focal(gamma):
    def loss(y, raw):
        log_p = -F.cross_entropy(raw, y.argmax(dim=1), reduction="none")
        return -((1 - log_p.exp()) ** gamma) * log_p

    return loss


def logistic_focal(gamma):
    def loss(y, raw):
        log_p = -F.binary_cross_entropy_with_logits(raw, y, reduction="none")
        return (-((1 - log_p.exp()) ** gamma) * log_p).sum(1)

    return loss


def softmax_brier(y, raw):
    return ((F.softmax(raw, dim=1) - y) ** 2).sum(1) / 2


def half_mse_of(activation):
    return lambda y, raw: F.mse_loss(activation(raw), y, reduction="none").sum(1) / 2


def half_mse(y, raw):
    return F.mse_loss(raw, y, reduction="none").sum(1) / 2


LOGISTIC_TASKS = ("binary", "multilabel")

# name, parameters, task, function
CASES = [
    ("squared_error", {}, "regression", half_mse),
    ("absolute_error", {}, "regression", summed(F.l1_loss)),
    ("huber", {}, "regression", summed(F.huber_loss)),
    ("huber", {"delta": 0.3}, "regression", summed(F.huber_loss, delta=0.3)),
    ("huber", {"delta": 1.0}, "regression", summed(F.smooth_l1_loss, beta=1.0)),
    ("pseudo_huber", {}, "regression", pseudo_huber(1.0)),
    ("pseudo_huber", {"delta": 0.3}, "regression", pseudo_huber(0.3)),
    ("log_cosh", {}, "regression", log_cosh),
    ("quantile", {}, "regression", pinball(0.5)),
    ("quantile", {"quantile": 0.9}, "regression", pinball(0.9)),
    ("poisson", {}, "regression", poisson),
    ("gamma", {}, "regression", gamma),
    *[
        ("log_loss", {"label_smoothing": s}, "multiclass", label_cross_entropy(s))
        for s in (0.0, 0.1)
    ],
    *[
        ("log_loss", {"label_smoothing": s}, task, binary_cross_entropy(s))
        for s in (0.0, 0.1)
        for task in LOGISTIC_TASKS
    ],
    *[
        ("categorical_crossentropy", {"label_smoothing": s}, task, cross_entropy(s))
        for s in (0.0, 0.1)
        for task in ("multiclass", "soft")
    ],
    ("categorical_crossentropy", {}, "binary", binary_cross_entropy()),
    *[
        (name, {}, task, hinge(power))
        for name, power in (("hinge", 1), ("squared_hinge", 2))
        for task in ("multiclass", *LOGISTIC_TASKS)
    ],
    *[("focal", {"gamma": g}, "multiclass", softmax_focal(g)) for g in (0.5, 2.0)],
    *[
        ("focal", {"gamma": g}, task, logistic_focal(g))
        for g in (0.5, 2.0)
        for task in LOGISTIC_TASKS
    ],
    ("brier", {}, "multiclass", softmax_brier),
    *[("brier", {}, task, half_mse_of(torch.sigmoid)) for task in LOGISTIC_TASKS],
]


def evaluate(function, y, raw):
    """Losses, and the gradient of their sum over samples and outputs."""
    y = torch.tensor(y, dtype=torch.float64).T.contiguous()
    raw = torch.tensor(raw, dtype=torch.float64).T.contiguous().requires_grad_()
    losses = function(y, raw)
    losses.sum().backward()
    assert all(map(math.isfinite, losses.tolist()))
    return {"losses": losses.tolist(), "gradient": raw.grad.T.tolist()}


def main():
    inputs = make_inputs()
    cases = [
        {"name": name, "parameters": parameters, "task": task}
        | evaluate(function, **inputs[task])
        for name, parameters, task, function in CASES
    ]
    content = {"torch": torch.__version__, "inputs": inputs, "cases": cases}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
