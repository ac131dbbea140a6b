"""Answering what tasks ask of people: with a line, and one by one at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.core.fields import Field
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

PLACE = ("etl", "ask", "r1")
PARAMS = {
    "count": {"value": 1, "schema": {"type": "integer", "minimum": 1}, "description": "How many"},
    "reason": {"value": None, "schema": {"type": "string", "minLength": 2}},
    "size": {"value": "S", "schema": {"type": ["string", "null"], "enum": ["S", "L"]}},
}


class Asking:
    """A server on which one task asks; `sent` is what it was answered."""

    def __init__(self) -> None:
        self.question: dict[str, Any] = {
            "subject": "Ship \x1b[2Jit?", "body": "Two lines\nof text", "options": ["Approve", "Reject"],
            "multiple": False, "defaults": None, "params": {}, "response_received": False,
        }  # fmt: skip
        self.sent: list[Any] = []

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/version"):
            return reply({"version": "3.3.2"})
        if request.method == "PATCH":
            self.sent.append(request.json)
            return reply(request.json)
        return reply(self.question)


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture
def ctl(program: Program, asking: Asking) -> Iterator[Program]:
    with Stub(asking) as server:
        yield program.with_environ(AIRFLOWCTL_URL=server.url, AIRFLOW_CLI_TOKEN="to.ke.n")


def refused(done: Done, *words: str, code: int = 2) -> None:
    """Nothing was sent, and the words stand in an error."""
    assert (done.out, done.code) == ("", code), done
    assert "error: " in done.err
    assert all(word in done.err for word in words), done.err


def asked(working: Program, run: str, task_id: str) -> tuple[str, ...]:
    """Wait for the question of a task; where it is."""
    line = ("hitl", "list", "people", run, "--pending", "--task-id", task_id, "-o", "name")
    until(lambda: working(*line).out == f"{task_id}\n", f"a question of {task_id}")
    return "people", task_id, run


def test_a_person_approves_and_fills_in(working: Program) -> None:
    """How the runs go on is not looked at: an answer may come before the scheduler has seen the task wait."""
    first, second = (working("dags", "trigger", "people", "-o", "name").out.strip() for _ in range(2))
    place = asked(working, first, "approve")
    assert working("hitl", "respond", *place, answers="1\n").out == "answered approve: Approve\n"
    refused(working("hitl", "reject", *place), "answered already by admin: Approve", code=1)
    asked(working, second, "approve")
    assert working("tasks", "mark", "success", "people", "approve", second, "-y").code == 0
    place = asked(working, second, "fill")
    refused(
        working("hitl", "respond", *place, "--param", "count=many"), "count: 'many' is not a whole number"
    )
    assert working("hitl", "respond", *place, "--param", "count=3").out == "answered fill: OK\n"
    shown = working("hitl", "show", *place, "-o", "json").json
    assert shown["params_input"] == {"count": 3, "reason": ""}
    working("dagrun", "mark", "failed", "people", first, second, "-y")


def test_what_the_line_says_is_checked_before_it_is_sent(ctl: Program, asking: Asking) -> None:
    line = ("hitl", "respond", *PLACE)
    refused(ctl(*line), "asks: Ship", "one of: Approve, Reject")
    refused(ctl(*line, "Maybe"), "'Maybe' is no answer", "one of: Approve, Reject")
    refused(ctl(*line, "Approve", "Reject"), "one answer")
    refused(ctl(*line, "Approve", "--param", "count=1"), "no field 'count'")
    refused(ctl(*line, "Approve", "--param", "count"), "not NAME=VALUE")
    asking.question["params"] = PARAMS
    refused(ctl(*line, "Approve"), "'reason' is to be filled in", "--param reason=VALUE")
    reason = ("--param", "reason=because")
    refused(ctl(*line, "Approve", *reason, "--param", "cuont=1"), "did you mean count?")
    refused(ctl(*line, "Approve", *reason, "--param", "count=0"), "count", "at least 1")
    refused(ctl(*line, "Approve", *reason, "--params", '{"count": true}'), "not a whole number")
    refused(ctl(*line, "Approve", *reason, "--param", "size=M"), "one of S, L")
    refused(ctl(*line, "Approve", "--param", "reason=x"), "at least 2 letters")
    asking.question["response_received"] = True
    refused(ctl(*line, "Approve", *reason), "answered already", "hitl show etl ask r1", code=1)
    assert asking.sent == []


def test_all_fields_are_sent_or_none(ctl: Program, asking: Asking) -> None:
    """A task fails that gets some of its fields."""
    assert ctl("hitl", "approve", *PLACE).out == "answered ask: Approve\n"
    asking.question["params"] = PARAMS
    given = ("--params", '{"reason": "why not", "size": "L"}', "--param", "count=2")
    assert ctl("hitl", "respond", *PLACE, "reject", *given).code == 0
    asking.question |= {"options": ["OK"], "params": {"note": "old providers tell no more"}}
    assert ctl("hitl", "respond", *PLACE, "--param", "note=5").code == 0
    assert asking.sent == [
        {"chosen_options": ["Approve"]},
        {"chosen_options": ["Reject"], "params_input": {"count": 2, "reason": "why not", "size": "L"}},
        {"chosen_options": ["OK"], "params_input": {"note": "5"}},
    ]


def test_a_person_is_asked_one_by_one(ctl: Program, asking: Asking) -> None:
    asking.question |= {"multiple": True, "options": ["red", "green", "blue"], "params": PARAMS}
    done = ctl("hitl", "respond", *PLACE, answers="4\n3, RED\nx\n7\n \nL\n")
    refused(done, "'reason' is not filled in, and nothing was sent")
    assert done.err.splitlines()[:3] == ["ask asks: Ship \\x1b[2Jit?", "  Two lines", "  of text"]
    assert "'4' is no answer to what ask asks" in done.err
    assert "count (whole number, How many); if nothing is typed: 1" in done.err
    assert "count: not a whole number" in done.err
    assert asking.sent == []
    done = ctl("hitl", "respond", *PLACE, answers="3, RED\n\nno time\nL\n")
    assert done.out == "answered ask: blue, red\n"
    assert asking.sent[0]["params_input"] == {"count": 1, "reason": "no time", "size": "L"}
    refused(ctl("hitl", "respond", *PLACE, answers="\n"), "ask is not answered")
    asking.question["defaults"] = ["green"]
    asking.question["params"] = {}
    assert ctl("hitl", "respond", *PLACE, answers="\n").out == "answered ask: green\n"


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "integer"}, "-3", -3),
        ({"type": "number"}, "2.5", 2.5),
        ({"type": "number"}, "2", 2),
        ({"type": "boolean"}, "yes", True),
        ({"type": ["string", "integer"]}, "3", 3),
        ({"type": ["string", "integer"]}, "three", "three"),
        ({"type": ["null", "string"]}, "null", None),
        ({"type": "array"}, "[1]", [1]),
        ({"type": "object"}, '{"a": 1}', {"a": 1}),
        ({}, "anything", "anything"),
        ({"type": ["null", "integer"]}, "", None),
        ({"enum": [1, "two"]}, "1", 1),
        ({"enum": [1, "two"]}, "two", "two"),
    ],
)
def test_the_value_of_a_text(schema: dict[str, Any], text: str, value: object) -> None:
    assert Field("field", None, schema).value(text) == value


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "integer"}, "1.5"),
        ({"type": "number"}, "nan"),
        ({"type": "boolean"}, "perhaps"),
        ({"type": "array"}, "1"),
        ({"type": "object"}, "{"),
        ({"type": "number", "exclusiveMaximum": 1}, "1"),
        ({"type": "string", "maxLength": 2}, "abc"),
        ({"type": ["null", "integer"]}, "x"),
    ],
)
def test_a_text_that_does_not_fit(schema: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"not|must"):
        Field("field", None, schema).value(text)
