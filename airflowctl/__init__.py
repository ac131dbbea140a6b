"""The command line and interactive shell for Apache Airflow 3."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` itself costs a short command a millisecond
import os
import sys
from os import _exit

TYPE_CHECKING = False  # typing costs a short command two milliseconds
if TYPE_CHECKING:
    from types import FrameType

__version__ = "0.1.0"

INTERRUPT_LINE = "error: interrupted"
_IMPORTING = "<frozen importlib._bootstrap>"  # the file of the import system's frames
_HOLDING = ("__enter__", "__exit__")  # functions of a `with` statement
_RETRY = 0.01  # seconds


def named_format(words: list[str]) -> str:
    """Return the format of results that a line asks for, which is not parsed yet; empty for none."""
    for index, word in enumerate(words):
        name = word.removeprefix("--output=") if word.startswith("--output=") else word.removeprefix("-o")
        if word in ("-o", "--output"):
            name = "".join(words[index + 1 : index + 2])
        if name != word:
            return name
    return ""


def write_interrupt_line() -> int:
    """Write the one line of Ctrl-C to stderr, where no Printer can; return the exit code, 130."""
    start = "\r" if os.isatty(2) else ""  # over the ^C that the terminal itself shows
    line = INTERRUPT_LINE
    if named_format(sys.argv[1:]) in ("json", "jsonl", "ndjson"):  # in which errors are objects too
        nothing = '"status": null, "hint": null, "operation": null'
        line = f'{{"error": {{"code": "interrupted", "message": "interrupted", {nothing}}}}}'
    try:  # noqa: SIM105 - contextlib may just be loading
        os.write(2, f"{start}{line}\n".encode())
    except OSError:
        pass  # stderr is closed; the exit code still reports it
    return 130


def end_interrupted(_number: int, _frame: object) -> None:
    """End the process. A handler of SIGINT for when no code catches KeyboardInterrupt."""
    _exit(write_interrupt_line())


def raise_interrupt(number: int, frame: FrameType | None) -> None:
    """Raise KeyboardInterrupt; while a module loads or a lock changes hands, later. A handler of signals for
    when code catches it."""
    # A lock whose `__enter__` has just taken it is given back by no `__exit__`, and httpx' pool of
    # connections is closed under such a lock: the process would wait for ever.
    if frame is not None and frame.f_code.co_name in _HOLDING:
        return repeat_signal(number)
    # Python 3.11 wraps what is raised in `__set_name__` into RuntimeError, and callbacks of the import system
    # print it with a traceback and continue.
    while frame is not None:
        if frame.f_code.co_filename == _IMPORTING:
            return repeat_signal(number)
        frame = frame.f_back
    raise KeyboardInterrupt(number)


def repeat_signal(number: int) -> None:
    """Call the handler of a signal again a moment later, where the system has timers."""
    if not hasattr(_signal, "setitimer"):
        raise KeyboardInterrupt(number)

    def call_handler(_number: int, frame: FrameType | None) -> None:
        handler = _signal.getsignal(number)
        if callable(handler):
            handler(number, frame)

    _signal.signal(_signal.SIGALRM, call_handler)
    _signal.setitimer(_signal.ITIMER_REAL, _RETRY)


def repeat_lost_interrupt(lost: sys.UnraisableHookArgs) -> None:
    """Raise again what Python could not raise: in `__del__`, or in a callback of the interpreter."""
    if isinstance(lost.exc_value, KeyboardInterrupt):
        repeat_signal(next(iter(lost.exc_value.args), _signal.SIGINT))
    else:
        sys.__unraisablehook__(lost)


def begin_catching() -> None:
    """Raise KeyboardInterrupt from now on where SIGINT ended the process: the caller catches it."""
    if _signal.getsignal(_signal.SIGINT) is end_interrupted:
        _signal.signal(_signal.SIGINT, raise_interrupt)
        sys.unraisablehook = repeat_lost_interrupt


def end_catching() -> None:
    """Ignore SIGINT from now on, where it was ours: the exit code is known, and the interpreter ends."""
    if _signal.getsignal(_signal.SIGINT) is raise_interrupt:
        _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
        sys.unraisablehook = sys.__unraisablehook__  # else the interpreter keeps this package to its end
        if hasattr(_signal, "setitimer"):
            _signal.setitimer(_signal.ITIMER_REAL, 0)  # the interpreter takes its handler away at the end


# Modules load for a tenth of a second before `main` catches anything: until then Ctrl-C ends the process. A
# caller that ignores SIGINT, or only imports this package, keeps its handler.
IS_PROGRAM = sys.argv[0] == "-m" or os.path.basename(sys.argv[0]).startswith("airflow")
if IS_PROGRAM and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, end_interrupted)
