"""The text of a file that a line names in the place of a value."""

from __future__ import annotations

from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.output.streams import Streams

STDIN = "-"
_MOST = 32_000_000  # letters


def read_text(path: str, streams: Streams | None = None) -> str:
    """Return what is in a file, without the line end at its end; "-" is standard input where `streams` are
    given. Raises UsageError."""
    import os

    try:
        if path == STDIN and streams is not None:
            text = streams.stdin.read(_MOST + 1)
        else:
            with open(os.path.expanduser(path), encoding="utf-8-sig", newline="") as file:
                text = file.read(_MOST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"cannot read {path}: not UTF-8 text") from None
    if len(text) > _MOST:
        raise UsageError(f"cannot read {path}: longer than {_MOST // 1_000_000} million letters")
    return text.removesuffix("\n").removesuffix("\r")
