"""What the documents show runs, and what is generated is up to date."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("page", "scikit_learn"), [("extending.md", "1.6"), ("design.md", "1.7")]
)
def test_code_blocks_run(page, scikit_learn):
    pytest.importorskip("sklearn", scikit_learn)
    namespace = {"__name__": page}
    blocks = BLOCK.findall((DOCS / page).read_text())
    assert blocks
    for block in blocks:
        exec(block, namespace)


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
