"""The names that an item of a list holds, each with what is said of it beside the name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from airflowctl.core.kinds import Names
from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING
from completers.protocols import Choice

if TYPE_CHECKING:
    from typing import Any

ALL = "~"  # "of every Dag", in a path: too many to hold


def standing_names(names: Names) -> tuple[Choice, ...]:
    """Return what may stand for a name of this kind."""
    # Only the first: the others (`latest`, `-1`) mean the same.
    newest = (Choice(word, "the newest") for word in names.newest[:1])
    return (*newest, *(Choice(word) for word in names.usual))


def read_choices(names: Names, item: Item) -> Iterator[Choice]:
    """Yield the names in an item; a field may hold several, or none."""
    if names.read is not None:
        yield from (Choice(text, note) for text, note in names.read(item))
        return
    fields = dict(item)  # what is offered needs no type
    result = fields.get(names.key, "")
    notes = (_note(field, fields.get(field)) for field in names.note)
    note = " ".join(note for note in notes if note)
    for text in result if isinstance(result, list) else [result]:
        if text not in (None, ""):
            yield Choice(str(text), note)


def find_path(names: Names, scope: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the parameters that the line fixes for the operation that lists these names; None if it
    lacks one."""
    path = {parameter: scope.get(kind) for parameter, kind in names.scope.items()}
    known_path = {parameter: text for parameter, text in path.items() if isinstance(text, str) and text}
    return known_path if len(known_path) == len(path) and ALL not in known_path.values() else None


def _note(field: str, value: object) -> str:
    """Return what is said of a field beside a name: of a flag that is set its name (`paused`), of a time its
    age, of anything else its value."""
    from datetime import UTC, datetime

    from airflowctl.core.durations import ago
    from airflowctl.output.times import is_time

    if isinstance(value, bool):
        return field.removeprefix("is_") if value else ""
    if isinstance(value, str) and is_time(value):
        return ago(value, datetime.now(UTC))
    return "" if value is None else str(value)
