"""Users and roles, which the FAB auth manager keeps: ours against the classic command on the same server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_airflow import LocalAirflow

from airflowctl.core.classic_commands import is_unlike
from tests.e2e.oracle.test_oracle import as_rows
from tests.support.classic_command import Classic
from tests.support.parity_airflow import Both
from tests.support.program import Program


@pytest.fixture(scope="module")
def both(fab: Program, fab_airflow: LocalAirflow) -> Iterator[Both]:
    with Classic(fab_airflow) as classic:
        yield Both(fab, classic, fab_airflow)


def test_roles(both: Both, unique: str) -> None:
    """Made by each, given permissions by each with the same line, seen by both alike."""
    for name, make in ((f"{unique}_a", both.ctl), (f"{unique}_b", both.classic)):
        assert make("roles", "create", name).code == 0
        line = ("roles", "add-perms", name, "-r", "DAGs", "Pools", "-a", "can_read", "can_edit")
        assert make(*line).code == 0, make(*line)
        assert make("roles", "del-perms", name, "-r", "Pools", "-a", "can_edit").code == 0
    for rows in (
        as_rows(both.ctl("roles", "list", "-p", "-o", "json")),
        both.classic.json("roles", "list", "-p"),
    ):
        assert permissions(rows, f"{unique}_a") == permissions(rows, f"{unique}_b") == {
            ("DAGs", ("can_edit", "can_read")),
            ("Pools", ("can_read",)),
        }  # fmt: skip
    names = {row["name"] for row in both.classic.json("roles", "list")}
    assert names == set(both.ctl("roles", "list", "-o", "name").lines)
    for name, undo in ((f"{unique}_b", both.ctl), (f"{unique}_a", both.classic)):
        assert undo("roles", "delete", name).code == 0
    assert not names & {unique} and unique not in both.ctl("roles", "list").out


def permissions(rows: list[dict[str, Any]], role: str) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (row["resource"], tuple(sorted(row["action"].split(","))))
        for row in rows
        if row["name"] == role and row["resource"] not in ("", "Website")  # which the API gives to all
    }


# Classic mode, letter for letter.

LINES = (
    *(f"roles list -o {name}" for name in ("table", "json", "yaml", "plain")),
    "roles add-perms Viewer -r DAGs -a nosuch",
    "roles add-perms Viewer -r Nosuch -a can_read",
    "roles add-perms nosuch -r DAGs -a can_read",
    "roles create",
    "roles delete nosuch",
    "roles import /etc/passwd",
    "roles import /nonexistent.json",
    "users add-role -r Op",
    "users add-role -u nosuch -r Op",
    "users add-role -u viewer -r Nosuch",
    "users add-role -u viewer -r Viewer",
    "users create -u viewer -e other@x.org -f Z -l E -r Viewer -p word",
    "users create -u zed -e z@x.org -f Z -l E -r Nosuch -p word",
    "users delete -u nosuch",
    "users remove-role -u viewer -r Op",
    "users reset-password -u nosuch -p word",
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_prints_the_same(line: str, both: Both) -> None:
    assert not is_unlike(line)
    theirs, ours = both.classic(*line.split()), both.ctl("--classic", *line.split())
    assert (ours.out, ours.code) == (without_log(theirs.out), theirs.code), ours.err


@pytest.mark.parametrize("name", ["table", "json", "yaml", "plain"])
def test_a_list_of_users_differs_in_the_number(name: str, both: Both) -> None:
    """The API has no number of a user: it is None."""
    line = ("users", "list", "-o", name)
    theirs, ours = without_log(both.classic(*line).out), both.ctl("--classic", *line).out
    assert squeeze(ours) == squeeze(theirs)


def squeeze(text: str) -> str:
    """A list of users without their numbers, and without the widths that follow from these."""
    text = re.sub(r"  +", " ", text)
    text = re.sub(r"^ ?(\d+|None|) ", "N ", re.sub(r"==+", "=", text), flags=re.MULTILINE)
    text = re.sub(r"(\"id\": |id: )(null|[\"']\d+[\"'])", r"\1N", text)
    return re.sub(r"^(N )?id ", "id ", text)


CHANGES = (
    "roles create {0}",
    "roles add-perms {0} -r DAGs Pools -a can_read can_edit",
    "roles add-perms {0} -r DAGs -a can_read",
    "roles del-perms {0} -r DAGs -a can_read",
    "users create -u {0} -e {0}@x.org -f Ann -l Lee -r Viewer -p word",
    "users create -u {0} -e {0}@x.org -f Ann -l Lee -r Viewer -p word",
    "users add-role -u {0} -r Op",
    "users remove-role -e {0}@x.org -r Viewer",
    "users reset-password -u {0} -p other",
    "users reset-password -u {0} --use-random-password",
    "users delete -u {0}",
    "roles delete {0}",
)


def test_changes_say_the_same(both: Both, unique: str) -> None:
    for line in CHANGES:
        names = f"{unique}_a", f"{unique}_b"
        theirs = both.classic(*line.format(names[0]).split())
        ours = both.ctl("--classic", *line.format(names[1]).split())
        shown = without_log(theirs.out).replace(*names)
        assert (ours.out, ours.code) == (shown, theirs.code), (line, ours.err, theirs.err)


@pytest.mark.parametrize("noun", ["users", "roles"])
def test_exports_and_imports_say_the_same(noun: str, both: Both, unique: str, tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    row = {"users": {"username": unique, "email": f"{unique}@x.org", "firstname": "A", "lastname": "L",
                     "roles": ["Viewer"], "password": "word"},
           "roles": {"name": unique, "resource": "DAGs", "action": "can_edit,can_read"}}[noun]  # fmt: skip
    shown = []
    for run in (lambda *words: both.ctl("--classic", *words), both.classic):
        known = row if run is not both.classic else {key: row[key] for key in row if key != "password"}
        file.write_text(json.dumps([known]))
        done = [run(noun, "import", str(file)), run(noun, "export", str(tmp_path / "all.json"))]
        shown.append([(without_log(part.out), part.code) for part in done])
        undo = ("-u", unique) if noun == "users" else (unique,)
        assert both.ctl(noun, "delete", *undo).code == 0
    same = 2 if noun == "users" else 1  # the API lets a new role read Website, which is exported too
    assert shown[0][:same] == shown[1][:same]


def without_log(text: str) -> str:
    """What a line prints without what the classic command logs in between."""
    return "".join(row for row in text.splitlines(keepends=True) if not re.match(r"20\d\d-\d\d-\d\dT", row))


def test_users(both: Both, unique: str, tmp_path: Path) -> None:
    person = ("-f", "Ann", "-l", "Lee", "-r", "Viewer", "--use-random-password")
    for name, make in ((f"{unique}_a", both.ctl), (f"{unique}_b", both.classic)):
        done = make("users", "create", "-u", name, "-e", f"{name}@example.com", *person)
        assert done.code == 0, done
        assert make("users", "add-role", "-u", name, "-r", "Op").code == 0
        assert make("users", "remove-role", "-u", name, "-r", "Viewer").code == 0
    theirs = {row["username"]: row for row in both.classic.json("users", "list")}
    ours = {row["username"]: row for row in as_rows(both.ctl("users", "list", "-o", "json"))}
    assert set(ours) == set(theirs)
    for name, row in ours.items():
        same = ("first_name", "last_name", "email", "roles")
        assert [row[field] for field in same] == [theirs[name][field] for field in same]
    assert ours[f"{unique}_a"]["roles"] == ours[f"{unique}_b"]["roles"] == ["Op"]
    files = [tmp_path / "ours.json", tmp_path / "theirs.json"]
    for export, file in zip((both.ctl, both.classic), files, strict=True):
        assert export("users", "export", str(file)).code == 0
    written = [
        sorted(({**user, "id": None} for user in json.loads(file.read_text())), key=lambda it: it["username"])
        for file in files
    ]
    assert written[0] == written[1]
    for name, undo in ((f"{unique}_b", both.ctl), (f"{unique}_a", both.classic)):
        assert undo("users", "delete", "-u", name).code == 0
    assert unique not in both.ctl("users", "list").out
