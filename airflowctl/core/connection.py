"""A connection's fields, its URI as Airflow writes it, and the fields in such a URI."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

FIELDS = ("conn_type", "description", "login", "password", "host", "port", "schema", "extra")
_EXTRA = "__extra__"
_LEADING = "".join(map(chr, range(33)))  # blanks and control characters before a URI are no part of it
_NO_URI = "not a URI like TYPE://HOST:PORT/SCHEMA; its type has letters, digits, +, - and dots"


def normalize_type(conn_type: str) -> str:
    """Return a type as Airflow's own class stores it: `postgres`, and `_` for each `-`."""
    return "postgres" if conn_type == "postgresql" else conn_type.replace("-", "_")


def from_uri(uri: str) -> dict[str, Any]:
    """`postgres://me:secret@db:5432/sales?a=1` -> its fields, as Airflow's own class reads them; raises
    ValueError for what that refuses, or takes for something else than a URI."""
    from urllib.parse import unquote, urlsplit

    uri = uri.lstrip(_LEADING)
    try:
        scheme = urlsplit(uri).scheme
    except ValueError:
        raise ValueError(_NO_URI) from None
    if not scheme or uri[: len(scheme)].lower() != scheme or not uri.startswith("://", len(scheme)):
        raise ValueError(_NO_URI)
    rest = uri[len(scheme) :].removeprefix("://").replace(f"{scheme}://", "")
    # Airflow writes a protocol into the host: `http://https://host`.
    is_with_protocol = uri.count("://") == 2
    if is_with_protocol and not uri.startswith(scheme):
        raise ValueError("a type before another protocol must be in small letters")  # Airflow mixes them up
    authority = rest.partition("://")[0]
    if uri.count("://") > 2 or (is_with_protocol and ("@" in authority or ":" in authority)):
        raise ValueError("a host with :// in it must be percent-encoded (%3A%2F%2F), or use JSON")
    try:
        parts = urlsplit(rest if is_with_protocol else f"//{rest}")
        port = parts.port
    except ValueError:
        raise ValueError("its port is no number from 0 to 65535, or its host is none") from None
    host = _host(parts.netloc)
    fields = {
        "conn_type": normalize_type(scheme),
        "host": f"{parts.scheme}://{host}" if is_with_protocol and parts.scheme and host else host,
        "login": unquote(parts.username) if parts.username else parts.username,
        "password": unquote(parts.password) if parts.password else parts.password,
        "schema": unquote(parts.path[1:]),
        "port": port,
        "extra": _extra(parts.query),
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def to_uri(fields: Mapping[str, Any]) -> str:
    """Return the fields as the URI that `AIRFLOW_CONN_...` and an .env file hold."""
    from urllib.parse import quote

    conn_type = str(fields.get("conn_type") or "")
    uri = f"{conn_type.lower().replace('_', '-')}://" if conn_type else "//"
    protocol, inner, host = str(fields.get("host") or "").partition("://")
    if not inner:
        protocol, host = "", protocol
    # As Airflow writes it, where the host repeats the type: read back, it is the same host again.
    elif protocol == conn_type:
        protocol, host = "", f"{protocol}://{host}"
    uri += f"{protocol}://" if protocol else ""
    login, password = fields.get("login"), fields.get("password")
    who = ("" if login is None else quote(str(login), safe="")) + (
        "" if password is None else ":" + quote(str(password), safe="")
    )
    uri += f"{who}@" if who else ""
    uri += quote(host, safe="")
    if fields.get("port"):
        uri += f":{fields['port']}" if host or who else f"@:{fields['port']}"
    schema = str(fields.get("schema") or "")
    uri += f"/{quote(schema, safe='')}" if schema else ""
    query = _query(str(fields.get("extra") or ""))
    return uri + (("?" if schema else "/?") + query if query else "")


def _host(netloc: str) -> str:
    """Return its letters keep their case, unlike in `urlsplit(...).hostname`."""
    from urllib.parse import unquote

    # From the right: a password may hold an `@` that was not encoded.
    location = netloc.rpartition("@")[2]
    if location.startswith("["):
        return unquote(location.partition("]")[0][1:])
    return unquote(location.partition(":")[0])


def _extra(query: str) -> str | None:
    import json
    from contextlib import suppress
    from urllib.parse import parse_qsl

    members: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if not members:
        return None
    if _EXTRA in members:
        return str(members[_EXTRA])
    for name, value in members.items():
        # In a URI every value is a text; Airflow reads what is JSON as such, numbers and truths say.
        with suppress(ValueError):
            members[name] = json.loads(value) if value else value
    return json.dumps(members)


def _query(extra: str) -> str:
    import json
    from urllib.parse import urlencode

    if not extra:
        return ""
    try:
        members = json.loads(extra)
    except ValueError:
        members = None
    # A value that is no text would come back as one, and a text that reads as JSON as no text: then all of it
    # is written as one __extra__, which Airflow reads too.
    flat = isinstance(members, dict) and all(_stays_text(value) for value in members.values())
    return urlencode(members) if flat and members else urlencode({_EXTRA: extra})


def _stays_text(value: object) -> bool:
    import json

    if not isinstance(value, str):
        return False
    try:
        json.loads(value)
    except ValueError:
        return True
    return False
