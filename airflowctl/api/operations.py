"""Which operations the API has: the generated table operations.json, read on first use."""

from __future__ import annotations

import json
import os
from functools import cache

from airflowctl.core.typed import NamedTuple


class Operation(NamedTuple):
    """One operation. `query` maps each parameter to its type; `since`/`until` are Airflow versions."""

    method: str
    path: str
    query: dict[str, str]
    open: bool
    since: str
    until: str


@cache
def table() -> dict[str, Operation]:
    """All operations of the supported servers, by operationId."""
    with open(os.path.join(os.path.dirname(__file__), "operations.json"), encoding="utf-8") as file:
        return {op: Operation(*row) for op, row in json.load(file).items()}
