"""
Quantile bands in regression
============================

A network with the quantile loss predicts not the mean of a target but a value that, say, 5 %
of the targets are below.  Two of them are a band: between 5 % and 95 % there should be 90 % of
the targets.  Are there?
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import ShuffleSplit

from skmlp import MLPRegressor
from skmlp.losses import Quantile

plt.style.use("tableau-colorblind10")
# the same number of epochs for all
warnings.simplefilter("ignore", ConvergenceWarning)
QUANTILES = 0.05, 0.5, 0.95
data = load_diabetes(scaled=False)
X, y = data.data, data.target
bmi = X[:, [data.feature_names.index("bmi")]]


def fitted_quantiles(X, y, **parameters):
    """A network for each of the quantiles."""
    return [
        MLPRegressor(
            loss=Quantile(quantile=q),
            hidden_layer_sizes=(20,),
            activation="tanh",
            learning_rate_init=0.01,
            max_iter=150,
            standardize=True,
            random_state=0,
            **parameters,
        ).fit(X, y)
        for q in QUANTILES
    ]


# %%
# By one feature
# --------------
# How far diabetes has got after a year, by the body mass index.  The band is wider where the
# progression varies more: the targets of heavy patients have a wide spread, those of light
# ones are mostly small.  Where there are few patients, on the right, the band says little.

line = np.linspace(bmi.min(), bmi.max(), 200)[:, None]
low, median, high = (model.predict(line) for model in fitted_quantiles(bmi, y))
figure, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
ax.plot(bmi, y, "o", color="C3", alpha=0.4, markersize=4, label="patients")
ax.fill_between(line[:, 0], low, high, color="C7", alpha=0.6, label="from 5 % to 95 %")
ax.plot(line, median, color="C5", label="median")
ax.set(xlabel="body mass index (kg/m²)", ylabel="progression of diabetes after a year")
ax.set_title("Three networks, each for one quantile")
ax.legend(loc="upper left")
plt.show()

# %%
# By all features
# ---------------
# On the data that they were trained with, the networks get the share about right, as this is
# what their loss asks for.  On new data the band is too narrow if they have learned their
# samples by heart: here with all features and without much of a penalty.  A larger penalty
# helps, not quite enough.  Only data that no training has seen tell how wide a band has to be.

models = {
    "body mass index alone": (bmi, 0.0001),
    "all ten features": (X, 0.0001),
    "all ten, alpha=1": (X, 1.0),
}
figure, ax = plt.subplots(figsize=(8, 3.5), layout="constrained")
print(f"{'share in the band':<24}{'training':>10}{'test':>10}")
for i, (name, (features, alpha)) in enumerate(models.items()):
    shares = []
    for rows in ShuffleSplit(10, test_size=0.25, random_state=0).split(X):
        low, _, high = fitted_quantiles(features[rows[0]], y[rows[0]], alpha=alpha)
        inside = (low.predict(features) <= y) & (y <= high.predict(features))
        shares.append([inside[part].mean() for part in rows])
    means = np.mean(shares, axis=0)
    print(f"{name:<24}{means[0]:>10.2f}{means[1]:>10.2f}")
    for part, values in enumerate(np.transpose(shares)):
        color, place = f"C{part}", i + 0.24 * part - 0.12
        ax.plot(values, np.full(10, place), "o", color=color, alpha=0.5)
        ax.plot(means[part], place, "|", color="black", markersize=18)
for color, label in (("C0", "training data"), ("C1", "test data")):
    ax.plot([], "o", color=color, label=label)
ax.axvline(0.9, color="C3", linestyle="--", linewidth=1, zorder=0, label="as it should be")
ax.set_yticks(range(3), models)
ax.invert_yaxis()
ax.set_xlabel("share of targets in the band")
ax.set_title("Ten splits (dots) and their mean (bar)")
ax.legend(loc="upper left")
plt.show()
