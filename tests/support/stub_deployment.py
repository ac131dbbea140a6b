"""A small deployment as a stub: one Dag with params, its runs and tasks; what it is asked is counted."""

from __future__ import annotations

from typing import Any

from tests.support.stub import Reply, Request, reply

PARAMS: dict[str, Any] = {
    "table": {"value": "orders", "description": "Which table to load.", "schema": {"type": "string"}},
    "rows": {"value": 100, "description": None, "schema": {"type": "integer", "minimum": 1}},
    "mode": {"value": "append", "schema": {"type": "string", "enum": ["append", "replace"]}},
    "dry": {"value": False, "schema": {"type": "boolean"}},
    "options": {"value": {"a": 1}, "schema": {"type": ["object", "null"]}},
}
HEALTHY = {name: {"status": "healthy"} for name in ("metadatabase", "scheduler", "triggerer")}


class Toy:
    """The answers of the stub. `health` is what it says of itself."""

    def __init__(self) -> None:
        self.health: dict[str, Any] = HEALTHY
        self.state = "running"
        self.params = PARAMS

    def __call__(self, request: Request) -> Reply:
        path = request.path.removeprefix("/api/v2")
        if path == "/version":
            return reply({"version": "3.3.2"})
        if path == "/monitor/health":
            return reply(self.health)
        parts = path.strip("/").split("/")
        if parts[0] != "dags":
            return reply({"detail": "Not Found"}, 404)
        return self._of_a_dag(request, parts[1:])

    def _of_a_dag(self, request: Request, parts: list[str]) -> Reply:
        dag = {"dag_id": "etl", "is_paused": False, "params": self.params}
        if not parts:
            return reply({"dags": [dag], "total_entries": 1})
        if parts[0] not in ("etl", "~"):
            return reply({"detail": f"Dag {parts[0]} not found"}, 404)
        rest = parts[1:]
        if request.method == "POST" and rest == ["dagRuns"]:
            return reply({"dag_id": "etl", "dag_run_id": "r3", "state": "queued", **request.json})
        if request.method == "DELETE":
            return reply("", 204)
        if rest == ["dagRuns"]:
            runs = [{"dag_id": "etl", "dag_run_id": it, "state": self.state} for it in ("r2", "r1")]
            return reply({"dag_runs": runs, "total_entries": 2})
        if rest[:1] == ["dagRuns"] and rest[2:3] == ["taskInstances"]:
            return reply({"dag_id": "etl", "dag_run_id": rest[1], "task_id": rest[3], "state": self.state})
        if rest[:1] == ["dagRuns"]:
            return reply({"dag_id": "etl", "dag_run_id": rest[1], "state": self.state})
        if rest == ["tasks"]:
            return reply({"tasks": [{"task_id": "extract"}, {"task_id": "load"}], "total_entries": 2})
        if rest[:1] == ["tasks"]:
            return reply({"task_id": rest[1]})
        return reply(dag)
