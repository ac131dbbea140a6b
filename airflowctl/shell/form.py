"""A form on the terminal: a line a field, checked while it is typed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
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
from prompt_toolkit.layout.processors import PasswordProcessor, Processor
from prompt_toolkit.output import create_output
from prompt_toolkit.styles import BaseStyle

from airflowctl.core.fields import Field, FormSupport
from airflowctl.output.sanitise import line
from airflowctl.shell.choice_list import ChoiceList
from airflowctl.shell.signals import run_application

_WIDEST_NAME = 28
KEYS = "Tab: another   Enter: next, at last done   Esc: leave"
CHOOSE = "left, right: choose   "
NEW_LINE = "Ctrl-J: a new line   "
TRY_OUT = "F5: test   "
_MOST_LINES = 4  # of a text of several lines, and of choices
_PAUSE = 0.4  # seconds without a key, before the server is asked


class Form:
    """Asks for the texts of some fields. Nothing is sent or kept here; what `support` asks of the server
    stands in a line below the fields."""

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        style: BaseStyle,
        rows: int,
        support: FormSupport = FormSupport(),  # noqa: B008 - it cannot be changed
    ) -> None:
        self._title, self._fields, self._rows, self._support = title, fields, rows, support
        self._note, self._changes = "", 0
        self._lists = [ChoiceList(field.choices, is_nullable=field.is_nullable) for field in fields]
        self._buffers = [self._buffer(field) for field in fields]
        self._windows = [self._window(*pair) for pair in zip(fields, self._buffers, strict=True)]
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
        return run_application(self._app, self._foresee_later if self._support.foresee else None)

    def _window(self, field: Field, buffer: Buffer) -> Window:
        hidden: list[Processor] = [PasswordProcessor()] if field.is_secret else []
        height = Dimension(min=1, max=_MOST_LINES) if field.is_multiline else 1
        lines = partial(self._height, field, buffer) if field.is_multiline else height
        return Window(BufferControl(buffer, input_processors=hidden), height=lines)

    def _height(self, field: Field, buffer: Buffer) -> Dimension:
        """Return as many rows as a text has lines, within a limit."""
        return Dimension.exact(min(_MOST_LINES, max(1, buffer.document.line_count)))

    @property
    def _texts(self) -> list[str]:
        return [buffer.text for buffer in self._buffers]

    def _foresee_later(self, *_: object) -> None:
        """Ask what would be done, once no key was pressed for a moment."""
        self._changes += 1
        if self._support.foresee is not None and self._app.is_running:
            self._app.create_background_task(self._foresee(self._changes, self._support.foresee))

    async def _foresee(self, change: int, look: Callable[[Sequence[str]], str]) -> None:
        await asyncio.sleep(_PAUSE)
        if change != self._changes:
            return
        if any(self._problem(place) for place in range(len(self._fields))):
            self._note = ""
        else:
            text = await asyncio.get_running_loop().run_in_executor(None, look, self._texts)
            if change == self._changes:
                self._note = text
        self._app.invalidate()

    async def _try_out(self, trial: Callable[[Sequence[str]], str]) -> None:
        self._note = "testing ..."
        self._app.invalidate()
        self._note = await asyncio.get_running_loop().run_in_executor(None, trial, self._texts)
        self._app.invalidate()

    def _buffer(self, field: Field) -> Buffer:
        text = field.text if field.text or not field.choices or field.is_nullable else field.choices[0]
        # Choices are turned by the arrow keys, so no text that is none of them can be typed.
        changed = self._foresee_later
        return Buffer(
            document=Document(text), multiline=field.is_multiline, read_only=bool(field.choices),
            on_text_changed=changed,
        )  # fmt: skip

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
        others = self._support.check(self._texts) if self._support.check else {}
        return others.get(index, "")

    def _laid_out(self) -> HSplit:
        width = min(_WIDEST_NAME, max(len(line(field.name)) for field in self._fields)) + 4
        rows = [
            VSplit([Window(FormattedTextControl(partial(self._label, index)), width=width), window])
            for index, window in enumerate(self._windows)
        ]
        # Title, description, help and a line below stay on the screen whatever its height.
        has_note = bool(self._support.foresee or self._support.try_out)
        most = self._rows - 4 - has_note
        note = Window(FormattedTextControl(self._about_note), height=1)
        return HSplit(
            [
                Window(FormattedTextControl([("class:form.name", line(self._title))]), height=1),
                ScrollablePane(HSplit(rows), height=lambda: self._pane_height(most), show_scrollbar=False),
                Window(
                    FormattedTextControl(self._about_choices),
                    height=lambda: Dimension.exact(len(self._choice_rows())),
                ),
                Window(FormattedTextControl(self._about), height=1, wrap_lines=False),
                *([note] if has_note else []),
                Window(FormattedTextControl(self._help), height=1),
            ]
        )

    def _pane_height(self, most: int) -> Dimension:
        lines = (
            min(_MOST_LINES, max(1, buffer.document.line_count)) if field.is_multiline else 1
            for field, buffer in zip(self._fields, self._buffers, strict=True)
        )
        return Dimension.exact(min(max(1, most - len(self._choice_rows())), sum(lines)))

    def _choice_rows(self) -> list[str]:
        """Return the choices of the field with the cursor, where one line has no room for them."""
        field, width = self._fields[self._at], self._app.output.get_size().columns - 4
        if sum(len(text) + 2 for text in field.choices) <= width - len("one of "):
            return []
        most = max(1, min(_MOST_LINES, self._rows - 6))
        return self._lists[self._at].rows(self._buffers[self._at].text, width, most)

    def _about_choices(self) -> StyleAndTextTuples:
        return [("", "\n".join(f"    {text}" for text in self._choice_rows()))]

    def _about_note(self) -> StyleAndTextTuples:
        return [("class:form.name", f"  {line(self._note)}")]

    def _label(self, index: int) -> StyleAndTextTuples:
        name = line(self._fields[index].name)
        shown = name if len(name) <= _WIDEST_NAME else f"{name[: _WIDEST_NAME - 1]}…"
        here, wrong = index == self._at, bool(self._problem(index))
        style = "class:form.problem" if wrong else "class:form.name" if here else ""
        return [(style, f"{'>' if here else ' '}{'!' if wrong else ' '}{shown}")]

    def _about(self) -> StyleAndTextTuples:
        """Return what is wrong with the field that has the cursor, else what it is for."""
        field, problem = self._fields[self._at], self._problem(self._at)
        # A field of a line is a text until it is converted: to name that would not help.
        kind = "" if field.convert is not None else field.kind
        if problem:
            parts = [f"{kind}: {line(problem)}" if kind else line(problem), line(field.about)]
            return [("class:form.problem", f"  {'. '.join(filter(None, parts))}")]
        kind = self._describe_choices() if field.choices else kind
        optional = "may be empty" if field.is_nullable else ""
        parts = [", ".join(filter(None, (kind, optional))), line(field.about)]
        return [("class:form.quiet", f"  {'. '.join(filter(None, parts))}")]

    def _describe_choices(self) -> str:
        choices = self._lists[self._at]
        if self._choice_rows() or choices.unfit:
            return choices.describe()
        before = f"fit '{line(choices.typed)}':" if choices.typed else "one of"
        return f"{before} {', '.join(map(line, choices.fitting))}"

    def _help(self) -> StyleAndTextTuples:
        field = self._fields[self._at]
        own = CHOOSE if field.choices else NEW_LINE if field.is_multiline else ""
        return [("class:form.quiet", f"  {own}{TRY_OUT if self._support.try_out else ''}{KEYS}")]

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        self._bind_choices(keys)
        is_multiline = Condition(lambda: self._fields[self._at].is_multiline)
        for key, step in (("tab", 1), ("down", 1), ("s-tab", -1), ("up", -1)):
            keys.add(key)(partial(self._go, step))

        @keys.add("c-j", filter=is_multiline)
        def begin_line(event: KeyPressEvent) -> None:
            self._buffers[self._at].insert_text("\n")

        @keys.add("f5")
        def try_out(event: KeyPressEvent) -> None:
            if self._support.try_out is not None and not any(map(self._problem, range(len(self._fields)))):
                event.app.create_background_task(self._try_out(self._support.try_out))

        @keys.add("enter")
        def enter(event: KeyPressEvent) -> None:
            """The next field; after the last, the end, if nothing is wrong: else the first that is."""
            wrong = [index for index in range(len(self._fields)) if self._problem(index)]
            if self._at < len(self._fields) - 1:
                self._go(1, event)
            elif wrong:
                self._go(wrong[0] - self._at, event)
            else:
                event.app.exit(result=[buffer.text for buffer in self._buffers])

        @keys.add("escape", eager=True)
        @keys.add("c-c")
        @keys.add("c-d")
        def leave(event: KeyPressEvent) -> None:
            event.app.exit(result=None)

        return keys

    def _go(self, step: int, event: KeyPressEvent) -> None:
        self._lists[self._at].clear()
        index = (self._at + step) % len(self._windows)
        event.app.layout.focus(self._windows[index])
        buffer = self._buffers[index]
        buffer.cursor_position = len(buffer.text)

    def _bind_choices(self, keys: KeyBindings) -> None:
        """Bind what chooses in a field with choices, whose text cannot be typed."""
        is_choice = Condition(lambda: bool(self._fields[self._at].choices))

        def choose(step: int, _: KeyPressEvent) -> None:
            self._put(self._lists[self._at].step(self._buffers[self._at].text, step))

        for key, step in (("right", 1), (" ", 1), ("left", -1)):
            keys.add(key, filter=is_choice)(partial(choose, step))

        @keys.add("<any>", filter=is_choice)
        @keys.add("<bracketed-paste>", filter=is_choice)
        def narrow(event: KeyPressEvent) -> None:
            self._put(self._lists[self._at].narrow(event.data, self._buffers[self._at].text))

        @keys.add("backspace", filter=is_choice)
        def widen(event: KeyPressEvent) -> None:
            self._lists[self._at].widen()

        @keys.add("c-u", filter=is_choice)
        def show_all(event: KeyPressEvent) -> None:
            self._lists[self._at].clear()

    def _put(self, choice: str) -> None:
        self._buffers[self._at].set_document(Document(choice), bypass_readonly=True)
