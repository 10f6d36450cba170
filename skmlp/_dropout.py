"""Dropout: an activation around an activation, so that the engine knows nothing of it."""

import copy

import numpy as np


class WithDropout:
    """An activation whose outputs are set to zero at random while training.

    Inverted dropout (Srivastava et al. 2014, "Dropout: a simple way to prevent neural
    networks from overfitting"): every output is kept with the probability 1 - rate and
    then divided by it, so that predictions need no change.  The networks of a stack share
    the masks: each of them sees those that it would see alone.

    Parameters
    ----------
    activation : Activation

    rate : float
        In [0, 1), taken as a multiple of 2^-16.

    generator : numpy.random.Generator
    """

    keeps_input = True

    def __init__(self, activation, rate, generator):
        self.activation = activation
        self.generator = generator
        self.pieces = activation.pieces
        self.initial_params = activation.initial_params
        self.dropped = min(round(rate * 2**16), 2**16 - 1)
        self.factor = 1 / (1 - self.dropped / 2**16)

    def scratch(self, z):
        *lead, rows, batch = z.shape
        units = rows // self.pieces
        inner = self.activation
        output = np.empty((*lead, units, batch), z.dtype) if inner.keeps_input else z
        return inner.scratch(z), output, np.empty((units, batch), z.dtype)

    def forward(self, z, a, scratch, *own):
        inner, output, mask = scratch
        self.activation.forward(z, output, inner, *own)
        # A random float32 takes five times as long as 16 raw bits.
        raw = self.generator.bit_generator.random_raw(-(-mask.size // 4))
        bits = raw.view(np.uint16)[: mask.size].reshape(mask.shape)
        np.multiply(bits >= self.dropped, mask.dtype.type(self.factor), out=mask)
        np.multiply(output, mask, out=a)

    def backward(self, z, a, delta, scratch, *own):
        inner, output, mask = scratch
        delta[..., : mask.shape[0], :] *= mask
        self.activation.backward(z, output, delta, inner, *own)


def with_dropout(network, rates, generator):
    """The network with dropout after the hidden layers whose rate is not zero."""
    if not any(rates):
        return network
    dropping = copy.copy(network)
    dropping.activations = [
        WithDropout(activation, rate, generator) if rate else activation
        for activation, rate in zip(network.activations, rates, strict=True)
    ]
    return dropping
