"""Users as files have them, and how they are compared with those of a server, which shows no password."""

from __future__ import annotations

from airflowctl.core.redaction import HIDDEN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api
from airflowctl.domain.comparisons import refuse_masks
from airflowctl.domain.differences import Comparison
from airflowctl.domain.import_items import FieldError, Shape, check_fields, text_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Fields = Mapping[str, Any]

_NEEDED = ("email", "firstname", "lastname", "roles", "password")  # of a new user
_API_NAMES = {"firstname": "first_name", "lastname": "last_name"}
_SERVERS_OWN = (
    "id", "active", "last_login", "login_count", "fail_login_count", "created_on", "changed_on",
)  # fmt: skip


def as_record(user: Fields) -> dict[str, Any]:
    """Return a user of the API as a file has it."""
    return {
        "username": user["username"],
        "email": user["email"],
        "firstname": user["first_name"],
        "lastname": user["last_name"],
        "roles": fab_api.names(user.get("roles")),
    }


def _some_text_or_none(value: Any) -> str | None:
    if value == "":
        raise ValueError("must not be empty")
    return text_or_none(value)


def _role_names(value: Any) -> list[str] | None:
    """Return names of roles, from texts or from objects as the API has them."""
    if value is None:
        return None
    roles: list[Any] = value if isinstance(value, list) else [0]
    names: list[Any] = [role.get("name") if isinstance(role, dict) else role for role in roles]
    if not all(isinstance(name, str) and name for name in names):
        raise ValueError("must be a list of texts")
    if not names:
        raise ValueError("a user has at least one role")
    return list(dict.fromkeys(names))


def _read(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FieldError("not an object with email, firstname, lastname and roles")
    for field, other in _API_NAMES.items():
        if field in value and other in value:
            raise FieldError(f"{field} and {other} are both there", other)
    api_names = {other: field for field, other in _API_NAMES.items()}
    checks = {
        **dict.fromkeys(("email", "firstname", "lastname", *api_names), _some_text_or_none),
        "roles": _role_names,
        "password": text_or_none,
    }
    fields = check_fields(value, checks)
    named = {api_names.get(field, field): part for field, part in fields.items()}
    return {field: part for field, part in named.items() if part not in (None, "")}


def _prepare(
    wanted: Fields, current: Fields | None, has_literal_stars: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields to compare. A stored password stays: it is not known whether it is another one, and
    a user may have changed it since. Raises FieldError for a new user who lacks something."""
    fields = dict(wanted)
    if current is not None:
        kept = ("password",) if fields.pop("password", None) else ()
        return refuse_masks(fields, current, has_literal_stars)[0], kept
    missing = [field for field in _NEEDED if field not in fields]
    if missing:
        raise FieldError(f"it is new and has no {', '.join(missing)}")
    if fields["password"] == HIDDEN:
        raise FieldError("it is new and has no password: fill it in", "password")
    return refuse_masks(fields, current, has_literal_stars)


def _as_sent(fields: Fields) -> dict[str, Any]:
    """Return fields as the API has them."""
    body = {_API_NAMES.get(field, field): part for field, part in fields.items()}
    return {**body, "roles": [{"name": name} for name in body["roles"]]} if "roles" in body else body


def _is_same(field: str, wanted: Any, current: Any) -> bool:
    # The server returns roles in no order of its own.
    return set(wanted) == set(current or ()) if field == "roles" else bool(wanted == current)


def _build(fields: Fields, changed: tuple[str, ...], current: Fields) -> dict[str, Any]:
    return _as_sent({field: fields[field] for field in changed})


USERS = Shape(
    "users",
    ("username",),
    _SERVERS_OWN,
    _read,
    lambda fields: fields,
    {},
    lambda name: "" if name.strip() else "a user's name is not empty",
)
USER = Comparison("username", lambda current: {}, _is_same, _prepare, _build, _as_sent)
