"""A task in two runs of its Dag: what is different."""

from __future__ import annotations

from airflowctl.core.results import Rows
from airflowctl.core.rich_results import Code, Report, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import instance_name
from airflowctl.domain.diagnosis import failure_report
from airflowctl.domain.diagnosis.failure_report import Source, difference, version_of
from airflowctl.domain.parallel import Part, together
from airflowctl.domain.runs.lookup import the_run
from airflowctl.domain.tasks.lookup import instance

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_MOST = 200  # tasks of a run


class Side(NamedTuple):
    """A run, the task's instance in it (empty where it has none), and the source it ran."""

    run: dict[str, Any]
    instance: dict[str, Any]
    source: Source


def params(dag: dict[str, Any], run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the Dag's params with the values that the run's conf gave them."""
    conf, rows = run.get("conf") or {}, []
    for name, param in (dag.get("params") or {}).items():
        default = param.get("value") if isinstance(param, dict) else param
        rows.append({"param": name, "value": conf.get(name, default), "default": default})
    return rows


def compare_runs(
    session: Session, dag: dict[str, Any], path: dict[str, Any], index: int, here: Side, run_id: str
) -> Report:
    """Return what is different in another run. Raises CliError where there is none of that id."""
    run_id = the_run(session, path["dag_id"], run_id)
    other_path = {**path, "dag_run_id": run_id}
    of_run = {"dag_id": path["dag_id"], "dag_run_id": run_id}

    def states(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        records = session.api.pages("get_task_instances", "task_instances", limit=_MOST, **run)
        return {instance_name(record): record for record in records}

    parts = together(
        {
            "run": lambda: session.api.record("get_dag_run", "dag_run_id", **of_run),
            "instance": lambda: instance(session, other_path, index),
            "here": lambda: states({**of_run, "dag_run_id": path["dag_run_id"]}),
            "there": lambda: states(of_run),
        }
    )
    # Without the other run there is nothing to compare; any other part may be missing.
    if error := parts["run"].error:
        raise error
    there = Side(parts["run"].value, parts["instance"].value or {}, Source())
    sections = [_facts(dag, here, there), *_tasks(here, there, parts["here"], parts["there"])]
    versions = version_of(there.instance), version_of(here.instance)
    if None not in versions and versions[0] != versions[1]:
        old = failure_report.source_of(session, dag, versions[0])
        text = difference(old.text, here.source.text, f"version {versions[0]}", f"version {versions[1]}")
        body = (Code(text, "diff"),) if text else ("the Dag's file is the same",)
        sections.append(Section("The Dag's source", body))
    return Report(tuple(sections), None)


def _facts(dag: dict[str, Any], here: Side, there: Side) -> Section:
    """Return those of the run and of the task in it that are not the same."""
    sides = [_side_facts(dag, side) for side in (here, there)]
    names = dict.fromkeys([*sides[0], *sides[1]])
    ids = _ids(here, there)
    rows = [
        {"what": name, ids[0]: sides[0].get(name), ids[1]: sides[1].get(name)}
        for name in names
        if sides[0].get(name) != sides[1].get(name)
    ]
    if not rows:
        return Section("No difference in the runs' conf and params and in the task's fields")
    return Section("What is different", (Rows(rows, ("what", *ids), "what"),))


def _side_facts(dag: dict[str, Any], side: Side) -> dict[str, Any]:
    run, task = side.run, side.instance
    facts = {f"run {name}": run.get(name) for name in ("state", "run_type", "logical_date", "duration")}
    facts |= {f"conf {name}": value for name, value in (run.get("conf") or {}).items()}
    facts |= {f"param {param['param']}": param["value"] for param in params(dag, run)}
    for name in ("state", "try_number", "duration", "operator", "pool", "queue", "hostname"):
        facts[f"task {name}"] = task.get(name)
    facts["Dag version"] = version_of(task)
    fields = task.get("rendered_fields") or {}
    return facts | {f"field {name}": value for name, value in fields.items()}


def _tasks(here: Side, there: Side, states_here: Part, states_there: Part) -> list[Section]:
    """Return the states of all tasks of both runs, where one is different."""
    if states_here.value is None or states_there.value is None:
        return []
    ids = _ids(here, there)
    rows = []
    for name in dict.fromkeys([*states_here.value, *states_there.value]):
        record, other = states_here.value.get(name) or {}, states_there.value.get(name) or {}
        if record.get("state") != other.get("state"):
            rows.append(
                {
                    "task": name,
                    ids[0]: record.get("state") if record else "not there",
                    ids[1]: other.get("state") if other else "not there",
                }
            )
    if not rows:
        return []
    return [Section("Tasks that ended otherwise", (Rows(rows, ("task", *ids), "task"),))]


def _ids(here: Side, there: Side) -> tuple[str, str]:
    """Return how to call the two runs; they may be one and the same."""
    text, other = str(here.run.get("dag_run_id")), str(there.run.get("dag_run_id"))
    return (text, other) if text != other else (text, f"{other} (again)")
