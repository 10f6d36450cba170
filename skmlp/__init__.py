"""The multi-layer perceptron for scikit-learn users: same numbers, faster, extensible."""

from skmlp import activations, initializers, losses, optimizers, schedules
from skmlp._versions import show_versions
from skmlp.estimators import MLPClassifier, MLPRegressor
from skmlp.tabular import TabularMLPClassifier, TabularMLPRegressor

__version__ = "0.1.0.dev0"

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "activations",
    "initializers",
    "losses",
    "optimizers",
    "schedules",
    "show_versions",
]
