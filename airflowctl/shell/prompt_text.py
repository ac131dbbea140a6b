"""What stands before the line: who, where, and which names are in use, as `set prompt` wants it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.core.durations import duration
from airflowctl.core.prompt_format import Piece, parse_prompt
from airflowctl.output.sanitise import line
from airflowctl.session.session import Session
from airflowctl.shell.sections import About, LastLine

NO_COLOUR = " (PRODUCTION)"
READ_ONLY = " (read-only)"
_STYLES = {"user": "class:prompt.user", "code": "class:prompt.failed"}
# The prompt is drawn at every key, and its format changes with `set prompt` only.
_parse = lru_cache(maxsize=4)(parse_prompt)


def parts(about: About, session: Session, last: LastLine | None = None) -> StyleAndTextTuples:
    """Drawn again and again: it only reads. Where there is no colour, production is said in words."""
    pieces = _parse(session.parts.settings["prompt"])
    shown = {
        piece.text: _format_field(piece.text, about, session, last) for piece in pieces if piece.is_field
    }
    result = [part for piece in pieces if _is_shown(piece, pieces, shown) for part in _format(piece, shown)]
    # Whatever the user leaves out: a line must not go to production unseen.
    is_named = any(piece.text == "environment" for piece in pieces if piece.is_field)
    if about.is_production and not is_named:
        return [*_format_environment(about, session), ("", " "), *result]
    return result


def _is_shown(piece: Piece, pieces: Iterable[Piece], shown: dict[str, StyleAndTextTuples]) -> bool:
    group = [other.text for other in pieces if other.group == piece.group and other.is_field]
    return piece.group == 0 or any(shown[name] for name in group) or not group


def _format(piece: Piece, shown: dict[str, StyleAndTextTuples]) -> StyleAndTextTuples:
    return shown[piece.text] if piece.is_field else [("", piece.text)]


def _format_field(name: str, about: About, session: Session, last: LastLine | None) -> StyleAndTextTuples:
    if name == "environment":
        return _format_environment(about, session)
    text = _value_of(name, about, session, last)
    return [(_STYLES.get(name, "class:prompt.used"), line(text))] if text else []


def _value_of(name: str, about: About, session: Session, last: LastLine | None) -> str:
    """Return a field as text; empty where there is nothing to say. A line that went well has no code."""
    context = session.lookup.context
    if name in ("dag", "run", "task"):
        return context.get(name, "")
    if name == "used":
        return "/".join(context.values())
    if name == "time":
        from datetime import datetime

        return f"{datetime.now():%H:%M:%S}"
    if name in ("user", "host"):
        return about.user if name == "user" else about.url.partition("://")[2]
    if last is None:
        return ""
    return duration(last.seconds) if name == "took" else str(last.code or "")


def _format_environment(about: About, session: Session) -> StyleAndTextTuples:
    result: StyleAndTextTuples = []
    if about.is_production:
        result.append(("class:prompt.production", line(about.place)))
        if session.streams.is_plain or session.parts.settings["theme"] == "none":
            result.append(("", NO_COLOUR))
    else:
        result.append(("class:prompt.environment", line(about.place)))
    return [*result, ("", READ_ONLY)] if about.is_read_only else result
