"""A request whose failure may pass is sent again for a while, where that is safe, and one note says so."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

GET = ("pools", "get", "p", "-o", "name")


def fails(times: int, status: int, **headers: str) -> Callable[[Request], Reply]:
    """A server that fails so many times, and then answers."""
    left = [times]

    def answer(request: Request) -> Reply:
        left[0] -= 1
        return reply({"detail": "busy"}, status, **headers) if left[0] >= 0 else lets_in(request)

    return answer


@pytest.fixture
def patient(online: Program) -> Program:
    return online.with_environ(AIRFLOWCTL_RETRY_FOR="20")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_read_is_sent_again(patient: Program, stub: Stub, status: int) -> None:
    stub.answer = fails(3, status)
    done = patient(*GET)
    assert (done.out, done.code) == ("p\n", 0)
    assert len(stub.requests) == 4
    assert done.err.count("still trying") == len(done.err.splitlines()) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 501])
def test_other_failures_are_final(patient: Program, stub: Stub, status: int) -> None:
    stub.answer = fails(1, status)
    done = patient(*GET)
    assert done.code in (1, 4)
    assert "still trying" not in done.err
    assert [request.path for request in stub.requests].count("/api/v2/pools/p") == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("line", [("dags", "trigger", "p"), ("pools", "delete", "p", "--yes")], ids=" ".join)
def test_a_change_is_sent_once(patient: Program, stub: Stub, status: int, line: tuple[str, ...]) -> None:
    def answer(request: Request) -> Reply:
        return lets_in(request) if request.method == "GET" else reply({"detail": "busy"}, status)

    stub.answer = answer
    assert patient(*line).code == (1 if status == 429 else 3)
    assert len([request for request in stub.requests if request.method != "GET"]) == 1


@pytest.mark.parametrize(
    ("wait", "least"), [("1", 0.9), ("date", 0.5), ("soon", 0.0), ("-5", 0.0), ("", 0.0)]
)
def test_what_the_server_says_of_the_time_is_obeyed(
    patient: Program, stub: Stub, wait: str, least: float
) -> None:
    if wait == "date":
        wait = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    stub.answer = fails(1, 429, Retry_After=wait)
    began = time.monotonic()
    assert patient(*GET).code == 0
    assert least <= time.monotonic() - began < 30


@pytest.mark.parametrize("wait", ["3600", "9" * 50, "Fri, 31 Dec 2100 00:00:00 GMT"])
def test_a_longer_time_than_there_is_ends_at_once(patient: Program, stub: Stub, wait: str) -> None:
    stub.answer = fails(1, 429, Retry_After=wait)
    done = patient(*GET)
    assert done.code == 1
    assert len(stub.requests) == 1
    assert "still trying" not in done.err


def test_a_429_that_stays_is_a_refusal(online: Program, stub: Stub) -> None:
    stub.answer = fails(1000, 429)
    done = online(*GET, "--retry-for", "1")
    assert done.code == 1
    assert len(stub.requests) > 1
    assert done.err.count("still trying") == 1
    assert done.err.count("error: ") == 1


@pytest.mark.parametrize(
    ("variable", "options", "code"),
    [("0", (), 3), ("20", (), 0), ("20", ("--retry-for", "0"), 3), ("0", ("--retry-for", "20"), 0)],
)
def test_the_time_is_set(
    online: Program, stub: Stub, variable: str, options: tuple[str, ...], code: int
) -> None:
    stub.answer = fails(1, 503)
    assert online.with_environ(AIRFLOWCTL_RETRY_FOR=variable)(*GET, *options).code == code


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "1e9"])
def test_a_time_that_is_none_is_refused(online: Program, stub: Stub, text: str) -> None:
    done = online.with_environ(AIRFLOWCTL_RETRY_FOR=text)(*GET)
    assert done.code == 2
    assert "AIRFLOWCTL_RETRY_FOR" in done.err
    assert online(*GET, f"--retry-for={text}").code == 2
    assert stub.requests == []


def test_a_dead_server_is_named_within_five_seconds(nowhere: Program) -> None:
    environ = {name: text for name, text in nowhere.environ.items() if name != "AIRFLOWCTL_RETRY_FOR"}
    program = Program({})
    program.environ = environ
    began = time.monotonic()
    done = program(*GET)
    assert done.code == 3
    assert 1 < time.monotonic() - began < 15  # the 30 s of a batch are not waited for
    note, error, *_ = done.err.splitlines()
    assert note == error.removeprefix("error: ") + "; still trying"


@pytest.mark.parametrize("line", [GET, ("dags", "trigger", "p", "-o", "name")], ids=" ".join)
def test_a_refused_connection_is_tried_again_also_for_a_change(
    program: Program, line: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    own = program.with_environ(
        AIRFLOWCTL_URL=f"http://127.0.0.1:{port}", AIRFLOW_CLI_TOKEN="t.o.k", AIRFLOWCTL_RETRY_FOR="30"
    )
    running = subprocess.Popen(
        [sys.executable, "-m", "airflowctl", *line],
        env=own.process_environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr
    note = running.stderr.readline()
    assert note.endswith("(connection refused); still trying\n")
    with Stub(lambda request: reply({"name": "p", "dag_run_id": "r1", "dag_id": "p"}), port=port) as stub:
        out, err = running.communicate(timeout=60)
        assert (err, running.returncode) == ("", 0)
        assert len(stub.requests) == 1
    assert out in ("p\n", "r1\n")
