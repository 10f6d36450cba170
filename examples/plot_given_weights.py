"""
Starting from given weights
===========================

``initializer=Given(coefs, intercepts)`` starts a training from weights of your choice: set by
hand, or those of a network that was trained on something else.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier
from skmlp.initializers import Given

plt.style.use("tableau-colorblind10")

# %%
# XOR by hand
# -----------
# One of two inputs, but not both: no line separates the classes, but two hidden units are
# enough.  One is relu(x1 - x2 - 0.5), positive for the first input without the second, the
# other relu(x2 - x1 - 0.5), for the second without the first; else both are 0.  Eight times
# their sum, less 2, is the logit.  How often does a training find this, or something as good?

X_xor, y_xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), [0, 1, 1, 0]
by_hand = Given(
    coefs=[[[1, -1], [-1, 1]], [[8], [8]]],  # a column for each unit
    intercepts=[[-0.5, -0.5], [-2]],
)
xor = MLPClassifier((2,), optimizer="lbfgs", alpha=0.001, max_iter=1000)
scores = []
with warnings.catch_warnings():  # L-BFGS says so where a start leads nowhere
    warnings.simplefilter("ignore", ConvergenceWarning)
    for seed in range(100):
        xor.set_params(random_state=seed).fit(X_xor, y_xor)
        scores.append(xor.score(X_xor, y_xor))
print(f"from random weights: all four right in {scores.count(1)} of 100 trainings")
xor.set_params(initializer=by_hand).fit(X_xor, y_xor)
print(f"from those by hand: {xor.score(X_xor, y_xor):.0%} right")

# %%
# The attributes ``coefs_`` and ``intercepts_`` are the model, so that the weights can also be
# looked at as they were before the training.  That has turned the lines and made the
# probabilities of the four samples surer.


def draw(ax, model, title):
    """The probability of class 1, and the four samples."""
    side = np.linspace(-0.5, 1.5, 200)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    p = model.predict_proba(grid.reshape(-1, 2))[:, 1].reshape(200, 200)
    image = ax.contourf(side, side, p, np.linspace(0, 1, 11), cmap="cividis")
    ax.contour(side, side, p, [0.5], colors="white")
    for sample, label in zip(X_xor, y_xor, strict=True):
        ax.text(*sample, label, ha="center", va="center", bbox={"facecolor": "white"})
    ax.set(title=title, xlabel="x1", aspect="equal")
    return image


figure, axes = plt.subplots(1, 2, figsize=(8, 3.8), sharey=True, layout="constrained")
image = draw(axes[1], xor, "after the training")
xor.coefs_ = [np.array(W, float) for W in by_hand.coefs]
xor.intercepts_ = [np.array(b, float) for b in by_hand.intercepts]
draw(axes[0], xor, "set by hand")
axes[0].set_ylabel("x2")
figure.colorbar(image, ax=axes, label="probability of class 1")
plt.show()

# %%
# From one task to another
# ------------------------
# A network has learned the digits from 0 to 4 from 900 images.  Its hidden layer may be of use
# for the digits from 5 to 9 as well, of which there are few to learn from.  The new network
# takes the weights of the first layer; the last layer has other classes to tell, and begins
# with zeros.

warnings.simplefilter("ignore", ConvergenceWarning)  # the same few epochs for all
X, y = load_digits(return_X_y=True)
X = X / 16
small = y < 5
old = MLPClassifier((50,), max_iter=100, random_state=0).fit(X[small], y[small])
print("digits from 0 to 4:", old.coefs_[0].shape, old.coefs_[1].shape)
transferred = Given(
    coefs=[old.coefs_[0], np.zeros((50, 5))], intercepts=[old.intercepts_[0], np.zeros(5)]
)

# %%
# Accuracy on the test images after every epoch, from ten sets of training images each.  With
# 25 images the old weights are ahead all the way, with 250 only in the first epochs.

figure, axes = plt.subplots(1, 2, figsize=(8, 4), sharey=True, layout="constrained")
starts = {"random weights": "auto", "weights of 0 to 4": transferred}
for ax, n_samples in zip(axes, (25, 250), strict=True):
    for color, (name, initializer) in zip(("C0", "C1"), starts.items(), strict=True):
        curves = []
        for seed in range(10):
            X_train, X_test, y_train, y_test = train_test_split(
                X[~small],
                y[~small],
                train_size=n_samples,
                stratify=y[~small],
                random_state=seed,
            )
            model = MLPClassifier(
                (50,),
                initializer=initializer,
                batch_size=25,
                max_iter=30,
                n_iter_no_change=30,
                random_state=seed,
            ).fit(X_train, y_train, X_val=X_test, y_val=y_test)
            curves.append(model.history_["val_score"])
        epochs = np.arange(1, 31)
        ax.fill_between(epochs, np.min(curves, 0), np.max(curves, 0), color=color, alpha=0.25)
        ax.plot(epochs, np.mean(curves, 0), color=color, label=name)
        print(f"{n_samples} images, {name}: {np.mean(curves, 0)[-1]:.3f} in the end")
    ax.set(title=f"{n_samples} training images", xlabel="epoch")
axes[0].set_ylabel("accuracy on test images, 5 to 9")
axes[1].legend(loc="lower right", title="mean and range, from")
plt.show()
