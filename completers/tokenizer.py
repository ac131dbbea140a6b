"""Words of a line and back: quotes, backslashes, comments and here-documents as in a shell. A JSON object
needs no quotes: it is a word, as it is, until its last brace closes. Letters that cannot be typed stand in
`$'...'`, as in bash: `$'a\\nb'`. Nothing is expanded but `${NAME}`, where the caller gives the texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from completers.letters import is_seen

_SPACE = " \t\r\n"
_RUN = re.compile(r"[^ \t\r\n'\"\\{#$<]+")  # letters that mean nothing but themselves
_IN_QUOTES = r'[^"\\$]+'
# These are compiled when a line has such a thing: each costs a start a half of a thousandth.
# After <<: the text of the line that ends the document, in quotes where nothing is put into that.
_DOCUMENT = r"""<<(?:'(\w+)'|"(\w+)"|([A-Za-z_]\w*))(?=[ \t\r\n]|\Z)"""
DOCUMENT = "<<"  # stands for what is open in a line whose here-document has no end
_PUT_IN = r"\$\{([^{}]*)\}"
_STRING_OR_PUT_IN = r'(?s)"(?:[^"\\]|\\.)*"?|\$\{[^{}]*\}'
# Gets the name in `${NAME}` and its place in the line, returns the text for it.
Expand = Callable[[str, int], str]
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
    """The line ends inside a quote, an object or a here-document, which begins at `opened`, or after a
    backslash, which stands there."""

    def __init__(self, message: str, opened: int) -> None:
        super().__init__(message)
        self.opened = opened


class Word(NamedTuple):
    """A word of a line: its text without quotes, where it stands, and what is open at its end: a quote, a
    backslash, `{` for an object, `<<` for a here-document. `is_put_in`: its first letters were put in for a
    `${NAME}`, or are those of a here-document, so that a dash among them begins no option."""

    text: str
    start: int
    end: int
    quote: str = ""
    is_put_in: bool = False


class Split(NamedTuple):
    """All words; `comment` is where a comment starts (or the line's length), `open` what is unclosed, and
    `opened` where that is. `documents` are the spans of here-documents, each with the line that ends it."""

    words: list[Word]
    comment: int
    open: str
    opened: int = -1
    documents: tuple[tuple[int, int], ...] = ()


class _Waiting(NamedTuple):
    """A here-document that begins after the line: the number of its word, the name that ends it."""

    word: int
    name: str
    is_plain: bool


def split(line: str, expand: Expand | None = None) -> Split:
    """Split a line, finished or not. In single quotes nothing is special; in double quotes a backslash
    keeps only `"` and itself from meaning something, so that JSON can be written as it is."""
    return _Scan(line, 0, "", expand).run()


def split_first(text: str, begin: int = 0, expand: Expand | None = None) -> tuple[Split, int]:
    """Split the line that begins there, of a text of several. Return where it ends, too; the places in the
    result are those in the text."""
    scan = _Scan(text, begin, "\n", expand)
    return scan.run(), scan.position


class _Scan:
    """One walk over a line: the words so far, the one that is being read, what is open."""

    def __init__(self, line: str, position: int, ends: str, expand: Expand | None) -> None:
        self._line, self.position, self._ends, self._expand = line, position, ends, expand
        self._words: list[Word] = []
        self._text: list[str] = []
        self._start, self._open, self._opened = -1, "", -1
        self._is_put_in = False
        self._documents: list[tuple[int, int]] = []
        self._waiting: list[_Waiting] = []

    def run(self) -> Split:
        """Return the words, up to a letter that ends the line unless something is open."""
        line, length = self._line, len(self._line)
        while self.position < length:
            if match := _RUN.match(line, self.position):
                self._add(match[0], match.end())
                continue
            letter = line[self.position]
            if letter in _SPACE:
                self._end_word()
                if letter == "\n" and self._waiting:
                    self._read_documents()
                if self.position < length and line[self.position] in self._ends:
                    break
                self.position += 1
            # Only before a word: a # within one is a part of it, as in POSIX shells.
            elif letter == "#" and self._start < 0:
                comment = self.position
                self._skip_comment()
                if not self._waiting:
                    return self._result(comment)
            else:
                self._read_letter(letter)
        self._end_word()
        if self._waiting:
            self._read_documents()
        return self._result(self.position)

    def _result(self, comment: int) -> Split:
        return Split(self._words, comment, self._open, self._opened, tuple(self._documents))

    def _add(self, text: str, end: int) -> None:
        if self._start < 0:
            self._start = self.position
        self._text.append(text)
        self.position = end

    def _end_word(self) -> None:
        if self._start >= 0:
            text = "".join(self._text)
            self._words.append(Word(text, self._start, self.position, self._open, self._is_put_in))
            self._text, self._start, self._is_put_in = [], -1, False

    def _skip_comment(self) -> None:
        end = self._line.find("\n", self.position) if self._ends or self._waiting else -1
        self.position = len(self._line) if end < 0 else end

    def _read_letter(self, letter: str) -> None:
        """Read a letter that may mean something, with what belongs to it."""
        line, position = self._line, self.position
        # JSON is copied from other programs as it is; only a { before a " begins an object (decision 0009).
        if letter == "{" and (self._start < 0 or line[position - 1] == "=") and _OBJECT.match(line, position):
            self._read_object()
        elif letter in "'\"":
            self._read_quote(letter, position + 1)
        elif letter == "\\":
            self._read_backslash()
        elif line.startswith(ESCAPED, position):
            self._read_quote(ESCAPED, position + 2)
        elif letter == "$" and self._expand and (match := re.compile(_PUT_IN).match(line, position)):
            self._put_in(match)
        elif letter == "<" and self._start < 0 and (match := re.compile(_DOCUMENT).match(line, position)):
            name = match[1] or match[2] or match[3]
            self._waiting.append(_Waiting(len(self._words), name, is_plain=match[3] is None))
            self._add("", match.end())
            self._is_put_in = True
        else:
            self._add(letter, position + 1)

    def _read_object(self) -> None:
        end = _object_end(self._line, self.position)
        if end < 0:
            self._open, self._opened, end = "{", self.position, len(self._line)
        text = self._line[self.position : end]
        self._add(self._fill_object(text, self.position) if self._expand else text, end)

    def _fill_object(self, text: str, begin: int) -> str:
        """Return an object with its `${NAME}` replaced; within its strings, by text that stays in them."""

        def fill(match: re.Match[str]) -> str:
            if match[0][0] == "$":
                return self._value(match[0][2:-1], begin + match.start())
            return self._fill(match[0], begin + match.start(), _escape)

        return re.sub(_STRING_OR_PUT_IN, fill, text)

    def _fill(self, text: str, begin: int, escape: Callable[[str], str] = str) -> str:
        """Return a text that begins there with each `${NAME}` in it replaced."""
        return re.sub(_PUT_IN, lambda match: escape(self._value(match[1], begin + match.start())), text)

    def _value(self, name: str, position: int) -> str:
        return self._expand(name, position) if self._expand else ""

    def _put_in(self, match: re.Match[str]) -> None:
        self._is_put_in |= not any(self._text)
        self._add(self._value(match[1], match.start()), match.end())

    def _read_quote(self, quote: str, begin: int) -> None:
        """Read what follows an opening quote, up to the closing one or to the end of all."""
        opened = self.position
        self._add("", begin)
        line, length = self._line, len(self._line)
        while self.position < length:
            letter = line[self.position]
            if letter == quote[-1]:
                self.position += 1
                return
            if quote == "'":
                end = line.find("'", self.position)
                end = length if end < 0 else end
                self._add(line[self.position : end], end)
            elif quote == ESCAPED and letter == "\\":
                letters, last = _letters(line, self.position)
                self._add(letters, last + 1)
            else:
                self._read_in_quotes(letter, quote)
        self._open, self._opened = quote, opened

    def _read_in_quotes(self, letter: str, quote: str) -> None:
        line, position = self._line, self.position
        if quote == ESCAPED:
            self._add(letter, position + 1)
        elif match := re.compile(_IN_QUOTES).match(line, position):
            self._add(match[0], match.end())
        elif letter == "\\" and line[position + 1 : position + 2] in ('"', "\\"):
            self._add(line[position + 1], position + 2)
        elif letter == "$" and self._expand and (match := re.compile(_PUT_IN).match(line, position)):
            self._put_in(match)
        else:
            self._add(letter, position + 1)

    def _read_backslash(self) -> None:
        """Read a backslash and the letter that it keeps; before the end of a line, it takes that away."""
        position, line = self.position, self._line
        following = line[position + 1 : position + 3]
        skipped = 2 if following[:1] == "\n" else 3 if following == "\r\n" else 0
        end = position + (skipped or 2)
        if end >= len(line) and (skipped or not following):
            self._open, self._opened = "\\", position
            if not skipped:
                self._add("", len(line))
            self.position = len(line)
        elif skipped:
            self.position = end
        else:
            self._add(line[position + 1], end)

    def _read_documents(self) -> None:
        """Read the here-documents that the line before this place has named, up to the last one's end."""
        waiting, self._waiting = self._waiting, []
        for document in waiting:
            word, begin = self._words[document.word], self.position + 1
            end = re.compile(rf"^{document.name}(\r?)$", re.MULTILINE).search(self._line, begin)
            if end is None:
                self._open, self._opened, self.position = DOCUMENT, word.start, len(self._line)
                self._words[document.word] = word._replace(text=self._line[begin:], quote=DOCUMENT)
                return
            text = self._line[begin : max(begin, end.start() - 1)]
            text = text.replace("\r\n", "\n").removesuffix("\r") if end[1] else text
            if self._expand and not document.is_plain:
                text = self._fill(text, begin)
            self._words[document.word] = word._replace(text=text)
            self._documents.append((begin, end.end()))
            self.position = end.end()


def _escape(text: str) -> str:
    """Return a text as it stands in a string of JSON."""
    from json import dumps

    return dumps(text, ensure_ascii=False)[1:-1]


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


def count_rest(line: str, cursor: int, ends: str = "") -> int:
    """Return how many letters right of the cursor belong to its word: with the quote that ends it, but of an
    object, or in a quote that nothing ends, only what stands before the next space. A part of a word without
    quotes is over at each of the letters `ends`."""
    if line[cursor : cursor + 1] in ("", *_SPACE):
        return 0
    word = next((word for word in split(line).words if word.start <= cursor < word.end), None)
    if word is None:
        return 0
    over = _SPACE if word.quote else "" if line[word.start] in "'\"$" else ends
    positions = (line.find(letter, cursor, word.end) for letter in over)
    return min((position for position in positions if position >= 0), default=word.end) - cursor


def lines(text: str) -> Iterator[str]:
    """Yield the lines of a text; a line end within quotes, an object or a here-document ends none, nor does
    one after a backslash."""
    begin = 0
    while begin <= len(text):
        _, end = split_first(text, begin)
        yield text[begin:end]
        begin = end + 1


def words(line: str) -> list[str]:
    """Return the words of a finished line; raises OpenQuoteError."""
    parts = split(line)
    require_end(parts)
    return [word.text for word in parts.words]


def require_end(parts: Split) -> None:
    """Raise OpenQuoteError where something in a line is open."""
    if parts.open == "\\":
        raise OpenQuoteError("nothing stands after the last backslash", parts.opened)
    if parts.open == "{":
        raise OpenQuoteError("the brace { is not closed", parts.opened)
    if parts.open == DOCUMENT:
        raise OpenQuoteError("the line that ends the here-document is missing", parts.opened)
    if parts.open:
        raise OpenQuoteError(f"the quote {parts.open} is not closed", parts.opened)


def quote_word(text: str, quote: str = "") -> str:
    """Return the text as one word of a line; in the quote that is already open, if one is."""
    if quote == "{":
        return text
    if quote == ESCAPED:
        return f"{ESCAPED}{''.join(map(_spell, text))}'"
    if not quote and text and (_PLAIN.issuperset(text) or all(map(_is_plain, text))):
        return text
    if quote != '"' and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(letter: str) -> bool:
    return letter in _PLAIN or letter.isalnum()


def quote_visibly(text: str) -> str:
    """Like `quote_word`, in letters that can all be seen: the word may be shown, and copied."""
    return quote_word(text, "" if all(is_seen(ord(letter)) for letter in text) else ESCAPED)


def _spell(letter: str) -> str:
    code = ord(letter)
    if letter in _SPELLED or is_seen(code):
        return _SPELLED.get(letter, letter)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quote_open(text: str, quote: str = "") -> str:
    """Like `quote_word`, for a word that is not finished: always in a quote, which is left open."""
    if quote == "{":
        return text
    # Left open, so that the next name of the list can be typed on.
    return quote_word(text, quote or "'")[:-1]
