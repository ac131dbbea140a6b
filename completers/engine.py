"""From a line to suggestions: the slot's own choices first, then the names a source knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from completers.globs import compile_glob, compile_in_lines, is_glob, literal_part
from completers.letters import is_visible
from completers.match import find_best
from completers.protocols import READY, Choice, Grammar, Known, Slot, Source, make_known
from completers.tokenizer import ESCAPED, count_rest, quote_open, quote_word

MOST = 100  # more than anybody scrolls through


class Suggestion(NamedTuple):
    """`text` is put in from `start` on (a position in the line); `shown` and `note` are for the menu."""

    text: str
    start: int
    shown: str
    note: str


class Suggestions(NamedTuple):
    """All suggestions; `state` tells whether the source is still looking, or failed. Each takes the place of
    `rest` letters right of the cursor too."""

    items: list[Suggestion]
    state: str = READY
    rest: int = 0


def suggest(text: str, grammar: Grammar, source: Source, after: str = "") -> Suggestions:
    """Return what may stand at the end of this text, which `after` follows in the line. Never waits for
    anything."""
    slot = grammar.slot_at(text)
    if slot.takes_several and not slot.quote and is_glob(slot.word):
        names = source.names(slot.kind, slot.scope, literal_part(slot.word))
        items = [_suggestion(choice, slot) for choice in find_fitting(slot.word, names)]
        return Suggestions(items[:MOST], names.state)
    # The slot's own choices first: they are few, and what the command itself offers.
    candidates = [make_known(slot.choices)]
    if slot.kind:
        candidates.append(source.names(slot.kind, slot.scope, slot.word))
    fitting = (choice for names in candidates for choice in _fitting(slot.word, names))
    fitting = (choice for choice in fitting if not choice.text.startswith(slot.without))
    items = [_suggestion(choice, slot) for choice in fitting if _may_stand(choice.text, slot)]
    # Of JSON only members are completed, and what follows one is no part of it.
    rest = count_rest(text + after, len(text), slot.ends) if after and slot.is_whole is None else 0
    return Suggestions(items[:MOST], candidates[-1].state, rest)


def find_fitting(glob: str, names: Known) -> Iterator[Choice]:
    """Yield the names that fit a pattern, in their order; upper and lower case matter."""
    fits = compile_glob(glob)
    indexes = names.folded.fitting(compile_in_lines(glob.casefold()))
    return (names.names[index] for index in indexes if fits(names.names[index].text))


def _fitting(word: str, names: Known) -> Iterable[Choice]:
    recent = make_known(names.recent)
    # Recently used names stand beside the others: to move them would fold all names anew (decision 0036).
    groups = (recent.names, names.names)
    positions = find_best(word, (recent.folded, names.folded), MOST + len(recent.names))
    return dict.fromkeys(groups[group][position] for group, position in positions)


def _may_stand(text: str, slot: Slot) -> bool:
    """Return a name with a control character in it, a line end say, could put a command of its own into
    the line, and one with a letter that cannot be seen looks like another: where they are spelled, they
    are offered."""
    # A line end in a name would put a second command into the user's line (decision 0035).
    return slot.quote == ESCAPED or is_visible(text)


def _suggestion(choice: Choice, slot: Slot) -> Suggestion:
    whole = slot.lead + choice.text
    if choice.is_mark:
        text = whole
    elif slot.is_whole is None or slot.is_whole(whole):
        text = quote_word(whole, slot.quote)
    else:
        text = quote_open(whole, slot.quote)
    return Suggestion(text, slot.start, choice.text, choice.note)
