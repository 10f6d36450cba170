"""What scikit-learn expects of an estimator."""

import pickle

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, make_regression
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator

from skmlp import MLPClassifier, MLPRegressor, activations, losses, optimizers

kinds = pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# The split is random and partial_fit refuses, so these cannot apply to early stopping.
NOT_WITH_EARLY_STOPPING = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
    "check_estimators_partial_fit_n_features",
}
# The line search amplifies rounding until 1e-7 is out of reach; scikit-learn's own
# MLPRegressor fails here as well.
NOT_WITH_LONG_LBFGS = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
}
LAYERS = {"hidden_layer_sizes": (20, 10), "shuffle": False}
TANH = {"activation": "tanh", "solver": "lbfgs", "alpha": 0.1}
EARLY = {"early_stopping": True, "validation_fraction": 0.3}
CHECKED = [
    (MLPClassifier(), set()),
    (MLPRegressor(), set()),
    (MLPClassifier(activation="logistic", optimizer="sgd"), set()),
    (
        MLPRegressor(activation="logistic", optimizer="sgd", learning_rate_init=0.01),
        set(),
    ),
    (MLPClassifier(**TANH), set()),
    (MLPRegressor(**TANH), NOT_WITH_LONG_LBFGS),
    (MLPRegressor(**TANH, max_iter=20), {"check_regressors_train"}),
    (MLPClassifier(**LAYERS), set()),
    (MLPRegressor(**LAYERS), set()),
    (MLPClassifier(**EARLY), NOT_WITH_EARLY_STOPPING),
    (MLPRegressor(**EARLY), NOT_WITH_EARLY_STOPPING),
]


def generate_checks():
    for configured, left_out in CHECKED:
        for estimator, check in estimator_checks_generator(configured):
            name = check.func.__name__
            if name not in left_out:
                yield pytest.param(estimator, check, id=f"{configured}-{name}")


@quiet
@pytest.mark.parametrize(("estimator", "check"), list(generate_checks()))
def test_check_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def data():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def small(Estimator, **more):
    return Estimator(hidden_layer_sizes=(4,), max_iter=3, random_state=0, **more)


@kinds
def test_tags(Estimator):
    tags = get_tags(Estimator())
    assert tags.input_tags.sparse
    if Estimator is MLPClassifier:
        assert tags.classifier_tags.multi_label
    else:
        assert tags.target_tags.multi_output
        assert not tags.target_tags.positive_only
        for loss in ("poisson", losses.Poisson()):
            assert get_tags(MLPRegressor(loss=loss)).target_tags.positive_only


@kinds
def test_constraints_are_those_of_the_parameters(Estimator):
    assert set(Estimator._parameter_constraints) == set(Estimator().get_params())


@quiet
@kinds
@pytest.mark.parametrize("optimizer", ["adam", optimizers.SGD(momentum=0.5), "lbfgs"])
def test_copies_predict_the_same(Estimator, optimizer, data, tmp_path):
    X, y = data
    fitted = small(Estimator, optimizer=optimizer).fit(X, y)
    joblib.dump(fitted, tmp_path / "model")
    for copy in (
        pickle.loads(pickle.dumps(fitted)),
        joblib.load(tmp_path / "model", mmap_mode="r"),
        clone(fitted).fit(X, y),
    ):
        np.testing.assert_array_equal(copy.predict(X), fitted.predict(X))


@quiet
@kinds
def test_a_memory_mapped_model_can_be_trained_on(Estimator, data, tmp_path):
    X, y = data
    fitted = small(Estimator).fit(X, y)
    joblib.dump(fitted, tmp_path / "model")
    loaded = joblib.load(tmp_path / "model", mmap_mode="r").partial_fit(X, y)
    fitted.partial_fit(X, y)
    np.testing.assert_array_equal(loaded.coefs_[0], fitted.coefs_[0])


@quiet
@kinds
def test_read_only_and_fortran_ordered_input(Estimator, data):
    X, y = data
    expected = small(Estimator).fit(X, y).predict(X)
    frozen, fortran = X.copy(), np.asfortranarray(X)
    frozen.flags.writeable = False
    for other in (frozen, fortran, X.tolist()):
        np.testing.assert_array_equal(small(Estimator).fit(other, y).predict(other), expected)


@quiet
@pytest.mark.parametrize(
    "grid",
    [
        {"optimizer": ["adam", "sgd"]},
        {"solver": ["adam", "lbfgs"]},
        {"optimizer": [optimizers.Adam(beta_1=0.5), optimizers.SGD(momentum=0)]},
        {"optimizer__momentum": [0.1, 0.9], "optimizer": ["sgd"]},
        {"optimizer__momentum": [0.1, 0.9], "solver": ["sgd"]},
        [
            {"optimizer": ["sgd", optimizers.SGD()], "optimizer__momentum": [0.1]},
            {"activation": ["tanh", activations.ReLU()], "learning_rate": ["constant"]},
        ],
    ],
    ids=str,
)
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_grid_search(grid, n_jobs, data):
    pipeline = make_pipeline(StandardScaler(), small(MLPClassifier))
    prefix = "mlpclassifier__"
    grids = grid if isinstance(grid, list) else [grid]
    grids = [{prefix + name: values for name, values in g.items()} for g in grids]
    search = GridSearchCV(pipeline, grids, cv=2, n_jobs=n_jobs, error_score="raise")
    search.fit(*data)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    best = {name.removeprefix(prefix): value for name, value in search.best_params_.items()}
    got = search.best_estimator_[-1].get_params()
    if "optimizer__momentum" in best:  # an object stands where the name stood
        best = {"optimizer__momentum": best["optimizer__momentum"]}
    assert {name: str(got[name]) for name in best} == {n: str(v) for n, v in best.items()}


@quiet
def test_cross_validate_over_a_shared_component(data):
    sgd = optimizers.SGD(momentum=0.5)
    model = small(MLPClassifier, optimizer=sgd, learning_rate_init=0.1)
    scores = [cross_validate(model, *data, cv=3)["test_score"] for _ in range(2)]
    np.testing.assert_array_equal(*scores)
    assert vars(sgd) == {"momentum": 0.5, "nesterovs_momentum": True}


SET_PARAMS = [
    # at first, set_params, (optimizer, solver) afterwards
    ({}, {"solver": "sgd"}, ("adam", "sgd")),
    ({"solver": "sgd"}, {"optimizer": "lbfgs"}, ("lbfgs", None)),
    ({"optimizer": "sgd"}, {"solver": "lbfgs"}, ("adam", "lbfgs")),
    ({"optimizer": "sgd"}, {"solver": None}, ("sgd", None)),
    ({}, {"solver": "sgd", "optimizer": "lbfgs"}, ("lbfgs", "sgd")),
    ({"solver": "sgd"}, {"alpha": 1}, ("adam", "sgd")),
]


@kinds
@pytest.mark.parametrize(("before", "change", "expected"), SET_PARAMS)
def test_set_params_of_solver_and_optimizer(Estimator, before, change, expected):
    model = Estimator(**before).set_params(**change)
    assert (model.optimizer, model.solver) == expected


def test_nested_set_params_through_the_alias():
    for model in (MLPRegressor(optimizer="sgd"), MLPRegressor(solver="sgd")):
        model.set_params(solver__momentum=0.2)
        assert (model.optimizer.momentum, model.solver) == (0.2, None)


@kinds
@pytest.mark.parametrize("name", ["optimizer", "solver"])
def test_nested_set_params_puts_in_the_object(Estimator, name):
    model = Estimator(**{name: "sgd"}, momentum=0.3)
    model.set_params(optimizer__nesterovs_momentum=False, learning_rate="invscaling")
    model.set_params(learning_rate__power_t=2)
    assert model.solver is None
    assert model.optimizer.get_params() == {"momentum": 0.3, "nesterovs_momentum": False}
    assert model.learning_rate.power_t == 2
    assert clone(model).get_params()["optimizer__momentum"] == 0.3


@kinds
def test_convergence_warning_keeps_scikit_learns_words(Estimator, data):
    with pytest.warns(
        ConvergenceWarning,
        match=r"^Stochastic Optimizer: Maximum iterations \(3\) reached and the optimization "
        "hasn't converged yet.$",
    ):
        small(Estimator).fit(*data)


@quiet
def test_feature_names_and_output(data):
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(data[0], columns=["a", "b", "c", "d"])
    model = small(MLPClassifier, early_stopping=True).fit(X, pd.Series(data[1]))
    assert list(model.feature_names_in_) == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(
        model.predict(X), small(MLPClassifier, early_stopping=True).fit(*data).predict(data[0])
    )
    with pytest.raises(ValueError, match="feature names"):
        model.predict(X[["b", "a", "c", "d"]])


@quiet
def test_threads_predict_at_once():
    X, y = make_regression(2000, 10, random_state=0)
    model = small(MLPRegressor).fit(X, y)
    predictions = joblib.Parallel(n_jobs=4, prefer="threads")(
        joblib.delayed(model.predict)(X) for _ in range(8)
    )
    for prediction in predictions:
        np.testing.assert_array_equal(prediction, predictions[0])


@quiet
def test_threads_fit_with_shared_components(data):
    shared = {"optimizer": optimizers.Adam(), "activation": activations.Tanh()}
    models = joblib.Parallel(n_jobs=4, prefer="threads")(
        joblib.delayed(small(MLPClassifier, **shared).fit)(*data) for _ in range(8)
    )
    for model in models:
        np.testing.assert_array_equal(model.coefs_[0], models[0].coefs_[0])
