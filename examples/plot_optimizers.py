"""
Optimizers side by side
=======================

Every optimizer trains the same network on handwritten digits, each at its usual learning rate
and at a third and three times of it, with the same starting weights and the same batches.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier
from skmlp.optimizers import OPTIMIZERS

EPOCHS = 15
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of epochs is the point

# %%
# Adadelta and Adagrad want far larger rates than Adam, Lion a smaller one: rates are not
# comparable between optimizers, which is why each class tells its usual one.

first_order = {name: cls for name, cls in OPTIMIZERS.items() if cls.stochastic}
figure, axes = plt.subplots(
    3, 4, figsize=(10, 7), sharex=True, sharey=True, layout="constrained"
)
print(f"{'optimizer':<12}{'rate':>10}{'training loss':>16}{'test accuracy':>16}")
for ax, (name, cls) in zip(axes.flat, sorted(first_order.items()), strict=False):
    for factor, style in ((1 / 3, ":"), (1, "-"), (3, "--")):
        rate = factor * cls.usual_rate
        model = MLPClassifier(
            optimizer=name, learning_rate_init=rate, max_iter=EPOCHS, random_state=0
        ).fit(X_train, y_train)
        accuracy = model.score(X_test, y_test)
        print(f"{name:<12}{rate:>10.2g}{model.loss_:>16.3f}{accuracy:>16.3f}")
        ax.semilogy(
            np.arange(1, EPOCHS + 1),
            model.history_["loss"],
            style,
            color="#0072B2",
            label=f"rate {rate:.2g}",
        )
    ax.set_title(name)
    ax.set_ylim(0.02, 3)
    ax.legend(fontsize=8, loc="lower left")
for ax in axes.flat[len(first_order) :]:
    ax.axis("off")
figure.supxlabel("epoch")
figure.supylabel("training loss (log loss)")
plt.show()
