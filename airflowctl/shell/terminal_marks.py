"""What the terminal gets to know of the shell: its title, where prompts and results begin, ends of lines."""

from __future__ import annotations

from contextlib import suppress

from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

from airflowctl.core.durations import duration
from airflowctl.core.settings import OFF, Settings
from airflowctl.output.sanitise import line
from airflowctl.output.streams import Streams

LONG = 10.0  # seconds after which the user has turned to other work
_END = "\x1b\\"
_KEEP_TITLE, _TITLE_BACK = "\x1b[22;2t", "\x1b[23;2t"
PROMPT_ENDS = f"\x1b]133;B{_END}"


class TerminalMarks:
    """Writes codes that a terminal obeys or passes over, and never prints: nothing where it might."""

    def __init__(self, output: Output, streams: Streams) -> None:
        self._output = output
        term = streams.environ.get("TERM", "")
        self.is_on = isinstance(output, Vt100_Output) and term not in ("", "dumb", "unknown", "linux")
        self._title = ""

    def begin_prompt(self, title: str) -> None:
        """A prompt is drawn next; the window is called `title`."""
        title = line(title)
        if title != self._title:
            self._write(("" if self._title else _KEEP_TITLE) + f"\x1b]2;{title}{_END}")
            self._title = title
        self._write(f"\x1b]133;A{_END}")

    def begin_line(self) -> None:
        """What a line prints comes next."""
        self._write(f"\x1b]133;C{_END}")

    def end_line(self, code: int, seconds: float, command: str, settings: Settings) -> None:
        """A line has ended; `command` names it without its values, which may be secret."""
        self._write(f"\x1b]133;D;{code}{_END}")
        if seconds >= LONG and settings["bell"] != OFF:
            self._write("\a")
            if settings["bell"] != "sound":
                text = f"airflowctl: {command} ended with exit code {code} after {duration(seconds)}"
                self._write(f"\x1b]9;{line(text)}{_END}")

    def ring(self, settings: Settings) -> None:
        """A line in the background has ended: the user does something else."""
        if settings["bell"] != OFF:
            self._write("\a")
            if settings["bell"] != "sound":
                self._write(f"\x1b]9;airflowctl: a line in the background has ended{_END}")

    def end(self) -> None:
        """The shell is left: the window gets back its title."""
        if self._title:
            self._write(f"\x1b]2;{_END}{_TITLE_BACK}")

    def _write(self, text: str) -> None:
        if self.is_on:
            with suppress(OSError, ValueError):  # the terminal has gone
                self._output.write_raw(text)
                self._output.flush()
