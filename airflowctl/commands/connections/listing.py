"""What connections there are, and whether one works."""

from __future__ import annotations

from airflowctl.core.command import LIMIT, arg, command, flag, opt, pattern
from airflowctl.core.converters import identifier, seconds, some_text
from airflowctl.core.effect import READS
from airflowctl.core.errors import REFUSED, TimedOut, UsageError
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.import_files import is_masked
from airflowctl.domain.polling import in_state

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

CONNECTION = names(
    "connection",
    op="get_connections",
    items="connections",
    key="connection_id",
    search="connection_id_pattern",
    note=("conn_type", "host"),
)
CONN_ID = arg(
    "conn_id", "Its id.", complete="connection", convert=identifier, also=("--connection-id", "--conn-id")
)
COLUMNS = ("connection_id", "conn_type", "host", "port", "login", "schema", "description")
GIVEN = ("host", "login", "password", "schema", "port", "extra")
ENDED = ("success", "failed")


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


@command(
    "connections list",
    "List the connections.",
    pattern("ids"),
    opt("--conn-id", help="Only the one of this id.", convert=identifier, complete="connection"),
    LIMIT,
    flag("--show-values", help="Also the password and the extra, as far as the server shows them."),
    flag("--hide-sensitive", help="The server always masks: this is for lines of the classic program."),
    op="get_connections",
    uses=("get_connection",),
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
        one = session.api.record("get_connection", "connection_id", connection_id=conn_id)
        return Rows([one], columns, "connection_id")
    query = {"order_by": "connection_id", "connection_id_pattern": pattern}
    items = session.api.pages("get_connections", "connections", limit=limit, query=query)
    return Rows(items, columns, "connection_id")


@command(
    "connections get",
    "Show one connection; its password and secret extras come masked from the server.",
    CONN_ID,
    flag("--uri", help="Also its URI, masked as its fields are."),
    op="get_connection",
    examples=("airflowctl connections get db",),
)
def get(session: Session, conn_id: str, uri: bool) -> Record:
    from airflowctl.core.connection import to_uri

    found = session.api.record("get_connection", "connection_id", connection_id=conn_id)
    return Record({**found, "get_uri": to_uri(found)} if uri else found, "connection_id")


@command(
    "connections test",
    "Test whether a connection works; exit 1 if not.",
    CONN_ID,
    opt("--conn-type", help="Its type, if there is no connection of this id yet.",
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
    about="The API server tests it, with its stored password and the providers that are installed there. A"
    " worker is given its fields, for it does not look at what is stored: the password too, which the server"
    " does not tell. The server must allow it: [core] test_connection = Enabled.",
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
    if (executor or queue or password_stdin) and not on_worker:
        raise UsageError("--executor, --queue and --password-stdin go with --on-worker")
    known: dict[str, Any] = {}
    if conn_type is None:
        # The server would test an unknown id as an empty connection.
        known = session.api.record("get_connection", "connection_id", connection_id=conn_id)
        conn_type = str(known.get("conn_type") or "")
    body: dict[str, Any] = {"connection_id": conn_id, "conn_type": conn_type}
    if on_worker:
        body |= _fields(session, known, password_stdin)
        body |= {name: text for name, text in (("executor", executor), ("queue", queue)) if text}
        answer = _tested_on_worker(session, body, timeout)
        works, message = answer.get("state") == "success", str(answer.get("result_message") or "")
    else:
        answer = session.api.record("test_connection", "status", body=body)
        works, message = answer["status"] is True, str(answer.get("message") or "")
    text = f"{conn_id} works" if works else f"{conn_id} does not work"
    return Text(f"{text}: {message}" if message else text, answer, code=0 if works else REFUSED)


def _fields(session: Session, known: dict[str, Any], password_stdin: bool) -> dict[str, Any]:
    """What a worker is to be given of a connection, with a password that the server does not tell."""
    found = {name: known[name] for name in GIVEN if known.get(name) is not None}
    if password_stdin:
        found["password"] = session.streams.read_line()
        session.shared.redact.learn(found["password"])
    masked = [name for name in ("password", "extra") if is_masked(found.get(name))]
    if "extra" in masked:
        raise UsageError("its extra holds secrets, which the server does not tell", "leave out --on-worker")
    if masked:
        way = "give it with --password-stdin, or leave out --on-worker"
        raise UsageError("it has a password, which the server does not tell", way)
    return found


def _tested_on_worker(session: Session, body: dict[str, Any], timeout: float) -> dict[str, Any]:
    queued = session.api.record("enqueue_connection_test", "token", body=body)
    session.shared.redact.learn(str(queued["token"]))
    headers = {"Airflow-Connection-Test-Token": str(queued["token"])}
    answer = in_state(
        session, lambda: session.api.call("get_connection_test", headers=headers) or {}, ENDED, timeout
    )
    answer.pop("token", None)
    if answer.get("state") not in ENDED:
        raise TimedOut(f"no worker has tested it after {timeout:g} s: it is {answer.get('state')}")
    return answer
