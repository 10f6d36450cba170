"""What all estimators do around a fit: checks, and everything put back on failure."""

import warnings
from dataclasses import dataclass, replace

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
from skmlp._validation import check_unmasked, naming
from skmlp._versions import __version__


@dataclass(frozen=True)
class Samples:
    """Features, targets and weights: those of the user, or checked ones."""

    X: object
    y: object
    sample_weight: object


class Trainable(CallbackSupportMixin):
    """An estimator that is fitted all or not at all.

    A subclass has `_train`, which does the work, `_check_X`, which checks features, and
    `_known_targets`, which checks targets against those of the fit.
    """

    # What a training tells beside the model, if it is there in the next: not for a scorer.
    _records: tuple = ()

    @np.errstate(under="ignore")  # whatever the user has set: what underflows is nothing
    def _fit(self, samples, validation, **more):
        """Train; if that fails, the estimator is as it was."""
        before = vars(self).copy()
        try:
            self._train(samples, validation, **more)
        except BaseException:
            for name in CALLBACK_STATE:  # scikit-learn tears them down
                if name in vars(self):
                    before[name] = getattr(self, name)
            vars(self).clear()
            vars(self).update(before)
            raise
        return self

    def __getstate__(self):
        return {**super().__getstate__(), "_skmlp_version": __version__}

    def __setstate__(self, state):
        """As scikit-learn does for its own: tell where another release wrote it."""
        state = dict(state)
        written = state.pop("_skmlp_version", "unknown")
        name = f"skmlp.{type(self).__name__}"
        if missing := sorted(set(self._get_param_names()) - state.keys()):
            raise ValueError(
                f"{name} was written by the release {written} of skmlp, which has no "
                f"{', '.join(missing)}; this is {__version__}: load it with that release, or "
                "fit anew."
            )
        if written != __version__:
            warning = InconsistentVersionWarning(
                estimator_name=name,
                current_sklearn_version=__version__,
                original_sklearn_version=written,
            )
            warnings.warn(warning, stacklevel=2)
        super().__setstate__(state)

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
