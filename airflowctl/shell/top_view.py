"""How `top` looks: heads, a row for each Dag, run or task, and at the foot the line of a key."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.core.durations import age, ago, duration, moment
from airflowctl.core.results import Item
from airflowctl.domain.top.pages import DAGS, RUNS, STATES, Row
from airflowctl.output.cells import cells_of, cut
from airflowctl.output.pictures.pen import pad, safe_text
from airflowctl.output.sanitise import line as safe_line
from airflowctl.shell.state_signs import sign_of
from airflowctl.shell.top_lines import ACTIONS
from airflowctl.shell.top_model import TopModel

HEADS, FEET = 4, 2  # rows above and below the list
_TEXT, _BOLD, _BAD, _OLD = "", "class:form.name", "class:hint.problem", "class:bottom-toolbar.old"
_CHOSEN = "class:form.chosen"
_AGED = 10.0  # seconds: older facts are shown with their age
_NARROWEST, _USUAL = 12, 40  # cells for a name, and those that it has where there is room
_MANY = "999+"
_OTHER_KEYS = (("/", "filter"), ("Enter", "in"), ("Esc", "out"), ("q", "leave"))
_DAG_KEYS = (("s", "sort"), ("f", "state"))
_DAG_COLUMNS = (("last", STATES), ("run", 4), ("queue", 5), ("failed", 6), ("schedule", 14))
_WIDE_COLUMNS = (("next run", 12), ("owners", 16), ("tags", 24))
_RUN_COLUMNS = (("state", 10), ("started", 13), ("took", 10), ("type", 14))
_TASK_COLUMNS = (("state", 16), ("started", 13), ("took", 10), ("try", 4), ("operator", 18))
_WIDE = 140  # columns of a window that has room for more of a Dag

Line = StyleAndTextTuples
_CONSENT = "   Enter runs it, Esc drops it"  # behind the line, or below it


class TopView:
    """Draws a model for a window of any size. `pending` is the line that waits for Enter, `is_typing` says
    whether letters go into the filter."""

    def __init__(self, model: TopModel, server: str, *, is_unicode: bool) -> None:
        self._model, self._server, self._is_unicode = model, server, is_unicode
        self.pending = ""
        self.is_typing = False
        self._name_cells = _NARROWEST  # of the column of names
        self._longest: dict[str, int] = {}  # name that was seen, by level: the column grows and never shrinks

    def draw(self, size: Size) -> Line:
        """Return the whole screen, as many lines as the window has."""
        width = size.columns
        self._name_cells = self._measure_names(width)
        rows, feet = list(self._rows(width)), list(self._feet(width))
        room = max(1, size.rows - HEADS - len(feet))
        lines = [*self._heads(width), *rows[:room], *([[]] * (room - len(rows))), *feet]
        return [part for line in lines[: size.rows] for part in (*line, ("", "\n"))][:-1]

    def _heads(self, width: int) -> Iterable[Line]:
        yield [(_BOLD, pad(f" {self._title}", width))]
        yield _fit_whole(self._totals(), width)
        yield _fit(self._path(), width)
        head = f"  {pad('Dag' if self._model.place.level == DAGS else self._kind, self._name_cells)}"
        head += "".join(f" {pad(name, room)}" for name, room in self._columns(width))
        yield [(_BOLD, cut(head.rstrip(), width))]

    @property
    def _title(self) -> str:
        return f"top   {safe_line(self._server)}   {datetime.now(UTC):%H:%M:%S} UTC"

    @property
    def _kind(self) -> str:
        return "run" if self._model.place.level == RUNS else "task"

    def _totals(self) -> Line:
        """Return the numbers of the deployment, the most important ones first; a full pool is one of them."""
        totals = self._model.totals
        pools = [_describe_pool(pool) for pool in totals.pools or ()]
        return [
            (_TEXT, f"running {_number(totals.running)}"),
            (_TEXT, f"queued {_number(totals.queued)}"),
            (_BAD if totals.failed else _TEXT, f"failed in 24 h {_number(totals.failed)}"),
            (_BAD if totals.import_errors else _TEXT, f"import errors {_number(totals.import_errors)}"),
            *([(_TEXT, "pools ?")] if totals.pools is None else []),
            *(pool for pool in pools if pool[0] == _BAD),
            *(pool for pool in pools if pool[0] != _BAD),
        ]

    def _path(self) -> Line:
        model, place = self._model, self._model.place
        names = [name for name in (place.dag_id, place.run_id) if name]
        words = " > ".join(("Dags", *map(safe_line, names)))
        page = model.page
        if page is not None:
            first = place.offset + 1 if page.rows else 0
            total = f"{page.total:,}" if page.total is not None else "?"
            words += f"   {first:,} to {place.offset + len(page.rows):,} of {total}"
        if place.filter or self.is_typing:
            words += f"   filter: {safe_line(place.filter)}{'_' if self.is_typing else ''}"
        if place.state:
            words += f"   last run: {place.state}"
        if place.newest_first:
            words += "   newest run first"
        return [(_TEXT, f" {words}")]

    def _feet(self, width: int) -> Iterable[Line]:
        model = self._model
        known_for = time.monotonic() - model.fetched_at
        if self.pending:
            # Whole, over the last rows of the list: a user consents to what can be read.
            *first, last = _wrap(f"> {self.pending}", width)
            has_room = cells_of(last) + cells_of(_CONSENT) <= width
            for part in (*first, last + _CONSENT) if has_room else (*first, last, _CONSENT[1:]):
                yield [(_BOLD, part)]
        elif model.problem:
            since = f"; seen {age(known_for)}" if model.fetched_at else ""
            yield [(_BAD, cut(f" {safe_line(model.problem)}{since}", width))]
        elif model.fetched_at and known_for > _AGED:
            yield [(_OLD, cut(f" seen {age(known_for)}", width))]
        else:
            yield []
        actions = ((action.key, action.name) for action in ACTIONS if model.place.level in action.levels)
        keys = (*actions, *_OTHER_KEYS, *(_DAG_KEYS if model.place.level == DAGS else ()))
        parts: Line = [
            part for key, name in keys for part in ((_BOLD, key), (_TEXT, f" {name}"), (_TEXT, "  "))
        ]
        yield _fit(parts[:-1], width)

    def _columns(self, width: int) -> tuple[tuple[str, int], ...]:
        level = self._model.place.level
        if level == DAGS:
            return (*_DAG_COLUMNS, *_WIDE_COLUMNS) if width >= _WIDE else _DAG_COLUMNS
        return _RUN_COLUMNS if level == RUNS else _TASK_COLUMNS

    def _measure_names(self, width: int) -> int:
        """Return how wide the names are: in a wide window no wider than they need, so that what is said of a
        Dag stands beside it."""
        level, page = self._model.place.level, self._model.page
        longest = max((cells_of(self._name_of(row)) for row in page.rows), default=0) if page else 0
        self._longest[level] = max(longest, self._longest.get(level, _USUAL))
        others = sum(room + 1 for _, room in self._columns(width))
        return max(_NARROWEST, min(self._longest[level], width - 2 - others))

    def _rows(self, width: int) -> Iterable[Line]:
        model = self._model
        page = model.page
        if page is None:
            yield [(_TEXT, "  ..." if not model.problem else "")]
            return
        if not page.rows:
            yield [(_TEXT, "  nothing found")]
        for index, row in enumerate(page.rows):
            yield self._row(row, width, is_chosen=index == model.selected)

    def _row(self, row: Row, width: int, *, is_chosen: bool) -> Line:
        cells = self._cells(row)
        parts: Line = [("", f"{'>' if is_chosen else ' '} {pad(self._name_of(row), self._name_cells)}")]
        for column, room in self._columns(width):
            parts.append(("", " "))
            # The last states are cells of their own, as wide as their column already.
            parts += cells[column] if len(cells[column]) > 1 else _pad(cells[column], room)
        result = _fit(parts, width)
        if is_chosen:
            return [(f"{style} {_CHOSEN}".strip(), text) for style, text, *_ in result]
        return result

    def _name_of(self, row: Row) -> str:
        index = row.item.get("map_index", -1)
        is_mapped = isinstance(index, int) and index >= 0
        paused = " (paused)" if row.item.get("is_paused") is True else ""
        return f"{safe_text(row.name)}{f' [{index}]' if is_mapped else ''}{paused}"

    def _cells(self, row: Row) -> dict[str, Line]:
        """Return what stands in the columns, by their names: a style and a text each, of the last states
        several."""
        item, now = row.item, datetime.now(UTC)
        if self._model.place.level == DAGS:
            return self._cells_of_dag(row, now)
        state = item.get("state")
        style, _ = sign_of(str(state), is_unicode=self._is_unicode)
        number = item.get("try_number")
        return {
            "state": [(style if state else _TEXT, safe_text(state) if state else "no state")],
            "started": [(_TEXT, _ago(item.get("start_date"), now))],
            "took": [(_TEXT, _duration(item))],
            "type": [(_TEXT, safe_text(item.get("run_type")))],
            "try": [(_TEXT, safe_text(number))],
            "operator": [(_TEXT, safe_text(item.get("operator") or ""))],
        }

    def _cells_of_dag(self, row: Row, now: datetime) -> dict[str, Line]:
        item, counts = row.item, row.counts
        if row.states is None:
            last: Line = [(_TEXT, pad("?", STATES))]
        else:
            last = [(_TEXT, " " * (STATES - len(row.states)))]
            last += (sign_of(state, is_unicode=self._is_unicode) for state in row.states)
        owners, tags = item.get("owners"), item.get("tags")
        return {
            "last": last,
            "run": [
                ("class:hint.running" if counts.get("running") else _TEXT, _count(counts.get("running")))
            ],
            "queue": [(_TEXT, _count(counts.get("queued")))],
            "failed": [
                ("class:hint.failed" if counts.get("failed") else _TEXT, _count(counts.get("failed")))
            ],
            "schedule": [(_TEXT, safe_text(item.get("timetable_summary") or ""))],
            "next run": [(_TEXT, _ago(item.get("next_dagrun_run_after"), now))],
            "owners": [(_TEXT, ", ".join(map(safe_text, owners)) if isinstance(owners, list) else "")],
            "tags": [(_TEXT, ", ".join(_tag_names(tags)) if isinstance(tags, list) else "")],
        }


def _pad(cells: Line, room: int) -> Line:
    return [(style, pad(text, room)) for style, text, *_ in cells]


def _tag_names(tags: list[object]) -> Iterable[str]:
    for tag in tags:
        yield safe_text(tag.get("name") if isinstance(tag, dict) else tag)


def _count(number: int | None) -> str:
    return "" if not number else str(number) if number < 1000 else _MANY


def _number(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _ago(value: object, now: datetime) -> str:
    return ago(value, now) if moment(value) is not None else ""


def _duration(item: object) -> str:
    seconds = item.get("duration") if isinstance(item, dict) else None
    return duration(seconds) if isinstance(seconds, (int, float)) else ""


def _describe_pool(pool: Item) -> tuple[str, str]:
    used, slots = pool.get("occupied_slots"), pool.get("slots")
    is_full = isinstance(used, int) and isinstance(slots, int) and 0 <= slots <= used
    return (_BAD if is_full else _TEXT, f"{safe_text(pool.get('name'))} {used}/{slots}")


def _fit_whole(parts: Line, width: int) -> Line:
    """Return the first parts, with gaps between them, as far as a line of so many cells holds them whole."""
    result: Line = []
    gap, left = " ", width
    for style, text, *_ in parts:
        left -= len(gap) + cells_of(text)
        if left < 0:
            return result
        result += [(_TEXT, gap), (style, text)]
        gap = "  "
    return result


def _fit(parts: Line, width: int) -> Line:
    """Return as much of the parts as a line of so many cells holds."""
    result: Line = []
    left = width
    for style, text, *_ in parts:
        if cells_of(text) > left:
            return [*result, (style, cut(text, left))] if left > 0 else result
        result.append((style, text))
        left -= cells_of(text)
    return result


def _wrap(text: str, width: int) -> Iterable[str]:
    """Yield a text in lines of so many cells."""
    while cells_of(text) > width:
        count = width
        while cells_of(text[:count]) > width:
            count -= 1
        yield text[:count]
        text = text[count:]
    yield text
