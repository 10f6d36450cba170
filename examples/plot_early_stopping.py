"""
What early stopping does
========================

With early stopping a part of the samples is held back and scored after every epoch.  The
training ends when the score no longer rises, and the model has the weights of the best epoch.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit, train_test_split

from skmlp import MLPRegressor
from skmlp.display import TrainingCurveDisplay

plt.style.use("tableau-colorblind10")
X, y = load_diabetes(return_X_y=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)


def make_model(**parameters):
    return MLPRegressor(
        hidden_layer_sizes=(50,),
        learning_rate_init=0.01,
        standardize=True,
        random_state=0,
        **parameters,
    )


# %%
# One training
# ------------
# Every fourth patient is held back.  Here the training may go on for 60 epochs after the best
# one, so that it can be seen what it would have come to: the training loss falls and falls,
# while the validation loss rises and the score falls.  The network learns its patients by
# heart.

model = make_model(early_stopping=True, validation_fraction=0.25, n_iter_no_change=60)
model.fit(X_train, y_train)
TrainingCurveDisplay.from_estimator(model, name="Progression of diabetes, a quarter held back")
plt.show()

# %%
# Twenty trainings
# ----------------
# One split says little with so few patients.  So here are twenty of them, with the score on
# test data that no training has seen, and three ways to train.
#
# * For 150 epochs, with all samples of the training set.
# * With ``early_stopping``, where a quarter of them is held back and the training ends after
#   ten epochs without a better score.
# * With ``restore_best``, where validation data choose the epoch, too, but all 150 are run:
#   for scores that get better again after a while.

# as many epochs as that is the point
warnings.simplefilter("ignore", ConvergenceWarning)
ways = {
    "150 epochs": {"n_iter_no_change": 150, "max_iter": 150},
    "early_stopping": {"early_stopping": True, "validation_fraction": 0.25},
    "restore_best": {"restore_best": True, "n_iter_no_change": 150, "max_iter": 150},
}
scores = {name: [] for name in ways}
epochs = {name: [] for name in ways}
for train, test in ShuffleSplit(20, test_size=0.25, random_state=0).split(X):
    kept, held = train_test_split(train, random_state=0)
    for name, parameters in ways.items():
        model = make_model(**parameters)
        if name == "restore_best":
            model.fit(X[kept], y[kept], X_val=X[held], y_val=y[held])
        else:
            model.fit(X[train], y[train])
        scores[name].append(model.score(X[test], y[test]))
        epochs[name].append(model.n_iter_)
for name, values in scores.items():
    print(f"{name:<16}R^2 {np.mean(values):.2f}, {np.mean(epochs[name]):.0f} epochs")

# %%
# A grey line joins the scores of one split.  Stopping early is better in every one of them,
# although it has three quarters of the samples to train with, and takes a sixth of the
# epochs.  To run on and go back to the best epoch afterwards gains nothing here.

figure, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
ax.plot(list(scores.values()), color="C9", linewidth=1)
for i, values in enumerate(scores.values()):
    ax.plot(np.full(len(values), i), values, "o", color="C0", alpha=0.6)
    ax.plot(i, np.mean(values), "_", color="black", markersize=40, markeredgewidth=2)
ax.set_xticks(range(len(scores)), scores)
ax.set_xlim(-0.5, len(scores) - 0.5)
ax.set(ylabel="$R^2$ on test data", title="Twenty splits (dots) and their mean (bar)")
plt.show()
