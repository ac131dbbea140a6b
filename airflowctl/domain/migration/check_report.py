"""What a person reads of a check: each call that does not stay as it is, with its line and the reason."""

from __future__ import annotations

from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.migration.findings import make_item
from airflowctl.domain.migration.verdict import IMPOSSIBLE, SAME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from airflowctl.core.results import Rows
    from airflowctl.domain.migration.scan import Finding
    from airflowctl.session.session import Session


def is_for_report(session: Session) -> bool:
    """Return whether a person reads the answer, who has chosen no format, fields or order."""
    options = session.options
    is_chosen = options.output or options.columns or options.sort or options.query
    return session.streams.stdout_is_terminal and not is_chosen


def make_report(findings: Sequence[Finding], rows: Rows) -> Report:
    """Return the same as the rows, for a person: a table of long texts has no room on a terminal."""
    items = [make_item(finding) for finding in findings]
    sections = [_make_section(item) for item in items if item["verdict"] != SAME]
    same = [str(item["place"]) for item in items if item["verdict"] == SAME]
    if same:
        title = f"{format_count(len(same), 'call')} the same here"
        sections.append(Section(title, (", ".join(same),), GOOD))
    return Report(tuple(sections or [Section("no calls of airflow", (), GOOD)]), items, rows.code)


def _make_section(item: dict[str, Any]) -> Section:
    tone = BAD if item["verdict"] == IMPOSSIBLE else WARN if item["must_change"] else ""
    line = f"> {item['line']}" if item["line"] else ""
    better = f"better: {item['better']}" if item["better"] else ""
    body = (item["call"], line, item["why"], better, item["note"])
    return Section(f"{item['place']}: {item['verdict']}", tuple(filter(None, body)), tone)
