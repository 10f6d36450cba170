"""The examples of the gallery have the form that sphinx-gallery needs, and draw."""

import ast
import itertools
import runpy
import warnings
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

FOLDER = Path(__file__).parents[1] / "examples"
GALLERY = {path.name: path for path in sorted(FOLDER.glob("plot_*.py"))}
# Those of a few seconds; the others are run where the site is built.
QUICK = "plot_class_weight.py", "plot_digits.py", "plot_training_curves.py"
# What an example may import.  Of these only scikit-learn downloads, by its fetch_ functions.
PACKAGES = {"matplotlib", "numpy", "sklearn", "skmlp", "threadpoolctl", "time", "warnings"}
gallery = pytest.mark.parametrize("name", GALLERY)


def test_there_is_a_gallery():
    assert len(GALLERY) >= 10
    title, line, *_ = (FOLDER / "README.rst").read_text().splitlines()
    assert line == "=" * len(title)


@gallery
def test_docstring_is_a_title_and_a_summary(name):
    docstring = ast.get_docstring(ast.parse(GALLERY[name].read_text()))
    title, line, blank, *summary = docstring.splitlines()
    assert title
    assert line == "=" * len(title)
    assert blank == ""
    assert summary


@gallery
def test_cells_begin_with_text(name):
    _, *cells = GALLERY[name].read_text().split("\n# %%\n")
    assert cells
    for cell in cells:
        assert cell.startswith("# ")


@gallery
def test_sections_are_underlined_in_full(name):
    lines = GALLERY[name].read_text().splitlines()
    for title, line in itertools.pairwise(lines):
        if line.startswith("# --"):
            assert line == "# " + "-" * (len(title) - 2), title


@gallery
def test_figures_are_shown(name):
    assert GALLERY[name].read_text().endswith("plt.show()\n")


def imported(tree):
    """Full names of what a program imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@gallery
def test_nothing_is_downloaded(name):
    names = list(imported(ast.parse(GALLERY[name].read_text())))
    assert {full.split(".")[0] for full in names} <= PACKAGES
    for full in names:
        assert not full.startswith("sklearn.datasets.fetch")
        assert full != "sklearn.datasets"


@pytest.fixture
def figures(monkeypatch):
    """Figures that `plt.show` was called for, drawn without a warning."""
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.close("all")  # of other tests
    shown = []

    def show():
        for number in plt.get_fignums():
            shown.append(plt.figure(number))
            shown[-1].canvas.draw()
            plt.close(number)

    monkeypatch.setattr(plt, "show", show)
    with plt.rc_context():  # an example may choose a style
        yield shown
    plt.close("all")


def label(ax, axis):
    """Label of an axis, or that of its figure, or of an axis that it shares its ticks with."""
    own = getattr(ax, f"get_{axis}label")()
    group = getattr(ax, f"get_shared_{axis}_axes")().get_siblings(ax)
    shared = [getattr(other, f"get_{axis}label")() for other in group]
    return own or getattr(ax.figure, f"get_sup{axis}label")() or "".join(shared)


@pytest.mark.parametrize("name", QUICK)
def test_quick_examples_run(name, figures):
    with warnings.catch_warnings(), threadpool_limits(1):
        runpy.run_path(str(GALLERY[name]), run_name="__main__")
    assert len(figures) == GALLERY[name].read_text().count("plt.show()")
    for figure in figures:
        assert figure.get_size_inches()[0] <= 8  # the width of the page, at 100 dots per inch
        for ax in figure.axes:
            assert ax.has_data()
            assert label(ax, "x") or not len(ax.get_xticks())
            assert label(ax, "y") or not len(ax.get_yticks())
