"""
Learning-rate schedules
=======================

A schedule says how the learning rate changes in the course of a training.  Here are all of
them with the same optimizer, and what comes of it on handwritten digits.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier
from skmlp.schedules import SCHEDULES, CosineDecay

plt.style.use("tableau-colorblind10")
warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs is the point
EPOCHS = 40
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X / 16, y, test_size=0.5, stratify=y, random_state=0
)


def fitted(schedule, rate, patience, seed=0):
    """Trained by SGD with momentum; a plateau is `patience` epochs without a gain of 0.01."""
    return MLPClassifier(
        (50,),
        optimizer="sgd",
        learning_rate=schedule,
        learning_rate_init=rate,
        batch_size=50,
        max_iter=EPOCHS,
        tol=0.01,
        n_iter_no_change=patience,
        random_state=seed,
    ).fit(X_train, y_train)


# %%
# The rates
# ---------
# ``adaptive`` and ``plateau`` wait until the training loss has not fallen by ``tol`` for
# ``n_iter_no_change`` epochs, which are 3 here; all others know beforehand.  An object can
# have a warm-up, which a name cannot ask for.

PATIENCE = {"adaptive": 3, "plateau": 3}  # the others are to run on to the end
schedules = {name: name for name in SCHEDULES} | {"cosine, warm-up": CosineDecay(warmup=0.2)}
figure, axes = plt.subplots(
    2, 5, figsize=(8, 4.2), sharex=True, sharey=True, layout="constrained"
)
for ax, (name, schedule) in zip(axes.flat, schedules.items(), strict=True):
    model = fitted(schedule, 0.1, PATIENCE.get(name, EPOCHS))
    rates = model.history_["learning_rate"]
    ax.plot(np.arange(1, len(rates) + 1), rates)
    ax.set_title(name, fontsize=10)
    ax.grid(alpha=0.3)
figure.supxlabel("epoch")
figure.supylabel("learning rate")
figure.suptitle("Learning rate in the last step of every epoch")
plt.show()

# %%
# What comes of it
# ----------------
# Five seeds at each of three initial rates, after 40 epochs or where ``plateau`` has ended the
# training.
#
# * At 0.01 the training is too short, and every schedule that makes the rate smaller still
#   does harm.  ``invscaling`` divides by the square root of the samples seen, and nearly stops
#   after the first epoch.
# * At 0.3 all but ``invscaling`` are about as good on new data, and ``constant`` has the
#   lowest training loss: on this task there is nothing to be gained by a schedule.
# * At 1 most trainings fail (0.1 is guessing).  Some of those that begin with small rates do
#   not: a warm-up and ``one_cycle`` are for rates that are too high for the start.

figure, axes = plt.subplots(1, 2, figsize=(8, 4.5), sharey=True, layout="constrained")
for color, rate, shift in (("C0", 0.01, -0.25), ("C1", 0.3, 0), ("C3", 1.0, 0.25)):
    print(f"rate {rate}")
    for i, (name, schedule) in enumerate(schedules.items()):
        models = [fitted(schedule, rate, PATIENCE.get(name, EPOCHS), s) for s in range(5)]
        losses = [model.loss_ for model in models]
        accuracies = [model.score(X_test, y_test) for model in models]
        print(f"  {name:<16}loss {np.mean(losses):.4f}, accuracy {np.mean(accuracies):.3f}")
        for ax, values in zip(axes, (losses, accuracies), strict=True):
            label = f"initial rate {rate}" if i == 0 else None
            place = np.full(5, i + shift)
            ax.plot(values, place, "o", color=color, alpha=0.6, label=label)
axes[0].set_xscale("log")
axes[0].set_xlabel("training loss")
axes[1].set_xlabel("accuracy on test data")
axes[0].set_yticks(range(len(schedules)), schedules)
axes[0].invert_yaxis()
for ax in axes:
    ax.grid(axis="x", alpha=0.3)
figure.suptitle("Five seeds (dots) at three initial rates")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
plt.show()
