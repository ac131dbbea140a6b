"""Something done to several things: what became of each."""

from __future__ import annotations

from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.result import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

FAILED, NOT_DONE, WOULD_FAIL = "failed", "not done", "would fail"


def outcomes(
    rows: list[dict[str, Any]],
    *key: str,
    blank: Mapping[str, object] | None = None,
    empty: str = "nothing to do",
) -> Rows:
    """Rows with a `result` and, where there is something to say of it, a `reason`. `key` are the fields that
    name the thing, and `blank` is as in Rows. Exit code 1 if one failed."""
    is_bad = any(row["result"] in (FAILED, NOT_DONE, WOULD_FAIL) for row in rows)
    optional = {**(blank or {}), "reason": None}
    columns = (*key, "result", "reason")
    return Rows(rows, columns, key[0], optional, empty, code=REFUSED if is_bad else DONE)
