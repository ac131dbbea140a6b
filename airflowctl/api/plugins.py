"""APIs that a server has only with a plug-in: what it answers without, and the words for it."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NoPlugin, NotAirflow, NotFound
from airflowctl.core.next_line import suggest

_CALLED = {"edge3": "edge workers"}


def nobody_there(error: CliError) -> bool:
    """Whether nothing was behind the path: the page of the web UI comes for every GET, 405 for all else, and
    a plug-in that is too old says no more than "Not Found"."""
    if isinstance(error, NotFound):
        return error.message.startswith(("the server does not know", "not found:"))
    return isinstance(error, NotAirflow) or error.status == 405


def without(plugin: str, base_url: str) -> NoPlugin:
    return NoPlugin(
        f"{base_url} has no API for {_CALLED.get(plugin, plugin)}",
        f"it comes with the provider {plugin} on the API server (and [edge] api_enabled), in a version that "
        f"has this; see: {suggest('plugins', 'list')}",
    )
