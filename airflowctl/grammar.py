"""From the parser's walk to what completion and highlighting want to know about a line."""

from __future__ import annotations

from typing import NamedTuple

from airflowctl import registry
from airflowctl.core.command import Param
from airflowctl.core.options import GLOBAL
from airflowctl.core.parse import Role, Walk, walk
from completers.protocols import Choice, Slot
from completers.quote import Split, Word, split


class Mark(NamedTuple):
    """What stands from `start` to `end` in a line: a Role, or a comment."""

    start: int
    end: int
    role: str


COMMENT = "comment"


class Grammar:
    """The commands' declarations as a completers.protocols.Grammar."""

    def slot_at(self, text_before_cursor: str) -> Slot:
        """What may stand at the end of the text; nothing in a comment or after an unknown word."""
        parts = split(text_before_cursor)
        if parts.comment < len(text_before_cursor):
            return Slot("", len(text_before_cursor))
        before, last = _at_cursor(parts, len(text_before_cursor))
        state = walk([word.text for word in before], registry)
        if state.problem is not None:
            return Slot(last.text, last.start, last.quote)
        if last.text.startswith("-") and not state.only_arguments and state.awaiting is None:
            return _option_slot(state, last, text_before_cursor)
        if (param := state.awaiting or state.going_on) is not None:
            return _value_slot(state, param, last)
        return _word_slot(state, last)

    def marks(self, line: str) -> list[Mark]:
        """The parts of a line and what each turned out to be, in order."""
        parts = split(line)
        state = walk([word.text for word in parts.words], registry)
        roles = zip(parts.words, state.roles, strict=True)
        found = [Mark(word.start, word.end, role) for word, role in roles]
        if parts.comment < len(line):
            found.append(Mark(parts.comment, len(line), COMMENT))
        if found and found[-1].role == Role.UNKNOWN and found[-1].end == len(line):
            found[-1] = found[-1]._replace(role=self._unfinished(line))
        return found

    def _unfinished(self, line: str) -> str:
        """The word still being typed is no mistake as long as it can become something."""
        slot = self.slot_at(line)
        begun = any(choice.text.startswith(slot.word) for choice in slot.choices)
        return Role.VALUE if begun else Role.UNKNOWN


def _at_cursor(parts: Split, end: int) -> tuple[list[Word], Word]:
    """The finished words, and the one at the cursor (empty after a space)."""
    if parts.words and parts.words[-1].end == end:
        return parts.words[:-1], parts.words[-1]
    return parts.words, Word("", end, end)


def _option_slot(state: Walk, word: Word, text: str) -> Slot:
    name, equals, value = word.text.partition("=")
    param = state.option(name) if equals else None
    if param is not None and not param.switch:
        start = text.index("=", word.start) + 1
        return _value_slot(state, param, Word(value, start, word.end, word.quote))
    return Slot(word.text, word.start, word.quote, _option_choices(state, word.text))


def _option_choices(state: Walk, typed: str = "") -> tuple[Choice, ...]:
    choices = (
        Choice(flag, param.help)
        for param in state.options()
        for flag in (*param.flags, *param.no_flags)
        if not param.hidden and (flag.startswith("--") or flag == typed)
    )
    return tuple(dict.fromkeys(choices))


def _value_slot(state: Walk, param: Param, word: Word) -> Slot:
    choices = tuple(Choice(text) for text in param.choices)
    return Slot(word.text, word.start, word.quote, choices, param.complete, _scope(state))


def _word_slot(state: Walk, word: Word) -> Slot:
    choices = tuple(_described(state, text) for text in state.next_words())
    param = state.next_argument()
    if param is None:
        return Slot(word.text, word.start, word.quote, choices or _option_choices(state))
    if param.complete == "command":
        inner = walk(state.arguments, registry)
        choices = () if inner.problem else tuple(_described(inner, text) for text in inner.next_words())
        return Slot(word.text, word.start, word.quote, choices)
    slot = _value_slot(state, param, word)
    return slot._replace(choices=choices + slot.choices)


def _described(state: Walk, text: str) -> Choice:
    if not state.words:
        return Choice(text, registry.summary(text))
    command = registry.commands(state.words[0]).get((*state.words, text))
    return Choice(text, command.summary if command else "")


def _scope(state: Walk) -> dict[str, str]:
    """What the line fixes so far: the names it gives, by kind, and the global options, by flag."""
    told = state.global_given
    options = {param.shown: told[param.name][-1] for param in GLOBAL if param.name in told}
    kinds = {param.complete: text for param, text in state.texts() if param.complete}
    return {**kinds, **options}
