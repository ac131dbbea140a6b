"""Plugins that the server has loaded."""

from __future__ import annotations

from airflowctl.core.command import command
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.params import LIMIT

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "plugins list",
    "List the plugins that the API server has loaded.",
    LIMIT,
    op="get_plugins",
    aliases=("plugins",),
    about="A table shows the fields that most plugins have; -o json shows all.",
    classic="classic_server:show_plugins",
    examples=("airflowctl plugins list",),
)
def list_plugins(session: Session, limit: int | None) -> Rows:
    columns = ("name", "source", "fastapi_apps", "external_views", "macros", "listeners", "timetables")
    items = session.api.pages("get_plugins", "plugins", limit=limit)
    # Most plug-ins bring one kind of thing: columns without any would hide the others.
    optional: dict[str, object] = {name: [] for name in columns[2:]}
    return Rows(items, columns, "name", optional=optional, empty="no plugins are loaded")


@command(
    "plugins import-errors",
    "List the plugins that could not be loaded.",
    op="import_errors",
    aliases=("plugins list-import-errors",),
    examples=("airflowctl plugins import-errors",),
)
def import_errors(session: Session) -> Rows:
    items = session.api.pages("import_errors", "import_errors")
    return Rows(items, ("source", "error"), "source", empty="every plugin could be loaded")
