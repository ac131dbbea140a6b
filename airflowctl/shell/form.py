"""A form on the terminal: a line a field, checked while it is typed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    BufferControl,
    FormattedTextControl,
    HSplit,
    Layout,
    ScrollablePane,
    VSplit,
    Window,
)
from prompt_toolkit.layout.dimension import Dimension
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import BaseStyle

from airflowctl.core.fields import Field
from airflowctl.output.sanitise import line
from airflowctl.shell.signals import run_application

_WIDEST_NAME = 28
KEYS = "Tab: another   Enter: next, at last done   Esc: leave"
CHOOSE = "left, right: choose   "


class Form:
    """Asks for the texts of some fields. Nothing is sent or kept here."""

    def __init__(self, title: str, fields: Sequence[Field], style: BaseStyle, rows: int) -> None:
        self._title, self._fields, self._rows = title, fields, rows
        self._buffers = [self._buffer(field) for field in fields]
        self._windows = [Window(BufferControl(buffer), height=1) for buffer in self._buffers]
        self._app: Application[list[str] | None] = Application(
            layout=Layout(self._laid_out(), focused_element=self._windows[0]),
            key_bindings=self._keys(),
            style=style,
            erase_when_done=True,
            output=None if sys.stdout.isatty() else create_output(always_prefer_tty=True),
        )
        self._app.ttimeoutlen = 0.1  # Esc is to be felt at once

    def ask(self) -> list[str] | None:
        """Return the texts, each of them one that its field takes; None when the user leaves."""
        return run_application(self._app)

    def _buffer(self, field: Field) -> Buffer:
        text = field.text if field.text or not field.choices or field.is_nullable else field.choices[0]
        # Choices are turned by the arrow keys, so no text that is none of them can be typed.
        return Buffer(document=Document(text), multiline=False, read_only=bool(field.choices))

    @property
    def _at(self) -> int:
        """Return which field has the cursor."""
        current = self._app.layout.current_window
        return next((index for index, window in enumerate(self._windows) if window is current), 0)

    def _problem(self, index: int) -> str:
        try:
            self._fields[index].value(self._buffers[index].text)
        except ValueError as error:
            return str(error)
        return ""

    def _laid_out(self) -> HSplit:
        width = min(_WIDEST_NAME, max(len(line(field.name)) for field in self._fields)) + 4
        rows = [
            VSplit([Window(FormattedTextControl(partial(self._label, index)), width=width, height=1), window])
            for index, window in enumerate(self._windows)
        ]
        # Title, description, help and a line below stay on the screen whatever its height.
        most = max(1, min(len(rows), self._rows - 4))
        return HSplit(
            [
                Window(FormattedTextControl([("class:form.name", line(self._title))]), height=1),
                ScrollablePane(HSplit(rows), height=Dimension.exact(most), show_scrollbar=False),
                Window(FormattedTextControl(self._about), height=1, wrap_lines=False),
                Window(FormattedTextControl(self._help), height=1),
            ]
        )

    def _label(self, index: int) -> StyleAndTextTuples:
        name = line(self._fields[index].name)
        shown = name if len(name) <= _WIDEST_NAME else f"{name[: _WIDEST_NAME - 1]}…"
        here, wrong = index == self._at, bool(self._problem(index))
        style = "class:form.problem" if wrong else "class:form.name" if here else ""
        return [(style, f"{'>' if here else ' '}{'!' if wrong else ' '}{shown}")]

    def _about(self) -> StyleAndTextTuples:
        """Of the field with the cursor: what is wrong with it, else what it is."""
        field, problem = self._fields[self._at], self._problem(self._at)
        if problem:
            return [("class:form.problem", f"  {field.kind}: {line(problem)}")]
        kind = f"one of {', '.join(map(line, field.choices))}" if field.choices else field.kind
        optional = ", may be empty" if field.is_nullable else ""
        return [("class:form.quiet", f"  {kind}{optional}{'. ' if field.about else ''}{line(field.about)}")]

    def _help(self) -> StyleAndTextTuples:
        return [("class:form.quiet", f"  {CHOOSE if self._fields[self._at].choices else ''}{KEYS}")]

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        is_choice = Condition(lambda: bool(self._fields[self._at].choices))

        def go(step: int, event: KeyPressEvent) -> None:
            index = (self._at + step) % len(self._windows)
            event.app.layout.focus(self._windows[index])
            buffer = self._buffers[index]
            buffer.cursor_position = len(buffer.text)

        def choose(step: int, event: KeyPressEvent) -> None:
            field, buffer = self._fields[self._at], self._buffers[self._at]
            choices = ("", *field.choices) if field.is_nullable else field.choices
            index = choices.index(buffer.text) if buffer.text in choices else -step
            buffer.set_document(Document(choices[(index + step) % len(choices)]), bypass_readonly=True)

        for key in ("tab", "down"):
            keys.add(key)(partial(go, 1))
        for key in ("s-tab", "up"):
            keys.add(key)(partial(go, -1))
        for key in ("right", " "):
            keys.add(key, filter=is_choice)(partial(choose, 1))
        keys.add("left", filter=is_choice)(partial(choose, -1))

        @keys.add("enter")
        def enter(event: KeyPressEvent) -> None:
            """The next field; after the last, the end, if nothing is wrong: else the first that is."""
            wrong = [index for index in range(len(self._fields)) if self._problem(index)]
            if self._at < len(self._fields) - 1:
                go(1, event)
            elif wrong:
                go(wrong[0] - self._at, event)
            else:
                event.app.exit(result=[buffer.text for buffer in self._buffers])

        @keys.add("escape", eager=True)
        @keys.add("c-c")
        @keys.add("c-d")
        def leave(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        return keys
