"""What is changed is what was typed: an answer about another user, role or run is not acted on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.documented_server import answer
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

_USER = {"username": "ann", "email": "ann@example.org", "roles": [{"name": "Op"}, {"name": "Viewer"}]}
_LINES = (
    "users get ann", "users delete -u ann", "users delete -u ann --dry-run", "users add-role -u ann -r Admin",
    "users remove-role -u ann -r Op", "users reset-password -u ann -p pw", "roles delete ann",
    "roles add-perms ann -a can_edit -r DAGs", "roles del-perms ann -a can_read -r DAGs",
)  # fmt: skip


def named(stub: Stub, change: dict[str, Any]) -> None:
    """Let the one user, and the one role, be as usual but for these fields."""

    def made(request: Request) -> Reply:
        if request.method == "GET" and "/fab/v1/" in request.path and request.path.endswith("/ann"):
            return reply({**_USER, "name": "ann", "actions": [], **change})
        if request.method == "GET" and request.path.endswith("/fab/v1/users"):
            return reply({"users": [{**_USER, **change}], "total_entries": 1})
        return answer(request)

    stub.answer = made


@pytest.mark.parametrize(
    "name", ["bob", "../..", ".", "ann/..", "annn", "an", "", " ann", "a" * 9999, None, 7]
)
@pytest.mark.parametrize("line", _LINES)
def test_an_answer_about_another_one_is_not_acted_on(
    online: Program, stub: Stub, line: str, name: object
) -> None:
    named(stub, {"username": name, "name": name})
    done = online(*line.split())
    assert (done.code, done.out, "unexpected" in done.err) == (1, "", False), done.err
    assert [sent for sent in stub.sent if not sent.startswith("GET ")] == []


@pytest.mark.parametrize("line", _LINES)
def test_other_capitals_are_the_same_name(online: Program, stub: Stub, line: str) -> None:
    named(stub, {"username": "Ann", "name": "Ann"})
    assert "another one" not in online(*line.split()).err


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "../roles"])
@pytest.mark.parametrize("verb", ["delete", "reset-password -p pw", "add-role -r Admin"])
def test_a_user_by_address_whose_name_is_no_part_of_a_path(
    online: Program, stub: Stub, verb: str, name: str
) -> None:
    named(stub, {"username": name})
    done = online("users", *verb.split(), "--email", "ann@example.org")
    assert (done.code, done.out) == (1, "")
    assert [sent for sent in stub.sent if not sent.startswith("GET ")] == []


@pytest.mark.parametrize("run_id", ["r2", "r", "r11", "R1", "r1 "])
@pytest.mark.parametrize(
    "line", ["dagrun delete d r1 --yes", "dagrun mark failed d r1 --yes", "dagrun delete d r1 r3 --yes"]
)
def test_another_run_is_not_changed(online: Program, stub: Stub, line: str, run_id: str) -> None:
    def made(request: Request) -> Reply:
        if request.method == "GET" and request.path.endswith("/dagRuns/r1"):
            return reply({"dag_id": "d", "dag_run_id": run_id, "state": "success"})
        return answer(request)

    stub.answer = made
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert "answered get_dag_run about another run" in done.err
    assert [sent for sent in stub.sent if not sent.startswith("GET ")] == []
