"""What is drawn and listed for the eye: marks, bars, colours, pools, help."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from airflowctl.core.command import Command
from airflowctl.core.task_order import overall
from airflowctl.domain import dag_graph
from airflowctl.domain.diagnosis import deployment
from airflowctl.domain.parallel import Part
from airflowctl.output import colour
from airflowctl.output.formats import load_format
from airflowctl.output.sparkbars import TITLE, add_bars
from airflowctl.output.style import Style
from airflowctl.session import registry
from tests.output.test_pictures import Server
from tests.support.program import Program
from tests.support.rows import every_row
from tests.support.stub import Reply, Request, Stub, lets_in, reply

# What says most comes first; None is a task that waits for its turn.
ORDER = (
    "failed", "upstream_failed", "awaiting_input", "up_for_retry", "running", "restarting", "deferred",
    "up_for_reschedule", "queued", "scheduled", "newly_invented", None, "success", "skipped", "removed",
)  # fmt: skip


@every_row(("first", "second"), combinations(ORDER, 2), ids=str)
def test_of_two_states_the_one_that_says_more_stands_for_both(first: str | None, second: str | None) -> None:
    assert overall([second, first]) == overall([first, second]) == first


@every_row("state", ORDER, ids=str)
def test_a_state_alone_stands_for_itself(state: str | None) -> None:
    assert overall([state]) == overall([state, state]) == state


def test_no_state_is_none() -> None:
    assert overall([]) is None


# Grid.


@pytest.mark.parametrize(
    ("lacks", "row"),
    [("first", "a               ■"), ("second", "a             ■"), ("", "a             ■ ■")],
)
def test_a_task_that_a_run_lacks_leaves_its_column_blank(program: Program, lacks: str, row: str) -> None:
    """Also in an older run: the later marks stay below their own run."""
    server = Server()
    server.instances = [
        instance
        for instance in server.instances
        if (instance["dag_run_id"], instance["task_id"]) != (lacks, "a")
    ]
    with Stub(server) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", NO_COLOR="1")
        lines = own("dags", "grid", "etl", terminal=True, columns=40).lines
    assert lines[1:4] == ["run           ■ R", row, "b             ■ ■"]


# Bars beside a column.

ITEMS = [{"a": "x", "seconds": 10, "b": "y"}, {"a": "x", "seconds": 40, "b": "y"}, {"a": "x", "b": "y"}]


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (("a", "seconds", "b"), ("a", "seconds", TITLE, "b")),
        (("seconds", "a"), ("seconds", TITLE, "a")),
        (("a", "seconds"), ("a", "seconds", TITLE)),
        (("a", "b"), ("a", "b")),
    ],
)
def test_bars_stand_right_of_what_they_measure(columns: tuple[str, ...], shown: tuple[str, ...]) -> None:
    style = Style(load_format("table"), None, True, 80)
    items, found = add_bars(ITEMS, columns, "seconds", style)
    assert found == shown
    bars = [item.get(TITLE) for item in items]
    assert bars == (["██", "█" * 8, ""] if TITLE in shown else [None] * 3)


# Colours.

COLOURS = {
    "success": colour.GREEN, "healthy": colour.GREEN, "running": colour.CYAN, "restarting": colour.CYAN,
    "failed": colour.RED, "unhealthy": colour.RED, "upstream_failed": colour.YELLOW,
    "up_for_retry": colour.YELLOW, "up_for_reschedule": colour.CYAN, "skipped": colour.MAGENTA,
    "deferred": colour.MAGENTA, "queued": colour.GREY, "scheduled": colour.GREY, "removed": colour.GREY,
    "awaiting_input": colour.MAGENTA,
}  # fmt: skip


@every_row(("state", "code"), COLOURS.items())
@every_row("column", ["state", "status", "latest_state", "scheduler_status", "run.state"])
def test_each_state_has_its_colour(column: str, state: str, code: str) -> None:
    assert colour.colour_state(state, column, state) == f"{code}{state}{colour.END}"
    assert colour.colour_state(state, "name", state) == state


def test_no_state_of_an_airflow_is_without_a_colour() -> None:
    states = {text for text in ORDER if text and text != "newly_invented"}
    assert states | {"healthy", "unhealthy"} <= set(COLOURS)


# Pools of the deployment's page.


@pytest.mark.parametrize("unlimited", [-1, "Infinity"])
def test_a_pool_without_limit_says_so(unlimited: Any) -> None:
    pools = [
        {"name": "wide", "slots": -1, "running_slots": 3, "queued_slots": 0, "open_slots": unlimited},
        {"name": "full", "slots": 2, "running_slots": 2, "queued_slots": 9, "open_slots": 0},
    ]
    (section,) = deployment._pools(SimpleNamespace(pools=Part(pools)))  # type: ignore[arg-type]
    rows = {row["pool"]: row for row in section.body[0].items}
    assert (rows["wide"]["slots"], rows["wide"]["open"], rows["wide"]["running"]) == (
        "no limit",
        "no limit",
        3,
    )
    assert (rows["full"]["slots"], rows["full"]["open"]) == (2, 0)
    assert section.title == "Pools, in slots: full full"


# A Dag in the languages of other programs.

NODES = [
    {"id": "a", "label": "a", "group": ""},
    {"id": "g.b", "label": "b", "group": "g"},
    {"id": "g.h.c", "label": "c", "group": "g.h"},
]


@pytest.mark.parametrize(("draw", "pad"), [(dag_graph.dot, "\t"), (dag_graph.mermaid, "    ")])
def test_a_group_is_indented_in_its_group(draw: Any, pad: str) -> None:
    lines = draw("etl", NODES, []).splitlines()
    depths = {
        name: len(line) - len(line.lstrip())
        for line in lines
        for name in ("n0", "n1", "n2")
        if line.strip().startswith(f"{name}[") or line.strip().startswith(f"{name} [")
    }
    assert depths == {"n0": len(pad), "n1": 2 * len(pad), "n2": 3 * len(pad)}


# Rendered fields.


@pytest.mark.parametrize(("fields", "is_noted"), [({}, True), (None, True), ({"sql": "select 1"}, False)])
def test_only_a_task_without_rendered_fields_is_said_to_have_none(
    program: Program, fields: dict[str, str] | None, is_noted: bool
) -> None:
    def answer(request: Request) -> Reply:
        instance = {"task_id": "t", "dag_run_id": "r", "map_index": -1, "state": "success", "try_number": 1}
        instance |= {"dag_id": "d", "rendered_fields": fields}
        return reply(instance) if "/taskInstances/" in request.path else lets_in(request)

    with Stub(answer) as stub:
        own = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
        done = own("tasks", "render", "d", "t", "r")
    assert done.code == 0, done
    assert ("t has no rendered fields" in done.err) == is_noted
    assert ("select 1" in done.out) != is_noted


# Help.


@every_row("columns", [60, 200])
@every_row("command", registry.all_commands(), ids=lambda command: command.line)
def test_help_has_every_option_with_its_words(program: Program, command: Command, columns: int) -> None:
    text = program("help", *command.words, columns=columns).out
    options = [param for param in command.options if not param.hidden]
    for param in options:
        (line, after) = _line_of(param.flags[-1], text)
        first = param.help.split()[0]
        assert first in line or first in after, f"{param.flags[-1]}: {line!r} {after!r}"


def _line_of(flag: str, text: str) -> tuple[str, str]:
    """The line with an option in its left column, and the next one."""
    for line, after in pairwise([*text.splitlines(), ""]):
        left = line.strip().partition("  ")[0]
        if line.startswith("  -") and flag in re.split(r"[ ,=\[]+", left):
            return line, after
    raise AssertionError(f"{flag} is not in {text}")
