"""The quick look whether there are plug-ins at all, before their index is read."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.extension_points import Extensions


def find_installed(group: str, environ: Mapping[str, str]) -> Extensions | None:
    """Return the plug-ins of a group. Without any, as often as not, this is a look at the times of some
    folders."""
    from airflowctl.core.folders import has_no_extensions, has_state

    if has_no_extensions(environ):
        return None
    from airflowctl.core.extension_scan import may_have_extensions

    if not may_have_extensions() and not has_state(environ):
        return None  # and no folder to keep that in
    from airflowctl.session.extension_index import search

    return search(group, environ)
