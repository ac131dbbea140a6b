"""The line explains itself while it is typed: usage, Dags, dates, confs, globs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.completion.session_source import SessionNames
from airflowctl.domain.runs.conf_schema import find_problem
from airflowctl.session.dag_facts import DagFacts
from airflowctl.shell.hints import Fragments, Hints, describe_conf, describe_dag, describe_date
from completers.json_cursor import find_cursor, read_whole_part
from tests.support.program import Program
from tests.support.screen import CTRL_C, TAB, Screen
from tests.support.shell_driver import Desk
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.stub_deployment import Toy
from tests.support.waiting import until

NESTED: dict[str, Any] = {
    "rows": {"value": 100, "schema": {"type": "integer", "minimum": 1}},
    "mode": {"value": "append", "schema": {"type": "string", "enum": ["append", "replace"]}},
    "target": {
        "value": {},
        "description": "Where to.",
        "schema": {
            "type": "object",
            "required": ["host"],
            "additionalProperties": False,
            "properties": {
                "host": {"type": "string", "title": "A server"},
                "ports": {"type": "array", "items": {"type": "integer", "maximum": 65535}},
            },
        },
    },
}
FACTS = DagFacts("daily", ("success", "failed", "running"), None, False, NESTED)


def plain(fragments: Any) -> str:
    return "".join(part[1] for part in fragments)


# JSON that is being typed.


@pytest.mark.parametrize(
    ("text", "path", "key"),
    [
        ("{", (), ""),
        ('{"ro', (), "ro"),
        ('{"rows"', (), "rows"),
        ('{"rows": ', ("rows",), None),
        ('{"rows": 1, ', (), ""),
        ('{"o": {"a": [1, {"b": "x', ("o", "a", 1, "b"), None),
        ('{"o": {"a,}\\"": 1, "c', ("o",), "c"),
    ],
)
def test_where_the_cursor_lies_in_json(text: str, path: tuple[object, ...], key: str | None) -> None:
    cursor = find_cursor(text)
    assert cursor is not None
    assert (cursor.path, cursor.key if cursor.is_key else None, cursor.is_whole) == (path, key, False)


def test_whatever_is_typed_is_looked_at_without_an_error() -> None:
    text = '{"a": {"b": [1, "x\\"y", null]}, "c": true}'
    for end in range(len(text) + 1):
        find_cursor(text[:end])
        read_whole_part(text[:end])
        describe_conf(FACTS, text[:end])
    assert read_whole_part(text) == {"a": {"b": [1, 'x"y', None]}, "c": True}


@pytest.mark.parametrize(
    ("conf", "problem"),
    [
        ({"rows": 5, "mode": "replace", "target": {"host": "h", "ports": [80]}}, ""),
        ({"rows": 0}, "rows must be at least 1"),
        ({"rows": "x"}, "rows is not a whole number"),
        ({"mode": "add"}, "mode is not one of append, replace"),
        ({"row": 1}, "row is no param of this Dag: rows, mode, target"),
        ({"target": {}}, "target needs host"),
        ({"target": {"host": 1}}, "target.host is not text"),
        ({"target": {"host": "h", "ports": [1, 70000]}}, "target.ports.1 must be at most 65535"),
        ({"target": {"host": "h", "port": 1}}, "target has no member port: host, ports"),
        ([1], "a conf is an object: {...}"),
    ],
)
def test_what_is_wrong_with_a_conf(conf: object, problem: str) -> None:
    assert find_problem(NESTED, conf) == problem


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "params: rows, mode, target"),
        ("{", "members: rows, mode, target"),
        ('{"m', 'mode: one of append, replace, default "append"'),
        ('{"rows": 0', "rows: whole number, at least 1, default 100"),  # it may still become 0.5 or 07
        ('{"rows": 0,', "rows must be at least 1 | members: rows, mode, target"),
        ('{"target": {', "members: host, ports"),
        ('{"target": {"ho', "host: text. A server"),
        (
            '{"target": {"ports": [70000, ',
            "target.ports.0 must be at most 65535 | 1: whole number, at most 65535",
        ),
        ('{"target": {"host": "h"}', "target: object, default {}. Where to."),
        (
            '{"mode": "add"',
            'mode is not one of append, replace | mode: one of append, replace, default "append"',
        ),
        ('{"rows": 5}', "it fits the params"),
        ('{"target": {}}', "target needs host"),
        ("rows=5", "a conf is an object: {...}"),
        ("@file", "params: rows, mode, target"),
    ],
)
def test_a_conf_is_explained_with_its_nested_members(typed: str, told: str) -> None:
    assert plain(describe_conf(FACTS, typed)) == told


# Dags and dates.


def test_a_dag_has_its_schedule_its_last_states_and_its_next_run() -> None:
    shown = describe_dag("etl", FACTS, is_unicode=True)
    assert plain(shown) == "etl: daily ✓✗▶"
    assert {text: style for style, text, *_ in shown if text in "✓✗▶" and text} == {
        "✓": "class:hint.success",
        "✗": "class:hint.failed",
        "▶": "class:hint.running",
    }
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3 * 3600 + 60))
    facts = FACTS._replace(next_run=later, states=("queued", "upstream_failed"))
    assert plain(describe_dag("etl", facts, is_unicode=False)) == "etl: daily ox next in 3 h"
    assert (
        plain(describe_dag("x", DagFacts("", (), None, True, {}), is_unicode=True))
        == "x: no schedule no run yet paused"
    )


def test_a_date_is_shown_in_utc_and_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        shown = plain(describe_date("2026-07-01T12:00:00"))
        assert shown == "2026-07-01 12:00:00 UTC = 2026-07-01 14:00:00 CEST here"
        assert re.fullmatch(r"\S+ \S+ UTC = \S+ \S+ CES?T here", plain(describe_date("-2h")))
        assert plain(describe_date("2026-13-01")).startswith("2026-13-01: not a date like")
    finally:
        monkeypatch.undo()
        time.tzset()


# On a server.


class Dags(Toy):
    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/details"):
            return reply(
                {"dag_id": "etl", "timetable_summary": "daily", "is_paused": False, "params": NESTED}
            )
        return super().__call__(request)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(Dags()) as server:
        yield server


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k", TZ="Europe/Berlin")


class Typist:
    """Types into hints without a prompt."""

    def __init__(self, program: Program) -> None:
        self.desk = Desk(program)
        self.hints = Hints(self.desk.session, SessionNames(self.desk.session))
        self.desk.session.parts.names_changed = self.hints.forget

    def __call__(self, text: str, width: int = 200, height: int = 50) -> list[str]:
        return [plain(row) for row in self.hints.rows(text, width, height)]


def test_usage_has_the_present_parameter_in_bold(online: Program) -> None:
    hints = Typist(online).hints
    for text, present in [
        ("dags trigger ", "[DAG_ID]|DAG_ID"),
        ("dags trigger etl --conf ", "[--conf JSON]"),
        ("dags trigger etl --wait", "[--wait]"),
        ("dagrun list etl --state", "[--state STATE]"),
        ("time dags get ", "DAG_ID"),
        ("pools list; dags get ", "DAG_ID"),
        ("health && dags trigger etl --conf ", "[--conf JSON]"),
        ("dags list --url ", "[--url URL]"),
    ]:
        usage = hints.rows(text, 200, 50)[0]
        bold = "".join(part[1] for part in usage if part[0] == "class:hint.present").strip()
        assert bold in present.split("|"), (text, bold)


@pytest.mark.parametrize(
    "text", ["", "  ", "dags", "dags ", "nosuch x", "!ls ", "dags list | gre", "# dags get ", "dags lst x"]
)
def test_what_is_no_command_of_ours_is_not_explained(text: str, online: Program) -> None:
    assert Typist(online)(text) == []


def test_lines_keep_to_the_width_and_cut_no_word(online: Program) -> None:
    rows = Typist(online)
    whole = rows("dags trigger etl --note ", 500)[0].split()
    for width in range(5, 200):
        for row in rows("dags trigger etl --note ", width):
            assert len(row) <= width
        words = rows("dags trigger etl --note ", width)[0].replace("…", "").split()
        assert words == whole[: len(words)], width
    assert len(rows("dags trigger etl --note ", 80, height=10)) == 1


def test_a_dag_that_is_known_is_explained_without_waiting(online: Program, stub: Stub) -> None:
    rows = Typist(online)
    until(lambda: rows.desk.offered("dags get e"), "names")
    asked = len(stub.sent)
    rows("dags get et")
    assert len(stub.sent) == asked  # not for each beginning
    rows("dags get etl")
    until(lambda: "etl: daily ▶▶" in rows("dags get etl")[-1], "what is known of it")
    assert "etl: daily" in rows("dags trigger etl --wait ")[-1]
    until(lambda: "members: rows" in rows("dags trigger etl --conf {")[-1], "its params")
    assert [path for path in stub.sent if path.endswith("/details")] == ["GET /api/v2/dags/etl/details"]


def test_facts_that_come_while_a_line_is_explained_are_shown(
    online: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = Typist(online).hints
    explain = hints._explain

    def explain_slowly(text: str, width: int, height: int) -> list[Fragments]:
        rows = explain(text, width, height)
        hints.forget()  # as the thread does that fetched them
        return rows

    monkeypatch.setattr(hints, "_explain", explain_slowly)
    before = hints.rows("dags get ", 200, 50)
    monkeypatch.setattr(hints, "_explain", lambda *_: [[("", "newer")]])
    assert hints.rows("dags get ", 200, 50) == [[("", "newer")]] != before


def test_a_line_to_a_server_that_is_typed_asks_none(online: Program, stub: Stub) -> None:
    rows = Typist(online)
    rows("dags trigger etl --url http://127.0.0.1:1 --conf {")
    assert stub.sent == []


def test_a_glob_says_what_it_matches(online: Program) -> None:
    rows = Typist(online)
    until(lambda: rows.desk.offered("dagrun delete etl r"), "names")
    assert rows("dagrun delete etl r*")[-1] == " 2 runs: r2, r1"
    assert rows("dagrun delete etl x*")[-1] == " x* matches no name that is known here"


def test_what_is_wrong_with_the_words_before_is_said(online: Program) -> None:
    rows = Typist(online)
    assert rows("dags list --nosuch x")[-1] == " unknown option --nosuch"
    assert rows("dags list --nosuch")[-1] != " unknown option --nosuch"  # it may still become one


def test_no_secret_is_explained(online: Program) -> None:
    text = " ".join(Typist(online)("auth login --password s3cret"))
    assert "s3cret" not in text


@pytest.mark.parametrize(("rows", "columns"), [(10, 30), (24, 80), (50, 200)])
def test_hints_on_a_screen(rows: int, columns: int, online: Program) -> None:
    with Screen(online, rows=rows, columns=columns) as screen:
        screen.prompt()
        screen.type("dags get etl")
        screen.until_true(lambda: "etl: daily" in screen.text, "the Dag")
        assert (" dags get DAG_ID" in screen.text) == (rows >= 20)
        screen.type(CTRL_C + "dagrun list etl --start-date 2026-07-01")
        if columns >= 80:
            screen.until("2026-07-01 00:00:00 UTC = 2026-07-01 02:00:00 CEST here")
        screen.type(CTRL_C + "set hints off\n")
        screen.until("hints is off")
        screen.prompt()
        screen.type("dags get etl")
        screen.until("> dags get etl$")
        screen.until_true(lambda: "etl: daily" not in screen.text.rpartition("hints is off")[2], "no hint")


def test_the_facts_of_a_real_server(ctl: Program) -> None:
    with Screen(ctl, columns=120) as screen:
        screen.prompt()
        screen.type("dags get demo_f")
        screen.until("^ +demo_fails")
        screen.type(TAB)
        screen.until(r"demo_fails: .*(no run yet|[✓✗▶○])")
        screen.type(" ")
        screen.until(r"demo_fails: ")
