"""A list or a status that an answer lacks is not an empty list and not a good status: nothing is believed
that the server has not said."""

from __future__ import annotations

from typing import Any

import pytest

from airflowctl.core.component_status import is_sick
from tests.support.documented_server import answer
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply


def spoil(stub: Stub, end: str, body: object, method: str = "GET") -> None:
    """Let the stub answer requests whose path ends so with the body, all others well."""

    def made(request: Request) -> Reply:
        is_meant = request.path.endswith(end) and request.method == method
        return reply(body) if is_meant else answer(request)

    stub.answer = made


@pytest.mark.parametrize(
    ("line", "method", "end", "words"),
    [
        ("tasks failed-deps d t r", "GET", "/dependencies", "dependencies"),
        ("tasks tries d t r", "GET", "/tries", "task_instances"),
        ("logs d t r --try all", "GET", "/tries", "task_instances"),
        ("dags clear d --run-id r --dry-run", "POST", "/clear", "task_instances"),
        ("dags clear d --run-id r --yes", "POST", "/clear", "task_instances"),
        ("dagrun clear d r --dry-run", "POST", "/clear", "task_instances"),
        ("tasks clear d --run-id r --dry-run", "POST", "/clearTaskInstances", "task_instances"),
        ("config list", "GET", "/config", "sections"),
        ("tasks links d t r", "GET", "/links", "extra_links"),
    ],
)
@pytest.mark.parametrize("body", [{}, {"data": []}])
def test_a_list_that_is_missing_is_not_an_empty_one(
    online: Program, stub: Stub, line: str, method: str, end: str, words: str, body: object
) -> None:
    spoil(stub, end, body, method)
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert words in done.err
    assert "unexpected" not in done.err


@pytest.mark.parametrize("line", ["config list", "config lint", "config get-value core executor"])
def test_a_section_without_options_is_no_section(online: Program, stub: Stub, line: str) -> None:
    spoil(stub, "/config" if "get-value" not in line else "/executor", {"sections": [{"name": "core"}]})
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert "no `options` in row 1" in done.err


@pytest.mark.parametrize("second", [[], "text", 7, None, [{"name": "a"}], {"pools": "a"}, {}])
def test_a_second_page_that_is_none_ends_a_raw_list(online: Program, stub: Stub, second: object) -> None:
    rows = [{"name": f"p{number}"} for number in range(100)]

    def made(request: Request) -> Reply:
        is_first = request.query.get("offset") == ["0"]
        return reply({"pools": rows, "total_entries": 150} if is_first else second)

    stub.answer = made
    done = online("api", "get_pools", "--paginate", "-o", "json")
    assert (done.code, done.out) == (1, "")
    assert "unexpected" not in done.err


@pytest.mark.parametrize(
    ("status", "is_bad"),
    [("healthy", False), ("unhealthy", True), ("degraded", True), ("", True), ("Healthy", True)],
)
@pytest.mark.parametrize("name", ["scheduler", "metadatabase", "triggerer", "dag_processor", "zz_new"])
def test_only_a_status_that_is_known_as_good_is_good(name: str, status: str, is_bad: bool) -> None:
    assert is_sick(name, status) is is_bad
    assert is_sick(name, None) is (name in ("scheduler", "metadatabase"))


@pytest.mark.parametrize(
    ("component", "facts", "code"),
    [
        ("scheduler", {"status": "degraded"}, 1),
        ("scheduler", {"status": None}, 1),
        ("scheduler", {}, 1),
        ("metadatabase", {}, 1),
        ("metadatabase", None, 1),
        ("triggerer", {"status": None}, 0),
        ("triggerer", {}, 0),
        ("triggerer", {"status": "paused"}, 1),
        ("zz_new", {"status": "healthy"}, 0),
        ("zz_new", {"status": 7}, 1),
    ],
)
@pytest.mark.parametrize("line", ["health", "status"])
def test_a_deployment_is_not_healthy_by_what_is_not_said(
    online: Program, stub: Stub, line: str, component: str, facts: Any, code: int
) -> None:
    well = {"metadatabase": {"status": "healthy"}, "scheduler": {"status": "healthy"}}
    spoil(stub, "/health", {**well, component: facts})
    done = online(*line.split())
    assert (done.code, "unexpected" in done.err) == (code, False), done.out + done.err
    assert not (line == "status" and code and done.lines[0].endswith(" healthy"))


@pytest.mark.parametrize(
    "me", [{}, {"username": None}, {"username": 7}, {"username": ""}, {"username": ["ann"]}, {"id": "1"}]
)
def test_an_answer_without_a_name_is_no_user(online: Program, stub: Stub, me: object) -> None:
    spoil(stub, "/ui/auth/me", me)
    done = online("auth", "whoami")
    assert (done.code, done.out) == (1, "")
    assert "`username`" in done.err


@pytest.mark.parametrize("answered", [{}, {"pools": None}, {"pools": 7}, {"pools": {"a": 1}}, {"data": []}])
def test_a_login_is_good_by_an_answer_that_needs_one(online: Program, stub: Stub, answered: object) -> None:
    def made(request: Request) -> Reply:
        if request.path.endswith("/pools"):
            return reply(answered)
        return reply({}, 404) if request.path.endswith("/ui/auth/me") else answer(request)

    stub.answer = made
    done = online("auth", "status")
    assert (done.code, "logged in" in done.out) == (1, False)
    assert "without pools" in done.out
    assert "login: problem" in online("doctor").out


@pytest.mark.parametrize("answered", [{}, {"dags": None}, {"detail": "no"}, "<html>", "NaN", ""])
def test_an_area_may_be_read_where_its_list_came(online: Program, stub: Stub, answered: object) -> None:
    spoil(stub, "/dags", answered)
    rights = online("doctor").out.partition("rights: ")[2]
    assert "not known of Dags" in rights
    assert rights.startswith("may read connections")


@pytest.mark.parametrize("document", [{}, {"paths": None}, {"paths": []}, {"paths": "x"}, {"detail": "no"}])
@pytest.mark.parametrize("line", ["api list --remote", "api no_such_operation"])
def test_a_document_without_paths_is_none(online: Program, stub: Stub, line: str, document: object) -> None:
    spoil(stub, "/openapi.json", document)
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert "no OpenAPI document" in done.err


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (reply("", 302, "text/html", Location="https://sso.example.org/"), 1),
        (reply("<html>", 200, "text/html"), 1),
        (reply("NaN"), 1),
        (reply({"detail": "Method Not Allowed"}, 405), 1),
        (reply("", 502), 3),
    ],
)
def test_a_login_at_no_airflow_is_not_a_wrong_line(
    program: Program, stub: Stub, bad: Reply, code: int
) -> None:
    stub.answer = lambda request: bad
    done = program.with_environ(AIRFLOWCTL_RETRY_FOR="0")("auth", "login", "--url", stub.url)
    assert (done.code, done.out) == (code, "")
    assert stub.url in done.err


@pytest.mark.parametrize("name", ["dag_id", "dag_run_id", "task_id"])
@pytest.mark.parametrize("line", ["triage", "stuck", "diagnose", "why d r"])
def test_no_request_is_made_for_what_has_no_id(online: Program, stub: Stub, line: str, name: str) -> None:
    def without(request: Request) -> Reply:
        made = answer(request)
        return made._replace(body=made.body.replace(f'"{name}":'.encode(), b'"zz_id":'))

    stub.answer = without
    done = online(*line.split())
    assert "unexpected" not in done.err + done.out
    assert [sent for sent in stub.sent if "None" in sent] == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (reply({"detail": "Forbidden"}, 403), 4),
        (reply({"detail": "Invalid JWT token"}, 401), 4),
        (reply("<html>", 200, "text/html"), 1),
        (reply({"detail": "broken"}, 500), 1),
    ],
)
@pytest.mark.parametrize("line", ["stuck", "triage"])
def test_a_look_that_saw_nothing_is_no_good_news(
    online: Program, stub: Stub, line: str, bad: Reply, code: int
) -> None:
    stub.answer = lambda request: bad
    done = online(*line.split())
    assert (done.code, done.out) == (code, "")
