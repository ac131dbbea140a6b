"""Options for lines of the classic command that do nothing or are refused say so in their declaration."""

from __future__ import annotations

import dis
from pathlib import Path

import pytest

from airflowctl.core.command import Command
from airflowctl.session import registry

COMMANDS = registry.all_commands()
SAID = ("Refused:", "Ignored:", "Accepted:")  # how the help of such an option begins
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "classic.md"


def read_by(command: Command) -> set[str]:
    """The names that a handler reads, in functions within it too."""
    codes = [command.handler.__code__]
    for code in codes:
        codes += [value for value in code.co_consts if hasattr(value, "co_code")]
    return {
        str(step.argval)
        for code in codes
        for step in dis.get_instructions(code)
        if step.opname.startswith(("LOAD_FAST", "LOAD_CLOSURE", "LOAD_DEREF"))
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_an_option_that_does_nothing_says_so(command: Command) -> None:
    names = {param.name for param in command.params if not param.unsupported and param.refers in ("", "@")}
    if command.values is None:
        assert names - read_by(command) == set()
    assert [
        param.label for param in command.params if param.help.startswith(SAID) and not param.unsupported
    ] == []


def test_options_that_do_nothing_are_in_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    lines = [
        f"| `{command.line} {'/'.join(param.flags)}` | {param.help} |"
        for command in COMMANDS
        for param in command.params
        if param.unsupported
    ]
    assert len(lines) > 15
    assert [line for line in lines if line not in text] == []
