"""A fit that fails or is interrupted, at any line of skmlp's code: all or nothing.

A trace function raises an error at the n-th line that a call runs, for a sample of lines;
``python tests/test_atomic.py`` tries them all, which takes an hour.

What cannot be kept: an interrupt within the few instructions of the assignment that puts the
attributes back, of leaving NumPy's `errstate`, or while another one is dealt with.
"""

import contextlib
import copy
import itertools
import linecache
import os
import pickle
import random
import sys
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from threadpoolctl import threadpool_info, threadpool_limits

import skmlp
from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp._training import Search
from skmlp.schedules import Constant

SOURCE = str(Path(skmlp.__file__).parent) + os.sep
N_SAMPLED = 16  # lines for each case and error
INTERRUPTED = "Training interrupted by user."

RNG = np.random.RandomState(0)
X = RNG.normal(size=(14, 2))
LABELS, NUMBERS = (X[:, 0] > 0).astype(int), X @ [1.0, -2.0]
COLOURS = np.where(X[:, 1] > 0, "red", "blue").astype(object)
TABLE = np.array([COLOURS, *X.T], dtype=object).T


# --- what is fitted ------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A call, and what of an interrupted one can be compared with shorter ones.

    Attributes
    ----------
    even : bool
        Whether all networks are equally far after an interrupt.

    resumed : bool
        Whether the next `partial_fit` draws what it would draw then, too.
    """

    Estimator: type
    parameters: dict
    start: str
    method: str = "fit"
    held: bool = False
    even: bool = True
    resumed: bool = False


SMALL = {"random_state": 0, "max_iter": 3, "batch_size": 5, "hidden_layer_sizes": (3,)}
EARLY = {"early_stopping": True, "validation_fraction": 0.3}
WARM = {"warm_start": True, "class_weight": {1: 2.0}}
BEST = {"standardize": True, "restore_best": True, "clip_norm": 0.1}
CASES = {
    "adam": Case(MLPClassifier, {}, "unfitted", resumed=True),
    "warm start": Case(MLPClassifier, WARM, "fitted", resumed=True),
    "early stopping": Case(
        MLPClassifier, {"solver": "sgd", "momentum": 0.5, "dropout": 0.3, **EARLY}, "unfitted"
    ),
    "validation data": Case(MLPRegressor, BEST, "fitted", held=True, resumed=True),
    "n_init": Case(MLPRegressor, {"n_init": 3, "solver": "sgd"}, "fitted", resumed=True),
    "one by one": Case(MLPClassifier, {"n_init": 2}, "fitted", even=False),
    "lbfgs": Case(
        MLPRegressor, {"solver": "lbfgs", "activation": "tanh"}, "fitted", held=True
    ),
    "first call": Case(MLPClassifier, {"dropout": 0.3}, "unfitted", "partial_fit"),
    "later call": Case(MLPRegressor, {"standardize": True}, "fitted", "partial_fit"),
    "table": Case(TabularMLPClassifier, {**EARLY, "n_networks": 1}, "unfitted"),
    "tables": Case(TabularMLPRegressor, {"n_networks": 2}, "fitted", held=True, even=False),
    "threads": Case(TabularMLPRegressor, {"n_networks": 2}, "unfitted", even=False),
}


def data_of(Estimator):
    features = TABLE if "Tabular" in Estimator.__name__ else X
    return features, LABELS if "Classifier" in Estimator.__name__ else NUMBERS


def arguments(case):
    """What the method is called with, writeable, so that a change would show."""
    features, y = (array.copy() for array in data_of(case.Estimator))
    given = {"X": features, "y": y, "sample_weight": np.linspace(0.5, 2, len(y))}
    if case.method == "partial_fit" and case.start == "unfitted":
        given["classes"] = [0, 1]
    if case.held:
        given |= {"X_val": features[::2].copy(), "y_val": y[::2].copy()}
    return given


def call(case, model, given):
    return getattr(model, case.method)(**given)


@contextlib.contextmanager
def around(name):
    """The engine set so that small data take the way of large ones."""
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(2, user_api="blas"):
        # A rate that depends on `max_iter` would tell a stopped training from a shorter one.
        patch.setattr("skmlp._recipe.SCHEDULE", Constant())
        if name == "one by one":
            patch.setattr("skmlp._training.STACK_BYTES", 1)
        if name == "threads":
            patch.setattr("skmlp._threads.FEWEST_ROWS", 1)
        yield


# --- errors at any line --------------------------------------------------------------------


class Bomb:
    """A trace function that raises an error at the n-th line of skmlp, counted from 1.

    Python handles signals when a function begins and after calls, so that none comes at a
    ``try``, or between the last statement of a ``with`` and its end, where the trace function
    is called again.

    Attributes
    ----------
    lines : list of (str, int)
        The lines that were run, by file and number.
    """

    def __init__(self, error=None, n=None):
        self.error, self.n = error, n
        self.lines, self.numbers = [], itertools.count(1)

    def enter(self, frame, event, arg):
        return self.step if frame.f_code.co_filename.startswith(SOURCE) else None

    def step(self, frame, event, arg):
        line = frame.f_code.co_filename, frame.f_lineno
        if event == "line" and not linecache.getline(*line).lstrip().startswith(
            ("with ", "try:")
        ):
            self.lines.append(line)
            if next(self.numbers) == self.n:  # one at a time, in whichever thread
                raise self.error
        return self.step

    @contextlib.contextmanager
    def set(self):
        """Trace this thread and those that begin; then as before, for coverage."""
        before, before_in_threads = sys.gettrace(), threading.gettrace()
        threading.settrace(self.enter)
        sys.settrace(self.enter)
        try:
            yield self
        finally:
            sys.settrace(before)
            threading.settrace(before_in_threads)


def surroundings():
    """All that a call might leave behind in the process."""
    return {
        "random numbers": pickle.dumps(np.random.get_state()),  # noqa: NPY002
        "errors": np.geterr(),
        "printing": np.get_printoptions(),
        "warnings": warnings.filters[:],
        "threads of BLAS": [info["num_threads"] for info in threadpool_info()],
        "configuration": sklearn.get_config(),
        "threads": threading.enumerate(),
    }


def attempt(case, model, error, n):
    """Call, with an error at the n-th line.

    Returns
    -------
    raised : None or Exception

    messages : list of str
        Of the warnings.
    """
    given, raised = arguments(case), None
    as_given, before = pickle.dumps(given), surroundings()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        filters = warnings.filters[:]
        try:
            with Bomb(error, n).set():
                call(case, model, given)
        except BaseException as exception:
            raised = exception
        assert warnings.filters == filters
    assert surroundings() == before
    assert pickle.dumps(given) == as_given
    return raised, [str(warning.message) for warning in caught]


def assert_as_before(model, before, content, predictions):
    assert vars(model).keys() == before.keys()
    assert [name for name, value in before.items() if vars(model)[name] is not value] == []
    assert pickle.dumps(model) == content
    features, _ = data_of(type(model))
    if predictions is None:
        with pytest.raises(NotFittedError):
            model.predict(features)
    else:
        np.testing.assert_array_equal(model.predict(features), predictions)


def assert_same(model, expected):
    """The same but for the time that it took."""
    assert vars(model).keys() == vars(expected).keys()
    features, _ = data_of(type(model))
    np.testing.assert_array_equal(model.predict(features), expected.predict(features))
    for name in model.history_.keys() - {"seconds"}:
        np.testing.assert_array_equal(model.history_[name], expected.history_[name], name)
    for name in vars(model).keys() - {"history_", "_memory", "_targets", "_model"}:
        np.testing.assert_equal(vars(model)[name], vars(expected)[name], name)


class Trial:
    """A case with all that results are compared with."""

    def __init__(self, case):
        self.case, self.start = case, self.start_of(case)
        fitted = hasattr(self.start, "history_")
        self.predictions = self.start.predict(data_of(case.Estimator)[0]) if fitted else None
        warm = case.parameters.get("warm_start")
        self.past = len(self.start.history_["loss"]) if warm else 0
        self.complete = call(case, self.fresh(), arguments(case))
        again = self.fresh()
        with Bomb().set() as bomb:  # the second time, when all that is cached is there
            call(case, again, arguments(case))
        self.lines = bomb.lines
        self.shorter = {}
        if case.even:
            self.shorter = {n: self.after(n) for n in (1, 2, 3)}

    def fresh(self, **parameters):
        return copy.deepcopy(self.start).set_params(**parameters)

    @staticmethod
    def start_of(case):
        """The estimator before the call: fitted on other samples, or not at all."""
        model = case.Estimator(**{**SMALL, **case.parameters})
        if case.start == "fitted":
            given = arguments(case)
            model.fit(given["X"][::-1], given["y"])
        return model

    def after(self, max_iter):
        """What an uninterrupted call of so many epochs leaves."""
        model = call(self.case, self.fresh(max_iter=max_iter), arguments(self.case))
        return model.set_params(max_iter=SMALL["max_iter"])

    def try_line(self, error, n):
        """Fail at the n-th line, and say what came of it."""
        model = self.fresh()
        before, content = vars(model).copy(), pickle.dumps(model)
        raised, messages = attempt(self.case, model, error, n)
        if raised is not None:
            assert error in (raised, raised.__cause__)  # the latter by `available_if`
            assert_as_before(model, before, content, self.predictions)
            return "raised"
        assert isinstance(error, KeyboardInterrupt)
        assert INTERRUPTED in messages
        self.check_interrupted(model)
        return "interrupted"

    def check_interrupted(self, model):
        """It is where a call with fewer epochs ends, and can do all that this can."""
        features, y = data_of(type(model))
        assert 1 <= model.n_iter_ <= SMALL["max_iter"]
        assert {len(v) for v in model.history_.values()} == {self.past + model.n_iter_}
        assert np.isfinite(model.predict(features)).all()
        loaded, expected = pickle.loads(pickle.dumps(model)), self.shorter.get(model.n_iter_)
        if expected:
            assert_same(model, expected)
        if not self.past:
            assert_same(call(self.case, loaded, arguments(self.case)), self.complete)
        if self.case.resumed:
            on, expected = (
                copy.deepcopy(m).partial_fit(features, y) for m in (model, expected)
            )
            assert_same(on, expected)


ERRORS = [KeyboardInterrupt, MemoryError]


def sampled(lines, seed):
    """Numbers of steps: different lines, each at one of the times that it is run."""
    rng, steps = random.Random(seed), {}
    for n, line in enumerate(lines, 1):
        steps.setdefault(line, []).append(n)
    return [rng.choice(steps[line]) for line in rng.sample(sorted(steps), N_SAMPLED)]


@pytest.fixture(params=CASES, scope="module")
def trial(request):
    with around(request.param), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield Trial(CASES[request.param])


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_error_at_any_line(trial, error):
    results = [trial.try_line(error("here"), n) for n in sampled(trial.lines, error.__name__)]
    assert "raised" in results
    interrupted = error is KeyboardInterrupt and trial.case.method == "fit"
    assert ("interrupted" in results) == interrupted


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_second_interrupt_is_passed_on_and_nothing_is_lost(monkeypatch):
    """The way out for a user whose training does not end at the first."""
    model = MLPClassifier(**SMALL).fit(X, LABELS)
    calls = iter(range(100))

    def scoring(estimator, X, y):
        if next(calls) == 2:
            raise KeyboardInterrupt
        return 0.5

    def interrupt_again(*args, **kwargs):
        raise KeyboardInterrupt

    model.set_params(scoring=scoring)
    before, weights = vars(model).copy(), pickle.dumps(model.coefs_)
    monkeypatch.setattr(warnings, "warn", interrupt_again)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, LABELS, X_val=X, y_val=LABELS)
    assert vars(model).items() == before.items()
    assert pickle.dumps(model.coefs_) == weights


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_an_iteration_that_was_undone_is_not_what_later_ones_are_compared_with(monkeypatch):
    """L-BFGS, interrupted between the score of an iteration and its end."""
    scores = iter([0.1, 0.2, 0.9, 0.2, 0.3, 0.4, 0.5, 0.6])
    settings = {"solver": "lbfgs", "warm_start": True, "early_stopping": True, "tol": 0.0}
    model = MLPClassifier(
        **{**SMALL, **settings, "max_iter": 4},
        n_iter_no_change=1,
        scoring=lambda *about: next(scores),
    )
    settle, calls = Search.settle, itertools.count(1)

    def interrupted(search):
        if next(calls) == 3:
            raise KeyboardInterrupt
        settle(search)

    monkeypatch.setattr(Search, "settle", interrupted)
    with pytest.warns(UserWarning, match=INTERRUPTED):
        model.fit(X, LABELS, X_val=X, y_val=LABELS)
    assert model.n_iter_ == 2
    assert model.fit(X, LABELS, X_val=X, y_val=LABELS).n_iter_ == 4


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for case_name in sys.argv[1:] or CASES:
        with around(case_name):
            everywhere = Trial(CASES[case_name])
            for kind in ERRORS:
                for step, place in enumerate(everywhere.lines, 1):
                    try:
                        everywhere.try_line(kind("here"), step)
                    except AssertionError as failure:
                        print(case_name, kind.__name__, step, *place, failure, flush=True)
