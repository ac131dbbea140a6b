"""The name of a server is looked up within the time limits, and Ctrl-C ends it: the system's resolver knows
neither."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpcore
import pytest

from airflowctl.api.deadline import look_up
from tests.support.program import Program
from tests.support.stub import Stub, lets_in

HOST = "localhost"  # to which plain http is allowed


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Let the system's resolver do this for the name."""
    real = socket.getaddrinfo

    def replace(act: Callable[[], Any]) -> None:
        def answer(host: str, *rest: Any, **more: Any) -> Any:
            return act() if host == HOST else real(host, *rest, **more)

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    return replace


@pytest.fixture
def never() -> Iterator[Callable[[], None]]:
    """A resolver that gives no answer while the test lasts."""
    is_over = threading.Event()
    yield lambda: (is_over.wait(60), None)[1]
    is_over.set()


def found(*addresses: str) -> list[Any]:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]


@pytest.mark.parametrize("option", ["--max-time", "--request-timeout"])
def test_a_name_is_not_looked_up_for_ever(
    program: Program, resolve: Callable[..., None], never: Callable[[], None], option: str
) -> None:
    resolve(never)
    began = time.monotonic()
    own = program.with_environ(AIRFLOWCTL_URL=f"http://{HOST}", AIRFLOW_CLI_TOKEN="t.o.k")
    done = own("pools", "list", option, "0.3")
    assert (done.out, done.code, done.err.count("error: ")) == ("", 3, 1)
    assert HOST in done.err
    assert time.monotonic() - began < 10


def test_ctrl_c_ends_it(program: Program, resolve: Callable[..., None], never: Callable[[], None]) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        never()

    resolve(interrupt)
    own = program.with_environ(AIRFLOWCTL_URL=f"http://{HOST}", AIRFLOW_CLI_TOKEN="t.o.k")
    done = own("pools", "list")
    assert (done.out, done.err, done.code) == ("", "error: interrupted\n", 130)


def test_each_address_of_a_name_is_tried(program: Program, resolve: Callable[..., None]) -> None:
    with Stub(lets_in) as stub:
        url = stub.url.replace("127.0.0.1", HOST)
        resolve(lambda: found("127.0.0.2", "127.0.0.3", "127.0.0.1"))  # only the last one listens
        done = program.with_environ(AIRFLOWCTL_URL=url, AIRFLOW_CLI_TOKEN="t.o.k")(
            "pools", "get", "p", "-o", "name"
        )
    assert (done.out, done.err, done.code) == ("p\n", "", 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0"])
def test_an_address_is_not_looked_up(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("it was"))
    assert look_up(address, 80, 1.0) == [address]


def test_what_a_resolver_says(resolve: Callable[..., None]) -> None:
    resolve(lambda: found("10.0.0.1", "10.0.0.1", "10.0.0.2"))
    assert look_up(HOST, 80, None) == ["10.0.0.1", "10.0.0.2"]

    def fail() -> None:
        raise socket.gaierror(-2, "Name or service not known")

    resolve(fail)
    with pytest.raises(httpcore.ConnectError, match="Name or service not known"):
        look_up(HOST, 80, 1.0)
