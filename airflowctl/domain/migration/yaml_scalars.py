"""Scalars of YAML as fragments: what they hold, and where in the file each letter stands."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.fragment import Fragment, join
from airflowctl.domain.migration.text_literals import read_escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import ScalarNode


def scalar_text(node: ScalarNode, text: str) -> Fragment:
    """Return the text of a scalar. One of several lines in `|` takes any text and comments."""
    start, end = node.start_mark.index, node.end_mark.index
    if node.style == "|":
        return join(_block(text, start, end, folds=False), end, is_plain=True)
    if node.style == ">":
        return join(_block(text, start, end, folds=True), end)._replace(has_comments=False)
    if node.style == '"':
        return _fold(read_escaped(text, start + 1, end - 1))
    if node.style == "'":
        return _fold(read_escaped(text, start + 1, end - 1, doubled="'"))
    return _fold(join(((text[offset], offset) for offset in range(start, end)), end))


def _block(text: str, start: int, end: int, *, folds: bool) -> Iterator[tuple[str, int]]:
    first = text.find("\n", start) + 1
    lines = []
    line_start = first
    while 0 < line_start < end:
        line_end = text.find("\n", line_start, end)
        line_end = end if line_end < 0 else line_end + 1
        lines.append((line_start, line_end))
        line_start = line_end
    filled = [(begin, stop) for begin, stop in lines if text[begin:stop].strip()]
    indent = min((_indent(text, begin, stop) for begin, stop in filled), default=0)
    for number, (begin, stop) in enumerate(lines):
        # An empty line may be shorter than the indent: its end belongs to the text all the same.
        for offset in range(min(begin + indent, stop - 1), stop):
            letter = text[offset]
            if letter == "\n" and folds and number + 1 < len(lines):
                after = text[lines[number + 1][0] : lines[number + 1][1]]
                is_folded = after.strip() and not after[indent : indent + 1].isspace()
                letter = " " if is_folded else "\n"
            # YAML reads both kinds of line ends as one letter.
            if letter != "\r":
                yield letter, offset


def _indent(text: str, start: int, end: int) -> int:
    line = text[start:end]
    return len(line) - len(line.lstrip(" "))


def _fold(fragment: Fragment) -> Fragment:
    """Return a text of several lines as YAML reads it: the end of a line, with blanks, is one blank."""
    if "\n" not in fragment.text:
        return fragment
    letters: list[tuple[str, int]] = []
    for letter, offset in zip(fragment.text, fragment.offsets, strict=False):
        if letter == "\n":
            while letters and letters[-1][0] == " ":
                letters.pop()
            letters.append((" ", offset))
        elif letter not in " \r" or not letters or letters[-1][0] != " ":
            letters.append((letter, offset))
    return join(letters, fragment.offsets[-1])._replace(has_comments=False)
