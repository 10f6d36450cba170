"""Sources: what is loaded for several steps at once is what each step asked for."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils import gen_batches

from skmlp import _batch
from skmlp._batch import Rows
from skmlp._network import Network, Parameters
from skmlp.activations import Identity
from skmlp.losses import SquaredError

N_SAMPLES, N_FEATURES, N_OUTPUTS, N_ROWS, N_NETWORKS = 23, 5, 2, 4, 3
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N_SAMPLES, N_FEATURES))
Y = RNG.normal(size=(N_SAMPLES, N_OUTPUTS))
ORDER = RNG.permutation(N_SAMPLES)
WEIGHTS = {
    "none": None,
    "shared": RNG.uniform(0.1, 3, N_SAMPLES),
    "per network": RNG.uniform(0.1, 3, (N_NETWORKS, N_SAMPLES)),
}
KINDS = {"gathered": (X, True), "sparse": (sparse.csr_array(X), True), "slices": (X, False)}


def chunks(source, by_index):
    """Load all samples but the last few; yield the rows of the steps, and the batches."""
    last = N_SAMPLES - N_SAMPLES % N_ROWS
    for chunk in gen_batches(last, source.n_batches * N_ROWS):
        batches = source.load(ORDER[chunk] if by_index else chunk)
        rows = (ORDER if by_index else np.arange(N_SAMPLES))[chunk]
        yield rows.reshape(-1, N_ROWS), batches


@pytest.mark.parametrize("weight", WEIGHTS.values(), ids=WEIGHTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_networks", [1, N_NETWORKS])
@pytest.mark.parametrize("n_batches", [1, 2, 5])
def test_every_step_has_its_rows(weight, kind, n_networks, n_batches, monkeypatch):
    monkeypatch.setattr(_batch, "CHUNK_BYTES", n_batches * N_ROWS * X[0].nbytes)
    data, by_index = KINDS[kind]
    if n_networks == 1 and np.ndim(weight) == 2:
        weight = weight[:1]
    source = Rows().source(data, Y, weight, N_ROWS, n_networks, by_index)
    assert source.n_batches == (n_batches if kind == "gathered" else 1)
    source.y[...] = np.nan
    source.raw[...] = 0
    network = Network((N_FEATURES, 6, N_OUTPUTS), [Identity()])
    parameters = Parameters(network, RNG.normal(size=(n_networks, network.n_parameters)))
    first = [network.blocks(theta)[0] for theta in parameters.vector]
    z = np.full((n_networks, 6, N_ROWS), np.nan)
    each = np.broadcast_to(1.0 if weight is None else weight, (n_networks, N_SAMPLES))
    for rows, batches in chunks(source, by_index):
        for step, batch in zip(rows, batches, strict=True):
            np.testing.assert_array_equal(np.squeeze(batch.y), Y[step].T)
            batch.forward(parameters, z[0] if n_networks == 1 else z)
            expected = [W[:-1].T @ X[step].T + W[-1][:, None] for W in first]
            np.testing.assert_allclose(z, expected, rtol=1e-12)
            share = np.broadcast_to(np.ravel(batch.share), n_networks)
            np.testing.assert_allclose(share, 1 / each[:, step].sum(axis=1), rtol=1e-12)
        means = source.losses(SquaredError(), len(batches)).reshape(len(batches), -1)
        losses = np.broadcast_to(0.5 * (Y[rows] ** 2).mean(axis=-1), (n_networks, *rows.shape))
        expected = np.average(losses, axis=-1, weights=each[:, rows])
        np.testing.assert_allclose(means, expected.T, rtol=1e-12)
