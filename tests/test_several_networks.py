"""Several networks with different starting weights, of which the best is kept."""

import pickle
from itertools import product

import numpy as np
import pytest
from samples import HELD, LABELS, WEIGHTS, X_REG, Y_REG, X
from scipy import sparse
from sklearn.base import clone
from test_estimators import assert_unchanged, snapshot

from skmlp import MLPClassifier, MLPRegressor
from skmlp.initializers import Auto, Given, Initializer

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])


def small(Estimator, **parameters):
    return Estimator(
        **{"hidden_layer_sizes": (5,), "max_iter": 6, "random_state": 0, **parameters}
    )


def data_of(Estimator, validated=False):
    features, y = (X, LABELS) if Estimator is MLPClassifier else (X_REG, Y_REG)
    if not validated:
        return (features, y), {}
    return (features[~HELD], y[~HELD]), {"X_val": features[HELD], "y_val": y[HELD]}


class Recording(Auto):
    """Notes what it draws; clones share the list."""

    def __init__(self, drawn):
        self.drawn = drawn

    def __deepcopy__(self, memo):
        return Recording(self.drawn)

    def draw_network(self, *arguments):
        self.drawn.append(super().draw_network(*arguments))
        return self.drawn[-1]


class Replaying(Auto):
    """Draws as ever, so that the random state advances, but gives these weights."""

    def __init__(self, layers):
        self.layers = layers

    def draw_network(self, *arguments):
        super().draw_network(*arguments)
        return self.layers


SGD = {"optimizer": "sgd"}
STOP = {"n_iter_no_change": 1, "max_iter": 80}
WIDE = {"hidden_layer_sizes": (2000,), "batch_size": "full"}
# name: (parameters, whether there are validation data)
WAYS = {
    "adam": ({}, False),
    "validation data": ({}, True),
    "sgd that stops": ({**SGD, "tol": 0.005, "batch_size": 30, **STOP}, False),
    "adaptive": ({**SGD, "learning_rate": "adaptive", "tol": 0.01, **STOP}, False),
    "invscaling": ({**SGD, "learning_rate": "invscaling"}, False),
    "early stopping": ({"early_stopping": True, "learning_rate_init": 0.02, **STOP}, False),
    "stopping by data": ({"early_stopping": True, "learning_rate_init": 0.1, **STOP}, True),
    "by the loss": ({"early_stopping": True, "scoring": "loss", **STOP}, True),
    "restore_best": ({"restore_best": True, "learning_rate_init": 0.3, "max_iter": 15}, False),
    "restore the score": ({"restore_best": True, "learning_rate_init": 0.3}, True),
    "standardize": ({"standardize": True}, False),
    "dropout": ({"dropout": 0.3}, False),
    "dropout that stops": ({"dropout": 0.3, "tol": 0.01, **STOP}, False),
    "clipped": ({"clip_norm": 0.1}, False),
    "float32": ({"dtype": "float32"}, False),
    "in order": ({"shuffle": False, "batch_size": 17}, False),
    "prelu": ({"activation": "prelu"}, False),
    "no hidden layer": ({"hidden_layer_sizes": ()}, False),
    "one after the other": (WIDE, False),
    "wide that stop": ({"early_stopping": True, **WIDE, **STOP}, False),
    "wide with dropout": ({"dropout": 0.3, "tol": 0.1, **WIDE, **STOP}, False),
    "lbfgs": ({"optimizer": "lbfgs"}, False),
    "lbfgs that converges": ({"optimizer": "lbfgs", "tol": 0.01, "max_iter": 100}, False),
    "lbfgs by score": ({"optimizer": "lbfgs", "early_stopping": True, **STOP}, True),
}
ways = pytest.mark.parametrize(("parameters", "validated"), WAYS.values(), ids=WAYS)


def close_to(dtype):
    tolerance = 1e-3 if dtype == "float32" else 1e-7
    return {"rtol": tolerance, "atol": tolerance}


def assert_same_fit(model, expected):
    """All attributes, but for rounding and the time that it took."""
    close = close_to(model.dtype)
    leave_out = {"init_scores_"}
    names = {n for n in vars(model) if n.endswith("_")} - leave_out
    assert names == {n for n in vars(expected) if n.endswith("_")} - leave_out
    for name in names:
        mine, other = getattr(model, name), getattr(expected, name)
        if name == "history_":
            assert mine.keys() == other.keys()
            mine, other = (
                [curves[curve] for curve in mine if curve != "seconds"]
                for curves in (mine, other)
            )
        if not isinstance(mine, list):
            mine, other = [mine], [other]
        assert len(mine) == len(other)
        for a, b in zip(mine, other, strict=True):
            if a is None or isinstance(a, str):
                assert a == b
            else:
                np.testing.assert_allclose(a, b, err_msg=name, **close)


# --- the network that is kept --------------------------------------------------------------


@kinds
@ways
@pytest.mark.parametrize("seed", [0, 1])
def test_the_kept_network_equals_a_fit_with_it_alone(Estimator, parameters, validated, seed):
    """And so do the training that goes on from there, and every score."""
    data, held = data_of(Estimator, validated)
    drawn = []
    parameters = {**parameters, "random_state": seed}
    model = small(Estimator, **parameters, n_init=3, initializer=Recording(drawn))
    model.fit(*data, **held)
    assert len(drawn) == len(model.init_scores_) == 3
    kept = int(np.argmax(model.init_scores_))
    alone = [
        small(Estimator, **parameters, initializer=Replaying(layers)).fit(*data, **held)
        for layers in drawn
    ]
    scores = [other.init_scores_[0] for other in alone]
    np.testing.assert_allclose(model.init_scores_, scores, **close_to(model.dtype))
    assert_same_fit(model, alone[kept])
    assert_same_fit(alone[0], small(Estimator, **parameters).fit(*data, **held))

    if hasattr(model, "partial_fit"):
        more = held or {"X_val": data[0], "y_val": data[1]}
        more = more if validated or model.early_stopping else {}
        for _ in range(2):
            model.partial_fit(*data, **more)
            alone[kept].partial_fit(*data, **more)
        assert_same_fit(model, alone[kept])


@kinds
def test_given_weights_do_as_well(Estimator):
    data, held = data_of(Estimator, True)
    drawn = []
    parameters = {"shuffle": False, "early_stopping": True}
    model = small(Estimator, **parameters, n_init=4, initializer=Recording(drawn))
    model.fit(*data, **held)
    coefs, intercepts = zip(*drawn[np.argmax(model.init_scores_)], strict=True)
    given = Given(list(coefs), list(intercepts))
    alone = small(Estimator, **parameters, initializer=given).fit(*data, **held)
    assert_same_fit(model, alone)


@ways
def test_a_stack_gives_what_one_after_the_other_gives(parameters, validated, monkeypatch):
    data, held = data_of(MLPRegressor, validated)
    models = []
    for limit in (0, 2**60):
        monkeypatch.setattr("skmlp._training.STACK_BYTES", limit)
        models.append(small(MLPRegressor, **parameters, n_init=3).fit(*data, **held))
    assert_same_fit(*models)
    scores = [model.init_scores_ for model in models]
    np.testing.assert_allclose(*scores, **close_to(models[0].dtype))


@ways
def test_more_networks_are_never_worse(parameters, validated):
    """The first ones are the same however many there are."""
    data, held = data_of(MLPClassifier, validated)
    two, four = (small(MLPClassifier, **parameters, n_init=n) for n in (2, 4))
    two, four = (model.fit(*data, **held).init_scores_ for model in (two, four))
    np.testing.assert_allclose(four[:2], two, **close_to(parameters.get("dtype")))
    assert four.max() >= two.max()
    assert len(set(four)) > 1


@kinds
def test_the_scores_are_what_the_networks_are_compared_by(Estimator):
    """The validation score where there is one, else the loss, of the weights they have."""
    for validated, restore_best in product([False, True], repeat=2):
        data, held = data_of(Estimator, validated)
        model = small(Estimator, n_init=3, restore_best=restore_best, learning_rate_init=0.1)
        model.fit(*data, **held)
        curve = model.history_["val_score"] if validated else -model.history_["loss"]
        expected = curve.max() if restore_best else curve[-1]
        assert model.init_scores_.max() == expected == curve[model.best_iter_ - 1]


def test_of_equals_the_first_is_kept():
    drawn = []
    model = small(MLPClassifier, n_init=3, initializer=Recording(drawn))
    model.set_params(scoring=lambda estimator, X, y: 0.5)
    model.fit(X, LABELS, X_val=X, y_val=LABELS)
    alone = small(MLPClassifier).fit(X, LABELS)
    np.testing.assert_allclose(model.coefs_[0], alone.coefs_[0], rtol=1e-9)
    np.testing.assert_array_equal(model.init_scores_, 0.5)


@kinds
@pytest.mark.parametrize("X_format", [np.asarray, sparse.csr_array])
def test_weights_and_sparse_input(Estimator, X_format):
    (features, y), _ = data_of(Estimator)
    drawn = []
    model = small(Estimator, n_init=3, initializer=Recording(drawn))
    model.fit(X_format(features), y, WEIGHTS)
    layers = drawn[np.argmax(model.init_scores_)]
    alone = small(Estimator, initializer=Replaying(layers)).fit(X_format(features), y, WEIGHTS)
    assert_same_fit(model, alone)


# --- randomness ----------------------------------------------------------------------------


@ways
def test_a_random_state_is_advanced_as_by_one_network(parameters, validated):
    data, held = data_of(MLPRegressor, validated)
    for seed in range(3):
        one, three = np.random.RandomState(seed), np.random.RandomState(seed)
        for n_init, random_state in ((1, one), (3, three)):
            model = small(MLPRegressor, **parameters, n_init=n_init)
            model.set_params(random_state=random_state).fit(*data, **held)
        assert one.randint(2**31) == three.randint(2**31)


@kinds
def test_networks_differ(Estimator):
    (features, y), _ = data_of(Estimator)
    drawn = []
    random_state = np.random.RandomState(0)
    model = small(Estimator, n_init=4, initializer=Recording(drawn), random_state=random_state)
    model.fit(features, y).fit(features, y)
    starts = [np.concatenate([W.ravel() for W, _ in layers]) for layers in drawn]
    assert len(starts) == 8
    for i, a in enumerate(starts):
        assert all((a != b).any() for b in starts[:i])


def test_the_same_seed_gives_the_same_networks():
    a, b = (small(MLPRegressor, n_init=3).fit(X_REG, Y_REG) for _ in range(2))
    np.testing.assert_array_equal(a.init_scores_, b.init_scores_)
    np.testing.assert_array_equal(clone(a).fit(X_REG, Y_REG).coefs_[0], a.coefs_[0])


def test_the_global_random_state_is_left_alone_or_advanced_as_by_one_network():
    states = []
    for n_init, seed in ((1, None), (3, None), (1, 0), (3, 0)):
        np.random.seed(0)  # noqa: NPY002
        small(MLPRegressor, n_init=n_init, random_state=seed).fit(X_REG, Y_REG)
        states.append(np.random.get_state()[1].tolist())  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    untouched = np.random.get_state()[1].tolist()  # noqa: NPY002
    assert states[0] == states[1] != untouched
    assert states[2] == states[3] == untouched


# --- one network only ----------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_a_warm_start_trains_the_network_that_was_kept(Estimator, optimizer):
    data, _ = data_of(Estimator)
    drawn = []
    initializer = Recording(drawn)
    model = small(Estimator, n_init=3, optimizer=optimizer, initializer=initializer)
    model.set_params(warm_start=True).fit(*data)
    kept = drawn[np.argmax(model.init_scores_)]
    alone = small(Estimator, optimizer=optimizer, initializer=Replaying(kept))
    alone.set_params(warm_start=True).fit(*data)
    for estimator in (model, alone):
        estimator.fit(*data)
    assert_same_fit(model, alone)
    assert len(drawn) == 3
    assert model.init_scores_.shape == (1,)
    model.set_params(warm_start=False).fit(*data)
    assert len(drawn) == 6
    assert model.init_scores_.shape == (3,)


def test_partial_fit_trains_one_network():
    drawn = []
    model = small(MLPRegressor, n_init=3, initializer=Recording(drawn))
    model.partial_fit(X_REG, Y_REG).partial_fit(X_REG, Y_REG)
    plain = small(MLPRegressor).partial_fit(X_REG, Y_REG).partial_fit(X_REG, Y_REG)
    assert len(drawn) == 1
    np.testing.assert_array_equal(model.coefs_[0], plain.coefs_[0])


def test_pickles_go_on_alike():
    model = small(MLPRegressor, n_init=3, dropout=0.2).fit(X_REG, Y_REG)
    loaded = pickle.loads(pickle.dumps(model))
    for estimator in (model, loaded):
        estimator.partial_fit(X_REG, Y_REG)
    assert_same_fit(loaded, model)
    np.testing.assert_array_equal(loaded.init_scores_, model.init_scores_)


# --- what goes wrong -----------------------------------------------------------------------


class Exploding(Initializer):
    """Weights of these sizes, one for each network."""

    def __init__(self, sizes):
        self.sizes = sizes

    def draw_network(self, random_state, shapes, activations):
        self.count = getattr(self, "count", -1) + 1
        size = self.sizes[self.count]
        layers = Auto().draw_network(random_state, shapes, activations)
        return [(W * size, b) for W, b in layers]


@pytest.mark.parametrize(
    "parameters",
    [
        SGD,
        {**SGD, "early_stopping": True},
        {**SGD, "restore_best": True},
        {**SGD, **WIDE},
        {**SGD, "early_stopping": True, **WIDE},
        {"optimizer": "lbfgs"},
    ],
    ids=str,
)
@pytest.mark.parametrize("lost", [{0}, {1}, {2}, {0, 2}])
def test_a_network_that_diverges_never_wins(parameters, lost):
    sizes = [1e170 if i in lost else 1.0 for i in range(3)]
    model = small(MLPRegressor, **parameters, n_init=3, initializer=Exploding(sizes))
    model.fit(X_REG, Y_REG)
    kept = int(np.argmax(np.nan_to_num(model.init_scores_, nan=-np.inf)))
    assert kept not in lost
    assert {i for i in range(3) if not np.isfinite(model.init_scores_[i])} == lost
    assert np.isfinite(model.predict(X_REG)).all()
    assert np.isfinite(model.loss_)


def test_a_score_of_nan_never_wins():
    # three networks at a time, in three epochs
    scores = iter([0.9, 0.8, np.nan, 0.9, 0.8, np.nan, np.nan, np.nan, 0.3])
    model = small(MLPRegressor, n_init=3, max_iter=3)
    model.set_params(scoring=lambda estimator, X, y: next(scores))
    model.fit(X_REG, Y_REG, X_val=X_REG, y_val=Y_REG)
    np.testing.assert_array_equal(model.init_scores_, [np.nan, np.nan, 0.3])
    np.testing.assert_array_equal(model.validation_scores_, [np.nan, np.nan, 0.3])
    assert model.best_validation_score_ == 0.3


@pytest.mark.parametrize("parameters", [{}, WIDE], ids=["stack", "one after the other"])
def test_where_all_diverge_there_is_an_error(parameters):
    model = small(MLPRegressor, **parameters, **SGD, n_init=3)
    before = snapshot(model.set_params(learning_rate_init=1e200))
    with pytest.raises(ValueError, match="Solver produced non-finite parameter weights"):
        model.fit(X_REG, Y_REG)
    assert_unchanged(model, before)


@pytest.mark.parametrize("n_init", [0, -1, 1.5, "2", None])
def test_bad_n_init(n_init):
    model = small(MLPClassifier, n_init=n_init)
    before = snapshot(model)
    with pytest.raises(ValueError, match="'n_init' parameter of MLPClassifier"):
        model.fit(X, LABELS)
    assert_unchanged(model, before)


def interrupting(call):
    """A scorer that is interrupted in a call, counted from 1."""
    calls = iter(range(1, 10**6))

    def scoring(estimator, X, y):
        if next(calls) == call:
            raise KeyboardInterrupt
        return estimator.score(X, y)

    return scoring


def fit_or_fail(model):
    try:
        model.fit(X_REG, Y_REG, X_val=X_REG, y_val=Y_REG)
    except KeyboardInterrupt:  # which would end pytest
        pytest.fail("the networks that were trained are lost")


# parameters, the call (6 epochs), the scores that are there
INTERRUPTIONS = {
    "second epoch of a stack": ({}, 5, [True, True, True]),
    "second epoch of the first": (WIDE, 2, [True, False, False]),
    "third epoch of the second": (WIDE, 9, [True, True, False]),
    "first epoch of the second": (WIDE, 7, [True, False, False]),
    "first epoch of the third": (WIDE, 13, [True, True, False]),
}


@pytest.mark.parametrize(
    ("parameters", "call", "there"), INTERRUPTIONS.values(), ids=INTERRUPTIONS
)
def test_an_interruption_keeps_what_was_reached(parameters, call, there):
    model = small(MLPRegressor, **parameters, n_init=3, scoring=interrupting(call))
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        fit_or_fail(model)
    assert np.isfinite(model.init_scores_).tolist() == there
    assert model.history_["val_score"][-1] == model.init_scores_[np.array(there)].max()


@pytest.mark.parametrize("parameters", [{}, WIDE, {"optimizer": "lbfgs"}], ids=str)
def test_an_interruption_of_the_first_epoch_is_passed_on(parameters):
    model = small(MLPRegressor, **parameters, n_init=3, scoring=interrupting(1))
    before = snapshot(model)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X_REG, Y_REG, X_val=X_REG, y_val=Y_REG)
    assert_unchanged(model, before)
