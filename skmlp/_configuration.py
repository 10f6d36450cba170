"""Parameters of the estimators, and the components that they stand for."""

from __future__ import annotations

import copy
import re
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.metrics import get_scorer_names

from skmlp._component import accepts, look_up, plain, resolve
from skmlp._sklearn import Interval, Options, RealNotInt, StrOptions
from skmlp.activations import ACTIVATIONS, OUTPUT_ACTIVATIONS, Activation, Identity
from skmlp.initializers import INITIALIZERS, Initializer
from skmlp.losses import Loss, WithOutput
from skmlp.optimizers import OPTIMIZERS, Optimizer
from skmlp.schedules import SCHEDULES, Schedule


def with_own_start(activation):
    """The activation, unless what its parameters begin with is no vector of numbers."""
    start = activation.initial_params()
    vector = isinstance(start, np.ndarray) and start.ndim == 1 and start.dtype.kind in "iuf"
    if not (vector and np.isfinite(start).all()):
        raise ValueError(
            f"activation={activation!r} has the initial_params() {start!r}, which are not an "
            "ndarray of finite numbers of shape (n_params,)."
        )
    return activation


class Configured(BaseEstimator):
    """An estimator with components among its parameters.

    Names and defaults of the parameters are in the signatures of the estimators, where
    scikit-learn looks for them.
    """

    # The base class of the components of each parameter, and their names.
    _families: dict = {}

    def __init__(self, **parameters: Any) -> None:
        for name, value in parameters.items():
            setattr(self, name, value)

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator and of its components.

        Parameters
        ----------
        **params : dict
            A name such as ``optimizer__momentum`` reaches into a component.  Where the
            component is given by name, the object that the name stands for is put in its
            place first.

        Returns
        -------
        self : object
            The estimator.

        Raises
        ------
        ValueError
            If there is no such parameter, or a name reaches into a list of components.
        """
        own, nested = self._sorted_params(params)
        super().set_params(**own)
        for name in {name.partition("__")[0] for name in nested} & set(self._families):
            self._make_object(name)
        return super().set_params(**nested)

    def _sorted_params(self, params):
        """The parameters of this estimator, and those of its components."""
        own = {name: value for name, value in params.items() if "__" not in name}
        return own, {name: value for name, value in params.items() if "__" in name}

    def _make_object(self, name):
        """Put the object that a name stands for in its place."""
        value = getattr(self, name)
        if isinstance(value, list | tuple):
            raise ValueError(
                f"{name}={value!r} is a list, which no nested parameter reaches; set the "
                "components themselves."
            )
        if isinstance(value, str):
            setattr(self, name, self._resolve(name))

    def _resolve(self, name):
        return resolve(self, name, getattr(self, name), *self._families[name])

    def _hidden(self):
        """The units of every hidden layer."""
        hidden = np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=object)).tolist()
        integers = all(isinstance(units, Integral) for units in hidden)
        if not integers or any(isinstance(units, bool) for units in hidden):
            raise ValueError(f"hidden_layer_sizes must be integers, got {hidden}.")
        if any(units <= 0 for units in hidden):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {hidden}.")
        return list(map(int, hidden))

    def _activations(self, n_hidden):
        """The activation of every hidden layer."""
        if not isinstance(self.activation, list | tuple):
            return [with_own_start(self._resolve("activation"))] * n_hidden
        if len(self.activation) != n_hidden:
            raise ValueError(
                f"activation={self.activation!r} has {len(self.activation)} entries for "
                f"{n_hidden} hidden layers."
            )
        return [
            with_own_start(
                resolve(self, f"activation[{i}]", value, *self._families["activation"])
            )
            for i, value in enumerate(self.activation)
        ]

    def _dropout_rates(self, n_hidden):
        """The rate of every hidden layer."""
        if isinstance(self.dropout, Real):
            return [plain(self.dropout)] * n_hidden
        rates = np.atleast_1d(np.asarray(self.dropout, dtype=object)).tolist()
        if not all(isinstance(rate, Real) and 0 <= rate < 1 for rate in rates):
            raise ValueError(f"dropout={self.dropout!r} must hold rates in [0, 1).")
        if len(rates) != n_hidden:
            raise ValueError(
                f"dropout={self.dropout!r} has {len(rates)} entries for {n_hidden} hidden "
                "layers."
            )
        return list(map(plain, rates))

    def _check_scoring(self):
        if isinstance(self.scoring, str):
            names = dict.fromkeys(["loss", *get_scorer_names()])
            look_up(self.scoring, names, f"The 'scoring' parameter of {type(self).__name__}")

    def _class_attribute(self, parameter, name, default=False):
        """What a component's class says, for tags and for the methods that there are.

        A wrong name has the default: it is reported by `fit`.
        """
        value = getattr(self, parameter)
        registry = self._families[parameter][1]
        component = registry.get(value) if isinstance(value, str) else value
        return getattr(component, name, default)


class ConfiguredMLP(Configured):
    """An estimator with the parameters of scikit-learn's MLP and their relatives."""

    _parameter_constraints: dict = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [*accepts(Activation), list, tuple],
        "output_activation": accepts(Activation),
        "optimizer": accepts(Optimizer),
        "solver": [None, *accepts(Optimizer)],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [
            StrOptions({"auto", "full"}),
            Interval(Integral, 1, None, closed="left"),
        ],
        "learning_rate": accepts(Schedule),
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose"],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(RealNotInt, 0, 1, closed="neither")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "initializer": accepts(Initializer),
        "standardize": ["boolean"],
        "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
        "scoring": [None, str, callable],
        "restore_best": ["boolean"],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "clip_norm": [None, Interval(Real, 0, None, closed="right")],
        "dtype": [None, StrOptions({"float32", "float64"})],
    }

    _families = {
        "activation": (Activation, ACTIVATIONS),
        "output_activation": (Activation, {"auto": Identity, **ACTIVATIONS}),
        "optimizer": (Optimizer, OPTIMIZERS),
        "solver": (Optimizer, OPTIMIZERS),
        "learning_rate": (Schedule, SCHEDULES),
        "initializer": (Initializer, INITIALIZERS),
    }

    def _sorted_params(self, params):
        own, nested = super()._sorted_params(params)
        if "optimizer" in own:
            own.setdefault("solver", None)
        elif own.get("solver") is not None:
            own["optimizer"] = "adam"
        names = {name: re.sub("^solver__", "optimizer__", name) for name in nested}
        return own, {names[name]: value for name, value in nested.items()}

    def _make_object(self, name):
        if name == "optimizer" and self.solver is not None:
            self.optimizer, self.solver = self.solver, None  # two names of one thing
        super()._make_object(name)

    def _resolve_optimizer(self):
        """The optimizer, from the two parameters that can name it."""
        if self.solver is not None and self.optimizer != "adam":
            raise ValueError(
                f"solver={self.solver!r} and optimizer={self.optimizer!r} are both given; "
                "they are two names of one parameter."
            )
        return self._resolve("optimizer" if self.solver is None else "solver")

    def _checked_optimizer(self):
        """The optimizer, unless more is asked for than it can do."""
        optimizer = self._resolve_optimizer()
        dropout = np.any(np.asarray(self.dropout, dtype=object) != 0)
        for name, given in (("dropout", dropout), ("clip_norm", self.clip_norm is not None)):
            if given and not optimizer.stochastic:
                raise ValueError(
                    f"{name}={getattr(self, name)!r} is not for the optimizer {optimizer!r}, "
                    "whose line search needs the exact gradient of one function."
                )
        return optimizer

    def _resolve_loss(self, task):
        """The loss for a kind of target, and the name of the output activation."""
        loss = self._resolve("loss").for_task(task)
        if not isinstance(loss, Loss):
            raise TypeError(f"loss={self.loss!r} is {loss!r} for {task} targets, not a Loss.")
        if loss.output not in OUTPUT_ACTIVATIONS:
            raise ValueError(
                f"loss={self.loss!r} has the output {loss.output!r}, which is not one of "
                f"{sorted(OUTPUT_ACTIVATIONS)}."
            )
        if self.output_activation == "auto":
            return loss, loss.output
        activation = self._resolve("output_activation")
        if loss.own_output:
            raise ValueError(
                f"loss={self.loss!r} has an output activation of its own, "
                f"{loss.output!r}; output_activation={self.output_activation!r} must be "
                "'auto'."
            )
        if activation.pieces > 1 or activation.initial_params().size:
            raise ValueError(
                f"output_activation={self.output_activation!r} is for hidden layers only."
            )
        self._output_activation = copy.deepcopy(activation)
        names = [name for name, cls in ACTIVATIONS.items() if cls is type(activation)]
        return WithOutput(loss, activation), (names or [type(activation).__name__])[0]
