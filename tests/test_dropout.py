"""dropout: masks while training, nothing at all elsewhere."""

import copy
import pickle

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale
from sklearn.utils.estimator_checks import estimator_checks_generator
from test_network import DIFFERENTIABLE, HIDDEN

from skmlp import MLPClassifier, MLPRegressor, _training
from skmlp._batch import Rows
from skmlp._dropout import WithDropout, with_dropout
from skmlp._network import Network, Parameters, Workspace, forward
from skmlp._objective import Objective
from skmlp.activations import ACTIVATIONS
from skmlp.losses import LogCosh

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])

IRIS_X, LABELS = load_iris(return_X_y=True)
IRIS_X = scale(IRIS_X)
REG_X, REG_Y = load_diabetes(return_X_y=True)
REG_X, REG_Y = scale(REG_X)[:150], scale(REG_Y)[:150]
DATA = {MLPClassifier: (IRIS_X, LABELS), MLPRegressor: (REG_X, REG_Y)}


def make(Estimator, **parameters):
    return Estimator(
        **{
            "hidden_layer_sizes": (6, 5),
            "max_iter": 4,
            "random_state": 0,
            "dropout": 0.3,
            **parameters,
        }
    )


def weights(model):
    own = getattr(model, "activation_params_", [])
    return np.concatenate([np.ravel(a) for a in (*model.coefs_, *model.intercepts_, *own)])


def losses(model):
    return np.asarray(model.history_["loss"])


# --- one step: masks, and the gradient where they are fixed --------------------------------

N_NETWORKS, N_SAMPLES, N_ROWS, ALPHA = 3, 11, 7, 0.7
SIZES = [(5, 4, 6, 2), (5, 4, 1)]
ROWS = np.array([9, 0, 3, 10, 3, 5, 1])
sizes = pytest.mark.parametrize("sizes", SIZES, ids=str)
stacks = pytest.mark.parametrize("n_networks", [1, N_NETWORKS])


class Replayed:
    """A generator whose masks come again."""

    def __init__(self, seed=5):
        self.seed = seed
        self.rewind()

    def rewind(self):
        self.generator = np.random.default_rng(self.seed)

    @property
    def bit_generator(self):
        return self.generator.bit_generator


class Step:
    """Value and gradient of one batch, as the training computes them."""

    def __init__(self, sizes, activation, rates, n_networks=1):
        rng = np.random.default_rng(0)
        self.replayed = Replayed()
        network = Network(sizes, [activation] * (len(sizes) - 2))
        network = with_dropout(network, rates[: len(sizes) - 2], self.replayed)
        self.theta = rng.normal(size=(n_networks, network.n_parameters))
        X, y = rng.normal(size=(N_SAMPLES, sizes[0])), rng.normal(size=(N_SAMPLES, sizes[-1]))
        weight = rng.uniform(0.1, 3, (n_networks, N_SAMPLES))
        self.source = Rows().source(X, y, weight, N_ROWS, n_networks, by_index=True)
        self.parameters = Parameters(network, self.theta)
        self.objective = Objective(self.parameters, LogCosh(), ALPHA)
        self.work = Workspace(network, n_networks, N_ROWS, self.theta.dtype)
        # scratch of dropout: that of the activation, which may hold constants, and its own
        pairs = zip(network.activations, self.work.scratch, strict=True)
        own = [s for f, scratch in pairs if isinstance(f, WithDropout) for s in scratch[1:]]
        for buffer in (
            *self.work.z,
            *self.work.a,
            *self.work.deltas,
            *own,
            self.source.raw,
            self.source.y,
            self.objective.gradient.vector,
        ):
            buffer[...] = np.nan
        (self.batch,) = self.source.load(ROWS)

    def value(self):
        self.replayed.rewind()
        penalty = self.objective.differentiate(self.batch, self.work)
        return np.atleast_1d(self.objective.values(self.source, [penalty])[0])

    def forward(self):
        forward(self.parameters, self.batch, self.work)
        return self.work.a


@sizes
@stacks
@pytest.mark.parametrize("activation", DIFFERENTIABLE.values(), ids=DIFFERENTIABLE)
def test_gradient_is_the_finite_difference(sizes, n_networks, activation):
    step = Step(sizes, activation, [0.3, 0.5], n_networks)
    step.value()
    gradient, theta = step.objective.gradient.vector.copy(), step.theta
    assert np.isfinite(gradient).all()
    h = 1e-6
    for i in range(theta.shape[1]):
        theta[:, i] += h
        up = step.value()
        theta[:, i] -= 2 * h
        slope = (up - step.value()) / (2 * h)
        theta[:, i] += h
        np.testing.assert_allclose(gradient[:, i], slope, rtol=1e-4, atol=1e-5)


@stacks
@pytest.mark.parametrize("activation", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("rate", [0.25, 0.5])
def test_outputs_are_dropped_or_divided(n_networks, activation, rate):
    """Each is 0 or larger by 1 / (1 - rate); the row of the biases stays as it is."""
    dropped = Step((5, 40, 2), activation, [rate], n_networks)
    plain = Step((5, 40, 2), activation, [0.0], n_networks)
    (some,), (all_of_them,) = dropped.forward(), plain.forward()
    np.testing.assert_array_equal(dropped.work.outputs[0][..., -1, :], 1)
    kept = some != 0
    np.testing.assert_allclose(some[kept], (all_of_them / (1 - rate))[kept], rtol=1e-12)
    assert (all_of_them[kept] != 0).all()
    assert not kept[all_of_them != 0].all()
    if n_networks > 1:  # which see the same masks
        alive = (all_of_them != 0).all(axis=0)
        np.testing.assert_array_equal(kept[0][alive], kept[-1][alive])


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_share_and_scale_of_the_masks(rate, dtype):
    n_units, n_rows, n_steps = 50, 400, 5
    network = Network((1, n_units, 1), [ACTIVATIONS["identity"]()])
    dropping = with_dropout(network, [rate], np.random.default_rng(0)).activations[0]
    z, a = np.ones((2, n_units, n_rows), dtype)
    scratch = dropping.scratch(z)
    masks = []
    for _ in range(n_steps):
        z[...] = 1
        dropping.forward(z, a, scratch)
        masks.append(a != 0)
        np.testing.assert_allclose(a[masks[-1]], 1 / (1 - rate), rtol=2**-17 / (1 - rate))
    kept = np.array(masks)
    # five standard errors, of all and of each step, unit and row
    for axes in (None, (1, 2), (0, 2), (0, 1)):
        n = kept.size if axes is None else np.prod([kept.shape[i] for i in axes])
        error = 5 * np.sqrt(rate * (1 - rate) / n) + 2**-17
        assert np.abs(kept.mean(axis=axes) - (1 - rate)).max() < error
    for other in kept[1:]:
        assert (other != kept[0]).any()


@pytest.mark.parametrize("rate", [0.2, 0.7])
def test_the_mean_over_masks_is_the_network_without(rate):
    """Inverted dropout: above one hidden layer, outputs are right in the mean."""
    step = Step((5, 4, 2), ACTIVATIONS["tanh"](), [rate])
    plain = Step((5, 4, 2), ACTIVATIONS["tanh"](), [0.0])
    plain.forward()
    step.replayed.rewind()
    raw = []
    for _ in range(4000):
        step.forward()
        raw.append(step.batch.raw.copy())
    error = np.mean(raw, axis=0) - plain.batch.raw
    assert (np.abs(error) < 5 * np.std(raw, axis=0) / np.sqrt(len(raw))).all()


def test_the_network_itself_is_left_alone():
    network = Network(SIZES[0], [ACTIVATIONS["tanh"](), ACTIVATIONS["prelu"]()])
    before = list(network.activations)
    generator = np.random.default_rng(0)
    assert with_dropout(network, [0.0, 0.0], generator) is network
    dropping = with_dropout(network, [0.5, 0.0], generator)
    assert network.activations == before
    assert dropping.activations[1] is before[1]


# --- what it leaves alone ------------------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    "dropout", [0, 0.0, [0, 0], (0.0, 0.0), np.zeros(2), np.float32(0), False], ids=repr
)
@pytest.mark.parametrize("more", [{}, {"solver": "lbfgs"}, {"n_init": 2}], ids=str)
def test_a_rate_of_zero_changes_nothing(Estimator, dropout, more):
    plain = Estimator(hidden_layer_sizes=(6, 5), max_iter=4, random_state=0, **more)
    expected = clone(plain).fit(*DATA[Estimator])
    model = clone(plain).set_params(dropout=dropout).fit(*DATA[Estimator])
    np.testing.assert_array_equal(weights(model), weights(expected))
    np.testing.assert_array_equal(losses(model), losses(expected))


@kinds
@pytest.mark.parametrize("dropout", [0.5, [], ()], ids=repr)
def test_no_hidden_layer_has_nothing_to_drop(Estimator, dropout):
    model = make(Estimator, hidden_layer_sizes=(), dropout=dropout).fit(*DATA[Estimator])
    plain = make(Estimator, hidden_layer_sizes=(), dropout=0.0).fit(*DATA[Estimator])
    np.testing.assert_array_equal(weights(model), weights(plain))


@kinds
def test_starting_weights_are_those_without(Estimator):
    """Steps too small to change a weight."""
    still = {"solver": "sgd", "learning_rate_init": 1e-300, "max_iter": 1}
    start = make(Estimator, **still, dropout=0.0).fit(*DATA[Estimator])
    model = make(Estimator, **still).fit(*DATA[Estimator])
    np.testing.assert_array_equal(weights(model), weights(start))
    assert model.loss_ != start.loss_  # which is that of the training, with its masks


@kinds
@pytest.mark.parametrize(
    "more",
    [{}, {"early_stopping": True}, {"n_init": 3}, {"shuffle": False}, {"solver": "sgd"}],
    ids=str,
)
def test_the_random_state_is_left_as_without(Estimator, more):
    left = []
    for dropout in (0.0, 0.3):
        state = np.random.RandomState(5)
        make(Estimator, dropout=dropout, random_state=state, **more).fit(*DATA[Estimator])
        left.append(state.randint(1 << 30))
    assert left[0] == left[1]


@kinds
def test_the_split_and_the_scores_have_no_masks(Estimator):
    """The scorer sees the same rows as without, and a model that predicts as it will."""
    seen = []

    def note(model, X, y, **more):
        seen.append((X.copy(), model.predict(X), model.predict(X)))
        return float(len(seen))  # ever better

    for dropout in (0.0, 0.3):
        model = make(Estimator, dropout=dropout, early_stopping=True, scoring=note)
        model.fit(*DATA[Estimator])
    for without, masked in zip(seen[:4], seen[4:], strict=True):
        np.testing.assert_array_equal(without[0], masked[0])
        np.testing.assert_array_equal(masked[1], masked[2])
    np.testing.assert_array_equal(model.predict(seen[-1][0]), seen[-1][1])


@kinds
def test_the_loss_on_validation_data_has_no_masks(Estimator):
    X, y = DATA[Estimator]
    model = make(Estimator, max_iter=2).fit(X, y, X_val=X, y_val=y)
    same = make(Estimator, dropout=0.0, solver="sgd", learning_rate_init=1e-300)
    same.partial_fit(X, y, **({} if Estimator is MLPRegressor else {"classes": [0, 1, 2]}))
    same.coefs_, same.intercepts_ = model.coefs_, model.intercepts_
    same.partial_fit(X, y, X_val=X, y_val=y)
    np.testing.assert_allclose(
        model.history_["val_loss"][-1], same.history_["val_loss"][-1], rtol=1e-12
    )


@kinds
def test_predictions_are_those_of_the_weights(Estimator):
    X, y = DATA[Estimator]
    model = make(Estimator, dropout=0.5).fit(X, y)
    plain = make(Estimator, dropout=0.0).fit(X, y)
    plain.coefs_, plain.intercepts_ = model.coefs_, model.intercepts_
    for _ in range(2):
        np.testing.assert_array_equal(model.predict(X), plain.predict(X))


# --- what it does --------------------------------------------------------------------------


@kinds
def test_a_fit_is_reproducible(Estimator):
    X, y = DATA[Estimator]
    one, same = (make(Estimator).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(weights(one), weights(same))
    np.testing.assert_array_equal(losses(one), losses(same))
    refitted = copy.deepcopy(one).fit(X, y)
    np.testing.assert_array_equal(weights(one), weights(refitted))
    other = make(Estimator, random_state=1).fit(X, y)
    assert (weights(one) != weights(other)).any()


def test_masks_depend_on_the_random_state():
    """With the same starting weights, in the same order."""
    still = {"solver": "sgd", "learning_rate_init": 1e-300, "shuffle": False, "max_iter": 1}
    start = make(MLPRegressor, **still).fit(REG_X, REG_Y)
    seen = set()
    for random_state in range(5):
        model = copy.deepcopy(start).set_params(warm_start=True, random_state=random_state)
        seen.add(model.fit(REG_X, REG_Y).loss_)
        np.testing.assert_array_equal(weights(model), weights(start))
    assert len(seen) == 5


@kinds
def test_one_rate_is_one_for_each_layer(Estimator):
    X, y = DATA[Estimator]
    expected = make(Estimator, dropout=0.3).fit(X, y)
    for dropout in ([0.3, 0.3], (0.3, 0.3), np.array([0.3, 0.3]), (np.float64(0.3), 0.3)):
        same = make(Estimator, dropout=dropout).fit(X, y)
        np.testing.assert_array_equal(weights(same), weights(expected))
    one_layer = {"hidden_layer_sizes": 6}
    expected = make(Estimator, dropout=0.3, **one_layer).fit(X, y)
    for dropout in ([0.3], np.float64(0.3), np.array([0.3]), np.array(0.3)):
        same = make(Estimator, dropout=dropout, **one_layer).fit(X, y)
        np.testing.assert_array_equal(weights(same), weights(expected))


def test_rates_are_in_the_order_of_the_layers():
    """Above a layer that is nearly always dropped, the gradient is nearly always 0."""
    X, y = DATA[MLPRegressor]
    step = {"solver": "sgd", "momentum": 0.0, "max_iter": 1, "alpha": 0, "batch_size": 5}
    for layer in (0, 1):
        dropout = np.where(np.arange(2) == layer, 0.99999, 0.0)
        model = make(MLPRegressor, dropout=dropout, activation="tanh", **step).fit(X, y)
        start = make(MLPRegressor, learning_rate_init=1e-300, **step).fit(X, y)
        moved = [np.abs(W - V).max() for W, V in zip(model.coefs_, start.coefs_, strict=True)]
        assert moved[layer] == moved[layer + 1] == 0
        biases = [
            np.abs(b - c).max()
            for b, c in zip(model.intercepts_, start.intercepts_, strict=True)
        ]
        assert min(biases[layer + 1 :]) > 0


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@kinds
def test_every_activation(Estimator, name):
    X, y = DATA[Estimator]
    dense = make(Estimator, activation=name, dropout=[0.3, 0.1]).fit(X, y)
    assert np.isfinite(weights(dense)).all()
    plain = make(Estimator, activation=name, dropout=0.0).fit(X, y)
    assert (weights(dense) != weights(plain)).any()
    stored = make(Estimator, activation=name, dropout=[0.3, 0.1]).fit(sparse.csr_array(X), y)
    np.testing.assert_allclose(weights(stored), weights(dense), rtol=1e-6, atol=1e-8)
    low = make(Estimator, activation=name).fit(X.astype(np.float32), y)
    assert low.coefs_[0].dtype == np.float32


# --- over several calls --------------------------------------------------------------------

SEQUENCES = {
    "adam": {},
    "sgd": {"solver": "sgd"},
    "float32": {"dtype": "float32"},
    "one layer": {"dropout": [0.0, 0.4]},
    "maxout": {"activation": ["maxout", "prelu"]},
}


@kinds
@pytest.mark.parametrize("more", SEQUENCES.values(), ids=list(SEQUENCES))
def test_partial_fit_goes_on_with_the_masks_of_a_fit(Estimator, more):
    X, y = DATA[Estimator]
    whole = make(Estimator, shuffle=False, max_iter=6, **more).fit(X, y)
    once = make(Estimator, shuffle=False, max_iter=1, **more).fit(X, y)
    twice = make(Estimator, shuffle=False, max_iter=2, **more).fit(X, y)
    never = make(Estimator, shuffle=False, **more)
    classes = {} if Estimator is MLPRegressor else {"classes": [0, 1, 2]}
    for model, n_calls in ((once, 5), (twice, 4), (never, 6)):
        for _ in range(n_calls):
            model.partial_fit(X, y, **classes)
            classes = {} if model is never else classes
        np.testing.assert_array_equal(losses(model), losses(whole))
        rtol = 1e-4 if "dtype" in more else 1e-12
        np.testing.assert_allclose(weights(model), weights(whole), rtol=rtol)


@kinds
def test_masks_differ_from_call_to_call(Estimator):
    X, y = DATA[Estimator]
    model = make(Estimator, shuffle=False, max_iter=3)
    model.set_params(solver="sgd", learning_rate_init=1e-300, momentum=0).fit(X, y)
    for _ in range(3):
        model.partial_fit(X, y)
    assert len(set(losses(model))) == 6


@kinds
def test_copies_go_on_with_the_same_masks(Estimator, tmp_path):
    X, y = DATA[Estimator]
    model = make(Estimator).fit(X, y)
    joblib.dump(model, tmp_path / "model")
    copies = [
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        copy.copy(model),
        joblib.load(tmp_path / "model", mmap_mode="r"),
    ]
    for other in (model, *copies):
        for _ in range(2):
            other.partial_fit(X, y)
        np.testing.assert_array_equal(weights(other), weights(model))


@kinds
def test_a_call_that_fails_uses_no_masks_up(Estimator):
    X, y = DATA[Estimator]
    model, same = (make(Estimator).fit(X, y) for _ in range(2))
    settings = {"learning_rate_init": 1e308, "solver": "sgd", "batch_size": 9}
    before = pickle.dumps(model.set_params(**settings))
    with pytest.raises(ValueError, match="non-finite parameter"):
        model.partial_fit(X, y)
    assert pickle.dumps(model) == before
    model.set_params(**{name: make(Estimator).get_params()[name] for name in settings})
    np.testing.assert_array_equal(
        weights(model.partial_fit(X, y)), weights(same.partial_fit(X, y))
    )


@kinds
def test_it_may_begin_and_end_between_calls(Estimator):
    X, y = DATA[Estimator]
    model = make(Estimator, dropout=0.0, shuffle=False).fit(X, y)
    for dropout in (0.3, 0.0, [0.2, 0.0]):
        plain = copy.deepcopy(model).set_params(dropout=0.0).partial_fit(X, y)
        model.set_params(dropout=dropout).partial_fit(X, y)
        assert (weights(model) != weights(plain)).any() == (dropout != 0.0)


@kinds
def test_a_warm_start(Estimator):
    X, y = DATA[Estimator]
    model = make(Estimator, warm_start=True).fit(X, y).fit(X, y)
    same = make(Estimator, warm_start=True).fit(X, y).fit(X, y)
    assert len(losses(model)) == 8
    np.testing.assert_array_equal(weights(model), weights(same))


@kinds
@pytest.mark.parametrize("seed", range(5))
def test_several_networks_are_the_same_side_by_side(Estimator, seed, monkeypatch):
    """Also where they stop at different epochs, and go on afterwards."""
    X, y = DATA[Estimator]
    settings = {"tol": 0.02, "n_iter_no_change": 2, "learning_rate_init": 0.02}
    models = []
    for n_bytes in (2**30, 0):
        monkeypatch.setattr(_training, "STACK_BYTES", n_bytes)
        model = make(Estimator, n_init=4, max_iter=60, random_state=seed, **settings)
        models.append(model.fit(X, y))
    together, alone = models
    np.testing.assert_allclose(together.init_scores_, alone.init_scores_, rtol=1e-6)
    for _ in range(2):
        np.testing.assert_allclose(weights(together), weights(alone), rtol=1e-5, atol=1e-8)
        for model in models:
            model.partial_fit(X, y)


# --- as a parameter ------------------------------------------------------------------------


@kinds
def test_grid_search_and_copies_of_the_parameter(Estimator):
    grid = {"dropout": [0.0, 0.3, [0.2, 0.1], (0.5, 0.0)], "solver": ["adam", "sgd"]}
    search = GridSearchCV(make(Estimator), grid, cv=2, error_score="raise")
    search.fit(*DATA[Estimator])
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    rates = np.array([0.2, 0.1])
    model = clone(make(Estimator, dropout=rates)).fit(*DATA[Estimator])
    np.testing.assert_array_equal(model.get_params()["dropout"], [0.2, 0.1])
    np.testing.assert_array_equal(rates, [0.2, 0.1])
    assert "dropout=array([0.2, 0.1])" in repr(model)


# Masks are drawn row by row: a weight of two is not two rows.
LEFT_OUT = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
    "check_classifiers_train",
    "check_regressors_train",
}


def generate_checks():
    for Estimator in (MLPClassifier, MLPRegressor):
        configured = Estimator(dropout=0.2, max_iter=20)
        for estimator, check in estimator_checks_generator(configured):
            name = check.func.__name__
            if name not in LEFT_OUT:
                yield pytest.param(estimator, check, id=f"{configured}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


# --- bad input -----------------------------------------------------------------------------

BAD = [
    ({"dropout": 1}, "'dropout' parameter of .* in the range"),
    ({"dropout": 1.0}, "'dropout' parameter"),
    ({"dropout": -0.1}, "'dropout' parameter"),
    ({"dropout": np.nan}, "'dropout' parameter"),
    ({"dropout": None}, "'dropout' parameter"),
    ({"dropout": "a"}, "'dropout' parameter"),
    ({"dropout": True}, "'dropout' parameter"),
    ({"dropout": [0.1]}, r"dropout=\[0.1\] has 1 entries for 2 hidden layers"),
    ({"dropout": (0.1, 0.1, 0.1)}, "dropout=.* has 3 entries for 2 hidden layers"),
    ({"dropout": []}, r"dropout=\[\] has 0 entries for 2 hidden layers"),
    ({"dropout": [0.1], "hidden_layer_sizes": ()}, "has 1 entries for 0 hidden layers"),
    ({"dropout": [0.1, 1.0]}, r"dropout=\[0.1, 1.0\] must hold rates in \[0, 1\)"),
    ({"dropout": [-0.1, 0.1]}, r"dropout=\[-0.1, 0.1\] must hold rates"),
    ({"dropout": [np.nan, 0.1]}, r"dropout=\[nan, 0.1\] must hold rates"),
    ({"dropout": [None, 0.1]}, r"dropout=\[None, 0.1\] must hold rates"),
    ({"dropout": ["0.1", 0.1]}, r"dropout=\['0.1', 0.1\] must hold rates"),
    ({"dropout": [[0.1, 0.1]]}, r"dropout=\[\[0.1, 0.1\]\] must hold rates"),
    ({"dropout": [[0.1], [0.1, 0.2]]}, r"dropout=\[\[0.1\], \[0.1, 0.2\]\] must hold rates"),
    ({"dropout": np.full((2, 1), 0.1)}, "(?s)dropout=array.* must hold rates"),
    ({"dropout": {0.1, 0.2}}, "dropout=.* must hold rates"),
    ({"dropout": {"a": 0.1}}, "dropout=.* must hold rates"),
    ({"dropout": 0.3, "solver": "lbfgs"}, "dropout=0.3 is not for the optimizer LBFGS"),
    ({"dropout": [0, 0.3], "solver": "lbfgs"}, r"dropout=\[0, 0.3\] is not for the optimizer"),
    ({"dropout": 0.3, "optimizer": "lbfgs"}, "dropout=0.3 is not for the optimizer LBFGS"),
]


@kinds
@pytest.mark.parametrize(("more", "message"), BAD, ids=str)
def test_bad_rates_are_named_and_nothing_is_lost(Estimator, more, message):
    fitted = make(Estimator).fit(*DATA[Estimator]).set_params(**more)
    for model in (make(Estimator, **more), fitted):
        before = pickle.dumps(model)
        with pytest.raises(ValueError, match=message):
            model.fit(*DATA[Estimator])
        assert pickle.dumps(model) == before
