"""`| pick`: the list to choose rows from, on real terminals."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from airflowctl.core.results import Rows
from airflowctl.shell.row_picker import RowList
from tests.support.program import Program
from tests.support.screen import CTRL_C, DOWN, ESCAPE, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

CTRL_A, BACKSPACE = "\x01", "\x7f"
RUNS = [
    {"dag_id": dag, "dag_run_id": f"scheduled__2026-11-{day}", "state": "failed", "run_type": "scheduled",
     "start_date": None, "end_date": None, "duration": None, "note": f"note of {day}"}
    for day in (27, 28, 29, 30) for dag in ("etl", "sales", "web")
]  # fmt: skip


def rows_of(count: int) -> Rows:
    items = [{"dag_id": f"team_{number % 7}_dag_{number}", "state": "failed"} for number in range(count)]
    return Rows(items, ("dag_id", "state"), "dag_id")


def test_what_is_typed_narrows_the_list() -> None:
    shown = RowList(rows_of(1000))
    for text, fitting in (
        ("TEAM_3", [number for number in range(1000) if number % 7 == 3]),
        (
            "TEAM_3_dag_10",
            [10, 101, 108]
            if False
            else [n for n in range(1000) if "team_3_dag_10" in f"team_{n % 7}_dag_{n}"],
        ),
        ("tm0dg777", [777]),
        ("nothing", []),
        ("", list(range(1000))),
    ):
        for end in range(len(text) + 1):
            shown.type(text[:end])
        assert shown.fitting == fitting
        shown.type("")


def test_marks_stay_while_the_list_is_narrowed() -> None:
    shown = RowList(rows_of(20))
    shown.mark(4)
    shown.type("dag_1")
    shown.mark_all()
    shown.type("")
    assert sorted(shown.marked) == [1, 4, *range(10, 20)]
    shown.mark(4)
    shown.type("dag_1")
    shown.mark_all()
    assert shown.marked == {}


@pytest.fixture
def program_online(program: Program, stub: Stub) -> Iterator[Program]:
    def answer(request: Request) -> Reply:
        path = request.path
        if path.endswith("/clearTaskInstances"):
            run = json.loads(request.body).get("dag_run_id")
            row = {
                "dag_id": path.split("/")[4],
                "dag_run_id": run,
                "task_id": "t",
                "map_index": -1,
                "state": None,
            }
            return reply({"task_instances": [row], "total_entries": 1})
        if path.endswith(("/dagRuns", "/dagRuns/list")):
            return reply({"dag_runs": RUNS, "total_entries": len(RUNS)})
        return lets_in(request)

    stub.answer = answer
    yield program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


def cleared(stub: Stub) -> list[tuple[str, str]]:
    bodies = [
        (request.path, json.loads(request.body)) for request in stub.requests if request.method == "POST"
    ]
    return [(path.split("/")[4], body["dag_run_id"]) for path, body in bodies if not body["dry_run"]]


LINE = "dagrun list --state failed | pick | tasks clear -d\n"


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])
def test_what_is_picked_goes_to_the_next_command(
    program_online: Program, stub: Stub, rows: int, columns: int
) -> None:
    with Screen(program_online, rows=rows, columns=columns) as screen:
        screen.prompt()
        screen.type(LINE)
        screen.until("0 marked, 12 of 12", "dag_id", "note: note of 27")
        screen.type("sales")
        screen.until("4 of 12", "> sales")
        screen.type(" ")
        screen.until("1 marked")
        screen.type(" ")
        screen.until("2 marked", r"\* sales +scheduled__2026-11-28")
        screen.type(BACKSPACE * 5 + "web" + DOWN)
        screen.until("note: note of 28", "> web")
        screen.type(" ")
        screen.until("3 marked")
        screen.type("\r")
        screen.until(
            r"3 lines, 3 task instances on .*\[y/N\]",
            "tasks clear sales --dag-run-id=scheduled__2026-11-27 -d",
        )
        screen.type("y\n")
        screen.until(r"done +tasks clear web --dag-run-id=scheduled__2026-11-28 -d")
        screen.prompt()
    assert sorted(cleared(stub)) == [
        ("sales", "scheduled__2026-11-27"),
        ("sales", "scheduled__2026-11-28"),
        ("web", "scheduled__2026-11-28"),
    ]


def test_one_row_asks_as_the_command_alone_does(program_online: Program, stub: Stub) -> None:
    with Screen(program_online) as screen:
        screen.prompt()
        screen.type(LINE)
        screen.until("0 marked")
        screen.type(DOWN + "\r")
        screen.until("1 task instance of 1 run would be cleared", r"\[y/N\]")
        screen.type("n\n")
        screen.until("not done: tasks clear")
        screen.prompt()
    assert cleared(stub) == []


@pytest.mark.parametrize("key", [ESCAPE, CTRL_C])
def test_to_leave_runs_nothing(program_online: Program, stub: Stub, key: str) -> None:
    with Screen(program_online) as screen:
        screen.prompt()
        screen.type(LINE)
        screen.until("0 marked")
        screen.type(" " + key)
        screen.until("nothing was picked")
        screen.prompt()
    assert cleared(stub) == []


def test_at_the_end_of_a_line_they_are_the_result(program_online: Program) -> None:
    with Screen(program_online) as screen:
        screen.prompt()
        screen.type("dagrun list | pick\n")
        screen.until("0 marked")
        screen.type("web" + CTRL_A)
        screen.until("4 marked")
        screen.type("\r")
        screen.until(r"web +scheduled__2026-11-30 +failed")
        screen.prompt()
        screen.type("dagrun get $last -o name\n")
        screen.until(r"\$last: dagrun get web scheduled__2026-11-30")
        screen.prompt()


def test_one_command_writes_what_was_picked_to_its_stdout(program_online: Program) -> None:
    with Screen(program_online, "pick", "dagrun", "list", "--sort", "-dag_id") as screen:
        screen.until("0 marked, 12 of 12", "web")
        screen.type("\r")
        screen.until(r"web +scheduled__2026-11-27")
        assert screen.end() == 0
