"""Threads for networks instead of threads for the products of one network.

The products of a small network are too short to be shared out: with two threads of BLAS and
another program on one of two cores, a fit of satimage took eight times as long as with one.
"""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial

from sklearn import config_context, get_config

from skmlp._sklearn import _get_threadpool_controller
from skmlp._training import in_turn

# With fewer rows in a product threads get into each other's way.  On two cores, four networks
# in two threads take .75 of the time of one thread with batches of 256 rows, .95 with 128, and
# 1.1 or more with 64 (128 x 128 x 128 units).
FEWEST_ROWS = 200


@contextmanager
def single_threaded_blas():
    """Give BLAS one thread; yields the number that it had."""
    blas = _get_threadpool_controller().select(user_api="blas")
    n_threads = max((info["num_threads"] for info in blas.info()), default=1)
    with blas.limit(limits=1):
        yield n_threads


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
        with config_context(**config), single_threaded_blas():
            return function(each)

    futures = [pool.submit(copy_context().run, task, each) for each in arguments]
    try:
        return [future.result() for future in futures]
    finally:
        wait(futures)  # nothing runs on after an error or an interrupt
