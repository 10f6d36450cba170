"""Learning rate schedules.

To add one, derive a class with `rate` from `Schedule` and name it in `SCHEDULES`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

from skmlp._component import Component
from skmlp._sklearn import Interval
from skmlp._typing import Array, Rate


@dataclass
class Progress:
    """How far a training has come: all that a schedule may look at.

    Everything counts what is completed, so that `step` and `epoch` are 0 at the first update.
    All parameters are attributes.

    Parameters
    ----------
    plateaus : ndarray of shape (n_networks,), of int
        How often each network has gone `n_iter_no_change` epochs without improvement.

    step : int, default=0
        Updates of the weights since the optimizer started.

    epoch : int, default=0
        Passes over the data since the optimizer started.

    samples : int, default=0
        Training samples seen, over warm starts too (`t_` of the estimator).

    total_steps : int, default=0
        Updates in `max_iter` epochs, or in `partial_fit` in `max_iter` calls: the horizon of
        schedules that have one.  0 only where a schedule is called outside of a training.

    See Also
    --------
    Schedule : Looks at it.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Progress
    >>> Progress(plateaus=np.array([0]), step=4, total_steps=100)
    Progress(plateaus=array([0]), step=4, epoch=0, samples=0, total_steps=100)
    """

    plateaus: Array
    step: int = 0
    epoch: int = 0
    samples: int = 0
    total_steps: int = 0


class Schedule(Component):
    """Base class of the schedules, which are pure functions of the progress.

    A derived class has `rate`; by `stops` it may let a training go on after a plateau.

    Attributes
    ----------
    per_step : bool
        Whether the rate changes within an epoch.  Where it is False, the engine asks for the
        rate before the first update of every epoch, else before every update.

    See Also
    --------
    WarmedSchedule : The base class of those that can begin with a warm-up.
    Progress : What a schedule may look at.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Progress, Schedule
    >>> class SquareRootDecay(Schedule):
    ...     per_step = False
    ...
    ...     def rate(self, initial, progress):
    ...         return initial / (progress.epoch + 1) ** 0.5
    >>> SquareRootDecay().rate(0.1, Progress(plateaus=np.array([0]), epoch=3))
    0.05
    """

    per_step = True

    def rate(self, initial: float, progress: Progress) -> Rate:
        """Return the learning rate of the next update.

        Parameters
        ----------
        initial : float
            `learning_rate_init` of the estimator.

        progress : Progress
            Before the update.

        Returns
        -------
        rate : float or ndarray of shape (n_networks,)
            A schedule with a horizon gives `initial` where `progress.total_steps` is 0,
            which it never is in a training.
        """
        raise self._missing("rate")

    def stops(self, initial: float, progress: Progress) -> Array:
        """Say whether the training ends where a plateau is met.

        Parameters
        ----------
        initial : float
            `learning_rate_init` of the estimator.

        progress : Progress
            At the end of an epoch.  A plateau that was met in it is not counted yet.

        Returns
        -------
        stops : ndarray of shape (n_networks,), of bool
            Where it is False, `progress.plateaus` is counted up and the training goes on.
        """
        return np.ones(len(progress.plateaus), dtype=bool)


class WarmedSchedule(Schedule):
    """Base class of the schedules that can begin with a warm-up.

    A derived class defines `unwarmed`, and `rate` multiplies its result by
    min(1, (step + 1) / (warmup * total_steps)) (Goyal et al. 2017).  The schedule itself
    runs from the first step on, not from the end of the warm-up, which has no part in where
    the training stops.  Where `total_steps` is 0, outside of a training, there is no warm-up.

    Parameters
    ----------
    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly, from 0 (no warm-up) to 1.

    See Also
    --------
    Constant : The rate is the same after the warm-up.
    Schedule : The base class of all schedules.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Progress, WarmedSchedule
    >>> class Halved(WarmedSchedule):
    ...     def unwarmed(self, initial, progress):
    ...         return initial / 2
    >>> progress = Progress(plateaus=np.array([0]), step=4, total_steps=100)
    >>> Halved().rate(0.1, progress), Halved(warmup=0.1).rate(0.1, progress)
    (0.05, 0.025)
    """

    _parameter_constraints = {"warmup": [Interval(Real, 0, 1, closed="both")]}

    def __init__(self, warmup: float = 0.0) -> None:
        self.warmup = warmup

    @property
    def per_step(self) -> bool:
        return self.warmup > 0

    def rate(self, initial: float, progress: Progress) -> Rate:
        rate = self.unwarmed(initial, progress)
        steps = self.warmup * progress.total_steps
        return rate * min(1.0, (progress.step + 1) / steps) if steps else rate

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        """Return the learning rate of the next update without the warm-up.

        Parameters
        ----------
        initial : float
            `learning_rate_init` of the estimator.

        progress : Progress
            Before the update.

        Returns
        -------
        rate : float or ndarray of shape (n_networks,)
            As for `rate`.
        """
        raise self._missing("unwarmed")


class Constant(WarmedSchedule):
    """The same learning rate throughout.

    rate = initial.

    The default, and enough with Adam.  Take Adaptive or Plateau where the loss ends up going
    to and fro, a warm-up where the first epochs diverge.

    Parameters
    ----------
    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    Adaptive : Goes on with a smaller rate where this stops.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Constant, Progress
    >>> progress = Progress(plateaus=np.array([0]), step=4, total_steps=100)
    >>> Constant().rate(0.001, progress)
    0.001
    >>> Constant(warmup=0.1).rate(0.001, progress)
    0.0005
    """

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        return initial


class InvScaling(WarmedSchedule):
    """A learning rate that falls with a power of the samples seen.

    rate = initial in the first epoch, then initial / (samples + 1)^power_t, as in
    scikit-learn.

    Only to reproduce models of scikit-learn, else ExponentialDecay or CosineDecay: after the
    first epoch over 10,000 samples the rate is a hundredth already.  By name it has no effect
    on 'adam', as an object it has.

    Parameters
    ----------
    power_t : float, default=0.5
        The exponent, at least 0.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    Constant : No decay.
    ExponentialDecay : Falls with the epochs.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import InvScaling, Progress
    >>> InvScaling().rate(1.0, Progress(plateaus=np.array([0]), epoch=1, samples=99))
    0.1
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "power_t": [Interval(Real, 0, None, closed="left")],
    }
    flat_parameters = ("power_t",)

    def __init__(self, power_t: float = 0.5, warmup: float = 0.0) -> None:
        super().__init__(warmup)
        self.power_t = power_t

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        if progress.epoch == 0:
            return initial
        return initial * (progress.samples + 1.0) ** -self.power_t  # a quotient may overflow


class Adaptive(WarmedSchedule):
    """A fifth of the learning rate at every plateau.

    rate = initial / 5 / 5 ..., once for each plateau; the training ends at the plateau where
    the rate is at most 1e-6, as in scikit-learn.

    For SGD without a known number of epochs, as it lowers the rate when that is needed;
    Plateau has a factor to choose.  By name it has no effect on 'adam', as an object it has.

    Parameters
    ----------
    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    Plateau : Any other factor.
    Constant : Ends the training at the first plateau.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Adaptive, Progress
    >>> Adaptive().rate(0.1, Progress(plateaus=np.array([0, 1])))
    array([0.1 , 0.02])
    """

    def unwarmed(self, initial: float, progress: Progress) -> Array:
        rate = np.full(len(progress.plateaus), float(initial))
        # Division by division, for scikit-learn's rounding where `stops` compares.
        for met in range(progress.plateaus.max()):
            rate[progress.plateaus > met] /= 5
        return rate

    def stops(self, initial: float, progress: Progress) -> Array:
        return self.unwarmed(initial, progress) <= 1e-6


class Plateau(WarmedSchedule):
    """A learning rate that is reduced by a factor at every plateau.

    rate = initial * factor^plateaus, as in He, Zhang, Ren and Sun (2016), "Deep residual
    learning for image recognition"; the training ends at the plateau where the rate would fall
    to `min_rate` or below.

    Where the number of epochs is not known, with any optimizer but LBFGS; trainings take
    longer than with Constant, which stops where this goes on.  For a fixed number of epochs
    take CosineDecay or OneCycle.

    Parameters
    ----------
    factor : float, default=0.1
        Larger than 0 and smaller than 1.

    min_rate : float, default=1e-6
        A bound that the rate stays above, at least 0.  A network whose rate would not stay
        above it, be it at the first plateau, stops there.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    Adaptive : Divides by 5, with scikit-learn's numbers.
    StepDecay : Reduces after a number of epochs.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Plateau, Progress
    >>> plateau = Plateau(factor=0.5)
    >>> plateau.rate(0.1, Progress(plateaus=np.array([0, 1, 2])))
    array([0.1  , 0.05 , 0.025])
    >>> plateau.stops(4e-6, Progress(plateaus=np.array([0, 1, 2])))
    array([False,  True,  True])
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "factor": [Interval(Real, 0, 1, closed="neither")],
        "min_rate": [Interval(Real, 0, None, closed="left")],
    }

    def __init__(
        self, factor: float = 0.1, min_rate: float = 1e-6, warmup: float = 0.0
    ) -> None:
        super().__init__(warmup)
        self.factor = factor
        self.min_rate = min_rate

    def unwarmed(self, initial: float, progress: Progress) -> Array:
        return initial * self.factor**progress.plateaus

    def stops(self, initial: float, progress: Progress) -> Array:
        # A little above the bound: 1e-5 * 0.1 is rounded to more than 1e-6.
        bound = self.min_rate * (1 + 1e-9)
        return self.unwarmed(initial, progress) * self.factor <= bound


class ExponentialDecay(WarmedSchedule):
    """A learning rate that falls by the same factor after every epoch.

    rate = initial * decay^epoch.  The first epoch has the initial rate, as in
    ``torch.optim.lr_scheduler.ExponentialLR``.

    Where the rate should fall whatever the loss does and the number of epochs is not fixed;
    else CosineDecay, which takes it from max_iter.  The default leaves a hundredth of the rate
    after 90 epochs.

    Parameters
    ----------
    decay : float, default=0.95
        Larger than 0 and at most 1.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    StepDecay : Falls in larger steps.
    CosineDecay : Falls over a known number of steps.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import ExponentialDecay, Progress
    >>> ExponentialDecay(decay=0.5).rate(0.1, Progress(plateaus=np.array([0]), epoch=2))
    0.025
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "decay": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(self, decay: float = 0.95, warmup: float = 0.0) -> None:
        super().__init__(warmup)
        self.decay = decay

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        return initial * self.decay**progress.epoch


class StepDecay(WarmedSchedule):
    """A learning rate that falls by a factor after every so many epochs.

    rate = initial * factor^floor(epoch / every).  The first `every` epochs have the initial
    rate, as in ``torch.optim.lr_scheduler.StepLR``.

    To reproduce published recipes, such as a tenth of the rate after every 30 epochs.  Plateau
    finds the epochs itself; CosineDecay has no steps to choose.

    Parameters
    ----------
    factor : float, default=0.1
        Larger than 0 and at most 1.

    every : int, default=10
        Epochs with the same rate.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    ExponentialDecay : Falls after every epoch.
    Plateau : Falls where the training makes no progress.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import Progress, StepDecay
    >>> schedule = StepDecay(factor=0.5, every=10)
    >>> [schedule.rate(0.1, Progress(np.array([0]), epoch=epoch)) for epoch in (9, 10, 20)]
    [0.1, 0.05, 0.025]
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "factor": [Interval(Real, 0, 1, closed="right")],
        "every": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, factor: float = 0.1, every: int = 10, warmup: float = 0.0) -> None:
        super().__init__(warmup)
        self.factor = factor
        self.every = every

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        return initial * self.factor ** (progress.epoch // self.every)


class CosineDecay(WarmedSchedule):
    """A learning rate that falls along half a cosine wave, step by step.

    rate = initial * (final + (1 - final) (1 + cos(pi s)) / 2) with
    s = min(1, step / total_steps) (Loshchilov and Hutter 2017, "SGDR: Stochastic gradient
    descent with warm restarts", without the restarts).  The first update has the initial rate,
    and updates beyond `total_steps` have initial * final.  A warm-up multiplies this; the wave
    runs over all steps with it too.  In `partial_fit` they are those of max_iter calls.

    For a fixed number of epochs, max_iter, with less to choose than in StepDecay.  The
    training still ends at the first plateau, before the rate is low, unless n_iter_no_change
    is large; np.inf is allowed.

    Parameters
    ----------
    final : float, default=0.0
        Share of the initial rate that is left at the end, from 0 to 1.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    OneCycle : Rises first.
    ExponentialDecay : Needs no horizon.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import CosineDecay, Progress
    >>> CosineDecay().rate(0.1, Progress(plateaus=np.array([0]), step=50, total_steps=100))
    0.05
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "final": [Interval(Real, 0, 1, closed="both")],
    }
    per_step = True

    def __init__(self, final: float = 0.0, warmup: float = 0.0) -> None:
        super().__init__(warmup)
        self.final = final

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        if not progress.total_steps:  # called outside of a training
            return initial
        s = min(1.0, progress.step / progress.total_steps)
        return initial * _wave(self.final, s)


class CosineLog(WarmedSchedule):
    """A learning rate that goes up and down in ever longer waves, step by step.

    rate = initial * (1 - cos(2 pi log2(1 + (2^cycles - 1) s))) / 2 with
    s = min(1, step / total_steps): cosine waves in the logarithm of the time, each about twice
    as long as the one before, from 0 to 0 (Holzmueller, Grinsztajn and Steinwart 2024,
    "Better by default: strong pre-tuned MLPs and boosted trees on tabular data", whose
    "coslog4" has four).  Unlike the other schedules, the first update has the rate 0, unless
    there is only one, and the initial rate is the largest.

    For a fixed number of epochs, max_iter, with the weights of the best epoch: the end of each
    wave is a candidate.  As it is with CosineDecay, n_iter_no_change should be large.

    Parameters
    ----------
    cycles : int, default=4
        Number of waves, from 1 to 1000.

    warmup : float, default=0.0
        Share of the total steps in which the rate rises linearly; see `WarmedSchedule`.

    See Also
    --------
    CosineDecay : Half a wave.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import CosineLog, Progress
    >>> halfway = Progress(plateaus=np.array([0]), step=50, total_steps=100)
    >>> CosineLog().rate(0.1, halfway)
    0.0073...
    """

    _parameter_constraints = {
        **WarmedSchedule._parameter_constraints,
        "cycles": [Interval(Integral, 1, 1000, closed="both")],
    }
    per_step = True

    def __init__(self, cycles: int = 4, warmup: float = 0.0) -> None:
        super().__init__(warmup)
        self.cycles = cycles

    def unwarmed(self, initial: float, progress: Progress) -> Rate:
        if progress.total_steps <= 1:  # outside of a training, or the only step
            return initial
        s = min(1.0, progress.step / progress.total_steps)
        waves = math.log2(1 + (2**self.cycles - 1) * s)
        return initial * (1 - math.cos(2 * math.pi * waves)) / 2


class OneCycle(Schedule):
    """A learning rate that rises to its initial value and falls again, step by step.

    Two half cosine waves (Smith and Topin 2019, "Super-convergence"): from initial * start in
    the first update to the initial rate, which is the largest one, in update
    rise * total_steps, and down to initial * final in the last update.  Updates beyond
    `total_steps` go on with that.  With the defaults it is PyTorch's ``OneCycleLR``, but the
    momentum is left alone.  In `partial_fit` the steps are those of max_iter calls.

    For a fixed, small number of epochs, max_iter, with a rate larger than a constant one could
    be; else CosineDecay.  The training still ends at the first plateau, before the rate is
    low, unless n_iter_no_change is large; np.inf is allowed.

    Parameters
    ----------
    rise : float, default=0.3
        Share of the steps in which the rate rises, from 0 to 1.

    start : float, default=0.04
        Share of the initial rate at the start, from 0 to 1.

    final : float, default=4e-6
        Share of the initial rate at the end, from 0 to 1.

    See Also
    --------
    CosineDecay : Falls from the first step on, or after a warm-up.

    Examples
    --------
    >>> import numpy as np
    >>> from skmlp.schedules import OneCycle, Progress
    >>> now = [Progress(np.array([0]), step=step, total_steps=100) for step in (0, 29, 64, 99)]
    >>> np.array([OneCycle(final=0).rate(0.1, progress) for progress in now])
    array([0.004, 0.1  , 0.05 , 0.   ])
    """

    _parameter_constraints = {
        "rise": [Interval(Real, 0, 1, closed="both")],
        "start": [Interval(Real, 0, 1, closed="both")],
        "final": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, rise: float = 0.3, start: float = 0.04, final: float = 4e-6) -> None:
        self.rise = rise
        self.start = start
        self.final = final

    def rate(self, initial: float, progress: Progress) -> Rate:
        if not progress.total_steps:  # called outside of a training
            return initial
        last = progress.total_steps - 1
        peak = max(0.0, self.rise * progress.total_steps - 1)
        step = min(progress.step, last)
        if step < peak:
            return initial * _wave(self.start, 1 - step / peak)
        if step > peak:
            return initial * _wave(self.final, (step - peak) / (last - peak))
        return initial


def _wave(low, s):
    """Half a cosine wave from 1 at s = 0 to `low` at s = 1."""
    return low + (1 - low) * (1 + math.cos(math.pi * s)) / 2


SCHEDULES = {
    "adaptive": Adaptive,
    "constant": Constant,
    "cosine": CosineDecay,
    "cosine_log": CosineLog,
    "exponential": ExponentialDecay,
    "invscaling": InvScaling,
    "one_cycle": OneCycle,
    "plateau": Plateau,
    "step": StepDecay,
}
