"""The health of the server's components."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import REFUSED
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "health",
    "Show whether each component is alive, with its last heartbeat.",
    op="get_health",
    about="Needs no login. Exits 1 when a component is not healthy. A component that was never started"
    " is shown as not running, and has no status in JSON; only for the scheduler does that count"
    " as unhealthy.",
    examples=(
        "airflowctl health",
        "airflowctl health -o json",
    ),
)
def health(session: Session) -> Rows:
    from airflowctl.core.component_status import NOT_RUNNING
    from airflowctl.domain.diagnosis.deployment import components

    result = components(session)
    rows = [
        {"component": component.name, "status": component.status, "latest_heartbeat": component.heartbeat}
        for component in result
    ]
    # A component that was never started is no fault: many deployments have no triggerer.
    sick = any(component.is_sick for component in result)
    columns, none = ("component", "status", "latest_heartbeat"), {"status": NOT_RUNNING}
    return Rows(rows, columns, "component", code=REFUSED if sick else 0, none=none)
