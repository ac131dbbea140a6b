"""What an answer holds, read from the response."""

from __future__ import annotations

import time

import httpx

from airflowctl.api.server_errors import Answer, unusable


def clock(response: httpx.Response) -> float:
    """The server's clock, in epoch seconds; ours where it does not say."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return time.time()


def says_nothing(response: httpx.Response, method: str) -> bool:
    """Whether a success has no answer, as some changes have none: an empty one, or null."""
    if not response.content:
        return response.status_code == 204 or method == "DELETE"
    return method != "GET" and response.content.strip() == b"null"


def read(response: httpx.Response, method: str, path: str, base_url: str, operation: str) -> Answer:
    kind = response.headers.get("content-type", "")
    if response.is_success and not response.content:
        raise unusable(base_url, method, path, "an empty answer")
    try:
        body = response.json() if "json" in kind or not kind else None  # of /wait it is not said
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
