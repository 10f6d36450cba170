"""
A grid search with a progress bar
=================================

``GridSearchCV`` of scikit-learn over the penalty and the learning rate, with scikit-learn's
own ``ProgressBar``, and the training of the best model.  The bar needs scikit-learn 1.9 and
rich.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.callback import ProgressBar
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split

from skmlp import MLPClassifier
from skmlp.display import TrainingCurveDisplay

warnings.simplefilter("ignore", ConvergenceWarning)  # the same number of epochs for all
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, stratify=y, random_state=0)
alphas = [1e-4, 1e-2, 1, 10]
rates = [1e-4, 1e-3, 1e-2, 1e-1]

# %%
# The callback is registered with the search, which hands it down to its fits.  In a terminal
# the bar moves while the search is running; here is what it ends with.

search = GridSearchCV(
    MLPClassifier((50,), max_iter=60, random_state=0),
    {"alpha": alphas, "learning_rate_init": rates},
    cv=3,
)
search.set_callbacks(ProgressBar(max_propagation_depth=0))
search.fit(X_train, y_train)
print(search.best_params_, f"accuracy on test data {search.score(X_test, y_test):.3f}")

# %%
# The learning rate matters much more than the penalty does, and only a penalty that is far too
# large does harm.  The best score is not far from its neighbours: a finer grid would choose
# among differences that are smaller than those between folds.

means = search.cv_results_["mean_test_score"].reshape(len(alphas), len(rates))
spreads = search.cv_results_["std_test_score"].reshape(len(alphas), len(rates))
figure, ax = plt.subplots(figsize=(7, 5), layout="constrained")
image = ax.imshow(means, cmap="cividis")
for i in range(len(alphas)):
    for j in range(len(rates)):
        ax.text(
            j,
            i,
            f"{means[i, j]:.3f}\n± {spreads[i, j]:.3f}",
            ha="center",
            va="center",
            color="black" if image.norm(means[i, j]) > 0.5 else "white",
        )
ax.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
ax.set_yticks(range(len(alphas)), [f"{alpha:g}" for alpha in alphas])
ax.set(
    xlabel="learning_rate_init", ylabel="alpha", title="Accuracy of three folds: mean ± spread"
)
figure.colorbar(image, label="mean accuracy")
plt.show()

# %%
# The best model, trained with all training data.

TrainingCurveDisplay.from_estimator(search.best_estimator_, name="Best of the grid")
plt.show()
