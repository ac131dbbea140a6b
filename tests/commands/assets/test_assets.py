"""`assets`, on a real Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import logged_in, past
from tests.support.command_results import check_refused, read_json, read_names
from tests.support.dag_airflow import run_classic
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


def test_assets_and_their_aliases(ctl: Program) -> None:
    assert read_names(ctl("assets", "list", "-o", "name")) == ["ord_rs", "orders"]
    assert read_names(ctl("asset", "list", "-o", "name", "--uri", "rates")) == ["ord_rs"]
    assert read_names(ctl("assets", "list", "-o", "name", "--alias")) == ["any-orders"]
    assert read_names(ctl("assets", "list-by-alias", "-o", "name")) == ["any-orders"]
    check_refused(ctl("assets", "list", "--alias", "--uri", "x"), "aliases have neither", code=2)


def test_an_asset_by_name_uri_and_number(ctl: Program) -> None:
    asset = read_json(ctl("assets", "details", "--name", "ord_rs", "-o", "json"))  # _ is a wildcard there
    assert asset["uri"] == "s3://lake/rates"
    for words in (["--uri", "s3://lake/rates"], ["s3://lake/rates"], ["ord_rs"], [str(asset["id"])]):
        assert read_json(ctl("assets", "get", *words, "-o", "json")) == asset
    check_refused(ctl("assets", "details", "--name", "order"), "there is no asset of the name order")
    check_refused(ctl("assets", "details", "99999"), "99999")
    check_refused(ctl("assets", "details"), "no asset is named", code=2)


def test_an_alias_by_name_and_number(ctl: Program) -> None:
    alias = read_json(ctl("assets", "get-by-alias", "any-orders", "-o", "json"))
    assert read_json(ctl("assets", "get-by-alias", str(alias["id"]), "-o", "json")) == alias
    assert read_json(ctl("assets", "details", "--alias", "--name", "any-orders", "-o", "json")) == alias
    check_refused(ctl("assets", "get-by-alias", "any"), "there is no alias any")


def test_materializing_starts_the_dag_that_makes_it(ctl: Program, unique: str) -> None:
    line = ("assets", "materialize", "--name", "orders", "-r", unique, "--conf", '{"a": 1}', "-o", "json")
    run = read_json(ctl(*line))
    assert (run["dag_id"], run["dag_run_id"], run["conf"]) == ("daily", unique, {"a": 1})
    assert run["run_type"] == "asset_materialization"
    assert read_json(ctl("assets", "materialize", "orders", "-o", "json"))["dag_id"] == "daily"
    check_refused(ctl("assets", "materialize", "ord_rs"), "No Dag materializes")
    check_refused(ctl("assets", "materialize", "--name", "nosuch"), "nosuch")


def test_an_event_and_what_waits_in_the_queue(ctl: Program, api: httpx.Client) -> None:
    api.patch("/dags/waiting", json={"is_paused": False}).raise_for_status()
    event = read_json(ctl("assets", "create-event", "orders", "--extra", '{"rows": 7}', "-o", "json"))
    assert event["extra"]["rows"] == 7
    newest = read_json(ctl("assets", "events", "orders", "--limit", "1", "-o", "json"))
    assert newest[0]["id"] == event["id"]
    assert read_json(ctl("assets", "list-events", "--end-date", "2020-01-01", "-o", "json")) == []
    [queued] = read_json(ctl("assets", "get-queued-events", "orders", "-o", "json"))
    assert queued["dag_id"] == "waiting"
    assert read_json(ctl("assets", "get-dag-queued-events", "waiting", "-o", "json")) == [queued]
    assert read_json(ctl("assets", "get-dag-queued-event", "waiting", "orders", "-o", "json")) == queued
    assert ctl("assets", "get-dag-queued-events", "waiting", "2020-01-01", "-o", "json").json == []
    assert len(ctl("assets", "delete-queued-events", "orders", "--dry-run", "-o", "jsonl").lines) == 1
    check_refused(ctl("assets", "delete-queued-events", "orders"), "give --yes", code=2)
    for line in (
        ("delete-queued-events", "orders"),
        ("delete-dag-queued-events", "waiting"),
        ("delete-queued-event", "waiting", "orders"),
    ):
        if not ctl("assets", "get-queued-events", "orders", "-o", "name").lines:
            assert ctl("assets", "create-event", "orders").code == 0
        assert ctl("assets", *line, "-y").out == "deleted 1 queued event\n"
        assert ctl("assets", "get-queued-events", "orders", "-o", "json").json == []
    check_refused(ctl("assets", "delete-queued-event", "waiting", "orders", "-y"), "waiting")
    check_refused(ctl("assets", "get-dag-queued-events", "nosuch"), "nosuch")
    check_refused(ctl("assets", "create-event", "nosuch"), "nosuch")


def test_what_is_kept_with_an_asset(ctl: Program) -> None:
    assert ctl("assets", "state", "set", "orders", "cursor/a", '{"at": 7}', "--json").out == "set cursor/a\n"
    assert ctl("assets", "state", "set", "orders", "text", "7").code == 0
    assert ctl("assets", "state", "get", "orders", "cursor/a").out == '{"at": 7}\n'
    assert read_json(ctl("assets", "state", "get", "orders", "text", "-o", "json"))["value"] == "7"
    assert read_names(ctl("assets", "state", "list", "orders", "-o", "name")) == ["cursor/a", "text"]
    assert ctl("assets", "state", "delete", "orders", "text", "--dry-run").out == "would delete text\n"
    assert ctl("assets", "state", "delete", "orders", "text").out == "deleted text\n"
    check_refused(ctl("assets", "state", "delete", "orders", "text"), "text")
    check_refused(ctl("assets", "state", "get", "orders", "text"), "text")
    check_refused(ctl("assets", "state", "set", "orders", "text", "{", "--json"), "not JSON", code=2)
    check_refused(ctl("assets", "state", "clear", "orders"), "give --yes", code=2)
    assert ctl("assets", "state", "clear", "orders", "-y").out == "deleted 1 value\n"
    assert read_names(ctl("assets", "state", "list", "orders", "-o", "name")) == []
    check_refused(ctl("assets", "state", "list", "nosuch"), "nosuch")


def test_the_same_as_the_classic_command_line(ctl: Program, other_airflow: LocalAirflow) -> None:
    theirs = json.loads(run_classic(other_airflow, "assets", "list", "-o", "json").stdout)
    mine = read_json(ctl("assets", "list", "-o", "json"))
    assert [(asset["name"], asset["uri"]) for asset in mine] == [(it["name"], it["uri"]) for it in theirs]
    told = run_classic(other_airflow, "dags", "next-execution", "daily").stdout.splitlines()[-1]
    shown = ctl("dags", "next-execution", "daily").out.strip()
    assert datetime.fromisoformat(told) == datetime.fromisoformat(shown)
