"""Users and roles, which the FAB auth manager keeps: ours against the classic command on the same server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from local_airflow import LocalAirflow

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
