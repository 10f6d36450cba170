"""What else takes time, beside scikit-learn's MLP: how many times longer it takes.

    python examples/benchmarks/tasks.py [TASK ...]

The tasks are fixed costs, predictions, sparse X, all activations with all solvers, a grid
search, the matrix products alone with other kernels of the BLAS, and, beside skmlp itself,
several networks and what regularization and validation add.  All take turns and the fastest
turn of each counts.
"""

import argparse
import os
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import sklearn.neural_network
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from speed import CASES, fastest, make_fit
from threadpoolctl import threadpool_limits

import skmlp
from skmlp import _training

THEIRS, OURS = sklearn.neural_network, skmlp


def compare(name, make, turns=5):
    """Print by how much the function that `make` gives for a module is faster for ours."""
    seconds = fastest({module: make(module) for module in (THEIRS, OURS)}, turns)
    ratio = seconds[THEIRS] / seconds[OURS]
    print(f"| {name} | {ratio:.2f}x |", flush=True)
    return ratio


def fixed():
    """One epoch, one row, and the import."""
    X, y = load_iris(return_X_y=True)

    def make_model(module):
        return module.MLPClassifier(max_iter=1, random_state=0)

    def make_predict(module):
        model = make_model(module).fit(X, y)
        return lambda: model.predict(X[:1])

    def make_import(module):
        command = [sys.executable, "-c", f"import {module.__name__}"]
        return lambda: subprocess.run(command, check=True)

    def make_small_fit(module):
        model = make_model(module)
        return lambda: model.fit(X, y)

    compare("fit of iris, one epoch", make_small_fit, turns=200)
    compare("predict of one row", make_predict, turns=500)
    compare("import", make_import)


def predict():
    """A million rows."""
    X = np.random.default_rng(0).standard_normal((1_000_000, 50))

    def make(module):
        model = module.MLPRegressor(hidden_layer_sizes=(128, 128), max_iter=1)
        model.fit(X[:1000], X[:1000, 0])
        return lambda: model.predict(X)

    with threadpool_limits(1):
        compare("predict 1,000,000 x 50, hidden (128, 128)", make, turns=2)


def kernels():
    """The products alone, without and with OpenBLAS's AVX-512 kernels."""
    code = "import speed; print(*[min(speed.fastest({0: speed.make_products(c)}, 5).values())"
    command = [sys.executable, "-c", code + " for c in speed.CASES])"]
    folder = Path(__file__).parent
    times = [
        subprocess.run(
            command, env=os.environ | env, cwd=folder, capture_output=True, check=True
        )
        for env in ({}, {"OPENBLAS_CORETYPE": "SKYLAKEX"})
    ]
    usual, avx512 = (np.array(result.stdout.split(), dtype=float) for result in times)
    for case, ratio in zip(CASES, usual / avx512, strict=True):
        print(f"| products of {case}, by AVX-512 kernels | {ratio:.2f}x |")


def sparse_fit():
    """One epoch with a wide sparse X."""
    rng = np.random.default_rng(0)
    X = sparse.random_array((100_000, 20_000), density=0.001, format="csr", rng=rng)
    y = rng.integers(0, 2, X.shape[0])

    def make(module):
        model = module.MLPClassifier(max_iter=1, random_state=0)
        return lambda: model.fit(X, y)

    with threadpool_limits(1):
        compare("fit of sparse X, 100,000 x 20,000, density 0.001", make, turns=2)


def solvers():
    """The least ratio over scikit-learn's activations, its solvers and both dtypes."""
    for case in CASES:
        ratios = {}
        for activation in ("identity", "logistic", "tanh", "relu"):
            for solver in ("adam", "sgd", "lbfgs"):
                for dtype in ("float32", "float64"):
                    settings = {"activation": activation, "solver": solver}
                    with threadpool_limits(1):
                        seconds = fastest(
                            {m: make_fit(m, case, dtype, **settings) for m in (THEIRS, OURS)},
                            3,
                        )
                    name = f"{activation}, {solver}, {dtype}"
                    ratios[name] = seconds[THEIRS] / seconds[OURS]
        least = min(ratios, key=ratios.get)
        print(f"| fit, {case}, least of all: {least} | {ratios[least]:.2f}x |", flush=True)


def grid():
    """A grid search on digits, whose scores must be the same."""
    X, y = load_digits(return_X_y=True)
    parameters = {
        "hidden_layer_sizes": [(50,), (100,)],
        "alpha": [1e-4, 1e-3, 1e-2],
        "learning_rate_init": [1e-3, 1e-2],
        "activation": ["relu", "tanh"],
    }
    for n_jobs in (1, 2):
        searches = {
            module: GridSearchCV(
                module.MLPClassifier(random_state=0, max_iter=20), parameters, n_jobs=n_jobs
            )
            for module in (THEIRS, OURS)
        }
        compare(
            f"grid search on digits, 24 settings, 5 folds, n_jobs={n_jobs}",
            lambda module, searches=searches: lambda: searches[module].fit(X / 16, y),
            turns=1,
        )
        theirs, ours = (search.cv_results_["mean_test_score"] for search in searches.values())
        print(f"| largest difference of its scores | {np.abs(theirs - ours).max():.1g} |")


def n_init():
    """Several networks, beside fits of one; and all in one stack, whatever their size."""
    X, y = load_iris(return_X_y=True)
    small = {"hidden_layer_sizes": (10,), "batch_size": 32, "max_iter": 50}
    iris = skmlp.MLPClassifier(**small, n_iter_no_change=50, random_state=0)

    def make_iris(more):
        model = clone(iris).set_params(**more)
        return lambda: model.fit(X, y)

    def in_one_stack(fit):
        usual, _training.STACK_BYTES = _training.STACK_BYTES, 2**60
        fit()
        _training.STACK_BYTES = usual

    makes = {"iris, (10,), batch 32, float64": make_iris}
    for case in CASES:
        for dtype in ("float32", "float64"):
            makes[f"{case}, {dtype}"] = partial(extra_fit, case, dtype)
    for name, make in makes.items():
        for n in (5, 20):
            several = make({"n_init": n})
            fits = {
                "one": make({}),
                "": several,
                ", one stack": partial(in_one_stack, several),
            }
            with threadpool_limits(1):
                seconds = fastest(fits, 3)
            one = seconds.pop("one")
            for label, time in seconds.items():
                row = f"{name}, n_init={n}{label}, time of each in fits of one"
                print(f"| {row} | {time / one / n:.2f}x |", flush=True)


def extra_fit(case, dtype, more):
    return make_fit(skmlp, case, dtype, **more)


def extras():
    """What dropout, clipping, validation data and standardizing add to a fit."""
    settings = {
        "dropout": {"dropout": 0.2},
        "clip_norm": {"clip_norm": 1.0},
        "early_stopping": {"early_stopping": True},
        "standardize": {"standardize": True},
        "restore_best": {"restore_best": True},
    }
    for case in ("tiny", "digits", "tabular"):
        for name, more in settings.items():
            with threadpool_limits(1):
                fits = {0: {}, 1: more}
                seconds = fastest(
                    {i: extra_fit(case, "float32", m) for i, m in fits.items()}, 7
                )
            print(f"| {case}, {name}, in plain fits | {seconds[1] / seconds[0]:.2f}x |")


TASKS = {
    task.__name__: task
    for task in (fixed, predict, sparse_fit, solvers, grid, kernels, n_init, extras)
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=", ".join(TASKS))
    args = parser.parse_args()
    if unknown := set(args.tasks) - set(TASKS):
        parser.error(f"no such task: {', '.join(unknown)}")
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("| task | times as long |\n|---|---|")
    for name in args.tasks or TASKS:
        TASKS[name]()


if __name__ == "__main__":
    main()
