"""Messages on a terminal break between words; what is to be copied stays whole."""

from __future__ import annotations

import pytest

from airflowctl.output.message_wrap import wrap_message
from tests.support.program import Program
from tests.support.screen import Screen

LINE = "airflowctl auth login --url http://127.0.0.1:8080/a/long/path --username admin"


@pytest.mark.parametrize("width", [20, 30, 40, 79, 80])
def test_no_word_is_broken(width: int) -> None:
    text = "error: no server is known for the environment default, and none is named by a variable"
    rows = wrap_message(text, width).split("\n")
    assert " ".join(row.strip() for row in rows) == text
    assert max(map(len, rows)) <= width
    assert all(row.startswith("  ") for row in rows[1:])


@pytest.mark.parametrize("width", [20, 30, 60])
def test_a_line_to_copy_stands_whole_on_a_line_of_its_own(width: int) -> None:
    rows = wrap_message(f"  first: {LINE}; or set AIRFLOWCTL_URL", width, [LINE]).split("\n")
    assert f"  {LINE};" in rows
    assert rows[0] == "  first:"


@pytest.mark.parametrize("text", ["short", "  a  b", "x" * 200, "http://h/" + "y" * 100 + " ok"])
def test_what_cannot_be_broken_stays(text: str) -> None:
    assert wrap_message(text, 40).replace("\n  ", " ") == text


def test_wide_letters_count_twice() -> None:
    rows = wrap_message("error: " + "日本 " * 12 + "end", 24).split("\n")
    assert max(sum(2 if letter > "z" else 1 for letter in row) for row in rows) <= 24


@pytest.mark.parametrize("columns", [30, 50, 80])
def test_errors_of_a_terminal(program: Program, columns: int) -> None:
    with Screen(program, "dags", "list", "--limt", "3", "--output", "nosuch", columns=columns) as screen:
        screen.end()
        text, lines = " ".join(screen.text.split()), screen.lines
    assert text.startswith("error: unknown option --limt")
    assert max(map(len, lines)) <= columns
    assert program("dags", "list", "--limt", "3").err.count("\n") == 2
