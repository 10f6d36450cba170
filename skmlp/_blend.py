"""An activation around an activation: how much of it each unit takes is learned."""

import numpy as np

from skmlp.activations import Activation


class Blend(Activation):
    """x + w (f(x) - x), with a weight w for every unit that is learned and begins with 1.

    From "Better by default" (Holzmueller, Grinsztajn and Steinwart 2024).

    Parameters
    ----------
    activation : Activation
        f, with nothing to learn and one row of z per unit.

    units : int
        Of the layer.
    """

    keeps_input = True

    def __init__(self, activation, units):
        self.activation, self.units = activation, units

    def initial_params(self):
        return np.ones(self.units)

    def scratch(self, z):
        return self.activation.scratch(z), np.empty_like(z), np.empty_like(z)

    def forward(self, z, a, scratch, weights):
        inner, output, change = scratch
        if self.activation.keeps_input:
            self.activation.forward(z, output, inner)
        else:  # it may rely on working in place
            output[...] = z
            self.activation.forward(output, output, inner)
        np.subtract(output, z, out=change)
        np.multiply(change, weights[..., None], out=a)
        a += z

    def backward(self, z, a, delta, scratch, weights, gradient):
        inner, output, change = scratch
        np.vecdot(delta, change, out=gradient)
        np.multiply(delta, weights[..., None], out=change)
        delta -= change
        self.activation.backward(
            z if self.activation.keeps_input else output, output, change, inner
        )
        delta += change


def blended(activations, sizes):
    """The activations of hidden layers as `Blend`, those that can be.

    Parameters
    ----------
    activations : list of Activation

    sizes : list of int
        Units of each layer.
    """
    return [
        activation
        if activation.pieces > 1 or activation.initial_params().size
        else Blend(activation, units)
        for activation, units in zip(activations, sizes, strict=True)
    ]
