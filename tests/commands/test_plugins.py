"""`plugins`, on a real Airflow."""

from __future__ import annotations

import httpx

from tests.support.program import Program


def test_plugins(ctl: Program, api: httpx.Client) -> None:
    known = [item["name"] for item in api.get("/plugins").json()["plugins"]]
    assert [row["name"] for row in ctl("plugins", "-o", "json").json] == known
    assert ctl("plugins", "list", "-o", "name").lines == known
    assert ctl("plugins", "list-import-errors", "-o", "json").json == []
