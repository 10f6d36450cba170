"""Write optimizers.json: trajectories of PyTorch's optimizers, and of Lion as in its paper.

Run with ``python tests/references/optimizers.py``; needs PyTorch.
"""

import json
from pathlib import Path

import numpy as np

ADAM = {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 0.1}
CASES = [
    ("AMSGrad", {}),
    ("AMSGrad", ADAM),
    ("AdamW", {}),
    ("AdamW", {**ADAM, "weight_decay": 0.5}),
    ("AdamW", {"beta_1": 0, "beta_2": 0, "weight_decay": 0}),
    ("Adamax", {}),
    ("Adamax", ADAM),
    ("NAdam", {}),
    ("NAdam", {**ADAM, "momentum_decay": 0.5}),
    ("NAdam", {"beta_1": 0}),
    ("RAdam", {}),
    ("RAdam", ADAM),
    ("RAdam", {"beta_2": 0.5}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.5, "epsilon": 0.1}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9, "rho": 0.9, "epsilon": 0.1}),
    ("Adagrad", {}),
    ("Adagrad", {"epsilon": 0.1, "initial_accumulator": 0.5}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.5, "epsilon": 0.1}),
    ("Lion", {}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.8, "weight_decay": 0.5}),
    ("Lion", {"beta_1": 0, "beta_2": 0}),
    ("Lion", {"beta_1": 0.99, "beta_2": 0.9}),
]
NAMES = {"epsilon": "eps", "rho": "alpha", "initial_accumulator": "initial_accumulator_value"}
START = [1.0, -2.0, 0.5, 3.0, -0.1]
RATE = 0.1
RECORDED = [1, 2, 3, 5, 6, 7, 10, 20, 40]


def lion(gradients, beta_1=0.9, beta_2=0.99, weight_decay=0.0):
    """Chen et al. (2023), algorithm 2, line by line."""
    theta, m = np.array(START), np.zeros(len(START))
    for g in gradients:
        c = beta_1 * m + (1 - beta_1) * g
        theta = theta - RATE * (np.sign(c) + weight_decay * theta)
        m = beta_2 * m + (1 - beta_2) * g
        yield theta.tolist()


def by_torch(torch, name, gradients, parameters):
    cls, options = getattr(torch.optim, name.replace("AMSGrad", "Adam")), {"lr": RATE}
    names = NAMES if name == "RMSprop" else {**NAMES, "rho": "rho"}
    parameters = dict(parameters)
    if {"beta_1", "beta_2"} & set(parameters):
        betas = parameters.pop("beta_1", 0.9), parameters.pop("beta_2", 0.999)
        options["betas"] = tuple(float(beta) for beta in betas)
    options |= {names.get(key, key): value for key, value in parameters.items()}
    if name == "AMSGrad":
        options["amsgrad"] = True
    theta = torch.tensor(START, requires_grad=True)
    optimizer = cls([theta], **options)
    for gradient in gradients:
        theta.grad = torch.tensor(gradient)
        optimizer.step()
        yield theta.detach().tolist()


def main():
    import torch  # here, as pytest imports this file to look for doctests

    # NAdam keeps its product of momentums in the default dtype, whatever the parameters'.
    torch.set_default_dtype(torch.float64)
    # One parameter has gradients about as small as epsilon, one has none at first.
    scale = np.array([1.0, 1.0, 1e-7, 100.0, 1.0])
    gradients = scale * np.random.default_rng(0).normal(size=(max(RECORDED), 5))
    gradients[:4, 4] = 0
    cases = []
    for name, parameters in CASES:
        if name == "Lion":
            thetas = list(lion(gradients, **parameters))
        else:
            thetas = list(by_torch(torch, name, gradients, parameters))
        recorded = [thetas[t - 1] for t in RECORDED]
        cases.append({"class": name, "parameters": parameters, "thetas": recorded})
    reference = {
        "torch": torch.__version__,
        "start": START,
        "rate": RATE,
        "recorded": RECORDED,
        "gradients": gradients.tolist(),
        "cases": cases,
    }
    text = json.dumps(reference, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
