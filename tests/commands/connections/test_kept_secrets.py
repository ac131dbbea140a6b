"""Secrets of connections in exports and imports, on a real Airflow; its own key decrypts what is stored."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow, places

from tests.support.command_results import import_results, write_file
from tests.support.program import Program

EXTRA = {"api_key": "k3y-canary", "x": 4}
FULL = {
    "conn_type": "http", "host": "old", "login": "l", "password": "s3cret-canary", "description": "d",
    "port": 80, "schema": "s", "extra": json.dumps(EXTRA),
}  # fmt: skip
# Airflow's own command would say the same, and takes ten seconds of a core to be loaded.
DECRYPT = """
import json, sqlite3, sys
from cryptography.fernet import Fernet
database = sqlite3.connect(sys.argv[1], timeout=60)
database.row_factory = sqlite3.Row
(row,) = database.execute("select * from connection where conn_id = ?", (sys.argv[2],))
record, key = dict(row), Fernet(sys.stdin.read())
for name, mark in (("password", "is_encrypted"), ("extra", "is_extra_encrypted")):
    assert record[name] is None or record[mark], f"{name} is not encrypted"
    record[name] = key.decrypt(record[name].encode()).decode() if record[name] else record[name]
print(json.dumps(record))
"""


def stored(airflow: LocalAirflow, conn_id: str) -> dict[str, Any]:
    """A connection as it is in the database, decrypted."""
    python = places.installation(places.DEFAULT_VERSION) / "venv" / "bin" / "python"
    key = json.loads((airflow.home / "secrets.json").read_text())["core.fernet_key"]
    done = subprocess.run(
        [python, "-c", DECRYPT, airflow.home / "airflow.db", conn_id], input=key, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    record: dict[str, Any] = json.loads(done.stdout)
    return {**record, "extra": json.loads(record["extra"] or "{}")}


@pytest.fixture
def shop(api: httpx.Client, conn: str) -> str:
    """A connection with secrets."""
    api.post("/connections", json={"connection_id": conn, **FULL}).raise_for_status()
    return conn


def test_a_masked_file_keeps_stored_secrets(
    ctl: Program, airflow: LocalAirflow, shop: str, tmp_path: Path
) -> None:
    file = tmp_path / "c.json"
    assert ctl("connections", "export", str(file), shop).code == 0
    line = ("connections", "import", str(file), "--overwrite", "-o", "json")
    assert import_results(ctl(*line), "connection_id") == {shop: "same"}
    data = json.loads(file.read_text())
    data[shop] |= {"login": "other", "extra": json.dumps({"api_key": "***", "x": 5})}
    file.write_text(json.dumps(data))
    done = ctl(*line)
    row = done.json[0]
    assert (done.code, row["result"], set(row["fields"])) == (0, "changed", {"login", "extra"})
    assert row["reason"] == "secret kept: password, extra.api_key"
    now = stored(airflow, shop)
    assert (now["login"], now["password"]) == ("other", "s3cret-canary")
    assert now["extra"] == {"api_key": "k3y-canary", "x": 5}


def test_fields_that_are_not_named_are_kept(
    ctl: Program, airflow: LocalAirflow, shop: str, tmp_path: Path
) -> None:
    file = write_file(tmp_path, "c.json", {shop: {"conn_type": "http", "host": "evil"}})
    shown = ctl("connections", "import", file, "--overwrite", "--dry-run", "-o", "json")
    assert (shown.code, shown.json[0]["fields"]) == (6, ["host: old -> evil"])
    assert "its stored password and extra will go to another host" in shown.json[0]["reason"]
    done = ctl("connections", "import", file, "--overwrite")
    assert done.code == 0
    assert f"warning: {shop}: its stored password and extra will go to another host" in done.err
    now = stored(airflow, shop)
    assert (now["host"], now["login"], now["description"], now["port"]) == ("evil", "l", "d", 80)
    assert (now["password"], now["extra"]) == ("s3cret-canary", EXTRA)
    assert ctl("connections", "import", file, "--overwrite", "--replace").code == 0
    now = stored(airflow, shop)
    assert [now[name] for name in ("login", "description", "port", "schema")] == [None] * 4
    assert (now["password"], now["extra"]) == ("s3cret-canary", {})


@pytest.mark.parametrize(
    "fields",
    [
        {"conn_type": "http", "password": "x***"},
        {"conn_type": "http", "login": "a *** b"},
        {"conn_type": "http", "extra": {"note": "***"}},
        {"conn_type": "http", "extra": {"api_key": "x ***"}},
        {"conn_type": "http", "extra": {"token": "***"}},
    ],
)
def test_a_mask_for_no_stored_secret_is_refused(
    fields: dict[str, Any], ctl: Program, airflow: LocalAirflow, shop: str, tmp_path: Path
) -> None:
    for name in (shop, f"{shop}_new"):
        file = write_file(tmp_path, "c.json", {name: fields})
        done = ctl("connections", "import", file, "--overwrite")
        assert (done.out, done.code) == ("", 2)
        assert f"error: {name}: " in done.err
        assert "for no stored secret" in done.err
    assert stored(airflow, shop)["extra"] == EXTRA


def test_values_travel_by_every_format(
    ctl: Program, airflow: LocalAirflow, conn: str, api: httpx.Client, tmp_path: Path
) -> None:
    """What has no secret is the same after an export and an import on a server without it."""
    extra = {"acct": "0123", "n": "5", "f": "true", "text": "é \" ' %", "deep": {"a": [1, None, 1.5, True]}}
    fields = {
        "conn_type": "google_cloud_platform", "host": "h/%41 @:x", "login": "a@b:c/d", "schema": "s s/",
        "port": 1, "extra": json.dumps(extra), "description": "yes: 'no' # \"x\"",
    }  # fmt: skip
    for ending, more in [
        ("json", ()),
        ("yaml", ()),
        ("env", ()),
        ("env", ("--serialization-format", "json")),
    ]:
        api.post("/connections", json={"connection_id": conn, **fields}).raise_for_status()
        file = tmp_path / f"c.{ending}"
        assert ctl("connections", "export", str(file), conn, *more).code == 0
        api.delete(f"/connections/{conn}").raise_for_status()
        assert import_results(ctl("connections", "import", str(file), "-o", "json"), "connection_id") == {
            conn: "created"
        }
        now = stored(airflow, conn)
        lost = {"description"} if ending == "env" and not more else set()
        assert {name: now[name] for name in fields if name not in (*lost, "extra")} == {
            name: value for name, value in fields.items() if name not in (*lost, "extra")
        }
        assert now["extra"] == extra
        api.delete(f"/connections/{conn}").raise_for_status()
