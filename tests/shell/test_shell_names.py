"""Completing in the shell: what the program itself knows, and what a real server does."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import httpx
import pytest

from airflowctl.core.environment import Environment
from completers.protocols import FAILED, READY
from tests.shell.test_shell import DEMO
from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, TAB, Desk, Shell
from tests.support.waiting import until

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
        assert shell.run(f"variables delete {unique}_new --yes").code == 0
        shell.type(line)
        until(lambda: shell.line == line and shell.menu == {}, "no variable")
        shell.type(CTRL_C)
    desk = Desk(ctl)
    assert desk.offered(line) == {}
    desk.run(f"variables set {unique}_new v")
    until(lambda: f"{unique}_new" in desk.offered_now(line), "the new variable")
    desk.run(f"variables delete {unique}_new --yes")
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
