"""
Losses where targets have outliers
==================================

A tenth of the training targets of the diabetes data is made wrong, by a misplaced decimal
point.  Losses that grow with the square of an error follow those, others ignore them: measured
on test data that are right.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler

from skmlp import MLPRegressor
from skmlp.losses import Huber, Quantile

plt.style.use("tableau-colorblind10")
warnings.simplefilter("ignore", ConvergenceWarning)
X, y = load_diabetes(return_X_y=True, scaled=False)
losses = {
    "squared_error": "squared_error",
    "huber, delta 1": Huber(delta=1.0),
    "huber, delta 0.2": Huber(delta=0.2),
    "log_cosh": "log_cosh",
    "absolute_error": "absolute_error",
    "quantile 0.5": Quantile(quantile=0.5),
}


def make_model(loss):
    network = MLPRegressor(
        loss=loss,
        hidden_layer_sizes=(20,),
        alpha=1.0,
        learning_rate_init=0.01,
        max_iter=100,
        random_state=0,
    )
    return TransformedTargetRegressor(
        make_pipeline(StandardScaler(), network), transformer=RobustScaler()
    )


def spoil(y, rng):
    """Ten times the target for a tenth of the samples."""
    wrong = rng.permutation(len(y)) < len(y) // 10
    return np.where(wrong, 10 * y, y)


# %%
# Errors on ten random splits, trained on the targets as they are and on spoiled ones.  On the
# targets as they are no loss is much better than another.  With the spoiled ones the error of
# squared_error is more than four times as large; log_cosh and huber with delta 1 lose a fifth,
# and a smaller delta, the absolute error or the median next to nothing.

errors = {name: {"clean": [], "spoiled": []} for name in losses}
rng = np.random.default_rng(0)
for train, test in ShuffleSplit(10, test_size=0.25, random_state=0).split(X):
    targets = {"clean": y[train], "spoiled": spoil(y[train], rng)}
    for name, loss in losses.items():
        for kind, y_train in targets.items():
            prediction = make_model(loss).fit(X[train], y_train).predict(X[test])
            errors[name][kind].append(mean_absolute_error(y[test], prediction))

figure, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
print(f"{'loss':<20}{'clean':>8}{'spoiled':>10}   mean absolute error")
for i, (name, by_kind) in enumerate(errors.items()):
    means = [np.mean(by_kind[kind]) for kind in ("clean", "spoiled")]
    print(f"{name:<20}{means[0]:>8.1f}{means[1]:>10.1f}")
    for kind, color, shift in (("clean", "C0", -0.15), ("spoiled", "C1", 0.15)):
        values = by_kind[kind]
        label = f"trained on {kind} targets" if i == 0 else None
        ax.plot(
            values, np.full(len(values), i + shift), "o", color=color, alpha=0.5, label=label
        )
        ax.plot(
            np.mean(values),
            i + shift,
            "|",
            color="black",
            markersize=16,
        )
ax.set_yticks(range(len(losses)), losses)
ax.invert_yaxis()
ax.set_xlabel("mean absolute error on clean test targets (units of y)")
ax.set_title("Ten splits (dots) and their mean (bar)")
ax.legend()
plt.show()
