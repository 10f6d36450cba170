"""Write models.pkl: small fitted models of this release, with what they predict.

Run with ``python tests/references/models.py`` to add those of a new release; the models of
earlier ones stay, as they must go on loading.
"""

import pickle
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

import skmlp
from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor

PATH = Path(__file__).with_suffix(".pkl")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 3)).round(3)
LABELS = np.array(["a", "b", "c"])[np.argmax(X, axis=1)]
Y = (X[:, 0] * X[:, 1]).round(3)
TABLE = np.column_stack([X.astype(object), LABELS])
TABLE[::7, 0] = None
TABULAR = {"hidden_layer_sizes": (3,), "n_networks": 1, "max_iter": 2, "random_state": 0}


def models():
    """Fitted models and the features that they predict from."""
    classifier = MLPClassifier((3,), dropout=0.1, restore_best=True, random_state=0)
    for _ in range(3):
        classifier.partial_fit(X, LABELS, classes=["a", "b", "c"], X_val=X, y_val=LABELS)
    regressor = MLPRegressor(
        hidden_layer_sizes=(3, 2),
        activation="prelu",
        optimizer=skmlp.optimizers.NAdam(),
        standardize=True,
        max_iter=5,
        random_state=0,
    )
    return {
        "MLPClassifier": (classifier, X),
        "MLPRegressor": (regressor.fit(X, Y), X),
        "TabularMLPClassifier": (TabularMLPClassifier(**TABULAR).fit(TABLE, Y > 0), TABLE),
        "TabularMLPRegressor": (TabularMLPRegressor(**TABULAR).fit(TABLE, Y), TABLE),
    }


def main():
    stored = pickle.loads(PATH.read_bytes()) if PATH.exists() else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        stored[skmlp.__version__] = {
            name: (pickle.dumps(model), features, model.predict(features))
            for name, (model, features) in models().items()
        }
    PATH.write_bytes(pickle.dumps(stored))


if __name__ == "__main__":
    main()
