"""What the rows of a list name: the Dag, run, task or other thing that each row is, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.item_names import read_choices

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.kinds import Names

MAP_INDEX = "map index"
# Of XComs, of the audit log and of the questions of tasks: a run's id has another field there.
_OTHER_FIELDS = {"run_id": "run"}
_VAGUE = frozenset(("", "id", "key", "name", "uri"))  # keys of several kinds: only the list's own says which


def scope_of(command: Command, values: Mapping[str, Any], kinds: Mapping[str, Names]) -> dict[str, str]:
    """Return what a line names by kind. A word for the newest run is left out: it names another one later."""
    named: dict[str, object] = {}
    for param in command.params:
        value = values.get(param.name)
        if param.complete in kinds:
            single = value[0] if isinstance(value, tuple) and len(value) == 1 else value
            named.setdefault(param.complete, single)
    return {
        kind: text
        for kind, text in named.items()
        if isinstance(text, str) and text and text not in kinds[kind].newest
    }


def can_name(op: str, columns: Sequence[str], kinds: Mapping[str, Names]) -> bool:
    """Return whether the rows of the list of an operation are things with names, as far as their columns
    say."""
    keys = {*_OTHER_FIELDS, *(names.key for names in kinds.values() if names.key not in _VAGUE)}
    return any(names.op == op and names.items for names in kinds.values()) or not keys.isdisjoint(columns)


class RowReader:
    """Reads the rows of the list of one operation; `scope` is what the line of the list named, by kind."""

    def __init__(self, op: str, scope: Mapping[str, str], kinds: Mapping[str, Names]) -> None:
        self._scope = scope
        self._listed = [names for names in kinds.values() if names.op == op and names.items]
        telling = [(names.key, kind) for kind, names in kinds.items() if names.key not in _VAGUE]
        self._telling = [*telling, *_OTHER_FIELDS.items()]

    def names(self, item: Item) -> dict[str, str]:
        """Return the names in a row, by kind: those that the list is of, then what the fields say by their
        own names, then the scope. A map index is among them where the row is one of several instances."""
        result = {
            names.kind: choice.text
            for names in self._listed
            if (choice := next(read_choices(names, item), None))
        }
        fields = dict(item)
        for field, kind in self._telling:
            if isinstance(text := fields.get(field), str) and text:
                result.setdefault(kind, text)
        result.pop(MAP_INDEX, None)
        index = fields.get("map_index")
        if isinstance(index, int) and index >= 0:  # -1: the task is not mapped
            result[MAP_INDEX] = str(index)
        return {**self._scope, **result}
