"""Which letters of a text can be seen: control characters, marks of direction and blank letters cannot."""

from __future__ import annotations

# Printable by their category in Unicode, and yet without a shape: joiners, fillers, selectors of a variant.
_BLANK = frozenset(
    (
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x2800, 0x3164,
        *range(0xFE00, 0xFE10), 0xFFA0, 0x1D159,
    )
)  # fmt: skip
_TAGS = range(0xE0000, 0xE1000)  # no set of its 4096: making one would cost at every start
# Not assigned yet and, by Unicode, never to be shown.
_IGNORED = frozenset((0x2065, *range(0xFFF0, 0xFFF9)))
_KEPT = 4096  # letters that a table remembers: a text with all of Unicode in it must not fill the memory
_SHORT = {0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}


def is_seen(code: int) -> bool:
    """Return whether a code point has a shape of its own: the space has, wider and narrower ones have not."""
    letter = chr(code)
    if code < 0x7F or letter.isprintable():
        return letter.isprintable() and not _is_blank(code)
    from unicodedata import category

    # Letters that are newer than this Python, an emoji say, are not assigned for it.
    is_new = category(letter) == "Cn" and code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF
    return is_new and code not in _IGNORED and not _is_blank(code)


def _is_blank(code: int) -> bool:
    return code in _BLANK or code in _TAGS


# As bash spells them after $', so that what is shown can be typed (decision 0035).
def escape(code: int) -> str:
    """Return a code point in letters that can be seen: `\n`, `\x1b`, `\u200b`, `\U000e0041`. `quote`
    reads them."""
    if code < 0x100:
        return _SHORT.get(code) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Letters(dict[int, "int | str"]):
    """A table for `str.translate` that finds out what it lacks: what cannot be seen is escaped."""

    def __missing__(self, code: int) -> int | str:
        shown = code if self.is_kept(code) else self.escape(code)
        if len(self) < _KEPT:
            self[code] = shown
        return shown

    def is_kept(self, code: int) -> bool:
        return is_seen(code)

    def escape(self, code: int) -> str:
        return escape(code)


_LINE = Letters()


def visible(text: str) -> str:
    """Return the text in one line, without a letter that cannot be seen or that a terminal would obey."""
    return text if text.isascii() and text.isprintable() else text.translate(_LINE)


def is_visible(text: str) -> bool:
    """Return whether all of the text can be seen as it is."""
    return visible(text) == text
