"""The lines that were typed, on their way: read, run, and what is kept of how they ended."""

from __future__ import annotations

import time
from collections.abc import Callable

from airflowctl.core.errors import BROKEN_PIPE, DONE, NOT_ALLOWED, UNREACHABLE, CliError, UsageError
from airflowctl.core.parse import parse_tokens
from airflowctl.execution import dispatch, pipeline
from airflowctl.execution.command_line import CommandLine
from airflowctl.execution.line_meaning import write_meaning
from airflowctl.execution.line_shapes import NOUNS_APART
from airflowctl.execution.private_lines import public_text
from airflowctl.session import registry
from airflowctl.session.session import Session
from airflowctl.shell.history import Histories
from airflowctl.shell.line_names import expand_names
from airflowctl.shell.rewrite import LAST_LINE, LAST_WORD, next_number
from airflowctl.shell.sections import LastLine
from airflowctl.shell.terminal_marks import TerminalMarks
from airflowctl.shell.toolbar import Toolbar
from completers.line_lists import split_list
from completers.tokenizer import OpenQuoteError, split


class LineRunner:
    """Runs the lines of one shell. `ran` gets the exit code of each; `last` is the one that ran last, a
    private one too."""

    def __init__(
        self,
        session: Session,
        toolbar: Toolbar,
        marks: TerminalMarks,
        histories: Histories,
        ran: Callable[[int], object],
    ) -> None:
        self._session, self._toolbar, self._marks = session, toolbar, marks
        self._histories, self._ran = histories, ran
        self.last = ""
        self._meaning = ""  # what it stood for

    def run_lines(self, texts: list[str]) -> None:
        """Several come by a paste, and stand on the screen: they run if that is meant, until one fails."""
        count = sum(bool(text.strip()) for text in texts)
        if count > 1 and not self._is_meant(count):
            return
        for index, text in enumerate(texts, start=1):
            if self._run_line(text) != DONE:
                left_out = sum(bool(rest.strip()) for rest in texts[index:])
                if left_out:
                    more = "1 more pasted line was" if left_out == 1 else f"{left_out} more pasted lines were"
                    self._session.output.note(f"{more} not run")
                return

    def _is_meant(self, count: int) -> bool:
        try:
            answer = self._session.console.ask_consent(
                f"run these {count} lines, one after the other? [Y/n] "
            )
        # Ctrl-C at the question is its no: what was pasted must not run by it.
        except KeyboardInterrupt:
            answer = "n"
        if answer.strip().lower() in ("", "y", "yes"):
            return True
        self._session.output.note("not run")
        return False

    def _run_line(self, text: str) -> int:
        began = time.monotonic()
        try:
            # Where there was an earlier line it stands here by now, in place of the word.
            if text.split()[:1] in ([LAST_LINE], [LAST_WORD]):
                raise UsageError("there is no line before this one", "type one: dags list")
            if number := next_number((text.split() or [""])[0]):
                raise UsageError(f"there is no line {number} to run next", "a report prints them: why etl")
            commands = pipeline.parse_commands(text)
        except (OpenQuoteError, UsageError) as error:
            problem = error if isinstance(error, UsageError) else UsageError(str(error))
            self._session.output.error(problem)
            self._toolbar.last = LastLine(problem.exit_code, 0.0)
            self._histories.note_code(text, problem.exit_code)
            return problem.exit_code
        if not commands:
            return DONE
        self.last, self._meaning = text, ""
        memory = self._session.parts.memory
        memory.begin_line()
        self._marks.begin_line()
        # As it ends where an exception leaves it: the reader of its output has closed the pipe.
        code = BROKEN_PIPE
        try:
            code = self._result_of(text, commands)
        finally:
            if "waiting" in vars(self._session.parts):  # a server was asked
                self._session.parts.waiting.end_line()
            took = time.monotonic() - began
            self._marks.end_line(code, took, self._command_of(text), self._session.parts.settings)
        if self._session.parts.settings.is_on("timing"):
            self._session.output.note(f"{memory.rows}, took {took:.2f} s".removeprefix(", "))
        self._toolbar.last = LastLine(code, took, memory.rows)
        memory.add_line(text, code, self._meaning or text)
        self._histories.note_code(text, code)
        # The bottom line must not go on saying that all is well.
        if code in (UNREACHABLE, NOT_ALLOWED):
            self._toolbar.look_soon()
        self._ran(code)
        return code

    def _command_of(self, text: str) -> str:
        """Return the command of a line, without its values: they may be secret."""
        if pipeline.is_for_shell(text):
            return "!"
        words = parse_tokens(
            [word.text for word in split_list(text, split(text), registry.takes_rows)[0].words],
            self._session.lookup,
        ).words
        return " ".join(words) or "the line"

    def _result_of(self, text: str, commands: list[CommandLine]) -> int:
        whole = [part for command in commands for part in (command, *command.stages)]
        # One command alone reports its problem itself, and better.
        problem = self._find_problem(whole) if len(whole) > 1 else None
        if problem is not None:
            return dispatch.print_error(problem, self._session)
        try:
            typed, commands = commands, expand_names(text, commands, self._session)
            self._meaning = write_meaning(text, typed, commands)
            if commands[0].is_background:
                return self._start(text, commands)
        except CliError as error:
            return dispatch.print_error(error, self._session)
        return pipeline.run_all(commands, self._session)

    def _start(self, text: str, commands: list[CommandLine]) -> int:
        """Start a line in the background; raises CliError."""
        from airflowctl.execution.background_lines import lines_of

        shown = public_text(text.strip().removesuffix("&").rstrip(), self._session.lookup)
        line = lines_of(self._session).start(shown, commands, self._session)
        self._session.output.note(f"[{line.number}] {shown}")
        return DONE

    def _find_problem(self, commands: list[CommandLine]) -> UsageError | None:
        """Return what is wrong with one of several commands: then none of them runs. What follows one that
        changes what lines mean cannot be known yet."""
        for command in commands:
            state = parse_tokens(command.tokens, self._session.lookup)
            if state.problem is not None and not state.wants_help():
                return state.problem
            if state.words[:1] in [(noun,) for noun in NOUNS_APART]:
                return None
        return None
