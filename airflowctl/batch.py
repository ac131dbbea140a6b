"""Files of commands: the whole file is checked before the first request, then run line by line."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl import dispatch
from airflowctl.core.errors import DONE, INTERRUPTED, CliError, Leave, UsageError
from airflowctl.core.parse import walk
from airflowctl.core.typed import NamedTuple
from airflowctl.session import Session
from completers.quote import OpenQuoteError, lines, words


class Line(NamedTuple):
    """One command of a file, and where it begins: `FILE:LINE`. `problem`: it cannot be split into words."""

    where: str
    text: str
    tokens: tuple[str, ...]
    problem: str = ""


def run(path: str, session: Session, *, keep_going: bool = False, echo: bool = False) -> int:
    """Run the commands in a file ("-" is standard input); the exit code of the first that failed.

    Nothing is sent unless every line can be understood. Blank lines and `#` comments are passed over.
    """
    try:
        commands = list(_commands(path, session))
    except CliError as error:
        session.output.error(error)
        return error.exit_code
    problems = [code for line in commands if (code := _check(line, session)) != DONE]
    if problems:
        return problems[0]
    failed = DONE
    for line in commands:
        if echo:
            session.output.note(f"+ {_shown(line, session)}")
        try:
            code = dispatch.run(line.tokens, session, line.where)
        except Leave:
            return failed
        if code == INTERRUPTED:
            return code
        failed = failed or code
        if failed != DONE and not keep_going:
            break
    return failed


def _commands(path: str, session: Session) -> Iterator[Line]:
    name, number = "stdin" if path == "-" else path, 1
    for text in lines(_content(path, session)):
        try:
            if tokens := tuple(words(text)):
                yield Line(f"{name}:{number}", text.strip(), tokens)
        except OpenQuoteError as error:
            opened = number + text[: error.opened].count("\n")
            yield Line(f"{name}:{opened}", text, (), str(error))
        number += text.count("\n") + 1


def _content(path: str, session: Session) -> str:
    try:
        if path == "-":
            return session.streams.stdin.read().removeprefix("\ufeff")
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read {path}: not UTF-8 text (byte {error.start})") from None


def _check(line: Line, session: Session) -> int:
    if line.problem:
        error = UsageError(line.problem)
        session.output.error(error, line.where)
        return error.exit_code
    return dispatch.check(line.tokens, session, line.where)


def _shown(line: Line, session: Session) -> str:
    state = walk(line.tokens, session.registry)
    return f"{' '.join(state.words)} ... (it holds a secret)" if state.secrets() else line.text
