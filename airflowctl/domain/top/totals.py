"""The totals over all Dags that `top` shows."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.parallel import alone
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.api.client import Client
    from airflowctl.core.results import Item


class Totals(NamedTuple):
    """Numbers of runs, import errors and pools; None where the server does not say, or the user may not see
    them. `pools` are as the server has them."""

    running: int | None = None
    queued: int | None = None
    failed: int | None = None
    import_errors: int | None = None
    pools: tuple[Item, ...] | None = None


def fetch_totals(client: Client, since: str) -> Totals:
    """Return the totals; the failed runs are those that have ended since then. Raises CliError where the
    server does not answer."""

    def count_runs(**query: Any) -> int | None:
        return client.page("get_dag_runs", "dag_runs", {"dag_id": ALL_DAGS}, limit=1, query=query)[1]

    calls = (
        lambda: count_runs(state=("running",)),
        lambda: count_runs(state=("queued",)),
        lambda: count_runs(state=("failed",), end_date_gte=since),
        lambda: client.page("get_import_errors", "import_errors", {}, limit=1)[1],
        lambda: tuple(client.page("get_pools", "pools", {})[0]),
    )
    return Totals(*(alone(call).value for call in calls))
