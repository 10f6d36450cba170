"""How many times faster than scikit-learn's own MLP, side by side in one process.

    OPENBLAS_NUM_THREADS=1 python examples/benchmarks/speed.py [CASE ...]

The contenders take turns and the fastest turn of each counts, so that a busy machine slows
all of them alike: read the ratios, not the times.  `products` is the share of skmlp's time
that the matrix products alone take in the same NumPy: no training can be faster than 100 %.
"""

import sys
import warnings
from itertools import pairwise
from time import perf_counter

import numpy as np
import sklearn.neural_network
from sklearn.exceptions import ConvergenceWarning

import skmlp

# samples, features, hidden layers, batch size, classes (0: regression), epochs
CASES = {
    "small": (1000, 20, (100,), 32, 3, 10),
    "digits": (1797, 64, (100,), 200, 10, 20),
    "two layers": (20_000, 8, (64, 64), 200, 0, 3),
    "tabular": (20_000, 20, (128, 128), 128, 2, 2),
    "deep": (10_000, 50, (256, 256, 256), 256, 2, 2),
    "images": (8000, 784, (512, 256), 128, 10, 1),
}
TURNS = 6


def make_data(case, dtype):
    n_samples, n_features, _, _, n_classes, _ = CASES[case]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_samples, n_features)).astype(dtype)
    if n_classes:
        return X, rng.integers(0, n_classes, n_samples)
    return X, (X.sum(axis=1) + rng.standard_normal(n_samples)).astype(dtype)


def make_fit(module, case, data_dtype, **more):
    """A function that trains for a fixed number of epochs."""
    X, y = make_data(case, data_dtype)
    _, _, hidden, batch_size, n_classes, epochs = CASES[case]
    kind = module.MLPClassifier if n_classes else module.MLPRegressor
    model = kind(
        hidden_layer_sizes=hidden,
        batch_size=batch_size,
        max_iter=epochs,
        n_iter_no_change=epochs,
        random_state=0,
        **more,
    )
    return lambda: model.fit(X, y)


def make_products(case):
    """A function that does the matrix products of the same training, in float32."""
    n_samples, n_features, hidden, batch_size, n_classes, epochs = CASES[case]
    sizes = (n_features, *hidden, n_classes if n_classes > 2 else 1)
    rng = np.random.default_rng(0)

    def random(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    weights = [random(*shape) for shape in pairwise(sizes)]
    gradients = [random(*W.shape) for W in weights]
    activations = [random(batch_size, units) for units in sizes]
    deltas = [random(batch_size, units) for units in sizes]

    def run():
        for _ in range(epochs * -(-n_samples // batch_size)):
            for i, W in enumerate(weights):
                np.dot(activations[i], W, out=deltas[i + 1])
            for i in reversed(range(len(weights))):
                np.dot(activations[i].T, deltas[i + 1], out=gradients[i])
                if i:
                    np.dot(deltas[i + 1], weights[i].T, out=deltas[i])

    return run


def fastest(contenders):
    """Seconds of the fastest turn of each; the first turn is a warm-up."""
    best = dict.fromkeys(contenders, np.inf)
    for turn in range(TURNS + 1):
        for name, run in contenders.items():
            start = perf_counter()
            run()
            if turn:
                best[name] = min(best[name], perf_counter() - start)
    return best


def main(cases):
    warnings.simplefilter("ignore", ConvergenceWarning)
    theirs = sklearn.neural_network
    print(f"{'case':<12}{'float64':>10}{'float32':>10}{'dtype=float32':>16}{'products':>11}")
    for case in cases:
        seconds = fastest(
            {
                "theirs 64": make_fit(theirs, case, np.float64),
                "ours 64": make_fit(skmlp, case, np.float64),
                "theirs 32": make_fit(theirs, case, np.float32),
                "ours 32": make_fit(skmlp, case, np.float32),
                "ours mixed": make_fit(skmlp, case, np.float64, dtype="float32"),
                "products": make_products(case),
            }
        )
        print(
            f"{case:<12}"
            f"{seconds['theirs 64'] / seconds['ours 64']:>9.1f}x"
            f"{seconds['theirs 32'] / seconds['ours 32']:>9.1f}x"
            f"{seconds['theirs 64'] / seconds['ours mixed']:>15.1f}x"
            f"{seconds['products'] / seconds['ours 32']:>11.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:] or CASES)
