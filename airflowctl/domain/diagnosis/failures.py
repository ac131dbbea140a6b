"""The tasks that failed in a run, the one that it began with first, and what changed since it last worked."""

from __future__ import annotations

from airflowctl.core.durations import duration
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record
from airflowctl.core.rich_results import BAD, WARN, Code
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count, format_list, index_of, instance_name
from airflowctl.domain.diagnosis import (
    callbacks,
    failure_report,
    other_dags,
    remedies,
    server_record,
    waits,
    xcom_source,
)
from airflowctl.domain.diagnosis.causes import Cause, cause_of
from airflowctl.domain.diagnosis.dag import check_part
from airflowctl.domain.diagnosis.facts import Facts, Finding, rendered_fields, with_fields
from airflowctl.domain.diagnosis.failure_report import Failure, Source, version_of
from airflowctl.domain.parallel import Part, of_each, together
from airflowctl.domain.tasks.lookup import tries_of, tries_table

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

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
    failed.sort(
        key=lambda instance: (
            _is_forced(facts, instance),
            str(instance.get("end_date") or instance.get("start_date") or ""),
        )
    )
    chosen = sorted(_choose(failed), key=failed.index)
    seen = _look(session, facts, chosen)
    findings: list[Finding] = []
    for alike in _group(facts, seen):
        findings.append(_finding(facts, alike))
        findings += [finding for evidence in alike for finding in evidence.more]
        findings += callbacks.of_callbacks(alike[0].instance, alike[0].failure)
    named = {name for finding in findings for name in finding.facts.get("instances", ())}
    rest = [name for name in map(instance_name, failed) if name not in named]
    if rest:
        title = f"{format_count(len(rest), 'more task')} failed: {format_list(rest)}"
        body = ("Their logs were not read.",)
        findings.append(Finding("also_failed", title, BAD, body, {"tasks": rest}))
    held = [instance_name(instance) for instance in facts.of_state("upstream_failed")]
    if held and findings:
        title = f"not run because of {'it' if len(failed) == 1 else 'them'}: {format_list(held)}"
        findings.append(Finding("upstream_failed", title, WARN, facts={"tasks": held}))
    return findings


def _is_forced(facts: Facts, instance: dict[str, Any]) -> bool:
    """Return whether the scheduler failed it because of another one, by the Dag's fail_fast."""
    entry = server_record.of_task(facts.events.value or (), instance)
    return entry is not None and "fail_fast" in entry.words


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
        frame = root.own_frames[-1] if root and root.own_frames else None
        key = (evidence.instance.get("task_id"), root.kind, frame) if root else number
        groups.setdefault(key, []).append(evidence)
    return [sorted(alike, key=lambda evidence: index_of(evidence.instance)) for alike in groups.values()]


def _look(session: Session, facts: Facts, chosen: list[dict[str, Any]]) -> list[Evidence]:
    """Return what there is to see of each, at once; a version of the Dag's file is asked for once."""
    first_of_version: dict[int | None, dict[str, Any]] = {}
    for instance in chosen:
        if not (instance.get("rendered_fields") or {}).get(
            "trigger_dag_id"
        ):  # which runs no code of the file
            first_of_version.setdefault(version_of(instance), instance)
    parts = of_each(
        lambda instance: _evidence(
            session, facts, instance, any(instance is first for first in first_of_version.values())
        ),
        chosen,
    )
    seen = [
        part.value or Evidence(instance, Failure(problem=_problem(part)))
        for instance, part in zip(chosen, parts, strict=True)
    ]
    sources = {version_of(evidence.instance): evidence.source for evidence in seen if evidence.source.text}
    seen = [
        evidence._replace(source=sources.get(version_of(evidence.instance), Source())) for evidence in seen
    ]
    more = of_each(lambda evidence: _related(session, facts, evidence), seen)
    return [evidence._replace(more=part.value or ()) for evidence, part in zip(seen, more, strict=True)]


def _evidence(session: Session, facts: Facts, instance: dict[str, Any], with_source: bool) -> Evidence:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
    index, number = index_of(instance), int(instance.get("try_number") or 0)
    if not number:
        return Evidence(
            instance, Failure(problem="it was not started: a user or the scheduler set its state")
        )
    version = version_of(instance)
    parts = together(
        {
            "log": lambda: failure_report.failure_of(session, path, index, number),
            "tries": lambda: tries_of(session, path, index) if number > 1 else [],
            "source": lambda: failure_report.source_of(session, facts.dag, version) if with_source else None,
            # Of others the fields are only shown, which is not worth a request where a list has none.
            "whole": lambda: with_fields(session, instance) if other_dags.may_wait(instance) else instance,
        }
    )
    failure = parts["log"].value or Failure(problem=f"its log cannot be read: {_problem(parts['log'])}")
    whole, source = parts["whole"].value or instance, parts["source"].value or Source()
    again = waits.next_try(facts, instance) if instance.get("state") == "up_for_retry" else ""
    return Evidence(whole, failure, parts["tries"].value or [], source, again)


def _related(session: Session, facts: Facts, evidence: Evidence) -> tuple[Finding, ...]:
    """Return what else has to do with the failure: a missing XCom, runs of other Dags."""
    if not evidence.instance.get("try_number"):
        return ()
    return (
        *xcom_source.missing_xcom(session, facts, evidence.failure, evidence.source),
        *check_part("the run that it started", lambda: other_dags.child(session, facts, evidence.instance)),
        *check_part("what it waited for", lambda: other_dags.awaited(session, facts, evidence.instance)),
    )


def _finding(run_facts: Facts, alike: list[Evidence]) -> Finding:
    """Return what is said of instances that failed alike: all of the first, of the others their words."""
    first = alike[0]
    instance, failure = first.instance, first.failure
    names = [instance_name(evidence.instance) for evidence in alike]
    others = {name: evidence.failure.title for name, evidence in zip(names, alike, strict=True)
              if evidence.failure.title != failure.title}  # fmt: skip
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
        "instances": names,
        "others": others,
        "exceptions": [
            {"type": entry.kind, "value": entry.words, "frames": [frame._asdict() for frame in entry.frames]}
            for entry in failure.raised
        ],
        "last_lines": list(failure.lines),
        "rendered_fields": rendered_fields(instance),
        "tries": first.tries,
        "problem": failure.problem or None,
    }
    spent = f" after {duration(took)}" if isinstance(took, int | float) and took > 0 else ""
    title = f"{format_list(names)} failed{spent}{_again(first)}: {cause.words}"
    body = [f"{name}: {words}" for name, words in others.items()] + _body(run_facts, first, cause)
    return Finding("failed", title, BAD, tuple(body), facts, _next(run_facts, first))


def _again(evidence: Evidence) -> str:
    """Return which try failed, of how many, and when the next one is."""
    if evidence.instance.get("state") != "up_for_retry":
        return ""
    most = evidence.instance.get("max_tries")
    of = f" of {most + 1}" if isinstance(most, int) else ""
    return f", will be tried again (try {evidence.instance.get('try_number')}{of} failed{evidence.again})"


def _body(run_facts: Facts, evidence: Evidence, cause: Cause) -> list[Any]:
    failure, root = evidence.failure, evidence.failure.root
    body: list[Any] = [cause.line] if cause.line else []
    body += remedies.explain(run_facts, evidence.instance, failure)
    if root is not None:
        if len(failure.raised) > 1:
            body.append(f"it began with {root.title}")
        frame = next((entry for entry in reversed(root.own_frames) if evidence.source.has(entry)), None)
        if frame:
            version = (
                "" if evidence.source.version is None else f", version {evidence.source.version} of the Dag"
            )
            body += [f"in {evidence.source.relative}{version}:", evidence.source.around(frame.line)]
        body += ["Traceback", _inset(failure_report.traceback(failure.raised, evidence.source))]
    fields = rendered_fields(evidence.instance)
    if fields:
        body += ["Rendered fields", Record({f"  {name}": value for name, value in fields.items()}, "")]
    if len(evidence.tries) > 1:
        body += ["Tries", tries_table(evidence.tries)]
    if failure.lines:
        body += ["Last lines of its log", _inset(Code("\n".join(failure.lines)))]
    elif failure.sources:
        body += ["The server says of its log", _inset(Code("\n".join(failure.sources)))]
    return body


def _next(facts: Facts, evidence: Evidence) -> tuple[str, ...]:
    instance = evidence.instance
    dag_id, run_id, task_id = facts.dag_id, facts.run_id, str(instance["task_id"])
    index = index_of(instance)
    # `-f` takes no task that is between two tries.
    again = ("-f", "-d") if instance.get("state") == "failed" else ("--now",)
    lines = [suggest("tasks", "clear", dag_id, "--task-id", task_id, *again, "--run-id", run_id)]
    if instance.get("try_number"):
        lines = [
            suggest("tasks", "debug", dag_id, task_id, run_id, index=index),
            suggest("tasks", "logs", dag_id, task_id, run_id, index=index),
            *lines,
        ]
    # What fixes the cause comes first: the task would only fail again.
    causes = [line for finding in evidence.more for line in finding.next]
    return (*remedies.remedies(evidence.failure), *causes, *lines)


def _inset(code: Code) -> Code:
    return code._replace(text="\n".join(f"  {text}" for text in code.text.split("\n")))


def _problem(part: Part) -> str:
    return part.error.message if part.error else ""
