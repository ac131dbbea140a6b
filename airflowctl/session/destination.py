"""Where a line goes: by its options, then the variables, then what `env use` has chosen. The token in the
variables goes to one of these servers only."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.core.credential import TOKEN_FILE_VARIABLE, TOKEN_VARIABLE
from airflowctl.core.environment import DEFAULT_ENVIRONMENT, Environment
from airflowctl.core.errors import CliError, ConfigError, UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflowctl.core.options import Options
    from airflowctl.storage.environments import EnvironmentStore

URL_VARIABLE, NAME_VARIABLE = "AIRFLOWCTL_URL", "AIRFLOW_CLI_ENVIRONMENT"


def environment_name(options: Options, environ: Mapping[str, str], chosen: Callable[[], str]) -> str:
    """Return the name of the environment of a line; `chosen` reads what `env use` has chosen."""
    return options.env or environ.get(NAME_VARIABLE, "").strip() or chosen() or DEFAULT_ENVIRONMENT


def url_of_variable(environ: Mapping[str, str]) -> str:
    """Return the address in AIRFLOWCTL_URL; "" where it is not set. Raises UsageError where it is set and
    blank: in a pipeline that is a variable without its value, and another server must not take its place."""
    text = environ.get(URL_VARIABLE)
    if text is not None and not text.strip():
        raise UsageError(f"{URL_VARIABLE} is set but empty", "set it to the server's address, or unset it")
    return (text or "").strip()


def named_url(options: Options, environ: Mapping[str, str]) -> str:
    """Return the address that the line or AIRFLOWCTL_URL gives, as it was typed; "" where the environment
    has it."""
    return options.url or ("" if options.env else url_of_variable(environ))


def find_environment(
    options: Options, environ: Mapping[str, str], known: EnvironmentStore, chosen: Callable[[], str]
) -> Environment | None:
    """Return the environment of a line: its file, with the line's address over it; None if it is not
    known. Raises UsageError, ConfigError."""
    from airflowctl.core.url import base_url

    name, url = environment_name(options, environ, chosen), named_url(options, environ)
    if not url:
        return known.get(name)
    origin = base_url(url)
    try:
        environment = known.get(name)
    except ConfigError:  # only its user name would be of use
        environment = None
    # The environment's login is for its own address only: another one gets a bare environment (decision
    # 0022).
    return environment if environment and environment.url == origin else Environment(name, origin)


def no_server(name: str, known: tuple[str, ...], *, can_ask: bool = False) -> UsageError:
    """Return the error where the environment of a line is not known; `known` are the names of those that
    are. A login asks for the address where it `can_ask`."""
    url = ("--url", "URL") if name != DEFAULT_ENVIRONMENT else ("--url", "http://localhost:8080")
    address = () if can_ask else url
    # The name was typed or set, so that a slip in it is more likely than a login that is missing.
    if name != DEFAULT_ENVIRONMENT:
        has = f"there are: {', '.join(known)}" if known else "there are none yet"
        way = f"make it with: {suggest('auth', 'login', '-e', name, *address)}"
        return UsageError(f"there is no environment '{name}'", f"{has}; {way}")
    if known:
        return UsageError("no server is chosen", f"choose one with -e: {', '.join(known)}")
    return UsageError("no server is known", suggest("auth", "login", *address))


class VariableToken:
    """`AIRFLOW_CLI_TOKEN` or `AIRFLOW_CLI_TOKEN_FILE`, for the server of `AIRFLOWCTL_URL`, else of argv, else
    of the environment in use when the program was started.

    `decide` is called before the first line that could change any of these; nothing later changes the answer.
    """

    def __init__(self, options: Options, environ: Mapping[str, str]) -> None:
        self._options = options
        self._environ = environ
        self._origin: str | None = None
        self._problem: UsageError | None = None
        self._is_noted = False

    @property
    def name(self) -> str:
        """Return the variable that is set; the file's is not looked at beside the other."""
        return TOKEN_VARIABLE if TOKEN_VARIABLE in self._environ else TOKEN_FILE_VARIABLE

    def decide(self, known: EnvironmentStore, chosen: Callable[[], str]) -> None:
        """Fix the server, if that was not done before. Raises nothing."""
        if self._origin is not None:
            return
        # Before the file is read: should that fail, the token is for no server, rather than for the next one
        # that is found.
        self._origin = ""
        try:
            self._origin = self._find_origin(known, chosen)
        except UsageError as error:
            self._problem = error
        except ConfigError:
            pass  # of a damaged file nothing is taken, also not when it was fixed meanwhile

    def _find_origin(self, known: EnvironmentStore, chosen: Callable[[], str]) -> str:
        from airflowctl.core.url import base_url

        url = url_of_variable(self._environ)
        if url:
            return base_url(url)
        environment = find_environment(self._options, self._environ, known, chosen)
        return environment.url if environment else ""

    def belongs_to(self, environment: Environment) -> bool:
        """Return whether it is for this server. Raises UsageError where the address it was set for is
        none."""
        if self._problem is not None:
            raise self._problem
        return environment.url == self._origin

    def variables_for(self, environment: Environment) -> dict[str, str]:
        """Return the environment variables as this server may use them: without the token of another one."""
        environ = dict(self._environ)
        if not self.belongs_to(environment):
            # For any other environment the variable counts as absent (decision 0027).
            environ.pop(TOKEN_VARIABLE, None)
            environ.pop(TOKEN_FILE_VARIABLE, None)
        return environ

    def reason_against(self, environment: Environment) -> str:
        """Return why it is not used there, for the words after "not logged in"; "" where there is none."""
        if self.belongs_to(environment) or not self._origin:
            return ""
        return f"{self.name} is for {self._origin}"

    def note_once(
        self, environment: Environment, known: EnvironmentStore, note: Callable[[str], object]
    ) -> None:
        """Say so, the first time, where the token goes to another server than that of `env use`."""
        if self._is_noted or not self.belongs_to(environment):
            return
        self._is_noted = True
        used = None
        with suppress(CliError):
            used = known.get(known.read_default() or DEFAULT_ENVIRONMENT)
        if used is not None and used.url != environment.url:
            note(
                f"{self.name} is used for {environment.url}, not for the environment in use ({used.name},"
                f" {used.url})"
            )
