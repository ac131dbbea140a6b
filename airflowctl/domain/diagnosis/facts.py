"""What is known of a Dag and a run, and what a finding is."""

from __future__ import annotations

from airflowctl.core.rich_results import Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import index_of
from airflowctl.domain.diagnosis import server_record
from airflowctl.domain.diagnosis.deployment import Component, components
from airflowctl.domain.parallel import Part, alone, together
from airflowctl.domain.runs.lookup import ENDED
from airflowctl.domain.tasks.lookup import instance as one_of

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

    @property
    def data(self) -> dict[str, Any]:
        """Return the data for programs."""
        return {"kind": self.kind, "level": self.tone or "info", "message": self.title, **self.facts}


class Facts(NamedTuple):
    """What the server says of a Dag and one of its runs; without a run, `run` is empty.

    `broken` are the import errors of the Dag's own file, `events` the server's record of the run. Of a part
    that does not matter to the run nothing is asked: its value is None, without an error. `left_out` is
    whether there are more instances.
    """

    now: datetime
    dag: dict[str, Any]
    run: dict[str, Any]
    instances: list[dict[str, Any]] = []  # noqa: RUF012 - it is only read
    left_out: bool = False
    components: Part = Part()
    pools: Part = Part()
    broken: Part = Part()
    warnings: Part = Part()
    tasks: Part = Part()
    events: Part = Part()

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

    def task(self, task_id: object) -> dict[str, Any]:
        """Return what the Dag says of a task; empty where that is not known."""
        return (self.tasks.value or {}).get(task_id) or {}

    def upstream(self, task_id: object) -> list[str]:
        """Return the tasks that come right before one, as far as the Dag's tasks are known."""
        tasks = self.tasks.value or {}
        return [name for name, task in tasks.items() if task_id in (task.get("downstream_task_ids") or ())]

    def component(self, name: str) -> Component | None:
        return next((entry for entry in self.components.value or () if entry.name == name), None)


def facts(session: Session, dag: dict[str, Any], run: dict[str, Any]) -> Facts:
    """Ask for everything else that matters to the run, at once. Raises CliError where the run's tasks cannot
    be seen."""
    from datetime import UTC, datetime

    api, dag_id = session.api, str(dag["dag_id"])
    run_id = str(run["dag_run_id"]) if run else ""
    calls: dict[str, Any] = {}
    # Servers say of a Dag whether its file has import errors: without any, the list of all is not needed.
    if dag.get("has_import_errors") is not False or dag.get("is_stale"):
        calls["broken"] = lambda: _import_errors(session, dag)
    if run:
        calls["instances"] = lambda: _instances(session, dag_id, run_id)
        calls["tasks"] = lambda: {
            task.get("task_id"): task for task in api.pages("get_tasks", "tasks", dag_id=dag_id)
        }
    if run.get("state") in ENDED:
        calls["events"] = lambda: server_record.of_run(session, dag_id, run_id)
    else:
        calls["components"] = lambda: components(session)
    if not run:
        query = {"dag_id": dag_id}
        calls["warnings"] = lambda: list(api.pages("list_dag_warnings", "dag_warnings", query=query))
    elif run.get("state") not in ENDED:
        calls["pools"] = lambda: {pool.get("name"): pool for pool in api.pages("get_pools", "pools")}
    parts = together(calls)
    of_run = parts.pop("instances", Part([]))
    if of_run.error:
        raise of_run.error
    rows = of_run.value
    return Facts(datetime.now(UTC), dag, run, rows, len(rows) >= MOST, **parts)


def with_events(session: Session, run_facts: Facts) -> Facts:
    """Return the same with the server's record of the run, where it was not asked for yet."""
    if run_facts.events.value is not None or run_facts.events.error:
        return run_facts
    record = alone(lambda: server_record.of_run(session, run_facts.dag_id, run_facts.run_id))
    return run_facts._replace(events=record)


def _instances(session: Session, dag_id: str, run_id: str) -> list[dict[str, Any]]:
    path, op = {"dag_id": dag_id, "dag_run_id": run_id}, "get_task_instances"
    query = {"order_by": "start_date"}
    records = list(session.api.pages(op, "task_instances", limit=MOST, query=query, **path))
    if len(records) == MOST:
        query = {"state": ("failed", "up_for_retry")}  # type: ignore[dict-item]
        more = session.api.pages(op, "task_instances", limit=MOST, query=query, **path)
        known = {record.get("id") for record in records}
        records += [record for record in more if record.get("id") not in known]
    return records


def _import_errors(session: Session, dag: dict[str, Any]) -> list[dict[str, Any]]:
    query = {"order_by": "-timestamp"}
    rows, _ = session.api.page("get_import_errors", "import_errors", {}, query=query)
    return [row for row in rows if _is_of(row, dag)]


def rendered_fields(instance: dict[str, Any]) -> dict[str, Any]:
    """Return the template fields that hold something."""
    fields = instance.get("rendered_fields")
    return {
        name: value for name, value in (fields or {}).items() if value not in (None, "", [], {}, "[]", "{}")
    }


def with_fields(session: Session, instance: dict[str, Any]) -> dict[str, Any]:
    """Return an instance with its rendered fields, which lists of servers before 3.2 leave empty. Raises
    CliError."""
    if instance.get("rendered_fields"):
        return instance
    path = {name: str(instance[name]) for name in ("dag_id", "dag_run_id", "task_id")}
    return one_of(session, path, index_of(instance))


def _is_of(error: dict[str, Any], dag: dict[str, Any]) -> bool:
    """Return whether an import error is of the Dag's file; old servers name the file whole, others in its
    bundle."""
    name, whole = str(error.get("filename") or ""), str(dag.get("fileloc") or "")
    relative = dag.get("relative_fileloc")
    is_named = name in (relative, whole) or (not relative and whole.endswith(f"/{name}"))
    bundles = {error.get("bundle_name") or None, dag.get("bundle_name") or None} - {None}
    return bool(name) and is_named and len(bundles) < 2
