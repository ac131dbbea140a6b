"""APIs that a server has only with a plug-in: how it answers without, and the error for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from airflowctl.api.server_errors import WebPage
from airflowctl.core.errors import CliError, NoRoute, NotAllowed, PluginMissing
from airflowctl.core.next_line import suggest

_CALLED = {"edge3": "edge workers"}


class Caller(Protocol):
    """What lists the plug-ins of a server: airflowctl.api.client.Client."""

    def pages(self, op: str, items: str, /) -> Iterable[dict[str, Any]]: ...


def may_be_absent(error: CliError) -> bool:
    """Return whether an answer is one that a server without the API gives too."""
    # A missing row of a good one names the row. The page of the web UI comes for every GET of an unknown
    # path, 405 for all else (decision 0005). A redirect or cut JSON of a proxy says nothing of the API.
    return isinstance(error, NoRoute | WebPage) or error.status == 405


def is_absent(caller: Caller, error: CliError, path: str) -> bool:
    """Return whether no plug-in serves the path, as far as the server says. Raises CliError where it cannot
    be asked: then the answer was not the API's."""
    # The web page in the plug-in's place takes any login, so that is checked by this too (decision 0005).
    root = f"/{path.split('/')[1]}"
    try:
        has_app = root in _served_paths(caller)
    except NotAllowed:
        return True
    # One that is too old for the operation has no such route.
    return not has_app or isinstance(error, NoRoute)


def _served_paths(caller: Caller) -> set[str]:
    plugins = caller.pages("get_plugins", "plugins")
    apps = [app for plugin in plugins for app in plugin.get("fastapi_apps") or () if isinstance(app, dict)]
    return {str(app.get("url_prefix") or "").rstrip("/") for app in apps}


def plugin_missing(plugin: str, base_url: str, status: int = 0) -> PluginMissing:
    """Return the error of an answer with this HTTP status."""
    return PluginMissing(
        f"{base_url} has no API for {_CALLED.get(plugin, plugin)}",
        f"it comes with the provider {plugin} on the API server (and [edge] api_enabled), in a version that "
        f"has this; see: {suggest('plugins', 'list')}",
        status=status,
    )
