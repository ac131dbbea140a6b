"""Formats whose columns stand under each other: `table`, `wide` and `plain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.results import Item, Record, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.rows import check_columns, drop_blanks, fill_in_words, more_columns, used_columns
from airflowctl.output.style import Format, Style

if TYPE_CHECKING:
    from airflowctl.output.blocks import Layout
    from airflowctl.output.number_column import NumberColumn

_FEW = 5  # rows, which need no numbers to be counted


class Plain(Format):
    """Columns without a rule, uncut and without colours, also on a terminal."""

    is_for_eyes = True

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        items = [drop_blanks(item, rows.optional) for item in rows.items]
        if items:
            from airflowctl.output.table import table

            columns = style.columns or used_columns(rows, items)
            text = table(
                items, columns, None, key=rows.key, header=style.header, ruled=False, clock=style.clock
            )
            yield text + "\n"


class Table(Format):
    """Columns under a rule, as wide as the terminal; a record has a line a field."""

    is_for_eyes = True
    fits_width = True

    can_begin_early = True

    def format_rows(self, rows: Rows, style: Style) -> Iterator[str]:
        from airflowctl.output.blocks import Layout, take_blocks

        layout, shown = Layout(), tuple[str, ...]()
        numbers: NumberColumn | None = None
        # The width of a column is known only when the last row has come: what comes slowly is aligned block
        # by
        # block.
        for block in take_blocks(rows.items, style.patience if self.can_begin_early else 0.0):
            if not shown and rows.is_numbered and style.header and len(block) > _FEW:
                from airflowctl.output.number_column import NumberColumn

                numbers = NumberColumn(len(block))
                style = style._replace(width=numbers.width_beside(style.width))
            items: Sequence[Item] = [drop_blanks(item, rows.optional) for item in block]
            columns = style.columns or used_columns(rows, items)
            items = [fill_in_words(item, rows.none) for item in items] if rows.none else items
            items, columns = self._widen(items, columns, rows, style)
            if shown and set(columns) <= set(shown):
                columns = shown
            is_first = columns != shown
            text = self._format_block(items, columns, rows.key, style, layout, numbers, is_first=is_first)
            yield f"\n{text}\n" if shown and (is_first or not layout.widths) else f"{text}\n"
            shown = columns

    def _format_block(
        self,
        items: Sequence[Item],
        columns: tuple[str, ...],
        key: str,
        style: Style,
        layout: Layout,
        numbers: NumberColumn | None,
        *,
        is_first: bool,
    ) -> str:
        """Return some rows, under titles where they are the first with these columns."""
        from airflowctl.output.table import table

        if is_first:
            layout.forget()
        return table(
            items,
            columns,
            style.width,
            key=key,
            header=style.header and is_first,
            ruled=self._is_ruled(style),
            clock=style.clock,
            colour=style.colour,
            page_base=style.page_base,
            layout=layout,
            numbers=numbers,
        )

    def format_record(self, record: Record, style: Style) -> Iterator[str]:
        from airflowctl.output.table import record as fields

        item = record.item
        # A declared field that an older server does not send is no row without a value.
        columns = style.columns or tuple(name for name in self._fields(record) if name in item)
        check_columns(style.columns, item)
        yield fields(item, columns, style.width, clock=style.clock, colour=style.colour) + "\n"

    def _fields(self, record: Record) -> Sequence[str]:
        return record.table or record.columns or tuple(record.item)

    def _is_ruled(self, style: Style) -> bool:
        return True

    def _widen(
        self, items: Sequence[Item], columns: tuple[str, ...], rows: Rows, style: Style
    ) -> tuple[Sequence[Item], tuple[str, ...]]:
        return items, columns


class Wide(Table):
    """A table with every field for which the terminal has room, and with the age of times."""

    can_begin_early = False  # a bar in it is as long as its share of all
    # Only here: in a plain table the words would stand where a script of old expects a time.
    has_ages = True

    def _fields(self, record: Record) -> Sequence[str]:
        return tuple(record.item)

    def _is_ruled(self, style: Style) -> bool:
        # In a pipe a rule would be one more line that is no row.
        return style.width is not None

    def _widen(
        self, items: Sequence[Item], columns: tuple[str, ...], rows: Rows, style: Style
    ) -> tuple[Sequence[Item], tuple[str, ...]]:
        if style.columns:
            return items, columns
        from airflowctl.output.table import fit_columns

        columns = fit_columns(items, columns, more_columns(rows, items, columns), style.width, style.clock)
        if not rows.bar or style.width is None:
            return items, columns
        from airflowctl.output.sparkbars import add_bars

        return add_bars(items, columns, rows.bar, style)
