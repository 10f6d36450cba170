"""What the documents show runs, and what is generated is up to date."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("page", ["extending.md", "design.md"])
def test_code_blocks_run(page):
    namespace = {"__name__": page}
    blocks = BLOCK.findall((DOCS / page).read_text())
    assert blocks
    for block in blocks:
        exec(block, namespace)


def test_component_tables_are_those_of_the_registries():
    script = runpy.run_path(str(DOCS / "make_components.py"))
    assert (DOCS / "components.md").read_text() == script["page"]()
