"""What is known of single Dags: schedule, last runs, params; asked for in the background."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from airflowctl.core.background import background
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.api.client import Client

FRESH = 30.0  # seconds
RETRY_AFTER = 5.0  # seconds to leave a server alone after it failed
MOST = 500  # Dags: more than are typed in a day
RUNS = 5


class DagFacts(NamedTuple):
    """One Dag as the server has it. `states` are those of its last runs, the oldest first; `next_run` is a
    time of the API, or None."""

    schedule: str
    states: tuple[str, ...]
    next_run: str | None
    is_paused: bool
    params: Mapping[str, Any]


class DagFactsCache:
    """The facts of one server's Dags. Every method returns at once."""

    def __init__(self, api: Callable[[], Client], changed: Callable[[], None]) -> None:
        self._api = api
        self._changed = changed
        self._facts: dict[str, DagFacts] = {}
        self._fetch_times: dict[str, float] = {}
        self._lock = threading.Lock()
        self.version = 0  # grows with each answer

    def look_up(self, dag_id: str) -> DagFacts | None:
        """Return what is known now, and ask the server where that is not fresh."""
        now, known = time.monotonic(), self._facts.get(dag_id)
        with self._lock:
            wait = FRESH if known is not None else RETRY_AFTER
            is_due = now - self._fetch_times.get(dag_id, -FRESH) >= wait
            if is_due:
                self._fetch_times[dag_id] = now
        if is_due:
            background(f"facts of {dag_id}", lambda: self._fetch(dag_id), self._changed)
        return known

    def _fetch(self, dag_id: str) -> None:
        client = self._api()
        dag = client.record("get_dag_details", "dag_id", dag_id=dag_id)
        query = {"order_by": "-run_after"}
        runs, _ = client.page("get_dag_runs", "dag_runs", {"dag_id": dag_id}, limit=RUNS, query=query)
        params = dag.get("params")
        facts = DagFacts(
            str(dag.get("timetable_summary") or ""),
            tuple(str(run.get("state")) for run in reversed(runs)),
            dag.get("next_dagrun_run_after"),
            bool(dag.get("is_paused")),
            params if isinstance(params, Mapping) else {},
        )
        with self._lock:
            if len(self._facts) >= MOST:
                self._facts.clear()
            self._facts[dag_id] = facts
            self.version += 1
