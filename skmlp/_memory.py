"""What is remembered of a training: of earlier epochs, and for a later `partial_fit`."""

import copy
import operator
import zlib
from dataclasses import dataclass, replace

import numpy as np

from skmlp.schedules import Progress


def settings_of(component):
    """What tells a component from others: to compare, and no reference to anything of it."""
    return type(component), {name: repr(value) for name, value in vars(component).items()}


def checksum(vector):
    """What tells the parameters of a model from others: by one number, quickly."""
    return zlib.crc32(np.ascontiguousarray(vector, np.float64))


@dataclass
class Watch:
    """What the epochs of each network are compared with; larger is better throughout.

    Attributes
    ----------
    criteria : tuple
        What the training stops by (a score or the loss, its units, the kind of optimizer),
        and what weights are chosen by (likewise, or the objective whose loss it is).  Values
        by other criteria cannot be held against these.

    best : ndarray of shape (n_networks,)
        The best value of what the training stops by: the validation score, or the lowest
        loss with its sign changed.

    stale : ndarray of shape (n_networks,), of int
        Epochs since `best` rose by at least `tol`.

    best_score : ndarray of shape (n_networks,)
        The best value of what weights are chosen by: the validation score where there is
        one, whether or not the training stops by it.

    best_iter : ndarray of shape (n_networks,), of int
        The epoch of `best_score`, counted from 1.
    """

    criteria: tuple
    best: np.ndarray
    stale: np.ndarray
    best_score: np.ndarray
    best_iter: np.ndarray

    @classmethod
    def blank(cls, plan, n_networks):
        return cls(
            criteria=plan.criteria,
            best=np.full(n_networks, -np.inf),
            stale=np.zeros(n_networks, dtype=int),
            best_score=np.full(n_networks, -np.inf),
            best_iter=np.zeros(n_networks, dtype=int),
        )

    def adapt(self, criteria):
        """Forget what is by other criteria."""
        stop, choice = self.criteria
        if stop != criteria[0]:
            self.best, self.stale = np.full_like(self.best, -np.inf), 0 * self.stale
        if choice != criteria[1]:
            self.best_score = np.full_like(self.best_score, -np.inf)
            self.best_iter = 0 * self.best_iter
        self.criteria = criteria

    def of(self, networks):
        """A copy for these networks."""
        return replace(
            self,
            best=self.best[networks],
            stale=self.stale[networks],
            best_score=self.best_score[networks],
            best_iter=self.best_iter[networks],
        )

    def compare(self, gain, score, tol, n_iter, improves=operator.gt):
        """Take note of an epoch; NaN is never an improvement.

        Parameters
        ----------
        gain, score : ndarray of shape (n_networks,)
            What the training stops by, and what weights are chosen by.

        tol : float

        n_iter : int
            The number of the epoch.

        improves : callable
            As in `Plan`.

        Returns
        -------
        better : ndarray of shape (n_networks,), of bool
            Whether `score` is the best so far.
        """
        self.stale = np.where(gain >= self.best + tol, 0, self.stale + 1)
        self.best = np.fmax(gain, self.best)
        better = improves(score, self.best_score)
        self.best_score = np.where(better, score, self.best_score)
        self.best_iter = np.where(better, n_iter, self.best_iter)
        return better


@dataclass
class Memory:
    """What a later `partial_fit` needs to go on as if it were one training.

    Attributes
    ----------
    settings : tuple
        Only an optimizer of this class and with these hyperparameters can go on from the
        state, which may be scaled by them.

    state : dict of str to ndarray of shape (n_networks, n_parameters) or (n_networks, 1)
        Between two calls a `spare` vector has no entries.

    n_parameters : int

    progress : Progress

    watch : Watch

    generator : None or numpy.random.Generator
        Draws the masks of dropout.

    scaling : Scaling
        The units of the training.

    model : int
        The `checksum` of the model, to see whether it has been changed by hand.

    latest : None or ndarray of shape (n_parameters,)
        Where the training has come to, None where the model tells.
    """

    settings: tuple
    state: dict
    n_parameters: int
    progress: Progress
    watch: Watch
    generator: object = None
    scaling: object = None
    model: int = 0
    latest: np.ndarray | None = None

    @classmethod
    def blank(cls, plan, theta):
        """At the beginning of a training."""
        n_networks, optimizer = len(theta), plan.optimizer
        state = optimizer.init(theta) if optimizer.stochastic else {}
        if not isinstance(state, dict):
            raise TypeError(
                f"optimizer={optimizer!r} must begin with a dict of arrays, got {state!r}."
            )
        for name, array in state.items():
            if np.shape(array)[:1] != (n_networks,):
                raise ValueError(
                    f"optimizer={optimizer!r} begins with {name!r} of the shape "
                    f"{np.shape(array)}; its first axis must be that of {n_networks} networks."
                )
        return cls(
            settings=settings_of(optimizer),
            state=state,
            n_parameters=theta.shape[1],
            progress=Progress(plateaus=np.zeros(n_networks, dtype=int)),
            watch=Watch.blank(plan, n_networks),
        )

    def fits(self, plan, theta, scaling):
        """Whether a plan can go on from the state, with parameters like these."""
        same = self.settings == settings_of(plan.optimizer)
        same = same and self.has_kind_of(scaling)
        return same and self.n_parameters == theta.shape[1]

    def has_kind_of(self, scaling):
        """Whether it is standardized or not as this is: `partial_fit` keeps what it has."""
        return type(self.scaling) is type(scaling)

    def of(self, networks):
        """A copy for these networks."""
        progress = copy.copy(self.progress)
        progress.plateaus = progress.plateaus[networks]
        return replace(
            self,
            state={name: array[networks] for name, array in self.state.items()},
            progress=progress,
            watch=self.watch.of(networks),
            generator=copy.deepcopy(self.generator),
        )
