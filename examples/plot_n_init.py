"""
Several starts: n_init and the spread of solutions
==================================================

A training ends in a minimum of the loss, and in which one depends on the starting weights.
``n_init=8`` trains from eight and keeps the best.  This helps where some starts end badly,
and can do harm where none does.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier, MLPRegressor

plt.style.use("tableau-colorblind10")
SEEDS = range(20)
SMALL = {"hidden_layer_sizes": (3,), "optimizer": "lbfgs", "alpha": 0.01, "standardize": True}

# %%
# Two tasks for networks with three hidden units: five digits, and the progression of diabetes.

tasks = {
    "five digits": (
        load_digits(n_class=5, return_X_y=True),
        MLPClassifier(**SMALL, max_iter=500),
        "accuracy on test data",
    ),
    "diabetes": (
        load_diabetes(return_X_y=True, scaled=False),
        MLPRegressor(**SMALL, activation="tanh", max_iter=2000),
        "$R^2$ on test data",
    ),
}


def fitted(model, data, seed, n_init):
    """Training loss and test score from one seed."""
    X_train, X_test, y_train, y_test = train_test_split(*data, test_size=0.5, random_state=0)
    model.set_params(random_state=seed, n_init=n_init).fit(X_train, y_train)
    return model.loss_, model.score(X_test, y_test)


# %%
# One start each
# --------------
# Twenty trainings of the same network on the same data.  On the digits those that end with a
# low training loss are the good ones.  On diabetes they are not: there the lowest training
# loss is that of the network that has best learned its patients by heart.

figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
for ax, (name, (data, model, score)) in zip(axes, tasks.items(), strict=True):
    results = np.array([fitted(model, data, seed, n_init=1) for seed in SEEDS])
    best = results[results[:, 0].argmin()]
    ax.plot(*results.T, "o", color="C0", alpha=0.6)
    ax.plot(*best, "o", color="C1", label="lowest training loss")
    ax.set(title=name, xlabel="training loss", ylabel=score)
    ax.legend()
plt.show()

# %%
# The best of several
# -------------------
# So on the digits more starts make a bad score rarer, and on diabetes they lower the mean.
# What that model needs is a stronger penalty, or validation data to choose by
# (``X_val``, ``early_stopping``): then the best one is that with the best validation score.

figure, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
for ax, (name, (data, model, score)) in zip(axes, tasks.items(), strict=True):
    for i, n_init in enumerate((1, 2, 4, 8)):
        scores = [fitted(model, data, 100 + seed, n_init)[1] for seed in SEEDS[:10]]
        print(f"{name:<12} n_init={n_init} from {min(scores):.2f} to {max(scores):.2f}")
        ax.plot(np.full(len(scores), i), scores, "o", color="C0", alpha=0.6)
        ax.plot(i, np.mean(scores), "_", color="black", markersize=24, markeredgewidth=2)
    ax.set_xticks(range(4), (1, 2, 4, 8))
    ax.set_xlim(-0.5, 3.5)
    ax.set(title=name, xlabel="n_init", ylabel=score)
figure.suptitle("Ten seeds (dots) and their mean (bar)")
plt.show()
