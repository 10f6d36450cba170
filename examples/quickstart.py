"""skmlp beside scikit-learn's own MLP on three data sets: same scores, less time.

Run it with ``python examples/quickstart.py``; it takes about a minute and saves a picture,
quickstart.png, in the current folder.
"""

from pathlib import Path
from time import perf_counter

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import sklearn.neural_network
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import GridSearchCV, KFold, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skmlp

PICTURE = Path("quickstart.png")


def digits_pipeline(mlp):
    """Fit a pipeline and score it on held-out images of digits."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
    classifier = mlp.MLPClassifier(alpha=0.01, random_state=0)
    pipeline = make_pipeline(StandardScaler(), classifier).fit(X_train, y_train)
    return pipeline.score(X_test, y_test), (pipeline, X_test, y_test)


def cancer_grid_search(mlp):
    """Search layers, penalty and learning rate for the diagnosis of tumours."""
    X, y = load_breast_cancer(return_X_y=True)
    classifier = mlp.MLPClassifier(max_iter=1000, random_state=0)
    grid = {
        "mlpclassifier__hidden_layer_sizes": [(20,), (50,), (20, 20)],
        "mlpclassifier__alpha": [0.01, 1.0],
        "mlpclassifier__learning_rate_init": [0.003, 0.01],
    }
    search = GridSearchCV(make_pipeline(StandardScaler(), classifier), grid, cv=5).fit(X, y)
    return search.cv_results_["mean_test_score"], search


def diabetes_cross_validation(mlp):
    """Cross-validate a regression of the progression of diabetes."""
    X, y = load_diabetes(return_X_y=True)
    regressor = mlp.MLPRegressor(
        hidden_layer_sizes=(50,), alpha=100.0, learning_rate_init=0.003, random_state=0
    )
    model = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), regressor), transformer=StandardScaler()
    )
    scores = cross_validate(model, X, y, cv=KFold(10, shuffle=True, random_state=0))
    return scores["test_score"], scores


TASKS = [
    ("digits, Pipeline", "accuracy", digits_pipeline),
    ("breast cancer, GridSearchCV", "best accuracy", cancer_grid_search),
    ("diabetes, cross_validate", "best R2", diabetes_cross_validation),
]


def measure(task, mlp):
    """Run a task; return its scores, what else it made, and the seconds it took."""
    start = perf_counter()
    scores, rest = task(mlp)
    return np.atleast_1d(scores), rest, perf_counter() - start


def draw(theirs, ours, X_test, y_test):
    """Loss curves of both, and the confusion matrix."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    left.semilogy(theirs[-1].loss_curve_, lw=5, color="#9ecae1", label="scikit-learn")
    left.semilogy(ours[-1].loss_curve_, lw=1.5, color="#08306b", label="skmlp")
    left.set(xlabel="epoch", ylabel="training loss (log scale)", title="Digits: one curve")
    left.legend()
    ConfusionMatrixDisplay.from_estimator(
        ours, X_test, y_test, ax=right, cmap="Blues", colorbar=False
    )
    right.set_title(f"Digits: accuracy {ours.score(X_test, y_test):.3f} on unseen images")
    figure.savefig(PICTURE, dpi=110)


def main():
    rows, fitted = [], {}
    for number, (name, metric, task) in enumerate(TASKS, 1):
        results = []
        for module in (sklearn.neural_network, skmlp):
            library = module.__name__.split(".")[0]
            text = f"[{number}/{len(TASKS)}] {name}: {library}"
            print(f"\r{text:<60}", end="", flush=True)
            results.append(measure(task, module))
        fitted[task] = results
        rows.append((name, metric, *results))
    print(f"\r{'':<60}\r", end="")

    head = f"{'task':<28}{'score':<15}{'scikit-learn':>13}{'skmlp':>9}{'largest':>12}"
    print(f"{head}{'scikit-learn':>15}{'skmlp':>9}{'times':>8}")
    head = f"{'':<28}{'':<15}{'':>13}{'':>9}{'difference':>12}"
    print(f"{head}{'seconds':>15}{'seconds':>9}{'faster':>8}")
    for name, metric, (theirs, _, slow), (ours, _, fast) in rows:
        print(
            f"{name:<28}{metric:<15}{theirs.max():>13.4f}{ours.max():>9.4f}"
            f"{np.abs(theirs - ours).max():>12.1e}{slow:>15.2f}{fast:>9.2f}{slow / fast:>8.1f}"
        )

    (_, (theirs, *_), _), (_, (ours, X_test, y_test), _) = fitted[digits_pipeline]
    draw(theirs, ours, X_test, y_test)
    print(f"\nLoss curves and confusion matrix: {PICTURE.resolve()}")


if __name__ == "__main__":
    main()
