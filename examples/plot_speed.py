"""
The time of a fit beside scikit-learn's
=======================================

``skmlp.MLPClassifier`` and scikit-learn's take the same steps: from the same seed they come to
the same weights.  How long does each of them need?
"""

import warnings
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import sklearn.neural_network
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

import skmlp

plt.style.use("tableau-colorblind10")
warnings.simplefilter("ignore", ConvergenceWarning)  # the same few epochs for both
X, y = load_digits(return_X_y=True)
X = X / 16
SIZES = 10, 30, 100, 300
LIBRARIES = {"scikit-learn": sklearn.neural_network, "skmlp": skmlp}


def seconds(library, X, n_units):
    """The shortest of five fits, and its loss.

    Other programs on the machine make a fit longer, never shorter.
    """
    times = []
    for _ in range(5):
        model = library.MLPClassifier((n_units,), max_iter=10, random_state=0)
        start = perf_counter()
        model.fit(X, y)
        times.append(perf_counter() - start)
    return min(times), model.loss_


# %%
# Ten epochs of digits with one hidden layer, by the number of its units, in both precisions.
# One thread for the matrix products: for so small ones more are of no use.  On another
# machine, or beside other programs, the times are others.

times = {}
with threadpool_limits(1):
    for dtype in ("float32", "float64"):
        for n_units in SIZES:
            (theirs, loss), (ours, same) = (
                seconds(library, X.astype(dtype), n_units) for library in LIBRARIES.values()
            )
            times[dtype, n_units] = theirs, ours
            print(f"{dtype}, {n_units:>3} units: {theirs:.3f} s and {ours:.3f} s, ", end="")
            print(f"losses differ by {abs(loss - same):.0e}")

# %%
# The smaller the network, the more is gained: there most of the time goes into all that has to
# be done for a step beside the matrix products.  The products themselves are the same for
# both, and take the greater part of the time of larger networks, above all in float64.

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
for dtype, style in (("float32", "-"), ("float64", "--")):
    theirs, ours = np.transpose([times[dtype, n_units] for n_units in SIZES])
    left.loglog(SIZES, theirs, f"o{style}", color="C1", label=f"scikit-learn, {dtype}")
    left.loglog(SIZES, ours, f"o{style}", color="C0", label=f"skmlp, {dtype}")
    right.semilogx(SIZES, theirs / ours, f"o{style}", color="C3", label=dtype)
for ax in (left, right):
    ax.set_xticks(SIZES, SIZES)
    ax.minorticks_off()
    ax.set_xlabel("hidden units")
    ax.legend()
left.set(ylabel="time of ten epochs (s)", title="Time of a fit")
right.axhline(1, color="C2", linewidth=1)
right.set(
    ylabel="time of scikit-learn / time of skmlp", title="Ratio of the times", ylim=(0, None)
)
plt.show()
