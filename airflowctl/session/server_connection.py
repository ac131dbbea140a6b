"""One server as one user of one environment: its login, its client, its names."""

from __future__ import annotations

from _thread import allocate_lock  # threading costs a short command a millisecond

from airflowctl.core.credential import TOKEN_FILE_VARIABLE, TOKEN_VARIABLE
from airflowctl.core.environment import DEFAULT_ENVIRONMENT
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.api.client import Client
    from airflowctl.api.deadline import TimeLimits
    from airflowctl.api.request_headers import RequestHeaders
    from airflowctl.auth.credentials import Credentials
    from airflowctl.core.credential import Credential
    from airflowctl.core.environment import Environment
    from airflowctl.session.dag_facts import DagFactsCache
    from airflowctl.session.name_cache import NameCache


class ServerConnection:
    """Each part is built once, when it is first used, from whichever thread that is.

    It is its client's identity (airflowctl.api.identity.Identity).
    """

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials,
        names_changed: Callable[[], None],
        require_method: Callable[[str], None],
        *,
        is_lasting: bool,
        headers: RequestHeaders | None = None,
    ) -> None:
        self.environment = environment
        self.credentials = credentials
        self._is_lasting, self._headers = is_lasting, headers
        self._names_changed = names_changed
        self._require_method = require_method
        self._building = allocate_lock()
        self._client: Client | None = None
        self._names: NameCache | None = None
        self._dag_facts: DagFactsCache | None = None
        self._asked_who = False
        self._who = ""
        self._refused = ""  # the token that the server took no longer

    @property
    def known_username(self) -> str:
        """Who this is, as far as that is known without waiting for anything."""
        return self._username_of(self.credentials.cached)

    @property
    def client(self) -> Client:
        with self._building:
            if self._client is None:
                from airflowctl.api.client import Client

                network = self.environment.network
                self._client = Client(self.environment.url, self, network=network, headers=self._headers)
        return self._client

    @property
    def names(self) -> NameCache:
        with self._building:
            if self._names is None:
                from airflowctl.session.name_cache import NameCache

                self._names = NameCache(lambda: self.client, self._names_changed)
        return self._names

    @property
    def dag_facts(self) -> DagFactsCache:
        with self._building:
            if self._dag_facts is None:
                from airflowctl.session.dag_facts import DagFactsCache

                self._dag_facts = DagFactsCache(lambda: self.client, self._names_changed)
        return self._dag_facts

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    # Who asks.

    def token(self) -> str:
        return self._allowed_token(self.credentials.current())

    def renew(self, refused: str) -> str:
        # The policy is asked here too: the new login may be by another method than the one before.
        fresh = self._allowed_token(self.credentials.renew(refused))
        if not fresh:
            self._refused = refused
        return fresh

    @property
    def is_refused(self) -> bool:
        """Return whether the server no longer takes the token in use, as far as it was asked."""
        known = self.credentials.cached
        return known is not None and bool(known.token) and known.token == self._refused

    def check_token(self, limits: TimeLimits) -> None:
        """Ask the server whether it takes the token, within these limits. Raises CliError where it cannot be
        asked."""
        from airflowctl.api.auth.confirm import PATH
        from airflowctl.core.errors import (
            AuthenticationRequired,
            NotAirflow,
            NotAllowed,
            NotFound,
            SessionEnded,
        )

        credential = self.credentials.current()
        if credential is None or not credential.token:
            return
        try:
            self.client.with_options(limits=limits).send("GET", PATH)
            self._refused = ""
        except (SessionEnded, AuthenticationRequired):
            held = self.credentials.stored
            self._refused = held.token if held else ""
        except (NotAllowed, NotFound, NotAirflow):
            pass  # it knows the user, or it cannot say

    def _allowed_token(self, credential: Credential | None) -> str:
        """Return the token to send. Raises PolicyForbids for one by a login method that is not allowed."""
        if credential is None:
            return ""
        # A token that is given as it is has no method, and counts as the method that takes such a token.
        self._require_method(credential.method or "static")
        return credential.token

    def who(self) -> str:
        """Return the user's name; the server is asked for it where the token does not say."""
        from airflowctl.api.auth.confirm import username
        from airflowctl.api.identity import Anonymous
        from airflowctl.core.errors import CliError

        held = self.credentials.stored
        # The request for the name is saved where the token says it: this is for errors only.
        known = self._username_of(held)
        if known or held is None:
            return known
        if not self._asked_who:
            # Once: this is for the words of an error, and a server that fails would be asked by each of them.
            self._asked_who = True
            try:
                self._who = username(self.client.with_options(identity=Anonymous()), held.token)
            except CliError:
                self._who = ""
        return self._who

    def no_token(self) -> str:
        return self.credentials.problem

    def log_in(self) -> str:
        """Return where no login can be kept, the command that sets the variable."""
        known = self.credentials.cached
        source = known.source if known else ""
        if source == TOKEN_FILE_VARIABLE:
            return f"put a new token into the file in {TOKEN_FILE_VARIABLE}"
        if source == TOKEN_VARIABLE or (self.credentials.no_store and not self._is_lasting):
            who = ("--url", self.environment.url, "--username", self.known_username or "NAME")
            return f"export {TOKEN_VARIABLE}=$({suggest('auth', 'token', *who)})"
        name = self.environment.name
        chosen = () if name == DEFAULT_ENVIRONMENT else ("-e", name)
        return suggest("auth", "login", *chosen, "--url", self.environment.url)

    def _username_of(self, credential: Credential | None) -> str:
        """Return a token from elsewhere may be of another user than the environment's."""
        if credential is None:
            return self.environment.username
        # A token from elsewhere may be of another user than the environment's.
        return credential.username or (self.environment.username if credential.method else "")
