"""The token in the environment variables: which server it belongs to, decided once."""

from __future__ import annotations

from contextlib import suppress

from airflowctl.core.credential import TOKEN_FILE_VARIABLE, TOKEN_VARIABLE
from airflowctl.core.environment import DEFAULT_ENVIRONMENT
from airflowctl.core.errors import CliError, ConfigError, UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.destination import find_environment, url_of_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflowctl.core.environment import Environment
    from airflowctl.core.options import Options
    from airflowctl.storage.environments import EnvironmentStore


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
        """The variable that is set; the file's is not looked at beside the other."""
        return TOKEN_VARIABLE if TOKEN_VARIABLE in self._environ else TOKEN_FILE_VARIABLE

    def decide(self, known: EnvironmentStore, chosen: Callable[[], str]) -> None:
        """Fix the server, if that was not done before. Raises nothing."""
        if self._origin is not None:
            return
        self._origin = ""
        try:
            self._origin = self._find_origin(known, chosen)
        except UsageError as error:
            self._problem = error
        except ConfigError:
            pass  # of a damaged file nothing is taken, also not when it was mended meanwhile

    def _find_origin(self, known: EnvironmentStore, chosen: Callable[[], str]) -> str:
        from airflowctl.core.url import base_url

        url = url_of_variable(self._environ)
        if url:
            return base_url(url)
        environment = find_environment(self._options, self._environ, known, chosen)
        return environment.url if environment else ""

    def belongs_to(self, environment: Environment) -> bool:
        """Whether it is for this server. Raises UsageError where the address it was set for is none."""
        if self._problem is not None:
            raise self._problem
        return environment.url == self._origin

    def variables_for(self, environment: Environment) -> dict[str, str]:
        """The environment variables as this server may use them: without the token of another one."""
        environ = dict(self._environ)
        if not self.belongs_to(environment):
            environ.pop(TOKEN_VARIABLE, None)
            environ.pop(TOKEN_FILE_VARIABLE, None)
        return environ

    def reason_against(self, environment: Environment) -> str:
        """Why it is not used there, for the words after "not logged in"; "" where there is none."""
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
