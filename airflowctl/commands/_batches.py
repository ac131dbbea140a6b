"""Lists that the API gives for a body: of several Dags, runs or tasks at once."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.session import Session

_PAGE = 100  # the longest that the server gives


def batch_pages(
    session: Session, op: str, items: str, body: dict[str, Any], limit: int | None = None, **path: Any
) -> Iterator[dict[str, Any]]:
    """All items of a list that is asked for by a body, or exactly `limit`."""
    received = 0
    while limit is None or received < limit:
        size = _PAGE if limit is None else min(_PAGE, limit - received)
        answer = session.api.record(
            op, items, body={**body, "page_offset": received, "page_limit": size}, **path
        )
        rows = answer[items][:size]
        yield from rows
        received += len(rows)
        if not rows or received >= answer.get("total_entries", received):
            return
