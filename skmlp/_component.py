"""What activations, losses, optimizers, schedules and initializers have in common."""

from sklearn.base import BaseEstimator

from skmlp._sklearn import HasMethods, StrOptions


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


def accepts(registry, *methods):
    """Parameter constraints: a name in `registry`, or an object with these methods."""
    return [StrOptions(set(registry)), HasMethods(list(methods))]


def resolve(value, registry, owner):
    """Return the component that the parameter value `value` of `owner` stands for.

    Parameters
    ----------
    value : str or object
        A name in `registry`, or the component itself, which is returned as it is.

    registry : dict
        Maps names to classes.

    owner : estimator
        Has the flat parameters that the class may list.

    Returns
    -------
    component : object

    Raises
    ------
    ValueError
        If there is no such name, or a hyperparameter is out of its range.
    """
    component = value
    if isinstance(value, str):
        if value not in registry:
            raise ValueError(f"{value!r} is not one of {sorted(registry)}.")
        cls = registry[value]
        component = cls(**{name: getattr(owner, name) for name in cls.flat_parameters})
    if getattr(component, "_parameter_constraints", None):
        component._validate_params()
    return component
