"""The health of the server's components."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.errors import REFUSED
from airflowctl.core.result import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session import Session


@command(
    "health",
    "Show whether each component is alive, with its last heartbeat.",
    op="get_health",
    about="Needs no login. Exits 1 when a component is unhealthy; one that was never started has no status.",
    examples=(
        "airflowctl health",
        "airflowctl health -o json",
    ),
)
def health(session: Session) -> Rows:
    rows = []
    for component, facts in session.api.record("get_health", "metadatabase").items():
        facts = {} if facts is None else facts
        if not isinstance(facts, dict):
            raise session.api.odd("get_health", f"with something odd for {component}")
        beat = next((value for name, value in facts.items() if name.startswith("latest_")), None)
        rows.append({"component": component, "status": facts.get("status"), "latest_heartbeat": beat})
    sick = any(row["status"] == "unhealthy" for row in rows)
    return Rows(rows, ("component", "status", "latest_heartbeat"), "component", code=REFUSED if sick else 0)
