"""`dags trigger`, on a real Airflow."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx
import pytest

from tests.support.command_results import check_refused
from tests.support.program import Done, Program


def test_trigger_sends_what_was_given(ctl: Program, api: httpx.Client, paused_dag: str, unique: str) -> None:
    conf = {"who": "ü", "many": [1, 2.5, None, {"deep": True}]}
    done = ctl(
        "dags", "trigger", paused_dag, "--run-id", unique, "--conf", json.dumps(conf),
        "--note", "by hand: über", "--logical-date", "2026-01-02T03:04:05", "-o", "json",
    )  # fmt: skip
    run = api.get(f"/dags/{paused_dag}/dagRuns/{unique}").json()
    assert (done.err, done.code) == ("", 0)
    assert done.json["dag_run_id"] == unique
    assert done.json["conf"] == run["conf"] == conf
    assert run["note"] == "by hand: über"
    assert run["logical_date"] == "2026-01-02T03:04:05Z"
    assert run["state"] == "queued"
    assert run["run_type"] == "manual"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("2026-01-02 03:04", "2026-01-02T03:04:00Z"),
        ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
    ],
)
def test_a_date_without_a_timezone_is_utc(
    given: str, sent: str, ctl: Program, api: httpx.Client, paused_dag: str
) -> None:
    run_id = ctl("dags", "trigger", paused_dag, "-l", given, "--run-after", given, "-o", "name").out.strip()
    run = api.get(f"/dags/{paused_dag}/dagRuns/{quote(run_id, safe='')}").json()
    assert (run["logical_date"], run["run_after"]) == (sent, sent)


def test_trigger_without_anything_leaves_it_to_the_server(ctl: Program, paused_dag: str) -> None:
    run = ctl("dags", "trigger", paused_dag, "-o", "json").json
    assert run["dag_run_id"].startswith("manual__")
    assert run["logical_date"] is None
    assert run["conf"] == {}
    assert run["note"] is None


def test_a_second_run_of_the_same_id_is_a_conflict(ctl: Program, paused_dag: str, unique: str) -> None:
    assert ctl("dags", "trigger", paused_dag, "-r", unique).code == 0
    check_refused(ctl("dags", "trigger", paused_dag, "-r", unique), "exists already")


def test_trigger_refuses_a_parameter_the_dag_forbids(ctl: Program, api: httpx.Client, unique: str) -> None:
    check_refused(ctl("dags", "trigger", "demo_etl", "-r", unique, "--conf", '{"region": "mars"}'), "mars")
    assert api.get(f"/dags/demo_etl/dagRuns/{unique}").status_code == 404


def test_waiting_for_a_run_that_goes_well(good_run: Done) -> None:
    assert good_run.code == 0
    assert good_run.json["state"] == "success"
    assert good_run.json["conf"] == {"orders": 2}
    assert len(good_run.err.splitlines()) == 1  # what it waits for


def test_waiting_for_a_run_that_fails(failed_run: Done) -> None:
    assert failed_run.code == 5
    assert failed_run.json["state"] == "failed"
    assert "error" not in failed_run.err


def test_waiting_no_longer_than_asked(ctl: Program, api: httpx.Client, unique: str) -> None:
    line = ("dags", "trigger", "demo_long", "-r", unique, "--conf", '{"seconds": 5}', "--wait")
    done = ctl(*line, "--timeout", "0.7")
    assert (done.out, done.code) == ("", 3)
    assert f"{unique} of demo_long is still" in done.err
    assert f"dagrun watch demo_long {unique}" in done.err
    state = api.get(f"/dags/demo_long/dagRuns/{unique}").json()["state"]
    assert state in ("queued", "running")  # giving up doesn't stop it


def test_a_paused_dag_is_not_waited_for_by_accident(
    ctl: Program, api: httpx.Client, paused_dag: str, unique: str
) -> None:
    assert ctl("dags", "trigger", paused_dag, "-r", unique).code == 0
    assert api.get(f"/dags/{paused_dag}").json()["is_paused"] is True  # triggering unpauses nothing
    assert api.get(f"/dags/{paused_dag}/dagRuns/{unique}").json()["state"] == "queued"
