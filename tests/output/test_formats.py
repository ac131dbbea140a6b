"""The formats for machines, columns, and what is told of nothing."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
import yaml

from tests.support.formats import FORMATS, WITH_FIELDS
from tests.support.program import Done
from tests.support.rendering import COLUMNS, Shown, row

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


@pytest.mark.parametrize("format", WITH_FIELDS)
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
