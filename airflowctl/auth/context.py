"""What logging in, and keeping a login, needs of the session that it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.api.client import Client
    from airflowctl.core.console import Console
    from airflowctl.core.environment import Environment
    from airflowctl.storage.environments import EnvironmentStore
    from airflowctl.storage.policy import Policy
    from airflowctl.storage.secrets.stores import Stores


class LoginContext(NamedTuple):
    """`learn` gets secrets that must not be printed, `connect` gives a client without a login, `warn_of`
    says where the way to a server is not safe. `api_token` is that of the line. With `is_lasting` there are
    lines to come, for which memory may keep a login."""

    console: Console
    environ: Mapping[str, str]
    environments: EnvironmentStore
    stores: Stores
    policy: Policy
    learn: Callable[..., None]
    connect: Callable[[Environment], Client]
    warn_of: Callable[[Environment], None]
    api_token: str | None
    is_lasting: bool

    def variable(self, name: str) -> str:
        """Return an environment variable, empty when it is not set."""
        return self.environ.get(name, "").strip()
