"""The fields of a connection, as a line or a file gives them and as the API takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airflowctl.core.command import ALWAYS, opt
from airflowctl.core.converters import some_text, whole_number
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.import_items import FieldError, Shape, check_fields, text_or_none
from airflowctl.domain.masks import is_masked
from airflowctl.domain.params import TEAM

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


SINGLE = (
    opt("--conn-type", help="The type, like postgres or http.",
        complete="connection type", convert=some_text, metavar="TYPE"),
    opt("--conn-description", help="A description.", aliases=("--description",), metavar="TEXT"),
    opt("--conn-host", help="The host.", aliases=("--host",), metavar="HOST"),
    opt("--conn-login", help="The user name.", aliases=("--login",), metavar="NAME"),
    opt(
        "--conn-password", help="The password. Others on this machine can see it: use --conn-json -.",
        aliases=("--password",), secret=ALWAYS, safer="--conn-json -", metavar="PASSWORD",
    ),
    opt("--conn-schema", help="The schema or database.", aliases=("--schema",), metavar="NAME"),
    opt("--conn-port", help="The port.", convert=whole_number, aliases=("--port",), metavar="N"),
    opt("--conn-extra", help="Extra fields, a JSON object; @FILE or - reads it.", aliases=("--extra",),
        secret=ALWAYS, safer="--conn-json -", metavar="JSON")._replace(refers="@"),
    TEAM,
)  # fmt: skip
WHOLE = (
    opt(
        "--conn-uri", help="The whole connection as TYPE://HOST:PORT/SCHEMA?EXTRA, with login and"
        " password before HOST; '-' reads standard input.",
        convert=some_text, secret=ALWAYS, safer="--conn-uri -", metavar="URI",
    ),
    opt(
        "--conn-json", help="The whole connection as a JSON object of these fields; '-' reads standard"
        " input.",
        convert=some_text, secret=ALWAYS, safer="--conn-json -", metavar="JSON",
    ),
)  # fmt: skip


def parse_fields(value: Any) -> dict[str, Any]:
    """Return a connection in a file or an option, a URI or an object of fields, as the API takes it, read as
    Airflow's own class reads it.

    Raises FieldError, in words that repeat nothing of it: it holds secrets.
    """
    from airflowctl.core.connection import from_uri, normalize_type

    if isinstance(value, str):
        return from_uri(value)
    if not isinstance(value, dict):
        raise FieldError("neither a URI nor an object of fields")
    fields = {name: part for name, part in value.items() if name not in ("conn_id", "connection_id")}
    # Airflow's own class writes the extra under this name where it exports an object.
    if "extra_dejson" in fields:
        if fields.get("extra"):
            raise FieldError("extra and extra_dejson are both there", "extra_dejson")
        fields["extra"] = fields.pop("extra_dejson")
    if fields.get("uri"):
        return _parse_uri_of(fields)
    fields.pop("uri", None)
    result = check_fields(fields, _CHECKS)
    if result.get("conn_type"):
        result["conn_type"] = normalize_type(result["conn_type"])
    return result


def _parse_uri_of(fields: dict[str, Any]) -> dict[str, Any]:
    from airflowctl.core.connection import from_uri

    beside = {name: part for name, part in fields.items() if name in _BESIDE_URI}
    also = sorted(name for name, part in fields.items() if name not in (*_BESIDE_URI, "uri") and part)
    if also:
        raise FieldError(f"uri and {', '.join(also)} are both there", also[0])
    uri = text_or_none(fields["uri"])
    return {**from_uri(uri or ""), **check_fields(beside, _CHECKS)}


def _extra(value: Any) -> str | None:
    from json import dumps

    from airflowctl.core.converters import json_object

    if isinstance(value, dict):
        return dumps(value)
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str):
            raise ValueError("not a JSON object")
        json_object(value)
    except ValueError as error:
        raise ValueError(f"the extra is {error}") from None
    return value


def _port(value: Any) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):  # files of every age have it as text, and Airflow takes it
        value = int(value) if value.isascii() and value.isdigit() and len(value) < _LONGEST_PORT else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_PORTS:
        raise ValueError(f"must be an integer from 0 to {_MOST_PORTS}")
    return value


_LONGEST_PORT, _MOST_PORTS = 6, 65_535
_BESIDE_URI = ("description", "team_name")
_CHECKS: Mapping[str, Callable[[object], object]] = {
    **dict.fromkeys(
        ("conn_type", "description", "login", "password", "host", "schema", "team_name"), text_or_none
    ),
    "port": _port,
    "extra": _extra,
}


def read_fields(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """Return what a line names of a connection. Raises UsageError."""
    if values["type_word"] is not None:
        if values["conn_type"] is not None:
            raise UsageError("there is one argument too many", "--conn-type says the type already")
        values["conn_type"] = values["type_word"]
    single = {
        option.name.removeprefix("conn_") if option.name != "conn_type" else "conn_type": values[option.name]
        for option in SINGLE
        if values[option.name] is not None
    }
    whole = [option for option in WHOLE if values[option.name] is not None]
    mixable = {"description", "team_name", *(("extra",) if values["conn_uri"] else ())}
    # Which of two hosts is meant would depend on an order that no user can see.
    if len(whole) > 1 or (whole and set(single) - mixable):
        raise UsageError("--conn-uri, --conn-json and single fields do not go together")
    for option in whole:
        single = {**_whole(session, option.name, values[option.name]), **single}
    _check(single)
    return single


def _whole(session: Session, name: str, text: str) -> dict[str, Any]:
    from airflowctl.core.converters import json_object

    # A URI is one line, whose end is no part of it; JSON may have many lines.
    text = session.streams.read_line() if text == "-" and name == "conn_uri" else text
    text = session.streams.stdin.read() if text == "-" else text
    try:
        record = parse_fields(text if name == "conn_uri" else json_object(text))
    except ValueError as error:
        path = ".".join(map(str, getattr(error, "path", ())))
        where = f"{path}: " if path and path not in str(error) else ""
        raise UsageError(f"--{name.replace('_', '-')}: {where}{error}") from None
    # From here on it must not appear in an error, a trace or the history (decision 0028).
    if record.get("password"):
        session.parts.redact.learn(str(record["password"]))
    return record


def _check(fields: dict[str, Any]) -> None:
    from airflowctl.core.converters import json_object

    # A copied record would replace the real password on the server by three asterisks.
    if is_masked(fields):
        raise UsageError("it holds ***, the server's mask", "give the value itself, or leave it out")
    if fields.get("extra"):
        try:
            json_object(fields["extra"])
        except ValueError as error:
            raise UsageError(f"the extra is {error}") from None


def as_record(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a connection of the server as a file has it: the classic fields, and its team if it has one."""
    from airflowctl.core.connection import FIELDS

    team = {"team_name": item["team_name"]} if item.get("team_name") else {}
    return {**{name: item.get(name) for name in FIELDS}, **team}


def _read_connection(conn_id: str, item: Any) -> dict[str, Any]:
    from airflowctl.core.converters import json_object

    if isinstance(item, str) and item.lstrip().startswith("{"):
        item = json_object(item)
    if isinstance(item, dict):
        for name in ("conn_id", "connection_id"):
            if item.get(name, conn_id) != conn_id:
                raise FieldError(f"it is also called {item[name]}", name)
    fields = parse_fields(item)
    # The API wants one, and its refusal of a bulk request names no entry.
    if not fields.get("conn_type"):
        raise FieldError("it has no conn_type")
    return fields


def _check_id(conn_id: str) -> str:
    import re

    is_id = re.fullmatch(r"[\w.-]{1,200}", conn_id)
    return "" if is_id else "an id has 1 to 200 letters, digits, _, - and dots"


CONNECTIONS = Shape(
    "connections",
    ("connection_id", "conn_id"),
    (),
    _read_connection,
    lambda fields: fields,
    {
        "name": "conn_id",
        **{name: f"conn_{name}" for name in ("host", "schema", "login", "password", "port", "extra", "uri")},
        "conn_type": "conn_type",
        "description": "conn_description",
    },
    _check_id,
)
