"""Small real data that several test files share: iris, and as many rows of diabetes."""

import numpy as np
from sklearn.datasets import load_diabetes, load_iris
from sklearn.preprocessing import scale

X, LABELS = load_iris(return_X_y=True)
X = scale(X)
NAMES = np.array(["setosa", "versicolor", "virginica"])[LABELS]
INDICATORS = np.stack([LABELS == 1, X[:, 0] > 0], axis=1).astype(int)
X_REG, Y_REG = load_diabetes(return_X_y=True)
X_REG, Y_REG = scale(X_REG)[:150], scale(Y_REG)[:150]
WEIGHTS = np.random.RandomState(0).uniform(0.1, 3, 150)
HELD = np.arange(150) % 3 == 0
