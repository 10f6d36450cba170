"""How accurate the tabular estimators are, beside what else one would take.

    python examples/benchmarks/accuracy.py [--names iris digits] [--splits 5]
    python examples/benchmarks/accuracy.py FOLDER [--target NAME] [--results FILE.jsonl]

The first is on the data that scikit-learn brings along, the second on FOLDER/*.parquet (which
needs pandas and pyarrow): the target is in the column `target`, or `target_0`, `target_1` and
so on, or in that of --target; all other columns are features.  Text is made a category, which
HistGradientBoosting needs; dates are up to the contenders.

The task is seen from the target: several columns are labels if they hold nothing but 0 and 1,
else numbers; one column holds classes if it is not numeric, has two values, or few of them and
an integer dtype.  A shuffled 70 % are trained on, at most --max-train rows, and as many of the
rest are tested.

A contender may have other parameters than its defaults, for what a choice gains:

    python examples/benchmarks/accuracy.py --contenders boosting tabular tabular:n_networks=1

Nothing else is tuned: every contender has its defaults, but for the iterations that a linear
model needs to converge.  The error is 1 - accuracy, 1 - R^2 or 1 - macro average precision.
Fits take one thread and are not repeated: read their times as rough.

With --results a result is written as soon as it is there, and those that the file has are not
measured again; it reports all of them.
"""

import argparse
import ast
import json
import re
import sys
import warnings
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn import datasets
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, average_precision_score, log_loss, r2_score
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import threadpool_limits

import skmlp

BUNDLED = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
    "linnerud": datasets.load_linnerud,
}
# More distinct numbers than this are amounts, even if they are integers.
MOST_CLASSES = 50
# HistGradientBoosting takes no more levels of a category.
MOST_LEVELS = 255
BASE = "boosting"
# What identifies a result; a file may have those of several settings.
KEY = ("data", "target", "contender", "split", "max_train")

numbers = make_column_selector(dtype_include="number")
no_numbers = make_column_selector(dtype_exclude="number")


def is_frame(X):
    return hasattr(X, "columns")


def scaled(estimator, X):
    """The estimator behind what a linear model or an MLP needs."""
    scale = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    if not is_frame(X):
        return make_pipeline(scale, estimator)
    one_hot = OneHotEncoder(handle_unknown="ignore")
    columns = make_column_transformer((scale, numbers), (one_hot, no_numbers))
    return make_pipeline(columns, estimator)


def coded(estimator, X):
    """The estimator behind categories to codes, which is all that a forest needs."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    if not is_frame(X):
        return estimator
    columns = make_column_transformer((codes, no_numbers), remainder="passthrough")
    return make_pipeline(columns, estimator)


def large_coded(estimator, X):
    """The estimator behind codes in place of those categories that are too large for it."""
    if not is_frame(X):
        return estimator
    large = [name for name in no_numbers(X) if X[name].nunique() > MOST_LEVELS]
    if not large:
        return estimator
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(
        (codes, large), remainder="passthrough", verbose_feature_names_out=False
    )
    return make_pipeline(columns.set_output(transform="pandas"), estimator)


def as_it_is(estimator, X):
    return estimator


# By name: a classifier, a regressor, and what is to stand before them.
CONTENDERS = {
    "tabular": (
        skmlp.TabularMLPClassifier(random_state=0),
        skmlp.TabularMLPRegressor(random_state=0),
        as_it_is,
    ),
    "boosting": (
        HistGradientBoostingClassifier(random_state=0),
        HistGradientBoostingRegressor(random_state=0),
        large_coded,
    ),
    "forest": (
        RandomForestClassifier(random_state=0),
        RandomForestRegressor(random_state=0),
        coded,
    ),
    "linear": (LogisticRegression(max_iter=1000), Ridge(), scaled),
    "skmlp": (skmlp.MLPClassifier(random_state=0), skmlp.MLPRegressor(random_state=0), scaled),
    "sklearn": (MLPClassifier(random_state=0), MLPRegressor(random_state=0), scaled),
}
# Those that take one target at a time, and what makes them take several.
SINGLE = {
    "labels": ((HistGradientBoostingClassifier, LogisticRegression), MultiOutputClassifier),
    "several numbers": ((HistGradientBoostingRegressor,), MultiOutputRegressor),
}


def make(contender, task, X):
    """A new estimator for the task, behind what it needs of preprocessing."""
    classifier, regressor, prepared = CONTENDERS[contender]
    model = clone(classifier if task in ("classes", "labels") else regressor)
    single, several = SINGLE.get(task, ((), None))
    return prepared(several(model) if isinstance(model, single) else model, X)


def target_columns(table, target):
    """The names of the columns that are to be predicted."""
    name = target or "target"
    if name in table.columns:
        return [name]
    several = [name for name in table.columns if re.fullmatch(r"target_\d+", str(name))]
    if target or not several:
        raise ValueError(f"no column {name}: name the target by --target")
    return several


def read_parquet(path, target):
    """The features of a file, as a frame, and its target, as an array."""
    import pandas as pd

    table = pd.read_parquet(path)
    targets = target_columns(table, target)
    table = table.dropna(subset=targets)
    X = table.drop(columns=targets)
    text = X.select_dtypes(include=["object", "string"]).columns
    y = table[targets[0]] if len(targets) == 1 else table[targets]
    return X.astype(dict.fromkeys(text, "category")), y.to_numpy()


def find_task(y):
    """What kind of targets these are: "classes", "labels", "numbers" or "several numbers"."""
    if y.ndim == 2:
        return "labels" if np.isin(y, (0, 1)).all() else "several numbers"
    n_values = len(set(y.tolist()))
    if y.dtype.kind not in "iuf" or n_values <= 2:
        return "classes"
    return "numbers" if y.dtype.kind == "f" or n_values > MOST_CLASSES else "classes"


def load(name, folder, target):
    """Return X, y and the task."""
    if folder is None:
        X, y = BUNDLED[name](return_X_y=True)
    else:
        X, y = read_parquet(folder / f"{name}.parquet", target)
    task = find_task(y)
    if task == "classes":
        y = y.astype(str)
    return X, y.astype(float) if "numbers" in task else y, task


def split_rows(n_rows, max_train, seed):
    """Rows to train on and rows to test."""
    order = np.random.default_rng(seed).permutation(n_rows)
    n_train = min(max_train, int(0.7 * n_rows))
    return order[:n_train], order[n_train : n_train + max_train]


def label_probabilities(model, X):
    """The probability of each label, whose shape differs from model to model."""
    p = model.predict_proba(X)
    if not isinstance(p, list):
        return p
    # A label that no row of the training has, has one column: that of its absence.
    return np.column_stack([q[:, 1] if q.shape[1] > 1 else 1 - q[:, 0] for q in p])


def class_loss(model, X, y):
    """The log loss; a class that is only in the test has the probability 0."""
    classes = np.union1d(model.classes_, y)
    p = np.zeros((len(y), len(classes)))
    p[:, np.searchsorted(classes, model.classes_)] = model.predict_proba(X)
    return log_loss(y, p, labels=classes)


def measure(task, model, X, y):
    """Error, and for classes the log loss."""
    if task == "labels":
        varies = y.min(axis=0) < y.max(axis=0)
        p = label_probabilities(model, X)
        return {"error": 1 - average_precision_score(y[:, varies], p[:, varies])}
    if task == "classes":
        error = 1 - accuracy_score(y, model.predict(X))
        return {"error": error, "log_loss": class_loss(model, X, y)}
    return {"error": 1 - r2_score(y, model.predict(X))}


def parsed(contender):
    """The name of a contender and its parameters, from name:parameter=value,..."""
    name, _, settings = contender.partition(":")
    pairs = [setting.split("=") for setting in settings.split(",") if setting]
    return name, {parameter: ast.literal_eval(value) for parameter, value in pairs}


def run(contender, X, y, task, train, test):
    """Train and test one contender; what it fails with is a result as well."""
    X_train, X_test = (X.iloc[rows] if is_frame(X) else X[rows] for rows in (train, test))
    name, parameters = parsed(contender)
    try:
        model = make(name, task, X).set_params(**parameters)
        start = perf_counter()
        model.fit(X_train, y[train])
        seconds = perf_counter() - start
        return {**measure(task, model, X_test, y[test]), "seconds": seconds}
    except Exception as error:
        message = str(error).strip().split("\n")[0]
        return {"failed": f"{type(error).__name__}: {message}"}


def read_results(path):
    if path is None or not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def key_of(result):
    return tuple(result[name] for name in KEY)


def wanted(name, args):
    """What identifies the results that are asked for, of one data set."""
    return [
        dict(zip(KEY, (name, args.target, contender, split, args.max_train), strict=True))
        for split in range(args.splits)
        for contender in args.contenders
    ]


def run_missing(names, args, results):
    """Measure what is not among the results, and append it to them and to the file."""
    known = {key_of(result) for result in results}
    for name in names:
        missing = [result for result in wanted(name, args) if key_of(result) not in known]
        if not missing:
            continue
        try:
            X, y, task = load(name, args.folder, args.target)
        except ValueError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        for result in missing:
            rows = split_rows(len(y), args.max_train, result["split"])
            result |= {"task": task} | run(result["contender"], X, y, task, *rows)
            results.append(result)
            line = json.dumps(result)
            print(line, file=sys.stderr, flush=True)
            if args.results is not None:
                with args.results.open("a") as file:
                    file.write(line + "\n")


def mean_by_cell(results, field):
    """The means over the splits, by (data, contender); cells without any have none."""
    values = {}
    for result in results:
        if field in result:
            cell = result["data"], result["contender"]
            values.setdefault(cell, []).append(result[field])
    return {cell: np.mean(several) for cell, several in values.items()}


def print_table(title, names, contenders, means, failed):
    texts = {cell: f"{mean:.4f}" for cell, mean in means.items()}
    texts |= dict.fromkeys(failed, "failed")
    print(f"\n| {title} | " + " | ".join(contenders) + " |")
    print("|---" * (len(contenders) + 1) + "|")
    for name in names:
        if any((name, contender) in means for contender in contenders):
            cells = [texts.get((name, contender), "-") for contender in contenders]
            print(f"| {name} | " + " | ".join(cells) + " |")


def ratio_of_means(values, base):
    """Of geometric means, shifted so that one error of nearly 0 does not outweigh the rest."""
    return np.exp(np.mean(np.log(values + 0.01) - np.log(base + 0.01)))


def pairs(means, names, contender):
    """The values of a contender and of the base, for the data that both have."""
    cells = [((name, contender), (name, BASE)) for name in names]
    both = [(means[a], means[b]) for a, b in cells if a in means and b in means]
    return np.array(both).reshape(-1, 2).T


def print_summary(names, contenders, errors, losses, seconds):
    print(f"\n| over {BASE} | error | at least as good | log loss | fit time |")
    print("|---|---|---|---|---|")
    for contender in contenders:
        ours, theirs = pairs(errors, names, contender)
        if not len(ours):
            continue
        good = f"{np.sum(ours <= theirs)} of {len(ours)}"
        # An error above 1 is worse than that of a constant, however much it is.
        error = f"{ratio_of_means(np.minimum(ours, 1), np.minimum(theirs, 1)):.3f}"
        log_losses = pairs(losses, names, contender)
        loss = f"{ratio_of_means(*log_losses):.3f}" if log_losses.size else "-"
        times = pairs(seconds, names, contender).sum(axis=1)
        print(f"| {contender} | {error} | {good} | {loss} | {times[0] / times[1]:.2f}x |")


def report(results, names):
    present = {result["contender"] for result in results}
    order = list(CONTENDERS)
    contenders = sorted(present, key=lambda name: (order.index(parsed(name)[0]), name))
    failed = {
        (result["data"], result["contender"]): result["failed"]
        for result in results
        if "failed" in result
    }
    # A contender that fails on one split has no mean over the same splits as the others.
    results = [r for r in results if (r["data"], r["contender"]) not in failed]
    errors, losses, seconds = (
        mean_by_cell(results, field) for field in ("error", "log_loss", "seconds")
    )
    print_table("error", names, contenders, errors, failed)
    if losses:
        print_table("log loss", names, contenders, losses, failed)
    for (name, contender), message in failed.items():
        print(f"\n{contender} failed on {name}: {message}")
    if BASE in contenders:
        print_summary(names, contenders, errors, losses, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, help="with a parquet file per data set"
    )
    parser.add_argument("--target", help="the column to predict, in every file")
    parser.add_argument("--names", nargs="+", help="of data sets, by default all")
    parser.add_argument("--max-train", type=int, default=8000)
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS))
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--results", type=Path, metavar="FILE.jsonl")
    args = parser.parse_args()
    there = BUNDLED
    if args.folder is not None:
        there = [path.stem for path in sorted(args.folder.glob("*.parquet"))]
        if not there:
            parser.error(f"no parquet file in {args.folder}")
    names = args.names or list(there)
    if unknown := set(names) - set(there):
        parser.error(f"no such data: {', '.join(sorted(unknown))}")
    if unknown := {parsed(contender)[0] for contender in args.contenders} - set(CONTENDERS):
        parser.error(f"no such contender: {', '.join(sorted(unknown))}")
    warnings.simplefilter("ignore", ConvergenceWarning)  # at the defaults of the MLPs
    warnings.filterwarnings("ignore", "Found unknown categories")
    skmlp.show_versions()
    results = read_results(args.results)
    with threadpool_limits(1):
        run_missing(names, args, results)
    setting = args.target, args.max_train
    asked = [r for r in results if (r["target"], r["max_train"]) == setting]
    report([r for r in asked if r["data"] in names], names)


if __name__ == "__main__":
    main()
