"""What activations, losses, optimizers, schedules and initializers have in common."""

from sklearn.base import BaseEstimator

from skmlp._sklearn import StrOptions, validate_parameter_constraints


class Component(BaseEstimator):
    """A named set of hyperparameters with the functions that they parametrize.

    The constructor stores its arguments and nothing else is ever stored, so that one
    object can serve in any number of fits, also at the same time.  ``get_params``,
    ``set_params``, ``repr``, ``clone`` and pickling come from scikit-learn.

    A class lists in `flat_parameters` those of its parameters that scikit-learn's MLP has
    on the estimator itself: they are passed on where the component is given by name.
    """

    _parameter_constraints: dict = {}
    flat_parameters: tuple = ()


def accepts(registry, base):
    """Parameter constraints: a name in `registry`, or an instance of `base`."""
    return [StrOptions(set(registry)), base]


def resolve(owner, name, registry):
    """Return the component that a parameter of an estimator stands for.

    Parameters
    ----------
    owner : estimator
        Has the parameter, and the flat parameters that the component's class may list.

    name : str
        The parameter.  Its value is a name in `registry`, or the component itself.

    registry : dict
        Maps names to classes.

    Returns
    -------
    component : object

    Raises
    ------
    ValueError
        If there is no such name, or a hyperparameter is out of its range.
    """
    component = value = getattr(owner, name)
    if isinstance(value, str):
        if value not in registry:
            raise ValueError(f"{name}={value!r} is not one of {sorted(registry)}.")
        cls = registry[value]
        component = cls(**{flat: getattr(owner, flat) for flat in cls.flat_parameters})
    validate_parameter_constraints(
        component._parameter_constraints, vars(component), type(component).__name__
    )
    return component
