"""Completion in bash, zsh and fish on a terminal, loaded into a shell that has no settings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflowctl.core.options import Options
from airflowctl.session.name_owner import find_owner
from airflowctl.storage.name_files import KeptNames, NameFiles
from tests.support.other_shells import (
    SHELLS,
    OtherShell,
    kept_names,
    open_shell,
    recorded,
    require_shell,
    with_command,
)
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

# Each is an id that Airflow allows, or that a hostile server may answer with.
HOSTILE = (
    "$(touch pwned)", "`touch pwned`", "a;touch pwned", "a\ntouch pwned", "~root", 'say "hi"', "it's", "x\\y",
    "esc\x1b]0;pwned\x07", "two words", "*", "[ab]", "!touch", "-rf", "&touch pwned", "zero\u200bwidth",
)  # fmt: skip
RUNS = ("manual__2026-11-23T05:58:56+00:00", "scheduled__2026-11-22T00:00:00+00:00")


class Names:
    """What the server has, by kind."""

    dags: tuple[str, ...] = ("etl", "etl_daily", "reports")


def answer(request: Request) -> Reply:
    if request.path.endswith("/dagRuns"):
        rows = [{"dag_run_id": name, "state": "success"} for name in RUNS]
        return reply({"dag_runs": rows, "total_entries": len(rows)})
    if request.path.endswith("/dags"):
        rows = [{"dag_id": name, "is_paused": False} for name in Names.dags]
        return reply({"dags": rows, "total_entries": len(rows)})
    return lets_in(request)


@pytest.fixture
def named(program: Program, stub: Stub, tmp_path: Path) -> Program:
    stub.answer = answer
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    return with_command(online, tmp_path / "bin")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, named: Program) -> Iterator[OtherShell]:
    require_shell(request.param)
    with open_shell(named, request.param) as opened:
        yield opened


def test_words_options_and_choices_come_from_the_script(shell: OtherShell) -> None:
    shell.run("airflowctl() { :; }" if shell.shell != "fish" else "function airflowctl; end")
    # A function of the name would answer for the program, were it asked: `command` passes it over.
    shell.complete("airflowctl poo", r"airflowctl pools")
    shell.complete("airflowctl dags list-imp", "airflowctl dags list-import-errors")
    shell.complete("airflowctl dags list --sta", "--stale", tabs=2)
    assert "--state" in shell.screen.text
    shell.complete("airflowctl dags list --state fa", "--state failed")
    shell.complete("airflowctl dags list --state=fa", "--state=failed")
    shell.complete("airflowctl -o js", "jsonl", tabs=3)


@pytest.mark.parametrize("shell", ["zsh", "fish"], indirect=True)
def test_notes_stand_beside_words_where_the_shell_shows_them(shell: OtherShell) -> None:
    shell.complete("airflowctl dags l", "List the Dags", tabs=2)


def test_names_of_the_server_complete_from_the_second_tab_on(shell: OtherShell, named: Program) -> None:
    shell.complete("airflowctl dags get etl", "airflowctl dags get etl")
    kept_names(named, "etl", "reports")
    shell.complete("airflowctl dags get r", "airflowctl dags get reports")
    shell.complete("airflowctl dags get etl", "etl_daily", tabs=2)


def test_a_run_id_completes_after_its_colons(shell: OtherShell, named: Program) -> None:
    shell.complete("airflowctl dagrun get etl ", "airflowctl dagrun get etl")
    kept_names(named, RUNS[0])
    shell.complete(
        "airflowctl dagrun get etl manual__2026-11-23T05:5", r"etl manual__2026-11-23T05:58:56\+00:00"
    )
    shell.complete("airflowctl dagrun get etl sch", r"etl scheduled__2026-11-22T00:00:00\+00:00")


def test_a_name_is_put_in_so_that_it_means_itself(shell: OtherShell, named: Program, tmp_path: Path) -> None:
    """Completed and run, a line gives the program the very name; or the name is not offered."""
    shell.run(f"cd {tmp_path}")
    owner = find_owner(Options(), named.environ)
    assert named("completion", "names", "on").code == 0
    for name in HOSTILE:
        files = NameFiles(named.environ, owner)
        files.write(("dag",), KeptNames((name,), time.time(), is_whole=True))
        shell.clear()
        shell.screen.type("airflowctl dags get \t")
        usable = _is_usable(name, shell.shell)
        if usable:
            shell.screen.until_true(
                lambda: len(shell.line) > len("airflowctl dags get"), f"the name {name!r}"
            )
        shell.screen.type(" recorded\r")
        shell.screen.until_true(lambda: shell.is_ready, "the end of the line")
        assert recorded(tmp_path / "bin") == ["dags", "get", *([name] if usable else [])]
        assert not (tmp_path / "pwned").exists(), name
    assert "\x1b]0;pwned" not in shell.screen.raw


def _is_usable(name: str, shell: str) -> bool:
    # Of fish, a completed tilde is a folder; names that begin with a dash would be options.
    begins = ("-", "~") if shell == "fish" else ("-",)
    return name.isprintable() and not name.startswith(begins)


def test_a_dag_of_a_real_airflow_completes(ctl: Program, tmp_path: Path) -> None:
    program = with_command(ctl, tmp_path / "bin")
    with open_shell(program, "bash") as shell:
        shell.complete("airflowctl dags get demo_e", "airflowctl dags get demo_e")
        kept_names(program, "demo_etl")
        shell.complete("airflowctl dags get demo_e", "airflowctl dags get demo_etl")
