"""The streams of a line in the background: what it writes is handed on a whole line at a time, and it asks
nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from airflowctl.core.background import give_way, pace
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from typing import TextIO


_MARK = len("[1] ")  # before each line, above the prompt


class LineOutput(StringIO):
    """Stands for stdout or stderr: each line that is whole goes to `take`."""

    def __init__(self, take: Callable[[str], object]) -> None:
        super().__init__()
        self._take = take
        self._rest: list[str] = []  # the pieces of a line that has no end yet

    def write(self, text: str) -> int:
        give_way()  # a key is handled first
        *whole, rest = text.split("\n")
        for line in pace(whole):
            self._rest.append(line)
            self._hand_on()
        if rest:
            self._rest.append(rest)
        return len(text)

    def end(self) -> None:
        """Hand on what has no line end: nothing more comes."""
        if self._rest:
            self._hand_on()

    def _hand_on(self) -> None:
        line = "".join(self._rest).rstrip("\r")
        self._rest.clear()
        self._take(line)


class BackgroundStreams(Streams):
    """Streams without a user: the keys are for the prompt. `is_read`: what is printed stands above the prompt
    of a user, who gets tables and messages that fit the window, and no codes for a terminal."""

    kind = "a line in the background"
    way_out = "run it without the &, or give what it asks"

    def __init__(self, streams: Streams, stdout: TextIO, stderr: TextIO, *, is_read: bool = False) -> None:
        super().__init__(StringIO(), stdout, stderr, streams.environ)
        self._window, self._is_read = streams, is_read

    @property
    def columns(self) -> int:
        return self._window.columns - _MARK if self._is_read else self._window.columns

    @property
    def stdout_is_window(self) -> bool:
        return self._is_read

    @property
    def stderr_is_window(self) -> bool:
        return self._is_read

    def ask(self, question: str) -> str:
        raise self._cannot_ask(question)

    def ask_secret(self, question: str) -> str:
        raise self._cannot_ask(question)

    def _cannot_ask(self, question: str) -> UsageError:
        return UsageError(f"{self.kind} cannot ask: {question.strip()}", self.way_out)


class EnvironmentStreams(BackgroundStreams):
    """Those of a line in one of several environments: a question would be from many at once."""

    kind = "a line in several environments"
    way_out = "run it in one environment first: -e NAME"
