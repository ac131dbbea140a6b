"""An XCom that a task pulled and that is not there: which task did not push it, read from the task's line."""

from __future__ import annotations

from functools import partial

from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import alone

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.domain.diagnosis.failure_report import Failure, Source
    from airflowctl.session.session import Session

_RETURN = "return_value"
_UNKNOWN = object()


def missing_xcom(session: Session, facts: Facts, failure: Failure, source: Source) -> list[Finding]:
    """Return the XComs that the failing line pulls and that the server does not have."""
    root = failure.root
    if root is None:
        return []
    field, template = failure.template
    frame = next((frame for frame in reversed(root.own_frames) if source.has(frame)), None)
    if field and "None" in root.words:
        pulls, evidence = _pulls_of_template(template), f"the template of the field {field}"
    elif frame is not None and "NoneType" in root.words:
        pulls, evidence = _pulls(source.text, frame.line), f"line {frame.line} of the Dag's file"
    else:
        return []
    findings = []
    for task_id, key in dict.fromkeys(pulls):
        path = {"dag_id": facts.dag_id, "dag_run_id": facts.run_id, "task_id": task_id}
        query = {"xcom_key": key}
        op = "get_xcom_entries"
        part = alone(partial(session.api.page, op, "xcom_entries", path, limit=1, query=query))
        if part.error or part.value[0]:
            continue
        title = f"{task_id} pushed no XCom '{key}', which the failing {'template' if field else 'line'} pulls"
        more = {
            "task_id": task_id,
            "key": key,
            "evidence": [f"the XComs of {task_id}", evidence],
        }
        more["sure"] = "certain"
        line = suggest("xcom", "list", facts.dag_id, task_id, facts.run_id)
        findings.append(Finding("missing_xcom", title, WARN, (), more, (line,)))
    return findings


def _pulls(text: str, line: int) -> Iterator[tuple[str, str]]:
    """Yield the task and the key of each `xcom_pull` with names spelled out that the line is a part of."""
    import ast

    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "xcom_pull":
                yield from _names(node)


def _pulls_of_template(template: str) -> Iterator[tuple[str, str]]:
    """Yield the same of the `xcom_pull` in a Jinja template, whose arguments are written as in Python."""
    from re import finditer

    for match in finditer(r"xcom_pull\(", template):
        yield from next(filter(None, map(_pulls_of_call, _calls_from(template[match.start() :]))), ())


def _calls_from(text: str) -> Iterator[str]:
    """Yield the beginnings of a text that end with a bracket: the call is the first that is an expression."""
    end = text.find(")")
    while end >= 0:
        yield text[: end + 1]
        end = text.find(")", end + 1)


def _pulls_of_call(text: str) -> list[tuple[str, str]]:
    return list(_pulls(text, 1))


def _names(call: ast.Call) -> Iterator[tuple[str, str]]:
    import ast

    values: dict[str, Any] = {}
    for name, value in (*zip(("task_ids", "dag_id", "key"), call.args, strict=False),
                        *((word.arg or "", word.value) for word in call.keywords)):  # fmt: skip
        if isinstance(value, ast.Constant):
            values[name] = value.value
        elif isinstance(value, ast.List | ast.Tuple):
            values[name] = [entry.value for entry in value.elts if isinstance(entry, ast.Constant)]
        else:  # only the run knew its value
            values[name] = _UNKNOWN
    tasks, key = values.get("task_ids"), values.get("key", _RETURN)
    if values.get("dag_id") or "" in values or not isinstance(key, str):
        return
    for task in tasks if isinstance(tasks, list) else [tasks]:
        if isinstance(task, str):
            yield task, key
