"""The shell's loop: a prompt, a line, the one way to run it, again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from threading import get_ident

from prompt_toolkit import PromptSession
from prompt_toolkit.application import create_app_session
from prompt_toolkit.cursor_shapes import CursorShapeConfig, DynamicCursorShapeConfig, ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_to_text
from prompt_toolkit.input.typeahead import store_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyBindings, KeyBindingsBase, merge_key_bindings
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.output.plain_text import PlainTextOutput
from prompt_toolkit.styles import BaseStyle

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.session_source import SessionNames
from airflowctl.core.background import background
from airflowctl.core.errors import (
    DONE,
    CliError,
    ExitSession,
    Interrupted,
)
from airflowctl.core.results import Text
from airflowctl.core.settings import toolbar_fields
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.execution import dispatch
from airflowctl.execution.background_lines import lines_of
from airflowctl.output.help import keys_page
from airflowctl.session import registry
from airflowctl.session.session import Session
from airflowctl.shell.background_notes import BackgroundNotes
from airflowctl.shell.dumb_prompt import DumbPrompt
from airflowctl.shell.explain import page_of_what_follows, page_of_word
from airflowctl.shell.first import ServerQuestion, is_first_start, welcome
from airflowctl.shell.history import Histories, Suggestions
from airflowctl.shell.key_table import KEYS
from airflowctl.shell.key_turn import end_turn, favour_keys, prepare_first_key
from airflowctl.shell.keys import bind_selection, bindings, shorten_escape
from airflowctl.shell.lean_output import drop_repeated_styles
from airflowctl.shell.lexer import LineLexer
from airflowctl.shell.line_runner import LineRunner
from airflowctl.shell.line_search import LineSearch, search_keys
from airflowctl.shell.menu import draw_lean_menu
from airflowctl.shell.prompt_text import parts
from airflowctl.shell.rewrite import expand_last, expand_next, rewrite_before_run, strip_prompts
from airflowctl.shell.signals import Signals
from airflowctl.shell.terminal_marks import PROMPT_ENDS, TerminalMarks
from airflowctl.shell.themes import style_of
from airflowctl.shell.toolbar import Toolbar
from airflowctl.storage.private_files import config_folder
from completers.prompt import PromptCompleter, replace_whole_words, wake
from completers.tokenizer import lines

if TYPE_CHECKING:
    from airflowctl.shell.background_colour import BackgroundQuestion
    from airflowctl.shell.hints import Hints

_DRAWN_AFTER = 0.02  # seconds: the first prompt stands then


class Shell:
    """One interactive session."""

    def __init__(
        self,
        session: Session,
        ran: Callable[[int], object] | None = None,
        question: BackgroundQuestion | None = None,
    ) -> None:
        self._session = session
        self._question = question
        self._is_first = is_first_start(session.streams.environ)
        session.parts.names_changed = self._refill_menu
        session.use_settings()
        self._grammar, self._names = Grammar(session.lookup), SessionNames(session)
        self._completer = PromptCompleter(self._grammar, self._names)
        self._toolbar = Toolbar(session, self._redraw)
        self._hints: Hints | None = None
        self._is_prepared = self._has_keys = False
        self._server_question = ServerQuestion(session, self._redraw)
        self._histories = Histories(session)
        self._search = LineSearch(self._completer, session, self._histories)
        self._prompt = self._create_prompt()
        self._adapt_prompt()
        session.parts.keep_typed = self._return_input
        session.parts.memory.typed = lambda: list(self._prompt.history.get_strings())
        session.parts.memory.merge = self._histories.merge
        self._signals = Signals(self._prompt.app)
        self._marks = TerminalMarks(self._prompt.app.output, session.streams)
        self._has_asked_to_leave = False
        self._background = BackgroundNotes(lines_of(session), session, self._prompt.app, self._marks)
        self._toolbar.describe_background = self._background.describe
        self._runner = LineRunner(session, self._toolbar, self._marks, self._histories, ran or _ignore)

    def _create_prompt(self) -> PromptSession[str]:
        prompt_class = DumbPrompt if self._session.streams.is_dumb else PromptSession[str]
        return prompt_class(
            history=self._histories.current,
            key_bindings=self._bindings(),
            cursor=DynamicCursorShapeConfig(self._cursor_shape),
            include_default_pygments_style=False,
            complete_while_typing=True,
            lexer=LineLexer(self._grammar),
            prompt_continuation=_continuation,
            reserve_space_for_menu=6,
            enable_suspend=True,
            enable_open_in_editor=True,
            tempfile_suffix=".airflowctl",
            output=_terminal(self._session),
        )

    def _adapt_prompt(self) -> None:
        """Change what the library's prompt has no parameter for."""
        self._prompt.app.key_processor.before_key_press += self._note_key
        if not self._session.streams.is_dumb:  # which draws otherwise
            favour_keys(self._prompt.app)
        shorten_escape(self._prompt.app)
        draw_lean_menu(self._prompt.layout)
        drop_repeated_styles(self._prompt.app.output)
        replace_whole_words(self._prompt.default_buffer)
        rewrite_before_run(self._prompt.default_buffer, self._rewrite)

    def _note_key(self, _: object) -> None:
        self._has_keys = True
        self._toolbar.note_key()

    def _rewrite(self, text: str) -> str:
        """Return what a typed line stands for; the words for an earlier one stay where there is none."""
        if self._server_question.is_open:  # an answer is no line
            return text
        prompt = fragment_list_to_text(self._parts()).rpartition("\n")[2]
        text = expand_next(strip_prompts(text, prompt), self._session.parts.memory.next_lines)
        return expand_last(text, self._runner.last) if self._runner.last else text

    def _bindings(self) -> KeyBindingsBase:
        """Return the keys of ours, over them those of the user's file, and over all that a key only takes a
        selected candidate: no file may make a choice a consent."""
        pages = (self._explain, self._tell_what_follows, self._show_keys, self._tell)
        ours = [bindings(self._session.lookup, *pages)]
        if not self._session.streams.is_dumb:  # which shows no list
            ours.append(search_keys(self._search))
        selection = KeyBindings()
        bind_selection(selection, self._search.end)
        return merge_key_bindings([*ours, *self._own_bindings(), selection])

    def _own_bindings(self) -> list[KeyBindingsBase]:
        """Return those of the user's file; none, with a warning, where it is damaged."""
        try:
            # What reads the file is loaded where there is one: the first prompt waits for it.
            if config_folder(self._session.streams.environ).read("keys.toml") is None:
                return []
            from airflowctl.shell.key_file import load_keys

            return [load_keys(self._session.streams.environ)]
        except CliError as error:
            self._session.output.note(f"warning: {error.message}")
            return []

    def _cursor_shape(self) -> CursorShapeConfig | None:
        """Return the shapes of vi's modes; without its keys the cursor stays as the terminal has it."""
        return ModalCursorShapeConfig() if self._prompt.editing_mode == EditingMode.VI else None

    def _collect_colours(self) -> None:
        """Take the terminal's reply; what was typed before it is for the first prompt."""
        question = self._question
        if question is not None:
            self._return_input(question.collect())
            self._session.parts.has_light_background = question.is_light
            question.guard(self._prompt.input, self._learn_background)

    def _learn_background(self) -> None:
        """The terminal's reply has come after the first prompt was drawn."""
        if self._question is not None:
            self._session.parts.has_light_background = self._question.is_light
            self._prompt.style = self._style()
            self._prompt.app.invalidate()

    def run(self) -> int:
        """Until Ctrl-D or `exit`; 0."""
        self._session.parts.thread = get_ident()
        try:
            return self._run()
        finally:
            self._marks.end()

    def _run(self) -> int:
        with self._signals:
            self._collect_colours()
            self._tell(welcome(self._session, is_first=self._is_first))
            registry.nouns()  # looks for plug-ins: here one that is broken does not write over the prompt
            dispatch.note_extensions(self._session.output)
            self._server_question.begin()
            while True:
                self._as_set()
                if self._session.streams.is_dumb:  # the library's prompt for these calls no `pre_run`
                    self._toolbar.refresh()
                try:
                    with self._signals.at_prompt():
                        text = self._prompt.prompt(
                            self._parts,
                            pre_run=self._before_prompt,
                            handle_sigint=False,
                            set_exception_handler=False,
                        )
                except KeyboardInterrupt:
                    self._server_question.close()
                    continue
                except EOFError:
                    if self._may_leave():
                        return DONE
                    continue
                finally:
                    end_turn()
                self._has_asked_to_leave = False
                text = self._server_question.line_for(text)
                if self._question is not None:  # a program of the line would read what the terminal answers
                    self._return_input(self._question.settle())
                try:
                    with self._signals.in_line():
                        self._runner.run_lines(list(lines(text)))
                except KeyboardInterrupt:  # between two steps, where no other handler takes it
                    self._session.output.error(Interrupted())
                except ExitSession as left:
                    if self._may_leave():
                        return left.code or DONE

    def _may_leave(self) -> bool:
        """Ask where lines run in the background, which end with the shell."""
        lines = lines_of(self._session)
        if (running := lines.running) and not self._has_asked_to_leave:
            self._has_asked_to_leave = True  # Ctrl-D once more leaves, as does a terminal that has gone
            count = format_count(len(running), "line")
            try:
                answer = self._session.console.ask_consent(
                    f"{count} in the background would end. Leave? [y/N] "
                )
            except KeyboardInterrupt:
                return False
            if answer.lower() not in ("y", "yes"):
                return False
        lines.stop_all()
        while self._background.write_pending():
            pass
        return True

    def _as_set(self) -> None:
        """The prompt as the settings want it by now, with the history of the environment in use."""
        settings, prompt, streams = self._session.parts.settings, self._prompt, self._session.streams
        # On a dumb terminal what Tab puts into the line would not be seen.
        offers = settings.is_on("completion") and not streams.is_dumb
        self._search.offers_words = offers
        prompt.completer = None if streams.is_dumb else self._search
        # Without a colour of its own a suggestion looks like what was typed.
        suggests = settings.is_on("suggestions") and not streams.is_plain and settings["theme"] != "none"
        codes = self._histories.codes
        prompt.auto_suggest = Suggestions(self._session.lookup, codes) if suggests else None
        has_bottom = toolbar_fields(settings["toolbar"]) or settings.is_on("hints")
        prompt.bottom_toolbar = self._bottom if has_bottom else None
        prompt.editing_mode = EditingMode.VI if settings["keys"] == "vi" else EditingMode.EMACS
        prompt.style = self._style()
        prompt.history = prompt.default_buffer.history = self._histories.current

    def _style(self) -> BaseStyle:
        parts = self._session.parts
        try:
            return style_of(
                parts.settings["theme"], self._session.streams.environ, is_light=parts.has_light_background
            )
        except CliError as error:  # the file has changed since it was chosen
            self._session.output.error(error)
            parts.settings["theme"] = "auto"
            return style_of("auto", self._session.streams.environ)

    def _bottom(self) -> StyleAndTextTuples:
        app, mode = self._prompt.app, ""
        if self._prompt.editing_mode == EditingMode.VI:
            mode = app.vi_state.input_mode.value.removeprefix("vi-")
        settings, size = self._session.parts.settings, app.output.get_size()
        line = self._toolbar.text(
            self._completer.state, size.columns, mode, toolbar_fields(settings["toolbar"])
        )
        if self._hints is None or not settings.is_on("hints"):
            return line
        text = self._prompt.default_buffer.document.text_before_cursor
        rows = self._hints.rows(text, size.columns, size.rows)
        return [part for row in rows for part in (*row, ("", "\n"))] + line

    def _before_prompt(self) -> None:
        self._signals.prompt_begins()
        self._background.begin_prompt()
        self._completer.begin()
        self._search.end()
        self._toolbar.refresh()
        about = self._toolbar.about
        self._marks.begin_prompt(f"{about.user}@{about.place}" if about.user else about.place or "airflowctl")
        self._prompt.app.create_background_task(self._prepare())
        self._prompt.app.create_background_task(self._toolbar.keep_fresh())

    async def _prepare(self) -> None:
        """Load what the first keys will want, once the first prompt is drawn: what runs behind it
        would only keep it waiting."""
        if self._is_prepared:
            return
        await asyncio.sleep(_DRAWN_AFTER)
        self._is_prepared = True
        # Between two keys the one that it feeds would end a repetition, as that of `?`.
        if not self._session.streams.is_dumb and not self._has_keys:
            prepare_first_key(self._prompt.app)
        self._names.prepare()
        background("hints", self._load_hints, self._redraw)

    def _load_hints(self) -> None:
        # After the first prompt is drawn: no line is explained before a key is pressed.
        from airflowctl.shell.hints import Hints

        self._hints = Hints(self._session, self._names)

    def _return_input(self, typed: bytes) -> None:
        """Type it into the prompt to come: it was no answer to a question."""
        keys: list[KeyPress] = []
        parser = Vt100Parser(keys.append)
        parser.feed(typed.decode("utf-8", "replace"))
        parser.flush()
        store_typeahead(self._prompt.input, keys)

    def _parts(self) -> StyleAndTextTuples:
        if self._server_question.is_open:
            return self._server_question.prompt
        shown = parts(self._toolbar.about, self._session, self._toolbar.last)
        return [*shown, ("[ZeroWidthEscape]", PROMPT_ENDS)] if self._marks.is_on else shown

    def _explain(self, text: str, cursor: int) -> None:
        self._tell(page_of_word(text, cursor, self._session.streams.columns, self._session.lookup))

    def _tell_what_follows(self, text: str) -> None:
        columns, lookup = self._session.streams.columns, self._session.lookup
        self._tell(page_of_what_follows(text, self._grammar, self._names, columns, lookup))

    def _show_keys(self) -> None:
        self._tell(keys_page(KEYS, self._session.streams.columns))

    def _tell(self, text: str) -> None:
        """Words about the shell, and no data: they go to stderr."""
        rows = text.rstrip().splitlines()
        if len(rows) >= (self._session.streams.rows or len(rows) + 1):  # its beginning would leave the screen
            self._session.output.show(Text(text))
            return
        for row in rows:
            self._session.output.note(row)

    def _refill_menu(self) -> None:
        if self._hints is not None:
            self._hints.forget()
        if not self._search.is_on:
            self._completer.refill_menu(self._prompt.app)

    def _redraw(self) -> None:
        wake(self._prompt.app, self._prompt.app.invalidate)


def run(
    session: Session,
    ran: Callable[[int], object] | None = None,
    question: BackgroundQuestion | None = None,
) -> int:
    """Open the shell; return its exit code. `ran` gets that of each line, `question` was put to the
    terminal."""
    if not session.streams.is_dumb:
        return Shell(session, ran, question).run()
    # It would show the codes for the cursor as letters.
    with create_app_session(output=PlainTextOutput(session.streams.stdout)):
        return Shell(session, ran).run()


def _continuation(_width: int, _line: int, is_wrapped: int) -> str:
    """Return what stands before the further lines of a value: not where the terminal's width broke one."""
    return "" if is_wrapped else "... "


def _terminal(session: Session) -> Output | None:
    """Return where to draw: not on a stdout that is a file or a pipe, which gets the results only."""
    if session.streams.stdout is not sys.stdout or session.streams.stdout_is_terminal:
        return None
    return create_output(always_prefer_tty=True)


def _ignore(_code: int) -> None:
    """The caller wants no exit code of a line."""
