"""The errors for words of a line that are none: each with the way out, none with a secret in it."""

from __future__ import annotations

from airflowctl.core.command import Command
from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.parse import Walk

_LONGEST_WORD = 30  # letters of an option that somebody mistyped; what is longer is a value
DASHED = "put -- before a value that begins with '-', or give it as --option=VALUE"


def unknown_command(walk: Walk, token: str) -> UsageError:
    line = " ".join((*walk.said, token))
    there = walk.lookup.elsewhere((*walk.said, token))
    if there:
        return UsageError(f"'{line}' is not for the API", there)
    if not walk.typed:
        elsewhere = [
            " ".join(words)
            for noun in walk.lookup.nouns()
            for words in walk.lookup.commands(noun)
            if words[-1] == token
        ]
        hint = f"did you mean {' or '.join(elsewhere[:3])}?" if elsewhere else ""
        hint = hint or did_you_mean(token, walk.lookup.nouns()) or f"see: {suggest('help')}"
        return UsageError(f"unknown command '{token}'", hint)
    verbs = walk.next_words()
    hint = did_you_mean(token, verbs) or f"{' '.join(walk.typed)} has: {', '.join(verbs)}"
    return UsageError(f"unknown command '{line}'", hint)


def unexpected(walk: Walk, command: Command, token: str) -> UsageError:
    page = f"see: {suggest('help', *command.words)}"
    if walk.takes_secret():
        return UsageError("there is one argument too many", f"a value with spaces needs quotes; {page}")
    return UsageError(f"unexpected argument '{token}'", page)


def unknown_option(walk: Walk, text: str) -> UsageError:
    """What is no option may be a value that begins with '-', and that a secret."""
    word = text.partition("=")[0] if text.startswith("--") else text
    is_word = 2 < len(word) <= _LONGEST_WORD and word.isascii() and word.replace("-", "").isalnum()
    flags = [name for param in walk.options() for name in param.flags + param.no_flags if len(name) > 2]
    near = (did_you_mean(word, flags) or did_you_mean("-" + word, flags)) if is_word else ""
    is_long = is_word and word.startswith("--")
    page = f"see: {suggest('help', *walk.words)}"
    way = f"{DASHED}; {page}" if walk.command and walk.command.arguments else page
    if len(word) == 2 or (is_long and (near or walk.command is None)) or not walk.takes_secret():
        return UsageError(f"unknown option {word}", near or way)
    return UsageError("unknown option (not shown: it may be a secret)", f"{DASHED}; {near or page}")
