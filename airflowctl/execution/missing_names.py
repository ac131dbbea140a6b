"""The way out for a line that names what a server does not have."""

from __future__ import annotations

from airflowctl.core.next_line import suggest
from airflowctl.core.options import SHELL
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import find_names

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.command import Command
    from airflowctl.session.session import Session


def suggest_listing(command: Command, values: dict[str, Any], message: str, session: Session) -> str:
    """Return the command that lists what was not found: the last name of the line that is whole in the
    message."""
    kinds = session.registry.kinds()
    chosen = (
        entry for entry in command.params if entry.complete in kinds and values[entry.name] != entry.default
    )
    provided_values = {param.complete: values[param.name] for param in chosen}
    kind_of: dict[str, str] = {}
    for kind, value in provided_values.items():
        for name in value if isinstance(value, tuple) else (value,):
            kind_of.setdefault(str(name), kind)
    # Whole words only: a name may be a part of another one in the server's text.
    names = find_names(message, kind_of)
    listing = session.registry.listing(kind_of[names[-1]]) if names else None
    if listing is None:
        return ""
    scope = [
        provided_values[outer]
        for outer in kinds[kind_of[names[-1]]].scope.values()
        if provided_values.get(outer)
    ]
    kind, near = kind_of[names[-1]], ""
    if session.mode == SHELL:
        texts = {each: value for each, value in provided_values.items() if isinstance(value, str)}
        close = session.server.names.nearest(kind, {**session.lookup.context, **texts}, names[-1])
        near = f"did you mean {' or '.join(close)}? " if close else ""
    return f"{near}see: {suggest(*listing.words, *scope)}"
