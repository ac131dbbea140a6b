"""What must not be shown: the one place that takes secrets out of a text."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN = "***"  # what the server and this program show instead of a secret
# Hiding a shorter one would hide half of every text.
_SHORTEST = 6  # letters: a shorter secret stands in too many harmless words

# They say where a secret is: words with a shell's variable in them, what follows `--secret`, paths.
_REFERENCE = r"(?i)--?secret(?:-id)?="
_OF_REFERENCE = r"(?i)--?secret(?:-id)?"


def place_of_secret(words: Sequence[str]) -> int | None:
    """Return which of a program's words is probably a secret itself, and not where to find one."""
    import re
    from bisect import bisect
    from itertools import accumulate

    from airflowctl.core.sensitive import typed_spans

    starts = [0, *accumulate(len(word) + 1 for word in words)]
    for begin, end in sorted(typed_spans(" ".join(words))):
        index = bisect(starts, begin) - 1
        word, before = words[index], words[index - 1] if index else ""
        if end - begin < min(_SHORTEST, len(word)):
            continue  # a variable of a program's own text: `{'token': t}`
        is_path = starts[index] == begin and word[:1] in ("/", ".")
        if not (is_path or "$" in word or re.match(_REFERENCE, word) or re.fullmatch(_OF_REFERENCE, before)):
            return index
    return None


class Redactor:
    """Knows the secrets of a session. Results (stdout) do not pass here; everything else does."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._words: Sequence[str] = ()

    def learn(self, *secrets: str) -> None:
        """Never show these from now on."""
        self._known.update(secret for secret in secrets if len(secret) >= _SHORTEST)

    def search(self, words: Sequence[str]) -> None:
        """Never show the secrets in these words of the line that runs. They are looked for when there is
        something to show: most lines end before that."""
        self._words = words

    def __call__(self, text: str) -> str:
        """Return the text without what is known to be secret, and without what looks like it."""
        from airflowctl.core.sensitive import certain_spans, typed_spans

        # Searched when the first text is shown: most lines end before that.
        words, self._words = self._words, ()
        for part in (*words, " ".join(words)):
            self.learn(*(part[begin:end] for begin, end in typed_spans(part)))
        # The longest first: a secret that is part of another one would leave its rest behind.
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _without(text, sorted(certain_spans(text)))


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return the text with HIDDEN for each of the spans, which are in order; once for those that overlap."""
    parts, done = [], 0
    for begin, end in spans:
        if begin >= done:
            parts += [text[done:begin], HIDDEN]
        done = max(done, end)
    return "".join((*parts, text[done:]))
