"""Variables, connections and pools on a server: read by name or as a list, changed in bulk requests."""

from __future__ import annotations

from airflowctl.core.errors import CliError, Invalid, NoRoute, NotFound
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.bulk_results import errors
from airflowctl.domain.differences import CREATE
from airflowctl.domain.file_params import SKIP
from airflowctl.domain.import_kind import Answer, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import Any

    from airflowctl.domain.differences import Comparison, Difference, Fields
    from airflowctl.domain.file_params import ImportValues
    from airflowctl.domain.import_items import Shape
    from airflowctl.session.session import Session


class Operations(NamedTuple):
    """The operations of a noun: bulk requests, the list, one thing by the parameter `path`; and the action
    of a bulk request that changes what exists."""

    bulk: str
    list: str
    get: str
    path: str
    change: str


def bulk_kind(
    items: str,
    key: str,
    load: Callable[[], tuple[Shape, Comparison]],
    *,
    path: str,
    change: str,
    prefix: str = "",
) -> Kind:
    """Return the kind of a noun whose operations are named after it; the others as in Operations and Kind."""
    operations = Operations(f"bulk_{items}", f"get_{items}", f"get_{items.removesuffix('s')}", path, change)
    return Kind(
        items, key, load, lambda session, values: BulkStore(session, values, items, key, operations), prefix
    )


class BulkStore:
    """Things that the server takes many of at once."""

    size = 200  # each request has its own time limit

    def __init__(
        self, session: Session, settings: ImportValues, items: str, key: str, operations: Operations
    ) -> None:
        self._session, self._items, self._key, self._operations = session, items, key, operations
        # With `fail`, what another client has just made is looked at again, not written over blindly.
        self._existing = SKIP if settings.action == SKIP else "fail"

    def check(self, name: str, fields: Fields) -> None:
        """Raise nothing: whatever can be wrong with an item of this store is seen in the file itself."""

    def read(self, names: Collection[str]) -> Mapping[str, Fields]:
        return {item[self._key]: item for item in self._read(names)}

    def _read(self, names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Yield the things of these names, in as few requests as that takes."""
        missing, can_ask = set(names), all(map(_is_plain, names))
        for chunk in self._session.api.chunks(self._operations.list, self._items, {}, None, None):
            rows = [row for row in chunk.rows if row.get(self._key) in missing]
            yield from rows
            missing.difference_update(row[self._key] for row in rows)
            if not missing:
                return
            if can_ask and not chunk.is_last and len(missing) < _count_left(chunk):
                yield from self._read_alone(missing)
                return
            self._session.output.progress(chunk.received, chunk.total)

    def _read_alone(self, names: Collection[str]) -> Iterator[dict[str, Any]]:
        operations = self._operations
        for name in sorted(names):
            try:
                yield self._session.api.record(operations.get, self._key, **{operations.path: name})
            except NoRoute:
                raise
            except NotFound:
                continue

    def send(self, action: str, chunk: Sequence[Difference]) -> Answer:
        api_action = "create" if action == CREATE else self._operations.change
        body = {"actions": [self._action(action, api_action, chunk)]}
        try:
            answer = self._session.api.record(self._operations.bulk, api_action, body=body)[api_action] or {}
        except Invalid as error:
            raise _with_names(error, [difference.name for difference in chunk]) from None
        return Answer(set(answer.get("success") or ()), errors(answer))

    def _action(self, action: str, api_action: str, chunk: Sequence[Difference]) -> dict[str, Any]:
        entities = [dict(difference.entity) for difference in chunk]
        if action == CREATE:
            return {"action": api_action, "action_on_existence": self._existing, "entities": entities}
        if api_action == "create":
            return {"action": api_action, "action_on_existence": "overwrite", "entities": entities}
        return {"action": api_action, "action_on_non_existence": "fail", "entities": entities}


def _count_left(chunk: Any) -> int:
    """Return how many pages of a list are still to come; 0 where the server does not say so."""
    return -(-(chunk.total - chunk.received) // max(len(chunk.page.rows), 1)) if chunk.total else 0


def _is_plain(name: str) -> bool:
    """Return whether a path can hold a name on every server: not all take a dot or a slash there."""
    return name.replace("-", "_").replace(".", "_").isidentifier() and name.isascii()


def _with_names(error: Invalid, names: list[str]) -> CliError:
    """Return an error with names: the server counts the things of a request."""
    import re

    parts = list(dict.fromkeys(error.message.split("; ")))
    numbered = re.compile(r"actions\.\d+\.\w*\.?entities\.(\d+)\.?")

    def name(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"{names[number]}: " if number < len(names) else match[0]

    message = "; ".join(dict.fromkeys(numbered.sub(name, part) for part in parts))
    return Invalid(message, "nothing was changed", status=error.status, operation=error.operation)
