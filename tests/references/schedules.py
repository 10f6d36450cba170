"""Write schedules.json: learning rates of PyTorch's schedulers, update by update.

Run with ``python tests/references/schedules.py``; needs PyTorch.
"""

import json
from pathlib import Path

INITIAL = 0.1
N_STEPS = 40


def schedulers(lr):
    """Schedulers by name, each a function of an optimizer with the rate `INITIAL`."""

    def warmup(optimizer):
        # A tenth in the first update, all in the tenth.
        return lr.LinearLR(optimizer, start_factor=0.1, total_iters=9)

    return {
        "OneCycleLR": lambda opt: lr.OneCycleLR(opt, INITIAL, N_STEPS),
        "OneCycleLR, other parameters": lambda opt: lr.OneCycleLR(
            opt, INITIAL, N_STEPS, pct_start=0.51, div_factor=10.0, final_div_factor=5.0
        ),
        "CosineAnnealingLR": lambda opt: lr.CosineAnnealingLR(opt, N_STEPS),
        "CosineAnnealingLR, eta_min": lambda opt: lr.CosineAnnealingLR(
            opt, N_STEPS, eta_min=INITIAL / 4
        ),
        "ExponentialLR": lambda opt: lr.ExponentialLR(opt, 0.95),
        "StepLR": lambda opt: lr.StepLR(opt, 10),
        "StepLR, other parameters": lambda opt: lr.StepLR(opt, 3, gamma=0.5),
        "LinearLR": warmup,
        "LinearLR and CosineAnnealingLR": lambda opt: lr.ChainedScheduler(
            [warmup(opt), lr.CosineAnnealingLR(opt, N_STEPS)]
        ),
    }


def rates(torch, make):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=INITIAL, momentum=0.9)
    scheduler = make(optimizer)
    values = []
    for _ in range(N_STEPS):
        values.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return values


def main():
    import torch  # here, as pytest imports this file to look for doctests

    reference = {
        "torch": torch.__version__,
        "initial": INITIAL,
        "n_steps": N_STEPS,
        "rates": {
            name: rates(torch, make)
            for name, make in schedulers(torch.optim.lr_scheduler).items()
        },
    }
    text = json.dumps(reference, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
