"""What a notebook shows of an estimator, and the attributes that are there to be shown."""

import re
from html import unescape
from itertools import pairwise

import numpy as np
import pytest
from samples import INDICATORS, LABELS, X_REG, Y_REG, X
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

from skmlp import MLPClassifier, MLPRegressor, TabularMLPClassifier, TabularMLPRegressor
from skmlp.activations import LeakyReLU
from skmlp.initializers import Given
from skmlp.optimizers import Adadelta

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
shows_attributes = pytest.mark.skipif(
    not hasattr(BaseEstimator, "_get_fitted_attr_html"), reason="scikit-learn < 1.9"
)
shows_parameters = pytest.mark.skipif(
    not hasattr(BaseEstimator, "_get_params_html"), reason="scikit-learn < 1.7"
)

# An estimator, and samples.
INSTANCES = {
    "MLPClassifier": (MLPClassifier((5, 4), max_iter=3), X, LABELS),
    "multilabel": (MLPClassifier((), max_iter=3), X, INDICATORS),
    "MLPRegressor": (MLPRegressor(hidden_layer_sizes=(5,), max_iter=3), X_REG, Y_REG),
    "lbfgs": (MLPRegressor(hidden_layer_sizes=6, optimizer="lbfgs", max_iter=3), X_REG, Y_REG),
    "prelu": (MLPClassifier((5, 4), activation="prelu", max_iter=3), X, LABELS),
    "maxout": (MLPClassifier((5, 4), activation="maxout", max_iter=3), X, LABELS),
    "TabularMLPClassifier": (
        TabularMLPClassifier((8,), n_networks=2, max_iter=2),
        X,
        LABELS,
    ),
    "TabularMLPRegressor": (
        TabularMLPRegressor((8,), n_networks=2, max_iter=2),
        X_REG,
        Y_REG,
    ),
}
instances = pytest.mark.parametrize("name", INSTANCES)


def fitted(name):
    model, X, y = INSTANCES[name]
    return clone(model).set_params(random_state=0).fit(X, y)


def rows(page):
    """The cells of each row of the tables: names to what stands beside them."""
    page = page.partition("<script>")[0]
    lines = re.findall(r"<tr.*?</tr>", page, flags=re.DOTALL)
    cells = [re.findall(r"<td.*?</td>", line, flags=re.DOTALL) for line in lines]
    texts = [[unescape(re.sub(r"<[^>]*>|\s+", "", cell)) for cell in row] for row in cells]
    filled = [[text for text in row if text] for row in texts]
    return {name: " ".join(rest) for name, *rest in filter(None, filled)}


def content(page):
    """The page without its style and its script."""
    return re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)


@shows_parameters
@instances
def test_every_parameter_has_a_row(name):
    model, _, _ = INSTANCES[name]
    shown = rows(estimator_html_repr(model))
    assert set(shown) == set(model.get_params())
    assert shown["random_state"] == "None"


@shows_parameters
def test_components_show_their_own_parameters():
    model = MLPClassifier(activation=LeakyReLU(0.2), optimizer=Adadelta(rho=0.95))
    shown = rows(estimator_html_repr(model))
    assert shown["optimizer"] == "Adadelta(rho=0.95)"
    assert shown["optimizer__rho"] == "0.95"
    assert shown["activation__negative_slope"] == "0.2"


@quiet
@shows_attributes
@instances
def test_a_fitted_estimator_shows_layers_parameters_epochs_and_loss(name):
    model = fitted(name)
    shown = rows(estimator_html_repr(model))
    n_layers = len(model.layer_sizes_)
    sizes = ",".join(map(str, model.layer_sizes_))
    assert shown["layer_sizes_"] == f"ndarray[int64]({n_layers},) [{sizes}]"
    assert shown["n_parameters_"] == f"int {model.n_parameters_}"
    assert shown["n_iter_"] == f"int {model.n_iter_}"
    assert shown["loss_"] == f"float {model.loss_:.4g}"


@quiet
@shows_attributes
@instances
def test_every_fitted_attribute_has_a_row(name):
    model = fitted(name)
    shown = rows(estimator_html_repr(model))
    assert {n for n in vars(model) if n.endswith("_")} <= set(shown)


@quiet
@instances
@pytest.mark.parametrize("make", [lambda name: INSTANCES[name][0], fitted])
def test_nothing_links_to_the_site_of_scikit_learn(name, make):
    page = content(estimator_html_repr(make(name)))
    assert "MLP" in page
    assert "href" not in page


@quiet
@instances
def test_a_pipeline_and_a_search_show_the_estimator(name):
    model, X, y = INSTANCES[name]
    pipeline = make_pipeline(StandardScaler(), clone(model))
    search = GridSearchCV(pipeline, {"standardscaler__with_mean": [True]}, cv=2)
    for page in map(estimator_html_repr, (pipeline, search, search.fit(X, y))):
        links = re.findall('href="([^"]*)"', content(page))
        assert type(model).__name__ in page
        assert not any("MLP" in link for link in links)


@quiet
@shows_attributes
def test_the_page_does_not_grow_with_the_model():
    sizes = []
    for width, epochs in ((100, 5), (1000, 50)):
        weights = [np.ones((4, width)), np.ones((width, 3))]
        initializer = Given(weights, [np.ones(width), np.ones(3)])
        model = MLPClassifier(width, initializer=initializer, max_iter=epochs, tol=0)
        sizes.append(len(estimator_html_repr(model.fit(X, LABELS))))
    assert sizes[1] < sizes[0] + 1000


# --- the attributes --------------------------------------------------------------------------


@quiet
@pytest.mark.parametrize(
    ("name", "sizes", "own"),
    [
        ("MLPClassifier", [4, 5, 4, 3], 0),
        ("multilabel", [4, 2], 0),
        ("MLPRegressor", [10, 5, 1], 0),
        ("lbfgs", [10, 6, 1], 0),
        ("prelu", [4, 5, 4, 3], 2),
    ],
)
def test_layer_sizes_and_number_of_parameters(name, sizes, own):
    model = fitted(name)
    np.testing.assert_array_equal(model.layer_sizes_, sizes)
    assert model.n_layers_ == len(sizes)
    weights = sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))
    assert model.n_parameters_ == weights + own


@quiet
def test_maxout_has_as_many_units_and_more_parameters():
    model = fitted("maxout")
    np.testing.assert_array_equal(model.layer_sizes_, [4, 5, 4, 3])
    assert model.n_parameters_ == (4 + 1) * 5 * 2 + (5 + 1) * 4 * 2 + (4 + 1) * 3


@quiet
def test_a_model_that_has_been_set_by_hand_is_the_one_that_is_told():
    model = fitted("MLPClassifier")
    model.coefs_ = [np.ones((4, 7)).tolist(), np.ones((7, 3)).tolist()]
    model.intercepts_ = [[0.0] * 7, [0.0] * 3]
    np.testing.assert_array_equal(model.layer_sizes_, [4, 7, 3])
    assert model.n_parameters_ == (4 + 1) * 7 + (7 + 1) * 3


@quiet
@pytest.mark.parametrize("Estimator", [TabularMLPClassifier, TabularMLPRegressor])
@pytest.mark.parametrize("n_networks", [1, 3])
def test_tabular_networks_are_told(Estimator, n_networks):
    # Without validation the last epoch predicts alone.
    model = Estimator(
        (8, 6), n_networks=n_networks, embedding=None, early_stopping=False, max_iter=2
    )
    model.fit(X, LABELS)
    n_outputs = model.n_outputs_
    np.testing.assert_array_equal(model.layer_sizes_, [4, 8, 6, n_outputs])
    factors, shares = 4, 8 + 6  # of the inputs; of the activation in each hidden unit
    weights = (4 + 1) * 8 + (8 + 1) * 6 + (6 + 1) * n_outputs
    assert model.n_parameters_ == n_networks * (weights + factors + shares)
    assert model.loss_ == model.history_["loss"][-1]


@instances
@pytest.mark.parametrize("attribute", ["layer_sizes_", "n_parameters_", "loss_"])
def test_nothing_is_told_before_the_fit(name, attribute):
    assert not hasattr(INSTANCES[name][0], attribute)
