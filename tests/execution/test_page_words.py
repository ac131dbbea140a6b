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
    if request.path.endswith("/assets"):
        assets = [{"id": 3, "name": "orders", "uri": "s3://orders"}]
        return reply({"assets": assets, "total_entries": 1})
    if "/assets/" in request.path:
        return reply({"id": 7, "name": "rates", "uri": "s3://rates"})
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


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("/dags/etl?tab=graph&x=%2F", "dags get etl"),
        ("/dags/etl/", "dags get etl"),
        ("/dags/a%20b%25/grid", "dags get 'a b%'"),
        (f"/dags/etl/runs/{CODED}?tab=x", "dags get etl"),
        ("/dags/etl/tasks/group/g", "dags get etl"),
    ],
)
def test_tabs_questions_and_codes_of_a_page(online: Program, stub: Stub, page: str, words: str) -> None:
    done = online("dags", "get", stub.url + page, "-o", "name")
    assert f"this page: {words} -o name" in done.err
    assert done.code == 0


def test_the_page_of_an_instance_names_its_index(online: Program, stub: Stub) -> None:
    done = online("tasks", "get", f"{stub.url}/dags/etl/runs/r/tasks/load/mapped/3?try_number=1")
    assert "this page: tasks get etl load r --map-index=3" in done.err
    done = online("dagrun", "get", f"{stub.url}/dags/etl/runs/r/tasks/load/mapped/3", "-o", "name")
    assert "this page: dagrun get etl r -o name" in done.err


def test_a_page_below_a_base_path(program: Program) -> None:
    with Stub(answer) as stub:
        base = program.with_environ(AIRFLOWCTL_URL=f"{stub.url}/team", AIRFLOW_CLI_TOKEN="t.o.k")
        done = base("dags", "get", f"{stub.url}/team/dags/etl", "-o", "name")
        assert (done.code, done.out) == (0, "etl\n")
        done = base("dags", "get", f"{stub.url}/dags/etl", "-o", "name")
        assert (done.code, "this is no page of" in done.err) == (2, True)


def test_several_pages_in_one_line(online: Program, stub: Stub) -> None:
    done = online("dags", "pause", f"{stub.url}/dags/etl", f"{stub.url}/dags/web")
    assert (done.code, "this page: dags pause etl web" in done.err) == (0, True), done.err


def test_the_page_of_an_asset_is_its_number(online: Program, stub: Stub) -> None:
    done = online("assets", "details", f"{stub.url}/assets/7")
    assert "this page: assets details 7" in done.err
    assert [request.path for request in stub.requests if "/assets" in request.path] == ["/api/v2/assets/7"]
    done = online("dags", "get", f"{stub.url}/assets/7")
    assert (done.code, "this page names no dag" in done.err) == (2, True), done.err
    # The URI of an asset, which looks like a page of another server.
    done = online("assets", "details", "http://data.example.org/assets/7")
    assert [
        request.query.get("uri_pattern") for request in stub.requests if request.path.endswith("/assets")
    ] == [["http://data.example.org/assets/7"]]


def test_pages_in_a_batch(online: Program, stub: Stub) -> None:
    EnvironmentStore(online.environ).save(Environment("staging", "http://staging.example.org"))
    page = f"{stub.url}/dags/etl/runs/{CODED}/tasks/load"
    done = online("-f", "-", stdin=f"dagrun get {page} -o name\ndags pause {stub.url}/dags/etl && version\n")
    assert done.code == 0, done.err
    assert done.out.startswith(f"{RUN}\n")
    assert "this page: dagrun get etl" in done.err
    stub.requests.clear()
    done = online("-f", "-", stdin="version\ndags get http://staging.example.org/dags/etl\n")
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert "stdin:2:10: error: this is no page of" in done.err
    assert "it is of the environment staging: add -e staging" in done.err


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
        (("etl", RUN, "load", "--log"), f"/dags/etl/runs/{CODED}/tasks/load"),
        (("etl", "x", "load", "--log", "--try-number", "2"), "/dags/etl/runs/x/tasks/load?try_number=2"),
        (("--asset", "7"), "/assets/7"),
        (("--asset", "orders"), "/assets/3"),
    ],
)
def test_open_prints_the_address(online: Program, stub: Stub, words: tuple[str, ...], page: str) -> None:
    done = online("open", *words, "--print")
    assert (done.code, done.out) == (0, f"{stub.url}{page}\n")


@pytest.mark.parametrize(
    "words",
    [(), ("etl", "--asset", "7"), ("etl", "x", "--log"), ("etl", "x", "t", "--try-number", "1")],
)
def test_open_of_nothing_or_of_two_things(online: Program, stub: Stub, words: tuple[str, ...]) -> None:
    done = online("open", *words, "--print")
    assert (done.code, done.out, stub.requests) == (2, "", []), done.err


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
