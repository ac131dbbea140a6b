r"""Text of a server, safe for a terminal: what it would obey or not display is escaped, as `\x1b`."""

from __future__ import annotations

from collections.abc import Callable

from airflowctl.core.typed import TYPE_CHECKING
from completers.letters import Letters, visible

if TYPE_CHECKING:
    from re import Pattern

# C0, DEL and C1; the line and paragraph separators; the marks that reorder text.
_CONTROLS = frozenset(
    (
        *range(0x20), *range(0x7F, 0xA0), 0x061C, 0x2028, 0x2029, 0x200E, 0x200F,
        *range(0x202A, 0x202F), *range(0x2066, 0x206A),
    )
)  # fmt: skip


def _is_harmless(code: int) -> bool:
    """Return whether a terminal would neither obey it nor be unable to get it, as half of a pair in
    UTF-16."""
    # Half of a pair in UTF-16 cannot be encoded, and would end the output with an error.
    return code not in _CONTROLS and not 0xD800 <= code <= 0xDFFF


class _Piped(Letters):
    def is_kept(self, code: int) -> bool:
        return _is_harmless(code)


class _Prose(Letters):
    """Wide and narrow spaces and an icon font's own letters stay: they belong to how a text is set."""

    def is_kept(self, code: int) -> bool:
        from unicodedata import category

        return super().is_kept(code) or category(chr(code)) in ("Zs", "Co")


class _Json(Letters):
    def is_kept(self, code: int) -> bool:
        return code < 0x7F or super().is_kept(code)

    def escape(self, code: int) -> str:
        if code < 0x10000:
            return f"\\u{code:04x}"
        # JSON escapes such a letter as two, a pair of UTF-16.
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


class _PipedJson(_Json):
    def is_kept(self, code: int) -> bool:
        return code < 0x7F or _is_harmless(code)


_ENDS = {0x09: 0x09, 0x0A: 0x0A}
_BLOCK, _PROSE, _JSON = Letters(_ENDS), _Prose(_ENDS), _Json()
_PIPED, _BARE, _PIPED_JSON = _Piped(), _Piped(_ENDS), _PipedJson()

line = visible


def block(text: str) -> str:
    """Safe, and all of it can be seen; line ends and tabs stay."""
    return text.replace("\r\n", "\n").translate(_BLOCK)


def prose(text: str) -> str:
    """Like `block`, for text that is no name to compare: what joins the parts of an emoji or shapes a
    letter (Persian, Hindi) stays where it does that."""
    text = text.replace("\r\n", "\n")
    if text.isascii() or not any(joiner in text for joiner in _JOINERS):
        return text.translate(_PROSE)
    parts = _joiner_pattern().split(text)
    return "".join(part if index % 2 else part.translate(_PROSE) for index, part in enumerate(parts))


_JOINERS = "\u200c\u200d\ufe0e\ufe0f"
_PICTURE = (
    r"\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    r"\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_SCRIPTS = r"\u0620-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u0dff"  # of Arabic and of India


def _joiner_pattern() -> Pattern[str]:
    from re import compile

    return compile(
        rf"((?<=[{_PICTURE}\ufe0f])\u200d(?=[{_PICTURE}])|(?<=[{_PICTURE}])[\ufe0e\ufe0f]"
        rf"|(?<=[0-9#*])\ufe0f(?=\u20e3)|(?<=[{_SCRIPTS}])[\u200c\u200d](?=[{_SCRIPTS}]))"
    )


def keep_our_colours(text: str, plain: Callable[[str], str] = block) -> str:
    """Like `plain`, but keep the colours that this program puts in."""
    if "\x1b" not in text:
        return plain(text)
    from airflowctl.output.colour import split_codes

    return "".join(part if is_code else plain(part) for part, is_code in split_codes(text))


def keep_our_links(text: str, base: str) -> str:
    """Like `keep_our_colours`, and keep the links below an address: for a table, whose cells are safe, so
    that none of them is the server's."""
    if "\x1b" not in text:
        return block(text)
    from airflowctl.output.colour import split_codes
    from airflowctl.output.links import link_pattern

    parts = split_codes(text, link_pattern(base))
    return "".join(part if is_code else block(part) for part, is_code in parts)


def keep_log_colours(text: str) -> str:
    """Like `prose`, but for all colours: those in a log for reading went through `keep_readable_colours`."""
    if "\x1b" not in text:
        return prose(text)
    from re import split

    from airflowctl.output.sgr import SEQUENCE

    return "".join(part if index % 2 else prose(part) for index, part in enumerate(split(SEQUENCE, text)))


def keep_readable_colours(text: str) -> str:
    """Like `prose`, but keep the colours in which it can be read, the server's too: a log on a terminal."""
    if "\x1b" not in text:
        return prose(text)
    from airflowctl.output.sgr import keep_readable

    return "\n".join(keep_readable(line, prose) for line in text.replace("\r\n", "\n").split("\n"))


def drop_colours(text: str) -> str:
    """Safe, without the colours that a task has written; letters that cannot be seen stay: it may go into a
    pipe, and a terminal gets it by way of the printer."""
    text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        from re import sub

        from airflowctl.output.sgr import SEQUENCE

        text = sub(SEQUENCE, "", text)
    return text.translate(_BARE)


def pipe_line(text: str) -> str:
    """Return one line of a pipe: nothing in it that a terminal would obey, should it come to one after
    all."""
    return text if text.isprintable() else text.translate(_PIPED)


def pipe_block(text: str) -> str:
    """Like `pipe_line`, for several lines: their ends and tabs stay."""
    # The question is cheaper than the answer: of most results there is nothing to escape.
    return text if text.replace("\n", "").replace("\t", "").isprintable() else text.translate(_BARE)


def field(text: str) -> str:
    """Like `pipe_line`, for one field of a TSV line: backslashes are doubled, so that it can be undone."""
    return pipe_line(text.replace("\\", "\\\\"))


def json_text(text: str) -> str:
    """JSON that means the same with all of it to be seen (JSON itself escapes C0 only)."""
    return text.translate(_JSON)


def pipe_json(text: str) -> str:
    """JSON that means the same with nothing alive in it, otherwise as it was sent."""
    return text if text.isascii() and "\x7f" not in text else text.translate(_PIPED_JSON)
