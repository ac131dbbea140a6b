"""The only place that speaks HTTP: one connection pool a server, every fault translated."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from copy import copy
from typing import Any

import httpx

from airflowctl.api import line_ends
from airflowctl.api.auth.token import problem
from airflowctl.api.bounded import unbind
from airflowctl.api.gate import Gate
from airflowctl.api.identity import Identity, Nobody
from airflowctl.api.list_pager import PAGE, Chunk, Place
from airflowctl.api.operations import OLDEST, Operation, table, version_key
from airflowctl.api.pages import Query, ask, every
from airflowctl.api.plugins import nobody_there, without
from airflowctl.api.request import ID_HEADER, ApiRequest, Guard, new_id
from airflowctl.api.responses import clock, read, says_nothing
from airflowctl.api.server_errors import IN_DOUBT, Answer, doubt, not_airflow, refusal, unusable
from airflowctl.api.transport import PATIENCE, TIMEOUT, connect, limit
from airflowctl.api.transport_errors import broken
from airflowctl.core.environment import Network
from airflowctl.core.errors import (
    CliError,
    Interrupted,
    NobodyAsked,
    NotAllowed,
    NotFound,
    SessionEnded,
    UsageError,
)
from airflowctl.core.url import fill

# Sends a request by the last of its arguments, after a look at what it changes: operation, query, body, path.
Around = Callable[[str, Query | None, Any, Mapping[str, str], Callable[[], Any]], Any]


class Client:
    """Calls the operations of one server.

    A token is asked for when an operation needs one, and sent to `base_url` only: redirects are never
    followed. A request that changes something is sent at most once, and again only where the server
    refused its token, before it did anything.
    """

    def __init__(
        self,
        base_url: str,
        identity: Identity | None = None,
        *,
        network: Network = Network(),  # noqa: B008 - it cannot be changed
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.base_url = base_url
        self._identity: Identity = identity or Nobody()
        self._timeout = TIMEOUT
        self.changes = 0  # how often this view has changed something on the server
        self.around: Around | None = None  # what keeps the changes of a line, so that they can be undone
        self._trace: Callable[[str], None] | None = None
        self._progress: Callable[[int, int | None], None] | None = None
        self.note: Callable[[str], object] | None = None
        self._guard = Guard()
        self._gate = Gate(base_url, network)
        self._known: dict[str, str] = {}  # shared by all views, as are
        self._documents: dict[str, dict[str, Any]] = {}
        self.forbidden: set[str] = set()  # and the operations that were answered 403
        self._http = connect(self._gate, network, transport)

    def view(
        self,
        *,
        timeout: float | None = None,
        trace: Callable[[str], None] | None = None,
        progress: Callable[[int, int | None], None] | None = None,
        note: Callable[[str], object] | None = None,
        identity: Identity | None = None,
        guard: Guard = Guard(),  # noqa: B008 - it cannot be changed
    ) -> Client:
        """The same client with another time limit (in seconds), callbacks that follow what it does, and a
        guard that may refuse a request before it is sent."""
        other = copy(self)
        other._timeout = timeout or TIMEOUT
        other._identity = identity or self._identity
        other._trace, other._progress, other.note, other._guard = trace, progress, note, guard
        other.changes = 0
        return other

    def record(self, op: str, key: str, /, **facts: Any) -> dict[str, Any]:
        """The one object an operation answers with; `key` is a field that it must have. As `call`."""
        answer = self.call(op, **facts)
        if not isinstance(answer, dict) or key not in answer:
            raise self.odd(op, f"without {key}")
        return answer

    def odd(self, op: str, what: str) -> CliError:
        """The error for an answer that no Airflow gives; `what` goes on after `answered get_pool`."""
        error = not_airflow(self.base_url, f"answered {op} {what}")
        error.hint = doubt(table()[op].method, "") or error.hint
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
        """Call an operation by its id; the JSON of its answer, or None when it has none.

        `path` fills the parameters of the path (percent-encoded here), `query` those of the query
        (None is left out, a tuple is repeated), `body` is sent as JSON, `headers` with it. `ignorable` is
        more of the query, which servers that do not know it pass over.
        Raises CliError.
        """
        operation = table()[op]
        unknown = {name for name in query or {} if name not in operation.query}
        if unknown:
            raise ValueError(f"{op} has no query parameter {', '.join(sorted(unknown))}")
        given = [name for name, value in (query or {}).items() if value not in (None, ())]
        self.require(operation.needs(given), op, operation.until)
        token = "" if operation.open else None

        def send() -> Any:
            if line_ends.is_apart(op, path):
                return line_ends.call(self, op, path)
            sent = {**(query or {}), **(ignorable or {})}
            where = fill(operation.path, path)
            try:
                with self.plugged(operation):
                    return self.send(
                        operation.method,
                        where,
                        query=sent,
                        body=body,
                        headers=headers,
                        token=token,
                        operation=op,
                    )
            except NotFound:
                if not line_ends.is_to_look_for(op, path):
                    raise
                return line_ends.call(self, op, path)

        return self.around(op, query, body, path, send) if self.around else send()

    @contextmanager
    def plugged(self, operation: Operation) -> Iterator[None]:
        """Around a request: where it is one to a plug-in that is not there, the error says so (NoPlugin)."""
        try:
            yield
        except CliError as error:
            if not operation.plugin or not nobody_there(error):
                raise
            with suppress(NotAllowed):  # what answers in the plug-in's place takes any login
                self.call("get_plugins", query={"limit": 1})
            raise without(operation.plugin, self.base_url) from None

    def events(
        self, op: str, items: str, *, query: Query | None = None, by_line: bool = False, **path: str
    ) -> Generator[dict[str, Any], None, dict[str, Any]]:
        """The objects of the list `items` of an answer, each as it arrives, so that the whole is never held;
        what it returns are the answer's other fields. Texts among them become `{"event": text}`.

        `by_line` asks for one object a line (ndjson) instead, without other fields. An answer that the server
        has to gather first may take its time. Otherwise as `call`.
        """
        from airflowctl.api.stream import by_lines, in_list, pieces

        operation, patient = table()[op], copy(self)
        patient._timeout = PATIENCE if self._timeout == TIMEOUT else self._timeout
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
            unbind(response)
            text = pieces(response, where, self.base_url, patient._timeout)
            kind = response.headers.get("content-type", "")
            if "ndjson" in kind:
                yield from by_lines(text, lambda what: self.odd(op, what))
                return {}
            if "json" not in kind:
                raise unusable(self.base_url, operation.method, where, f"{kind or 'something'}, not JSON")
            return (yield from in_list(text, items, lambda what: self.odd(op, what)))

    def version(self) -> str:
        """The server's Airflow version, asked for once."""
        if "version" not in self._known:
            found = self.send("GET", table()["get_version"].path, token="", operation="get_version")
            self._known["version"] = str(found.get("version", "")) if isinstance(found, dict) else ""
        return self._known["version"]

    def document(self, path: str = "/openapi.json") -> dict[str, Any]:
        """The server's own OpenAPI document, asked for once."""
        if path not in self._documents:
            found = self.send("GET", path, token="")
            self._documents[path] = found if isinstance(found, dict) else {}
        return self._documents[path]

    def require(self, since: str, what: str, until: str = "") -> None:
        """Raise UsageError if the server is too old for something, or too new; it is asked only if there is
        a server that we support and that lacks it."""
        if since in ("", OLDEST) and not until:
            return
        has = version_key(self.version())
        if has and has[:2] < version_key(since):
            raise UsageError(f"{what} needs Airflow {since}, and {self.base_url} has {self.version()}")
        if has and until and has[:2] > version_key(until):
            raise UsageError(f"{what} is gone since Airflow {until}: {self.base_url} has {self.version()}")

    def pages(
        self, op: str, items: str, *, limit: int | None = None, query: Query | None = None, **path: str
    ) -> Iterator[dict[str, Any]]:
        """All items of a list operation, or exactly `limit`, asking for a page as it is needed."""
        for chunk in self.chunks(op, items, path, limit, query):
            yield from chunk.rows
            if self._progress and not chunk.is_last:
                self._progress(chunk.received, chunk.total if limit is None else limit)

    def chunks(
        self, op: str, items: str, path: Mapping[str, str], limit: int | None, query: Query | None
    ) -> Iterator[Chunk]:
        """As `pages`, with what is known of each page."""
        return every(self, op, items, path, limit, query, self.note)

    def page(
        self,
        op: str,
        items: str,
        path: Mapping[str, str],
        *,
        limit: int = PAGE,
        offset: int = 0,
        query: Query | None = None,
    ) -> tuple[list[dict[str, Any]], int | None]:
        """One page of a list operation, and how many items there are in all, if the server says so."""
        page = ask(self, op, items, path, Place(limit, offset, None), query)
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
        """One request; its JSON object, or None for an empty answer. Raises CliError for everything else.

        `token` is sent instead of the identity's own; an empty one sends none.
        """
        response = self.exchange(
            method, path, query=query, body=body, token=token, operation=operation, headers=headers
        )
        if says_nothing(response, method):
            return None
        answer = read(response, method, path, self.base_url, operation)
        if not isinstance(answer.body, dict):
            kind = answer.content_type.partition(";")[0]
            what = "something else" if kind == "application/json" else f"{kind or 'something'}, not JSON"
            raise unusable(self.base_url, method, path, what)
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
        seen: Callable[[httpx.Response], None] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """One request; its answer, whatever is in it, if it is a success. `seen` is shown every answer;
        `stream` leaves a success to be read, and closed, by who asked. Otherwise as `send`."""
        params = {name: value for name, value in (query or {}).items() if value not in (None, ())}
        asked = ApiRequest(method, path, params, body, headers or {}, operation, new_id())
        try:
            self._guard.admit(asked)
            used = self._identity.token() if token is None else token
            try:
                response = self._answered(asked, used, seen, stream)
            except (SessionEnded, NobodyAsked):
                fresh = self._identity.renewed(used) if token is None else ""
                if not fresh:
                    raise
                response = self._answered(asked, fresh, seen, stream)
        except CliError as error:
            error.request_id = error.request_id or asked.id
            raise
        self.changes += asked.is_change
        return response

    def _answered(
        self, asked: ApiRequest, token: str, seen: Callable[[httpx.Response], None] | None, stream: bool
    ) -> httpx.Response:
        """What it is answered with this token; raises CliError for all but a success."""
        response = self._exchange(self._request(asked, token), asked.path, stream)
        if seen:
            seen(response)
        if not response.is_success:
            answer = read(response, asked.method, asked.path, self.base_url, asked.operation)
            error = refusal(self._with_identity(answer, token, response))
            if isinstance(error, NotAllowed):
                self.forbidden.add(asked.operation)
            raise error
        return response

    def _request(self, asked: ApiRequest, token: str) -> httpx.Request:
        """Raises UsageError where it cannot be sent, or not safely: before the token is in it."""
        has_secret = bool(token) or asked.body is not None  # a password, the value of a variable
        try:
            address = self._gate.address(self.base_url + asked.path, asked.params, has_secret=has_secret)
            headers = {**asked.headers, ID_HEADER: asked.id}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            return self._http.build_request(
                asked.method, address, json=asked.body, headers=headers, timeout=limit(self._timeout)
            )
        except (httpx.InvalidURL, UnicodeError, ValueError, OverflowError) as error:
            raise UsageError(f"this cannot be sent to {self.base_url}: {error}") from None

    def _with_identity(self, answer: Answer, token: str, response: httpx.Response) -> Answer:
        """What a refusal has to say of who asked."""
        if answer.status not in (401, 403):
            return answer
        return answer._replace(
            who=self._identity.who() if answer.status == 403 else "",
            no_token="" if token else self._identity.no_token(),
            log_in=self._identity.log_in(),
            token_problem=problem(token, clock(response)),
            has_token=bool(token),
            challenge=response.headers.get("www-authenticate", ""),
        )

    def close(self) -> None:
        self._http.close()

    def _exchange(self, request: httpx.Request, path: str, stream: bool) -> httpx.Response:
        """Send it. Only a GET whose connection broke is sent again, once: it changes nothing."""
        for attempt in (1, 2):
            started, outcome = time.perf_counter(), "no answer"
            try:
                response = self._http.send(request, stream=stream)
                if stream and response.is_success:
                    outcome = ""  # told when it has been read
                    return response
                outcome = f"{response.status_code}, {len(response.read())} bytes"
                return response
            except httpx.HTTPError as error:
                outcome = type(error).__name__
                cut_off = isinstance(error, httpx.ReadError | httpx.RemoteProtocolError)
                if cut_off and request.method == "GET" and attempt == 1:
                    continue
                raise broken(error, request.method, path, self.base_url, self._timeout) from None
            except UnicodeError:
                raise UsageError(f"{self.base_url} has a host name that cannot be") from None
            except KeyboardInterrupt:
                if request.method == "GET":
                    raise
                raise Interrupted(f"interrupted during {request.method} {path}", IN_DOUBT) from None
            finally:
                if outcome:
                    self._trace_exchange(request, path, outcome, started)
        raise AssertionError("the second attempt returns or raises")

    def _trace_exchange(self, request: httpx.Request, path: str, outcome: str, started: float) -> None:
        if self._trace:
            took = (time.perf_counter() - started) * 1000
            request_id = request.headers.get(ID_HEADER, "")
            self._trace(f"{request.method} {path} -> {outcome}, {took:.0f} ms, request {request_id}")
