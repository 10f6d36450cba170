"""The measurements behind the layout of the engine (docs/design.md).

    OPENBLAS_NUM_THREADS=1 python examples/benchmarks/layout.py

First whole training steps (relu, squared error, Adam) with the arrays laid out in three ways;
then single operations, each beside its alternatives.
"""

from itertools import pairwise
from time import perf_counter
from timeit import repeat

import numpy as np
from scipy.special import expit

# layer sizes, batch size, samples
CASES = {
    "small": ((20, 100, 3), 32, 1024),
    "digits": ((64, 100, 10), 200, 2000),
    "two layers": ((8, 64, 64, 1), 200, 4000),
    "tabular": ((20, 128, 128, 1), 128, 2560),
    "images": ((784, 512, 256, 10), 128, 1280),
}


class Columns:
    """Activations (units, batch); hidden layers and input have ones for the biases."""

    ones_for_input = True

    def __init__(self, sizes, batch, n_samples, dtype):
        rng = np.random.default_rng(0)
        self.sizes, self.batch = sizes, batch
        self.X = rng.standard_normal((n_samples, sizes[0])).astype(dtype)
        self.Y = rng.standard_normal((n_samples, sizes[-1])).astype(dtype)
        self.order = np.arange(n_samples)
        ends = np.cumsum([(a + 1) * b for a, b in pairwise(sizes)])
        self.theta = (0.1 * rng.standard_normal(ends[-1])).astype(dtype)
        self.gradient, self.m, self.v = (np.zeros_like(self.theta) for _ in range(3))
        shapes = [(a + 1, b) for a, b in pairwise(sizes)]
        self.W, self.G = (
            [v.reshape(s) for v, s in zip(np.split(vector, ends[:-1]), shapes, strict=True)]
            for vector in (self.theta, self.gradient)
        )
        self.taken = np.empty((batch, sizes[0]), dtype)
        self.rows = np.ones((batch, sizes[0] + 1), dtype)
        self.rows_y = np.empty((batch, sizes[-1]), dtype)
        self.ones = np.ones(batch, dtype)
        self.t = 0
        self.make_buffers(dtype)

    def make_buffers(self, dtype):
        self.A = [np.ones((units + 1, self.batch), dtype) for units in self.sizes[1:-1]]
        self.Z = [a[:-1] for a in self.A] + [np.empty((self.sizes[-1], self.batch), dtype)]
        self.D = [np.empty_like(z) for z in self.Z]
        self.zeros = [np.zeros_like(z) for z in self.Z]

    def epoch(self):
        np.random.default_rng(0).shuffle(self.order)
        for start in range(0, len(self.order) - self.batch + 1, self.batch):
            rows = self.order[start : start + self.batch]
            self.X.take(rows, axis=0, out=self.taken, mode="clip")
            self.Y.take(rows, axis=0, out=self.rows_y, mode="clip")
            self.step()
            self.adam()

    def step(self):
        W, G, A, Z, D = self.W, self.G, self.A, self.Z, self.D
        if self.ones_for_input:
            self.rows[:, :-1] = self.taken
            np.dot(W[0].T, self.rows.T, out=Z[0])
        else:
            np.dot(W[0][:-1].T, self.taken.T, out=Z[0])
            Z[0] += W[0][-1][:, None]
        for i in range(1, len(W)):
            np.maximum(Z[i - 1], self.zeros[i - 1], out=Z[i - 1])
            np.dot(W[i].T, A[i - 1], out=Z[i])
        np.subtract(Z[-1], self.rows_y.T, out=D[-1])
        D[-1] *= 1 / self.batch
        for i in reversed(range(1, len(W))):
            np.dot(A[i - 1], D[i].T, out=G[i])
            np.dot(W[i][:-1], D[i], out=D[i - 1])
            D[i - 1] *= np.greater(Z[i - 1], self.zeros[i - 1])
        if self.ones_for_input:
            np.dot(self.rows.T, D[0].T, out=G[0])
        else:
            np.dot(self.taken.T, D[0].T, out=G[0][:-1])
            np.dot(D[0], self.ones, out=G[0][-1])

    def adam(self):
        self.t += 1
        g, m, v = self.gradient, self.m, self.v
        m *= 0.9
        m += g
        g *= g
        v *= 0.999
        v += g
        np.sqrt(v, out=g)
        g += 3e-7
        np.divide(m, g, out=g)
        g *= 3e-3 * (1 - 0.999**self.t) ** 0.5 / (1 - 0.9**self.t)
        self.theta -= g


class ColumnsInputAdded(Columns):
    """As above, but the biases of the first layer are added and summed."""

    ones_for_input = False


class Rows(Columns):
    """Activations (batch, units) as in scikit-learn; all biases are added and summed."""

    def make_buffers(self, dtype):
        self.Z = [np.empty((self.batch, units), dtype) for units in self.sizes[1:]]
        self.D = [np.empty_like(z) for z in self.Z]
        self.zeros = [np.zeros_like(z) for z in self.Z]

    def step(self):
        W, G, Z, D = self.W, self.G, self.Z, self.D
        a = self.taken
        for i in range(len(W)):
            np.dot(a, W[i][:-1], out=Z[i])
            Z[i] += W[i][-1]
            if i < len(W) - 1:
                np.maximum(Z[i], self.zeros[i], out=Z[i])
            a = Z[i]
        np.subtract(Z[-1], self.rows_y, out=D[-1])
        D[-1] *= 1 / self.batch
        for i in reversed(range(len(W))):
            a = Z[i - 1] if i else self.taken
            np.dot(a.T, D[i], out=G[i][:-1])
            np.dot(self.ones, D[i], out=G[i][-1])
            if i:
                np.dot(D[i], W[i][:-1].T, out=D[i - 1])
                D[i - 1] *= np.greater(a, self.zeros[i - 1])


LAYOUTS = (Columns, ColumnsInputAdded, Rows)


def compare_layouts(turns=25):
    print(f"{'microseconds per step':<24}" + "".join(f"{c.__name__:>20}" for c in LAYOUTS))
    for dtype in (np.float32, np.float64):
        for case, (sizes, batch, n_samples) in CASES.items():
            runs = [layout(sizes, batch, n_samples, dtype) for layout in LAYOUTS]
            best = [np.inf] * len(runs)
            for _ in range(turns if case != "images" else 8):
                for i, run in enumerate(runs):
                    start = perf_counter()
                    run.epoch()
                    best[i] = min(best[i], perf_counter() - start)
            steps = n_samples // batch
            cells = "".join(f"{seconds / steps * 1e6:>20.1f}" for seconds in best)
            print(f"{case:<12}{np.dtype(dtype).name:<12}{cells}", flush=True)


def compare_operations():
    rng = np.random.default_rng(0)
    z, d = (rng.standard_normal((100, 200)).astype(np.float32) for _ in range(2))
    X = rng.standard_normal((2000, 64)).astype(np.float32)
    out, zeros, mask = np.empty_like(z), np.zeros_like(z), np.empty(z.shape, bool)
    bias, ones = np.ones((100, 1), np.float32), np.ones(200, np.float32)
    rows, taken = rng.permutation(2000)[:200], np.empty((200, 64), np.float32)
    logits = rng.standard_normal((10, 200)).astype(np.float32)
    logits_T = np.ascontiguousarray(logits.T)
    W, a, product = (np.ones(s, np.float32) for s in ((100, 21), (21, 32), (100, 32)))
    np.greater(z, zeros, out=mask)

    def logistic_by_tanh():
        np.multiply(z, 0.5, out=out)
        np.tanh(out, out=out)
        np.multiply(out, 0.5, out=out)
        np.add(out, 0.5, out=out)

    operations = {
        "dot, 100 x 21 by 21 x 32": lambda: np.dot(W, a, out=product),
        "matmul, the same": lambda: np.matmul(W, a, out=product),
        "tanh to a new array": lambda: np.tanh(z),
        "tanh with out=": lambda: np.tanh(z, out=out),
        "maximum(z, 0)": lambda: np.maximum(z, 0, out=out),
        "maximum(z, zeros)": lambda: np.maximum(z, zeros, out=out),
        "d * mask": lambda: np.multiply(d, mask, out=out),
        "copyto(d, 0, where=mask)": lambda: np.copyto(out, 0, where=mask),
        "z + bias": lambda: np.add(z, bias, out=out),
        "z.sum(axis=1)": lambda: z.sum(axis=1),
        "z @ ones": lambda: np.dot(z, ones),
        "X[rows]": lambda: X[rows],
        "take, mode=raise": lambda: X.take(rows, axis=0, out=taken),
        "take, mode=clip": lambda: X.take(rows, axis=0, out=taken, mode="clip"),
        "logistic by expit": lambda: expit(z, out=out),
        "logistic by tanh": logistic_by_tanh,
        "max over first axis": lambda: logits.max(axis=0),
        "max over last axis": lambda: logits_T.max(axis=1),
    }
    print("\nmicroseconds, float32, arrays of 100 x 200 (logits 10 x 200)")
    for name, run in operations.items():
        print(f"{name:<28}{min(repeat(run, number=500, repeat=7)) / 500 * 1e6:>8.2f}")


if __name__ == "__main__":
    compare_layouts()
    compare_operations()
