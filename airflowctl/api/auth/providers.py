"""Which ways to log in there are: ours, whose names no plug-in can take, and those of plug-ins."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from airflowctl.api.auth.provider import GROUP, Provider
from airflowctl.core.errors import CliError, UsageError, did_you_mean

_OURS = {
    "client-credentials": "airflowctl.api.auth.client_credentials:ClientCredentials",
    "command": "airflowctl.api.auth.token_command:Command",
    "none": "airflowctl.api.auth.none:NoLogin",
    "oidc-device": "airflowctl.api.auth.oidc_device:Device",
    "oidc-pkce": "airflowctl.api.auth.oidc_pkce:Pkce",
    "password": "airflowctl.api.auth.password:Password",
    "paste": "airflowctl.api.auth.paste:Paste",
    "static": "airflowctl.api.auth.static:Static",
}


def names() -> tuple[str, ...]:
    """Sorted; loads none of them."""
    return tuple(sorted({*_OURS, *entry_points(group=GROUP).names}))


def named(name: str) -> Provider:
    """Raises UsageError when there is none of that name, CliError when a plug-in is broken."""
    load: Callable[[str], Any] = _load_ours
    value = _OURS.get(name, "")
    if not value:
        value, load = _plug_in(name)
    try:
        made: Any = load(value)()
    except Exception as error:
        raise CliError(
            f"the plug-in for '{name}' ({value}) cannot be loaded: {type(error).__name__}: {error}",
            "mend or uninstall it",
        ) from None
    if not isinstance(made, Provider):
        raise CliError(f"the plug-in for '{name}' ({value}) is no {Provider.__module__}.Provider")
    return made


def usurpers() -> list[str]:
    """What to say of each plug-in that has the name of one of our ways to log in: it is never used."""
    return [
        f"the plug-in {point.value}{_of(point)} calls itself '{point.name}', which is ours: it is not used"
        for point in entry_points(group=GROUP)
        if point.name in _OURS and point.value != _OURS[point.name]
    ]


def _load_ours(value: str) -> Any:
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)


def _plug_in(name: str) -> tuple[str, Callable[[str], Any]]:
    found = {point.value: point for point in entry_points(group=GROUP, name=name)}
    if not found:
        known = names()
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no way to log in called '{name}'", hint)
    if len(found) > 1:
        both = " and ".join(f"{point.value}{_of(point)}" for point in found.values())
        raise UsageError(f"more than one plug-in is called '{name}': {both}", "uninstall the wrong one")
    ((value, point),) = found.items()
    return value, lambda _: point.load()


def _of(point: EntryPoint) -> str:
    return f" of the package {point.dist.name}" if point.dist else ""


def fitting(manager: str) -> list[Provider]:
    """Those that are offered for an auth manager, the usual one first."""
    found = (named(name) for name in names())
    ours = [provider for provider in found if manager in provider.managers]
    return sorted(ours, key=lambda provider: provider.name != "password")
