"""A line of the shell or of a file of commands, as it is typed: a command, and where its result goes.

    dags list | less            into a line of the person's own shell
    dags list > dags.tsv        into a file; >> at its end
    !ls                         all of it for the person's shell

An operator is a word of its own, or begins one; within quotes there are none.
"""

from __future__ import annotations

import os

from airflowctl.core.errors import DONE, INTERRUPTED, UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution import dispatch
from airflowctl.session.session import Session
from completers.tokenizer import Split, split, words

if TYPE_CHECKING:
    from airflowctl.output.redirects import Sink

PIPE, INTO, SHELL_LINE = "|", ">", "!"


class CommandLine(NamedTuple):
    """`tokens` are the words of the command. Of `pipe` and `file` at most one is set; `shell` is alone."""

    text: str
    tokens: tuple[str, ...] = ()
    pipe: str = ""
    file: str = ""
    append: bool = False
    shell: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.tokens and not self.shell


def operator(line: str, parts: Split) -> int:
    """Return which of the words is the first that an operator begins; the number of words where none does."""
    result = (index for index, word in enumerate(parts.words) if line[word.start] in (PIPE, INTO))
    return next(result, len(parts.words))


def is_for_shell(line: str) -> bool:
    return line.lstrip().startswith(SHELL_LINE)


def parse_line(text: str) -> CommandLine:
    """Return the parts of a line. Raises UsageError, or OpenQuoteError for what is not closed."""
    text = text.strip()
    if is_for_shell(text):
        shell = text[1:].strip()
        if not shell:
            raise UsageError("there is no command after '!'", "for example: !ls")
        return CommandLine(text, shell=shell)
    tokens = tuple(words(text))
    parts = split(text)
    index = operator(text, parts)
    if index == len(parts.words):
        return CommandLine(text, tokens)
    if index == 0:
        raise UsageError(f"there is no command before '{text[0]}'")
    begin = parts.words[index].start
    if text[begin] == PIPE:
        pipe = text[begin + 1 :].strip()
        if not pipe:
            raise UsageError("there is no command after '|'", "for example: | less")
        return CommandLine(text, tokens[:index], pipe=pipe)
    append = text.startswith(">>", begin)
    rest = words(text[begin + 1 + append :])
    if len(rest) != 1:
        message = (
            f"'{rest[1]}' stands after the file" if rest else f"there is no file after '{'>' * (1 + append)}'"
        )
        raise UsageError(message, "a command's result goes into one file: dags list > FILE")
    return CommandLine(text, tokens[:index], file=os.path.expanduser(rest[0]), append=append)


def run(line: CommandLine, session: Session, where: str = "") -> int:
    """Run a line; its exit code. A pipe's failure is the line's.

    BrokenPipeError and Leave pass through: they end more than this line.
    """
    if line.shell:
        return _in_shell(line.shell, session)
    if not (line.pipe or line.file):
        return dispatch.run(line.tokens, session, where)
    from airflowctl.output.redirects import File, Program

    sink = File(line.file, line.append) if line.file else Program(line.pipe, session.streams.environ)
    return _into(sink, line, session, where)


def _into(sink: Sink, line: CommandLine, session: Session, where: str) -> int:
    code = DONE
    session.streams.stdout.flush()
    try:
        # Before the command runs, so that nothing is changed for a result that cannot be written.
        sink.check()
        code = dispatch.run(line.tokens, session.into(sink), where)
    except BrokenPipeError:  # it has seen enough
        code = DONE
    except UsageError as error:
        session.output.error(error, where)
        code = error.exit_code
    except KeyboardInterrupt:  # between two steps
        code = INTERRUPTED
    finally:
        code = _finish(sink, code)
    return _note_interrupt(code, session)


def _finish(sink: Sink, code: int) -> int:
    """Return the end of a sink, whatever keys are pressed: a program that has the terminal is not left
    behind."""
    while True:
        try:
            return sink.finish(code)
        except KeyboardInterrupt:
            # Ctrl-C belongs to the program that has the terminal, which is waited for (decision 0038).
            code = code or INTERRUPTED


def _note_interrupt(code: int, session: Session) -> int:
    """Return a program that Ctrl-C has ended leaves the cursor behind the ^C."""
    if code == INTERRUPTED:
        session.output.end_line()
    return code


def _in_shell(line: str, session: Session) -> int:
    from airflowctl.output.redirects import start_shell_line, wait_for

    session.streams.stdout.flush()
    try:
        return _note_interrupt(wait_for(start_shell_line(line, session.streams.environ)), session)
    except UsageError as error:
        session.output.error(error)
        return error.exit_code


def check(line: CommandLine, session: Session, where: str = "") -> int:
    """Return whether a line can be understood, without running it: its exit code if not, with the error
    printed."""
    return dispatch.check(line.tokens, session, where) if line.tokens else DONE
