"""The client of one Airflow server: the only sender of its requests; each failure becomes a CliError."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from copy import copy
from typing import Any

import httpx

from airflowctl.api.answer_reader import attach_operation
from airflowctl.api.deadline import TimeLimits
from airflowctl.api.gate import Gate
from airflowctl.api.identity import Anonymous, Identity
from airflowctl.api.operations import OLDEST, Operation, table, version_key
from airflowctl.api.plugins import is_absent, may_be_absent, plugin_missing
from airflowctl.api.request import ID_HEADER, ApiRequest, Guard, OnResponse, new_id
from airflowctl.api.responses import add_identity, is_empty, read_answer
from airflowctl.api.retry_policy import RetryPolicy
from airflowctl.api.server_errors import IN_DOUBT, doubt_hint, not_airflow, server_error, unusable
from airflowctl.api.transport import connect, lift_limit, read_whole
from airflowctl.core.environment import Network
from airflowctl.core.errors import (
    AuthenticationRequired,
    CliError,
    Interrupted,
    NotAllowed,
    NotFound,
    SessionEnded,
    UsageError,
)  # fmt: skip
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.url import fill, show_path

if TYPE_CHECKING:
    from airflowctl.api.list_pager import Chunk, Query
    from airflowctl.api.request_headers import RequestHeaders

# Sends a request by the last of its arguments, after it has read what the request changes: operation, query,
# body, path.
Interceptor = Callable[[str, Mapping[str, Any] | None, Any, Mapping[str, str], Callable[[], Any]], Any]


class Client:
    """Calls the operations of one server.

    A token is asked for when an operation needs one, and sent to `base_url` only: redirects are never
    followed. A request that changes something is sent once, and again only where the server did nothing yet
    (it refused the token, or the connection), or where it is the same to do it twice (`REPEATABLE`).
    """

    def __init__(
        self, base_url: str, identity: Identity | None = None, *,
        network: Network = Network(),  # noqa: B008 - it cannot be changed
        transport: httpx.BaseTransport | None = None, headers: RequestHeaders | None = None,
    ) -> None:  # fmt: skip
        self.base_url = base_url
        self._identity: Identity = identity or Anonymous()
        self.changes = 0  # how often this view has changed something on the server
        self.interceptor: Interceptor | None = None  # records the changes of a line, for undo
        self._trace: Callable[[str], None] | None = None
        self._progress: Callable[[int, int | None], None] | None = None
        self.note: Callable[[str], object] | None = None
        self._guard, self._retries, self._limits = Guard(), RetryPolicy(), TimeLimits()
        self._gate = Gate(base_url, network)
        self._known: dict[str, str] = {}  # shared by all views, as are
        self._documents: dict[str, dict[str, Any]] = {}
        self.forbidden: set[str] = set()  # and the operations that were answered 403
        self._http = connect(self._gate, network, transport, headers)

    def with_options(
        self,
        *,
        limits: TimeLimits = TimeLimits(),  # noqa: B008 - it cannot be changed
        trace: Callable[[str], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
        note: Callable[[str], object] | None = None,
        identity: Identity | None = None,
        guard: Guard = Guard(),  # noqa: B008 - it cannot be changed
        retry_for: float = 0.0,
        wait: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> Client:
        """Return this client with other time limits, callbacks, and a guard of its requests."""
        # Connections, version and forbidden operations stay shared: one client a server (decision 0021).
        other = copy(self)
        other._limits, other._identity = limits, identity or self._identity
        other._trace, other._progress, other.note, other._guard = trace, progress, note, guard
        other._retries, other.changes = RetryPolicy(retry_for, note, wait), 0
        return other

    def record(self, op: str, key: str, /, **facts: Any) -> dict[str, Any]:
        """Return the one object of an operation's answer; `key` is a field that it must have. As `call`."""
        answer = self.call(op, **facts)
        if not isinstance(answer, dict) or key not in answer:
            raise self.unexpected_response(op, f"without {key}")
        answer[key]  # raises for one of another type
        return answer

    def unexpected_response(self, op: str, problem: str) -> CliError:
        """Return the error for an answer that no Airflow gives; `problem` follows `answered get_pool`."""
        error = not_airflow(self.base_url, f"answered {op} {problem}")
        error.hint = doubt_hint(table()[op].method, "") or error.hint
        return error

    def call(
        self,
        op: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Any = None,
        ignorable: Any = None,
        **path: str,
    ) -> Any:
        """Call an operation by its id; return the JSON of its answer, or None when it has none.

        `path` fills the parameters of the path (percent-encoded here), `query` those of the query
        (None is left out, a tuple is repeated), `body` is sent as JSON, `headers` with it. `ignorable` is
        more of the query, which servers that do not know it pass over.
        Raises CliError.
        """
        operation = table()[op]
        unknown = {name for name in query or {} if name not in operation.query}
        if unknown:
            raise ValueError(f"{op} has no query parameter {', '.join(sorted(unknown))}")
        names = [name for name, value in (query or {}).items() if value not in (None, ())]
        self.require(operation.needs(names), op, operation.until)

        if has_line_end := any("\n" in name for name in path.values()):
            from airflowctl.api import line_ends

        def send() -> Any:
            # The route would find no such thing, or another one (decision 0015).
            if has_line_end and line_ends.is_unroutable(op, path):
                return line_ends.call(self, op, path)
            sent, where = {**(query or {}), **(ignorable or {})}, fill(operation.path, path)
            try:
                with self.plugin_errors(operation):
                    answer = self.send(
                        operation.method,
                        where,
                        query=sent,
                        body=body,
                        headers=headers,
                        token="" if operation.open else None,
                        operation=op,
                    )
                return attach_operation(op, answer)
            except NotFound:
                if not (has_line_end and line_ends.is_listed_instead(op, path)):
                    raise
                return line_ends.call(self, op, path)

        return self.interceptor(op, query, body, path, send) if self.interceptor else send()

    @contextmanager
    def plugin_errors(self, operation: Operation) -> Iterator[None]:
        """Raise NoPlugin for a request within it that goes to an API of a plug-in which the server lacks."""
        try:
            yield
        except CliError as error:
            if operation.plugin and may_be_absent(error) and is_absent(self, error, operation.path):
                raise plugin_missing(operation.plugin, self.base_url, error.status) from None
            raise

    def events(
        self, op: str, items: str, *, query: Query | None = None, by_line: bool = False, **path: str
    ) -> Generator[dict[str, Any], None, dict[str, Any]]:
        """Yield the objects of the list `items` of an answer, each as it arrives, so that the whole is never
        held; return the answer's other fields. Texts among them become `{"event": text}`.

        `by_line` asks for one object a line (ndjson) instead, without other fields. An answer that the server
        has to gather first may take its time. Otherwise as `call`.
        """
        from airflowctl.api.stream import decode_text, read_lines, read_list

        operation, patient = table()[op], copy(self)
        patient._limits = self._limits.of_stream()
        where, started = fill(operation.path, path), time.perf_counter()
        response = patient.exchange(
            operation.method,
            where,
            query=query,
            operation=op,
            headers={"Accept": "application/x-ndjson"} if by_line else None,
            stream=True,
        )
        with closing(response), ExitStack() as after:
            after.callback(
                lambda: self._trace_exchange(
                    response.request, where, f"200, {response.num_bytes_downloaded} bytes", started
                )
            )
            lift_limit(response)  # here the limit is on each line (decision 0033)
            silence, wait = patient._limits.silence, self._retries.wait
            text = decode_text(response, where, self.base_url, silence, wait)
            kind = response.headers.get("content-type", "")
            if "ndjson" in kind:
                yield from read_lines(text, lambda problem: self.unexpected_response(op, problem))
                return {}
            if kind and "json" not in kind:
                raise unusable(self.base_url, operation.method, where, f"{kind or 'something'}, not JSON")
            return (yield from read_list(text, items, lambda problem: self.unexpected_response(op, problem)))

    def version(self) -> str:
        """Return the server's Airflow version, fetched once."""
        if "version" not in self._known:
            answer = self.send("GET", table()["get_version"].path, token="", operation="get_version")
            self._known["version"] = answer["version"] if isinstance(answer.get("version"), str) else ""
        return self._known["version"]

    def document(self, path: str = "/openapi.json") -> dict[str, Any]:
        """Return the server's own OpenAPI document, fetched once."""
        if path not in self._documents:
            answer = self.send("GET", path, token="")
            self._documents[path] = answer if isinstance(answer, dict) else {}
        return self._documents[path]

    def require(self, since: str, feature: str, until: str = "") -> None:
        """Raise UsageError if the server is too old for something, or too new."""
        # The version costs a request: it is fetched only for what not every supported server has (decision
        # 0005).
        if since in ("", OLDEST) and not until:
            return
        has = version_key(self.version())
        if has and has[:2] < version_key(since):
            raise UsageError(f"{feature} needs Airflow {since}, and {self.base_url} has {self.version()}")
        if has and until and has[:2] > version_key(until):
            raise UsageError(f"{feature} is gone since Airflow {until}: {self.base_url} has {self.version()}")

    def pages(
        self, op: str, items: str, *, limit: int | None = None, query: Query | None = None, **path: str
    ) -> Iterator[dict[str, Any]]:
        """Yield all items of a list operation, or exactly `limit`, fetching a page as it is needed."""
        for chunk in self.chunks(op, items, path, limit, query):
            yield from chunk.rows
            if self._progress and not chunk.is_last:
                self._progress(chunk.received, chunk.total if limit is None else limit)

    def chunks(self, op: str, items: str, path: Mapping[str, str], limit: int | None,
               query: Query | None) -> Iterator[Chunk]:  # fmt: skip
        """Yield the pages of a list operation, with what is known of each. Otherwise as `pages`."""
        from airflowctl.api.list_pager import iter_pages

        return iter_pages(self, op, items, path, limit, query, self.note)

    def page(
        self, op: str, items: str, path: Mapping[str, str], *,
        limit: int | None = None, offset: int = 0, query: Query | None = None,
    ) -> tuple[list[dict[str, Any]], int | None]:  # fmt: skip
        """Return one page, the longest if no limit is named, and the number of all items, if it is known."""
        from airflowctl.api.list_pager import PAGE, Position, fetch_page

        page = fetch_page(self, op, items, path, Position(limit or PAGE, offset, None), query)
        return page.rows, len(page.rows) if page.is_whole else page.total

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
        operation: str = "",
    ) -> Any:
        """Send one request; return its JSON object, or None for an empty answer. Raises CliError else.

        `token` is sent instead of the identity's own; an empty one sends none.
        """
        response = self.exchange(
            method, path, query=query, body=body, token=token, operation=operation, headers=headers
        )
        if is_empty(response, method):
            return None
        answer = read_answer(response, method, path, self.base_url, operation)
        if not isinstance(answer.body, dict):
            kind = answer.content_type.partition(";")[0]
            content = "something else" if kind == "application/json" else f"{kind or 'something'}, not JSON"
            raise unusable(self.base_url, method, path, content, kind)
        return answer.body

    def exchange(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: Any = None,
        token: str | None = None,
        operation: str = "",
        headers: Mapping[str, str] | None = None,
        on_response: OnResponse | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """Send one request; return its answer, if it is a success, whatever its content. `on_response`
        gets every answer; `stream` leaves a success to be read, and closed, by the caller. Otherwise as
        `send`."""
        params = {name: value for name, value in (query or {}).items() if value not in (None, ())}
        request = ApiRequest(method, path, params, body, headers or {}, operation, new_id())
        try:
            self._guard.admit(request)
            token_in_use = self._identity.token() if token is None else token
            try:
                response = self._retries.send(
                    lambda: self._send_with_token(request, token_in_use, on_response, stream),
                    is_repeatable=request.is_repeatable,
                )
            # Nothing was done yet, so it can be sent with another token (decisions 0012 and 0024).
            except (SessionEnded, AuthenticationRequired):
                fresh = self._identity.renew(token_in_use) if token is None else ""
                if not fresh:
                    raise
                response = self._send_with_token(request, fresh, on_response, stream)
        except CliError as error:
            error.request_id = error.request_id or request.id
            raise
        # Counted after the answer: dispatch says "it is done, but" by what was sent (decision 0012).
        self.changes += self._guard.record_success(request)
        return response

    def _send_with_token(
        self, request: ApiRequest, token: str, on_response: OnResponse | None, stream: bool
    ) -> httpx.Response:
        """Send the request with this token and return a success; raises CliError for any other answer."""
        response = self._send_request(self._build_request(request, token), request.path, stream)
        if on_response:
            on_response(response)
        if response.is_success:
            return response
        # Kept in no variable here: the error and this frame, with the body, would keep each other.
        raise self._refusal(request, token, response)

    def _refusal(self, request: ApiRequest, token: str, response: httpx.Response) -> CliError:
        answer = read_answer(response, request.method, request.path, self.base_url, request.operation)
        error = server_error(add_identity(answer, self._identity, token, response))
        if isinstance(error, NotAllowed):
            self.forbidden.add(request.operation)
        return error

    def _build_request(self, request: ApiRequest, token: str) -> httpx.Request:
        """Build the request; raises UsageError where it cannot be sent, or not safely."""
        has_secret = bool(token) or request.body is not None  # a password, the value of a variable
        try:
            # Before the token is in it: what the gate compares is what is sent (decision 0013).
            address = self._gate.address(self.base_url + request.path, request.params, has_secret=has_secret)
            headers = {**request.headers, ID_HEADER: request.id}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            limits = self._limits.of_operation(request.operation)
            return self._http.build_request(
                request.method, address, json=request.body, headers=headers, **limits.arguments
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, OverflowError) as error:
            raise UsageError(f"this cannot be sent to {self.base_url}: {error}") from None

    def close(self) -> None:
        self._http.close()

    def _send_request(self, request: httpx.Request, path: str, stream: bool) -> httpx.Response:
        """Send a request; only a GET whose connection broke is sent again, once."""
        for attempt in (1, 2):
            started, outcome = time.perf_counter(), "no answer"
            try:
                response = self._http.send(request, stream=stream)
                if stream and response.is_success:
                    outcome = ""  # traced when it has been read
                    return response
                outcome = f"{response.status_code}, {len(read_whole(response))} bytes"
                return response
            except httpx.HTTPError as error:
                outcome = type(error).__name__
                cut_off = isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
                # A change is sent once: the server may have made it before that (decision 0012).
                if cut_off and request.method == "GET" and attempt == 1:
                    continue
                from airflowctl.api.transport_errors import transport_error as failure

                raise failure(error, request.method, path, self.base_url, self._limits.silence) from None
            except UnicodeError:
                raise UsageError(f"{self.base_url} has a host name that cannot be") from None
            except KeyboardInterrupt:
                if request.method == "GET":
                    raise
                raise Interrupted(hint=f"{request.method} {show_path(path)} was sent: {IN_DOUBT}") from None
            finally:
                if outcome:
                    self._trace_exchange(request, path, outcome, started)
        raise AssertionError("the second attempt returns or raises")

    def _trace_exchange(self, request: httpx.Request, path: str, outcome: str, started: float) -> None:
        if self._trace:
            took = (time.perf_counter() - started) * 1000
            request_id = request.headers.get(ID_HEADER, "")
            self._trace(f"{request.method} {path} -> {outcome}, {took:.0f} ms, request {request_id}")
