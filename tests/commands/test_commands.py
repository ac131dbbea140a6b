"""Every command on a real Airflow: what it prints, what it changes and how it says no."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.support.program import Done, Program

DEMO = ["demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits"]


def refused(done: Done, *words: str, code: int = 1) -> None:
    """The line failed with this code: no data, one line that holds these words and perhaps the way out."""
    said = done.err.splitlines()
    first, *hint = [line for line in said if not line.startswith("warning: --")]  # of a secret in argv
    assert (done.out, done.code) == ("", code), done
    assert first.startswith("error: ")
    assert all(word in done.err for word in words), done.err
    assert len(hint) <= 1
    assert all(line.startswith("  ") for line in hint)


def column(done: Done, name: str) -> list[str]:
    """One column of a list in the format for pipes."""
    assert (done.err, done.code) == ("", 0), done
    header, *rows = [line.split("\t") for line in done.lines]
    return [row[header.index(name)] for row in rows]


def names(done: Done) -> list[str]:
    """What `-o name` printed."""
    assert (done.err, done.code) == ("", 0), done
    return done.lines


# version and health


def test_version_needs_no_login(program: Program, airflow: Any) -> None:
    done = program("version", "--remote", "--url", airflow.url)
    assert done.lines[1] == f"Airflow 3.3.2 at {airflow.url}"
    assert (done.err, done.code) == ("", 0)


def test_version_as_json_is_one_document(ctl: Program) -> None:
    found = ctl("version", "--remote", "-o", "json").json
    assert found["airflow"]["version"] == "3.3.2"
    assert found["url"] == ctl.environ["AIRFLOWCTL_URL"]


def test_health_tells_each_component_without_a_login(program: Program, airflow: Any) -> None:
    done = program("health", "--url", airflow.url, "-o", "json")
    parts = {row["component"]: row for row in done.json}
    assert (done.err, done.code) == ("", 0)
    assert parts["metadatabase"]["status"] == parts["scheduler"]["status"] == "healthy"
    assert datetime.fromisoformat(parts["scheduler"]["latest_heartbeat"])
    assert parts["triggerer"]["status"] is None  # none was started here


# Dags


def test_dags_list_is_what_the_server_has(ctl: Program, api: httpx.Client) -> None:
    assert column(ctl("dags", "list"), "dag_id") == DEMO
    known = api.get("/dags", params={"order_by": "dag_id"}).json()["dags"]
    steady = [field for field in known[0] if not field.endswith("token")]
    shown = ctl("dags", "list", "-o", "json").json
    assert [[dag[field] for field in steady] for dag in shown] == [
        [dag[field] for field in steady] for dag in known
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--pattern", "_ma"], ["demo_mapped"]),
        (["--pattern", "nosuch"], []),
        (["--tag", "etl"], ["demo_etl"]),
        (["--pattern", "emo%tl"], ["demo_etl"]),
        (["--pattern", "DEMO.ETL"], []),
        (["--pattern", "d_mo?etl".replace("?", "_")], ["demo_etl"]),
        (["--pattern", "etl|waits"], ["demo_etl", "demo_waits"]),
        (["--owner", "at"], ["demo_etl", "demo_fails", "demo_long", "demo_mapped"]),
        (["--tag", "etl", "--tag", "slow"], ["demo_etl", "demo_long"]),
        (["--owner", "data"], ["demo_etl", "demo_mapped"]),
        (["--owner", "data", "--owner", "finance"], ["demo_etl", "demo_mapped", "demo_waits"]),
        (["--owner", "data", "--tag", "mapped"], ["demo_mapped"]),
        (["--bundle-name", "dags-folder"], DEMO),
        (["-B", "nosuch"], []),
        (["--no-stale"], DEMO),
        (["--limit", "2"], DEMO[:2]),
        (["--limit", "0"], []),
    ],
)
def test_dags_list_filters(options: list[str], found: list[str], ctl: Program) -> None:
    assert names(ctl("dags", "list", "-o", "name", *options)) == found


def test_dags_list_by_the_state_of_the_last_run(ctl: Program, failed_run: Done) -> None:
    assert "demo_fails" in names(ctl("dags", "list", "-o", "name", "--state", "failed"))
    assert "demo_fails" not in names(ctl("dags", "list", "-o", "name", "--state", "success"))


@pytest.mark.parametrize("command", ["get", "details"])
def test_a_dag_as_the_server_has_it(command: str, ctl: Program, api: httpx.Client) -> None:
    path = "/dags/demo_etl" + ("/details" if command == "details" else "")
    shown, known = ctl("dags", command, "demo_etl", "-o", "json").json, api.get(path).json()
    assert shown.keys() == known.keys()
    assert shown["tags"] == known["tags"]
    assert shown["is_paused"] is False
    assert shown["max_active_tasks"] == 16
    assert shown["description"] == "Extract, transform and load a few orders"


def test_a_person_sees_less_of_a_dag_than_a_machine(ctl: Program, api: httpx.Client) -> None:
    known = api.get("/dags/demo_etl").json()
    shown = ctl("dags", "get", "demo_etl", terminal=True).lines
    fields = [line.split()[0] for line in shown if not line.startswith(" ")]  # not the rest of a long value
    assert fields[:3] == ["dag_id", "description", "is_paused"]
    assert "file_token" not in fields
    assert set(fields) < set(known)
    assert ctl("dags", "get", "demo_etl").lines[0].split("\t") == list(known)
    assert ctl("dags", "get", "demo_etl", "--columns", "file_token", terminal=True).out.startswith(
        "file_token"
    )


def test_dags_details_has_parameters_and_documentation(ctl: Program) -> None:
    dag = ctl("dags", "details", "demo_etl", "-o", "json").json
    assert dag["params"]["region"]["value"] == "eu"
    assert "made-up orders" in dag["doc_md"]


def test_pausing_and_unpausing(ctl: Program, api: httpx.Client) -> None:
    try:
        for command, paused in (("pause", True), ("pause", True), ("unpause", False)):
            done = ctl("dags", command, "demo_waits", "-o", "json")
            assert done.json["dag_id"] == "demo_waits"
            assert done.json["is_paused"] is paused
            assert (done.err, done.code) == ("", 0)
            assert api.get("/dags/demo_waits").json()["is_paused"] is paused
            mine = names(ctl("dags", "list", "-o", "name", "--paused"))
            assert ("demo_waits" in mine) is paused
            others = names(ctl("dags", "list", "-o", "name", "--no-paused"))
            assert ("demo_waits" in others) is not paused
    finally:
        api.patch("/dags/demo_waits", json={"is_paused": False}).raise_for_status()


# Triggering


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
    refused(ctl("dags", "trigger", paused_dag, "-r", unique), "exists already")


def test_trigger_refuses_a_parameter_the_dag_forbids(ctl: Program, api: httpx.Client, unique: str) -> None:
    refused(ctl("dags", "trigger", "demo_etl", "-r", unique, "--conf", '{"region": "mars"}'), "mars")
    assert api.get(f"/dags/demo_etl/dagRuns/{unique}").status_code == 404


@pytest.fixture(scope="module")
def good_run(admin: Program) -> Done:
    """A run that was triggered with --wait and went well."""
    return admin("dags", "trigger", "demo_etl", "--conf", '{"orders": 2}', "--wait", "-o", "json")


@pytest.fixture(scope="module")
def failed_run(admin: Program) -> Done:
    """A run that was triggered with --wait and failed."""
    return admin("dags", "trigger", "demo_fails", "--wait", "-o", "json")


@pytest.fixture(scope="module")
def mapped_run(admin: Program) -> str:
    """The id of a finished run that has a mapped task."""
    done = admin("dags", "trigger", "demo_mapped", "--wait", "-o", "json")
    return str(done.json["dag_run_id"])


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


# Runs


@pytest.fixture
def old_runs(paused_dag: str, api: httpx.Client, unique: str) -> list[str]:
    """Three queued runs that were due in 2020, newest first."""
    ids = [f"{unique}_{day}" for day in ("03", "02", "01")]
    for place in (1, 0, 2):
        day = ids[place][-2:]
        body = {"dag_run_id": ids[place], "logical_date": None, "run_after": f"2020-05-{day}T06:00:00Z"}
        api.post(f"/dags/{paused_dag}/dagRuns", json=body).raise_for_status()
    return ids


def test_dagrun_list_is_newest_first(ctl: Program, old_runs: list[str]) -> None:
    assert column(ctl("dagrun", "list", "demo_waits"), "dag_run_id") == old_runs


@pytest.mark.parametrize(
    ("options", "which"),
    [
        (["--limit", "2"], [0, 1]),
        (["--limit", "0"], []),
        (["--limit", "1000"], [0, 1, 2]),
        (["--state", "queued"], [0, 1, 2]),
        (["--state", "success"], []),
        (["--state", "success", "--state", "queued"], [0, 1, 2]),
        (["--run-type", "manual"], [0, 1, 2]),
        (["--run-type", "scheduled"], []),
        (["--due-after", "2020-05-02"], [0, 1]),
        (["--due-after", "2020-05-02T06:00:00"], [0, 1]),
        (["--due-after", "2020-05-02T06:00:01"], [0]),
        (["--due-before", "2020-05-02"], [2]),
        (["--due-before", "2020-05-02T08:00:00+02:00"], [1, 2]),
        (["--due-after", "2020-05-02", "--due-before", "2020-05-02T23:59:59"], [1]),
        (["--start-date", "2020-05-02"], []),  # they have no logical date
    ],
)
def test_dagrun_list_filters(options: list[str], which: list[int], ctl: Program, old_runs: list[str]) -> None:
    found = names(ctl("dagrun", "list", "demo_waits", "-o", "name", *options))
    assert found == [old_runs[place] for place in which]


def test_dagrun_list_of_all_dags(ctl: Program, old_runs: list[str], mapped_run: str) -> None:
    runs = ctl("dagrun", "list", "-o", "json").json
    pairs = [(run["dag_id"], run["dag_run_id"]) for run in runs]
    due = [run["run_after"] for run in runs]
    assert ("demo_mapped", mapped_run) in pairs
    assert pairs[-3:] == [("demo_waits", run) for run in old_runs]
    assert due == sorted(due, reverse=True)


def test_a_run_as_the_server_has_it(ctl: Program, api: httpx.Client, good_run: Done) -> None:
    run_id = good_run.json["dag_run_id"]
    done = ctl("dagrun", "get", "demo_etl", run_id, "-o", "json")
    assert (done.err, done.code) == ("", 0)
    assert done.json == api.get(f"/dags/demo_etl/dagRuns/{quote(run_id, safe='')}").json()
    assert isinstance(done.json["duration"], float)


# Tasks


def test_tasks_list(ctl: Program, api: httpx.Client) -> None:
    done = ctl("tasks", "list", "demo_etl", "-o", "json")
    assert [task["task_id"] for task in done.json] == ["extract", "load", "transform"]
    assert done.json == api.get("/dags/demo_etl/tasks", params={"order_by": "task_id"}).json()["tasks"]
    assert column(ctl("tasks", "list", "demo_etl"), "downstream_task_ids") == ["transform", "", "load"]


def test_the_states_of_a_run_that_failed(ctl: Program, failed_run: Done) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_fails", failed_run.json["dag_run_id"])
    states = dict(zip(column(done, "task_id"), column(done, "state"), strict=True))
    assert states == {"prepare": "success", "compute": "failed", "report": "upstream_failed"}


def test_a_mapped_task_has_a_line_for_each_of_its_parts(ctl: Program, mapped_run: str) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run)
    parts = sorted(zip(column(done, "task_id"), column(done, "map_index"), strict=True))
    assert parts == [
        ("add_up", "-1"),
        ("count_letters", "0"),
        ("count_letters", "1"),
        ("count_letters", "2"),
        ("count_letters", "3"),
        ("list_files", "-1"),
    ]
    assert set(column(done, "state")) == {"success"}


def test_one_task_of_a_run(ctl: Program, good_run: Done) -> None:
    run_id = good_run.json["dag_run_id"]
    done = ctl("tasks", "states-for-dag-run", "demo_etl", run_id, "--task-id", "load")
    assert column(done, "task_id") == ["load"]


def test_a_person_sees_no_number_on_a_task_that_is_not_mapped(ctl: Program, mapped_run: str) -> None:
    done = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run, "-o", "plain")
    assert re.search("^list_files +success ", done.out, re.MULTILINE)
    assert re.search("^count_letters +3 +success ", done.out, re.MULTILINE)


def test_a_run_without_mapped_tasks_shows_no_empty_column(ctl: Program, good_run: Done) -> None:
    line = ("tasks", "states-for-dag-run", "demo_etl", good_run.json["dag_run_id"])
    assert "map_index" not in ctl(*line, "-o", "plain").lines[0]
    assert len(ctl(*line, "-o", "plain").lines) == 4


def test_task_states_as_the_server_has_them(ctl: Program, api: httpx.Client, mapped_run: str) -> None:
    shown = ctl("tasks", "states-for-dag-run", "demo_mapped", mapped_run, "-o", "json").json
    path = f"/dags/demo_mapped/dagRuns/{quote(mapped_run, safe='')}/taskInstances"
    known = api.get(path).json()["task_instances"]

    def place(task: dict[str, Any]) -> str:
        return str(task["id"])

    assert sorted(shown, key=place) == sorted(known, key=place)
