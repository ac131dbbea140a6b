"""Colours for the line being typed, from the grammar, as a pygments lexer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, String, Text, _TokenType

from airflowctl.core.parse import Role
from airflowctl.grammar import COMMENT, Grammar

_TOKENS = {
    Role.COMMAND: Keyword,
    Role.OPTION: Name.Attribute,
    Role.VALUE: String,
    Role.ARGUMENT: Name.Variable,
    Role.UNKNOWN: Error,
    COMMENT: Comment,
}


class LineLexer(Lexer):
    """The words of a line by what they turned out to be."""

    name = "airflowctl"
    aliases = ("airflowctl",)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._grammar = Grammar()

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """(position, token, text) for the whole text, gaps included."""
        end = 0
        for mark in self._grammar.marks(text):
            if mark.start > end:
                yield end, Text, text[end : mark.start]
            yield mark.start, _TOKENS[mark.role], text[mark.start : mark.end]
            end = mark.end
        if end < len(text):
            yield end, Text, text[end:]
