"""Do the tests notice a change of the code?  To be run by hand:

    python tests/mutations.py losses activations optimizers
    python tests/mutations.py losses --sample 100 --seed 0 --processes 2

A mutant is a module of skmlp with one edit, such as a minus for a plus.  It is written to a
copy of the package in a temporary directory, where the tests of its family run until one
fails: then the mutant is killed.  One that survives them all is equivalent to the original,
which only a reader can tell, or shows what no test looks at.

Every mutant is tested in a fork of this process, which has imported all but skmlp before; so
this needs a POSIX system.
"""

import argparse
import ast
import copy
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("SCIPY_ARRAY_API", "1")  # as in conftest.py, before SciPy is imported
for name in ("pytest", "sklearn.neural_network", "sklearn.utils.estimator_checks"):
    importlib.import_module(name)

ROOT = Path(__file__).parents[1]

# Beside a module's own examples and tests, the slower ones last.
COMMON = [
    "test_component.py",
    "test_docs.py::test_component_tables_are_those_of_the_registries",
    "test_families.py",
]
OPTIONS = ["-x", "-q", "-k", "not check_estimator", "-p", "no:cacheprovider"]

OPERATORS = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
}
FUNCTIONS = {
    **{"maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max"},
    **{"exp": "expm1", "expm1": "exp", "log": "log1p", "log1p": "log"},
    **{"any": "all", "all": "any", "sum": "mean", "mean": "sum", "abs": "negative"},
    **{"add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply"},
    **{"greater": "greater_equal", "less": "less_equal", "less_equal": "less"},
    **{"sqrt": "square", "square": "sqrt", "zeros_like": "ones_like", "sin": "cos"},
}
DROPPED = {"out", "axis", "keepdims", "dtype"}  # arguments


def changed(node, **fields):
    """Return a copy of a node with other fields."""
    node = copy.copy(node)
    vars(node).update(fields)
    return node


def operator(node):
    if type(node.op) in OPERATORS:
        yield changed(node, op=OPERATORS[type(node.op)]())


def update(node):
    yield from operator(node)
    yield ast.Pass()


def comparison(node):
    for i, op in enumerate(node.ops):
        yield changed(node, ops=[*node.ops[:i], OPERATORS[type(op)](), *node.ops[i + 1 :]])


def sign(node):
    yield node.operand


def constant(node):
    if isinstance(node.value, bool):
        yield changed(node, value=not node.value)
    elif isinstance(node.value, int | float):
        yield changed(node, value=node.value + 1)


def function(node):
    if node.attr in FUNCTIONS:
        yield changed(node, attr=FUNCTIONS[node.attr])


def call(node):
    for keyword in node.keywords:
        if keyword.arg in DROPPED:
            yield changed(node, keywords=[k for k in node.keywords if k is not keyword])


def result(node):
    if isinstance(node.value, ast.BinOp):
        yield changed(node, value=node.value.left)
    if isinstance(node.value, ast.Call) and node.value.args:
        yield changed(node, value=node.value.args[0])


def statement(node):
    if not isinstance(node.value, ast.Constant):  # a docstring
        yield ast.Pass()


def condition(node):
    yield changed(node, test=ast.UnaryOp(ast.Not(), node.test))


def decorators(node):
    for i in range(len(node.decorator_list)):
        rest = node.decorator_list[:i] + node.decorator_list[i + 1 :]
        yield changed(node, decorator_list=rest)


# What may stand in the place of a node.
EDITS = {
    **{ast.BinOp: operator, ast.BoolOp: operator, ast.UnaryOp: sign, ast.Compare: comparison},
    **{ast.AugAssign: update, ast.Expr: statement, ast.Return: result, ast.Call: call},
    **{ast.Constant: constant, ast.Attribute: function, ast.FunctionDef: decorators},
    **{ast.If: condition, ast.IfExp: condition, ast.While: condition},
}


class Mutant(NamedTuple):
    module: str
    line: int
    edit: str
    source: str


def slots(tree):
    """Yield every place of a node in a tree, as a dict or list and its key."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            container, keys = vars(parent), [field]
            if isinstance(value, list):
                container, keys = value, range(len(value))
            yield from ((container, k) for k in keys if type(container[k]) in EDITS)


def mutate(module):
    """Return a module as it is, and all its mutants."""
    tree = ast.parse((ROOT / "skmlp" / f"{module}.py").read_text(encoding="utf-8"))
    original, mutants = Mutant(module, 0, "no edit", ast.unparse(tree)), []
    for container, key in list(slots(tree)):
        node = container[key]
        for new in EDITS[type(node)](node):
            container[key] = new
            old_line, new_line = (ast.unparse(n).partition("\n")[0] for n in (node, new))
            edit = f"{old_line}  ->  {new_line}"
            mutants.append(Mutant(module, node.lineno, edit, ast.unparse(tree)))
        container[key] = node
    return original, sorted(mutants)


def run_tests(directory, mutant, timeout):
    """Test a mutant in a directory of its own, and end this process."""
    signal.alarm(timeout)
    sys.dont_write_bytecode = False
    file = directory / "skmlp" / f"{mutant.module}.py"
    file.write_text(mutant.source, encoding="utf-8")
    os.chdir(directory)
    sys.path.insert(0, str(directory))
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    tests = [f"test_{mutant.module}.py", *COMMON]
    for path in (file, *(directory / "tests" / test for test in tests)):
        code = sys.modules["pytest"].main([*OPTIONS, str(path)])
        if code:
            os._exit(code)
    tested = Path(sys.modules[f"skmlp.{mutant.module}"].__file__)
    os._exit(0 if tested.samefile(file) else 99)


def outcome(status):
    """What became of a mutant, by how its process ended."""
    if os.WIFSIGNALED(status):
        return "timed out" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
    code = os.WEXITSTATUS(status)
    # 1: a test fails, 2: the module cannot be imported
    return {0: "survived", 1: "killed", 2: "killed"}.get(code, f"ended with {code}")


def start(directory, mutant, timeout):
    """Return the id of a new process that tests a mutant in a directory."""
    pid = os.fork()
    if pid == 0:
        run_tests(directory, mutant, timeout)
    return pid


def results(directory, mutants, timeout, processes):
    """Yield every mutant with its outcome, `processes` of them at the same time."""
    waiting, running = list(reversed(mutants)), {}
    while waiting or running:
        while waiting and len(running) < processes:
            mutant, own = waiting.pop(), tempfile.mkdtemp()
            shutil.copytree(directory, own, dirs_exist_ok=True)
            running[start(Path(own), mutant, timeout)] = mutant, own
        pid, status = os.wait()
        mutant, own = running.pop(pid)
        shutil.rmtree(own)
        yield mutant, outcome(status)


def check(module, options):
    """Print what became of the mutants of a module."""
    original, mutants = mutate(module)
    with tempfile.TemporaryDirectory() as copied:
        directory = Path(copied)
        shutil.copy2(ROOT / "pyproject.toml", directory)
        for name in ("skmlp", "tests", "docs"):
            shutil.copytree(ROOT / name, directory / name)
        # The mutants take over the compiled files that this leaves.
        _, status = os.waitpid(start(directory, original, 10 * options.timeout), 0)
        if status:
            raise SystemExit(f"The tests of {module} do not pass without any edit.")
        random.Random(options.seed).shuffle(mutants)
        sample, counts = mutants[: options.sample], Counter()
        for mutant, found in results(directory, sample, options.timeout, options.processes):
            counts[found] += 1
            if found != "killed":
                print(f"{module}:{mutant.line}: {found}: {mutant.edit}", flush=True)
    noticed = (counts["killed"] + counts["timed out"]) / len(sample)
    of = f"{len(sample)} of {len(mutants)} mutants"
    print(f"{module}: {noticed:.1%} noticed of {of}, {dict(counts)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    modules = ["activations", "initializers", "losses", "optimizers", "schedules"]
    parser.add_argument("modules", nargs="+", choices=modules)
    parser.add_argument("--sample", type=int, help="how many mutants; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--timeout", type=int, default=60, help="seconds per mutant")
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    for module in options.modules:
        check(module, options)


if __name__ == "__main__":
    main()
