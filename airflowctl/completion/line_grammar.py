"""From the parser's walk to what completion and highlighting want to know about a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflowctl.completion.shell_words import shell_slot
from airflowctl.completion.word_slot import slot_after
from airflowctl.core.parse import Role, parse_tokens
from airflowctl.execution.pipeline import INTO, SHELL_LINE, is_for_shell, operator
from airflowctl.session import registry
from completers.line_lists import begin_of_command, has_list, split_list
from completers.protocols import Choice, Slot
from completers.tokenizer import Split, Word, split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup


class Mark(NamedTuple):
    """What stands from `start` to `end` in a line: a Role, or a comment."""

    start: int
    end: int
    role: str


COMMENT = "comment"
PIPELINE = "plumbing"  # what the person's own shell does, or a file that a result goes into


class Grammar:
    """The commands' declarations as a completers.protocols.Grammar, for lines of a session."""

    def __init__(self, lookup: Lookup = registry) -> None:
        self._lookup = lookup

    def slot_at(self, text_before_cursor: str) -> Slot:
        """Return what may stand at the end of the text; nothing in a comment or after an unknown word."""
        begin = begin_of_command(text_before_cursor, registry.takes_rows)
        slot = self._slot_at(text_before_cursor[begin:])
        return slot._replace(start=slot.start + begin) if begin else slot

    def _slot_at(self, text_before_cursor: str) -> Slot:
        parts = split(text_before_cursor)
        if parts.comment < len(text_before_cursor):
            return Slot("", len(text_before_cursor))
        before, last = _at_cursor(parts, len(text_before_cursor))
        index = operator(text_before_cursor, parts.words)
        if index < len(parts.words) or is_for_shell(text_before_cursor):
            return _pipeline_slot(text_before_cursor, parts, index, last)
        # The parser of a finished line: a second one for the cursor would drift from it (decision 0001).
        state = parse_tokens([word.text for word in before], self._lookup)
        return slot_after(state, last, text_before_cursor)

    def marks(self, line: str) -> list[Mark]:
        """Return the parts of a line and what each turned out to be, in order."""
        if not has_list(line):
            return self._marks(line)
        result: list[Mark] = []
        for part in split_list(line, split(line), registry.takes_rows):
            if part.operator:
                result.append(Mark(part.mark, part.mark + len(part.operator), PIPELINE))
            marks = self._marks(line[part.start : part.end])
            result += [Mark(mark.start + part.start, mark.end + part.start, mark.role) for mark in marks]
        return result

    def _marks(self, line: str) -> list[Mark]:
        parts = split(line)
        index = 0 if is_for_shell(line) else operator(line, parts.words)
        state = parse_tokens([word.text for word in parts.words[:index]], self._lookup)
        roles = zip(parts.words, state.roles, strict=False)
        result = [Mark(word.start, word.end, role) for word, role in roles]
        if index < len(parts.words):
            return [*result, Mark(parts.words[index].start, len(line), PIPELINE)]
        if parts.comment < len(line):
            result.append(Mark(parts.comment, len(line), COMMENT))
        # Red under each word while it is typed would make every line look wrong until its last letter.
        if result and result[-1].role == Role.UNKNOWN and result[-1].end == len(line):
            result[-1] = result[-1]._replace(role=self._unfinished_role(line))
        return result

    def _unfinished_role(self, line: str) -> str:
        """Return the word still being typed is no mistake as long as it can become something."""
        slot = self.slot_at(line)
        begun = any(choice.text.startswith(slot.word) for choice in slot.choices)
        return Role.VALUE if begun else Role.UNKNOWN


def _own_after_pipe(first: str) -> tuple[Choice, ...]:
    """Return the commands of ours that may stand after the `|` of a command that begins with this word."""
    words = (word for word in registry.nouns() if registry.takes_rows(first, word))
    return tuple(Choice(word, registry.summary(word)) for word in words)


def _at_cursor(parts: Split, end: int) -> tuple[list[Word], Word]:
    """Return the finished words, and the one at the cursor (empty after a space)."""
    if parts.words and parts.words[-1].end == end:
        return parts.words[:-1], parts.words[-1]
    return parts.words, Word("", end, end)


def _pipeline_slot(text: str, parts: Split, index: int, last: Word) -> Slot:
    """Return the file that a result goes into, or a program or file of a line for the user's own shell."""
    if is_for_shell(text):
        return shell_slot(text, text.index(SHELL_LINE) + 1)
    begin = parts.words[index].start
    if text[begin] != INTO:
        slot = shell_slot(text, begin + 1)
        is_first = len(parts.words) - index <= 1 + (last.start < last.end and last.start > begin)
        return slot._replace(choices=_own_after_pipe(parts.words[0].text)) if is_first else slot
    is_next = len(parts.words) - index <= 1 + (last.start < last.end)
    if not is_next or last.start == begin:
        return Slot("", len(text))
    return Slot(last.text, last.start, last.quote, kind="path")
