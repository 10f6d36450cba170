"""Everything that skmlp takes from scikit-learn's private modules, in one place.

A release of scikit-learn that moves one of these names is mended here and nowhere else.
"""

from sklearn.base import _fit_context
from sklearn.utils._param_validation import (
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.optimize import _check_optimize_result
from sklearn.utils.validation import _check_sample_weight, _check_y

__all__ = [
    "Interval",
    "Options",
    "RealNotInt",
    "StrOptions",
    "_check_optimize_result",
    "_check_sample_weight",
    "_check_y",
    "_fit_context",
    "validate_parameter_constraints",
]
