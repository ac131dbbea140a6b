"""A client that sends nothing: it records the requests, and answers with what must not be read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

import httpx

from airflowctl.api.client import Client
from airflowctl.api.list_pager import PAGE, Chunk, Query
from airflowctl.api.operations import OLDEST, version_key
from airflowctl.api.request import ApiRequest, new_id
from airflowctl.core.environment import Network
from airflowctl.core.errors import CliError


class AnswerRead(CliError):
    """A command reads an answer that no server has given."""


class UnknownAnswer(dict[str, Any]):
    """The answer to a request that was not sent: it can be handed on, and whatever looks into it raises
    AnswerRead, after `on_read` was called. The parts of a dict that no command uses are as ever."""

    def __init__(self, on_read: Callable[[], AnswerRead]) -> None:
        super().__init__()
        self._on_read = on_read

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise self._on_read()

    __getitem__ = __contains__ = __iter__ = __len__ = __bool__ = __eq__ = __or__ = _refuse
    get = keys = items = values = pop = copy = setdefault = update = _refuse
    __hash__ = None


class RecordedRequest(NamedTuple):
    """A request as it would be sent, without its login. `headers` are those beyond the usual ones, `is_open`
    where it needs no login, `is_change` where it changes something, `is_page` where it is the first of the
    pages of a list."""

    method: str
    url: str
    body: Any
    headers: Mapping[str, str]
    operation: str
    is_open: bool
    is_change: bool
    is_page: bool = False


class RequestRecorder(Client):
    """Records what would be sent, in `requests`. `failure` is raised after each request, where it is set;
    `needs` is the Airflow version that the requests need, empty for any. `is_read` once an answer was looked
    into, though the caller may have caught what that raised."""

    def __init__(self, base_url: str, *, network: Network) -> None:
        super().__init__(base_url, network=network)
        self.requests: list[RecordedRequest] = []
        self.failure: CliError | None = None
        self.needs = ""
        self.is_read = False

    def _answer_read(self) -> AnswerRead:
        self.is_read = True
        return AnswerRead("the answer is not known")

    def exchange(self, method: str, path: str, **values: Any) -> httpx.Response:
        """Record the request; return an empty success, for a caller that shows whatever comes."""
        self._record(method, path, **values)
        return httpx.Response(200)

    def send(self, method: str, path: str, **values: Any) -> Any:
        self._record(method, path, **values)
        return UnknownAnswer(self._answer_read)

    def _record(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        operation: str = "",
        **_: Any,
    ) -> None:
        # The client leaves out the same.
        params = {name: value for name, value in (query or {}).items() if value not in (None, ())}
        request = ApiRequest(method, path, params, body, headers or {}, operation, new_id())
        self._guard.admit(request)
        url = self._build_request(request, "").url  # as it is sent, and passed by the gate
        address = f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"
        self.requests.append(
            RecordedRequest(method, address, body, request.headers, operation, token == "", request.is_change)
        )
        # The request is known by now; what a command sends after a refusal is what is wanted.
        if self.failure is not None:
            raise self.failure

    def record(self, op: str, key: str, /, **facts: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call(op, **facts)
        return answer

    def unexpected_response(self, op: str, problem: str) -> CliError:
        return self._answer_read()

    # Nothing is asked, not even the version: `needs` is printed, for the reader to compare.
    def version(self) -> str:
        return ""

    def require(self, since: str, feature: str, until: str = "") -> None:
        if since not in ("", OLDEST):
            self.needs = max(self.needs, since, key=version_key)

    def events(self, *_: Any, **__: Any) -> Generator[dict[str, Any], None, dict[str, Any]]:
        raise self._answer_read()

    def document(self, path: str = "/openapi.json") -> dict[str, Any]:
        raise self._answer_read()

    def chunks(self, op: str, items: str, path: Mapping[str, str], limit: int | None,
               query: Query | None) -> Iterator[Chunk]:  # fmt: skip
        """Record the first page. Raises AnswerRead."""
        before = len(self.requests)
        try:
            yield from super().chunks(op, items, path, limit, query)
        finally:
            # A list that fits a page is whole, and needs no word about others.
            if limit is None or limit > PAGE:
                self.requests[before:] = [
                    request._replace(is_page=True) for request in self.requests[before:]
                ]
