"""Earlier lines as a list (Ctrl-R, Up), everything as a list (Ctrl-P, F2), and what is never suggested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import CTRL_C, ESCAPE, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

CTRL_R, CTRL_P, F2, UP, DOWN, BACKSPACE = "\x12", "\x10", "\x1bOQ", "\x1b[A", "\x1b[B", "\x7f"
LINES = ["pools list", "dags list --limit 3", "pools get nosuch", "version", "variables delete x", "dags lst"]


def answer(request: Request) -> Reply:
    if request.path.endswith("/pools"):
        return reply({"pools": [{"name": "default_pool", "slots": 1}], "total_entries": 1})
    if request.path.endswith("/dags"):
        return reply({"dags": [{"dag_id": "quokka_ok"}], "total_entries": 1})
    return reply({"detail": "not found"}, 404) if "/pools/" in request.path else lets_in(request)


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    stub.answer = answer
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.fixture
def shell(online: Program) -> Iterator[Shell]:
    with Shell(online) as shell:
        for line in LINES:
            shell.run(line)
        yield shell


def has_history(shell: Shell) -> bool:
    """Whether Up has something to bring: the prompt reads it once it is drawn."""
    return bool(shell.app) and len(shell.app.current_buffer._working_lines) > 1


def shown(shell: Shell) -> list[str]:
    app = shell.app  # none between two prompts
    state = app.current_buffer.complete_state if app else None
    return [row.display_text for row in state.completions] if state else []


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        (CTRL_R, "version"),
        (CTRL_R + "POOLS", "pools list"),
        (CTRL_R + "lmt3", "dags list --limit 3"),
        ("Limit" + CTRL_R, "dags list --limit 3"),
        (CTRL_R + "polx" + BACKSPACE, "pools list"),
        ("LIST" + UP, "dags list --limit 3"),
        (CTRL_P + "versi", "version"),
        (F2 + "default_p", "default_pool"),
        (F2 + "quok", "quokka_ok"),
        (F2 + "dags trig", "dags trigger"),
    ],
)
def test_what_is_typed_narrows_the_list(shell: Shell, keys: str, first: str) -> None:
    shell.type(keys)
    until(lambda: shown(shell)[:1] == [first], f"{first!r} as the first row")
    shell.type(ESCAPE)
    until(lambda: not shown(shell), "no list")
    shell.type(CTRL_C)


def test_enter_takes_and_a_second_one_runs(shell: Shell) -> None:
    shell.type(CTRL_R + "VERS")
    until(lambda: "version" in shown(shell), "the list")
    out = shell.out
    shell.type("\n")
    until(lambda: shell.line == "version" and not shown(shell), "the line")
    assert shell.out == out
    assert shell.run("").out.startswith("airflowctl ")
    shell.type("pools g")
    until(lambda: "get" in shell.menu, "words are completed again")
    shell.type(CTRL_C)


def test_escape_brings_back_what_was_typed(shell: Shell) -> None:
    shell.type("dags " + CTRL_R + "lim")
    until(lambda: shown(shell), "a list")
    shell.type(ESCAPE)
    until(lambda: shell.line == "dags ", "the line of before")
    shell.type(CTRL_C)


def test_failed_lines_come_last_with_their_exit_code(shell: Shell) -> None:
    shell.type(CTRL_R)
    until(lambda: len(shown(shell)) == len(LINES), "all lines")
    notes = {
        row.display_text: row.display_meta_text for row in shell.app.current_buffer.complete_state.completions
    }
    assert shown(shell)[:3] == ["version", "dags list --limit 3", "pools list"]
    assert "exit 1" in notes["pools get nosuch"]
    assert "exit 2" in notes["dags lst"]
    assert notes["version"].endswith("default")
    shell.type(CTRL_C)


def test_a_name_is_put_in_where_the_cursor_is(shell: Shell) -> None:
    shell.type("pools get " + F2 + "default")
    until(lambda: shown(shell) == ["default_pool"], "the pool")
    shell.type("\n")
    until(lambda: shell.line == "pools get default_pool ", "its name")
    shell.type(CTRL_C)
    until(lambda: shell.line == "", "a new line")
    shell.type(F2 + "quokka")
    until(lambda: shown(shell) == ["quokka_ok"], "the Dag")
    shell.type("\n")
    until(lambda: shell.line == "dags get quokka_ok ", "its command")
    shell.type(CTRL_C)


def test_up_goes_on_to_older_lines_like_the_begun_one(shell: Shell) -> None:
    for keys, line in (
        ("LIST" + UP, "dags list --limit 3"),
        (UP, "pools list"),
        (DOWN, "dags list --limit 3"),
    ):
        shell.type(keys)
        until(lambda line=line: shell.line == line, f"{line!r}")  # type: ignore[misc]
    shell.type(DOWN)
    until(lambda: shell.line == "LIST", "what was typed")
    shell.type(CTRL_C)


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        ("dags li", "st --limit 3"),
        ("pools l", "ist"),
        ("pools g", ""),  # it failed
        ("dags ls", ""),  # no command
        ("variables d", ""),  # it deletes
    ],
)
def test_what_is_suggested(shell: Shell, begun: str, rest: str) -> None:
    shell.type(begun)
    buffer = shell.app.current_buffer
    until(lambda: buffer.text == begun, "the line")
    suggestion = shell.app.current_buffer.auto_suggest.get_suggestion(buffer, buffer.document)
    assert (suggestion.text if suggestion else "") == rest
    shell.type(CTRL_C)


def test_lines_of_a_shell_that_runs_beside_and_of_before_are_listed(online: Program) -> None:
    with Shell(online) as first, Shell(online) as second:
        first.run("pools get nosuch")
        first.run("pools list")
        second.run("version")
        second.type(CTRL_R)
        until(lambda: len(shown(second)) == 3, "the lines of both")
        assert shown(second) == ["version", "pools list", "pools get nosuch"]
        second.type(CTRL_C)
        first.type(CTRL_C)


def test_secrets_and_passwords_are_in_no_list(online: Program, home: Path) -> None:
    with Shell(online) as shell:
        for line in ("variables set api_key hunter2", " version", "version"):
            shell.run(line)
        shell.type(CTRL_R)
        until(lambda: shown(shell), "a list")
        assert shown(shell) == ["version"]
        shell.type(CTRL_C)


def test_the_list_is_drawn_with_age_code_and_environment(online: Program) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("pools get nosuch\nversion\n")
        screen.until("^airflowctl [0-9]")
        screen.prompt()
        screen.type(CTRL_R)
        screen.until(r"version  +.*, default", r"pools get nosuch  .*, exit 1, default")
        screen.type(ESCAPE)
        screen.prompt()


def test_up_finds_the_lines_of_another_shell_on_demand(online: Program) -> None:
    with Shell(online) as first, Shell(online) as second:
        second.run("s3cret-canary")  # on no disk, and still there
        first.run("pools list")
        until(lambda: has_history(second), "the history")
        second.type(UP)
        until(lambda: second.line == "s3cret-canary", "an own line")
        second.type(CTRL_C)
        until(lambda: second.line == "", "a new line")
        assert "pools list" in second.run("history --merge").out
        until(lambda: has_history(second), "the history")
        for line in ("history --merge", "pools list", "s3cret-canary"):
            second.type(UP)
            until(lambda line=line: second.line == line, f"{line!r}")  # type: ignore[misc]
        second.type(CTRL_C)


def test_what_failed_in_an_earlier_shell_is_not_suggested(online: Program) -> None:
    with Shell(online) as shell:
        shell.run("pools get nosuch")
        shell.run("pools list")
    with Shell(online) as shell:
        for begun, rest in (("pools g", ""), ("pools l", "ist")):
            shell.type(begun)
            until(lambda begun=begun: shell.line == begun, "the line")  # type: ignore[misc]
            buffer = shell.app.current_buffer
            suggestion = buffer.auto_suggest.get_suggestion(buffer, buffer.document)
            assert (suggestion.text if suggestion else "") == rest
            shell.type(CTRL_C)
            until(lambda: shell.app and shell.line == "", "a new line")
