"""The version of this program and of the server."""

from __future__ import annotations

from airflowctl import __version__
from airflowctl.core.command import command, flag
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "version",
    "Show the version of airflowctl, and with --remote that of the server.",
    flag("--remote", help="Ask the server for its version too; needs no login."),
    uses=("get_version",),
    classic="classic_server:show_version",
    examples=(
        "airflowctl version",
        "airflowctl version --remote",
    ),
)
def version(session: Session, remote: bool) -> Text:
    # No server is asked, as this line is how an installation is tried.
    if not remote:
        return Text(f"airflowctl {__version__}", {"airflowctl": __version__})
    record = session.api.record("get_version", "version")
    url = session.server.environment.url
    return Text(
        f"airflowctl {__version__}\nAirflow {record['version']} at {url}",
        {"airflowctl": __version__, "airflow": record, "url": url},
    )
