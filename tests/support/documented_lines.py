"""The lines that the documentation has for a system shell, and running them as a user at a terminal does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pexpect

from tests.support.paths import ROOT

# ```sh alone: what stands there can be run in the demo. A title says where else a line belongs.
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODES = re.compile(r"#.*\bexits? (?:code )?(\d)")
_SECONDS = 120
_TRIES = 4
_BUSY = "Database error"
_QUESTION, _PROMPT, _PASSWORD = r"\[y/N\] $", r"\n\w+(?: \d+)?> $", r"(?i)password.*: ?$"


class DocumentedLine(NamedTuple):
    """A line, where it stands, and the exit codes that its comment lets it have."""

    text: str
    number: int
    codes: frozenset[int]


class Ended(NamedTuple):
    """What a terminal showed, and the exit code."""

    shown: str
    code: int


def pages() -> list[Path]:
    """README and the pages of docs/ with such lines; the tutorial first, which begins in a new demo."""
    every = (
        *sorted((ROOT / "docs/tutorial").glob("*.md")),
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    )
    return [page for page in dict.fromkeys(every) if "examples" not in page.parts and documented_lines(page)]


def documented_lines(page: Path) -> list[DocumentedLine]:
    """Return the lines of a page, in its order; a line that ends with a backslash is one with the next."""
    text = page.read_text(encoding="utf-8")
    found = []
    for block in _BLOCK.finditer(text):
        number = text.count("\n", 0, block.start(1)) + 1
        for line in re.split(r"(?<!\\)\n", block[1]):
            if line.strip() and not line.startswith("#"):
                codes = frozenset(int(code) for code in _CODES.findall(line))
                found.append(DocumentedLine(line, number, codes))
            number += line.count("\n") + 1
    return found


def run_line(line: str, environ: Mapping[str, str], folder: Path, password: str) -> Ended:
    """Run a line in bash on a terminal, and answer what is asked: yes, the password, or quit at a prompt.

    A line that SQLite refused, while Airflow wrote to it, runs again.
    """
    for _ in range(_TRIES):
        ended = _run_once(line, environ, folder, password)
        if not ended.code or _BUSY not in ended.shown:
            break
    return ended


def _run_once(line: str, environ: Mapping[str, str], folder: Path, password: str) -> Ended:
    child = pexpect.spawn(
        "bash",
        ["-c", line],
        env=dict(environ),
        cwd=str(folder),
        timeout=_SECONDS,
        encoding="utf-8",
        dimensions=(40, 120),
    )
    shown = ""
    while (number := child.expect([_QUESTION, _PROMPT, _PASSWORD, pexpect.EOF])) < 3:
        shown += f"{child.before}{child.after}"
        child.sendline(("y", "quit", password)[number])
    child.wait()  # closed before, a program that ends at this moment gets a SIGHUP
    child.close()
    return Ended(
        shown + child.before, child.exitstatus if child.exitstatus is not None else 128 + child.signalstatus
    )
