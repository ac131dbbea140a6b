"""One command of a line: its words, where its result goes, and when it runs."""

from __future__ import annotations

from airflowctl.core.errors import DONE
from airflowctl.core.typed import NamedTuple
from completers.line_lists import AND, OR


class CommandLine(NamedTuple):
    """`tokens` are the words of the command. Of `pipe` and `file` at most one is set; `shell` is alone. Of a
    line of several commands each is one, after its `operator`; its first word is number `first` of the line.
    `is_handled`: a command after it runs where it fails. `lines` are the lines that run in its place, where
    it stands for several; `stages` are the commands that get its rows, each those of the one before.
    `is_background`: the user types on while the line that it is of runs."""

    text: str
    tokens: tuple[str, ...] = ()
    pipe: str = ""
    file: str = ""
    append: bool = False
    shell: str = ""
    operator: str = ""
    first: int = 0
    is_handled: bool = False
    lines: tuple[tuple[str, ...], ...] = ()
    stages: tuple[CommandLine, ...] = ()
    is_background: bool = False

    def is_due(self, code: int) -> bool:
        """Return whether it runs after a command that ended with this exit code."""
        return self.operator not in (AND, OR) or (code == DONE) == (self.operator == AND)
