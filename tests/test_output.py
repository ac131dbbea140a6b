"""Results as text: tables that fit, formats that keep everything, nothing alive from a server."""

from __future__ import annotations

import csv
import errno
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from wcwidth import wcswidth

from airflowctl.main import main
from airflowctl.output.streams import Streams
from tests.program import Done, Program
from tests.stub import Stub, reply

FORMATS = ("table", "wide", "plain", "tsv", "csv", "json", "jsonl", "yaml", "name")
COLUMNS = ("key", "value", "description")


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub() as server:
        yield server


class Shown:
    """Lists, records and values as the program shows them: what is given here comes from the server."""

    def __init__(self, program: Program, stub: Stub) -> None:
        self._program = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="to.ke.n")
        self._stub = stub

    def with_environ(self, **more: str) -> Shown:
        return Shown(self._program.with_environ(**more), self._stub)

    def rows(self, items: list[dict[str, Any]], *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"variables": items, "total_entries": len(items)})
        return self._program("variables", "list", *argv, **how)

    def record(self, item: dict[str, Any], *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply(item)
        return self._program("connections", "get", "c", *argv, **how)

    def value(self, text: str, *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"key": "k", "value": text})
        return self._program("variables", "get", "k", *argv, **how)

    def refusal(self, detail: str, *argv: str, **how: Any) -> Done:
        self._stub.answer = lambda request: reply({"detail": detail}, 404)
        return self._program("variables", "get", "k", *argv, **how)


@pytest.fixture
def shown(program: Program, stub: Stub) -> Shown:
    return Shown(program, stub)


def row(key: str = "k", value: Any = "v", description: Any = None, **more: Any) -> dict[str, Any]:
    return {"key": key, "value": value, "description": description, **more}


def cells(text: str) -> int:
    return max(0, wcswidth(text))


# Cells.


@pytest.mark.parametrize(
    ("sent", "for_a_person", "for_a_machine"),
    [
        (None, "", ""),
        ("", "", ""),
        (True, "true", "true"),
        (False, "false", "false"),
        (0, "0", "0"),
        (12345678901234567890, "12345678901234567890", "12345678901234567890"),
        (1.23456, "1.235", "1.23456"),
        (64.0, "64", "64.0"),
        ("007", "007", "007"),
        ("1e5", "1e5", "1e5"),
        ("2026-11-01T06:00:00.123456Z", "2026-11-01 06:00:00", "2026-11-01T06:00:00.123456Z"),
        ("2026-11-01T06:00:00+00:00", "2026-11-01 06:00:00", "2026-11-01T06:00:00+00:00"),
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        (["a", "b"], "a,b", "a,b"),
        ([], "", ""),
        ([{"name": "etl", "dag_id": "x"}, {"name": "b"}], "etl,b", "etl,b"),
        ({"a": [1, None]}, '{"a": [1, null]}', '{"a": [1, null]}'),
        ([1, 2], "[1, 2]", "[1, 2]"),
        ("ünï", "ünï", "ünï"),
    ],
)
def test_a_cell_is_short_for_a_person_and_whole_for_a_machine(
    shown: Shown, sent: object, for_a_person: str, for_a_machine: str
) -> None:
    items = [row(value=sent)]
    table = shown.rows(items, "-o", "table", "--columns", "value,key", "--no-header")
    assert table.out.rstrip("\n").removesuffix("k").rstrip() == for_a_person
    assert shown.rows(items, "-o", "tsv", "--columns", "value", "--no-header").out == f"{for_a_machine}\n"


def test_a_record_says_that_its_times_are_utc(shown: Shown) -> None:
    done = shown.record({"connection_id": "c", "start_date": "2026-11-01T06:00:00.123Z"}, terminal=True)
    assert done.lines[1].split(maxsplit=1) == ["start_date", "2026-11-01 06:00:00Z"]


# Tables.


def test_a_table_on_a_terminal(shown: Shown) -> None:
    done = shown.rows([row("a", "1", "first"), row("bb", "two words")], terminal=True)
    assert [re.split("  +", line) for line in done.lines] == [
        ["key", "value", "description"],
        [line for line in done.lines[1].split() if set(line) == {"-"}],
        ["a", "1", "first"],
        ["bb", "two words"],
    ]
    assert {line.index(word) for line, word in zip(done.lines[::2], ("value", "1"), strict=True)} == {
        done.lines[3].index("two words")
    }
    assert (done.err, done.code) == ("", 0)


def widths(done: Done) -> list[int]:
    return [len(part) for part in done.lines[1].split()]


def test_the_widest_column_gives_way_first(shown: Shown) -> None:
    done = shown.rows([row("k" * 20, "v" * 200, "d" * 25)], terminal=True)
    key, value, description = done.lines[2].split()
    assert (key, description) == ("k" * 20, "d" * 25)
    assert value == "v" * 30 + "…"
    assert len(done.lines[2]) == 80


def test_equally_wide_columns_give_way_together(shown: Shown) -> None:
    done = shown.rows([row("k", "v" * 100, "d" * 100)], terminal=True)
    key, value, description = widths(done)
    assert key + value + description + 4 == 80
    assert abs(value - description) <= 1


@pytest.mark.parametrize("length", [40, 100])
def test_the_column_that_names_the_row_keeps_up_to_half_of_the_room(shown: Shown, length: int) -> None:
    done = shown.rows([row("k" * length, "v" * 100, "d" * 100)], terminal=True)
    assert widths(done) == [40, 18, 18]


def wide_row(count: int) -> dict[str, str]:
    return {"key": "x", **{f"c{place}": f"{place}" * 30 for place in range(count)}}


def test_no_column_is_cut_below_eight_cells(shown: Shown) -> None:
    columns = ",".join(f"c{place}" for place in range(8))
    done = shown.rows([wide_row(8)], "--columns", columns, terminal=True)
    assert min(widths(done)) >= 8
    assert [part[:7] for part in done.lines[2].split()] == [f"{place}" * 7 for place in range(8)]
    assert len(done.lines) == 3


def test_where_no_table_fits_each_row_is_a_record(shown: Shown) -> None:
    columns = [f"c{place}" for place in range(9)]
    done = shown.rows([wide_row(9), wide_row(9)], "--columns", ",".join(columns), terminal=True)
    record = [f"c{place}  {str(place) * 30}" for place in range(9)]
    assert done.lines == [*record, "", *record]


def test_many_narrow_columns_are_a_table_still(shown: Shown) -> None:
    item = {f"c{place}": place for place in range(15)}
    done = shown.rows([{"key": "x", **item}], "--columns", ",".join(item), terminal=True)
    assert done.lines[0].split() == list(item)
    assert done.lines[2].split() == [str(place) for place in range(15)]


LONG = [
    row("k" * 500, "v" * 5000, "d" * 500),
    row("日本語" * 50, "データ" * 100, "ü" * 300),
    row("👩‍💻" * 40, "é" * 90, "e\u0301" * 90),
    row("short", "a\nb\n" * 100, "tab\there" * 20),
    row("x", {"deep": [{"list": "y" * 300}]}, None),
]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("items", [[item] for item in LONG] + [LONG], ids=[*"01234", "all"])
def test_no_line_is_longer_than_the_terminal(shown: Shown, items: list[dict[str, Any]], width: int) -> None:
    for done in (
        shown.rows(items, terminal=True, columns=width),
        shown.rows(items, "-o", "table", "--no-header", terminal=True, columns=width),
        shown.record({"connection_id": "c", **items[0]}, "-o", "table", terminal=True, columns=width),
    ):
        assert done.code == 0
        assert [line for line in done.lines if cells(line) > width] == []


def test_wide_characters_keep_the_columns_in_line(shown: Shown) -> None:
    done = shown.rows(
        [row("日本", "x", "one"), row("ab", "y", "two"), row("e\u0301", "z", "six")], terminal=True
    )
    starts = {cells(line[: line.index(word)]) for line, word in zip(done.lines[2:], "xyz", strict=True)}
    assert len(starts) == 1


def test_one_row_is_one_line(shown: Shown) -> None:
    done = shown.rows([row("k", "one\ntwo\r\nthree\tfour")], terminal=True)
    assert len(done.lines) == 3
    assert r"one\ntwo\r\nthree\tfour" in done.lines[2]


def test_spaces_at_the_edges_of_a_cell_stay(shown: Shown) -> None:
    done = shown.rows([row("k", "  x  y ", "d")], terminal=True)
    assert done.lines[2].index("x  y ") == done.lines[0].index("value") + 2


@pytest.mark.parametrize("format", ["table", "wide", "plain"])
def test_nothing_is_cut_in_a_pipe(shown: Shown, format: str) -> None:
    done = shown.rows([row("k" * 300, "v" * 3000, "d" * 300)], "-o", format, columns=80)
    assert done.lines[-1].split() == ["k" * 300, "v" * 3000, "d" * 300]


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("text", ["[bold red]x[/bold red]", "[/nope] text", "[link=http://x/]y[/link]", "[x"])
@pytest.mark.parametrize("format", FORMATS)
def test_markup_is_only_text(shown: Shown, format: str, text: str, terminal: bool) -> None:
    done = shown.rows([row(text, text)], "-o", format, terminal=terminal, columns=200)
    assert text in done.out
    refused = shown.refusal(f"no {text} here", "-o", format, terminal=terminal)
    assert f"no {text} here" in refused.err


def test_times_lose_their_seconds_before_anything_is_cut(shown: Shown) -> None:
    time = "2026-11-01T06:00:59.123Z"
    roomy = shown.rows([row("k" * 40, "success", time)], terminal=True)
    assert roomy.lines[2] == f"{'k' * 40}  success  2026-11-01 06:00:59"
    tight = shown.rows([row("k" * 53, "success", time)], terminal=True)
    assert tight.lines[2] == f"{'k' * 53}  success  2026-11-01 06:00"
    assert shown.rows([row("k" * 53, "success", time)], "-o", "tsv", terminal=True).out.endswith(f"{time}\n")


# Records.


def test_a_record_is_a_line_a_field(shown: Shown) -> None:
    item = {"connection_id": "c", "port": 5432, "host": None, "extra": {"a": 1}, "on": False}
    assert shown.record(item, terminal=True).lines == [
        "connection_id  c",
        "port           5432",
        "host",
        'extra          {"a": 1}',
        "on             false",
    ]


def test_a_long_field_of_a_record_goes_on_under_itself(shown: Shown) -> None:
    done = shown.record({"connection_id": "c", "text": "a" * 50 + "\n" + "b" * 5}, terminal=True, columns=40)
    left = " " * 15
    assert done.lines[1:] == ["text           " + "a" * 25, left + "a" * 25, left + "b" * 5]


def test_a_record_is_never_cut(shown: Shown) -> None:
    text = "0123456789" * 100
    done = shown.record({"connection_id": "c", "text": text}, terminal=True)
    assert "".join(line[len("connection_id") + 2 :] for line in done.lines[1:]) == text


def test_the_columns_of_a_record(shown: Shown) -> None:
    item = {"connection_id": "c", "host": "h", "extra": {"token": {"kind": "x"}}}
    done = shown.record(item, "--columns", "host,extra.token.kind", terminal=True)
    assert done.lines == ["host              h", "extra.token.kind  x"]
    assert shown.record(item, "--columns", "host", "-o", "json").json == {"host": "h"}
    assert shown.record(item, "--columns", "host,connection_id").out == "host\tconnection_id\nh\tc\n"


# Formats for machines.

TYPES: dict[str, Any] = {
    "key": "k",
    "connection_id": "c",
    "value": 'quote " comma , semi ;',
    "description": None,
    "yes": True,
    "no": False,
    "whole": 12345678901234567890,
    "real": 0.1,
    "text_number": "007",
    "text_bool": "true",
    "text_null": "null",
    "nested": {"list": [1, "1", None, {"a": []}], "empty": {}},
    "unicode": "naïve 日本 👩‍💻",
    "date": "2026-11-01T06:00:00Z",
    "lines": "a\nb\r\n\tc\n",
}


@pytest.mark.parametrize("terminal", [True, False])
def test_json_keeps_everything_the_server_sent(shown: Shown, terminal: bool) -> None:
    done = shown.rows([TYPES, row()], "-o", "json", terminal=terminal)
    assert done.json == [TYPES, row()]
    assert list(done.json[0]) == list(TYPES)
    assert shown.record(TYPES, "-o", "json", terminal=terminal).json == TYPES
    assert "naïve 日本" in done.out


def test_json_is_one_document_and_jsonl_one_a_line(shown: Shown) -> None:
    assert [json.loads(line) for line in shown.rows([TYPES, row()], "-o", "jsonl").lines] == [TYPES, row()]
    assert [json.loads(line) for line in shown.record(TYPES, "-o", "jsonl").lines] == [TYPES]


def test_yaml_keeps_types_and_order(shown: Shown) -> None:
    done = shown.rows([TYPES, row()], "-o", "yaml")
    assert yaml.safe_load(done.out) == [TYPES, row()]
    assert done.out.startswith("- key: k\n")
    assert yaml.safe_load(shown.record(TYPES, "-o", "yaml").out) == TYPES


def test_csv_is_read_back_by_any_reader(shown: Shown) -> None:
    nasty = ['a"b', "c,d", "e\nf", "g\tü", " h ", "", "\\n", "'"]
    done = shown.rows([row(text, text) for text in nasty], "-o", "csv")
    assert list(csv.reader(io.StringIO(done.out))) == [
        list(COLUMNS),
        *[[text, text, ""] for text in nasty],
    ]


ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def undone(field: str) -> str:
    def one(found: re.Match[str]) -> str:
        return ESCAPES.get(found[1]) or chr(int(found[1][1:], 16))

    return re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)", one, field)


TSV = [
    "a\tb",
    "a\nb",
    "a\r\nb",
    "a\\b",
    "a\\nb",
    "\\",
    "\\\\t",
    "\x1b[2J",
    "\x9b",
    "\u202e",
    "\x00",
    "ü",
    " ",
]


@pytest.mark.parametrize("text", TSV)
def test_a_field_of_tsv_can_be_undone(shown: Shown, text: str) -> None:
    done = shown.rows([row("k", text, "d")], "-o", "tsv", "--no-header")
    assert done.out.count("\n") == 1
    key, value, description = done.out[:-1].split("\t")
    assert (key, undone(value), description) == ("k", text, "d")


@pytest.mark.parametrize(
    ("text", "field"), [("a\tb", r"a\tb"), ("a\nb", r"a\nb"), ("a\\b", r"a\\b"), ("a\rb", r"a\rb")]
)
def test_how_tsv_writes_what_it_cannot_hold(shown: Shown, text: str, field: str) -> None:
    assert shown.rows([row(value=text)], "-o", "tsv", "--columns", "value", "--no-header").out == f"{field}\n"


def test_a_pipe_gets_tsv_and_a_terminal_a_table(shown: Shown) -> None:
    items = [row("a", "1", "x")]
    assert shown.rows(items).out == "key\tvalue\tdescription\na\t1\tx\n"
    assert shown.rows(items, terminal=True).lines[1].startswith("---")


def test_names_only(shown: Shown) -> None:
    assert shown.rows([row("b"), row("a\nx")], "-o", "name").out == "b\na\\nx\n"
    assert shown.record({"connection_id": "c", "host": "h"}, "-o", "name").out == "c\n"


@pytest.mark.parametrize(
    ("format", "header"), [("tsv", "key\tvalue\n"), ("csv", "key,value\n"), ("plain", "key")]
)
def test_the_header_can_be_left_out(shown: Shown, format: str, header: str) -> None:
    argv = ("-o", format, "--columns", "key,value")
    whole, without = shown.rows([row()], *argv).out, shown.rows([row()], *argv, "--no-header").out
    assert whole.startswith(header)
    assert without.split() == ["k", "v"] or without in ("k\tv\n", "k,v\n")
    assert len(without.splitlines()) == 1


def test_a_table_without_header_has_no_rule(shown: Shown) -> None:
    done = shown.rows([row("a", "b", "c")], "--no-header", terminal=True)
    assert [line.split() for line in done.lines] == [["a", "b", "c"]]


# Columns.


def test_columns_in_the_order_that_was_asked(shown: Shown) -> None:
    item = row("k", {"a": {"b": 1}}, "d", team=None)
    done = shown.rows([item], "--columns", "description, key ,value.a.b,team")
    assert done.out == "description\tkey\tvalue.a.b\tteam\nd\tk\t1\t\n"
    assert shown.rows([item], "--columns", "team,value.a.b", "-o", "json").json == [
        {"team": None, "value.a.b": 1}
    ]


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "name"])
def test_an_unknown_column_is_an_error_with_a_hint(shown: Shown, format: str) -> None:
    done = shown.rows([row()], "--columns", "key,descripton", "-o", format)
    assert (done.out, done.code) == ("", 2)
    assert "there is no column 'descripton'" in done.err
    assert "description" in done.err.partition("there is no column 'descripton'")[2]
    far = shown.rows([row()], "--columns", "zzz", "-o", format)
    assert "key, value, description" in far.err


@pytest.mark.parametrize("columns", ["", ",", " , "])
def test_columns_must_name_one(shown: Shown, columns: str) -> None:
    done = shown.rows([row()], f"--columns={columns}")
    assert (done.out, done.code) == ("", 2)


def test_an_unknown_format_names_the_formats(shown: Shown) -> None:
    done = shown.rows([row()], "-o", "tabel")
    assert (done.out, done.code) == ("", 2)
    assert "did you mean table?" in done.err
    assert all(name in done.err for name in FORMATS)


# Nothing.


@pytest.mark.parametrize(
    ("format", "out"),
    [
        ("table", ""),
        ("plain", ""),
        ("tsv", "key\tvalue\tdescription\n"),
        ("csv", "key,value,description\n"),
        ("json", "[]\n"),
        ("jsonl", ""),
        ("yaml", "[]\n"),
        ("name", ""),
    ],
)
def test_an_empty_list(shown: Shown, format: str, out: str) -> None:
    assert shown.rows([], "-o", format) == Done(out, "", 0)


def test_an_empty_list_on_a_terminal_says_so_on_stderr(shown: Shown) -> None:
    assert shown.rows([], "-o", "table", terminal=True) == Done("", "nothing found\n", 0)


# Control characters.

ALIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NASTY = {
    "clear": "\x1b[2J",
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "link": "\x1b]8;;http://x/\x1b\\y",
    "C1 CSI": "\x9b2J",
    "C1 OSC": "\x9d52;c;eA==\x9c",
    "bell": "\a",
    "backspace": "abc\b\b\bxyz",
    "carriage return": "safe\revil",
    "NUL": "a\x00b",
    "DEL": "a\x7fb",
    "form feed": "a\x0c\x0bb",
    "override": "\u202egnp.exe",
    "isolate": "\u2066x\u2069",
    "mark": "\u200fx\u200e\u061c",
    "separator": "a\u2028b\u2029c",
}
SAFE_IN_PIPES = ("table", "wide", "plain", "tsv", "json", "jsonl", "name")


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_from_a_server_is_alive_on_a_terminal(shown: Shown, format: str, text: str) -> None:
    plain = shown.with_environ(NO_COLOR="1")
    for done in (
        plain.rows([row(text, text, text), row("k")], "-o", format, terminal=True, columns=200),
        plain.record({"connection_id": text, "host": text, "x" + text: 1}, "-o", format, terminal=True),
        plain.value(text, terminal=True),
        plain.value(text, "-o", format, terminal=True),
        plain.refusal(text, "-o", format, terminal=True),
    ):
        assert ALIVE.search(done.out + done.err) is None
        assert done.out + done.err != ""


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
@pytest.mark.parametrize("format", SAFE_IN_PIPES)
def test_nothing_from_a_server_is_alive_in_text_formats_in_a_pipe(
    shown: Shown, format: str, text: str
) -> None:
    for done in (
        shown.rows([row(text, text, text)], "-o", format),
        shown.record({"connection_id": text, "host": text}, "-o", format),
        shown.refusal(text, "-o", format),
    ):
        assert ALIVE.search(done.out + done.err) is None
        assert done.out + done.err != ""


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_machines_get_the_value_as_it_is(shown: Shown, text: str) -> None:
    items = [row("k", text)]
    assert shown.rows(items, "-o", "json").json == items
    assert json.loads(shown.rows(items, "-o", "jsonl").out) == items[0]
    assert yaml.safe_load(shown.rows(items, "-o", "yaml").out) == items
    [[value]] = csv.reader(
        io.StringIO(shown.rows(items, "-o", "csv", "--columns", "value", "--no-header").out, newline="")
    )
    assert value == text
    assert shown.value(text).out == f"{text}\n"


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_what_was_typed_is_not_alive_in_an_error(program: Program, text: str) -> None:
    for argv in ([text], ["dags", text], ["dags", "list", f"--{text}"], ["dags", "list", "--state", text]):
        done = program(*argv)
        assert done.code == 2
        assert ALIVE.search(done.err) is None


@pytest.mark.parametrize("format", FORMATS)
def test_no_escapes_of_ours_in_a_pipe(shown: Shown, format: str) -> None:
    forced = shown.with_environ(FORCE_COLOR="1", CLICOLOR_FORCE="1", TERM="xterm-256color")
    for done in (forced.rows([TYPES], "-o", format), forced.record(TYPES, "-o", format), forced.value("x")):
        assert "\x1b" not in done.out + done.err
        assert done.code == 0


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_escapes_of_ours_where_colours_are_not_wanted(shown: Shown, environ: dict[str, str]) -> None:
    for format in FORMATS:
        assert "\x1b" not in shown.with_environ(**environ).rows([TYPES], "-o", format, terminal=True).out


# Errors.


def test_an_error_in_json_is_one_line_on_stderr(shown: Shown) -> None:
    done = shown.refusal("No 'ünï' \"here\"\n", "-o", "json")
    assert (done.out, done.code, done.err.count("\n")) == ("", 1, 1)
    assert json.loads(done.err) == {
        "error": {
            "code": "not_found",
            "message": "No 'ünï' \"here\"",
            "status": 404,
            "hint": None,
            "operation": "get_variable",
        }
    }


def test_a_usage_error_in_json(program: Program) -> None:
    error = json.loads(program("dags", "lst", "-o", "json").err)["error"]
    assert error == {
        "code": "usage",
        "message": "unknown command 'dags lst'",
        "status": None,
        "hint": "did you mean list?",
        "operation": None,
    }


def test_an_error_is_short_however_long_the_answer(shown: Shown) -> None:
    done = shown.refusal("x" * 100_000)
    assert len(done.err) < 1000
    assert len(json.loads(shown.refusal("x" * 100_000, "-o", "json").err)["error"]["message"]) == 100_000


# Texts, and streams that fail.


def test_a_value_is_printed_as_it_is(shown: Shown) -> None:
    assert shown.value("two\nlines\n").out == "two\nlines\n"
    assert shown.value("no end").out == "no end\n"
    assert shown.value("x", "-o", "json").json == {"key": "k", "value": "x"}
    assert shown.value("", terminal=True).out == ""


class Unwritable(io.StringIO):
    def __init__(self, fault: OSError) -> None:
        super().__init__()
        self._fault = fault

    def write(self, _: str) -> int:
        raise self._fault


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 1, "No space left on device"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    ],
    ids=["full disk", "reader gone"],
)
def test_a_result_that_cannot_be_written(fault: OSError, code: int, words: str) -> None:
    err = io.StringIO()
    assert main(["version"], Streams(io.StringIO(), Unwritable(fault), err, {}, 80)) == code
    assert words in err.getvalue()
    assert bool(words) == bool(err.getvalue())


def test_nobody_to_hear_an_error_is_no_error() -> None:
    deaf = Unwritable(OSError(errno.EBADF, "Bad file descriptor"))
    assert main(["dags", "lst"], Streams(io.StringIO(), io.StringIO(), deaf, {}, 80)) == 2


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_pipe_is_utf_8_whatever_the_locale(program: Program, stub: Stub, locale: str) -> None:
    stub.answer = lambda request: reply('{"key": "k", "value": "na\\u00efve \\ud83d \\u65e5"}')
    plain = program.with_environ(
        AIRFLOWCTL_URL=stub.url, LC_ALL=locale, PYTHONIOENCODING="ascii", PYTHONUTF8="0"
    )
    done = plain.process("variables", "get", "k")
    assert (done.out, done.err, done.code) == ("naïve \\ud83d 日\n", "", 0)


def test_the_width_comes_from_the_terminal_or_columns(shown: Shown) -> None:
    items = [row("k" * 300, "v" * 300, "d" * 300)]
    assert len(shown.rows(items, terminal=True, columns=120).lines[2]) == 120
    assert len(shown.with_environ(COLUMNS="100").rows(items, terminal=True, columns=0).lines[2]) == 100
