"""How much memory a training and a prediction need, beside scikit-learn's MLP.

    python examples/benchmarks/memory.py [--samples 1000000]

The peak of the arrays that are allocated meanwhile (tracemalloc), in MiB, without the input
and without what is returned.
"""

import argparse
import tempfile
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import sklearn.neural_network
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

import skmlp

N_FEATURES, HIDDEN, N_CLASSES = 50, (128, 128), 10


def peak(function, *args):
    """MiB at the peak of a call, without its result."""
    tracemalloc.start()
    result = function(*args)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (highest - getattr(result, "nbytes", 0)) / 2**20


def make_data(n_samples):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_samples, N_FEATURES))
    return X, X[:, 0], rng.integers(0, N_CLASSES, n_samples)


def memory_map(X, folder):
    """The same numbers in a file, opened for reading."""
    path = Path(folder) / "X.npy"
    np.save(path, X)
    return np.load(path, mmap_mode="r")


def measurements(module, X, y, labels, mapped):
    """Name and function of everything that is measured."""
    settings = {"hidden_layer_sizes": HIDDEN, "max_iter": 1, "random_state": 0}
    regressor = module.MLPRegressor(**settings).fit(X[:1000], y[:1000])
    classifier = module.MLPClassifier(**settings).fit(X[:1000], labels[:1000])
    stopping = module.MLPRegressor(**settings, early_stopping=True)
    few = slice(0, len(X) // 10)
    tall = sparse.random_array(
        (len(X) // 10, 20_000), density=0.001, format="csr", rng=np.random.default_rng(0)
    )
    return {
        "regressor.predict(X)": lambda: regressor.predict(X),
        "classifier.predict(X)": lambda: classifier.predict(X),
        "classifier.predict_proba(X)": lambda: classifier.predict_proba(X),
        "regressor.fit(X, y)": lambda: regressor.fit(X, y),
        "classifier.fit(X, y)": lambda: classifier.fit(X, labels),
        "fit, early_stopping=True": lambda: stopping.fit(X, y),
        "fit, X a memory map": lambda: stopping.fit(mapped, y),
        "fit, X sparse": lambda: regressor.fit(tall, y[few]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1_000_000)
    args = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y, labels = make_data(args.samples)
    print(f"X: {args.samples} x {N_FEATURES} float64, {X.nbytes / 2**20:.0f} MiB")
    print(f"hidden layers {HIDDEN}, {N_CLASSES} classes, one epoch\n")
    print("| MiB at the peak | skmlp | scikit-learn |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        mapped = memory_map(X, folder)
        ours, theirs = (
            measurements(module, X, y, labels, mapped)
            for module in (skmlp, sklearn.neural_network)
        )
        for name in ours:
            print(
                f"| {name} | {peak(ours[name]):.0f} | {peak(theirs[name]):.0f} |", flush=True
            )


if __name__ == "__main__":
    main()
