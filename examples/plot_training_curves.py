"""
How to read a training curve
============================

``TrainingCurveDisplay`` draws the losses of every epoch.  Their shape tells what to change:
the same network on handwritten digits, in four trainings of which three go wrong.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier
from skmlp.display import TrainingCurveDisplay

X, y = load_digits(return_X_y=True)
X_train, X_val, y_train, y_val = train_test_split(
    X / 16, y, test_size=0.5, stratify=y, random_state=0
)
few = slice(60)

# %%
# * **Too slow**: both losses still fall when the training ends.  Raise the learning rate, or
#   train for longer.
# * **As it should be**: both fall, level off and stay close.
# * **Too fast**: the losses go up and down and stay high, here no better than guessing.  Lower
#   the learning rate.
# * **Too few samples**: the training loss goes on falling, the validation loss stays far above
#   it.  More samples, a larger ``alpha`` or dropout are what may help, more epochs will not.

# 60 epochs for all, whether they are enough or not
warnings.simplefilter("ignore", ConvergenceWarning)
trainings = {
    "too slow: rate 0.0001": (0.0001, X_train, y_train),
    "as it should be: rate 0.003": (0.003, X_train, y_train),
    "too fast: rate 0.3": (0.3, X_train, y_train),
    "too few samples: 60": (0.003, X_train[few], y_train[few]),
}
figure, axes = plt.subplots(
    2, 2, figsize=(8, 6), sharex=True, sharey=True, layout="constrained"
)
for ax, (name, (rate, X_seen, y_seen)) in zip(axes.flat, trainings.items(), strict=True):
    model = MLPClassifier(
        (50,),
        learning_rate_init=rate,
        batch_size=20,
        max_iter=60,
        n_iter_no_change=60,
        random_state=0,
    )
    model.fit(X_seen, y_seen, X_val=X_val, y_val=y_val)
    TrainingCurveDisplay.from_estimator(model, ax=ax, name=name)
    ax.set_yscale("linear")
    ax.get_legend().set_visible(ax is axes[0, 0])
    print(f"{name:<30}accuracy on validation data {model.score(X_val, y_val):.3f}")
axes[0, 0].set_ylim(0, 3)
plt.show()

# %%
# With a panel for the score
# --------------------------
# Without axes of its own the display makes a figure, with a panel for the validation score
# below the losses.  With ``restore_best`` the dashed line is at the best epoch, whose weights
# the model has.  Keyword arguments change the lines, and the attributes ``ax_``, ``score_ax_``
# and ``lines_`` all the rest.

model.set_params(restore_best=True).fit(X_train[few], y_train[few], X_val=X_val, y_val=y_val)
display = TrainingCurveDisplay.from_estimator(
    model, name="60 digits", validation_kwargs={"linestyle": ":"}
)
display.ax_.set_ylabel("Log loss")
display.score_ax_.set_ylim(0, 1)
plt.show()
