"""A typed line with what its patterns, rows and addresses stood for written out, as a batch takes it."""

from __future__ import annotations

from collections.abc import Sequence

from airflowctl.core.typed import TYPE_CHECKING
from completers.line_lists import THEN
from completers.tokenizer import quote_visibly

if TYPE_CHECKING:
    from airflowctl.execution.command_line import CommandLine


def write_meaning(text: str, typed: Sequence[CommandLine], commands: Sequence[CommandLine]) -> str:
    """Return the line that does the same anywhere; `commands` are those that `typed` stands for."""
    pairs = list(zip(typed, commands, strict=True))
    if all(before.tokens == after.tokens and not after.lines for before, after in pairs):
        return text
    result = ""
    for before, after in pairs:
        has_changed = before.tokens != after.tokens or after.lines
        own = _write_command(after) if has_changed else before.text.strip()
        joint = "" if not result else f"{THEN} " if after.operator == THEN else f" {after.operator} "
        result += joint + own
    return f"{result} &" if commands[-1].is_background else result


def _write_command(command: CommandLine) -> str:
    """Return the lines of a command, each with where its result goes: all of them have to work."""
    lines = command.lines or (command.tokens,)
    return " && ".join(
        " ".join(map(quote_visibly, tokens)) + _write_target(command, is_first=number == 0)
        for number, tokens in enumerate(lines)
    )


def _write_target(command: CommandLine, *, is_first: bool) -> str:
    if command.stages:  # the last of which has the program or file in its text
        return "".join(f" | {stage.text}" for stage in command.stages)
    if command.pipe:
        return f" | {command.pipe}"
    if command.file:
        return f" {'>>' if command.append or not is_first else '>'} {quote_visibly(command.file)}"
    return ""
