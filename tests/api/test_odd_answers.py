"""Answers that no Airflow gives: fields that are missing or of another type, no body, JSON that is none. Each
is one error that names the field, and no request is made from it. What is only printed passes as it came."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from airflowctl.api.answer_reader import Fields, OddAnswer, Origin, attach, parse, read_rows
from airflowctl.core.durations import moment
from tests.support.documented_server import answer
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

_DAG = {"dag_id": "etl", "is_paused": False, "fileloc": "etl.py"}
_RUN = {"dag_id": "etl", "dag_run_id": "r1", "state": "success"}
_LATEST = "dagrun get etl latest"
_WORKER = {"worker_name": "w1", "state": "idle", "queues": [], "sysinfo": {}}


def odd(stub: Stub, path: str, method: str, body: object, status: int = 200) -> None:
    """Let the stub answer this request with the body, and all others well."""

    def spoilt(request: Request) -> Reply:
        if request.path.endswith(path) and request.method == method:
            return reply(body, status)
        return answer(request)

    stub.answer = spoilt


@pytest.mark.parametrize(
    ("line", "path", "method", "body", "words"),
    [
        ("dags trigger etl --wait", "/dagRuns", "POST", {"dag_run_id": None}, "`dag_run_id` is null"),
        ("dags trigger etl --wait", "/dagRuns", "POST", {"dag_run_id": ["r"]}, "`dag_run_id` is a list"),
        (_LATEST, "/dagRuns", "GET", {"dag_runs": [_RUN | {"dag_run_id": None}]}, "row 1 is null"),
        (_LATEST, "/dagRuns", "GET", {"dag_runs": [_RUN | {"dag_run_id": ""}]}, "row 1 is empty"),
        ("dags trigger etl --wait", "/dagRuns", "POST", {"dag_run_id": "r" * 70_000}, "has 70000 letters"),
        ("dags trigger etl --wait", "/dagRuns", "POST", {"dag_run_id": "r\ud800"}, "holds half a character"),
        (_LATEST, "/dagRuns", "GET", {"dag_runs": [_RUN | {"dag_run_id": 7}]}, "row 1 is a number"),
        (_LATEST, "/dagRuns", "GET", {"dag_runs": [_RUN | {"dag_run_id": ".."}]}, "row 1 cannot be an id"),
        ("dags report", "/dags", "GET", {"dags": [_DAG | {"dag_id": "."}]}, "`dag_id` in row 1 cannot be"),
        ("dags report", "/dags", "GET", {"dags": [_DAG | {"dag_id": "a/b"}]}, "cannot be an id, for the '/'"),
        ("assets state list 7", "/assets/7", "GET", {"id": "../.."}, "`id` cannot be an id, for the '/'"),
        ("pools get p", "/pools/p", "GET", {"name": {"a": 1}}, "`name` is an object"),
        ("pools get p", "/pools/p", "GET", {"name": None}, "`name` is null"),
        ("pools export -", "/pools", "GET", {"pools": [{"name": ["a"]}]}, "`name` in row 1 is a list"),
        ("dags report", "/dags", "GET", {"dags": [{**_DAG, "dag_id": None}]}, "`dag_id` in row 1"),
        ("dagrun wait etl r1", "/dagRuns/r1", "GET", {**_RUN, "dag_run_id": 7}, "`dag_run_id` is a number"),
        ("users list", "/users", "GET", {"users": [{"username": "a", "roles": [{}]}]}, "no `name`"),
        ("users list", "/users", "GET", {"users": [{"username": "a", "roles": ["Op"]}]}, "is a text"),
        ("roles export -", "/roles", "GET", {"roles": [{"name": "a", "actions": [{}]}]}, "no `action`"),
        ("users get ann", "/users/ann", "GET", {"username": None}, "`username` is null"),
    ],
)  # fmt: skip
def test_a_field_that_is_missing_or_of_another_type_is_named(
    online: Program, stub: Stub, line: str, path: str, method: str, body: object, words: str
) -> None:
    odd(stub, path, method, body)
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert "error: the server answered " in done.err
    assert words in done.err
    assert ("it may have been done" in done.err) is (method != "GET")


@pytest.mark.parametrize("field", [{}, {"worker_name": None}, {"worker_name": 7}, {"worker_name": ["a"]}])
def test_nothing_is_asked_of_a_worker_without_a_name(
    online: Program, stub: Stub, field: dict[str, Any]
) -> None:
    worker = {name: value for name, value in _WORKER.items() if name != "worker_name"}
    odd(stub, "/ui/worker", "GET", {"workers": [{**worker, **field}], "total_entries": 1})
    done = online("workers", "shutdown-all", "--yes")
    assert done.code == 1
    assert "worker_name" in done.err
    assert [sent for sent in stub.sent if not sent.startswith("GET ")] == []


@pytest.mark.parametrize("line", ["pools get p", "dags list", "users list", "dagrun get etl r", "health"])
def test_no_content_is_no_answer_to_a_question(online: Program, stub: Stub, line: str) -> None:
    stub.answer = lambda request: reply("", 204)
    done = online(*line.split())
    assert (done.code, "unexpected" in done.err) == (1, False)
    assert "empty answer" in done.err + done.out


_DETAILS = (
    None, 7, True, "text", [], {}, [None], [7], [[]], [{"loc": None}], [{"loc": 7}], [{"loc": "x", "msg": 1}],
    [{"loc": {"a": 1}, "msg": None}], {"reason": ["x"], "message": {"a": 1}}, {"reason": None},
)  # fmt: skip


@pytest.mark.parametrize("detail", _DETAILS, ids=repr)
@pytest.mark.parametrize(
    ("status", "code"), [(400, 1), (401, 4), (403, 4), (404, 1), (409, 1), (422, 1), (503, 3)]
)
def test_a_refusal_keeps_its_exit_code_whatever_its_detail(
    online: Program, stub: Stub, detail: object, status: int, code: int
) -> None:
    stub.answer = lambda request: reply({"detail": detail}, status)
    done = online.with_environ(AIRFLOWCTL_RETRY_FOR="0")("pools", "get", "p")
    assert (done.code, "unexpected" in done.err) == (code, False)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000])
@pytest.mark.parametrize("line", ["pools list -o json", "pools list", "pools get p -o json"])
def test_a_number_that_json_does_not_have_is_no_answer(
    online: Program, stub: Stub, line: str, number: str
) -> None:
    row = f'{{"name": "p", "slots": 1, "more": {number}}}'
    body = f'{{"pools": [{row}], "total_entries": 1}}' if "list" in line else row
    stub.answer = lambda request: reply(body)
    done = online(*line.split())
    assert (done.code, done.out) == (1, "")
    assert "JSON that cannot be read" in done.err


def test_what_no_document_describes_stays_as_it_came(online: Program, stub: Stub) -> None:
    row = {"name": "p", "slots": 1, "zz_new": {"a": [1, None, {"b": "x"}]}}
    stub.answer = lambda request: reply({"pools": [row], "total_entries": 1})
    assert online("pools", "list", "-o", "json").json == [row]
    assert "b: x" in online("pools", "list", "-o", "yaml").out
    assert online("pools", "list", "--query", "[].zz_new | [0].keys(@)", "-o", "json").json == ["a"]


_REDIRECT = reply("", 302, "text/html", Location="https://sso.example.org/login")
_PAGE = reply("<html>sign in</html>", 200, "text/html")
_CUT = reply('{"users": [{"user', 200)
_NOT_ALLOWED = reply({"detail": "Method Not Allowed"}, 405)


@pytest.mark.parametrize("bad", [_REDIRECT, _PAGE, _CUT, _NOT_ALLOWED, reply("<html>", 404, "text/html")])
@pytest.mark.parametrize(
    "line", ["users list", "users create -u a -e b -f c -l d -r Op --use-random-password"]
)
def test_a_proxy_is_no_proof_that_there_is_no_fab(online: Program, stub: Stub, line: str, bad: Reply) -> None:
    stub.answer = lambda request: bad
    done = online(*line.split())
    assert (done.code, "FAB" in done.err) == (1, False)


@pytest.mark.parametrize("bad", [_REDIRECT, _PAGE, _CUT, _NOT_ALLOWED, reply("<html>", 404, "text/html")])
@pytest.mark.parametrize(
    "line",
    ["users delete -u ann", "users add-role -u ann -r Admin", "roles add-perms Viewer -a can_edit -r DAGs"],
)
def test_a_change_that_is_answered_badly_is_not_a_wrong_line(
    online: Program, stub: Stub, line: str, bad: Reply
) -> None:
    documents = {"paths": {"/fab/v1/users": {}}}

    def last_is_bad(request: Request) -> Reply:
        if request.path == "/auth/openapi.json":
            return reply(documents)
        return answer(request) if request.method == "GET" else bad

    stub.answer = last_is_bad
    done = online(*line.split())
    assert (done.code, "FAB auth manager" in done.err) == (1, False)
    assert any(not sent.startswith("GET ") for sent in stub.sent)


@pytest.mark.parametrize("document", [reply({"paths": {"/token": {}}}), reply({"detail": "Not Found"}, 404)])
def test_another_auth_manager_is_known_by_its_document(online: Program, stub: Stub, document: Reply) -> None:
    def without_fab(request: Request) -> Reply:
        return document if request.path == "/auth/openapi.json" else reply({"detail": "Not Found"}, 404)

    stub.answer = without_fab
    done = online("users", "list")
    assert (done.code, "does not have the FAB auth manager" in done.err) == (2, True)


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "soon", "", 7, None]
)
def test_a_time_beyond_the_calendar_is_none(text: object) -> None:
    assert moment(text) is None


def test_a_missing_field_names_the_answer_and_the_row() -> None:
    body = parse(json.dumps({"dag_runs": [{"dag_run_id": "a"}, {}, {"state": "x"}]}))
    attach(body, {"dag_runs": [{"dag_run_id": "s"}]}, Origin("get_dag_runs", "GET"))
    with pytest.raises(OddAnswer, match="answered get_dag_runs oddly: no `dag_run_id` in row 3"):
        _ = body["dag_runs"][2]["dag_run_id"]
    second_page = read_rows(body, "dag_runs", 100)
    assert second_page is not None
    with pytest.raises(OddAnswer, match="no `dag_run_id` in row 103"):
        _ = second_page[2]["dag_run_id"]


def test_a_missing_field_of_what_no_document_describes_is_named_too() -> None:
    with pytest.raises(OddAnswer, match="the server answered oddly: no `b`"):
        _ = parse('{"a": {}}')["a"]["b"]


@pytest.mark.parametrize(
    ("value", "shape", "words"),
    [
        ({"a": True}, {"a": "i"}, "`a` is true or false, and no whole number"),
        ({"a": 1.5}, {"a": "i"}, "`a` is a number, and no whole number"),
        ({"a": None}, {"a": ["s"]}, "`a` is null, and no list"),
        ({"a": 2**64}, {"a": "i"}, "`a` is a number beyond 64 bits"),
        ({"a": {"b": "x"}}, {"a": "s0"}, "`a` is an object, and no text"),
        ({"a": [{"b": "x"}, 7]}, {"a": [{"b": "s"}]}, "`a` is a number, and no object (item 2)"),
        ({"a": ["x", None]}, {"a": ["s"]}, "`a` is null, and no text (item 2)"),
        ({"a": []}, {"a": {"b": "s"}}, "`a` is a list, and no object"),
    ],
)
def test_a_needed_field_of_another_type_says_where(
    value: dict[str, object], shape: dict[str, object], words: str
) -> None:
    fields = Fields(value)
    attach(fields, shape, Origin("get_x", "GET"))
    with pytest.raises(OddAnswer) as raised:
        _ = fields["a"]
    assert words in raised.value.message
    assert dict(fields) == value


@pytest.mark.parametrize("value", [None, "x", ["x"], {"b": 1}, 7])
def test_a_field_that_may_be_missing_may_be_null_and_of_no_other_type(value: object) -> None:
    fields = Fields(a=value)
    attach(fields, {"a": "s"}, Origin("get_x", "GET"))
    if value is None or isinstance(value, str):
        assert fields.get("a", "y") == (value or "y")
        assert fields.get("a") == value
    else:
        with pytest.raises(OddAnswer):
            fields.get("a", "y")
    assert fields.get("b", "y") == "y"


@pytest.mark.parametrize(
    "line", ["dagrun watch etl r1", "dagrun wait etl r1", "tasks clear etl --run-id r1 --follow"]
)
def test_an_index_that_is_null_is_as_none(online: Program, stub: Stub, line: str) -> None:
    task = {"task_id": "load", "dag_id": "etl", "dag_run_id": "r1", "state": "success", "map_index": None}
    odd(stub, "/taskInstances", "GET", {"task_instances": [task], "total_entries": 1})
    done = online(*line.split(), *(["--yes"] if "clear" in line else []))
    assert (done.code, "fault in airflowctl" in done.err) == (0, False), done.err


@pytest.mark.parametrize("state", [["a"], {"a": 1}, 7, True])
@pytest.mark.parametrize("line", ["dags stats", "dags show etl --run r1", "dags grid etl", "status"])
def test_a_state_that_is_no_text_is_counted_as_it_is(
    online: Program, stub: Stub, line: str, state: object
) -> None:
    stub.answer = lambda request: _with_state(answer(request), state)
    done = online(*line.split(), "-o", "json")
    assert (done.code in (0, 1), "fault in airflowctl" in done.err) == (True, False), done.err


def _with_state(made: Reply, state: object) -> Reply:
    def change(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: state if key == "state" else change(part) for key, part in value.items()}
        return [change(part) for part in value] if isinstance(value, list) else value

    return made._replace(body=json.dumps(change(json.loads(made.body))).encode())


@pytest.mark.parametrize("line", ["dags clear etl --run-id r1 --yes", "tasks clear etl --run-id r1 --yes"])
def test_an_empty_answer_to_a_change_is_no_fault_of_ours(online: Program, stub: Stub, line: str) -> None:
    def empty_at_last(request: Request) -> Reply:
        is_change = request.method == "POST" and not request.json.get("dry_run", True)
        return reply("", 204) if is_change else answer(request)

    stub.answer = empty_at_last
    done = online(*line.split())
    assert (done.code in (0, 1), "fault in airflowctl" in done.err) == (True, False), done.err


@pytest.mark.parametrize("depth", [400, 700, 900, 960, 990, 5000, 100_000])
@pytest.mark.parametrize("format_name", ["json", "yaml", "table", "tsv"])
def test_what_is_nested_too_deeply_is_an_error(
    online: Program, stub: Stub, depth: int, format_name: str
) -> None:
    value = "[" * depth + "]" * depth
    stub.answer = lambda request: reply(f'{{"key": "k", "value": {value}}}')
    done = online("xcom", "get", "etl", "load", "r1", "k", "-o", format_name)
    assert (done.code in (0, 1), "fault in airflowctl" in done.err) == (True, False), done.err
    assert done.code == 0 or not done.out


def test_an_object_within_an_object_is_checked_when_it_is_read() -> None:
    fields = parse('{"a": {"b": {"c": 1, "d": null}}}')
    attach(fields, {"a": {"b": {"c": "s0", "d": "s"}}}, Origin("get_x", "GET"))
    inner = fields["a"]["b"]
    with pytest.raises(OddAnswer, match="answered get_x oddly: `c` is a number, and no text"):
        _ = inner["c"]
    with pytest.raises(OddAnswer, match="`d` is null, and no text"):
        _ = inner["d"]


COST = "their last runs cost a request for each Dag that is shown\n"
_PRINTED = (None, 7, 1.5, True, [], ["a", 1], [None], {}, {"a": [1, None]}, 10**40, "", "text")


@pytest.mark.parametrize("value", _PRINTED, ids=repr)
@pytest.mark.parametrize("form", ["json", "jsonl", "yaml", "csv", "tsv", "table", "wide", "plain"])
def test_what_is_only_printed_may_be_of_any_type(
    online: Program, stub: Stub, value: object, form: str
) -> None:
    row = {
        "dag_id": "etl",
        "is_paused": value,
        "tags": value,
        "owners": value,
        "next_dagrun_run_after": value,
    }
    runs = {"dag_runs": [], "total_entries": 0}
    stub.answer = lambda request: reply(
        runs if request.path.endswith("/dagRuns") else {"dags": [row], "total_entries": 1}
    )
    done = online("dags", "list", "-o", form)
    assert (done.code, done.err) == (0, COST if form == "wide" else "")
    if form == "json":
        assert done.json == [row]


@pytest.mark.parametrize(
    "version", ["x.\u0663.y", "", "\u0663.2", "soon", "9" * 5000, "7", "-1", "2025-01-02", 7.5, None, ["3"]]
)
def test_a_version_that_is_none_stands_in_no_way(online: Program, stub: Stub, version: object) -> None:
    def answer_oddly(request: Request) -> Reply:
        return reply({"version": version}) if request.path.endswith("/version") else answer(request)

    stub.answer = answer_oddly
    done = online("tasks", "state-store", "list", "d", "r", "t")
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("noun", ["pools", "variables"])
def test_half_a_character_is_escaped_in_an_export(
    online: Program, stub: Stub, noun: str, tmp_path: Path
) -> None:
    row = {"name": "p", "key": "p", "value": "v\ud800", "slots": 1, "description": "half \ud800 of it"}
    stub.answer = lambda request: reply({noun: [row], "total_entries": 1})
    target = tmp_path / "x.json"
    done = online(noun, "export", str(target))
    assert (done.code, "unexpected" in done.err) == (0, False)
    assert "\\ud800" in target.read_text(encoding="utf-8")


def test_a_log_needs_no_content_type(online: Program, stub: Stub) -> None:
    def answer_plainly(request: Request) -> Reply:
        if "/logs/" in request.path:
            return reply('{"content": [{"event": "a line"}]}', kind="")
        return answer(request)

    stub.answer = answer_plainly
    done = online("logs", "d", "t", "r")
    assert (done.code, "a line" in done.out) == (0, True), done.err


@pytest.mark.parametrize("rows", [["a"], [{"task_id": "a"}, "b"], [None], [7], [["a"]]])
def test_a_row_that_is_no_object_is_no_list(online: Program, stub: Stub, rows: list[object]) -> None:
    odd(stub, "/taskInstances", "GET", {"task_instances": rows, "total_entries": len(rows)})
    done = online("dagrun", "logs", "d", "r")
    assert (done.code, done.out) == (1, "")
    assert "without task_instances" in done.err


def test_more_rows_than_the_whole_list_are_shown_once(online: Program, stub: Stub) -> None:
    rows = [{"name": "a", "slots": 1}, {"name": "b", "slots": 1}]
    stub.answer = lambda request: reply({"pools": rows * 2, "total_entries": 2})
    assert online("pools", "list", "-o", "json").json == rows


@pytest.mark.parametrize("field", [{}, {"task_id": None}, {"task_id": 7}, {"task_id": "t\ud800"}])
@pytest.mark.parametrize("line", ["diagnose", "dagrun gantt d r", "why d r"])
def test_no_request_is_made_from_a_task_without_an_id(
    online: Program, stub: Stub, line: str, field: dict[str, Any]
) -> None:
    made = answer(Request("GET", "/api/v2/dags/d/dagRuns/r/taskInstances", {}, b""))
    (row, *_) = json.loads(made.body)["task_instances"]
    task = {name: value for name, value in row.items() if name != "task_id"} | {"state": "failed"}
    odd(stub, "/taskInstances", "GET", {"task_instances": [{**task, **field}], "total_entries": 1})
    done = online(*line.split())
    assert "unexpected" not in done.err + done.out
    assert [sent for sent in stub.sent if "taskInstances/" in sent] == []
