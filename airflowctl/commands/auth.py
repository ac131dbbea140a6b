"""Log in, log out, and show the login."""

from __future__ import annotations

from airflowctl.commands.env import HEADER, ISSUER_WAYS, change_headers
from airflowctl.commands.env import list as env_list
from airflowctl.core.command import ALWAYS, arg, command, flag, opt
from airflowctl.core.converters import hours, path, some_text
from airflowctl.core.errors import DONE, NOT_ALLOWED, REFUSED, NotLoggedIn, StoreUnavailable
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.auth.context import LoginContext
    from airflowctl.core.credential import Credential
    from airflowctl.core.environment import Environment
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


# No word of a line can hold NUL, so this is never mistaken for a password that was given.
ASK = "\0ask"
WAYS = (
    opt("-u", "--username", help="User name; asked for on a terminal.", convert=some_text, metavar="NAME"),
    opt(
        "-p",
        "--password",
        help="Password; without a value, or not given, it is asked for without echo. Other users of this"
        " machine can see a value here.",
        implicit_value=ASK,
        secret=ALWAYS,
        safer="--password-stdin",
        metavar="PASSWORD",
    ),
    flag("--password-stdin", help="Read the password from standard input."),
    opt(
        "--method",
        help="Login method; if not given, the server is asked which it has. One of password, paste,"
        " oidc-pkce, oidc-device, client-credentials, static, command, mwaa, composer, astronomer, none, or a"
        " plug-in's.",
        # No `choices`: a plug-in adds methods, and reading its index here would slow every `auth` line.
        complete="method",
        convert=some_text,
        metavar="METHOD",
    ),
    opt("--issuer", help="Address of the OpenID Connect issuer.", convert=some_text, metavar="URL"),
    *ISSUER_WAYS,
    opt("--client-id", help="The client id of this program at the issuer.", convert=some_text, metavar="ID"),
    opt("--scope", help="The scope to request from the issuer.", convert=some_text, metavar="TEXT"),
    opt(
        "--exchange",
        help="Exchange the issuer's token for a token of Airflow, as its Keycloak auth manager requires.",
        choices=("keycloak",),
    ),
    flag("--client-secret-stdin", help="Read the client's secret from standard input."),
    flag("--token-stdin", help="Read a token from standard input."),
    # A program beside this one may renew the file, so the file is kept and not what it held at login.
    opt(
        "--token-file",
        help="Read the token from this file each time that it is needed.",
        convert=path,
        metavar="FILE",
    ),
    opt(
        "--setting",
        help="A setting for the method, like audience=URL.",
        repeatable=True,
        metavar="NAME=VALUE",
    ),
    flag("--no-browser", help="Print the address of the login page instead of opening a browser."),
    arg(
        "command",
        "After --: the program that prints a token, with arguments.",
        repeatable=True,
        metavar="WORD",
    ),
)


class LoginValues(NamedTuple):
    """The values of `auth login`."""

    username: str | None
    password: str | None
    password_stdin: bool
    method: str | None
    issuer: str | None
    issuer_ca_bundle: str | None
    issuer_client_cert: str | None
    issuer_client_key: str | None
    issuer_insecure: bool
    issuer_insecure_http: bool
    client_id: str | None
    scope: str | None
    exchange: str | None
    client_secret_stdin: bool
    token_stdin: bool
    token_file: str | None
    setting: tuple[str, ...]
    header: tuple[tuple[str, str], ...]
    no_browser: bool
    command: tuple[str, ...]
    store: str | None
    max_session_hours: float | None


@command(
    "auth login",
    "Log in to a server, and store the login safely.",
    *WAYS,
    HEADER,
    opt(
        "--store",
        help="Where to store the login; auto is the system keyring, else the keyring of the Linux kernel.",
        choices=("auto", "keyring", "kernel", "encrypted-file", "memory"),
    ),
    opt(
        "--max-session-hours",
        help="Renew the login for at most this many hours; 12 if not given.",
        convert=hours,
        metavar="N",
    ),
    about="Without --url it asks for an address on a terminal, and offers the servers that answer on"
    " this machine. To use several servers, name each one with --env. The address and the login"
    " method are stored in a small file, the token only in the store of --store; a password is not"
    " stored. The login is renewed before it expires, if the server or the issuer allows that.",
    examples=(
        "airflowctl auth login --url http://localhost:8080 --username admin",
        "airflowctl auth login -e staging --url https://airflow.example.org/team-a",
        "airflowctl auth login --url URL --issuer https://sso.example.org/realms/data --client-id airflowctl",
        "airflowctl auth login --url URL --method command -- gcloud auth print-access-token",
    ),
)
def login(session: Session, values: LoginValues) -> Text:
    from airflowctl.auth.login import log_in, parse_request
    from airflowctl.auth.stored_login import keep
    from airflowctl.domain.login_report import describe_clocks, describe_login, store_refusal

    is_guided = _is_guided(session, values)
    if session.environment is None and is_guided:
        from airflowctl.auth.server_address import ask_for_address

        session = session.with_options(session.options._replace(url=ask_for_address(session.console)))
    known, context = session.server.environment, session.login_context
    known = known._replace(headers=change_headers(known.headers, values.header))
    credential, environment = log_in(context, parse_request(context, known, values._asdict()))
    if values.max_session_hours:
        environment = environment._replace(max_session=values.max_session_hours)
    before = session.environments.get(environment.name)
    try:
        kept = keep(context, environment, credential, values.store or "")
    except StoreUnavailable as error:
        raise store_refusal(error, environment) from None
    if session.variable("AIRFLOW_CLI_TOKEN") or session.variable("AIRFLOW_CLI_TOKEN_FILE"):
        session.output.note("AIRFLOW_CLI_TOKEN is set: where it belongs, it is used until you unset it")
    # Lines that name the environment go to another server from now on, also those in the user's scripts.
    if before is not None and before.url != environment.url:
        session.output.note(f"the environment {environment.name} was {before.url} before")
    problem = describe_clocks(credential)
    if problem:
        session.output.note(f"warning: {problem}")
    session.forget_servers()
    if session.is_lasting:
        session.select(kept.environment)
    data = {
        "environment": environment.name,
        "url": environment.url,
        "username": credential.username,
        "method": credential.method,
        "store": kept.store or None,
        "expires_at": _iso(credential.expires_at),
    }
    text = describe_login(credential, kept.store, kept.lasts, kept.problem)
    if is_guided:
        from airflowctl.domain.first_look import describe_deployment

        text = "\n".join(filter(None, (text, describe_deployment(session.api))))
    return Text(text, data)


def _is_guided(session: Session, values: LoginValues) -> bool:
    """Return whether a user makes a first login: one without an address, or the first one of a shell."""
    by_pipe = values.password_stdin or values.token_stdin or values.client_secret_stdin
    if by_pipe or not session.console.can_ask:
        return False
    if session.environment is None:
        return True
    is_shell = session.is_lasting and session.streams.stdout_is_terminal
    return is_shell and session.environments.get(session.environment_name) is None


class TokenValues(NamedTuple):
    """The values of `auth token`."""

    username: str | None
    password: str | None
    password_stdin: bool
    method: str | None
    issuer: str | None
    issuer_ca_bundle: str | None
    issuer_client_cert: str | None
    issuer_client_key: str | None
    issuer_insecure: bool
    issuer_insecure_http: bool
    client_id: str | None
    scope: str | None
    exchange: str | None
    client_secret_stdin: bool
    token_stdin: bool
    token_file: str | None
    setting: tuple[str, ...]
    no_browser: bool
    command: tuple[str, ...]


@command(
    "auth token",
    "Print a token for scripts: that of this login or, with --username or another method, of a new login"
    " that is not stored.",
    *WAYS,
    examples=("export AIRFLOW_CLI_TOKEN=$(airflowctl auth token --url URL --username NAME)",),
)
def token(session: Session, values: TokenValues) -> Text:
    # A way that is named asks for a new login: the one that is kept may be another user's.
    if any(values) or session.options.api_token:
        from airflowctl.auth.login import log_in, parse_request

        known, context = session.server.environment, session.login_context
        credential, _ = log_in(context, parse_request(context, known, values._asdict()))
    else:
        credential = _credential(session)
    return Text(credential.token, {"token": credential.token, "expires_at": _iso(credential.expires_at)})


@command(
    "auth status",
    "Show the server and user that you are logged in to, and check with the server that the login is valid.",
    about="Never shows the token. Exits 4 when not logged in or when the server does not accept the token.",
    examples=(
        "airflowctl auth status",
        "airflowctl auth status -o json",
    ),
)
def status(session: Session) -> Record:
    from airflowctl.domain.login_report import check_login

    credentials = session.server.credentials
    environment, held = credentials.environment, credentials.current()
    facts: dict[str, object] = {"environment": environment.name, "url": environment.url}
    # No request without a token: it would be refused, and exit 4 says the same.
    if held is None:
        problem = f" ({credentials.problem})" if credentials.problem else ""
        return Record(facts | {"status": f"not logged in{problem}"}, "environment", code=NOT_ALLOWED)
    code, verdict, name = check_login(session)
    # Renewed meanwhile, it may be another one.
    held = credentials.stored or held
    facts |= {
        "username": name or session.server.who(),
        "status": verdict,
        "method": held.method or None,
        "token_from": held.source,
        "subject": _subject(held),
        "origin": held.origin,
        "expires_at": _iso(held.expires_at),
        "logged_in_at": _iso(held.since),
    }
    if credentials.problem:
        facts |= {"problem": credentials.problem}
    return Record(facts, "environment", code=code)


@command(
    "auth whoami",
    "Show the user that the server sees in your requests.",
    examples=("airflowctl auth whoami",),
)
def whoami(session: Session) -> Record:
    from airflowctl.api.answer_reader import Origin, attach
    from airflowctl.api.auth.confirm import PATH
    from airflowctl.api.auth.token import claims

    # No operation of the public API says who the caller is; the one of the user interface does.
    user = session.api.send("GET", PATH)
    attach(user, {"username": "s", "id": "si0"}, Origin(f"GET {PATH}", "GET"))
    held = session.server.credentials.stored
    record = claims(held.token) if held else {}
    facts = {
        "username": user["username"],
        "id": user.get("id"),
        "role": record.get("role"),
        "url": session.server.environment.url,
    }
    return Record({name: value for name, value in facts.items() if value is not None}, "username")


@command(
    "auth logout",
    "Revoke the login on the server, if the server can, and delete it here.",
    uses=("logout",),
    about="Airflow 3.3.2 and later revoke the token; on older versions it is only deleted here, and"
    " stays valid until it expires.",
    examples=(
        "airflowctl auth logout",
        "airflowctl auth logout -e staging",
    ),
)
def logout(session: Session) -> Text:
    from airflowctl.auth.stored_login import drop_unfinished, forget, words_for_end

    environment = session.server.credentials.environment
    # A login that a killed process began may be kept as well, under a name that only its record knows.
    drop_unfinished(session.login_context)
    forgotten = forget(session.login_context, environment)
    # A method without a store (`static`, `command`) keeps no token here, and is a login all the same.
    had = forgotten.had or bool(environment.method and not environment.store)
    if environment.method and session.environments.get(environment.name) is not None:
        session.environments.update(environment.name, _without_login(environment))
    session.forget_servers()
    if session.variable("AIRFLOW_CLI_TOKEN") or session.variable("AIRFLOW_CLI_TOKEN_FILE"):
        session.output.note("AIRFLOW_CLI_TOKEN is still set: unset it to be logged out")
    url = forgotten.credential.origin if forgotten.credential else environment.url
    text = f"logged out of {url}" if had else f"there was no login to {url}"
    if forgotten.credential and forgotten.is_still_good:
        text += f" ({words_for_end(forgotten.credential)})"
    facts = {"environment": environment.name, "url": url, "forgotten": had, "revoked": forgotten.revoked}
    return Text(text, facts)


@command(
    "auth list-envs",
    "The same as env list.",
    about="The official airflowctl's name for it.",
    examples=("airflowctl auth list-envs",),
)
def list_envs(session: Session) -> Result:
    return env_list.list_environments.handler(session)


@command(
    "auth import",
    "Import the environments of the official airflowctl: addresses, and logins that are still valid.",
    arg("name", "Only the environment of this name.", default=None, metavar="NAME"),
    about="Its files (AIRFLOW_HOME, else ~/airflow) and its entries in the keyring are only read; a file"
    " that others can write to is left out. Before a token is imported, it shows the address that"
    " the token would be sent to, and asks; --yes answers. An environment of the same name that"
    " exists here stays as it is.",
    examples=("airflowctl auth import production", "airflowctl auth import --yes"),
)
def import_environments(session: Session, name: str | None) -> Rows:
    from airflowctl.auth.official_import import take_over

    def context_of(environment: str) -> LoginContext:
        return session.with_options(session.options._replace(env=environment, url=None)).login_context

    rows = take_over(session.login_context, context_of, name)
    session.forget_servers()
    # A row without an address is one that could not be taken over.
    code = DONE if all(row["url"] for row in rows) else REFUSED
    columns = ("environment", "url", "result")
    return Rows(rows, columns, "environment", empty="there are none to import", code=code)


def _without_login(environment: Environment) -> Callable[[Environment | None], Environment]:
    """Return the change of an environment's file when its user logs out."""

    def change(before: Environment | None) -> Environment:
        kept = environment if before is None else before
        return kept._replace(method="", store="", command=(), login="", login_origin="")

    return change


def _credential(session: Session) -> Credential:
    credentials = session.server.credentials
    current = credentials.current()
    if current is None or not current.token:
        problem = f" ({credentials.problem})" if credentials.problem else ""
        url = credentials.environment.url
        raise NotLoggedIn(f"not logged in to {url}{problem}", suggest("auth", "login", "--url", url))
    return current


def _subject(held: Credential) -> str | None:
    from airflowctl.api.auth.token import claims

    return str(claims(held.token).get("sub") or "") or None


def _iso(moment: float | None) -> str | None:
    from airflowctl.core.credential import iso

    return iso(moment)
