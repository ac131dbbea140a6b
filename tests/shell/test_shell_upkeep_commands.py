"""`refresh`, `cd` and `save`: what is about the session and not about the server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

UP, DOWN, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[6~"
NAMES = [f"pool_{number}" for number in range(9)]


@pytest.fixture
def shell(program: Program, stub: Stub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shell]:
    def answer(request: Request) -> Reply:
        if request.path.endswith("/pools"):
            rows = [{"name": name, "slots": 1} for name in NAMES]
            return reply({"pools": rows, "total_entries": len(rows)})
        return lets_in(request)

    stub.answer = answer
    monkeypatch.chdir(tmp_path)
    with Shell(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")) as shell:
        yield shell


def test_refresh_brings_names_that_were_made_elsewhere(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.type("pools get ")
    until(lambda: len(shell.menu) == len(NAMES), "all names")
    shell.type(CTRL_C)
    monkeypatch.setattr("tests.shell.test_shell_upkeep_commands.NAMES", [*NAMES, "another"])
    until(lambda: shell.line == "", "a new line")
    assert shell.run("refresh").code == 0
    shell.type("pools get ")
    until(lambda: "another" in shell.menu, "the new name")
    shell.type(CTRL_C)


@pytest.mark.parametrize("line", ["cd sub", "!cd sub", "cd ./sub", "!cd $PWD/sub"])
def test_cd_moves_the_shell(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.setenv("PWD", str(tmp_path))
    done = shell.run(line)
    assert (done.out, done.code, os.getcwd()) == (f"in {tmp_path}/sub\n", 0, f"{tmp_path}/sub")
    assert shell.run("cd -").out == f"in {tmp_path}\n"
    done = shell.run("cd nosuch")
    assert (done.code, os.getcwd()) == (2, str(tmp_path))
    assert "cannot go to nosuch" in done.err


def test_a_batch_has_no_cd(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("pools list\ncd /\n")
    done = program("-f", str(file))
    assert (done.code, f"{file}:2:1: error: cd is for the shell" in done.err) == (2, True)


def test_saved_are_only_lines_for_the_server(shell: Shell, tmp_path: Path) -> None:
    for line in ("pools list", "set timing off", "auth status", "cd .", "help pools", "use", "version"):
        assert shell.run(line).code == 0
    assert shell.run("save lines").code == 0
    assert (tmp_path / "lines").read_text() == "pools list\nversion\n"


def test_up_reaches_the_history_while_the_menu_is_open(shell: Shell) -> None:
    shell.run("pools list")
    shell.type("pools get ")
    until(lambda: len(shell.menu) == len(NAMES), "all names")
    shell.type(UP)
    until(lambda: shell.line == "pools list", "the earlier line")
    shell.type(DOWN)
    until(lambda: shell.line == "pools get ", "what was typed")
    shell.type(CTRL_C)


def test_page_down_goes_through_the_menu(shell: Shell) -> None:
    shell.type("pools get ")
    until(lambda: len(shell.menu) == len(NAMES), "all names")
    shell.type(DOWN + PAGE_DOWN)
    until(lambda: shell.line == "pools get pool_5", "the sixth name")
    shell.type(CTRL_C)


def test_the_menu_of_set_has_the_present_values(shell: Shell) -> None:
    shell.type("set keys vi\n")
    until(lambda: "keys is vi" in shell.out, "vi's keys")
    shell.type("set ke")
    until(lambda: shell.menu, "a menu")
    assert shell.menu["keys"].startswith("vi: ")
    shell.type(CTRL_C)
