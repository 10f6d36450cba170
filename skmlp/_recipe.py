"""The recipe of the tabular estimators: what they choose by themselves, and its sources.

[1] is Holzmueller, Grinsztajn and Steinwart (2024), "Better by default: strong pre-tuned MLPs
and boosted trees on tabular data" (RealMLP).  The gains are relative changes of the error on
the development data; docs/tabular.md has the table, with what was tried and left out.
"""

import numpy as np

from skmlp._encoding import RobustClip
from skmlp.optimizers import AdamW
from skmlp.schedules import CosineLog

# Units of each hidden layer.  [1] has 256, which took twice the time and gained nothing.
HIDDEN = (128, 128, 128)

# Steps and epochs: few samples need smaller batches and more epochs.  At least 1000 steps
# gained 3 %.
MANY, SOME = 3000, 1200
STEPS = 1000
FEWEST_EPOCHS, MOST_EPOCHS = 48, 200
# Regression gained 3 % by twice the epochs, classification nothing.
LONGER = 2

# [1]: four waves in the logarithm of the time, so that every network goes through several
# good fits, of which the best is kept.
SCHEDULE = CosineLog(cycles=4)

# Numbers are embedded where there are no more than this.
MOST_EMBEDDED = 300

# Standard deviations of the frequencies with which numbers are embedded, in turns per unit of
# the scaled number, for one network after the other.  [1] has 0.1; that every network sees
# another scale gained 1 %.
FREQUENCIES = (0.05, 0.1, 0.2, 0.4)

# Learning rates in terms of `learning_rate_init` [1].  Weights have 1 / sqrt(fan_in), which
# with starting weights of the same size is the neural tangent parametrization.
FACTOR_RATE, SLOW_RATE, LEVELS_RATE = 6.0, 0.1, 1.0


def optimizer(weight_decay):
    """Adam with a shorter memory of squares and without penalty [1]."""
    return AdamW(beta_2=0.95, weight_decay=weight_decay)


def scaler():
    """How numbers are scaled: robustly, and clipped smoothly [1]."""
    return RobustClip()


def batch_size(n_samples):
    """Samples of a step: the usual size, changed so that all steps are of about one size."""
    usual = 256 if n_samples >= MANY else 128 if n_samples >= SOME else 64
    return -(-n_samples // max(1, round(n_samples / usual)))


def n_epochs(n_samples, batch_size, task):
    """Epochs for a training set, from the steps of each."""
    steps = -(-n_samples // batch_size)
    epochs = max(FEWEST_EPOCHS, min(MOST_EPOCHS, -(-STEPS // steps)))
    return epochs * (LONGER if task == "regression" else 1)


def start(network, frequency, random_state):
    """Starting parameters and the factors of their learning rates.

    Parameters
    ----------
    network : Network
        Its inputs are an Embedding.

    frequency : float
        Standard deviation of the frequencies.

    random_state : RandomState

    Returns
    -------
    theta, factors : ndarray of shape (n_parameters,)
    """
    theta = np.zeros(network.n_parameters)
    factors = np.full(network.n_parameters, SLOW_RATE)
    blocks, rates = network.blocks(theta), network.blocks(factors)
    for rate in rates:
        rate[:-1] = 1 / np.sqrt(max(1, len(rate) - 1))
    for block in blocks[:-1]:  # the outputs begin with zeros
        block[...] = random_state.standard_normal(block.shape)
        block[:-1] /= np.sqrt(max(1, len(block) - 1))
    for own, params in zip(network.own(theta), network.own_start, strict=True):
        own[...] = params
    start_inputs(network, theta, factors, frequency, random_state)
    return theta, factors


def start_inputs(network, theta, factors, frequency, random_state):
    """The same for the parameters of the embedding, by [1]."""
    turn = 2 * np.pi
    views, rates = network.input_views(theta), network.input_views(factors)
    views["factor"][...], rates["factor"][...] = 1, FACTOR_RATE
    for name in ("frequency", "phase"):
        rates[name] *= turn
    shape = views["frequency"].shape
    views["frequency"][...] = turn * frequency * random_state.standard_normal(shape)
    views["phase"][...] = random_state.uniform(-np.pi, np.pi, shape)
    for name in ("mix", "offset"):
        bound = 1 / np.sqrt(views["frequency"].shape[1])
        views[name][...] = random_state.uniform(-bound, bound, views[name].shape)
    for name in network.inputs.tables:
        table = views[name]
        table[:-1] = random_state.standard_normal(table[:-1].shape)
        rates[name][...] = LEVELS_RATE


def clear_absent(network, theta, X):
    """Let what a network does not see in its rows X begin, and stay, without an effect."""
    inputs, views = network.inputs, network.input_views(theta)
    constant = np.flatnonzero(np.ptp(X[:, : inputs.n_plain], axis=0) == 0)
    network.blocks(theta)[0][constant] = 0
    for name, codes in zip(inputs.tables, X[:, inputs.n_plain :].T, strict=True):
        absent = np.ones(len(views[name]), bool)
        absent[codes.astype(int)] = False
        views[name][absent] = 0


def folds(labels, n_samples, n_folds, random_state):
    """The fold of every sample: alike in their labels, where there are any.

    scikit-learn's StratifiedKFold warns of rare classes, and refuses if all are rare.

    Parameters
    ----------
    labels : None or ndarray of shape (n_samples,)

    n_samples, n_folds : int

    random_state : RandomState

    Returns
    -------
    fold : ndarray of shape (n_samples,), of int
    """
    order = random_state.permutation(n_samples)
    if labels is not None:
        order = order[np.argsort(labels[order], kind="stable")]
    fold = np.empty(n_samples, int)
    fold[order] = np.arange(n_samples) % n_folds
    return fold
