"""Every component in the estimators, by name: tables over the registries."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator

from skmlp import MLPClassifier, MLPRegressor
from skmlp.activations import (
    ACTIVATIONS,
    Activation,
    LeakyReLU,
    Maxout,
    PReLU,
    ScaledELU,
    Softmax,
)
from skmlp.initializers import INITIALIZERS, Given, Initializer
from skmlp.losses import (
    CLASSIFICATION_LOSSES,
    REGRESSION_LOSSES,
    CategoricalCrossentropy,
    Huber,
    LogLoss,
    Loss,
    Quantile,
)
from skmlp.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    AdamW,
    FirstOrder,
    Moments,
    Optimizer,
    RMSprop,
)
from skmlp.schedules import SCHEDULES, CosineDecay, Schedule, WarmedSchedule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS_X, IRIS_Y = load_iris(return_X_y=True)
IRIS_X = StandardScaler().fit_transform(IRIS_X)
DIABETES_X, DIABETES_Y = load_diabetes(return_X_y=True)
DIABETES_X = StandardScaler().fit_transform(DIABETES_X)
DATA = {
    MLPClassifier: (IRIS_X, IRIS_Y),
    MLPRegressor: (DIABETES_X[:150], DIABETES_Y[:150] / DIABETES_Y.max()),
}
LOSSES = {MLPClassifier: CLASSIFICATION_LOSSES, MLPRegressor: REGRESSION_LOSSES}

# What 20 epochs cannot reach, or a tolerance of 1e-7 that rounding does not keep: weights
# are tested below instead.
LEFT_OUT = {
    "check_classifiers_train",
    "check_regressors_train",
    "check_class_weight_classifiers",
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
}


def families(Estimator):
    return {
        "activation": ACTIVATIONS,
        "loss": LOSSES[Estimator],
        "optimizer": OPTIMIZERS,
        "learning_rate": SCHEDULES,
        "initializer": INITIALIZERS,
    }


NAMES = [
    (Estimator, parameter, name)
    for Estimator in DATA
    for parameter, registry in families(Estimator).items()
    for name in {cls: name for name, cls in registry.items()}.values()  # without aliases
]
every = pytest.mark.parametrize(
    ("Estimator", "parameter", "name"),
    NAMES,
    ids=lambda value: getattr(value, "__name__", value),
)
kinds = pytest.mark.parametrize("Estimator", list(DATA))


def generate_checks():
    for Estimator, parameter, name in NAMES:
        configured = Estimator(max_iter=20, **{parameter: name})
        for estimator, check in estimator_checks_generator(configured):
            if check.func.__name__ not in LEFT_OUT:
                label = f"{Estimator.__name__}-{name}-{check.func.__name__}"
                yield pytest.param(estimator, check, id=label)


@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


def small(Estimator, **more):
    return Estimator(
        **{"hidden_layer_sizes": (6, 5), "max_iter": 3, "random_state": 0, **more}
    )


def trained(Estimator, **more):
    """A network that has learned what there is to learn."""
    settings = {"hidden_layer_sizes": (20,), "learning_rate_init": 0.01, "max_iter": 100}
    return Estimator(**settings, random_state=0, **more)


def weights(model):
    own = getattr(model, "activation_params_", [])
    return np.concatenate([np.ravel(a) for a in (*model.coefs_, *model.intercepts_, *own)])


@every
def test_weights_are_repetitions(Estimator, parameter, name):
    X, y = DATA[Estimator]
    times = np.random.default_rng(0).integers(0, 4, len(X))
    model = small(Estimator, batch_size="full", shuffle=False, **{parameter: name})
    weighted = weights(clone(model).fit(X, y, sample_weight=times))
    repeated = weights(clone(model).fit(X.repeat(times, axis=0), y.repeat(times)))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-5, atol=1e-7)


@every
def test_name_and_object_and_training_goes_down(Estimator, parameter, name):
    X, y = DATA[Estimator]
    component = families(Estimator)[parameter][name]()
    by_name = small(Estimator, max_iter=15, batch_size=16, **{parameter: name})
    by_object = clone(by_name).set_params(**{parameter: component})
    before = vars(component).copy()
    losses = by_name.fit(X, y).history_["loss"]
    assert losses[-1] < losses[0]
    if name not in ("invscaling", "adaptive"):  # by name without effect on adam
        np.testing.assert_array_equal(weights(by_name), weights(by_object.fit(X, y)))
    assert vars(component) == before


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
@pytest.mark.parametrize(
    "more",
    [{"solver": "lbfgs"}, {"early_stopping": True}, {"dtype": "float32"}, {"shuffle": False}],
    ids=str,
)
@kinds
def test_activations_in_every_kind_of_training(Estimator, name, more):
    X, y = DATA[Estimator]
    model = small(Estimator, activation=name, **more).fit(X, y)
    np.testing.assert_allclose(
        model.predict(X[:7]),
        clone(model).fit(sparse.csr_array(X), y).predict(X[:7]),
        rtol=1e-4,
    )
    assert weights(model).dtype == X.dtype


def test_one_activation_per_layer():
    X, y = DATA[MLPClassifier]
    layers = ["tanh", LeakyReLU(negative_slope=0.2), Maxout(pieces=3)]
    model = MLPClassifier((6, 5, 4), layers, max_iter=5, random_state=0).fit(X, y)
    assert [W.shape for W in model.coefs_] == [(4, 6), (6, 5), (5, 12), (4, 3)]
    a = X
    for W, b, f in zip(
        model.coefs_[:-1], model.intercepts_[:-1], [np.tanh, None, None], strict=True
    ):
        z = a @ W + b
        if f is not None:
            a = f(z)
        elif z.shape[1] == 5:
            a = np.where(z > 0, z, 0.2 * z)
        else:
            a = z.reshape(len(X), 3, 4).max(axis=1)
    raw = a @ model.coefs_[-1] + model.intercepts_[-1]
    np.testing.assert_allclose(model.decision_function(X), raw, rtol=1e-10)


@pytest.mark.parametrize("wrong", [["relu"], ("relu", "tanh", "relu"), ()])
def test_as_many_activations_as_layers(wrong):
    with pytest.raises(ValueError, match=f"has {len(wrong)} entries for 2 hidden layers"):
        small(MLPClassifier, activation=wrong).fit(*DATA[MLPClassifier])


def test_an_activation_in_a_list_is_named():
    with pytest.raises(
        ValueError, match=r"'activation\[1\]' parameter .* Did you mean 'relu'"
    ):
        small(MLPClassifier, activation=["tanh", "relo"]).fit(*DATA[MLPClassifier])
    with pytest.raises(TypeError, match=r"'activation\[0\]' parameter .* class Activation"):
        small(MLPClassifier, activation=[Softmax(), "relu"]).fit(*DATA[MLPClassifier])


@kinds
def test_without_hidden_layers_activations_do_not_matter(Estimator):
    X, y = DATA[Estimator]
    for activation in ("relu", "prelu", "maxout", []):
        model = small(Estimator, hidden_layer_sizes=(), activation=activation).fit(X, y)
        assert not hasattr(model, "activation_params_")
        assert len(model.coefs_) == 1


@kinds
def test_slopes_are_learned_kept_and_a_part_of_the_model(Estimator):
    X, y = DATA[Estimator]
    model = small(Estimator, activation=["prelu", "tanh"], max_iter=30).fit(X, y)
    slope, none = model.activation_params_
    assert slope.shape == (1,)
    assert slope[0] != 0.25
    assert none.shape == (0,)
    before = model.predict(X)
    model.activation_params_ = [np.array([-3.0]), none]
    assert (model.predict(X) != before).any()
    model.activation_params_ = [np.array([1.0, 2.0]), none]
    with pytest.raises(ValueError, match="activation_params_ has the shapes"):
        model.predict(X)


def test_slopes_are_no_part_of_the_penalty():
    X, y = DATA[MLPRegressor]
    model = MLPRegressor(
        hidden_layer_sizes=(4,),
        activation=PReLU(initial_slope=0.5),
        alpha=1e6,
        max_iter=1,
        optimizer="sgd",
        learning_rate_init=1e-12,
        batch_size="full",
        momentum=0,
    ).fit(X, y)
    np.testing.assert_allclose(model.activation_params_[0], 0.5, rtol=1e-9)


@kinds
def test_learned_activations_go_on(Estimator):
    X, y = DATA[Estimator]
    more = {"classes": np.unique(y)} if Estimator is MLPClassifier else {}
    model = small(Estimator, activation=["prelu", "maxout"], shuffle=False, batch_size=50)
    whole = clone(model).set_params(max_iter=4).fit(X, y)
    parts = clone(model)
    for _ in range(4):
        parts.partial_fit(X, y, **more)
    np.testing.assert_allclose(weights(parts), weights(whole), rtol=1e-10)
    slope = parts.activation_params_[0].copy()
    parts.set_params(warm_start=True, learning_rate_init=1e-15).fit(X, y)
    np.testing.assert_allclose(parts.activation_params_[0], slope, rtol=1e-10)


OUTPUTS = [
    ("relu", (0, np.inf)),
    ("softplus", (0, np.inf)),
    ("logistic", (0, 1)),
    ("tanh", (-1, 1)),
]


@pytest.mark.parametrize(("name", "bounds"), OUTPUTS)
@pytest.mark.parametrize("loss", ["squared_error", Huber(delta=0.1)])
def test_output_activation_bounds_predictions(name, bounds, loss):
    X, y = DATA[MLPRegressor]
    model = trained(MLPRegressor, loss=loss, output_activation=name).fit(X, y)
    far = model.predict(50 * X)
    assert far.min() >= bounds[0]
    assert far.max() <= bounds[1]
    assert model.out_activation_ == name
    assert model.score(X, y) > 0.2


@pytest.mark.parametrize(("name", "bounds"), OUTPUTS)
def test_targets_outside_the_range_of_the_outputs(name, bounds):
    X, y = DATA[MLPRegressor]
    with pytest.raises(ValueError, match=f"y .*{bounds[0]}"):
        small(MLPRegressor, output_activation=name).fit(X, y - 5)


@pytest.mark.parametrize(
    ("Estimator", "loss"),
    [
        (MLPRegressor, "poisson"),
        (MLPRegressor, "gamma"),
        (MLPClassifier, "log_loss"),
        (MLPClassifier, "focal"),
    ],
)
def test_losses_with_outputs_of_their_own(Estimator, loss):
    with pytest.raises(ValueError, match=f"loss='{loss}' has an output activation of its own"):
        small(Estimator, loss=loss, output_activation="tanh").fit(*DATA[Estimator])


@pytest.mark.parametrize("name", ["prelu", "maxout"])
def test_activations_that_are_for_hidden_layers(name):
    with pytest.raises(ValueError, match=f"output_activation='{name}' is for hidden layers"):
        small(MLPRegressor, output_activation=name).fit(*DATA[MLPRegressor])


@pytest.mark.parametrize("loss", ["hinge", "squared_hinge"])
def test_hinge_has_no_probabilities(loss):
    model = trained(MLPClassifier, loss=loss).fit(*DATA[MLPClassifier])
    assert model.score(*DATA[MLPClassifier]) > 0.9
    assert model.decision_function(IRIS_X).shape == (150, 3)
    for name in ("predict_proba", "predict_log_proba"):
        assert not hasattr(model, name)
        with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
            getattr(model, name)


class TestCategoricalCrossentropy:
    soft = LogLoss().for_task("multiclass")
    rows = np.random.default_rng(0).dirichlet([1, 2, 3], len(IRIS_X))

    def model(self, **more):
        return small(MLPClassifier, loss="categorical_crossentropy", **more)

    def test_one_hot_rows_are_labels(self):
        labels = small(MLPClassifier).fit(IRIS_X, IRIS_Y)
        one_hot = self.model().fit(IRIS_X, np.eye(3)[IRIS_Y])
        np.testing.assert_allclose(weights(labels), weights(one_hot), rtol=1e-10)
        from_labels = self.model().fit(IRIS_X, IRIS_Y)
        np.testing.assert_allclose(weights(labels), weights(from_labels), rtol=1e-10)
        np.testing.assert_array_equal(from_labels.predict(IRIS_X), labels.predict(IRIS_X))
        np.testing.assert_array_equal(one_hot.classes_, [0, 1, 2])
        prediction = one_hot.predict(IRIS_X)
        np.testing.assert_array_equal(prediction, np.eye(3)[labels.predict(IRIS_X)])
        assert one_hot.score(IRIS_X, np.eye(3)[IRIS_Y]) == labels.score(IRIS_X, IRIS_Y)

    def test_learns_probabilities(self):
        X = np.zeros((len(self.rows), 1))
        model = self.model(max_iter=500, alpha=0, solver="lbfgs").fit(X, self.rows)
        np.testing.assert_allclose(
            model.predict_proba(X[:1])[0], self.rows.mean(axis=0), atol=1e-4
        )

    @pytest.mark.parametrize("more", [{"early_stopping": True}, {"dtype": "float32"}], ids=str)
    def test_kinds_of_training(self, more):
        model = self.model(max_iter=5, **more).fit(IRIS_X, self.rows)
        assert np.isfinite(model.score(IRIS_X, self.rows))

    @pytest.mark.parametrize(
        ("rows", "message"),
        [
            (np.full((150, 3), 0.5), "sum to 1"),
            (np.tile([1.5, -0.5, 0], (150, 1)), "probabilities"),
            (np.full((150, 3), "a"), "probabilities"),
        ],
    )
    def test_rows_that_are_no_probabilities(self, rows, message):
        with pytest.raises(ValueError, match=f"y .*{message}"):
            self.model().fit(IRIS_X, rows)

    def test_partial_fit_checks_classes(self):
        model = self.model().partial_fit(IRIS_X, self.rows, classes=[0, 1, 2])
        model.partial_fit(IRIS_X, self.rows)
        assert len(model.loss_curve_) == 2
        with pytest.raises(ValueError, match="classes of a y with 3 columns are 0 to 2"):
            model.partial_fit(IRIS_X, self.rows, classes=[5, 6, 7])

    def test_sparse_rows(self):
        one_hot = np.eye(3)[IRIS_Y]
        dense = self.model().fit(IRIS_X, one_hot)
        rows = sparse.csr_array(one_hot)
        from_sparse = self.model().fit(IRIS_X, rows)
        np.testing.assert_array_equal(weights(dense), weights(from_sparse))
        assert from_sparse.score(IRIS_X, rows) == dense.score(IRIS_X, one_hot)

    def test_tags_follow_the_loss(self):
        assert not get_tags(self.model()).classifier_tags.multi_label
        by_object = MLPClassifier(loss=CategoricalCrossentropy())
        assert not get_tags(by_object).classifier_tags.multi_label

    def test_without_it_rows_are_refused(self):
        with pytest.raises(ValueError, match="y "):
            small(MLPClassifier).fit(IRIS_X, self.rows)


def test_label_smoothing_tempers_probabilities():
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    sharp, smooth = (
        trained(MLPClassifier, loss=LogLoss(label_smoothing=s)).fit(X, y) for s in (0.0, 0.2)
    )
    assert sharp.predict_proba(X).max() > 0.99
    np.testing.assert_allclose(smooth.predict_proba(X).max(axis=1).mean(), 0.9, atol=0.03)


@pytest.mark.parametrize("loss", ["log_loss", "focal", "squared_error"])
def test_probabilities_are_better_than_the_frequencies(loss):
    X, y = DATA[MLPClassifier]
    model = trained(MLPClassifier, loss=loss).fit(X, y)
    assert log_loss(y, model.predict_proba(X)) < 0.5


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_quantile_has_its_share_of_targets_below(level):
    model = MLPRegressor(
        loss=Quantile(quantile=level),
        hidden_layer_sizes=(10,),
        learning_rate="cosine",
        learning_rate_init=0.01,
        max_iter=400,
        n_iter_no_change=400,
        random_state=0,
    ).fit(DIABETES_X, DIABETES_Y / 100)
    share = (model.predict(DIABETES_X) > DIABETES_Y / 100).mean()
    np.testing.assert_allclose(share, level, atol=0.03)


def test_weight_decay_shrinks_weights_and_nothing_else():
    X, y = DATA[MLPRegressor]
    rate, decay = 1e-3, 0.5
    plain, decayed = (
        MLPRegressor(
            hidden_layer_sizes=(4,),
            activation="prelu",
            optimizer=AdamW(weight_decay=wd),
            learning_rate_init=rate,
            batch_size="full",
            alpha=0,
            max_iter=1,
            random_state=0,
        ).fit(X, y)
        for wd in (0, decay)
    )
    start = small(
        MLPRegressor,
        hidden_layer_sizes=(4,),
        activation="prelu",
        optimizer="sgd",
        learning_rate_init=1e-300,
        max_iter=1,
    ).fit(X, y)
    for a, b, W in zip(plain.coefs_, decayed.coefs_, start.coefs_, strict=True):
        np.testing.assert_allclose(a - b, rate * decay * W, rtol=1e-6)
    for a, b in zip(plain.intercepts_, decayed.intercepts_, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(plain.activation_params_[0], decayed.activation_params_[0])


class TestSchedules:
    def rates(self, learning_rate, **more):
        model = small(
            MLPRegressor,
            learning_rate=learning_rate,
            learning_rate_init=0.1,
            batch_size=50,
            n_iter_no_change=100,
            **{"max_iter": 8, **more},
        )
        return model.fit(*DATA[MLPRegressor])

    def test_cosine_ends_with_max_iter(self):
        # 150 samples, three steps an epoch; the rate is that of an epoch's last step
        steps = 3 * np.arange(8) + 2
        np.testing.assert_allclose(
            self.rates("cosine").history_["learning_rate"],
            0.05 * (1 + np.cos(np.pi * steps / 24)),
        )

    def test_warm_up_rises_step_by_step(self):
        rates = self.rates(CosineDecay(final=1.0, warmup=0.5)).history_["learning_rate"]
        np.testing.assert_allclose(rates, 0.1 * np.minimum(1, (3 * np.arange(8) + 3) / 12))

    @pytest.mark.parametrize("name", sorted(set(SCHEDULES) - {"invscaling"}))
    def test_a_warm_start_begins_anew(self, name):
        model = self.rates(name, warm_start=True).fit(*DATA[MLPRegressor])
        first, second = np.split(model.history_["learning_rate"], 2)
        np.testing.assert_array_equal(first, second)

    def test_invscaling_goes_on_in_a_warm_start(self):
        model = self.rates("invscaling", optimizer="sgd", warm_start=True)
        last = model.history_["learning_rate"][-1]
        model.fit(*DATA[MLPRegressor])
        assert model.history_["learning_rate"][9] < last

    def test_partial_fit_has_the_horizon_of_max_iter_calls(self):
        whole = self.rates("one_cycle")
        parts = clone(whole)
        for _ in range(8):
            parts.partial_fit(*DATA[MLPRegressor])
        np.testing.assert_allclose(
            parts.history_["learning_rate"], whole.history_["learning_rate"]
        )

    @pytest.mark.parametrize("optimizer", ["adam", "sgd"])
    def test_names_that_act_with_sgd_only(self, optimizer):
        rates = self.rates("invscaling", optimizer=optimizer).history_["learning_rate"]
        assert (rates == 0.1).all() == (optimizer == "adam")
        rates = self.rates("exponential", optimizer=optimizer).history_["learning_rate"]
        np.testing.assert_allclose(rates, 0.1 * 0.95 ** np.arange(8))
        by_object = self.rates(SCHEDULES["invscaling"](), optimizer=optimizer)
        assert by_object.history_["learning_rate"][-1] < 0.1

    def test_what_a_schedule_is_told(self):
        seen = []

        class Spy(Schedule):
            def rate(self, initial, progress):
                seen.append((progress.step, progress.epoch, progress.samples))
                assert progress.total_steps == 6
                return initial

        self.rates(Spy(), max_iter=2)
        assert seen[1:4] == [(0, 0, 0), (1, 0, 0), (2, 0, 0)]
        assert seen[5:] == [(3, 1, 150), (4, 1, 150), (5, 1, 150)]


@pytest.mark.parametrize("n_biases", [1, 3])
def test_initializer_with_wrong_biases(n_biases):
    class Wrong(INITIALIZERS["he_normal"]):
        def draw(self, random_state, fan_in, fan_out, activation):
            return np.zeros((fan_in, fan_out)), np.zeros(n_biases)

    with pytest.raises(ValueError, match=r"initializer=Wrong.* biases of the shapes"):
        small(MLPClassifier, initializer=Wrong()).fit(*DATA[MLPClassifier])


def test_given_weights_are_where_it_starts():
    X, y = DATA[MLPClassifier]
    model = small(MLPClassifier).fit(X, y)
    given = Given(model.coefs_, model.intercepts_)
    again = small(MLPClassifier, initializer=given, learning_rate_init=1e-15).fit(X, y)
    np.testing.assert_allclose(weights(again), weights(model), rtol=1e-10)
    with pytest.raises(ValueError, match=r"initializer"):
        small(MLPClassifier, hidden_layer_sizes=(7,), initializer=given).fit(X, y)


@pytest.mark.parametrize(
    "grid",
    [
        {"optimizer": ["adam", "lion"], "activation": ["relu", ["tanh", "prelu"]]},
        {
            "optimizer": [RMSprop(), Adadelta()],
            "loss": ["log_loss", LogLoss(label_smoothing=0.1)],
        },
        {"optimizer": ["adadelta"], "optimizer__rho": [0.9, 0.95]},
        {"optimizer": ["adadelta", RMSprop()], "optimizer__rho": [0.8, 0.9]},
        {"optimizer": ["adam", "adamw"], "optimizer__beta_2": [0.9, 0.99]},
        {"learning_rate": ["cosine", "exponential"], "learning_rate__warmup": [0.0, 0.1]},
        {"activation": ["leaky_relu"], "activation__negative_slope": [0.1, 0.3]},
    ],
    ids=str,
)
def test_searchable(grid):
    search = GridSearchCV(small(MLPClassifier), grid, cv=2, error_score="raise")
    search.fit(*DATA[MLPClassifier])
    n_candidates = np.prod([len(values) for values in grid.values()])
    assert len(search.cv_results_["params"]) == n_candidates
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    for parameters in search.cv_results_["params"]:
        nested = {k: v for k, v in parameters.items() if "__" in k}
        found = clone(search.estimator).set_params(**parameters).get_params()
        assert nested.items() <= found.items()


@pytest.mark.parametrize("cls", ["amsgrad", "adamw", "adamax", "nadam", "radam"])
def test_scikit_learns_flat_names_feed_the_relatives_of_adam(cls):
    X, y = DATA[MLPClassifier]
    flat = small(MLPClassifier, optimizer=cls, beta_1=0.5, beta_2=0.8, epsilon=0.01).fit(X, y)
    own = OPTIMIZERS[cls](beta_1=0.5, beta_2=0.8, epsilon=0.01)
    np.testing.assert_array_equal(
        weights(flat), weights(small(MLPClassifier, optimizer=own).fit(X, y))
    )


class OnlyForward(Activation):
    def forward(self, z, a, scratch):
        pass


class OnlyGradient(Loss):
    def gradient(self, y, raw, out):
        out[...] = 0


class TestMistakesInYourOwn:
    """A component that breaks its contract is named."""

    def fit(self, **parameters):
        X, y = DATA[MLPRegressor]
        return small(MLPRegressor, **parameters).fit(X, y)

    @pytest.mark.parametrize("solver", ["adam", "lbfgs"])
    @pytest.mark.parametrize(
        "value",
        [lambda r: r.mean(), lambda r: r.sum(axis=0), lambda r: r],
        ids=["a number", "wrong axis", "per output"],
    )
    def test_loss_of_a_wrong_shape(self, solver, value):
        class Wrong(Loss):
            tasks = ("regression",)

            def value(self, y, raw):
                return value((raw - y) ** 2)

            def gradient(self, y, raw, out):
                np.subtract(raw, y, out=out)

        X, y = DATA[MLPRegressor]
        model = small(MLPRegressor, loss=Wrong(), solver=solver)
        with pytest.raises(ValueError, match=r"loss=Wrong\(\) returns values of the shape"):
            model.fit(X, np.stack([y, y], axis=1))

    @pytest.mark.parametrize("state", [np.zeros(3), 0], ids=["no networks", "a number"])
    def test_state_of_a_wrong_shape(self, state):
        class Wrong(SGD):
            def init(self, theta):
                return {"m": state}

        with pytest.raises(ValueError, match=r"optimizer=Wrong.*begins with 'm' of the shape"):
            self.fit(optimizer=Wrong())

    @pytest.mark.parametrize(
        "rate", [np.nan, np.inf, -0.1, None, "a", 1j, np.ones(2)], ids=str
    )
    def test_rate_that_is_none(self, rate):
        class Wrong(Schedule):
            def rate(self, initial, progress):
                return rate

        with pytest.raises(ValueError, match=r"learning_rate=Wrong\(\) gives the rate"):
            self.fit(learning_rate=Wrong())

    @pytest.mark.parametrize(
        "layer",
        [
            lambda i, o: np.zeros((i, o)),
            lambda i, o: None,
            lambda i, o: (np.zeros((i, o)), 0.0),
        ],
        ids=["no biases", "None", "a number"],
    )
    def test_starting_weights_of_a_wrong_shape(self, layer):
        class Wrong(Initializer):
            def draw(self, random_state, fan_in, fan_out, activation):
                return layer(fan_in, fan_out)

        with pytest.raises(
            ValueError, match=r"initializer=Wrong\(\) gives weights and biases"
        ):
            self.fit(initializer=Wrong())

    def test_starting_weights_that_are_not_finite(self):
        start = self.fit()
        start.coefs_[0][0, 0] = np.nan
        with pytest.raises(ValueError, match=r"initializer=Given[^$]* not finite"):
            self.fit(initializer=Given(start.coefs_, start.intercepts_))

    @pytest.mark.parametrize(
        ("parameter", "base", "method"),
        [
            ("activation", Activation, "forward"),
            ("activation", OnlyForward, "backward"),
            ("activation", ScaledELU, "_slope_and_scale"),
            ("loss", Loss, "gradient"),
            ("loss", OnlyGradient, "value"),
            ("optimizer", FirstOrder, "init"),
            ("optimizer", Moments, "step"),
            ("optimizer", Optimizer, "minimize"),
            ("learning_rate", Schedule, "rate"),
            ("learning_rate", WarmedSchedule, "unwarmed"),
            ("initializer", Initializer, "draw"),
        ],
    )
    def test_a_method_that_is_missing(self, parameter, base, method):
        class Empty(base):
            tasks = ("regression",)

        with pytest.raises(NotImplementedError, match=f"Empty has no method '{method}'"):
            self.fit(**{parameter: Empty()})


def test_nested_parameters_of_a_list():
    model = MLPClassifier(activation=["maxout"])
    with pytest.raises(ValueError, match=r"activation=\['maxout'\] is a list"):
        model.set_params(activation__pieces=3)


def test_a_fitted_model_keeps_its_outputs():
    X, y = DATA[MLPRegressor]
    model = small(MLPRegressor, output_activation="softplus").fit(X, y)
    before = model.predict(X)
    np.testing.assert_array_equal(
        model.set_params(output_activation="auto").predict(X), before
    )
    model = small(MLPRegressor).fit(X, y)
    before = model.predict(X)
    np.testing.assert_array_equal(
        model.set_params(output_activation="tanh").predict(X), before
    )
    hinge = small(MLPClassifier, loss="hinge").fit(*DATA[MLPClassifier])
    assert not hasattr(hinge.set_params(loss="log_loss"), "predict_proba")


def test_probabilities_are_scored_against_labels():
    model = small(MLPClassifier, loss="categorical_crossentropy").fit(
        IRIS_X, np.eye(3)[IRIS_Y]
    )
    assert model.score(IRIS_X, IRIS_Y) == model.score(IRIS_X, np.eye(3)[IRIS_Y])


def test_other_hyperparameters_start_the_optimizer_anew():
    """Its state is scaled by them."""
    X, y = DATA[MLPRegressor]
    model = small(MLPRegressor, optimizer="adam", shuffle=False, beta_2=0.9)
    for _ in range(5):
        model.partial_fit(X, y)
    given = Given(model.coefs_, model.intercepts_)
    model.set_params(beta_2=0.999).partial_fit(X, y)
    fresh = small(MLPRegressor, initializer=given, shuffle=False, max_iter=1).fit(X, y)
    np.testing.assert_allclose(weights(model), weights(fresh), rtol=1e-10)


def test_gamma_targets_that_float32_does_not_hold():
    X, _ = DATA[MLPRegressor]
    with pytest.raises(ValueError, match="y has values that are not positive"):
        small(MLPRegressor, loss="gamma", dtype="float32").fit(X, np.full(len(X), 1e-46))
