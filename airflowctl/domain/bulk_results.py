"""Something done to several things: what became of each."""

from __future__ import annotations

from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import find_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

FAILED, NOT_DONE, WOULD_FAIL = "failed", "not done", "would fail"
NOT_BEGUN = "not begun"
NO_REASON = "the server did not do it"


def outcomes(
    rows: list[dict[str, Any]],
    *key: str,
    blank: Mapping[str, object] | None = None,
    empty: str = "nothing to do",
) -> Rows:
    """Return rows with a `result` and, where there is something to say of it, a `reason`. `key` are the
    fields that name the thing, and `blank` is as in Rows. Exit code 1 if one failed."""
    is_bad = any(row["result"] in (FAILED, NOT_DONE, WOULD_FAIL) for row in rows)
    optional = {**(blank or {}), "reason": None}
    columns = (*key, "result", "reason")
    return Rows(rows, columns, key[0], optional, empty, code=REFUSED if is_bad else DONE)


def errors(response: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the errors of a bulk response: each with `error`, a text, and from most servers its
    `status_code`."""
    listed = response.get("errors") or ()
    return [error if isinstance(error, dict) else {"error": error} for error in listed]


def reasons(response: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return why it was not done, by those of the names sent for which a bulk response gives a reason:
    its errors are texts, and the first that names it whole is the reason."""
    # Some answers name the thing in words only, in which names are looked for as a whole.
    known, result = list(names), dict[str, str]()
    for error in errors(response):
        text = str(error.get("error"))
        for name in find_names(text, known):
            result.setdefault(name, text)
    return result
