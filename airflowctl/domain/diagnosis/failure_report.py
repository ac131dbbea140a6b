"""Why a task failed, read from the log of a try: the exceptions, where they were raised, the last lines."""

from __future__ import annotations

from airflowctl.core.logs import (
    BEFORE,
    END_GROUP,
    GROUP,
    SKIPPED,
    SOURCES,
    as_list,
    is_airflows,
    is_reason,
    objects,
)
from airflowctl.core.rich_results import Code
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.domain.logs.dag_source import functions, is_as_it_was
from airflowctl.domain.logs.try_log import Instance, Try

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from airflowctl.core.results import Item
    from airflowctl.session.session import Session

_AROUND = 3  # lines of source before and after the one that matters
# Enough for a traceback's end that a task printed itself; the whole log is one line away.
_LAST = 8
NO_ERROR = "its log tells no error"
# What every Airflow 3 says of the exception that ended a try.
_ENDED, _TOP = "Task failed with exception", "Top level error"
_CALLBACK = "Failed to run task callback"
_TEMPLATE = "Exception rendering Jinja template for "
_TRIGGER, _OF_TRIGGER = "Trigger failed:", "TaskDeferralError"
# The file is read in the same process before the task begins: what other tasks of it log then is not its own.
_FILE_READ, _OF_FILE = "Worker startup parse complete", "Failed to resolve template field"
# A process that ends itself says so at level warning.
_EXITED = "Process exited abnormally"
_STOPPED = "Server indicated the task shouldn't be running anymore"


class Frame(NamedTuple):
    """A place in a traceback: `line` counts from 1; 0 where it is not known."""

    filename: str
    line: int
    name: str


class ExceptionInfo(NamedTuple):
    """An exception; `frames` go from the outermost call to where it was raised."""

    kind: str
    words: str
    frames: tuple[Frame, ...] = ()
    is_cause: bool = False
    notes: tuple[str, ...] = ()  # with those of an exception group that it holds

    @property
    def title(self) -> str:
        """`ValueError: words`, the first line of them."""
        first = self.words.strip().partition("\n")[0]
        return f"{self.kind}: {first}" if first else self.kind

    @property
    def own_frames(self) -> tuple[Frame, ...]:
        """Return the frames without those of Airflow that lead to the task's own; the last two where all
        are."""
        # A task is called through Airflow's runner: frames above the first of its own say nothing of the
        # fault.
        start = next(
            (index for index, frame in enumerate(self.frames) if not is_airflows(frame.filename)), None
        )
        return self.frames[-2:] if start is None else self.frames[start:]


class Failure(NamedTuple):
    """What the log of a try tells: `raised` is what ended the task, then its causes, the first of all last.
    `lines` are the last ones of the log. `problem`: why there is no log.

    `errors` are what Airflow itself said at level error without an exception, `callbacks` the errors of the
    task's callbacks with the name of the kind, `template` the field and the text that could not be rendered,
    `skipped` the reason of a task that skipped itself, `sources` what the server says of logs that it could
    not read. `is_stopped`: the server had it ended before anything was raised.
    """

    raised: tuple[ExceptionInfo, ...] = ()
    lines: tuple[str, ...] = ()
    problem: str = ""
    errors: tuple[str, ...] = ()
    callbacks: tuple[tuple[str, ExceptionInfo], ...] = ()
    template: tuple[str, str] = ("", "")
    skipped: str = ""
    sources: tuple[str, ...] = ()
    is_stopped: bool = False

    @property
    def root(self) -> ExceptionInfo | None:
        """Return the exception that everything began with."""
        return self.raised[-1] if self.raised else None

    @property
    def is_of_trigger(self) -> bool:
        """Return whether what ended it was raised in the triggerer, not where the task ran."""
        return bool(self.raised) and self.raised[0].kind == _OF_TRIGGER

    @property
    def title(self) -> str:
        """Return in one line why it failed, as far as the log is evidence for it: never just its last
        line."""
        if self.raised:
            return self.raised[0].title
        if self.errors:
            return self.errors[0]
        return self.problem or (self.sources[0] if self.sources and not self.lines else "") or NO_ERROR


class Source(NamedTuple):
    """A Dag's file in one of its versions; empty where the server does not have it."""

    path: str = ""  # on the server
    relative: str = ""  # within its bundle
    version: int | None = None
    text: str = ""

    def is_of(self, frame: Frame) -> bool:
        """Return whether the frame is in this file: a bundle's versions lie in folders of their own."""
        path = frame.filename.replace("\\", "/")
        # Each version of a bundle is checked out to a folder of its own, so the paths end alike at most.
        return path == self.path or bool(self.relative and path.endswith("/" + self.relative.lstrip("/")))

    def has(self, frame: Frame) -> bool:
        """Return whether the frame's line is here, as it was."""
        if not self.is_of(frame) or not 0 < frame.line <= self.text.count("\n") + 1:
            return False
        return is_as_it_was(functions(self.text), frame.name, frame.line)

    def location(self, frame: Frame) -> str:
        """`load, line 7 of etl.py`: where a line is cut, it is only a path that loses its end."""
        return f"{frame.name}, line {frame.line} of {self.relative if self.is_of(frame) else frame.filename}"

    def line(self, number: int) -> str:
        lines = self.text.split("\n")
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def around(self, number: int, width: int = _AROUND) -> Code:
        """Return the lines around one, which is marked."""
        lines = self.text.split("\n")
        first = max(1, number - width)
        return Code("\n".join(lines[first - 1 : number + width]), "python", first, number)


def events_of(session: Session, path: dict[str, Any], map_index: int, number: int) -> Iterator[Item]:
    """Return the events of a try's log, as the server has them, one after the other. Raises CliError."""
    instance = Instance(path["dag_id"], path["dag_run_id"], path["task_id"], map_index)
    return (line.event for line in Try(session, instance, number).whole())


def failure_of(session: Session, path: dict[str, Any], map_index: int, number: int) -> Failure:
    """Return what the log of a try tells of its end. Raises CliError."""
    return _failure(events_of(session, path, map_index, number))


def _failure(events: Iterable[Any]) -> Failure:
    reader = _Reader()
    for event in events:
        reader.add(event if isinstance(event, dict) else {"event": event})
    return reader.failure


class _Reader:
    """Reads the events of a log, one after the other; memory is bounded."""

    def __init__(self) -> None:
        from collections import deque

        self._group = ""
        self._raised: tuple[ExceptionInfo, ...] = ()
        self._other: tuple[ExceptionInfo, ...] = ()  # raised, but not said to have ended the task
        self._lines: deque[str] = deque(maxlen=_LAST)
        self._errors: list[str] = []
        self._callbacks: list[tuple[str, ExceptionInfo]] = []
        self._template, self._skipped = ("", ""), ""
        self._sources: list[str] = []
        self._is_stopped = False
        self._trigger = ""  # the last line of what a trigger failed with

    @property
    def failure(self) -> Failure:
        raised = self._raised or self._other
        if self._trigger and raised and raised[0].kind == _OF_TRIGGER:
            # The task says only that its trigger failed, and the triggerer why.
            kind, _, words = self._trigger.partition(": ")
            raised = (*raised, ExceptionInfo(kind, words, is_cause=True))
        return Failure(
            raised,
            tuple(self._lines),
            errors=tuple(self._errors),
            callbacks=tuple(self._callbacks),
            template=self._template,
            skipped=self._skipped,
            sources=tuple(self._sources),
            is_stopped=self._is_stopped,
        )

    def add(self, event: dict[str, Any]) -> None:
        words = str(event.get("event", ""))
        if words.startswith(GROUP):
            self._group = words.removeprefix(GROUP)
        elif words.startswith(END_GROUP):
            self._group = ""
        elif self._group.startswith(SOURCES):
            if is_reason(event):
                self._sources.append(words.strip())
        elif words.startswith(_FILE_READ):
            self._other, self._errors = (), []
        elif words == SKIPPED:
            self._skipped = str(event.get("reason") or "")
        elif details := objects(event.get("error_detail")):
            self._add_exception(event, words, details)
        elif _is_tasks_own(event, self._group) and words.strip():
            self._lines.append(words.rstrip())
            if words.startswith(_STOPPED) and not self._raised:
                self._is_stopped = True
            if words.startswith(_TRIGGER):
                self._trigger = words.strip().splitlines()[-1].strip()
            if _is_runners(event) and (_is_error(event) or words == _EXITED):
                self._errors.append(_with_facts(event, words.strip()))

    def _add_exception(self, event: dict[str, Any], words: str, details: list[dict[str, Any]]) -> None:
        raised = tuple(_parse_exception(detail) for detail in details)
        if words == _CALLBACK:
            self._callbacks.append((str(event.get("kind") or "callback"), raised[0]))
        elif words in (_ENDED, _TOP):
            # The first one ended the task: what is raised after it is raised while it is put away.
            self._raised = self._raised or raised
        elif words.startswith(_TEMPLATE):
            self._template = _parse_template(words)
            self._other = self._other or raised
        elif _is_error(event) and not words.startswith(_OF_FILE):
            self._other = self._other or raised


def _is_error(event: dict[str, Any]) -> bool:
    return str(event.get("level") or "").lower() in ("error", "critical", "exception", "fatal")


def _is_runners(event: dict[str, Any]) -> bool:
    """Return whether what runs the task said it: a task's own `log.error` is no reason for its end."""
    logger = str(event.get("logger") or "")
    return logger == "task" or _is_airflows(logger)


def _with_facts(event: dict[str, Any], words: str) -> str:
    """`Failed to import: broken deploy`: what an event says, with the value that says most of it."""
    more = next((event[name] for name in ("error", "detail", "path") if event.get(name)), None)
    words = words.partition(" For more information, see http")[0]
    if event.get("exit_code"):
        return f"{words} with exit code {event['exit_code']}"
    return words if more is None or str(more) in words else f"{words}: {more}"


def _parse_template(words: str) -> tuple[str, str]:
    """`... for task 't', field 'f'. Template: 'x'` -> f, x"""
    from ast import literal_eval

    _, _, rest = words.partition("field '")
    field, _, rest = rest.partition("'. Template: ")
    try:
        text = literal_eval(rest)
    except (ValueError, SyntaxError):
        text = rest
    return field, str(text)


def _is_tasks_own(event: dict[str, Any], group: str) -> bool:
    """Return whether an event is more than what Airflow itself says where nothing is wrong."""
    # Paths of log files and the start of the runner stand in each log, failed or not.
    is_own = not (group.startswith((SOURCES, BEFORE)) or _is_airflows(str(event.get("logger") or "")))
    return is_own or str(event.get("level") or "info").lower() not in ("info", "debug", "warning")


def _is_airflows(logger: str) -> bool:
    return logger.startswith("airflow.") and not logger.startswith("airflow.task")


def event_text(event: Any) -> str:
    """Return what an event says, without the marks of groups, which only fold what is between them."""
    words = str(event.get("event", "") if isinstance(event, dict) else event)
    return "" if words.startswith((GROUP, END_GROUP)) else words.rstrip()


def plain(event: Any) -> str:
    """Return an event without what differs from try to try: its time, and where its log is."""
    if not isinstance(event, dict):
        return str(event)
    level = str(event.get("level") or "")
    words = [f"{level}: {event_text(event)}" if level else ""]
    words += [_parse_exception(error).title for error in objects(event.get("error_detail"))]
    return "\n".join(words)


def source_of(session: Session, dag: dict[str, Any], version: int | None) -> Source:
    """Return the Dag's file in that version. Raises CliError."""
    query = {"version_number": version}
    record = session.api.record("get_dag_source", "content", query=query, dag_id=str(dag["dag_id"]))
    # The path within the bundle may be null: then only the file's name can be compared.
    relative = dag.get("relative_fileloc") or str(dag.get("fileloc") or "").rpartition("/")[2]
    return Source(str(dag.get("fileloc") or ""), str(relative), version, str(record["content"] or ""))


def traceback(raised: Sequence[ExceptionInfo], source: Source) -> Code:
    """Return it as Python prints it, but what ended the task first, and without Airflow's own frames."""
    lines = []
    for exception in raised:
        if exception.is_cause:
            lines.append("caused by")
        left_out = len(exception.frames) - len(exception.own_frames)
        if left_out:
            lines.append(f"  ({format_count(left_out, 'frame')} of Airflow itself)")
        for frame in exception.own_frames:
            lines.append(f"  {source.location(frame)}")
            if source.has(frame) and source.line(frame.line).strip():
                lines.append(f"    {source.line(frame.line).strip()}")
        words = exception.words.strip().split("\n")
        lines += [f"{exception.kind}: {words[0]}".removesuffix(": "), *words[1:], *exception.notes]
    return Code("\n".join(lines))


def difference(old: str, new: str, before: str, after: str) -> str:
    """Return a unified diff with little around each change; empty where they are the same."""
    from difflib import unified_diff

    return "\n".join(unified_diff(old.splitlines(), new.splitlines(), before, after, n=2, lineterm=""))


def version_of(instance: dict[str, Any]) -> int | None:
    """Return the number of the Dag's version that a task's instance ran."""
    result = instance.get("dag_version")
    number = result.get("version_number") if isinstance(result, dict) else None
    return number if isinstance(number, int) else None


def _parse_exception(error: dict[str, Any]) -> ExceptionInfo:
    frames = tuple(
        Frame(str(frame.get("filename", "")), _number(frame.get("lineno")), str(frame.get("name", "")))
        for frame in objects(error.get("frames"))
    )
    held = [_parse_exception(parts[0]) for parts in map(objects, as_list(error.get("exceptions"))) if parts]
    notes = (*map(str, as_list(error.get("exc_notes"))), *(f"holds {other.title}" for other in held))
    kind, words = str(error.get("exc_type", "an exception")), str(error.get("exc_value", ""))
    return ExceptionInfo(kind, words, frames, bool(error.get("is_cause")), notes)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
