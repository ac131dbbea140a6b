"""The environments of the official airflowctl, read and never written: its files and keyring entries."""

from __future__ import annotations

import json
import os
import time

from airflowctl.core.credential import Credential, may_be_sent
from airflowctl.core.environment import Environment, check_name
from airflowctl.core.errors import CliError, ConfigError, StoreUnavailable, UsageError
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.url import base_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.auth.context import LoginContext
    from airflowctl.storage.private_files import PrivateFolder

_SERVICE, _USER = "airflowctl", "api_token_{}"
_ENDING = ".json"
# The official program writes its debugging credentials beside its environments.
_NOT_ENVIRONMENTS = ("debug_creds_",)


class Candidate(NamedTuple):
    """An environment of the official program: `token` is its login here, `problem` why there is none to take
    over. Without a URL its file was refused."""

    name: str
    url: str
    token: str
    problem: str


def take_over(
    context: LoginContext, context_of: Callable[[str], LoginContext], only: str | None
) -> list[dict[str, str]]:
    """Take over the addresses and, after asking, the logins: a row with the result for each. `context_of`
    gives the context of an environment by its name. Raises UsageError where the user says no or cannot be
    asked, and nothing was kept then."""
    candidates = _find(context, only)
    _ask(context, [candidate for candidate in candidates if candidate.token])
    return [
        {"environment": candidate.name, "url": candidate.url, "result": _keep(context, context_of, candidate)}
        for candidate in candidates
    ]


def _find(context: LoginContext, only: str | None) -> list[Candidate]:
    from airflowctl.storage.private_files import PrivateFolder

    folder = context.variable("AIRFLOW_HOME") or os.path.join(os.path.expanduser("~"), "airflow")
    # Relative to the current folder, a folder that was checked out would choose where a token is sent.
    if not os.path.isabs(folder):
        raise UsageError(
            f"AIRFLOW_HOME is '{folder}', another folder wherever a line is run from", "give its whole path"
        )
    files = PrivateFolder(folder, context.environ)
    names = sorted(name.removesuffix(_ENDING) for name in files.list() if name.endswith(_ENDING))
    wanted = (name for name in names if only in (None, name) and not name.startswith(_NOT_ENVIRONMENTS))
    return [
        candidate
        for candidate in (_look_up(context, files, name) for name in wanted)
        if candidate is not None
    ]


def _look_up(context: LoginContext, files: PrivateFolder, name: str) -> Candidate | None:
    """Return none for a file of another kind."""
    try:
        content = files.read(f"{name}{_ENDING}")
        url = base_url(json.loads(content or b"")["api_url"])
        known = context.environments.get(check_name(name))
    # A file that others can write could send a token to their server: it is named, and not used.
    except ConfigError as error:
        return Candidate(name, "", "", f"left out: {error.message}; {error.hint}")
    # Any program may keep JSON there, of any depth; only what has an address is an environment.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, CliError):
        return None
    # Our environment of that name is another server. Its address is what tokens are bound to, so it stays.
    if known is not None and known.url != url:
        return Candidate(name, url, "", f"left as it is here ({known.url})")
    if known is not None and known.store:
        return Candidate(name, url, "", "left as it is here (logged in)")
    token, problem = _token(name)
    return Candidate(name, url, token, f"address only: {problem}" if problem else "")


def _token(name: str) -> tuple[str, str]:
    """Return the token in the keyring, and why there is none that can be used."""
    from airflowctl.api.auth.token import expiry_time
    from airflowctl.storage.secrets.system_keyring import read_entry

    try:
        token = (read_entry(_SERVICE, _USER.format(name)) or "").strip()
    except StoreUnavailable as error:
        return "", error.message
    # A keyring may hold anything under that name, and a header takes no line ends.
    if not may_be_sent(token):
        return "", "it has no login"
    end = expiry_time(token)
    # A token without an end may still be good: only the server can say.
    return ("", "its login has ended") if end is not None and end <= time.time() else (token, "")


def _ask(context: LoginContext, candidates: list[Candidate]) -> None:
    """The files say where each token goes: the user sees it before it is taken for that address."""
    if not candidates:
        return
    lines = (
        f"The token of {candidate.name} in the keyring would be sent to {candidate.url}"
        for candidate in candidates
    )
    context.console.confirm("\n".join(lines), "auth import")


def _keep(context: LoginContext, context_of: Callable[[str], LoginContext], candidate: Candidate) -> str:
    if candidate.url and context.environments.get(candidate.name) is None:
        context.environments.save(Environment(candidate.name, candidate.url))
    if candidate.token:
        _keep_login(context_of(candidate.name), candidate)
    return candidate.problem or "address and login"


def _keep_login(context: LoginContext, candidate: Candidate) -> None:
    from airflowctl.api.auth.token import expiry_time, issue_time, subject
    from airflowctl.auth.stored_login import keep

    # The token itself says whose it is and when it was issued: the official program keeps neither.
    token, url = candidate.token, candidate.url
    credential = Credential(
        token, url, subject(token), issue_time(token), expiry_time(token), time.time(), "password"
    )
    known = context.environments.get(candidate.name) or Environment(candidate.name, url)
    keep(context, known._replace(username=credential.username, method="password"), credential, "")
