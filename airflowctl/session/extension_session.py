"""What a handler of a plug-in gets: the server by the session's client, and a line on stderr. No token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from airflowctl.core.errors import ExtensionError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Protocol

    from airflowctl.api.client import Client
    from airflowctl.output.printer import Printer

    Query = Mapping[str, Any]

    class Line(Protocol):
        """What plug-ins need of `session.Session`, which itself needs the registry, and that plug-ins."""

        @property
        def api(self) -> Client: ...
        @property
        def output(self) -> Printer: ...
        @property
        def place(self) -> str: ...
        @property
        def url(self) -> str: ...
        @property
        def is_production(self) -> bool: ...


class ExtensionSession:
    """The session of one line, as a plug-in sees it."""

    def __init__(self, session: Line, caller: str, may_change: bool) -> None:
        # Two underscores: a plug-in that reaches for the session by its name, and so for the token, finds
        # none.
        self.__session = session
        self.__caller = caller
        self.__may_change = may_change

    @property
    def api(self) -> ExtensionApi:
        """Return the server that the line goes to. Raises CliError where none is known."""
        return ExtensionApi(self.__session.api, self.__caller, self.__may_change)

    @property
    def environment(self) -> str:
        """Return the name of the environment that the line goes to, or the host of its address."""
        return self.__session.place

    @property
    def url(self) -> str:
        """Return the address of the API server; "" where it is not known."""
        return self.__session.url

    @property
    def is_production(self) -> bool:
        """Return whether the line goes to production."""
        return self.__session.is_production

    def note(self, text: str) -> None:
        """Print one line on stderr. stdout is for the result alone."""
        self.__session.output.note(text)


class ExtensionApi:
    """Calls the operations of the server with the login of the line, through all that guards its requests:
    read-only sessions, policy, audit log, the server's own address. A command that declares no effect cannot
    change anything."""

    def __init__(self, client: Client, caller: str, may_change: bool) -> None:
        self.__client = client
        self.__caller = caller
        self.__may_change = may_change

    def record(
        self, op: str, key: str, /, *, query: Query | None = None, body: Any = None, **path: str
    ) -> dict[str, Any]:
        """Return the one object an operation answers with; `key` is a field that it must have. As `call`."""
        self.__admit(op, body)
        return self.__client.record(op, key, query=query, body=body, **path)

    def call(self, op: str, /, *, query: Query | None = None, body: Any = None, **path: str) -> Any:
        """Call an operation by its operationId; the JSON of its answer, None where it has none.

        `path` fills the parameters of the path, `query` those of the query (None is left out, a tuple is
        repeated), `body` is sent as JSON. Raises CliError.
        """
        self.__admit(op, body)
        return self.__client.call(op, query=query, body=body, **path)

    def pages(
        self, op: str, items: str, /, *, limit: int | None = None, query: Query | None = None, **path: str
    ) -> Iterator[dict[str, Any]]:
        """Return all items of a list operation, or at most `limit`; a page is fetched as it is needed.
        `items` is the key of the list in the answer."""
        # A list is asked for by GET, whatever a plug-in would put into its body.
        self.__admit(op, None)
        return self.__client.pages(op, items, limit=limit, query=query, **path)

    def send(self, method: str, path: str, /, *, query: Query | None = None, body: Any = None) -> Any:
        """Return one request to a path below the server's address; its JSON object, None for an empty
        answer. For an API that is not Airflow's own. Raises CliError."""
        # Without it the words would continue the host name, and lead to another server.
        if not path.startswith("/"):
            raise ValueError(f"the path '{path}' does not begin with /")
        self.__check(method.upper(), path, body, "")
        return self.__client.send(method.upper(), path, query=query, body=body)

    def version(self) -> str:
        """Return the server's version of Airflow."""
        return self.__client.version()

    def __admit(self, op: str, body: Any) -> None:
        from airflowctl.api.operations import table

        # Named before it is sent: a misspelt operation would read as an error of the server.
        if op not in table():
            raise ValueError(f"'{op}' is no operation of the API")
        operation = table()[op]
        self.__check(operation.method, operation.path, body, op)

    def __check(self, method: str, path: str, body: Any, op: str) -> None:
        """Refuse a change that no declaration speaks of: no user was asked. Raises ExtensionError."""
        from airflowctl.api.request import ApiRequest

        if not self.__may_change and ApiRequest(method, path, {}, body, {}, op, "").is_change:
            raise ExtensionError(
                f"{self.__caller} declares no change: {method} {path} was not sent",
                "its author has to declare it: effect=",
            )
