"""Every command there is, by its declaration: with a wrong token, and with nobody at the address."""

from __future__ import annotations

import socket

import pytest

from airflowctl.api.operations import table
from airflowctl.core.command import Command
from tests.support.command_lines import COMMANDS, line
from tests.support.program import Done, Program
from tests.support.rows import every_row

pytestmark = pytest.mark.usefixtures("in_a_folder")


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
