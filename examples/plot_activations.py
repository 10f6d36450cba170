"""
Activations side by side
========================

The same network with every activation, by cross-validation: one hidden layer on handwritten
digits, and two hidden layers on the diabetes data.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmlp import MLPClassifier, MLPRegressor
from skmlp.activations import ACTIVATIONS

warnings.simplefilter("ignore", ConvergenceWarning)  # the same few epochs for all
names = [
    cls_names[0]
    for cls_names in (
        [name for name, other in ACTIVATIONS.items() if other is cls]
        for cls in dict.fromkeys(ACTIVATIONS.values())
    )
]
tasks = {
    "digits: accuracy": (
        load_digits(return_X_y=True),
        lambda name: MLPClassifier((50,), activation=name, max_iter=20, random_state=0),
    ),
    "diabetes: $R^2$": (
        load_diabetes(return_X_y=True, scaled=False),
        lambda name: MLPRegressor(
            hidden_layer_sizes=(30, 30),
            activation=name,
            learning_rate_init=0.01,
            max_iter=60,
            random_state=0,
        ),
    ),
}

# %%
# The spread over the folds is larger than most differences: an activation is rarely what a
# model fails for, but a step function, whose gradient is only pretended, is behind.

figure, axes = plt.subplots(1, 2, figsize=(9, 6), sharey=True, layout="constrained")
for ax, (title, ((X, y), make)) in zip(axes, tasks.items(), strict=True):
    print(title)
    for i, name in enumerate(names):
        scores = cross_val_score(make_pipeline(StandardScaler(), make(name)), X, y)
        print(f"  {name:<14}{scores.mean():.3f} +- {scores.std():.3f}")
        ax.plot(scores, np.full(len(scores), i), "o", color="#56B4E9", alpha=0.7)
        ax.plot(scores.mean(), i, "|", color="black", markersize=14)
    ax.set_xlabel(title)
    ax.grid(axis="x", alpha=0.3)
axes[0].set_yticks(range(len(names)), names)
axes[0].invert_yaxis()
figure.suptitle("Five folds (dots) and their mean (bar)")
plt.show()
