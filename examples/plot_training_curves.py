"""
Training curves and the epoch that is chosen
============================================

With early stopping a part of the samples is held back and scored after every epoch, and the
model has the weights of the best epoch, not of the last: those at the dashed line.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmlp import MLPRegressor
from skmlp.display import TrainingCurveDisplay

X, y = load_diabetes(return_X_y=True, scaled=False)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)


def fitted(**parameters):
    network = MLPRegressor(
        hidden_layer_sizes=(50,), learning_rate_init=0.01, random_state=0, **parameters
    )
    model = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), network), transformer=StandardScaler()
    )
    return model.fit(X_train, y_train)


# %%
# Every fourth patient is held back, and the training may go on for long after the best
# epoch, so that it can be seen what it would have come to: the training loss falls and falls,
# while the validation loss rises and the score falls.  The display takes the network itself.

stopped = fitted(early_stopping=True, validation_fraction=0.25, n_iter_no_change=60)
network = stopped.regressor_[-1]
TrainingCurveDisplay.from_estimator(network)
plt.show()

# %%
# On new data the chosen epoch does better than the last one, although the network that was
# trained to the end has seen all samples of the training set.

warnings.simplefilter("ignore", ConvergenceWarning)  # as many epochs is the point
full = fitted(max_iter=network.n_iter_, n_iter_no_change=60)
print(f"R^2 of the test set, stopped at epoch {network.best_iter_:>2}: ", end="")
print(f"{stopped.score(X_test, y_test):.3f}")
print(f"R^2 of the test set, all {network.n_iter_} epochs:     ", end="")
print(f"{full.score(X_test, y_test):.3f}")
