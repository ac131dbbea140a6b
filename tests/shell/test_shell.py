"""The shell on a real Airflow: typing, completing, and what it does when something is wrong."""

from __future__ import annotations

import re
import socket
import statistics
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.session.session import Session
from airflowctl.shell.toolbar import Toolbar
from completers.protocols import FAILED, LOADING, READY
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import CTRL_C, CTRL_D, ESCAPE, Desk, Shell
from tests.support.waiting import until

DEMO = ["demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits"]


@pytest.fixture
def stuck(program: Program, silent: socket.socket) -> Program:
    """The program with a token for a server that accepts connections and never answers."""
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    return program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="abc")


# Lines


def test_a_new_line_looks_for_nothing_yet(stuck: Program) -> None:
    with Screen(stuck) as screen:
        screen.prompt()
        screen.type("pools get x")
        screen.until(r" \| \.\.\. \|")
        screen.type(CTRL_C)
        # The last is an idle toolbar; after three seconds it says that the server is silent.
        screen.until(
            r"> pools get x", r">$", r"^ (http://[^ ]+|no answer within 3 s [^ ]+ [^ ]+) \| \? twice"
        )


def test_lines_run_one_after_the_other(ctl: Program) -> None:
    with Shell(ctl) as shell:
        assert shell.run("dags get demo_etl -o name") == ("demo_etl\n", "", 0)
        assert shell.run("pools get default_pool -o name").out == "default_pool\n"
        assert shell.leave() == 0


def test_an_error_does_not_end_it(ctl: Program) -> None:
    with Shell(ctl) as shell:
        assert shell.run("dags get nosuch").code == 1
        assert shell.run("dgas list").code == 2
        assert shell.run("dags list --url http://127.0.0.1:1").code == 3
        assert shell.run("dags list --limit x").code == 2
        shell.type("dags get 'open\n")  # no command at all
        until(lambda: shell.line == "dags get 'open\n", "a second line of the value")
        shell.type(CTRL_C)
        until(lambda: shell.line == "", "an empty line")
        assert shell.run("dags get demo_etl -o name").out == "demo_etl\n"
        assert shell.leave() == 0


def test_empty_lines_and_comments_are_nothing(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.type("\n   \n# only a comment\n")
        assert shell.run("version").out.startswith("airflowctl ")
        assert shell.err == ""


def test_several_lines_pasted_at_once(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.type("\x1b[200~dags get demo_etl -o name\ndags get demo_long -o name\x1b[201~\n")
        until(lambda: shell.out == "demo_etl\ndemo_long\n", "both lines")


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("version", "1 more pasted line was not run"),
        ("version\n\nversion", "2 more pasted lines were not run"),
    ],
)
def test_pasted_lines_after_one_that_fails_are_not_run(program: Program, rest: str, told: str) -> None:
    with Shell(program) as shell:
        shell.type(f"\x1b[200~dags lst\n{rest}\x1b[201~\n")
        until(lambda: told in shell.err, "a word about the rest")
        assert shell.out == ""


@pytest.mark.parametrize("keys", [CTRL_D, "exit\n", "  exit  \n"])
def test_leaving(keys: str, ctl: Program) -> None:
    with Shell(ctl) as shell:
        assert shell.leave(keys) == 0


def test_ctrl_c_at_the_prompt_drops_the_line_and_keeps_the_shell(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.type("dags pause demo_etl")
        until(lambda: shell.line == "dags pause demo_etl", "a typed line")
        shell.type(CTRL_C)
        until(lambda: shell.line == "", "an empty line")
        assert shell.run("dags get demo_etl -o json").json["is_paused"] is False


def test_ctrl_d_in_a_line_does_not_leave(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.type("version" + CTRL_D)
        assert shell.run("").out.startswith("airflowctl ")


# History


def test_history_keeps_the_lines_but_no_secret(ctl: Program, unique: str, api: httpx.Client) -> None:
    key = f"{unique}_api_key"
    with Shell(ctl) as shell:
        for line in (
            "dags get demo_etl",
            f"variables set {unique} 'plain value'",
            f"variables delete {unique}",
            f"variables set {key} canary1",
            f"variables set -j {key} '\"canary2\"'",
            f"variables delete {key}",
            "auth token -u nobody --password canary3",
            "auth token -u nobody -pcanary4",
            "auth token --password=canary5 -u nobody",
            " dags get secretly-canary6",
            "dags get nosuch",
        ):
            shell.run(line)
        shell.type("auth login -p 'canary7\n")
        until(lambda: shell.line.endswith("\n"), "a second line of the value")
        shell.type(CTRL_C)
        until(lambda: shell.line == "", "an empty line")
        shell.type("\x1b[200~version\nauth token -u nobody -p canary8\x1b[201~\n")
        shell.run("version")
        shell.leave()
    file = Path(ctl.environ["AIRFLOWCTL_HOME"]) / "history"
    kept = [line[1:] for line in file.read_text().splitlines() if line.startswith("+")]
    assert "canary" not in file.read_text()
    assert kept[:2] == ["dags get demo_etl", f"variables set {unique} 'plain value'"]
    assert "dags get nosuch" in kept
    assert kept[-1] == "version"
    assert file.stat().st_mode & 0o077 == 0


def test_history_is_there_the_next_time(ctl: Program) -> None:
    with Shell(ctl) as shell:
        shell.run("dags get demo_long -o name")
        shell.leave()
    with Shell(ctl) as shell:
        shell.type("\x1b[A")
        until(lambda: shell.line == "dags get demo_long -o name", "the last line")
        assert shell.run("").out == "demo_long\n"


def test_without_a_place_for_the_history_it_says_so_and_goes_on(ctl: Program) -> None:
    with Shell(ctl.with_environ(AIRFLOWCTL_HOME="/dev/null/x")) as shell:
        assert "the history is not kept" in shell.err
        assert shell.run("dags get demo_etl -o name").out == "demo_etl\n"
        shell.type("\x1b[A")
        until(lambda: shell.line == "dags get demo_etl -o name", "the last line")


# A server that is not there, or says nothing


def test_without_a_server_the_shell_goes_on(nowhere: Program) -> None:
    with Shell(nowhere) as shell:
        done = shell.run("dags list")
        assert done.code == 3
        assert "connection refused" in done.err
        shell.type("dags get demo")
        until(lambda: shell.line == "dags get demo", "the line")
        shell.type(CTRL_C)
        assert shell.run("version").out.startswith("airflowctl ")
        assert "Traceback" not in shell.err
        assert shell.leave() == 0


def test_without_a_server_completing_is_quiet(nowhere: Program, capfd: pytest.CaptureFixture[str]) -> None:
    desk = Desk(nowhere)
    assert desk.offered("dags get ") == {}
    assert desk.completer.state == FAILED
    assert list(desk.offered("dags tr")) == ["trigger"]
    assert desk.err == ""
    assert capfd.readouterr() == ("", "")


def toolbar_of(session: Session, wanted: str) -> str:
    """What the toolbar comes to say."""
    toolbar = Toolbar(session, lambda: None)
    toolbar.refresh()

    def text() -> str:
        return "".join(str(part[1]) for part in toolbar.text(READY))

    until(lambda: re.search(wanted, text()), f"{wanted!r} in the toolbar")
    return text()


def test_the_toolbar_tells_how_the_server_is(ctl: Program, nowhere: Program, program: Program) -> None:
    url = ctl.environ["AIRFLOWCTL_URL"]
    good = toolbar_of(Desk(ctl).session, r"Airflow 3\.3\.2")
    assert url in good
    assert "token" in good
    assert "admin" in good
    assert "connection refused" in toolbar_of(Desk(nowhere).session, "refused")
    assert "auth login" in toolbar_of(Desk(program.with_environ(AIRFLOWCTL_URL=url)).session, "not logged in")
    assert "no server: auth login" in toolbar_of(Desk(program).session, "no server")


def test_the_toolbar_shows_no_secret(ctl: Program, token: str) -> None:
    assert token[:20] not in toolbar_of(Desk(ctl).session, r"Airflow 3\.3\.2")


LINES = [
    "dags get ", "dagrun get demo_etl ", "dagrun get demo_long man", "connections get a", "variables get x",
    "pools get ", "dags trigger demo", "tasks list d", "tasks states-for-dag-run demo_etl ", "variables set ",
]  # fmt: skip


def test_completing_never_waits_for_the_server(stuck: Program) -> None:
    desk = Desk(stuck)
    Grammar().slot_at("dags get ")  # what is loaded once is not the server's doing
    took = []
    for line in LINES * 3:
        began = time.perf_counter()
        assert desk.offered_now(line).keys() <= {"latest"}
        took.append(time.perf_counter() - began)
        assert desk.completer.state == LOADING
    assert statistics.median(took) < 0.5, took  # the server never answers


def test_a_line_runs_while_names_are_looked_for_in_vain(stuck: Program) -> None:
    with Shell(stuck) as shell:
        shell.type("dags get demo")
        until(lambda: shell.line == "dags get demo", "the line")
        shell.type(CTRL_C)
        began = time.monotonic()
        assert shell.run("version").out.startswith("airflowctl ")
        assert time.monotonic() - began < 10
        assert shell.run("dags list --request-timeout 0.3").code == 3
        assert shell.leave() == 0


# Without a login


def test_without_any_login_it_says_how_to(program: Program, airflow: Any) -> None:
    with Shell(program) as shell:
        done = shell.run("dags list")
        assert done.code == 2
        assert done.err.endswith("\n  auth login\n")  # which asks for the address
        done = shell.run(f"dags list --url {airflow.url}")
        assert done.code == 4
        assert f"auth login --url {airflow.url}" in done.err
        assert shell.run("help dags").out
        assert shell.leave() == 0


def test_a_login_in_the_shell_lasts_as_long_as_the_shell(program: Program, airflow: Any) -> None:
    password = airflow.password("admin")
    with Shell(program, stdin=f"{password}\n") as shell:
        done = shell.run(f"auth login --url {airflow.url} --username admin --password-stdin")
        assert (done.err, done.code) == ("", 0)
        assert "in memory" in done.out
        assert shell.run("dags get demo_etl -o name").out == "demo_etl\n"
        shell.type("dags get demo_m")
        until(lambda: list(shell.menu) == ["demo_mapped"], "a Dag id")
        shell.type(ESCAPE + CTRL_C)
        assert shell.run("auth status -o json").json["token_from"] == "memory"
        assert shell.run("auth logout").code == 0
        assert shell.run("dags list").code == 4
        shell.leave()
    home = Path(program.environ["HOME"])
    written = "".join(file.read_text() for file in home.rglob("*") if file.is_file())
    assert airflow.url in written
    assert "eyJ" not in written
    assert password not in written
    with Shell(program) as shell:
        assert shell.run("dags list").code == 4
