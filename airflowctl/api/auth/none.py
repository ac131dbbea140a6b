"""No login at all, for servers on which every user is an administrator."""

from __future__ import annotations

import time

from airflowctl.api.auth.provider import Login, Provider
from airflowctl.core.credential import Credential


class NoLogin(Provider):
    """Sends no token: such a server would even refuse an old one."""

    name = "none"
    summary = "no login (everybody is an administrator)"
    is_kept = False

    def log_in(self, login: Login) -> Credential:
        return Credential("", login.environment.url, "Anonymous", since=time.time(), method=self.name)

    def renew(self, credential: Credential, login: Login) -> Credential | None:
        return None

    def log_out(self, credential: Credential, login: Login) -> bool:
        return False
