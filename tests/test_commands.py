"""Every command on a real Airflow: what it prints, what it changes and how it says no."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.program import Done, Program
from tests.waiting import until

DEMO = ["demo_etl", "demo_fails", "demo_long", "demo_mapped", "demo_waits"]


def refused(done: Done, *words: str, code: int = 1) -> None:
    """The line failed with this code: no data, one line that holds these words and perhaps the way out."""
    first, *hint = done.err.splitlines()
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


@pytest.fixture
def paused_dag(api: httpx.Client) -> Iterator[str]:
    """A Dag whose runs stay queued; they are gone afterwards."""
    api.patch("/dags/demo_waits", json={"is_paused": True}).raise_for_status()
    yield "demo_waits"

    def gone() -> bool:
        runs = api.get("/dags/demo_waits/dagRuns").json()["dag_runs"]
        for run in runs:  # a busy SQLite may refuse: then it is asked again
            api.delete(f"/dags/demo_waits/dagRuns/{quote(run['dag_run_id'], safe='')}")
        return not runs

    until(gone, "an end of its runs")
    api.patch("/dags/demo_waits", json={"is_paused": False}).raise_for_status()


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


# Connections

SECRETS = ("hunter2-canary", "extra-canary")


@pytest.fixture
def connections(api: httpx.Client, unique: str) -> Iterator[list[str]]:
    """Two connections, one with a password and a secret in its extra."""
    ids = [f"{unique}.db", f"{unique}_web"]
    db = {
        "connection_id": ids[0], "conn_type": "postgres", "host": "db.example.com", "login": "ann",
        "schema": "shop", "port": 5432, "password": SECRETS[0], "description": "Ünïcode",
        "extra": json.dumps({"api_key": SECRETS[1], "sslmode": "require"}),
    }  # fmt: skip
    api.post("/connections", json=db).raise_for_status()
    api.post("/connections", json={"connection_id": ids[1], "conn_type": "http"}).raise_for_status()
    yield ids
    for conn_id in ids:
        api.delete(f"/connections/{conn_id}").raise_for_status()


def test_connections_list(ctl: Program, connections: list[str], unique: str) -> None:
    done = ctl("connections", "list", "--pattern", unique)
    assert column(done, "connection_id") == connections
    assert column(done, "conn_type") == ["postgres", "http"]
    assert column(done, "port") == ["5432", ""]
    assert column(done, "description") == ["Ünïcode", ""]
    assert names(ctl("connections", "list", "--pattern", unique, "--limit", "1", "-o", "name")) == [
        connections[0]
    ]
    assert set(connections) <= set(names(ctl("connections", "list", "-o", "name")))


def test_a_connection_as_the_server_has_it(ctl: Program, api: httpx.Client, connections: list[str]) -> None:
    shown = ctl("connections", "get", connections[0], "-o", "json").json
    assert shown == api.get(f"/connections/{connections[0]}").json()
    assert shown["port"] == 5432
    assert shown["schema"] == "shop"


@pytest.mark.parametrize("output", ["table", "plain", "tsv", "csv", "json", "jsonl", "yaml"])
def test_the_secrets_of_a_connection_stay_on_the_server(
    output: str, ctl: Program, connections: list[str]
) -> None:
    one = ctl("connections", "get", connections[0], "-o", output, "--debug")
    every = ctl("connections", "list", "-o", output, "--columns", "connection_id,password,extra")
    assert one.code == every.code == 0
    assert "***" in one.out
    assert not [secret for secret in SECRETS if secret in str((one, every))]


# Variables


@pytest.fixture
def forget(api: httpx.Client) -> Iterator[list[str]]:
    """Variables to delete afterwards, whether they exist or not."""
    keys: list[str] = []
    yield keys
    entities = {"action": "delete", "entities": keys, "action_on_non_existence": "skip"}
    api.patch("/variables", json={"actions": [entities]}).raise_for_status()


def variable(api: httpx.Client, key: str) -> Any:
    """The record on the server."""
    answer = api.get(f"/variables/{quote(key, safe='')}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_life_of_a_variable(ctl: Program, api: httpx.Client, unique: str) -> None:
    assert ctl("variables", "set", unique, "one") == Done(f"created {unique}\n", "", 0)
    assert ctl("variables", "get", unique) == Done("one\n", "", 0)
    assert ctl("variables", "set", unique, "two") == Done(f"changed {unique}\n", "", 0)
    assert variable(api, unique)["value"] == "two"
    assert ctl("variables", "list", "--pattern", unique, "-o", "jsonl").json == variable(api, unique)
    assert ctl("variables", "delete", unique) == Done(f"deleted {unique}\n", "", 0)
    refused(ctl("variables", "get", unique), unique)
    assert ctl("variables", "get", unique, "--default", "none of it") == Done("none of it\n", "", 0)


def test_only_what_was_named_changes(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", unique, "one", "--description", "what for").code == 0
    assert ctl("variables", "set", unique, "two").code == 0
    assert variable(api, unique)["description"] == "what for"
    assert ctl("variables", "set", unique, "two", "--description", "").code == 0
    assert (variable(api, unique)["value"], variable(api, unique)["description"]) == ("two", "")


VALUES = [
    "",
    " ",
    "  both sides  ",
    "two\nlines\n",
    "carriage\r\nreturns\r\n",
    "tab\there",
    "naïve Ωmega 日本 🎈",
    "\"quoted\" 'twice' \\n",
    "null",
    "0.10",
    "-1",
    "--option",
    "{'a': 1}",
    '{"b": 1, "a": [1.0, null]}',
    "a % b & c # d ? e",
    "\x1b]0;title\x07 \x9b2J",
    "x" * 100_000,
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_a_value_is_kept_byte_for_byte(
    value: str, ctl: Program, api: httpx.Client, unique: str, forget: list[str]
) -> None:
    """As kept when it is sent without the program: the server writes numbers its own way when it is asked."""
    forget += [unique, f"{unique}_twin"]
    api.post("/variables", json={"key": f"{unique}_twin", "value": value}).raise_for_status()
    kept = variable(api, f"{unique}_twin")["value"]
    done = ctl("variables", "set", unique, "--", value)
    assert (done.err, done.code) == ("", 0)
    assert variable(api, unique)["value"] == kept
    assert ctl("variables", "get", unique, "-o", "json").json["value"] == kept
    assert ctl("variables", "get", unique).out.removesuffix("\n") == kept.removesuffix("\n")
    assert kept == value or float(kept) == float(value)


def test_a_value_that_is_json(ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    assert ctl("variables", "set", "--json", unique, '{"ü": [1, 2.50, true, null]}').code == 0
    assert json.loads(variable(api, unique)["value"]) == {"ü": [1, 2.5, True, None]}
    tidy = ctl("variables", "get", "-j", unique).out
    assert '\n  "ü": [' in tidy
    assert json.loads(tidy) == {"ü": [1, 2.5, True, None]}


def test_what_is_no_json_is_refused_before_it_is_sent(ctl: Program, api: httpx.Client, unique: str) -> None:
    refused(ctl("variables", "set", "-j", unique, "{'a': 1}"), "not JSON", code=2)
    assert api.get(f"/variables/{unique}").status_code == 404


def test_reading_text_as_json_says_that_it_is_none(ctl: Program, unique: str, forget: list[str]) -> None:
    forget.append(unique)
    ctl("variables", "set", unique, "plain words")
    refused(ctl("variables", "get", "--json", unique), unique, "not JSON")


KEYS = [
    "with space", " spaces ", "100%", "h%41x", "h%2Fz", "a#frag", "a?x=1", "a&b=c+d", "a/b", "a//b", "/lead",
    "trail/", "x/../y", "./x", "naïve Ωmega 日本語/%23", "q'\"q", "a\tb", "back\\slash", ";semi",
    "--option", "~", "*",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_no_path(key: str, ctl: Program, api: httpx.Client, unique: str, forget: list[str]) -> None:
    key += unique
    forget.append(key)
    for word in ("created", "changed"):
        assert ctl("variables", "set", "--", key, f"{word} it").code == 0
        assert variable(api, key)["value"] == f"{word} it"
    assert variable(api, key)["key"] == key
    assert ctl("variables", "get", "--", key) == Done("changed it\n", "", 0)
    assert [row["key"] for row in ctl("variables", "list", "--pattern", unique, "-o", "json").json] == [key]
    assert ctl("variables", "delete", "--", key).code == 0
    assert api.get(f"/variables/{quote(key, safe='')}").status_code == 404


@pytest.mark.parametrize(
    "line",
    [
        ["variables", "delete", "nosuch/../{victim}"],
        ["variables", "delete", "../variables/{victim}"],
        ["variables", "delete", "{victim}#frag"],
        ["variables", "delete", "{victim}?x=1"],
        ["variables", "delete", "{victim}%00"],
        ["variables", "delete", "{victim}/"],
        ["variables", "set", "nosuch/../{victim}?x", "--json", "broken"],
        ["variables", "get", "../variables/{victim}"],
        ["variables", "get", "../pools/default_pool"],
        ["pools", "get", "../variables/{victim}"],
        ["pools", "get", "default_pool#x"],
        ["pools", "get", "default_pool?x=1"],
        ["pools", "get", "nosuch/../default_pool"],
        ["connections", "get", "../variables/{victim}"],
        ["dags", "get", "../variables/{victim}"],
        ["dags", "get", "demo_etl/details"],
        ["dags", "pause", "nosuch/../demo_etl"],
        ["dags", "pause", "demo_etl?x=1"],
        ["dagrun", "get", "demo_etl", "../../dags"],
        ["tasks", "list", "demo_etl/../demo_long"],
    ],
    ids=" ".join,
)
def test_an_id_never_reaches_another_object(
    line: list[str], ctl: Program, api: httpx.Client, unique: str, forget: list[str]
) -> None:
    forget.append(unique)
    api.post("/variables", json={"key": unique, "value": "stays"}).raise_for_status()
    done = ctl(*(word.format(victim=unique) for word in line))
    assert done.code in (1, 2)
    refused(done, code=done.code)
    assert variable(api, unique)["value"] == "stays"
    assert api.get("/dags/demo_etl").json()["is_paused"] is False


@pytest.mark.parametrize("key", ["", ".", ".."])
def test_a_key_that_cannot_be_asked_for(key: str, ctl: Program) -> None:
    for command in ("get", "delete"):
        refused(ctl("variables", command, key), f"'{key}'", code=2)


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 250),
        (["--limit", "0"], 0),
        (["--limit", "1"], 1),
        (["--limit", "100"], 100),
        (["--limit", "101"], 101),
        (["--limit", "250"], 250),
        (["--limit", "251"], 250),
    ],
)
def test_a_list_of_more_than_a_page_is_whole(
    options: list[str], count: int, ctl: Program, many_variables: list[str]
) -> None:
    prefix = many_variables[0].removesuffix("000")
    assert column(ctl("variables", "list", "--pattern", prefix, *options), "key") == many_variables[:count]
    rows = ctl("variables", "list", "--pattern", prefix, "-o", "json", *options).json
    assert [row["key"] for row in rows] == many_variables[:count]
    assert all(row["value"].endswith("xxx") for row in rows)


# Pools


@pytest.fixture
def pool(api: httpx.Client, unique: str) -> Iterator[str]:
    """A pool."""
    name = f"{unique} pool/ü"
    body = {"name": name, "slots": 3, "description": "three at once", "include_deferred": True}
    api.post("/pools", json=body).raise_for_status()
    yield name
    api.delete(f"/pools/{quote(name, safe='')}").raise_for_status()


def test_pools_list(ctl: Program, pool: str, unique: str) -> None:
    assert {"default_pool", pool} <= set(names(ctl("pools", "list", "-o", "name")))
    done = ctl("pools", "list", "--pattern", unique)
    assert column(done, "name") == [pool]
    assert column(done, "slots") == column(done, "open_slots") == ["3"]
    assert names(ctl("pools", "list", "--pattern", unique, "--limit", "0", "-o", "name")) == []


def test_a_pool_as_the_server_has_it(ctl: Program, api: httpx.Client, pool: str) -> None:
    shown = ctl("pools", "get", pool, "-o", "json").json
    assert shown == api.get(f"/pools/{quote(pool, safe='')}").json()
    assert shown["slots"] == 3
    assert shown["include_deferred"] is True


# Saying no

WRONG_IDS = [
    "dags get nosuch",
    "dags details nosuch",
    "dags pause nosuch",
    "dags unpause nosuch",
    "dags trigger nosuch",
    "dagrun list nosuch",
    "dagrun get nosuch nosuch",
    "dagrun get demo_etl nosuch",
    "tasks list nosuch",
    "tasks states-for-dag-run nosuch nosuch",
    "tasks states-for-dag-run demo_etl nosuch",
    "connections get nosuch",
    "variables get nosuch",
    "variables delete nosuch",
    "pools get nosuch",
]


@pytest.mark.parametrize("line", WRONG_IDS)
def test_a_wrong_id_is_one_clear_line(line: str, ctl: Program) -> None:
    refused(ctl(*line.split()), "nosuch", "not found")


@pytest.mark.parametrize("line", WRONG_IDS)
def test_a_wrong_id_as_json_on_stderr(line: str, ctl: Program) -> None:
    done = ctl(*line.split(), "-o", "json")
    error = json.loads(done.err)["error"]
    assert (done.out, done.code) == ("", 1)
    assert (error["code"], error["status"]) == ("not_found", 404)
    assert "nosuch" in error["message"]


@pytest.mark.parametrize("noun", ["dags", "connections", "pools", "variables"])
def test_a_wrong_id_in_another_script_is_shown_as_it_was_typed(noun: str, ctl: Program) -> None:
    refused(ctl(noun, "get", "Ω mega 日本"), "Ω mega 日本")


@pytest.mark.parametrize("noun", ["dags", "connections"])
def test_an_id_with_a_slash_is_refused_by_its_name(noun: str, ctl: Program) -> None:
    done = ctl(noun, "get", "Ω mega/日本")
    assert done.code in (1, 2)
    refused(done, "Ω mega/日本", code=done.code)


# Formats


@pytest.mark.parametrize(
    "line",
    [
        "health",
        "dags list",
        "dags get demo_etl",
        "dagrun list",
        "tasks list demo_etl",
        "connections list",
        "variables list --limit 3",
        "pools list",
        "pools get default_pool",
        "auth status",
    ],
)
def test_every_answer_in_every_format(line: str, ctl: Program) -> None:
    for output in ("table", "plain", "tsv", "csv", "json", "jsonl", "yaml", "name"):
        done = ctl(*line.split(), "-o", output)
        assert (done.err, done.code) == ("", 0), output
        assert "\x1b" not in done.out
    assert ctl(*line.split(), "-o", "json").json is not None


def test_a_paused_dag_is_not_waited_for_by_accident(
    ctl: Program, api: httpx.Client, paused_dag: str, unique: str
) -> None:
    assert ctl("dags", "trigger", paused_dag, "-r", unique).code == 0
    assert api.get(f"/dags/{paused_dag}").json()["is_paused"] is True  # triggering unpauses nothing
    assert api.get(f"/dags/{paused_dag}/dagRuns/{unique}").json()["state"] == "queued"
