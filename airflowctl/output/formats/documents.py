"""Formats that keep structure and types: `json`, `jsonl` (also called `ndjson`) and `yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from airflowctl.core.background import is_behind_prompt, pace
from airflowctl.core.errors import ServerRefused
from airflowctl.core.results import Item, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.rows import pick_columns
from airflowctl.output.style import AS_JSON, QUOTED, DataFormat, Style

if TYPE_CHECKING:
    from typing import Any

# JSON escapes them for readers that take them for the end of a line; YAML's would fold them into a space.
_LINE_ENDS = ("\\u0085", "\\u2028", "\\u2029")  # of Unicode, as JSON escapes them


class Json(DataFormat):
    """One indented document."""

    is_document = True
    has_json_errors = True
    escapes = AS_JSON

    def format_data(self, data: Any, style: Style) -> str:
        return _dump_json(data, style, 2) + "\n"

    def format_events(self, events: Iterable[Item], columns: tuple[str, ...], style: Style) -> Iterator[str]:
        """Yield an array, an event a line. It is closed also where the log breaks off, so that what has come
        can be parsed."""
        begun = False
        try:
            for event in events:
                # Written as it comes: a log of 100,000 lines is never held whole.
                yield (",\n  " if begun else "[\n  ") + _dump_json(event, style)
                begun = True
        except Exception:
            if begun:
                yield "\n]\n"
            raise
        yield "\n]\n" if begun else "[]\n"


class JsonLines(DataFormat):
    """A JSON document a line, each as soon as its item has come."""

    is_stream = True
    has_json_errors = True
    escapes = AS_JSON

    def format_data(self, data: Any, style: Style) -> str:
        return _dump_json(data, style) + "\n"

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        return (self.format_data(pick_columns(item, style.columns), style) for item in rows.items)

    def format_values(self, values: Sequence[Any], style: Style) -> Iterator[str]:
        return (self.format_data(value, style) for value in values)

    def format_events(self, events: Iterable[Item], columns: tuple[str, ...], style: Style) -> Iterator[str]:
        return (self.format_data(event, style) for event in events)


class Yaml(DataFormat):
    """One document. YAML quotes control characters itself."""

    is_document = True
    escapes = QUOTED

    def format_data(self, data: Any, style: Style) -> str:
        import yaml

        from airflowctl.output.values import copy_plain

        is_ascii = not style.unicode or _has_odd_characters(_dump_json(data, style), style)
        try:
            return yaml.safe_dump(
                copy_plain(data), sort_keys=False, allow_unicode=not is_ascii, width=1_000_000
            )
        except RecursionError:
            raise ServerRefused("this is nested too deeply for YAML", "give -o json") from None


def _has_odd_characters(text: str, style: Style) -> bool:
    """Return whether JSON text holds what PyYAML would write as it is, and should not: line ends of
    Unicode, which readers take for spaces, and on a terminal what cannot be seen."""
    if style.width is None:
        return any(end in sanitise.pipe_json(text) for end in _LINE_ENDS)
    return "\\u" in sanitise.json_text(text)


def _dump_json(data: Any, style: Style, indent: int | None = None) -> str:
    import json

    if indent is None or not is_behind_prompt():
        return json.dumps(data, ensure_ascii=not style.unicode, indent=indent)
    # Of many rows that takes longer than a key may wait.
    encoder = json.JSONEncoder(ensure_ascii=not style.unicode, indent=indent)
    return "".join(pace(encoder.iterencode(data)))
