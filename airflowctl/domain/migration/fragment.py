"""A piece of shell text inside a file: each of its letters knows where in the file it stands."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASK = (
    "\ufdd5"  # stands for a letter of what another program fills in: ${{ }}, {{ }}, {name} of a Python text
)
SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-./:=@%+,")


class Fragment(NamedTuple):
    """`offsets` has that of each letter in the file, and one more for the end. `is_plain`: a text can be
    put in as it is; else only one of SAFE letters. `has_comments`: a line of a comment may stand before one
    of its lines."""

    text: str
    offsets: Sequence[int]
    is_plain: bool = True
    has_comments: bool = True

    def part(self, start: int, end: int) -> Fragment:
        """Return a piece of it."""
        return self._replace(text=self.text[start:end], offsets=self.offsets[start : end + 1])

    def takes(self, text: str) -> bool:
        """Return whether this text can be put into it."""
        return self.is_plain or SAFE.issuperset(text)

    def original(self, source: str, start: int, end: int) -> str:
        """Return what stands in the file for a piece of it."""
        return source[self.offsets[start] : self.end_of(start, end)]

    def end_of(self, start: int, end: int) -> int:
        """Return the offset in the file behind the last letter of a piece."""
        return self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def whole(text: str, start: int = 0) -> Fragment:
    """Return a text as a fragment that begins at an offset of its file."""
    return Fragment(text, range(start, start + len(text) + 1))


def join(parts: Iterable[tuple[str, int]], end: int, *, is_plain: bool = False) -> Fragment:
    """Return a fragment of letters and the offset of each."""
    letters = list(parts)
    offsets = [*(offset for _, offset in letters), end]
    return Fragment("".join(letter for letter, _ in letters), offsets, is_plain)


def mask(fragment: Fragment) -> Fragment:
    """Return it with `${{ }}`, `{{ }}` and `{% %}` as letters that no program has in its words."""
    import re

    def hide(match: re.Match[str]) -> str:
        return MASK * len(match[0])

    if "{{" not in fragment.text and "{%" not in fragment.text:
        return fragment
    text = re.sub(r"\$?\{\{.*?\}\}|\{%.*?%\}", hide, fragment.text, flags=re.DOTALL)
    return fragment._replace(text=text)
