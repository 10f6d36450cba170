"""What is installed, and what the machine makes of it."""

import os
import platform
import re
from pathlib import Path

import sklearn
from threadpoolctl import threadpool_info

__version__ = "0.1.0.dev0"

# OpenBLAS's names of its kernels for x86 without AVX-512.
AVX2_KERNELS = {"Haswell", "Zen"}


def processor():
    """Name of the processor, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    return names[0] if names else platform.processor() or platform.machine()


def numpy_blas():
    """What threadpoolctl tells of the BLAS that NumPy multiplies with; {} if nothing."""
    libraries = [info for info in threadpool_info() if info["user_api"] == "blas"]
    numpys = [info for info in libraries if "numpy" in info["filepath"]]
    return next(iter(numpys or libraries), {})


def has_idle_avx512(blas):
    """Whether the processor has AVX-512 and the BLAS does not use it."""
    # What numpy.show_runtime prints; imported here as it has no public name.
    from numpy._core._multiarray_umath import __cpu_features__

    uses_avx2 = blas["internal_api"] == "openblas" and blas["architecture"] in AVX2_KERNELS
    return uses_avx2 and bool(__cpu_features__.get("AVX512F"))


def show_machine():
    """Print the processor, and the BLAS with its kernels and threads."""
    blas = numpy_blas()
    print(f"processor: {processor()}, {os.cpu_count()} cores")
    if not blas:
        print("BLAS: unknown to threadpoolctl")
        return
    print(
        f"BLAS: {blas['internal_api']} {blas['version']}, kernels for "
        f"{blas.get('architecture', 'an unknown processor')}, {blas['num_threads']} threads"
    )
    if has_idle_avx512(blas):
        print(
            "The processor has AVX-512, but the BLAS runs AVX2 kernels. Setting\n"
            "OPENBLAS_CORETYPE=SKYLAKEX in the environment, before Python starts, makes\n"
            "matrix products faster: 1.6 to 1.8 times in docs/benchmarks.md."
        )


def show_versions() -> None:
    """Print the versions of skmlp and its dependencies, the processor and the BLAS.

    Says so where the BLAS does not use all of the processor.

    See Also
    --------
    sklearn.show_versions : Is part of the output.
    numpy.show_config : How NumPy was built.

    Examples
    --------
    >>> import skmlp
    >>> skmlp.show_versions()  # doctest: +SKIP
    """
    print(f"skmlp: {__version__}")
    show_machine()
    sklearn.show_versions()
