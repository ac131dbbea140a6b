"""The pager: on a terminal only, and only for what is longer than the screen."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.formats import FORMATS
from tests.support.program import Program
from tests.support.screen import CTRL_C, CTRL_D, Screen
from tests.support.stub import Reply, Request, Stub, reply

MARK = "paged"


def answer(request: Request) -> Reply:
    """Variables: as many as the pattern says, 40 of them if it does not."""
    count = int(request.query.get("variable_key_pattern", ["40"])[0])
    items = [{"key": f"key_{place:04}", "value": "v", "description": None} for place in range(count)]
    start, size = (int(request.query.get(name, ["0"])[0]) for name in ("offset", "limit"))
    return reply({"variables": items[start : start + size], "total_entries": count})


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub(answer) as server:
        yield server


@pytest.fixture
def paged(program: Program, stub: Stub, tmp_path: Path) -> Program:
    """With a pager that marks each line that goes through it."""
    return program.with_environ(
        AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", AIRFLOWCTL_PAGER=f"sed 's/^/{MARK} /'"
    )


def screen_of(program: Program, *argv: str, **environ: str) -> tuple[str, int]:
    with Screen(program.with_environ(**environ), *argv) as screen:
        code = screen.end()
        return screen.raw, code


@pytest.mark.parametrize("output", FORMATS)
def test_what_is_longer_than_the_screen_is_paged(paged: Program, output: str) -> None:
    raw, code = screen_of(paged, "variables", "list", "-o", output)
    assert code == 0
    assert f"{MARK} " in raw
    assert "key_0039" in raw
    assert len(re.findall("key_[0-9]{4}", raw)) == 40


@pytest.mark.parametrize("line", ["variables list --pattern 3", "variables list --no-pager", "version"])
def test_what_fits_or_must_not_is_not_paged(paged: Program, line: str) -> None:
    raw, code = screen_of(paged, *line.split())
    assert code == 0
    assert MARK not in raw


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager --x"])
def test_no_pager_where_there_is_none(paged: Program, pager: str) -> None:
    raw, code = screen_of(paged, "variables", "list", AIRFLOWCTL_PAGER=pager)
    assert code == 0
    assert MARK not in raw
    assert "not found" not in raw
    assert "key_0039" in raw


def test_a_pipe_is_never_paged(paged: Program) -> None:
    done = paged.process("variables", "list", "-o", "table")
    assert MARK not in done.out
    with Screen(
        paged, command=["/bin/sh", "-c", f"'{sys.executable}' -m airflowctl variables list | cat"]
    ) as it:
        it.end()
        assert MARK not in it.raw


def test_no_pager_in_a_batch(paged: Program, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("variables list\n")
    raw, code = screen_of(paged, "-f", str(file))
    assert code == 0
    assert MARK not in raw


def test_a_pager_that_is_left_early_is_no_error(paged: Program, stub: Stub) -> None:
    stub.requests.clear()
    line = ("variables", "list", "--pattern", "20000", "-o", "jsonl")
    raw, code = screen_of(paged, *line, AIRFLOWCTL_PAGER="head -n 1")
    assert code == 0
    assert "error" not in raw
    assert len(re.findall("key_[0-9]{4}", raw)) == 1


def test_less_in_the_shell_with_ctrl_c_and_q(paged: Program) -> None:
    environ = {name: text for name, text in paged.environ.items() if name != "AIRFLOWCTL_PAGER"}
    with Screen(Program({**environ, "PAGER": "less"})) as screen:
        screen.prompt()
        screen.type("variables list\n")
        screen.until("key_0010", "^:")
        assert "key_0030" not in screen.text
        screen.type(CTRL_C)
        # What is typed together with Ctrl-C may be thrown away with it, so it is typed until it is heard.
        screen.until_true(lambda: screen.type(" ") or "key_0030" in screen.text, "the next page")
        screen.type("q")
        screen.prompt()
        screen.type("version\n")
        screen.until(r"^airflowctl \d")
        screen.prompt()
        screen.type(CTRL_D)
        assert screen.end() == 0
        assert "Traceback" not in screen.raw


def test_help_is_paged_as_well(paged: Program) -> None:
    raw, code = screen_of(paged, "--help")
    assert code == 0
    assert MARK in raw
