"""The deployment at a glance."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import hours
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "status",
    "Show the deployment at a glance: health, pools, failed runs, import errors of Dag files.",
    opt(
        "--hours",
        help="How many hours to look back for failed runs.",
        convert=hours,
        default=24.0,
        metavar="N",
    ),
    flag("--strict", help="Exit with 1 also for failed runs and for import errors of Dag files."),
    op="get_pools",
    uses=("get_health", "get_version", "get_dag_runs", "get_import_errors"),
    about="For cron and CI: exits 1 when a component is unhealthy or could not be checked; one that was"
    " never started is not unhealthy. Parts that you are not allowed to see are left out, with a"
    " note.",
    examples=(
        "airflowctl status --strict",
        "airflowctl status --each 'prod-*,staging'",
        "airflowctl status -o json --query failed.dags",
    ),
)
def status(session: Session, hours: float, strict: bool) -> Report:
    from airflowctl.core.next_line import suggest
    from airflowctl.core.rich_results import Report
    from airflowctl.domain.diagnosis import deployment

    result = deployment.look(session, hours)
    failed = deployment.failed_dags(result)
    lines = [suggest("diagnose", run.get("dag_id"), run.get("dag_run_id")) for run in failed[:1]]
    if len(failed) > 1:
        lines.append(suggest("triage"))
    if deployment.waiting(result):
        lines.append(suggest("stuck"))
    if result.broken.value and result.broken.value[0]:
        number = result.broken.value[0][0].get("import_error_id")
        lines.append(suggest("dags", "get-import-error", number))
    return Report(
        deployment.sections(result),
        deployment.data(result),
        result.code(strict),
        tuple(lines),
        summary=deployment.summary(result),
    )
