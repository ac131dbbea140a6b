"""A choice in the menu is no consent: a key that runs a line only takes a candidate that is selected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, DOWN, ESCAPE, Screen
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

KEYS = [{"key": f"victim_{number}", "value": "x", "description": None} for number in range(3)]
RUNNING = {"Enter": "\r", "Ctrl-J": "\n", "Alt-Enter": "\x1b\r", "Ctrl-O": "\x0f", "F4": "\x1bOS"}
SELECTED = r"> variables delete victim_0$"


def variables(request: Request) -> Reply:
    if request.path.endswith("/variables") and request.method == "GET":
        return reply({"variables": KEYS, "total_entries": len(KEYS)})
    return lets_in(request)


@pytest.fixture
def listing(program: Program, stub: Stub) -> Iterator[Program]:
    """The program at a server that has three variables."""
    stub.answer = variables
    yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


def selecting(screen: Screen) -> None:
    screen.prompt()
    screen.type("variables delete ")
    screen.until("^ +victim_0", "^ +victim_2")
    screen.type(DOWN)
    screen.until(SELECTED)


@pytest.mark.parametrize("key", RUNNING.values(), ids=RUNNING)
def test_the_key_takes_the_candidate_and_runs_nothing(listing: Program, stub: Stub, key: str) -> None:
    with Screen(listing, rows=40) as screen:
        selecting(screen)
        screen.type(key)
        screen.until_true(lambda: "victim_2" not in screen.text, "a closed menu")
        screen.until(SELECTED)
        screen.type(" --dry-run\r")
        screen.until("would delete victim_0")
    assert {request.method for request in stub.requests} == {"GET"}


def test_a_second_enter_runs_the_line_which_asks(listing: Program, stub: Stub) -> None:
    with Screen(listing, rows=40) as screen:
        selecting(screen)
        screen.type("\r\r")
        screen.until(r"variable victim_0 would be deleted\.", r"variables delete on .*\? \[y/N\]")
        assert {request.method for request in stub.requests} == {"GET"}
        screen.type("\r")
        screen.until("error: not done: variables delete")
    assert {request.method for request in stub.requests} == {"GET"}


def test_escape_closes_the_menu_and_leaves_what_was_typed(listing: Program, stub: Stub) -> None:
    with Screen(listing, rows=40) as screen:
        selecting(screen)
        screen.type(ESCAPE)
        screen.until_true(lambda: "victim_2" not in screen.text, "a closed menu")
        screen.until(r"> variables delete$")
    assert {request.method for request in stub.requests} == {"GET"}


def test_escape_acts_at_once_where_a_menu_is_open(listing: Program) -> None:
    """The library waits a second for a key that may follow, and Alt-F is Esc and F."""
    with Shell(listing) as shell:
        shell.type("dags ")
        until(lambda: "list" in shell.menu, "a menu")
        shell.type(ESCAPE)
        until(lambda: not shell.menu, "no menu")
        assert shell.app.timeoutlen < 0.1
        shell.type("\x18")  # Ctrl-X begins what others end
        until(lambda: shell.app.timeoutlen == 1.0, "the usual patience")
        shell.type(CTRL_C)
