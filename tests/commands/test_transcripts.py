"""Each command's own lines, run against what the servers' documents promise: one transcript for each noun.

`pytest tests/commands/test_transcripts.py --write-transcripts` writes them as they are now: read what has
changed before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.stub import Stub
from tests.support.transcripts import FOLDER, Transcript, read_entries


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_line_sends_and_prints_what_its_transcript_says(
    path: Path, program: Program, stub: Stub, kept: Kept, in_a_folder: None, request: pytest.FixtureRequest
) -> None:
    transcript = Transcript(program, stub)
    entries = read_entries(path)
    now = [transcript.run(entry) for entry in entries]
    if request.config.getoption("--write-transcripts"):
        path.write_text("\n\n".join(now) + "\n", encoding="utf-8")
        return
    others = [
        f"{entry.text}\n--- now\n{text}"
        for entry, text in zip(entries, now, strict=True)
        if entry.text != text
    ]
    assert not others, "\n\n".join([*others, "if that is right: pytest FILE --write-transcripts"])
