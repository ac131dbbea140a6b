"""What an administrator does, on a real Airflow: pools, variables, connections, users, the server's facts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from local_airflow import LocalAirflow, places

from airflowctl.core.connection import from_uri, to_uri
from tests.commands.test_commands import column, refused
from tests.support.program import Done, Program

ADMIN = "admin"


def results(done: Done, key: str) -> dict[str, str]:
    """What became of each item of an import."""
    return {row[key]: row["result"] for row in done.json}


def written(folder: Path, name: str, data: Any) -> str:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return str(path)


# Pools


@pytest.fixture
def pools(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the names of pools that are taken away again."""
    yield unique
    for pool in api.get("/pools", params={"pool_name_pattern": unique}).json()["pools"]:
        api.delete(f"/pools/{pool['name']}").raise_for_status()


def test_a_pool_is_set_updated_and_deleted(ctl: Program, api: httpx.Client, pools: str) -> None:
    made = ctl("pools", "set", pools, "3", "for tests", "--include-deferred", "-o", "json").json
    assert (made["slots"], made["description"], made["include_deferred"]) == (3, "for tests", True)
    assert ctl("pools", "update", "--pool", pools, "--slots", "5").code == 0
    found = api.get(f"/pools/{pools}").json()
    assert (found["slots"], found["description"], found["include_deferred"]) == (5, "for tests", True)
    assert ctl("pools", "set", pools, "-1", "changed").code == 0
    found = api.get(f"/pools/{pools}").json()
    assert (found["slots"], found["description"], found["include_deferred"]) == (-1, "changed", False)
    assert ctl("pools", "delete", pools, "--dry-run").out == f"would delete {pools}\n"
    assert ctl("pools", "delete", pools).out == f"deleted {pools}\n"
    refused(ctl("pools", "delete", pools), pools)
    refused(ctl("pools", "delete", pools, "--dry-run"), pools)
    refused(ctl("pools", "update", pools, "--slots", "1"), pools)


def test_a_pool_as_the_official_program_makes_it(ctl: Program, pools: str) -> None:
    line = ("pools", "create", "--name", pools, "--slots", "2", "--description", "x")
    assert ctl(*line, "-o", "json").json["slots"] == 2
    refused(ctl(*line), f"there is a pool {pools} already", "pools update")


def test_default_pool_stays_and_can_be_resized(ctl: Program, api: httpx.Client) -> None:
    refused(ctl("pools", "delete", "default_pool"), "default_pool cannot be deleted", code=2)
    assert ctl("pools", "update", "default_pool", "--slots", "129").code == 0
    assert api.get("/pools/default_pool").json()["slots"] == 129
    assert ctl("pools", "update", "default_pool", "--slots", "128").code == 0
    refused(ctl("pools", "update", "default_pool", "--description", "x"), "Default Pool")
    refused(ctl("pools", "update", "default_pool"), "nothing to change", code=2)


def test_pools_travel_in_files(ctl: Program, api: httpx.Client, pools: str, tmp_path: Path) -> None:
    a, b = f"{pools}a", f"{pools}b"
    classic = {a: {"slots": 1, "description": "one"}, b: {"slots": 2, "description": ""}, f"{pools}c": {}}
    file = written(tmp_path, "pools.json", classic)
    plan = ctl("pools", "import", file, "--dry-run", "-o", "json")
    assert results(plan, "name") == {a: "would be created", b: "would be created", f"{pools}c": "failed"}
    assert api.get(f"/pools/{a}").status_code == 404
    done = ctl("pools", "import", file, "-o", "json")
    assert (results(done, "name"), done.code) == ({a: "imported", b: "imported", f"{pools}c": "failed"}, 1)
    official = written(tmp_path, "official.json", [{"name": a, "slots": 9}])
    assert results(ctl("pools", "import", official, "-a", "skip", "-o", "json"), "name") == {a: "skipped"}
    failed = ctl("pools", "import", official, "-a", "fail", "-o", "json")
    assert (results(failed, "name"), failed.code) == ({a: "failed"}, 1)
    assert results(ctl("pools", "import", official, "-o", "json"), "name") == {a: "imported"}
    assert api.get(f"/pools/{a}").json()["slots"] == 9
    out = tmp_path / "out.json"
    assert ctl("pools", "export", str(out)).out.startswith("exported ")
    known = json.loads(out.read_text())
    assert known[b] == {"slots": 2, "description": "", "include_deferred": False}
    assert json.loads(ctl("pools", "export", "-").out) == known


# Variables


@pytest.fixture
def keys(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the keys of variables that are taken away again."""
    yield unique
    for item in api.get("/variables", params={"variable_key_pattern": unique}).json()["variables"]:
        api.delete(f"/variables/{item['key']}").raise_for_status()


def test_a_variable_as_the_official_program_makes_it(ctl: Program, api: httpx.Client, keys: str) -> None:
    line = ("variables", "create", "--key", keys, "--value", "one", "--description", "why")
    assert ctl(*line).code == 0
    refused(ctl(*line), keys)
    assert ctl("variables", "update", "--key", keys, "--value", "two").code == 0
    found = api.get(f"/variables/{keys}").json()
    assert (found["value"], found["description"]) == ("two", "why")
    assert ctl("variables", "update", keys, "--description", "because").code == 0
    found = api.get(f"/variables/{keys}").json()
    assert (found["value"], found["description"]) == ("two", "because")
    refused(ctl("variables", "update", keys), "nothing to change", code=2)
    refused(ctl("variables", "update", f"{keys}x", "v"), f"{keys}x")
    for verb in ("set", "create", "update"):
        refused(ctl("variables", verb, keys, "***"), "mask", code=2)
    assert ctl("variables", "delete", keys, "--dry-run").out == f"would delete {keys}\n"
    assert column(ctl("variables", "list", "--pattern", keys, "--show-values"), "value") == ["two"]
    assert column(ctl("variables", "list", "--pattern", keys, "--hide-sensitive"), "value") == ["***"]


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
def test_variables_travel_in_files(
    ending: str, ctl: Program, api: httpx.Client, keys: str, tmp_path: Path
) -> None:
    a, b = f"{keys}a", f"{keys}b"
    if ending == "env":
        data: Any = f"# a comment\n\n{a}=one\n{b}=x=y\n"
    elif ending == "yaml":
        data = f"{a}: one\n{b}:\n  value: x=y\n  description: said\n"
    else:
        data = {a: "one", b: {"value": "x=y", "description": "said"}}
    file = written(tmp_path, f"v.{ending}", data)
    assert results(ctl("variables", "import", file, "-o", "json"), "key") == {a: "imported", b: "imported"}
    assert api.get(f"/variables/{b}").json()["value"] == "x=y"
    again = ctl("variables", "import", file, "-a", "skip", "-o", "json")
    assert results(again, "key") == {a: "skipped", b: "skipped"}
    known = json.loads(ctl("variables", "export", "-").out)
    assert known[a] == "one"
    assert known[b] == ("x=y" if ending == "env" else {"value": "x=y", "description": "said"})


def test_an_import_tells_of_each_variable(ctl: Program, api: httpx.Client, keys: str, tmp_path: Path) -> None:
    number, masked, long = f"{keys}n", f"{keys}_secret", "x" * 251
    file = written(tmp_path, "v.json", {number: {"deep": [1]}, masked: "***", long: "x"})
    plan = ctl("variables", "import", file, "--dry-run", "-o", "json")
    assert results(plan, "key")[number] == "would be created"
    done = ctl("variables", "import", file, "-o", "json")
    assert results(done, "key") == {number: "imported", masked: "failed", long: "failed"}
    assert done.code == 1
    assert json.loads(api.get(f"/variables/{number}").json()["value"]) == {"deep": [1]}
    assert api.get(f"/variables/{masked}").status_code == 404
    failed = ctl("variables", "import", written(tmp_path, "w.json", {number: 1}), "-a", "fail", "-o", "json")
    assert (results(failed, "key"), failed.code) == ({number: "failed"}, 1)


def test_an_export_says_what_is_masked(ctl: Program, api: httpx.Client, keys: str, tmp_path: Path) -> None:
    secret = f"{keys}_password"
    api.post("/variables", json={"key": secret, "value": "hunter2hunter2"}).raise_for_status()
    out = tmp_path / "v.json"
    done = ctl("variables", "export", str(out))
    assert done.code == 1
    assert "masks secrets" in done.err
    assert json.loads(out.read_text())[secret] == "***"


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), ("{", "not JSON"), ("[1]", "not an object"), ("{}", "nothing to import")],
)
@pytest.mark.parametrize("noun", ["variables", "connections"])
def test_a_file_that_cannot_be_imported(
    noun: str, text: str, words: str, ctl: Program, tmp_path: Path
) -> None:
    refused(ctl(noun, "import", written(tmp_path, "x.json", text)), words, code=2)
    refused(ctl(noun, "import", str(tmp_path / "nosuch.json")), "nosuch.json", code=2)


# Connections


@pytest.fixture
def conn(api: httpx.Client, unique: str) -> Iterator[str]:
    """The beginning of the ids of connections that are taken away again."""
    yield unique
    found = api.get("/connections", params={"connection_id_pattern": unique}).json()["connections"]
    for item in found:
        api.delete(f"/connections/{item['connection_id']}").raise_for_status()


def test_a_connection_from_single_fields(ctl: Program, api: httpx.Client, conn: str) -> None:
    line = ["connections", "add", conn, "--conn-type", "postgres", "--conn-host", "db", "--conn-port", "5432",
            "--conn-login", "me", "--conn-password", "hunter2", "--conn-schema", "sales",
            "--conn-extra", '{"a": 1}', "--conn-description", "why"]  # fmt: skip
    done = ctl(*line)
    assert done.code == 0, done.err
    assert "hunter2" not in done.out + done.err
    refused(ctl(*line), f"there is a connection {conn} already")
    assert ctl("connections", "update", "--connection-id", conn, "--host", "db2").code == 0
    found = api.get(f"/connections/{conn}").json()
    assert found["host"] == "db2"
    assert (found["schema"], found["port"], found["description"], found["conn_type"]) == (
        "sales", 5432, "why", "postgres",
    )  # fmt: skip
    assert found["password"] == "***"
    assert json.loads(found["extra"]) == {"a": 1}
    shown = ctl("connections", "get", conn, "--uri", "-o", "json").json
    assert shown["get_uri"].startswith("postgres://me:")
    assert column(ctl("connections", "list", "--conn-id", conn, "--show-values"), "password") == ["***"]
    assert ctl("connections", "delete", conn, "--dry-run").out == f"would delete {conn}\n"
    assert ctl("connections", "delete", conn).code == 0
    refused(ctl("connections", "delete", conn), conn)
    refused(ctl("connections", "update", conn, "--host", "x"), conn)


@pytest.mark.parametrize("flag", ["--conn-uri", "--conn-json"])
@pytest.mark.parametrize("by_stdin", [False, True])
def test_a_connection_from_one_text(
    flag: str, by_stdin: bool, ctl: Program, api: httpx.Client, conn: str
) -> None:
    uri = "postgresql://me:p%2Fw@db.Example:5432/sales?sslmode=require"
    fields = {"conn_type": "postgres", "host": "db.Example", "login": "me", "password": "p/w",
              "port": 5432, "schema": "sales", "extra": {"sslmode": "require"}}  # fmt: skip
    text = uri if flag == "--conn-uri" else json.dumps(fields)
    given = ["-", text] if by_stdin else [text, ""]
    done = ctl("connections", "create", "--conn-id", conn, flag, given[0], stdin=given[1] + "\n")
    assert done.code == 0, done.err
    found = api.get(f"/connections/{conn}").json()
    assert (found["conn_type"], found["host"], found["port"]) == ("postgres", "db.Example", 5432)
    assert json.loads(found["extra"]) == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "type is missing"),
        (["--conn-uri", "x://y", "--conn-type", "x"], "do not go together"),
        (["--conn-uri", "x://y", "--conn-json", "{}"], "do not go together"),
        (["--conn-uri", "nonsense"], "not a URI"),
        (["--conn-json", '{"nope": 1}'], "no such field"),
        (["--conn-type", "x", "--conn-extra", "[1]"], "the extra is not a JSON object"),
        (["--conn-type", "x", "--conn-password", "***"], "mask"),
    ],
)
def test_a_connection_that_cannot_be(options: list[str], words: str, ctl: Program, conn: str) -> None:
    refused(ctl("connections", "add", conn, *options), words, code=2)


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
def test_connections_travel_in_files(
    ending: str, ctl: Program, api: httpx.Client, conn: str, tmp_path: Path
) -> None:
    a, b = f"{conn}a", f"{conn}b"
    fields = {"conn_type": "http", "host": "h", "port": 80, "extra": {"x": "y"}}
    lines = {"env": f"{a}=http://h:80/?x=y\n{b}={json.dumps(fields)}\n",
             "yaml": f"{a}: http://h:80/?x=y\n{b}: {json.dumps(fields)}\n",
             "json": json.dumps({a: "http://h:80/?x=y", b: fields})}  # fmt: skip
    file = written(tmp_path, f"c.{ending}", lines[ending])
    wanted = {a: "imported", b: "imported"}
    assert results(ctl("connections", "import", file, "-o", "json"), "connection_id") == wanted
    for one in (a, b):
        found = api.get(f"/connections/{one}").json()
        assert (found["host"], found["port"], json.loads(found["extra"])) == ("h", 80, {"x": "y"})
    again = ctl("connections", "import", file, "-o", "json")
    assert results(again, "connection_id") == {a: "skipped", b: "skipped"}
    over = ctl("connections", "import", file, "--overwrite", "-o", "json")
    assert results(over, "connection_id") == wanted
    out = tmp_path / f"out.{ending}"
    assert "exported" in ctl("connections", "export", str(out)).out
    back = ctl("connections", "import", str(out), "--dry-run", "-o", "json")
    assert results(back, "connection_id")[a] == "would be skipped"


def test_an_import_of_connections_tells_of_each(
    ctl: Program, api: httpx.Client, conn: str, tmp_path: Path
) -> None:
    data = {conn: "http://h", "a b": "http://h", f"{conn}m": {"conn_type": "x", "password": "***"},
            f"{conn}t": {"host": "h"}, f"{conn}f": {"conn_type": "x", "nope": 1}}  # fmt: skip
    done = ctl("connections", "import", written(tmp_path, "c.json", data), "-o", "json")
    found = results(done, "connection_id")
    assert found.pop(conn) == "imported"
    assert set(found.values()) == {"failed"}
    assert done.code == 1
    assert api.get(f"/connections/{conn}m").status_code == 404


def test_a_connection_test_where_the_server_forbids_it(ctl: Program, conn: str) -> None:
    assert ctl("connections", "add", conn, "--conn-uri", "http://127.0.0.1:1").code == 0
    refused(ctl("connections", "test", conn), "disabled", code=4)
    refused(ctl("connections", "test", "--connection-id", conn, "--conn-type", "http"), "disabled", code=4)
    refused(ctl("connections", "test", conn, "--on-worker"), "disabled", code=4)
    refused(ctl("connections", "test", f"{conn}x"), f"{conn}x")


def test_the_default_connections_are_made(ctl: Program, api: httpx.Client) -> None:
    before = {item["connection_id"] for item in api.get("/connections?limit=100").json()["connections"]}
    assert ctl("connections", "create-defaults").code == 0
    after = {item["connection_id"] for item in api.get("/connections?limit=100").json()["connections"]}
    assert "airflow_db" in after
    for one in after - before:
        api.delete(f"/connections/{one}").raise_for_status()


@pytest.mark.parametrize(
    "uri",
    ["postgres://me:a%2Fb@db:5432/sales?a=b", "http://https://x.y:80", "s3://", "mysql://@:3306",
     "x://h/?__extra__=%7B%22a%22%3A+1%7D", "google-cloud-platform://"],
)  # fmt: skip
def test_a_uri_and_its_fields(uri: str) -> None:
    assert to_uri(from_uri(uri)) == uri


# The classic program, on the same database


def classic(airflow: LocalAirflow, *argv: str) -> None:
    """Run Airflow's own command in the server's home."""
    venv = places.installation(places.DEFAULT_VERSION) / "venv"
    done = subprocess.run(
        [venv / "bin" / "airflow", *argv],
        env=airflow.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def mine(text: str, prefix: str) -> dict[str, Any]:
    """What an export has under names that begin so."""
    if text.startswith("{"):
        return {name: value for name, value in json.loads(text).items() if name.startswith(prefix)}
    return {line: None for line in text.splitlines() if line.startswith(prefix)}


def test_exports_are_those_of_the_classic_program(
    ctl: Program, airflow: LocalAirflow, pools: str, conn: str, keys: str, tmp_path: Path
) -> None:
    assert ctl("pools", "set", pools, "3", "a pool").code == 0
    assert ctl("variables", "set", f"{keys}a", '{"value": 1}', "--json").code == 0
    assert ctl("variables", "set", f"{keys}b", "text", "--description", "why").code == 0
    for name, uri in (("a", "http://https://h:80/?x=y"), ("b", "google-cloud-platform://me@/s?a=b")):
        assert ctl("connections", "add", f"{conn}{name}", "--conn-uri", uri).code == 0
    ours = {noun: tmp_path / f"ours.{noun}.json" for noun in ("pools", "variables")}
    ours["connections"] = tmp_path / "ours.env"
    for noun, file in ours.items():
        assert "exported" in ctl(noun, "export", str(file)).out
        theirs = file.with_name(file.name.replace("ours", "theirs"))
        classic(airflow, noun, "export", str(theirs))
        found, known = (mine(it.read_text(), keys) for it in (file, theirs))
        assert found == known
        assert found
