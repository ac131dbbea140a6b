"""Reads the parts of an answer from the response."""

from __future__ import annotations

import time

import httpx

from airflowctl.api.answer_reader import parse
from airflowctl.api.auth.token import problem
from airflowctl.api.identity import Identity
from airflowctl.api.server_errors import Answer, unusable


def clock(response: httpx.Response) -> float:
    """Return the server's clock, in epoch seconds; ours where it does not say."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return time.time()


def is_empty(response: httpx.Response, method: str) -> bool:
    """Return whether a success has no content, as some changes have none: an empty body, or null."""
    if not response.content:
        return method != "GET" and (response.status_code == 204 or method == "DELETE")
    return method != "GET" and response.content.strip() == b"null"


def read_answer(response: httpx.Response, method: str, path: str, base_url: str, operation: str) -> Answer:
    kind = response.headers.get("content-type", "")
    if response.is_success and not response.content:
        raise unusable(base_url, method, path, "an empty answer")
    try:
        body = None
        if "json" in kind or not kind:  # /wait sends no content type
            body = parse(response.content)
    except (ValueError, RecursionError):
        if response.is_success:
            raise unusable(base_url, method, path, "JSON that cannot be read") from None
        body = None
    return Answer(
        response.status_code,
        kind,
        body,
        method,
        path,
        base_url,
        location=response.headers.get("location", ""),
        retry_after=response.headers.get("retry-after", ""),
        operation=operation,
    )


def add_identity(answer: Answer, identity: Identity, token: str, response: httpx.Response) -> Answer:
    """Add to a refusal what its error says of the user and the token."""
    if answer.status not in (401, 403):
        return answer
    return answer._replace(
        who=identity.who() if answer.status == 403 else "",
        no_token="" if token else identity.no_token(),
        log_in=identity.log_in(),
        token_problem=problem(token, clock(response)),
        has_token=bool(token),
        challenge=response.headers.get("www-authenticate", ""),
    )
