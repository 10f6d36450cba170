"""Everything that skmlp takes from scikit-learn's private modules, in one place.

A release of scikit-learn that moves one of these names is mended here and nowhere else.
Its decorators, which have no types, get them here too: else a type checker would know
nothing of the methods that they are put on.
"""

import sys
from collections.abc import Callable
from numbers import Integral
from typing import Any, TypeVar

import numpy as np
from sklearn import base
from sklearn.neural_network._base import ACTIVATIONS as THEIR_ACTIVATIONS
from sklearn.utils import _param_validation, _safe_indexing, metaestimators
from sklearn.utils._optional_dependencies import check_matplotlib_support
from sklearn.utils._param_validation import (
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.optimize import _check_optimize_result
from sklearn.utils.parallel import _get_threadpool_controller
from sklearn.utils.validation import _check_sample_weight, _check_y, _num_samples

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # scikit-learn < 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing: there are no callbacks."""


Method = TypeVar("Method", bound=Callable[..., Any])


def _fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[Method], Method]:
    return base._fit_context(prefer_skip_nested_validation=prefer_skip_nested_validation)


def available_if(check: Callable[[Any], bool]) -> Callable[[Method], Method]:
    return metaestimators.available_if(check)


class Interval(_param_validation.Interval):
    """Numbers in a range, of which those that NumPy cannot compute with are no part.

    Such are 10**400 and fractions: scikit-learn lets the one pass and fails at the other.
    """

    def is_satisfied_by(self, val):
        if isinstance(val, int):
            largest = sys.maxsize if self.type is Integral else sys.float_info.max
            return abs(val) <= largest and super().is_satisfied_by(val)
        return isinstance(val, (float, np.number)) and super().is_satisfied_by(val)


# What the mixin leaves on an estimator while it is fitted.
CALLBACK_STATE = ("_callback_fit_ctx", "_skl_callbacks_to_teardown")


def has_callbacks(estimator):
    return bool(getattr(estimator, "_skl_callbacks", None))


__all__ = [
    "CALLBACK_STATE",
    "THEIR_ACTIVATIONS",
    "CallbackSupportMixin",
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_check_optimize_result",
    "_check_sample_weight",
    "_check_y",
    "_fit_context",
    "_get_threadpool_controller",
    "_num_samples",
    "_safe_indexing",
    "available_if",
    "check_matplotlib_support",
    "has_callbacks",
    "validate_parameter_constraints",
]
