"""How variables and pools are compared with those of the server."""

from __future__ import annotations

from airflowctl.core.redaction import HIDDEN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.differences import Comparison, is_same_text
from airflowctl.domain.import_items import FieldError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Fields = Mapping[str, Any]

_WAY = "fill in the value, leave it out, or say with --literal-stars NAME that stars are meant"


def refuse_masks(
    wanted: Fields, current: Fields | None, has_literal_stars: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return all fields. Raises FieldError for a mask: no request keeps what it stands for."""
    for name, value in wanted.items():
        if HIDDEN in str(value) and not has_literal_stars:
            raise FieldError(f"it holds ***, the server's mask: {_WAY}", name)
    return dict(wanted), ()


def _normalize(text: Any) -> Any:
    """Return the JSON in a text written as the server writes it, which reads and writes it anew; any other
    text as it is."""
    import json

    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return text


def _is_same_of_variable(field: str, wanted: Any, current: Any) -> bool:
    if field == "value":
        return bool(_normalize(wanted) == _normalize(current))
    return is_same_text(wanted, current)


def _build_variable(fields: Fields, changed: tuple[str, ...], current: Fields) -> dict[str, Any]:
    # Airflow before 3.2 clears what a bulk request leaves out: the description goes with each.
    team = {"team_name": fields["team_name"]} if "team_name" in changed else {}
    description = fields.get("description", current.get("description"))
    return {"value": fields["value"], "description": description, **team}


def _build_pool(fields: Fields, changed: tuple[str, ...], current: Fields) -> dict[str, Any]:
    names = ("slots", "description", "include_deferred", "team_name")
    merged = {name: fields.get(name, current.get(name)) for name in names}
    return {name: value for name, value in merged.items() if name != "team_name" or value is not None}


VARIABLE = Comparison(
    "key",
    lambda current: {"description": None},
    _is_same_of_variable,
    refuse_masks,
    _build_variable,
    keeps_secrets=False,
)
POOL = Comparison(
    "name",
    lambda current: {"description": None, "include_deferred": False},
    lambda field, wanted, current: is_same_text(wanted, current),
    refuse_masks,
    _build_pool,
    keeps_secrets=False,
)
