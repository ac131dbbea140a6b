"""Connections that are added, changed, tested and brought over in files, on a real Airflow."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from airflowctl.core.connection import from_uri, to_uri
from tests.support.command_results import check_refused, import_results, read_column, write_file
from tests.support.program import Program


def test_a_connection_from_single_fields(ctl: Program, api: httpx.Client, conn: str) -> None:
    line = ["connections", "add", conn, "--conn-type", "postgres", "--conn-host", "db", "--conn-port", "5432",
            "--conn-login", "me", "--conn-password", "hunter2", "--conn-schema", "sales",
            "--conn-extra", '{"a": 1}', "--conn-description", "why"]  # fmt: skip
    done = ctl(*line)
    assert done.code == 0, done.err
    assert "hunter2" not in done.out + done.err
    check_refused(ctl(*line), f"there is a connection {conn} already")
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
    assert read_column(ctl("connections", "list", "--conn-id", conn, "--show-values"), "password") == ["***"]
    assert ctl("connections", "delete", conn, "--dry-run").out == f"would delete {conn}\n"
    assert ctl("connections", "delete", conn).code == 0
    check_refused(ctl("connections", "delete", conn), conn)
    check_refused(ctl("connections", "update", conn, "--host", "x"), conn)


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
    check_refused(ctl("connections", "add", conn, *options), words, code=2)


@pytest.mark.parametrize("ending", ["json", "yaml", "env"])
def test_connections_travel_in_files(
    ending: str, ctl: Program, api: httpx.Client, conn: str, tmp_path: Path
) -> None:
    a, b = f"{conn}a", f"{conn}b"
    fields = {"conn_type": "http", "host": "h", "port": 80, "extra": {"x": "y"}}
    lines = {"env": f"{a}=http://h:80/?x=y\n{b}={json.dumps(fields)}\n",
             "yaml": f"{a}: http://h:80/?x=y\n{b}: {json.dumps(fields)}\n",
             "json": json.dumps({a: "http://h:80/?x=y", b: fields})}  # fmt: skip
    file = write_file(tmp_path, f"c.{ending}", lines[ending])
    wanted = {a: "created", b: "created"}
    assert import_results(ctl("connections", "import", file, "-o", "json"), "connection_id") == wanted
    for one in (a, b):
        found = api.get(f"/connections/{one}").json()
        assert (found["host"], found["port"], json.loads(found["extra"])) == ("h", 80, {"x": "y"})
    again = ctl("connections", "import", file, "-o", "json")
    assert import_results(again, "connection_id") == {a: "skipped", b: "skipped"}
    over = ctl("connections", "import", file, "--overwrite", "-o", "json")
    assert import_results(over, "connection_id") == {a: "same", b: "same"}
    out = tmp_path / f"out.{ending}"
    assert "exported" in ctl("connections", "export", str(out)).out
    back = ctl("connections", "import", str(out), "--dry-run", "-o", "json")
    assert import_results(back, "connection_id")[a] == "would be skipped"


def test_an_import_of_connections_tells_of_each(
    ctl: Program, api: httpx.Client, conn: str, tmp_path: Path
) -> None:
    data = {conn: "http://h", "a b": "http://h", f"{conn}m": {"conn_type": "x", "password": "***"},
            f"{conn}t": {"host": "h"}, f"{conn}f": {"conn_type": "x", "nope": 1}}  # fmt: skip
    file = write_file(tmp_path, "c.json", data)
    assert ctl("connections", "import", file).code == 2
    assert api.get(f"/connections/{conn}").status_code == 404  # all or nothing
    done = ctl("connections", "import", file, "--partial", "-o", "json")
    found = import_results(done, "connection_id")
    assert found.pop(conn) == "created"
    assert set(found.values()) == {"failed"}
    assert done.code == 1
    assert api.get(f"/connections/{conn}m").status_code == 404


def test_a_connection_test_where_the_server_forbids_it(ctl: Program, conn: str) -> None:
    assert ctl("connections", "add", conn, "--conn-uri", "http://127.0.0.1:1").code == 0
    check_refused(ctl("connections", "test", conn), "disabled", code=4)
    check_refused(
        ctl("connections", "test", "--connection-id", conn, "--conn-type", "http"), "disabled", code=4
    )
    check_refused(ctl("connections", "test", conn, "--on-worker"), "disabled", code=4)
    check_refused(ctl("connections", "test", f"{conn}x"), f"{conn}x")


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


def test_a_connection_is_tested(fab: Program, unique: str) -> None:
    assert fab("connections", "add", unique, "--conn-uri", "sqlite:///tmp/nosuch").code == 0
    done = fab("connections", "test", unique, "-o", "json")
    assert (done.code == 0) is done.json["status"]
    check_refused(fab("connections", "test", f"{unique}x"), f"{unique}x")
    nobody = fab("connections", "test", unique, "--on-worker", "--timeout", "0.1")
    check_refused(nobody, "no worker has tested it", code=3)
    assert fab("connections", "delete", unique).code == 0
