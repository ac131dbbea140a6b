"""The fields of a row in the words of a line: `dagrun note {dag_id} {dag_run_id} checked`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.param_values import ValueWord
from airflowctl.core.results import Item


def has_fields(tokens: Sequence[str]) -> bool:
    """Return whether one of the words has a field in braces."""
    return any(name for token in tokens for name, _, _ in _fields(token))


def fill_fields(tokens: Sequence[str], item: Item, label: str) -> tuple[str, ...]:
    """Return the words with the values of a row. A value stays a part of its word, whatever is in it. Raises
    UsageError where the row has no such field, or no value in it."""
    return tuple(_fill(token, item, label) for token in tokens)


def replace_fields(tokens: Sequence[str], replace: Callable[[str], str]) -> tuple[str, ...]:
    """Return the words with another text for each field."""
    return tuple(_join(token, replace) for token in tokens)


def _fill(token: str, item: Item, label: str) -> str:
    filled = _join(token, lambda name: _text(name, item, label))
    # What a row holds is no option, even where it begins with a dash.
    return ValueWord(filled) if filled != token and token[:1] == "{" else filled


def _join(token: str, replace: Callable[[str], str]) -> str:
    result, end = "", 0
    for name, begin, stop in _fields(token):
        result += token[end:begin] + replace(name)
        end = stop
    return result + token[end:]


def _text(name: str, item: Item, label: str) -> str:
    from airflowctl.output.values import MISSING, full_text, lookup

    value = lookup(item, name)
    if value is MISSING:
        hint = did_you_mean(name, item) or f"there are: {', '.join(item)}"
        raise UsageError(f"{label} has no field '{name}'", hint)
    if value is None or value == "":
        raise UsageError(f"{label} has no value in '{name}'", "leave such rows out: | pick, or a filter")
    return full_text(value)


def _fields(token: str) -> Iterator[tuple[str, int, int]]:
    """Yield the names in braces, each with its place; JSON and an empty pair are none."""
    begin = token.find("{")
    while begin >= 0:
        end = token.find("}", begin)
        name = token[begin + 1 : end] if end > 0 else ""
        if name.replace(".", "_").isidentifier():
            yield name, begin, end + 1
            begin = end
        begin = token.find("{", begin + 1)
