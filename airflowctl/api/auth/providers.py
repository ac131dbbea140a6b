"""Which ways to log in there are: ours and those of plug-ins, all found by the same entry points."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from airflowctl.api.auth.provider import GROUP, Provider
from airflowctl.core.errors import CliError, UsageError, did_you_mean


def names() -> tuple[str, ...]:
    """Sorted; loads none of them."""
    return tuple(sorted(entry_points(group=GROUP).names))


def named(name: str) -> Provider:
    """Raises UsageError when there is none of that name, CliError when a plug-in is broken."""
    found = [*entry_points(group=GROUP, name=name)]
    if not found:
        known = names()
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no way to log in called '{name}'", hint)
    try:
        made: Any = found[0].load()()
    except Exception as error:
        raise CliError(
            f"the plug-in for '{name}' ({found[0].value}) cannot be loaded: {type(error).__name__}: {error}",
            "mend or uninstall it",
        ) from None
    if not isinstance(made, Provider):
        raise CliError(f"the plug-in for '{name}' ({found[0].value}) is no {Provider.__module__}.Provider")
    return made


def fitting(manager: str) -> list[Provider]:
    """Those that are offered for an auth manager, the usual one first."""
    found = (named(name) for name in names())
    ours = [provider for provider in found if manager in provider.managers]
    return sorted(ours, key=lambda provider: provider.name != "password")
