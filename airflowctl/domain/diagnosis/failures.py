"""The tasks that failed in a run, the one that it began with first, and what changed since it last worked."""

from __future__ import annotations

from airflowctl.core.durations import ago, duration
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.rich_results import BAD, WARN, Code
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count, format_list, index_of, instance_name
from airflowctl.domain.diagnosis import failure_report
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.diagnosis.failure_report import Failure, Source, difference, version_of
from airflowctl.domain.parallel import Part, of_each, together
from airflowctl.domain.runs.lookup import newest_run
from airflowctl.domain.tasks.lookup import instance as one_of
from airflowctl.domain.tasks.lookup import tries_of, tries_table

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_EXPLAINED = 3  # of the tasks that failed: where many fail, they do so for the same reason
_LONGEST_DIFF = 40
_SAME_SOURCE = (
    "The server has the same file for both: what changed is elsewhere, as in what it imports, or the file"
    " changed twice within seconds."
)


class Evidence(NamedTuple):
    """What there is to see of a task that failed."""

    instance: dict[str, Any]
    failure: Failure
    tries: list[dict[str, Any]]
    source: Source


def failures(session: Session, facts: Facts) -> list[Finding]:
    """Return a finding for each of the first tasks that failed; one for those that failed for the same
    reason."""
    failed = facts.of_state("failed", "up_for_retry")
    failed.sort(key=lambda entry: str(entry.get("end_date") or entry.get("start_date") or ""))
    explained = of_each(lambda candidate: _evidence(session, facts, candidate), failed[:_EXPLAINED])
    findings = [
        _finding(facts, part.value or Evidence(instance, Failure(problem=_problem(part)), [], Source()))
        for instance, part in zip(failed, explained, strict=False)
    ]
    if len(failed) > _EXPLAINED:
        more = [instance_name(element) for element in failed[_EXPLAINED:]]
        title = f"{format_count(len(more), 'more task')} failed: {format_list(more)}"
        findings.append(Finding("also_failed", title, BAD, facts={"tasks": more}))
    held = [instance_name(element) for element in facts.of_state("upstream_failed")]
    if held and findings:
        title = f"not run because of {'it' if len(failed) == 1 else 'them'}: {format_list(held)}"
        findings.append(Finding("upstream_failed", title, WARN, facts={"tasks": held}))
    return findings


def changes(session: Session, run_facts: Facts, failed: list[dict[str, Any]]) -> list[Finding]:
    """Return what is different from the last run of the Dag that succeeded."""
    before = run_facts.run.get("run_after")
    good = newest_run(session, run_facts.dag_id, state=("success",), run_after_lte=before)
    if good is None:
        return [Finding("never_succeeded", "no run of this Dag succeeded before this one")]
    run_id = str(good["dag_run_id"])
    now, then = version_of(failed[0]), newest_version(good)
    facts = {"last_success": run_id, "version": now, "last_good_version": then}
    when = f"{run_id}, {ago(good.get('end_date'), run_facts.now)}"
    if now is None or then is None:
        return [Finding("last_success", f"the last success was {when}", facts=facts)]
    body: tuple[Any, ...]
    if now == then:
        title = f"the Dag's version is that of the last success: {now} ({when})"
        body = ("Where only the code of a task changes, Airflow makes no new version.",)
        return [Finding("unchanged", title, "", body, facts)]
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
    return [Finding("changed", title, WARN, body, facts)]


def newest_version(run: dict[str, Any]) -> int | None:
    """Return the number of the Dag's version that the run ended with."""
    versions = [
        dag_version.get("version_number")
        for dag_version in run.get("dag_versions") or ()
        if isinstance(dag_version, dict)
    ]
    return max((dag_version for dag_version in versions if isinstance(dag_version, int)), default=None)


def rendered_fields(instance: dict[str, Any]) -> dict[str, Any]:
    """Return the template fields that hold something."""
    fields = instance.get("rendered_fields")
    return {
        name: value for name, value in (fields or {}).items() if value not in (None, "", [], {}, "[]", "{}")
    }


def _evidence(session: Session, facts: Facts, instance: dict[str, Any]) -> Evidence:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
    index, number = index_of(instance), int(instance.get("try_number") or 0)
    if not number:
        problem = "it was not started: a user or the scheduler set its state"
        return Evidence(instance, Failure(problem=problem), [], Source())
    parts = together(
        {
            "log": lambda: failure_report.failure_of(session, path, index, number),
            "tries": lambda: tries_of(session, path, index) if number > 1 else [],
            "source": lambda: failure_report.source_of(session, facts.dag, version_of(instance)),
            # A list of instances comes without their fields from old servers.
            "whole": lambda: instance if rendered_fields(instance) else one_of(session, path, index),
        }
    )
    text = parts["log"].value or Failure(problem=f"its log cannot be read: {_problem(parts['log'])}")
    return Evidence(
        parts["whole"].value or instance, text, parts["tries"].value or [], parts["source"].value or Source()
    )


def _finding(run_facts: Facts, seen: Evidence) -> Finding:
    instance, failure, root = seen.instance, seen.failure, seen.failure.root
    again = instance.get("state") == "up_for_retry"
    of = f", will be tried again (try {instance.get('try_number')} failed)" if again else ""
    body: list[Any] = []
    if root is not None:
        if len(failure.raised) > 1:
            body.append(f"it began with {root.title}")
        index = next((entry for entry in reversed(root.own_frames) if seen.source.has(entry)), None)
        if index:
            version = "" if seen.source.version is None else f", version {seen.source.version} of the Dag"
            body += [f"in {seen.source.relative}{version}:", seen.source.around(index.line)]
        body += ["Traceback", _inset(failure_report.traceback(failure.raised, seen.source))]
    fields = rendered_fields(instance)
    if fields:
        body += ["Rendered fields", Record({f"  {name}": value for name, value in fields.items()}, "")]
    if len(seen.tries) > 1:
        body += ["Tries", tries_table(seen.tries)]
    if failure.lines:
        body += ["Last lines of its log", _inset(Code("\n".join(failure.lines)))]
    took = instance.get("duration")
    facts = {
        "task_id": instance.get("task_id"),
        "map_index": index_of(instance),
        "try_number": instance.get("try_number"),
        "duration": took,
        "exceptions": [
            {"type": entry.kind, "value": entry.words, "frames": [frame._asdict() for frame in entry.frames]}
            for entry in failure.raised
        ],
        "last_lines": list(failure.lines),
        "rendered_fields": fields,
        "tries": seen.tries,
        "problem": failure.problem or None,
    }
    spent = f" after {duration(took)}" if isinstance(took, int | float) and took else ""
    title = f"{instance_name(instance)} failed{spent}{of}: {failure.title}"
    return Finding("failed", title, BAD, tuple(body), facts, _next(run_facts, instance))


def _next(facts: Facts, instance: dict[str, Any]) -> tuple[str, ...]:
    dag_id, run_id, task_id = facts.dag_id, facts.run_id, str(instance["task_id"])
    index = index_of(instance)
    lines = [suggest("tasks", "clear", dag_id, "--task-id", task_id, "-f", "-d",
                  "--run-id", run_id)]  # fmt: skip
    if instance.get("try_number"):
        lines = [
            suggest("tasks", "debug", dag_id, task_id, run_id, index=index),
            suggest("tasks", "logs", dag_id, task_id, run_id, index=index),
            *lines,
        ]
    return tuple(lines)


def _inset(code: Code) -> Code:
    return code._replace(text="\n".join(f"  {text}" for text in code.text.split("\n")))


def _problem(part: Part) -> str:
    return part.error.message if part.error else ""


def first_words(session: Session, path: dict[str, Any], instance: dict[str, Any]) -> str:
    """In one line why an instance failed. Raises CliError where its log cannot be read."""
    number = int(instance.get("try_number") or 0)
    if not number:
        return "it was not started"
    path = {**path, "task_id": str(instance["task_id"])}
    return failure_report.failure_of(session, path, index_of(instance), number).title
