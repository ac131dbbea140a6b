"""Calls in a Makefile: its recipes, and the lines that it runs for a variable."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import CAPTURED, HOLDER, Call, Use, Word
from airflowctl.domain.migration.fragment import Fragment, join, whole
from airflowctl.domain.migration.list_calls import with_uses
from airflowctl.domain.migration.shell_calls import find_calls, is_program_name
from airflowctl.domain.migration.written_names import is_airflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.domain.migration.source_file import SourceFile


def make_calls(file: SourceFile) -> Iterator[Call]:
    """Yield the calls of a Makefile."""
    import re

    variables = {}
    for name, word in _holders(file.text):
        variables[name] = word.text
        yield Call(whole(file.text), word, (), start=word.start, kind=HOLDER, variable=name)
    for start, end in _recipe_lines(file.text):
        yield from find_calls(shell_text(file.text, start, end), variables=variables)
    for match in re.finditer(r"\$\(shell\s+((?:[^()]|\([^()]*\))*)\)", file.text):
        inner = find_calls(shell_text(file.text, match.start(1), match.end(1)), variables=variables)
        yield from with_uses(inner, (Use(end=CAPTURED),))


def _recipe_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line of a recipe begins and ends, with those that continue it."""
    offset = 0
    while offset < len(text):
        end = _line_end(text, offset)
        is_recipe = text[offset] == "\t"
        while is_recipe and text[offset:end].rstrip("\r\n").endswith("\\") and end < len(text):
            end = _line_end(text, end)
        if is_recipe:
            start = offset
            while text[start : start + 1] in ("\t", " ", "@", "-", "+"):
                start += 1
            yield start, end
        offset = end


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def shell_text(text: str, start: int, end: int) -> Fragment:
    """Return what a shell gets of a line: `$$` is `$`, and a variable of make is one that is known later."""
    letters: list[tuple[str, int]] = []
    offset = start
    while offset < end:
        if text.startswith("$$", offset):
            letters.append(("$", offset))
            offset += 2
        elif text.startswith("$(", offset) and (close := text.find(")", offset, end)) > 0:
            name = text[offset + 2 : close]
            # A shell reads $( ) as a command: braces say a variable.
            opened, closed = ("{", "}") if name.replace("_", "").replace("-", "").isalnum() else ("(", ")")
            inner = list(zip(name, range(offset + 2, close), strict=True))
            letters += [("$", offset), (opened, offset + 1), *inner, (closed, close)]
            offset = close + 1
        else:
            if text[offset] != "\r":
                letters.append((text[offset], offset))
            offset += 1
    return join(letters, end)


def _holders(text: str) -> Iterator[tuple[str, Word]]:
    """Yield the variables of make that hold a line with `airflow` as its last word, and that word."""
    import re

    pattern = r"^(?:export\s+)?([A-Za-z_]\w*)[ \t]*[:?+]?=[ \t]*(\S[^\n#]*?)[\"' \t\r]*$"
    for match in re.finditer(pattern, text, re.MULTILINE):
        words = match[2].split()
        if is_airflow(words[-1]) and is_program_name(match[1]) and match[2] != "airflow":
            yield match[1], Word("airflow", "airflow", match.end(2) - len("airflow"), match.end(2))
