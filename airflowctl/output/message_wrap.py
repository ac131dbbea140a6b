"""Messages for a terminal: broken between words, with lines to copy whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.cells import cells_of

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams

_FURTHER = "  "  # before the further lines of a message
_LEAST = 20  # cells: in a narrower window the terminal breaks the lines


def message_width(streams: Streams) -> int:
    """Return how many cells wide a message on stderr may be; 0 where it is for no window."""
    if not streams.stderr_is_window:
        return 0
    try:
        return os.get_terminal_size(streams.stderr.fileno()).columns
    except (OSError, ValueError):
        return streams.columns


def wrap_message(text: str, width: int, whole: Sequence[str] = ()) -> str:
    """Return a text of one line in lines of at most `width` cells. What is longer than a line itself, like an
    address, and each of the lines `whole`, stay unbroken, so that they can be copied."""
    if width < _LEAST or cells_of(text) <= width:
        return text
    body = text.lstrip(" ")
    lead = text[: len(text) - len(body)]
    lines, current = [], lead
    for word in _words(body, whole):
        if word.strip() and current.strip() and cells_of(current) + cells_of(word) > width:
            lines.append(current.rstrip())
            current = lead or _FURTHER
        if word.strip() or current.strip():
            current += word
    return "\n".join([*lines, current.rstrip()])


def _words(text: str, whole: Sequence[str]) -> Iterator[str]:
    """Yield words and the spaces between them; each of the lines `whole` is one word, with what follows it up
    to the next space."""
    start = position = 0
    while position < len(text):
        line = next((line for line in whole if line and text.startswith(line, position)), "")
        if line:
            position += len(line)
        elif text[position] != " ":
            position += 1
        else:
            if start < position:
                yield text[start:position]
            end = position
            while text[end : end + 1] == " ":
                end += 1
            yield text[position:end]
            start = position = end
    if start < len(text):
        yield text[start:]
