"""What is known of a Dag and a run, and what a finding is."""

from __future__ import annotations

from airflowctl.core.rich_results import Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.diagnosis.deployment import Component, components
from airflowctl.domain.parallel import Part, together
from airflowctl.domain.runs.lookup import ENDED

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

# Five pages: a mapped task can have ten thousand instances, and the reasons repeat.
MOST = 500  # instances of tasks that are looked at; of the others only those that failed


class Finding(NamedTuple):
    """One thing that is the matter. `kind` is a stable word for scripts, `facts` are what goes with it,
    `next` the lines to run now; `tone` and `body` are as in a Section."""

    kind: str
    title: str
    tone: str = ""
    body: tuple[Any, ...] = ()
    facts: dict[str, Any] = {}  # noqa: RUF012 - it is only read
    next: tuple[str, ...] = ()

    @property
    def section(self) -> Section:
        return Section(self.title, self.body, self.tone)


class Facts(NamedTuple):
    """What the server says of a Dag and one of its runs; without a run, `run` is empty.

    `broken` are the import errors of the Dag's own file. `left_out` is whether there are more instances.
    """

    now: datetime
    dag: dict[str, Any]
    run: dict[str, Any]
    instances: list[dict[str, Any]]
    left_out: bool
    components: Part
    pools: Part
    broken: Part
    warnings: Part
    tasks: Part

    @property
    def dag_id(self) -> str:
        return str(self.dag["dag_id"])

    @property
    def run_id(self) -> str:
        return str(self.run.get("dag_run_id", ""))

    @property
    def goes_on(self) -> bool:
        """Return whether there is a run, and it has not ended."""
        return bool(self.run) and self.run.get("state") not in ENDED

    def of_state(self, *states: str | None) -> list[dict[str, Any]]:
        return [instance for instance in self.instances if instance.get("state") in states]

    def component(self, name: str) -> Component | None:
        return next((entry for entry in self.components.value or () if entry.name == name), None)


def facts(session: Session, dag: dict[str, Any], run: dict[str, Any]) -> Facts:
    """Ask for everything else, at once. Raises CliError where the run's tasks cannot be seen."""
    from datetime import UTC, datetime

    api, dag_id = session.api, str(dag["dag_id"])
    path = {"dag_id": dag_id, "dag_run_id": str(run["dag_run_id"]) if run else ""}

    def instances() -> list[dict[str, Any]]:
        query = {"order_by": "start_date"}
        op = "get_task_instances"
        records = list(api.pages(op, "task_instances", limit=MOST, query=query, **path))
        if len(records) == MOST:
            query = {"state": ("failed", "up_for_retry")}  # type: ignore[dict-item]
            more = api.pages(op, "task_instances", limit=MOST, query=query, **path)
            known = {record.get("id") for record in records}
            records += [record for record in more if record.get("id") not in known]
        return records

    def import_errors() -> list[dict[str, Any]]:
        rows, _ = api.page("get_import_errors", "import_errors", {}, query={"order_by": "-timestamp"})
        return [row for row in rows if _is_of(row, dag)]

    calls: dict[str, Any] = {
        "components": lambda: components(session),
        "pools": lambda: {pool.get("name"): pool for pool in api.pages("get_pools", "pools")},
        "broken": import_errors,
        "warnings": lambda: list(api.pages("list_dag_warnings", "dag_warnings", query={"dag_id": dag_id})),
        "tasks": lambda: {
            task.get("task_id"): task for task in api.pages("get_tasks", "tasks", dag_id=dag_id)
        },
    }
    if run:
        calls["instances"] = instances
    parts = together(calls)
    of_run = parts.pop("instances", Part([]))
    if of_run.error:
        raise of_run.error
    rows = of_run.value
    return Facts(datetime.now(UTC), dag, run, rows, len(rows) >= MOST, **parts)


def _is_of(error: dict[str, Any], dag: dict[str, Any]) -> bool:
    """Return whether an import error is of the Dag's file; old servers name the file whole, others in its
    bundle."""
    name, whole = str(error.get("filename") or ""), str(dag.get("fileloc") or "")
    relative = dag.get("relative_fileloc")
    is_named = name in (relative, whole) or (not relative and whole.endswith(f"/{name}"))
    bundles = {error.get("bundle_name") or None, dag.get("bundle_name") or None} - {None}
    return bool(name) and is_named and len(bundles) < 2
