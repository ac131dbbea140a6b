"""What the server answers a raw request, shown as it came."""

from __future__ import annotations

from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    import httpx

    from airflowctl.api.raw import Request
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


def show_headers(session: Session) -> Any:
    """Shows the status and the headers of each answer."""

    def show(response: httpx.Response) -> None:
        session.output.note(f"{response.http_version} {response.status_code} {response.reason_phrase}")
        for name, value in response.headers.multi_items():
            session.output.note(f"{name}: {value}")

    return show


def show_answer(session: Session, body: Any, is_json: bool) -> Result:
    """Return the JSON as it came, unless another format or columns are asked for."""
    from airflowctl.api.raw import list_key

    if not is_json:
        return Text(str(body)) if body else None
    options, whole = session.options, _is_whole(session)
    if whole and (options.output is None or not isinstance(body, dict)):
        return _document(body)
    if not whole and (key := list_key(body)):
        return _rows(session, iter(body[key]))
    if not whole and isinstance(body, list) and all(isinstance(element, dict) for element in body):
        return _rows(session, iter(body))
    return Record(body, next(iter(body), "")) if isinstance(body, dict) else _document(body)


def _is_whole(session: Session) -> bool:
    """Return whether the answer is printed as one document; else the list in it, in the format of the
    line."""
    options = session.options
    return (options.output is None or session.output.format.is_document) and not options.columns


def _document(body: Any) -> Text:
    from json import dumps

    text = dumps(body, ensure_ascii=False, indent=2)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # half a character: as JSON writes it
        text = dumps(body, indent=2)
    return Text(text, body)


def _rows(session: Session, items: Iterator[Any]) -> Result:
    """Return the columns are the fields of the first; the first of them names it. None: no header either."""
    from itertools import chain

    first = next(items, None)
    if first is None:
        wanted = session.options.columns or ()
        return Rows((), wanted, "") if wanted or session.streams.stdout_is_terminal else None
    columns = tuple(first)
    return Rows(chain((first,), items), columns, next(iter(columns), ""))


def show_all_pages(session: Session, sent: Request, seen: Any) -> Result:
    from airflowctl.api import raw

    pages = raw.all_pages(session.api, sent, seen)
    if not _is_whole(session):
        return _rows(session, (row for _, _, rows in pages for row in rows))
    key, whole, result = next(pages)
    whole = {**whole, key: [*result, *(row for _, _, rows in pages for row in rows)]}
    return show_answer(session, whole, is_json=True)
