"""`airflow pools ...`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_rows import read_items, rename

if TYPE_CHECKING:
    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

COLUMNS = ("pool=name", "slots", "description", "include_deferred", "team_name")


def show_pools(session: Session, values: Values, run: Run) -> Rows:
    """Return the pools in the order in which they were made: no field says which that is."""
    query = {"order_by": "id", "pool_name_pattern": values["pattern"]}
    return rename(session.api.pages("get_pools", "pools", limit=values["limit"], query=query), COLUMNS)


def show_pool(session: Session, values: Values, run: Run) -> Rows:
    """Return a list of the one pool."""
    return rename(read_items(run()), COLUMNS)


def set_pool(session: Session, values: Values, run: Run) -> Text:
    """Create a pool, or change it."""
    run()
    return Text(f"Pool {values['name']} created")


def delete_pool(session: Session, values: Values, run: Run) -> Text:
    """Delete a pool."""
    run()
    return Text(f"Pool {values['name']} deleted")
