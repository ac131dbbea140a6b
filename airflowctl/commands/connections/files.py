"""Connections from and to files, in the classic program's shapes."""

from __future__ import annotations

from airflowctl.commands.connections.changing import parsed
from airflowctl.core import undo
from airflowctl.core.command import DRY_RUN, command, flag, opt
from airflowctl.core.effect import OVERWRITE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import bulk, import_files

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

KIND = bulk.Kind("bulk_connections", "get_connections", "connections", "connection_id")


@command(
    "connections import",
    "Import connections from a file, in one request.",
    import_files.FROM,
    bulk.existing("skip"),
    flag("--overwrite", help="The same as -a overwrite."),
    import_files.FILE_FORMAT,
    DRY_RUN,
    effect=effect(OVERWRITE, "connection", judge=bulk.overwrites("skip"), in_handler=True),
    op="bulk_connections",
    undo=undo.CONNECTION,
    uses=("get_connections",),
    changes=("connection",),
    about='The file is {"ID": {"conn_type": ..., "host": ..., ...} or "URI", ...} in JSON or YAML, or ID=URI'
    " or ID=JSON lines (.env). What exists is kept if nothing else is said, as in the classic program."
    " A *** is refused: it is the server's mask.",
    examples=(
        "airflowctl connections import connections.json",
        "airflowctl connections import connections.yaml --overwrite",
    ),
)
def import_connections(
    session: Session, file: str, action: str | None, overwrite: bool, file_format: str | None, dry_run: bool
) -> Rows:
    if overwrite and action not in (None, "overwrite"):
        raise UsageError(f"--overwrite and -a {action} do not go together")
    found = import_files.read(session, file, file_format)
    if not isinstance(found, dict):
        raise UsageError(f"{file}: not an object of connections by id")
    good: dict[str, dict[str, Any]] = {}
    bad: dict[str, str] = {}
    for conn_id, item in ((str(conn_id), item) for conn_id, item in found.items()):
        try:
            good[conn_id] = _entity(conn_id, item)
        except ValueError as error:
            bad[conn_id] = str(error)
    action = "overwrite" if overwrite else action or "skip"
    if not dry_run:
        bulk.confirm_overwrite(session, KIND, good, action, "connections import")
    return bulk.bring(session, KIND, good, bad, action, dry_run)


@command(
    "connections export",
    "Write all connections to a file, as connections import reads it.",
    import_files.TO,
    import_files.FILE_FORMAT,
    opt(
        "--serialization-format",
        help="How one is written in an .env file.",
        choices=("json", "uri"),
        metavar="FORMAT",
    ),
    op="get_connections",
    about="The server masks passwords and secret extras: they are *** in the file, you are told which, and"
    " the exit code is 1. It is no backup.",
    examples=(
        "airflowctl connections export connections.json",
        "airflowctl connections export - --file-format yaml",
    ),
)
def export_connections(
    session: Session, file: str, file_format: str | None, serialization_format: str | None
) -> Text:
    from json import dumps

    from airflowctl.core.connection import FIELDS, to_uri

    kind = import_files.format_of(file, file_format)
    if serialization_format and kind != "env":
        raise UsageError("--serialization-format goes with the format env")
    items = session.api.pages("get_connections", "connections", query={"order_by": "connection_id"})
    found = {item["connection_id"]: {name: item.get(name) for name in FIELDS} for item in items}
    if kind == "env":
        written = dumps if serialization_format == "json" else to_uri
        text = "".join(f"{conn_id}={written(fields)}\n" for conn_id, fields in found.items())
    else:
        text = import_files.dumped(found, kind, 2, sort=kind == "yaml")
    masked = [conn_id for conn_id, fields in found.items() if import_files.is_masked(fields)]
    done = import_files.write(session, file, text, len(found), "connections", found)
    return import_files.warned(session, done, masked)


def _entity(conn_id: str, item: Any) -> dict[str, Any]:
    """As the API takes it, with every field: what is left out of a bulk request stays as it was."""
    import re

    from airflowctl.core.connection import FIELDS
    from airflowctl.core.converters import json_object

    if not re.fullmatch(r"[\w.-]{1,200}", conn_id):
        raise ValueError("an id has 1 to 200 letters, digits, _, - and dots")
    if isinstance(item, str) and item.lstrip().startswith("{"):
        item = json_object(item)
    fields = parsed(item)
    if import_files.is_masked(fields):
        raise ValueError(bulk.MASKED)
    if not fields.get("conn_type"):
        raise ValueError("it has no conn_type")
    if fields.get("extra"):
        json_object(fields["extra"])
    return {"connection_id": conn_id, **{name: fields.get(name) for name in FIELDS},
            **({"team_name": fields["team_name"]} if fields.get("team_name") else {})}  # fmt: skip
