"""What must not be shown: the one place that takes secrets out of a text."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = "***"
_SHORTEST = 6  # letters: a shorter secret stands in too many harmless words

# A JWT anywhere, what follows the names of headers and fields that carry a secret, a URL's password.
_FIELDS = (
    r"_?(?:access_|refresh_|id_|client_)?(?:token|secret)|password|passphrase|assertion|device_code"
    r"|code_verifier"
)
_PATTERNS = (
    (r"\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?", HIDDEN),
    (r"(?i)\b(bearer)\s+[\w.~+/=-]{6,}", rf"\1 {HIDDEN}"),
    (r"\b([Bb]asic)\s+(?=[\w+/-]*[A-Z0-9=])[\w+/=-]{6,}", rf"\1 {HIDDEN}"),
    (r"(?i)\b((?:set-)?cookie|(?:proxy-)?authorization)(['\"]?\s*[:=]\s*)[^\n]+", rf"\1\2{HIDDEN}"),
    (rf"(?i)(['\"](?:{_FIELDS})['\"]\s*:\s*['\"])[^'\"]+", rf"\1{HIDDEN}"),
    (rf"(?i)(?<![\w-])((?:--)?(?:{_FIELDS})=)[^\s'\"&]+", rf"\1{HIDDEN}"),
    (r"([?&#]code=)[^\s&]+", rf"\1{HIDDEN}"),
    (r"(?<!\w)(\w+://)[^/\s@]+@", rf"\1{HIDDEN}@"),  # from a word's first letter only, or it takes for ever
)


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
        import re

        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = re.sub(pattern, instead, text)
        return text
