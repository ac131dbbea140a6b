"""The commands of `tasks debug`, and what they look at."""

from __future__ import annotations

from airflowctl.core.durations import duration
from airflowctl.core.errors import (
    DONE,
    CliError,
    ExitSession,
    NotFound,
    UsageError,
    did_you_mean,
)
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.rich_results import BAD, GOOD, Code, Form, Line, Log, Report, Section
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.domain.debugger import comparison, exchange
from airflowctl.domain.diagnosis import failure_report
from airflowctl.domain.diagnosis.failure_report import (
    ExceptionInfo,
    Failure,
    Frame,
    Source,
    difference,
    version_of,
)
from airflowctl.domain.logs.follow import Follower, outcome, rest_at_pauses
from airflowctl.domain.logs.log_options import INTERVAL
from airflowctl.domain.logs.try_log import Instance, Try
from airflowctl.domain.parallel import together
from airflowctl.domain.tasks.lookup import instance, tries_of, tries_table

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from typing import Any

    from airflowctl.session.session import Session

    Answer = Rows | Record | Text | Log | Report | None

# A function of a Dag is seldom longer; the traceback shows three lines, as it has many frames.
_AROUND = 6
_DIGITS = 9  # a longer number is none of a try, frame or line
# Each with what may follow it, and what it does; the words of pdb are known beside ours.
HELP = {
    "bt": ("[all]", "the traceback; with `all` also the frames of Airflow itself"),
    "up": ("", "to the frame above"),
    "down": ("", "to the frame below"),
    "frame": ("N", "to that frame"),
    "list": ("[LINE]", "the Dag's source around the frame, or around a line"),
    "rendered": ("", "the template fields as they were filled in"),
    "params": ("", "the params of the run"),
    "conf": ("", "the conf of the run"),
    "xcoms": ("[TASK [KEY]]", "what tasks before it handed over and what it returned"),
    "tries": ("", "its tries"),
    "log": ("[TRY]", "the whole log of a try"),
    "diff": ("[TRY TRY]", "what differs between the logs of two tries"),
    "diff-run": ("RUN", "what differs from another run, say a good one"),
    "rerun": ("", "let this task alone run again, and follow it; asks before"),
    "reload": ("", "look again, at the newest try"),
    "help": ("", "this"),
    "quit": ("", "leave (or Ctrl-D)"),
}
_ALSO = {
    "w": "bt", "where": "bt", "u": "up", "d": "down", "f": "frame", "l": "list", "ll": "list", "h": "help",
    "?": "help", "q": "quit", "exit": "quit", "xcom": "xcoms", "logs": "log",
}  # fmt: skip


class Debugger:
    """One try of one instance, and a frame of its traceback."""

    words = tuple(HELP)

    def __init__(self, session: Session, path: dict[str, Any], index: int, record: dict[str, Any]) -> None:
        self._session = session
        self._path = path
        self._index = index
        self._instance_key = Instance(path["dag_id"], path["dag_run_id"], path["task_id"], index)
        self._instance = record
        self._number = 0
        self._failure = Failure()
        self._source = Source()
        self._source_problem = ""
        self._frames: list[tuple[ExceptionInfo, Frame]] = []
        self._current = 0
        self._dag: dict[str, Any] = {}
        self._run: dict[str, Any] = {}

    def open(self, number: int) -> Report:
        """Read what a try left behind. Raises CliError where it has no log."""
        api, path = self._session.api, self._path
        run = {name: path[name] for name in ("dag_id", "dag_run_id")}
        dag = api.record("get_dag_details", "dag_id", dag_id=path["dag_id"])
        # Three requests that need nothing of each other; the log is the slow one.
        parts = together(
            {
                "run": lambda: api.record("get_dag_run", "dag_run_id", **run),
                "source": lambda: failure_report.source_of(self._session, dag, version_of(self._instance)),
                "events": lambda: failure_report.failure_of(self._session, path, self._index, number),
            }
        )
        for name in ("run", "events"):
            if error := parts[name].error:
                # The server says only that the instance is unknown, though the user named a number.
                if isinstance(error, NotFound) and name == "events":
                    see = self._instance_key.line("tasks", "tries")
                    raise NotFound(
                        f"{self._instance_key.name} has no try {number} in {self._instance_key.run_id}",
                        f"see: {see}",
                    )
                raise error
        self._number, self._dag, self._run = number, dag, parts["run"].value
        # A traceback is of use without the source: who may read logs may not read the code of Dags.
        self._source = parts["source"].value or Source()
        self._source_problem = parts["source"].error.message if parts["source"].error else ""
        self._failure = parts["events"].value
        self._frames = [(raised, frame) for raised in self._failure.raised for frame in raised.own_frames]
        # Where it was raised, or rather the task's own line on the way there.
        own = [path for path, (_, frame) in enumerate(self._frames) if self._source.has(frame)]
        self._current = own[-1] if own else max(0, len(self._frames) - 1)
        return self._opening()

    def prompt(self) -> str:
        at = f" {self._current}" if self._frames else ""
        return f"{self._instance_key.name}{at}> "

    def answer(self, words: list[str]) -> Answer:
        """What one line asks for. Raises CliError, or Leave at the end."""
        name, rest = _ALSO.get(words[0], words[0]), words[1:]
        # As in pdb, a beginning that only one command has is enough.
        begun = [known for known in HELP if known.startswith(name)]
        name = begun[0] if len(begun) == 1 and name not in HELP else name
        commands: dict[str, Callable[..., Answer]] = {
            "bt": self._backtrace, "up": self._up, "down": self._down, "frame": self._to_frame,
            "list": self._list, "rendered": self._render_fields, "params": self._params, "conf": self._conf,
            "xcoms": self._xcoms, "tries": self._tries, "log": self._print_log, "diff": self._diff,
            "diff-run": self._diff_run, "rerun": self._rerun, "reload": self._reload, "help": self._help,
            "quit": self._quit,
        }  # fmt: skip
        if name not in commands:
            near = f"did you mean {' or '.join(begun)}?" if begun else did_you_mean(name, HELP)
            raise UsageError(f"there is no '{words[0]}' here", near or f"there are: {', '.join(HELP)}")
        takes = HELP[name][0].count(" ") + 1 if HELP[name][0] else 0
        if len(rest) > takes:
            raise UsageError(f"{name} takes {takes or 'no'} words", f"{name} {HELP[name][0]}".strip())
        return commands[name](*rest)

    # Where it was.

    def _opening(self) -> Report:
        record, version = self._instance, version_of(self._instance)
        state, path = record.get("state"), self._path
        subject = f"{self._what}, try {self._number}"
        took = record.get("duration")
        spent = f" after {duration(took)}" if isinstance(took, int | float) else ""
        failed = bool(self._failure.raised) or state == "failed"
        text = f": {self._failure.title}" if failed else ""
        head = Section(
            f"{subject}: {state}{spent}{text}", tone=BAD if failed else GOOD if state == "success" else ""
        )
        sections = [head]
        if self._frames:
            sections += self._traceback(shows_all=False)
            if self._source.has(self._frame):
                sections.append(self._excerpt(self._frame.line))
        elif self._failure.lines:
            sections.append(Section("Last lines of its log", (Code("\n".join(self._failure.lines)),)))
        sections.append(Section("help lists what can be asked; nothing is run on the server"))
        data = {
            **path,
            "map_index": self._index,
            "try_number": self._number,
            "state": state,
            "dag_version": version,
            "exceptions": [
                {**raised._asdict(), "frames": [frame._asdict() for frame in raised.frames]}
                for raised in self._failure.raised
            ],
            "last_lines": list(self._failure.lines),
            "rendered_fields": record.get("rendered_fields"),
            "conf": self._run.get("conf"),
        }
        return Report(tuple(sections), data)

    def _traceback(self, shows_all: bool) -> list[Section]:
        """The exceptions with their frames, numbered; the current one is marked."""
        sections, number = [], 0
        for raised in self._failure.raised:
            lines = []
            frames = raised.frames if shows_all else raised.own_frames
            hidden = len(raised.frames) - len(frames)
            if hidden:
                lines.append(f"      ({format_count(hidden, 'frame')} of Airflow itself)")
            for frame in frames:
                at, mark = "", " "
                if frame in raised.own_frames:
                    at, mark = str(number), ">" if number == self._current else " "
                    number += 1
                lines.append(f"{mark} {at:>2}  {self._source.location(frame)}")
                text = self._source.line(frame.line).strip() if self._source.has(frame) else ""
                if text:
                    lines.append(f"        {text}")
            words = [*raised.words.strip().split("\n")[1:], *raised.notes]
            title = f"caused by {raised.title}" if raised.is_cause else raised.title
            sections.append(Section(title, (Code("\n".join([*lines, *words])),)))
        return sections

    def _backtrace(self, which: str = "") -> Report:
        if which not in ("", "all"):
            raise UsageError(f"bt takes nothing or all, not '{which}'")
        self._require_frames()
        return Report(tuple(self._traceback(which == "all")), None)

    def _up(self) -> Report:
        return self._go(self._current - 1)

    def _down(self) -> Report:
        return self._go(self._current + 1)

    def _to_frame(self, number: str = "") -> Report:
        return self._go(_number(number, "frame"))

    def _go(self, number: int) -> Report:
        self._require_frames()
        if not 0 <= number < len(self._frames):
            raise UsageError(f"there is no frame {'above' if number < 0 else 'below'} this one",
                             f"there are {len(self._frames)}, from 0 on; see: bt")  # fmt: skip
        self._current = number
        raised, frame = self._frames[number]
        title = f"frame {number}: {self._source.location(frame)}"
        body: list[Any] = [raised.title]
        if self._source.has(frame):
            body.append(self._source.around(frame.line))
        else:
            body.append(self._no_source(frame))
        return Report((Section(title, tuple(body)),), None)

    def _list(self, number: str = "") -> Report:
        if number:
            if not self._source.text:
                raise NotFound(self._no_source(None))
            wanted = _number(number, "list")
            if not 0 < wanted <= self._source.text.count("\n") + 1:
                raise UsageError(f"{self._source.relative} has no line {wanted}")
            return Report((self._excerpt(wanted),), None)
        self._require_frames()
        if not self._source.has(self._frame):
            here = [str(index) for index, (_, frame) in enumerate(self._frames) if self._source.has(frame)]
            hint = f"frames in it: {', '.join(here)}" if here else "list LINE shows the Dag's own file"
            raise NotFound(self._no_source(self._frame), hint)
        return Report((self._excerpt(self._frame.line),), None)

    def _excerpt(self, number: int) -> Section:
        version = "" if self._source.version is None else f", version {self._source.version} of the Dag"
        return Section(f"{self._source.relative}{version}", (self._source.around(number, _AROUND),))

    def _no_source(self, frame: Frame | None) -> str:
        if self._source_problem or not self._source.text:
            return f"the server does not show the Dag's source: {self._source_problem or 'it is empty'}"
        if frame and self._source.is_of(frame):
            return (
                f"{self._source.relative} has changed since: the line is another one in what the server has"
            )
        name = f", not of {frame.filename}" if frame else ""
        return f"the server has the source of the Dag's own file only ({self._source.relative}){name}"

    # What it had.

    def _render_fields(self) -> Answer:
        fields = self._instance.get("rendered_fields") or {}
        return Record(fields, "") if fields else Text("it has no rendered fields")

    def _params(self) -> Answer:
        rows = comparison.params(self._dag, self._run)
        return Rows(rows, ("param", "value", "default"), "param") if rows else Text("the Dag has no params")

    def _conf(self) -> Text:
        from json import dumps

        conf = self._run.get("conf") or {}
        return Text(dumps(conf, ensure_ascii=False, indent=2))

    def _xcoms(self, task_id: str = "", key: str = "") -> Answer:
        if key:
            return exchange.value(self._session, {**self._path, "task_id": task_id}, key)
        return exchange.around(self._session, self._path, self._index, task_id)

    def _tries(self) -> Rows:
        return tries_table(tries_of(self._session, self._path, self._index))

    def _print_log(self, number: str = "") -> Log:
        wanted = _number(number, "log") if number else self._number

        def lines() -> Generator[Line | None, None, int]:
            yield from Try(self._session, self._instance_key, wanted).whole()
            return DONE

        return Log(lines(), Form(unfold=True))

    # What is different elsewhere.

    def _diff(self, first: str = "", other: str = "") -> Answer:
        if bool(first) != bool(other):
            raise UsageError("diff takes two tries, or none for the last two", "diff 1 2")
        if first:
            numbers = (_number(first, "diff"), _number(other, "diff"))
        else:
            tries = [record.get("try_number") for record in tries_of(self._session, self._path, self._index)]
            known = [record for record in tries if isinstance(record, int) and record > 0]
            if len(known) < 2:
                raise UsageError("there is one try only", "diff-run RUN compares with another run")
            numbers = (known[-2], known[-1])
        old, new = ("\n".join(map(failure_report.plain, self._log(record))) for record in numbers)
        text = difference(old, new, f"try {numbers[0]}", f"try {numbers[1]}")
        if not text:
            return Text("the logs are the same but for their times")
        return Report((Section("The logs, without their times", (Code(text, "diff"),)),), None)

    def _diff_run(self, run_id: str = "") -> Report:
        if not run_id:
            raise UsageError(
                "diff-run takes a run", f"see: {suggest('dagrun', 'list', self._instance_key.dag_id)}"
            )
        here = comparison.Side(self._run, self._instance, self._source)
        return comparison.compare_runs(self._session, self._dag, self._path, self._index, here, run_id)

    # What is done.

    def _rerun(self) -> Report | Log:
        path = self._path
        task: Any = path["task_id"] if self._index < 0 else [path["task_id"], self._index]
        body = {
            "dry_run": False, "only_failed": False, "only_running": False, "include_upstream": False,
            "include_downstream": False, "include_past": False, "include_future": False,
            "reset_dag_runs": True, "dag_run_id": path["dag_run_id"], "task_ids": [task],
        }  # fmt: skip
        self._session.console.confirm(f"{self._what} alone would run again.", "rerun")
        # It may have been paused, or no longer, since this prompt was opened.
        dag = self._session.api.record("get_dag_details", "dag_id", dag_id=self._instance_key.dag_id)
        op = "post_clear_task_instances"
        answer = self._session.api.record(op, "task_instances", body=body, dag_id=path["dag_id"])
        if not answer["task_instances"]:
            raise CliError(f"the server found nothing to run again of {self._what}")
        if dag.get("is_paused"):
            title = f"{self._what} will run again once the Dag is not paused any more: reload looks at it"
            return Report(
                (Section(title),), None, next=(suggest("dags", "unpause", self._instance_key.dag_id),)
            )
        return Log(self._follow(), Form(unfold=True), live=True)

    def _follow(self) -> Generator[Line | None, None, int]:
        """The log of the try that comes; then that try is the one to look around in."""
        record = instance(self._session, self._path, self._index)
        is_next = record.get("state") in (None, "restarting")  # the number grows when it is scheduled
        number = int(record.get("try_number") or 0) + is_next
        follower = Follower(self._session, self._instance_key, number=number)
        self._session.parts.interrupt_hint = "no longer following; the task continues: reload looks at it"
        yield from rest_at_pauses(follower.steps(), INTERVAL)
        self._session.parts.interrupt_hint = ""
        self._instance = follower.record
        self._session.output.note(self.open(number).sections[0].title)
        return outcome(follower.record)

    def _reload(self) -> Report:
        self._instance = instance(self._session, self._path, self._index)
        return self.open(int(self._instance.get("try_number") or 1))

    def _help(self) -> Rows:
        rows = [{"command": f"{name} {HELP[name][0]}".strip(), "shows": HELP[name][1]} for name in HELP]
        return Rows(rows, ("command", "shows"), "command")

    def _quit(self) -> None:
        raise ExitSession

    @property
    def _what(self) -> str:
        return f"{self._instance_key.name} of {self._instance_key.dag_id} {self._instance_key.run_id}"

    @property
    def _frame(self) -> Frame:
        return self._frames[self._current][1]

    def _require_frames(self) -> None:
        if not self._frames:
            raise NotFound("there is no traceback in the log of this try", "log prints all of it")

    def _log(self, number: int) -> Iterator[Any]:
        return failure_report.events_of(self._session, self._path, self._index, number)


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"{name} takes a number, not '{text}'" if text else f"{name} takes a number")
    if len(text) > _DIGITS:
        raise UsageError(f"{name} takes a number of at most {_DIGITS} digits")
    return int(text)
