"""The prompt on a terminal without any codes: each edit is shown by writing the line again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import get_terminal_size

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import AnyFormattedText, fragment_list_to_text, to_formatted_text
from prompt_toolkit.key_binding import merge_key_bindings
from prompt_toolkit.layout.controls import SearchBufferControl
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.search import SearchDirection, SearchState

from airflowctl.output.cells import cells_of
from airflowctl.output.sanitise import block


class DumbPrompt(PromptSession[str]):
    """As the library's, which on such a terminal shows only the last letter after each change: an earlier
    line
    that Up brings, or a letter taken away, is not seen there, and yet runs."""

    @contextmanager
    def _dumb_prompt(self, message: AnyFormattedText = "") -> Iterator[Application[str]]:
        bindings = [*([self.key_bindings] if self.key_bindings else []), self._create_prompt_bindings()]
        app: Application[str] = Application(
            input=self.input,
            output=DummyOutput(),
            layout=self.layout,
            key_bindings=merge_key_bindings(bindings),
            editing_mode=self.editing_mode,
        )
        before = fragment_list_to_text(to_formatted_text(message))
        drawn = _Line(before, self)
        # Not before the terminal is in raw mode: a key pressed at a prompt that is seen must reach the line.
        app.after_render += lambda _: drawn.draw()
        try:
            yield app
        finally:
            self.output.write("\r\n")
            self.output.flush()


class _Line:
    """The line as it stands on the terminal: at first nothing."""

    def __init__(self, prompt: str, session: DumbPrompt) -> None:
        self._prompt, self._session, self._columns = prompt, session, get_terminal_size().columns
        self._shown, self._cursor = "", 0

    def draw(self) -> None:
        """Write what has changed: letters at the end as they are, anything else by the whole line again."""
        text, cursor = self._text()
        if (text, cursor) == (self._shown, self._cursor):
            return
        at_end = self._cursor == len(self._shown) and cursor == len(text)
        new = (
            text[len(self._shown) :] if at_end and text.startswith(self._shown) else self._again(text, cursor)
        )
        self._session.output.write_raw(new.replace("\n", "\r\n"))
        self._session.output.flush()
        self._shown, self._cursor = text, cursor

    def _again(self, text: str, cursor: int) -> str:
        """Return the whole line, over the one before or, where that has filled a row, in a new row; then its
        beginning once more, which puts the cursor to its place."""
        widest = max(cells_of(self._shown), cells_of(text))
        if widest >= self._columns or "\n" in self._shown + text:
            return f"\n{text}" if cursor == len(text) else f"\n{text}\n{text[:cursor]}"
        blank = " " * (cells_of(self._shown) - cells_of(text))
        back = "" if cursor == len(text) and not blank else f"\r{text[:cursor]}"
        return f"\r{text}{blank}{back}"

    def _text(self) -> tuple[str, int]:
        """Return all of the line with its prompt, and where in it the cursor is."""
        control, buffer = self._session.layout.current_control, self._session.default_buffer
        if isinstance(control, SearchBufferControl):
            target, wanted = (
                self._session.layout.search_target_buffer_control,
                self._session.search_buffer.text,
            )
            direction = target.search_state.direction if target else SearchDirection.BACKWARD
            document = buffer.document_for_search(SearchState(wanted, direction, ignore_case=True))
            start = f"(search `{block(wanted)}'): "
            return start + block(document.text), len(start + block(document.text))
        document = buffer.document
        before = self._prompt + block(document.text_before_cursor)
        return before + block(document.text_after_cursor), len(before)
