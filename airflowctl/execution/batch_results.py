"""The results of a batch for programs: a JSON object a command, in order, and a summary."""

from __future__ import annotations

from airflowctl.core.errors import OutputFailed, UsageError
from airflowctl.core.results import NO_DATA, Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO, Any

    from airflowctl.core.errors import CliError


class Results:
    """An open file of results, `/dev/fd/3` for one."""

    def __init__(self, path: str, hide: Callable[[str], str]) -> None:
        from airflowctl.storage.private_files import open_new_private

        self._path, self._hide = path, hide
        try:
            self._file: IO[str] = open(path, "w", encoding="utf-8", opener=open_new_private)  # noqa: SIM115
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}", "nothing was done") from None

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row at once. Raises OutputFailed."""
        import json

        try:
            self._file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            # At once: a process that is killed leaves the results of all that it has done.
            self._file.flush()
        except OSError as error:
            raise OutputFailed(f"cannot write {self._path}: {error.strerror}") from None

    def close(self) -> None:
        self._file.close()

    def error(self, error: CliError | None) -> dict[str, Any] | None:
        """Return what is written of an error, without secrets."""
        if error is None:
            return None
        texts = {"message": self._hide(error.message), "hint": self._hide(error.hint) or None}
        return {"code": error.code, "status": error.status or None, **texts}


def data_of(result: object) -> Any:
    """Return what `-o json` would print of a result, as far as it was kept; None where that is nothing."""
    if isinstance(result, Rows):
        return list(result.items)
    if isinstance(result, Record):
        return result.item
    if isinstance(result, Text):
        return result.text if result.data is NO_DATA else result.data
    return None
