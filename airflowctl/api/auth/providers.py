"""The login methods: ours, whose names no plug-in can take, and those of plug-ins."""

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
    """Return the names, sorted, without loading a method."""
    return tuple(sorted({*_OURS, *entry_points(group=GROUP).names}))


def load_provider(name: str) -> Provider:
    """Load a login method; raises UsageError for an unknown name, CliError for a broken plug-in."""
    load: Callable[[str], Any] = _load_ours
    value = _OURS.get(name, "")
    if not value:
        value, load = _plug_in(name)
    try:
        provider: Any = load(value)()
    except Exception as error:
        raise CliError(
            f"the plug-in for '{name}' ({value}) cannot be loaded: {type(error).__name__}: {error}",
            "mend or uninstall it",
        ) from None
    if not isinstance(provider, Provider):
        raise CliError(f"the plug-in for '{name}' ({value}) is no {Provider.__module__}.Provider")
    return provider


def shadowed_plug_ins() -> list[str]:
    """Return a warning for each plug-in that has the name of one of our methods: it is never used."""
    return [
        f"the plug-in {point.value}{_package(point)} calls itself '{point.name}', which is ours:"
        " it is not used"
        for point in entry_points(group=GROUP)
        if point.name in _OURS and point.value != _OURS[point.name]
    ]


def _load_ours(value: str) -> Any:
    module, _, name = value.partition(":")
    return getattr(import_module(module), name)


def _plug_in(name: str) -> tuple[str, Callable[[str], Any]]:
    points = {point.value: point for point in entry_points(group=GROUP, name=name)}
    if not points:
        known = names()
        hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
        raise UsageError(f"there is no way to log in called '{name}'", hint)
    if len(points) > 1:
        both = " and ".join(f"{point.value}{_package(point)}" for point in points.values())
        raise UsageError(f"more than one plug-in is called '{name}': {both}", "uninstall the wrong one")
    ((value, point),) = points.items()
    return value, lambda _: point.load()


def _package(point: EntryPoint) -> str:
    return f" of the package {point.dist.name}" if point.dist else ""


def providers_for(manager: str) -> list[Provider]:
    """Return the methods that are offered for an auth manager, the usual one first."""
    providers = (load_provider(name) for name in names())
    ours = [provider for provider in providers if manager in provider.managers]
    return sorted(ours, key=lambda provider: provider.name != "password")
