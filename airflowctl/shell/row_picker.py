"""A list to choose rows from: what is typed narrows it, Space marks a row, Enter takes the marked ones."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import BaseStyle
from prompt_toolkit.utils import get_cwidth

from airflowctl.core.results import Item, Rows
from airflowctl.output.cells import cut
from airflowctl.output.sanitise import line
from airflowctl.output.times import Clock
from airflowctl.output.titles import cut_titles
from airflowctl.output.values import MISSING, brief_text, lookup
from airflowctl.shell.signals import run_application

KEYS = "Space: mark   Ctrl-A: all of these   Enter: take   Esc: leave"
_GAP = "  "
_CLOCK = Clock(durations=True)  # as in the table of the same list
_WIDEST = 60  # cells of a column
_MEASURED = 1000  # rows whose cells say how wide the columns are
_PREVIEW = 8  # lines at the bottom, where the window is narrow
_SIDE = 120  # cells from which on the preview stands beside the list
_TALLEST = 30  # rows of the list: all of them may change at a key, which is to take no longer than a frame
_LOWEST = 16  # rows of a window that has room for a preview
_CHOSEN, _QUIET, _NAME = "class:form.chosen", "class:form.quiet", "class:form.name"


class _Look(NamedTuple):
    """What was looked for, and the rows that fit; where it `is_scattered` in them, they have its letters in
    order, but not side by side."""

    wanted: str
    indexes: list[int]
    is_scattered: bool = False


class RowList:
    """The rows, those that fit what is typed, and those that are marked; all by their places. Without a
    terminal."""

    def __init__(self, rows: Rows) -> None:
        self.items: Sequence[Item] = list(rows.items)
        self._columns = rows.columns or tuple(self.items[0])
        self._widths = self._measure()
        self._texts = [_GAP.join(self._cells(index)).casefold() for index in range(len(self.items))]
        self.typed = ""
        self._looks = [_Look("", list(range(len(self.items))))]
        self.marked: dict[int, None] = {}

    @property
    def fitting(self) -> list[int]:
        return self._looks[-1].indexes

    def type(self, text: str) -> None:
        """Look for this: the rows that contain it in any case, else those that have its letters in order."""
        self.typed = text
        wanted = text.casefold()
        # Typing on looks among the rows that the letters before have left, and erasing finds those again.
        while not wanted.startswith(self._looks[-1].wanted):
            self._looks.pop()
        if self._looks[-1].wanted != wanted:
            self._looks.append(self._find(wanted, self._looks[-1]))

    def _find(self, wanted: str, before: _Look) -> _Look:
        texts = self._texts
        if not before.is_scattered:
            indexes = [index for index in before.indexes if wanted in texts[index]]
            if indexes:
                return _Look(wanted, indexes)
        # Each letter up to the next one's first place: that never has to go back.
        has_letters = re.compile(
            "".join(f"[^{re.escape(letter)}]*{re.escape(letter)}" for letter in wanted)
        ).match
        among = before.indexes if before.is_scattered else self._looks[0].indexes
        return _Look(wanted, [index for index in among if has_letters(texts[index])], is_scattered=True)

    def mark(self, index: int) -> None:
        """Mark a row, or take its mark away."""
        if index in self.marked:
            del self.marked[index]
        else:
            self.marked[index] = None

    def mark_all(self) -> None:
        """Mark all rows that fit; where they are all marked, none of them."""
        fitting = self.fitting
        if all(index in self.marked for index in fitting):
            for index in fitting:
                del self.marked[index]
        else:
            self.marked.update(dict.fromkeys(fitting))

    def text(self, index: int) -> str:
        """Return a row as the list shows it."""
        cells = (cut(text, width) for text, width in zip(self._cells(index), self._widths, strict=True))
        padded = (
            text + " " * (width - get_cwidth(text)) for text, width in zip(cells, self._widths, strict=True)
        )
        return _GAP.join(padded).rstrip()

    def titles(self) -> str:
        titles = cut_titles([line(name) for name in self._columns], self._widths)
        return _GAP.join(text.ljust(width) for text, width in zip(titles, self._widths, strict=True)).rstrip()

    def fields(self, index: int) -> list[str]:
        """Return all that a row holds, a field a line."""
        item = self.items[index]
        return [f"{line(name)}: {self._text(item, name)}" for name in dict(item)]

    def _cells(self, index: int) -> list[str]:
        return [self._text(self.items[index], name) for name in self._columns]

    def _text(self, item: Item, name: str) -> str:
        value = lookup(item, name)
        return "" if value is MISSING else line(brief_text(value, name, _CLOCK))

    def _measure(self) -> list[int]:
        widths = [get_cwidth(line(name)) for name in self._columns]
        for index in range(min(len(self.items), _MEASURED)):
            widths = [
                max(width, get_cwidth(text)) for width, text in zip(widths, self._cells(index), strict=True)
            ]
        return [min(width, _WIDEST) for width in widths]


class RowPicker:
    """The list on the terminal. It only chooses: nothing is sent."""

    def __init__(self, rows: Rows, style: BaseStyle) -> None:
        self._list = RowList(rows)
        self._at = self._first = 0  # among the rows that fit: the cursor, and the uppermost one
        self._app: Application[list[int] | None] = Application(
            layout=Layout(Window(FormattedTextControl(self._draw, focusable=True), wrap_lines=False)),
            key_bindings=self._keys(),
            style=style,
            full_screen=True,
            erase_when_done=True,  # some terminals have one screen only
            output=None if sys.stdout.isatty() else create_output(always_prefer_tty=True),
        )
        self._app.ttimeoutlen = 0.1  # Esc is to be felt at once

    def ask(self) -> list[int] | None:
        """Return the places of the rows that the user takes, in their order; None where the user leaves."""
        return run_application(self._app)

    # Drawing.

    def _draw(self) -> StyleAndTextTuples:
        size, rows = self._app.output.get_size(), self._list
        is_side = size.columns >= _SIDE
        preview = 0 if size.rows < _LOWEST or is_side else _PREVIEW
        height = max(1, min(_TALLEST, size.rows - 3 - (preview + 1 if preview else 0)))
        self._scroll(height)
        width = size.columns // 2 if is_side else size.columns
        fields = rows.fields(rows.fitting[self._at]) if rows.fitting else []
        result: StyleAndTextTuples = [("", "> "), (_NAME, line(rows.typed)), ("[SetCursorPosition]", "")]
        result.append((_QUIET, "\n" + cut(f"  {rows.titles()}", width - 1) + "\n"))
        for number in range(height):
            drawn = self._draw_row(self._first + number, width)
            result += drawn
            if is_side and number < len(fields):
                blank = width - sum(get_cwidth(text) for _, text, *_ in drawn)
                field = cut(f"| {fields[number]}", size.columns - width - 1)
                result.append((_QUIET, " " * blank + field))
            result.append(("", "\n"))
        if preview:
            result.append((_QUIET, "-" * (size.columns - 1) + "\n"))
            shown = islice((*fields, *[""] * preview), preview)
            result += [(_QUIET, cut(text, size.columns - 1) + "\n") for text in shown]
        return [*result, *self._draw_counts(size.columns)]

    def _draw_counts(self, width: int) -> StyleAndTextTuples:
        rows = self._list
        counts = f"{len(rows.marked):,} marked, {len(rows.fitting):,} of {len(rows.items):,}"
        return [(_NAME, counts), (_QUIET, cut(f"   {KEYS}", max(1, width - len(counts) - 1)))]

    def _draw_row(self, number: int, width: int) -> StyleAndTextTuples:
        fitting = self._list.fitting
        if number >= len(fitting):
            return []
        index = fitting[number]
        mark = "*" if index in self._list.marked else " "
        text = cut(f"{mark} {self._list.text(index)}", width - 1)
        return [(_CHOSEN if number == self._at else _NAME if mark == "*" else "", text)]

    def _scroll(self, height: int) -> None:
        self._at = max(0, min(self._at, len(self._list.fitting) - 1))
        self._first = max(min(self._first, self._at), self._at - height + 1, 0)

    # Keys.

    def _keys(self) -> KeyBindings:
        keys, rows = KeyBindings(), self._list
        steps = {"up": -1, "down": 1, "c-p": -1, "c-n": 1, "pageup": -10, "pagedown": 10}
        steps |= {"home": -len(rows.items), "end": len(rows.items)}

        def bind_step(key: str, step: int) -> None:
            @keys.add(key)
            def go(event: KeyPressEvent) -> None:
                self._at = max(0, min(self._at + step, len(rows.fitting) - 1))

        for key, step in steps.items():
            bind_step(key, step)

        @keys.add(" ")
        @keys.add("tab")
        def mark(event: KeyPressEvent) -> None:
            if rows.fitting:
                rows.mark(rows.fitting[self._at])
                self._at += 1

        @keys.add("c-a")
        def mark_all(event: KeyPressEvent) -> None:
            rows.mark_all()

        @keys.add(Keys.Any)
        def narrow(event: KeyPressEvent) -> None:
            if event.data.isprintable():
                self._type(rows.typed + event.data)

        @keys.add("backspace")
        def erase(event: KeyPressEvent) -> None:
            self._type(rows.typed[:-1])

        @keys.add("c-u")
        def erase_all(event: KeyPressEvent) -> None:
            self._type("")

        @keys.add("enter")
        def take(event: KeyPressEvent) -> None:
            """The marked rows; without a mark the one at the cursor."""
            at_cursor = rows.fitting[self._at : self._at + 1]
            event.app.exit(result=sorted(rows.marked) or at_cursor)

        @keys.add("escape", eager=True)
        @keys.add("c-c")
        @keys.add("c-d")
        def leave(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        return keys

    def _type(self, text: str) -> None:
        self._list.type(text)
        self._at = self._first = 0
