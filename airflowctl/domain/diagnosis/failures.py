"""The tasks that failed in a run, the one that it began with first, and what changed since it last worked."""

from __future__ import annotations

from airflowctl.core.durations import duration
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.rich_results import BAD, WARN, Code
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count, format_list, index_of, instance_name
from airflowctl.domain.diagnosis import (
    failure_report,
    other_dags,
    remedies,
    waits,
    xcom_source,
)
from airflowctl.domain.diagnosis.causes import Cause, cause_of
from airflowctl.domain.diagnosis.dag import check_part
from airflowctl.domain.diagnosis.facts import Facts, Finding, rendered_fields
from airflowctl.domain.diagnosis.failure_report import Failure, Source, version_of
from airflowctl.domain.parallel import Part, of_each, together
from airflowctl.domain.tasks.lookup import instance as one_of
from airflowctl.domain.tasks.lookup import tries_of, tries_table

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_EMPTY = "EmptyOperator"  # which runs nothing, and has no log
_EMPTY = "EmptyOperator"  # which runs nothing, and has no log
_CALLBACKS = 2  # logs of tasks that succeeded that are read for the errors of their callbacks
_EXPLAINED = 3  # of the tasks that failed: where many fail, they do so for the same reason


class Evidence(NamedTuple):
    """What there is to see of a task that failed. `again` says when it is tried again, if it is."""

    instance: dict[str, Any]
    failure: Failure
    tries: list[dict[str, Any]] = []  # noqa: RUF012 - it is only read
    source: Source = Source()
    again: str = ""
    more: tuple[Finding, ...] = ()


def failures(session: Session, facts: Facts) -> list[Finding]:
    """Return a finding for each of the first tasks that failed; one for those that failed for the same
    reason."""
    failed = facts.of_state("failed", "up_for_retry")
    failed.sort(key=lambda entry: str(entry.get("end_date") or entry.get("start_date") or ""))
    chosen = sorted(_choose(failed), key=failed.index)
    explained = of_each(lambda candidate: _evidence(session, facts, candidate), chosen)
    seen = [
        part.value or Evidence(instance, Failure(problem=_problem(part)))
        for instance, part in zip(chosen, explained, strict=True)
    ]
    findings: list[Finding] = []
    for alike in _group(facts, seen):
        findings.append(_finding(facts, alike[0], _same_task(alike)))
        findings += [finding for evidence in alike for finding in evidence.more]
        findings += _of_callbacks(facts, alike)
    named = {name for finding in findings for name in finding.facts.get("instances", ())}
    rest = [name for name in map(instance_name, failed) if name not in named]
    if rest:
        title = f"{format_count(len(rest), 'more task')} failed: {format_list(rest)}"
        body = ("Their logs were not read.",)
        findings.append(Finding("also_failed", title, BAD, body, {"tasks": rest}))
    held = [instance_name(element) for element in facts.of_state("upstream_failed")]
    if held and findings:
        title = f"not run because of {'it' if len(failed) == 1 else 'them'}: {format_list(held)}"
        findings.append(Finding("upstream_failed", title, WARN, facts={"tasks": held}))
    return findings


def _choose(failed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those whose logs are read: the first of each task, then others of the same tasks."""
    first: dict[Any, dict[str, Any]] = {}
    for instance in failed:
        first.setdefault(instance.get("task_id"), instance)
    rest = [instance for instance in failed if instance is not first[instance.get("task_id")]]
    return [*first.values(), *rest][:_EXPLAINED]


def _group(facts: Facts, seen: list[Evidence]) -> list[list[Evidence]]:
    """Return the same, those together that are of one task and raised the same in the same place."""
    groups: dict[Any, list[Evidence]] = {}
    for number, evidence in enumerate(seen):
        root = evidence.failure.root
        place = root.own_frames[-1] if root and root.own_frames else None
        key = (evidence.instance.get("task_id"), root.kind, place) if root else number
        groups.setdefault(key, []).append(evidence)
    return list(groups.values())


def _same_task(alike: list[Evidence]) -> list[str]:
    """Return the names of all that failed alike, as far as their logs were read."""
    return [instance_name(it) for it in sorted((evidence.instance for evidence in alike), key=index_of)]


def _of_callbacks(facts: Facts, alike: list[Evidence]) -> list[Finding]:
    """Return the errors of the task's callbacks, which did not end it."""
    findings = []
    for kind, raised in alike[0].failure.callbacks:
        name, number = instance_name(alike[0].instance), alike[0].instance.get("try_number")
        title = f"the {kind} of {name} failed too: {raised.title}"
        more = {"task_id": alike[0].instance.get("task_id"), "callback": kind, "why": raised.title}
        more |= {"evidence": [f"its log, try {number}"], "sure": "certain"}
        findings.append(Finding("callback_failed", title, WARN, (), more))
    return findings


def callbacks_of_successes(session: Session, facts: Facts) -> list[Finding]:
    """Return the errors of callbacks of tasks that succeeded; of few tasks, for each costs a log."""
    done = [it for it in facts.of_state("success") if it.get("try_number") and it.get("operator") != _EMPTY]
    if not 0 < len(done) <= _CALLBACKS:
        return []

    def read(instance: dict[str, Any]) -> Evidence:
        path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
        number = int(instance.get("try_number") or 0)
        return Evidence(instance, failure_report.failure_of(session, path, index_of(instance), number))

    seen = [part.value for part in of_each(read, done) if part.value]
    return [finding for evidence in seen for finding in _of_callbacks(facts, [evidence])]


def _evidence(session: Session, facts: Facts, instance: dict[str, Any]) -> Evidence:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
    index, number = index_of(instance), int(instance.get("try_number") or 0)
    if not number:
        return Evidence(
            instance, Failure(problem="it was not started: a user or the scheduler set its state")
        )
    parts = together(
        {
            "log": lambda: failure_report.failure_of(session, path, index, number),
            "tries": lambda: tries_of(session, path, index) if number > 1 else [],
            "source": lambda: failure_report.source_of(session, facts.dag, version_of(instance)),
            # A list of instances comes without their fields from old servers.
            "whole": lambda: instance if "rendered_fields" in instance else one_of(session, path, index),
        }
    )
    failure = parts["log"].value or Failure(problem=f"its log cannot be read: {_problem(parts['log'])}")
    whole, source = parts["whole"].value or instance, parts["source"].value or Source()
    more = (
        *xcom_source.missing_xcom(session, facts, failure, source),
        *check_part("the run that it started", lambda: other_dags.child(session, facts, whole)),
    )
    again = waits.next_try(facts, instance) if instance.get("state") == "up_for_retry" else ""
    return Evidence(whole, failure, parts["tries"].value or [], source, again, more)


def _finding(run_facts: Facts, seen: Evidence, alike: list[str]) -> Finding:
    instance, failure = seen.instance, seen.failure
    cause = cause_of(run_facts, instance, failure)
    took = instance.get("duration")
    facts = {
        "task_id": instance.get("task_id"),
        "map_index": index_of(instance),
        "try_number": instance.get("try_number"),
        "duration": took,
        "why": cause.words,
        "evidence": list(cause.evidence),
        "sure": cause.sure,
        "instances": alike,
        "exceptions": [
            {"type": entry.kind, "value": entry.words, "frames": [frame._asdict() for frame in entry.frames]}
            for entry in failure.raised
        ],
        "last_lines": list(failure.lines),
        "rendered_fields": rendered_fields(instance),
        "tries": seen.tries,
        "problem": failure.problem or None,
    }
    spent = f" after {duration(took)}" if isinstance(took, int | float) and took else ""
    title = f"{format_list(alike)} failed{spent}{_again(seen)}: {cause.words}"
    body = _body(run_facts, seen, cause)
    return Finding("failed", title, BAD, tuple(body), facts, _next(run_facts, seen))


def _again(seen: Evidence) -> str:
    """Return which try failed, of how many, and when the next one is."""
    if seen.instance.get("state") != "up_for_retry":
        return ""
    most = seen.instance.get("max_tries")
    of = f" of {most + 1}" if isinstance(most, int) else ""
    return f", will be tried again (try {seen.instance.get('try_number')}{of} failed{seen.again})"


def _body(run_facts: Facts, seen: Evidence, cause: Cause) -> list[Any]:
    failure, root = seen.failure, seen.failure.root
    body: list[Any] = [cause.line] if cause.line else []
    body += remedies.explain(run_facts, seen.instance, failure)
    if root is not None:
        if len(failure.raised) > 1:
            body.append(f"it began with {root.title}")
        index = next((entry for entry in reversed(root.own_frames) if seen.source.has(entry)), None)
        if index:
            version = "" if seen.source.version is None else f", version {seen.source.version} of the Dag"
            body += [f"in {seen.source.relative}{version}:", seen.source.around(index.line)]
        body += ["Traceback", _inset(failure_report.traceback(failure.raised, seen.source))]
    fields = rendered_fields(seen.instance)
    if fields:
        body += ["Rendered fields", Record({f"  {name}": value for name, value in fields.items()}, "")]
    if len(seen.tries) > 1:
        body += ["Tries", tries_table(seen.tries)]
    if failure.lines:
        body += ["Last lines of its log", _inset(Code("\n".join(failure.lines)))]
    elif failure.sources:
        body += ["The server says of its log", _inset(Code("\n".join(failure.sources)))]
    return body


def _next(facts: Facts, seen: Evidence) -> tuple[str, ...]:
    instance = seen.instance
    dag_id, run_id, task_id = facts.dag_id, facts.run_id, str(instance["task_id"])
    index = index_of(instance)
    # `-f` takes no task that is between two tries: without it, it is tried at once.
    again = ("-f", "-d") if instance.get("state") == "failed" else ()
    lines = [suggest("tasks", "clear", dag_id, "--task-id", task_id, *again, "--run-id", run_id)]
    if instance.get("try_number"):
        lines = [
            suggest("tasks", "debug", dag_id, task_id, run_id, index=index),
            suggest("tasks", "logs", dag_id, task_id, run_id, index=index),
            *lines,
        ]
    # What mends the cause comes first: the task would only fail again.
    causes = [line for finding in seen.more for line in finding.next]
    return (*remedies.remedies(seen.failure), *causes, *lines)


def _inset(code: Code) -> Code:
    return code._replace(text="\n".join(f"  {text}" for text in code.text.split("\n")))


def _problem(part: Part) -> str:
    return part.error.message if part.error else ""
