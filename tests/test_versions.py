"""show_versions tells what bug reports and benchmarks need."""

import pytest

import skmlp
from skmlp import _versions

HINT = "OPENBLAS_CORETYPE=SKYLAKEX"


def test_show_versions_names_the_machine(capsys):
    skmlp.show_versions()
    out = capsys.readouterr().out
    assert f"skmlp: {skmlp.__version__}" in out
    assert f"processor: {_versions.processor()}" in out
    assert "\nBLAS: " in out
    assert all(name in out for name in ("numpy", "scipy", "sklearn"))


@pytest.mark.parametrize(
    ("avx512", "api", "kernels", "hinted"),
    [
        (True, "openblas", "Haswell", True),
        (True, "openblas", "Zen", True),
        (True, "openblas", "SkylakeX", False),
        (False, "openblas", "Haswell", False),
        (True, "mkl", None, False),
    ],
)
def test_unused_avx512_is_told(avx512, api, kernels, hinted, monkeypatch, capsys):
    from numpy._core import _multiarray_umath

    monkeypatch.setitem(_multiarray_umath.__cpu_features__, "AVX512F", avx512)
    blas = {"user_api": "blas", "internal_api": api, "version": "1", "num_threads": 1}
    blas |= {"architecture": kernels} if kernels else {}
    blas["filepath"] = "numpy.libs/libblas.so"
    monkeypatch.setattr(_versions, "threadpool_info", lambda: [blas])
    _versions.show_machine()
    assert (HINT in capsys.readouterr().out) == hinted


def test_an_unknown_blas_is_said(monkeypatch, capsys):
    monkeypatch.setattr(_versions, "threadpool_info", lambda: [])
    _versions.show_machine()
    assert "BLAS: unknown" in capsys.readouterr().out
