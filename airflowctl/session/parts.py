"""What all lines of a session have in common, each part built when it is first used."""

from __future__ import annotations

from _thread import allocate_lock, get_ident  # threading costs a short command a millisecond
from functools import cached_property

from airflowctl.core.errors import CliError, UsageError
from airflowctl.core.options import SHELL
from airflowctl.core.redaction import Redactor
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from airflowctl.api.request import ChangeCounts
    from airflowctl.api.request_headers import RequestHeaders
    from airflowctl.auth.context import LoginContext
    from airflowctl.auth.terminal_prompter import StoreUnlocker
    from airflowctl.core.console import Console
    from airflowctl.core.environment import Environment
    from airflowctl.core.options import Options
    from airflowctl.core.settings import Settings
    from airflowctl.output.printer import Printer
    from airflowctl.output.progress_line import Progress
    from airflowctl.output.streams import Streams
    from airflowctl.output.waiting import Waiting
    from airflowctl.session.audit import AuditLog
    from airflowctl.session.command_lookup import CommandLookup
    from airflowctl.session.destination import VariableToken
    from airflowctl.session.server_connection import ServerConnection
    from airflowctl.session.session_history import SessionHistory
    from airflowctl.storage.environments import EnvironmentStore
    from airflowctl.storage.policy import Policy
    from airflowctl.storage.secrets.stores import Stores
    from airflowctl.undo.journal import Journal

    class BaseSession(Protocol):
        """The session as it was started, as far as its parts and its lines know it."""

        options: Options
        mode: str

        @property
        def streams(self) -> Streams: ...
        @property
        def output(self) -> Printer: ...
        @property
        def console(self) -> Console: ...
        @property
        def login_context(self) -> LoginContext: ...
        @property
        def environment(self) -> Environment | None: ...
        @property
        def is_lasting(self) -> bool: ...
        def with_options(self, options: Options) -> BaseSession: ...


class SessionParts:
    """What all lines of a session have in common; `base` is the session as it was started."""

    def __init__(self, base: BaseSession) -> None:
        self.base = base
        self.lock = allocate_lock()
        self.thread = get_ident()  # the one that runs commands; others must not ask anybody
        self.redact = Redactor()
        self.servers: dict[tuple[Environment, str | None], ServerConnection] = {}
        self.left: list[ServerConnection] = []  # a thread may still use them: closed at the end
        self.tour_step = 0
        self.has_light_background: bool | None = None  # as the terminal says; None where it says nothing
        self._options = base.options  # those of argv; lines change what `base` has
        self.names_changed: Callable[[], None] = _ignore_names
        self.keep_typed: Callable[[bytes], None] = _drop  # what was typed before a question was shown
        self.interrupt_hint = ""  # what continues on the server if Ctrl-C ends the line that runs
        self.where = ""  # the place of the line that runs in a file: lines within that line have it too
        self.last_error: CliError | None = None  # what ended the last line that failed
        self.admitted: set[object] = set()  # kinds of lines of a batch that need no yes, or have it
        self.created_in_row = 0  # things that lines of a batch set, the last of which were all new
        self.batch: object | None = None  # the run of files that lines belong to, an execution.batch.Run
        # What a command gets from the one before, an execution.row_stages.PipedRows; and the lines in the
        # background, once there are some, an execution.background_lines.BackgroundLines.
        self.piped: object | None = None
        self.background: object | None = None
        self.filled: dict[str, str] = {}  # what the line that runs has from the names in use, by kind

    def forget_error(self) -> None:
        """A line begins: what ended the one before is no longer the last error."""
        self.last_error = None

    @cached_property
    def lookup(self) -> CommandLookup:
        from airflowctl.session.command_lookup import CommandLookup

        streams = self.base.streams
        return CommandLookup(streams.environ, streams, self.redact.learn)

    @cached_property
    def memory(self) -> SessionHistory:
        from airflowctl.session.session_history import SessionHistory

        return SessionHistory()

    @cached_property
    def journal(self) -> Journal:
        from airflowctl.undo.journal import Journal

        return Journal(self.base.streams.environ)

    @cached_property
    def settings(self) -> Settings:
        """Return those that the user keeps; a damaged file is warned of, and changes nothing."""
        from airflowctl.core.settings import Settings, setting
        from airflowctl.storage.preferences import SETTINGS

        try:
            kept = self.lookup.preferences.table(SETTINGS) if self.base.mode == SHELL else {}
        except CliError as error:
            self.base.output.note(f"warning: {error.message}")
            return Settings({})
        # One setting of an older version must not take the others away.
        for name, text in list(kept.items()):
            try:
                setting(name).check(text)
            except UsageError as error:  # as the format of a plug-in that is gone
                self.base.output.note(f"warning: {error.message}; the kept setting is not used")
                del kept[name]
        return Settings(kept)

    def theme_names(self) -> list[str]:
        """Return the names of the user's own themes."""
        from airflowctl.output.theme_files import theme_names

        return theme_names(self.base.streams.environ)

    @cached_property
    def variable_token(self) -> VariableToken | None:
        """Return none where no variable holds one: then nothing has to be loaded for it."""
        environ = self.base.streams.environ
        # Looked at first, since the class is loaded only where it is needed (decision 0011).
        if not any(name in environ for name in ("AIRFLOW_CLI_TOKEN", "AIRFLOW_CLI_TOKEN_FILE")):
            return None
        from airflowctl.session.destination import VariableToken

        return VariableToken(self._options, environ)

    @property
    def environments(self) -> EnvironmentStore:
        self.decide_token_owner()
        return self._environments

    @cached_property
    def _environments(self) -> EnvironmentStore:
        from airflowctl.storage.environments import EnvironmentStore

        return EnvironmentStore(self.base.streams.environ)

    @cached_property
    # Read once: another shell's `env use` must not move the lines of this one (decision 0027).
    def default_environment(self) -> str:
        """Return what `env use` has chosen; for as long as this session lasts, whatever others choose
        meanwhile."""
        return self._environments.read_default()

    def decide_token_owner(self) -> None:
        """Fix the server of the token in the variables: before anything that a line does can change it. To be
        called before the first line of several; one line alone changes nothing before it looks at the
        environments, and that comes here first."""
        if self.variable_token is not None:
            self.variable_token.decide(self._environments, lambda: self.default_environment)

    @cached_property
    def stores(self) -> Stores:
        from airflowctl.storage.secrets.stores import Stores

        return Stores(
            self.base.streams.environ,
            passphrase=lambda: self._unlocker.passphrase(),
            new_passphrase=lambda: self._unlocker.new_passphrase(),
            notify_locked=lambda: self._unlocker.wait_for_user(),
            is_lasting=self.base.is_lasting,
            require=self.policy.require_store,
        )

    @cached_property
    def _unlocker(self) -> StoreUnlocker:
        from airflowctl.auth.terminal_prompter import StoreUnlocker

        return StoreUnlocker(self.base.console, self.base.streams.environ, self.redact.learn)

    @cached_property
    def policy(self) -> Policy:
        """Return the administrator's policy. Raises ConfigError where it cannot be read."""
        from airflowctl.storage.policy import load_policy

        return load_policy(self.base.streams.environ)

    @cached_property
    def change_counts(self) -> ChangeCounts:
        """Return how many requests that change something were sent, and how many were answered."""
        from airflowctl.api.request import ChangeCounts

        return ChangeCounts()

    @cached_property
    def audit(self) -> AuditLog | None:
        """Return what records the requests; None where nothing is recorded."""
        # No module is loaded for what most machines do not have (decision 0011).
        if not self.policy.audit_logs:
            return None
        from airflowctl.session.audit import AuditLog

        return AuditLog(self.policy.audit_logs)

    def headers_of(self, environment: Environment) -> RequestHeaders | None:
        """Return what adds an environment's own headers; None where it has none. Raises PolicyForbids."""
        if not environment.headers:
            return None
        from airflowctl.api.request_headers import RequestHeaders
        from airflowctl.core.headers import parse_reference

        if any(parse_reference(value).kind == "cmd" for _name, value in environment.headers):
            self.policy.require_login_method("command")  # which runs a program as well
        return RequestHeaders(environment.headers, self.base.streams.environ, self.redact.learn)

    @cached_property
    def progress(self) -> Progress:
        from airflowctl.output.progress_line import Progress

        return Progress(self.base.streams)

    @cached_property
    def waiting(self) -> Waiting:
        from airflowctl.output.waiting import Waiting

        return Waiting(self.base.streams, self.progress)


def _drop(_typed: bytes) -> None:
    """Drop what was typed ahead: without a prompt to come there is no use for it."""


def _ignore_names() -> None:
    """Do nothing, until a shell listens."""
