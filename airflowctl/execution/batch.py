"""Files of commands: the whole file is checked before the first request, then run line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from airflowctl.core.context_arguments import USED_KINDS
from airflowctl.core.errors import DONE, INTERRUPTED, CliError, ExitSession, UsageError
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import NamedTuple
from airflowctl.execution import pipeline
from airflowctl.execution.pipeline import CommandLine
from airflowctl.session.command_lookup import CommandLookup
from airflowctl.session.session import Session
from completers.tokenizer import OpenQuoteError, lines

DEEPEST = 10  # files that run files
_MOST = 32_000_000  # letters of a file


class Placed(NamedTuple):
    """One line of a file, and where it begins: `FILE:LINE`. `problem`: it is no line."""

    where: str
    line: CommandLine
    problem: UsageError | None = None


def run(path: str, session: Session, *, keep_going: bool = False, echo: bool = False) -> int:
    """Run the commands in a file ("-" is standard input); the exit code of the first that failed.

    Nothing is sent unless every line can be understood. Blank lines and `#` comments are passed over.
    """
    session.parts.decide_token_owner()
    try:
        placeds = list(_lines(path, session))
    except CliError as error:
        session.output.error(error)
        return error.exit_code
    wrong = _check_all(placeds, session)
    if wrong != DONE:
        return wrong
    with session.parts.memory.within_file(path, DEEPEST):
        return _run(placeds, session, keep_going, echo)


def _run(placeds: list[Placed], session: Session, keep_going: bool, echo: bool) -> int:
    failed = DONE
    for where, line, _ in placeds:
        if echo:
            from airflowctl.execution.private_lines import public_text

            session.output.note(f"+ {public_text(line.text, session.lookup)}")
        try:
            code = pipeline.run(line, session, where)
        except ExitSession:
            return failed
        if code == INTERRUPTED:
            return code
        session.parts.memory.add_line(line.text, code)
        failed = failed or code
        if failed != DONE and not keep_going:
            break
    return failed


def _lines(path: str, session: Session) -> Iterator[Placed]:
    name, number = "stdin" if path == "-" else path, 1
    for text in lines(_content(path, session)):
        where = f"{name}:{number}"
        try:
            line = pipeline.parse_line(text)
            if not line.is_empty:
                yield Placed(where, line)
        except OpenQuoteError as error:
            opened = number + text[: error.opened].count("\n")
            yield Placed(f"{name}:{opened}", CommandLine(text), UsageError(str(error)))
        except UsageError as error:
            yield Placed(where, CommandLine(text), error)
        number += text.count("\n") + 1


def _content(path: str, session: Session) -> str:
    try:
        if path == "-":
            text = session.streams.stdin.read(_MOST + 1).removeprefix("\ufeff")
        else:
            with open(path, encoding="utf-8-sig") as file:
                text = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read {path}: not UTF-8 text (byte {error.start})") from None
    # All lines are checked before the first is run: a device or a pipe without an end would fill the memory.
    if len(text) > _MOST:
        raise UsageError(
            f"cannot read {path}: longer than {_MOST // 1_000_000} million letters", "run it in parts"
        )
    return text


def _check_all(placeds: list[Placed], session: Session) -> int:
    """Return the exit code of the first line that cannot be understood, with the errors of all printed.
    What lines put in use, they put in use for those after them, and only while they are checked."""
    lookup, before = session.lookup, dict(session.lookup.context)
    base = session.parts.base
    options = base.options
    try:
        wrong = [code for placed in placeds if (code := _check(placed, session)) != DONE]
    finally:
        lookup.context, base.options = before, options
    return wrong[0] if wrong else DONE


def _check(placed: Placed, session: Session) -> int:
    if placed.problem is not None:
        session.output.error(placed.problem, placed.where)
        return placed.problem.exit_code
    code = _check_programs(placed, session) or pipeline.check(placed.line, session, placed.where)
    state = parse_tokens(placed.line.tokens, session.lookup)
    _imagine(state, session.lookup)
    _imagine_environment(state, session)
    return code


def _check_programs(placed: Placed, session: Session) -> int:
    """Return the exit code of a line that runs a program or writes a file, where the policy does not
    allow that."""
    line = placed.line
    if not (line.shell or line.pipe or line.file) or session.parts.policy.programs:
        return DONE
    error = UsageError(
        f"{session.parts.policy.name} does not allow programs and files in a batch ('!', '|', '>')",
        "run it from the system's shell, with airflowctl's result in its pipe",
    )
    session.output.error(error, placed.where)
    return error.exit_code


def _imagine(state: LineParser, lookup: CommandLookup) -> None:
    """Lines that follow `use dag etl` are lines of etl, when they are checked as well."""
    if state.words[:1] == ("use",) and state.words[1:2] == ("..",):
        with suppress(UsageError):
            lookup.pop_context()
    elif state.words[:1] == ("use",) and state.words[-1] in USED_KINDS and state.arguments:
        lookup.use(state.words[-1], state.arguments[0])


def _imagine_environment(state: LineParser, session: Session) -> None:
    """Lines that follow `env use prod` go there: whether they need a yes is known before the first is run."""
    if state.words in (("env", "use"), ("use", "env")) and state.arguments:
        with suppress(CliError):
            environment = session.environments.get(state.arguments[0])
            if environment is not None:
                base = session.parts.base
                base.options = base.options._replace(env=environment.name, url=None)
