"""The parts of a session, built when they are first used."""

from __future__ import annotations

from _thread import get_ident  # threading costs a short command a millisecond
from functools import cached_property

from airflowctl.core.converters import parse_switch
from airflowctl.core.options import BATCH, ONE_SHOT, SHELL, Options
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session import registry
from airflowctl.session.parts import SessionParts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TextIO

    from airflowctl.api.auth.provider import Login
    from airflowctl.api.client import Client
    from airflowctl.api.deadline import TimeLimits
    from airflowctl.api.request import Guard
    from airflowctl.auth.context import LoginContext
    from airflowctl.core.console import Console
    from airflowctl.core.environment import Environment, ReadOnlyRule
    from airflowctl.output.printer import Printer
    from airflowctl.output.streams import Streams
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.server_connection import ServerConnection
    from airflowctl.storage.environments import EnvironmentStore
    from airflowctl.undo.recorder import Recorder

READ_ONLY_VARIABLE = "AIRFLOWCTL_READ_ONLY"
# A script's line has its own time limit around it; a batch or a shell must survive a restart of the server.
_RETRY_FOR = {ONE_SHOT: 5.0, BATCH: 30.0, SHELL: 30.0}  # seconds


class Session:
    """What the lines of one run share, as one line sees it: data, and parts that are built on first use.

    It runs no line and asks no user: `console` does. `with_options` gives the same session with another
    line's options.
    """

    registry = registry

    def __init__(
        self,
        streams: Streams,
        options: Options,
        mode: str,
        open_console: Callable[[Session], Console],
        shared: SessionParts | None = None,
    ) -> None:
        self.streams = streams
        self.options = options
        self.mode = mode
        self._open_console = open_console
        self.recorder: Recorder | None = None  # of the line that runs, where its changes are kept
        self.parts = shared or SessionParts(self)
        if shared is None and mode != ONE_SHOT:
            self.parts.decide_token_owner()

    def with_options(self, options: Options) -> Session:
        """Return this session with other options: what was logged in to and connected stays."""
        if options == self.options:
            return self
        return self._view(self.streams, options)

    def in_new_process(self) -> Session:
        """Return what a line without options begins with in a process of its own."""
        return Session(self.streams, Options(), ONE_SHOT, self._open_console)

    def for_line(self, values: Mapping[str, Any]) -> Session:
        """Return this session as a line with these options sees it. A `--api-token` is for the server of
        its own line: lines within that line, which a file may hold, can name others. Raises CliError."""
        options = self.options.over(values)
        if values.get("env") and not values.get("url"):
            options = options._replace(url=None)  # the address of an environment named before
        line = self.with_options(options)
        if values.get("api_token"):
            line = line.with_options(options._replace(api_token_url=line.url))
        return line

    @property
    def url(self) -> str:
        """Return the address of the chosen environment; "" where it is not known."""
        environment = self.environment
        return environment.url if environment else ""

    def into(self, stdout: TextIO, stderr: TextIO | None = None, columns: int | None = None) -> Session:
        """Return this session with its results, and its errors if that is said too, going elsewhere."""
        return self._view(self.streams.into(stdout, stderr, columns), self.options)

    def _view(self, streams: Streams, options: Options) -> Session:
        return Session(streams, options, self.mode, self._open_console, self.parts)

    @property
    def is_lasting(self) -> bool:
        """Return whether there are lines to come: then memory is a place to keep something."""
        return self.mode != ONE_SHOT

    @cached_property
    def output(self) -> Printer:
        from airflowctl.output.printer import Printer

        # Errors as JSON where the line asks for JSON itself: a setting is for results.
        own = self.mode != SHELL or self.options.output != self.parts.base.options.output
        parts, write = self.parts, lambda words: self.console.write_line(words)
        sinks = (self.streams, self.options, parts.progress, parts.redact, write)
        return Printer(*sinks, self.mode == SHELL, own, lambda: self.url)

    @cached_property
    def console(self) -> Console:
        """Return what asks the user of this line, and runs other lines."""
        return self._open_console(self)

    @property
    def can_ask(self) -> bool:
        """Return whether there is a person to ask, here and now: never from a thread behind the prompt."""
        # A prompt from a thread would read the keys that the user types for the shell's own prompt.
        return self.streams.can_ask and get_ident() == self.parts.thread

    @property
    def is_production(self) -> bool:
        """Return whether a line goes where it matters most: to an environment that is production, to an
        address of the policy, or to that of a production environment, named by the address alone."""
        from airflowctl.session.destination import named_url

        environment = self.environment
        if environment is None or self.parts.policy.is_production(environment.url):
            return environment is not None
        if self.options.classic and self.mode == ONE_SHOT:
            return False  # only a policy lets such a line ask more than the classic command does
        if environment.is_production:
            return True
        # An address on the line escapes no question that the environment of the same server would ask.
        is_undecided = environment.production is None and named_url(self.options, self.streams.environ)
        return bool(is_undecided) and self.environments.has_production_at(environment.url)

    @property
    def read_only(self) -> ReadOnlyRule | None:
        """Return what makes this session read-only at its environment's server; None where nothing does."""
        from airflowctl.core.environment import ReadOnlyRule
        from airflowctl.core.next_line import suggest

        environment, variable = self.environment, READ_ONLY_VARIABLE
        is_set = parse_switch(self.variable(variable), variable)
        if environment is not None and self.parts.policy.is_read_only(environment.url):
            return ReadOnlyRule(self.parts.policy.name, "the administrator of this machine can change it")
        if self.options.read_only:
            return ReadOnlyRule("--read-only", "leave it out, if the line is meant to change something")
        if is_set:
            return ReadOnlyRule(variable, f"unset {variable}, if the line is meant to change something")
        if environment is not None and environment.read_only:
            name = environment.name
            return ReadOnlyRule(
                f"environment {name}", f"to change that: {suggest('env', 'set', name, '--no-read-only')}"
            )
        return None

    @property
    def mark(self) -> str:
        """Return the word for that, beside the name of the place."""
        return " (PRODUCTION)" if self.is_production else ""

    def require_op(self, op: str) -> None:
        """Raise UsageError where the server lacks an operation that not every one has."""
        from airflowctl.api.operations import OLDEST, table

        operation = table()[op]
        if operation.since != OLDEST or operation.until:
            self.api.require(operation.since, op, operation.until)

    @property
    def lookup(self) -> CommandLookup:
        """Return what the words of this session's lines mean."""
        return self.parts.lookup

    def use_settings(self) -> None:
        """Let the lines to come have the options that the settings give, unless they say otherwise."""
        base = self.parts.base
        base.options = base.options._replace(**self.parts.settings.options())
        vars(base).pop("output", None)  # that of before

    @property
    def environments(self) -> EnvironmentStore:
        return self.parts.environments

    @property
    def environment_name(self) -> str:
        from airflowctl.session.destination import environment_name

        return environment_name(self.options, self.streams.environ, lambda: self.parts.default_environment)

    @property
    def environment(self) -> Environment | None:
        """Return the chosen environment: its file, with the line's options and `AIRFLOWCTL_URL` over it;
        None if it is not known."""
        from airflowctl.session.destination import find_environment

        shared = self.parts
        environment = find_environment(
            self.options, self.streams.environ, shared.environments, lambda: shared.default_environment
        )
        return environment and environment._replace(network=self.options.network.over(environment.network))

    @property
    def place(self) -> str:
        """Return how to call where a line goes: the environment's name, or the host where that is another
        one's."""
        from airflowctl.session.destination import NAME_VARIABLE

        environment = self.environment
        if environment is None:
            return self.environment_name
        known = self.environments.get(environment.name)
        named = self.options.env or self.variable(NAME_VARIABLE)
        if (known is None and named) or (known is not None and known.url == environment.url):
            return environment.name
        return environment.url.partition("://")[2]

    def select(self, environment: Environment) -> None:
        """The lines to come go to this environment, unless they say otherwise; no name is in use there."""
        base = self.parts.base
        if environment.name != self.environment_name:
            self.lookup.context = {}
        base.options = base.options._replace(env=environment.name, url=None)
        vars(base).pop("api", None)  # that of where it was

    @property
    def server(self) -> ServerConnection:
        """Return the server of the chosen environment; raises UsageError when there is none."""
        environment = self.environment
        if environment is None:
            from airflowctl.session.destination import no_server

            raise no_server(self.environment_name, self.environments.names(), can_ask=self.can_ask)
        # With the token in the key, a line with `--api-token` shares no connection with the lines around it.
        key = (environment, self._token_for(environment))
        with self.parts.lock:
            servers = self.parts.servers
            if key not in servers:
                servers[key] = self._new_server(environment)
            return servers[key]

    @cached_property
    def api(self) -> Client:
        """Return the server's client as this line wants it: its time limit, its trace, its progress."""
        output, server = self.output, self.server
        self.warn_of(server.environment)
        if self.parts.variable_token and not self.options.api_token:
            self.parts.variable_token.note_once(server.environment, self.environments, output.note)
        retry_for = self.options.seconds("retry_for", self.streams.environ)
        client = server.client.with_options(
            limits=self._limits,
            trace=output.debug if self.options.debug else None,
            progress=output.progress,
            note=output.note,
            guard=self.guard(server, self.read_only)._replace(counts=self.parts.change_counts),
            retry_for=_RETRY_FOR[self.mode] if retry_for is None else retry_for,
            **(self._at_prompt(server) if self.mode == SHELL else {}),
        )
        client.interceptor = self.recorder.around if self.recorder else None
        return client

    def _at_prompt(self, server: ServerConnection) -> dict[str, Any]:
        """Return what a client has where a user waits: it may ask for a password, and a clock runs."""
        from airflowctl.auth.login import PromptingIdentity

        waiting, streams, is_quiet = self.parts.waiting, self.streams, self.options.quiet
        return {
            "identity": PromptingIdentity(lambda: self.login_context, server),
            "wait": lambda: waiting.around(lambda: not (is_quiet or streams.has_program)),
        }

    @property
    def _limits(self) -> TimeLimits:
        from airflowctl.api.deadline import SILENCE, TimeLimits

        whole = self.options.seconds("max_time", self.streams.environ)
        return TimeLimits(self.options.request_timeout or SILENCE, whole)

    @property
    def login_context(self) -> LoginContext:
        """Return what a login for this line needs."""
        from airflowctl.auth.context import LoginContext

        shared = self.parts
        return LoginContext(
            self.console,
            self.streams.environ,
            self.environments,
            shared.stores,
            shared.policy,
            shared.redact.learn,
            self._connect,
            self.warn_of,
            self.options.api_token,
            self.is_lasting,
        )

    def _connect(self, environment: Environment) -> Client:
        """Return a client without a login, for what logs in there."""
        from airflowctl.api.client import Client

        headers = self.parts.headers_of(environment)
        trace = self.output.debug if self.options.debug else None
        client = Client(environment.url, network=environment.network, headers=headers)
        return client.with_options(limits=self._limits, trace=trace, guard=self.guard(self.server))

    def record_by(self, recorder: Recorder | None) -> None:
        """Let every request of the line go through the recorder; None for the lines after it."""
        self.recorder = recorder
        if "api" in vars(self):
            self.api.interceptor = recorder.around if recorder else None

    def guard(self, server: ServerConnection, read_only: ReadOnlyRule | None = None) -> Guard:
        """Return what each request to a server passes before it is sent."""
        from airflowctl.api.request import Guard, refuse_to_send

        audit = self.parts.audit
        before = (lambda request: audit.record(request, server)) if audit else None
        return Guard(read_only, refuse_to_send if self.options.print_as else before)

    @property
    def changes(self) -> int:
        """Return how often something was changed on the server so far."""
        return self.api.changes if "api" in vars(self) else 0

    def warn_of(self, environment: Environment) -> None:
        """Say so where the way to a server is not safe, and where a file allows that, how to end it."""
        risks = environment.network.risks(environment.url)
        if risks:
            from airflowctl.session.network_warnings import describe_risk

            for field, risk in risks:
                self.output.note(describe_risk(environment, field, risk, self.options))

    def variable(self, name: str) -> str:
        """Return an environment variable, empty when it is not set."""
        return self.streams.environ.get(name, "").strip()

    def forget_servers(self) -> None:
        """Look everything up anew, after a login or logout."""
        with self.parts.lock:
            # Not closed yet: a line of a file or a watch may still be reading from one.
            self.parts.left.extend(self.parts.servers.values())
            self.parts.servers = {}
        for session in (self, self.parts.base):
            vars(session).pop("api", None)

    def close(self) -> None:
        """Close every connection; nothing is asked after it."""
        for server in (*self.parts.servers.values(), *self.parts.left):
            server.close()

    def _new_server(self, environment: Environment) -> ServerConnection:
        from airflowctl.auth.credentials import Credentials
        from airflowctl.session.server_connection import ServerConnection

        shared, base = self.parts, self.parts.base
        shared.policy.require_secure(environment)

        def login() -> Login:
            from airflowctl.auth.login import login_to

            return login_to(base.login_context, environment)

        credentials = Credentials(
            environment,
            shared.stores,
            self._environ_for(environment),
            login,
            shared.redact.learn,
            shared.environments,
            shared.variable_token.reason_against(environment) if shared.variable_token else "",
        )
        return ServerConnection(
            environment,
            credentials,
            lambda: shared.names_changed(),
            shared.policy.require_login_method,
            is_lasting=self.is_lasting,
            headers=shared.headers_of(environment),
        )

    def _environ_for(self, environment: Environment) -> dict[str, str]:
        """Return the variables, with a token in them only if it belongs to that server."""
        from airflowctl.core.credential import TOKEN_VARIABLE

        token = self._token_for(environment)
        if token:
            return {**self.streams.environ, TOKEN_VARIABLE: token}
        variable_token = self.parts.variable_token
        return variable_token.variables_for(environment) if variable_token else dict(self.streams.environ)

    def _token_for(self, environment: Environment) -> str | None:
        """Return the line's `--api-token`, where it is for this server."""
        options = self.options
        return options.api_token if environment.url == options.api_token_url else None
