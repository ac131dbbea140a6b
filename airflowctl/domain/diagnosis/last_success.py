"""What changed since a Dag last succeeded: its source, what its run and the task were given."""

from __future__ import annotations

from airflowctl.core.durations import ago
from airflowctl.core.errors import NotFound
from airflowctl.core.results import Rows
from airflowctl.core.rich_results import WARN, Code
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of
from airflowctl.domain.diagnosis import failure_report
from airflowctl.domain.diagnosis.facts import Facts, Finding, rendered_fields, with_fields
from airflowctl.domain.diagnosis.failure_report import difference, version_of
from airflowctl.domain.parallel import Part, alone, of_each
from airflowctl.domain.tasks.lookup import instance

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_LONGEST_DIFF = 40
_UPSTREAM = 2  # tasks before the one that failed whose values are compared: two requests each
_SAME_SOURCE = (
    "The server has the same file for both: what changed is elsewhere, as in what it imports, or the file"
    " changed twice within seconds."
)


def changes(session: Session, run_facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    """Return what is different from the last run of the Dag that succeeded before this one."""
    query = {"state": ("success",), "run_after_lte": run_facts.run.get("run_after"), "order_by": "-run_after"}
    rows, _ = session.api.page("get_dag_runs", "dag_runs", {"dag_id": run_facts.dag_id}, limit=2, query=query)
    # A run that succeeded with a failed task is not its own last success.
    good = next((run for run in rows if run.get("dag_run_id") != run_facts.run_id), None)
    if good is None:
        return [Finding("never_succeeded", "no run of this Dag succeeded before this one")]
    run_id = str(good["dag_run_id"])
    now, then = version_of(failed[0]), newest_version(good)
    facts = {"last_success": run_id, "version": now, "last_good_version": then}
    when = f"{run_id}, {ago(good.get('end_date'), run_facts.now)}"
    differs = _differences(session, run_facts, good, failed[0])
    if now is None or then is None:
        return [Finding("last_success", f"the last success was {when}", facts=facts), *differs]
    body: tuple[Any, ...]
    if now == then:
        title = f"the Dag's version is that of the last success: {now} ({when})"
        body = ("Where only the code of a task changes, Airflow makes no new version.",)
        return [Finding("unchanged", title, "", body, facts), *differs]
    title = f"the Dag has changed since the last success: version {then} -> {now} ({when})"
    old, new = of_each(lambda entry: failure_report.source_of(session, run_facts.dag, entry), (then, now))
    if old.error or new.error:
        body = (f"its sources cannot be compared: {_problem(old if old.error else new)}",)
    else:
        text = difference(old.value.text, new.value.text, f"version {then}", f"version {now}")
        facts["diff"] = text
        lines = text.split("\n")
        body = (Code("\n".join(lines[:_LONGEST_DIFF]), "diff") if text else _SAME_SOURCE,)
        if len(lines) > _LONGEST_DIFF:
            body = (*body, f"and {len(lines) - _LONGEST_DIFF} more lines")
    return [Finding("changed", title, WARN, body, facts), *differs]


def _differences(
    session: Session, run_facts: Facts, good: dict[str, Any], failed: dict[str, Any]
) -> list[Finding]:
    """Return what the task was given otherwise than in the run that succeeded; only what differs is said."""
    path = {
        "dag_id": run_facts.dag_id,
        "dag_run_id": str(good["dag_run_id"]),
        "task_id": str(failed["task_id"]),
    }
    part = alone(lambda: instance(session, path, index_of(failed)))
    before = part.value or {}
    if rendered_fields(before):
        failed = alone(lambda: with_fields(session, failed)).value or failed
    sides = [
        {
            **{f"conf {name}": value for name, value in (run.get("conf") or {}).items()},
            **{f"field {name}": value for name, value in rendered_fields(task).items()},
            "pool": task.get("pool"),
            "queue": task.get("queue"),
        }
        for run, task in ((run_facts.run, failed), (good, before))
    ]
    if before:
        of_now, of_then = (_upstream_values(session, run_facts, run_id, str(failed["task_id"]))
                           for run_id in (run_facts.run_id, str(good["dag_run_id"])))  # fmt: skip
        # What one of the two does not tell is not known to differ.
        shared_names = of_now.keys() & of_then.keys()
        sides = [{**side, **{name: values[name] for name in shared_names}}
                 for side, values in zip(sides, (of_now, of_then), strict=True)]  # fmt: skip
    if not before:  # the task is new, or may not be seen: then only what the runs were given can differ
        sides = [{name: value for name, value in side.items() if name.startswith("conf ")} for side in sides]
    now, then = sides
    differs = {name: (then.get(name), now.get(name)) for name in dict.fromkeys([*now, *then])
               if now.get(name) != then.get(name)}  # fmt: skip
    if not differs:
        return []
    rows = [{"what": name, "then": old, "now": new} for name, (old, new) in differs.items()]
    title = f"different from the last success: {format_list(differs)}"
    body = (Rows(rows, ("what", "then", "now"), "what"),)
    more = {"differs": {name: {"then": old, "now": new} for name, (old, new) in differs.items()}}
    more["last_success"] = good["dag_run_id"]
    return [Finding("differs", title, WARN, body, more)]


def _upstream_values(session: Session, run_facts: Facts, run_id: str, task_id: str) -> dict[str, Any]:
    """Return what the tasks right before one have returned in a run, as far as it can be read."""
    names = run_facts.upstream(task_id)[:_UPSTREAM]
    key = {"dag_id": run_facts.dag_id, "dag_run_id": run_id, "xcom_key": "return_value"}
    parts = of_each(lambda name: session.api.record("get_xcom_entry", "value", **key, task_id=name), names)
    values: dict[str, Any] = {}
    for name, part in zip(names, parts, strict=True):
        if part.value:
            values[f"value of {name}"] = part.value.get("value")
        elif isinstance(part.error, NotFound):  # it has pushed none
            values[f"value of {name}"] = None
    return values


def newest_version(run: dict[str, Any]) -> int | None:
    """Return the number of the Dag's version that the run ended with."""
    versions = [
        dag_version.get("version_number")
        for dag_version in run.get("dag_versions") or ()
        if isinstance(dag_version, dict)
    ]
    return max((dag_version for dag_version in versions if isinstance(dag_version, int)), default=None)


def _problem(part: Part) -> str:
    return part.error.message if part.error else ""
