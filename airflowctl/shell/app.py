"""The shell's loop: a prompt, a line, the one dispatch, again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import get_ident

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.styles import Style

from airflowctl import __version__, dispatch
from airflowctl.core.errors import DONE, Leave, UsageError
from airflowctl.grammar import Grammar
from airflowctl.output.sanitise import line
from airflowctl.session import Session
from airflowctl.shell.explain import page_of_what_follows, page_of_word
from airflowctl.shell.first import HINT, HINT_COLUMNS, is_first_start
from airflowctl.shell.history import history
from airflowctl.shell.keys import bindings
from airflowctl.shell.lexer import LineLexer
from airflowctl.shell.signals import Ending
from airflowctl.shell.source import SessionNames
from airflowctl.shell.toolbar import Toolbar
from completers.prompt import PromptCompleter, wake
from completers.quote import OpenQuoteError, lines, words

GREETING = f"airflowctl {__version__}: Tab completes, help explains, Ctrl-C stops, Ctrl-D leaves"

STYLE = Style.from_dict(
    {
        "prompt.user": "bold",
        "prompt.environment": "ansicyan bold",
        "pygments.keyword": "bold",
        "pygments.name.attribute": "ansicyan",
        "pygments.literal.string": "ansigreen",
        "pygments.error": "ansired underline",
        "pygments.comment": "ansibrightblack",
        "bottom-toolbar": "noreverse",
        "bottom-toolbar.text": "ansibrightblack",
        "bottom-toolbar.failed": "ansired",
        "bottom-toolbar.quiet": "ansibrightblack italic",
    }
)


class Shell:
    """One interactive session."""

    def __init__(self, session: Session, ran: Callable[[int], object] | None = None) -> None:
        self._session = session
        self._ran = ran
        self._is_first = is_first_start(session.streams.environ)
        session.shared.names_changed = self._names_arrived
        self._grammar, self._names = Grammar(), SessionNames(session)
        self._completer = PromptCompleter(self._grammar, self._names)
        self._toolbar = Toolbar(session, self._redraw)
        self._prompt: PromptSession[str] = PromptSession(
            history=history(session),
            # Without a colour of its own a suggestion looks like what was typed.
            auto_suggest=None if session.streams.is_plain else AutoSuggestFromHistory(),
            key_bindings=bindings(self._explain, self._tell_what_follows),
            include_default_pygments_style=False,
            # On a dumb terminal what Tab puts into the line would not be seen.
            completer=None if session.streams.is_dumb else self._completer,
            complete_while_typing=True,
            lexer=PygmentsLexer(LineLexer, sync_from_start=True),
            style=STYLE,
            bottom_toolbar=lambda: self._toolbar.text(self._completer.state),
            reserve_space_for_menu=6,
            enable_suspend=True,
            output=_terminal(session),
        )
        self._ending = Ending(self._prompt.app)

    def run(self) -> int:
        """Until Ctrl-D or `exit`; 0."""
        self._session.shared.thread = get_ident()
        self._session.output.note(GREETING)
        if self._is_first and self._session.streams.columns > HINT_COLUMNS:
            self._tell(HINT)
        while True:
            try:
                with self._ending.waits_for_prompt():
                    text = self._prompt.prompt(self._parts, pre_run=self._before_prompt)
            except KeyboardInterrupt:
                continue
            except EOFError:
                return DONE
            try:
                self._run_lines(list(lines(text)))
            except Leave:
                return DONE

    def _before_prompt(self) -> None:
        self._ending.end_prompt()
        self._toolbar.refresh()
        self._prompt.app.create_background_task(self._prepare())
        self._prompt.app.create_background_task(self._toolbar.keep_fresh())

    async def _prepare(self) -> None:
        """As a task, it begins when the prompt is drawn."""
        self._names.prepare()

    def _run_lines(self, found: list[str]) -> None:
        """Several come by a paste: the first that fails ends them, as in a batch."""
        for place, text in enumerate(found, start=1):
            if self._run_line(text) != DONE:
                left_out = sum(bool(rest.strip()) for rest in found[place:])
                if left_out:
                    more = "1 more pasted line was" if left_out == 1 else f"{left_out} more pasted lines were"
                    self._session.output.note(f"{more} not run")
                return

    def _run_line(self, text: str) -> int:
        try:
            tokens = words(text)
        except OpenQuoteError as error:
            problem = UsageError(str(error))
            self._session.output.error(problem)
            return problem.exit_code
        if not tokens:
            return DONE
        code = dispatch.run(tokens, self._session)
        if self._ran:
            self._ran(code)
        return code

    def _parts(self) -> StyleAndTextTuples:
        """The prompt: who, where."""
        about = self._toolbar.about
        user: StyleAndTextTuples = [("class:prompt.user", line(about.user)), ("", "@")] if about.user else []
        return [*user, ("class:prompt.environment", line(about.place)), ("", "> ")]

    def _explain(self, text: str, cursor: int) -> None:
        self._tell(page_of_word(text, cursor, self._session.streams.columns))

    def _tell_what_follows(self, text: str) -> None:
        columns = self._session.streams.columns
        self._tell(page_of_what_follows(text, self._grammar, self._names, columns))

    def _tell(self, text: str) -> None:
        """Words about the shell, and no data: they go to stderr."""
        for row in text.rstrip().splitlines():
            self._session.output.note(row)

    def _names_arrived(self) -> None:
        self._completer.names_arrived(self._prompt.app)

    def _redraw(self) -> None:
        wake(self._prompt.app, self._prompt.app.invalidate)


def run(session: Session, ran: Callable[[int], object] | None = None) -> int:
    """Open the shell; its exit code. `ran` is told that of each line."""
    return Shell(session, ran).run()


def _terminal(session: Session) -> Output | None:
    """Where to draw: not on a stdout that is a file or a pipe, which gets the results only."""
    if session.streams.stdout is not sys.stdout or session.streams.stdout_is_terminal:
        return None
    return create_output(always_prefer_tty=True)
