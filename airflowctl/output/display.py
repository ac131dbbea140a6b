"""Logs, reports and pictures in the format that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.display import Log, Picture, Report
from airflowctl.core.result import Text
from airflowctl.output.render import DOCUMENTS, RULED, Style, render


def displayed(result: Log | Report | Picture, style: Style) -> Iterator[str]:
    """The text of a result in pieces."""
    if isinstance(result, Log):
        from airflowctl.output import log

        yield from log.told(result, style)
    elif isinstance(result, Report):
        yield from _report(result, style)
    else:
        yield from _picture(result, style)


def _report(result: Report, style: Style) -> Iterator[str]:
    from airflowctl.output import report

    if style.format in DOCUMENTS:
        yield from render(Text("", result.data), style)
    elif style.explicit and style.format not in (*RULED, "plain"):
        yield from render(report.rows(result), style)
    else:
        yield from report.told(result, style)


def _picture(result: Picture, style: Style) -> Iterator[str]:
    """Drawn for eyes; as data, or as lines, for everything else."""
    for_eyes = style.format in (*RULED, "plain") or (result.piped and not style.explicit)
    if style.columns or style.sort or style.format == "jsonl":
        yield from render(result.rows, style)
    elif style.format in DOCUMENTS:
        yield from render(Text("", result.data), style)
    elif for_eyes:
        from airflowctl.output.picture import drawn

        for line in drawn(result, style):
            yield line + "\n"
    else:
        yield from render(result.rows, style)
