"""Any operation of the API, by its id or its path. For what no other command does."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import json_value, some_text
from airflowctl.core.effect import OVERWRITE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.raw_requests.request_effect import METHODS, kind_of, kind_of_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


def _check_body(session: Session, values: Mapping[str, Any]) -> None:
    from airflowctl.domain.raw_requests.body import read_body

    read_body(session, values["body"])


def _path_of_body(text: str) -> str:
    return text if text == "-" else text[1:] if text.startswith("@") else ""


@command(
    "api",
    "Call any operation of the API, by its id or by METHOD and /path, and print the server's answer"
    " unchanged.",
    arg("operation", "The operation's id, or an HTTP method.", complete="operation", convert=some_text),
    arg(
        "fields",
        "After a method, the path; then key=text or key:=json, each put into the path, query or body"
        " that it belongs to.",
        repeatable=True,
        complete="field",
        secret="fields",
        metavar="FIELD",
    ),
    opt(
        "--body", help="The request body: JSON, @FILE or - (standard input).", secret="fields", metavar="JSON"
    )._replace(reads=_check_body, path_of=_path_of_body),
    flag("--paginate", help="Fetch all pages of a list."),
    flag("-i", "--include", help="Show the status and the headers on stderr."),
    effect=effect(OVERWRITE, judge=kind_of_line, in_handler=True),
    undo=undo.RAW,
    about="It asks before a change in the shell and in production; a change is never sent twice. Ids of"
    " other versions and of plug-ins are looked up on the server. `airflowctl api list` lists the"
    " operations.",
    examples=(
        "airflowctl api get_pool pool_name=default_pool",
        "airflowctl api GET /api/v2/pools limit=3",
        "airflowctl api patch_dag dag_id=etl is_paused:=true",
        "airflowctl api get_dag_runs dag_id=~ state=failed --paginate -o jsonl",
    ),
)
def call(
    session: Session,
    operation: str,
    fields: tuple[str, ...],
    body: str | None,
    paginate: bool,
    include: bool,
) -> Result:
    from airflowctl.api import raw
    from airflowctl.domain.raw_requests.body import read_body
    from airflowctl.domain.raw_requests.response import show_all_pages, show_answer, show_headers

    values = list(fields)
    method = operation.upper()
    # No operation has the id of a method, so the first word alone tells which of the two forms this is.
    if method in METHODS:
        if not values:
            raise UsageError(f"{method} needs a path", f"write: {suggest('api', method, '/api/v2/pools')}")
        path = values.pop(0)
        # A token must not go to an address that a copied line holds (decision 0013).
        if "://" in path:
            raise UsageError("give the path alone", "the server is that of -e or --url")
        target = raw.find_by_route(method, path)
    else:
        target = raw.find_by_id(session.api, operation)
    sent = raw.build_request(
        target, raw.parse_fields(values, json_value), read_body(session, body), body is not None
    )
    method = target.operation.method
    # What the operation does is known only now, so dispatch cannot have asked.
    session.console.confirm_change(
        kind_of(target.name, method, sent.body), f"{method} {sent.path} would be sent.", "api"
    )
    seen = show_headers(session) if include else None
    if paginate:
        return show_all_pages(session, sent, seen)
    reply = raw.send(session.api, sent, seen)
    return show_answer(session, reply.body, reply.is_json)


@command(
    "api list",
    "List the operations of the API.",
    opt("--search", help="Only operations with all of these words.", convert=some_text, metavar="WORDS"),
    flag(
        "--remote",
        help="List the server's own operations, its plug-ins' included, instead of those"
        " that airflowctl knows.",
    ),
    about="`since` is the oldest Airflow that has the operation, `until` the newest, `plugin` the"
    " plug-in that adds it.",
    examples=("airflowctl api list --search pool",),
)
def list_operations(session: Session, search: str | None, remote: bool) -> Rows:
    from airflowctl.api import raw
    from airflowctl.api.operations import table

    known = table()
    words = (search or "").casefold().split()
    shown = raw.fetch_operations(session.api) if remote else known
    stray = [name for name, operation in shown.items() if remote and raw.find_stray(operation.path)]
    # A document that leads elsewhere is damaged or forged: the rest of its list is of use to find out which.
    if stray:
        text = f"warning: a document of this server has paths that lead elsewhere: {', '.join(sorted(stray))}"
        session.output.note(text)
    rows: list[dict[str, Any]] = [
        {
            "operation": name,
            "method": operation.method,
            "path": operation.path,
            "since": known[name].since if name in known else None,
            "until": (known[name].until if name in known else None) or None,
            "plugin": (known[name].plugin if name in known else None) or None,
            "fields": [field for field, _ in raw.list_fields(operation)],
        }
        for name, operation in sorted(shown.items())
    ]
    records = [row for row in rows if all(word in _words(row) for word in words)]
    columns = ("operation", "method", "path", "since", "until", "plugin")
    blank = {"until": None, "plugin": None}
    return Rows(records, columns, "operation", optional=blank, empty="no operation has these words")


def _words(row: dict[str, Any]) -> str:
    return f"{row['operation']} {row['method']} {row['path']}".casefold()
