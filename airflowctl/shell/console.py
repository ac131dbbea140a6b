"""The console of a session: the user at the terminal is asked, forms are drawn, other lines run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.fields import Field, FormSupport
from airflowctl.core.parse import LineParser
from airflowctl.core.results import Rows
from airflowctl.core.rich_results import SubPrompt
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import dispatch
from airflowctl.session import consent
from airflowctl.session.session import Session

if TYPE_CHECKING:
    from prompt_toolkit.styles import BaseStyle


class TerminalConsole:
    """The airflowctl.core.console.Console of a session: on its streams, by its options."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def can_ask(self) -> bool:
        return self._session.can_ask

    def ask(self, question: str) -> str:
        return self._session.streams.ask(question)

    def ask_secret(self, question: str) -> str:
        text = self._session.streams.ask_secret(question)
        # At once: the next error may quote what was typed.
        self._session.parts.redact.learn(text)
        return text

    def ask_consent(self, question: str) -> str:
        """Return what was typed before: the shell keeps it for its prompt, a single command drops it."""
        from airflowctl.output.typed_ahead import take

        session = self._session
        # Keys that were pressed before the question was on the screen are no answer to it.
        session.parts.keep_typed(take(session.streams.stdin))
        return session.streams.ask(session.output.safe(question)).strip()

    def read_line(self, longest: int) -> str:
        return self._session.streams.read_line(longest)

    def note(self, text: str) -> None:
        self._session.output.note(text)

    def fill_form(
        self, title: str, fields: Sequence[Field], support: FormSupport | None = None
    ) -> list[str] | None:
        from airflowctl.shell.form import Form

        rows = self._session.streams.rows or 24
        return Form(title, fields, self._style(), rows, support or FormSupport()).ask()

    def fill_line(self, state: LineParser) -> list[str]:
        from importlib import import_module

        assert state.command is not None
        module, _, name = state.command.form.partition(":")
        words: list[str] = getattr(import_module(f"airflowctl.domain.forms.{module}"), name)(
            self._session, state
        )
        return words

    def _style(self) -> BaseStyle:
        """Return the style of what is drawn over the prompt."""
        from airflowctl.shell.themes import style_of

        streams, parts = self._session.streams, self._session.parts
        theme = "none" if streams.is_plain else parts.settings["theme"]
        return style_of(theme, streams.environ, is_light=parts.has_light_background)

    def choose_rows(self, rows: Rows) -> list[int] | None:
        from airflowctl.shell.row_picker import RowPicker

        return RowPicker(rows, self._style()).ask()

    def confirm(self, warning: str, line: str) -> None:
        consent.confirm(self._session, warning, line)

    def confirm_change(self, kind: str, warning: str, line: str) -> None:
        consent.require_yes(self._session, kind, line)
        if consent.is_due(self._session, kind):
            consent.confirm(self._session, warning, line)

    def has_to_ask(self, kind: str) -> bool:
        return consent.is_due(self._session, kind)

    def require_user(self, line: str) -> None:
        consent.require_person(self._session, line)

    def run_line(self, tokens: Sequence[str]) -> int:
        return dispatch.run(tokens, self._session)

    def run_file(self, path: str, *, keep_going: bool, echo: bool) -> int:
        from airflowctl.execution import batch

        return batch.run_within(path, self._session, keep_going=keep_going, echo=echo)

    def write_line(self, words: tuple[str, ...]) -> str:
        from airflowctl.session.next_lines import write_line

        return write_line(self._session, words)

    def open_top(self, dag_filter: str, interval: float) -> int:
        from airflowctl.shell.top_screen import TopScreen

        return TopScreen(self._session, self._style(), interval, dag_filter).run()

    def read_lines(self, subprompt: SubPrompt) -> Iterator[str]:
        from airflowctl.shell.subprompt import read_lines

        return read_lines(subprompt, self._session)
