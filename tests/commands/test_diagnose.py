"""Why a run failed, waits or does not start: `diagnose`, on a real Airflow."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.domain.diagnosis.usual_time import is_slow
from tests.support.failed_runs import Runs
from tests.support.program import Program
from tests.support.waiting import until

CHANGING = """
from airflow.sdk import dag, task

@dag(schedule=None, is_paused_upon_creation=False, description="version {}")
def {}():
    @task
    def work():
        {}
    work()

{}()
"""


def kinds(data: dict[str, Any]) -> list[str]:
    return [finding["kind"] for finding in data["findings"]]


def test_what_failed_comes_first_with_its_cause(working: Program, troubled: Runs) -> None:
    done = working.with_environ(NO_COLOR="1")("diagnose", "demo_fails", "bad", terminal=True)
    assert (done.err, done.code) == ("", 1)
    title = next(line for line in done.lines if line.startswith("✗ compute failed"))
    assert "RuntimeError: the price of a row is not a number" in " ".join(done.out.split())
    assert done.lines.index(title) == 2
    assert "it began with ValueError: could not convert string to float: 'n/a'" in done.out
    assert '> 27 |             return int(row["orders"]) * float(row["price"])' in done.out
    assert "frames of Airflow itself" in done.out
    assert "computing with {'orders': '12', 'price': 'n/a'}" in done.out  # the log
    assert "DAG bundles loaded" not in done.out  # what Airflow says each time
    assert "! not run because of it: report" in done.out
    next_lines = [line.strip() for line in done.out.partition("Next\n")[2].splitlines()]
    assert next_lines[0] == "airflowctl tasks debug demo_fails compute bad"
    assert all(line.startswith("airflowctl ") for line in next_lines)


def test_what_the_task_before_returned_is_compared(working: Program, troubled: Runs) -> None:
    data = working("why", "compared", "bad", "-o", "json").json
    differs = next(it for it in data["findings"] if it["kind"] == "differs")
    assert differs["last_success"] == "good"
    values = differs["differs"]["value of read"]
    assert (str(values["then"]), str(values["now"])) == ("1", "99")
    # What is the same in both is not said.
    assert not {"pool", "queue", "conf seconds"} & set(differs["differs"])


@pytest.mark.parametrize(
    ("passed", "usual", "slow"),
    [(100.0, 30.0, True), (59.0, 30.0, False), (12.0, 1.0, True), (10.9, 1.0, False), (1e9, None, False)],
)
def test_what_is_far_longer_than_usual_is_slow(passed: float, usual: float | None, slow: bool) -> None:
    assert is_slow(passed, usual, 2.0) is slow


def test_the_lines_to_run_next_can_be_run(working: Program, troubled: Runs) -> None:
    for line in working("diagnose", "many", "bad", "-o", "json").json["next"]:
        words = shlex.split(line)[1:]
        more = ["--dry-run"] if "clear" in words else []
        assert working(*words, *more).code == 0, line


def test_a_mapped_task_is_named_with_its_index(working: Program, troubled: Runs) -> None:
    data = working("why", "many", "bad", "-o", "json").json
    found = data["findings"][0]
    assert (found["kind"], found["task_id"], found["map_index"]) == ("failed", "read", 2)
    assert found["exceptions"][0]["type"] == "RuntimeError"
    assert found["exceptions"][0]["frames"][-1]["name"] == "read"
    assert data["findings"][1]["tasks"] == ["add_up"]


@pytest.mark.parametrize(
    ("line", "kind", "told"),
    [
        ("starved held", "pool_too_small", "hungry can never run: it wants 100000 slots"),
        ("people held", "human_input", "approve waits for a person: Ship it?"),
        ("asleep", "paused", "the Dag is paused"),
        (
            "one_at_a_time second",
            "max_active_runs",
            "max_active_runs of the Dag is 1, and 1 run of it is running",
        ),
        (
            "on_the_past second",
            "previous_run",
            "follows waits (depends_on_past) for the run before, first: follows is failed",
        ),
    ],
)
def test_what_holds_a_run_up(line: str, kind: str, told: str, working: Program, troubled: Runs) -> None:
    done = working("diagnose", *line.split())
    assert (done.err, done.code) == ("", 1)
    assert told in done.out
    data = working("diagnose", *line.split(), "-o", "json").json
    assert kinds(data)[0] == kind
    assert data["wrong"] is True
    assert data["next"]


def test_a_question_is_answered_by_the_line_that_is_offered(working: Program, troubled: Runs) -> None:
    lines = working("diagnose", "people", "held", "-o", "json").json["next"]
    assert lines[1:] == [f"airflowctl hitl {how} people approve held" for how in ("approve", "reject")]


def test_a_run_without_trouble(working: Program, troubled: Runs) -> None:
    done = working("diagnose", "many", "good")
    assert (done.err, done.code) == ("", 0)
    assert done.lines[0].startswith("✓ many good succeeded")
    assert working("diagnose", "many", "good", "-o", "json").json["findings"] == []


def test_a_run_that_is_due_later(working: Program, troubled: Runs) -> None:
    troubled.start("shapes", "later", run_after="2099-01-01T00:00:00Z")
    done = working("diagnose", "shapes", "later")
    assert (done.err, done.code) == ("", 0)
    assert "the run is due in " in done.out


def test_a_dag_that_never_ran(working: Program) -> None:
    done = working("diagnose", "demo_long")
    assert done.code == 0
    assert "has no run yet" in done.out
    assert "airflowctl dags trigger demo_long" in done.out


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        ("nosuch", "nosuch", "airflowctl dags list"),
        ("demo_fails nosuch", "nosuch", "airflowctl dagrun list demo_fails"),
        ("demo_long latest", "no run yet", "airflowctl dags trigger demo_long"),
    ],
)
def test_what_is_not_there(words: str, told: str, hint: str, working: Program) -> None:
    done = working("diagnose", *words.split())
    assert (done.out, done.code) == ("", 1)
    assert told in done.err
    assert hint in done.err


def test_the_deployment_when_no_dag_is_named(working: Program, troubled: Runs) -> None:
    done = working("diagnose")
    assert done.code == 1
    assert "Pools, in slots" in done.out
    data = working("diagnose", "-o", "json").json
    assert data["findings"]
    assert all(finding["why"] for finding in data["findings"])


class Changing:
    """A Dag whose file is written anew."""

    def __init__(self, api: httpx.Client, folder: Path, dag_id: str) -> None:
        self.dag_id = dag_id
        self.file = folder / f"{dag_id}.py"
        self._api = api

    def write(self, words: str, version: int) -> None:
        text = CHANGING.format(version, self.dag_id, words, self.dag_id)
        self.file.write_text(text, encoding="utf-8")
        path = f"/dags/{self.dag_id}/dagVersions/{version}"
        until(lambda: self._api.get(path).status_code == 200, f"version {version} of {self.dag_id}", 180)

    def ruin(self) -> None:
        self.file.write_text("import no_such_module  # of a dag for airflow\n", encoding="utf-8")
        until(lambda: self.file.name in self._api.get("/importErrors").text, "an import error", 180)


@pytest.fixture
def changing(working_airflow: LocalAirflow, working_api: httpx.Client, unique: str) -> Iterator[Changing]:
    made = Changing(working_api, working_airflow.home / "dags", f"changing_{unique}")
    yield made
    made.file.unlink()


def test_what_changed_since_the_last_success(changing: Changing, troubled: Runs, working: Program) -> None:
    dag_id = changing.dag_id
    changing.write("print('fine')", 1)
    troubled.start(dag_id, "good")
    troubled.reaches(dag_id, "good", "success")
    changing.write("raise KeyError('changed')", 2)
    troubled.start(dag_id, "bad")
    troubled.reaches(dag_id, "bad", "failed")
    done = working("diagnose", dag_id)
    assert done.code == 1
    assert "the Dag has changed since the last success: version 1 -> 2 (good, " in done.out
    assert "-        print('fine')" in done.out
    assert "+        raise KeyError('changed')" in done.out

    changing.ruin()
    done = working("diagnose", dag_id)
    assert "✗ its file cannot be read: ModuleNotFoundError: No module named 'no_such_module'" in done.out
    assert "airflowctl dags get-import-error" in done.out
