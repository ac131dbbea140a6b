"""The streams of a line in the background: what it writes is handed on a whole line at a time, and it asks
nothing."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.streams import Streams

if TYPE_CHECKING:
    from typing import TextIO


class LineOutput(StringIO):
    """Stands for stdout or stderr: each line that is whole goes to `take`."""

    def __init__(self, take: Callable[[str], object], *, is_read: bool) -> None:
        """`is_read`: by a user, who gets a table, and no codes for a terminal."""
        super().__init__()
        self._take, self._rest = take, ""
        self.is_pager = is_read

    def write(self, text: str) -> int:
        *whole, self._rest = (self._rest + text).split("\n")
        for line in whole:
            self._take(line.rstrip("\r"))
        return len(text)

    def end(self) -> None:
        """Hand on what has no line end: nothing more comes."""
        if self._rest:
            self._take(self._rest)
            self._rest = ""


class BackgroundStreams(Streams):
    """Streams without a user: the keys are for the prompt."""

    kind = "a line in the background"
    way_out = "run it without the &, or give what it asks"

    def __init__(self, streams: Streams, stdout: TextIO, stderr: TextIO) -> None:
        super().__init__(StringIO(), stdout, stderr, streams.environ, streams.columns)

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
