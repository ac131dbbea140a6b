"""Lines that others have written: the official client's own tests, and what is documented of the classic one.

Each is run as it stands, one after the other, on a real Airflow; what is expected of it stands beside it.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.parity_airflow import Both
from tests.support.paths import SAMPLES
from tests.support.program import Done, Program
from tests.support.waiting import until


class Line(NamedTuple):
    """A line, the exit code that it has here, and why if that is not 0."""

    code: int
    text: str
    reason: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    def words_with(self, **places: Path) -> list[str]:
        """With the folders that `{samples}` and `{tmp}` stand for."""
        words = self.words
        for name, path in places.items():
            words = [word.replace(f"{{{name}}}", str(path)) for word in words]
        return words


def lines(file: str) -> list[Line]:
    found = []
    for row in (SAMPLES / file).read_text().splitlines():
        if row and not row.startswith("#"):
            code, text, *reason = row.split(" | ")
            found.append(Line(int(code), text, " ".join(reason)))
    return found


def run(ctl: Program, words: list[str]) -> Done:
    """Again where SQLite had somebody else to write for: the server says that it did nothing."""

    def answered() -> Done | None:
        done = ctl(*words, "--request-timeout", "120")
        return None if "Database is locked" in done.err or "Database error" in done.err else done

    return until(answered, f"an answer to {' '.join(words)}")


@pytest.mark.parametrize("file", ["official.lines", "classic.lines"])
def test_lines_of_others(file: str, both: Both, tmp_path: Path) -> None:
    surprises = []
    for line in lines(file):
        if line.words[:2] == ["xcom", "add"]:
            # A task that starts deletes its XComs: one that is added before may be gone in the next line.
            options = [word for word in line.words if word.startswith(("--dag-id=", "--dag-run-id="))]
            waited = both.ctl("dagrun", "wait", *options, "--timeout", "300")
            assert waited.code in {0, 5}, waited
        done = run(both.ctl, line.words_with(samples=SAMPLES, tmp=tmp_path))
        is_told = done.code != 2 or done.err.startswith(("error: ", "warning: --"))
        if done.code != line.code or not is_told or "unexpected" in done.err:
            surprises.append(f"{line.text}: {done}")
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize("file", ["official.lines", "classic.lines"])
def test_what_does_not_work_has_a_reason(file: str) -> None:
    assert [line for line in lines(file) if (line.code == 0) == bool(line.reason)] == []
