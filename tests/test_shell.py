"""The shell on a real Airflow: typing, completing, and what it does when something is wrong."""

from __future__ import annotations

import re
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from airflowctl.core.environment import Environment
from airflowctl.grammar import Grammar
from airflowctl.session import Session
from airflowctl.shell.toolbar import Toolbar
from completers.protocols import FAILED, LOADING, READY
from tests.at_shell import CTRL_C, CTRL_D, ESCAPE, TAB, Desk, Shell
from tests.program import Program
from tests.screen import Screen
from tests.waiting import until

DEMO = ["demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits"]


@pytest.fixture
def nowhere(program: Program) -> Program:
    """The program with a token for a server that is not running."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    return program.with_environ(AIRFLOWCTL_URL=f"http://127.0.0.1:{port}", AIRFLOW_CLI_TOKEN="abc")


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
        screen.until(r" \.\.\.$")
        screen.type(CTRL_C)
        screen.until(r"> pools get x", r">$", r"^ http://[^ ]+ *$")  # the last is an idle toolbar


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


# Completing: what the program itself knows


def test_commands_options_and_choices(ctl: Program) -> None:
    desk = Desk(ctl)
    nouns = desk.offered("")
    assert {"dags", "dagrun", "auth", "variables", "help", "exit"} <= nouns.keys()
    assert nouns["pools"]
    assert list(desk.offered("dags tr")) == ["trigger"]
    assert desk.offered("dags trigger demo_etl --ru").keys() == {"--run-id", "--run-after"}
    assert list(desk.offered("dagrun list --state ")) == ["queued", "running", "success", "failed"]
    assert list(desk.offered("dagrun list --state=fa")) == ["failed"]
    assert "json" in desk.offered("dags list -o ")
    assert desk.offered("help da").keys() >= {"dags", "dagrun"}
    assert desk.offered("nosuch ") == desk.offered("# ") == {}


# Completing: what the server knows


def test_dag_ids(ctl: Program) -> None:
    desk = Desk(ctl)
    for line in ("dags get ", "dags trigger ", "dagrun list ", "tasks list "):
        assert list(desk.offered(line)) == DEMO, line
    assert list(desk.offered("dags get demo_m")) == ["demo_mapped"]
    assert list(desk.offered("dags get etl")) == ["demo_etl"]  # anywhere in it
    assert list(desk.offered("dags get 'demo_m")) == ["'demo_mapped'"]


def test_a_paused_dag_is_marked(ctl: Program, api: httpx.Client) -> None:
    api.patch("/dags/demo_waits", json={"is_paused": True}).raise_for_status()
    try:
        offered = Desk(ctl).offered("dags unpause ")
        assert offered["demo_waits"] == "paused"
        assert offered["demo_etl"] == ""
    finally:
        api.patch("/dags/demo_waits", json={"is_paused": False}).raise_for_status()


@pytest.fixture(scope="module")
def run_ids(admin: Program) -> list[str]:
    """Two finished runs of demo_fails, the newest first."""
    ids: list[str] = []
    for _ in range(2):
        done = admin("dags", "trigger", "demo_fails", "--wait", "-o", "json")
        ids.insert(0, done.json["dag_run_id"])
    return ids


def test_run_ids_are_those_of_the_dag_newest_first_with_their_state(ctl: Program, run_ids: list[str]) -> None:
    desk = Desk(ctl)
    offered = desk.offered("dagrun get demo_fails ")
    assert list(offered)[:3] == ["latest", *run_ids]
    assert re.fullmatch(r"failed (now|\d+ (s|min) ago)", offered[run_ids[0]])
    assert not set(run_ids) & desk.offered("dagrun get demo_waits ").keys()
    assert list(desk.offered("tasks states-for-dag-run demo_fails "))[1:3] == run_ids


def test_task_ids_are_those_of_the_dag(ctl: Program) -> None:
    desk = Desk(ctl)
    line = "tasks states-for-dag-run {} some_run --task-id "
    assert list(desk.offered(line.format("demo_etl"))) == ["extract", "load", "transform"]
    assert list(desk.offered(line.format("demo_long"))) == ["count"]


@pytest.fixture
def objects(api: httpx.Client, unique: str) -> Iterator[str]:
    """A connection, a variable and a pool whose names begin so."""
    connection = {"connection_id": f"{unique}_db", "conn_type": "postgres", "host": "db.example.com"}
    api.post("/connections", json=connection).raise_for_status()
    variable = {"key": f"{unique} a key", "value": "v", "description": "what for"}
    api.post("/variables", json=variable).raise_for_status()
    api.post("/pools", json={"name": f"{unique}_pool", "slots": 1}).raise_for_status()
    yield unique
    api.delete(f"/connections/{unique}_db").raise_for_status()
    api.delete(f"/variables/{unique} a key").raise_for_status()
    api.delete(f"/pools/{unique}_pool").raise_for_status()


def test_connections_variables_and_pools(ctl: Program, objects: str) -> None:
    desk = Desk(ctl)
    assert desk.offered(f"connections get {objects}") == {f"{objects}_db": "postgres db.example.com"}
    assert desk.offered(f"variables get {objects}") == {f"'{objects} a key'": "what for"}
    assert desk.offered(f"pools get {objects}").keys() == {f"{objects}_pool"}
    assert "default_pool" in desk.offered("pools get ")


def test_more_names_than_a_page(ctl: Program, many_variables: list[str]) -> None:
    offered = Desk(ctl).offered(f"variables get {many_variables[0][:-3]}2")
    assert list(offered) == many_variables[200:]


def test_the_menu_fills_by_itself_and_what_is_chosen_runs(ctl: Program, objects: str) -> None:
    with Shell(ctl) as shell:
        shell.type(f"variables get {objects}")
        until(lambda: shell.menu == {f"'{objects} a key'": "what for"}, "the name, without another key")
        shell.type(TAB)
        until(lambda: shell.line == f"variables get '{objects} a key'", "the whole name")
        assert shell.run("").out == "v\n"


def test_what_was_printed_completes_at_once(ctl: Program, run_ids: list[str]) -> None:
    desk = Desk(ctl)
    assert desk.run("dagrun list demo_fails") == 0
    assert list(desk.offered_now("dagrun get demo_fails "))[1:3] == run_ids
    assert desk.run("dags list --pattern etl") == 0
    assert "demo_etl" in desk.offered_now("dags get ")


def test_a_new_variable_is_offered_and_a_deleted_one_is_not(ctl: Program, unique: str) -> None:
    line = f"variables get {unique}"
    with Shell(ctl) as shell:
        shell.type(line)
        until(lambda: shell.line == line, "the line")
        shell.type(CTRL_C)
        assert shell.run(f"variables set {unique}_new v").code == 0
        shell.type(line)
        until(lambda: list(shell.menu) == [f"{unique}_new"], "the new variable")
        shell.type(CTRL_C)
        assert shell.run(f"variables delete {unique}_new").code == 0
        shell.type(line)
        until(lambda: shell.line == line and shell.menu == {}, "no variable")
        shell.type(CTRL_C)
    desk = Desk(ctl)
    assert desk.offered(line) == {}
    desk.run(f"variables set {unique}_new v")
    until(lambda: f"{unique}_new" in desk.offered_now(line), "the new variable")
    desk.run(f"variables delete {unique}_new")
    until(lambda: desk.offered_now(line) == {}, "no variable")


def test_a_new_run_is_offered_first(ctl: Program, api: httpx.Client, unique: str) -> None:
    desk = Desk(ctl)
    before = desk.offered("dagrun get demo_fails ")
    assert unique not in before
    assert desk.run(f"dags trigger demo_fails -r {unique} --wait") == 5
    until(lambda: list(desk.offered_now("dagrun get demo_fails "))[1] == unique, "the new run")


def test_names_come_from_the_server_that_the_line_goes_to(ctl: Program, nowhere: Program) -> None:
    desk = Desk(ctl)
    desk.session.environments.save(Environment("dead", nowhere.environ["AIRFLOWCTL_URL"]))
    assert list(desk.offered("dags get -e ")) == ["dead"]
    assert desk.offered("dags get -e dead ") == {}
    assert desk.completer.state == FAILED
    assert list(desk.offered("dags get ")) == DEMO
    assert desk.offered("dags get -e nosuch ") == {}


def test_a_half_typed_address_is_not_asked(ctl: Program, silent: socket.socket) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    desk = Desk(ctl)
    assert desk.offered_now(f"dags get --url {url} ") == {}
    assert desk.completer.state == READY  # and not looking for anything


def test_who_may_not_see_names_is_not_bothered(viewer: Program) -> None:
    desk = Desk(viewer)
    assert desk.offered("connections get ") == {}
    assert desk.completer.state == FAILED
    assert list(desk.offered("dags get ")) == DEMO
    assert desk.completer.state == READY
    assert desk.err == ""


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
    assert "auth login --url" in toolbar_of(Desk(program).session, "no server")


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
    assert statistics.median(took) < 0.05, took


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
        assert "auth login --url" in done.err
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
