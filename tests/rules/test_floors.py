"""The floors of the house: over all imports, those in functions and for types too, none leads upward."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.rules.test_layers import FILES, module_of, tree, within

# The floors of the house, the lowest first: a room imports from its own floor and from those below.
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
    "airflowctl.main",
    "airflowctl.__main__",
)
# The imports that lead upward all the same, each with its reason. All wait in a function or are for types.
UPWARD = {
    # For types: what stands between a line and its login takes the session of the line.
    ("airflowctl.undo.recorder", "airflowctl.session.session"),
    ("airflowctl.auth.login", "airflowctl.session.session"),
    ("airflowctl.auth.login", "airflowctl.session.server_connection"),
    ("airflowctl.auth.official_import", "airflowctl.session.session"),
    ("airflowctl.auth.stored_login", "airflowctl.session.session"),
    ("airflowctl.auth.terminal_prompter", "airflowctl.session.session"),
    # A command that runs other lines (watch, source, repeat) does so by the session that it was given.
    ("airflowctl.session.session", "airflowctl.execution.dispatch"),
    # Forms and the prompt within a command are drawn by the shell's library, in a single command too.
    ("airflowctl.session.session", "airflowctl.shell.form"),
    ("airflowctl.session.session", "airflowctl.shell.themes"),
    ("airflowctl.execution.subprompt", "airflowctl.shell.subprompt"),
}


def floor_of(module: str) -> int:
    rooms = [place for place, room in enumerate(FLOORS) if within(module, {room})]
    return rooms[0] if rooms else -1  # the package itself holds its version, and imports nothing


def all_imports(path: Path) -> set[str]:
    """What a file imports of ours, whenever that is: in functions and for types too."""
    modules = {module_of(file) for file in FILES}
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            whole = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            names.update(name if name in modules else str(node.module) for name in whole.values())
    return {name for name in names if name in modules}


def test_no_import_leads_upward_but_those_with_a_reason() -> None:
    upward = {
        (module, name)
        for path in FILES
        for module in [module_of(path)]
        for name in all_imports(path)
        if floor_of(name) > floor_of(module)
    }
    assert upward == UPWARD
