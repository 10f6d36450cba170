"""Write docs/components.md and docs/activations.png from the registries.

    python docs/make_components.py

The docstrings have it all: the summary, then a paragraph with the formula and its source,
then one on when to use the component.
"""

import inspect
from pathlib import Path

import numpy as np

from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS
from skmlp.initializers import INITIALIZERS, Given
from skmlp.losses import CLASSIFICATION_LOSSES, REGRESSION_LOSSES
from skmlp.optimizers import OPTIMIZERS
from skmlp.schedules import SCHEDULES

FOLDER = Path(__file__).parent
OUTPUT_ONLY = {n: c for n, c in OUTPUT_ACTIVATIONS.items() if c not in ACTIVATIONS.values()}
FAMILIES = {
    "Activations": ("activation", "skmlp.activations", ACTIVATIONS),
    "Output activations of losses": (None, "skmlp.activations", OUTPUT_ONLY),
    "Losses for regression": ("loss", "skmlp.losses", REGRESSION_LOSSES),
    "Losses for classification": ("loss", "skmlp.losses", CLASSIFICATION_LOSSES),
    "Optimizers": ("optimizer", "skmlp.optimizers", OPTIMIZERS),
    "Schedules": ("learning_rate", "skmlp.schedules", SCHEDULES),
    "Initializers": ("initializer", "skmlp.initializers", {**INITIALIZERS, "": Given}),
}
HEAD = """# Components

Written by `python docs/make_components.py` from the docstrings. Every component is a name, or
an object of the class where other hyperparameters than the default ones are wanted:
`activation="leaky_relu"` or `activation=LeakyReLU(negative_slope=0.2)`.

[How to write a component of your own](extending.md).
"""


def paragraphs(cls):
    """Paragraphs of a class's docstring before its sections, each on one line."""
    text = inspect.getdoc(cls)
    sections = [
        text.find(f"\n{name}\n---") for name in ("Parameters", "Attributes", "See Also")
    ]
    text = text[: min(start for start in sections if start > 0)]
    return [" ".join(part.split()) for part in text.strip().split("\n\n")]


def signature(cls):
    """The class with its default hyperparameters, without their types."""
    parameters = inspect.signature(cls).parameters.values()
    untyped = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    return f"{cls.__name__}{inspect.Signature(untyped)}"


def row(names, cls, parameter):
    summary, *formula, use = paragraphs(cls)
    cells = [
        ", ".join(f"`{name}`" for name in names if name) or "by object only",
        f"`{signature(cls)}`",
        summary,
        " ".join(formula).replace("|", "\\|"),
        use,
    ]
    if parameter == "optimizer":
        rate = getattr(cls, "usual_rate", None)
        cells.insert(2, "-" if rate is None else f"{rate:g}")
    return "| " + " | ".join(cells) + " |"


def table(parameter, registry):
    columns = ["name", "class", "what it is", "formula and source", "when to use it"]
    if parameter == "optimizer":
        columns.insert(2, "usual `learning_rate_init`")
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    for cls in dict.fromkeys(registry.values()):
        names = [name for name, other in registry.items() if other is cls]
        lines.append(row(names, cls, parameter))
    return "\n".join(lines)


def page():
    """The text of docs/components.md."""
    parts = [HEAD]
    for title, (parameter, module, registry) in FAMILIES.items():
        what = f"Parameter `{parameter}`; module" if parameter else "Module"
        parts.append(f"## {title}\n\n{what} `{module}`.\n\n{table(parameter, registry)}\n")
        if title == "Activations":
            parts.append("![Every activation with its derivative](activations.png)\n")
    return "\n".join(parts)


def curve(activation, z):
    """The activation and its derivative at z; where a unit has pieces, of z and -z/2."""
    slopes = np.array([1.0, -0.5])[: activation.pieces, None]
    own = activation.initial_params()
    learned = (own,) if own.size else ()
    # one sample, and a unit for every point
    inputs = (slopes * z).reshape(-1, 1)
    a = np.empty((len(z), 1)) if activation.keeps_input else inputs
    scratch = activation.scratch(inputs)
    activation.forward(inputs, a, scratch, *learned)
    delta = np.ones_like(inputs)
    gradient = (np.empty_like(own),) if own.size else ()
    activation.backward(inputs, a, delta, scratch, *learned, *gradient)
    return a.ravel(), (delta.reshape(len(slopes), -1) * slopes).sum(axis=0)


def draw(file):
    """A small picture of every activation."""
    import matplotlib.pyplot as plt

    classes = list(dict.fromkeys(ACTIVATIONS.values()))
    n_columns = 5
    n_rows = -(-len(classes) // n_columns)
    figure, axes = plt.subplots(
        n_rows, n_columns, figsize=(10, 2 * n_rows), layout="constrained", sharex=True
    )
    z = np.linspace(-4, 4, 401)
    for ax, cls in zip(axes.flat, classes, strict=False):
        a, derivative = curve(cls(), z)
        ax.plot(z, a, color="#0072B2", label="a = f(z)")
        ax.plot(z, derivative, color="#D55E00", linestyle="--", label="da/dz")
        ax.set_title(cls.__name__ + " of z and -z/2" * (cls().pieces > 1), fontsize=10)
        ax.set_ylim(-2, 3)
        ax.grid(alpha=0.3)
    for ax in axes.flat[len(classes) :]:
        ax.axis("off")
    for ax in axes[-1]:
        ax.set_xlabel("z")
    figure.legend(
        *axes.flat[0].get_legend_handles_labels(), loc="outside upper center", ncols=2
    )
    plt.savefig(file, dpi=100)


if __name__ == "__main__":
    (FOLDER / "components.md").write_text(page())
    draw(FOLDER / "activations.png")
