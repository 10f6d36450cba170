"""What all estimators do around a fit: checks, and everything put back on failure."""

import copy
import warnings
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from sklearn.base import is_regressor
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.utils import check_consistent_length

from skmlp._sklearn import (
    CALLBACK_STATE,
    CallbackSupportMixin,
    _check_sample_weight,
    _check_y,
)
from skmlp._training import interrupt
from skmlp._validation import check_unmasked, naming
from skmlp._versions import __version__

# An overflow shows in the result, which is checked afterwards.
OVERFLOW_SHOWS = partial(np.errstate, over="ignore", invalid="ignore", divide="ignore")


@dataclass(frozen=True)
class Samples:
    """Features, targets and weights: those of the user, or checked ones."""

    X: object
    y: object
    sample_weight: object


class Trainable(CallbackSupportMixin):
    """An estimator that is fitted all or not at all.

    A subclass has `_prepare`, which checks what is given and returns what there is to do,
    `_store`, which sets the fitted attributes, `_check_outcomes`, which says what is wrong
    with them after a training, `_check_X`, which checks features, and `_known_targets`,
    which checks targets against those of the fit.
    """

    # What a training tells beside the model, if it is there in the next: not for a scorer.
    _records: tuple = ()

    @np.errstate(under="ignore")  # whatever the user has set: what underflows is nothing
    def _fit(self, samples, validation, **more):
        """Train; if that fails, the estimator is as it was."""
        before = vars(self).copy()
        try:
            self._train(samples, self._prepare(samples, validation, **more))
            return self
        except BaseException:
            # Which scikit-learn tears down.
            left = {name: vars(self)[name] for name in CALLBACK_STATE if name in vars(self)}
            self.__dict__ = {**before, **left}  # at once, lest an interrupt leaves half of it
            raise

    def _train(self, given, fit):
        """Train, and become what comes of it.

        Once `fit` has an outcome, an interrupt ends the training but loses nothing.  From
        `partial_fit` it is passed on: it is meant for the loop around the calls.
        """
        outcomes, start = [], self.__dict__
        callbacks = fit.callbacks(
            given, lambda current: vars(self._fitted(fit, [*outcomes, *current]))
        )
        try:
            with OVERFLOW_SHOWS():
                fit.train(callbacks, outcomes)
            self._conclude(fit, outcomes, callbacks)
        except KeyboardInterrupt:
            if fit.incremental or not outcomes:
                raise
            self.__dict__ = start
            interrupt(callbacks, lambda: [])
            self._conclude(fit, outcomes, callbacks)

    def _fitted(self, fit, outcomes):
        """A copy of the estimator, fitted: nothing is changed before all has been computed."""
        fitted = copy.copy(self)
        fitted._store(fit, outcomes)
        return fitted

    def _conclude(self, fit, outcomes, callbacks):
        with OVERFLOW_SHOWS():
            fitted = self._fitted(fit, outcomes)
            fitted._check_outcomes(fit, outcomes)
        self.__dict__ = fitted.__dict__
        callbacks.end_fit()

    def __getstate__(self):
        return {**super().__getstate__(), "_skmlp_version": __version__}

    def __setstate__(self, state):
        """As scikit-learn does for its own: tell where another release wrote it."""
        state = dict(state)
        written = state.pop("_skmlp_version", "unknown")
        if written != __version__:
            self._check_state(state, written)
        super().__setstate__(state)

    def _check_state(self, state, written):
        """Warn that another release wrote it, or raise an error if it is of no use."""
        name = f"skmlp.{type(self).__name__}"
        if missing := sorted(set(self._get_param_names()) - state.keys()):
            raise ValueError(
                f"{name} was written by the release {written} of skmlp and lacks "
                f"{', '.join(missing)}; this is {__version__}: load it with that release, or "
                "fit anew."
            )
        warning = InconsistentVersionWarning(
            estimator_name=name,
            current_sklearn_version=__version__,
            original_sklearn_version=written,
        )
        warnings.warn(warning, stacklevel=2)

    def _forget(self, *names):
        for name in names:
            vars(self).pop(name, None)

    def _check_samples(self, given, reset, suffix=""):
        """The samples of the user, or of the validation set, checked one by one."""
        X, y, sample_weight = given.X, given.y, given.sample_weight
        for name, array in vars(given).items():
            check_unmasked(array, f"{name}{suffix}")
        with naming(f"X{suffix}"):
            # y has checks of its own, but for None, of which validate_data tells best
            X = self._check_X(X, None if y is None else "no_validation", reset, f"X{suffix}")
        with naming(f"y{suffix}"):
            numeric = is_regressor(self)
            y = _check_y(y, multi_output=True, y_numeric=numeric, estimator=self)
        with naming(f"X{suffix}, y{suffix}"):
            check_consistent_length(X, y)
        if sample_weight is not None:
            with naming(f"sample_weight{suffix}"):
                sample_weight = _check_sample_weight(
                    sample_weight, X, dtype=np.float64, ensure_non_negative=True
                )
        return Samples(X, y, sample_weight)

    def _check_validation(self, given):
        """The validation set of the user, checked, or None."""
        for name, value in (("X", given.X), ("y", given.y)):
            if value is None and any(part is not None for part in vars(given).values()):
                raise ValueError(f"Validation data are given, but {name}_val is not.")
        if given.X is None:
            return None
        samples = self._check_samples(given, reset=False, suffix="_val")
        with naming("y_val"):
            y = self._known_targets(samples.y)
        return replace(samples, y=y)
