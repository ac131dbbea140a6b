"""Dags, assets and backfills on a real Airflow with Dags of its own, so that they can be deleted."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import Kind, logged_in, made, past
from tests.support.paths import SAMPLES
from tests.support.program import Done, Program

DAGS = SAMPLES / "assets.py"


@pytest.fixture(scope="module")
def other_airflow() -> Iterator[LocalAirflow]:
    """An API server without a scheduler: nothing runs, what is queued stays so."""
    with made(Kind(dags=(DAGS,))) as server:
        assert classic(server, "dags", "reserialize").returncode == 0
        with closing(sqlite3.connect(server.home / "airflow.db")) as database, database:
            database.execute(  # as the Dag processor does
                "insert into import_error (timestamp, filename, bundle_name, stacktrace)"
                " values ('2026-11-01 00:00:00.000000', 'broken.py', 'dags-folder', 'no module nothing')"
            )
        server.start()
        yield server


def classic(server: LocalAirflow, *argv: str) -> subprocess.CompletedProcess[str]:
    """The classic command line on the same home."""
    return subprocess.run(
        ["airflow", *argv], env=server.environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def ctl(other_airflow: LocalAirflow) -> Program:
    return logged_in(other_airflow)


@pytest.fixture(scope="module")
def api(ctl: Program) -> Iterator[httpx.Client]:
    with past(ctl) as client:
        yield client


def found(done: Done) -> Any:
    """What the line printed as JSON, and nothing else."""
    assert (done.err, done.code) == ("", 0), done
    return done.json


def names(done: Done) -> list[str]:
    assert (done.err, done.code) == ("", 0), done
    return done.lines


def refused(done: Done, *words: str, code: int = 1) -> None:
    assert (done.out, done.code) == ("", code), done
    assert all(word in done.err for word in words), done.err
    assert len(done.err.splitlines()) <= 2


@pytest.fixture
def run(ctl: Program, unique: str) -> Iterator[str]:
    """A queued run of `daily`."""
    assert ctl("dags", "trigger", "daily", "-r", unique, "--conf", '{"a": 1}').code == 0
    yield unique


# Dags


def test_the_catalogue_is_filtered_by_the_server(ctl: Program) -> None:
    assert names(ctl("dags", "list", "-o", "name", "--asset", "orders")) == ["waiting"]
    assert names(ctl("dags", "list", "-o", "name", "--tag", "money", "--tag", "daily", "--all-tags")) == [
        "daily"
    ]
    refused(ctl("dags", "list", "--local"), "airflow dags list --local", code=2)


@pytest.mark.parametrize("words", ["tags", "get-tags"])
def test_tags(words: str, ctl: Program) -> None:
    tags = names(ctl("dags", words, "-o", "name"))
    assert {"daily", "money"} <= set(tags)
    assert names(ctl("dags", words, "-o", "name", "--pattern", "mon")) == ["money"]
    assert found(ctl("dags", words, "-o", "json", "--limit", "1")) == [{"name": tags[0]}]


def test_stats_count_runs_by_state(ctl: Program, run: str) -> None:
    rows = found(ctl("dags", "stats", "daily", "waiting", "-o", "json"))
    assert [row["dag_id"] for row in rows] == ["daily", "waiting"]
    assert rows[0]["queued"] >= 1
    assert rows[1] == {"dag_id": "waiting", "queued": 0, "running": 0, "success": 0, "failed": 0}
    assert found(ctl("dags", "get-stats", "daily", "-o", "json")) == [rows[0]]
    refused(ctl("dags", "stats", "daily", "nosuch"), "nosuch", "airflowctl dags list")


def test_favorites(ctl: Program) -> None:
    assert ctl("dags", "favourite", "daily").out == "daily is a favorite\n"
    assert names(ctl("dags", "list", "--favorite", "-o", "name")) == ["daily"]
    assert ctl("dags", "unfavorite", "daily").code == 0
    assert names(ctl("dags", "list", "--favorite", "-o", "name")) == []
    assert ctl("dags", "unfavorite", "daily").err == "daily was no favorite\n"
    refused(ctl("dags", "favorite", "nosuch"), "nosuch")


def test_warnings_and_versions(ctl: Program) -> None:
    assert ctl("dags", "list-warnings", "--dag-id", "daily", "-o", "json").json == []
    versions = found(ctl("dags", "list-version", "daily", "-o", "json"))
    assert [version["version_number"] for version in versions] == [1]
    assert found(ctl("dags", "get-version", "daily", "1", "-o", "json")) == versions[0]
    refused(ctl("dags", "get-version", "daily", "99"), "99")


def test_the_source_is_the_file(ctl: Program) -> None:
    assert ctl("dags", "source", "daily").out == DAGS.read_text()
    assert ctl("dags", "source", "daily", "--version", "1").out == DAGS.read_text()
    assert found(ctl("dags", "source", "daily", "-o", "json"))["version_number"] == 1
    refused(ctl("dags", "source", "nosuch"), "nosuch")


def test_import_errors_exit_with_one(ctl: Program, other_airflow: LocalAirflow) -> None:
    done = ctl("dags", "list-import-errors", "-o", "json")
    assert done.code == 1
    [error] = done.json
    assert (error["filename"], error["stack_trace"]) == ("broken.py", "no module nothing")
    number = str(error["import_error_id"])
    assert found(ctl("dags", "get-import-error", number, "-o", "json")) == error
    assert ctl("dags", "import-errors", "-B", "nosuch").code == 0
    refused(ctl("dags", "get-import-error", "999"), "999")
    assert classic(other_airflow, "dags", "list-import-errors").returncode == 1


def test_reading_a_file_again_is_asked_for_once(ctl: Program) -> None:
    [row] = found(ctl("dags", "reparse", "daily", "waiting", "-o", "json"))
    assert (row["dags"], row["result"]) == (["daily", "waiting"], "asked for")
    [row] = found(ctl("dags", "reserialize", "daily", "-o", "json"))
    assert row["result"] == "asked for already"
    refused(ctl("dags", "reserialize", "nosuch"), "nosuch")


def test_a_report_has_a_row_a_file(ctl: Program) -> None:
    rows = found(ctl("dags", "report", "-o", "json"))
    [row] = [row for row in rows if "daily" in row["dags"]]
    assert row["file"].endswith("assets.py")
    assert row["dag_num"] == len(row["dags"])
    refused(ctl("dags", "report", "--subdir", "/"), "is gone since Airflow 3.0", code=2)


def test_the_state_of_a_run(ctl: Program, run: str) -> None:
    assert ctl("dags", "state", "daily", run).out == 'queued, {"a": 1}\n'
    assert ctl("dags", "state", "daily", "latest", "-o", "json").json["dag_run_id"] == run
    none = ctl("dags", "state", "daily", "2020-01-01")
    assert (none.out, none.code) == ("None\n", 0)
    refused(ctl("dags", "state", "nosuch", "x"), "nosuch")


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
    refused(ctl("dags", "next-execution", "daily", "-n", "2"), "next run only", code=2)
    refused(ctl("dags", "next-execution", "nosuch"), "nosuch")


def test_pausing_many(ctl: Program, api: httpx.Client) -> None:
    def paused() -> list[str]:
        return names(ctl("dags", "list", "-o", "name", "--paused", "--pattern", "daily|doomed|waiting"))

    api.patch("/dags/daily", json={"is_paused": False}).raise_for_status()
    assert paused() == ["doomed", "waiting"]
    plan = found(ctl("dags", "unpause", "^(do|wa)", "--treat-dag-id-as-regex", "--dry-run", "-o", "json"))
    assert plan == [{"dag_id": "doomed", "would": "unpause"}, {"dag_id": "waiting", "would": "unpause"}]
    refused(ctl("dags", "unpause", "^do", "--treat-dag-id-as-regex"), "give --yes", code=2)
    no = ctl("dags", "unpause", "^do", "--treat-dag-id-as-regex", answers="n\n")
    assert "1 Dag would be unpaused: doomed" in no.err
    assert paused() == ["doomed", "waiting"]
    assert ctl("dags", "unpause", "^(do|wa)", "--treat-dag-id-as-regex", "-y").code == 0
    assert paused() == []
    rows = found(ctl("dags", "pause", "--pattern", "doom%", "-y", "-o", "json"))
    assert rows == [{"dag_id": "doomed", "is_paused": True}]
    assert paused() == ["doomed"]
    assert found(ctl("dags", "update", "waiting", "--is-paused", "-o", "json"))["is_paused"] is True
    refused(ctl("dags", "pause", "(", "--treat-dag-id-as-regex"), "regular expression", code=2)
    refused(ctl("dags", "pause"), "give either DAG_ID or --pattern", code=2)
    refused(ctl("dags", "update", "waiting"), "nothing to change", code=2)
    refused(ctl("dags", "pause", "nosuch"), "nosuch")


def test_clearing_runs_asks_with_the_count(ctl: Program, api: httpx.Client, run: str) -> None:
    def state() -> str:
        return str(api.get(f"/dags/daily/dagRuns/{run}").json()["state"])

    tasks = api.get(f"/dags/daily/dagRuns/{run}/taskInstances").json()["task_instances"]
    api.patch(f"/dags/daily/dagRuns/{run}", json={"state": "success"}).raise_for_status()
    plan = found(ctl("dags", "clear", "daily", "--run-id", run, "--dry-run", "-o", "json"))
    assert sorted(task["task_id"] for task in plan) == sorted(task["task_id"] for task in tasks)
    assert state() == "success"
    no = ctl("dags", "clear", "daily", "--run-id", run, answers="n\n")
    assert "2 task instances in 1 run of daily would be cleared" in no.err
    refused(ctl("dags", "clear", "daily", "--run-id", run), "give --yes", code=2)
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
    done = found(ctl("dags", "clear", "daily", *window, "-y", "--note", "again", "-o", "json"))
    assert done["dag_runs"] == [f"{unique}_02", f"{unique}_03"]
    states = [api.get(f"/dags/daily/dagRuns/{unique}_{day}").json()["state"] for day in ("01", "02", "03")]
    assert states == ["failed", "queued", "queued"]
    assert api.get(f"/dags/daily/dagRuns/{unique}_02").json()["note"] == "again"


def test_clearing_says_which_runs(ctl: Program) -> None:
    refused(ctl("dags", "clear", "daily"), "no run is named", "--run-id", code=2)
    refused(ctl("dags", "clear", "daily", "--run-id", "x", "--partition-key", "y"), "give one", code=2)
    refused(ctl("dags", "clear", "daily", "--run-id", "nosuch", "-y"), "nosuch")
    refused(ctl("dags", "clear", "nosuch", "--run-id", "x", "-y"), "nosuch")
    assert ctl("dags", "clear", "daily", "--partition-key", "nosuch", "--dry-run", "-o", "json").json == []


def test_deleting_a_dag_asks(ctl: Program, api: httpx.Client) -> None:
    assert ctl("dags", "delete", "doomed", "--dry-run").out == "would delete doomed with 0 runs\n"
    refused(ctl("dags", "delete", "doomed"), "give --yes", code=2)
    assert "doomed with 0 runs" in ctl("dags", "delete", "doomed", answers="n\n").err
    assert api.get("/dags/doomed").status_code == 200
    assert ctl("dags", "delete", "doomed", "-y").out == "deleted doomed\n"
    assert api.get("/dags/doomed").status_code == 404
    refused(ctl("dags", "delete", "doomed", "-y"), "doomed", "airflowctl dags list")


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
    assert found(ctl(*line, "-o", "json"))["logical_date"] == "2026-04-01T00:00:00Z"


# Assets


def test_assets_and_their_aliases(ctl: Program) -> None:
    assert names(ctl("assets", "list", "-o", "name")) == ["ord_rs", "orders"]
    assert names(ctl("asset", "list", "-o", "name", "--uri", "rates")) == ["ord_rs"]
    assert names(ctl("assets", "list", "-o", "name", "--alias")) == ["any-orders"]
    assert names(ctl("assets", "list-by-alias", "-o", "name")) == ["any-orders"]
    refused(ctl("assets", "list", "--alias", "--uri", "x"), "aliases have neither", code=2)


def test_an_asset_by_name_uri_and_number(ctl: Program) -> None:
    asset = found(ctl("assets", "details", "--name", "ord_rs", "-o", "json"))  # _ is a wildcard there
    assert asset["uri"] == "s3://lake/rates"
    for words in (["--uri", "s3://lake/rates"], ["s3://lake/rates"], ["ord_rs"], [str(asset["id"])]):
        assert found(ctl("assets", "get", *words, "-o", "json")) == asset
    refused(ctl("assets", "details", "--name", "order"), "there is no asset of the name order")
    refused(ctl("assets", "details", "99999"), "99999")
    refused(ctl("assets", "details"), "no asset is named", code=2)


def test_an_alias_by_name_and_number(ctl: Program) -> None:
    alias = found(ctl("assets", "get-by-alias", "any-orders", "-o", "json"))
    assert found(ctl("assets", "get-by-alias", str(alias["id"]), "-o", "json")) == alias
    assert found(ctl("assets", "details", "--alias", "--name", "any-orders", "-o", "json")) == alias
    refused(ctl("assets", "get-by-alias", "any"), "there is no alias any")


def test_materializing_starts_the_dag_that_makes_it(ctl: Program, unique: str) -> None:
    line = ("assets", "materialize", "--name", "orders", "-r", unique, "--conf", '{"a": 1}', "-o", "json")
    run = found(ctl(*line))
    assert (run["dag_id"], run["dag_run_id"], run["conf"]) == ("daily", unique, {"a": 1})
    assert run["run_type"] == "asset_materialization"
    assert found(ctl("assets", "materialize", "orders", "-o", "json"))["dag_id"] == "daily"
    refused(ctl("assets", "materialize", "ord_rs"), "No Dag materializes")
    refused(ctl("assets", "materialize", "--name", "nosuch"), "nosuch")


def test_an_event_and_what_waits_in_the_queue(ctl: Program, api: httpx.Client) -> None:
    api.patch("/dags/waiting", json={"is_paused": False}).raise_for_status()
    event = found(ctl("assets", "create-event", "orders", "--extra", '{"rows": 7}', "-o", "json"))
    assert event["extra"]["rows"] == 7
    newest = found(ctl("assets", "events", "orders", "--limit", "1", "-o", "json"))
    assert newest[0]["id"] == event["id"]
    assert found(ctl("assets", "list-events", "--end-date", "2020-01-01", "-o", "json")) == []
    [queued] = found(ctl("assets", "get-queued-events", "orders", "-o", "json"))
    assert queued["dag_id"] == "waiting"
    assert found(ctl("assets", "get-dag-queued-events", "waiting", "-o", "json")) == [queued]
    assert found(ctl("assets", "get-dag-queued-event", "waiting", "orders", "-o", "json")) == queued
    assert ctl("assets", "get-dag-queued-events", "waiting", "2020-01-01", "-o", "json").json == []
    assert len(ctl("assets", "delete-queued-events", "orders", "--dry-run", "-o", "jsonl").lines) == 1
    refused(ctl("assets", "delete-queued-events", "orders"), "give --yes", code=2)
    for line in (
        ("delete-queued-events", "orders"),
        ("delete-dag-queued-events", "waiting"),
        ("delete-queued-event", "waiting", "orders"),
    ):
        if not ctl("assets", "get-queued-events", "orders", "-o", "name").lines:
            assert ctl("assets", "create-event", "orders").code == 0
        assert ctl("assets", *line, "-y").out == "deleted 1 queued event\n"
        assert ctl("assets", "get-queued-events", "orders", "-o", "json").json == []
    refused(ctl("assets", "delete-queued-event", "waiting", "orders", "-y"), "waiting")
    refused(ctl("assets", "get-dag-queued-events", "nosuch"), "nosuch")
    refused(ctl("assets", "create-event", "nosuch"), "nosuch")


def test_what_is_kept_with_an_asset(ctl: Program) -> None:
    assert ctl("assets", "state", "set", "orders", "cursor/a", '{"at": 7}', "--json").out == "set cursor/a\n"
    assert ctl("assets", "state", "set", "orders", "text", "7").code == 0
    assert ctl("assets", "state", "get", "orders", "cursor/a").out == '{"at": 7}\n'
    assert found(ctl("assets", "state", "get", "orders", "text", "-o", "json"))["value"] == "7"
    assert names(ctl("assets", "state", "list", "orders", "-o", "name")) == ["cursor/a", "text"]
    assert ctl("assets", "state", "delete", "orders", "text", "--dry-run").out == "would delete text\n"
    assert ctl("assets", "state", "delete", "orders", "text").out == "deleted text\n"
    refused(ctl("assets", "state", "delete", "orders", "text"), "text")
    refused(ctl("assets", "state", "get", "orders", "text"), "text")
    refused(ctl("assets", "state", "set", "orders", "text", "{", "--json"), "not JSON", code=2)
    refused(ctl("assets", "state", "clear", "orders"), "give --yes", code=2)
    assert ctl("assets", "state", "clear", "orders", "-y").out == "deleted 1 value\n"
    assert names(ctl("assets", "state", "list", "orders", "-o", "name")) == []
    refused(ctl("assets", "state", "list", "nosuch"), "nosuch")


def test_the_same_as_the_classic_command_line(ctl: Program, other_airflow: LocalAirflow) -> None:
    theirs = json.loads(classic(other_airflow, "assets", "list", "-o", "json").stdout)
    mine = found(ctl("assets", "list", "-o", "json"))
    assert [(asset["name"], asset["uri"]) for asset in mine] == [(it["name"], it["uri"]) for it in theirs]
    told = classic(other_airflow, "dags", "next-execution", "daily").stdout.splitlines()[-1]
    shown = ctl("dags", "next-execution", "daily").out.strip()
    assert datetime.fromisoformat(told) == datetime.fromisoformat(shown)


# Backfills


def test_a_backfill_from_plan_to_end(ctl: Program) -> None:
    window = ("daily", "--from-date", "2026-03-01", "--to-date", "2026-03-03", "-o", "json")
    plan = found(ctl("backfill", "create", *window, "--dry-run"))
    assert [row["logical_date"][:10] for row in plan] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert found(ctl("backfill", "create-dry-run", *window)) == plan
    assert found(ctl("backfill", "list", "daily", "-o", "json")) == []
    made = found(ctl("backfill", "create", *window, "--dag-run-conf", '{"a": 1}', "--max-active-runs", "2"))
    assert (made["dag_run_conf"], made["max_active_runs"]) == ({"a": 1}, 2)
    number = str(made["id"])
    assert names(ctl("backfills", "list", "daily", "-o", "name")) == [number]
    refused(ctl("backfill", "create", *window[:-2]), "already")
    assert found(ctl("backfill", "pause", number, "-o", "json"))["is_paused"] is True
    assert found(ctl("backfill", "unpause", number, "-o", "json"))["is_paused"] is False
    refused(ctl("backfill", "cancel", number), "give --yes", code=2)
    assert found(ctl("backfill", "cancel", number, "-y", "-o", "json"))["completed_at"]
    assert found(ctl("backfill", "get", number, "-o", "json"))["completed_at"]
    old = ctl(
        "dags", "backfill", "--dag-id", "daily", "-s", "2026-03-01", "--end-date", "2026-03-01", "--dry-run"
    )
    assert old.err.startswith("now: airflowctl backfill create")


def test_a_backfill_that_cannot_be(ctl: Program) -> None:
    window = ("--from-date", "2026-03-01", "--to-date", "2026-03-03")
    refused(ctl("backfill", "create", "nosuch", *window), "nosuch")
    refused(ctl("backfill", "create", "waiting", *window), "waiting")
    refused(ctl("backfill", "create", "daily"), "missing option --from-date", code=2)
    refused(ctl("backfill", "list", "nosuch"), "nosuch", "airflowctl dags list")
    for verb in ("get", "pause", "unpause"):
        refused(ctl("backfill", verb, "999"), "999")
