"""`--sort`: the items of a list in another order than the server's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from airflowctl.core.errors import UnknownColumn, did_you_mean
from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.times import is_time
from airflowctl.output.values import MISSING, full_text, lookup

if TYPE_CHECKING:
    from typing import Any


def sort_items(items: Iterable[Item], fields: Sequence[str]) -> list[Item]:
    """Return the items by the first field, where equal by the second, and so on; `-field`: largest first.

    Numbers, times and texts are compared as such; items without a value come last. Raises NoColumn.
    """
    items = list(items)
    for field in reversed(fields):
        items = _by(items, field.removeprefix("-"), field.startswith("-"))
    return items


def _by(items: list[Item], field: str, reverse: bool) -> list[Item]:
    values = [lookup(item, field) for item in items]
    if items and all(value is MISSING for value in values) and "." not in field:
        hint = did_you_mean(field, items[0]) or f"there are: {', '.join(items[0])}"
        raise UnknownColumn(f"cannot sort by '{field}': there is no such field", hint)
    with_value = [pair for pair in zip(values, items, strict=True) if pair[0] not in (None, MISSING)]
    without = [item for value, item in zip(values, items, strict=True) if value in (None, MISSING)]
    with_value.sort(key=lambda pair: _rank(pair[0]), reverse=reverse)
    return [*(item for _, item in with_value), *without]


def _rank(value: Any) -> tuple[int, Any]:
    """Kinds of value that cannot be compared stand after each other."""
    if isinstance(value, bool | int | float):
        return 0, value
    if isinstance(value, str) and is_time(value):
        # The server leaves out a fraction that is none, and 'Z' stands after '.'.
        return 1, value.removesuffix("+00:00").removesuffix("Z")
    return 2, full_text(value)
