"""What a known cause asks for: lines that fix it, and the setting that it names, with its value."""

from __future__ import annotations

from airflowctl.core.durations import duration
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.diagnosis.facts import Facts
    from airflowctl.domain.diagnosis.failure_report import ExceptionInfo, Failure

# How the exceptions of Airflow and of its providers name what is missing; the name stands in the group.
_CONNECTION = r"conn_id [`'\"](?P<name>[^`'\"]+)[`'\"] isn't defined"
_VARIABLE = (
    r"(?:Variable (?P<name>[^\s'\"]+) (?:does not exist|not found)"
    r"|VARIABLE_NOT_FOUND.*?['\"]key['\"]: ['\"](?P<key>[^'\"]+))"
)
# What is raised when the execution_timeout is over, of what runs and of what is deferred.
_TIMEOUTS = ("AirflowTaskTimeout", "TaskDeferralTimeout")
_UNANSWERED = "HITLTimeoutError"
_SENSOR_LIMIT = r"specified timeout of (?P<limit>[0-9.]*[0-9])"
_MODULE = r"No module named '(?P<name>[^']+)'"


def remedies(failure: Failure) -> tuple[str, ...]:
    """Return the lines that make what a task did not find. The value is the user's to type: it is read from
    standard input."""
    from re import DOTALL, search

    for raised in failure.raised:
        text = f"{raised.kind}: {raised.words}"
        if match := search(_CONNECTION, text):
            return (suggest("connections", "add", match["name"], "--conn-json", "-"),)
        if match := search(_VARIABLE, text, DOTALL):
            return (suggest("variables", "set", match["name"] or match["key"], "--value-file", "-"),)
    return ()


def explain(facts: Facts, instance: dict[str, Any], failure: Failure) -> list[str]:
    """Return what the cause means in terms of the Dag: a setting and its value, what has to be installed."""
    from re import search

    root = failure.root
    if root is None:
        return []
    task = facts.task(instance.get("task_id"))
    words = []
    if root.kind in _TIMEOUTS and (limit := seconds_of(task.get("execution_timeout"))):
        words.append(f"execution_timeout of the task is {duration(limit)}")
    if root.kind == _UNANSWERED:
        words.append("response_timeout of the task is over, whose value no API tells: no user answered")
    if root.kind == "AirflowSensorTimeout" and (match := search(_SENSOR_LIMIT, root.words)):
        words.append(f"timeout of the sensor is {duration(float(match['limit']))}")
    if match := search(_MODULE, f"{root.kind}: {root.words}"):
        where = (
            "its trigger ran: on the triggerer" if failure.is_of_trigger else "the task ran: on the worker"
        )
        words.append(f"The package of '{match['name']}' is not installed where {where}.")
    if failure.template[0]:
        field, text = failure.template
        words.append(f"the template of the field {field} is: {text}")
    return words + _of_missing_value(facts, instance, root)


def _of_missing_value(facts: Facts, instance: dict[str, Any], root: ExceptionInfo) -> list[str]:
    """Return which arguments were None, where that is what the exception is about."""
    if "NoneType" not in root.words:
        return []
    fields = instance.get("rendered_fields") or {}
    empty = [name for name in ("op_args", "op_kwargs") if "None" in str(fields.get(name))]
    return (
        [f"None is in its {' and its '.join(empty)}: what should have made the value returned nothing"]
        if empty
        else []
    )


def seconds_of(value: Any) -> float | None:
    """Return the seconds of a span of time as the API writes it: `{"seconds": 5, "days": 0}` or `PT5S`."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dict):
        days, seconds = value.get("days") or 0, value.get("seconds") or 0
        return float(days * 86_400 + seconds)
    return parse_span(value) if isinstance(value, str) else None


def parse_span(text: str) -> float | None:
    """`PT20S`, `P1DT2H` -> seconds; None for what is no span of time."""
    from re import fullmatch

    match = fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?", text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return days * 86_400 + hours * 3600 + minutes * 60 + seconds
