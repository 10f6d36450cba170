"""What is released: a wheel that runs everywhere, and archives with what belongs there."""

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

import skmlp

ROOT = Path(__file__).parents[1]
RELEASE = f"skmlp-{skmlp.__version__}"

build = pytest.importorskip("hatchling.build")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Both archives, made as ``python -m build`` makes them."""
    folder = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        build.build_wheel(str(folder))
        build.build_sdist(str(folder))
    return folder


@pytest.fixture(scope="module")
def wheel(folder):
    """Paths in the wheel, whose name says that it needs no platform."""
    with zipfile.ZipFile(folder / f"{RELEASE}-py3-none-any.whl") as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def sdist(folder):
    with tarfile.open(folder / f"{RELEASE}.tar.gz") as archive:
        return [member.name.removeprefix(f"{RELEASE}/") for member in archive]


def test_wheel_is_the_package_in_python_alone(wheel):
    files = {path for path in wheel if path.startswith("skmlp/")}
    ours = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("skmlp/*.py")}
    assert files - {"skmlp/py.typed"} == ours
    assert {path.split("/")[0] for path in wheel} == {"skmlp", f"{RELEASE}.dist-info"}


def test_license_is_in_both(wheel, sdist):
    assert f"{RELEASE}.dist-info/licenses/LICENSE" in wheel
    assert "LICENSE" in sdist


def test_types_are_in_both(wheel, sdist):
    assert "skmlp/py.typed" in wheel
    assert "skmlp/py.typed" in sdist


def test_sdist_has_the_sources_and_no_data_but_the_references(sdist):
    assert {"skmlp/__init__.py", "tests/test_package.py", "pyproject.toml"} <= set(sdist)
    sources = {".py", ".md", ".rst", ".css", ".png", ".toml", ".typed", ".cff"}
    others = {path for path in sdist if PurePosixPath(path).suffix not in sources}
    data = {path for path in others if not path.startswith("tests/references/")}
    assert data == {".gitignore", "LICENSE", "PKG-INFO"}
