"""Dags on a real Airflow with Dags of its own, so that they can be deleted."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import logged_in, past
from tests.support.command_results import check_refused, read_json, read_names
from tests.support.dag_airflow import DAGS, run_classic
from tests.support.program import Program


@pytest.fixture(scope="module")
def ctl(other_airflow: LocalAirflow) -> Program:
    return logged_in(other_airflow)


@pytest.fixture(scope="module")
def api(ctl: Program) -> Iterator[httpx.Client]:
    with past(ctl) as client:
        yield client


@pytest.fixture
def run(ctl: Program, unique: str) -> Iterator[str]:
    """A queued run of `daily`."""
    assert ctl("dags", "trigger", "daily", "-r", unique, "--conf", '{"a": 1}').code == 0
    yield unique


def test_the_catalogue_is_filtered_by_the_server(ctl: Program) -> None:
    assert read_names(ctl("dags", "list", "-o", "name", "--asset", "orders")) == ["waiting"]
    assert read_names(
        ctl("dags", "list", "-o", "name", "--tag", "money", "--tag", "daily", "--all-tags")
    ) == ["daily"]
    check_refused(ctl("dags", "list", "--local"), "airflow dags list --local", code=2)


@pytest.mark.parametrize("words", ["tags", "get-tags"])
def test_tags(words: str, ctl: Program) -> None:
    tags = read_names(ctl("dags", words, "-o", "name"))
    assert {"daily", "money"} <= set(tags)
    assert read_names(ctl("dags", words, "-o", "name", "--pattern", "mon")) == ["money"]
    assert read_json(ctl("dags", words, "-o", "json", "--limit", "1")) == [{"name": tags[0]}]


def test_stats_count_runs_by_state(ctl: Program, run: str) -> None:
    rows = read_json(ctl("dags", "stats", "daily", "waiting", "-o", "json"))
    assert [row["dag_id"] for row in rows] == ["daily", "waiting"]
    assert rows[0]["queued"] >= 1
    assert rows[1] == {"dag_id": "waiting", "queued": 0, "running": 0, "success": 0, "failed": 0}
    assert read_json(ctl("dags", "get-stats", "daily", "-o", "json")) == [rows[0]]
    check_refused(ctl("dags", "stats", "daily", "nosuch"), "nosuch", "airflowctl dags list")


def test_favorites(ctl: Program) -> None:
    assert ctl("dags", "favourite", "daily").out == "daily is a favorite\n"
    assert read_names(ctl("dags", "list", "--favorite", "-o", "name")) == ["daily"]
    assert ctl("dags", "unfavorite", "daily").code == 0
    assert read_names(ctl("dags", "list", "--favorite", "-o", "name")) == []
    assert ctl("dags", "unfavorite", "daily").err == "daily was no favorite\n"
    check_refused(ctl("dags", "favorite", "nosuch"), "nosuch")


def test_warnings_and_versions(ctl: Program) -> None:
    assert ctl("dags", "list-warnings", "--dag-id", "daily", "-o", "json").json == []
    versions = read_json(ctl("dags", "list-version", "daily", "-o", "json"))
    assert [version["version_number"] for version in versions] == [1]
    assert read_json(ctl("dags", "get-version", "daily", "1", "-o", "json")) == versions[0]
    check_refused(ctl("dags", "get-version", "daily", "99"), "99")


def test_the_source_is_the_file(ctl: Program) -> None:
    assert ctl("dags", "source", "daily").out == DAGS.read_text()
    assert ctl("dags", "source", "daily", "--version", "1").out == DAGS.read_text()
    assert read_json(ctl("dags", "source", "daily", "-o", "json"))["version_number"] == 1
    check_refused(ctl("dags", "source", "nosuch"), "nosuch")


def test_import_errors_exit_with_one(ctl: Program, other_airflow: LocalAirflow) -> None:
    done = ctl("dags", "list-import-errors", "-o", "json")
    assert done.code == 1
    [error] = done.json
    assert (error["filename"], error["stack_trace"]) == ("broken.py", "no module nothing")
    number = str(error["import_error_id"])
    assert read_json(ctl("dags", "get-import-error", number, "-o", "json")) == error
    assert ctl("dags", "import-errors", "-B", "nosuch").code == 0
    check_refused(ctl("dags", "get-import-error", "999"), "999")
    assert run_classic(other_airflow, "dags", "list-import-errors").returncode == 1


def test_reading_a_file_again_is_asked_for_once(ctl: Program) -> None:
    [row] = read_json(ctl("dags", "reparse", "daily", "waiting", "-o", "json"))
    assert (row["dags"], row["result"]) == (["daily", "waiting"], "asked for")
    [row] = read_json(ctl("dags", "reserialize", "daily", "-o", "json"))
    assert row["result"] == "asked for already"
    check_refused(ctl("dags", "reserialize", "nosuch"), "nosuch")


def test_a_report_has_a_row_a_file(ctl: Program) -> None:
    rows = read_json(ctl("dags", "report", "-o", "json"))
    [row] = [row for row in rows if "daily" in row["dags"]]
    assert row["file"].endswith("assets.py")
    assert row["dag_num"] == len(row["dags"])
    check_refused(ctl("dags", "report", "--subdir", "/"), "is gone since Airflow 3.0", code=2)


def test_the_state_of_a_run(ctl: Program, run: str) -> None:
    assert ctl("dags", "state", "daily", run).out == 'queued, {"a": 1}\n'
    assert ctl("dags", "state", "daily", "latest", "-o", "json").json["dag_run_id"] == run
    none = ctl("dags", "state", "daily", "2020-01-01")
    assert (none.out, none.code) == ("None\n", 0)
    check_refused(ctl("dags", "state", "nosuch", "x"), "nosuch")


def test_the_next_execution(ctl: Program, api: httpx.Client) -> None:
    dag = api.get("/dags/daily").json()
    done = ctl("dags", "next-execution", "daily")
    assert done.out.strip() == str(dag["next_dagrun_logical_date"])
    [row] = ctl("dags", "next-execution", "daily", "--table", "-o", "json").json
    assert row["run_after"] == dag["next_dagrun_run_after"]
    assert ctl("dags", "next-execution", "daily", "--field", "run_after").out.strip() == row["run_after"]
    none = ctl("dags", "next-execution", "doomed")
    assert (none.out, none.code) == ("None\n", 0)
    assert "no schedule" in none.err
    check_refused(ctl("dags", "next-execution", "daily", "-n", "2"), "next run only", code=2)
    check_refused(ctl("dags", "next-execution", "nosuch"), "nosuch")


def test_pausing_many(ctl: Program, api: httpx.Client) -> None:
    def paused() -> list[str]:
        return read_names(ctl("dags", "list", "-o", "name", "--paused", "--pattern", "daily|doomed|waiting"))

    for dag_id, is_paused in (("daily", False), ("doomed", True), ("waiting", True)):
        api.patch(f"/dags/{dag_id}", json={"is_paused": is_paused}).raise_for_status()
    assert paused() == ["doomed", "waiting"]
    plan = read_json(ctl("dags", "unpause", "^(do|wa)", "--treat-dag-id-as-regex", "--dry-run", "-o", "json"))
    assert plan == [{"dag_id": "doomed", "would": "unpause"}, {"dag_id": "waiting", "would": "unpause"}]
    check_refused(ctl("dags", "unpause", "^do", "--treat-dag-id-as-regex"), "give --yes", code=2)
    no = ctl("dags", "unpause", "^do", "--treat-dag-id-as-regex", answers="n\n")
    assert "1 Dag would be unpaused: doomed" in no.err
    assert paused() == ["doomed", "waiting"]
    assert ctl("dags", "unpause", "^(do|wa)", "--treat-dag-id-as-regex", "-y").code == 0
    assert paused() == []
    rows = read_json(ctl("dags", "pause", "--pattern", "doom%", "-y", "-o", "json"))
    assert rows == [{"dag_id": "doomed", "is_paused": True}]
    assert paused() == ["doomed"]
    assert read_json(ctl("dags", "update", "waiting", "--is-paused", "-o", "json"))["is_paused"] is True
    check_refused(ctl("dags", "pause", "(", "--treat-dag-id-as-regex"), "regular expression", code=2)
    check_refused(ctl("dags", "pause"), "give either DAG_ID or --pattern", code=2)
    check_refused(ctl("dags", "update", "waiting"), "nothing to change", code=2)
    check_refused(ctl("dags", "pause", "nosuch"), "nosuch")


def test_clearing_runs_asks_with_the_count(ctl: Program, api: httpx.Client, run: str) -> None:
    def state() -> str:
        return str(api.get(f"/dags/daily/dagRuns/{run}").json()["state"])

    tasks = api.get(f"/dags/daily/dagRuns/{run}/taskInstances").json()["task_instances"]
    api.patch(f"/dags/daily/dagRuns/{run}", json={"state": "success"}).raise_for_status()
    plan = read_json(ctl("dags", "clear", "daily", "--run-id", run, "--dry-run", "-o", "json"))
    assert sorted(task["task_id"] for task in plan) == sorted(task["task_id"] for task in tasks)
    assert state() == "success"
    no = ctl("dags", "clear", "daily", "--run-id", run, answers="n\n")
    assert "2 task instances in 1 run of daily would be cleared" in no.err
    check_refused(ctl("dags", "clear", "daily", "--run-id", run), "give --yes", code=2)
    assert state() == "success"
    assert ctl("dags", "clear", "daily", "--run-id", run, "-y").out == "cleared 2 task instances in 1 run\n"
    assert state() == "queued"
    nothing = ctl("dags", "clear", "daily", "--run-id", run, "--only-running", "-y")
    assert (nothing.code, nothing.out) == (0, "dag_run_id\ttask_id\tmap_index\tstate\n")


def test_clearing_several_runs(ctl: Program, api: httpx.Client, unique: str) -> None:
    for day in ("01", "02", "03"):
        line = ("dags", "trigger", "daily", "-r", f"{unique}_{day}", "-l", f"2026-02-{day}")
        assert ctl(*line).code == 0
        api.patch(f"/dags/daily/dagRuns/{unique}_{day}", json={"state": "failed"}).raise_for_status()
    window = ("--start-date", "2026-02-02", "--end-date", "2026-02-03")
    done = read_json(ctl("dags", "clear", "daily", *window, "-y", "--note", "again", "-o", "json"))
    assert done["dag_runs"] == [f"{unique}_02", f"{unique}_03"]
    states = [api.get(f"/dags/daily/dagRuns/{unique}_{day}").json()["state"] for day in ("01", "02", "03")]
    assert states == ["failed", "queued", "queued"]
    assert api.get(f"/dags/daily/dagRuns/{unique}_02").json()["note"] == "again"


def test_clearing_says_which_runs(ctl: Program) -> None:
    check_refused(ctl("dags", "clear", "daily"), "no run is named", "--run-id", code=2)
    check_refused(ctl("dags", "clear", "daily", "--run-id", "x", "--partition-key", "y"), "give one", code=2)
    check_refused(ctl("dags", "clear", "daily", "--run-id", "nosuch", "-y"), "nosuch")
    check_refused(ctl("dags", "clear", "nosuch", "--run-id", "x", "-y"), "nosuch")
    assert ctl("dags", "clear", "daily", "--partition-key", "nosuch", "--dry-run", "-o", "json").json == []


def test_deleting_a_dag_asks(ctl: Program, api: httpx.Client) -> None:
    assert ctl("dags", "delete", "doomed", "--dry-run").out == "would delete doomed with 0 runs\n"
    check_refused(ctl("dags", "delete", "doomed"), "give --yes", code=2)
    assert "doomed with 0 runs" in ctl("dags", "delete", "doomed", answers="n\n").err
    assert api.get("/dags/doomed").status_code == 200
    assert ctl("dags", "delete", "doomed", "-y").out == "deleted doomed\n"
    assert api.get("/dags/doomed").status_code == 404
    check_refused(ctl("dags", "delete", "doomed", "-y"), "doomed", "airflowctl dags list")


def test_a_classic_trigger_line(ctl: Program, unique: str) -> None:
    line = (
        "dags",
        "trigger",
        "daily",
        "-r",
        unique,
        "--exec-date",
        "2026-04-01",
        "--no-replace-microseconds",
    )
    assert read_json(ctl(*line, "-o", "json"))["logical_date"] == "2026-04-01T00:00:00Z"
