"""A real terminal with the program in it: `screen.type("dags list\\n")`, `screen.until("demo_etl")`."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import pyte

from tests.support.loaded_program import take_terminal
from tests.support.processes import start
from tests.support.program import Program
from tests.support.waiting import DEADLINE

CTRL_C, CTRL_D, CTRL_Z, ESCAPE, TAB, UP, DOWN = "\x03", "\x04", "\x1a", "\x1b", "\t", "\x1b[A", "\x1b[B"

_GRACE = 5.0  # seconds until a program that outlives its terminal is killed


class _Answering(pyte.Screen):
    """A screen that also tells where its cursor is when it is asked, as terminals do."""

    answer: Callable[[str], object]

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class Screen:
    """A program on a terminal of its own: what it printed (`raw`) and what can be seen (`text`). `command` is
    started in place of the loaded program. `background` is what the terminal answers when it is asked for the
    colour of it, `answers` whether it answers anything."""

    def __init__(
        self,
        program: Program,
        *argv: str,
        rows: int = 24,
        columns: int = 80,
        command: Sequence[str] = (),
        background: str = "",
        answers: bool = True,
    ) -> None:
        environ = {"TERM": "xterm-256color", "PAGER": "cat", **program.process_environ}
        self.raw = ""
        self._screen: Any = _Answering(columns, rows)
        self._screen.answer = self.type if answers else lambda _: None
        self._background = background
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._terminal, end = os.openpty()
        termios.tcsetwinsize(end, (rows, columns))
        streams = {"stdin": end, "stdout": end, "stderr": end, "env": environ}
        if command:
            self._process = subprocess.Popen(command, preexec_fn=take_terminal, **streams)
        else:
            self._process = start(argv, terminal=True, **streams)
        os.close(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def cells(self) -> list[list[str]]:
        """The letter in each cell; a wide letter is followed by an empty one."""
        screen = self._screen
        return [
            [screen.buffer[row][place].data for place in range(screen.columns)] for row in range(screen.lines)
        ]

    @property
    def emulator(self) -> Any:
        """The emulator itself, a pyte.Screen."""
        return self._screen

    @property
    def title(self) -> str:
        return str(self._screen.title)

    @property
    def cursor_line(self) -> str:
        return self.lines[int(self._screen.cursor.y)]

    @property
    def pid(self) -> int:
        return self._process.pid

    def type(self, text: str) -> None:
        """Keys, as a person would press them."""
        data = text.encode()
        while data:
            data = data[os.write(self._terminal, data) :]

    def resize(self, rows: int, columns: int) -> None:
        """Another size for the window."""
        self._screen.resize(rows, columns)
        termios.tcsetwinsize(self._terminal, (rows, columns))

    def hang_up(self) -> None:
        """The terminal goes away, as a window that is closed."""
        with suppress(OSError):  # it was closed before
            os.close(self._terminal)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def until(self, *patterns: str) -> str:
        """Read until all the patterns are on the screen; what is then on it."""
        return self.until_true(
            lambda: all(re.search(pattern, self.text, re.MULTILINE) for pattern in patterns), str(patterns)
        )

    def until_true(self, found: Callable[[], bool], what: str) -> str:
        end = time.monotonic() + DEADLINE
        while not found():
            assert time.monotonic() < end, f"there is still not {what} in:\n{self.text}"
            assert self._read(), f"it ended without {what} in:\n{self.text}"
        return self.text

    def prompt(self) -> str:
        """Read until the shell waits for a line; what is then on the screen."""
        return self.until_true(lambda: self.cursor_line.endswith(">"), "a prompt")

    def end(self) -> int:
        """Read until the program ends; its exit code."""
        end = time.monotonic() + DEADLINE
        while self._read():
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        return int(self._process.wait())

    def _read(self) -> bool:
        """Take in what the program printed meanwhile; False when it has ended."""
        if not select.select([self._terminal], [], [], 0.05)[0]:
            return True
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # EIO: no process has the terminal any more
            data = b""
        if not data:
            return False
        text = self._decoder.decode(data)
        self.raw += text
        if self._background and "\x1b]11;?" in text:  # before what is asked after it
            self.type(f"\x1b]11;{self._background}\x1b\\")
        self._stream.feed(text)
        return True
