"""What there is on a server, in one sentence for a user who has just logged in, and the line worth typing."""

from __future__ import annotations

from airflowctl.core.errors import CliError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count

if TYPE_CHECKING:
    from airflowctl.api.client import Client


def describe_deployment(client: Client) -> str:
    """Return `5 Dags, 1 failed: why quokka_fails`; empty where the server does not say."""
    try:
        total, dag_id = _count(client)
        if not total:
            return f"no Dags yet: {suggest('dags', 'list-import-errors')}"
        return f"{format_count(total, 'Dag')}{_describe_trouble(client, total, dag_id)}"
    except CliError:  # not everyone may see the Dags
        return ""


def _describe_trouble(client: Client, total: int, dag_id: str) -> str:
    failed, name = _count(client, last_dag_run_state="failed")
    if failed:
        return f", {failed} failed: {suggest('why', name)}"
    running, name = _count(client, last_dag_run_state="running")
    if running:
        return f", {running} running: {suggest('dagrun', 'watch', name)}"
    paused, _ = _count(client, paused=True)
    if paused == total:
        return f", all paused: {suggest('dags', 'unpause', dag_id)}"
    done, name = _count(client, last_dag_run_state="success")
    line = suggest("dagrun", "list", name) if done else suggest("dags", "list")
    return f", none failed: {line}"


def _count(client: Client, **query: object) -> tuple[int, str]:
    """Return how many Dags there are, and the id of the first."""
    rows, total = client.page("get_dags", "dags", {}, limit=1, query={"order_by": "dag_id", **query})
    return (len(rows) if total is None else total), str(rows[0].get("dag_id", "")) if rows else ""
