"""What is kept of a change: which things, their fields before it and right after it."""

from __future__ import annotations

from typing import Any, NamedTuple

from airflowctl.core.undo import KINDS, Undo
from airflowctl.core.wording import counted

MASK = "***"
Fields = dict[str, Any] | None  # the kept fields of a thing; None: there is no such thing


class Item(NamedTuple):
    """One thing that was changed.

    `key` are its names, as Undo.path orders them. `fields` are those that the change wrote, and `held` those
    whose values are not in `before` and `after`, since they may be secret and this process did not read them.
    """

    key: tuple[str, ...]
    before: Fields
    after: Fields
    fields: tuple[str, ...]
    held: tuple[str, ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """The fields that cannot come back: the server gave a mask in their place, here or within."""
        written = self.fields if self.after is not None else tuple(self.before or ())
        return tuple(name for name in written if has_mask((self.before or {}).get(name)))

    @property
    def is_change(self) -> bool:
        """Whether something differs, or may differ behind a mask."""
        return self.before != self.after or bool(self.lost)


class Entry(NamedTuple):
    """One line that changed something.

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
    def what(self) -> str:
        """`variables set etl_limit`, `dags pause: 12 dags`."""
        if not self.items:
            return f"{self.operation} {self.names}".strip()
        if len(self.items) > 1:
            return f"{self.operation}: {counted(len(self.items), self.kind)}"
        return f"{self.operation} {name_of(self.items[0].key)}"

    def obstacle(self) -> str:
        """Why it cannot be taken back, as far as that is known without asking the server; else empty."""
        if self.why_not:
            return self.why_not
        reasons = [reason for item in self.items if (reason := obstacle(self.spec, item))]
        return reasons[0] if len(reasons) == len(self.items) else ""


def name_of(key: tuple[str, ...]) -> str:
    """`etl_limit`, `etl manual__1 load`, `etl manual__1 load[2]`."""
    if len(key) == 4:
        *outer, task_id, index = key
        key = (*outer, task_id if index == "-1" else f"{task_id}[{index}]")
    return " ".join(key)


def has_mask(value: Any) -> bool:
    """Whether the server's mask stands for a value, or for a part of it."""
    return isinstance(value, str) and MASK in value


def obstacle(spec: Undo, item: Item) -> str:
    """Why one thing cannot be taken back, as far as that is known without asking the server; else empty."""
    if unknown := _unknown(item):
        return f"its {' and '.join(unknown)} may be secret, and was kept only in the shell that changed it"
    if item.before is None:
        return ""
    required = spec.required if item.after is None else item.fields
    lost = [name for name in item.lost if name in required]
    if lost and (item.after is None or set(item.fields) <= set(item.lost)):
        return f"the server masks its {' and '.join(lost)}: what was there is not known"
    return _unaccepted(spec, item)


def _unknown(item: Item) -> tuple[str, ...]:
    """The fields without which the change cannot be taken back, and that another process holds."""
    is_update = item.before is not None and item.after is not None
    return tuple(name for name in item.held if not is_update or name in item.fields)


def _unaccepted(spec: Undo, item: Item) -> str:
    before, after = item.before or {}, item.after or {}
    for name, values in spec.accepts.items():
        if name in item.fields and before.get(name) != after.get(name) and before.get(name) not in values:
            was = before.get(name) or "none"
            return f"the {name} was {was}, and the API sets only {', '.join(values)}"
    return ""


def from_json(found: dict[str, Any]) -> Entry:
    """An entry of the file. Raises KeyError, TypeError or ValueError where it is none."""
    items = tuple(
        Item(
            tuple(str(name) for name in item["key"]),
            _fields(item["before"]),
            _fields(item["after"]),
            tuple(item["fields"]),
            tuple(item["held"]),
        )
        for item in found["items"]
    )
    entry = Entry(**{**found, "items": items})
    if entry.kind not in KINDS and not entry.why_not:
        raise ValueError(entry.kind)
    return entry._replace(number=int(entry.number), time=float(entry.time), look=tuple(entry.look))


def _fields(found: Any) -> Fields:
    return None if found is None else dict(found)


def to_json(entry: Entry) -> dict[str, Any]:
    return {**entry._asdict(), "items": [item._asdict() for item in entry.items]}
