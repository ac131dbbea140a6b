"""The menu costs few bytes, and looks as it would with more."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import DEFAULT_ATTRS

from airflowctl.shell.lean_output import drop_repeated_styles
from tests.support.program import Program
from tests.support.screen import CTRL_C, DOWN, ESCAPE, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

MOST = 600  # bytes: drawings more than the 400 of a key, since the terminal is read between them


@pytest.fixture
def screen(program: Program) -> Iterator[Screen]:
    with Stub(lets_in) as stub:
        environ = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
        # Six rows of room below the prompt, as at the foot of a high window.
        with Screen(program.with_environ(**environ), rows=12) as screen:
            screen.prompt()
            screen.until("healthy")
            yield screen


@pytest.mark.parametrize(
    ("keys", "row"),
    [("t", r"^ +tasks +Tasks of a Dag"), ("dags ", r"^ +list +List")],
)
def test_a_menu_of_five_rows_is_written_in_few_bytes(screen: Screen, keys: str, row: str) -> None:
    screen.type(keys[:-1])
    screen.until(f"> {keys[:-1]}".rstrip())
    before = len(screen.raw.encode())
    screen.type(keys[-1])
    screen.until(row)
    assert len(screen.raw.encode()) - before <= MOST
    screen.type(CTRL_C)


def test_the_chosen_row_is_marked_in_its_whole_width(screen: Screen) -> None:
    screen.type("dags ")
    screen.until(r"^ +list +List")
    screen.type(DOWN)
    screen.until("> dags list")
    y = next(number for number, line in enumerate(screen.lines) if "List the Dags" in line)
    marked = [x for x in range(80) if screen.emulator.buffer[y][x].reverse]
    assert marked == list(range(marked[0], marked[-1] + 1))
    assert len(marked) > len("list  List the Dags.")
    assert not any(screen.emulator.buffer[y + 1][x].reverse for x in range(marked[0], marked[-1] - 2))
    screen.type(ESCAPE)
    screen.until(r"> dags$")


def test_a_style_is_written_only_where_it_changes() -> None:
    terminal = io.StringIO()
    output = Vt100_Output(terminal, lambda: Size(rows=24, columns=80), term="xterm-256color")
    drop_repeated_styles(output)
    bold = DEFAULT_ATTRS._replace(bold=True)
    for _ in range(2):
        output.hide_cursor()
        output.reset_attributes()
        for attrs in (DEFAULT_ATTRS, bold, bold, DEFAULT_ATTRS, DEFAULT_ATTRS._replace(color="default")):
            output.set_attributes(attrs, ColorDepth.DEPTH_8_BIT)
            output.write("x")
        output.show_cursor()
    output.flush()
    drawn = "\x1b[?25l\x1b[0mx\x1b[0;1mxx\x1b[0mxx\x1b[?12l\x1b[?25h"
    assert terminal.getvalue() == drawn * 2


def test_the_notes_of_two_rows_differ_where_their_run_ids_do(program: Program) -> None:
    ids = [f"manual__2026-11-30T17:41:4{second}.484058+00:00" for second in (5, 6)]

    def answer(request: Request) -> Reply:
        if request.path.endswith("/dagRuns"):
            runs = [{"dag_id": "demo_fails", "dag_run_id": run_id, "state": "failed"} for run_id in ids]
            return reply({"dag_runs": runs, "total_entries": len(runs)})
        return lets_in(request)

    with Stub(answer) as stub:
        environ = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
        with Screen(program.with_environ(**environ)) as screen:
            screen.prompt()
            screen.type("dagrun list demo_fails --columns dag_run_id,state\n")
            screen.until(f"^{re.escape(ids[1])}")
            screen.prompt()
            screen.type("why $")
            screen.until(r"\$1 +demo_fails .*…5.484058\+00:00", r"\$2 +demo_fails .*…6.484058\+00:00")
