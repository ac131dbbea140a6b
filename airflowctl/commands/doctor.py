"""What is wrong with this installation, its settings, or the way to the server."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Report
    from airflowctl.session.session import Session


@command(
    "doctor",
    "Check the installation, the settings, the connection to the server, the login and the terminal.",
    uses=(
        "get_version", "get_dags", "get_connections", "get_variables", "get_pools", "get_import_errors",
        "get_event_logs", "get_config",
    ),
    about="Changes nothing and shows no secret, so the output can go into a bug report. Each finding has"
    " a stable name, and the line that fixes it. Exits 1 when something is wrong, also when no"
    " server is known.",
    examples=("airflowctl doctor", "airflowctl doctor -e staging -o json --query 'findings[?fix]'"),
)  # fmt: skip
def doctor(session: Session) -> Report:
    from airflowctl.domain.doctor.finding import make_report
    from airflowctl.domain.doctor.machine import check_machine
    from airflowctl.domain.doctor.server import check_server

    return make_report((*check_machine(session), *check_server(session)))
