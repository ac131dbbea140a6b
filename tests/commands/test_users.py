"""The server's own facts, users and roles, on real servers."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from airflowctl.session import registry
from tests.commands.test_admin import results, written
from tests.commands.test_commands import column, refused
from tests.support.program import Program

# The server's own facts


def test_the_configuration_is_not_exposed(ctl: Program) -> None:
    for line in (["list"], ["get-value", "core", "executor"], ["get", "core", "executor"], ["lint"]):
        refused(ctl("config", *line), "config", code=4)
    refused(ctl("config", "list", "--defaults"), "--defaults", code=2)


def test_the_configuration_where_it_is_exposed(fab: Program) -> None:
    assert fab("config", "get-value", "core", "test_connection").out == "Enabled\n"
    refused(fab("config", "get", "core", "nosuch"), "nosuch")
    rows = fab("config", "list", "--section", "core", "-o", "json").json
    assert {"section": "core", "option": "executor"} in rows
    valued = fab("config", "list", "--section", "core", "--show-values", "-V", "-o", "json").json
    found = {row["option"]: row for row in valued}
    assert found["test_connection"]["value"] == "Enabled"
    assert found["test_connection"]["variable"] == "AIRFLOW__CORE__TEST_CONNECTION"
    assert "<" in found["fernet_key"]["value"]
    refused(fab("config", "list", "--section", "nosuch"), "nosuch")
    done = fab("config", "lint", "--ignore-section", "nosuch", "-o", "json")
    assert done.code == 0
    assert all(row["problem"] for row in done.json)


def test_a_connection_is_tested(fab: Program, unique: str) -> None:
    assert fab("connections", "add", unique, "--conn-uri", "sqlite:///tmp/nosuch").code == 0
    done = fab("connections", "test", unique, "-o", "json")
    assert (done.code == 0) is done.json["status"]
    refused(fab("connections", "test", f"{unique}x"), f"{unique}x")
    nobody = fab("connections", "test", unique, "--on-worker", "--timeout", "0.1")
    refused(nobody, "no worker has tested it", code=3)
    assert fab("connections", "delete", unique).code == 0


def test_jobs(ctl: Program) -> None:
    done = ctl("jobs", "list", "--job-type", "SchedulerJob", "--alive")
    assert column(done, "job_type") == ["SchedulerJob"]
    assert column(ctl("jobs", "list", "--state", "nosuch"), "id") == []
    moved = ctl("dags", "list-jobs", "--limit", "1")
    assert (moved.err, len(moved.lines)) == ("now: airflowctl jobs list\n", 2)
    assert ctl("jobs", "check", "--job-type", "SchedulerJob").out == "one job is alive\n"
    nobody = ctl("jobs", "check", "--hostname", "nosuch")
    assert (nobody.out, nobody.code) == ("no job is alive\n", 1)
    refused(ctl("jobs", "check", "--allow-multiple"), "--limit", code=2)
    refused(ctl("jobs", "check", "--local", "--hostname", "x"), "--local", code=2)


def test_providers(ctl: Program, api: httpx.Client) -> None:
    known = [item["package_name"] for item in api.get("/providers").json()["providers"]]
    assert column(ctl("providers", "list"), "package_name") == known
    one = ctl("providers", "get", "standard", "-o", "json").json
    assert one["package_name"] == "apache-airflow-providers-standard"
    refused(ctl("providers", "get", "apache-airflow-providers-standrad"), "did you mean")
    refused(ctl("providers", "get", "standard", "--full"), "--full", code=2)


def test_plugins(ctl: Program, api: httpx.Client) -> None:
    known = [item["name"] for item in api.get("/plugins").json()["plugins"]]
    assert [row["name"] for row in ctl("plugins", "-o", "json").json] == known
    assert ctl("plugins", "list", "-o", "name").lines == known
    assert ctl("plugins", "list-import-errors", "-o", "json").json == []


def test_the_cheat_sheet_has_every_command(program: Program) -> None:
    found = program("cheat-sheet", "-o", "json").json
    assert len(found) == len(registry.all_commands())
    assert "pools delete NAME" in {row["command"] for row in found}


# Users and roles


def test_users_and_roles_need_fab(ctl: Program) -> None:
    for line in (["users", "list"], ["roles", "list"], ["permissions", "list"], ["roles", "create", "x"],
                 ["users", "delete", "-u", "x"]):  # fmt: skip
        refused(ctl(*line), "FAB auth manager", code=2)


def test_a_user_from_first_to_last(fab: Program, unique: str, tmp_path: Path) -> None:
    mail = f"{unique}@example.com"
    line = ("users", "create", "-u", unique, "-e", mail, "-f", "Ann", "-l", "Lee", "-r", "Viewer")
    assert fab(*line, "--use-random-password", "-o", "json").json["roles"] == ["Viewer"]
    refused(fab(*line, "--use-random-password"), unique)
    refused(fab(*line), "password", code=2)
    assert unique in column(fab("users", "list"), "username")
    assert fab("users", "add-role", "-e", mail, "-r", "Op", "-o", "json").json["roles"] == ["Viewer", "Op"]
    refused(fab("users", "add-role", "-u", unique, "-r", "Op"), "already", code=2)
    refused(fab("users", "add-role", "-u", unique, "-r", "nosuch"), "nosuch")
    assert fab("users", "remove-role", "-u", unique, "-r", "Viewer", "-o", "json").json["roles"] == ["Op"]
    refused(fab("users", "remove-role", "-u", unique, "-r", "Op"), "without any role", code=2)
    done = fab("users", "reset-password", "-u", unique, "--password-stdin", stdin="correct horse\n")
    assert done.code == 0, done.err
    logged_in = fab("auth", "token", "-u", unique, "--password-stdin", stdin="correct horse\n")
    assert logged_in.code == 0, logged_in.err
    out = tmp_path / "users.json"
    assert fab("users", "export", str(out)).code == 0
    known = next(user for user in json.loads(out.read_text()) if user["username"] == unique)
    assert known["roles"] == ["Op"]
    new = {**known, "username": f"{unique}n", "email": f"n{mail}"}
    file = written(tmp_path, "in.json", [{**known, "firstname": "Eve"}, new])
    brought = fab("users", "import", file, "-o", "json")
    assert (results(brought, "username"), brought.code) == ({unique: "changed", f"{unique}n": "failed"}, 1)
    assert fab("users", "get", unique, "-o", "json").json["first_name"] == "Eve"
    assert fab("users", "delete", "-u", unique).out == f"deleted {unique}\n"
    refused(fab("users", "delete", "-u", unique), unique)
    refused(fab("users", "delete"), "--username and --email", code=2)


def test_a_role_from_first_to_last(fab: Program, unique: str, tmp_path: Path) -> None:
    assert results(fab("roles", "create", unique, "-o", "json"), "name") == {unique: "created"}
    again = fab("roles", "create", unique, "-o", "json").json
    assert [(row["result"], bool(row["reason"])) for row in again] == [("skipped", True)]
    assert unique in column(fab("roles", "list"), "name")
    line = ("-r", "DAGs", "-a", "can_read", "-a", "can_edit")
    assert fab("roles", "add-perms", unique, *line).code == 0
    assert fab("roles", "del-perms", unique, "-r", "DAGs", "-a", "can_edit").code == 0
    rows = {row["name"]: row for row in fab("roles", "list", "-p", "-o", "json").json}
    assert rows[unique] == {"name": unique, "resource": "DAGs", "action": "can_read"}
    refused(fab("roles", "add-perms", unique, "-r", "nosuch", "-a", "can_read"), "nosuch")
    out = str(tmp_path / "roles.json")
    assert fab("roles", "export", out).code == 0
    assert results(fab("roles", "import", out, "-o", "json"), "name")[unique] == "skipped"
    assert results(fab("roles", "delete", unique, "-o", "json"), "name") == {unique: "deleted"}
    refused(fab("roles", "delete", unique), unique)
    assert results(fab("roles", "import", out, "-o", "json"), "name")[unique] == "created"
    assert fab("roles", "delete", unique).code == 0
    assert "can_read" in column(fab("permissions", "list"), "action")
