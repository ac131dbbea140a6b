"""Lines of airflowctl that a user may run next, as parts of a text. A handler makes them without the session;
where the text is printed they get the options that lead to the server of the line that printed them."""

from __future__ import annotations

from airflowctl.core.results import NEXT_LINE
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Write: TypeAlias = Callable[[tuple[str, ...]], str]

# Noncharacters of Unicode, which no text has that is meant to be read. Words stay apart and unquoted until
# they are printed, so that nothing has to take a line to pieces again.
_BETWEEN, _END = "\ufdd1", "\ufdd2"
_WITHOUT_MARKS = {ord(mark): None for mark in (NEXT_LINE, _BETWEEN, _END)}


def suggest(*words: object, index: int = -1) -> str:
    """Return the words after `airflowctl` as one line within a text, as in `f"see: {suggest('dags',
    'list')}"`. `index` is that of an instance of a mapped task. `write_lines` makes text of it."""
    more = ("--map-index", index) if index >= 0 else ()
    # A name from the server could hold a mark, and end the suggestion early.
    texts = (str(word).translate(_WITHOUT_MARKS) for word in (*words, *more))
    return f"{NEXT_LINE}{_BETWEEN.join(texts)}{_END}"


def is_line(text: str) -> bool:
    """Return whether a text is one suggestion and nothing else."""
    return text.startswith(NEXT_LINE) and text.find(_END) == len(text) - 1


def write_lines(text: str, write: Write) -> str:
    """Return the text with each line in it as `write` writes its words. Where that is nothing, the line
    is not to be proposed, and the words that introduce it go too."""
    if NEXT_LINE not in text:
        return text
    done, rest = "", text
    while NEXT_LINE in rest:
        before, _, rest = rest.partition(NEXT_LINE)
        words, _, rest = rest.partition(_END)
        line = write(tuple(words.split(_BETWEEN)) if words else ())
        # A line that the user may not run is left out, with the words before it (decision 0010).
        done = done + before + line if line else _without_introduction(done + before)
    return done + rest if done else rest.removeprefix("; ")


def write_lines_in(data: Any, write: Write) -> Any:
    """Return the same in all texts of JSON data. A text in a list that comes to nothing is left out of it."""
    if isinstance(data, str):
        return write_lines(data, write)
    if isinstance(data, dict):
        return {name: write_lines_in(value, write) for name, value in data.items()}
    if isinstance(data, list | tuple):
        pairs = ((value, write_lines_in(value, write)) for value in data)
        return [new for old, new in pairs if new != "" or old == ""]
    return data


def _without_introduction(text: str) -> str:
    """`it is paused; see: ` -> `it is paused`."""
    text = text.rstrip().removesuffix(":")
    end = max(text.rfind(mark) for mark in ("; ", ": ", "\n"))
    return text[: max(end, 0)]
