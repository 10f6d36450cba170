"""
Activations, their derivatives, and what they do
================================================

What the usual activations look like, and the same network with every activation by
cross-validation: one hidden layer on handwritten digits, two hidden layers on the diabetes
data.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmlp import MLPClassifier, MLPRegressor
from skmlp.activations import ACTIVATIONS

plt.style.use("tableau-colorblind10")

# %%
# Functions and derivatives
# -------------------------
# A unit passes on a = f(z), and in the training the derivative da/dz says how much of an error
# comes back through it: none where it is 0.  That is so for ``relu`` at all z < 0, and for
# ``logistic`` and ``tanh`` nearly so where z is large.  The derivative of ``logistic`` is 1/4
# at most, so that less comes back with every layer.  ``step`` has none, and is trained with
# one that is only pretended.


def curves(activation, z):
    """f(z) and its derivative, as the training computes them."""
    inputs = z[None].copy()  # one unit, and a sample for every point
    a, scratch = activation.apply(inputs)
    derivative = np.ones_like(a)
    activation.backward(inputs, a, derivative, scratch)
    return a[0], derivative[0]


names = ("relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus")
names += ("logistic", "tanh", "softsign", "step")
z = np.linspace(-4, 4, 401)
figure, axes = plt.subplots(
    3, 4, figsize=(8, 6), sharex=True, sharey=True, layout="constrained"
)
for ax, name in zip(axes.flat, names, strict=True):
    a, derivative = curves(ACTIVATIONS[name](), z)
    ax.plot(z, a, color="C0", label="a = f(z)")
    ax.plot(z, derivative, "--", color="C1", label="da/dz")
    ax.set(title=name, ylim=(-2, 3))
    ax.grid(alpha=0.3)
for ax in axes[-1]:
    ax.set_xlabel("z")
figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2)
figure.suptitle("Activations and their derivatives")
plt.show()

# %%
# Scores
# ------
# All activations, five folds each.

warnings.simplefilter("ignore", ConvergenceWarning)  # the same few epochs for all
first_names = {}
for name, cls in ACTIVATIONS.items():  # some have an alias
    first_names.setdefault(cls, name)


def make_classifier(name):
    return MLPClassifier((50,), activation=name, max_iter=20, random_state=0)


def make_regressor(name):
    network = MLPRegressor(
        hidden_layer_sizes=(30, 30),
        activation=name,
        learning_rate_init=0.003,
        max_iter=60,
        random_state=0,
    )
    return TransformedTargetRegressor(network, transformer=StandardScaler())


tasks = {
    "digits: accuracy": (load_digits(return_X_y=True), make_classifier),
    "diabetes: $R^2$": (load_diabetes(return_X_y=True, scaled=False), make_regressor),
}

# %%
# Most differences are smaller than the spread over the folds: an activation is rarely what a
# model fails for.  In so few epochs, bounded ones with a small slope (logistic, hard_sigmoid)
# are behind on digits, and step and sign, whose gradient is only pretended, on both.

figure, axes = plt.subplots(1, 2, figsize=(8, 6), sharey=True, layout="constrained")
for ax, (title, ((X, y), make)) in zip(axes, tasks.items(), strict=True):
    print(title)
    for i, name in enumerate(first_names.values()):
        scores = cross_val_score(make_pipeline(StandardScaler(), make(name)), X, y)
        print(f"  {name:<14}{scores.mean():.3f} +- {scores.std():.3f}")
        ax.plot(scores, np.full(len(scores), i), "o", color="C0", alpha=0.5)
        ax.plot(scores.mean(), i, "|", color="black", markersize=14)
    ax.set_xlabel(title)
    ax.grid(axis="x", alpha=0.3)
axes[0].set_yticks(range(len(first_names)), first_names.values())
axes[0].invert_yaxis()
figure.suptitle("Five folds (dots) and their mean (bar)")
plt.show()
