"""A batch whose lines run as they come: for a program that writes a line, and waits for its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.execution.batch_input import STDIN, InputLine
from completers.tokenizer import split_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.output.streams import Streams

_MOST = 32_000_000  # letters of a line


def read_stream(path: str, streams: Streams) -> Iterator[InputLine]:
    """Yield the lines of a file ("-" is standard input), each as soon as it is whole. Raises UsageError."""
    number = 1
    with _opened(path, streams) as read_row:
        while row := _read(path, read_row):
            text = row.removesuffix("\n")
            while split_first(text)[0].open and (row := _read(path, read_row)):
                text = f"{text}\n{row.removesuffix(chr(10))}"
                if len(text) > _MOST:
                    raise UsageError(
                        f"{path}:{number}: the line is longer than {_MOST // 1_000_000} million letters"
                    )
            yield InputLine(number, text.removeprefix("\ufeff") if number == 1 else text)
            number += text.count("\n") + 1


@contextmanager
def _opened(path: str, streams: Streams) -> Iterator[Callable[[int], str]]:
    if path == STDIN:
        yield streams.stdin.readline
        return
    try:
        file = open(path, encoding="utf-8", newline="\n")  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    with file:
        yield file.readline


def _read(path: str, read_row: Callable[[int], str]) -> str:
    try:
        return read_row(_MOST)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"cannot read {path}: not UTF-8 text") from None
