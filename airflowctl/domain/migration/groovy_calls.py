"""Calls in a Jenkinsfile: what `sh`, `bat` and `powershell` get."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import CAPTURED, Use
from airflowctl.domain.migration.list_calls import with_uses
from airflowctl.domain.migration.shell_calls import find_calls
from airflowctl.domain.migration.text_literals import read_escaped
from airflowctl.domain.migration.windows_calls import find_windows_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.domain.migration.call import Call
    from airflowctl.domain.migration.source_file import SourceFile


def groovy_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a Jenkinsfile."""
    import re

    step = re.compile(r"\b(sh|bat|powershell|pwsh)\b\s*(\(?[^'\"\n;{}]*?)(\"\"\"|'''|\"|')")
    offset = 0
    while match := step.search(file.text, offset):
        start, quote = match.end(), match[3]
        end = _closing(file.text, start, quote)
        if end is None:
            offset = start
            continue
        offset = end + len(quote)
        # A step that is commented out runs nothing.
        if file.text.rfind("//", file.text.rfind("\n", 0, match.start()) + 1, match.start()) >= 0:
            continue
        around = match[2] + file.text[end : file.text.find("\n", end)]
        uses = (Use(end=CAPTURED) if "returnStdout" in around else Use(),)
        inner = read_escaped(file.text, start, end)
        finder = find_calls if match[1] == "sh" else find_windows_calls
        yield from with_uses(iter(finder(inner)), uses)


def _closing(text: str, offset: int, quote: str) -> int | None:
    while offset < len(text):
        if text[offset] == "\\":
            offset += 2
        elif text.startswith(quote, offset):
            return offset
        # No text between single signs goes over the end of a line: the sign was an apostrophe.
        elif text[offset] == "\n" and len(quote) == 1:
            return None
        else:
            offset += 1
    return None
