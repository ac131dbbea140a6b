"""One run of the commands of files that were checked: each in its turn, until one fails, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from airflowctl.core.errors import (
    BROKEN_PIPE,
    DONE,
    INTERRUPTED,
    REFUSED,
    USAGE,
    CliError,
    ConfigError,
    ExitSession,
    Interrupted,
    NotFound,
    NotLoggedIn,
    OutputFailed,
    StoreUnavailable,
    Unreachable,
    UsageError,
)
from airflowctl.core.options import BATCH
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import batch_end, dispatch, pipeline
from airflowctl.execution.batch_end import FAILED, IN_DOUBT, LOST, Stop, sentence
from airflowctl.execution.batch_input import Input, read_lines
from airflowctl.execution.batch_journal import PART, WITHIN
from airflowctl.execution.batch_records import AGAIN, SKIP, Outcome, Plan, Records, plan_of
from airflowctl.execution.command_line import CommandLine
from airflowctl.execution.page_words import expand_pages, is_page

if TYPE_CHECKING:
    from airflowctl.execution.batch_options import BatchOptions
    from airflowctl.execution.batch_progress import BatchProgress
    from airflowctl.execution.batch_values import Values
    from airflowctl.session.session import Session

# What they put in use, lines after them rely on: they run also where a batch begins after them.
_LASTING = (("use",), ("env", "use"), ("set",), ("alias",), ("unalias",))
_LASTING_NOUNS = frozenset(words[0] for words in _LASTING)
# Every line after them would end in the same way.
_FINAL = (NotLoggedIn, StoreUnavailable, Unreachable, OutputFailed, Interrupted)
_UNPLANNED = Plan("", is_change=False, is_repeatable=True)  # where nothing is recorded


class Command(NamedTuple):
    """A command of a file: the line, and where it begins. `wrong` is the exit code of one that is wrong,
    with its errors printed: a stream may have such lines. `part` counts the commands of a line, from 0."""

    name: str
    number: int
    line: CommandLine
    wrong: int = DONE
    part: int = 0

    @property
    def where(self) -> str:
        return f"{self.name}:{self.number}"

    @property
    def address(self) -> str:
        """Return what a journal calls it."""
        return f"{self.where}{PART}{self.part}" if self.part else self.where


class Run:
    """One run of the commands of some files, `total` in number (0: not known); lines of theirs may be a part
    of it (`source`). `begins` says of a line, by file and number, whether it is at or after the first one."""

    def __init__(
        self,
        names: Sequence[str],
        commands: Iterator[Command],
        session: Session,
        options: BatchOptions,
        begins: Callable[[str, int], bool],
        total: int,
        records: Records,
    ) -> None:
        self.options, self.records = options, records
        self.address = ""  # that of the command that runs, after those of the lines that it is within
        self._names, self._commands, self._session = names, commands, session
        self._begins, self._total = begins, total
        self._running: Command | None = None
        self._done = self._number = 0
        self._progress: BatchProgress | None = None
        if total and session.mode == BATCH and session.streams.stderr_is_terminal:
            from airflowctl.execution.batch_progress import BatchProgress

            self._progress = BatchProgress(session, total)
        self._failed: list[str] = []
        self._code = DONE
        self._last = DONE  # the exit code of the command that ran last
        self._sent_before = self._counts()[0]
        outer = session.parts.batch
        self._outer = outer.address + WITHIN if isinstance(outer, Run) else ""

    def run(self) -> int:
        """Run all commands; return the exit code of the first that failed, or that of `exit`."""
        parts = self._session.parts
        outer, parts.batch = parts.batch, self
        try:
            stop = self._run_all()
            self._wait_for_background()
        except ExitSession as left:
            self._code, stop = self._code if left.code is None else left.code, None
        finally:
            parts.batch = outer
            if self._progress is not None:
                parts.progress.end()
        has_sent = self._counts()[0] > self._sent_before
        self._code = REFUSED if self._code == USAGE and has_sent else self._code
        if outer is None:
            self._end(stop)
        return self._code

    def _run_all(self) -> Stop | None:
        try:
            for command in self._commands:
                if not command.line.is_due(self._last):
                    self._done += self._last == DONE  # the other way of a || was not needed
                    continue
                state = self._take(command)
                if self._is_handled(command):
                    state = batch_end.DONE
                if state in (FAILED, IN_DOUBT, LOST) and (not self.options.keep_going or self._is_final()):
                    return self._stop(state)
                if state in (FAILED, IN_DOUBT, LOST):
                    self._failed.append(self._location(command))
                elif self._begins(command.name, command.number):
                    self._done += 1
        except KeyboardInterrupt:  # between two commands
            self._code = dispatch.print_error(Interrupted(), self._session)
            return self._stop("")
        except (ConfigError, OutputFailed) as error:  # what it did cannot be recorded
            self._code = self._code or dispatch.print_error(error, self._session)
            return self._stop(IN_DOUBT)
        except UsageError as error:  # a stream cannot be read further
            self._code = self._code or dispatch.print_error(error, self._session)
            return self._stop("")
        return None

    def _take(self, command: Command) -> str:
        """Run a command, unless it is before the one to begin at or done already; return its state."""
        if any(map(is_page, command.line.tokens)):
            try:
                command = self._name_pages(command)
            except CliError as error:
                self._code = self._code or dispatch.print_error(error, self._session, command.where)
                return FAILED
        self._running, self.address = command, self._outer + command.address
        self._last = DONE
        is_lasting = self._is_lasting(command.line)
        if not is_lasting and not self._begins(command.name, command.number):
            self.records.leave_out(self.address)
            return ""
        self._number += self._begins(command.name, command.number)
        plan = plan_of(command.line, self._session) if self.records else _UNPLANNED
        if is_lasting:
            return self._run_command(command, plan._replace(is_change=False), is_again=False)
        is_first = bool(self.options.start) and not self._done
        try:
            decision = self.records.decide(self.address, plan, is_first)
        except CliError as error:
            self._code = self._code or dispatch.print_error(error, self._session, command.where)
            return IN_DOUBT
        if decision == SKIP:
            return batch_end.DONE
        return self._run_command(command, plan, is_again=decision == AGAIN)

    def _name_pages(self, command: Command) -> Command:
        """Return a command with names in place of addresses of the web page. Raises UsageError."""
        tokens = expand_pages(command.line.tokens, self._session)
        return command._replace(line=command.line._replace(tokens=tokens))

    def _is_handled(self, command: Command) -> bool:
        """Return whether the line itself says what runs where this command has failed."""
        return command.line.is_handled and self._last not in (DONE, INTERRUPTED)

    def _is_lasting(self, line: CommandLine) -> bool:
        noun = self._session.lookup.noun(line.tokens[0]) if line.tokens else ""
        if noun and noun not in _LASTING_NOUNS:
            return False
        words = parse_tokens(line.tokens[:2], self._session.lookup).words
        return words[:1] in _LASTING or words[:2] in _LASTING

    def _run_command(self, command: Command, plan: Plan, is_again: bool) -> str:
        session, parts = self._session, self._session.parts
        if self._progress is not None and self._number:
            self._progress.show(self._number, command.where, command.line)
        if self.options.echo:
            from airflowctl.execution.private_lines import public_text

            session.output.note(f"+ {public_text(command.line.text, session.lookup)}")
        self.records.begin(self.address, plan)
        if not command.wrong:
            parts.forget_error()
        before, began, last = self._counts(), time.monotonic(), parts.memory.last
        code, is_reader_gone = self._run_line(command)
        if is_again and plan.is_deletion and isinstance(parts.last_error, NotFound):
            session.output.note(f"{command.where}: it is gone, as it was to be")
            code = DONE
        state = self._state(code, before)
        result = parts.memory.last
        self.records.end(
            self.address,
            plan,
            Outcome(
                state,
                code,
                self._counts()[1] > before[1],
                time.monotonic() - began,
                parts.last_error,
                None if result is last else result,
            ),
        )
        if is_reader_gone:
            self._code = BROKEN_PIPE
            if self._counts()[0] > self._sent_before:
                self._end(self._stop(state))
            raise BrokenPipeError
        parts.memory.add_line(command.line.text, code)
        self._last = code
        if not self._is_handled(command):
            self._code = self._code or code if code != INTERRUPTED else code
        return state

    def _run_line(self, command: Command) -> tuple[int, bool]:
        """Return the exit code of a line, and whether the reader of the batch's output has gone."""
        parts = self._session.parts
        if command.wrong:
            return command.wrong, False
        outer, parts.where = parts.where, command.where
        try:
            if command.line.is_background:
                return self._start(command), False
            return pipeline.run(command.line, self._session, command.where), False
        except KeyboardInterrupt:  # outside of the command itself
            return dispatch.print_error(Interrupted(), self._session, command.where), False
        except BrokenPipeError:
            return BROKEN_PIPE, True
        finally:
            parts.where = outer

    def _start(self, command: Command) -> int:
        """Start a command in the background, which prints as it comes. Raises nothing."""
        from airflowctl.execution.background_lines import lines_of

        lines, streams = lines_of(self._session), self._session.streams
        if self._session.mode == BATCH:  # a shell that reads a file shows it above its prompt
            lines.print_line = lambda text, is_error: (streams.stderr if is_error else streams.stdout).write(
                f"{text}\n"
            )
        try:
            lines.start(command.line.text, [command.line], self._session)
        except CliError as error:
            return dispatch.print_error(error, self._session, command.where)
        return DONE

    def _wait_for_background(self) -> None:
        """Wait for the lines that no `wait` has waited for; the first that failed fails the batch."""
        lines = self._session.parts.background
        if lines is None or self._session.mode != BATCH:
            return
        from airflowctl.execution.background_lines import lines_of

        for line in lines_of(self._session).list_open():
            ended = lines_of(self._session).wait(line)
            self._code = self._code or ended

    def _state(self, code: int, before: tuple[int, int]) -> str:
        """Return what became of a command, by its exit code and by what was sent since `before`."""
        error, (sent, made) = self._session.parts.last_error, self._counts()
        if code == DONE:
            return batch_end.DONE
        if made > before[1]:
            return LOST if code == BROKEN_PIPE or isinstance(error, OutputFailed) else IN_DOUBT
        return IN_DOUBT if sent > before[0] and _is_in_doubt(error) else FAILED

    def _counts(self) -> tuple[int, int]:
        """Return how many changes were sent, and how many were answered with a success."""
        counts = vars(self._session.parts).get("change_counts")  # built once a server is asked
        return (counts.sent, counts.made) if counts else (0, 0)

    def _is_final(self) -> bool:
        """Return whether the last command failed by what no command after it will pass."""
        return isinstance(self._session.parts.last_error, _FINAL)

    def _stop(self, state: str) -> Stop:
        """Return where it stopped: at the command that runs, or after it where that is done (no state)."""
        running, after = self._running, next(self._commands, None) if self._total else None
        if not state and running is not None:
            running, after = after, None
        return Stop(state, *(self._location(command) if command else "" for command in (running, after)))

    def _location(self, command: Command) -> str:
        """Return the place of a command as `--from` takes it."""
        return command.where if len(self._names) > 1 else str(command.number)

    def _end(self, stop: Stop | None) -> None:
        """Say and record how it ended."""
        if text := sentence(", ".join(self._names), self._total, self._done, self._failed, stop):
            self._session.output.note(text)
        if not self.records:
            return
        stopped = {"line": stop.at, "state": stop.state} if stop is not None and stop.state else None
        try:
            self.records.finish(
                {
                    "commands": self._total,
                    "done": self._done,
                    "failed": self._failed,
                    "stopped": stopped,
                    "code": self._code,
                }
            )
        except OutputFailed as error:
            self._code = self._code or dispatch.print_error(error, self._session)


def read_commands(inputs: Sequence[Input], values: Values) -> Iterator[Command]:
    """Yield the commands of files that were checked."""
    for source in inputs:
        for number, text, _ in read_lines(source.content):
            yield from commands_of(source.name, number, text, values)


def commands_of(name: str, number: int, text: str, values: Values) -> Iterator[Command]:
    """Yield the commands of a line that was checked."""
    for part, line in enumerate(pipeline.parse_commands(text, values.expand)):
        yield Command(name, number, line, part=part)


def _is_in_doubt(error: CliError | None) -> bool:
    """Return whether a server may have done what was sent, though it did not say so."""
    if isinstance(error, Unreachable):
        return not error.is_unsent
    return isinstance(error, Interrupted) or (error is not None and error.status >= 500)
