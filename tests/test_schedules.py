"""Every schedule by the same contracts; values by hand."""

import numpy as np
import pytest

from skmlp.schedules import SCHEDULES, Adaptive, Constant, InvScaling, Progress

every = pytest.mark.parametrize("name", sorted(SCHEDULES))


def progress(**more):
    return Progress(**{"plateaus": np.zeros(3, dtype=int), **more})


@every
def test_starts_at_the_initial_rate(name):
    np.testing.assert_array_equal(SCHEDULES[name]().rate(1, progress()), 1)


@every
def test_is_pure(name):
    now = progress(step=50, epoch=5, samples=1000, plateaus=np.array([0, 1, 2]))
    schedule = SCHEDULES[name]()
    first = schedule.rate(1, now)
    np.testing.assert_array_equal(first, schedule.rate(1, now))
    assert np.broadcast_to(first, 3).shape == (3,)


@every
def test_stops_says_so_for_every_network(name):
    stops = SCHEDULES[name]().stops(np.array([1e-3, 1e-6, 1e-9]))
    assert stops.shape == (3,)
    assert stops.dtype == bool
    assert stops[1:].all()


@pytest.mark.parametrize(
    ("schedule", "now", "expected"),
    [
        (Constant(), progress(epoch=9, samples=99), 1),
        (InvScaling(), progress(epoch=0, samples=99), 1),
        (InvScaling(), progress(epoch=1, samples=99), 0.1),
        (InvScaling(power_t=2), progress(epoch=3, samples=1), 0.25),
        (Adaptive(), progress(plateaus=np.array([0, 1, 2])), [1, 1 / 5, 1 / 5 / 5]),
    ],
)
def test_values(schedule, now, expected):
    np.testing.assert_allclose(schedule.rate(1, now), expected, rtol=1e-15)
    np.testing.assert_allclose(schedule.rate(0.3, now), 0.3 * np.array(expected), rtol=1e-15)


def test_adaptive_goes_on_above_the_smallest_rate():
    np.testing.assert_array_equal(Adaptive().stops(np.array([1e-3, 1e-6])), [False, True])
