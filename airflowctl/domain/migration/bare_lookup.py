"""The commands alone, for lines of files: those know nothing of a person's aliases, variables and files."""

from __future__ import annotations

from functools import cache

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.command_lookup import Lookup


@cache
def bare_lookup() -> Lookup:
    """Return where the words of a file's line are looked up."""
    from airflowctl.session.command_lookup import CommandLookup

    class BareLookup(CommandLookup):
        def alias(self, word: str) -> tuple[str, ...]:
            return ()

        def read_value_now(self, kind: str, name: str) -> str:
            return "{}"

    return BareLookup({})
