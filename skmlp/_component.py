"""What activations, losses, optimizers, schedules and initializers have in common."""

import copy
from difflib import get_close_matches

import numpy as np
from sklearn.base import BaseEstimator

from skmlp._sklearn import validate_parameter_constraints


class Component(BaseEstimator):
    """A named set of hyperparameters with the functions that they parametrize.

    The constructor stores its arguments and nothing else is ever stored, so that one
    object can serve in any number of fits, also at the same time.  ``get_params``,
    ``set_params``, ``repr``, ``clone`` and pickling come from scikit-learn.

    Attributes
    ----------
    flat_parameters : tuple of str
        Those of the parameters that scikit-learn's MLP has on the estimator itself: they are
        passed on where the component is given by name.
    """

    _parameter_constraints: dict = {}
    flat_parameters: tuple = ()

    def _missing(self, method):
        """The error of a method that a class of the user's should have."""
        return NotImplementedError(f"{type(self).__name__} has no method {method!r}.")


def accepts(base):
    """Parameter constraints: a name, which `resolve` looks up, or an instance of `base`."""
    return [str, base]


def look_up(name, registry, what):
    """Return the class that a registry has under a name.

    Raises
    ------
    ValueError
        If it has none: in scikit-learn's words, and with the nearest name.
    """
    if name in registry:
        return registry[name]
    near = get_close_matches(name, registry, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"{what} must be a str among {sorted(registry)}. Got {name!r} instead.{hint}"
    )


def plain(value):
    """The Python number that a NumPy scalar stands for, any other value as it is.

    np.int8(100) as `max_iter` would overflow where steps are counted.
    """
    return value.item() if isinstance(value, np.generic) else value


def with_plain_numbers(component):
    """The component, or where it has NumPy scalars one like it that has Python numbers."""
    given = vars(component)
    if not any(isinstance(value, np.generic) for value in given.values()):
        return component
    same = copy.copy(component)
    vars(same).update({name: plain(value) for name, value in given.items()})
    return same


def resolve(owner, label, value, base, registry):
    """Return the component that the value of an estimator's parameter stands for.

    Parameters
    ----------
    owner : estimator
        Has the flat parameters that the component's class may list.

    label : str
        What error messages call the parameter.

    value : str or component
        A name in `registry`, or the component itself.

    base : type
        What a component must derive from.

    registry : dict
        Maps names to classes.

    Returns
    -------
    component : object of class `base`

    Raises
    ------
    TypeError
        If the value is neither a name nor a component of this kind.

    ValueError
        If there is no such name, or a hyperparameter is out of its range.
    """
    what = f"The {label!r} parameter of {type(owner).__name__}"
    if isinstance(value, str):
        # The estimator's own constraints have seen to the flat parameters: not to look again
        # saves a twentieth of a fit of one epoch on iris.
        cls = look_up(value, registry, what)
        return cls(**{flat: plain(getattr(owner, flat)) for flat in cls.flat_parameters})
    if not isinstance(value, base):
        raise TypeError(
            f"{what} must be a name or an object of class {base.__name__}. Got {value!r} "
            "instead."
        )
    validate_parameter_constraints(
        value._parameter_constraints, vars(value), type(value).__name__
    )
    return with_plain_numbers(value)
