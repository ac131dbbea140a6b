"""The words of a shell line, from the tree that tree-sitter makes of it.

The tree counts bytes and our fragments count letters, so that what is no ASCII is given to it as another
letter.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.migration.call import Stage, Word, is_masked
from airflowctl.domain.migration.fragment import Fragment, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node, Parser, Tree

_OPEN = (
    "simple_expansion",
    "expansion",
    "command_substitution",
    "process_substitution",
    "arithmetic_expansion",
)
_NO_WORDS = ("variable_assignment", "file_redirect", "heredoc_redirect", "herestring_redirect", "comment")
_ESCAPED_IN_QUOTES = '"$`\\'


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def parse(text: str) -> Tree:
    """Return the tree of a shell text, in whose offsets a letter is a byte."""
    plain = bytearray("".join(letter if letter.isascii() else "z" for letter in text), "ascii")
    while True:
        tree = _parser().parse(bytes(plain))
        ends = _find_swallowed_ends(tree.root_node, plain)
        if not ends:
            return tree
        # Parsed once more, with a sign there that ends a command in any grammar.
        for end in ends:
            plain[end : end + 1] = b";"


def _find_swallowed_ends(root: Node, plain: bytes | bytearray) -> list[int]:
    """Return where an end of a line stands between two words of a command. The grammar takes a command into
    the next line now and then: `a | b | c x` and `NAME=value d && e` below it."""
    ends = []
    for node in walk(root):
        if node.type == "command":
            for child, after in pairwise(node.children):
                gap = bytes(plain[child.end_byte : after.start_byte]).replace(b"\\\n", b"  ")
                if (position := gap.find(b"\n")) >= 0:
                    ends.append(child.end_byte + position)
    return ends


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and all below it, in the order of the text."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def text_of(node: Node, text: str) -> str:
    return text[node.start_byte : node.end_byte]


def words_of(command: Node, text: str) -> tuple[Word, ...]:
    """Return the words of a command's line, without assignments before it and redirects."""
    nodes = (node for node in command.named_children if node.type not in _NO_WORDS)
    return tuple(_word(node, text) for node in nodes)


def stage_of(node: Node, text: str) -> Stage:
    """Return what stands at one place of a pipe."""
    whole = text_of(node, text)
    while node.type in ("redirected_statement", "negated_command") and node.named_children:
        node = node.named_children[0]
    if node.type == "command":
        return Stage(words_of(node, text), whole)
    name = node.type.partition("_")[0]  # while_statement, for_statement, subshell
    return Stage((Word(name, name, node.start_byte, node.start_byte),), whole)


def _word(node: Node, text: str) -> Word:
    if node.type == "command_name" and node.named_children:
        node = node.named_children[0]
    raw = text_of(node, text)
    plain, is_open = _plain(node, text)
    is_quoted = raw[:1] in "\"'"
    return Word(plain, raw, node.start_byte, node.end_byte, is_open or is_masked(raw), is_quoted)


def _plain(node: Node, text: str) -> tuple[str, bool]:
    """Return a word without its quotes, and whether a part of it is known only when it runs."""
    raw = text_of(node, text)
    if node.type == "raw_string":
        return raw[1:-1], False
    if node.type == "ansi_c_string":
        return raw[2:-1], False
    if node.type == "string":
        is_open = any(child.type in _OPEN for child in node.named_children)
        return "".join(letter for letter, _ in _unescape(raw[1:-1], 0, _ESCAPED_IN_QUOTES)), is_open
    if node.type == "concatenation":
        parts = [_plain(child, text) for child in node.children]
        return "".join(part for part, _ in parts), any(is_open for _, is_open in parts)
    if node.type in _OPEN:
        return raw, True
    return "".join(letter for letter, _ in _unescape(raw, 0, "")), False


def _unescape(raw: str, start: int, escaped: str) -> Iterator[tuple[str, int]]:
    """Yield the letters that a shell reads, and where each stands. A backslash goes away before the letters
    that it escapes (before each, where there are none named), and with the end of its line."""
    position = 0
    while position < len(raw):
        if raw[position] == "\\" and position + 1 < len(raw):
            after = raw[position + 1]
            if after == "\n":
                position += 2
                continue
            if not escaped or after in escaped:
                position += 1
        yield raw[position], start + position
        position += 1


def inner_text(word: Word, fragment: Fragment) -> Fragment:
    """Return what a word says to the shell that gets it, as a fragment: `airflow dags list` of
    `bash -c "airflow dags list"`."""
    quote = word.raw[:1]
    if quote == "'" and word.raw[-1:] == "'":
        return fragment.part(word.start + 1, word.end - 1)._replace(is_plain=False)
    if quote == '"' and word.raw[-1:] == '"':
        letters = _unescape(word.raw[1:-1], word.start + 1, _ESCAPED_IN_QUOTES)
        placed = ((letter, fragment.offsets[position]) for letter, position in letters)
        return join(placed, fragment.offsets[word.end - 1])
    return fragment.part(word.start, word.end)._replace(is_plain=False)
