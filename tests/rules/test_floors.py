"""The layers of the packages: no import leads upward, those in functions and for types included.

Not import-linter: this is as strict, needs no package, and finds circles within one package too.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from tests.rules.test_layers import FILES, module_of, tree, within

# The packages, the lowest layer first: each imports only from itself and from those above it in this list.
FLOORS = (
    "completers",
    "airflowctl.core",
    "airflowctl.storage",
    "airflowctl.api",
    "airflowctl.output",
    "airflowctl.undo",
    "airflowctl.auth",
    "airflowctl.session",
    "airflowctl.execution",
    "airflowctl.domain",
    "airflowctl.completion",
    "airflowctl.commands",
    "airflowctl.shell",
    "airflowctl.extensions",
    "airflowctl.main",
    "airflowctl.complete",
    "airflowctl.__main__",
    "airflowctl.launch",
)
# The imports that lead upward all the same, (from, to), each with its reason. None: if a package needs a
# higher one, it has a protocol for that, and main passes the object in (airflowctl.core.console).
UPWARD: set[tuple[str, str]] = set()


MODULES = {module_of(file) for file in FILES}


def floor_of(module: str) -> int:
    layers = [number for number, package in enumerate(FLOORS) if within(module, {package})]
    return layers[0] if layers else -1  # the package itself holds its version, and imports nothing


@cache
def all_imports(path: Path) -> set[str]:
    """What a file imports of ours, whenever that is: in functions and for types too."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}:{node.lineno}: name the whole module, or no rule sees the import"
            whole = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            names.update(name if name in MODULES else str(node.module) for name in whole.values())
    return names & MODULES


def test_no_import_leads_upward_but_those_with_a_reason() -> None:
    upward = {
        (module, name)
        for path in FILES
        for module in [module_of(path)]
        for name in all_imports(path)
        if floor_of(name) > floor_of(module)
    }
    assert upward == UPWARD


def test_no_imports_run_in_a_circle() -> None:
    """Whenever they run: two files that need each other can be understood only together."""
    left = {module_of(path): all_imports(path) - {module_of(path)} for path in FILES}
    while done := {module for module, names in left.items() if not names & left.keys()}:
        left = {module: names for module, names in left.items() if module not in done}
    assert {module: sorted(names & left.keys()) for module, names in left.items()} == {}
