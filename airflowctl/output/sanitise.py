"""Text from a server, made safe for a terminal: its control characters are shown, not obeyed."""

from __future__ import annotations

# C0, DEL and C1; the line and paragraph separators; the marks that reorder text.
_UNSAFE = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x2028,
    0x2029,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)


def _shown(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


_BLOCK = {code: _shown(code) for code in _UNSAFE}
_LINE = {**_BLOCK, 0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r"}
del _BLOCK[0x09], _BLOCK[0x0A]
_JSON = {code: f"\\u{code:04x}" for code in _UNSAFE if code >= 0x7F}
_FIELD = {**_LINE, 0x5C: "\\\\"}


def line(text: str) -> str:
    """Safe, and in one line."""
    return text.translate(_LINE)


def block(text: str) -> str:
    """Safe; line ends and tabs stay."""
    return text.replace("\r\n", "\n").translate(_BLOCK)


def coloured(text: str) -> str:
    """As `block`, but for the colours that we ourselves have put in."""
    if "\x1b" not in text:
        return block(text)
    from airflowctl.output.colour import parts

    return "".join(part if is_code else block(part) for part, is_code in parts(text))


_SGR = r"(\x1b\[[0-9;]*m)"
_HARMFUL = {"5", "6", "8"}  # blinking, and what cannot be seen


def painted(text: str) -> str:
    """As `block`, but for colours and the like, whoever put them in: where a colour terminal shows a log."""
    if "\x1b" not in text:
        return block(text)
    from re import split

    parts = split(_SGR, text)
    return "".join(
        (part if _is_harmless(part) else "") if place % 2 else block(part) for place, part in enumerate(parts)
    )


def bare(text: str) -> str:
    """As `block`, without the colours that a task has written."""
    if "\x1b" not in text:
        return block(text)
    from re import sub

    return block(sub(_SGR, "", text))


def _is_harmless(code: str) -> bool:
    numbers = iter(code[2:-1].split(";"))
    for number in numbers:
        if number.lstrip("0") in _HARMFUL:
            return False
        if number in ("38", "48"):  # a colour of many follows: what is in it is no code
            for _ in range({"5": 1, "2": 3}.get(next(numbers, ""), 0)):
                next(numbers, "")
    return True


def json_text(text: str) -> str:
    """JSON that means the same with nothing alive in it (JSON itself escapes C0 only)."""
    return text.translate(_JSON)


def field(text: str) -> str:
    """One field of a TSV line: backslashes are doubled, so that it can be undone."""
    return text.translate(_FIELD)
