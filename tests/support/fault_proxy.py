"""A proxy in front of a real server at which one change goes wrong, before or after the server makes it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import httpx

from tests.support.stub import Reply, Request, reply


def cut() -> Reply:
    """The connection breaks."""
    raise ConnectionError


def refuse(status: int, body: object = None, **headers: str) -> Callable[[], Reply]:
    """Another answer takes the place of the server's."""
    return lambda: reply({"detail": "nope"} if body is None else body, status, **headers)


class FaultProxy:
    """Passes requests on. The fault is at the change for which `is_at` is true the first time; `made` counts
    the bodies of POST that the server took."""

    def __init__(self, url: str, is_at: Callable[[Request], bool], fault: Callable[[], Reply], is_made: bool):
        self._client = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._is_at, self._fault, self._is_made = is_at, fault, is_made
        self.made: Counter[bytes] = Counter()
        self.is_reached, self.may_answer = threading.Event(), threading.Event()

    def hang(self) -> Reply:
        """No answer comes for as long as the test wants."""
        self.may_answer.wait(60)
        raise ConnectionError

    def __call__(self, request: Request) -> Reply:
        if self.is_reached.is_set() or request.method == "GET" or not self._is_at(request):
            return self._pass_on(request)
        if self._is_made:
            self._pass_on(request)
        self.is_reached.set()
        return self._fault()

    def _pass_on(self, request: Request) -> Reply:
        names = ("authorization", "content-type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        answer = self._client.request(request.method, request.target, headers=headers, content=request.body)
        self.made[request.body] += request.method == "POST" and answer.is_success
        kind = answer.headers.get("content-type", "")
        return Reply(answer.content, answer.status_code, (("Content-Type", kind),))
