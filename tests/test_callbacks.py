"""scikit-learn's callbacks: what they are told, when, and what they may do."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.utils.validation import check_is_fitted
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])

X, LABELS = load_iris(return_X_y=True)
X = scale(X)
WEIGHTS = np.random.RandomState(0).uniform(0.1, 3, 150)
LEFT_BEHIND = {"_callback_fit_ctx", "_skl_callbacks_to_teardown", "_parent_callback_ctx"}
HELD = {"X_val": X[::3], "y_val": LABELS[::3]}


class Recorder:
    """Notes every call; may raise or stop at one of them.

    Parameters
    ----------
    act_at : (str, int)
        The hook, and which of its calls, counted from 1.

    action : exception or True
        What to raise there, or to return.
    """

    def __init__(self, act_at=(None, 0), action=True):
        self.act_at, self.action = act_at, action
        self.calls = []

    def note(self, hook, context, **given):
        task = (context.task_name, context.task_id)
        self.calls.append({"hook": hook, "task": task, **given})
        if (hook, self.count(hook)) != self.act_at:
            return None
        if self.action is True:
            return True
        raise self.action

    def count(self, hook):
        return sum(call["hook"] == hook for call in self.calls)

    def tasks(self, hook):
        return [call["task"] for call in self.calls if call["hook"] == hook]

    def setup(self, estimator, context):
        self.note("setup", context)

    def teardown(self, estimator, context):
        self.note("teardown", context)

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None, metadata=None):
        given = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        return self.note("on_fit_task_begin", context, **given)

    def on_fit_task_end(
        self, estimator, context, *, X=None, y=None, metadata=None, fitted_estimator=None
    ):
        given = {"estimator": estimator, "X": X, "y": y, "metadata": metadata}
        return self.note("on_fit_task_end", context, fitted=fitted_estimator, **given)


def small(Estimator=MLPClassifier, **parameters):
    return Estimator(
        **{"hidden_layer_sizes": (5,), "max_iter": 6, "random_state": 0, **parameters}
    )


def recorded(Estimator=MLPClassifier, *recorder, **parameters):
    recorder = Recorder(*recorder)
    return small(Estimator, **parameters).set_callbacks(recorder), recorder


# Wide enough that networks are trained one after the other.
WIDE = {"hidden_layer_sizes": (2000,)}
LBFGS = {"optimizer": "lbfgs"}
# name: (parameters, networks trained one after the other)
WAYS = {
    "adam": ({}, 1),
    "sgd": ({"optimizer": "sgd"}, 1),
    "lbfgs": (LBFGS, 1),
    "early stopping": ({"early_stopping": True}, 1),
    "restore_best": ({"restore_best": True, "learning_rate_init": 0.2}, 1),
    "restore_best of lbfgs": ({"restore_best": True, **LBFGS}, 1),
    "standardize": ({"standardize": True}, 1),
    "stops early": ({"tol": 1e9, "n_iter_no_change": 2}, 1),
    "a stack": ({"n_init": 3}, 1),
    "a stack that shrinks": ({"n_init": 3, "tol": 0.003, "n_iter_no_change": 1}, 1),
    "one after the other": ({"n_init": 2, **WIDE}, 2),
    "lbfgs twice": ({"n_init": 2, **LBFGS}, 2),
}
ways = pytest.mark.parametrize(("parameters", "n_trainings"), WAYS.values(), ids=WAYS)


# --- what is told --------------------------------------------------------------------------


@quiet
@kinds
@ways
def test_every_epoch_begins_and_ends(Estimator, parameters, n_trainings):
    model, recorder = recorded(Estimator, **parameters)
    model.fit(X, LABELS)
    hooks = [call["hook"] for call in recorder.calls]
    n_tasks = recorder.count("on_fit_task_begin") - 1
    epoch = ["on_fit_task_begin", "on_fit_task_end"]
    assert hooks == ["setup", epoch[0], *epoch * n_tasks, epoch[1], "teardown"]
    if n_trainings == 1 and model.n_init == 1:
        assert n_tasks == model.n_iter_
    elif n_trainings > 1:
        assert n_tasks == model.n_iter_ * n_trainings
    name = "iteration" if model.optimizer == "lbfgs" else "epoch"
    epochs = [(name, i) for i in range(n_tasks)]
    assert recorder.tasks("on_fit_task_begin") == [("fit", 0), *epochs]
    assert recorder.tasks("on_fit_task_end") == [*epochs, ("fit", 0)]


@quiet
@kinds
@ways
def test_callbacks_change_nothing(Estimator, parameters, n_trainings):
    model, _ = recorded(Estimator, **parameters)
    plain = small(Estimator, **parameters).fit(X, LABELS, **HELD)
    model.fit(X, LABELS, **HELD)
    assert vars(model).keys() - vars(plain).keys() == {"_skl_callbacks"}
    for ours, expected in zip(model.coefs_, plain.coefs_, strict=True):
        np.testing.assert_array_equal(ours, expected)
    np.testing.assert_array_equal(model.history_["loss"], plain.history_["loss"])


@quiet
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["", "weights"])
def test_hooks_get_what_fit_was_given(optimizer, weights):
    pd = pytest.importorskip("pandas")
    frame, labels = pd.DataFrame(X, columns=list("abcd")), pd.Series(LABELS)
    model, recorder = recorded(optimizer=optimizer)
    model.fit(frame, labels, weights)
    for call in recorder.calls:
        if "X" in call:
            assert call["estimator"] is model
            assert call["X"] is frame
            assert call["y"] is labels
            if weights is None:
                assert not call["metadata"]
            else:
                assert call["metadata"]["sample_weight"] is weights


@quiet
@kinds
@ways
def test_a_snapshot_is_what_a_shorter_fit_gives(Estimator, parameters, n_trainings):
    model, recorder = recorded(Estimator, **parameters)
    model.fit(X, LABELS, **HELD)
    snapshots = [call["fitted"] for call in recorder.calls if "fitted" in call]
    assert snapshots[0] is not model
    per_training = len(snapshots[:-1]) // n_trainings
    for max_iter, fitted in enumerate(snapshots[:per_training], start=1):
        check_is_fitted(fitted)
        n_init = 1 if n_trainings > 1 else model.n_init
        short = small(Estimator, **{**parameters, "n_init": n_init, "max_iter": max_iter})
        short.fit(X, LABELS, **HELD)
        np.testing.assert_allclose(fitted.predict(X), short.predict(X), rtol=1e-9)
        for name in ("n_iter_", "best_iter_", "loss_", "best_validation_score_"):
            if hasattr(short, name):
                assert getattr(fitted, name) == getattr(short, name)
        for name, values in short.history_.items():
            if name != "seconds":
                np.testing.assert_array_equal(fitted.history_[name], values)
    for fitted in snapshots[:-1]:
        for a, b in zip(fitted.coefs_, model.coefs_, strict=True):
            assert not np.shares_memory(a, b)
    np.testing.assert_array_equal(snapshots[-1].predict(X), model.predict(X))


@quiet
def test_a_snapshot_of_a_warm_start_has_the_whole_history():
    model, recorder = recorded(warm_start=True)
    model.fit(X, LABELS).fit(X, LABELS)
    snapshots = [call["fitted"] for call in recorder.calls if "fitted" in call]
    lengths = [len(fitted.history_["loss"]) for fitted in snapshots]
    assert lengths == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10, 11, 12, 12]
    for fitted, n in zip(snapshots, lengths, strict=True):
        np.testing.assert_array_equal(fitted.loss_curve_, model.loss_curve_[:n])


@quiet
@ways
def test_a_snapshot_of_several_networks_is_the_best_so_far(parameters, n_trainings):
    model, recorder = recorded(**parameters)
    model.fit(X, LABELS, **HELD)
    fitted = [call["fitted"] for call in recorder.calls if "fitted" in call][-2]
    for a, b in zip(fitted.coefs_, model.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (fitted.best_iter_, fitted.n_iter_) == (model.best_iter_, model.n_iter_)


@quiet
def test_partial_fit_does_not_call():
    model, recorder = recorded()
    model.partial_fit(X, LABELS, classes=[0, 1, 2]).partial_fit(X, LABELS, **HELD)
    assert recorder.calls == []


# --- stopping ------------------------------------------------------------------------------


@kinds
@ways
@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_a_callback_stops_the_training_without_a_warning(
    Estimator, parameters, n_trainings, epoch
):
    model, recorder = recorded(Estimator, ("on_fit_task_end", epoch), True, **parameters)
    model.fit(X, LABELS)
    assert model.n_iter_ <= epoch
    assert recorder.count("on_fit_task_end") == recorder.count("on_fit_task_begin")
    assert recorder.count("on_fit_task_end") == epoch + 1
    assert recorder.count("teardown") == 1
    short = small(Estimator, **{**parameters, "max_iter": epoch})
    if n_trainings > 1:  # only the first has begun
        short.set_params(n_init=1)
        assert np.isnan(model.init_scores_).tolist() == [False, True]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        short.fit(X, LABELS)
    for ours, expected in zip(model.coefs_, short.coefs_, strict=True):
        np.testing.assert_array_equal(ours, expected)


@quiet
def test_a_stop_in_the_second_of_two_trainings():
    model, recorder = recorded(MLPClassifier, ("on_fit_task_end", 8), True, n_init=3, **WIDE)
    model.fit(X, LABELS)
    assert np.isnan(model.init_scores_).tolist() == [False, False, True]
    assert recorder.count("on_fit_task_end") == 9


@quiet
def test_what_begin_returns_does_not_matter():
    model, _ = recorded(MLPClassifier, ("on_fit_task_begin", 2), True)
    assert model.fit(X, LABELS).n_iter_ == 6


# --- errors --------------------------------------------------------------------------------


class Own(Exception):
    """Not one that anybody else raises."""


FAILURES = [
    ("setup", 1),
    ("on_fit_task_begin", 1),
    ("on_fit_task_begin", 2),
    ("on_fit_task_begin", 4),
    ("on_fit_task_end", 1),
    ("on_fit_task_end", 3),
    ("on_fit_task_end", 7),  # that of the fit
]


@quiet
@pytest.mark.parametrize(("hook", "number"), FAILURES)
@pytest.mark.parametrize("name", ["adam", "lbfgs", "a stack", "restore_best"])
@pytest.mark.parametrize("fitted", [False, True], ids=["unfitted", "fitted"])
def test_an_estimator_whose_callback_raises_stays_as_it_was(hook, number, name, fitted):
    model = small(**WAYS[name][0])
    if fitted:
        model.fit(X, LABELS)
    before = snapshot(model)
    first, last = Recorder(), Recorder((hook, number), Own("here"))
    model.set_callbacks(first, last)
    with pytest.raises(Own, match="here"):
        model.fit(X, LABELS, **HELD)
    assert vars(model).pop("_skl_callbacks") == [first, last]
    assert_unchanged(model, before)
    for recorder in (first, last):
        assert recorder.count("setup") == recorder.count("teardown") == 1
        assert recorder.calls[-1]["hook"] == "teardown"
    assert model.set_callbacks().fit(X, LABELS).n_iter_ == 6


@quiet
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_an_error_of_another_kind_tears_down_as_well(optimizer):
    def scoring(estimator, X, y):
        raise Own

    model, recorder = recorded(optimizer=optimizer, scoring=scoring)
    with pytest.raises(Own):
        model.fit(X, LABELS, **HELD)
    assert recorder.count("setup") == recorder.count("teardown") == 1
    assert not LEFT_BEHIND & vars(model).keys()


@quiet
def test_bad_input_is_reported_before_any_call():
    model, recorder = recorded()
    with pytest.raises(ValueError, match="inconsistent"):
        model.fit(X, LABELS[1:])
    assert recorder.calls == []


@quiet
def test_an_error_in_teardown_is_passed_on_and_nothing_is_left_behind():
    model, _ = recorded(MLPClassifier, ("teardown", 1), Own())
    with pytest.raises(Own):
        model.fit(X, LABELS)
    assert not LEFT_BEHIND & vars(model).keys()


@quiet
@pytest.mark.parametrize(
    ("hook", "number"), [("on_fit_task_end", 3), ("on_fit_task_begin", 5)]
)
@pytest.mark.parametrize("n_init", [1, 3])
def test_an_interruption_of_a_callback_keeps_what_was_reached(hook, number, n_init):
    act_at, action = (hook, number), KeyboardInterrupt()
    model, recorder = recorded(MLPClassifier, act_at, action, n_init=n_init)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(X, LABELS)
    assert model.n_iter_ == len(model.history_["loss"]) == 3
    assert recorder.count("teardown") == 1


@quiet
@pytest.mark.parametrize("parameters", [{}, {"n_init": 2}, {"n_init": 2, **WIDE}], ids=str)
def test_every_begin_has_its_end_in_a_training_that_is_interrupted(parameters):
    calls = iter(range(100))

    def scoring(estimator, X, y):
        if next(calls) == 5:
            raise KeyboardInterrupt
        return 0.5

    model, recorder = recorded(scoring=scoring, **parameters)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(X, LABELS, **HELD)
    begun, ended = recorder.tasks("on_fit_task_begin"), recorder.tasks("on_fit_task_end")
    assert sorted(begun) == sorted(ended)


# --- clones, pickles -----------------------------------------------------------------------


@quiet
def test_clones_and_pickles_keep_their_callbacks():
    monitor = callback.ScoringMonitor(scoring="accuracy")
    model = small().set_callbacks(monitor)
    assert clone(model)._skl_callbacks == [monitor]
    for estimator in (model, model.fit(X, LABELS)):
        loaded = pickle.loads(pickle.dumps(estimator))
        (other,) = loaded._skl_callbacks
        loaded.fit(X, LABELS)
        assert len(other.get_logs().data) == 7
    np.testing.assert_array_equal(loaded.coefs_[0], model.coefs_[0])


@quiet
def test_a_snapshot_can_be_pickled_and_cloned():
    model, recorder = recorded()
    model.fit(X, LABELS)
    fitted = [call["fitted"] for call in recorder.calls if "fitted" in call][2]
    for other in (clone(fitted).set_callbacks().fit(X, LABELS), model):
        np.testing.assert_array_equal(other.predict(X), model.predict(X))
    del recorder.calls[:]
    loaded = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


# --- scikit-learn's own callbacks ----------------------------------------------------------


SCORING = {MLPClassifier: "accuracy", MLPRegressor: "r2"}


def own_callbacks(Estimator):
    pytest.importorskip("rich")
    monitor = callback.ScoringMonitor(scoring=SCORING[Estimator])
    return monitor, callback.ProgressBar(max_propagation_depth=None)


@quiet
@kinds
@ways
def test_scikit_learns_callbacks(Estimator, parameters, n_trainings, capsys):
    monitor, bar = own_callbacks(Estimator)
    model = small(Estimator, **parameters).set_callbacks(monitor, bar)
    model.fit(X, LABELS, WEIGHTS)
    # the fit, then its epochs
    scores = [row[SCORING[Estimator]] for row in monitor.get_logs().data]
    if model.n_init == 1:
        assert len(scores) == 1 + model.n_iter_
    expected = model.score(X, LABELS, WEIGHTS)
    np.testing.assert_allclose([scores[0], scores[-1]], expected)
    assert f"{Estimator.__name__} - fit" in capsys.readouterr().out
    assert not LEFT_BEHIND & vars(model).keys()


@quiet
@kinds
def test_in_a_pipeline(Estimator, capsys):
    monitor, bar = own_callbacks(Estimator)
    pipeline = make_pipeline(StandardScaler(), small(Estimator).set_callbacks(monitor))
    pipeline.set_callbacks(bar).fit(100 * X, LABELS)
    scores = [row[SCORING[Estimator]] for row in monitor.get_logs().data]
    assert len(scores) == 7
    np.testing.assert_allclose(scores[0], pipeline.score(100 * X, LABELS))
    assert f"{Estimator.__name__} - fit" in capsys.readouterr().out
    assert pipeline[-1]._skl_callbacks == [monitor]
    assert not LEFT_BEHIND & vars(pipeline[-1]).keys()


@quiet
@pytest.mark.parametrize(
    ("Estimator", "n_jobs"), [(MLPClassifier, 1), (MLPRegressor, 1), (MLPClassifier, 2)]
)
def test_in_a_grid_search(Estimator, n_jobs, capsys):
    monitor, bar = own_callbacks(Estimator)
    pipeline = make_pipeline(StandardScaler(), small(Estimator).set_callbacks(monitor))
    grid = {f"{pipeline.steps[-1][0]}__optimizer": ["adam", "lbfgs"]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs, error_score="raise")
    search.set_callbacks(bar).fit(X, LABELS)
    # two candidates, two splits and the last fit, of six epochs each
    assert len(monitor.get_logs().data) == (2 * 2 + 1) * 7
    assert f"{Estimator.__name__} - fit" in capsys.readouterr().out
    assert not LEFT_BEHIND & vars(search.best_estimator_[-1]).keys()
