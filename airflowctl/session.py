"""The parts of a session, built when they are first used."""

from __future__ import annotations

from _thread import get_ident  # threading costs a short command a millisecond
from functools import cached_property

from airflowctl import registry
from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.modes import ONE_SHOT, SHELL
from airflowctl.core.options import Options
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.values import parse_switch
from airflowctl.parts import Shared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from airflowctl.api.auth.provider import Login
    from airflowctl.api.client import Client
    from airflowctl.api.request import Guard
    from airflowctl.config import Environments
    from airflowctl.core.environment import Environment, ReadOnlyRule
    from airflowctl.core.fields import Field
    from airflowctl.output.printer import Printer
    from airflowctl.output.streams import Streams
    from airflowctl.server import Server
    from airflowctl.vocabulary import Vocabulary

READ_ONLY_VARIABLE = "AIRFLOWCTL_READ_ONLY"


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
        return self._seen_as(self.streams, options)

    def into(self, stdout: TextIO, stderr: TextIO | None = None, columns: int | None = None) -> Session:
        """This session with its results, and its errors if that is said too, going elsewhere."""
        return self._seen_as(self.streams.into(stdout, stderr, columns), self.options)

    def _seen_as(self, streams: Streams, options: Options) -> Session:
        other = Session(streams, options, self.mode)
        other.shared = self.shared
        return other

    def run(self, tokens: Sequence[str]) -> int:
        """Run another line, from within a command; its exit code. As dispatch.run."""
        from airflowctl import dispatch

        return dispatch.run(tokens, self)

    @property
    def is_lasting(self) -> bool:
        """Whether there are lines to come: then memory is a place to keep something."""
        return self.mode != ONE_SHOT

    @cached_property
    def output(self) -> Printer:
        from airflowctl.output.printer import Printer

        return Printer(self.streams, self.options, self.shared.progress, self.shared.redact)

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to ask, here and now: never from a thread behind the prompt."""
        return self.streams.can_ask and get_ident() == self.shared.thread

    def confirm(self, warning: str, line: str) -> None:
        """Ask before something dangerous, naming the environment; without a person, --yes must say it."""
        self.require_somebody(line)
        if self._is_sure:
            return
        names = ", ".join(f"{kind} {name}" for kind, name in self.shared.filled.items())
        used = f" ({names}, in use)" if names else ""
        if not self.streams.agrees(f"{warning}\n{line}{used} on {self.place}{self.mark}"):
            raise UsageError(f"{line}: not done")

    def fill_in(self, title: str, fields: Sequence[Field]) -> list[str] | None:
        """Ask for the texts of some fields in a form; None when somebody leaves it."""
        from airflowctl.shell.form import Form
        from airflowctl.shell.themes import THEMES

        theme = "none" if self.streams.is_plain else self.shared.settings["theme"]
        return Form(title, fields, THEMES[theme], self.streams.rows or 24).ask()

    def require_somebody(self, line: str) -> None:
        """Raise UsageError where nobody can be asked, and nobody has said yes."""
        if not self._is_sure and not self.streams.can_ask:
            raise UsageError(f"{line} asks before it acts, and there is nobody to ask", "give --yes")

    @property
    def _is_sure(self) -> bool:
        """Whether somebody said yes: with the line, or for the session, which is not for production."""
        return self.options.yes or (not self.shared.settings.is_on("confirm") and not self.is_production)

    @property
    def is_production(self) -> bool:
        """Whether what a line does is done where it matters most."""
        environment = self.environment
        if environment is None:
            return False
        return environment.is_production or self.shared.policy.is_production(environment.url)

    @property
    def read_only(self) -> ReadOnlyRule | None:
        """What makes this session read-only at the server of its environment; None where nothing does."""
        from airflowctl.core.environment import ReadOnlyRule

        environment, variable = self.environment, READ_ONLY_VARIABLE
        is_set = parse_switch(self.variable(variable), variable)
        if environment is not None and self.shared.policy.is_read_only(environment.url):
            return ReadOnlyRule(self.shared.policy.name, "the administrator of this machine can change it")
        if self.options.read_only:
            return ReadOnlyRule("--read-only", "leave it out, if the line is meant to change something")
        if is_set:
            return ReadOnlyRule(variable, f"unset {variable}, if the line is meant to change something")
        if environment is not None and environment.read_only:
            name = environment.name
            return ReadOnlyRule(
                f"environment {name}", f"to change that: airflowctl env set {name} --no-read-only"
            )
        return None

    @property
    def mark(self) -> str:
        """The word for that, beside the name of the place."""
        return " (PRODUCTION)" if self.is_production else ""

    def require_op(self, op: str) -> None:
        """Raise UsageError where the server lacks an operation that not every one has."""
        from airflowctl.api.operations import OLDEST, table

        operation = table()[op]
        if operation.since != OLDEST or operation.until:
            self.api.require(operation.since, op, operation.until)

    @property
    def lookup(self) -> Vocabulary:
        """What the words of this session's lines mean."""
        return self.shared.lookup

    def use_settings(self) -> None:
        """Let the lines to come have the options that the settings give, unless they say otherwise."""
        base = self.shared.base
        base.options = base.options._replace(**self.shared.settings.options())
        vars(base).pop("output", None)  # that of before

    @property
    def environments(self) -> Environments:
        return self.shared.environments

    @property
    def environment_name(self) -> str:
        from airflowctl.core.environment import DEFAULT_ENVIRONMENT

        named = self.options.env or self.variable("AIRFLOW_CLI_ENVIRONMENT")
        return named or self.shared.chosen or DEFAULT_ENVIRONMENT

    @property
    def environment(self) -> Environment | None:
        """The chosen environment: its file, with the line's options and `AIRFLOWCTL_URL` over it; None if
        it is not known."""
        from airflowctl.core.environment import Environment
        from airflowctl.core.url import base_url

        name = self.environment_name
        url = self.options.url or ("" if self.options.env else self.variable("AIRFLOWCTL_URL"))
        if url:
            origin = base_url(url)
            found: Environment | None
            try:
                known = self.environments.get(name)
            except ConfigError:  # only its user name would be of use
                known = None
            found = known if known and known.url == origin else Environment(name, origin)
        else:
            found = self.environments.get(name)
        return found and found._replace(network=self.options.network.over(found.network))

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
        """The lines to come go to this environment, unless they say otherwise; no name is in use there."""
        base = self.shared.base
        if environment.name != self.environment_name:
            self.lookup.context = {}
        base.options = base.options._replace(env=environment.name, url=None)
        vars(base).pop("api", None)  # that of where it was

    @property
    def server(self) -> Server:
        """The server of the chosen environment; raises UsageError when there is none."""
        environment = self.environment
        if environment is None:
            raise self._no_server()
        key = (environment, self.options.api_token)
        with self.shared.lock:
            servers = self.shared.servers
            if key not in servers:
                servers[key] = self._new_server(environment)
            return servers[key]

    @cached_property
    def api(self) -> Client:
        """The server's client as this line wants it: its time limit, its trace, its progress."""
        output, server = self.output, self.server
        self.warn_of(server.environment)
        identity = None
        if self.mode == SHELL:
            from airflowctl.login import AskingIdentity

            identity = AskingIdentity(self, server)
        return server.client.view(
            timeout=self.options.request_timeout,
            trace=output.debug if self.options.debug else None,
            progress=output.progress,
            identity=identity,
            guard=self.guard(server, self.read_only),
        )

    def guard(self, server: Server, read_only: ReadOnlyRule | None = None) -> Guard:
        """What each request to a server passes before it is sent."""
        from airflowctl.api.request import Guard

        audit = self.shared.audit
        return Guard(read_only, (lambda request: audit.record(request, server)) if audit else None)

    @property
    def changes(self) -> int:
        """How often something was changed on the server so far."""
        return self.api.changes if "api" in vars(self) else 0

    def warn_of(self, environment: Environment) -> None:
        """Say so where the way to a server is not safe."""
        if environment.network.insecure:
            text = f"warning: the certificate of {environment.url} is not checked (--insecure)"
            if not self.options.insecure:
                text += f"; to check it: airflowctl env set {environment.name} --unset insecure"
            self.output.note(text)

    def variable(self, name: str) -> str:
        """An environment variable, empty when it is not set."""
        return self.streams.environ.get(name, "").strip()

    def forget_servers(self) -> None:
        """After a login or logout: look everything up anew."""
        with self.shared.lock:
            self.shared.left.extend(self.shared.servers.values())
            self.shared.servers = {}
        for session in (self, self.shared.base):
            vars(session).pop("api", None)

    def close(self) -> None:
        """Close every connection; nothing is asked after it."""
        for server in (*self.shared.servers.values(), *self.shared.left):
            server.close()

    def _new_server(self, environment: Environment) -> Server:
        from airflowctl.credentials import Credentials
        from airflowctl.server import Server

        shared, base = self.shared, self.shared.base
        shared.policy.require_secure(environment)

        def login() -> Login:
            from airflowctl.login import login_to

            return login_to(base, environment)

        credentials = Credentials(
            environment, shared.stores, self._environ_for(environment), login, shared.redact.learn
        )
        return Server(
            environment,
            credentials,
            lambda: shared.names_changed(),
            shared.policy.require_login_method,
            is_lasting=self.is_lasting,
        )

    def _environ_for(self, environment: Environment) -> dict[str, str]:
        """The variables, with a token in them only if it belongs to that server."""
        from airflowctl.core.credential import TOKEN_FILE_VARIABLE, TOKEN_VARIABLE

        environ = dict(self.streams.environ)
        if self.options.api_token:
            environ[TOKEN_VARIABLE] = self.options.api_token
        elif (TOKEN_VARIABLE in environ or TOKEN_FILE_VARIABLE in environ) and (
            environment.url != self.shared.token_origin
        ):
            environ.pop(TOKEN_VARIABLE, None)
            environ.pop(TOKEN_FILE_VARIABLE, None)
        return environ

    def _no_server(self) -> UsageError:
        from airflowctl.core.environment import DEFAULT_ENVIRONMENT

        name, known = self.environment_name, self.environments.names()
        if name != DEFAULT_ENVIRONMENT:
            has = f"there are: {', '.join(known)}" if known else "there are none yet"
            way = f"make it with: airflowctl auth login -e {name} --url URL"
            return UsageError(f"there is no environment '{name}'", f"{has}; {way}")
        if known:
            return UsageError("no server is chosen", f"choose one with -e: {', '.join(known)}")
        return UsageError("no server is known", "airflowctl auth login --url http://localhost:8080")
