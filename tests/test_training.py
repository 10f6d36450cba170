"""The epoch loop: stacks of networks, stopping, what is remembered."""

import dataclasses

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning

from skmlp._callbacks import NoCallbacks
from skmlp._evaluation import Validation
from skmlp._memory import Memory
from skmlp._network import Network
from skmlp._run import Plan, Run
from skmlp._training import Search, minimize, train, train_once
from skmlp.activations import ReLU, Tanh
from skmlp.losses import SquaredError
from skmlp.optimizers import LBFGS, SGD, Adam
from skmlp.schedules import Adaptive, Constant

N_SAMPLES, SIZES = 53, (5, 4, 6, 2)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N_SAMPLES, SIZES[0]))
Y = np.stack([np.sin(X[:, 0]), X[:, 1] * X[:, 2]], axis=1)
FOLDS = np.stack([np.arange(N_SAMPLES) % 3 != fold for fold in range(3)]).astype(float)

PLAN = Plan(
    X=X,
    y=Y,
    sample_weight=None,
    rows=None,
    network=Network(SIZES, [Tanh(), ReLU()]),
    loss=SquaredError(),
    optimizer=Adam(),
    schedule=Constant(),
    validation=None,
    early_stopping=False,
    restore_best=False,
    dropout=[0.0, 0.0],
    clip_norm=None,
    alpha=0.1,
    learning_rate_init=0.01,
    batch_size=20,
    max_iter=12,
    max_fun=1000,
    shuffle=True,
    tol=1e-4,
    n_iter_no_change=100,
    verbose=False,
    criteria=(None, None),
)


def start(n_networks=3):
    n_parameters = PLAN.network.n_parameters
    return np.random.default_rng(1).normal(scale=0.5, size=(n_networks, n_parameters))


def make_run(theta, **changes):
    plan = dataclasses.replace(PLAN, **changes)
    memory = Memory.blank(plan, theta)
    memory.generator = np.random.default_rng(2)
    return Run(plan, theta.copy(), memory, np.random.RandomState(0))


def run_training(theta, **changes):
    return train([make_run(theta, **changes)], NoCallbacks())


def by_score(score):
    """Changes of the plan: stop by this function of the parameters."""
    validation = Validation(
        X=X,
        y=Y,
        sample_weight=None,
        rows=None,
        network=PLAN.network,
        loss=PLAN.loss,
        scoring="a test",
        score=lambda vector, raw, loss: score(vector),
    )
    return {"validation": validation, "early_stopping": True, "restore_best": True}


def negative_norm(theta):
    """A score that differs between networks and peaks on the way."""
    return -abs(np.linalg.norm(theta) - 4)


CHANGES = {
    "adam": {},
    "float32": {"X": X.astype(np.float32), "y": Y.astype(np.float32)},
    "sgd, whole sample": {"optimizer": SGD(), "batch_size": N_SAMPLES},
    "in order": {"shuffle": False},
    "held-out rows": {"rows": np.arange(0, N_SAMPLES, 2)},
    "sparse": {"X": sparse.csr_array(X)},
    "shared weights": {"sample_weight": RNG.uniform(0.1, 3, N_SAMPLES)},
    "folds": {"sample_weight": FOLDS},
    "stop at different epochs": {"tol": 0.02, "n_iter_no_change": 2, "max_iter": 200},
    "stop by score": {**by_score(negative_norm), "n_iter_no_change": 3, "max_iter": 60},
    "restore the lowest loss": {"restore_best": True, "max_iter": 30, "batch_size": 3},
    "dropout": {"dropout": [0.4, 0.2]},
    "clipped": {"clip_norm": 0.5},
    "folds that stop": {"sample_weight": FOLDS, "tol": 0.02, "n_iter_no_change": 2},
    "rates that differ until all stop": {
        "schedule": Adaptive(),
        "optimizer": SGD(),
        "learning_rate_init": 0.001,
        "tol": 3e-4,
        "n_iter_no_change": 1,
        "max_iter": 150,
    },
    "rates that differ": {
        "schedule": Adaptive(),
        "optimizer": SGD(),
        "tol": 0.01,
        "n_iter_no_change": 2,
        "max_iter": 40,
    },
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_a_stack_of_three_equals_three_fits(changes):
    dtype = np.result_type(changes.get("X", X).dtype)
    theta = start().astype(dtype)
    together = run_training(theta, **changes)
    tolerance = 1e-9 if dtype == np.float64 else 1e-3
    for i in range(3):
        mine = dict(changes)
        if np.ndim(mine.get("sample_weight")) == 2:
            mine["sample_weight"] = mine["sample_weight"][i]
        (alone,), mine = run_training(theta[i : i + 1], **mine), together[i]
        close = {"rtol": tolerance, "atol": tolerance}
        np.testing.assert_allclose(mine.vector, alone.vector, **close)
        np.testing.assert_allclose(mine.latest, alone.latest, **close)
        np.testing.assert_allclose(mine.score, alone.score, **close)
        assert (mine.best_iter, mine.converged) == (alone.best_iter, alone.converged)
        assert mine.history.keys() == alone.history.keys()
        for name in mine.history.keys() - {"seconds"}:
            np.testing.assert_allclose(mine.history[name], alone.history[name], **close)
        for name, state in mine.memory.state.items():
            np.testing.assert_allclose(state, alone.memory.state[name], **close)


def test_the_stopping_cases_do_stop_at_different_epochs():
    for name in (
        "stop at different epochs",
        "stop by score",
        "folds that stop",
        "rates that differ until all stop",
    ):
        outcomes = run_training(start(), **CHANGES[name])
        assert len({len(outcome.history["loss"]) for outcome in outcomes}) > 1
    outcomes = run_training(start(), **CHANGES["rates that differ"])
    rates = [outcome.history["learning_rate"] for outcome in outcomes]
    assert len({tuple(curve[: min(map(len, rates))]) for curve in rates}) > 1


def test_result_is_that_of_the_best_score():
    outcomes = run_training(start(), **CHANGES["stop by score"])
    for outcome in outcomes:
        scores = outcome.history["val_score"]
        assert negative_norm(outcome.vector) == outcome.score == scores.max()
        assert outcome.best_iter == 1 + scores.argmax()
    assert any(outcome.best_iter < len(outcome.history["loss"]) for outcome in outcomes)


@pytest.mark.parametrize("n_iter_no_change", [1, 4])
def test_a_run_that_never_improves_has_two_more_epochs(n_iter_no_change):
    (outcome,) = run_training(
        start(1), tol=1e9, n_iter_no_change=n_iter_no_change, max_iter=50
    )
    assert len(outcome.history["loss"]) == n_iter_no_change + 2


def test_a_score_of_nan_never_wins():
    scores = iter([0.5, np.nan, 0.4, np.nan, np.nan, 0.3])
    changes = by_score(lambda theta: next(scores))
    (outcome,) = run_training(start(1), **changes, n_iter_no_change=4, max_iter=50)
    assert (outcome.score, outcome.best_iter) == (0.5, 1)
    assert len(outcome.history["loss"]) == 6


def test_a_score_of_nan_does_not_hide_a_later_improvement():
    scores = iter([0.5, np.nan, 0.9, *np.full(20, 0.1)])
    changes = by_score(lambda theta: next(scores))
    (outcome,) = run_training(start(1), **changes, n_iter_no_change=4, max_iter=50)
    assert (outcome.score, outcome.best_iter) == (0.9, 3)
    assert len(outcome.history["loss"]) == 3 + 5


def test_a_constant_score_is_no_plateau_without_a_tolerance():
    """As in scikit-learn, which asks for a score below best + tol."""
    changes = by_score(lambda theta: 0.5)
    (outcome,) = run_training(start(1), **changes, tol=0, n_iter_no_change=1)
    assert len(outcome.history["loss"]) == PLAN.max_iter


def test_verbose_tells_why_it_goes_on_or_stops(capsys):
    changes = dict(CHANGES["rates that differ until all stop"], verbose=True)
    run_training(start(1), **changes)
    plateaus = [line for line in capsys.readouterr().out.splitlines() if "tol=" in line]
    why = "Training loss did not improve more than tol=0.000300 for 1 consecutive epochs. "
    assert plateaus[0] == why + "Setting learning rate to 0.000200"
    assert plateaus[-1] == why + "Stopping."


def test_epochs_with_a_kept_memory_are_one_training():
    (whole,) = run_training(start(1), max_iter=6)
    theta = start(1)
    memory = Memory.blank(PLAN, theta)
    random_state, order = np.random.RandomState(0), np.arange(N_SAMPLES)
    for _ in range(6):
        random_state.shuffle(order)
        plan = dataclasses.replace(PLAN, rows=order, shuffle=False)
        (outcome,) = train_once(Run(plan, theta, memory, None))
        theta, memory = outcome.latest[None], outcome.memory
    np.testing.assert_allclose(outcome.vector, whole.vector, rtol=1e-12)
    assert memory.progress.epoch == 6
    assert memory.progress.samples == 6 * N_SAMPLES


def test_plan_is_never_changed():
    rows = np.arange(0, N_SAMPLES, 2)
    before = rows.copy()
    run_training(start(), rows=rows)
    np.testing.assert_array_equal(rows, before)


def test_interruption_keeps_what_was_reached():
    scores = iter([0.1, 0.2])  # and then the interruption, before the epoch is complete

    def score(theta):
        try:
            return next(scores)
        except StopIteration:
            raise KeyboardInterrupt from None

    with pytest.warns(UserWarning, match="Training interrupted by user"):
        (outcome,) = run_training(start(1), **by_score(score))
    assert {len(values) for values in outcome.history.values()} == {2}
    assert np.isfinite(outcome.vector).all()
    assert outcome.converged


def test_interruption_of_the_first_epoch_is_passed_on():
    class Interrupted(SGD):
        def step(self, theta, gradient, state, rate, t):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_training(start(1), optimizer=Interrupted())


def test_lbfgs_reaches_a_minimum_and_tells_of_every_iteration():
    theta = start(1)
    plan = dataclasses.replace(PLAN, optimizer=LBFGS(), max_iter=500, tol=1e-6)
    outcome = minimize(plan, theta.copy(), Memory.blank(plan, theta), NoCallbacks())
    history = outcome.history
    assert len(history["loss"]) == len(history["seconds"]) == outcome.best_iter
    assert history["loss"][-1] == outcome.loss
    assert (np.diff(history["loss"]) <= 0).all()
    _, gradient = Search(
        plan, theta, Memory.blank(plan, theta), NoCallbacks()
    ).value_and_gradient(outcome.vector)
    np.testing.assert_allclose(history["gradient_norm"][-1], np.linalg.norm(gradient))
    assert history["gradient_norm"][-1] < history["gradient_norm"][0] / 10
    assert outcome.converged


def test_lbfgs_that_runs_out_of_iterations_says_so():
    plan = dataclasses.replace(PLAN, optimizer=LBFGS(), max_iter=3, tol=0)
    outcome = minimize(plan, start(1), Memory.blank(plan, start(1)), NoCallbacks())
    assert not outcome.converged
    with pytest.warns(ConvergenceWarning, match="(?s)lbfgs failed to converge.*a hint"):
        outcome.warn("a hint")
