"""The fields that a command prints: those of its operation's answer, by the generated table fields.json."""

from __future__ import annotations

from functools import cache

from airflowctl.core.package_files import read_data
from airflowctl.core.printed_fields import ADDED, PRINTED


def printed_fields(line: str, op: str) -> tuple[str, ...]:
    """Return what `--columns` may name of a command's result; empty where its line decides that."""
    return PRINTED[line] if line in PRINTED else (*fields_of(op), *ADDED.get(line, ()))


@cache
def fields_of(op: str) -> tuple[str, ...]:
    """Return what is in the rows that a reading operation answers with, or in its one object."""
    # Searched as bytes: help shows them too, and to load json would take longer than the page.
    data, mark = read_data(__name__, "fields.json"), f'\n"{op}": ['.encode()
    start = data.find(mark) if op else -1
    if start < 0:
        return ()
    names = data[start + len(mark) : data.index(b"]", start)].decode("utf-8")
    return tuple(name.strip('"') for name in names.split(", ")) if names else ()
