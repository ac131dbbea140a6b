"""Which tests call a function of the program: learned once by a run of the offline tests, kept in .local."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import places
from .progress import on_stderr

MAP = places.LOCAL / "covering-tests.json"
_OTHERS = ("tests/scripts", "tests/e2e")  # they test no function, or all of them
Called = dict[str, dict[str, float]]  # `path function` -> test function -> seconds


def load(*, is_renewed: bool) -> Called:
    """Return what is known, after a run of all offline tests where that is nothing."""
    if is_renewed or not MAP.exists():
        MAP.write_text(json.dumps(_learn()), encoding="utf-8")
    called: Called = json.loads(MAP.read_text(encoding="utf-8"))
    return called


def select(called: Called, path: str, function: str, seconds: float) -> list[str]:
    """Return tests that call a function of a file, the quickest first, which take so many seconds."""
    chosen = []
    for test, cost in sorted(called.get(f"{path} {function}", {}).items(), key=lambda pair: pair[1]):
        seconds -= cost
        if seconds < 0:
            break
        if (places.REPO / test.partition("::")[0]).exists():
            chosen.append(test)
    return chosen


def function_at(path: Path, line: int) -> str:
    """Return the qualified name of the innermost function around a line, as in `co_qualname`."""
    return _function_at(ast.parse(path.read_bytes()), line, "")


def _function_at(node: ast.AST, line: int, name: str) -> str:
    for child in ast.iter_child_nodes(node):
        if not (getattr(child, "lineno", line) <= line <= (getattr(child, "end_lineno", line) or line)):
            continue
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            before = f"{name}.<locals>." if isinstance(node, ast.FunctionDef) else f"{name}." if name else ""
            return _function_at(child, line, before + child.name)
        inner = f"{name}.{child.name}".strip(".") if isinstance(child, ast.ClassDef) else name
        if found := _function_at(child, line, inner):
            return found
    return name if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else ""


def _learn() -> Called:
    on_stderr("mutants: a run of all offline tests shows which functions each one calls")
    with tempfile.TemporaryDirectory() as folder:
        python = str(places.PROJECT_VENV / "bin" / "python")
        ignored = [f"--ignore={name}" for name in _OTHERS]
        subprocess.run(
            [python, "-m", "pytest", "--offline", "-n", "auto", "-p", "local_airflow.called", *ignored],
            cwd=places.REPO,
            env={**os.environ, "PYTHONPATH": str(places.PACKAGE.parent), "MUTANTS_CALLED": folder},
            stdout=subprocess.DEVNULL,
            check=False,  # a test that fails has called functions too
        )
        return merge(Path(folder).iterdir())


def merge(parts: Iterable[Path]) -> Called:
    """Return what the parts of all processes say; the cases of a test count as one."""
    called: Called = {}
    for part in parts:
        for line in part.read_text(encoding="utf-8").splitlines():
            test, seconds, functions = json.loads(line)
            name = test.partition("[")[0]
            for function in functions:
                tests = called.setdefault(function, {})
                tests[name] = round(tests.get(name, 0) + seconds, 3)
    return called
