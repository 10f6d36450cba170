"""How scikit-learn's callbacks are told about a fit."""

import copy

from skmlp._sklearn import has_callbacks


class Callbacks:
    """Calls the hooks of an estimator's callbacks, for the fit and for each of its epochs.

    Parameters
    ----------
    estimator : estimator
        Has callbacks.

    X, y, sample_weight : object
        As they were given to `fit`.

    n_tasks : int
        The largest number of epochs.

    task : str
        What an epoch is called.

    describe : callable
        Maps outcomes to the attributes that the estimator would have if `fit` had stopped.

    Attributes
    ----------
    stopped : bool
        Whether the training is to stop.
    """

    def __init__(self, estimator, X, y, sample_weight, n_tasks, task, describe):
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self.what = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        self.name, self.describe = task, describe
        self.stopped, self.epoch = False, None
        self.fit = estimator._init_callback_context(max_subtasks=n_tasks)
        self.fit.call_on_fit_task_begin(**self.what)

    def begin_epoch(self):
        self.epoch = self.fit.subcontext(task_name=self.name)
        self.epoch.call_on_fit_task_begin(**self.what)

    def end_epoch(self, outcomes):
        """Tell of an epoch; `outcomes` is a function, called only if a callback asks."""
        epoch, self.epoch = self.epoch, None
        stop = epoch.call_on_fit_task_end(
            **self.what, reconstruction_attributes=lambda: self.describe(outcomes())
        )
        self.stopped = self.stopped or stop

    def interrupt(self, outcomes):
        """Stop the training, and end the epoch if one has begun."""
        self.stopped = True
        if self.epoch is not None:
            self.end_epoch(outcomes)

    def end_fit(self):
        """Tell of the fit, once; a model that a callback keeps shares no weights with it."""
        if self.fit is None:
            return
        fitted = vars(self.what["estimator"])
        weights = fitted.keys() & {"coefs_", "intercepts_", "activation_params_"}
        fit, self.fit = self.fit, None
        fit.call_on_fit_task_end(
            **self.what,
            reconstruction_attributes=lambda: {n: copy.deepcopy(fitted[n]) for n in weights},
        )


class NoCallbacks:
    """The same for an estimator without callbacks."""

    stopped = False

    def begin_epoch(self):
        pass

    def end_epoch(self, outcomes):
        pass

    def interrupt(self, outcomes):
        self.stopped = True

    def end_fit(self):
        pass


def callbacks_of(estimator, *about):
    """Return what the training is to tell of its epochs: the arguments of `Callbacks`."""
    return Callbacks(estimator, *about) if has_callbacks(estimator) else NoCallbacks()
