"""The lines that were judged by hand, and what `migrate check` says of each.

`python -m tests.commands.migrate.judged_lines` prints recall, precision and the rows that differ.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from airflowctl.domain.migration import verdict
from airflowctl.domain.migration.scan import find_in
from airflowctl.domain.migration.source_file import SourceFile

FILE = Path(__file__).with_name("judged_lines.txt")
WORDS = {"classic": verdict.CLASSIC, "several": verdict.SEVERAL, "local": verdict.LOCAL}


class Judged(NamedTuple):
    """A text of one kind of file, and the verdicts of its calls."""

    kind: str
    text: str
    verdicts: tuple[str, ...]


def read() -> Iterator[Judged]:
    kind = ""
    for row in FILE.read_text(encoding="utf-8").splitlines():
        if row.startswith("## "):
            kind = row.removeprefix("## ").partition(":")[0]
        elif row and not row.startswith("# "):
            words, _, text = row.partition("\t")
            verdicts = tuple(WORDS.get(word, word) for word in words.split(",") if word != "none")
            yield Judged(kind, text.replace("\\n", "\n").replace("\\t", "\t") + "\n", verdicts)


def check(row: Judged) -> tuple[str, ...]:
    """What the program says of the calls in a row."""
    return tuple(finding.verdict.word for finding in find_in(SourceFile("file", row.kind, row.text)))


def figures() -> tuple[float, float, int, list[str]]:
    """Recall and precision of calls with their verdicts, how many calls there are, the rows that differ."""
    expected = said = right = 0
    others = []
    for row in read():
        now = check(row)
        expected, said = expected + len(row.verdicts), said + len(now)
        left = list(row.verdicts)
        for word in now:
            if word in left:
                left.remove(word)
                right += 1
        if now != row.verdicts:
            others.append(f"{row.kind}: {row.text.strip()!r}: by hand {row.verdicts}, found {now}")
    return right / expected, right / said, expected, others


def main() -> None:
    recall, precision, calls, others = figures()
    rows = [f"{calls} calls by hand: recall {recall:.3f}, precision {precision:.3f}", *others]
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
