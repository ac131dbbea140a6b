"""Connections compared with those of the server, which shows `***` for what it keeps: what stays stored."""

from __future__ import annotations

from airflowctl.core.redaction import HIDDEN
from airflowctl.core.sensitive import is_server_field
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.differences import Comparison, is_same_text
from airflowctl.domain.import_items import FieldError
from airflowctl.domain.masks import find_masks, format_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.masks import Path

    Fields = Mapping[str, Any]

_WAY = "fill it in, or leave it out"
# Where what is stored is sent to.
_TARGET = ("conn_type", "host", "port")


def _prepare(
    wanted: Fields, current: Fields | None, has_literal_stars: bool
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the fields to compare, and those whose stored secrets stay. The server's *update* puts back what
    `***` stands for in a password and under a sensitive name of an extra, and nowhere else."""
    fields, kept = dict(wanted), list[str]()
    if has_literal_stars and current is None:
        return fields, ()
    has_password = current is not None and bool(current.get("password"))
    if has_password and wanted.get("password", "") in (None, "", HIDDEN):
        # Not even a null takes a stored password away.
        kept += ["password"] if "password" in wanted else []
        fields.pop("password", None)
    for name in tuple(fields):
        if name == "extra":
            kept += _keep_in_extra(fields, current, has_literal_stars)
        elif HIDDEN in str(fields[name]) and (name == "password" or not has_literal_stars):
            if current is not None and current.get(name) == fields[name]:
                continue
            raise FieldError(f"it holds ***, the server's mask, for no stored secret: {_WAY}", name)
    return fields, tuple(kept)


def _keep_in_extra(fields: dict[str, Any], current: Fields | None, has_literal_stars: bool) -> list[str]:
    extra = _load(fields["extra"])
    masks = list(find_masks(extra))
    if not masks:
        return []
    shown = _load(current.get("extra")) if current else None
    if extra == shown:
        del fields["extra"]  # as the server shows it: it is left alone as a whole
        return [f"extra.{format_path(path)}" for path in masks]
    for path in masks:
        is_literal = has_literal_stars and not _is_sensitive(path)
        if not is_literal and not _is_put_back(path, extra, shown):
            message = f"{format_path(path)} holds ***, the server's mask, for no stored secret: {_WAY}"
            raise FieldError(message, "extra")
    return [f"extra.{format_path(path)}" for path in masks]


def _is_put_back(path: Path, extra: Any, shown: Any) -> bool:
    return _is_sensitive(path) and _part(extra, path) == HIDDEN == _part(shown, path)


def _is_sensitive(path: Path) -> bool:
    return any(isinstance(part, str) and is_server_field(part) for part in path)


def _part(value: Any, path: Path) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _load(text: Any) -> Any:
    from json import loads

    try:
        return loads(text) if text else {}
    except (TypeError, ValueError):
        return text


def _is_same(field: str, wanted: Any, current: Any) -> bool:
    if field == "password" and wanted:
        return False  # what is stored is not shown
    if field == "extra":
        return bool((_load(wanted) or None) == (_load(current) or None))
    return is_same_text(wanted, current)


def _build(fields: Fields, changed: tuple[str, ...], current: Fields) -> dict[str, Any]:
    sent = {name: fields[name] for name in changed}
    return {"conn_type": fields.get("conn_type") or current.get("conn_type"), **sent}


def find_new_target(difference: Difference) -> str:
    """Return a sentence where a secret that stays stored would go to another host from now on; else empty."""
    moved = [name for name in difference.fields if name in _TARGET]
    stored = [
        name
        for name in ("password", "extra")
        if HIDDEN in str(difference.before.get(name)) and name not in difference.fields
    ]
    if not moved or not stored:
        return ""
    return f"its stored {' and '.join(stored)} will go to another {' and '.join(moved)}"


_CLEARED = ("description", "login", "host", "port", "schema", "extra")
CONNECTION = Comparison("connection_id", lambda current: dict.fromkeys(_CLEARED), _is_same, _prepare, _build)
