"""Words for rows of the last list: `$3` a row by its number, `$2..$4` some, `$*` all, `$last` the last."""

from __future__ import annotations

ROW = "$"  # begins each of them
ALL, LAST = "$*", "$last"
_BETWEEN = ".."


def is_row_word(word: str) -> bool:
    """Return whether a word stands for rows, be there such rows or not."""
    if word == ALL:
        return True
    first, between, last = word.partition(_BETWEEN)
    return word[:1] == ROW and _is_row(first) and (not between or _is_row(last))


def find_rows(word: str, count: int) -> range | None:
    """Return the places of the rows that a word stands for in a list of so many, from 0; None where the list
    has no such rows."""
    if word == ALL:
        return range(count) if count else None
    first, between, last = word.partition(_BETWEEN)
    begin = _number(first, count)
    end = _number(last, count) if between else begin
    return range(begin - 1, end) if 1 <= begin <= end <= count else None


def _is_row(text: str) -> bool:
    number = text.removeprefix(ROW)
    return text == LAST or (number.isascii() and number.isdecimal())


def _number(text: str, count: int) -> int:
    # Python reads no number of more than some thousand digits.
    return count if text == LAST else int(text.removeprefix(ROW)[:9])
