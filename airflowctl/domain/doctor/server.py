"""What `doctor` checks of the chosen environment: the way to its server, the server, the login."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from ssl import cert_time_to_seconds

from airflowctl.core.errors import NOT_ALLOWED, CliError, NotAllowed, NotLoggedIn
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.doctor.finding import OK, PROBLEM, UNKNOWN, WARNING, Finding, from_error

if TYPE_CHECKING:
    from typing import Any

    import httpx

    from airflowctl.core.environment import Environment
    from airflowctl.session.session import Session

OLDEST_MINOR, NEWEST_MINOR = (3, 0), (3, 3)  # what the operations were made from and tested with
_SKEW = 60.0  # seconds: tokens are renewed by this machine's clock
_SLOW = 2.0  # seconds for an answer that needs no database
_SOON = 14 * 86_400.0  # seconds before a certificate ends
_DAY = 86_400
# One list of each area, with the words for it; a server refuses a list as it refuses the area.
_AREAS = {
    "get_dags": "Dags",
    "get_connections": "connections",
    "get_variables": "variables",
    "get_pools": "pools",
    "get_import_errors": "import errors",
    "get_event_logs": "the audit log",
    "get_config": "the configuration",
}
_AFTER_CONNECTION = ("certificate", "clock", "server-version", "login", "rights")


def check_server(session: Session) -> Iterator[Finding]:
    """Yield what is found of the environment, the connection, the server and the login."""
    # A look says at once what is wrong: it does not wait for a server to come back.
    session = session.with_options(session.options._replace(retry_for=0.0))
    environment = _environment(session)
    if isinstance(environment, Finding):
        yield environment
        return
    yield Finding("environment", OK, f"{environment.name}: {environment.url}")
    yield _check_way(environment)
    try:
        response, seconds = _fetch_version(session)
    except CliError as error:
        yield from_error("connection", error)
        for check in _AFTER_CONNECTION:
            yield Finding(check, UNKNOWN, "there is no connection")
        return
    slow = seconds > _SLOW
    yield Finding("connection", WARNING if slow else OK, f"an answer takes {seconds * 1000:.0f} ms",
                  "look at the network and at the load of the server" if slow else "")  # fmt: skip
    yield _check_certificate(environment, response)
    yield _check_clock(response)
    yield _check_version(session)
    login = _check_login(session)
    yield login
    yield _check_rights(session) if login.state == OK else Finding("rights", UNKNOWN, "there is no login")


def _environment(session: Session) -> Environment | Finding:
    try:
        return session.server.environment
    except CliError as error:
        return from_error("environment", error)


def _check_way(environment: Environment) -> Finding:
    from airflowctl.api.proxy_discovery import proxy_suffix

    by_proxy = proxy_suffix(environment.url)
    risks = environment.network.risks(environment.url)
    if not risks:
        return Finding("network", OK, f"requests go{by_proxy}" if by_proxy else "no proxy is used")
    options = " ".join(f"--unset {field.replace('_', '-')}" for field, _ in risks).split()
    detail = "; ".join(risk for _, risk in risks) + by_proxy
    return Finding("network", WARNING, detail, suggest("env", "set", environment.name, *options))


def _fetch_version(session: Session) -> tuple[httpx.Response, float]:
    """Return the answer to a request without a login, and the seconds it took on an open connection."""
    from airflowctl.api.operations import table

    path, api = table()["get_version"].path, session.api
    api.exchange("GET", path, token="", operation="get_version")
    started = time.perf_counter()
    response = api.exchange("GET", path, token="", operation="get_version")
    return response, time.perf_counter() - started


def _check_certificate(environment: Environment, response: httpx.Response) -> Finding:
    if not environment.url.startswith("https:"):
        return Finding("certificate", OK, "plain http has none")
    stream = response.extensions.get("network_stream")
    secure = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate: dict[str, Any] = (secure.getpeercert() if secure is not None else None) or {}
    end = certificate.get("notAfter")
    if not end:
        return Finding("certificate", UNKNOWN, "it is not verified, so nothing of it is known")
    issuer = ", ".join(value for part in certificate.get("issuer", ()) for name, value in part
                       if name in ("organizationName", "commonName"))  # fmt: skip
    left = cert_time_to_seconds(end) - time.time()
    detail = f"verified, issued by {issuer or 'an unnamed issuer'}, ends {end} (in {left / _DAY:.0f} days)"
    if left < _SOON:
        return Finding("certificate", WARNING, detail, "tell who runs the server to renew it")
    return Finding("certificate", OK, detail)


def _check_clock(response: httpx.Response) -> Finding:
    try:
        server_time = parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return Finding("clock", UNKNOWN, "the server's answer has no date")
    ahead = time.time() - server_time
    if abs(ahead) <= _SKEW:
        return Finding("clock", OK, "this machine and the server agree")
    word = "ahead of" if ahead > 0 else "behind"
    return Finding(
        "clock",
        PROBLEM,
        f"this machine is {abs(ahead) / 60:.0f} min {word} the server: logins end at the wrong time",
        "set the clock of this machine (timedatectl set-ntp true)",
    )


def _check_version(session: Session) -> Finding:
    from airflowctl.api.operations import table, version_key

    text = session.api.version()
    key = version_key(text)[:2]
    if not key:
        return Finding("server-version", WARNING, "the server does not say its version")
    if key > NEWEST_MINOR:
        return Finding("server-version", WARNING, f"Airflow {text} is newer than what this was tested with",
                       "look for a newer airflowctl-shell")  # fmt: skip
    if key < OLDEST_MINOR:
        return Finding("server-version", PROBLEM, f"Airflow {text} has no API that is known here",
                       "use an Airflow 3 server")  # fmt: skip
    lacking = sum(
        1
        for operation in table().values()
        if (operation.since and version_key(operation.since) > key)
        or (operation.until and version_key(operation.until) < key)
    )
    more = f"; it lacks {lacking} of {len(table())} operations" if lacking else ""
    return Finding("server-version", OK, f"Airflow {text}{more}")


def _check_login(session: Session) -> Finding:
    from airflowctl.core.credential import iso
    from airflowctl.domain.login_report import check_login

    credentials = session.server.credentials
    try:
        held = credentials.current()
    except CliError as error:
        return from_error("login", error)
    again = suggest("auth", "login")
    if held is None:
        reason = f" ({credentials.problem})" if credentials.problem else ""
        return Finding("login", PROBLEM, f"not logged in{reason}", again)
    code, verdict, name = check_login(session)
    if code:
        return Finding("login", PROBLEM, verdict, again if code == NOT_ALLOWED else "")
    held = credentials.stored or held
    until = f", until {iso(held.expires_at)}" if held.expires_at else ""
    who = f" as {name}" if name else ""
    return Finding("login", OK, f"{verdict}{who}, by {held.source}{until}")


def _check_rights(session: Session) -> Finding:
    """Say which areas the user may read. What a user may change cannot be asked without changing it."""
    from airflowctl.api.operations import table

    allowed: list[str] = []
    refused: list[str] = []
    unknown: list[str] = []
    for op, area in _AREAS.items():
        try:
            answer = session.api.send("GET", table()[op].path, query={"limit": 1}, operation=op)
            has_list = any(isinstance(value, list) for value in answer.values())
            (allowed if has_list else unknown).append(area)
        except NotLoggedIn as error:
            return from_error("rights", error)
        except NotAllowed:
            refused.append(area)
        except CliError:
            unknown.append(area)
    parts = [f"may read {_join(allowed)}" if allowed else "may read nothing"]
    parts += [f"may not read {_join(refused)}"] if refused else []
    parts += [f"not known of {_join(unknown)}"] if unknown else []
    return Finding("rights", OK if allowed else WARNING, "; ".join(parts))


def _join(areas: list[str]) -> str:
    return ", ".join(areas)
