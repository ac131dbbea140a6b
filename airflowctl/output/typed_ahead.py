"""What stands in a terminal's input queue before a question is shown: it is no answer to it."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TextIO


def take(stream: TextIO) -> bytes:
    """Take everything out of the queue that was typed so far, also a line without its end; nothing where
    the stream is no terminal of this system."""
    import os

    try:
        import termios

        number = stream.fileno()
        before = termios.tcgetattr(number)
    except (ImportError, OSError, ValueError):
        return b""
    except termios.error:
        return b""
    try:
        termios.tcsetattr(number, termios.TCSANOW, _at_once(before))
        result = bytearray()
        while part := os.read(number, 4096):
            result += part
        return bytes(result).replace(b"\0", b"")  # an end of file that was typed
    except OSError:  # the terminal is gone: the question fails by itself
        return b""
    finally:
        termios.tcsetattr(number, termios.TCSANOW, before)


def _at_once(attributes: list[Any]) -> list[Any]:
    """Return the terminal as it is, but a read gets what is there, whole line or not, and never waits."""
    import termios

    *flags, control = attributes
    control = list(control)
    control[termios.VMIN], control[termios.VTIME] = 0, 0
    flags[3] &= ~termios.ICANON
    return [*flags, control]
