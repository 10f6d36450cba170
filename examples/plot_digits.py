"""
Handwritten digits: what a network has learned
==============================================

A network with one hidden layer reads images of digits.  Its first layer has one weight for
each pixel and unit, so that the weights of a unit are an image as well.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

from skmlp import MLPClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X / 16, y, test_size=0.5, stratify=y, random_state=0
)
model = MLPClassifier((32,), alpha=0.3, learning_rate_init=0.01, max_iter=500, random_state=0)
model.fit(X_train, y_train)
print(f"{model.n_iter_} epochs, accuracy on new images {model.score(X_test, y_test):.3f}")

# %%
# The first layer
# ---------------
# Each image has the weights of one unit: where it is red, ink makes the unit larger, where it
# is blue, smaller.  Few of them look like a digit.  Most are edges and strokes, red beside
# blue, that several digits have in common: which digit it is, the second layer says from all
# units together.  Four units are white all over.  They have come to nothing, and could be left
# out.

weights = model.coefs_[0].T.reshape(-1, 8, 8)
largest = np.abs(weights).max()
figure, axes = plt.subplots(4, 8, figsize=(8, 4.4), layout="constrained")
for ax, image in zip(axes.flat, weights, strict=True):
    drawn = ax.imshow(image, cmap="RdBu_r", vmin=-largest, vmax=largest)
    ax.set(xticks=[], yticks=[])
figure.colorbar(drawn, ax=axes, label="weight of a pixel")
figure.suptitle("Weights of the 32 hidden units")
plt.show()

# %%
# Which digits are taken for which
# --------------------------------
# Rows are the digits that were written, columns those that were read.  An 8 is taken for a 1
# more often than anything else for anything else, and a 1 never for a 7 or the other way
# round.

figure, ax = plt.subplots(figsize=(6, 5.5), layout="constrained")
prediction = model.predict(X_test)
ConfusionMatrixDisplay.from_predictions(
    y_test, prediction, ax=ax, cmap="Blues", colorbar=False
)
ax.set(xlabel="digit that was read", ylabel="digit that was written")
ax.set_title(f"{len(y_test)} images that the network has not seen")
plt.show()

# %%
# The surest mistakes
# -------------------
# Of the images that were read wrong, those whose wrong answer has the highest probability.
# Some are hard for people as well, others are not, and a high probability is no proof.

probability = model.predict_proba(X_test).max(axis=1)
wrong = np.flatnonzero(prediction != y_test)
surest = wrong[np.argsort(-probability[wrong])][:12]
figure, axes = plt.subplots(2, 6, figsize=(8, 3.6), layout="constrained")
for ax, i in zip(axes.flat, surest, strict=True):
    ax.imshow(X_test[i].reshape(8, 8), cmap="Greys")
    ax.set(xticks=[], yticks=[])
    ax.set_title(f"{y_test[i]} read as {prediction[i]}\n({probability[i]:.2f})", fontsize=10)
figure.suptitle("Written, read, and the probability of what was read")
plt.show()
