"""A line of each command that asks a server, made from its declaration: a value for all that it requires."""

from __future__ import annotations

from airflowctl.core.command import Command, Param
from airflowctl.session import registry
from tests.support.paths import SAMPLES

# Without a terminal they are refused: tests/shell/test_top.py and tests/commands/test_edit.py have them.
AT_A_TERMINAL = ("top", "dash", "edit connections", "edit variables", "edit pools", "edit dags")
COMMANDS = [
    command for command in registry.all_commands() if command.op and command.line not in AT_A_TERMINAL
]
TEXTS = ("some_id", "1", "2026-11-01", "{}", "name=value")
# What a command needs to be told that its declaration does not say.
MORE = {
    "version": ["--remote"],
    "pools update": ["--slots", "1"],
    "variables update": ["--description", "text"],
    "connections add": ["--conn-type", "http"],
    "connections update": ["--conn-type", "http"],
    "dags clear": ["--run-id", "some_id"],
    "dags pause": ["some_id"],
    "dags unpause": ["some_id"],
    "dags update": ["--is-paused"],
    "assets details": ["some_id"],
    "assets materialize": ["some_id"],
    "dagrun delete": ["run"],
    "dagrun mark": ["run"],
    "logs": ["some_id"],
    "tasks logs": ["some_id"],
}
# What is imported: a file for each noun.
FILES = SAMPLES


def sample(param: Param) -> str:
    """A text that the parameter takes."""
    for text in (*param.choices, *TEXTS):
        try:
            param.convert(text)
        except ValueError:
            continue
        return text
    raise AssertionError(f"{param.label} takes none of {TEXTS}")


def line(command: Command) -> list[str]:
    """The command with a value for each parameter that it requires."""
    needed = [sample(param) for param in command.arguments if param.required]
    if command.words[-1] == "import":
        needed = [str(FILES / f"{command.words[0]}.json")]
    options = [text for it in command.options if it.required for text in (it.flags[0], sample(it))]
    yes = ["--yes"] if command.danger else []
    return [*command.words, *needed, *options, *yes, *MORE.get(command.line, [])]
