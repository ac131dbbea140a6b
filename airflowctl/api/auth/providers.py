"""Which ways to log in there are: ours, whose names no plug-in can take, and those of plug-ins."""

from __future__ import annotations

from typing import Any

from airflowctl.api.auth.provider import Provider
from airflowctl.core.errors import ExtensionError, UsageError, did_you_mean
from airflowctl.core.extension_points import API_VERSION, Extension, Extensions, check_version, load
from airflowctl.core.login_methods import METHODS
from airflowctl.core.nouns import AUTH
from airflowctl.core.programs import find_extensions, problems


def names() -> tuple[str, ...]:
    """Return the names, sorted, without loading a method."""
    return tuple(sorted({*METHODS, *_plug_ins().known}))


def load_provider(name: str) -> Provider:
    """Load a login method; raises UsageError for an unknown name, ExtensionError for a broken plug-in."""
    if name in METHODS:
        module, _, attribute = METHODS[name].partition(":")
        own: Provider = getattr(__import__(module, fromlist=[attribute]), attribute)()
        return own
    plug_ins = _plug_ins()
    if name in plug_ins.known:
        return load_extension(plug_ins.known[name])
    if problem := plug_ins.problem_of(name):
        problems[problem] = True  # the error says it
        raise UsageError(problem)
    known = names()
    hint = did_you_mean(name, known) or f"there are: {', '.join(known)}"
    raise UsageError(f"there is no way to log in called '{name}'", hint)


def load_extension(extension: Extension) -> Provider:
    """Import the login method of a plug-in. Raises ExtensionError."""
    return load(extension, lambda provider_class: _build(extension, provider_class))


def shadowed_plug_ins() -> list[str]:
    """Return a warning for each plug-in that is never used, as one with the name of one of our methods."""
    return [problem for _, problem in _plug_ins().refused]


def providers_for(manager: str) -> list[Provider]:
    """Return the methods that are offered for an auth manager, the usual one first; no broken plug-in."""
    providers = [
        provider for provider in map(_load_any, names()) if provider and manager in provider.managers
    ]
    return sorted(providers, key=lambda provider: provider.name != "password")


def _load_any(name: str) -> Provider | None:
    try:
        return load_provider(name)
    except ExtensionError as error:
        problems.setdefault(f"{error.message}: it is not used; {error.hint}", False)
        return None


def _plug_ins() -> Extensions:
    extensions: Extensions | None = find_extensions(AUTH)
    return extensions or Extensions()


def _build(extension: Extension, provider_class: Any) -> Provider:
    # Providers are older than the version of the API: one that states none was written for the first.
    check_version(extension, getattr(provider_class, "api", API_VERSION))
    provider = provider_class()
    if not isinstance(provider, Provider):
        raise ExtensionError(
            f"{extension.title} is no {Provider.__module__}.Provider", "its author has to derive from it"
        )
    for field in ("name", "summary"):
        if not isinstance(getattr(provider, field, None), str):
            raise ExtensionError(f"{extension.title} has no {field}", "its author has to add it")
    return provider
