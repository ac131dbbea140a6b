"""Addresses of the web page as names in a line, and the way back by `open`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.core.environment import Environment
from airflowctl.storage.environments import EnvironmentStore
from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

RUN = "manual__2026-11-30T09:36:48+00:00"
CODED = "manual__2026-11-30T09%3A36%3A48%2B00%3A00"


def answer(request: Request) -> Reply:
    if request.path.endswith("/dagRuns"):
        return reply({"dag_runs": [{"dag_run_id": RUN}], "total_entries": 1})
    if "/dagRuns/" in request.path:
        return reply({"dag_id": "etl", "dag_run_id": RUN, "state": "failed"})
    if request.method == "PATCH" or "/dags/" in request.path:
        return reply({"dag_id": "etl", "is_paused": True})
    return lets_in(request)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(answer) as stub:
        yield stub


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", BROWSER="", DISPLAY="")


def paths(stub: Stub) -> list[str]:
    return [request.path for request in stub.requests if "/dags/" in request.path]


@pytest.mark.parametrize(
    "page", ["/dags/etl", f"/dags/etl/runs/{CODED}/tasks/load?try_number=2", "/dags/etl/code#x"]
)
def test_a_page_names_a_dag(online: Program, stub: Stub, page: str) -> None:
    done = online("dags", "get", stub.url + page, "-o", "name")
    assert (done.code, done.out) == (0, "etl\n")
    assert "this page: dags get etl" in done.err


@pytest.mark.parametrize("run", [CODED, RUN])
def test_a_page_names_a_run_and_its_dag(online: Program, stub: Stub, run: str) -> None:
    done = online("dagrun", "get", f"{stub.url}/dags/etl/runs/{run}/tasks/load", "-o", "name")
    assert (done.code, done.out) == (0, f"{RUN}\n")
    assert paths(stub) == [f"/api/v2/dags/etl/dagRuns/{CODED}"]


def test_in_the_shell_too(online: Program, stub: Stub) -> None:
    with Shell(online) as shell:
        done = shell.run(f"version && dagrun get {stub.url}/dags/etl/runs/{CODED} -o name")
        assert (done.code, done.out.splitlines()[-1]) == (0, RUN)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("http://other.example.org/dags/etl", "it is of a server that no environment is for"),
        ("{url}/pools/dags/etl", "this page is about no Dag"),
        ("{url}/dags/%ff", "this is no address of a page: its % codes are no UTF-8"),
        ("{url}/dags/etl/runs/%C3%28", "this is no address of a page: its % codes are no UTF-8"),
        ("http://u:secret@h/dags/etl", "this is no address of a page: it holds a user name or password"),
    ],
)
def test_another_page_is_an_error_and_nothing_is_sent(
    online: Program, stub: Stub, page: str, words: str
) -> None:
    done = online("dags", "pause", page.format(url=stub.url))
    assert (done.code, done.out, stub.sent) == (2, "", [])
    assert words in done.err
    assert "secret" not in done.err


def test_a_page_of_another_environment_names_it(online: Program, stub: Stub) -> None:
    EnvironmentStore(online.environ).save(Environment("staging", "http://staging.example.org/team"))
    done = online("dags", "get", "http://staging.example.org/team/dags/etl")
    assert done.code == 2
    assert "it is of the environment staging: add -e staging" in done.err


def test_where_no_name_is_wanted_it_is_text(online: Program, stub: Stub) -> None:
    page = f"{stub.url}/dags/etl"
    online("dagrun", "note", "etl", RUN, page)
    assert [request.json for request in stub.requests if request.method == "PATCH"] == [{"note": page}]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (("etl",), "/dags/etl"),
        (("etl", "latest"), f"/dags/etl/runs/{CODED}"),
        (("etl", RUN, "load"), f"/dags/etl/runs/{CODED}/tasks/load"),
        (("etl", RUN, "load", "--map-index", "3"), f"/dags/etl/runs/{CODED}/tasks/load/mapped/3"),
        (("a b%",), "/dags/a%20b%25"),
    ],
)
def test_open_prints_the_address(online: Program, stub: Stub, words: tuple[str, ...], page: str) -> None:
    done = online("open", *words, "--print")
    assert (done.code, done.out) == (0, f"{stub.url}{page}\n")


def test_open_starts_the_browser(
    online: Program, stub: Stub, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("browser")
    browser = folder / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {folder}/page\n')
    browser.chmod(0o700)
    done = online.with_environ(BROWSER=f"{browser} %s").process("open", "etl")
    assert done.out == f"opened {stub.url}/dags/etl\n"
    assert (folder / "page").read_text() == f"{stub.url}/dags/etl\n"
