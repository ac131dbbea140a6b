"""The operations of the API: the generated table operations.json, read on first use."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache

from airflowctl.core.package_files import read_data
from airflowctl.core.typed import NamedTuple


class Operation(NamedTuple):
    """One operation. `since`/`until` are Airflow versions, `until` the last that has it, where newer ones
    have not. `query` maps each parameter to its type and, where it came later, its own first version; `body`
    each field of what is sent to that version, or to nothing; `plugin` is the provider that must be there."""

    method: str
    path: str
    query: dict[str, str]
    open: bool
    since: str
    until: str
    body: dict[str, str] = {}  # noqa: RUF012 - a default of a NamedTuple; it is never changed
    plugin: str = ""

    def needs(self, query: Iterable[str], body: Iterable[str] = ()) -> str:
        """Return the Airflow version that it needs with these query parameters and fields of its body."""
        late = (self.query[name].partition(" ")[2] for name in query)
        return max((self.since, *late, *(self.body[name] for name in body)), key=version_key)


OLDEST = "3.0"  # supported


def version_key(text: str) -> tuple[int, ...]:
    """`3.1.8` -> (3, 1, 8); what follows, `rc1` say, is left out. Empty for what is no version, as one number
    alone is none."""
    numbers: list[int] = []
    # Without a regular expression, which takes longer to compile than all else that a version needs.
    for part in text.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))][:9]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers) if len(numbers) > 1 else ()


@cache
def table() -> dict[str, Operation]:
    """Return all operations of the supported servers, by operationId."""
    return {op: Operation(*row) for op, row in json.loads(read_data(__name__, "operations.json")).items()}
