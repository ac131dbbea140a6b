"""Styles for the line being typed, from the grammar."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.lexers import Lexer

from airflowctl.completion.line_grammar import COMMENT, PIPELINE, Grammar
from airflowctl.core.parse import Role

_STYLES = {
    Role.COMMAND: "class:word.command",
    Role.OPTION: "class:word.option",
    Role.VALUE: "class:word.value",
    Role.ARGUMENT: "class:word.argument",
    Role.UNKNOWN: "class:word.unknown",
    COMMENT: "class:word.comment",
    PIPELINE: "class:word.plumbing",
}


class LineLexer(Lexer):
    """The words of a line by what they turned out to be."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines = list(split_lines(list(self._style(document.text))))
        return lambda number: lines[number] if number < len(lines) else []

    def _style(self, text: str) -> Iterator[tuple[str, str]]:
        end = 0
        for mark in self._grammar.marks(text):
            yield "", text[end : mark.start]
            yield _STYLES[mark.role], text[mark.start : mark.end]
            end = mark.end
        yield "", text[end:]
