"""While a line waits: a clock, no echo of what is typed, and rows as they come."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.program import Program
from tests.support.screen import CTRL_C, CTRL_D, CTRL_Z, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

PAGE, COUNT = 100, 350
CLOCK = r"waiting for an answer, Ctrl-C stops: [1-9]"


class Slow:
    """Answers a list of Dags page by page, and what `held` says when it is let go."""

    def __init__(self) -> None:
        self.held = {"/pools": threading.Event(), "offset=300": threading.Event()}

    def __call__(self, request: Request) -> Reply:
        for part, event in self.held.items():
            if part in request.target:
                event.wait(60)
        if request.path.endswith("/pools"):
            return reply({"pools": [{"name": "default_pool", "slots": 1}], "total_entries": 1})
        if not request.path.endswith("/dags"):
            return lets_in(request)
        offset = int(request.query.get("offset", ["0"])[0])
        if offset == PAGE:
            threading.Event().wait(1.2)  # longer than a table waits for its rows
        rows = [{"dag_id": dag_id(number), "owners": ["me"]} for number in range(offset, offset + PAGE)]
        return reply({"dags": rows[: COUNT - offset], "total_entries": COUNT})


def dag_id(number: int) -> str:
    return f"etl_{number:03}{'_with_a_long_name' if number == 250 else ''}"


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def screen(program: Program, slow: Slow) -> Iterator[Screen]:
    with Stub(slow) as stub:
        environ = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
        with Screen(program.with_environ(**environ)) as screen:
            screen.prompt()
            try:
                yield screen
            finally:
                for event in slow.held.values():
                    event.set()


def test_a_clock_runs_and_what_is_typed_stands_at_the_next_prompt(screen: Screen, slow: Slow) -> None:
    screen.type("pools list\n")
    screen.until(CLOCK)
    screen.type("version")
    screen.until(r": [2-9] s")
    assert "version" not in screen.text
    slow.held["/pools"].set()
    screen.until("^default_pool")
    screen.until_true(lambda: screen.cursor_line.endswith("> version"), "what was typed")
    assert "waiting" not in screen.text
    assert screen.text.count("version") == 1


def test_ctrl_c_ends_the_wait_and_the_clock(screen: Screen) -> None:
    screen.type("pools list\n")
    screen.until(CLOCK)
    screen.type(CTRL_C)
    screen.until("^interrupted")
    screen.prompt()
    assert "waiting" not in screen.text
    screen.type("version\n")  # and it is echoed
    screen.until("> version", r"^airflowctl \d")


def test_ctrl_z_gives_the_echo_back_while_a_line_waits(program: Program, slow: Slow) -> None:
    script = (
        f"set -m; '{sys.executable}' -m airflowctl; stty -a | grep -ow -e '-*echo'; fg; stty -a; echo END"
    )
    with Stub(slow) as stub:
        environ = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
        with Screen(program.with_environ(**environ), command=["/bin/bash", "-c", script]) as screen:
            screen.prompt()
            screen.type("pools list\n")
            screen.until(CLOCK)
            screen.type(CTRL_Z)
            screen.until("^echo$")
            screen.until(rf"(?s)^echo$.*{CLOCK}")  # in front again
            screen.type("version")
            screen.until(r"(?s)^echo$.*: [3-9] s")
            assert "version" not in screen.text
            slow.held["/pools"].set()
            screen.until_true(lambda: screen.cursor_line.endswith("> version"), "what was typed")
            screen.type(CTRL_C + CTRL_D)
            screen.until("^END$")
            assert re.search(r"\s-echo\b", screen.text) is None


def test_a_long_list_is_seen_before_its_end(screen: Screen, slow: Slow) -> None:
    screen.type("dags list\n")
    screen.until(r"^ *201 +etl_200 ", CLOCK)
    assert "etl_300" not in screen.raw
    slow.held["offset=300"].set()
    screen.until(r"^ *350 +etl_349 ")
    screen.prompt()
    text = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", screen.raw)  # without links
    rows = [row[0] for line in text.splitlines() if (row := re.search(r"\betl_\w+", line))]
    assert rows == [dag_id(number) for number in range(COUNT)]
    assert screen.raw.count("dag_id") == 1
    screen.until(r"exit 0, .* s, 350 rows")


def test_the_number_of_rows_is_said(screen: Screen, slow: Slow) -> None:
    slow.held["/pools"].set()
    for line, words in (
        ("pools list", r"exit 0, [\d.]+ m?s, 1 row( |$)"),
        ("version", r"exit 0, [\d.]+ m?s( \||$)"),
        ("set timing on", "timing is on"),
        ("pools list", r"^1 row, took \d+\.\d\d s$"),
    ):
        screen.type(f"{line}\n")
        screen.until(words)
        screen.prompt()


def test_json_has_colours_in_a_window(screen: Screen, slow: Slow, program: Any) -> None:
    slow.held["/pools"].set()
    screen.type("pools list -o json\n")
    screen.until('"name": "default_pool"')
    assert '\x1b[1m"name"\x1b[0m: \x1b[32m"default_pool"\x1b[0m' in screen.raw
    assert '\x1b[1m"slots"\x1b[0m: \x1b[36m1\x1b[0m' in screen.raw
