"""`connections list` and `get`, and no secret of one, on a real Airflow."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.support.command_results import read_column, read_names
from tests.support.formats import WITH_FIELDS
from tests.support.program import Program

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
    assert read_column(done, "connection_id") == connections
    assert read_column(done, "conn_type") == ["postgres", "http"]
    assert read_column(done, "port") == ["5432", ""]
    assert read_column(done, "description") == ["Ünïcode", ""]
    assert read_names(ctl("connections", "list", "--pattern", unique, "--limit", "1", "-o", "name")) == [
        connections[0]
    ]
    assert set(connections) <= set(read_names(ctl("connections", "list", "-o", "name")))


def test_a_connection_as_the_server_has_it(ctl: Program, api: httpx.Client, connections: list[str]) -> None:
    shown = ctl("connections", "get", connections[0], "-o", "json").json
    assert shown == api.get(f"/connections/{connections[0]}").json()
    assert shown["port"] == 5432
    assert shown["schema"] == "shop"


@pytest.mark.parametrize("output", WITH_FIELDS)
def test_the_secrets_of_a_connection_stay_on_the_server(
    output: str, ctl: Program, connections: list[str]
) -> None:
    one = ctl("connections", "get", connections[0], "-o", output, "--debug")
    every = ctl("connections", "list", "-o", output, "--columns", "connection_id,password,extra")
    assert one.code == every.code == 0
    assert "***" in one.out.replace("\\*", "*")  # as `markdown` writes it
    assert not [secret for secret in SECRETS if secret in str((one, every))]
