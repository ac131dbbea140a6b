"""A server whose runs are drawn: a grid, bars over time."""

from __future__ import annotations

from typing import Any

from tests.support.stub import Reply, Request, reply


class Server:
    """A Dag of three tasks with two runs, the last of which is at its second try."""

    def __init__(self) -> None:
        self.tasks = [
            {"task_id": name, "downstream_task_ids": later, "operator_name": "Op", "is_mapped": name == "b"}
            for name, later in (("a", ["b"]), ("b", ["c"]), ("c", []))
        ]
        self.runs = [run("second", "running", 8), run("first", "success", 7)]
        self.instances = [
            *(one("first", name, "success", 7) for name in "abc"),
            one("second", "a", "success", 8, try_number=2),
            *(one("second", "b", "success", 8, map_index=index) for index in range(10)),
            one("second", "c", None, 8) | {"start_date": None, "end_date": None, "queued_when": None},
        ]
        self.backfills: list[dict[str, Any]] = []
        self.tries = [
            one("second", "a", "failed", 8),
            one("second", "a", "success", 8, try_number=2) | {"start_date": "2026-11-01T08:00:20Z"},
        ]

    def __call__(self, request: Request) -> Reply:
        path = request.path.removeprefix("/api/v2/dags/etl/").removeprefix("/api/v2/dags/~/")
        if request.path == "/api/v2/backfills":
            return reply({"backfills": self.backfills, "total_entries": len(self.backfills)})
        if path == "dagRuns/second":
            return reply(self.runs[0])
        found: dict[str, list[Any]] = {
            "tasks": {"tasks": self.tasks},
            "dagRuns": {"dag_runs": self.runs},
            "dagRuns/~/taskInstances/list": {"task_instances": self.instances},
            "dagRuns/second/taskInstances/a/tries": {"task_instances": self.tries},
            "dagRuns/second/taskInstances": {
                "task_instances": [it for it in self.instances if it["dag_run_id"] == "second"]
            },
        }[path]
        return reply({**found, "total_entries": sum(map(len, found.values()))})


def run(name: str, state: str, hour: int) -> dict[str, Any]:
    return {
        "dag_run_id": name, "state": state, "run_after": f"2026-11-01T0{hour}:00:00Z",
        "start_date": f"2026-11-01T0{hour}:00:00Z",
        "end_date": None if state == "running" else f"2026-11-01T0{hour}:01:00Z",
    }  # fmt: skip


def one(
    run_id: str, task: str, state: str | None, hour: int, try_number: int = 1, map_index: int = -1
) -> dict[str, Any]:
    return {
        "dag_run_id": run_id, "task_id": task, "map_index": map_index, "state": state,
        "try_number": try_number, "queued_when": f"2026-11-01T0{hour}:00:00Z",
        "start_date": f"2026-11-01T0{hour}:00:10Z", "end_date": f"2026-11-01T0{hour}:00:30Z", "duration": 20,
    }  # fmt: skip
