"""What stands before the line: who, where, and which names are in use."""

from __future__ import annotations

from prompt_toolkit.formatted_text import StyleAndTextTuples

from airflowctl.output.sanitise import line
from airflowctl.session.session import Session
from airflowctl.shell.sections import About

NO_COLOUR = " (PRODUCTION)"
READ_ONLY = " (read-only)"


def parts(about: About, session: Session) -> StyleAndTextTuples:
    """Drawn again and again: it only reads. Where there is no colour, production is said in words."""
    result: StyleAndTextTuples = [("class:prompt.user", line(about.user)), ("", "@")] if about.user else []
    if about.is_production:
        result.append(("class:prompt.production", line(about.place)))
        if session.streams.is_plain or session.parts.settings["theme"] == "none":
            result.append(("", NO_COLOUR))
    else:
        result.append(("class:prompt.environment", line(about.place)))
    if about.is_read_only:
        result.append(("", READ_ONLY))
    used = "/".join(line(name) for name in session.lookup.context.values())
    if used:
        result += [("", " "), ("class:prompt.used", used)]
    return [*result, ("", "> ")]
