"""Lists of texts in JSON, with the place of each."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import Word, is_masked
from airflowctl.domain.migration.text_literals import read_escaped

if TYPE_CHECKING:
    from airflowctl.domain.migration.fragment import Fragment


def read_list(text: str, start: int, end: int) -> tuple[Word, ...] | None:
    """Return the texts of a list that begins there; None where none does."""
    import re

    offset = start
    while text[offset : offset + 1].isspace() or text.startswith("\\\n", offset):
        offset += 1
    if text[offset : offset + 1] != "[":
        return None
    words = []
    for match in re.compile(r'"((?:[^"\\]|\\.)*)"').finditer(text, offset, end):
        value = read_escaped(text, match.start(1), match.end(1)).text
        is_open = "$" in value or is_masked(value)
        words.append(Word(value, match[0], match.start(), match.end(), is_open, True))
    return tuple(words)


def inner_text(word: Word, text: str) -> Fragment:
    """Return what a text in double quotes holds."""
    return read_escaped(text, word.start + 1, word.end - 1)
