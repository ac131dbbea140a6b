"""Making, changing and deleting connections."""

from __future__ import annotations

from airflowctl.commands.connections.listing import CONN_ID
from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, TEAM, arg, command, opt
from airflowctl.core.converters import some_text, whole_number
from airflowctl.core.effect import CHANGE, CREATES, DELETE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain import import_files
from airflowctl.domain.crud import created, deleted

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

SHOWN = ("connection_id", "conn_type", "host", "port", "login", "schema", "description", "extra")
TYPE_WORD = arg("type_word", "The type, as the official airflowctl has it.", default=None, convert=some_text,
                hidden=True)  # fmt: skip
SINGLE = (
    opt("--conn-type", help="Its type, like postgres or http.",
        complete="connection type", convert=some_text, metavar="TYPE"),
    opt("--conn-description", help="What it is for.", also=("--description",), metavar="TEXT"),
    opt("--conn-host", help="The host.", also=("--host",), metavar="HOST"),
    opt("--conn-login", help="The user name.", also=("--login",), metavar="NAME"),
    opt(
        "--conn-password", help="The password. Seen by others on this machine: --conn-json - is better.",
        also=("--password",), secret=ALWAYS, safer="--conn-json -", metavar="PASSWORD",
    ),
    opt("--conn-schema", help="The schema or database.", also=("--schema",), metavar="NAME"),
    opt("--conn-port", help="The port.", convert=whole_number, also=("--port",), metavar="N"),
    opt("--conn-extra", help="More, a JSON object.", also=("--extra",), secret=ALWAYS,
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


class ConnectionValues(NamedTuple):
    """The values of `connections add` and `connections update`."""

    conn_id: str
    type_word: str | None
    conn_type: str | None
    conn_description: str | None
    conn_host: str | None
    conn_login: str | None
    conn_password: str | None
    conn_schema: str | None
    conn_port: int | None
    conn_extra: str | None
    team_name: str | None
    conn_uri: str | None
    conn_json: str | None


@command(
    "connections add",
    "Create a connection; refused if there is one of this id.",
    CONN_ID._replace(complete=""),
    TYPE_WORD,
    *SINGLE,
    *WHOLE,
    effect=CREATES,
    op="post_connection",
    undo=undo.CONNECTION,
    changes=("connection",),
    also=("connections create",),
    examples=(
        "airflowctl connections add db --conn-type postgres --conn-host db.example.org",
        "airflowctl connections add db --conn-uri - < uri.txt",
    ),
)
def add(session: Session, values: ConnectionValues) -> Record:
    conn_id, fields = values.conn_id, _fields(session, values._asdict())
    if not fields.get("conn_type"):
        raise UsageError("its type is missing", "give --conn-type, --conn-uri or --conn-json")
    made = created(session, "connection", "connection_id", {"connection_id": conn_id, **fields})
    return Record(made, "connection_id", table=SHOWN)


@command(
    "connections update",
    "Change what is named of a connection, and nothing else.",
    CONN_ID,
    TYPE_WORD,
    *SINGLE,
    *WHOLE,
    effect=effect(CHANGE, "connection", "conn_id"),
    op="patch_connection",
    undo=undo.CONNECTION,
    uses=("get_connection",),
    changes=("connection",),
    about="A stored password can be replaced but not taken away: for that, delete the connection and add it"
    " anew.",
    examples=("airflowctl connections update db --conn-host db2.example.org",),
)
def update(session: Session, values: ConnectionValues) -> Record:
    conn_id, fields = values.conn_id, _fields(session, values._asdict())
    if not fields:
        raise UsageError("nothing to change is named", "give --conn-host or another option")
    if fields.get("password") == "":
        raise UsageError("the server does not take a password away", "delete the connection and add it anew")
    mask = tuple(fields)
    if "conn_type" not in fields:  # the server wants it in every body
        known = session.api.record("get_connection", "connection_id", connection_id=conn_id)
        fields["conn_type"] = known.get("conn_type")
    body = {"connection_id": conn_id, **fields}
    query = {"update_mask": mask}
    changed = session.api.record(
        "patch_connection", "connection_id", query=query, body=body, connection_id=conn_id
    )
    return Record(changed, "connection_id", table=SHOWN)


@command(
    "connections delete",
    "Delete a connection.",
    CONN_ID,
    DRY_RUN,
    effect=effect(DELETE, "connection", "conn_id"),
    op="delete_connection",
    undo=undo.CONNECTION,
    uses=("get_connection",),
    changes=("connection",),
    examples=("airflowctl connections delete db",),
)
def delete(session: Session, conn_id: str, dry_run: bool) -> Text:
    session.api.call("get_connection" if dry_run else "delete_connection", connection_id=conn_id)
    return deleted(conn_id, dry_run)


@command(
    "connections create-default-connections",
    "Create Airflow's own example connections, those that are missing.",
    effect=CREATES,
    op="create_default_connections",
    changes=("connection",),
    also=("connections create-defaults",),
    examples=("airflowctl connections create-default-connections",),
)
def create_defaults(session: Session) -> Text:
    session.api.call("create_default_connections")
    return Text(f"the default connections are there: {suggest('connections', 'list')}", {"done": True})


def parsed(value: Any) -> dict[str, Any]:
    """A connection in a file or an option, a URI or an object of fields, as the API takes it.

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


def _fields(session: Session, given: dict[str, Any]) -> dict[str, Any]:
    """What a line names of a connection. Raises UsageError."""
    if given["type_word"] is not None:
        if given["conn_type"] is not None:
            raise UsageError("there is one argument too many", "--conn-type says the type already")
        given["conn_type"] = given["type_word"]
    single = {
        option.name.removeprefix("conn_") if option.name != "conn_type" else "conn_type": given[option.name]
        for option in SINGLE
        if given[option.name] is not None
    }
    whole = [option for option in WHOLE if given[option.name] is not None]
    mixable = {"description", "team_name", *(("extra",) if given["conn_uri"] else ())}
    if len(whole) > 1 or (whole and set(single) - mixable):
        raise UsageError("--conn-uri, --conn-json and single fields do not go together")
    for option in whole:
        single = {**_whole(session, option.name, given[option.name]), **single}
    _check(single)
    return single


def _whole(session: Session, name: str, text: str) -> dict[str, Any]:
    from airflowctl.core.converters import json_object

    text = session.streams.read_line() if text == "-" and name == "conn_uri" else text
    text = session.streams.stdin.read() if text == "-" else text
    try:
        found = parsed(text if name == "conn_uri" else json_object(text))
    except ValueError as error:
        raise UsageError(f"--{name.replace('_', '-')}: {error}") from None
    if found.get("password"):
        session.shared.redact.learn(str(found["password"]))
    return found


def _check(fields: dict[str, Any]) -> None:
    from airflowctl.core.converters import json_object

    if import_files.is_masked(fields):
        raise UsageError("it holds ***, the server's mask", "give the value itself, or leave it out")
    if fields.get("extra"):
        try:
            json_object(fields["extra"])
        except ValueError as error:
            raise UsageError(f"the extra is {error}") from None
