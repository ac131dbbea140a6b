"""Headers that do not fit: two columns of one table are never shown under the same one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflowctl.commands import backfill, connections
from airflowctl.commands.dagrun.trigger import TRIGGERED
from airflowctl.commands.dags import list as dags_list
from airflowctl.domain.tasks.lookup import INSTANCE
from airflowctl.output.cells import cells_of
from airflowctl.output.table import NARROWEST, table
from airflowctl.output.titles import cut_titles
from tests.support.fuzzing import fuzz
from tests.support.rendering import Shown, row

_names = st.text(string.ascii_lowercase + "_日", min_size=1, max_size=30)
# Names of one beginning and one end are the hard ones.
_near_names = st.builds(
    lambda head, middle, tail: head + middle + tail,
    st.sampled_from(["last_run_", "a" * 20]),
    st.text("ab", max_size=8),
    st.sampled_from(["", "_state", "z" * 20]),
)


@given(
    st.lists(st.tuples(st.one_of(_names, _near_names), st.integers(NARROWEST, 20)), min_size=1, max_size=12)
)
@fuzz(300)
def test_headers_that_differ_stay_different_and_fit(columns: list[tuple[str, int]]) -> None:
    titles, rooms = [name for name, _ in columns], [room for _, room in columns]
    shown = cut_titles(titles, rooms)
    assert len(set(zip(titles, shown, strict=True))) >= len(set(titles))
    for title, text, room in zip(titles, shown, rooms, strict=True):
        assert cells_of(text) <= room
        assert text == title if cells_of(title) <= room else "…" in text
        assert {other for other, its in zip(titles, shown, strict=True) if its == text} == {title}


@pytest.mark.parametrize(
    ("titles", "rooms", "shown"),
    [
        (["dag_id", "owner"], [8, 8], ["dag_id", "owner"]),
        (["last_run_state", "next_run"], [9, 8], ["last_run…", "next_run"]),
        (["last_run_state", "last_run_start"], [13, 13], ["last_r…_state", "last_r…_start"]),
        (["last_run_state", "last_run_started_by"], [14, 14], ["last_run_state", "last_run_star…"]),
        (["a" * 20, "a" * 21], [8, 8], ["aaaaaa…1", "aaaaaa…2"]),
        (["a" * 20, "a" * 20], [8, 9], ["aaaaaaa…", "aaaaaaaa…"]),
    ],
)
def test_how_headers_are_cut(titles: list[str], rooms: list[int], shown: list[str]) -> None:
    assert cut_titles(titles, rooms) == shown


_DAGS = (*dags_list.NAMES, *dags_list.LAST_RUN, "next_dagrun_run_after", *dags_list.MORE, *dags_list.WIDE)
_TABLES = {
    "dags list": _DAGS[:6],
    "dags list -o wide": _DAGS,
    "dagrun list": TRIGGERED,
    "tasks list": INSTANCE,
    "backfill list": backfill.COLUMNS,
    "connections list": connections.SHOWN,
    "times of a run": (
        "run_id",
        "last_run_start_date",
        "last_run_state",
        "last_run_start",
        "last_run_end_date",
    ),
}


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("columns", _TABLES.values(), ids=_TABLES)
def test_no_table_has_a_header_twice(columns: tuple[str, ...], width: int) -> None:
    # Of no value a column is as narrow as its header, of a long one it has the room that is left.
    for text in ("", "x" * 6, "x" * 60):
        lines = table([dict.fromkeys(columns, text)], columns, width, key=columns[0]).split("\n")
        if len(lines) < 2 or set(lines[1]) - {"-", " "}:
            continue  # too narrow for a table: a row is a record, whose names are not cut
        titles = lines[0].split()
        assert (len(titles), len(set(titles))) == (len(columns), len(columns)), lines[0]
        assert cells_of(lines[0]) <= width


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_list_on_a_terminal_has_no_header_twice(shown: Shown, width: int) -> None:
    columns = ("key", "last_run_state", "last_run_start", "last_run_end")
    more = dict.fromkeys(columns[1:], "2026-11-01T06:00:00Z and more of it")
    done = shown.rows([row("k" * 30, **more)], "--columns", ",".join(columns), terminal=True, columns=width)
    titles = next(line for line in done.lines if line.startswith("key")).split()
    assert len(set(titles)) == len(titles)
