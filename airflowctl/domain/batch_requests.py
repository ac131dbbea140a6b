"""Lists that the API gives for a body: of several Dags, runs or tasks at once."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session.session import Session


def batch_pages(
    session: Session, op: str, items: str, body: dict[str, Any], limit: int | None = None, **path: Any
) -> Iterator[dict[str, Any]]:
    """Yield all items of a list that is asked for by a body, or exactly `limit`."""
    from airflowctl.api.answer_reader import read_rows
    from airflowctl.api.list_pager import Page, Position, Source, read_chunks, read_count

    api = session.api

    def fetch(position: Position) -> Page:
        sent = {**body, "page_offset": position.offset, "page_limit": position.limit}
        answer = api.record(op, items, body=sent, **path)
        rows = read_rows(answer, items, position.offset)
        if rows is None:
            raise api.unexpected_response(op, f"without {items}")
        return Page(rows, read_count(dict.get(answer, "total_entries")))

    for chunk in read_chunks(
        Source(fetch, lambda problem: api.unexpected_response(op, problem), api.note), items, limit
    ):
        yield from chunk.rows
