"""Logs as they are read: a line an event, groups folded, exceptions as tracebacks."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Mapping
from time import monotonic

from airflowctl.core.durations import moment
from airflowctl.core.logs import END_GROUP, GROUP, OWN_GROUPS, SKIPPED, SOURCES, is_reason
from airflowctl.core.rich_results import Line, Log
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_index
from airflowctl.output import sanitise
from airflowctl.output.colour import BOLD_RED, END, GREY, LEVELS, NAMES
from airflowctl.output.times import is_time
from airflowctl.output.traceback import colour_traceback, traceback_lines
from airflowctl.output.values import full_text

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.results import Item
    from airflowctl.output.style import Style

_KNOWN = {
    "timestamp", "event", "level", "logger", "chan", "filename", "lineno", "error_detail", "sources",
    "dag_id", "run_id", "task_id", "ti_id", "map_index", "try_number",
}  # fmt: skip
_LOUD = ("error", "critical")  # not even folded away
_HELD = 100  # lines of a group that did not end
_PATIENCE = 2.0  # seconds that a group's lines are held back with --follow
_OUT = ("task.stdout", "task.stderr", "stdout", "stderr")  # by logger, or by `chan` in Airflow 3.0
_WIDEST = 30


def events(log: Log) -> Iterator[Item]:
    """Yield the events as the server sent them, each with its task, map index and try; of several runs
    with the run too."""
    for line in filter(None, log):
        run = {"dag_run_id": line.run_id} if line.run_id else {}
        number = line.number
        yield {
            **line.event,
            **run,
            "task_id": line.task_id,
            "map_index": line.map_index,
            "try_number": number,
        }


def render_log(log: Log, style: Style) -> Iterator[str]:
    """Yield the text of a log for reading, each piece as soon as its line is complete."""
    if log.form.raw:
        yield from (text for line in log if line for text in _render_raw(line, style))
    else:
        renderer = _LogRenderer(log, style)
        for line in log:
            yield from renderer.render_line(line) if line else renderer.release_late()
        yield from renderer.finish()


def _render_raw(line: Line, style: Style) -> Iterator[str]:
    words = [
        str(line.event.get("event", "")),
        *traceback_lines(line.event.get("error_detail"), line.code, unfold=True),
    ]
    for text in words:
        if style.width is not None:
            text = sanitise.keep_readable_colours(text) if style.colour else sanitise.drop_colours(text)
        yield text + "\n"


_Stream = tuple[str, int, bool]


def _stream(line: Line) -> _Stream:
    """Return which lines are in order with this one. Airflow sends what a task prints by another way than
    what it logs: a printed line may stand between the marks of a group that it is no part of."""
    event = line.event
    # What a task prints is in no group of Airflow's, and may stand between two marks by chance (decision
    # 0033).
    return line.task_id, line.map_index, event.get("logger") in _OUT or event.get("chan") in _OUT


class _Group:
    """Lines between two marks: how many there were, and the last of them."""

    def __init__(self, line: Line) -> None:
        self.begun = line
        self.title = str(line.event.get("event", "")).removeprefix(GROUP).strip()
        self.depth = 1
        self.count = self.loud = 0  # `loud` of them were printed at once
        self.held: deque[Line] = deque(maxlen=_HELD)
        self.came = monotonic()


def _is_loud(event: Item) -> bool:
    """Return whether an event is shown though its group is folded."""
    is_error = str(event.get("level")).lower() in _LOUD or bool(event.get("error_detail"))
    return is_error or event.get("event") == SKIPPED


class _LogRenderer:
    """The state of rendering a log, from one line to the next."""

    def __init__(self, log: Log, style: Style) -> None:
        self._form, self._is_live, self._style = log.form, log.live, style
        self._groups: dict[_Stream, _Group] = {}
        self._open: set[_Stream] = set()  # of those that are shown line by line
        self._date, self._number, self._width, self._run_id = "", 0, 0, ""
        self._reasons: list[Line] = []  # why there is no log, until there is a line of it
        self._is_empty = True

    def render_line(self, line: Line) -> Iterator[str]:
        if line.run_id != self._run_id:
            yield from self._begin_run(line.run_id)
        if line.number != self._number and not self._form.named:
            if self._number and not self._is_live:
                yield from self.finish()
                yield self._dim(f"{self._dash * 2} try {line.number} {self._dash * 2}") + "\n"
            self._number = line.number
        yield from (
            self._render_with_groups(line)
            if self._form.unfold or self._form.flat
            else self._render_without_groups(line)
        )

    def _begin_run(self, run_id: str) -> Iterator[str]:
        """Yield what was held back of the run before, and on a terminal a heading; a pipe has the run in each
        line."""
        if self._run_id:
            yield from self.finish()
        self._run_id, self._date = run_id, ""
        if self._style.width is not None:
            yield self._dim(f"{self._dash * 2} run {self._safe(run_id)} {self._dash * 2}") + "\n"

    def release_late(self) -> Iterator[str]:
        """Yield groups that have not ended for a long time: no event has come for now."""
        for key, group in list(self._groups.items()):
            # Airflow's own groups always end; a task's group may stay open as long as the task runs, and the
            # user waits for its lines.
            if group.title not in OWN_GROUPS and monotonic() - group.came > _PATIENCE:
                del self._groups[key]
                self._open.add(key)
                yield from self._release(group)

    def finish(self) -> Iterator[str]:
        """Yield what is still held back: a group that never ended may hold how the task failed, and the
        sources of a log without a line why there is none."""
        for line in self._reasons if self._is_empty else ():
            yield from self._line(line)
        self._reasons.clear()
        self._is_empty = True
        for group in self._groups.values():
            yield from self._release(group)
        self._groups.clear()

    def _render_with_groups(self, line: Line) -> Iterator[str]:
        words = str(line.event.get("event", ""))
        if words.startswith(GROUP):
            yield from self._fold_line(line, self._arrow(True) + words.removeprefix(GROUP))
        elif words != END_GROUP:
            yield from self._line(line)

    def _render_without_groups(self, line: Line) -> Iterator[str]:
        key = _stream(line)
        words, group = str(line.event.get("event", "")), self._groups.get(key)
        if words.startswith(GROUP):
            if group:
                group.depth += 1
            elif key in self._open:
                yield from self._render_with_groups(line)
            else:
                self._groups[key] = _Group(line)
        elif words.startswith(END_GROUP):
            self._open.discard(key)
            if group:
                group.depth -= 1
                if not group.depth:
                    yield from self._close(key, group)
        elif group is None:
            self._is_empty = False
            yield from self._line(line)
        else:
            group.count += 1
            if group.title == SOURCES and is_reason(line.event):
                self._reasons.append(line)
            elif group.title != SOURCES:
                self._is_empty = False
            if _is_loud(line.event):
                group.loud += 1
                yield from self._line(line)
            else:
                group.held.append(line)

    def _close(self, key: _Stream, group: _Group) -> Iterator[str]:
        del self._groups[key]
        # In a merged log each task would repeat where its log comes from.
        if group.count and not (self._form.named and group.title == SOURCES):  # once for each task
            yield from self._fold_line(
                group.begun, f"{self._arrow(False)}{group.title} ({format_count(group.count, 'line')})"
            )

    def _release(self, group: _Group) -> Iterator[str]:
        if group.count:
            left = group.count - group.loud - len(group.held)
            more = f" ({format_count(left, 'line')} not shown)" if left else ""
            yield from self._fold_line(group.begun, self._arrow(True) + group.title + more)
        for line in group.held:
            yield from self._line(line)

    # One line.

    def _line(self, line: Line) -> Iterator[str]:
        event = line.event
        level = str(event.get("level") or "").upper()
        head = yield from self._head(line)
        words = self._words(str(event.get("event", "")))
        first, *others = words.split("\n")
        tag = f"{level:<7} " if level else ""
        if self._style.colour and level.lower() in LEVELS:
            tag = f"{LEVELS[level.lower()]}{tag}{END}"
        if self._form.loggers and event.get("logger"):
            tag += self._dim(f"[{self._safe(str(event['logger']))}]") + " "
        prefix = self._prefix(line)
        yield f"{head}{prefix}{tag}{first}{self._facts(event)}".rstrip() + "\n"
        for text in others:
            yield f"{prefix}    {text}".rstrip() + "\n"
        for text in self._traceback(line):
            yield f"{prefix}{text}".rstrip() + "\n"

    def _fold_line(self, line: Line, text: str) -> Iterator[str]:
        head = yield from self._head(line)
        yield f"{head}{self._prefix(line)}{self._dim(self._safe(text))}\n"

    def _head(self, line: Line) -> Generator[str, None, str]:
        """Yield the time, returned; a line with the date before it where that changes. A pipe gets them
        whole."""
        sent, style = str(line.event.get("timestamp") or ""), self._style
        if not is_time(sent):
            return ""
        date, clock, whole = sent[:10], f"{sent[11:19]}{_milliseconds(sent)}", sent
        if style.clock.moved and (time := moment(sent)):
            time = time.astimezone(style.clock.zone)
            date, clock, whole = f"{time:%Y-%m-%d}", f"{time:%H:%M:%S.%f}"[:-3], time.isoformat()
        if style.width is None:
            return f"{whole} "
        # The date once, not on each line: a log is mostly of one day.
        if date != self._date:
            self._date = date
            zone = "UTC" if not style.clock.moved else "local time" if style.clock.zone is None else ""
            zone = zone or str(style.clock.zone)
            yield self._dim(f"{self._dash * 2} {date} ({zone}) {self._dash * 2}") + "\n"
        return self._dim(clock) + " "

    def _prefix(self, line: Line) -> str:
        if not self._form.named:
            return ""
        instance = format_index(line.task_id, line.map_index)
        number = f" try {line.number}" if line.number > 1 else ""
        name = self._safe(f"{instance}{number}")
        # It only grows: columns that move back and forth cannot be read.
        self._width = min(_WIDEST, max(self._width, len(name)))
        run = f"{self._safe(line.run_id)} " if line.run_id and self._style.width is None else ""
        text = f"{run}{name:<{self._width}} | "
        if not self._style.colour:
            return text
        # The same colour for a task in each run of the program; `hash` differs from process to process.
        from zlib import crc32

        return f"{NAMES[crc32(instance.encode()) % len(NAMES)]}{text}{END}"

    def _words(self, text: str) -> str:
        """Return an event's own words; of a line that was written over itself what was seen at last."""
        lines = (part.rstrip("\r").rpartition("\r")[2] for part in text.rstrip("\n").split("\n"))
        text = "\n".join(lines)
        if not self._style.colour:
            return self._safe(text)
        if "\x1b" in text:
            return sanitise.keep_readable_colours(text)
        text = sanitise.prose(text)
        match = self._form.match
        return (
            match.sub(lambda entry: f"{BOLD_RED}{entry[0]}{END}" if entry[0] else "", text) if match else text
        )

    def _facts(self, event: Mapping[str, Any]) -> str:
        texts = [
            f"{name}={_quote(self._shorten(full_text(value)))}"
            for name, value in event.items()
            if name not in _KNOWN and value is not None
        ]
        return "  " + self._dim(self._safe(" ".join(texts)).replace("\n", " ")) if texts else ""

    def _shorten(self, text: str) -> str:
        """Cut what does not fit one line of a terminal: Airflow logs whole task instances so."""
        most = self._style.width
        return text if most is None or len(text) <= most else text[: most - 1] + "…"

    def _traceback(self, line: Line) -> list[str]:
        errors = line.event.get("error_detail")
        if not errors:
            return []
        text = self._safe("\n".join(traceback_lines(errors, line.code, unfold=self._form.unfold)))
        return (colour_traceback(text) if self._style.colour else text).split("\n")

    def _safe(self, text: str) -> str:
        return sanitise.drop_colours(text)

    def _dim(self, text: str) -> str:
        return f"{GREY}{text}{END}" if self._style.colour else text

    @property
    def _dash(self) -> str:
        return "─" if self._style.unicode else "-"

    def _arrow(self, is_open: bool) -> str:
        if not self._style.unicode:
            return "- " if is_open else "+ "
        return "▾ " if is_open else "▸ "


def _milliseconds(moment: str) -> str:
    return f"{moment[19:23]:0<4}" if moment[19:20] == "." and moment[20:23].isdigit() else ".000"


def _quote(text: str) -> str:
    from json import dumps

    return dumps(text, ensure_ascii=False) if not text or any(entry in text for entry in ' "=\n\t') else text
