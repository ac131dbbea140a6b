"""The record of a change: the things it changed, with their fields before it and right after it."""

from __future__ import annotations

from typing import Any, NamedTuple

from airflowctl.core.undo import KINDS, Undo
from airflowctl.core.wording import format_count

MASK = "***"
Fields = dict[str, Any] | None  # the kept fields of a thing; None: there is no such thing


class Item(NamedTuple):
    """A thing that a line changed.

    `key` are its names, as Undo.path orders them. `fields` are those that the change wrote, and `held` those
    whose values are not in `before` and `after`, since they may be secret and this process did not read them.
    """

    key: tuple[str, ...]
    before: Fields
    after: Fields
    fields: tuple[str, ...]
    held: tuple[str, ...] = ()

    @property
    def masked_fields(self) -> tuple[str, ...]:
        """Return the fields that cannot come back: the server sent a mask for the value, or within it."""
        written = self.fields if self.after is not None else tuple(self.before or ())
        return tuple(name for name in written if has_mask((self.before or {}).get(name)))

    @property
    def is_change(self) -> bool:
        """Return whether a field differs, or may differ behind a mask."""
        return self.before != self.after or bool(self.masked_fields)


class Entry(NamedTuple):
    """A line that changed something.

    `time` is in seconds since 1970. `kind` names an Undo of core.undo; it is empty for all others, where
    `why_not` says why the change cannot be taken back, and `look` are the words of the command that shows
    what is there now. `names` are those that such a line was about.
    """

    number: int
    time: float
    environment: str
    origin: str
    user: str
    operation: str
    kind: str
    items: tuple[Item, ...]
    why_not: str = ""
    look: tuple[str, ...] = ()
    names: str = ""

    @property
    def spec(self) -> Undo:
        return KINDS[self.kind]

    @property
    def summary(self) -> str:
        """Return the change as a line of text: `variables set etl_limit`, `dags pause: 12 dags`."""
        if not self.items:
            return f"{self.operation} {self.names}".strip()
        if len(self.items) > 1:
            return f"{self.operation}: {format_count(len(self.items), self.kind)}"
        return f"{self.operation} {name_of(self.items[0].key)}"

    def obstacle(self) -> str:
        """Return why the change cannot be taken back, as far as is known without the server; else empty."""
        if self.why_not:
            return self.why_not
        reasons = [reason for item in self.items if (reason := obstacle(self.spec, item))]
        return reasons[0] if len(reasons) == len(self.items) else ""


def name_of(key: tuple[str, ...]) -> str:
    """Return a key as users write it: `etl_limit`, `etl manual__1 load`, `etl manual__1 load[2]`."""
    # A key of four names is a task instance; -1 is the map index of one that is not mapped.
    if len(key) == 4:
        *outer, task_id, index = key
        key = (*outer, task_id if index == "-1" else f"{task_id}[{index}]")
    return " ".join(key)


def has_mask(value: Any) -> bool:
    """Return whether the server's mask stands for a value, or for a part of it."""
    # Within a text too: Airflow masks the password inside a connection's URI or extra.
    return isinstance(value, str) and MASK in value


def obstacle(spec: Undo, item: Item) -> str:
    """Return why a thing cannot be taken back, as far as is known without the server; else empty."""
    if unknown := _unknown(item):
        return f"its {' and '.join(unknown)} may be secret, and was kept only in the shell that changed it"
    if item.before is None:
        return ""
    # What was deleted is created anew, which needs all of these; what was changed is patched field by field.
    required = spec.required if item.after is None else item.fields
    masked = [name for name in item.masked_fields if name in required]
    # A field behind a mask blocks the whole change only where nothing else would be written back.
    if masked and (item.after is None or set(item.fields) <= set(item.masked_fields)):
        return f"the server masks its {' and '.join(masked)}: what was there is not known"
    return _refused_value(spec, item)


def _unknown(item: Item) -> tuple[str, ...]:
    """Return the fields without which the change cannot be taken back, and that another process holds."""
    is_update = item.before is not None and item.after is not None
    return tuple(name for name in item.held if not is_update or name in item.fields)


def _refused_value(spec: Undo, item: Item) -> str:
    before, after = item.before or {}, item.after or {}
    for name, values in spec.accepts.items():
        # The API sets fewer states than Airflow has: a task that was running cannot be made to run again.
        if name in item.fields and before.get(name) != after.get(name) and before.get(name) not in values:
            was = before.get(name) or "none"
            return f"the {name} was {was}, and the API sets only {', '.join(values)}"
    return ""


def from_json(record: dict[str, Any]) -> Entry:
    """Return an entry of the file. Raises KeyError, TypeError or ValueError where it is none."""
    items = tuple(
        Item(
            tuple(str(name) for name in item["key"]),
            _fields(item["before"]),
            _fields(item["after"]),
            tuple(item["fields"]),
            tuple(item["held"]),
        )
        for item in record["items"]
    )
    entry = Entry(**{**record, "items": items})
    # A later version may have written a kind that this one does not know.
    if entry.kind not in KINDS and not entry.why_not:
        raise ValueError(entry.kind)
    return entry._replace(number=int(entry.number), time=float(entry.time), look=tuple(entry.look))


def _fields(fields: Any) -> Fields:
    return None if fields is None else dict(fields)


def to_json(entry: Entry) -> dict[str, Any]:
    return {**entry._asdict(), "items": [item._asdict() for item in entry.items]}
