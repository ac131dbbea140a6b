"""Cells, tables and records as a person sees them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.formats import FOR_EYES, FORMATS
from tests.support.program import Done
from tests.support.rendering import Shown, cells, row
from tests.support.rows import every_row

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


@pytest.mark.parametrize("format", FOR_EYES)
def test_nothing_is_cut_in_a_pipe(shown: Shown, format: str) -> None:
    done = shown.rows([row("k" * 300, "v" * 3000, "d" * 300)], "-o", format, columns=80)
    assert done.lines[-1].split() == ["k" * 300, "v" * 3000, "d" * 300]


@every_row("terminal", [True, False])
@every_row("text", ["[bold red]x[/bold red]", "[/nope] text", "[link=http://x/]y[/link]", "[x"])
@every_row("format", FORMATS)
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
