"""Ids in the shell's tables are links to the web pages of their server, and nothing else ever is one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.output.links import drop_links, link_cell, page_of
from airflowctl.output.sanitise import keep_our_links
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.stub_deployment import Toy

BASE = "https://airflow.example.org/team"
LINK = re.compile(r"\x1b\]8;;([^\x07\x1b]*)\x1b\\")
EVIL_PATH = "/dags/x%1B%5D8%3B%3Bhttp%3Aevil.example%1B%5Cy%1B%5D8%3B%3B%1B%5C"
TASK = {"dag_id": "e", "dag_run_id": "r", "task_id": "t"}
EVIL = "x\x1b]8;;http://evil.example/\x1b\\y\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    ("column", "item", "path"),
    [
        ("dag_id", {"dag_id": "etl"}, "/dags/etl"),
        ("dag_id", {"dag_id": "a b/ü"}, ""),
        ("dag_id", {"dag_id": "a b.ü"}, "/dags/a%20b.%C3%BC"),
        ("dag_id", {"dag_id": ".."}, ""),
        ("dag_id", {"dag_id": "%2e%2e"}, ""),
        ("dag_id", {"dag_id": ""}, ""),
        ("dag_id", {"dag_id": None}, ""),
        ("dag_id", {"dag_id": EVIL.replace("/", "")}, EVIL_PATH),
        ("dag_run_id", {"dag_id": "etl", "dag_run_id": "m_2026:00+00"}, "/dags/etl/runs/m_2026%3A00%2B00"),
        ("dag_run_id", {"dag_run_id": "r"}, ""),
        ("task_id", TASK, "/dags/e/runs/r/tasks/t"),
        ("task_id", {**TASK, "map_index": -1}, "/dags/e/runs/r/tasks/t"),
        ("task_id", {**TASK, "map_index": 2}, "/dags/e/runs/r/tasks/t/mapped/2"),
        ("task_id", {"task_id": "t"}, ""),
        ("state", {"dag_id": "etl", "state": "failed"}, ""),
    ],
)  # fmt: skip
def test_the_page_of_an_id(column: str, item: dict[str, Any], path: str) -> None:
    assert page_of(column, item, BASE) == (BASE + path if path else "")


def test_only_links_below_the_address_stay_alive() -> None:
    ours = link_cell("etl", "dag_id", {"dag_id": "etl"}, BASE)
    assert keep_our_links(ours, BASE) == ours
    assert "\x1b" not in keep_our_links(EVIL.replace("\x1b]8;;\x1b\\", ""), BASE)
    for other in ("http://airflow.example.org/team", "https://airflow.example.org.evil/team", f"{BASE}x"):
        alive = keep_our_links(f"\x1b]8;;{other}/dags/etl\x1b\\etl", BASE)
        assert "\x1b" not in alive, other
    assert drop_links(f"a{ours}b") == "aetlb"


class Dags(Toy):
    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/dags"):
            return reply({"dags": [{"dag_id": name} for name in ("etl", EVIL, "..")], "total_entries": 3})
        return super().__call__(request)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(Dags()) as server:
        yield server


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


def links(screen: Screen) -> set[str]:
    return {target for target in LINK.findall(screen.raw) if target}


def test_ids_in_a_table_of_the_shell_are_links(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("dags list\n")
        screen.until("^etl", r"x\\x1b]8;;http://evil")
        screen.prompt()
        screen.type("dagrun list etl\n")
        screen.until("^r2")
        screen.prompt()
        assert links(screen) == {
            f"{stub.url}/dags/etl",
            f"{stub.url}/dags/etl/runs/r2",
            f"{stub.url}/dags/etl/runs/r1",
        }
        before = len(screen.raw)
        for line in ("dags list -o json", "dags list | cat", "dags list -o csv"):
            screen.type(f"{line}\n")
            screen.until_true(lambda line=line: screen.raw.count("evil") > 1, line)  # type: ignore[misc]
            screen.prompt()
        assert "\x1b]8;" not in screen.raw[before:]


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": "linux"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_may_print_them_gets_none(environ: dict[str, str], online: Program) -> None:
    with Screen(online.with_environ(**environ)) as screen:
        screen.prompt()
        screen.type("dags list\n")
        screen.until("^etl")
        screen.prompt()
        assert "\x1b]8;" not in screen.raw


def test_a_single_command_prints_what_it_printed(online: Program) -> None:
    with Screen(online, "dags", "list", "--columns", "dag_id") as screen:
        screen.end()
        assert "\x1b]8;" not in screen.raw


def test_a_pager_gets_no_links(online: Program, stub: Stub) -> None:
    with Screen(online.with_environ(PAGER="cat -v"), rows=10) as screen:
        screen.prompt()
        screen.type("dags list\n")
        screen.until("^etl")
        screen.prompt()
        assert "^[]8;" not in screen.raw
