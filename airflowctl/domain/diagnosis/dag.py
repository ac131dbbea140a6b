"""What is the matter with a Dag itself, or with what would run it."""

from __future__ import annotations

from airflowctl.core.component_status import HEALTHY
from airflowctl.core.durations import ago
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN, Code
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.diagnosis import server_record
from airflowctl.domain.diagnosis.deployment import reason
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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
    return findings + unseen(facts)


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
        path = run_facts.dag.get("fileloc")
        words = f"its file was {path}: put it back, or delete what is left of the Dag."
        see = suggest("dags", "source", run_facts.dag_id)
        findings.append(Finding("stale", title, BAD, (words,), {"fileloc": path}, (see,)))
    for warning in run_facts.warnings.value or ():
        facts = {"warning_type": warning.get("warning_type"), "message": warning.get("message")}
        findings.append(Finding("warning", f"the server warns: {warning.get('message')}", WARN, facts=facts))
    return findings


def of_pause(session: Session, facts: Facts) -> list[Finding]:
    """Return that the Dag is paused, and who or what paused it."""
    if not facts.dag.get("is_paused"):
        return []
    effect = "its tasks are not started" if facts.goes_on else "no run of it is started"
    entry = alone(lambda: server_record.of_pause(session, facts.dag_id)).value
    more: dict[str, Any] = {}
    body: tuple[str, ...] = ()
    unpause = suggest("dags", "unpause", facts.dag_id)
    lines: tuple[str, ...] = (unpause,)
    if entry is not None:
        more = {"paused_by": entry.owner, "when": entry.when, "evidence": [entry.evidence]}
        title = f"the Dag is paused: {effect}; {entry.words} {ago(entry.when, facts.now)}"
        most = facts.dag.get("max_consecutive_failed_dag_runs")
        if entry.event == "paused" and most:
            # Unpaused before the cause is fixed, it would be paused again by the next failure.
            body = (f"max_consecutive_failed_dag_runs is {most}: its last {most} runs failed.",)
            more["max_consecutive_failed_dag_runs"] = most
            failed = suggest("dagrun", "list", facts.dag_id, "--state", "failed", "--limit", most)
            lines = (failed, unpause)
    else:
        title = f"the Dag is paused: {effect}"
    return [Finding("paused", title, BAD, body, more, lines)]


def unseen(facts: Facts) -> list[Finding]:
    """Return the parts that could not be looked at: what is said without them may not be all."""
    parts: dict[str, Part] = {
        "the server's health": facts.components,
        "its pools": facts.pools,
        "import errors": facts.broken,
        "warnings about Dags": facts.warnings,
        "the Dag's tasks": facts.tasks,
        "the server's record": facts.events,
    }
    return [_unavailable(name, part) for name, part in parts.items() if part.error]


def check_part(part_name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what a look finds, or that it was not possible: the rest is worth saying without it."""
    part = alone(look)
    return [_unavailable(part_name, part)] if part.error else part.value or []


def _unavailable(part_name: str, part: Part) -> Finding:
    why = "you may not see it" if part.is_forbidden else part.error.message if part.error else ""
    return Finding("not_seen", f"not looked at: {part_name}: {why}", WARN, facts={"what": part_name})


def _last(text: str, most: int = 12) -> str:
    lines = text.rstrip().split("\n")
    return "\n".join(lines if len(lines) <= most else ["...", *lines[-most:]])
