"""The fields that help, the documentation and completion have of a command are those that it prints."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airflowctl.api.answer_fields import printed_fields
from airflowctl.core.command import Command
from airflowctl.core.parse import parse_tokens
from airflowctl.core.printed_fields import PRINTED
from airflowctl.session import registry
from tests.support.keyrings import Kept
from tests.support.program import Program
from tests.support.stub import Stub
from tests.support.transcripts import FOLDER, ONCE, Entry, Transcript, read_entries


def lines_of(path: Path) -> Iterator[tuple[Command, Entry]]:
    """The lines of a transcript whose command has fields, and which say nothing of the output yet."""
    for entry in read_entries(path):
        state = parse_tokens(shlex.split(entry.line), registry)
        is_plain = (
            entry.prompt == ONCE
            and not entry.stdin
            and not {"output", "query", "classic"} & {*state.global_texts}
        )
        if is_plain and state.command and printed_fields(state.command.line, state.command.op):
            yield state.command, entry


def rows_in(printed: str) -> list[Any]:
    """The objects of a document or of a line each; none for an error or for words."""
    text = "\n".join(line for line in printed.splitlines()[1:] if not line.startswith((">", "!", "[1", "[2")))
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_a_command_prints_its_documented_fields(
    path: Path, program: Program, stub: Stub, kept: Kept, in_a_folder: None
) -> None:
    transcript = Transcript(program, stub)
    strange: dict[str, list[str]] = {}
    for command, entry in lines_of(path):
        fields = {name.partition(".")[0] for name in printed_fields(command.line, command.op)}
        fields |= set(printed_fields(command.line, command.op))
        for row in rows_in(transcript.run(entry._replace(line=f"{entry.line} -o json"))):
            if isinstance(row, dict) and set(row) - fields:
                strange[command.line] = sorted(set(row) - fields)
    assert strange == {}, "core/printed_fields.py has those that are not fields of the operation"


def test_only_commands_have_fields_of_their_own() -> None:
    assert set(PRINTED) <= {command.line for command in registry.all_commands()}
