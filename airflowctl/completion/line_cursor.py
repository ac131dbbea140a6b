"""What a line is about at the cursor: its command, the parameter being typed, and what is typed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflowctl.core.command import Command, Param
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.execution.pipeline import is_for_shell, operator
from airflowctl.session import registry
from completers.line_lists import begin_of_command
from completers.tokenizer import Word, split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup


class LineCursor(NamedTuple):
    """`param` is the parameter at the cursor, None between two; `word` what is typed of it, without quotes.
    `values` are the names that the line has by kind, `--env` and `--url` by their flags; `problem` is what is
    wrong with the words before."""

    command: Command
    param: Param | None
    word: str
    values: dict[str, str]
    problem: str = ""


def find_cursor(text: str, lookup: Lookup) -> LineCursor | None:
    """Return what the end of the text is about; None where no command of ours is there."""
    text = text[begin_of_command(text, registry.takes_rows) :]
    parts = split(text)
    if parts.comment < len(text) or is_for_shell(text) or operator(text, parts.words) < len(parts.words):
        return None
    words = list(parts.words)
    # Behind a blank a new word begins at the cursor.
    last = words.pop() if words and words[-1].end == len(text) else Word("", len(text), len(text))
    state = parse_tokens([word.text for word in words], lookup).nested
    if state.command is None:
        return None
    if state.problem is not None:
        return LineCursor(state.command, None, "", {}, state.problem.message)
    param, word = _present(state, last.text)
    values = dict(state.context_values(1))
    by_kind = {
        parameter.complete: value for parameter, value in reversed(list(state.texts(1))) if parameter.complete
    }
    options = {f"--{name}": texts[-1] for name, texts in state.global_texts.items() if name in ("env", "url")}
    return LineCursor(state.command, param, word, {**values, **state.lookup.context, **by_kind, **options})


def _present(state: LineParser, word: str) -> tuple[Param | None, str]:
    """Return the parameter that a word belongs to, and the part of the word that is its value."""
    if state.awaiting is not None or state.variadic_option is not None:
        return state.awaiting or state.variadic_option, word
    if word.startswith("-") and not state.only_arguments:
        name, equals, value = word.partition("=")
        return (state.option(name), value if equals else "") if len(name) > 1 else (None, "")
    return state.next_argument(), word
