"""A watch on its way to the reader: drawn in place, a line for each change, or its last view."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from airflowctl.core.durations import duration
from airflowctl.core.results import Item, Rows
from airflowctl.core.rich_results import View, Watch
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output import sanitise
from airflowctl.output.cells import wrap
from airflowctl.output.formats import load_format
from airflowctl.output.live import Live
from airflowctl.output.next_lines import write_lines_of_view
from airflowctl.output.render import render
from airflowctl.output.streams import Streams
from airflowctl.output.style import Style

if TYPE_CHECKING:
    from airflowctl.core.next_line import Write

_BAR = 30  # cells


class Watching:
    """One `Watch` on its way to a reader. `style` is that of a result now: a window may change."""

    def __init__(
        self,
        watch: Watch,
        streams: Streams,
        style: Callable[[], Style],
        safe: Callable[[str], str],
        write: Callable[[str], object],
        note: Callable[[str], object],
        write_line: Write,
    ) -> None:
        self._watch = watch
        self._streams = streams
        self._style = style
        self._safe = safe
        self._write = write
        self._note = note
        self._write_line = write_line
        self._shown_notes: set[str] = set()
        self._live: Live | None = None
        self._code = 0

    def show(self) -> int:
        """Show all views until the watch ends. Return its exit code."""
        try:
            self._show(self._style())
        except KeyboardInterrupt as interrupted:
            self._interrupt(interrupted)
        finally:
            self._watch.views.close()
        return self._code

    def _show(self, style: Style) -> None:
        terminal = self._streams.stdout_is_terminal
        is_live = terminal and style.format.fits_width and not style.query
        if is_live and not self._streams.is_dumb:
            self._draw()
        elif is_live:  # nothing that was written can be changed
            self._stream(style._replace(format=load_format("tsv")))
        elif style.format.is_stream and not style.query:
            self._stream(style)
        else:
            self._tell_end(style)

    def _interrupt(self, interrupted: KeyboardInterrupt) -> None:
        """Raise Ctrl-C in the views: the command decides what it means, also while a view is written."""
        try:
            # Ctrl-C reaches the generator wherever it comes: only the command knows what it means (decision
            # 0032).
            self._watch.views.throw(interrupted)
        except StopIteration as ended:
            self._code = ended.value

    def lift(self) -> None:
        """Take the drawn view away, so that another message can be written."""
        if self._live is not None:
            self._live.lift()

    def _next(self) -> View | None:
        """Return the next view; at the end none, and there is an exit code. It is no generator around
        theirs, which would close theirs before Ctrl-C is raised in it."""
        try:
            return write_lines_of_view(next(self._watch.views), self._write_line)
        except StopIteration as ended:
            self._code = ended.value
            return None

    def _tell_end(self, style: Style) -> None:
        last = None
        while (view := self._next()) is not None:
            self._say(view.foot)
            last = view
        if last is not None:
            for piece in render(last.body, style):
                self._write(self._safe(piece))

    def _stream(self, style: Style) -> None:
        rows = Rows(self._changes(), self._watch.columns, self._watch.key)
        for piece in render(rows, style):
            self._write(self._safe(piece))

    def _changes(self) -> Iterator[Item]:
        while (view := self._next()) is not None:
            yield from view.changes
            self._say(view.foot)

    def _say(self, lines: tuple[str, ...]) -> None:
        for line in lines:
            # A view says again what is still so, about once a second.
            if line not in self._shown_notes:
                self._shown_notes.add(line)
                self._note(line)

    def _draw(self) -> None:
        """Draw each view in place. Where it fails, the last view stays, and the error is printed under it."""
        last = None
        with Live(self._streams, self._write) as self._live:
            while (view := self._next()) is not None:
                self._put(view, whole=view.is_last)
                last = view
            if last is not None and not last.is_last:
                self._put(last, whole=True)

    def _put(self, view: View, *, whole: bool) -> None:
        """Draw it in place or, where that place is not needed again, as long as it is."""
        live = self._live
        if live is None:
            return
        if not whole:
            live.draw(*self._lines(view, live.columns), view.focus)
            return
        # The last view is no longer drawn in place, so that a body higher than the window is printed whole.
        live.lift()
        lines = [line for part in self._lines(view, self._streams.columns) for line in part]
        self._write("".join(f"{line}\n" for line in lines))

    def _lines(self, view: View, width: int) -> tuple[list[str], list[str], list[str]]:
        """Return what stands over the body, the body, and what stands under it."""
        if isinstance(view.body, Rows):
            view = view._replace(body=view.body._replace(items=list(view.body.items)))
        style = self._style()._replace(width=width)
        head = [*self._words(view.title, width)]
        if view.done is not None:
            passed = "" if view.passed is None else f"  {duration(round(view.passed, 1))}"
            head.append(f"{bar(*view.done, max(5, min(_BAR, width - 25)), style.unicode)}{passed}")
        body = list(view.drawn) or "".join(map(self._safe, render(view.body, style))).splitlines()
        if isinstance(view.body, Rows):
            items = len(list(view.body.items))
            titles = len(body) - items
            if 0 <= titles <= 2:  # else each row is shown on its own
                head += body[:titles]
                body = body[titles:]
            if not items:
                body = [view.body.empty]
        foot = [part for text in view.foot for part in self._words(text, width)]
        return head, body, foot

    def _words(self, text: str, width: int) -> Iterator[str]:
        if text:
            yield from wrap(sanitise.block(text), width)


def bar(done: int, total: int, width: int, unicode: bool) -> str:
    """`█████░░░░░ 5 of 10`; `width` is that of the bar alone."""
    filled = width * done // total if total else 0
    full, empty = ("█", "░") if unicode else ("#", "-")
    return f"{full * filled}{empty * (width - filled)} {done} of {total}"
