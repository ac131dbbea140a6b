"""APIs that a server has only with a plug-in: how it answers without, and the error for it."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotAirflow, NotFound, PluginMissing
from airflowctl.core.next_line import suggest

_CALLED = {"edge3": "edge workers"}


def is_absent(error: CliError) -> bool:
    """Return whether no API is behind the path."""
    if isinstance(error, NotFound):
        # A plug-in that is too old says no more than "Not Found"; a missing row of a good one names the row.
        return error.message.startswith(("the server does not know", "not found:"))
    # The page of the web UI comes for every GET of an unknown path, 405 for all else (decision 0005).
    return isinstance(error, NotAirflow) or error.status == 405


def plugin_missing(plugin: str, base_url: str) -> PluginMissing:
    return PluginMissing(
        f"{base_url} has no API for {_CALLED.get(plugin, plugin)}",
        f"it comes with the provider {plugin} on the API server (and [edge] api_enabled), in a version that "
        f"has this; see: {suggest('plugins', 'list')}",
    )
