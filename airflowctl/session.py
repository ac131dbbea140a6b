"""The parts of a session, built when they are first used."""

from __future__ import annotations

from _thread import allocate_lock  # threading costs a short command a millisecond
from functools import cached_property

from airflowctl import registry
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.options import Options
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.api.client import Client
    from airflowctl.config import Environment, Environments
    from airflowctl.output.printer import Printer
    from airflowctl.output.progress import Progress
    from airflowctl.output.streams import Streams
    from airflowctl.secrets import Memory
    from airflowctl.server import Server

ONE_SHOT, BATCH, SHELL = "one-shot", "batch", "shell"


class Session:
    """What a line needs to run. `scoped` gives the same session seen through one line's options."""

    registry = registry

    def __init__(self, streams: Streams, options: Options, mode: str = ONE_SHOT) -> None:
        self.streams = streams
        self.options = options
        self.mode = mode
        self.shared = Shared(self)

    def scoped(self, options: Options) -> Session:
        """This session with other options: what was logged in to and connected stays."""
        if options == self.options:
            return self
        other = Session(self.streams, options, self.mode)
        other.shared = self.shared
        return other

    @property
    def is_lasting(self) -> bool:
        """Whether there are lines to come: then memory is a place to keep something."""
        return self.mode != ONE_SHOT

    @cached_property
    def output(self) -> Printer:
        from airflowctl.output.printer import Printer

        return Printer(self.streams, self.options, self.shared.progress)

    @property
    def environments(self) -> Environments:
        return self.shared.environments

    @property
    def environment_name(self) -> str:
        from airflowctl.config import DEFAULT_ENVIRONMENT

        return self.options.env or self.variable("AIRFLOW_CLI_ENVIRONMENT") or DEFAULT_ENVIRONMENT

    @property
    def environment(self) -> Environment | None:
        """The chosen environment: its file, with `--url` or `AIRFLOWCTL_URL` over it; None if unknown."""
        from airflowctl.config import Environment
        from airflowctl.core.url import base_url

        name = self.environment_name
        url = self.options.url or ("" if self.options.env else self.variable("AIRFLOWCTL_URL"))
        if not url:
            return self.environments.get(name)
        origin = base_url(url)
        try:
            known = self.environments.get(name)
        except ConfigError:  # only its user name would be of use
            known = None
        return known if known and known.url == origin else Environment(name, origin)

    @property
    def place(self) -> str:
        """How to call where a line goes: the environment's name, or the host where that is another one's."""
        environment = self.environment
        if environment is None:
            return self.environment_name
        known = self.environments.get(environment.name)
        named = self.options.env or self.variable("AIRFLOW_CLI_ENVIRONMENT")
        if (known is None and named) or (known is not None and known.url == environment.url):
            return environment.name
        return environment.url.partition("://")[2]

    def select(self, environment: Environment) -> None:
        """Let the lines to come go to this environment, unless they say otherwise."""
        base = self.shared.base
        base.options = base.options._replace(env=environment.name, url=None)

    @property
    def server(self) -> Server:
        """The server of the chosen environment; raises UsageError when there is none."""
        environment = self.environment
        if environment is None:
            raise self._no_server()
        with self.shared.lock:
            servers = self.shared.servers
            if environment not in servers:
                servers[environment] = self._new_server(environment)
            return servers[environment]

    @cached_property
    def api(self) -> Client:
        """The server's client as this line wants it: its time limit, its trace, its progress."""
        output = self.output
        return self.server.client.view(
            timeout=self.options.request_timeout,
            trace=output.debug if self.options.debug else None,
            progress=output.progress,
        )

    @property
    def token_variable(self) -> str:
        """The token in the environment: it goes before every other, to the server it belongs to."""
        from airflowctl.secrets import TOKEN_VARIABLE

        return self.variable(TOKEN_VARIABLE)

    def variable(self, name: str) -> str:
        """An environment variable, empty when it is not set."""
        return self.streams.environ.get(name, "").strip()

    def forget_servers(self) -> None:
        """After a login or logout: look everything up anew."""
        with self.shared.lock:
            self.shared.left.extend(self.shared.servers.values())
            self.shared.servers = {}
        vars(self).pop("api", None)

    def close(self) -> None:
        """Close every connection; nothing is asked after it."""
        for server in (*self.shared.servers.values(), *self.shared.left):
            server.close()

    def _new_server(self, environment: Environment) -> Server:
        from airflowctl.secrets import Secrets
        from airflowctl.server import Server

        token = self.token_variable
        if token and environment.url != self.shared.token_origin:
            token = ""
        secrets = Secrets(environment.url, environment.name, token, self.shared.memory)
        shared = self.shared
        return Server(environment, secrets, lambda: shared.names_changed(), is_lasting=self.is_lasting)

    def _no_server(self) -> UsageError:
        from airflowctl.config import DEFAULT_ENVIRONMENT

        name, known = self.environment_name, self.environments.names()
        if name != DEFAULT_ENVIRONMENT:
            has = f"there are: {', '.join(known)}" if known else "there are none yet"
            way = f"make it with: airflowctl auth login -e {name} --url URL"
            return UsageError(f"there is no environment '{name}'", f"{has}; {way}")
        if known:
            return UsageError("no server is chosen", f"choose one with -e: {', '.join(known)}")
        return UsageError("no server is known", "airflowctl auth login --url http://localhost:8080")


class Shared:
    """What all lines of a session have in common; `base` is the session as it was started."""

    def __init__(self, base: Session) -> None:
        self.base = base
        self.lock = allocate_lock()
        self.memory: Memory = {}
        self.servers: dict[Environment, Server] = {}
        self.left: list[Server] = []  # a thread may still use them: closed at the end
        self.names_changed: Callable[[], None] = _nobody_waits

    @cached_property
    def environments(self) -> Environments:
        from airflowctl.config import Environments

        return Environments(self.base.streams.environ)

    @cached_property
    def progress(self) -> Progress:
        from airflowctl.output.progress import Progress

        return Progress(self.base.streams)

    @cached_property
    def token_origin(self) -> str:
        """The server that the token in the environment belongs to: it goes to no other.

        `AIRFLOWCTL_URL` beside it says which; else it is the one this session was started for.
        """
        from airflowctl.core.url import base_url

        url = self.base.variable("AIRFLOWCTL_URL")
        if url:
            return base_url(url)
        environment = self.base.environment
        return environment.url if environment else ""


def _nobody_waits() -> None:
    """Until a shell listens."""
