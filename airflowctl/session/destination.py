"""Where a line goes: by its options, then the variables, then what `env use` has chosen."""

from __future__ import annotations

from airflowctl.core.environment import DEFAULT_ENVIRONMENT, Environment
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflowctl.core.options import Options
    from airflowctl.storage.environments import EnvironmentStore

URL_VARIABLE, NAME_VARIABLE = "AIRFLOWCTL_URL", "AIRFLOW_CLI_ENVIRONMENT"


def environment_name(options: Options, environ: Mapping[str, str], chosen: Callable[[], str]) -> str:
    """The name of the environment of a line; `chosen` reads what `env use` has chosen."""
    return options.env or environ.get(NAME_VARIABLE, "").strip() or chosen() or DEFAULT_ENVIRONMENT


def url_of_variable(environ: Mapping[str, str]) -> str:
    """The address in AIRFLOWCTL_URL; "" where it is not set. Raises UsageError where it is set and blank:
    in a pipeline that is a variable without its value, and another server must not take its place."""
    text = environ.get(URL_VARIABLE)
    if text is not None and not text.strip():
        raise UsageError(f"{URL_VARIABLE} is set but empty", "set it to the server's address, or unset it")
    return (text or "").strip()


def named_url(options: Options, environ: Mapping[str, str]) -> str:
    """The address that the line or AIRFLOWCTL_URL gives, as it was typed; "" where the environment has it."""
    return options.url or ("" if options.env else url_of_variable(environ))


def find_environment(
    options: Options, environ: Mapping[str, str], known: EnvironmentStore, chosen: Callable[[], str]
) -> Environment | None:
    """The environment of a line: its file, with the line's address over it; None if it is not known.
    Raises UsageError, ConfigError."""
    from airflowctl.core.url import base_url

    name, url = environment_name(options, environ, chosen), named_url(options, environ)
    if not url:
        return known.get(name)
    origin = base_url(url)
    try:
        environment = known.get(name)
    except ConfigError:  # only its user name would be of use
        environment = None
    return environment if environment and environment.url == origin else Environment(name, origin)


def no_server(name: str, known: tuple[str, ...]) -> UsageError:
    """The error where the environment of a line is not known; `known` are the names of those that are."""
    if name != DEFAULT_ENVIRONMENT:
        has = f"there are: {', '.join(known)}" if known else "there are none yet"
        way = f"make it with: {suggest('auth', 'login', '-e', name, '--url', 'URL')}"
        return UsageError(f"there is no environment '{name}'", f"{has}; {way}")
    if known:
        return UsageError("no server is chosen", f"choose one with -e: {', '.join(known)}")
    return UsageError("no server is known", suggest("auth", "login", "--url", "http://localhost:8080"))
