"""Lines that run in the background, each in a thread of its own, while the user types on: `LINE &`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread, get_ident

from airflowctl.core.background import wait_for_typing
from airflowctl.core.errors import BROKEN_PIPE, DONE, INTERRUPTED, REFUSED, CliError, ExitSession, UsageError
from airflowctl.core.nouns import NOUNS
from airflowctl.core.options import BATCH, SHELL
from airflowctl.core.parse import parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution import pipeline
from airflowctl.execution.each_environment import sessions_for
from airflowctl.execution.stage_check import call_of_stage
from airflowctl.session import consent
from airflowctl.session.session_copy import copy_session

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.core.parse import LineParser
    from airflowctl.execution.command_line import CommandLine
    from airflowctl.output.background_streams import LineOutput
    from airflowctl.output.line_buffer import LineBuffer
    from airflowctl.session.session import Session

RUNNING, SUCCEEDED, FAILED, STOPPED = "running", "done", "failed", "stopped"
# Of the commands about a session these only run other lines, or wait.
_MAY_RUN = ("time", "try", "repeat", "sleep", "each")
_PATIENCE = 5.0  # seconds for which the end of a line is waited for that is to end
_STEP = 0.05  # seconds between two looks at what lines have printed
# Seconds for which a thread has the interpreter to itself, while lines run: Python's 0.005, as often as
# there are threads, would hold up a key.
_SWITCH = 0.0002


class BackgroundLine:
    """A line, its number, and what became of it. `is_shown`: `jobs`, `wait` or `fg` has printed its end;
    `is_noted`: so has the shell, above the prompt."""

    def __init__(self, number: int, text: str, buffer: LineBuffer) -> None:
        self.number, self.text, self.buffer = number, text, buffer
        self.outputs: tuple[LineOutput, ...] = ()
        self.began, self.ended_at = time.monotonic(), 0.0
        self.code: int | None = None
        self.is_shown = self.is_noted = False
        self.done = Event()
        self.thread: int = 0
        self.is_stopped = False  # before its thread has begun

    @property
    def state(self) -> str:
        if self.code is None:
            return RUNNING
        if self.code == INTERRUPTED:
            return STOPPED
        return FAILED if self.code else SUCCEEDED

    @property
    def is_forgotten(self) -> bool:
        """Return whether all of it was shown: its end, and what it has printed."""
        return self.code is not None and self.is_shown and not self.buffer

    @property
    def seconds(self) -> float:
        return (self.ended_at or time.monotonic()) - self.began


class BackgroundLines:
    """Those of one session. `print_line` gets each line of text that they print, and whether it is for
    stderr; where it is None, they keep it in their buffers, and `note_output` says that there is something,
    or that a line has ended. Both are called in other threads; `show_output` prints what is there."""

    def __init__(self) -> None:
        self._lines: list[BackgroundLine] = []
        self._lock = Lock()
        self._started = 0
        self._usual_switch = sys.getswitchinterval()
        self.print_line: Callable[[str, bool], object] | None = None
        self.note_output: Callable[[], object] = _ignore
        self.show_output: Callable[[], object] = _ignore

    def list_open(self) -> list[BackgroundLine]:
        """Return the lines whose end neither `jobs` nor `wait` has printed."""
        return [line for line in self._lines if not line.is_shown]

    def all(self) -> list[BackgroundLine]:
        """Return those that run, and those that have ended and are not forgotten yet."""
        return list(self._lines)

    @property
    def running(self) -> list[BackgroundLine]:
        return [line for line in self._lines if line.code is None]

    def start(self, text: str, commands: Sequence[CommandLine], session: Session) -> BackgroundLine:
        """Start the commands of a line. Raises UsageError for what needs the terminal, or asks."""
        from airflowctl.output.background_streams import BackgroundStreams, LineOutput
        from airflowctl.output.line_buffer import LineBuffer

        for command in commands:
            _require_no_terminal(command, session)
        with self._lock:
            self._lines = [line for line in self._lines if not line.is_forgotten]
            self._started += 1  # no number comes twice: kill %1 means one line
            line = BackgroundLine(self._started, text, LineBuffer())
            line.outputs = (
                LineOutput(lambda text: self._take(line, text, is_error=False)),
                LineOutput(lambda text: self._take(line, text, is_error=True)),
            )
            self._lines.append(line)
        streams = BackgroundStreams(session.streams, *line.outputs, is_read=session.mode == SHELL)
        view = copy_session(session, streams, session.parts.base.options)
        sys.setswitchinterval(_SWITCH)
        name = f"line {line.number}"
        Thread(target=lambda: self._run(line, commands, view), name=name, daemon=True).start()
        return line

    def _take(self, line: BackgroundLine, text: str, *, is_error: bool) -> None:
        if self.print_line is not None:
            self.print_line(text, is_error)
            return
        line.buffer.put(text, is_error=is_error)
        self.note_output()

    def take_open(self) -> list[BackgroundLine]:
        """Return the lines that run, and those that have ended since this was asked last."""
        lines = self.list_open()
        for line in lines:
            line.is_shown = line.code is not None
        return lines

    def find(self, number: int | None) -> BackgroundLine:
        """Return the line of this number, the newest that runs without one. Raises UsageError."""
        if number is None:
            if not self.running:
                raise UsageError("no line runs in the background", "LINE & starts one; jobs shows them")
            return self.running[-1]
        line = next((line for line in self._lines if line.number == number), None)
        if line is None:
            known = ", ".join(f"%{line.number}" for line in self._lines) or "none"
            raise UsageError(f"there is no line %{number} in the background", f"there are: {known}")
        return line

    def wait(self, line: BackgroundLine) -> int:
        """Wait for the end of a line; its exit code. Ctrl-C ends the line."""
        try:
            while not line.done.wait(_STEP):  # a wait without an end would not see Ctrl-C everywhere
                self.show_output()
        except KeyboardInterrupt:
            self.end(line)
            raise
        self.show_output()
        line.is_shown = True
        return REFUSED if line.code is None else line.code

    def stop(self, line: BackgroundLine) -> None:
        """Let a line end as by Ctrl-C, at its next step: a request is waited for until its answer comes."""
        import ctypes

        line.buffer.lift_bound()
        with self._lock:
            line.is_stopped = True
            if line.thread:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(
                    ctypes.c_ulong(line.thread), ctypes.py_object(KeyboardInterrupt)
                )

    def end(self, line: BackgroundLine, seconds: float = _PATIENCE) -> None:
        """Stop a line, and wait for a moment until it has ended."""
        self.stop(line)
        line.done.wait(seconds)

    def stop_all(self) -> None:
        """End all lines, and wait for a moment until they have."""
        running = self.running
        for line in running:
            self.stop(line)
        for line in running:
            line.done.wait(_PATIENCE)

    def _run(self, line: BackgroundLine, commands: Sequence[CommandLine], view: Session) -> None:
        code = REFUSED
        try:
            with self._lock:
                line.thread = get_ident()
                if line.is_stopped:
                    raise KeyboardInterrupt
            wait_for_typing(waits=True)
            code = pipeline.run_all(commands, view)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BrokenPipeError:
            code = BROKEN_PIPE
        except ExitSession as left:
            code = left.code or DONE
        except Exception as error:  # a fault of ours: it ends the line, and is printed with it
            from airflowctl.execution.dispatch import report_fault

            code = report_fault(error, view.output)
        finally:
            # Another thread may get the number of this one: it must not get what ends this line.
            with suppress(KeyboardInterrupt), self._lock:
                line.thread = 0
            wait_for_typing(waits=False)
            for output in line.outputs:
                output.end()
            line.ended_at, line.code = time.monotonic(), code
            line.done.set()
            if not self.running:
                sys.setswitchinterval(self._usual_switch)
            self.note_output()


def lines_of(session: Session) -> BackgroundLines:
    """Return the background lines of a session."""
    parts = session.parts
    if not isinstance(parts.background, BackgroundLines):
        parts.background = BackgroundLines()
    return parts.background


def _require_no_terminal(command: CommandLine, session: Session) -> None:
    """Raise UsageError where a command needs the terminal, changes the session, or asks."""
    if command.shell or command.pipe:
        raise UsageError(
            "a program needs the terminal, and cannot run behind the prompt", "leave the & out, or use > FILE"
        )
    for tokens in (*(command.lines or (command.tokens,)), *(stage.tokens for stage in command.stages)):
        state = parse_tokens(tokens, session.lookup)
        _require_line_apart(state)
        inner = call_of_stage(tokens, session.lookup)
        target = session.for_line({**state.global_values(), **state.nested.global_values()})
        if inner is not None and (command.stages or state.words[:1] == ("each",)):
            _require_consent(inner.command, inner.values, target)
            _open_login(inner.command, target)
        elif not state.wants_help():
            call = state.nested.bind()
            if call.command is not None:
                _require_consent(call.command, call.values, target)
                _open_login(call.command, target)


def _require_line_apart(state: LineParser | None) -> None:
    """Raise UsageError for a line that takes the terminal, or is about the session at the prompt; also for
    one that another line runs, as in `time use dag etl`."""
    while state is not None:
        noun = NOUNS.get(state.words[0]) if state.words else None
        reason = ""
        if "form" in state.global_texts or (noun and (noun.screen or noun.word == "auth")):
            reason = "it needs the terminal"
        elif noun and noun.sessions and noun.word not in _MAY_RUN:
            reason = "it is about the shell itself"
        if reason:
            words = " ".join(state.words)
            raise UsageError(f"{words} does not run in the background: {reason}", "leave the & out")
        state = state.inner


def _require_consent(command: Command, values: dict[str, Any], session: Session) -> None:
    """Raise UsageError where the command would ask at the prompt: its question would not be seen."""
    for target in sessions_for(command, values, session):
        consent.require(command, values, target)
        # A batch asks about no line.
        if session.mode != BATCH and consent.has_to_ask(command, values, target):
            raise UsageError(
                f"{command.line} asks before it acts, and a line in the background cannot ask",
                f"give --yes={target.place}, or leave the & out",
            )


def _open_login(command: Command, session: Session) -> None:
    """Let the user type the passphrase of a login that is kept in an encrypted file: the line itself cannot
    ask for it."""
    if not (command.op or command.uses):
        return
    with suppress(CliError):  # the line itself says what is wrong with its server and its login
        _ = session.server.credentials.stored


def _ignore() -> None:
    """Until a shell shows it."""
