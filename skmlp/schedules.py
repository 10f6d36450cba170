"""Learning rate schedules.

To add one, derive a class with `rate` from `Schedule` and name it in `SCHEDULES`.
"""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skmlp._component import Component
from skmlp._sklearn import Interval


@dataclass
class Progress:
    """How far a training has come: all that a schedule may look at.

    Attributes
    ----------
    step : int
        Updates of the weights since the optimizer started.

    epoch : int
        Passes over the data since the optimizer started.

    samples : int
        Training samples seen, over warm starts too (`t_` of the estimator).

    plateaus : ndarray of shape (n_networks,), of int
        How often each network has gone `n_iter_no_change` epochs without improvement.
    """

    plateaus: np.ndarray
    step: int = 0
    epoch: int = 0
    samples: int = 0


class Schedule(Component):
    """Base class of the schedules, which are pure functions asked before every epoch."""

    def rate(self, initial, progress):
        """Return the learning rate.

        Parameters
        ----------
        initial : float
            `learning_rate_init` of the estimator.

        progress : Progress

        Returns
        -------
        rate : float or ndarray of shape (n_networks,)
        """
        raise NotImplementedError

    def stops(self, rate):
        """Say whether the training ends where a plateau is met.

        Parameters
        ----------
        rate : ndarray of shape (n_networks,)
            Learning rates of the epoch that ended.

        Returns
        -------
        stops : ndarray of shape (n_networks,), of bool
            Where it is False, `progress.plateaus` is counted up and the training goes on.
        """
        return np.ones(len(rate), dtype=bool)


class Constant(Schedule):
    """The same learning rate throughout.

    rate = initial.

    See Also
    --------
    Adaptive : Goes on with a smaller rate where this stops.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Constant, Progress
    >>> Constant().rate(0.001, Progress(plateaus=np.array([0])))
    0.001
    """

    def rate(self, initial, progress):
        return initial


class InvScaling(Schedule):
    """A learning rate that falls with a power of the samples seen.

    rate = initial in the first epoch, then initial / (samples + 1)^power_t, as in
    scikit-learn.

    Parameters
    ----------
    power_t : float, default=0.5
        The exponent, at least 0.

    See Also
    --------
    Constant : No decay.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import InvScaling, Progress
    >>> InvScaling().rate(1.0, Progress(plateaus=np.array([0]), epoch=1, samples=99))
    0.1
    """

    _parameter_constraints = {"power_t": [Interval(Real, 0, None, closed="left")]}
    flat_parameters = ("power_t",)

    def __init__(self, power_t=0.5):
        self.power_t = power_t

    def rate(self, initial, progress):
        if progress.epoch == 0:
            return initial
        return initial / (progress.samples + 1) ** self.power_t


class Adaptive(Schedule):
    """A fifth of the learning rate at every plateau.

    rate = initial / 5 / 5 ..., once for each plateau; the training ends at the plateau where
    the rate is at most 1e-6, as in scikit-learn.

    See Also
    --------
    Constant : Ends the training at the first plateau.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Adaptive, Progress
    >>> Adaptive().rate(0.1, Progress(plateaus=np.array([0, 1])))
    array([0.1 , 0.02])
    """

    def rate(self, initial, progress):
        rate = np.full(len(progress.plateaus), float(initial))
        # Division by division, for scikit-learn's rounding where `stops` compares.
        for met in range(progress.plateaus.max()):
            rate[progress.plateaus > met] /= 5
        return rate

    def stops(self, rate):
        return rate <= 1e-6


SCHEDULES = {
    "adaptive": Adaptive,
    "constant": Constant,
    "invscaling": InvScaling,
}
