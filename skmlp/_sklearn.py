"""Everything that skmlp takes from scikit-learn's private modules, in one place.

A release of scikit-learn that moves one of these names is mended here and nowhere else.
"""

import sys
from numbers import Integral

import numpy as np
from sklearn.base import _fit_context
from sklearn.neural_network._base import ACTIVATIONS as THEIR_ACTIVATIONS
from sklearn.utils import _param_validation, _safe_indexing
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

    class CallbackSupportMixin:
        """Nothing: there are no callbacks."""


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
    "check_matplotlib_support",
    "has_callbacks",
    "validate_parameter_constraints",
]
