"""What must not be shown: the one place that takes secrets out of a text."""

from __future__ import annotations

from airflowctl.core.secret_spans import certain_spans
from airflowctl.core.sensitive import HIDDEN
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HIDDEN", "Redactor", "place_of_secret"]

_SHORTEST = 6  # letters: a shorter secret stands in too many harmless words

# An option whose next word is the secret itself. `--secret` is not one: it names secrets of a vault.
_OPTION = r"(?i)--?(?:(?:access[-_]|refresh[-_]|id[-_])?token|client[-_]secret|password|passphrase)"
# References are no secrets: a shell's variable, a vault's name.
_REFERENCE = r"(?i)--?secret="


def place_of_secret(words: Sequence[str]) -> int | None:
    """Which of a program's words is probably a secret itself, and not where to find one."""
    import re

    hide = Redactor()
    for place, word in enumerate(words):
        if "$" in word or re.match(_REFERENCE, word):
            continue
        before = words[place - 1] if place else ""
        if hide(word) != word or (re.fullmatch(_OPTION, before) and word[:1] not in ("-", "/", ".", "")):
            return place
    return None


class Redactor:
    """Knows the secrets of a session. Results (stdout) do not pass here; everything else does."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, *secrets: str) -> None:
        """Never show these from now on."""
        self._known.update(secret for secret in secrets if len(secret) >= _SHORTEST)

    def __call__(self, text: str) -> str:
        """The text without what is known to be secret, and without what looks like it."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _without(text, sorted(certain_spans(text)))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with HIDDEN for each of the spans, which are in order; once for those that overlap."""
    parts, done = [], 0
    for begin, end in spans:
        if begin >= done:
            parts += [text[done:begin], HIDDEN]
        done = max(done, end)
    return "".join((*parts, text[done:]))
