"""The formats of the classic command: `table`, `plain`, `json` and `yaml` as `airflow` prints them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.style import QUOTED, Format, Style

if TYPE_CHECKING:
    from typing import Any

NO_DATA_FOUND = "No data found\n"


class ClassicFormat(Format):
    """All values are texts, as Python writes them. Subclasses define `format_texts`."""

    escapes = QUOTED  # in a pipe the classic command escapes nothing

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        items = [{name: self.normalize(item[name]) for name in rows.columns} for item in rows.items]
        return self.format_texts(items, style)

    def format_texts(self, items: Sequence[dict[str, Any]], style: Style) -> Iterator[str]:
        """Yield the text of items whose values are texts, None, or lists and objects of these."""
        raise NotImplementedError

    def normalize(self, value: Any) -> Any:
        """Return a value with texts in place of all but None."""
        if isinstance(value, list | tuple):
            return [self.normalize(part) for part in value]
        if isinstance(value, dict):
            return {name: self.normalize(dict.__getitem__(value, name)) for name in value}
        return None if value is None else str(value)


class ClassicTable(ClassicFormat):
    """Columns with ` | ` between them over a line of `=`."""

    fits_width = True

    def format_texts(self, items: Sequence[dict[str, Any]], style: Style) -> Iterator[str]:
        if not items:
            yield NO_DATA_FOUND
            return
        from airflowctl.output.classic_layout import WIDTH, layout_table

        if not items[0]:  # none of the columns that were wanted
            yield "\n"
            return
        rows = [[str(value) for value in item.values()] for item in items]
        yield from layout_table(list(items[0]), rows, style.width or WIDTH)

    def normalize(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return ",".join(str(self.normalize(part)) for part in value)
        return None if value is None else str(value)


class ClassicPlain(ClassicFormat):
    """Columns with blanks between them, without a line under their names."""

    def format_texts(self, items: Sequence[dict[str, Any]], style: Style) -> Iterator[str]:
        if not items:
            yield NO_DATA_FOUND
            return
        from airflowctl.output.classic_layout import layout_columns

        yield layout_columns(list(items[0]), [list(item.values()) for item in items]) + "\n"


class ClassicJson(ClassicFormat):
    """One line of JSON: a list of objects."""

    def format_texts(self, items: Sequence[dict[str, Any]], style: Style) -> Iterator[str]:
        import json

        yield json.dumps(items) + "\n"


class ClassicYaml(ClassicFormat):
    """YAML, with names in order."""

    def format_texts(self, items: Sequence[dict[str, Any]], style: Style) -> Iterator[str]:
        import yaml

        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        # As the classic command's printer writes it: without tabs, and with an empty line at its end.
        yield yaml.dump(items, Dumper=dumper).expandtabs(4) + "\n"
