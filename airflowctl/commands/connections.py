"""Connections to other systems. The server masks their passwords."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import identifier, seconds, some_text
from airflowctl.core.effect import CHANGE, CREATES, DELETE, OVERWRITE, READS, effect
from airflowctl.core.errors import REFUSED, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain import file_params
from airflowctl.domain.connections.connection_fields import SINGLE, WHOLE, as_record, read_fields
from airflowctl.domain.crud import create_entity, render_deletion
from airflowctl.domain.file_params import ImportValues
from airflowctl.domain.params import DRY_RUN, LIMIT, pattern

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape
    from airflowctl.domain.import_kind import Kind
    from airflowctl.session.session import Session


CONNECTION = names(
    "connection",
    op="get_connections",
    items="connections",
    key="connection_id",
    search="connection_id_pattern",
    note=("conn_type", "host"),
)
# Which types a server knows, its API does not tell: those in use, and the usual ones.
TYPE = names(
    "connection type",
    op="get_connections",
    items="connections",
    key="conn_type",
    usual=(
        "aws", "azure", "azure_data_lake", "cassandra", "databricks", "docker", "elasticsearch", "fs", "ftp",
        "generic", "google_cloud_platform", "hdfs", "hive_cli", "http", "jdbc", "kafka", "kubernetes",
        "mongo", "mssql", "mysql", "neo4j", "odbc", "opsgenie", "oracle", "pagerduty", "postgres", "presto",
        "redis", "redshift", "salesforce", "sftp", "slack", "slackwebhook", "smtp", "snowflake", "spark",
        "sqlite", "ssh", "tableau", "trino", "vertica", "wasb",
    ),
)  # fmt: skip
CONN_ID = arg(
    "conn_id", "The id.", complete="connection", convert=identifier, aliases=("--connection-id", "--conn-id")
)
TYPE_WORD = arg("type_word", "The type, for lines of the official airflowctl.", default=None,
                convert=some_text, hidden=True)  # fmt: skip
SHOWN = ("connection_id", "conn_type", "host", "port", "login", "schema", "description", "extra")


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


class ExportValues(NamedTuple):
    """The values of `connections export`."""

    file: str
    names: tuple[str, ...]
    pattern: str | None
    file_format: str | None
    serialization_format: str | None
    masked: str | None
    secrets_template: str | None


@command(
    "connections add",
    "Create a connection; refused if one of this id exists.",
    CONN_ID._replace(complete=""),
    TYPE_WORD,
    *SINGLE,
    *WHOLE,
    effect=CREATES,
    op="post_connection",
    uses=("test_connection",),
    undo=undo.CONNECTION,
    invalidates=("connection",),
    aliases=("connections create",),
    form="connection_form:fill_connection",
    classic="classic_connections:add_connection",
    examples=(
        "airflowctl connections add db --conn-type postgres --conn-host db.example.org",
        "airflowctl connections add db --conn-uri - < uri.txt",
    ),
)
def add(session: Session, values: ConnectionValues) -> Record:
    conn_id, fields = values.conn_id, read_fields(session, values._asdict())
    if not fields.get("conn_type"):
        raise UsageError("its type is missing", "give --conn-type, --conn-uri or --conn-json")
    connection = create_entity(session, "connection", "connection_id", {"connection_id": conn_id, **fields})
    return Record(connection, "connection_id", table=SHOWN)


@command(
    "connections update",
    "Change only the given fields of a connection.",
    CONN_ID,
    TYPE_WORD,
    *SINGLE,
    *WHOLE,
    effect=effect(CHANGE, "connection", "conn_id", repeatable=True),
    op="patch_connection",
    undo=undo.CONNECTION,
    uses=("get_connection",),
    invalidates=("connection",),
    about="A stored password can be replaced but not removed: for that, delete the connection and add it"
    " again.",
    examples=("airflowctl connections update db --conn-host db2.example.org",),
)
def update(session: Session, values: ConnectionValues) -> Record:
    conn_id, fields = values.conn_id, read_fields(session, values._asdict())
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
    effect=effect(DELETE, "connection", "conn_id", repeatable=True),
    op="delete_connection",
    undo=undo.CONNECTION,
    uses=("get_connection",),
    invalidates=("connection",),
    classic="classic_connections:delete_connection",
    examples=("airflowctl connections delete db",),
)
def delete(session: Session, conn_id: str, dry_run: bool) -> Text:
    session.api.call("get_connection" if dry_run else "delete_connection", connection_id=conn_id)
    return render_deletion(conn_id, dry_run)


@command(
    "connections create-default-connections",
    "Create those of Airflow's own example connections that are missing.",
    effect=CREATES,
    op="create_default_connections",
    invalidates=("connection",),
    aliases=("connections create-defaults",),
    classic="classic_connections:create_defaults",
    examples=("airflowctl connections create-default-connections",),
)
def create_defaults(session: Session) -> Text:
    session.api.call("create_default_connections")
    return Text(f"the default connections are there: {suggest('connections', 'list')}", {"done": True})


def _load() -> tuple[Shape, Comparison]:
    from airflowctl.domain.connections.connection_fields import CONNECTIONS
    from airflowctl.domain.connections.kept_secrets import CONNECTION

    return CONNECTIONS, CONNECTION


# The server's update keeps the secrets that *** stands for; its create with overwrite writes the stars.
def import_kind() -> Kind:
    from airflowctl.domain.bulk_store import bulk_kind

    return bulk_kind(
        "connections", "connection_id", _load, path="connection_id", change="update", prefix="AIRFLOW_CONN_"
    )


def _check(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.bulk import check_source

    check_source(session, import_kind(), values)


@command(
    "connections import",
    "Import connections from a file: only differences are sent, and nothing if the file has an error.",
    file_params.FROM._replace(reads=_check),
    file_params.existing("skip"),
    file_params.OVERWRITING,
    file_params.FILE_FORMAT,
    *file_params.OPTIONS,
    effect=effect(
        OVERWRITE, "connection", judge=file_params.overwrites("skip"), in_handler=True, repeatable=True
    ),
    op="bulk_connections",
    undo=undo.CONNECTION,
    uses=("get_connections", "get_connection"),
    invalidates=("connection",),
    about='The file is {"ID": {"conn_type": ..., "host": ..., ...} or "URI", ...} in JSON or YAML, or'
    " ID=URI or ID=JSON lines (.env). By default entries that exist are kept, as in the classic"
    " program. With -a overwrite, *** in the file keeps the stored secret; otherwise it is"
    " refused. With --dry-run, exit 6 if something would change.",
    classic="classic_files:import_connections",
    examples=(
        "airflowctl connections import connections.json",
        "airflowctl connections import connections.yaml --overwrite",
    ),
)
def import_connections(session: Session, values: ImportValues) -> Rows:
    from airflowctl.domain.bulk import run_import

    values = file_params.settle_action(values, "skip")
    return run_import(session, import_kind(), values, "connections import")


@command(
    "connections export",
    "Write connections to a file, as connections import reads it.",
    file_params.TO,
    *file_params.chosen_names("connection", "ids"),
    file_params.FILE_FORMAT,
    opt(
        "--serialization-format",
        help="How to write a connection in an .env file.",
        choices=("json", "uri"),
        metavar="FORMAT",
    ),
    file_params.MASKED,
    file_params.TEMPLATE,
    op="get_connections",
    about="The server masks passwords and secret extras: they are *** in the file, and a warning names"
    " them. The file is no backup; connections that exist keep their secrets when it is imported."
    " Only this user can read the file. An existing file is replaced only when the new one is"
    " complete.",
    classic="classic_files:export_connections",
    examples=(
        "airflowctl connections export connections.json",
        "airflowctl connections export - --file-format yaml",
        "airflowctl connections export shop.yaml shop shop_replica --secrets-template secrets.yaml",
    ),
)
def export_connections(session: Session, values: ExportValues) -> Text:
    from airflowctl.domain.connections.connection_lines import find_lost_fields, render_lines
    from airflowctl.domain.export_files import Choice, Export, choose, write_export

    serialization = values.serialization_format
    if serialization and file_params.format_of(values.file, values.file_format) != "env":
        raise UsageError("--serialization-format goes with the format env")
    query = {"order_by": "connection_id", "connection_id_pattern": values.pattern}
    items = session.api.pages("get_connections", "connections", query=query)
    records = {item["connection_id"]: as_record(item) for item in items}
    export = Export(
        "connections",
        choose(records, values.names, "connections"),
        ("json", "yaml", "env"),
        indent=2,
        is_sorted=False,
        render_env=lambda records: render_lines(records, serialization == "json"),
        find_lost=lambda record: () if serialization == "json" else find_lost_fields(record),
    )
    choice = Choice(values.file, values.file_format, values.masked, values.secrets_template)
    return write_export(session, export, choice)


COLUMNS = ("connection_id", "conn_type", "host", "port", "login", "schema", "description")


@command(
    "connections list",
    "List the connections.",
    pattern("ids"),
    opt("--conn-id", help="Only the connection of this id.", convert=identifier, complete="connection"),
    LIMIT,
    flag("--show-values", help="Also the password and the extra, as far as the server shows them."),
    flag(
        "--hide-sensitive",
        help="Accepted for lines of the classic program; the server always masks.",
        unsupported=True,
    ),
    op="get_connections",
    uses=("get_connection",),
    classic="classic_connections:show_connections",
    examples=(
        "airflowctl connections list --pattern db",
        "airflowctl connections list --sort conn_type -o wide",
    ),
)
def list_connections(
    session: Session,
    pattern: str | None,
    conn_id: str | None,
    limit: int | None,
    show_values: bool,
    hide_sensitive: bool,
) -> Rows:
    columns = (*COLUMNS, "password", "extra") if show_values else COLUMNS
    if conn_id:
        record = session.api.record("get_connection", "connection_id", connection_id=conn_id)
        return Rows([record], columns, "connection_id")
    query = {"order_by": "connection_id", "connection_id_pattern": pattern}
    items = session.api.pages("get_connections", "connections", limit=limit, query=query)
    return Rows(items, columns, "connection_id")


@command(
    "connections get",
    "Show one connection; the server masks its password and secret extras.",
    CONN_ID,
    flag("--uri", help="Also its URI, masked as its fields are."),
    op="get_connection",
    classic="classic_connections:show_connection",
    examples=("airflowctl connections get db",),
)
def get(session: Session, conn_id: str, uri: bool) -> Record:
    from airflowctl.core.connection import to_uri

    record = session.api.record("get_connection", "connection_id", connection_id=conn_id)
    return Record({**record, "get_uri": to_uri(record)} if uri else record, "connection_id")


@command(
    "connections test",
    "Test whether a connection works; exit 1 if not.",
    CONN_ID,
    opt("--conn-type", help="The type, if there is no connection of this id yet.",
        complete="connection type", convert=some_text, metavar="TYPE"),
    flag("--on-worker", help="Test it on a worker, and wait for the result (from Airflow 3.3 on)."),
    opt("--executor", help="With --on-worker: the executor to use.",
        complete="executor", convert=some_text, metavar="NAME"),
    opt("--queue", help="With --on-worker: the queue of the worker.",
        complete="queue", convert=some_text, metavar="NAME"),
    flag("--password-stdin", help="With --on-worker: read its password from standard input."),
    opt(
        "--timeout", help="With --on-worker: give up after this long; exit 3. 120 if not given.",
        convert=seconds, metavar="SECONDS", default=120.0,
    ),
    effect=READS,
    op="test_connection",
    uses=("get_connection", "enqueue_connection_test", "get_connection_test"),
    about="The API server tests the connection with the stored password and the providers that are"
    " installed there. A worker does not read the stored connection: the fields are sent to it,"
    " and the password, which the server does not return, by --password-stdin. The server must allow"
    " tests: [core] test_connection = Enabled.",
    classic="classic_connections:test_connection",
    examples=("airflowctl connections test db",),
)  # fmt: skip
def test(
    session: Session,
    conn_id: str,
    conn_type: str | None,
    on_worker: bool,
    executor: str | None,
    queue: str | None,
    password_stdin: bool,
    timeout: float,
) -> Text:
    from airflowctl.domain.connections.worker_test import test_on_worker, worker_fields

    if (executor or queue or password_stdin) and not on_worker:
        raise UsageError("--executor, --queue and --password-stdin go with --on-worker")
    known: dict[str, Any] = {}
    if conn_type is None:
        # The server would test an unknown id as an empty connection.
        known = session.api.record("get_connection", "connection_id", connection_id=conn_id)
        conn_type = str(known.get("conn_type") or "")
    body: dict[str, Any] = {"connection_id": conn_id, "conn_type": conn_type}
    if on_worker:
        body |= worker_fields(session, known, password_stdin)
        body |= {name: text for name, text in (("executor", executor), ("queue", queue)) if text}
        answer = test_on_worker(session, body, timeout)
        works, message = answer.get("state") == "success", str(answer.get("result_message") or "")
    else:
        answer = session.api.record("test_connection", "status", body=body)
        works, message = answer["status"] is True, str(answer.get("message") or "")
    text = f"{conn_id} works" if works else f"{conn_id} does not work"
    return Text(f"{text}: {message}" if message else text, answer, code=0 if works else REFUSED)
