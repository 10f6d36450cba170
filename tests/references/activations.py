"""Write activations.json: PyTorch's values and derivatives of the activations.

    python tests/references/activations.py

The keys are what repr gives for the instances of skmlp.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F

MAGNITUDES = [1e-8, 1e-3, 0.1, 0.3, 0.5, 0.7, 1, 1.4, 2, 2.6, 3, 4.5, 6, 7, 10, 20, 30]
# In an order that mixes the rows; the corners are among them.
FLAT = [0.0, 50.0, *(sign * m for m in MAGNITUDES for sign in (-1.0, 1.0))]
Z = [FLAT[i::12] for i in range(12)]


def maxout(z, pieces):
    return z.reshape(pieces, -1, z.shape[-1]).max(dim=0).values


HIDDEN = {
    "CELU()": F.celu,
    "CELU(alpha=0.5)": lambda z: F.celu(z, 0.5),
    "CELU(alpha=2.0)": lambda z: F.celu(z, 2.0),
    "ELU()": F.elu,
    "ELU(alpha=0.5)": lambda z: F.elu(z, 0.5),
    "ELU(alpha=2.0)": lambda z: F.elu(z, 2.0),
    "GELU()": F.gelu,
    # The derivative of F.hardsigmoid is 1 / 6 in float32, whatever the dtype.
    "HardSigmoid()": lambda z: F.relu6(z + 3) / 6,
    "HardTanh()": F.hardtanh,
    "Identity()": lambda z: 1 * z,
    "LeakyReLU()": F.leaky_relu,
    "LeakyReLU(negative_slope=0.0)": F.relu,
    "LeakyReLU(negative_slope=0.2)": lambda z: F.leaky_relu(z, 0.2),
    "Logistic()": F.sigmoid,
    "Maxout()": lambda z: maxout(z, 2),
    "Maxout(pieces=3)": lambda z: maxout(z, 3),
    "Mish()": F.mish,
    "ReLU()": F.relu,
    "ReLU6()": F.relu6,
    "SELU()": F.selu,
    "SiLU()": F.silu,
    "Softplus()": lambda z: F.softplus(z, threshold=100),
    "Softsign()": F.softsign,
    "Tanh()": F.tanh,
}
LEARNED = {"PReLU()": 0.25, "PReLU(initial_slope=0.1)": 0.1}
VALUES_ONLY = {
    "Exponential()": torch.exp,
    "Sign()": torch.sign,
    "Softmax()": lambda z: torch.softmax(z, dim=-2),
    "Step()": lambda z: torch.heaviside(z, torch.zeros((), dtype=z.dtype)),
}


def main():
    z = torch.tensor(Z, dtype=torch.float64, requires_grad=True)
    functions = {}
    for key, function in HIDDEN.items():
        a = function(z)
        (derivative,) = torch.autograd.grad(a.sum(), z)
        functions[key] = {"a": a.tolist(), "derivative": derivative.tolist()}
    for key, slope in LEARNED.items():
        params = torch.tensor([slope], dtype=torch.float64, requires_grad=True)
        a = F.prelu(z, params)
        derivative, gradient = torch.autograd.grad(a.sum(), (z, params))
        functions[key] = {
            "a": a.tolist(),
            "derivative": derivative.tolist(),
            "gradient": gradient.tolist(),
        }
    for key, function in VALUES_ONLY.items():
        functions[key] = {"a": function(z).tolist()}
    content = {"torch": torch.__version__, "z": Z, "functions": functions}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
