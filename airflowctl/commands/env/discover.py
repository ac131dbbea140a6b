"""The servers that a managed service knows."""

from __future__ import annotations

from airflowctl.core.command import arg, command, opt
from airflowctl.core.converters import some_text
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "env discover",
    "List the Airflow servers of a managed service, with their addresses.",
    arg("service", "The service.", choices=("astronomer",)),
    opt(
        "--organization",
        help="Only this organisation, by its id; all that the token can see if not given.",
        convert=some_text,
        metavar="ID",
    ),
    opt(
        "--service-url",
        help="Address of the service's own API; https://api.astronomer.io if not given.",
        convert=some_text,
        metavar="URL",
    ),
    about="The token is that of ASTRO_API_TOKEN, or of Astronomer's own program after astro login. It is"
    " sent only to the service's API, and not stored. `auth login -e NAME --url URL --method"
    " astronomer` makes a row an environment.",
    examples=("airflowctl env discover astronomer",),
)
def discover(session: Session, service: str, organization: str | None, service_url: str | None) -> Rows:
    from importlib import import_module

    api = import_module(f"airflowctl.api.auth.{service}")
    token = api.find_token(session.streams.environ)
    session.parts.redact.learn(token)
    columns = ("name", "url", "status", "airflow_version", "workspace")
    empty = f"there are none; see: {suggest('help', 'env', 'discover')}"
    return Rows(api.deployments(service_url or api.API, token, organization), columns, "name", empty=empty)
