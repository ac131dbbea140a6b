"""What is the matter with a Dag itself, or with what would run it."""

from __future__ import annotations

from airflowctl.core.component_status import HEALTHY
from airflowctl.core.durations import age, moment
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN, Code
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.diagnosis.deployment import reason
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.domain.parallel import Part
    from airflowctl.session.session import Session


def of_server(facts: Facts) -> list[Finding]:
    """Return the components without which nothing happens; a past run does not need them any more."""
    findings = []
    for name in ("scheduler", "dag_processor", "metadatabase"):
        component = facts.component(name)
        if (
            component is None
            # No status: never started. A run of Dags that are read already needs the scheduler alone.
            or (component.status is None and name != "scheduler")
            or component.status == HEALTHY
        ):
            continue
        does = {"scheduler": ": nothing is started", "dag_processor": ": no file is read"}.get(name, "")
        title = f"{component.description(facts.now)}{does}"
        findings.append(
            Finding(f"{name}_down", title, BAD, facts=component._asdict(), next=(suggest("status"),))
        )
    return findings + _unseen(facts)


def of_file(run_facts: Facts) -> list[Finding]:
    """Return whether the Dag is still read from its file."""
    findings = []
    # A file has one import error at a time; more rows are of other files with the same name.
    for error in (run_facts.broken.value or ())[:1]:
        title = f"its file cannot be read: {reason(error)}"
        body = ("The server continues with the last version that it could read.",
                Code(_last(str(error.get("stack_trace") or "")), ""))  # fmt: skip
        see = suggest("dags", "get-import-error", str(error.get("import_error_id")))
        findings.append(Finding("import_error", title, BAD, body, dict(error), (see,)))
    # A file that cannot be read makes its Dags stale: the error is the reason, and was named.
    if run_facts.dag.get("is_stale") and not findings:
        title = "the Dag is stale: it is no longer in any file that the server reads"
        findings.append(
            Finding("stale", title, BAD, next=(suggest("dags", "reserialize", run_facts.dag_id),))
        )
    for warning in run_facts.warnings.value or ():
        facts = {"warning_type": warning.get("warning_type"), "message": warning.get("message")}
        findings.append(Finding("warning", f"the server warns: {warning.get('message')}", WARN, facts=facts))
    return findings


def of_pause(facts: Facts) -> list[Finding]:
    if not facts.dag.get("is_paused"):
        return []
    what = "its tasks are not started" if facts.run else "no run of it is started"
    return [
        Finding("paused", f"the Dag is paused: {what}", BAD, next=(suggest("dags", "unpause", facts.dag_id),))
    ]


def of_queued_run(session: Session, run_facts: Facts) -> list[Finding]:
    """Return why a run has not begun."""
    due = moment(run_facts.run.get("run_after"))
    # A run may be triggered for a later time: until then nothing is wrong with its waiting.
    if due and due > run_facts.now:
        when = age((run_facts.now - due).total_seconds())
        return [Finding("not_due", f"the run is due {when}: {run_facts.run.get('run_after')}",
                        facts={"run_after": run_facts.run.get("run_after")})]  # fmt: skip
    most = run_facts.dag.get("max_active_runs")
    query = {"state": ("running",), "order_by": "start_date"}
    rows, total = session.api.page(
        "get_dag_runs", "dag_runs", {"dag_id": run_facts.dag_id}, limit=3, query=query
    )
    active = total if total is not None else len(rows)
    if isinstance(most, int) and 0 < most <= active:
        ids = [str(run.get("dag_run_id")) for run in rows]
        are = "is" if active == 1 else "are"
        title = f"max_active_runs of the Dag is {most}, and {format_count(active, 'run')} of it {are} running"
        more = f" and {active - len(ids)} more" if active > len(ids) else ""
        body = (f"first to end: {', '.join(ids)}{more}",)
        facts = {"max_active_runs": most, "running": active, "runs": ids}
        return [Finding("max_active_runs", title, BAD, body, facts,
                        (suggest("diagnose", run_facts.dag_id, ids[0]),) if ids else ())]  # fmt: skip
    return []


def never_ran(run_facts: Facts) -> list[Finding]:
    """Return why a Dag has no run yet."""
    if run_facts.dag.get("is_paused"):
        return []
    due = moment(run_facts.dag.get("next_dagrun_run_after"))
    if due is None:
        trigger = suggest("dags", "trigger", run_facts.dag_id)
        summary = run_facts.dag.get("timetable_summary")
        how = f"its schedule ({summary}) tells no next run" if summary else "it has no schedule"
        return [Finding("no_run", f"the Dag has no run yet: {how}", next=(trigger,))]
    passed = (run_facts.now - due).total_seconds()
    title = f"the Dag has no run yet: the first is due {age(passed)}" if passed < 0 else (
        f"the Dag has no run yet, and the first was due {age(passed)}")  # fmt: skip
    # A minute late is within the pace of a scheduler: later, something keeps it from its work.
    facts = {"next_dagrun_run_after": run_facts.dag.get("next_dagrun_run_after")}
    return [Finding("no_run", title, WARN if passed > 60 else "", facts=facts)]


def _unseen(facts: Facts) -> list[Finding]:
    """Return the parts that could not be looked at: what is said without them may not be all."""
    parts: dict[str, Part] = {
        "the server's health": facts.components,
        "its pools": facts.pools,
        "import errors": facts.broken,
        "warnings about Dags": facts.warnings,
        "the Dag's tasks": facts.tasks,
    }
    return [_unavailable(name, part) for name, part in parts.items() if part.error]


def check_part(what: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what a look finds, or that it was not possible: the rest is worth saying without it."""
    part = alone(look)
    return [_unavailable(what, part)] if part.error else part.value or []


def _unavailable(what: str, part: Part) -> Finding:
    why = "you may not see it" if part.is_forbidden else part.error.message if part.error else ""
    return Finding("not_seen", f"not looked at: {what}: {why}", WARN, facts={"what": what})


def _last(text: str, most: int = 12) -> str:
    lines = text.rstrip().split("\n")
    return "\n".join(lines if len(lines) <= most else ["...", *lines[-most:]])
