"""A result in the format that was asked for, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from airflowctl.core.results import NO_DATA, Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.style import DataFormat, Style
from airflowctl.output.values import full_text

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Log, Picture, Report, Shown
    from airflowctl.output.query import Values


def render(result: Shown, style: Style) -> Iterator[str]:
    """Yield the text of a result, sorted and queried as the style says; a stream yields a piece a row."""
    # Before a query, which may take the column away by which is sorted.
    if style.sort and isinstance(result, Rows):
        from airflowctl.output.sorting import sort_items

        result = result._replace(items=sort_items(result.items, style.sort))
    if style.query and (isinstance(result, Rows | Record) or getattr(result, "data", NO_DATA) is not NO_DATA):
        from airflowctl.output.query import Values, apply_query

        queried = apply_query(result, style.query)
        if isinstance(queried, Values):
            yield from _render_values(queried, style)
            return
        result = queried
    yield from _render_result(result, style)


def _render_result(result: Shown, style: Style) -> Iterator[str]:
    if isinstance(result, Text):
        return _render_text(result, style)
    if isinstance(result, Record):
        return style.format.render_record(result, style)
    if isinstance(result, Rows):
        return style.format.render_rows(result, style)
    return iter(()) if result is None else _render_rich(result, style)


def _render_rich(result: Log | Report | Picture, style: Style) -> Iterator[str]:
    from airflowctl.core.rich_results import Log, Report

    if isinstance(result, Log):
        return _render_log(result, style)
    return _render_report(result, style) if isinstance(result, Report) else _render_picture(result, style)


def _render_text(text: Text, style: Style) -> Iterator[str]:
    if style.explicit and isinstance(text.data, Mapping) and text.data:
        return style.format.render_record(Record(text.data, next(iter(text.data))), style)
    if style.explicit and isinstance(style.format, DataFormat):
        return style.format.render_data(text.text if text.data is NO_DATA else text.data, style)
    return _render_words(text.text, style)


def _render_words(text: str, style: Style) -> Iterator[str]:
    """Yield a text. On a terminal nothing of the server is alive in it, be it like a colour of ours; in a
    pipe it is as the server sent it, since it is the whole result."""
    return Text(text if style.width is None else sanitise.prose(text)).pieces()


def _render_values(values: Values, style: Style) -> Iterator[str]:
    data = values.data
    if isinstance(data, list):
        return style.format.render_values(data, style)
    if isinstance(style.format, DataFormat):
        return style.format.render_data(data, style)
    return _render_words("null" if data is None else full_text(data), style)


def _render_log(log: Log, style: Style) -> Iterator[str]:
    from airflowctl.output.log import events, render_log

    columns = ("task_id", "map_index") if log.form.named else ()
    # The line wants fields of the events, so they are rows, as from any list.
    if style.columns or style.sort or style.query:
        from airflowctl.output.rows import event_rows

        return render(event_rows(events(log), columns), style)
    if style.explicit and not style.format.is_for_eyes:
        return style.format.render_events(events(log), columns, style)
    return render_log(log, style)


def _render_report(report: Report, style: Style) -> Iterator[str]:
    from airflowctl.output.report import render_report, report_rows

    if isinstance(style.format, DataFormat):
        return _render_text(Text("", report.data), style)
    if style.explicit and not style.format.is_for_eyes:
        return render(report_rows(report), style)
    return render_report(report, style)


def _render_picture(picture: Picture, style: Style) -> Iterator[str]:
    """Yield a picture as letters where it is for eyes, as data in a document, as rows in other formats."""
    if style.columns or style.sort:
        return render(picture.rows, style)
    if style.format.is_document:
        return _render_text(Text("", picture.data), style)
    if style.format.is_for_eyes or (picture.piped and not style.explicit):
        from airflowctl.output.pictures.draw import draw_picture

        return (line + "\n" for line in draw_picture(picture, style))
    return style.format.render_rows(picture.rows, style)
