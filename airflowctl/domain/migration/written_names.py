"""How files write the name of the classic program, and the first words of its lines."""

from __future__ import annotations

from functools import cache

MARKS = ("airflow", "astro", "composer")  # one of them stands in each file that has a call
_PROGRAMS = ("airflow", "airflow.exe")


def is_airflow(text: str) -> bool:
    """Return whether a word is the classic program: `airflow`, with or without a folder before it."""
    return text.replace("\\", "/").rpartition("/")[2] in _PROGRAMS


@cache
def _first_words() -> frozenset[str]:
    from airflowctl.core.classic_commands import kinds
    from airflowctl.core.nouns import NOUNS
    from airflowctl.core.older_lines import old_lines

    known = (line.split()[0] for lines in kinds().values() for line in lines)
    older = (line.split()[0] for line, _ in old_lines())
    ours = (noun.word for noun in NOUNS.values() if not noun.sessions)
    return frozenset((*known, *older, *ours, "dags"))


def is_command_word(text: str) -> bool:
    """Return whether a line of Airflow may begin with this word, of any version."""
    return text in _first_words()
