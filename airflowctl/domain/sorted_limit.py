"""A list that is sorted and limited: sorted by the server, for the newest N are not the first N of all."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Any

    from airflowctl.session.session import Session

# What every Airflow since 3.1 can sort by.
OF_INSTANCES = (
    "id", "state", "duration", "start_date", "end_date", "map_index", "try_number", "logical_date",
    "run_after", "rendered_map_index", "operator",
)  # fmt: skip
OF_RUNS = ("state", "dag_id", "logical_date", "run_after", "start_date", "end_date", "duration")
_SINCE = (3, 1)  # older servers sort by one field only, and by fewer of them


def take_top(session: Session, limit: int | None, top: int | None) -> tuple[Session, int | None]:
    """Return the session and the limit of a line with `--top`: sorted by what took longest, unless it says by
    what. Raises UsageError."""
    if top is None:
        return session, limit
    if limit is not None:
        raise UsageError("--top and --limit both say how many", "give one of them")
    options = session.options
    return session.with_options(options._replace(sort=options.sort or ("-duration",))), top


def fetch_sorted(
    session: Session, order: str, fields: Collection[str], limit: int | None,
    fetch: Callable[[Any, int | None], Iterator[dict[str, Any]]],
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Return the first `limit` rows as `--sort` wants them; `fetch` gets what to order by and how many. A
    sort that the server cannot do costs all rows, which is said."""
    sort = session.options.sort
    if limit is None or not sort:
        return fetch(order, limit)
    from airflowctl.api.operations import version_key

    strange = [name for name in sort if name.lstrip("-") not in fields]
    if not strange and version_key(session.api.version()) >= _SINCE:
        return fetch(tuple(sort), limit)
    from itertools import islice

    from airflowctl.output.sorting import sort_items

    sort_names = ", ".join(strange or sort)
    session.output.note(f"the server cannot sort by {sort_names}: all rows are fetched for the first {limit}")
    return iter(list(map(dict, islice(sort_items(fetch(order, None), sort), limit))))
