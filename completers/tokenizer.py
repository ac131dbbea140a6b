"""Words of a line and back: quotes, backslashes and comments as in a shell, nothing expanded. A JSON object
needs no quotes: it is a word, as it is, until its last brace closes. Letters that cannot be typed stand in
`$'...'`, as in bash: `$'a\\nb'`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from completers.letters import is_seen

_SPACE = " \t\r\n"
# What cannot be meant otherwise, since without its quotes it would be no JSON; or what may become one.
_OBJECT = re.compile(r'\{\s*(?:"|\Z)')
_IN_OBJECT = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|[{}]', re.DOTALL)  # a string, or a brace
# As in bash, so that a name with letters that cannot be typed can be written (decision 0035).
ESCAPED = "$'"  # begins a quote in which a backslash tells of letters by their numbers
_ESCAPE = re.compile(
    r"\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
_MEANT = {
    "n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v",
    "\\": "\\", "'": "'", '"': '"', "?": "?",
}  # fmt: skip
_SPELLED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", "'": "\\'"}
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,~^")


class OpenQuoteError(ValueError):
    """The line ends inside a quote or an object, which begins at `opened`, or after a backslash, which stands
    there."""

    def __init__(self, message: str, opened: int) -> None:
        super().__init__(message)
        self.opened = opened


class Word(NamedTuple):
    """A word of a line: its text without quotes, where it stands, and what is open at its end: a quote, a
    backslash, or `{` for an object."""

    text: str
    start: int
    end: int
    quote: str = ""


class Split(NamedTuple):
    """All words; `comment` is where a comment starts (or the line's length), `open` what is unclosed, and
    `opened` where that is."""

    words: list[Word]
    comment: int
    open: str
    opened: int = -1


def split(line: str) -> Split:
    """Split a line, finished or not. In single quotes nothing is special; in double quotes a backslash
    keeps only `"` and itself from meaning something, so that JSON can be written as it is."""
    return _scan(line, 0, "")[0]


def _scan(line: str, position: int, ends: str) -> tuple[Split, int]:
    """Return the words from there on, up to a letter that `ends` them unless something is open; and its
    place."""
    found_words: list[Word] = []
    text: list[str] = []
    start, quote, opened = -1, "", -1
    while position < len(line):
        letter = line[position]
        if quote:
            letters, position, quote = _inside_quote(line, position, quote)
            text.append(letters)
        elif letter in _SPACE:
            if start >= 0:
                found_words.append(Word("".join(text), start, position))
                text, start = [], -1
            if letter in ends:
                return Split(found_words, position, ""), position
        # Only before a word: a # within one is a part of it, as in POSIX shells.
        elif letter == "#" and start < 0:
            end = line.find(ends, position) if ends else -1
            return Split(found_words, position, ""), len(line) if end < 0 else end
        else:
            begins = start < 0 or line[position - 1] == "="  # as in --conf={
            start = position if start < 0 else start
            # JSON is copied from other programs as it is; only a { before a " begins an object (decision
            # 0009).
            if begins and letter == "{" and _OBJECT.match(line, position):
                end = _object_end(line, position)
                quote, opened = ("{", position) if end < 0 else ("", opened)
                end = len(line) if end < 0 else end
                text.append(line[position:end])
                position = end - 1
            elif line.startswith(ESCAPED, position):
                quote, opened = ESCAPED, position
                position += 1
            elif letter in "'\"":
                quote, opened = letter, position
            elif letter == "\\":
                position += 1
                if position == len(line) or line[position] in ends:
                    found_words.append(Word("".join(text), start, position, "\\"))
                    return Split(found_words, position, "\\", position - 1), position
                text.append(line[position])
            else:
                text.append(letter)
        position += 1
    if start >= 0:
        found_words.append(Word("".join(text), start, len(line), quote))
    return Split(found_words, len(line), quote, opened if quote else -1), len(line)


def _inside_quote(line: str, position: int, quote: str) -> tuple[str, int, str]:
    """Return what the letter there means within a quote, the place of its last letter, and the quote that
    is open after it."""
    letter = line[position]
    if letter == quote[-1] and quote != "{":
        return "", position, ""
    if quote == ESCAPED and letter == "\\":
        return *_letters(line, position), quote
    if quote == '"' and letter == "\\" and line[position + 1 : position + 2] in ('"', "\\"):
        return line[position + 1], position + 1, quote
    return letter, position, quote


def _letters(line: str, start: int) -> tuple[str, int]:
    """Return what is meant by the backslash there, and the place of the last letter that belongs to it;
    as in bash, one that means nothing stays."""
    match = _ESCAPE.match(line, start)
    if match is None:
        return "\\", start
    end, short, long, wide, octal, letter = match.end() - 1, *match.groups()
    if letter is not None:
        return _MEANT.get(letter, f"\\{letter}"), end
    code = int(octal, 8) if octal else int(short or long or wide, 16)
    return (chr(code) if code < 0x110000 else match[0]), end


def _object_end(line: str, start: int) -> int:
    """Return where the object that begins there has ended; -1 where it does not."""
    depth = 0
    for match in _IN_OBJECT.finditer(line, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return -1


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; a line end within quotes or an object ends none."""
    begin = 0
    while begin <= len(text):
        _, end = _scan(text, begin, "\n")
        yield text[begin:end]
        begin = end + 1


def words(line: str) -> list[str]:
    """Return the words of a finished line; raises OpenQuoteError."""
    parts = split(line)
    if parts.open == "\\":
        raise OpenQuoteError("nothing stands after the last backslash", parts.opened)
    if parts.open == "{":
        raise OpenQuoteError("the brace { is not closed", parts.opened)
    if parts.open:
        raise OpenQuoteError(f"the quote {parts.open} is not closed", parts.opened)
    return [word.text for word in parts.words]


def quote_word(text: str, quote: str = "") -> str:
    """Return the text as one word of a line; in the quote that is already open, if one is."""
    if quote == "{":
        return text
    if quote == ESCAPED:
        return f"{ESCAPED}{''.join(map(_spell, text))}'"
    if not quote and text and all(letter in _PLAIN or letter.isalnum() for letter in text):
        return text
    if quote != '"' and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def quote_visibly(text: str) -> str:
    """As `quote_word`, in letters that can all be seen: the word may be shown, and copied."""
    return quote_word(text, "" if all(is_seen(ord(letter)) for letter in text) else ESCAPED)


def _spell(letter: str) -> str:
    code = ord(letter)
    if letter in _SPELLED or is_seen(code):
        return _SPELLED.get(letter, letter)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quote_open(text: str, quote: str = "") -> str:
    """As `quote_word`, for a word that is not finished: always in a quote, which is left open."""
    if quote == "{":
        return text
    # Left open, so that the next name of the list can be typed on.
    return quote_word(text, quote or "'")[:-1]
