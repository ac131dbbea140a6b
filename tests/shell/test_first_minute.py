"""The first minute: from no server at all to the line that is worth typing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.api.client import Client
from airflowctl.auth import server_address
from airflowctl.auth.server_address import complete_address, find_local_server, is_address
from airflowctl.commands.tour import STEPS
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import write_lines
from airflowctl.core.parse import parse_tokens
from airflowctl.domain.first_look import describe_deployment
from airflowctl.session import registry
from airflowctl.shell import first
from completers.tokenizer import words
from tests.support.program import Program
from tests.support.screen import CTRL_C, Screen
from tests.support.shell_driver import Desk
from tests.support.stub import TOKEN, Reply, Request, Stub, reply
from tests.support.stub_deployment import Toy
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("localhost:8080", "http://localhost:8080"),
        (" 127.0.0.1:8081/team ", "http://127.0.0.1:8081/team"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("airflow.example.org", "https://airflow.example.org"),
        ("airflow.example.org/api/v2", "https://airflow.example.org"),
        ("HTTP://Airflow.example.org:80/", "http://airflow.example.org"),
    ],
)
def test_an_address_needs_no_scheme(typed: str, address: str) -> None:
    assert complete_address(typed) == address
    assert is_address(typed)


@pytest.mark.parametrize(
    "typed", ["", "   ", "ann:pw@host", "http://ann:pw@host/", "a b", "http://", "ftp://x/y"]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        complete_address(typed)
    assert not is_address(typed)


@pytest.mark.parametrize("line", ["dags list", "version", "help", "..", "tour", "!ls", "# a.b"])
def test_a_command_is_no_address(line: str) -> None:
    assert not is_address(line)


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def test_what_answers_on_this_machine_is_found(silent: socket.socket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
    with Stub(lambda request: reply("<html>", kind="text/html")) as other, Stub(Toy()) as stub:
        ports = (free, silent.getsockname()[1], port_of(other.url), port_of(stub.url))
        assert find_local_server(ports) == f"http://localhost:{ports[3]}"
        assert find_local_server(ports[:3]) == ""
        assert all("authorization" not in request.headers for request in stub.requests)


def test_no_client_is_made_for_a_port_where_nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
    asked: list[str] = []
    monkeypatch.setattr(server_address, "_is_airflow", asked.append)
    assert (find_local_server((free,)), asked) == ("", [])


class Dags:
    """Answers with so many Dags in each state."""

    def __init__(self, **counts: int) -> None:
        self.counts = counts

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/dags"):
            query = request.query
            asked = "paused" if "paused" in query else query.get("last_dag_run_state", ["total"])[0]
            count = self.counts.get(asked, 0)
            return reply({"dags": [{"dag_id": f"{asked}_1"}][:count], "total_entries": count})
        return reply({"version": "3.3.2"})


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"total": 5, "failed": 1, "running": 2}, "5 Dags, 1 failed: why failed_1"),
        ({"total": 1200, "running": 2}, "1,200 Dags, 2 running: dagrun watch running_1"),
        ({"total": 3, "paused": 3}, "3 Dags, all paused: dags unpause total_1"),
        ({"total": 1, "success": 1}, "1 Dag, none failed: dagrun list success_1"),
        ({"total": 2, "paused": 1}, "2 Dags, none failed: dags list"),
        ({}, "no Dags yet: dags list-import-errors"),
    ],
)
def test_one_sentence_says_what_is_there_and_what_to_type(counts: dict[str, int], sentence: str) -> None:
    with Stub(Dags(**counts)) as stub:
        text = write_lines(describe_deployment(Client(stub.url)), " ".join)
    assert text == sentence
    line = sentence.partition(": ")[2]
    assert parse_tokens(line.split(), registry).bind().command is not None


def test_a_server_that_does_not_say_is_no_error() -> None:
    with Stub(lambda request: reply({"detail": "Forbidden"}, 403)) as stub:
        assert describe_deployment(Client(stub.url)) == ""


# `auth login` without an address.


class Open(Toy):
    """Lets everybody in, as a development server does."""

    def __call__(self, request: Request) -> Reply:
        if request.path == "/auth/openapi.json":
            return reply({"info": {"title": "Simple Auth Manager Sub App"}})
        if request.path.startswith("/auth/token"):
            return reply({"access_token": TOKEN}, 201)
        return super().__call__(request)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(Open()) as server:
        yield server


def test_a_login_without_an_address_asks_for_it(program: Program, stub: Stub) -> None:
    answers = f"ftp://x\n{stub.url.removeprefix('http://')}\n"
    done = program("auth", "login", "--method", "none", answers=answers)
    assert done.code == 0, done.err
    assert "Address of the Airflow server" in done.err
    assert "'ftp://x' is not a URL" in done.err
    assert done.lines[0].startswith(f"logged in to {stub.url}")
    assert done.lines[1] == "1 Dag, 1 failed: airflowctl why etl"
    assert program("env", "list", "-o", "json").json[0]["url"] == stub.url


def test_without_a_terminal_a_login_without_an_address_is_an_error(program: Program) -> None:
    done = program("auth", "login", "--username", "ann", "--password-stdin", stdin="pw\n")
    assert (done.code, "no server is known" in done.err) == (2, True)
    done = program("auth", "login", answers="\n")
    assert (done.code, "no address was given" in done.err or done.code == 3) == (2, True)


# The shell.


@pytest.mark.parametrize(("rows", "columns"), [(10, 30), (24, 80), (50, 200)])
def test_the_shell_asks_for_a_server_and_takes_any_other_line(
    rows: int, columns: int, program: Program, stub: Stub
) -> None:
    with Screen(program, rows=rows, columns=columns) as screen:
        screen.until_true(lambda: "address of the server" in screen.text, "the question")
        screen.type("version\n")
        screen.until(r"^airflowctl \d")
        screen.until("default>$")  # it is asked once
        screen.type(f"auth login --url {stub.url} --method none\n")
        screen.until("logged in to")
        screen.until_true(lambda: "why etl" in screen.text.replace("\n", ""), "a line worth typing")


def test_ctrl_c_at_the_question_is_a_no(program: Program) -> None:
    with Screen(program) as screen:
        screen.until("address of the server")
        screen.type(CTRL_C)
        screen.until("^default>$")


def test_an_address_that_is_offered_is_taken_by_enter(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_address, "find_local_server", lambda: "http://localhost:8081")
    question = first.ServerQuestion(Desk(program).session, lambda: None)
    question.begin()
    until(lambda: "[http://localhost:8081]> " in "".join(part[1] for part in question.prompt), "the offer")
    assert question.line_for("") == "auth login --url http://localhost:8081"
    assert question.line_for("") == ""  # it is asked once


def test_a_shell_with_a_server_asks_nothing(program: Program, stub: Stub) -> None:
    session = Desk(program.with_environ(AIRFLOWCTL_URL=stub.url)).session
    assert not first.ServerQuestion(session, lambda: None).is_open


# The tour.


def test_every_line_of_the_tour_is_a_line_and_stands_in_its_text() -> None:
    for step in STEPS:
        for line in step.lines:
            call = parse_tokens(words(line.replace("{dag}", "etl")), registry).bind()
            assert call.command is not None, line
            named = line.partition(" --")[0]
            assert named in step.text, line
            effect = call.command.effect
            is_change = effect is not None and effect.kind != "nothing" and "--dry-run" not in line
            assert is_change == (line in step.changes), line


def test_the_tour_logs_in_and_runs_what_it_names(program: Program, stub: Stub) -> None:
    with Screen(program, rows=50, columns=120) as screen:
        screen.until("address of the server")
        screen.type("tour\n")
        screen.until("The tour needs a server", "Address of the Airflow server")
        screen.type(f"{stub.url}\n")
        screen.until("^> dags list --limit 5", "^etl", "^> health$", "Next: tour next")
        screen.type("tour 3\n")
        screen.until("^> dags trigger etl$", r"run it\? \[y/N\]")
        assert not [request for request in stub.requests if request.method == "POST"]
        screen.type("\n")
        screen.until("^> dagrun list etl --limit 3$", "^r2")
        assert not [request for request in stub.requests if request.method == "POST"]


# A real server.


def test_from_no_server_to_the_first_line(program: Program, airflow: Any) -> None:
    password = airflow.password("admin")
    with Screen(program.with_environ(AIRFLOWCTL_STORE="memory")) as screen:
        screen.until("address of the server")
        screen.type(f"{airflow.url.removeprefix('http://')}\n")
        screen.until("User name:")
        screen.type("admin\n")
        screen.until("Password of admin:")
        screen.type(f"{password}\n")
        screen.until(r"^\d+ Dags, .*: (why|dagrun|dags) ")
        screen.until("^admin@default>")
        assert password not in screen.raw


# What stands above the first prompt.


@pytest.mark.parametrize(
    ("environ", "columns", "words", "absent"),
    [
        ({}, 80, ("Tab completes", "? twice all keys", "F1 explains"), ()),
        ({}, 30, ("Tab completes", "Type tour"), ("F1 explains",)),
        ({"TERM": "dumb"}, 80, ("help explains", "Type tour"), ("Tab", "F1")),
    ],
)
def test_the_welcome_is_about_this_terminal(
    environ: dict[str, str], columns: int, words: tuple[str, ...], absent: tuple[str, ...], program: Program
) -> None:
    nowhere = program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:1", **environ)
    with Screen(nowhere, columns=columns) as screen:
        text = " ".join(screen.prompt().split())
        assert [word for word in words if word not in text] == []
        assert [word for word in absent if word in text] == []


def test_where_no_server_is_known_a_line_says_what_works_now(program: Program) -> None:
    with Screen(program) as screen:
        screen.until(r"address of the server.*>$")
        screen.type("dags list\n")
        screen.until("no server is known", "^  auth login$", "no server: auth login")
        screen.type("-e nope dags list\n")
        screen.until("make it with: auth login -e nope$")
