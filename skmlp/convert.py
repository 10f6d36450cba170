"""To scikit-learn's own MLP and back: parameters, weights and predictions.

scikit-learn has no public way to make a fitted MLP from weights.  Therefore this file, and no
other, sets what scikit-learn's `fit` leaves, and reads a few of its private attributes.
"""

import copy
from inspect import signature

import numpy as np
import sklearn
import sklearn.neural_network
from scipy import sparse
from sklearn.base import ClassifierMixin
from sklearn.preprocessing import LabelBinarizer

from skmlp._component import resolve
from skmlp._sklearn import THEIR_ACTIVATIONS, validate_parameter_constraints
from skmlp._targets import Continuous, SoftLabels, classification_targets
from skmlp.losses import LogLoss

# Fitted attributes that both have, beside `coefs_` and `intercepts_`.
FITTED = (
    "best_loss_",
    "best_validation_score_",
    "classes_",
    "feature_names_in_",
    "loss_",
    "loss_curve_",
    "n_features_in_",
    "n_iter_",
    "n_layers_",
    "n_outputs_",
    "out_activation_",
    "t_",
    "validation_scores_",
)


def to_sklearn(estimator):
    """Return scikit-learn's MLP for one of ours: the method `to_sklearn` of the estimators.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        Fitted or not.

    Returns
    -------
    model : sklearn.neural_network.MLPClassifier or sklearn.neural_network.MLPRegressor
        Shares nothing with `estimator`.

    Raises
    ------
    ValueError
        If scikit-learn lacks what the method says.

    See Also
    --------
    skmlp.MLPClassifier.to_sklearn : The method, with the details.
    from_sklearn : The way back.
    """
    cls = _counterpart(type(estimator))
    fitted = hasattr(estimator, "coefs_")
    values = _translated(estimator, cls)
    lacking = [name for name in values if not _expressible(estimator, cls, name, values[name])]
    if fitted:
        _check_fitted(estimator, cls, lacking)
    elif lacking:
        raise _lacks(_name(cls), {name: getattr(estimator, name) for name in lacking})
    parameters = {
        _theirs(name): copy.deepcopy(value)
        for name, value in values.items()
        if name not in lacking and _theirs(name) in signature(cls).parameters
    }
    model = cls(**parameters)
    if fitted:
        _take_over(estimator, model)
        _complete(estimator, model)
    return model


def from_sklearn(ours, estimator):
    """Return one of our MLPs for scikit-learn's: the method `from_sklearn` of the estimators.

    Parameters
    ----------
    ours : type
        The class of the result: `MLPClassifier`, `MLPRegressor` or a subclass.

    estimator : sklearn.neural_network.MLPClassifier or sklearn.neural_network.MLPRegressor
        Fitted or not.

    Returns
    -------
    model : object of class `ours`
        Shares nothing with `estimator`.

    Raises
    ------
    TypeError
        If `estimator` is not scikit-learn's counterpart of the class.

    ValueError
        If the class lacks a parameter that `estimator` has been given.

    See Also
    --------
    skmlp.MLPClassifier.from_sklearn : The method, with the details.
    to_sklearn : The way back.
    """
    theirs = _counterpart(ours)
    if not isinstance(estimator, theirs):
        kind = type(estimator)
        raise TypeError(
            f"{ours.__name__}.from_sklearn takes a {theirs.__name__} of scikit-learn, got an "
            f"object of class {kind.__module__}.{kind.__qualname__}."
        )
    values = copy.deepcopy(estimator.get_params(deep=False))
    values["optimizer"] = values.pop("solver")
    known = signature(ours).parameters
    model = ours(**{name: value for name, value in values.items() if name in known})
    defaults = _defaults(type(estimator))
    lacking = {
        name: value
        for name, value in values.items()
        if name not in known and not _equal(value, getattr(model, name, defaults.get(name)))
    }
    if lacking:
        raise _lacks(ours.__name__, lacking)
    if hasattr(estimator, "coefs_"):
        _take_over(estimator, model)
        model._targets = _targets(estimator)
        _set_output(model)
        _set_history(model)
    return model


# --- parameters ---------------------------------------------------------------------------


def _counterpart(cls):
    """scikit-learn's class for one of ours."""
    classifier = issubclass(cls, ClassifierMixin)
    module = sklearn.neural_network
    return module.MLPClassifier if classifier else module.MLPRegressor


def _name(cls):
    return f"{cls.__name__} of scikit-learn {sklearn.__version__}"


def _defaults(cls):
    """Of all constructor parameters, those that a subclass has fixed included.

    Where a subclass has changed a default, it is that of its base.
    """
    signatures = [signature(base).parameters for base in cls.__mro__]
    return {name: p.default for parameters in signatures for name, p in parameters.items()}


def _equal(value, default):
    return np.array_equal(value, default)  # as one of them may be an array


def _theirs(name):
    return "solver" if name == "optimizer" else name


def _lacks(owner, culprits):
    listed = ", ".join(f"{name}={value!r}" for name, value in culprits.items())
    return ValueError(f"{owner} has no {listed}.")


def _translated(estimator, cls):
    """The parameters, components as names of scikit-learn's where these say the same."""
    unused = "solver" if estimator.solver is None else "optimizer"
    names = [name for name in _defaults(type(estimator)) if hasattr(estimator, name)]
    values = {name: getattr(estimator, name) for name in names if name != unused}
    # No names for objects: these have an effect on the optimizer, and the names have none.
    ignored = estimator._resolve_optimizer().ignored_schedules
    for name in values.keys() & estimator._families.keys():
        options = [
            option
            for option in estimator._families[name][1]
            if option not in ignored and _expressible(estimator, cls, name, option)
        ]
        values |= _named(estimator, name, options)
    return values


def _named(estimator, name, options):
    """A component as one of these names and flat parameters; {} if none says the same.

    A list of components is one name where all of them are.
    """
    value, (base, registry) = getattr(estimator, name), estimator._families[name]
    entries = value if isinstance(value, list | tuple) else [value]
    components = [resolve(estimator, name, entry, base, registry) for entry in entries]
    for option in options:
        if all(_is_plain(component, registry[option]) for component in components):
            return {name: option} | {k: v for c in components for k, v in _flat(c).items()}
    return {}


def _flat(component):
    return {name: getattr(component, name) for name in component.flat_parameters}


def _is_plain(component, kind):
    """Whether it is of this class, and at its defaults but for flat parameters."""
    same = type(component) is kind
    return same and vars(component) == vars(kind(**_flat(component)))


def _expressible(estimator, cls, name, value):
    """Whether scikit-learn's class takes the value, or does the same without it."""
    if _theirs(name) not in signature(cls).parameters:
        return _equal(value, _defaults(type(estimator))[name])
    constraints = {name: cls._parameter_constraints[_theirs(name)]}
    try:
        validate_parameter_constraints(constraints, {name: value}, cls.__name__)
    except ValueError:
        return False
    return True


# --- fitted attributes --------------------------------------------------------------------


def _check_fitted(estimator, cls, lacking):
    """Raise an error unless a model of scikit-learn's can make the same predictions."""
    _, _, _, hidden = estimator._model()
    output, targets = estimator.out_activation_, estimator._targets
    if hidden and "activation" in lacking:
        raise _lacks(_name(cls), {"activation": estimator.activation})
    if output not in THEIR_ACTIVATIONS:
        raise ValueError(
            f"{_name(cls)} has no output activation {output!r}, which this model has by "
            f"loss={estimator.loss!r}, output_activation={estimator.output_activation!r}."
        )
    if isinstance(targets, SoftLabels):
        raise ValueError(
            "The model was fitted with rows of probabilities and predicts one-hot rows; "
            f"{_name(cls)} would predict labels."
        )
    if targets.task == "regression":
        return
    usual = LogLoss().for_task(targets.task).output  # scikit-learn's only loss
    if output != usual:
        raise ValueError(
            f"The outputs of the model are no probabilities: loss={estimator.loss!r} has the "
            f"output activation {output!r}; {_name(cls)} needs {usual!r}."
        )


def _take_over(source, model):
    """Copy the fitted attributes that both have."""
    for name in FITTED:
        if hasattr(source, name):
            setattr(model, name, copy.deepcopy(getattr(source, name)))
    for name in ("coefs_", "intercepts_"):
        setattr(model, name, [np.array(a) for a in getattr(source, name)])
    # They decide, as the user may have put another network in their place.
    model.n_layers_ = len(model.coefs_) + 1


def _complete(estimator, model):
    """Give scikit-learn's model what else its methods need, all of it private to them.

    `predict` needs the label binarizer, a warm start and `partial_fit` the rest.  What
    scikit-learn makes where it is missing, as its optimizer, is left to it.
    """
    targets = estimator._targets
    if targets.task != "regression":
        y = _example(targets.classes, targets.task, getattr(targets, "sparse_output", False))
        model._label_binarizer = LabelBinarizer().fit(y)
    elif hasattr(model, "loss"):
        # In scikit-learn the loss says what the outputs go through.
        model.loss = "poisson" if model.out_activation_ == "exp" else "squared_error"
    model._best_coefs, model._best_intercepts = (
        [a.copy() for a in part] for part in (model.coefs_, model.intercepts_)
    )
    if model.solver == "lbfgs":
        return
    model._no_improvement_count = 0
    stopping = model.early_stopping
    start = {
        "loss_curve_": [],
        "best_loss_": None if stopping else np.inf,
        "validation_scores_": [] if stopping else None,
        "best_validation_score_": -np.inf if stopping else None,
    }
    for name, value in start.items():  # missing after L-BFGS or another kind of stopping
        if getattr(model, name, None) is None:
            setattr(model, name, value)


def _targets(estimator):
    """Our targets for a fitted estimator of scikit-learn's."""
    binarizer = getattr(estimator, "_label_binarizer", None)
    if binarizer is None:
        return Continuous(np.zeros((1, estimator.n_outputs_)))
    task = binarizer.y_type_.partition("-")[0]
    example = _example(binarizer.classes_, task, binarizer.sparse_input_)
    targets, _ = classification_targets(example)
    return targets


def _example(classes, task, as_sparse):
    """Targets with these classes, as both libraries learn the kind of targets from some."""
    if task != "multilabel":
        return np.repeat(classes, 2)  # once each, many are taken for numbers, with a warning
    y = np.zeros((1, len(classes)), dtype=int)
    return sparse.csr_matrix(y) if as_sparse else y


def _set_output(model):
    """Make the output activation that of further training too, by the parameter for it."""
    output = model.out_activation_
    _, usual = model._resolve_loss(model._targets.task)
    if output != usual:
        model.output_activation = output
        model._resolve_loss(model._targets.task)  # which keeps the activation for `predict`


def _set_history(model):
    if getattr(model, "loss_curve_", None):
        model.history_ = {"loss": np.array(model.loss_curve_)}
        model.best_iter_ = len(model.loss_curve_)
        if model.validation_scores_:
            model.history_["val_score"] = np.array(model.validation_scores_)
            model.best_iter_ = 1 + int(np.argmax(model.validation_scores_))
