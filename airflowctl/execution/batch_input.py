"""What a batch reads: the bytes of its files, and the lines in them with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.execution.pipeline import OBJECT
from completers.tokenizer import split_first

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams

STDIN = "-"
_MOST = 32_000_000  # bytes of a file
_BOM = b"\xef\xbb\xbf"
# A line that ends where its first line end is: nothing in it can be open there. Other lines are looked at
# letter by letter.
_WHOLE = rf"""(?:[^'"\\{{<#$]++|\$(?!')|'[^'\\]*+'|"[^"\\]*+"|{OBJECT})*\Z"""


class Input(NamedTuple):
    """A file of commands: its name as errors call it, and all that is in it."""

    name: str
    content: bytes


class InputLine(NamedTuple):
    """A line, which may have several line ends in it, and its number. `problem`: it is no text."""

    number: int
    text: str
    problem: UsageError | None = None


def read_input(path: str, streams: Streams) -> Input:
    """Return what is in a file ("-" is standard input). Raises UsageError."""
    try:
        if path == STDIN:
            content = _read_stdin(streams)
        else:
            with open(path, "rb") as file:
                content = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read {path}: not UTF-8 text (byte {error.start})") from None
    # All lines are checked before the first is run: a device or a pipe without an end would fill the memory.
    if len(content) > _MOST:
        hint = "run it in parts, or with --stream"
        raise UsageError(f"cannot read {path}: longer than {_MOST // 1_000_000} million bytes", hint)
    return Input("stdin" if path == STDIN else path, content)


def _read_stdin(streams: Streams) -> bytes:
    buffer = getattr(streams.stdin, "buffer", None)  # a text would be held beside its bytes
    content: bytes = buffer.read(_MOST + 1) if buffer else streams.stdin.read(_MOST + 1).encode()
    return content


def read_lines(content: bytes) -> Iterator[InputLine]:
    """Yield the lines of a file, those without a command too."""
    from re import compile

    is_whole = compile(_WHOLE).match
    begin = len(_BOM) if content.startswith(_BOM) else 0
    number, length = 1, len(content)
    while begin < length:
        end = content.find(b"\n", begin)
        end = length if end < 0 else end
        try:
            text = content[begin:end].decode()
            if not is_whole(text):
                text, end = _read_whole(content, begin, end)
        except UnicodeDecodeError as error:
            yield InputLine(number, " " * error.start, UsageError("not UTF-8 text"))
            begin, number = end + 1, number + 1
            continue
        yield InputLine(number, text)
        begin, number = end + 1, number + 1 + text.count("\n")


def _read_whole(content: bytes, begin: int, end: int) -> tuple[str, int]:
    """Return the line that begins there and where it ends, not before the line end at `end`."""
    rows = 1
    while True:
        text = content[begin:end].decode()
        parts, stop = split_first(text)
        if stop < len(text) or not parts.open or end == len(content):
            return text[:stop], begin + len(text[:stop].encode())
        for _ in range(rows):  # twice as many each time: a long value is not looked at for each of its lines
            end = content.find(b"\n", end + 1)
            if end < 0:
                end = len(content)
                break
        rows *= 2
