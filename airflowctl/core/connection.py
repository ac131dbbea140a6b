"""A connection's fields, its URI as Airflow writes it, and the fields in such a URI."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

FIELDS = ("conn_type", "description", "login", "password", "host", "port", "schema", "extra")
_EXTRA = "__extra__"


def from_uri(uri: str) -> dict[str, Any]:
    """`postgres://me:secret@db:5432/sales?a=1` -> its fields; raises ValueError."""
    from urllib.parse import unquote, urlsplit

    scheme, mark, rest = uri.partition("://")
    if not mark or not scheme:
        raise ValueError("not a URI like TYPE://HOST:PORT/SCHEMA")
    protocol, inner, host_part = rest.partition("://")
    # Airflow writes a protocol into the host: `http://https://host`; `a@b://c` is none.
    if inner and any(letter in protocol for letter in "@:/?"):
        protocol, inner = "", ""
    parts = urlsplit("//" + (host_part if inner else rest))
    try:
        port = parts.port
    except ValueError:
        raise ValueError("its port is no number") from None
    host = _host(parts.netloc)
    # As Airflow's `Connection.from_uri` does; a URI has no underscore in its scheme.
    conn_type = "postgres" if scheme == "postgresql" else scheme.replace("-", "_")
    fields = {
        "conn_type": conn_type,
        "host": f"{protocol}://{host}" if inner and host else host,
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
