"""The curves show what is in `history_`, where it should be."""

import inspect
import subprocess
import sys

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier as SklearnMLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmlp import MLPClassifier, MLPRegressor
from skmlp.display import TrainingCurveDisplay

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")  # no display needed
plt = pytest.importorskip("matplotlib.pyplot")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.RandomState(0).standard_normal((40, 2))
Y = (X[:, 0] > 0).astype(int)
CURVES = ("loss", "val_loss", "val_score")


@pytest.fixture(autouse=True)
def _no_figures_left():
    yield
    plt.close("all")


def falling(n, last=0.5):
    return np.geomspace(2.0, last, n)


def with_nan(values, *places):
    values = values.copy()
    values[list(places)] = np.nan
    return values


# name: (history, best_iter, scale of the losses, unit)
HISTORIES = {
    "training only": ({"loss": falling(30)}, 30, "linear", "Epoch"),
    "val_loss": ({"loss": falling(30), "val_loss": falling(30)}, 12, "linear", "Epoch"),
    "both": (
        {"loss": falling(30), "val_loss": falling(30), "val_score": np.linspace(0, 1, 30)},
        30,
        "linear",
        "Epoch",
    ),
    "val_score": ({"loss": falling(9), "val_score": np.arange(9.0)}, 4, "linear", "Epoch"),
    "one epoch": (
        {"loss": falling(1), "val_loss": falling(1), "val_score": np.ones(1)},
        1,
        "linear",
        "Epoch",
    ),
    "500 epochs, five decades": (
        {"loss": falling(500, 2e-5), "val_loss": falling(500)},
        77,
        "log",
        "Epoch",
    ),
    "negative losses": ({"loss": falling(9, 1e-3) - 1}, 9, "linear", "Epoch"),
    "gaps": (
        {
            "loss": falling(9),
            "val_loss": with_nan(falling(9), 0, 1, 2, 4),
            "val_score": with_nan(np.arange(9.0), 0, 1, 2, 4),
        },
        5,
        "linear",
        "Epoch",
    ),
    "diverged": (
        {
            "loss": np.array([1.0, 2.0, np.inf, np.nan]),
            "val_loss": np.full(4, np.nan),
            "val_score": np.array([0.5, np.nan, np.nan, np.nan]),
        },
        1,
        "linear",
        "Epoch",
    ),
    "L-BFGS": ({"loss": falling(9), "gradient_norm": falling(9)}, 9, "linear", "Iteration"),
    "L-BFGS at the optimum": ({"loss": np.zeros(0)}, 0, "linear", "Iteration"),
}
histories = pytest.mark.parametrize("case", HISTORIES)


@pytest.fixture(scope="module")
def made():
    """A function that makes an estimator with a given history."""
    with pytest.warns(ConvergenceWarning):  # the marks of the module do not reach fixtures
        fitted = MLPClassifier((2,), max_iter=1, random_state=0).fit(X, Y)

    def make(history, best_iter, unit="Epoch"):
        n = len(history["loss"])
        history = {"seconds": np.ones(n), **history}
        if unit == "Epoch":
            history["learning_rate"] = np.ones(n)
        fitted.history_, fitted.best_iter_ = history, best_iter
        return fitted

    return make


@pytest.fixture
def case_estimator(made, case):
    history, best_iter, _, unit = HISTORIES[case]
    return made(history, best_iter, unit)


def assert_draws(display):
    """No warning, which would be an error, and something on the canvas."""
    display.figure_.canvas.draw()
    pixels = np.asarray(display.figure_.canvas.buffer_rgba())
    assert pixels.min() < 255


@histories
def test_curves_are_the_history(case, case_estimator):
    history, *_, scale, unit = HISTORIES[case]
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    assert_draws(display)
    assert set(display.lines_) == set(history) & set(CURVES)
    for key, line in display.lines_.items():
        np.testing.assert_array_equal(line.get_ydata(), history[key])
        np.testing.assert_array_equal(line.get_xdata(), np.arange(len(history[key])) + 1)
        assert line.axes is (display.score_ax_ if key == "val_score" else display.ax_)
    assert display.ax_.get_yscale() == scale
    lowest = display.score_ax_ or display.ax_
    assert lowest.get_xlabel() == unit


@histories
def test_a_panel_for_the_score_only_where_there_is_one(case, case_estimator):
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    scored = "val_score" in HISTORIES[case][0]
    assert (display.score_ax_ is not None) is scored
    assert len(display.figure_.axes) == 1 + scored


@histories
def test_best_iter_is_marked_in_all_axes_and_on_all_curves(case, case_estimator):
    best = case_estimator.best_iter_
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    axes = display.figure_.axes if best else []
    assert [line.axes for line in display.best_iter_lines_] == axes
    for line in display.best_iter_lines_:
        assert set(line.get_xdata()) == {best}
    dots = [line for ax in axes for line in ax.lines if line.get_markeredgecolor() == "white"]
    curves = list(display.lines_.values()) if best else []
    assert [dot.axes for dot in dots] == [curve.axes for curve in curves]
    for dot, curve in zip(dots, curves, strict=True):
        assert dot.get_color() == curve.get_color()
        np.testing.assert_array_equal(dot.get_xdata(), [best])
        np.testing.assert_array_equal(dot.get_ydata(), curve.get_ydata()[best - 1 : best])


@histories
def test_values_without_neighbours_are_dots(case, case_estimator):
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    for line in display.lines_.values():
        seen = np.isfinite(line.get_ydata())
        alone = [i for i in np.flatnonzero(seen) if not seen[max(i - 1, 0) : i + 2].sum() > 1]
        if alone:
            assert line.get_marker() == "o"
            np.testing.assert_array_equal(line.get_markevery(), alone)
        else:
            assert line.get_marker() == "None"


@histories
def test_given_axes_are_used_and_nothing_else(case, case_estimator):
    figure, axes = plt.subplots(1, 3)
    before = [ax.get_position().bounds for ax in axes]
    display = TrainingCurveDisplay.from_estimator(case_estimator, ax=axes[0])
    assert display.ax_ is axes[0]
    assert display.figure_ is figure
    assert display.score_ax_ is None
    assert plt.get_fignums() == [figure.number]
    assert figure.axes == list(axes)
    assert not axes[1].lines
    assert [ax.get_position().bounds for ax in axes] == before

    display.plot(axes[0], score_ax=axes[2])  # a second time on the same axes
    scored = display.val_score is not None
    assert display.score_ax_ is (axes[2] if scored else None)
    assert bool(axes[2].lines) is scored
    assert plt.get_fignums() == [figure.number]
    assert_draws(display)


@histories
def test_constructor_holds_the_data_and_plot_draws(case, made):
    history, best_iter, *_ = HISTORIES[case]
    data = {key: history[key].tolist() for key in CURVES if key in history}
    display = TrainingCurveDisplay(**data, best_iter=best_iter)
    assert vars(display).items() >= {**data, "best_iter": best_iter}.items()
    assert not hasattr(display, "ax_")
    assert not plt.get_fignums()
    assert display.plot() is display
    assert set(display.lines_) == set(data)
    assert_draws(display)


@histories
def test_all_that_is_finite_is_within_the_axes(case, case_estimator):
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    for line in display.lines_.values():
        low, high = line.axes.get_ylim()
        left, right = line.axes.get_xlim()
        x, y = line.get_data()
        seen = np.isfinite(y)
        assert ((low <= y[seen]) & (y[seen] <= high)).all()
        assert ((left <= x[seen]) & (x[seen] <= right)).all()


@histories
def test_attributes_of_the_drawing(case, made):
    history, best_iter, *_ = HISTORIES[case]
    data = {key: history[key] for key in CURVES if key in history}
    display = TrainingCurveDisplay(**data, best_iter=best_iter)
    before = set(vars(display))
    assert before == set(inspect.signature(TrainingCurveDisplay).parameters)
    drawn = {"ax_", "score_ax_", "figure_", "lines_", "best_iter_lines_"}
    assert set(vars(display.plot())) - before == drawn


def test_signatures_follow_the_displays_of_scikit_learn():
    """All but the axes by keyword; what `plot` takes, `from_estimator` takes as well."""
    plot = inspect.signature(TrainingCurveDisplay(loss=[1.0]).plot).parameters
    made_from = inspect.signature(TrainingCurveDisplay.from_estimator).parameters
    ax, *styles = plot.values()
    estimator, *others = made_from.values()
    assert (ax.name, ax.default, estimator.name) == ("ax", None, "estimator")
    for parameter in (*styles, *others):
        assert parameter.kind is parameter.KEYWORD_ONLY
        assert parameter.default is None
    assert set(plot) <= set(made_from)


def test_two_models_in_the_same_axes(made):
    _, ax = plt.subplots()
    labels = "first", "second"
    displays = [
        TrainingCurveDisplay(loss=falling(n)).plot(ax, train_kwargs={"label": label})
        for n, label in zip((5, 9), labels, strict=True)
    ]
    assert [len(display.lines_["loss"].get_ydata()) for display in displays] == [5, 9]
    assert list(ax.lines) == [display.lines_["loss"] for display in displays]
    assert legend_of(displays[0]) == list(labels)


def test_without_best_iter_nothing_is_marked():
    display = TrainingCurveDisplay(loss=falling(5)).plot()
    assert display.best_iter_lines_ == []
    assert list(display.ax_.lines) == [display.lines_["loss"]]


def test_a_score_that_is_the_loss_is_not_drawn_again(made):
    val_loss = with_nan(falling(9), 3)
    history = {"loss": falling(9), "val_loss": val_loss, "val_score": -val_loss}
    display = TrainingCurveDisplay.from_estimator(made(history, 9))
    assert set(display.lines_) == {"loss", "val_loss"}
    assert display.score_ax_ is None


def test_score_axes_without_axes_of_the_losses(made):
    _, given = plt.subplots()
    display = TrainingCurveDisplay.from_estimator(made(*HISTORIES["both"][:2]), score_ax=given)
    assert display.score_ax_ is given
    assert display.figure_.axes == [display.ax_]
    assert display.figure_ is not given.figure


# --- labels and styles ---------------------------------------------------------------------


def legend_of(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("training only", ["Training", "Fitted model (epoch 30)"]),
        ("both", ["Training", "Validation", "Fitted model (epoch 30)"]),
        ("L-BFGS", ["Training", "Fitted model (iteration 9)"]),
    ],
)
def test_legend(case, expected, case_estimator):
    assert legend_of(TrainingCurveDisplay.from_estimator(case_estimator)) == expected


@pytest.mark.parametrize("case", ["both"])
def test_colours(case, case_estimator):
    """The legend has those of the lines, and validation has one colour in both panels."""
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    training, validation, score = (display.lines_[key].get_color() for key in CURVES)
    assert training != validation == score
    marks = display.ax_.get_legend().get_lines()
    best = display.best_iter_lines_[0].get_color()
    assert [mark.get_color() for mark in marks] == [training, validation, best]


@pytest.mark.parametrize("case", ["both"])
def test_shared_epochs_are_labelled_once(case, case_estimator):
    display = TrainingCurveDisplay.from_estimator(case_estimator)
    assert display.ax_.get_xlabel() == ""
    assert display.score_ax_.get_xlabel() == "Epoch"
    assert display.ax_.get_ylabel() == "Loss"


@pytest.mark.parametrize("n", [1, 2, 3, 60, 500])
def test_ticks_are_epochs(n):
    display = TrainingCurveDisplay(loss=falling(n), val_score=falling(n)).plot()
    for ax in (display.ax_, display.score_ax_):
        ticks = ax.get_xticks()
        np.testing.assert_array_equal(ticks, np.round(ticks))
        assert set(np.diff(ticks)) <= {1, 10, 100}


def test_name(made):
    estimator = made(*HISTORIES["both"][:2])
    display = TrainingCurveDisplay.from_estimator(estimator)
    assert display.ax_.get_title() == display.name == "MLPClassifier"
    assert display.plot(name="mine").ax_.get_title() == "mine"
    display = TrainingCurveDisplay.from_estimator(estimator, name="digits")
    assert display.ax_.get_title() == display.name == "digits"
    _, ax = plt.subplots()
    ax.set_title("kept")
    assert display.plot(ax).ax_.get_title() == "kept"
    assert TrainingCurveDisplay(loss=[1.0]).plot().ax_.get_title() == ""


def area(y_true, y_score):
    return 0.0


@pytest.mark.parametrize(
    ("Estimator", "scoring", "expected"),
    [
        (MLPClassifier, None, "accuracy"),
        (MLPRegressor, None, "$R^2$"),
        (MLPRegressor, "neg_mean_squared_error", "negative mean squared error"),
        (MLPClassifier, area, "area"),
        (MLPClassifier, object(), "score"),
    ],
)
def test_score_name(Estimator, scoring, expected):
    model = Estimator(hidden_layer_sizes=(2,), max_iter=1, early_stopping=True).fit(X, Y)
    model.scoring = scoring
    display = TrainingCurveDisplay.from_estimator(model)
    assert display.score_ax_.get_ylabel() == f"Validation\n{expected}"
    display = TrainingCurveDisplay.from_estimator(model, score_name="mine")
    assert display.score_ax_.get_ylabel() == "Validation\nmine"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("train_kwargs", lambda d: d.lines_["loss"]),
        ("validation_kwargs", lambda d: d.lines_["val_loss"]),
        ("score_kwargs", lambda d: d.lines_["val_score"]),
        ("best_iter_kwargs", lambda d: d.best_iter_lines_[0]),
    ],
)
def test_keyword_arguments_of_the_lines(made, name, line):
    style = {"c": "black", "lw": 5, "label": "mine", "marker": "x"}
    estimator = made(*HISTORIES["gaps"][:2])
    display = TrainingCurveDisplay.from_estimator(estimator, **{name: style})
    for drawn in (line(display), line(display.plot(**{name: style}))):
        assert drawn.get_color() == "black"
        assert drawn.get_linewidth() == 5
        assert drawn.get_label() == "mine"
        assert drawn.get_marker() == "x"
        assert drawn.get_markevery() is None
    assert style == {"c": "black", "lw": 5, "label": "mine", "marker": "x"}


@pytest.mark.parametrize(("ratio", "scale"), [(0.0101, "linear"), (0.01, "log")])
def test_scale(ratio, scale):
    display = TrainingCurveDisplay(loss=[1.0, np.inf, ratio, np.nan]).plot()
    assert display.ax_.get_yscale() == scale


# --- real fits -----------------------------------------------------------------------------


@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize(
    "parameters",
    [
        {"optimizer": "adam"},
        {"optimizer": "sgd", "early_stopping": True, "warm_start": True},
        {"optimizer": "lbfgs"},
    ],
    ids=lambda p: p["optimizer"],
)
def test_fitted_estimators(Estimator, parameters):
    model = Estimator(hidden_layer_sizes=(3,), max_iter=5, random_state=0, **parameters)
    for _ in range(2):
        model.fit(X, Y)
        display = TrainingCurveDisplay.from_estimator(model)
        assert_draws(display)
        for key in CURVES:
            drawn = getattr(display, key)
            if key in model.history_:
                np.testing.assert_array_equal(drawn, model.history_[key])
            else:
                assert drawn is None
        assert display.best_iter == model.best_iter_
        assert 1 <= display.best_iter <= len(model.history_["loss"])
        (first, *_) = display.best_iter_lines_
        assert first.get_xdata()[0] == model.best_iter_
        assert display.unit == ("iteration" if model.optimizer == "lbfgs" else "epoch")


# --- errors --------------------------------------------------------------------------------


@pytest.mark.parametrize("Estimator", [MLPClassifier, MLPRegressor])
def test_not_fitted(Estimator):
    with pytest.raises(NotFittedError, match=Estimator.__name__):
        TrainingCurveDisplay.from_estimator(Estimator())


@pytest.mark.parametrize(
    "wrong",
    [
        make_pipeline(StandardScaler(), MLPClassifier(max_iter=1)),
        GridSearchCV(MLPClassifier(max_iter=1), {"alpha": [1.0]}, cv=2),
        SklearnMLPClassifier(max_iter=1),
    ],
    ids=["pipeline", "search", "scikit-learn"],
)
def test_other_estimators(wrong):
    message = rf"got .*{type(wrong).__name__}.*`pipeline\[-1\]`.*`search.best_estimator_`"
    with pytest.raises(TypeError, match=message):
        TrainingCurveDisplay.from_estimator(wrong.fit(X, Y))
    assert not plt.get_fignums()


def test_import_without_matplotlib():
    program = """
import sys
sys.modules["matplotlib"] = None  # an import of it now raises ImportError
from skmlp.display import TrainingCurveDisplay
try:
    TrainingCurveDisplay(loss=[1.0]).plot()
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "TrainingCurveDisplay.plot requires matplotlib" in done.stdout
