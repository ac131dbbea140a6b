"""What a person reads is written for a person: tables for a pager, errors in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflowctl.core.options import SHELL, Options
from airflowctl.main import new_session
from airflowctl.output.redirects import Program as PipeProgram
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import streams, written
from tests.support.stub import Request, Stub, lets_in, reply

POOLS = {"pools": [{"name": "a", "slots": 1}, {"name": "longer", "slots": 23}], "total_entries": 2}


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    def answer(request: Request) -> object:
        return reply(POOLS) if request.path.endswith("/pools") else lets_in(request)

    stub.answer = answer  # type: ignore[assignment]
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.mark.parametrize(
    ("program", "is_pager"),
    [
        ("less", True),
        ("less -S", True),
        ("/usr/bin/less", True),
        ("LESS=R less", True),
        ("bat -p", True),
        ("more", True),
        ("grep x | less", False),  # which looks for fields
        ("head -3", False),
        ("cat", False),
        ("lesspipe", False),
    ],
)
def test_a_pager_gets_a_table(program: str, is_pager: bool) -> None:
    assert PipeProgram(program, {}).is_pager is is_pager


def test_a_line_into_a_pager_is_aligned(online: Program, tmp_path: Path) -> None:
    (tmp_path / "less").write_text('#!/bin/sh\ncat > "$OUT"\n')
    (tmp_path / "less").chmod(0o755)
    result = tmp_path / "result"
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "OUT": str(result)}
    lines = tmp_path / "lines"
    lines.write_text("pools list --columns name,slots | less\n")
    assert online.with_environ(**environ)("-f", str(lines)).code == 0
    rows = [line.rstrip() for line in result.read_text().splitlines()]
    assert rows == ["name    slots", "------  -----", "a       1", "longer  23"]


def test_no_progress_is_shown_beside_a_program_that_writes(program: Program) -> None:
    person = streams(program)
    person.stderr.isatty = lambda: True  # type: ignore[method-assign]
    session = new_session(person, Options(), SHELL)
    sink = PipeProgram("cat > /dev/null", program.environ)
    output = session.into(sink).output
    output.progress(100, 3001)
    assert "100 of 3,001" in written(person.stderr)
    sink.write("dag_id\n")
    output.progress(200, 3001)
    sink.finish(0)
    assert "200 of" not in written(person.stderr)


@pytest.mark.parametrize(
    ("lines", "is_json"),
    [
        (["dgas list"], False),
        (["set output json", "dgas list"], False),
        (["set output json", "pools get"], False),
        (["pools get -o json"], True),
    ],
)
def test_errors_at_the_prompt_are_json_only_where_the_line_says_so(
    online: Program, lines: list[str], is_json: bool
) -> None:
    with Screen(online) as screen:
        for line in lines:
            screen.prompt()
            screen.type(f"{line}\n")
        screen.until('{"error"' if is_json else "^error: ")
        assert ('{"error"' in screen.text) is is_json


@pytest.mark.parametrize(("pattern", "is_explained"), [("nosuch_*", True), ("x?", True), ("nosuch%", False)])
def test_a_pattern_of_a_shell_is_explained_where_nothing_fits(
    program: Program, stub: Stub, pattern: str, is_explained: bool
) -> None:
    def answer(request: Request) -> object:
        return (
            reply({"pools": [], "total_entries": 0}) if request.path.endswith("/pools") else lets_in(request)
        )

    stub.answer = answer  # type: ignore[assignment]
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    with Screen(online, "pools", "list", "--pattern", pattern) as screen:
        screen.end()
        assert ("% is any text" in screen.text) is is_explained
