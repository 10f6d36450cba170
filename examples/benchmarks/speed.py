"""How long a training takes, beside scikit-learn's MLP, PyTorch, JAX and the bound.

    python examples/benchmarks/speed.py [CASE ...] [--threads 1 2] [--plot FILE]

The contenders take turns in one process and the fastest turn of each counts, so that a busy
machine slows all of them alike: read the ratios, not the times.  The bound is the matrix
products alone, in the same NumPy.  PyTorch (eager, with its fused Adam) and JAX (a whole epoch
compiled as one program, without the time to compile it) take part where they are installed.
"""

import argparse
import warnings
from importlib.util import find_spec
from itertools import pairwise
from time import perf_counter

import numpy as np
import sklearn.neural_network
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

import skmlp

# samples, features, hidden layers, batch size, classes (0: regression), epochs
CASES = {
    "tiny": (1000, 20, (100,), 32, 3, 10),
    "digits": (1797, 64, (100,), 200, 10, 20),
    "housing": (20_000, 8, (64, 64), 200, 0, 3),
    "tabular": (20_000, 20, (128, 128), 128, 2, 2),
    "deep": (10_000, 50, (256, 256, 256), 256, 2, 2),
    "mnist": (8000, 784, (512, 256), 128, 10, 1),
}
# column of the table: whose time over which of ours; the share of the bound is the inverse
RATIOS = {
    "float32": ("scikit-learn float32", "skmlp float32"),
    "float64": ("scikit-learn float64", "skmlp float64"),
    "dtype=float32": ("scikit-learn float64", "skmlp float64 to float32"),
    "torch": ("torch", "skmlp float32"),
    "jax": ("jax", "skmlp float32"),
    "products": ("products", "skmlp float32"),
}


def network_sizes(case):
    _, n_features, hidden, _, n_classes, _ = CASES[case]
    return n_features, *hidden, n_classes if n_classes > 2 else 1


def make_data(case, dtype):
    n_samples, n_features, _, _, n_classes, _ = CASES[case]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n_samples, n_features)).astype(dtype)
    if n_classes:
        return X, rng.integers(0, n_classes, n_samples)
    return X, (X.sum(axis=1) + rng.standard_normal(n_samples)).astype(dtype)


def make_fit(module, case, data_dtype, **more):
    """A training by an estimator, for a fixed number of epochs."""
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
    """The matrix products of the same training, in float32."""
    n_samples, _, _, batch_size, _, epochs = CASES[case]
    rng = np.random.default_rng(0)

    def random(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    sizes = network_sizes(case)
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


def make_torch(case, threads):
    """The same training in PyTorch, float32."""
    import torch

    torch.set_num_threads(threads)
    _, _, _, batch_size, n_classes, epochs = CASES[case]
    X, y = make_data(case, np.float32)
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    loss_class = torch.nn.CrossEntropyLoss
    if n_classes <= 2:
        y = y[:, None].float()
        loss_class = torch.nn.BCEWithLogitsLoss if n_classes else torch.nn.MSELoss

    def run():
        layers = []
        for shape in pairwise(network_sizes(case)):
            layers += [torch.nn.Linear(*shape), torch.nn.ReLU()]
        network, loss = torch.nn.Sequential(*layers[:-1]), loss_class()
        optimizer = torch.optim.Adam(network.parameters(), weight_decay=1e-4, fused=True)
        for _ in range(epochs):
            for rows in torch.randperm(len(X)).split(batch_size):
                optimizer.zero_grad()
                loss(network(X[rows]), y[rows]).backward()
                optimizer.step()

    return run


def make_jax(case):
    """The same training in JAX, float32, an epoch of whole batches at a time."""
    import jax
    import optax
    from jax import numpy as jnp

    _, _, _, batch_size, n_classes, epochs = CASES[case]
    X, y = map(jnp.asarray, make_data(case, np.float32))
    n_batches = len(X) // batch_size
    optimizer = optax.adam(1e-3)

    def loss(layers, X, y):
        *hidden, (W, b) = layers
        for V, c in hidden:
            X = jax.nn.relu(X @ V + c)
        raw = X @ W + b
        if n_classes > 2:
            return optax.softmax_cross_entropy_with_integer_labels(raw, y).mean()
        each = optax.sigmoid_binary_cross_entropy if n_classes else optax.l2_loss
        return each(raw[:, 0], y).mean()

    def step(carry, rows):
        layers, state = carry
        updates, state = optimizer.update(jax.grad(loss)(layers, X[rows], y[rows]), state)
        return (optax.apply_updates(layers, updates), state), None

    @jax.jit
    def epoch(carry, key):
        order = jax.random.permutation(key, len(X))[: n_batches * batch_size]
        return jax.lax.scan(step, carry, order.reshape(n_batches, batch_size))[0]

    def run():
        rng = np.random.default_rng(0)
        layers = [
            (jnp.asarray(rng.uniform(-0.1, 0.1, shape), "float32"), jnp.zeros(shape[1]))
            for shape in pairwise(network_sizes(case))
        ]
        carry = layers, optimizer.init(layers)
        for key in jax.random.split(jax.random.key(0), epochs):
            carry = epoch(carry, key)
        jax.block_until_ready(carry)

    return run


def make_contenders(case, threads):
    theirs = sklearn.neural_network
    contenders = {
        "scikit-learn float64": make_fit(theirs, case, np.float64),
        "scikit-learn float32": make_fit(theirs, case, np.float32),
        "skmlp float64": make_fit(skmlp, case, np.float64),
        "skmlp float32": make_fit(skmlp, case, np.float32),
        "skmlp float64 to float32": make_fit(skmlp, case, np.float64, dtype="float32"),
        "products": make_products(case),
    }
    if find_spec("torch"):
        contenders["torch"] = make_torch(case, threads)
    if find_spec("jax") and find_spec("optax"):
        contenders["jax"] = make_jax(case)
    return contenders


def fastest(contenders, turns):
    """Seconds of the fastest turn of each; the first turn is a warm-up."""
    best = dict.fromkeys(contenders, np.inf)
    for turn in range(turns + 1):
        for name, run in contenders.items():
            start = perf_counter()
            run()
            if turn:
                best[name] = min(best[name], perf_counter() - start)
    return best


def text(column, ratio):
    if ratio is None:
        return "-"
    return f"{ratio:.0%}" if column == "products" else f"{ratio:.2f}x"


def measure(cases, threads, turns):
    """Print the table of ratios, and return it."""
    print(f"\n| {threads} thread(s) | " + " | ".join(RATIOS) + " |")
    print("|---" * (len(RATIOS) + 1) + "|")
    table = {}
    for case in cases:
        with threadpool_limits(threads):
            seconds = fastest(make_contenders(case, threads), turns)
        table[case] = {
            column: seconds[theirs] / seconds[ours] if theirs in seconds else None
            for column, (theirs, ours) in RATIOS.items()
        }
        cells = [text(column, ratio) for column, ratio in table[case].items()]
        print(f"| {case} | " + " | ".join(cells) + " |", flush=True)
    return table


def plot(table, file):
    """Bars of the ratios, one group per case."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
    columns = [c for c in RATIOS if c != "products" and any(r[c] for r in table.values())]
    names = {
        "float32": "scikit-learn, float32",
        "float64": "scikit-learn, float64",
        "dtype=float32": 'scikit-learn float64, skmlp dtype="float32"',
        "torch": "PyTorch, float32",
        "jax": "JAX, compiled, float32",
    }
    width = 0.8 / len(columns)
    colors = plt.get_cmap("cividis")(np.linspace(0, 1, len(columns)))
    for i, (column, color) in enumerate(zip(columns, colors, strict=True)):
        left = np.arange(len(table)) - 0.4 + i * width
        heights = [row[column] for row in table.values()]
        ax.bar(left, heights, width, align="edge", label=names[column], color=color)
    ax.axhline(1, color="black", linewidth=1)
    ax.set_xticks(range(len(table)), table)
    ax.set_ylabel("time / time of skmlp")
    ax.set_title("Training time relative to skmlp, one thread (above 1: skmlp is faster)")
    figure.legend(loc="outside lower center", ncols=2, title="compared with")
    plt.savefig(file, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--threads", nargs="+", type=int, default=[1])
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--plot", metavar="FILE", help="draw the first table")
    args = parser.parse_args()
    if unknown := set(args.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(unknown)}")
    warnings.simplefilter("ignore", ConvergenceWarning)
    skmlp.show_versions()
    cases = args.cases or list(CASES)
    tables = [measure(cases, threads, args.turns) for threads in args.threads]
    if args.plot:
        plot(tables[0], args.plot)


if __name__ == "__main__":
    main()
