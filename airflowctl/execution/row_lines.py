"""Lines that rows have made, one for each: what they will do, one question for all, what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.effect import NOTHING
from airflowctl.core.errors import (
    DONE,
    INTERRUPTED,
    REFUSED,
    CliError,
    Interrupted,
    NotLoggedIn,
    OutputFailed,
    StoreUnavailable,
    Unreachable,
    UsageError,
)
from airflowctl.core.parse import parse_tokens
from airflowctl.core.results import Item, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.execution import dispatch
from airflowctl.session import consent
from completers.tokenizer import quote_visibly

if TYPE_CHECKING:
    from airflowctl.session.session import Session

_MOST_SHOWN = 10
# Every line after one that ends so would end in the same way.
_FINAL = (NotLoggedIn, StoreUnavailable, Unreachable, OutputFailed)


class RowLine(NamedTuple):
    """A line for a row: how an error calls the row, the words, the row itself, and whether it changes
    something."""

    label: str
    tokens: tuple[str, ...]
    row: Item
    is_change: bool = False

    @property
    def text(self) -> str:
        return " ".join(map(quote_visibly, self.tokens))


def run_lines(lines: Sequence[tuple[str, ...]], session: Session, where: str = "") -> int:
    """Run the lines that a typed line stands for; their exit code."""
    try:
        result = run_for_rows([RowLine("", tokens, {}) for tokens in lines], session)
        return result if isinstance(result, int) else session.output.show(result)
    except CliError as error:
        return dispatch.print_error(error, session, where)
    except KeyboardInterrupt:  # at the question, or between two lines
        return dispatch.print_error(Interrupted(), session, where)


def run_for_rows(lines: Sequence[RowLine], session: Session) -> Rows | int:
    """Run lines, of which none runs before all are right, allowed and agreed to. Return what became of each
    where they change something, else the exit code: they have printed what they read. Raises CliError."""
    lines = _check(lines, session)
    if not any(line.is_change for line in lines):
        return _run_aloud(lines, session)
    return _run_quietly(lines, _ask_for_all(lines, session))


def _check(lines: Sequence[RowLine], session: Session) -> list[RowLine]:
    """Return the lines with what they do. Raises CliError where one is wrong, or may not be run."""
    url, result = session.url, list[RowLine]()
    for line in lines:
        try:
            is_change, target = _judge(line, session)
        except UsageError as error:
            error.message = f"{line.label}: {error.message}" if line.label else error.message
            raise
        if target.url != url:  # one question is about one place
            raise UsageError(
                f"this line would go to {target.place}", "run all of it there: begin with -e, or env use"
            )
        result.append(line._replace(is_change=is_change))
    return result


def _judge(line: RowLine, session: Session) -> tuple[bool, Session]:
    """Return whether a line changes something, and the session as it sees it."""
    whole = parse_tokens(line.tokens, session.lookup)
    whole.bind()
    state = whole.nested
    call, target = state.bind(), session.for_line({**whole.global_values(), **state.global_values()})
    if target.options.each:
        raise UsageError("a line for a row cannot run in several environments", "leave --each out")
    command = call.command
    if command is None:
        return False, target
    consent.require(command, call.values, target)
    kind = command.effect.kind_of(call.values) if command.effect else ""
    return kind not in ("", NOTHING) or command.may_ask(call.values), target


def _ask_for_all(lines: Sequence[RowLine], session: Session) -> Session:
    """Show what the lines will do, and ask once where a user is there. Return the session in which they run,
    where each has that yes. Raises UsageError without one."""
    if not consent.has_person(session):
        return session
    if not consent.is_sure(session):
        from airflowctl.execution.row_counts import count_touched

        shown = [f"  {line.text}" for line in lines[:_MOST_SHOWN]]
        if len(lines) > _MOST_SHOWN:
            shown.append(f"  and {len(lines) - _MOST_SHOWN:,} more like these")
        session.parts.filled = {}
        for text in shown[:-1]:
            session.output.note(text)
        touched = count_touched([line.tokens for line in lines], session)
        consent.confirm(session, shown[-1], f"{format_count(len(lines), 'line')}{touched}")
    # By name: a plain yes that the shell was started with is for no line in production.
    return session.with_options(session.options._replace(yes=session.place or True))


def _run_quietly(lines: Sequence[RowLine], session: Session) -> Rows:
    """Run lines that change something. Return what became of each, and the exit code of all."""
    from io import StringIO

    results, parts = list[Item](), session.parts
    code, is_over = DONE, False
    for number, line in enumerate(lines, start=1):
        if is_over:
            results.append(_result(line, "not run", None))
            continue
        parts.progress.show_text(f"{number:,}/{len(lines):,} {line.text}")
        ended, is_over = _run(line, session.into(StringIO()))
        parts.progress.end()
        results.append(_result(line, "done" if ended == DONE else "failed", ended))
        code = _join(code, ended, is_first=number == 1)
    columns = ("result", "exit_code", "line")
    return Rows(results, columns, "line", {"exit_code": DONE}, code=code)


def _run_aloud(lines: Sequence[RowLine], session: Session) -> int:
    """Run lines that print what they read, each below a note of what it is; the exit code of all."""
    code = DONE
    for number, line in enumerate(lines, start=1):
        session.output.note(f"[{number:,}/{len(lines):,}] {line.text}")
        ended, is_over = _run(line, session)
        code = _join(code, ended, is_first=number == 1)
        if is_over:
            if left := len(lines) - number:
                session.output.note(f"{format_count(left, 'line')} not run")
            break
    return code


def _run(line: RowLine, session: Session) -> tuple[int, bool]:
    """Return the exit code of a line, and whether those after it are left out."""
    session.parts.forget_error()
    code = dispatch.run(line.tokens, session, line.label)
    error = session.parts.last_error
    return code, code == INTERRUPTED or (code != DONE and isinstance(error, _FINAL))


def _join(code: int, ended: int, *, is_first: bool) -> int:
    """Return the exit code of some lines and one more: theirs where all have the same one, else that of a
    change of which a part failed."""
    if INTERRUPTED in (code, ended):
        return INTERRUPTED
    return ended if is_first or ended == code else REFUSED


def _result(line: RowLine, result: str, code: int | None) -> Item:
    return {**line.row, "line": line.text, "result": result, "exit_code": code}
