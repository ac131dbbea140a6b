"""Which lines must not be kept: those with a secret in them, and those that begin with a space."""

from __future__ import annotations

from airflowctl import registry
from airflowctl.core.parse import walk
from airflowctl.core.redaction import place_of_secret
from airflowctl.core.sensitive import is_sensitive_name
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.plumbing import is_for_shell, operator
from completers.quote import lines, split

if TYPE_CHECKING:
    from airflowctl.core.parse import Lookup


def is_private(text: str, lookup: Lookup = registry) -> bool:
    """Whether a line must not be kept: also one with a slip in it, if it may have been about a secret."""
    return text.startswith(" ") or any(_may_hold_secret(line, lookup) for line in lines(text))


def _may_hold_secret(line: str, lookup: Lookup) -> bool:
    parts = split(line)
    tokens = [word.text for word in parts.words]
    if any(map(_looks_secret, tokens)) or place_of_secret(tokens) is not None:
        return True
    place = 0 if is_for_shell(line) else operator(line, parts)
    if any(map(is_sensitive_name, tokens[place:])):
        return True
    tokens = tokens[:place]
    state = walk(tokens, lookup)
    inner = state.innermost
    if state.problem is None:
        fields = inner.command is not None and any(
            param.secret and param.many for param in inner.command.params
        )
        return bool(state.secrets()) or (fields and any(map(is_sensitive_name, tokens)))
    takes_secret = inner.command is not None and any(param.secret for param in inner.command.params)
    return takes_secret or any(map(is_sensitive_name, tokens))


def _looks_secret(token: str) -> bool:
    """JSON with a word for a secret in it, or an address with a password."""
    is_address = "://" in token and "@" in token
    return is_address or (token[:1] in ("{", "[") and is_sensitive_name(token))
