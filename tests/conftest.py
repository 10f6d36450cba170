import os

# Before SciPy is imported, else scikit-learn leaves out its check of array API input.
os.environ.setdefault("SCIPY_ARRAY_API", "1")
# Before matplotlib is imported: pictures without a window.
os.environ["MPLBACKEND"] = "Agg"

# Scripts: for a check of the tests themselves, and for reference numbers by PyTorch.
collect_ignore = ["mutations.py", "references"]
