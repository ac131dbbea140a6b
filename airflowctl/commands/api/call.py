"""One operation called as it is: what the server answers is shown as it came."""

from __future__ import annotations

from airflowctl.commands.api._change import METHODS, kind_of, kind_of_line
from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import json_value, some_text
from airflowctl.core.effect import OVERWRITE, effect
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import httpx

    from airflowctl.api.raw import Request
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


@command(
    "api",
    "Call any operation of the API, by its id or by METHOD and /path; the answer is shown as it came.",
    arg("operation", "Its id, or a method.", complete="operation", convert=some_text),
    arg(
        "fields",
        "After a method the path; then key=text or key:=json, each put where the operation has it.",
        many=True,
        complete="field",
        secret="fields",
        metavar="FIELD",
    ),
    opt("--body", help="The body: JSON, @FILE or - (standard input).", secret="fields", metavar="JSON"),
    flag("--paginate", help="Fetch all pages of a list."),
    flag("-i", "--include", help="Show the status and the headers on stderr."),
    effect=effect(OVERWRITE, judge=kind_of_line, in_handler=True),
    undo=undo.RAW,
    about="Asks before a change, in the shell and in production; each is sent once. Ids of other versions"
    " and of plug-ins are looked up at the server. airflowctl api list shows what there is.",
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

    given = list(fields)
    method = operation.upper()
    if method in METHODS:
        if not given:
            raise UsageError(f"{method} needs a path", f"write: {suggest('api', method, '/api/v2/pools')}")
        path = given.pop(0)
        if "://" in path:
            raise UsageError("give the path alone", "the server is that of -e or --url")
        target = raw.by_route(method, path)
    else:
        target = raw.by_id(session.api, operation)
    sent = raw.request(target, raw.fields(given, json_value), _body(session, body), body is not None)
    method = target.operation.method
    session.console.confirm_change(
        kind_of(target.name, method, sent.body), f"{method} {sent.path} would be sent.", "api"
    )
    seen = _header(session) if include else None
    if paginate:
        return _paged(session, sent, seen)
    reply = raw.send(session.api, sent, seen)
    return _shown(session, reply.body, reply.is_json)


def _header(session: Session) -> Any:
    """Shows the status and the headers of each answer."""

    def show(response: httpx.Response) -> None:
        session.output.note(f"{response.http_version} {response.status_code} {response.reason_phrase}")
        for name, value in response.headers.multi_items():
            session.output.note(f"{name}: {value}")

    return show


def _body(session: Session, text: str | None) -> Any:
    if text is None:
        return None
    if text == "-":
        text, place = session.streams.stdin.read(), "standard input"
    elif text.startswith("@"):
        text, place = _file(text[1:]), text[1:]
    else:
        place = "--body"
    try:
        return json_value(text)
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from None


def _file(name: str) -> str:
    from airflowctl.core.converters import path

    try:
        with open(path(name), encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{name} cannot be read: {reason}") from None


def _shown(session: Session, body: Any, is_json: bool) -> Result:
    """The JSON as it came, unless another format or columns are asked for."""
    from airflowctl.api.raw import list_key

    if not is_json:
        return Text(str(body)) if body else None
    options, whole = session.options, _is_whole(session)
    if whole and (options.output is None or not isinstance(body, dict)):
        return _document(body)
    if not whole and (key := list_key(body)):
        return _rows(session, iter(body[key]))
    if not whole and isinstance(body, list) and all(isinstance(one, dict) for one in body):
        return _rows(session, iter(body))
    return Record(body, next(iter(body), "")) if isinstance(body, dict) else _document(body)


def _is_whole(session: Session) -> bool:
    """Whether the answer is printed as one document; else the list in it, in the format of the line."""
    options = session.options
    return (options.output is None or session.output.format.is_document) and not options.columns


def _document(body: Any) -> Text:
    from json import dumps

    text = dumps(body, ensure_ascii=False, indent=2)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # half a character: as JSON writes it
        text = dumps(body, indent=2)
    return Text(text, body)


def _rows(session: Session, items: Iterator[Any]) -> Result:
    """The columns are the fields of the first; the first of them names it. None: no header either."""
    from itertools import chain

    first = next(items, None)
    if first is None:
        wanted = session.options.columns or ()
        return Rows((), wanted, "") if wanted or session.streams.stdout_is_terminal else None
    columns = tuple(first)
    return Rows(chain((first,), items), columns, next(iter(columns), ""))


def _paged(session: Session, sent: Request, seen: Any) -> Result:
    from airflowctl.api import raw

    pages = raw.all_pages(session.api, sent, seen)
    if not _is_whole(session):
        return _rows(session, (row for _, _, rows in pages for row in rows))
    key, whole, found = next(pages)
    whole = {**whole, key: [*found, *(row for _, _, rows in pages for row in rows)]}
    return _shown(session, whole, is_json=True)
