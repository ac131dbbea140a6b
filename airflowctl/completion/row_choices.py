"""The rows of the last list as candidates: `$3` with what it stands for."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.errors import UsageError
from airflowctl.execution.row_words import TOGETHER, Row, name_rows
from airflowctl.session.session import Session
from completers.protocols import Choice, Known, make_known
from completers.row_numbers import ALL, LAST, find_rows, is_row_word

_MOST = 100  # rows in a menu
_MOST_TOLD = 5


def row_choices(session: Session, kind: str, word: str) -> Known:
    """Return the words for rows that name this kind of thing, of which this is the beginning."""
    shown = session.parts.memory.shown_list
    if shown is None or not shown.items:
        return Known()
    digits = word[1:] if word[1:].isdecimal() else ""
    indexes = [index for index in range(len(shown.items)) if str(index + 1).startswith(digits)][:_MOST]
    try:
        rows = name_rows(shown, session.registry.kinds(), indexes)
    except UsageError:  # the line itself will say so
        return Known()
    row_notes = [(row, _describe(row, kind)) for row in rows if kind in row.names]
    choices = [Choice(f"${row.label.rpartition(' ')[2]}", note, is_mark=True) for row, note in row_notes]
    return make_known((*choices, *_words_for_several(len(shown.items))) if choices else ())


def describe_row_word(session: Session, kind: str, word: str) -> str:
    """Return what a word for rows stands for, in a few words; "" where it is none, or names none."""
    shown = session.parts.memory.shown_list
    indexes = find_rows(word, len(shown.items)) if shown is not None and is_row_word(word) else None
    if shown is None or not indexes:
        return ""
    rows = name_rows(shown, session.registry.kinds(), indexes[:_MOST_TOLD])
    description = ", ".join(_describe(row, kind) for row in rows if kind in row.names)
    more = f" and {len(indexes) - _MOST_TOLD:,} more" if len(indexes) > _MOST_TOLD else ""
    return f"{word}: {description}{more}" if description else ""


def _words_for_several(count: int) -> Iterator[Choice]:
    yield Choice(ALL, f"all {count:,} rows", is_mark=True)
    yield Choice(LAST, "the last row", is_mark=True)


def _describe(row: Row, kind: str) -> str:
    if kind not in TOGETHER:
        return row.names[kind]
    return " ".join(row.names[other] for other in TOGETHER if other in row.names)
