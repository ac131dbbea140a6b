"""The outside world of a session: its three streams, its environment variables, its terminal."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from io import StringIO

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class Streams:
    """The streams of one session; replaceable, so that a test can run a whole session in one process."""

    def __init__(
        self,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
        columns: int | None = None,
    ) -> None:
        # Python has None for a stream that was closed before it started.
        self.stdin = stdin or sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
        self.stdout = stdout or sys.stdout or _Closed()
        self.stderr = stderr or sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        self.environ = os.environ if environ is None else environ
        self._columns = columns

    def into(self, stdout: TextIO, stderr: TextIO | None = None, columns: int | None = None) -> Streams:
        """Return these streams with another stdout, and another stderr where it is given."""
        return Streams(self.stdin, stdout, stderr or self.stderr, self.environ, columns)

    @property
    def stdin_is_terminal(self) -> bool:
        return _is_terminal(self.stdin)

    @property
    def can_ask(self) -> bool:
        """Return whether a user can be asked: both ends of a question are a terminal."""
        return _is_terminal(self.stdin) and _is_terminal(self.stderr)

    @property
    def can_fill_in(self) -> bool:
        """Return whether a form can be drawn on the terminal of the user."""
        return self.can_ask and not self.is_dumb

    @property
    def stdout_is_terminal(self) -> bool:
        return _is_terminal(self.stdout)

    @property
    def stderr_is_terminal(self) -> bool:
        return _is_terminal(self.stderr)

    @property
    def stdout_is_window(self) -> bool:
        """Return whether a user reads results in a window, which they have to fit."""
        return self.stdout_is_terminal

    @property
    def stderr_is_window(self) -> bool:
        """Return whether a user reads messages in a window."""
        return self.stderr_is_terminal

    @property
    def has_program(self) -> bool:
        """Return whether a program reads stdout by now, and may write to the terminal at any moment."""
        return bool(getattr(self.stdout, "has_program", False))

    @property
    def is_read_by_user(self) -> bool:
        """Return whether stdout is a pipe into a pager."""
        return bool(getattr(self.stdout, "is_pager", False))

    @property
    def columns(self) -> int:
        """Return the width to fit, in character cells."""
        if self._columns:
            return self._columns
        try:
            return int(self.environ.get("COLUMNS", "")) or 80
        except ValueError:
            pass
        try:
            return os.get_terminal_size(self.stdout.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    @property
    def rows(self) -> int:
        """Return how many lines the terminal shows; 0 where stdout is no terminal that a pager could take
        over."""
        if self.stdout is not sys.stdout or not (self.stdout_is_terminal and self.stdin_is_terminal):
            return 0
        try:
            return os.get_terminal_size(self.stdout.fileno()).lines
        except (OSError, ValueError):
            return 0

    @property
    def is_plain(self) -> bool:
        """Return whether colours must not be used: NO_COLOR, CLICOLOR=0, or a dumb terminal."""
        if self.environ.get("NO_COLOR") or self.is_dumb:
            return True
        return self.environ.get("CLICOLOR") == "0" and not self.wants_colour

    @property
    def wants_colour(self) -> bool:
        """Return whether a variable asks for colours in pipes too: FORCE_COLOR or CLICOLOR_FORCE."""
        # Other tools take 0 for no; an empty variable is one that is not set.
        return any(self.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))

    @property
    def is_dumb(self) -> bool:
        """Return whether nothing that was written can be changed: there is no menu on such a terminal."""
        return self.environ.get("TERM", "").lower() in ("dumb", "unknown")  # as prompt_toolkit has it

    def read_line(self, most: int = -1) -> str:
        """Return one line of standard input, without its end. Raises UsageError."""
        try:
            return self.stdin.readline(most).rstrip("\r\n")
        except UnicodeDecodeError:
            raise UsageError("what stands on standard input is not UTF-8 text") from None

    def ask(self, question: str) -> str:
        """Ask the user for one line. Return it without its end."""
        from airflowctl.output.sanitise import block

        line = ""
        try:
            self.stderr.write(block(question))
            self.stderr.flush()
            line = self.read_line()
        finally:
            if not line:
                self.stderr.write("\n")  # or the next message is printed over the question
        return line

    def ask_secret(self, question: str) -> str:
        """Ask the user for one line that is not echoed."""
        from getpass import getpass

        from airflowctl.output.sanitise import block

        try:
            return getpass(block(question), self.stderr)
        except EOFError:
            return ""
        except UnicodeDecodeError:
            raise UsageError("what was typed is not UTF-8 text") from None
        except KeyboardInterrupt:
            self.stderr.write("\n")  # or the next message is printed over the question
            raise


class Caught(StringIO):
    """A stream in memory that says whether it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class _Closed(StringIO):
    """Standard output of a program that was started with `>&-`: a result that is lost is an error."""

    def write(self, _: str) -> int:
        raise OSError(errno.EBADF, "standard output is closed")


def takes_unicode(stream: TextIO) -> bool:
    """Return whether every letter can be written to it as it is."""
    return "utf" in (getattr(stream, "encoding", None) or "utf-8").lower()


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
