"""Threads for networks instead of threads for the products of one network.

The products of a small network are too short to be shared out: with two threads of BLAS and
another program on one of two cores, a fit of satimage took eight times as long as with one.
"""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from threading import Lock

from sklearn import config_context, get_config

from skmlp._sklearn import _get_threadpool_controller
from skmlp._training import in_turn

# With fewer rows in a product threads get into each other's way.  On two cores, four networks
# in two threads take .75 of the time of one thread with batches of 256 rows, .95 with 128, and
# 1.1 or more with 64 (128 x 128 x 128 units).
FEWEST_ROWS = 200


class BlasLimit:
    """One thread for BLAS, from the first of several that ask for it to the last.

    The limit is one of the process: without counting, two fits that overlap would leave it
    behind, with threadpoolctl 3.8 as before it.  By name instead of by number, so that what
    an interrupt has left half done can be done again.
    """

    def __init__(self):
        self.lock, self.users = Lock(), set()
        self.limiter, self.n_threads = None, 1

    def acquire(self, user):
        """Return the number of threads that BLAS had."""
        with self.lock:
            if self.limiter is None:
                blas = _blas()
                self.n_threads = max((info["num_threads"] for info in blas.info()), default=1)
                _let_any_thread_set_limits()
                self.limiter = blas.limit(limits=None)  # knows how to restore, before there
                blas.limit(limits=1)  # is anything to restore
            self.users.add(user)
            return self.n_threads

    def release(self, user):
        """Lift the limit if nobody else has asked for it."""
        with self.lock:
            self.users.discard(user)
            if self.limiter is not None and not self.users:
                _let_any_thread_set_limits()
                self.limiter.restore_original_limits()
                _let_any_thread_set_limits()
                self.limiter = None


def _blas():
    return _get_threadpool_controller().select(user_api="blas")


def _let_any_thread_set_limits():
    """Since 3.8, threadpoolctl ignores all threads but the first that has set a limit.

    The last of several fits, which lifts the limit, may be in another.
    """
    for library in _blas().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread(force=True)


LIMIT = BlasLimit()


@contextmanager
def single_threaded_blas():
    """Give BLAS one thread; yields the number that it had."""
    user = object()
    try:
        yield LIMIT.acquire(user)
    finally:
        try:
            LIMIT.release(user)
        except BaseException:  # before it was done
            LIMIT.release(user)
            raise


@contextmanager
def threads(n_tasks, n_rows):
    """Yield a function like `map` that uses as many threads as BLAS would, and no more.

    Tasks see NumPy's error state and scikit-learn's configuration as the caller does.

    Parameters
    ----------
    n_tasks : int

    n_rows : int
        Of the products that the tasks compute.
    """
    with single_threaded_blas() as n_threads:
        n_threads = min(n_threads, n_tasks)
        if n_threads == 1 or n_rows < FEWEST_ROWS:
            yield in_turn
            return
        with ThreadPoolExecutor(n_threads) as pool:
            yield partial(_map, pool)


def _map(pool, function, arguments):
    config = get_config()

    def task(each):
        # Both are of the thread, the limit where BLAS has its threads from OpenMP.
        with config_context(**config), _blas().limit(limits=1):
            return function(each)

    futures = []
    try:
        for each in arguments:
            futures.append(pool.submit(copy_context().run, task, each))
        return [future.result() for future in futures]
    finally:
        _finish(futures)  # nothing runs on after an error or an interrupt


def _finish(futures):
    """Wait for all, however often the user interrupts: they write to what is gone on with."""
    try:
        wait(futures)
    except BaseException:
        _finish(futures)
        raise
