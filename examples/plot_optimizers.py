"""
Optimizers on one loss surface
==============================

A network without hidden layers and with one feature has two parameters, so that its loss is a
surface that can be drawn, with the way that each optimizer takes over it.  Then every
optimizer on a network with thousands of parameters.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier
from skmlp.initializers import Given
from skmlp.optimizers import OPTIMIZERS, SGD, Adagrad, Adam, RMSprop

plt.style.use("tableau-colorblind10")
warnings.simplefilter("ignore", ConvergenceWarning)  # a fixed number of steps is the point

# %%
# Two parameters
# --------------
# Is a tumour malignant, by the mean radius of its cell nuclei alone?  The logit is w times the
# radius, in tens of the units of the data, plus b.

X, malignant = load_breast_cancer(return_X_y=True)
radius, malignant = X[:, :1] / 10, 1 - malignant
START = {"coefs": [[[-1.0]]], "intercepts": [[-4.0]]}
STEPS = 100


def loss_at(w, b):
    """Mean log loss, for arrays of w and b of one shape."""
    margins = np.where(malignant, 1, -1) * (w[..., None] * radius[:, 0] + b[..., None])
    return np.logaddexp(0, -margins).mean(axis=-1)


def steps_of(optimizer, rate):
    """The parameters after every step on all samples, from the same start."""
    model = MLPClassifier(
        (),
        optimizer=optimizer,
        learning_rate_init=rate,
        batch_size="full",
        alpha=0,
        initializer=Given(**START),
    )
    steps = [(-1.0, -4.0)]
    for _ in range(STEPS):
        model.partial_fit(radius, malignant, classes=[0, 1])
        steps.append((model.coefs_[0].item(), model.intercepts_[0].item()))
    return np.transpose(steps)


def iterations_of_lbfgs():
    """The parameters after 0, 1, 2 ... iterations, each time from the start."""
    iterations = [(-1.0, -4.0)]
    for n in range(1, 30):
        model = MLPClassifier(
            (), optimizer="lbfgs", alpha=0, initializer=Given(**START), max_iter=n
        ).fit(radius, malignant)
        iterations.append((model.coefs_[0].item(), model.intercepts_[0].item()))
        if model.n_iter_ < n:
            break
    return np.transpose(iterations)


ways = {
    "SGD, no momentum, rate 1": steps_of(SGD(momentum=0.0), 1.0),
    "SGD, momentum 0.9, rate 1": steps_of(SGD(momentum=0.9), 1.0),
    "Adagrad, rate 1": steps_of(Adagrad(), 1.0),
    "RMSprop, rate 0.2": steps_of(RMSprop(), 0.2),
    "Adam, rate 0.5": steps_of(Adam(), 0.5),
    "L-BFGS": iterations_of_lbfgs(),
}

# %%
# The surface is a long valley, as much the same decision comes of many pairs of w and b: a
# larger weight needs a smaller bias.  In 100 steps only L-BFGS, which uses the curvature, gets
# to the minimum (star).  Plain SGD is soon in the valley and then creeps: its gradient is
# small there.  Momentum adds up these small gradients.  Adagrad, RMSprop and Adam scale each
# parameter by its own gradients, which is of no use in a valley that is not parallel to an
# axis; the rates of Adagrad become ever smaller besides.  Other rates would give other ways:
# these were chosen by hand.

best = ways["L-BFGS"][:, -1]
lowest = loss_at(*best[:, None])[0]
w, b = np.meshgrid(np.linspace(-4, 14, 150), np.linspace(-20, 4, 150))
heights = np.log10(loss_at(w, b) - lowest)
figure, axes = plt.subplots(
    2, 3, figsize=(8, 5.5), sharex=True, sharey=True, layout="constrained"
)
for ax, (name, steps) in zip(axes.flat, ways.items(), strict=True):
    image = ax.contourf(w, b, heights, 12, cmap="Greys_r")
    ax.plot(*steps, ".-", color="C1", markersize=4, linewidth=1)
    ax.plot(*best, "*", color="C0", markersize=14, markeredgecolor="white")
    ax.set_title(name, fontsize=10)
    above = loss_at(*steps[:, -1:])[0] - lowest
    print(f"{name:<28}{steps.shape[1] - 1:>4} steps, {above:.4f} above the minimum")
figure.colorbar(image, ax=axes, label="log10 of (loss - its minimum)")
figure.supxlabel("w (logit per ten units of radius)")
figure.supylabel("b (logit)")
figure.suptitle("Steps (dots) from the same start towards the minimum (star)")
plt.show()

# %%
# Thousands of parameters
# -----------------------
# Every optimizer trains the same network on handwritten digits, each at its usual learning
# rate and at a third and three times of it, with the same starting weights and the same
# batches.  Adadelta and Adagrad want far larger rates than Adam, Lion a smaller one: rates are
# not comparable between optimizers, which is why each class tells its usual one.  That is not
# the best one for this task: three times of it would be better for nearly all of them in so
# few epochs.

EPOCHS = 15
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
first_order = {name: cls for name, cls in OPTIMIZERS.items() if cls.stochastic}
figure, axes = plt.subplots(
    4, 3, figsize=(8, 8), sharex=True, sharey=True, layout="constrained"
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
            color="C0",
            label=f"rate {rate:.2g}",
        )
    ax.set(title=name, ylim=(0.01, 3))
    ax.legend(fontsize=9, loc="lower left", frameon=False)
for ax in axes.flat[len(first_order) :]:
    ax.axis("off")
figure.supxlabel("epoch")
figure.supylabel("training loss (log loss)")
figure.suptitle("15 epochs of digits at three learning rates")
plt.show()
