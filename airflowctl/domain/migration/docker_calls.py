"""Calls in a Dockerfile: RUN, CMD, ENTRYPOINT and HEALTHCHECK, as lines of a shell and as lists."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.fragment import join, whole
from airflowctl.domain.migration.json_list import inner_text, read_list
from airflowctl.domain.migration.list_calls import calls_of_list
from airflowctl.domain.migration.shell_calls import find_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.domain.migration.call import Call
    from airflowctl.domain.migration.source_file import SourceFile

_SHELL = ("RUN", "CMD", "ENTRYPOINT")


def docker_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a Dockerfile."""
    for start, end in _commands(file.text):
        words = read_list(file.text, start, end)
        if words is not None:
            yield from calls_of_list(words, whole(file.text), lambda word: inner_text(word, file.text))
            continue
        letters = [
            (letter, offset)
            for first, last in _lines(file.text, start, end)
            for offset, letter in enumerate(file.text[first:last], first)
            if letter != "\r"
        ]
        yield from find_calls(join(letters, end, is_plain=True))


def _commands(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the command of each instruction begins and ends."""
    import re

    pattern = re.compile(
        r"^[ \t]*(?:ONBUILD\s+)?(RUN|CMD|ENTRYPOINT|HEALTHCHECK)\s+", re.IGNORECASE | re.MULTILINE
    )
    for match in pattern.finditer(text):
        start = match.end()
        if match[1].upper() == "HEALTHCHECK":
            command = re.compile(r"CMD\s+").search(text, start, _end(text, start))
            if command is None:
                continue
            start = command.end()
        # Options of the build (--mount, --network) stand before the command.
        while option := re.compile(r"--[\w-]+(?:=\S+)?\s+(?:\\\s*\n\s*)?").match(text, start):
            start = option.end()
        yield start, _end(text, start)


def _end(text: str, start: int) -> int:
    """Return where an instruction ends: with the first line that does not end with a backslash, and with the
    here document that it has."""
    import re

    offset = start
    while True:
        end = text.find("\n", offset)
        if end < 0:
            return len(text)
        line = text[offset:end].rstrip()
        # A comment between two continued lines does not end the instruction.
        if not line.endswith("\\") and not (offset > start and line.lstrip().startswith("#")):
            break
        offset = end + 1
    if here_document := re.search(r"<<-?\s*[\"']?(\w+)", text[start:end]):
        close = re.compile(rf"^\s*{here_document[1]}\s*$", re.MULTILINE).search(text, end)
        if close:
            return close.end()
    return end


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of an instruction without its comments, which the shell does not get."""
    offset = start
    while offset < end:
        line_end = text.find("\n", offset, end)
        line_end = end if line_end < 0 else line_end + 1
        # In a here document a # is text.
        is_comment = (
            offset > start and text[offset:line_end].lstrip().startswith("#") and "<<" not in text[start:end]
        )
        if not is_comment:
            yield offset, line_end
        offset = line_end
