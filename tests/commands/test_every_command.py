"""Every command there is, by its declaration: with a wrong token, and with nobody at the address."""

from __future__ import annotations

import socket

import pytest

from airflowctl.api.operations import table
from airflowctl.core.command import Command, Param
from airflowctl.session import registry
from tests.support.paths import SAMPLES
from tests.support.program import Done, Program
from tests.support.rows import every_row

pytestmark = pytest.mark.usefixtures("in_a_folder")


COMMANDS = [command for command in registry.all_commands() if command.op]
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


def is_one_clear_error(done: Done, code: int, *words: str) -> bool:
    first, *hint = done.err.splitlines()
    told = first.startswith("error: ") and all(word in first for word in words)
    return done.out == "" and done.code == code and told and len(hint) == 1 and hint[0].startswith("  ")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_a_wrong_token_is_refused(command: Command, ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN="wr.on.g")(*line(command))
    if table()[command.op].open:
        assert (done.err, done.code) == ("", 0)
    else:
        assert is_one_clear_error(done, 4, ctl.environ["AIRFLOWCTL_URL"], "does not accept this token")
        assert "airflowctl auth token" in done.err


@every_row("command", COMMANDS, ids=lambda command: command.line)
def test_a_dead_server_is_named(command: Command, program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    done = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="t")(*line(command))
    assert is_one_clear_error(done, 3, url, "connection refused")
