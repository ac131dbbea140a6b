"""The body of a raw request: JSON on the line, in a file, or on standard input."""

from __future__ import annotations

from airflowctl.core.converters import json_value
from airflowctl.core.errors import UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def read_body(session: Session, text: str | None) -> Any:
    if text is None:
        return None
    if text == "-":
        text, location = session.streams.stdin.read(), "standard input"
    elif text.startswith("@"):
        text, location = _file(text[1:]), text[1:]
    else:
        location = "--body"
    try:
        return json_value(text)
    except ValueError as error:
        raise UsageError(f"{location}: {error}") from None


def _file(name: str) -> str:
    from airflowctl.core.converters import path

    try:
        with open(path(name), encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"{name} cannot be read: {reason}") from None
