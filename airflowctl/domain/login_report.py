"""What `auth login` prints of a login, and what is wrong with it or with the clock."""

from __future__ import annotations

import time

from airflowctl.core.errors import CliError, StoreLocked, StoreUnavailable
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.credential import Credential
    from airflowctl.core.environment import Environment
    from airflowctl.session.session import Session


_CLOCKS_DIFFER = 60.0  # seconds that are worth a word


def describe_login(credential: Credential, store: str, lasts: str, problem: str) -> str:
    who = f" as {credential.username}" if credential.username else ""
    text = f"logged in to {credential.origin}{who}"
    if not store:
        return f"{text} (nothing has to be kept)"
    location = {"keyring": "the system keyring", "kernel": "the kernel's keyring", "memory": "memory"}.get(
        store
    )
    text += f" (kept in {location or 'an encrypted file'} {lasts}"
    return f"{text}: {problem})" if problem else f"{text})"


def describe_clocks(credential: Credential) -> str:
    """Return what is wrong with them, as a token that was just made shows it; renewing goes by ours."""
    now = time.time()
    if credential.expires_at is not None and credential.expires_at <= now:
        return "by the clock of this machine the login has ended already; is that clock right?"
    ahead = (credential.issued_at or now) - now
    if ahead > _CLOCKS_DIFFER:
        return f"the clock of this machine is {ahead / 60:.0f} min behind: the login is not renewed in time"
    return ""


def store_refusal(error: StoreUnavailable, environment: Environment) -> StoreUnavailable:
    who = ("--username", environment.username) if environment.username else ()
    line = suggest("auth", "token", "--url", environment.url, *who)
    why = f"{error.message}; {error.hint}" if error.hint else error.message
    kind = StoreLocked if isinstance(error, StoreLocked) else StoreUnavailable
    return kind(
        f"the login is good but cannot be kept ({why}): log in inside the shell, or use a variable",
        f"export AIRFLOW_CLI_TOKEN=$({line})",
    )


def check_login(session: Session) -> tuple[int, str, str]:
    """Exit code, words and the user's name as the server gives it (a private path: it may be missing)."""
    from airflowctl.api.auth.confirm import require_login, username
    from airflowctl.api.auth.token import claims

    try:
        name = username(session.api)
        held = session.server.credentials.stored
        if name and held is not None and "access_token" in claims(held.token):
            require_login(
                session.api
            )  # Keycloak is asked whether the token within is good only for what it guards
    except CliError as error:
        return error.exit_code, error.message, ""
    return 0, "logged in" if name else "logged in (this server cannot confirm it)", name
