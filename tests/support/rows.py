"""`@every_row(...)`: as `pytest.mark.parametrize`, but one test that tries all rows and names what fails.

For large tables of quick rows, where a test of pytest's own for each would cost more than the row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any

import pytest

Rows = Iterable[Any] | Callable[[], Iterable[Any]]
Ids = Iterable[object] | Callable[[Any], object] | None


def every_row(names: str | Sequence[str], rows: Rows, ids: Ids = None) -> Callable[[Any], Any]:
    """Call a test with each row in turn. The fixtures are made once, so no row may leave anything in them.
    Rows that are a function are made when the test runs."""
    fields = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @wraps(test)
        def try_all(**fixtures: Any) -> None:
            failures = []
            for label, row in _labelled(rows, ids):
                values = row if len(fields) > 1 else (row,)
                try:
                    test(**fixtures, **dict(zip(fields, values, strict=True)))
                except (Exception, pytest.fail.Exception) as error:
                    failures.append(f"[{label}] {type(error).__name__}: {error}")
            assert not failures, f"{len(failures)} rows fail:\n" + "\n".join(failures)

        others = [parameter for name, parameter in signature.parameters.items() if name not in fields]
        try_all.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        del try_all.__wrapped__  # type: ignore[attr-defined]  # pytest would read its signature instead
        return try_all

    return decorate


def _labelled(rows: Rows, ids: Ids) -> list[tuple[object, Any]]:
    table = list(rows() if callable(rows) else rows)
    assert table, "a table without rows tries nothing"
    if ids is None:
        labels: list[object] = [repr(row) for row in table]
    elif isinstance(ids, Mapping) or not callable(ids):
        labels = list(ids)
    else:
        labels = [ids(row) for row in table]
    return list(zip(labels, table, strict=True))
