"""Runs and tasks of all Dags that make no progress."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "stuck",
    "Show runs and tasks of all Dags that make no progress: queued, waiting, held, starved, late.",
    op="get_task_instances",
    uses=(
        "get_dag_runs", "get_pools", "get_dags", "get_hitl_details", "get_version", "get_dag_details",
        "get_dag_asset_queued_events", "get_assets",
    ),
    about="Looks at tasks and runs that are queued for over a minute, queued runs of paused Dags and of"
    " backfills, full pools, questions to people, tasks deferred for a day, tasks that run for"
    " over three times their median, runs without a decision of the scheduler, runs that are due,"
    " and Dags that wait for one of several assets. It checks the first hundred of each. Exits 1"
    " when something is stuck.",
    examples=("airflowctl stuck", "airflowctl stuck -o json --query stuck[].kind"),
)  # fmt: skip
def stuck(session: Session) -> Report:
    from airflowctl.domain.diagnosis.stuck import stuck as find_what_is_stuck

    return find_what_is_stuck(session)
