"""What is known of commands that get rows before there are rows: a file is checked, and planned, first."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.param_values import read_references, value
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.session import consent
from airflowctl.session.registry import PICK

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.parse import LineParser
    from airflowctl.execution.command_line import CommandLine
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.session import Session


class StageCall(NamedTuple):
    """A command for rows: its walk, and the values that it has whatever the row is."""

    state: LineParser
    command: Command
    values: dict[str, Any]


def find_problems(line: CommandLine, session: Session) -> Iterator[tuple[int, CliError]]:
    """Yield what is wrong with the commands that get rows, and at which word of the line, for a file."""
    for command in (line, *line.stages):
        if command.tokens and command.tokens[0] == PICK:
            yield command.first, refuse_pick()
    for stage in line.stages:
        if stage.tokens[0] != PICK:
            try:
                _check(stage, session)
            except CliError as error:
                yield stage.first, error


def refuse_pick() -> UsageError:
    """Return the error for `pick` where no user can choose."""
    return UsageError(
        "pick lets a user choose, and there is no terminal here",
        "choose by the filters of the list, by --query, or give every row to each",
    )


def call_of_stage(tokens: tuple[str, ...], lookup: CommandLookup) -> StageCall | None:
    """Return the command that a stage runs for each row; None where it names none."""
    whole = parse_tokens(tokens, lookup)
    state = whole.nested
    command = state.command
    if command is None or state is whole:
        return None
    values = {param.name: () if param.repeatable else param.default for param in command.params}
    for param in command.params:
        texts = state.own_texts.get(param.name, [])
        try:
            values |= {param.name: value(param, read_references(param, texts, lookup))} if texts else {}
        except UsageError:  # a field of the row stands in it
            continue
    return StageCall(state, command, values)


def _check(stage: CommandLine, session: Session) -> None:
    state = parse_tokens(stage.tokens, session.lookup)
    outer = session.for_line(state.global_values())
    if state.wants_help():
        return
    state.bind()
    call = call_of_stage(stage.tokens, session.lookup)
    if call is None:
        state.nested.bind()
        return
    if call.state.problem is not None:
        raise call.state.problem
    if not call.state.wants_help():
        target = outer.for_line(call.state.global_values())
        consent.require_at_check(call.command, call.values, target)
