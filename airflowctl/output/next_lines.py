"""Lines to run next within reports and views; what a server sent has none."""

from __future__ import annotations

from airflowctl.core.next_line import is_line, write_lines, write_lines_in
from airflowctl.core.rich_results import Report, Section, SubPrompt, View
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.next_line import Write
    from airflowctl.core.rich_results import Printable


def write_lines_of(result: Printable, write: Write) -> Printable:
    """Return the result with its lines written out; those that are not to be proposed are left out of it."""
    if isinstance(result, SubPrompt):
        return result._replace(opening=_report(result.opening, write))
    return _report(result, write) if isinstance(result, Report) else result


def write_lines_of_view(view: View, write: Write) -> View:
    return view._replace(title=write_lines(view.title, write), foot=tuple(write_lines_in(view.foot, write)))


def _report(report: Report, write: Write) -> Report:
    inside: dict[str, None] = dict.fromkeys(report.inside)
    return report._replace(
        sections=tuple(_section(section, write, inside) for section in report.sections),
        data=write_lines_in(report.data, write),
        next=tuple(write_lines_in(report.next, write)),
        inside=tuple(inside),
    )


def _section(section: Section, write: Write, inside: dict[str, None]) -> Section:
    """Return the section with its lines written out; those that are a text of their own join `inside`."""
    body: list[Any] = []
    for part in section.body:
        if not isinstance(part, str):
            body.append(part)
            continue
        text = write_lines(part, write)
        if is_line(part):
            if not text:
                continue
            inside[text] = None
        body.append(text)
    return section._replace(title=write_lines(section.title, write), body=tuple(body))
