"""Logging in and out."""

from __future__ import annotations

import time

from airflowctl.core.command import ALWAYS, command, flag, opt
from airflowctl.core.errors import (
    NOT_ALLOWED,
    CliError,
    ConfigError,
    NotLoggedIn,
    StoreUnavailable,
    UsageError,
)
from airflowctl.core.result import Record, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.config import Environment
    from airflowctl.secrets import Credential
    from airflowctl.session import Session

_ASK = "\0ask"
_LONGEST_PASSWORD = 10_000
USERNAME = opt("-u", "--username", help="User name; asked for on a terminal.", metavar="NAME")
PASSWORD = opt(
    "-p", "--password", help="Password; alone, or not given, it is asked for without echo. Seen by others"
    " on this machine: better leave it out.", alone=_ASK, secret=ALWAYS, metavar="PASSWORD"
)  # fmt: skip
PASSWORD_STDIN = flag("--password-stdin", help="Read the password from standard input.")


@command(
    "auth login",
    "Log in to a server and keep the token in the system keyring.",
    USERNAME,
    PASSWORD,
    PASSWORD_STDIN,
    about="Give the address with --url and, to have several, a name for it with --env. The address is"
    " kept in a small file, the token only in the keyring; the password is not kept.",
    examples=(
        "airflowctl auth login --url http://localhost:8080 --username admin",
        "airflowctl auth login -e staging --url https://airflow.example.org/team-a",
    ),
)
def login(session: Session, username: str | None, password: str | None, password_stdin: bool) -> Text:
    environment, credential = _new_credential(session, username, password, password_stdin)
    _save(session, environment)
    place = _keep(session, environment, credential)
    if session.token_variable:
        session.output.note("AIRFLOW_CLI_TOKEN is set: where it belongs, it is used until you unset it")
    session.forget_servers()
    if session.is_lasting:
        session.select(environment)
    data = {"environment": environment.name, "url": environment.url, "username": credential.username}
    return Text(f"logged in to {environment.url} as {credential.username} ({place})", data)


@command(
    "auth token",
    "Print a token, for scripts: of this login or, with --username, of a new one that is not kept.",
    USERNAME,
    PASSWORD,
    PASSWORD_STDIN,
    examples=("export AIRFLOW_CLI_TOKEN=$(airflowctl auth token --url URL --username NAME)",),
)
def token(session: Session, username: str | None, password: str | None, password_stdin: bool) -> Text:
    if username or password or password_stdin:
        credential = _new_credential(session, username, password, password_stdin)[1]
    else:
        credential = _credential(session)
    return Text(credential.token, {"token": credential.token, "expires_at": _iso(credential.expires_at)})


@command(
    "auth status",
    "Show where and as whom you are logged in, and ask the server whether it agrees.",
    about="Never shows the token. Exits 4 when not logged in or when the server does not accept the token.",
)
def status(session: Session) -> Record:
    environment = session.server.environment
    facts: dict[str, object] = {"environment": environment.name, "url": environment.url}
    credential = session.server.credential
    if credential is None:
        problem = session.server.secrets.problem
        facts |= {"status": "not logged in" + (f" ({problem})" if problem else "")}
        return Record(facts, "environment", code=NOT_ALLOWED)
    code, verdict, name = _verdict(session)
    facts |= {
        "username": name or session.server.username,
        "status": verdict,
        "token_from": credential.source,
        "expires_at": _iso(credential.expires_at),
    }
    return Record(facts, "environment", code=code)


@command("auth logout", "Forget the token of an environment.")
def logout(session: Session) -> Text:
    environment = session.server.environment
    had = session.server.secrets.forget()
    session.forget_servers()
    if session.token_variable:
        session.output.note("AIRFLOW_CLI_TOKEN is still set: unset it to be logged out")
    text = f"logged out of {environment.url}" if had else f"there was no login to {environment.url}"
    return Text(text, {"environment": environment.name, "url": environment.url, "forgotten": had})


def _new_credential(
    session: Session, username: str | None, password: str | None, password_stdin: bool
) -> tuple[Environment, Credential]:
    from airflowctl.api.auth import password as provider
    from airflowctl.api.auth.token import expires_at
    from airflowctl.secrets import Credential

    environment = session.server.environment
    username = username or environment.username or _asked(session, "user name", "--username")
    if not username:
        raise UsageError("no user name was given")
    if password_stdin:
        password = session.streams.stdin.readline(_LONGEST_PASSWORD).rstrip("\r\n")
    elif password in (None, _ASK):
        password = _asked(session, f"password of {username}", "--password-stdin", secret=True)
    token = provider.log_in(session.api, username, password or "")
    origin = environment.url
    return environment._replace(username=username), Credential(token, origin, username, expires_at(token))


def _save(session: Session, environment: Environment) -> None:
    """Keep the address. Where there are lines to come, a folder that cannot be written stops nothing."""
    try:
        session.environments.save(environment)
    except ConfigError as error:
        if not session.is_lasting:
            raise
        session.output.note(f"{error.message}; the address is known until this ends")


def _keep(session: Session, environment: Environment, credential: Credential) -> str:
    """Keep the token; where that is."""
    secrets = session.server.secrets
    try:
        secrets.keep_in_keyring(credential)
        return "kept in the system keyring"
    except StoreUnavailable as error:
        if not session.is_lasting:
            raise _nowhere_to_keep(error, environment) from None
        secrets.keep_in_memory(credential)
        return f"kept in memory until this ends: {error.message}"


def _asked(session: Session, what: str, option: str, secret: bool = False) -> str:
    if not session.streams.can_ask:
        raise UsageError(f"no {what}, and nobody to ask", f"give {option}")
    question = f"{what[0].upper()}{what[1:]}: "
    return session.streams.ask_secret(question) if secret else session.streams.ask(question)


def _nowhere_to_keep(error: StoreUnavailable, environment: Environment) -> StoreUnavailable:
    line = f"airflowctl auth token --url {environment.url} --username {environment.username}"
    return StoreUnavailable(
        f"the login is good but cannot be kept ({error.message}): log in inside the shell, or use a variable",
        f"export AIRFLOW_CLI_TOKEN=$({line})",
    )


def _credential(session: Session) -> Credential:
    credential = session.server.credential
    if credential is None:
        url, problem = session.server.environment.url, session.server.secrets.problem
        message = f"not logged in to {url}" + (f" ({problem})" if problem else "")
        raise NotLoggedIn(message, f"airflowctl auth login --url {url}")
    return credential


def _verdict(session: Session) -> tuple[int, str, str]:
    """Exit code, words and the user's name as the server gives it (a private path: it may be missing)."""
    token = _credential(session).token
    try:
        me = session.api.send("GET", "/ui/auth/me", token=token)
        return 0, "logged in", str(me.get("username") or "") if isinstance(me, dict) else ""
    except CliError as error:
        if error.status == 404 or error.code == "not_airflow":
            return 0, "logged in (this server cannot confirm it)", ""
        return error.exit_code, error.message, ""


def _iso(moment: float | None) -> str | None:
    return None if moment is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
