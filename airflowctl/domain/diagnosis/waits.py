"""Tasks that wait by themselves: between two tries, between two looks of a sensor, for a trigger."""

from __future__ import annotations

from airflowctl.core.component_status import HEALTHY
from airflowctl.core.durations import age, duration, moment, seconds_since
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list, index_of, instance_name
from airflowctl.domain.diagnosis import failure_report, other_dags
from airflowctl.domain.diagnosis.facts import Facts, Finding, with_fields
from airflowctl.domain.diagnosis.remedies import seconds_of
from airflowctl.domain.parallel import of_each

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

_ASKED = 2  # tasks whose logs or fields are read: a request each, and they wait mostly alike
_SHOWN = 5
FAR = 86_400.0  # seconds: what waits longer is to be looked at


def next_try(facts: Facts, instance: dict[str, Any]) -> str:
    """`, the next in 29 min, at 2026-11-30T06:12:03Z`; empty where the server does not say."""
    from datetime import timedelta

    task, end = facts.task(instance.get("task_id")), moment(instance.get("end_date"))
    delay = seconds_of(task.get("retry_delay"))
    if end is None or delay is None:
        return ""
    when = end + timedelta(seconds=delay)
    late = "was due " if when < facts.now else ""
    # With a backoff Airflow makes the delay longer by a number of its own.
    if task.get("retry_exponential_backoff"):
        if when < facts.now:
            return ", the next when a delay is over that grew with the backoff"
        late = "at the earliest "
    return f", the next {late}{age((facts.now - when).total_seconds())}, at {format_time(when)}"


def format_time(when: datetime) -> str:
    from datetime import UTC

    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rescheduled(session: Session, facts: Facts) -> list[Finding]:
    """Return what tasks that look again later wait for: a sensor for something, one that could not be started
    for its worker."""
    instances = facts.of_state("up_for_reschedule")
    looks = of_each(lambda instance: _look(session, facts, instance), instances[:_ASKED])
    findings = [finding for look in looks for finding in look.value or ()]
    named = {finding.facts.get("task_id") for finding in findings}
    for instance in instances[:_SHOWN]:
        if instance.get("task_id") not in named:
            more = {"task_id": instance.get("task_id"), "map_index": index_of(instance)}
            title = f"{instance_name(instance)} is to be looked at again"
            findings.append(Finding("up_for_reschedule", title, facts=more))
    return findings


def _look(session: Session, facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": str(instance["task_id"])}
    number = int(instance.get("try_number") or 0)
    failure = failure_report.failure_of(session, path, index_of(instance), number)
    if failure.errors or failure.raised:
        return [_not_started(facts, instance, failure)]
    whole = with_fields(session, instance)
    if findings := other_dags.find_awaited(session, facts, whole):
        return findings
    if findings := pokes_until(facts, whole):
        return findings
    fields = {name: value for name, value in (whole.get("rendered_fields") or {}).items() if value}
    if not fields:
        return []
    words = format_list(f"{name} {value}" for name, value in fields.items())
    more = {"task_id": instance.get("task_id"), "map_index": index_of(instance), "rendered_fields": fields}
    title = f"{instance_name(instance)} is to be looked at again; it waits for {words}"
    return [Finding("up_for_reschedule", title, facts=more)]


def _not_started(facts: Facts, instance: dict[str, Any], failure: failure_report.Failure) -> Finding:
    name, index = instance_name(instance), index_of(instance)
    words = next(
        (text for text in failure.errors if "ImportError" in text or "import" in text), failure.title
    )
    title = f"{name} cannot be started, and is tried again: {words}"
    more = {
        "task_id": instance.get("task_id"), "map_index": index, "errors": list(failure.errors),
        "evidence": [f"its log, try {instance.get('try_number')}"], "sure": "certain",
    }  # fmt: skip
    line = suggest("tasks", "logs", facts.dag_id, str(instance["task_id"]), facts.run_id, index=index)
    return Finding("not_startable", title, BAD, tuple(failure.errors[:3]), more, (line,))


def deferred(session: Session, facts: Facts) -> list[Finding]:
    """Return what tasks that gave their slot away wait for, and until when."""
    waiting, triggerer = facts.of_state("deferred"), facts.component("triggerer")
    if not waiting:
        return []
    names = [instance_name(instance) for instance in waiting]
    if triggerer is not None and triggerer.status != HEALTHY:
        verb = "waits" if len(names) == 1 else "wait"
        title = f"{format_list(names)} {verb} for a trigger, and {triggerer.description(facts.now)}"
        return [Finding("triggerer_down", title, BAD, facts={"tasks": names}, next=(suggest("status"),))]
    wholes = of_each(lambda instance: with_fields(session, instance), waiting[:_ASKED])
    known = {id(instance): part.value for instance, part in zip(waiting, wholes, strict=False) if part.value}
    parts = of_each(lambda instance: other_dags.find_awaited(session, facts, instance), list(known.values()))
    others = {
        str(instance.get("id")): part.value
        for instance, part in zip(known.values(), parts, strict=True)
        if part.value
    }
    findings: list[Finding] = []
    # A run with hundreds of sensors would fill the screen, and they all wait alike.
    for instance in (known.get(id(task)) or task for task in waiting[:_SHOWN]):
        findings += others.get(str(instance.get("id"))) or [_of_trigger(facts, instance)]
    return findings


def _of_trigger(facts: Facts, instance: dict[str, Any]) -> Finding:
    trigger = instance.get("trigger") or {}
    trigger_name = str(trigger.get("classpath") or "its trigger").rpartition(".")[2]
    seconds = seconds_since(trigger.get("created_date"), facts.now)
    since = f" since {duration(max(0.0, seconds))}" if seconds is not None else ""
    until, evidence = find_until(instance, trigger)
    tone, end = "", ""
    if until is not None:
        left = (until - facts.now).total_seconds()
        end = f", until {format_time(until)} ({age(-left)})"
        tone = WARN if left > FAR else ""
    more = {"task_id": instance.get("task_id"), "map_index": index_of(instance), "trigger": trigger}
    lines: tuple[str, ...] = ()
    if until is not None:
        more |= {"until": until.isoformat(), "evidence": [evidence], "sure": "certain"}
        words = (facts.dag_id, str(instance["task_id"]), facts.run_id)
        lines = (suggest("tasks", "render", *words, index=index_of(instance)),)
    title = f"{instance_name(instance)} waits{since} for {trigger_name}{end}"
    return Finding("deferred", title, tone, facts=more, next=lines)


def pokes_until(facts: Facts, instance: dict[str, Any]) -> list[Finding]:
    """Return until when a sensor that runs waits, where a rendered field says so."""
    until, evidence = find_until(instance, {})
    if until is None or until <= facts.now:
        return []
    left = (until - facts.now).total_seconds()
    title = f"{instance_name(instance)} waits until {format_time(until)} ({age(-left)})"
    more = {"task_id": instance.get("task_id"), "until": until.isoformat()}
    more |= {"evidence": [evidence], "sure": "certain"}
    return [Finding("waits_until", title, WARN if left > FAR else "", facts=more)]


def find_until(instance: dict[str, Any], trigger: dict[str, Any]) -> tuple[datetime | None, str]:
    """Return the moment that a trigger waits for, and where that stands: in a rendered field of the task or
    in the trigger's own arguments."""
    from re import search

    for name, value in (instance.get("rendered_fields") or {}).items():
        if name.startswith("target_") and (when := moment(str(value).replace(" ", "T", 1))) is not None:
            return when, f"the rendered field {name}"
    if "temporal" not in str(trigger.get("classpath")):
        return None, ""
    arguments = str(trigger.get("kwargs"))
    match = search(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", arguments)
    if match is None:
        return _parse_moment_of_3_0(arguments), "the trigger's arguments"
    return moment(match[0].replace(" ", "T", 1)), "the trigger's arguments"


def _parse_moment_of_3_0(arguments: str) -> datetime | None:
    """Return the moment in `{'moment': DateTime(2030, 1, 1, 0, 0, 0, tzinfo=Timezone('UTC'))}`, which is how
    Airflow 3.0 spells it; None for other zones."""
    from datetime import UTC, datetime
    from re import search

    match = search(r"[Dd]ate[Tt]ime\(([\d, ]+?),? tzinfo=\w+\('UTC'\)", arguments)
    if match is None:
        return None
    try:
        return datetime(*map(int, match[1].split(",")), tzinfo=UTC)  # type: ignore[arg-type, misc]
    except (ValueError, TypeError):  # not the arguments of a moment after all
        return None
