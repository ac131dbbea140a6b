"""Things with a name, one at a time: created unless there is one of this name, deleted."""

from __future__ import annotations

from airflowctl.core.errors import Conflict, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from airflowctl.session.session import Session


_MANY = 8  # new things, one after the other
_TRIES = 4  # of a thing that another client creates and deletes meanwhile


def drop_unset(**fields: Any) -> dict[str, Any]:
    """Return those fields of a body that a line gave: the others are None."""
    return {name: value for name, value in fields.items() if value is not None}


def create_entity(session: Session, kind: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a new `pool`, `variable` or `connection`, whose name is the field `key`. Raises Conflict."""
    try:
        return session.api.record(f"post_{kind}", key, body=body)
    except Conflict as error:
        error.message = f"there is a {kind} {body[key]} already"
        error.hint = f"change it with: {suggest(f'{kind}s', 'update', body[key])}"
        raise


def set_entity(
    session: Session, change: Callable[[], dict[str, Any]], create: Callable[[], dict[str, Any]]
) -> tuple[str, dict[str, Any]]:
    """Change a thing or, where there is none, create it; return `changed` or `created`, and the thing.

    In a batch one that follows several new ones is created first, for what a long file sets is mostly all new
    or none: each is one request then. Another client may create or delete it in between: the other way is
    tried again.
    """
    parts = session.parts
    # Only in a batch are there lines before this one that say what comes: else the change is tried first.
    is_new = parts.batch is not None and parts.created_in_row >= _MANY
    for _ in range(_TRIES):
        try:
            record = create() if is_new else change()
            parts.created_in_row = parts.created_in_row + 1 if is_new else 0
            return "created" if is_new else "changed", record
        except (NotFound, Conflict) as error:
            if isinstance(error, Conflict) != is_new:
                raise
            is_new, last = not is_new, error
    raise last


def render_value(record: dict[str, Any]) -> Text:
    """Return its value, a text as it is and else as JSON; with -o the whole record."""
    from json import dumps

    value = record["value"]
    return Text(value if isinstance(value, str) else dumps(value, ensure_ascii=False), record)


def render_deletion(name: str, dry_run: bool = False) -> Text:
    """Return what a deletion tells, or one that only looked whether there is something to delete."""
    if dry_run:
        return Text(f"would delete {name}", {"would_delete": name})
    return Text(f"deleted {name}", {"deleted": name})
