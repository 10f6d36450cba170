"""Threads for networks, one for BLAS: what is counted, restored and passed on."""

import concurrent.futures
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Thread, current_thread

import numpy as np
import pytest
from sklearn import config_context, get_config
from threadpoolctl import threadpool_info, threadpool_limits

from skmlp import TabularMLPClassifier, TabularMLPRegressor
from skmlp._sklearn import _get_threadpool_controller
from skmlp._threads import FEWEST_ROWS, BlasLimit, single_threaded_blas, threads

WAIT = 30  # seconds, after which a test that hangs fails
ROWS = FEWEST_ROWS  # from which on there are threads


def blas_threads():
    return {info["num_threads"] for info in threadpool_info() if info["user_api"] == "blas"}


@pytest.fixture(autouse=True, params=[1, 2, 3], ids="BLAS has {}".format)
def n_threads(request):
    """Whatever the environment says, and checked afterwards."""
    with threadpool_limits(request.param, user_api="blas"):
        if blas_threads() != {request.param}:
            pytest.skip("BLAS does not let its threads be set")
        yield request.param
        assert blas_threads() == {request.param}


# --- one thread for BLAS -------------------------------------------------------------------


def test_one_thread_and_then_as_many_as_before(n_threads):
    with single_threaded_blas() as yielded:
        assert yielded == n_threads
        assert blas_threads() == {1}


def test_nested_users_are_counted(n_threads):
    with single_threaded_blas() as outer:
        with single_threaded_blas() as inner:
            assert inner == outer == n_threads
        assert blas_threads() == {1}


def test_users_that_overlap_are_counted(n_threads):
    """The first to come is the first to go."""
    limit = BlasLimit()
    assert limit.acquire("first") == limit.acquire("second") == n_threads
    limit.release("first")
    assert blas_threads() == {1}
    limit.release("second")
    assert blas_threads() == {n_threads}
    assert limit.acquire("first") == n_threads
    limit.release("first")


def test_users_in_threads_of_their_own(n_threads):
    """The thread that has set the limit is not the one that lifts it, and lives on."""
    here, there, gone = Event(), Event(), Event()

    def first():
        with single_threaded_blas():
            here.set()
            there.wait(WAIT)
        gone.set()

    def second():
        here.wait(WAIT)
        with single_threaded_blas():
            there.set()
            gone.wait(WAIT)
            return blas_threads()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert pool.submit(second).result() == {1}
        assert blas_threads() == {n_threads}


def test_others_may_set_limits_afterwards(n_threads):
    with single_threaded_blas():
        pass

    def set_one():
        with threadpool_limits(n_threads + 1, user_api="blas"):
            return blas_threads()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(set_one).result() == {n_threads + 1}


def test_the_number_is_that_of_the_moment(n_threads):
    limit = BlasLimit()
    limit.acquire("first")
    limit.release("first")
    with threadpool_limits(n_threads + 1, user_api="blas"):
        assert limit.acquire("second") == n_threads + 1
        limit.release("second")
        assert blas_threads() == {n_threads + 1}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_lifts_the_limit(error, n_threads):
    with pytest.raises(error), single_threaded_blas():
        raise error
    assert blas_threads() == {n_threads}
    with pytest.raises(error), threads(4, ROWS):
        raise error
    assert blas_threads() == {n_threads}


def test_many_users_at_once(n_threads):
    def use(i):
        with single_threaded_blas() as yielded:
            time.sleep(0.001 * (i % 3))
            return yielded, blas_threads()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(use, range(40))) == [(n_threads, {1})] * 40
    assert blas_threads() == {n_threads}


# --- threads for tasks ---------------------------------------------------------------------


@pytest.mark.parametrize("n_tasks", [1, 2, 5])
def test_results_are_in_order(n_tasks):
    def slow_at_first(i):
        time.sleep(0.01 * (n_tasks - i))
        return i

    with threads(n_tasks, ROWS) as thread_map:
        results = thread_map(slow_at_first, range(n_tasks))
        assert results == list(range(n_tasks))
        assert thread_map(str, range(n_tasks)) == list(map(str, range(n_tasks)))


def test_no_threads_for_few_rows():
    with threads(3, FEWEST_ROWS - 1) as thread_map:
        assert thread_map(lambda i: current_thread(), range(3)) == [current_thread()] * 3


@pytest.mark.parametrize("n_tasks", [1, 2, 5])
def test_as_many_threads_as_blas_would_have(n_tasks, n_threads):
    width = min(n_tasks, n_threads)
    meeting = Barrier(width)

    def meet(i):
        meeting.wait(WAIT)  # passed only if as many are here
        return current_thread()

    with threads(n_tasks, ROWS) as thread_map:
        used = thread_map(meet, range(width))
        assert len(set(used)) == width
        assert (used == [current_thread()]) == (width == 1)
        used = thread_map(lambda i: current_thread(), range(20))
        assert len(set(used)) <= width


def test_tasks_see_what_the_caller_has_set():
    with np.errstate(over="raise"), config_context(enable_metadata_routing=True):
        expected = np.geterr(), get_config()
        with threads(3, ROWS) as thread_map:
            for seen in thread_map(lambda i: (np.geterr(), get_config()), range(3)):
                assert seen == expected


def test_a_task_keeps_its_settings_to_itself():
    before = np.geterr(), get_config()

    def set_some(i):
        np.seterr(over="raise")

    with threads(3, ROWS) as thread_map, np.errstate():
        thread_map(set_some, range(3))
    assert (np.geterr(), get_config()) == before


class Own(Exception):
    """Not one that anybody else raises."""


@pytest.mark.parametrize("error", [Own, KeyboardInterrupt, StopIteration, MemoryError])
def test_an_error_of_a_task_is_passed_on(error):
    def fail(i):
        if i == 1:
            raise error("here")

    with pytest.raises(error, match="here"), threads(3, ROWS) as thread_map:
        thread_map(fail, range(3))


def test_no_task_is_at_work_when_an_error_arrives(n_threads):
    """Else an interrupted training would be read while it goes on."""
    begun, finished = Event(), []

    def task(i):
        if i == 0 and n_threads > 1:
            begun.wait(WAIT)
        if i == 0:
            raise KeyboardInterrupt
        begun.set()
        time.sleep(0.1)
        finished.append(i)

    with threads(2, ROWS) as thread_map:
        with pytest.raises(KeyboardInterrupt):
            thread_map(task, range(2))
        assert finished == ([1] if n_threads > 1 else [])


def test_no_task_is_at_work_after_several_interrupts(monkeypatch):
    """Of which the later ones come while the first waits for the tasks."""
    finished, interrupts = [], [KeyboardInterrupt("second"), KeyboardInterrupt("third")]

    def wait(futures):
        if interrupts:
            raise interrupts.pop(0)
        return concurrent.futures.wait(futures)

    def task(i):
        if i == 0:
            raise KeyboardInterrupt("first")
        time.sleep(0.1)
        finished.append(i)

    monkeypatch.setattr("skmlp._threads.wait", wait)
    with threads(3, ROWS) as thread_map:
        with pytest.raises(KeyboardInterrupt):
            thread_map(task, range(3))
        left = len(finished)
        time.sleep(0.3)
        assert len(finished) == left


@pytest.mark.parametrize("n_rows", [1, ROWS])
def test_all_is_done_at_once(n_rows):
    """Not when the results are asked for."""
    calls = []
    with threads(3, n_rows) as thread_map:
        assert thread_map(calls.append, range(3)) == [None] * 3
    assert sorted(calls) == [0, 1, 2]


# --- in fits and predictions ---------------------------------------------------------------

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = {TabularMLPClassifier: (X[:, 0] > 0).astype(int), TabularMLPRegressor: X[:, 0]}
kinds = pytest.mark.parametrize("Estimator", Y)


@pytest.fixture
def few_rows(monkeypatch):
    """Threads for small data too."""
    monkeypatch.setattr("skmlp._threads.FEWEST_ROWS", 1)


in_threads = pytest.mark.usefixtures("few_rows")


def small(Estimator, **parameters):
    settings = {"hidden_layer_sizes": (8,), "n_networks": 3, "max_iter": 3, "random_state": 0}
    return Estimator(**{**settings, **parameters})


@pytest.fixture(scope="module")
def expected():
    """Predictions with one thread for all."""
    with threadpool_limits(1, user_api="blas"):
        return {kind: small(kind).fit(X, y).predict(X) for kind, y in Y.items()}


@kinds
@in_threads
def test_the_number_of_threads_changes_no_bit(Estimator, expected):
    model = small(Estimator).fit(X, Y[Estimator])
    np.testing.assert_array_equal(model.predict(X), expected[Estimator])


@kinds
@in_threads
def test_where_no_thread_can_be_started(Estimator, expected, monkeypatch):
    """As in a browser, where there may be no BLAS that threadpoolctl knows either."""

    def no_blas():
        return _get_threadpool_controller().select(user_api="none")

    def start(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("skmlp._threads._blas", no_blas)
    monkeypatch.setattr(Thread, "start", start)
    model = small(Estimator).fit(X, Y[Estimator])
    np.testing.assert_array_equal(model.predict(X), expected[Estimator])


@kinds
@in_threads
def test_blas_has_one_thread_in_a_fit(Estimator, n_threads):
    seen = set()

    def scoring(estimator, X, y):
        estimator.predict(X)  # which has a limit of its own
        seen.update(blas_threads())
        return 0.5

    small(Estimator, scoring=scoring).fit(X, Y[Estimator])
    assert seen == {1}
    assert blas_threads() == {n_threads}


@kinds
@in_threads
def test_fits_at_once(Estimator, n_threads, expected):
    """Each ends as alone, and nothing is left behind in any thread."""
    meeting, found = Barrier(2), []

    def meet(estimator, X, y):
        meeting.wait(WAIT)  # so that they do overlap
        return estimator.score(X, y)

    def fit(i):
        before = np.geterr(), get_config()
        model = small(Estimator, n_networks=1, scoring=meet).fit(X, Y[Estimator])
        found.append((np.geterr(), get_config()) == before)
        return model.predict(X)

    filters, state = warnings.filters[:], np.random.get_state()  # noqa: NPY002
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(fit, range(2))
    np.testing.assert_array_equal(first, second)
    alone = small(Estimator, n_networks=1).fit(X, Y[Estimator])
    np.testing.assert_array_equal(first, alone.predict(X))
    assert found == [True, True]
    assert blas_threads() == {n_threads}
    assert warnings.filters == filters
    np.testing.assert_equal(np.random.get_state(), state)  # noqa: NPY002


@kinds
@in_threads
def test_one_of_two_fits_fails(Estimator, n_threads):
    begun, failed, seen = Event(), Event(), []

    def wait(estimator, X, y):
        begun.set()
        failed.wait(WAIT)
        seen.append(blas_threads())
        return 0.5

    def fail(estimator, X, y):
        raise Own

    model = small(Estimator, n_networks=1, scoring=wait)
    other = Thread(target=model.fit, args=(X, Y[Estimator]))
    other.start()
    assert begun.wait(WAIT)
    with pytest.raises(Own):
        small(Estimator, scoring=fail).fit(X, Y[Estimator])
    failed.set()
    other.join(WAIT)
    assert model.n_iter_ == 3
    assert seen == [{1}] * 3  # the limit of the one that goes on has not been lifted
    assert blas_threads() == {n_threads}


@kinds
@in_threads
def test_predictions_at_once(Estimator, expected):
    model = small(Estimator).fit(X, Y[Estimator])
    with ThreadPoolExecutor(4) as pool:
        for prediction in pool.map(model.predict, [X] * 12):
            np.testing.assert_array_equal(prediction, expected[Estimator])


@pytest.mark.parametrize("which", [0, 1, 2])
@in_threads
def test_an_interruption_waits_for_all_networks(which, n_threads):
    """The network that raises has no third epoch; the others have, where they ran at once."""
    order, calls = [], {}

    def held(estimator, X, y):
        order.append(y.sum())
        return 0.5

    y = Y[TabularMLPRegressor]
    for n_networks in (1, 2, 3):
        small(TabularMLPRegressor, n_networks=n_networks, max_iter=1, scoring=held).fit(X, y)
    order = list(dict.fromkeys(order))  # what tells the networks apart, in their order
    assert len(order) == 3

    def scoring(estimator, X, y):
        network = order.index(y.sum())
        calls[network] = calls.get(network, 0) + 1
        if calls[network] == 3:
            if network == which:
                raise KeyboardInterrupt
            time.sleep(0.05)
        return float(calls[network])

    model = small(TabularMLPRegressor, max_iter=6, scoring=scoring)
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        model.fit(X, y)
    expected = [calls[i] - (i == which) for i in range(3)]
    assert model.n_iter_ == max(expected)
    assert {len(values) for values in model.history_.values()} == {max(expected)}
    assert model.network_best_iters_.tolist() == expected
    assert np.isfinite(model.predict(X)).all()
