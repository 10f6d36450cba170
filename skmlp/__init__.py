"""The multi-layer perceptron for scikit-learn users: same numbers, faster, extensible."""

from skmlp import activations, initializers, losses, optimizers, schedules
from skmlp._versions import __version__, show_versions
from skmlp.estimators import MLPClassifier, MLPRegressor
from skmlp.tabular import TabularMLPClassifier, TabularMLPRegressor

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "TabularMLPClassifier",
    "TabularMLPRegressor",
    "__version__",
    "activations",
    "initializers",
    "losses",
    "optimizers",
    "schedules",
    "show_versions",
]
