"""The pages of the manual: one of the program, and one of each noun."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.help_topics import read_topic

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = {"ENVIRONMENT": "environment", "EXIT STATUS": "exit-codes"}  # a section and its topic


def manual_pages() -> Iterator[tuple[str, str]]:
    """Yield each page of our own commands, by the name of its file."""
    from airflowctl.core.nouns import NOUNS

    yield "airflowctl.1", program_manual()
    for word in sorted(NOUNS):
        yield f"airflowctl-{word}.1", noun_manual(word)


def program_manual() -> str:
    """Return airflowctl(1)."""
    from airflowctl.output.man_page import program_page
    from airflowctl.session import registry

    tables = {title: _first_table(read_topic(topic)) for title, topic in _TABLES.items()}
    return program_page(registry.by_use(), tables)


def noun_manual(noun: str) -> str:
    """Return airflowctl-NOUN(1)."""
    from airflowctl.output.man_page import noun_page
    from airflowctl.session import registry

    return noun_page(noun, registry.summary(noun), registry.commands(noun).values())


def _first_table(markdown: str) -> str:
    begin = markdown.index("\n|") + 1
    return markdown[begin:].partition("\n\n")[0]
