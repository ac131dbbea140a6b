"""Variables and pools as files have them: their fields and types."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.import_items import (
    FieldError,
    Fields,
    Shape,
    boolean_or_none,
    check_fields,
    integer,
    text_or_none,
)

if TYPE_CHECKING:
    from typing import Any

# The limits of Airflow's own columns: past them its database fails, and names no item.
LONGEST_KEY = 250
ENVELOPE = ("value", "description", "team_name")
_LONGEST_POOL = 256
_MOST_SLOTS = 2**31 - 1


def is_envelope(value: Any) -> bool:
    """Return whether an object is a variable with its description and team, and no value of JSON: it has no
    other fields."""
    return isinstance(value, dict) and "value" in value and set(value) <= set(ENVELOPE)


def as_stored(value: Any) -> str:
    """Return the text that Airflow stores for a value: JSON where it is no text."""
    import json

    # Indented by two, as Airflow writes it: another text would differ at each import.
    return value if isinstance(value, str) else json.dumps(value, indent=2)


def _read_variable(key: str, value: Any) -> Fields:
    if not is_envelope(value):
        return {"value": as_stored(value)}
    more = dict.fromkeys(ENVELOPE[1:], text_or_none)
    fields = check_fields({name: part for name, part in value.items() if name != "value"}, more)
    return {"value": as_stored(value["value"]), **fields}


def _read_variable_entry(fields: Fields) -> Any:
    """Return an entry of a list as an envelope. Raises FieldError for other fields: it is no value."""
    if "value" not in fields:
        raise FieldError("no value")
    if unknown := sorted(set(fields) - set(ENVELOPE)):
        raise FieldError(f"no such field: {', '.join(unknown)}", unknown[0])
    return fields


def _check_key(key: str) -> str:
    return "" if 0 < len(key) <= LONGEST_KEY and key.strip() else f"a key has 1 to {LONGEST_KEY} letters"


def _slots(value: Any) -> int:
    if not -1 <= integer(value) <= _MOST_SLOTS:
        raise ValueError(f"must be an integer from -1 to {_MOST_SLOTS}")
    return integer(value)


def _read_pool(name: str, value: Any) -> Fields:
    if not isinstance(value, dict):
        raise FieldError("not an object with slots")
    if value.get("name", name) != name:
        raise FieldError(f"it is also called {value['name']}", "name")
    fields = {key: part for key, part in value.items() if key != "name"}
    if "slots" not in fields:
        raise FieldError("it has no slots")
    checks = {
        "slots": _slots, "description": text_or_none, "include_deferred": boolean_or_none,
        "team_name": text_or_none,
    }  # fmt: skip
    result = check_fields(fields, checks)
    # The column has no null: a file that says null names no value, and the pool keeps its own.
    if result.get("include_deferred", True) is None:
        del result["include_deferred"]
    return result


def _check_pool_name(name: str) -> str:
    return (
        "" if 0 < len(name) <= _LONGEST_POOL and name.strip() else f"a name has 1 to {_LONGEST_POOL} letters"
    )


VARIABLES = Shape(
    "variables",
    ("key",),
    ("is_encrypted",),
    _read_variable,
    _read_variable_entry,
    {"name": "variable_name", "value": "variable_value"},
    _check_key,
)
POOLS = Shape(
    "pools",
    ("name", "pool"),
    (
        "occupied_slots", "running_slots", "queued_slots", "scheduled_slots", "open_slots", "deferred_slots",
    ),
    _read_pool,
    lambda fields: fields,
    {
        "name": "pool_name", "slots": "pool_slot", "description": "pool_description",
        "include_deferred": "pool_include_deferred",
    },
    _check_pool_name,
)  # fmt: skip
