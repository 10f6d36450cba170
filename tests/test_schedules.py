"""Every schedule by the same contracts; values by hand, and by PyTorch."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

from skmlp import MLPRegressor
from skmlp.schedules import (
    SCHEDULES,
    Adaptive,
    Constant,
    CosineDecay,
    CosineLog,
    ExponentialDecay,
    InvScaling,
    OneCycle,
    Plateau,
    Progress,
    Schedule,
    StepDecay,
    WarmedSchedule,
)

TORCH = json.loads(
    (Path(__file__).parent / "references" / "schedules.json").read_text(encoding="utf-8")
)


class Halving(Schedule):
    """A user's own schedule has `rate` and nothing else."""

    def rate(self, initial, progress):
        return initial * 0.5**progress.epoch


def can_warm(cls):
    return issubclass(cls, WarmedSchedule)


DEFAULT = [cls() for cls in SCHEDULES.values()]
WARMED = [cls(warmup=0.25) for cls in SCHEDULES.values() if can_warm(cls)]
HORIZON = [
    CosineDecay(),
    CosineDecay(final=0.2, warmup=1),
    Constant(warmup=0.5),
    OneCycle(),
    OneCycle(rise=0, start=1, final=0),
    OneCycle(rise=1, start=0, final=1),
    OneCycle(rise=0.9),
]
OTHER = [
    InvScaling(power_t=2),
    InvScaling(power_t=np.int64(2)),
    InvScaling(power_t=1e9),
    Plateau(factor=0.5, min_rate=0),
    ExponentialDecay(decay=1),
    StepDecay(factor=0.5, every=3),
    Halving(),
]
every = pytest.mark.parametrize("schedule", DEFAULT + WARMED + HORIZON + OTHER, ids=str)


def progress(**more):
    return Progress(**{"plateaus": np.zeros(3, dtype=int), **more})


def moments():
    """Progress in the middle of a training, at its limits, and far beyond."""
    for total_steps in (0, 1, 2, 3, 100):
        for step in (0, 1, 2, 50, 99, 100, 101, 10**6):
            plateaus = np.array([0, 1, min(step, 1000)])
            counts = {"step": step, "epoch": step // 10, "samples": step * 7}
            yield progress(plateaus=plateaus, total_steps=total_steps, **counts)


@every
def test_is_pure(schedule):
    before = vars(clone(schedule))
    for now in moments():
        same = replace(now, plateaus=now.plateaus.copy())
        first = schedule.rate(1, now)
        np.testing.assert_array_equal(schedule.rate(1, same), first)
        np.testing.assert_array_equal(now.plateaus, same.plateaus)
    assert vars(schedule) == before


@every
def test_is_finite_and_at_most_the_initial_rate(schedule):
    for now in moments():
        rate = np.asarray(schedule.rate(0.1, now))
        assert rate.shape in [(), (3,)]
        assert np.isfinite(rate).all()
        assert (rate >= 0).all()
        assert (rate <= 0.1).all()


@every
def test_starts_at_the_initial_rate_where_there_is_no_horizon(schedule):
    np.testing.assert_array_equal(schedule.rate(1, progress()), 1)


@pytest.mark.parametrize("schedule", HORIZON, ids=str)
def test_is_constant_without_a_horizon_and_beyond_it(schedule):
    for step in (1, 50, 10**6):
        assert schedule.rate(0.1, progress(step=step)) == 0.1
    for total_steps in (1, 2, 3, 100):
        at_end, beyond = (
            schedule.rate(0.1, progress(step=step, total_steps=total_steps))
            for step in (total_steps, 10 * total_steps)
        )
        assert at_end == beyond


@every
def test_changes_within_an_epoch_only_where_it_says_so(schedule):
    rates = [
        schedule.rate(1, progress(step=step, epoch=2, samples=500, total_steps=100))
        for step in range(20, 30)
    ]
    if not schedule.per_step:
        assert len(np.unique(rates, axis=0)) == 1
    elif type(schedule) is not Halving:
        assert len(np.unique(rates, axis=0)) > 1


@pytest.mark.parametrize("name", sorted(SCHEDULES))
def test_per_step(name):
    cls = SCHEDULES[name]
    assert cls().per_step == (cls in (CosineDecay, CosineLog, OneCycle))
    assert ("warmup" in cls().get_params()) == (cls is not OneCycle)
    if can_warm(cls):
        assert cls(warmup=0.1).per_step


@pytest.mark.parametrize("warmed", WARMED, ids=str)
def test_warmup_multiplies_the_rate(warmed):
    cold = clone(warmed).set_params(warmup=0.0)
    for step in (0, 1, 12, 24, 25, 99, 100, 1000):
        now = progress(
            step=step, epoch=step // 10, samples=step, total_steps=100, plateaus=np.arange(3)
        )
        np.testing.assert_allclose(
            warmed.rate(0.1, now), cold.rate(0.1, now) * min(1, (step + 1) / 25), rtol=1e-14
        )
        now.total_steps = 0
        np.testing.assert_array_equal(warmed.rate(0.1, now), cold.rate(0.1, now))


@every
def test_stops_says_so_for_every_network(schedule):
    stops = schedule.stops(0.1, progress(plateaus=np.array([0, 1, 2000])))
    assert stops.shape == (3,)
    assert stops.dtype == bool
    assert stops[2]


@pytest.mark.parametrize(
    ("schedule", "initial", "expected"),
    [
        (Constant(), 1, [True, True]),
        (CosineDecay(), 1, [True, True]),
        (Halving(), 1, [True, True]),
        (Adaptive(), 1e-3, [False] * 5 + [True]),
        (Adaptive(), 1e-6, [True]),
        (Plateau(), 1e-3, [False, False, True, True]),
        (Plateau(), 1.1e-5, [False, True]),
        (Plateau(factor=0.5, min_rate=0.1), 0.3, [False, True]),
        (Plateau(factor=0.5, min_rate=0.1), 0.2, [True]),
        (Plateau(min_rate=0), 1e-300, [False]),
        (Plateau(min_rate=0), 5e-324, [True]),
    ],
)
def test_stops(schedule, initial, expected):
    now = progress(plateaus=np.arange(len(expected)))
    np.testing.assert_array_equal(schedule.stops(initial, now), expected)


@pytest.mark.parametrize("warmed", WARMED, ids=str)
def test_warmup_does_not_make_a_plateau_the_last(warmed):
    cold = clone(warmed).set_params(warmup=0.0)
    now = progress(step=1, total_steps=10**6, plateaus=np.arange(8))
    for initial in (1, 1e-3, 1e-5):
        np.testing.assert_array_equal(warmed.stops(initial, now), cold.stops(initial, now))


@pytest.mark.parametrize("cls", [Adaptive, Plateau])
def test_warmup_does_not_shorten_a_training(cls):
    X = np.random.default_rng(0).normal(size=(50, 2))
    settings = {"hidden_layer_sizes": (3,), "tol": 1, "n_iter_no_change": 2, "random_state": 0}
    cold, warmed = (
        MLPRegressor(learning_rate=cls(warmup=warmup), max_iter=1000, **settings)
        .fit(X, X[:, 0])
        .n_iter_
        for warmup in (0, 0.5)
    )
    assert cold == warmed


PLATEAUS = {"plateaus": np.array([0, 1, 2])}


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (Constant(), {"epoch": 9, "samples": 99}, 1),
        (Constant(warmup=0.1), {"step": 0, "total_steps": 100}, 0.1),
        (Constant(warmup=0.1), {"step": 9, "total_steps": 100}, 1),
        (Constant(warmup=0.001), {"step": 0, "total_steps": 100}, 1),
        (InvScaling(), {"epoch": 0, "samples": 99}, 1),
        (InvScaling(), {"epoch": 1, "samples": 99}, 0.1),
        (InvScaling(power_t=2), {"epoch": 3, "samples": 1}, 0.25),
        (Adaptive(), PLATEAUS, [1, 1 / 5, 1 / 5 / 5]),
        (Adaptive(warmup=1), {"step": 1, "total_steps": 4, **PLATEAUS}, [0.5, 0.1, 0.02]),
        (Plateau(), PLATEAUS, [1, 0.1, 0.01]),
        (Plateau(factor=0.5), PLATEAUS, [1, 0.5, 0.25]),
        (ExponentialDecay(), {"epoch": 2, "step": 99}, 0.9025),
        (ExponentialDecay(decay=0.5), {"epoch": 10}, 1 / 1024),
        (StepDecay(), {"epoch": 9}, 1),
        (StepDecay(), {"epoch": 10}, 0.1),
        (StepDecay(factor=0.5, every=2), {"epoch": 5}, 0.25),
        (CosineDecay(), {"step": 0, "total_steps": 12}, 1),
        (CosineDecay(), {"step": 4, "total_steps": 12}, 0.75),
        (CosineDecay(), {"step": 12, "total_steps": 12}, 0),
        (CosineDecay(final=0.2), {"step": 6, "total_steps": 12}, 0.6),
        (CosineDecay(final=0.2), {"step": 99, "total_steps": 12}, 0.2),
        (CosineDecay(warmup=1), {"step": 3, "total_steps": 12}, (2 + 2**0.5) / 12),
        (OneCycle(), {"step": 0, "total_steps": 100}, 0.04),
        (OneCycle(), {"step": 29, "total_steps": 100}, 1),
        (OneCycle(), {"step": 64, "total_steps": 100}, 0.500002),
        (OneCycle(), {"step": 99, "total_steps": 100}, 4e-6),
        (OneCycle(), {"step": 0, "total_steps": 1}, 1),
    ],
)
def test_values(schedule, now, expected):
    now = progress(**now)
    for initial in (1, 0.3):
        np.testing.assert_allclose(
            schedule.rate(initial, now), initial * np.array(expected), rtol=1e-14
        )


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("OneCycleLR", OneCycle()),
        ("OneCycleLR, other parameters", OneCycle(rise=0.51, start=0.1, final=0.02)),
        ("CosineAnnealingLR", CosineDecay()),
        ("CosineAnnealingLR, eta_min", CosineDecay(final=0.25)),
        ("ExponentialLR", ExponentialDecay()),
        ("StepLR", StepDecay()),
        ("StepLR, other parameters", StepDecay(factor=0.5, every=3)),
        ("LinearLR", Constant(warmup=0.25)),
        ("LinearLR and CosineAnnealingLR", CosineDecay(warmup=0.25)),
    ],
)
def test_rates_are_those_of_torch(name, schedule):
    n_steps = TORCH["n_steps"]
    rates = [
        schedule.rate(TORCH["initial"], progress(step=i, epoch=i, total_steps=n_steps))
        for i in range(n_steps)
    ]
    np.testing.assert_allclose(rates, TORCH["rates"][name], rtol=1e-12, atol=1e-16)


def wave(step, total_steps, **parameters):
    now = Progress(plateaus=np.zeros(1), step=step, total_steps=total_steps)
    return CosineLog(**parameters).rate(0.2, now)


@pytest.mark.parametrize("cycles", [1, 2, 4])
def test_waves_of_the_rate_by_hand(cycles):
    """Wave k ends where 1 + (2^cycles - 1) s = 2^k, and is up halfway in the logarithm."""
    total_steps = 10**9
    for k in range(cycles):
        for part, share in ((0, 0), (0.25, 0.5), (0.5, 1), (0.75, 0.5), (1, 0)):
            step = round((2 ** (k + part) - 1) / (2**cycles - 1) * total_steps)
            assert wave(step, total_steps, cycles=cycles) == pytest.approx(
                0.2 * share, abs=1e-7
            )


def test_limits_of_the_rate():
    assert [wave(step, 15) for step in (0, 1, 3, 7, 15)] == pytest.approx([0] * 5, abs=1e-15)
    assert wave(16, 15) == wave(10**9, 15) == wave(15, 15)  # beyond the last step
    assert wave(5, 0) == 0.2  # outside of a training
    assert wave(0, 1) == 0.2  # the only step: with 0, nothing would be trained
    assert wave(2, 15) == pytest.approx(0.2 * (1 - np.cos(2 * np.pi * np.log2(3))) / 2)
    assert wave(0, 15, warmup=0.5) == 0
    warmed = wave(4, 15, warmup=2 / 3)
    assert warmed == pytest.approx(wave(4, 15) / 2)
