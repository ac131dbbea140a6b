"""Patterns for names in a line, `dags pause etl_*`: replaced by the names before the line runs."""

from __future__ import annotations

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.errors import UsageError
from airflowctl.core.param_values import ValueWord
from airflowctl.core.wording import format_count, format_list
from airflowctl.execution.pipeline import CommandLine
from airflowctl.session.session import Session
from completers.globs import is_glob
from completers.tokenizer import split

_MOST_SHOWN = 10


def expand_globs(text: str, commands: list[CommandLine], session: Session) -> list[CommandLine]:
    """Return the commands of a line with the names that its patterns stand for, which are named to the user.
    A
    word in quotes is no pattern. Raises CliError, also where no name fits."""
    if not is_glob(text):
        return commands
    text = text.strip()
    return [command._replace(tokens=_expand(text, command, session)) for command in commands]


def _expand(text: str, command: CommandLine, session: Session) -> tuple[str, ...]:
    grammar, tokens = Grammar(session.lookup), list[str]()
    words = split(text).words[command.first :]
    for word, token in zip(words, command.tokens, strict=False):
        slot = grammar.slot_at(text[: word.start + len(token)])
        raw = text[word.start : word.start + len(token)]
        if raw != token or not is_glob(token) or not slot.takes_several:
            tokens.append(token)
            continue
        names = session.server.names.fetch_fitting(slot.kind, slot.scope, token)
        if not names:
            raise UsageError(f"no {slot.kind} fits {token}", "put it in quotes if it is meant as it stands")
        count = format_count(len(names), slot.kind)
        session.output.note(f"{token}: {count}: {format_list(names, _MOST_SHOWN)}")
        tokens += map(ValueWord, names)
    return tuple(tokens)
