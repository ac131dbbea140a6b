"""For how long a task usually runs: the median of its last runs, and what runs for longer than that."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

LAST = 10  # successes of which the median is taken
_LEAST = 3  # of fewer it says nothing
_SPARE = 10.0  # seconds: a task of a second may take three now and then


def usual_seconds(session: Session, instance: dict[str, Any]) -> float | None:
    """Return the median duration of the last successes of an instance's task; None where there are too few.
    Raises CliError."""
    from statistics import median

    query = {"state": ("success",), "task_id": instance.get("task_id"), "order_by": "-start_date"}
    path = {"dag_id": str(instance["dag_id"]), "dag_run_id": ALL_DAGS}
    rows, _ = session.api.page("get_task_instances", "task_instances", path, limit=LAST, query=query)
    # Airflow 3.1 may say that a task took less than nothing.
    took = [
        row["duration"]
        for row in rows
        if isinstance(row.get("duration"), int | float) and row["duration"] >= 0
    ]
    return median(took) if len(took) >= _LEAST else None


def is_slow(passed: float, usual: float | None, times: float) -> bool:
    """Return whether it runs for so many times as long as usually, and for more than moments."""
    return usual is not None and passed > times * usual and passed > usual + _SPARE
