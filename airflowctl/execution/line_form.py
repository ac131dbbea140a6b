"""A line with a form: what it lacks is filled in by the user, and becomes words of it."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.options import BATCH, SHELL
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.session.session import Session

FORM_OLDER = "edit"  # how `dags trigger` called `--form` before all commands had it


def complete_line(state: LineParser, session: Session) -> LineParser:
    """Return the line as it is to run: with what the user has filled in, where it lacks something that it
    needs, or `--form` says so. Raises UsageError."""
    command = state.command
    is_wanted = session.options.form or FORM_OLDER in state.own_texts
    if command is None or not command.form:
        if is_wanted:
            words = command.line if command else "this line"
            raise UsageError(f"{words} has no form", "give its values on the line")
        return state
    if is_wanted and session.options.each:
        raise UsageError("--form is for one environment, and --each for several", "leave one out")
    can_ask = session.mode != BATCH and session.can_ask and session.streams.can_fill_in
    if is_wanted and not can_ask:
        raise UsageError("--form needs a terminal to show its form on", "give the values on the line")
    if not is_wanted and not (can_ask and _may_open(session) and _lacks_value(state)):
        return state
    tokens = session.console.fill_line(state)
    filled = parse_tokens(tokens, session.lookup)
    session.parts.redact.learn(*filled.secrets())
    session.output.note(f"the same without a form: {_show(filled, tokens, session)}")
    return filled


def _may_open(session: Session) -> bool:
    """Return whether a line that does not ask for a form may open one."""
    return not (session.options.classic or session.options.each)


def _lacks_value(state: LineParser) -> bool:
    """Return whether a value that the command needs is missing, and nothing else is wrong."""
    if state.problem is not None or state.awaiting is not None or state.command is None:
        return False
    known = {param.name for param, _ in state.texts()}
    # What stands there is more likely a slip than a wish for a form: only a line without values has it.
    return not known and any(param.required for param in state.command.params)


def _show(state: LineParser, tokens: Sequence[str], session: Session) -> str:
    """Return the line as a user would type it; secrets are left out, and named."""
    from airflowctl.session.next_lines import write_line

    secrets = set(state.secrets())
    shown: list[str] = []
    left: list[str] = []
    for token in tokens:
        value = token.partition("=")[2] if token.startswith("--") else token
        if token in secrets or (value and value in secrets):
            left.append(shown.pop() if shown and shown[-1].startswith("--") else token.partition("=")[0])
        else:
            shown.append(token)
    line = write_line(session, tuple(shown)) or " ".join(shown)
    line = line.removeprefix("airflowctl ") if session.mode == SHELL else line
    return line + (f" (without {', '.join(left)})" if left else "")
