"""Imports of users and roles are compared with the server, all or nothing, and send only differences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_results import import_results, write_file
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

ROOT = "/auth/fab/v1"
ANN = {"username": "ann", "email": "ann@x", "firstname": "Ann", "lastname": "Lee", "roles": ["Op", "Viewer"]}
NEW = {"username": "new", "email": "new@x", "firstname": "N", "lastname": "W", "roles": ["Op"]}


def permissions(**actions: str) -> list[dict[str, Any]]:
    return [
        {"action": {"name": action}, "resource": {"name": resource}}
        for resource, names in actions.items()
        for action in names.split(",")
    ]


class FabServer:
    """Users and roles as FAB keeps them; it refuses some names with a status."""

    def __init__(self) -> None:
        self.users = {"ann": self._user(ANN)}
        self.roles: dict[str, Any] = {
            "Op": {"name": "Op", "actions": []},
            "Viewer": {"name": "Viewer", "actions": []},
            "Analyst": {
                "name": "Analyst",
                "actions": permissions(DAGs="can_edit,can_read", Pools="can_read"),
            },
        }
        self.changes: list[tuple[str, str, Any]] = []
        self.refuses: set[str] = set()
        self.status = 400

    @staticmethod
    def _user(record: dict[str, Any]) -> dict[str, Any]:
        names = {"first_name": record["firstname"], "last_name": record["lastname"]}
        roles = [{"name": name} for name in record["roles"]]
        return {"username": record["username"], "email": record["email"], **names, "roles": roles}

    def __call__(self, request: Request) -> Reply:
        if not request.path.startswith(ROOT):
            return lets_in(request)
        noun, _, name = request.path.removeprefix(f"{ROOT}/").partition("/")
        things = self.users if noun == "users" else self.roles
        if request.method == "GET":
            return reply({noun: list(things.values()), "total_entries": len(things)})
        body = request.json
        key = "username" if noun == "users" else "name"
        name = name or body[key]
        self.changes.append((request.method, name, body))
        if name in self.refuses:
            return reply({"detail": "not this"}, self.status)
        if request.method == "PATCH" and name not in things:
            return reply({"detail": "no such"}, 404)
        things[name] = {**things.get(name, {}), **{part: body[part] for part in body if part != "password"}}
        return reply(things[name])


@pytest.fixture
def server(stub: Stub) -> FabServer:
    stub.answer = server = FabServer()
    return server


def test_only_users_that_differ_are_sent(online: Program, server: FabServer, tmp_path: Path) -> None:
    wanted = [{**ANN, "roles": ["Viewer", "Op"], "id": 1}, {**NEW, "password": "pw-canary"}]
    file = write_file(tmp_path, "u.json", wanted)
    shown = online("users", "import", file, "--dry-run", "-o", "json")
    assert (shown.code, import_results(shown, "username")) == (6, {"ann": "same", "new": "would be created"})
    assert "password: (set)" in shown.json[1]["fields"]
    assert "roles: Op" in shown.json[1]["fields"]
    assert server.changes == []
    done = online("users", "import", file, "-o", "json")
    assert (done.code, import_results(done, "username")) == (0, {"ann": "same", "new": "created"})
    assert "2 in all: 1 same, 1 created" in done.err
    assert "pw-canary" not in done.out + done.err + shown.out + shown.err
    assert server.changes == [
        (
            "POST",
            "new",
            {
                "username": "new", "email": "new@x", "first_name": "N", "last_name": "W",
                "roles": [{"name": "Op"}], "password": "pw-canary",
            },
        )
    ]  # fmt: skip
    server.changes.clear()
    again = online("users", "import", file, "-o", "json")
    assert (again.code, server.changes) == (0, [])
    assert [(row["result"], row["reason"]) for row in again.json] == [
        ("same", None), ("same", "secret kept: password"),
    ]  # fmt: skip


def test_what_a_file_does_not_name_of_a_user_is_kept(
    online: Program, server: FabServer, tmp_path: Path
) -> None:
    file = write_file(tmp_path, "u.json", [{"username": "ann", "lastname": "Ray"}])
    done = online("users", "import", file, "-o", "json")
    assert (done.json[0]["result"], done.json[0]["fields"]) == ("changed", ["lastname"])
    assert server.changes == [("PATCH", "ann", {"last_name": "Ray"})]


WRONG_USERS = [
    ([{**ANN, "roles": []}], "1:79: error: ann: roles: a user has at least one role"),
    ([{**ANN, "roles": "Op"}], "ann: roles: must be a list of texts"),
    ([{**ANN, "email": ""}], "ann: email: must not be empty"),
    ([{**ANN, "shoe": 5}], "ann: shoe: no such field: shoe"),
    ([{**ANN, "first_name": "A"}], "ann: first_name: firstname and first_name are both there"),
    ([ANN, ANN], "ann is there twice (first at 1:2)"),
    ([{"email": "x"}], "entry 1: not an object with a field username"),
]
WRONG_HERE = [
    ([NEW], "new: it is new and has no password"),
    (
        [{"username": "new", "roles": ["Op"]}],
        "new: it is new and has no email, firstname, lastname, password",
    ),
    ([{**NEW, "password": "***"}], "new: password: it is new and has no password: fill it in"),
    ([{**NEW, "password": "p", "email": "ann@x"}], "new: email: ann@x is the address of ann"),
    (
        [{**NEW, "password": "p"}, {**NEW, "username": "n2", "password": "p"}],
        "n2: email: new@x is the address of new",
    ),
    ([{**ANN, "roles": ["Nosuch"]}], "ann: roles: there is no role Nosuch"),
    ([{**ANN, "lastname": "***"}], "ann: lastname: it holds ***"),
]


@pytest.mark.parametrize(("data", "words"), [*WRONG_USERS, *WRONG_HERE])
def test_a_user_that_is_wrong_keeps_all_from_being_sent(
    data: list[Any], words: str, online: Program, server: FabServer, tmp_path: Path
) -> None:
    good = {**ANN, "username": "ann2", "email": "ann2@x", "password": "p"}
    file = write_file(tmp_path, "u.json", [*data, good])
    done = online("users", "import", file)
    assert (done.out, done.code, server.changes) == ("", 2, [])
    assert words in done.err
    some = online("users", "import", file, "--partial", "-o", "json")
    assert (some.code, import_results(some, "username")["ann2"]) == (1, "created")


def test_a_file_of_users_is_checked_with_a_batch(online: Program, stub: Stub, tmp_path: Path) -> None:
    file = write_file(tmp_path, "u.json", WRONG_USERS[0][0])
    done = online(stdin=f"variables set a b\nusers import {file}\n")
    assert (done.code, stub.requests) == (2, [])
    assert f"{file}:1:79: error: ann: roles: a user has at least one role" in done.err


@pytest.mark.parametrize(("options", "code", "results"), [
    ((), 1, {"u0": "created", "u1": "failed", "u2": "not begun"}),
    (("--partial",), 1, {"u0": "created", "u1": "failed", "u2": "created"}),
])  # fmt: skip
def test_a_user_that_the_server_refuses(
    options: tuple[str, ...], code: int, results: dict[str, str], online: Program, server: FabServer,
    tmp_path: Path,
) -> None:  # fmt: skip
    server.refuses = {"u1"}
    users = [{**NEW, "username": f"u{n}", "email": f"u{n}@x", "password": "p"} for n in range(3)]
    file = write_file(tmp_path, "u.json", users)
    done = online("users", "import", file, *options, "-o", "json")
    assert (done.code, import_results(done, "username")) == (code, results)
    server.refuses = {"u2", "u1"}
    first = online("users", "import", write_file(tmp_path, "v.json", users[2:]))
    if not options:
        assert (first.out, first.code) == ("", 1)
        assert first.err.startswith("error: u2: not this")


def test_a_user_whom_another_client_deletes_is_made_anew(
    online: Program, server: FabServer, stub: Stub, tmp_path: Path
) -> None:
    def answer(request: Request) -> Reply:
        if request.method == "PATCH":
            server.users.pop("ann", None)
        return server(request)

    stub.answer = answer
    file = write_file(tmp_path, "u.json", [{**ANN, "firstname": "Eve", "password": "p"}])
    done = online("users", "import", file, "-o", "json")
    assert (done.code, import_results(done, "username")) == (0, {"ann": "created"})


@pytest.mark.parametrize("action", ["skip", "fail"])
def test_users_that_exist_can_be_left_alone(
    action: str, online: Program, server: FabServer, tmp_path: Path
) -> None:
    file = write_file(tmp_path, "u.json", [{**ANN, "firstname": "Eve"}, {**NEW, "password": "p"}])
    done = online("users", "import", file, "-a", action, "-o", "json")
    wanted = {"skip": {"ann": "skipped", "new": "created"}, "fail": {"ann": "failed", "new": "not begun"}}
    assert import_results(done, "username") == wanted[action]
    assert server.users["ann"]["first_name"] == "Ann"


def test_an_export_of_users_changes_nothing(online: Program, server: FabServer, tmp_path: Path) -> None:
    file = str(tmp_path / "u.yaml")
    assert online("users", "export", file, "--pattern", "nn").code == 0
    done = online("users", "import", file, "-o", "json")
    assert import_results(done, "username") == {"ann": "same"}
    listed = tmp_path / "listed.json"
    listed.write_text(online("users", "list", "-o", "json").out)
    assert import_results(online("users", "import", str(listed), "-o", "json"), "username") == {"ann": "same"}
    assert server.changes == []
    online("users", "export", file, "--pattern", "nobody")
    assert Path(file).read_text() == "[]\n"


ROW = {"name": "Analyst", "resource": "DAGs", "action": "can_read"}


def test_roles_are_compared_by_resource(online: Program, server: FabServer, tmp_path: Path) -> None:
    new = [{"name": "Other", "resource": "DAGs", "action": "can_read, can_edit"}, {"name": "Bare"}]
    file = write_file(tmp_path, "r.json", [ROW, *new])
    line = ("roles", "import", file, "-o", "json")
    assert import_results(online(*line, "--dry-run"), "name")["Analyst"] == "would be skipped"
    shown = online(*line, "--overwrite", "--dry-run")
    assert shown.code == 6
    assert {row["name"]: row["fields"] for row in shown.json} == {
        "Analyst": ["DAGs: can_edit,can_read -> can_read"],
        "Other": ["DAGs: can_edit,can_read"],
        "Bare": None,
    }
    assert server.changes == []
    done = online(*line, "--overwrite")
    assert import_results(done, "name") == {"Analyst": "changed", "Other": "created", "Bare": "created"}
    assert {row["name"]: row["fields"] for row in done.json}["Analyst"] == ["DAGs"]
    # What the file does not name stays.
    assert server.roles["Analyst"]["actions"] == permissions(DAGs="can_read", Pools="can_read")
    assert server.roles["Bare"]["actions"] == []
    again = online(*line, "--overwrite")
    assert (again.code, set(import_results(again, "name").values())) == (0, {"same"})
    assert online(*line, "--overwrite", "--replace").code == 0
    assert server.roles["Analyst"]["actions"] == permissions(DAGs="can_read")


WRONG_ROLES = [
    ([{**ROW, "action": ""}], "no action for the resource DAGs"),
    ([{**ROW, "resource": ""}], "no resource for the action can_read"),
    ([ROW, {**ROW, "resource": 5}], "[1].resource: must be text"),
    ([{**ROW, "shoe": 5}], "no such field: shoe"),
    ([{"resource": "DAGs", "action": "can_read"}], "entry 1: not an object with a text as its name"),
    ([{**ROW, "actions": []}], "actions and resource or action are both there"),
    ([{"name": "Analyst", "actions": [{"action": "can_read"}]}], "must be a list of objects"),
    ({"Analyst": {"DAGs": "can_read"}}, "roles are a list of objects with name, resource and action"),
]


@pytest.mark.parametrize(("data", "words"), WRONG_ROLES)
def test_a_role_that_is_wrong_keeps_all_from_being_sent(
    data: Any, words: str, online: Program, server: FabServer, stub: Stub, tmp_path: Path
) -> None:
    more = [{**ROW, "name": "Other"}]
    file = write_file(tmp_path, "r.json", [*data, *more] if isinstance(data, list) else data)
    done = online("roles", "import", file)
    assert (done.out, done.code, stub.requests) == ("", 2, [])
    assert words in done.err
    if isinstance(data, list):
        some = online("roles", "import", file, "--partial", "-o", "json")
        assert (some.code, import_results(some, "name")["Other"]) == (1, "created")
        assert "Analyst" not in [name for _, name, _ in server.changes]


def test_an_export_of_roles_changes_nothing(online: Program, server: FabServer, tmp_path: Path) -> None:
    file = str(tmp_path / "r.json")
    assert online("roles", "export", file).code == 0
    listed = tmp_path / "listed.json"
    listed.write_text(online("roles", "list", "-o", "json").out)
    by_row = tmp_path / "rows.json"
    by_row.write_text(online("roles", "list", "--permission", "-o", "json").out)
    for source in (file, str(listed), str(by_row)):
        done = online("roles", "import", source, "--overwrite", "--replace", "-o", "json")
        assert (done.code, set(import_results(done, "name").values())) == (0, {"same"}), source
    assert server.changes == []
    del server.roles["Analyst"]
    assert import_results(online("roles", "import", file, "-o", "json"), "name") == {"Analyst": "created"}
    assert json.loads(Path(file).read_text())[0]["name"] == "Analyst"
    assert server.roles["Analyst"]["actions"] == permissions(DAGs="can_edit,can_read", Pools="can_read")
