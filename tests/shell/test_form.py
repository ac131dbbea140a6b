"""A form for the params of a Dag: what it asks, what it takes, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from airflowctl.core.fields import Field, changed_values, fields
from tests.support.program import Program
from tests.support.screen import ESCAPE, Screen
from tests.support.stub import Stub
from tests.support.stub_deployment import PARAMS, Toy

ENTER, RIGHT, F4, BACK = "\r", "\x1b[C", "\x1bOS", "\x7f"


def field(name: str) -> Field:
    return next(it for it in fields(PARAMS, {}) if it.name == name)


def test_the_fields_of_params() -> None:
    assert [(it.kind, it.text, it.choices) for it in fields(PARAMS, {})] == [
        ("text", "orders", ()),
        ("whole number", "100", ()),
        ("text", "append", ("append", "replace")),
        ("true or false", "false", ("true", "false")),
        ("object", '{"a": 1}', ()),
    ]
    odd = fields(
        {"bare": 3, "none": None, "any": {"value": [1], "schema": {"type": ["array", "string"]}}}, {}
    )
    assert [(it.kind, it.text) for it in odd] == [
        ("whole number", "3"),
        ("text", ""),
        ("list or text", "[1]"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("table", "", ""),
        ("rows", " 5", 5),
        ("dry", "true", True),
        ("options", "", None),
        ("options", '{"b": 2}', {"b": 2}),
    ],
)
def test_what_a_field_takes(name: str, text: str, value: object) -> None:
    assert field(name).value(text) == value


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("rows", "1x", "not a whole number"),
        ("rows", "", "needs a whole number"),
        ("mode", "drop", "one of append, replace"),
        ("rows", "-5", "must be at least 1"),
        ("options", "{", "not JSON"),
        ("options", "[1]", "not an object"),
    ],
)
def test_what_a_field_does_not_take(name: str, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        field(name).value(text)


def test_only_what_was_changed_or_given_is_sent() -> None:
    asked = fields(PARAMS, {"rows": 7, "more": [1]})
    texts = [it.text for it in asked]
    assert changed_values(asked, texts) == {"rows": 7, "more": [1]}
    assert changed_values(asked, ["", *texts[1:]])["table"] == ""
    either = fields({"it": {"value": None, "schema": {"type": ["integer", "string"]}}}, {"it": "5"})
    assert changed_values(either, ["5"]) == {"it": "5"}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(Toy()) as server:
        yield server


def posted(stub: Stub) -> list[object]:
    return [request.json.get("conf") for request in stub.requests if request.method == "POST"]


@pytest.mark.parametrize(("rows", "columns"), [(24, 80), (50, 200), (8, 60)])
def test_filling_it_in(online: Program, stub: Stub, rows: int, columns: int) -> None:
    with Screen(online, "dags", "trigger", "etl", "--form", rows=rows, columns=columns) as screen:
        screen.until("^> table +orders", "Which table to load")
        screen.type("\t9x")
        screen.until("^>!rows +1009x", "not a whole number")
        screen.type(BACK + "\t" + RIGHT)
        screen.until("^> mode +replace", "one of append, replace")
        screen.type("\t\t" + ENTER)
        screen.until(r'start etl on .* with \{"rows": 1009, "mode":')
        assert posted(stub) == []
        screen.type("y\n")
        assert screen.end() == 0
    assert posted(stub) == [{"rows": 1009, "mode": "replace"}]


def test_leaving_it_does_nothing_and_neither_does_no(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("dags trigger etl" + F4)
        screen.until("^> table")
        screen.type("x" + ESCAPE)
        screen.until("^nothing was sent")
        screen.prompt()
        screen.type("dags trigger etl --form\n")
        screen.until("^> table")
        screen.type(ENTER * 5)
        screen.until(r"with its defaults\? \[y/N\]")
        screen.type("\n")
        screen.until("^not started")
    assert posted(stub) == []


def test_the_key_says_where_there_is_no_form(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("pools list" + F4)
        screen.until("^pools list has no form; F4 is for commands with one")
        screen.until_true(lambda: screen.cursor_line.endswith("> pools list"), "the line")


def test_what_the_form_does_not_ask_for_stays_on_the_line(online: Program, stub: Stub) -> None:
    line = ("dags", "trigger", "etl", "rows:=7", "--note", "by hand", "--run-id", "r-1", "--form")
    with Screen(online, *line) as screen:
        screen.until("^> table +orders", "^  rows +7")
        screen.type(ENTER * 5)
        screen.until(r'with \{"rows": 7\}\? \[y/N\]')
        screen.type("y\n")
        screen.until("the same without a form: airflowctl dags trigger")
        assert screen.end() == 0
    sent = next(request.json for request in stub.requests if request.method == "POST")
    assert (sent["conf"], sent["note"], sent["dag_run_id"]) == ({"rows": 7}, "by hand", "r-1")


def test_a_line_without_a_dag_asks_for_it_first(online: Program, stub: Stub) -> None:
    with Screen(online) as screen:
        screen.prompt()
        screen.type("dags trigger\n")
        screen.until("^>!dag_id")
        screen.type("etl" + ENTER)
        screen.until("^> table")
        screen.type(ENTER * 5)
        screen.until(r"start etl on .* with its defaults\? \[y/N\]")
        screen.type("y\n")
        screen.until("the same without a form: dags trigger etl$")
        screen.prompt()
    assert posted(stub) == [None]


@pytest.mark.parametrize("option", ["--form", "--edit"])
def test_without_a_terminal_it_is_refused(option: str, online: Program, stub: Stub) -> None:
    done = online("dags", "trigger", "etl", option)
    assert (done.code, posted(stub)) == (2, [])
    assert "--form needs a terminal" in done.err


def test_the_older_spelling_opens_it_and_is_not_offered(online: Program, stub: Stub) -> None:
    with Screen(online, "dags", "trigger", "etl", "--edit") as screen:
        screen.until("^> table +orders")
        screen.type(ESCAPE)
        screen.until("nothing was sent$")
    assert "--edit" not in online("dags", "trigger", "--help").out
    assert posted(stub) == []


def test_a_form_is_for_one_line_in_one_environment(online: Program, stub: Stub) -> None:
    with Screen(online, "dags", "trigger", "etl", "--each", "a,b", "--form") as screen:
        screen.until("--form is for one environment")
        assert screen.end() == 2
    with Screen(online, "dags", "trigger", "etl", "--from-file", "runs", "--form") as screen:
        screen.until("--form cannot go with --from-file")
        assert screen.end() == 2
    assert posted(stub) == []
