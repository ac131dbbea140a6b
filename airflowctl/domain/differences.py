"""What differs between things as they are wanted and as the server has them: one comparison for all kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

Fields = Mapping[str, "Any"]
_NONE: Fields = MappingProxyType({})
CREATE, CHANGE, SAME, SKIP, EXISTS = "create", "change", "same", "skip", "exists"


class Comparison(NamedTuple):
    """How things of one kind are compared. `key` is the field of the name; `blank` returns the fields of a
    thing that a replacement clears where they are not named, with what they are then.

    `is_same` compares a field as wanted and as the server shows it. `prepare` returns the fields that are
    to be compared, with those whose stored secrets stay, and raises FieldError for a mask that stands for no
    stored secret, unless its third argument says that stars are meant. `build` returns what is sent for a
    change, from all named fields, those that differ, and the thing as it is; `build_new` what is sent for a
    new one. `keeps_secrets`: a mask may stand for a stored secret, so that only the server says whether it is
    wrong.
    """

    key: str
    blank: Callable[[Fields], Fields]
    is_same: Callable[[str, Any, Any], bool]
    prepare: Callable[[Fields, Fields | None, bool], tuple[dict[str, Any], tuple[str, ...]]]
    build: Callable[[Fields, tuple[str, ...], Fields], dict[str, Any]]
    build_new: Callable[[Fields], Fields] = lambda fields: fields
    keeps_secrets: bool = True


class Difference(NamedTuple):
    """One thing: what has to be done, the fields that differ, what is sent, and the fields before and after.

    `kept` are the fields whose secrets stay as they are stored, and `note` what a user should know.
    """

    name: str
    action: str
    fields: tuple[str, ...] = ()
    entity: Fields = _NONE
    before: Fields = _NONE
    after: Fields = _NONE
    kept: tuple[str, ...] = ()
    note: str = ""


def compare(
    comparison: Comparison,
    name: str,
    wanted: Fields,
    current: Fields | None,
    *,
    is_replaced: bool = False,
    has_literal_stars: bool = False,
) -> Difference:
    """Return what makes a thing as it is wanted. Fields that are not named are kept, unless it is replaced.
    Raises FieldError for a mask that stands for no stored secret."""
    fields, kept = comparison.prepare(wanted, current, has_literal_stars)
    if current is None:
        entity = {comparison.key: name, **comparison.build_new(fields)}
        # Printed as what the new thing has: its empty fields say nothing.
        named = tuple(field for field, value in fields.items() if value not in (None, ""))
        return Difference(name, CREATE, named, entity, after=fields)
    if is_replaced:
        cleared = {field: value for field, value in comparison.blank(current).items() if field not in wanted}
        fields = {**fields, **cleared}
    changed = tuple(
        field for field, value in fields.items() if not comparison.is_same(field, value, current.get(field))
    )
    if not changed:
        return Difference(name, SAME, kept=kept, before=current)
    entity = {comparison.key: name, **comparison.build(fields, changed, current)}
    return Difference(name, CHANGE, changed, entity, current, fields, kept)


def is_same_text(wanted: Any, current: Any) -> bool:
    """Return whether two values are alike; an empty text is none."""
    return (wanted or None) == (current or None) if isinstance(wanted, str | None) else wanted == current
