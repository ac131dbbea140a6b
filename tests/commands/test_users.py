"""`users`, on a server that keeps them, and on one that does not."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.command_results import check_refused, import_results, read_column, write_file
from tests.support.program import Program


def test_users_and_roles_need_fab(ctl: Program) -> None:
    lines = {
        ("users", "list"): 2, ("roles", "list"): 2, ("permissions", "list"): 2,
        # 2 says that nothing was sent that could change something; the server has refused this one.
        ("roles", "create", "x"): 1,
        ("users", "delete", "-u", "x"): 2,
    }  # fmt: skip
    got = {line: ctl(*line) for line in lines}
    assert {line: done.code for line, done in got.items()} == lines
    for done in got.values():
        check_refused(done, "FAB auth manager", code=done.code)


def test_a_user_from_first_to_last(fab: Program, unique: str, tmp_path: Path) -> None:
    mail = f"{unique}@example.com"
    line = ("users", "create", "-u", unique, "-e", mail, "-f", "Ann", "-l", "Lee", "-r", "Viewer")
    assert fab(*line, "--use-random-password", "-o", "json").json["roles"] == ["Viewer"]
    check_refused(fab(*line, "--use-random-password"), unique)
    check_refused(fab(*line), "password", code=2)
    assert unique in read_column(fab("users", "list"), "username")
    assert fab("users", "add-role", "-e", mail, "-r", "Op", "-o", "json").json["roles"] == ["Viewer", "Op"]
    check_refused(fab("users", "add-role", "-u", unique, "-r", "Op"), "already", code=2)
    check_refused(fab("users", "add-role", "-u", unique, "-r", "nosuch"), "nosuch")
    assert fab("users", "remove-role", "-u", unique, "-r", "Viewer", "-o", "json").json["roles"] == ["Op"]
    check_refused(fab("users", "remove-role", "-u", unique, "-r", "Op"), "without any role", code=2)
    done = fab("users", "reset-password", "-u", unique, "--password-stdin", stdin="correct horse\n")
    assert done.code == 0, done.err
    logged_in = fab("auth", "token", "-u", unique, "--password-stdin", stdin="correct horse\n")
    assert logged_in.code == 0, logged_in.err
    out = tmp_path / "users.json"
    assert fab("users", "export", str(out)).code == 0
    known = next(user for user in json.loads(out.read_text()) if user["username"] == unique)
    assert known["roles"] == ["Op"]
    new = {**known, "username": f"{unique}n", "email": f"n{mail}"}
    file = write_file(tmp_path, "in.json", [{**known, "firstname": "Eve"}, new])
    refused = fab("users", "import", file)
    assert (refused.out, refused.code) == ("", 2)
    assert f"{unique}n: it is new and has no password" in refused.err
    file = write_file(tmp_path, "in.json", [{**known, "firstname": "Eve"}, {**new, "password": "correct"}])
    assert fab("users", "import", file, "--dry-run").code == 6
    brought = fab("users", "import", file, "-o", "json")
    assert (import_results(brought, "username"), brought.code) == (
        {unique: "changed", f"{unique}n": "created"},
        0,
    )
    again = fab("users", "import", file, "-o", "json")
    assert set(import_results(again, "username").values()) == {"same"}
    # The stored password of a user who exists is not replaced.
    logged_in = fab("auth", "token", "-u", unique, "--password-stdin", stdin="correct horse\n")
    assert logged_in.code == 0, logged_in.err
    assert fab("users", "delete", "-u", f"{unique}n").code == 0
    assert fab("users", "get", unique, "-o", "json").json["first_name"] == "Eve"
    assert fab("users", "delete", "-u", unique).out == f"deleted {unique}\n"
    check_refused(fab("users", "delete", "-u", unique), unique)
    check_refused(fab("users", "delete"), "--username and --email", code=2)
