"""The environments of the official airflowctl, read and never written: its files and keyring entries."""

from __future__ import annotations

import json
import os
import time

from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.environment import Environment, check_name
from airflowctl.core.errors import CliError, StoreUnavailable
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.url import base_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflowctl.session import Session

_SERVICE, _USER = "airflowctl", "api_token_{}"
_NOT_ENVIRONMENTS = ("debug_creds_",)


def imported(session: Session, only: str | None) -> list[dict[str, str]]:
    """Take over each of them: a row for each, with what came of it. Raises nothing for one alone."""
    folder = session.variable("AIRFLOW_HOME") or os.path.join(os.path.expanduser("~"), "airflow")
    found = [found for found in _environments(folder) if only in (None, found.name)]
    return [{"environment": one.name, "url": one.url, "result": _taken_over(session, one)} for one in found]


def _environments(folder: str) -> Iterator[Environment]:
    try:
        files = sorted(os.listdir(folder))
    except OSError:
        return
    for file in files:
        name, ending = os.path.splitext(file)
        if ending != ".json" or name.startswith(_NOT_ENVIRONMENTS):
            continue
        try:
            with open(os.path.join(folder, file), encoding="utf-8") as opened:
                url = json.load(opened)["api_url"]
            yield Environment(check_name(name), base_url(url))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, CliError):
            continue  # some other program's


def _taken_over(session: Session, found: Environment) -> str:
    known = session.environments.get(found.name)
    if known is not None and known.url != found.url:
        return f"left as it is here ({known.url})"
    if known is not None and known.store:
        return "left as it is here (logged in)"
    try:
        token = _token(found.name)
    except StoreUnavailable as error:
        token, problem = None, error.message
    else:
        problem = "" if token else "it has no login"
    if known is None:
        session.environments.save(found)
    if token is None:
        return f"address only: {problem}"
    return _login_taken_over(session, known or found, token)


def _login_taken_over(session: Session, environment: Environment, token: str) -> str:
    from airflowctl.api.auth.token import expires_at, issued_at, subject
    from airflowctl.login import keep

    end = expires_at(token)
    if end is not None and end <= time.time():
        return "address only: its login has ended"
    credential = Credential(
        token, environment.url, subject(token), issued_at(token), end, time.time(), "password"
    )
    scoped = session.scoped(session.options._replace(env=environment.name, url=None))
    named = environment._replace(username=credential.username, method="password")
    keep(scoped, named, credential, "")
    return "address and login"


def _token(name: str) -> str | None:
    from airflowctl.secrets.system import entry

    token = entry(_SERVICE, _USER.format(name))
    return token.strip() if token and may_be_sent(token.strip()) else None
