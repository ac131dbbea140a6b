"""What F1 and `?` tell of the line that is being typed; they only look, and send nothing."""

from __future__ import annotations

from itertools import islice

from airflowctl.completion.line_grammar import Grammar
from airflowctl.completion.word_slot import kind_of
from airflowctl.core.command import Param
from airflowctl.core.options import GLOBAL
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.pipeline import is_for_shell, operator
from airflowctl.output import help as pages
from airflowctl.output.sanitise import line as harmless
from airflowctl.session import registry
from completers.line_lists import begin_of_command, part_at
from completers.protocols import Source
from completers.tokenizer import Word, split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup

MOST_NAMES = 5  # of those that may stand somewhere: what is more, Tab shows


def page_of_word(text: str, cursor: int, width: int, lookup: Lookup = registry) -> str:
    """Return the help for the word at the cursor: of the command, or of the option or argument; where
    there is none, of the command so far."""
    command = part_at(text, split(text), cursor, registry.takes_rows)
    text, cursor = text[command.start : command.end], cursor - command.start
    parts = split(text)
    under = next((word for word in parts.words if word.start <= cursor <= word.end), None)
    before = [word.text for word in parts.words if word.end < (under or Word("", cursor, 0)).start]
    state = parse_tokens(before, lookup).nested
    param = _param(state, under.text) if under else state.awaiting
    if param is not None:
        return pages.param_page(param, " ".join(state.words), width)
    if under is not None:
        state.feed(under.text)
    return pages.write_for_prompt(_page(state, under.text if under else "", width))


def _param(state: LineParser, word: str) -> Param | None:
    """Return the option that a word is, or the one whose value it is, or the argument."""
    if state.awaiting is not None:
        return state.awaiting
    if word.startswith("-") and not state.only_arguments:
        return state.option(word.partition("=")[0])
    return None if word in state.next_words() else state.next_argument()


def _page(state: LineParser, word: str, width: int) -> str:
    if state.command is not None:
        return pages.command_page(state.command, width)
    if state.words:
        commands = list(registry.commands(state.words[0]).values())
        return pages.noun_page(state.words[0], registry.summary(state.words[0]), commands, width)
    result = registry.about((word,)) if word else []
    if result:
        return pages.search_page(word, [(command.line, command.summary) for command in result], width)
    return pages.program_page(registry.by_use(), width)


def may_ask(text: str) -> bool:
    """Return whether a `?` at the end of this text is a question: where a word of ours begins, in no
    quote."""
    text = text[begin_of_command(text, registry.takes_rows) :]
    parts = split(text)
    begins = not parts.words or parts.words[-1].end < len(text)
    is_ours = operator(text, parts.words) == len(parts.words) and not is_for_shell(text)
    return begins and is_ours and not parts.open and parts.comment == len(text)


def page_of_what_follows(
    text: str, grammar: Grammar, source: Source, width: int, lookup: Lookup = registry
) -> str:
    """Return one line for each thing that may stand at the end of the text."""
    text = text[begin_of_command(text, registry.takes_rows) :]
    state = parse_tokens([word.text for word in split(text).words], registry).nested
    if state.problem is not None:
        return f"{state.problem.message}\n"
    rows: list[tuple[str, str]] = []
    wanted = state.awaiting or state.next_argument()
    if wanted is not None:
        rows += pages.param_rows(wanted) + _names(text, grammar, source, wanted)
    if state.awaiting is None:
        rows += [
            (choice.text, choice.note) for choice in grammar.slot_at(text).choices if _is_word(choice.text)
        ]
        own = [entry for entry in state.options() if entry.flags and entry not in GLOBAL and not entry.hidden]
        rows += [row for param in own for row in pages.param_rows(param)]
        rows += [("-o, -e, --query, ...", "The options of every command: help")] if state.command else []
    return pages.following_page(rows, width)


def _is_word(text: str) -> bool:
    return not text.startswith("-")


def _names(text: str, grammar: Grammar, source: Source, param: Param) -> list[tuple[str, str]]:
    """Return some of the names that are known for it now."""
    slot = grammar.slot_at(text)
    if not kind_of(param) or not slot.kind:
        return []
    names = source.names(slot.kind, slot.scope, "").names
    rows = [(f"  {harmless(name.text)}", harmless(name.note)) for name in islice(names, MOST_NAMES)]
    more = len(names) - len(rows)
    return [*rows, ("  ...", f"and {more} more: Tab")] if more > 0 else rows
