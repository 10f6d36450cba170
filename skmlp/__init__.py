"""The multi-layer perceptron for scikit-learn users: same numbers, faster, extensible."""

from skmlp import activations, initializers, losses, optimizers, schedules
from skmlp.estimators import MLPClassifier, MLPRegressor

__version__ = "0.1.0.dev0"

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "activations",
    "initializers",
    "losses",
    "optimizers",
    "schedules",
    "show_versions",
]


def show_versions():
    """Print the versions of skmlp, its dependencies and the system, for bug reports.

    Examples
    --------
    >>> import skmlp
    >>> skmlp.show_versions()  # doctest: +SKIP
    """
    import sklearn

    print(f"skmlp: {__version__}")
    sklearn.show_versions()
