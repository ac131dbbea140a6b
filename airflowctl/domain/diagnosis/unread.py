"""A Dag that the server does not know: files that cannot be read, a Dag processor that does not run."""

from __future__ import annotations

from airflowctl.core.component_status import HEALTHY
from airflowctl.core.errors import REFUSED
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.diagnosis.deployment import components, reason
from airflowctl.domain.diagnosis.facts import Finding
from airflowctl.domain.parallel import together

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_SHOWN = 5  # files


def unread(session: Session, dag_id: str) -> Report | None:
    """Return why no Dag of this id may be known; None where every file is read and the Dag processor runs."""
    from datetime import UTC, datetime

    query = {"order_by": "-timestamp"}
    parts = together({
        "errors": lambda: session.api.page("get_import_errors", "import_errors", {}, query=query),
        "components": lambda: components(session),
    })  # fmt: skip
    rows, total = parts["errors"].value or ((), 0)
    findings = []
    for component in parts["components"].value or ():
        if component.name == "dag_processor" and component.status not in (HEALTHY, None):
            title = f"{component.description(datetime.now(UTC))}: a new file is not read"
            findings.append(
                Finding(
                    "dag_processor_down", title, BAD, facts=component._asdict(), next=(suggest("status"),)
                )
            )
    # A file that cannot be read has no Dags: its name, or a line of its traceback, is all that tells of them.
    named = [row for row in rows if _names(row, dag_id)]
    words = "its file cannot be read" if named else "a file that may have it cannot be read"
    findings += [_of_file(row, words)
                 for row in (named or rows)[:_SHOWN]]  # fmt: skip
    if not findings:
        return None
    more = (total or len(rows)) - _SHOWN
    if not named and more > 0:
        findings.append(Finding("left_out", f"{format_count(more, 'more file')} cannot be read", WARN,
                                next=(suggest("dags", "list-import-errors"),)))  # fmt: skip
    return _report(dag_id, findings)


def _names(row: dict[str, Any], dag_id: str) -> bool:
    from re import escape, search

    stem = str(row.get("filename") or "").replace("\\", "/").rpartition("/")[2].removesuffix(".py")
    # In quotes, or said to be a Dag: a word alone may be a function of the traceback.
    named = rf"(?:[\"']|\b[Dd](?:ag|AG):? |\bdag_id[:=] ?){escape(dag_id)}(?![\w-])"
    return stem == dag_id or bool(search(named, str(row.get("stack_trace"))))


def _of_file(row: dict[str, Any], words: str) -> Finding:
    number = row.get("import_error_id")
    title = f"{words}: {row.get('filename')}: {reason(row)}"
    more = {
        **row,
        "evidence": [f"import error {number}"],
        "sure": "certain" if words.startswith("its") else "likely",
    }
    return Finding("import_error", title, BAD, (), more, (suggest("dags", "get-import-error", number),))


def _report(dag_id: str, findings: list[Finding]) -> Report:
    title = f"no Dag {dag_id} is known to the server"
    lines = tuple(dict.fromkeys(text for finding in findings for text in finding.next))
    data = {
        "dag_id": dag_id, "dag_run_id": None, "state": None, "wrong": True, "verdict": title,
        "findings": [finding.data for finding in findings], "next": list(lines),
    }  # fmt: skip
    return Report(
        (Section(title, tone=BAD), *(finding.section for finding in findings)), data, REFUSED, lines[:6]
    )
