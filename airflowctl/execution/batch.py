"""Files of commands: checked whole before the first request, then run line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from airflowctl.core.errors import (
    BROKEN_PIPE,
    DONE,
    INTERRUPTED,
    REFUSED,
    USAGE,
    CliError,
    ExitSession,
    Interrupted,
    NotLoggedIn,
    OutputFailed,
    StoreUnavailable,
    Unreachable,
    UsageError,
)
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import batch_end, dispatch, pipeline
from airflowctl.execution.batch_check import DEEPEST, Checker
from airflowctl.execution.batch_end import FAILED, IN_DOUBT, LOST, Stop, sentence
from airflowctl.execution.batch_input import Input, read_input, read_lines
from airflowctl.execution.batch_options import BatchOptions
from airflowctl.execution.end_signals import EndSignals
from airflowctl.execution.pipeline import CommandLine

if TYPE_CHECKING:
    from airflowctl.session.session import Session

# What they put in use, lines after them rely on: they run also where a batch begins after them.
_LASTING = (("use",), ("env", "use"), ("set",), ("alias",), ("unalias",))
# Every line after them would end in the same way.
_FINAL = (NotLoggedIn, StoreUnavailable, Unreachable, OutputFailed, Interrupted)


class Command(NamedTuple):
    """A command of a file: the line, and where it begins."""

    name: str
    number: int
    line: CommandLine

    @property
    def where(self) -> str:
        return f"{self.name}:{self.number}"


def run(paths: Sequence[str], session: Session, options: BatchOptions) -> int:
    """Run the commands in some files ("-" is standard input), one after the other; the exit code of the first
    that failed. Nothing is sent unless every line of all files can be understood."""
    with EndSignals() as signals:
        try:
            return signals.exit_code(_run(paths, session, options))
        except KeyboardInterrupt:
            return signals.exit_code(dispatch.print_error(Interrupted(), session))


def run_within(path: str, session: Session, *, keep_going: bool, echo: bool) -> int:
    """Run the commands in a file for a line of a session (`source`); as `run`."""
    outer = session.parts.batch
    options = outer.options if isinstance(outer, Run) else BatchOptions()
    inner = options._replace(keep_going=keep_going, echo=echo or options.echo, check=False, start="")
    if outer is None:
        return run((path,), session, inner)
    return _run((path,), session, inner)


def _run(paths: Sequence[str], session: Session, options: BatchOptions) -> int:
    session.parts.decide_token_owner()
    try:
        inputs = [read_input(path, session.streams) for path in paths]
        begins = _beginning(inputs, options.start)
    except CliError as error:
        return dispatch.print_error(error, session)
    checker = Checker(session, options)
    wrong = checker.check(inputs, lambda name, number: not begins(name, number))
    if wrong != DONE or options.check:
        return wrong or _report_check(inputs, checker, session)
    with session.parts.memory.within_file(paths[0], DEEPEST):
        return Run(inputs, session, options, begins, checker.commands).run()


def _report_check(inputs: Sequence[Input], checker: Checker, session: Session) -> int:
    from airflowctl.core.results import Text
    from airflowctl.core.wording import format_count

    commands, files = checker.commands, len(checker.files)
    counts = f"{format_count(commands, 'command')}, {format_count(files, 'file')}"
    data = {"files": [source.name for source in inputs], "commands": commands, "read": sorted(checker.files)}
    return session.output.show(Text(f"{_label(inputs)}: {counts}: nothing wrong", data))


def _beginning(inputs: Sequence[Input], start: str) -> Callable[[str, int], bool]:
    """Return what says of a line, by file and number, whether it is at or after the one to begin at. Raises
    UsageError where there is no such line."""
    name, colon, number = start.rpartition(":")
    if not start:
        return lambda name, number: True
    names = [source.name for source in inputs]
    if not number.isascii() or not number.isdigit() or int(number) < 1:
        raise UsageError(f"--from: '{start}' is no line", "give its number, or FILE:LINE")
    if not colon and len(names) > 1:
        raise UsageError("--from: there are several files", f"say of which: --from {names[-1]}:{number}")
    if colon and name not in names:
        raise UsageError(f"--from: {name} is none of the files", f"there are: {', '.join(names)}")
    first = names.index(name) if colon else 0
    last = sum(1 for _ in inputs[first].content.splitlines())
    if int(number) > last:
        raise UsageError(f"--from: {names[first]} has {last} lines", "the first line is 1")
    return lambda name, line: (names.index(name), line) >= (first, int(number))


def _label(inputs: Sequence[Input]) -> str:
    return ", ".join(source.name for source in inputs)


class Run:
    """One run of files that were checked; lines of theirs may be a part of it (`source`)."""

    def __init__(
        self,
        inputs: Sequence[Input],
        session: Session,
        options: BatchOptions,
        begins: Callable[[str, int], bool],
        total: int,
    ) -> None:
        self.options = options
        self._inputs, self._session, self._begins, self._total = inputs, session, begins, total
        self._commands = self._read_commands()
        self._running: Command | None = None
        self._done = 0
        self._failed: list[str] = []
        self._code = DONE
        self._sent_before = self._counts()[0]

    def run(self) -> int:
        """Run all commands; return the exit code of the first that failed, or that of `exit`."""
        parts = self._session.parts
        outer, parts.batch = parts.batch, self
        try:
            stop = self._run_all()
        except ExitSession as left:
            self._code, stop = self._code if left.code is None else left.code, None
        finally:
            parts.batch = outer
        if outer is None:
            self._say_end(stop)
        has_sent = self._counts()[0] > self._sent_before
        return REFUSED if self._code == USAGE and has_sent else self._code

    def _run_all(self) -> Stop | None:
        try:
            for command in self._commands:
                if not self._begins(command.name, command.number) and not self._is_lasting(command.line):
                    continue
                self._running = command
                state = self._run_command(command)
                if state != batch_end.DONE and (not self.options.keep_going or self._is_final()):
                    return self._stop(state)
                self._count(command, state)
        except KeyboardInterrupt:  # between two commands
            self._code = dispatch.print_error(Interrupted(), self._session)
            return self._stop("")
        return None

    def _count(self, command: Command, state: str) -> None:
        if state != batch_end.DONE:
            self._failed.append(self._address(command))
        elif self._begins(command.name, command.number):
            self._done += 1

    def _read_commands(self) -> Iterator[Command]:
        values = self.options.values
        for source in self._inputs:
            for number, text, _ in read_lines(source.content):
                line = pipeline.parse_line(text, values.expand)
                if not line.is_empty:
                    yield Command(source.name, number, line)

    def _is_lasting(self, line: CommandLine) -> bool:
        words = parse_tokens(line.tokens, self._session.lookup).words
        return words[:1] in _LASTING or words[:2] in _LASTING

    def _run_command(self, command: Command) -> str:
        """Run a command; return what became of it."""
        session, parts = self._session, self._session.parts
        if self.options.echo:
            from airflowctl.execution.private_lines import public_text

            session.output.note(f"+ {public_text(command.line.text, session.lookup)}")
        parts.forget_error()
        before = self._counts()
        outer, parts.where = parts.where, command.where
        try:
            code = pipeline.run(command.line, session, command.where)
        except KeyboardInterrupt:  # outside of the command itself
            code = dispatch.print_error(Interrupted(), session, command.where)
        except BrokenPipeError:
            if self._counts()[0] > self._sent_before:
                self._say_end(self._stop(self._state(BROKEN_PIPE, before)))
            raise
        finally:
            parts.where = outer
        parts.memory.add_line(command.line.text, code)
        self._code = self._code or code if code != INTERRUPTED else code
        return self._state(code, before)

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
        running, after = self._running, next(self._commands, None)
        if not state and running is not None:
            running, after = after, None
        return Stop(state, *(self._address(command) if command else "" for command in (running, after)))

    def _address(self, command: Command) -> str:
        """Return the place of a command as `--from` takes it."""
        return command.where if len(self._inputs) > 1 else str(command.number)

    def _say_end(self, stop: Stop | None) -> None:
        if text := sentence(_label(self._inputs), self._total, self._done, self._failed, stop):
            self._session.output.note(text)


def _is_in_doubt(error: CliError | None) -> bool:
    """Return whether a server may have done what was sent, though it did not say so."""
    if isinstance(error, Unreachable):
        return not error.is_unsent
    return isinstance(error, Interrupted) or (error is not None and error.status >= 500)
