"""Write clipping.json: weights after a training by PyTorch's SGD with clip_grad_norm_.

Run with ``python tests/references/clipping.py``; needs PyTorch.
"""

import json
from pathlib import Path

import numpy as np

SIZES = {"regression": (3, 4, 3, 2), "binary": (3, 4, 1), "multiclass": (3, 4, 3)}
N_SAMPLES, N_EPOCHS, BATCH, RATE, ALPHA = 20, 4, 7, 0.1, 0.5
# For each kind of target a bound that is never reached, one that now and then is, and one
# that always is.
CLIP_NORMS = [100.0, 1.0, 0.1]
MOMENTUMS = [
    {"momentum": 0.0, "nesterovs_momentum": False},
    {"momentum": 0.9, "nesterovs_momentum": False},
    {"momentum": 0.9, "nesterovs_momentum": True},
]


def data(task):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, SIZES[task][0])).round(3)
    if task == "regression":
        return X, np.c_[2 * X[:, 0] + 1, X[:, 1] * X[:, 2]].round(3)
    return X, np.resize(range(2 if task == "binary" else 3), N_SAMPLES)


def start(task):
    rng = np.random.default_rng(1)
    shapes = zip(SIZES[task], SIZES[task][1:], strict=False)
    return [
        (rng.normal(size=shape).round(3), rng.normal(size=shape[1]).round(3))
        for shape in shapes
    ]


def mean_loss(torch, task, raw, y):
    """As skmlp's losses: summed over outputs, averaged over samples."""
    if task == "regression":
        return 0.5 * (raw - y).square().sum(dim=1).mean()
    if task == "binary":
        y = y.to(raw.dtype)[:, None]
        return torch.nn.functional.binary_cross_entropy_with_logits(raw, y)
    return torch.nn.functional.cross_entropy(raw, y)


def train(torch, task, clip_norm, momentum, nesterovs_momentum):
    """Return the weights and biases after the last epoch and the norms of each step."""
    X, y = map(torch.tensor, data(task))
    layers = [[torch.tensor(a, requires_grad=True) for a in pair] for pair in start(task)]
    parameters = [a for layer in layers for a in layer]
    optimizer = torch.optim.SGD(
        parameters, lr=RATE, momentum=momentum, nesterov=nesterovs_momentum
    )
    norms = []
    for _ in range(N_EPOCHS):
        for first in range(0, N_SAMPLES, BATCH):
            rows = slice(first, first + BATCH)
            raw = X[rows]
            for W, b in layers[:-1]:
                raw = torch.tanh(raw @ W + b)
            raw = raw @ layers[-1][0] + layers[-1][1]
            penalty = 0.5 * ALPHA * sum(W.square().sum() for W, _ in layers) / len(raw)
            optimizer.zero_grad()
            (mean_loss(torch, task, raw, y[rows]) + penalty).backward()
            norms.append(float(torch.nn.utils.clip_grad_norm_(parameters, clip_norm)))
            optimizer.step()
    coefs, intercepts = (
        [a.detach().tolist() for a in part] for part in zip(*layers, strict=True)
    )
    return {"coefs": coefs, "intercepts": intercepts, "norms": norms}


def main():
    import torch  # here, as pytest imports this file to look for doctests

    cases = []
    for task in SIZES:
        for clip_norm in CLIP_NORMS:
            for settings in MOMENTUMS:
                result = train(torch, task, clip_norm, **settings)
                cases.append({"task": task, "clip_norm": clip_norm, **settings, **result})
    reference = {
        "torch": torch.__version__,
        "settings": {
            "max_iter": N_EPOCHS,
            "batch_size": BATCH,
            "learning_rate_init": RATE,
            "alpha": ALPHA,
        },
        "tasks": {
            task: {
                "X": data(task)[0].tolist(),
                "y": data(task)[1].tolist(),
                "coefs": [W.tolist() for W, _ in start(task)],
                "intercepts": [b.tolist() for _, b in start(task)],
            }
            for task in SIZES
        },
        "cases": cases,
    }
    text = json.dumps(reference, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
