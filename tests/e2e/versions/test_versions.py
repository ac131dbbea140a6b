"""The older servers that are supported, real ones: what reads, what changes, logins, and what they lack."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from local_airflow import LocalAirflow

from airflowctl.api.operations import table, version_key
from airflowctl.core.command import Command, Param
from airflowctl.session import registry
from tests.support.airflows import Kind, past, started
from tests.support.classic_command import Classic
from tests.support.command_lines import MORE, sample
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.round_trips import Trip, check_round_trip
from tests.support.waiting import until

VERSIONS = ("3.0.6", "3.1.8", "3.2.2")
SHORT = 4  # seconds: how long a login lasts that was made for programs
REMOTE = [command for command in registry.all_commands() if command.op and command.words[0] != "api"]
READS = [
    command
    for command in REMOTE
    if not command.danger
    and not table()[command.op].plugin
    and all(table()[op].method == "GET" for op in (command.op, *command.uses))
]

# 1 is an answer: here only the API server runs, and not every Dag is for every Airflow.
TELLS_BY_ITS_CODE = ("health", "jobs check", "dags list-import-errors", "status", "diagnose", "why")

# With a schedule, which no Dag of the demo has.
DAILY = """
from datetime import datetime
from airflow.sdk import dag, task

@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def daily():
    @task
    def nothing(): ...
    nothing()

daily()
"""

pytestmark = [pytest.mark.airflow, pytest.mark.versions, pytest.mark.usefixtures("in_a_folder")]


class Older(NamedTuple):
    """A server of an older version, with something on it: `known` has a name of most kinds."""

    airflow: LocalAirflow
    version: str
    token: str
    known: dict[str, str]

    def has(self, since: str) -> bool:
        return version_key(self.version)[:2] >= version_key(since)


@pytest.fixture(scope="module", params=VERSIONS)
def older(request: pytest.FixtureRequest) -> Iterator[Older]:
    version: str = request.param
    settings = {
        "api_auth.jwt_cli_expiration_time": SHORT,
        "api_auth.jwt_leeway": 0,
        "api.expose_config": "True",
    }
    with started(Kind(version=version, settings=settings)) as airflow:
        login = {"username": "admin", "password": airflow.password("admin")}
        with httpx.Client(base_url=airflow.url, timeout=60, trust_env=False) as client:
            answer = client.post("/auth/token", json=login)  # one for a browser: it lasts
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            known = furnished(client)
        yield Older(airflow, version, answer.json()["access_token"], known)


def furnished(client: httpx.Client) -> dict[str, str]:
    """One of most things, made past the program."""

    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = client.request(method, f"/api/v2/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    send("POST", "variables", {"key": "v", "value": "1"})
    send("POST", "connections", {"connection_id": "c", "conn_type": "http"})
    run = send("POST", "dags/demo_etl/dagRuns", {"logical_date": "2026-11-01T00:00:00Z"})["dag_run_id"]
    send("PATCH", f"dags/demo_etl/dagRuns/{run}", {"state": "success"})  # nobody will run it
    names = {"dag": "demo_etl", "run": run, "task": "extract", "variable": "v", "connection": "c"}
    return {**names, "pool": "default_pool"}


@pytest.fixture
def ctl(program: Program, older: Older) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=older.airflow.url, AIRFLOW_CLI_TOKEN=older.token)


def line(command: Command, known: dict[str, str]) -> list[str]:
    """The command with names of what is there."""

    def text(param: Param) -> str:
        return known.get(param.complete) or sample(param)

    needed = [text(param) for param in command.arguments if param.required]
    options = [part for it in command.options if it.required for part in (it.flags[0], text(it))]
    return [*command.words, *needed, *options, *MORE.get(command.line, [])]


def refused_as_too_old(done: Done, older: Older) -> bool:
    return done.code == 2 and f", and {older.airflow.url} has {older.version}" in done.err


@pytest.mark.parametrize("command", READS, ids=lambda command: command.line)
def test_a_command_that_reads_works_or_says_what_it_needs(
    command: Command, ctl: Program, older: Older
) -> None:
    done = ctl(*line(command, older.known), "-o", "json")
    if not older.has(table()[command.op].since):
        assert refused_as_too_old(done, older), done
        return
    fine = (done.code == 0 or command.line in TELLS_BY_ITS_CODE) and '"error"' not in done.err
    # What needs a name may not be there for the one that this test gave; lists and the like just work.
    needs_name = any(param.required for param in command.params) or command.line in MORE
    explained = needs_name and is_explained(done)
    assert fine or refused_as_too_old(done, older) or explained, done


def is_explained(done: Done) -> bool:
    """Refused for what was asked for, by a server that understood the request."""
    told = json.loads(done.err)["error"] if done.err.startswith("{") and done.code in (1, 2, 4) else {}
    if "is gone since Airflow" in told.get("message", ""):
        return True
    if told.get("code") == "not_found" and told.get("status") is None:
        return True  # looked for in a list
    return told.get("status") in (400, 403, 404, 422) and "does not know" not in told["message"]


@pytest.mark.parametrize("command", REMOTE, ids=lambda command: command.line)
def test_a_command_that_it_lacks_sends_nothing_but_a_question_for_the_version(
    command: Command, ctl: Program, older: Older
) -> None:
    if older.has(table()[command.op].since):
        return
    done = ctl(*line(command, older.known), "--yes", "--debug")
    sent = [text for text in done.err.splitlines() if text.startswith("debug: ")]
    assert f"needs Airflow {table()[command.op].since}, and {older.airflow.url} has" in done.err
    assert done.code == 2
    assert all(text.startswith("debug: GET /api/v2/version ") for text in sent), sent


@pytest.mark.parametrize(
    ("words", "since"),
    [
        ("favorite_dag dag_id=demo_etl", "3.1"),
        ("get_dag_runs dag_id=~ run_id_pattern=x", "3.1"),
        ("get_dag_runs dag_id=~ cursor=", "3.2"),
        ("post_variable key=never value=x team_name=y", "3.2"),
        ("clear_dag_runs dag_id=demo_etl dag_runs:=[]", "3.3"),
    ],
)
def test_what_it_lacks_is_told_before_anything_is_sent(
    words: str, since: str, ctl: Program, older: Older
) -> None:
    done = ctl("api", *words.split(), "--debug")
    refused = f"needs Airflow {since}, and {older.airflow.url} has {older.version}"
    assert (refused in done.err) == (not older.has(since)), done
    sent = [text.split()[1:3] for text in done.err.splitlines() if text.startswith("debug: ")]
    if not older.has(since):
        assert (done.out, done.code, sent) == ("", 2, [["GET", "/api/v2/version"]])


def test_its_own_document_has_the_operations_of_the_table(ctl: Program, older: Older) -> None:
    theirs = set(ctl("api", "list", "--remote", "-o", "name").lines)
    ours = {
        op
        for op, it in table().items()
        if older.has(it.since) and (not it.until or older.version.startswith(it.until)) and not it.plugin
    }
    assert theirs == ours


def test_the_version_is_known(ctl: Program, older: Older) -> None:
    assert f"Airflow {older.version} at {older.airflow.url}" in ctl("version", "--remote").out


# What changes something.


def runs(ctl: Program, text: str, needs: str = "") -> Done:
    """Run a line that works. `needs`: a part of the error where the server is too old for it."""
    done = ctl(*text.split())
    if needs and done.code == 2:
        assert needs in done.err, done
    else:
        assert done.code == 0, done
    assert "unexpected" not in done.err
    return done


def test_pools(ctl: Program, unique: str) -> None:
    runs(ctl, f"pools set {unique} 3 some --include-deferred")
    runs(ctl, f"pools update {unique} --slots 4")
    found = runs(ctl, f"pools get {unique} -o json").json
    assert (found["slots"], found["description"], found["include_deferred"]) == (4, "some", True)
    runs(ctl, f"pools delete {unique} -y")
    assert ctl("pools", "get", unique).code == 1


def test_connections(ctl: Program, unique: str, tmp_path: Path) -> None:
    runs(ctl, f"connections add {unique} --conn-uri postgresql://me:secret@db:5432/s?a=b")
    runs(ctl, f"connections update {unique} --conn-host other")
    found = runs(ctl, f"connections get {unique} -o json").json
    assert (found["conn_type"], found["host"], found["login"]) == ("postgres", "other", "me")
    file = tmp_path / "connections.json"
    file.write_text(f'{{"{unique}": {{"conn_type": "http"}}}}')
    runs(ctl, f"connections import {file} --overwrite")
    assert runs(ctl, f"connections get {unique} -o json").json["conn_type"] == "http"
    runs(ctl, f"connections delete {unique}")
    assert ctl("connections", "get", unique).code == 1


def test_variables(ctl: Program, unique: str, tmp_path: Path) -> None:
    file = tmp_path / "variables.json"
    file.write_text(f'{{"{unique}": {{"value": "one", "description": "why"}}}}')
    runs(ctl, f"variables import {file}")
    runs(ctl, f"variables update {unique} two")
    found = runs(ctl, f"variables get {unique} -o json").json
    assert (found["value"], found["description"]) == ("two", "why")
    runs(ctl, f"variables delete {unique}")


def test_runs_and_their_tasks(ctl: Program, older: Older, unique: str) -> None:
    runs(ctl, "dags pause demo_etl")
    runs(ctl, f"dags trigger demo_etl -r {unique} -c {{}} --note first")
    runs(ctl, f"dagrun note demo_etl {unique} second")
    assert runs(ctl, f"dagrun get demo_etl {unique} -o json").json["note"] == "second"
    runs(ctl, f"tasks mark success demo_etl extract {unique} -y")
    assert runs(ctl, f"tasks state demo_etl extract {unique}").out == "success\n"
    runs(ctl, f"tasks note demo_etl extract {unique} checked")
    runs(ctl, f"xcom add demo_etl {unique} extract k 1", "needs Airflow")
    runs(ctl, f"tasks clear demo_etl --run-id {unique} -t extract -y")
    assert runs(ctl, f"tasks state demo_etl extract {unique}").out == "None\n"
    runs(ctl, f"dagrun mark failed demo_etl {unique} -y")
    assert runs(ctl, f"dags state demo_etl {unique}").lines[0].startswith("failed")
    runs(ctl, f"dagrun clear demo_etl {unique} -y")
    assert runs(ctl, f"dags state demo_etl {unique}").lines[0].startswith("queued")
    runs(ctl, f"dagrun mark success demo_etl {unique} -y")
    runs(ctl, f"dags clear demo_etl --run-id {unique} -y")
    assert runs(ctl, f"dags state demo_etl {unique}").lines[0].startswith("queued")
    runs(ctl, f"tasks mark-all success demo_etl {unique} -y", "needs Airflow 3.1")
    runs(ctl, f"dagrun delete demo_etl {unique} -y")
    assert ctl("dagrun", "get", "demo_etl", unique).code == 1
    runs(ctl, "dags unpause demo_etl")


def test_what_the_server_read_is_told(ctl: Program, older: Older) -> None:
    """On 3.0 by an operation of its own, which is gone since."""
    found = runs(ctl, "dags report -o json").json
    assert {"demo_etl"} <= {dag for row in found for dag in row["dags"]}


@pytest.fixture(scope="module")
def daily(older: Older, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The Dag `daily`, made known by the classic command."""
    folder = tmp_path_factory.mktemp("dags")
    (folder / "daily.py").write_text(DAILY)
    environ = {**older.airflow.environment, "AIRFLOW__CORE__DAGS_FOLDER": os.fspath(folder)}
    done = subprocess.run(
        ["airflow", "dags", "reserialize"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    return "daily"


def test_a_backfill(ctl: Program, daily: str) -> None:
    line = f"backfill create {daily} --from-date 2026-03-01 --to-date 2026-03-03"
    assert len(runs(ctl, f"{line} --dry-run -o json").json) >= 2
    number = runs(ctl, f"{line} -o json").json["id"]
    assert runs(ctl, f"backfill pause {number} -o json").json["is_paused"] is True
    assert runs(ctl, f"backfill unpause {number} -o json").json["is_paused"] is False
    assert runs(ctl, f"backfill cancel {number} -y -o json").json["completed_at"]


def test_why_a_run_does_not_go_on(ctl: Program, older: Older) -> None:
    run = ctl("dags", "trigger", "demo_etl", "-o", "name").out.strip()
    done = ctl("diagnose", "demo_etl", run)
    assert (done.err, done.code) == ("", 1)  # nothing but the API server runs
    assert done.lines[0].startswith(f"! demo_etl {run} is queued")
    assert "scheduler is " in done.out


# Logins.


def log_in(program: Program, older: Older) -> Done:
    password = older.airflow.password("admin") + "\n"
    url = older.airflow.url
    return program(
        "auth", "login", "--url", url, "-u", "admin", "--password-stdin", "--debug", stdin=password
    )


def until_later(seconds: float) -> None:
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, "a later moment")


def test_a_login_is_made_renewed_where_it_can_be_and_ends(program: Program, kept: Kept, older: Older) -> None:
    """Airflow renews a token since 3.2: an older one takes it until it ends, and nothing goes wrong."""
    done = log_in(program, older)
    assert done.code == 0, done
    assert "POST /auth/token/cli -> 201" in done.err
    first = dict(kept.values)
    until_later(SHORT * 0.6)
    looked = program("pools", "get", "default_pool", "-o", "name")
    assert (looked.out, looked.err, looked.code) == ("default_pool\n", "", 0)
    assert (kept.values != first) == older.has("3.2")
    until_later(SHORT + 0.5)
    ended = program("pools", "list")
    assert (ended.out, ended.code) == ("", 4)
    assert "has expired" in ended.err
    assert f"auth login --url {older.airflow.url}" in ended.err


def test_a_logout_says_that_the_token_goes_on(program: Program, kept: Kept, older: Older) -> None:
    assert log_in(program, older).code == 0
    done = program("auth", "logout")
    assert done.code == 0
    assert kept.values == {}
    goes_on = "the server still accepts that token until" in done.out
    assert goes_on == (not older.has("3.2")), done


ROUND_TRIPS = [  # its classic command reads variables as JSON only
    *((noun, "json", way) for noun in ("variables", "pools") for way in (True, False)),
    *(("connections", form, way) for form in ("json", "yaml", "env") for way in (True, False)),
]  # fmt: skip


@pytest.mark.time_limit(300)  # the classic command takes seconds to load
@pytest.mark.parametrize("older", ["3.0.6"], indirect=True)
def test_a_file_means_the_same_to_the_classic_command(
    ctl: Program, older: Older, unique: str, tmp_path: Path
) -> None:
    with Classic(older.airflow) as classic, past(ctl) as api:
        trip = Trip(ctl, classic, older.airflow, api, tmp_path)
        for noun, form, is_to_classic in ROUND_TRIPS:
            check_round_trip(trip, noun, form, is_to_classic, f"{unique}_{noun}_{form}_{is_to_classic}")
