"""
Class weights, and a threshold instead
======================================

Where one class is rare, a network mostly answers with the other one.  Weights of the classes
change that, and so does another threshold of the probability.  What is the difference?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import precision_recall_curve, precision_score, recall_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from skmlp import MLPClassifier

plt.style.use("tableau-colorblind10")

# %%
# Two measurements of the cell nuclei of tumours, in units that the data do not name.  Every
# tenth tumour is malignant: of those in the data, 40 drawn at random are kept.

data = load_breast_cancer()
radius_and_texture = [
    data.feature_names.tolist().index(f"mean {s}") for s in ("radius", "texture")
]
malignant = data.target == data.target_names.tolist().index("malignant")
kept = np.random.default_rng(0).choice(np.flatnonzero(malignant), 40, replace=False)
rows = np.r_[np.flatnonzero(~malignant), kept]
X, y = data.data[rows][:, radius_and_texture], malignant[rows]
print(f"{y.sum()} malignant tumours of {len(y)}")


def make_model(class_weight):
    return MLPClassifier(
        (10,),
        activation="tanh",
        alpha=1.0,
        class_weight=class_weight,
        standardize=True,
        optimizer="lbfgs",
        max_iter=5000,
        random_state=0,
    )


# %%
# Where the line is drawn
# -----------------------
# With ``class_weight="balanced"`` both classes have the same total weight, and the line moves
# to where there are more benign tumours than malignant ones.  Where most tumours are, much the
# same line comes of the model without weights, if it says "malignant" from a probability of
# 0.1 on, which is the share of malignant tumours, and not of 0.5.

plain, balanced = (make_model(weight).fit(X, y) for weight in (None, "balanced"))
ranges = (
    np.linspace(low - 1, high + 1, 200) for low, high in zip(X.min(0), X.max(0), strict=True)
)
radius, texture = np.meshgrid(*ranges)
grid = np.c_[radius.ravel(), texture.ravel()]
figure, ax = plt.subplots(figsize=(7.5, 5), layout="constrained")
ax.scatter(*X[~y].T, s=12, color="C2", label="benign")
ax.scatter(*X[y].T, s=30, color="C3", marker="^", label="malignant")
lines = (
    ("no weights, threshold 0.5", plain, 0.5, "C0", "solid"),
    ("no weights, threshold 0.1", plain, 0.1, "C0", "dashed"),
    ("balanced, threshold 0.5", balanced, 0.5, "C1", "solid"),
)
for label, model, threshold, color, style in lines:
    p = model.predict_proba(grid)[:, 1].reshape(radius.shape)
    ax.contour(radius, texture, p, [threshold], colors=color, linestyles=style)
    ax.plot([], color=color, linestyle=style, label=label)
ax.set(xlabel="mean radius", ylabel="mean texture")
ax.set_title('Right of its line a model says "malignant"')
ax.legend()
plt.show()

# %%
# What it costs
# -------------
# Recall is the share of malignant tumours that are found, precision the share of alarms that
# are right; both here by cross-validation.  The curves of the two models have all thresholds.
# They are much the same: weights do not make the model tell the classes better, they move it
# along the curve, as a threshold does.  Which point is the right one depends on what a missed
# tumour costs and what a false alarm, and neither the model nor "balanced" knows that.

cv = StratifiedKFold(10, shuffle=True, random_state=0)
figure, ax = plt.subplots(figsize=(7.5, 5), layout="constrained")
for label, weight, color in (("no weights", None, "C0"), ("balanced", "balanced", "C1")):
    p = cross_val_predict(make_model(weight), X, y, cv=cv, method="predict_proba")[:, 1]
    precision, recall, _ = precision_recall_curve(y, p)
    ax.plot(recall, precision, drawstyle="steps-post", color=color, label=label)
    for threshold, marker in ((0.5, "o"), (0.1, "s")):
        point = recall_score(y, p > threshold), precision_score(y, p > threshold)
        ax.plot(*point, marker, color=color, markersize=10, markeredgecolor="black")
        print(
            f"{label}, threshold {threshold}: recall {point[0]:.2f}, precision {point[1]:.2f}"
        )
ax.plot([], "ko", label="threshold 0.5")
ax.plot([], "ks", label="threshold 0.1")
ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1.03), ylim=(0, 1.03))
ax.set_title("Every threshold of both models, by ten-fold cross-validation")
ax.legend(loc="lower left")
plt.show()
