"""Several networks that predict together, from a table to probabilities or numbers."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import special

from skmlp._batch import slices
from skmlp._network import Network, network_outputs
from skmlp._sklearn import _num_samples, _safe_indexing
from skmlp._threads import threads
from skmlp._validation import cast

# Rows that are encoded at a time in predictions: memory that does not grow with the table.
BLOCK_ROWS = 2**14


@dataclass(frozen=True)
class Ensemble:
    """The fitted model: the mean of what its networks predict.

    Attributes
    ----------
    encoder : TableEncoder
        Columns to numbers.

    network : Network

    output : callable
        Maps raw outputs of shape (n_outputs, n_samples) to what is averaged, probabilities
        or numbers, of shape (n_columns, n_samples).

    members : list of list of ndarray of shape (n_parameters,)
        The parameters of each network: of its best epoch, or of that and its last.
    """

    encoder: object
    network: Network
    output: object
    members: list

    def predict(self, X):
        """The mean over the networks, of shape (n_columns, n_samples)."""
        rows = np.arange(_num_samples(X))
        blocks = [X]
        if len(rows) > BLOCK_ROWS:
            blocks = (_safe_indexing(X, rows[b]) for b in slices(0, len(rows), BLOCK_ROWS))
        with threads(len(self.members), len(rows)) as thread_map:
            parts = [self._predict(block, thread_map) for block in blocks]
        return np.concatenate(parts, axis=1)

    def _predict(self, X, thread_map):
        # In float64 the prediction of a row hardly depends on the rows beside it.
        encoded = self.encoder.transform(X).astype(np.float64)
        means = thread_map(partial(self.mean, encoded), self.members)
        return self.output.limit(sum(means) / len(means))

    def mean(self, encoded, vectors):
        """The mean over several parameters of one network."""
        outputs = [self.one(encoded, vector) for vector in vectors]
        return sum(outputs) / len(outputs)

    def one(self, encoded, vector):
        return network_outputs(encoded, self.network, vector, self.transposed).T

    def transposed(self, raw):
        return self.output(raw).T


class AlreadyEncoded:
    """Stands for the encoder where X has been encoded: for a scorer in the training."""

    def transform(self, X, name="X"):
        return X


class Output:
    """What targets are while a network is trained, and what its raw outputs stand for."""

    def encode(self, y):
        """The targets of the training, from encoded y of shape (n_samples, n_outputs)."""
        return y

    def __call__(self, raw):
        """What is averaged, (n_columns, n_samples), from raw (n_outputs, n_samples)."""
        raise NotImplementedError

    def limit(self, means):
        """Means again in the range of what they are of: rounding may leave it."""
        return means

    def errors(self, predictions, y):
        """Squared error of each sample, for y as `encode` returns it."""
        of_outputs = predictions[-y.shape[1] :]  # of two classes the second has an output
        return ((of_outputs.T - y) ** 2).sum(axis=1)


class StandardizedNumbers(Output):
    """Standardized numbers; predictions go no further than the targets of the training did.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_outputs)

    sample_weight : None or ndarray of shape (n_samples,)
        Up to 1.

    Raises
    ------
    ValueError
        If the variance of y overflows.
    """

    def __init__(self, y, sample_weight):
        y = cast(y, np.float64, "y")
        self.low, self.high = y.min(axis=0), y.max(axis=0)
        # StandardScaler takes numbers for constant whose mean is large beside their spread.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self.mean = np.average(y, axis=0, weights=sample_weight)
            far = np.abs(y - self.mean).max(axis=0)
            shares = ((y - self.mean) / far) ** 2
            self.scale = far * np.sqrt(np.average(shares, axis=0, weights=sample_weight))
            self.scale[(self.low == self.high) | (self.scale == 0)] = 1
            if not np.isfinite([self.mean, self.scale**2]).all():
                raise ValueError("The variance of y is not finite; give y in other units.")

    def encode(self, y):
        return (y - self.mean) / self.scale

    def __call__(self, raw):
        y = raw.T.astype(np.float64) * self.scale + self.mean
        return self.limit(y.T)

    def limit(self, means):
        return np.clip(means.T, self.low, self.high).T

    def errors(self, predictions, y):
        return super().errors(self.encode(predictions.T).T, y)


class Probabilities(Output):
    """Probabilities of classes, with label smoothing taken back.

    A network that fits smoothed labels gives q = (1 - s) p + s / k for k classes, so that
    p = (q - s / k) / (1 - s).  Not below a hundredth of 1 / k: without a bound, one confident
    mistake would make the log loss infinite.  Taking it back brings the log loss from 1.12
    of that of gradient boosting to 0.8.

    Parameters
    ----------
    n_classes : int

    label_smoothing : float
    """

    def __init__(self, n_classes, label_smoothing):
        self.n_classes, self.label_smoothing = n_classes, label_smoothing

    def __call__(self, raw):
        raw = raw.astype(np.float64)
        if len(raw) == 1:  # two classes, or only one
            q = special.expit(np.concatenate([-raw, raw]))[: self.n_classes]
        else:
            q = special.softmax(raw, axis=0)
        if self.label_smoothing:
            k, s = max(2, self.n_classes), self.label_smoothing
            q = np.maximum((q - s / k) / (1 - s), 0.01 / k)
        return q / q.sum(axis=0)


class LabelProbabilities(Output):
    """The probability of each label of multi-label targets."""

    def __call__(self, raw):
        return special.expit(raw.astype(np.float64))
