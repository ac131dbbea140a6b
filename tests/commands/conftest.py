"""What tests of several nouns use: runs that have ended, and names whose things are taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.program import Done, Program
from tests.support.waiting import until


@pytest.fixture(scope="session")
def good_run(admin: Program) -> Done:
    """A run that was triggered with --wait and went well."""
    return admin("dags", "trigger", "demo_etl", "--conf", '{"orders": 2}', "--wait", "-o", "json")


@pytest.fixture(scope="session")
def failed_run(admin: Program) -> Done:
    """A run that was triggered with --wait and failed."""
    return admin("dags", "trigger", "demo_fails", "--wait", "-o", "json")


@pytest.fixture(scope="session")
def mapped_run(admin: Program) -> str:
    """The id of a finished run that has a mapped task."""
    done = admin("dags", "trigger", "demo_mapped", "--wait", "-o", "json")
    return str(done.json["dag_run_id"])


@pytest.fixture
def forget(api: httpx.Client) -> Iterator[list[str]]:
    """Variables to delete afterwards, whether they exist or not."""
    keys: list[str] = []
    yield keys
    entities = {"action": "delete", "entities": keys, "action_on_non_existence": "skip"}
    api.patch("/variables", json={"actions": [entities]}).raise_for_status()


@pytest.fixture
def old_runs(paused_dag: str, api: httpx.Client, unique: str) -> list[str]:
    """Three queued runs that were due in 2020, newest first."""
    ids = [f"{unique}_{day}" for day in ("03", "02", "01")]
    for place in (1, 0, 2):
        day = ids[place][-2:]
        body = {"dag_run_id": ids[place], "logical_date": None, "run_after": f"2020-05-{day}T06:00:00Z"}
        api.post(f"/dags/{paused_dag}/dagRuns", json=body).raise_for_status()
    return ids


def run_to_end(admin: Program, api: httpx.Client, dag_id: str, run_id: str) -> str:
    done = admin("dagrun", "trigger", dag_id, "--run-id", run_id)
    assert done.code == 0, done.err
    path = f"/dags/{dag_id}/dagRuns/{run_id}"
    until(lambda: api.get(path).json()["state"] in ("success", "failed"), f"the end of {run_id}", 120)
    return run_id


@pytest.fixture(scope="session")
def mapped(admin: Program, api: httpx.Client) -> str:
    """A run of demo_mapped that has ended."""
    return run_to_end(admin, api, "demo_mapped", "for_looking")


@pytest.fixture(scope="session")
def etl(admin: Program, api: httpx.Client) -> str:
    """A run of demo_etl that has ended."""
    return run_to_end(admin, api, "demo_etl", "for_changing")


@pytest.fixture
def asking(ctl: Program, api: httpx.Client, unique: str) -> Iterator[str]:
    """A run whose task waits for an answer."""
    assert ctl("dagrun", "trigger", "demo_waits", "-r", unique).code == 0
    path = f"/dags/demo_waits/dagRuns/{unique}/taskInstances/approve"
    until(lambda: api.get(path).json().get("state") == "awaiting_input", "a question", 120)
    yield unique
    api.patch(f"/dags/demo_waits/dagRuns/{unique}", json={"state": "failed"})


@pytest.fixture
def later(ctl: Program) -> Iterator[Any]:
    """Makes runs that wait to be started."""
    made: list[str] = []

    def make(run_id: str) -> str:
        done = ctl(
            "dagrun", "trigger", "demo_etl", "-r", run_id, "--run-after", "+1d", "--conf", '{"region": "us"}'
        )
        assert done.code == 0, done.err
        made.append(run_id)
        return run_id

    yield make
    for run_id in made:
        ctl("dagrun", "delete", "demo_etl", run_id, "--yes")


@pytest.fixture
def pools(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the names of pools that are taken away again."""
    yield unique
    for pool in api.get("/pools", params={"pool_name_pattern": unique}).json()["pools"]:
        api.delete(f"/pools/{pool['name']}").raise_for_status()


@pytest.fixture
def keys(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the keys of variables that are taken away again."""
    yield unique
    for item in api.get("/variables", params={"variable_key_pattern": unique}).json()["variables"]:
        api.delete(f"/variables/{item['key']}").raise_for_status()


@pytest.fixture
def conn(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the ids of connections that are taken away again."""
    yield unique
    found = api.get("/connections", params={"connection_id_pattern": unique}).json()["connections"]
    for item in found:
        api.delete(f"/connections/{item['connection_id']}").raise_for_status()
