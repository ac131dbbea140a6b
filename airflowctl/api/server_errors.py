"""Turns an answer other than a success into an error for the user."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import unquote

from airflowctl.api.proxy_discovery import proxy_for, proxy_suffix
from airflowctl.core.errors import (
    AuthenticationRequired,
    CliError,
    Conflict,
    Invalid,
    NoRoute,
    NotAirflow,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    ServerRefused,
    SessionEnded,
    Unreachable,
)
from airflowctl.core.next_line import suggest
from airflowctl.core.url import show_path
from airflowctl.core.wording import head

_MOST_PROBLEMS = 1000  # of the fields of one request
_GOOGLE_LOGIN = "https://accounts.google.com/"
_LONGEST_REASON = 300  # letters of a failing server's own words
# In a 403, which is also what a role that may not is answered. Airflow: "Invalid JWT token".
_TOKEN_WORDS = (
    "jwt",
    "invalid token",
    "token expired",
    "token has expired",
    "token is expired",
    "token revoked",
    "token has been revoked",
    "token is not valid",
    "signature has expired",
    "signature verification",
)
_NO_TOKEN = "Not authenticated"  # Airflow's words for a request without a token
IN_DOUBT = "it may have been done all the same: look before you try again"


class WebPage(NotAirflow):
    """A page for a browser came: of a web UI, of a proxy, of a login."""


class Answer(NamedTuple):
    """An answer and its request.

    `body` is the JSON of it, or None; `who` the user, if known; `no_token` why no token was sent, if one
    should have been; `log_in` the command that would get one; `token_problem` what the token's own claims
    say against it, by the server's clock; `has_token` whether one was sent; `challenge` is WWW-Authenticate.
    """

    status: int
    content_type: str
    body: Any
    method: str
    path: str
    base_url: str
    location: str = ""
    retry_after: str = ""
    who: str = ""
    no_token: str = ""
    log_in: str = suggest("auth", "login")
    operation: str = ""
    token_problem: str = ""
    has_token: bool = False
    challenge: str = ""

    @property
    def wants_other_token(self) -> bool:
        """Return whether the answer refuses the token that was sent."""
        if not self.has_token or _reason(self.body) == _NO_TOKEN:
            return False
        # A 401 refuses the token, whatever its words: gateways word it differently. A 403 is also given for a
        # missing role, so there the words decide (decision 0024).
        if self.status == 401:
            return isinstance(self.body, dict) or self.challenge.lower().startswith("bearer")
        detail = _reason(self.body).casefold()
        says_so = any(words in detail for words in _TOKEN_WORDS)
        return self.status == 403 and (says_so or (detail == "forbidden" and bool(self.token_problem)))


def server_error(answer: Answer) -> CliError:
    """Return the error for an answer that is not the JSON of a success."""
    error = _classify(answer)
    error.status, error.operation = answer.status, answer.operation
    error.retry_after = answer.retry_after
    # The server may have failed after it made the change (decision 0012).
    if answer.status >= 500:
        error.hint = doubt_hint(answer.method, answer.path) or error.hint
    return error


def doubt_hint(method: str, path: str) -> str:
    """Return the hint after a change whose answer does not say whether it was made; empty for a read."""
    return "" if method == "GET" or path.startswith("/auth/") else IN_DOUBT


def not_airflow(base_url: str, problem: str, content_type: str = "") -> CliError:
    kind = WebPage if content_type == "text/html" else NotAirflow
    return kind(
        f"{base_url} {problem}{proxy_suffix(base_url)}",
        "is this the address of the Airflow 3 API server, with its path prefix if it has one?",
    )


def unusable(base_url: str, method: str, path: str, content: str, content_type: str = "") -> CliError:
    """Return the error for a success that cannot be read: what was to be changed may have been."""
    error = not_airflow(base_url, f"answered {method} {show_path(path)} with {content}", content_type)
    error.hint = doubt_hint(method, path) or error.hint
    return error


def _classify(answer: Answer) -> CliError:
    status, why = answer.status, _reason(answer.body)
    if 300 <= status < 400:
        # What follows the path may hold a login's code or token, the part before "@" a password.
        target = answer.location.partition("?")[0].partition("#")[0].rpartition("@")[2] or "another place"
        if target.startswith(_GOOGLE_LOGIN):
            return NotLoggedIn(
                f"{answer.base_url} does not accept this login: it redirects to Google's login page",
                "that is not followed; see: gcloud auth list, and the roles of that account",
                status=status,
            )
        error = not_airflow(answer.base_url, f"redirects to {target}")
        origin = target.removesuffix(answer.path)
        if origin not in (target, answer.base_url):  # else it leads to a page, of a login say
            error.hint = f"if you trust that place: --url {origin}"
        return error
    if status in (502, 503, 504):
        why = why if isinstance(answer.body, dict) else "no API server behind it"
        message = f"{answer.base_url} answered {status}{proxy_suffix(answer.base_url)}"
        return Unreachable(_because(message, why), "try again, or ask who runs it")
    if status == 407 and (proxy := proxy_for(answer.base_url)):
        return Unreachable(
            f"{proxy.description} wants a user name and password", proxy.bypass_hint(answer.base_url)
        )
    if status == 429:
        wait = f"in {answer.retry_after} s" if answer.retry_after.isdigit() else "later"
        return ServerRefused("the server has had too many requests", f"try again {wait}")
    if status >= 500:
        failed = f"the server failed ({status}) on {answer.method} {show_path(answer.path)}"
        return ServerRefused(_because(failed, why), "the API server's log says more")
    if answer.wants_other_token:
        return _refused_token(answer, why)
    if not isinstance(answer.body, dict) and status in (401, 403):
        return NotLoggedIn(
            f"something before the API of {answer.base_url} answered {status}: it wants a login of its own",
            "ask who runs it how programs get through",
        )
    if not isinstance(answer.body, dict):
        kind = answer.content_type.partition(";")[0] or "nothing readable"
        return not_airflow(answer.base_url, f"answered {status} with {kind}, not JSON", kind)
    return _explain(answer, why)


def _explain(answer: Answer, detail: str) -> CliError:
    if answer.status == 401:
        return _not_logged_in(answer, detail)
    if answer.status == 403:
        return _not_allowed(answer, detail)
    if answer.status == 404 and "error" in answer.body:
        return NoRoute(
            f"the server does not know {answer.method} {show_path(answer.path)}",
            f"the id may hold a '/', or this Airflow is too old: {suggest('version', '--remote')}",
        )
    if answer.status == 404:
        named = "" if detail == "Not Found" else detail  # of a route, which names nothing
        where = unquote(answer.path.removeprefix("/api/v2/"))
        return NotFound(named) if named else NoRoute(f"not found: {where}")
    if answer.status == 409:
        return Conflict(detail or "it conflicts with what is there")
    if answer.status in (400, 422):
        return Invalid(detail or "the server did not accept the request")
    return ServerRefused(f"{answer.status}: {detail}" if detail else f"the server answered {answer.status}")


def _not_logged_in(answer: Answer, detail: str) -> CliError:
    """Return the error of a 401 without a refused token: of a wrong password, for instance."""
    if detail == _NO_TOKEN:
        why = f" ({answer.no_token})" if answer.no_token else ""
        return AuthenticationRequired(f"not logged in to {answer.base_url}{why}", answer.log_in)
    again = f"log in again: {answer.log_in}"
    return NotLoggedIn(f"{answer.base_url} says: {detail or 'not logged in'}", again)


def _not_allowed(answer: Answer, detail: str) -> CliError:
    """Return the error of a 403: a missing role, or a setting of the server."""
    if detail == _NO_TOKEN:
        return _not_logged_in(answer, detail)
    if detail in ("Forbidden", ""):
        who = answer.who or "this user"
        return NotAllowed(
            f"{who} may not {answer.method} {show_path(answer.path)} on {answer.base_url}",
            "ask an administrator for a role that may, or log in as another user",
        )
    who = f" as {answer.who}" if answer.who else ""
    return NotAllowed(
        detail, f"a setting of the server forbids it (asked{who}: {answer.method} {show_path(answer.path)})"
    )


def _refused_token(answer: Answer, detail: str) -> CliError:
    """Return the error for a token that the server refuses: another one may help."""
    again = f"log in again: {answer.log_in}"
    if detail == "Token Expired":
        return SessionEnded(f"the token for {answer.base_url} has expired", again)
    unsaid = detail in ("Forbidden", "Unauthorized", "Invalid JWT token", "")
    usual = "it was revoked, is of another server, or its user is gone"
    why = answer.token_problem or (usual if unsaid else detail)
    return SessionEnded(f"{answer.base_url} does not accept this token: {why}", again)


def _because(message: str, why: str) -> str:
    why = why if len(why) <= _LONGEST_REASON else why[: _LONGEST_REASON - 1] + "…"
    return f"{message}: {why}" if why else message


def _reason(body: Any) -> str:
    """Return the server's own words, in one line; of many the first."""
    return _detail(body.get("detail", body.get("error"))) if isinstance(body, dict) else ""


def _detail(detail: Any) -> str:
    """Return the words in `detail`, whatever its form."""
    if isinstance(detail, str):
        # After the first blank line a validator prints the schema and the value, which may be a secret.
        return " ".join(head(detail.lstrip()).rstrip().partition("\n\n")[0].split())
    if isinstance(detail, dict):
        if detail.get("reason") == "Unique constraint violation":
            return "it exists already"
        return head(str(detail.get("reason") or detail.get("message") or ""))
    if isinstance(detail, list):
        return head("; ".join(_field_problem(problem) for problem in detail[:_MOST_PROBLEMS]))
    return ""


def _field_problem(problem: Any) -> str:
    if not isinstance(problem, dict):
        return str(problem)
    names = problem.get("loc")
    parts = names if isinstance(names, list) else [names]
    location = [str(part) for part in parts if part not in ("body", "query", "path", None)]
    return ": ".join(part for part in (".".join(location), str(problem.get("msg", ""))) if part)
