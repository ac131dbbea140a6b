"""`dags stats`: how many runs of each Dag are in which state."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import RUN_STATES

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "dags stats",
    "Count the runs of Dags by state.",
    arg(
        "dag_id",
        "The Dags; all that have a run if none is given.",
        repeatable=True,
        complete="dag",
        convert=identifier,
        aliases=("--dag-id", "--dag-ids"),
    ),
    op="get_dag_stats",
    uses=("get_dag",),
    aliases=("dags get-stats",),
    examples=("airflowctl dags stats etl reports",),
)
def stats(session: Session, dag_id: tuple[str, ...]) -> Rows:
    answer = session.api.record("get_dag_stats", "dags", query={"dag_ids": dag_id})
    rows = [{"dag_id": dag["dag_id"], **_counts(dag["stats"])} for dag in answer["dags"]]
    known = {row["dag_id"] for row in rows}
    for missing in (name for name in dag_id if name not in known):
        session.api.record("get_dag", "dag_id", dag_id=missing)  # there is one, or this says so
        rows.append({"dag_id": missing, **_counts([])})
    return Rows(sorted(rows, key=lambda row: str(row["dag_id"])), ("dag_id", *RUN_STATES), "dag_id")


def _counts(stats: list[dict[str, Any]]) -> dict[str, Any]:
    return {**dict.fromkeys(RUN_STATES, 0), **{str(entry["state"]): entry["count"] for entry in stats}}
