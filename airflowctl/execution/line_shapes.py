"""Lines that differ in their values only: what was checked of one need not be checked of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from airflowctl.core.errors import UsageError
from airflowctl.core.param_values import Reference, value
from airflowctl.core.parse import LineParser, Role
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.session import registry

if TYPE_CHECKING:
    from airflowctl.core.command import Command, Param

_MOST = 8  # of one command and number of words
# Their lines do something for those after them.
NOUNS_APART = ("use", "env", "set", "alias", "unalias", "source", "cd")


class Shape(NamedTuple):
    """What lines of a shape have in common: the words at some places, and the parameters of the others."""

    words: tuple[tuple[int, str], ...]
    values: tuple[tuple[int, Param], ...]
    further: frozenset[str]  # words that would make it another command


class Shapes:
    """The shapes of the lines that were checked and are right, in one state of names in use."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], list[Shape]] = {}

    def clear(self) -> None:
        """Forget all: the lines before have changed what a line means."""
        self._known.clear()

    def has(self, tokens: Sequence[str]) -> bool:
        """Return whether a line is right: one of its shape was, and its own values can be converted."""
        for shape in self._known.get((len(tokens), tokens[0]), ()):
            if all(tokens[index] == word for index, word in shape.words):
                return _fits(shape, tokens)
        return False

    def add(self, tokens: Sequence[str], state: LineParser) -> None:
        """Remember the shape of a line that is right."""
        if state.command is None or not _has_shape(state, state.command):
            return
        shapes = self._known.setdefault((len(tokens), tokens[0]), [])
        values = tuple(_values(tokens, state))
        indexes = {index for index, _ in values}
        words = tuple((index, token) for index, token in enumerate(tokens) if index not in indexes)
        depth = len(state.typed)
        spellings = registry.spellings(state.typed[0])
        further = {words[depth] for words in spellings if words[:depth] == state.typed != words}
        shapes.insert(0, Shape(words, values, frozenset(further)))
        del shapes[_MOST:]


def _fits(shape: Shape, tokens: Sequence[str]) -> bool:
    for index, param in shape.values:
        token = tokens[index]
        if token[:1] in ("-", "@") or token in shape.further:
            return False
        try:
            value(param, [token])
        except UsageError:
            return False
    return True


def _has_shape(state: LineParser, command: Command) -> bool:
    """Return whether the values of a line decide nothing but whether they can be converted."""
    is_judged = command.effect is not None and command.effect.judge is not None
    if is_judged or command.confirms_after_plan or state.inner is not None or state.aliases:
        return False
    if state.words[0] in NOUNS_APART or state.global_texts:
        return False
    if any(isinstance(text, Reference) for texts in state.own_texts.values() for text in texts):
        return False
    return not any(param.reads or param.writes for param in command.params)


def _values(tokens: Sequence[str], state: LineParser) -> Iterator[tuple[int, Param]]:
    """Yield the places of the values in a line, each with its parameter."""
    again, arguments = LineParser(state.lookup), state.open_arguments()
    for index, token in enumerate(tokens):
        option, count = again.awaiting or again.variadic_option, len(again.arguments)
        again.feed(token)
        if again.roles[-1] == Role.VALUE and option is not None:
            yield index, option
        elif again.roles[-1] == Role.ARGUMENT:
            yield index, arguments[min(count, len(arguments) - 1)]
