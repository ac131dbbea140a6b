"""Files of commands: checked whole before the first request, then run line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from airflowctl.core.errors import DONE, CliError, Interrupted, UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import dispatch
from airflowctl.execution.batch_check import DEEPEST, Checker
from airflowctl.execution.batch_input import STDIN, Input, read_input
from airflowctl.execution.batch_options import BatchOptions
from airflowctl.execution.batch_records import Records
from airflowctl.execution.batch_run import Command, Run, commands_of, read_commands
from airflowctl.execution.batch_stream import read_stream
from airflowctl.execution.command_line import CommandLine
from airflowctl.execution.end_signals import EndSignals

if TYPE_CHECKING:
    from airflowctl.session.session import Session


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
    # --check and --from speak of the outer file: this one begins at its first line.
    inner = options._replace(keep_going=keep_going, echo=echo or options.echo, check=False, start="")
    if not isinstance(outer, Run):
        return run((path,), session, inner)
    return _run((path,), session, inner, outer.records)


def _run(
    paths: Sequence[str], session: Session, options: BatchOptions, records: Records | None = None
) -> int:
    # Before the first line, which may change the environments (decision 0027).
    session.parts.decide_token_owner()
    try:
        options = options.with_values(session)
        if options.stream:
            return _run_stream(paths, session, options)
        inputs = [read_input(path, session.streams) for path in paths]
        begins = _beginning(inputs, options.start)
    except CliError as error:
        return dispatch.print_error(error, session)
    checker = Checker(session, options)
    wrong = checker.check(inputs, lambda name, number: not begins(name, number))
    if wrong != DONE or options.check:
        return wrong or _report_check(inputs, checker, session)
    with session.parts.memory.within_file(paths[0], DEEPEST):
        if records is not None:
            return _run_inner(inputs, session, options, checker.commands, records)
        try:
            records = _open_records(inputs, session, options)
        except CliError as error:
            return dispatch.print_error(error, session)
        names, commands = [source.name for source in inputs], read_commands(inputs, options.values)
        try:
            return Run(names, commands, session, options, begins, checker.commands, records).run()
        finally:
            records.close()


def _run_stream(paths: Sequence[str], session: Session, options: BatchOptions) -> int:
    """Run each line as soon as it has come. Raises UsageError for a file that cannot be read."""
    names = ["stdin" if path == STDIN else path for path in paths]
    checker, records = Checker(session, options), _open_records((), session, options)

    def commands() -> Iterator[Command]:
        for path, name in zip(paths, names, strict=True):
            for line in read_stream(path, session.streams):
                # Passed on and not raised: lines before it have run, and the end of the batch says which.
                if wrong := checker.check_line(name, line):
                    yield Command(name, line.number, CommandLine(line.text, ("",)), wrong)
                else:
                    yield from commands_of(name, line.number, line.text, options.values)

    try:
        return Run(names, commands(), session, options, lambda name, number: True, 0, records).run()
    finally:
        records.close()


def _run_inner(
    inputs: Sequence[Input], session: Session, options: BatchOptions, total: int, records: Records
) -> int:
    """Run a file for a line of a batch, of which it is a part."""
    outer = session.parts.batch
    address = outer.address if isinstance(outer, Run) else ""
    try:
        records.enter(address, inputs[0])
        commands = read_commands(inputs, options.values)
        names = [source.name for source in inputs]
        return Run(names, commands, session, options, lambda name, number: True, total, records).run()
    except CliError as error:
        return dispatch.print_error(error, session)
    finally:
        records.leave(address)
        # An error after this line is one of the outer file, at a line of it.
        if isinstance(outer, Run):
            outer.address = address


def _open_records(inputs: Sequence[Input], session: Session, options: BatchOptions) -> Records:
    """Return the files in which a batch is recorded. Raises UsageError where they cannot be: nothing was
    sent."""
    journal = results = None
    if options.journal:
        from airflowctl.execution.batch_journal import header, open_journal

        head = header(inputs, options.values, session)
        journal = open_journal(options.journal, head, options.values, options.resume)
    if options.results:
        from airflowctl.execution.batch_results import Results

        results = Results(options.results, session.parts.redact)
    return Records(journal, results)


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
