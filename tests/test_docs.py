"""What the documents show runs, and what is generated is up to date."""

import re
import runpy
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

import skmlp

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# Relative ones: a path, a heading or both.
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)#?([^)\s]*)\)")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


# The oldest scikit-learn with which the page runs, and the optional packages that it needs.
PAGES = {
    "README.md": ("1.6", "matplotlib", "pandas"),
    "docs/design.md": ("1.7",),
    "docs/extending.md": ("1.6",),
    "docs/getting_started.md": ("1.6", "pandas"),
    "docs/index.md": ("1.6",),
    "docs/migrating.md": ("1.9",),
    "docs/tabular.md": ("1.6", "pandas"),
    "docs/theory.md": ("1.6",),
    "docs/guide/big_data.md": ("1.6", "pandas"),
    "docs/guide/callbacks.md": ("1.9", "rich"),
    "docs/guide/classification.md": ("1.6",),
    "docs/guide/conversion.md": ("1.6",),
    "docs/guide/cross_validation.md": ("1.6",),
    "docs/guide/imbalance.md": ("1.6",),
    "docs/guide/incremental.md": ("1.6",),
    "docs/guide/multilabel.md": ("1.6",),
    "docs/guide/outliers.md": ("1.6",),
    "docs/guide/regression.md": ("1.6",),
    "docs/guide/regularization.md": ("1.6",),
    "docs/guide/restarts.md": ("1.6",),
    "docs/guide/saving.md": ("1.6", "pandas", "skops"),
    "docs/guide/scaling.md": ("1.6",),
    "docs/guide/searching.md": ("1.6",),
    "docs/guide/validation.md": ("1.6", "matplotlib"),
}


def test_all_pages_with_code_are_in_the_table():
    paths = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    pages = {path for path in paths if BLOCK.search(path.read_text())}
    assert {path.relative_to(ROOT).as_posix() for path in pages} == PAGES.keys()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("page", PAGES)
def test_code_blocks_run(page, tmp_path, monkeypatch):
    scikit_learn, *packages = PAGES[page]
    pytest.importorskip("sklearn", scikit_learn)
    for package in packages:
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)  # for what a block may write
    namespace = {"__name__": page}
    with threadpool_limits(1):  # the threads of a busy machine wait for each other
        for block in BLOCK.findall((ROOT / page).read_text()):
            exec(block, namespace)


def test_links_lead_to_files_and_headings():
    """Where the pages are read as files; those within the site Sphinx looks at as well."""
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for path, heading in LINK.findall(page.read_text()):
            target = page.parent / path if path else page
            assert target.exists(), (page, path)
            assert not heading or heading in anchors(target), (page, path, heading)


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_all_that_is_public_is_in_the_api_reference():
    registries = runpy.run_path(str(DOCS / "make_components.py"))["FAMILIES"].values()
    components = {cls.__name__ for *_, registry in registries for cls in registry.values()}
    others = {name for name in skmlp.__all__ if callable(getattr(skmlp, name))}
    listed = re.findall(r"^   (?:\w+\.)?(\w+)$", (DOCS / "api.md").read_text(), re.MULTILINE)
    assert components | others <= set(listed)


def test_component_tables_are_those_of_the_registries():
    script = runpy.run_path(str(DOCS / "make_components.py"))
    assert (DOCS / "components.md").read_text() == script["page"]()


def test_imports_go_one_way():
    """Down the table of files in the design, and sideways within a line."""
    lines = re.findall(r"^\| (`.*?`) \|", (DOCS / "design.md").read_text(), re.MULTILINE)
    files = [re.findall(r"`(\w+)\.py`", line) for line in lines]
    rank = {name: i for i, names in enumerate(files) for name in names}
    package = DOCS.parent / "skmlp"
    assert set(rank) == {path.stem for path in package.glob("*.py")} - {"__init__"}
    for name in rank:
        text = (package / f"{name}.py").read_text()
        imported = re.findall(r"^from skmlp\.(\w+) import", text, re.MULTILINE)
        assert all(rank[other] >= rank[name] for other in imported), name
