"""A background line in front: what it prints is written as it comes, as if the line had no & at its end."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.execution.background_lines import BackgroundLine, BackgroundLines
    from airflowctl.output.streams import Streams
    from airflowctl.session.session import Session

_PATIENCE = 1.0  # seconds for which Ctrl-C waits for the end of the line
_STEP = 0.05  # seconds between two looks at what the line has printed


def bring_to_front(line: BackgroundLine, lines: BackgroundLines, session: Session) -> int:
    """Write what a line prints until its end; its exit code. Ctrl-C ends the line, Ctrl-Z leaves it running:
    0."""
    is_left = False

    def leave(_number: int, _frame: object) -> None:
        nonlocal is_left
        is_left = True

    from airflowctl.output.echo import Echo

    echo = Echo(session.streams)
    with _stop_key(leave):
        echo.hush()
        session.output.note(f"[{line.number}] {line.text}")
        try:
            while not line.done.wait(_STEP) and not is_left:
                _write(line, session.streams)
        except KeyboardInterrupt:  # whose message is among what the line prints
            lines.end(line, _PATIENCE)
        finally:
            echo.restore()
    if line.code is None and is_left:
        session.output.note(
            f"[{line.number}] is in the background again: fg %{line.number}, kill %{line.number}"
        )
        return DONE
    while line.buffer:
        _write(line, session.streams)
    if line.code is None:
        session.output.note(f"[{line.number}] waits for an answer of the server, and ends then")
        return REFUSED
    line.is_shown = line.is_noted = True
    return line.code


def _write(line: BackgroundLine, streams: Streams) -> None:
    from airflowctl.output.sanitise import line as harmless

    for text, is_error in line.buffer.take():
        stream = streams.stderr if is_error else streams.stdout
        is_seen = streams.stderr_is_terminal if is_error else streams.stdout_is_terminal
        stream.write(f"{harmless(text) if is_seen else text}\n")
    streams.stdout.flush()
    streams.stderr.flush()


@contextmanager
def _stop_key(leave: Callable[[int, object], object]) -> Iterator[None]:
    """While it is entered, Ctrl-Z calls `leave` instead of stopping the program."""
    number = getattr(signal, "SIGTSTP", None)  # Windows has none
    before = None
    if number is not None:
        with suppress(ValueError):  # a thread that gets no signals
            before = signal.signal(number, leave)
    try:
        yield
    finally:
        if number is not None and before is not None:
            signal.signal(number, before)
