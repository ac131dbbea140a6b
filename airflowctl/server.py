"""One server as one user of one environment: its credential, its client, its names."""

from __future__ import annotations

from _thread import allocate_lock  # threading costs a short command a millisecond

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.api.client import Client
    from airflowctl.config import Environment
    from airflowctl.names import KnownNames
    from airflowctl.secrets import Credential, Secrets


class Server:
    """Each part is built once, when it is first used, from whichever thread that is."""

    def __init__(
        self,
        environment: Environment,
        secrets: Secrets,
        names_changed: Callable[[], None],
        *,
        is_lasting: bool,
    ) -> None:
        self.environment = environment
        self.secrets = secrets
        self._is_lasting = is_lasting
        self._names_changed = names_changed
        self._looking_up, self._building = allocate_lock(), allocate_lock()
        self._looked_up = False
        self._credential: Credential | None = None
        self._client: Client | None = None
        self._names: KnownNames | None = None

    @property
    def credential(self) -> Credential | None:
        """The token to send, looked up once; None sends none (a server may let everybody in)."""
        with self._looking_up:
            if not self._looked_up:
                self._credential = self._found()
                self._looked_up = True
        return self._credential

    @property
    def known_credential(self) -> Credential | None:
        """The credential, where that needs no look into the keyring; never waits."""
        if self._looked_up or self.secrets.at_hand:
            return self.credential
        return None

    @property
    def is_looked_up(self) -> bool:
        """Whether it is known if there is a credential."""
        return self._looked_up

    @property
    def username(self) -> str:
        """Who this is, as far as that is known without asking the server."""
        return self._username_of(self.credential)

    @property
    def known_username(self) -> str:
        """Who this is, without a look into the keyring."""
        return self._username_of(self.known_credential)

    @property
    def client(self) -> Client:
        with self._building:
            if self._client is None:
                from airflowctl.api.client import Client

                self._client = Client(
                    self.environment.url,
                    lambda: self.credential.token if self.credential else "",
                    who=lambda: self.username,
                    no_token=lambda: self.secrets.problem,
                    log_in=lambda: self.log_in,
                )
        return self._client

    @property
    def names(self) -> KnownNames:
        with self._building:
            if self._names is None:
                from airflowctl.names import KnownNames

                self._names = KnownNames(lambda: self.client, self._names_changed)
        return self._names

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    @property
    def log_in(self) -> str:
        """The command that logs in here; where no login can be kept, the one that sets the variable."""
        from airflowctl.config import DEFAULT_ENVIRONMENT
        from airflowctl.secrets import TOKEN_VARIABLE

        credential = self.known_credential
        from_variable = credential is not None and credential.source == TOKEN_VARIABLE
        if from_variable or (self.secrets.problem and not self._is_lasting):
            who = f"--url {self.environment.url} --username {self.known_username or 'NAME'}"
            return f"export {TOKEN_VARIABLE}=$(airflowctl auth token {who})"
        name = self.environment.name
        chosen = "" if name == DEFAULT_ENVIRONMENT else f"-e {name} "
        return f"airflowctl auth login {chosen}--url {self.environment.url}"

    def _found(self) -> Credential | None:
        from airflowctl.api.auth.token import expires_at

        found = self.secrets.find()
        if found is None or found.expires_at is not None:
            return found
        return found._replace(expires_at=expires_at(found.token))

    def _username_of(self, credential: Credential | None) -> str:
        from airflowctl.api.auth.token import subject

        if credential is None:
            return self.environment.username
        return credential.username or subject(credential.token) or self.environment.username
