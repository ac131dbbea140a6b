"""The one judge of lines: which must not be kept or shown, as far as names and shapes of secrets say so."""

from __future__ import annotations

from airflowctl.core.effect import DELETE
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.sensitive import holds_secret, is_sensitive_name, is_server_field
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.pipeline import SHELL_LINE, is_for_shell, operator
from airflowctl.session import registry
from completers.line_lists import THEN, Part, split_list
from completers.tokenizer import lines, split

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup


def is_private(text: str, lookup: Lookup = registry) -> bool:
    """Return whether a line must not be kept: it begins with a space, holds a secret, or has a slip in it
    and may have been about one."""
    return text.startswith(" ") or may_hold_secret(text, lookup)


def is_line(text: str, lookup: Lookup = registry) -> bool:
    """Return whether each of the lines begins with a command, or is for the user's own shell, or a
    comment. Anything else may be a password that was typed where no question was asked: it never goes to
    disk."""
    return all(_begins_with_command(line, lookup) for line in lines(text) if line.strip())


def may_hold_secret(text: str, lookup: Lookup = registry) -> bool:
    """Return whether a secret stands in any of the lines."""
    return holds_secret(text) or any(_may_hold_secret(line, lookup) for line in lines(text))


def may_delete(text: str, lookup: Lookup = registry) -> bool:
    """Return whether a line deletes something, or may do so as far as its words say."""
    return any(
        _command_may_delete(line[part.start : part.end].strip(), part, lookup)
        for line in lines(text)
        for part in split_list(line, split(line), registry.takes_rows)
    )


def _command_may_delete(text: str, part: Part, lookup: Lookup) -> bool:
    tokens = [word.text for word in part.words]
    if is_for_shell(text):
        return text[1:].split()[:1] in (["rm"], ["rmdir"], ["sudo"])
    state = parse_tokens(tokens, lookup).nested
    command = state.command
    if command is None or command.danger or command.effect is None:
        return command is not None and bool(command.danger)
    # What the values decide, as the method of a raw request, is not looked at: they may be in a file.
    return command.effect.kind == DELETE or (command.effect.judge is not None and "delete" in text.casefold())


def public_text(text: str, lookup: Lookup = registry) -> str:
    """Return a line as it may be shown: its command only, if there is a secret in it."""
    if not may_hold_secret(text, lookup):
        return text
    words = ("!",) if is_for_shell(text) else parse_tokens(_first_tokens(text), lookup).words
    return " ".join((*words, "... (it holds a secret)"))


def _first_tokens(text: str) -> list[str]:
    return [word.text for word in split_list(text, split(text), registry.takes_rows)[0].words]


def _begins_with_command(line: str, lookup: Lookup) -> bool:
    return all(_is_command(line, part, lookup) for part in split_list(line, split(line), registry.takes_rows))


def _is_command(line: str, part: Part, lookup: Lookup) -> bool:
    text = line[part.start :].lstrip()
    if text.startswith((SHELL_LINE, "# ")) or (not part.words and part.operator == THEN):
        return True
    state = LineParser(lookup)
    for word in part.words:
        state.feed(word.text)
        if state.typed or state.problem is not None:
            break
    return bool(state.typed)


def _may_hold_secret(line: str, lookup: Lookup) -> bool:
    parts = split(line)
    tokens = [word.text for word in parts.words]
    if any(_looks_secret(token) or holds_secret(token) for token in tokens) or holds_secret(" ".join(tokens)):
        return True
    return any(
        _command_may_hold_secret(line, part, lookup) for part in split_list(line, parts, registry.takes_rows)
    )


def _command_may_hold_secret(line: str, part: Part, lookup: Lookup) -> bool:
    tokens = [word.text for word in part.words]
    index = 0 if is_for_shell(line[part.start :]) else operator(line, part.words)
    if any(map(is_server_field, tokens[index:])):
        return True
    return _is_about_secret(tokens[:index], lookup)


def _is_about_secret(tokens: list[str], lookup: Lookup) -> bool:
    """Return whether the words of a command have a secret where it takes one; with a slip among them,
    whether they may have."""
    state = parse_tokens(tokens, lookup)
    params = state.nested.command.params if state.nested.command else ()
    if state.problem is not None:
        values = tokens[1:] if state.typed and tokens[0] == state.original_words[0] else tokens
        return any(param.secret for param in params) or any(map(is_sensitive_name, values))
    if state.secrets():
        return True
    # The fields of a request follow its operation.
    is_request = any(param.secret and param.repeatable and not param.flags for param in params)
    return is_request and any(is_sensitive_name(word) for word in tokens[2:] if word[:1] != "/")


def _looks_secret(token: str) -> bool:
    """JSON with a word for a secret in it, or an address with a name or a password."""
    is_address = "://" in token and "@" in token
    return is_address or (token[:1] in ("{", "[") and is_sensitive_name(token))
