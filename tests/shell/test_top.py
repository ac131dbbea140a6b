"""`top`: the Dags on the full screen, and the lines that its keys run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.core.fuzzy import has_letters
from tests.support.program import Program
from tests.support.screen import CTRL_C, DOWN, ESCAPE, Screen
from tests.support.stub import Reply, Request, Stub, lets_in, reply

COUNT = 10_000
HOSTILE = "evil\x1b]0;title\x07"
ENTER, PAGE_DOWN = "\r", "\x1b[6~"


def dag(number: int) -> dict[str, Any]:
    name = HOSTILE if number == 1 else f"team_{number:05}"
    return {
        "dag_id": name, "is_paused": number == 2, "timetable_summary": "0 0 * * *", "owners": ["ann"],
        "tags": [{"name": "nightly"}], "next_dagrun_run_after": None,
    }  # fmt: skip


class Server:
    """10,000 Dags, of which each has runs that failed."""

    def __init__(self) -> None:
        self.is_away = False
        self.count: object = 3  # of runs that failed

    def __call__(self, request: Request) -> Reply:
        path = request.path.partition("/api/v2")[2]
        if self.is_away:
            return reply({"detail": "gone"}, 502)
        if path == "/dags":
            return self._dags(request)
        if path == "/dagStats":
            stats = [{"state": "failed", "count": self.count}, {"state": "running", "count": 1}]
            return reply({"dags": [{"dag_id": name, "stats": stats} for name in request.query["dag_ids"]]})
        if path == "/dags/~/dagRuns/list":
            runs = [
                {"dag_id": name, "dag_run_id": "r", "state": state}
                for name in request.json["dag_ids"][:20]
                for state in ("failed", "success")
            ]
            return reply({"dag_runs": runs, "total_entries": len(runs)})
        if path == "/dags/~/dagRuns":
            return reply({"dag_runs": [], "total_entries": 1234})
        if path == "/importErrors":
            return reply({"import_errors": [], "total_entries": 7})
        if path == "/pools":
            pool = {"name": "default_pool", "slots": 128, "occupied_slots": 128}
            return reply({"pools": [pool], "total_entries": 1})
        if request.method == "PATCH":
            return reply({"dag_id": path.rpartition("/")[2], "is_paused": True})
        return lets_in(request)

    def _dags(self, request: Request) -> Reply:
        start, count = (int(request.query[name][0]) for name in ("offset", "limit"))
        letters = request.query.get("dag_id_pattern", [""])[0].replace("%", "")
        numbers = range(COUNT)
        if letters:
            numbers = [number for number in numbers if has_letters(dag(number)["dag_id"], letters)]
        rows = [dag(number) for number in numbers[start : start + count]]
        return reply({"dags": rows, "total_entries": len(numbers)})


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def stub(server: Server) -> Iterator[Stub]:
    with Stub(server) as stub:
        yield stub


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


def open_top(screen: Screen) -> None:
    screen.until("running 1,234  queued 1,234  failed in 24 h 1,234  import errors 7", "^> team_00000 ")


def patched(stub: Stub) -> list[str]:
    return [request.path.rpartition("/")[2] for request in stub.requests if request.method == "PATCH"]


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200)])
def test_only_what_is_seen_is_asked_for(online: Program, stub: Stub, rows: int, columns: int) -> None:
    with Screen(online, "top", rows=rows, columns=columns) as screen:
        open_top(screen)
        shown = rows - 6
        screen.until(rf"Dags   1 to {shown} of 10,000", rf"^  team_{shown - 1:05} ")
        assert ("default_pool 128/128" in screen.text) == (columns > 80)
        assert "…" not in screen.lines[1]  # what has no room is left out whole
        assert re.search(r"^> team_00000 +✓✗ +1 +3 ", screen.text, re.MULTILINE)
        assert ("nightly" in screen.text) == (columns > 80)
        assert re.search("^  Dag {37,39}last ", screen.lines[3])  # beside the names, however wide the window
        assert "q leave" in screen.lines[-1]
        screen.type("q")
        assert screen.end() == 0
    lists = [
        request for request in stub.requests if request.path.endswith("/dags") and "offset" in request.query
    ]
    assert {request.query["limit"][0] for request in lists} <= {"1", "16", str(shown)}
    asked = [request.query["dag_ids"] for request in stub.requests if request.path.endswith("/dagStats")]
    assert len(asked[-1]) == shown


def test_rows_pages_and_filters(online: Program, stub: Stub) -> None:
    with Screen(online, "top") as screen:
        open_top(screen)
        screen.type(DOWN * 3)
        screen.until("^> team_00003 ")
        screen.type(PAGE_DOWN)
        screen.until("Dags   19 to 36 of 10,000", "^> team_00018 ")
        screen.type("/09t99")
        screen.until("filter: 09t99_", "nothing found")
        screen.type("\x7f\x7f\x7f")
        screen.until("filter: 09_", "^. team_00009 ", "^. team_00019 ")
        screen.type(ENTER)
        screen.until("filter: 09$")
        screen.type(ESCAPE)
        screen.until("Dags   1 to 18 of 10,000$")
        screen.type("f")
        screen.until("last run: failed")
        screen.type(CTRL_C)
        assert screen.end() == 0
    sent = [request.query for request in stub.requests if request.path.endswith("/dags")]
    assert ["0%9"] in [query.get("dag_id_pattern") for query in sent]
    assert ["failed"] in [query.get("last_dag_run_state") for query in sent]


def test_a_key_shows_its_line_and_changes_nothing_before_enter(online: Program, stub: Stub) -> None:
    with Screen(online, "top") as screen:
        open_top(screen)
        screen.type("p")
        screen.until("^> dags pause team_00000   Enter runs it, Esc drops it")
        screen.type(ESCAPE)
        screen.until_true(lambda: "Enter runs it" not in screen.text, "the line dropped")
        assert patched(stub) == []
        screen.type(DOWN * 2)
        screen.until("^> team_00002 .paused.")
        screen.type("p")
        screen.until("^> dags unpause team_00002   Enter")
        screen.type(ENTER)
        screen.until("^> dags unpause team_00002$", "^Enter: back to top")
        screen.type(ENTER)
        screen.until("q leave")
        screen.type("q")
        assert screen.end() == 0
    assert patched(stub) == ["team_00002"]


def test_what_the_server_sends_cannot_act_on_the_terminal(online: Program) -> None:
    with Screen(online, "top") as screen:
        open_top(screen)
        screen.until(r"evil\\x1b\]0;title\\x07")
        screen.type(DOWN + "t")
        screen.until(r"> dags trigger \$'evil\\x1b\]0;title\\x07'")
        assert screen.title == ""
        screen.type(ESCAPE + "q")
        assert screen.end() == 0


def test_without_colours_the_row_has_a_mark(online: Program) -> None:
    with Screen(online.with_environ(NO_COLOR="1"), "top") as screen:
        open_top(screen)
        assert re.search(r"\x1b\[[\d;]*\b3[1-7]\b[\d;]*m", screen.raw) is None
        screen.type("q")
        assert screen.end() == 0


def test_a_server_that_goes_away_and_comes_back(online: Program, server: Server) -> None:
    with Screen(online, "top", "-n", "0.2") as screen:
        open_top(screen)
        server.is_away = True
        screen.until("(?s)^> team_00000 .*; seen [^\n]*\n")
        server.is_away = False
        screen.until_true(lambda: "; seen " not in screen.text, "new facts")
        screen.resize(12, 60)
        screen.until("Dags   1 to 6 of 10,000")
        screen.type("q")
        assert screen.end() == 0


def test_an_odd_answer_is_said(online: Program, server: Server) -> None:
    with Screen(online, "top", "-n", "0.2") as screen:
        open_top(screen)
        server.count = "many"
        screen.until("the server's answer cannot be read; seen |answered get_dag_stats")
        screen.type("q")
        assert screen.end() == 0


def test_where_it_cannot_be_shown(online: Program, program: Program) -> None:
    done = online("top")
    assert (done.code, done.out) == (2, "")
    assert "top needs a terminal" in done.err
    with Screen(
        program.with_environ(AIRFLOWCTL_URL="http://127.0.0.1:9", AIRFLOW_CLI_TOKEN="t"), "top"
    ) as screen:
        assert screen.end() == 3


@pytest.mark.airflow
def test_from_a_dag_to_the_log_of_a_task(ctl: Program, admin: Program) -> None:
    run = admin("dags", "trigger", "demo_fails", "--wait", "-o", "json").json["dag_run_id"]
    clear = f"tasks clear demo_fails --task-id compute --run-id {run}"
    with Screen(ctl, columns=100) as screen:
        screen.prompt()
        screen.type("dash dmofls\n")
        screen.until("filter: dmofls", "^> demo_fails .*✗ ")
        screen.type(ENTER)
        screen.until("Dags > demo_fails ", rf"^> {re.escape(run)} +failed ")
        screen.type(ENTER)
        # Which of its tasks fails first is no matter here: a busy machine may fail another one.
        screen.until(rf"Dags > demo_fails > {re.escape(run)} ", "^> prepare +", "^  report +upstream_failed")
        screen.type(DOWN)
        screen.until("^> compute ")
        screen.type(ENTER)
        screen.until(f"^> logs demo_fails compute {re.escape(run)}", "Enter: back to top")
        screen.type(ENTER)
        screen.until("^> compute ")
        screen.type("c")
        screen.until("^  Enter runs it, Esc drops it$")
        assert _shows(screen, f"> {clear}"), screen.text
        screen.type(ENTER)
        screen.until(r"\[y/N\]")  # it asks, as the typed line does
        screen.type("n\n")
        screen.until("Enter: back to top")
        screen.type(ENTER)
        screen.until("^> compute +(upstream_)?failed ")
        screen.type("q")
        screen.prompt()


def _shows(screen: Screen, text: str) -> bool:
    """Return whether a text is on the screen, wherever the window's edge broke it."""
    return text in "".join(f"{line:<100}" if len(line) > 99 else line for line in screen.lines)
