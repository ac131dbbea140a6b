"""The fields of a connection, as a line or a file gives them and as the API takes them."""

from __future__ import annotations

from airflowctl.core.command import ALWAYS, opt
from airflowctl.core.converters import some_text, whole_number
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import bulk
from airflowctl.domain.masks import is_masked
from airflowctl.domain.params import TEAM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.session.session import Session


SINGLE = (
    opt("--conn-type", help="Its type, like postgres or http.",
        complete="connection type", convert=some_text, metavar="TYPE"),
    opt("--conn-description", help="What it is for.", aliases=("--description",), metavar="TEXT"),
    opt("--conn-host", help="The host.", aliases=("--host",), metavar="HOST"),
    opt("--conn-login", help="The user name.", aliases=("--login",), metavar="NAME"),
    opt(
        "--conn-password", help="The password. Seen by others on this machine: --conn-json - is better.",
        aliases=("--password",), secret=ALWAYS, safer="--conn-json -", metavar="PASSWORD",
    ),
    opt("--conn-schema", help="The schema or database.", aliases=("--schema",), metavar="NAME"),
    opt("--conn-port", help="The port.", convert=whole_number, aliases=("--port",), metavar="N"),
    opt("--conn-extra", help="More, a JSON object.", aliases=("--extra",), secret=ALWAYS,
        safer="--conn-json -", metavar="JSON"),
    TEAM,
)  # fmt: skip
WHOLE = (
    opt(
        "--conn-uri", help="All of it as TYPE://HOST:PORT/SCHEMA?EXTRA, with login and password before HOST;"
        " '-' reads standard input.", convert=some_text, secret=ALWAYS, safer="--conn-uri -",
        metavar="URI",
    ),
    opt(
        "--conn-json", help="All of it as a JSON object of these fields; '-' reads standard input.",
        convert=some_text, secret=ALWAYS, safer="--conn-json -", metavar="JSON",
    ),
)  # fmt: skip


def parse_fields(value: Any) -> dict[str, Any]:
    """Return a connection in a file or an option, a URI or an object of fields, as the API takes it.

    Raises ValueError, in words that repeat nothing of it: it holds secrets.
    """
    from json import dumps

    from airflowctl.core.connection import FIELDS, from_uri

    if isinstance(value, str):
        return from_uri(value)
    if not isinstance(value, dict):
        raise ValueError("neither a URI nor an object of fields")
    fields = {name: item for name, item in value.items() if name not in ("conn_id", "connection_id", "uri")}
    if "extra_dejson" in fields:
        if fields.get("extra"):
            raise ValueError("extra and extra_dejson are both there")
        fields["extra"] = fields.pop("extra_dejson")
    strange = sorted(set(fields) - {*FIELDS, "team_name"})
    if strange:
        raise ValueError(f"no such field: {', '.join(strange)}")
    if isinstance(fields.get("extra"), dict):
        fields["extra"] = dumps(fields["extra"])
    if isinstance(fields.get("port"), str):
        fields["port"] = whole_number(fields["port"]) if fields["port"] else None
    return fields


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
    if len(whole) > 1 or (whole and set(single) - mixable):
        raise UsageError("--conn-uri, --conn-json and single fields do not go together")
    for option in whole:
        single = {**_whole(session, option.name, values[option.name]), **single}
    _check(single)
    return single


def _whole(session: Session, name: str, text: str) -> dict[str, Any]:
    from airflowctl.core.converters import json_object

    text = session.streams.read_line() if text == "-" and name == "conn_uri" else text
    text = session.streams.stdin.read() if text == "-" else text
    try:
        record = parse_fields(text if name == "conn_uri" else json_object(text))
    except ValueError as error:
        raise UsageError(f"--{name.replace('_', '-')}: {error}") from None
    if record.get("password"):
        session.parts.redact.learn(str(record["password"]))
    return record


def _check(fields: dict[str, Any]) -> None:
    from airflowctl.core.converters import json_object

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


def bulk_entity(conn_id: str, item: Any) -> dict[str, Any]:
    """As the API takes it, with every field: what is left out of a bulk request stays as it was."""
    import re

    from airflowctl.core.connection import FIELDS
    from airflowctl.core.converters import json_object

    if not re.fullmatch(r"[\w.-]{1,200}", conn_id):
        raise ValueError("an id has 1 to 200 letters, digits, _, - and dots")
    if isinstance(item, str) and item.lstrip().startswith("{"):
        item = json_object(item)
    fields = parse_fields(item)
    if is_masked(fields):
        raise ValueError(bulk.MASKED)
    if not fields.get("conn_type"):
        raise ValueError("it has no conn_type")
    if fields.get("extra"):
        json_object(fields["extra"])
    return {"connection_id": conn_id, **{name: fields.get(name) for name in FIELDS},
            **({"team_name": fields["team_name"]} if fields.get("team_name") else {})}  # fmt: skip
