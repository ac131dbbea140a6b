"""Another shell on a terminal, with the program on its PATH and its completion loaded."""

from __future__ import annotations

import ast
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.screen import TAB, Screen
from tests.support.waiting import until

READY = "ready>"
_AGAIN = 2.0  # seconds
LOAD = {
    "bash": "source <(airflowctl completion bash)",
    "zsh": "source <(airflowctl completion zsh)",
    "fish": "airflowctl completion fish | source",
}
_START = {
    "bash": ("bash", "--norc", "--noprofile", "-i"),
    "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-C", f"function fish_prompt; printf '{READY} '; end"),
}
SHELLS = tuple(_START)
# A line that ends with `recorded` is written down, and not run.
_COMMAND = """#!{python}
import sys
sys.path.insert(0, {root!r})
if sys.argv[1:2] == ["dags"] and sys.argv[-1] == "recorded":
    open({argv!r}, "w").write(repr(sys.argv[1:-1]))
    sys.exit()
from airflowctl.__main__ import run
sys.exit(run())
"""


def require_shell(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"this machine has no {shell}")


def with_command(program: Program, folder: Path) -> Program:
    """The program, with a command of its name in a folder that is first in PATH."""
    folder.mkdir(exist_ok=True)
    command = folder / "airflowctl"
    command.write_text(_COMMAND.format(python=sys.executable, root=str(ROOT), argv=str(folder / "argv")))
    command.chmod(0o755)
    path = f"{folder}:{program.process_environ['PATH']}"
    return program.with_environ(PATH=path, PS1=f"{READY} ", LC_ALL="C.UTF-8")


class OtherShell:
    """A shell in which a test types; what a Tab puts into its line is `line`."""

    def __init__(self, screen: Screen, shell: str) -> None:
        self.screen, self.shell = screen, shell

    @property
    def line(self) -> str:
        """What stands after the last prompt, over all lines of the screen that it takes."""
        before = self.screen.text.rpartition(READY)[2]
        return before.replace("\n", "").strip() if self.shell == "bash" else before.split("\n")[0].strip()

    def run(self, line: str) -> str:
        """What a line printed."""
        self.screen.type(f"{line}; echo end''ed\r")
        self.screen.until_true(lambda: "ended" in self.screen.text and self.is_ready, "the end of the line")
        return self.screen.text

    @property
    def is_ready(self) -> bool:
        return self.screen.cursor_line.rstrip().endswith(READY)

    def clear(self) -> None:
        """An empty line on an empty screen."""
        sent = 0.0

        def is_empty() -> bool:
            nonlocal sent
            if not self.is_ready and time.monotonic() - sent > _AGAIN:
                # Where fish still completes, Ctrl-C ends that and leaves the line.
                self.screen.type("\x03")
                sent = time.monotonic()
            return self.is_ready

        self.screen.until_true(is_empty, "an empty line")
        self.screen.type("\x0c")
        self.screen.until_true(
            lambda: self.is_ready and self.screen.text.count(READY) == 1, "an empty screen"
        )

    def complete(self, typed: str, shown: str, tabs: int = 1) -> str:
        """Type, press Tab, and wait until a pattern is on the screen; what is then on it."""
        self.clear()
        self.screen.type(typed)
        self.screen.until_true(lambda: typed.strip() in self.screen.text.replace("\n", ""), "what was typed")
        self.screen.type(TAB * tabs)
        return self.screen.until(shown)


@contextmanager
def open_shell(program: Program, shell: str, columns: int = 120) -> Iterator[OtherShell]:
    """A bare shell that has loaded the completion from the program itself."""
    with Screen(program, command=_START[shell], rows=50, columns=columns) as screen:
        other = OtherShell(screen, shell)
        screen.until_true(lambda: other.is_ready, "a prompt")
        other.run(LOAD[shell])
        yield other


def recorded(folder: Path) -> list[str]:
    """The words before `recorded`, of the line that ended with it."""
    file = folder / "argv"
    words: list[str] = ast.literal_eval(until(lambda: file.exists() and file.read_text(), "a line"))
    file.unlink()
    return words


def kept_names(program: Program, *begins: str) -> list[str]:
    """All names on disk, once those that begin so are there."""

    def read() -> list[str]:
        folder = Path(program.environ["AIRFLOWCTL_HOME"]) / "names"
        texts = [file.read_text().split("\n") for file in folder.glob("*/*") if file.name != "fetching"]
        return [name for lines in texts for name in lines[3:-1]]

    return until(lambda: read() if all(name in read() for name in begins) else [], f"names {begins}")
