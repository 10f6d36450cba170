import os

# Before SciPy is imported, else scikit-learn leaves out its check of array API input.
os.environ.setdefault("SCIPY_ARRAY_API", "1")
# Before matplotlib is imported: pictures without a window.
os.environ["MPLBACKEND"] = "Agg"

collect_ignore = ["references"]  # the scripts that made reference numbers, with PyTorch
