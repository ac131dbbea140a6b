"""A table whose rows come slowly: nothing is cut or lost, and most columns stand in line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from airflowctl.core.results import Item, Rows
from airflowctl.output import blocks
from airflowctl.output.formats.aligned import Table
from airflowctl.output.formats.documents import Json
from airflowctl.output.style import Format, Style

WIDTH = 40


class Clock:
    """A second for each row."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        self.seconds += 1.0
        return self.seconds


def pieces(items: Sequence[Item], columns: tuple[str, ...], patience: float, **more: object) -> list[str]:
    fields: dict[str, object] = {"format": Table(), "columns": None, "header": True, "width": WIDTH, **more}
    style = Style(**fields, patience=patience)  # type: ignore[arg-type]
    form: Format = style.format
    return list(form.render_rows(Rows(iter(items), columns, columns[0], optional={"note": None}), style))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "time", Clock())
    monkeypatch.setattr(blocks, "_LEAST", 2)


def rows(*names: str, **more: object) -> list[Item]:
    return [{"name": name, "state": "ok", **more} for name in names]


def test_without_patience_and_in_one_go_it_is_one_piece() -> None:
    items = rows("a", "b", "c", "d", "e")
    whole = pieces(items, ("name", "state"), 0.0)
    assert len(whole) == 1
    assert pieces(items, ("name", "state"), 100.0) == whole


def test_blocks_stand_under_each_other() -> None:
    found = pieces(rows("long_name", "b", "c", "d", "e"), ("name", "state"), 1.0)
    assert len(found) == 3
    assert "".join(found) == "".join(pieces(rows("long_name", "b", "c", "d", "e"), ("name", "state"), 0.0))


def test_a_wider_row_moves_what_follows_and_is_not_cut() -> None:
    found = pieces(rows("a", "b", "a_long_name", "d", "e", "f"), ("name", "state"), 1.0)
    assert [line.index("ok") for line in "".join(found).splitlines()[2:]] == [6, 6, 13, 13, 13, 13]


def test_no_line_is_wider_than_the_window() -> None:
    items: list[Item] = [
        *({"name": "n" * 30, "state": "s"} for _ in range(2)),
        *({"name": "n", "state": "s" * 30} for _ in range(2)),
    ]
    lines = "".join(pieces(items, ("name", "state"), 1.0)).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert sum("…" in line for line in lines) == 0


def test_a_column_that_is_needed_later_gets_its_title() -> None:
    items = [*rows("a", "b", note=None), *rows("c", "d", note="why"), *rows("e", "f", note=None)]
    text = "".join(pieces(items, ("name", "state", "note"), 1.0))
    assert text.split("\n\n")[1].splitlines()[0].split() == ["name", "state", "note"]
    assert text.count("name") == 2


def test_rows_that_do_not_fit_are_records_with_lines_between() -> None:
    items = [{f"field_{number}": "x" * 20 for number in range(8)} for _ in range(4)]
    columns = tuple(items[0])
    assert "".join(pieces(items, columns, 1.0)) == "".join(pieces(items, columns, 0.0))


def test_other_formats_and_an_empty_list_are_as_before() -> None:
    assert pieces([], ("name",), 1.0) == []
    assert len(pieces(rows("a", "b", "c"), ("name",), 1.0, format=Json())) == 1


def test_a_list_that_breaks_off_has_shown_what_had_come() -> None:
    def broken() -> Iterator[Item]:
        yield from rows("a", "b", "c")
        raise OSError("gone")

    seen: list[str] = []
    style = Style(Table(), None, header=True, width=WIDTH, patience=1.0)
    with pytest.raises(OSError, match="gone"):
        for piece in Table().render_rows(Rows(broken(), ("name", "state"), "name"), style):
            seen.append(piece)
    assert "a     ok" in seen[0]
