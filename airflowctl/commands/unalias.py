"""Remove an alias."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "unalias",
    "Remove an alias.",
    arg("name", "The alias.", complete="alias"),
    examples=("airflowctl unalias fails",),
)
def unalias(session: Session, name: str) -> Text:
    session.lookup.remove_alias(name)
    return Text(f"forgot {name}", {"forgotten": name})
