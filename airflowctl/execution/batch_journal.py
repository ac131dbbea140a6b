"""The journal of a batch: which of its commands were begun and which are done, so that it can be resumed.

JSON lines, for this user only, each on the disk before the next command. No text of a line is in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from airflowctl.core.errors import ConfigError, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.execution.batch_input import Input
    from airflowctl.execution.batch_values import Values
    from airflowctl.session.session import Session

BEGUN, DONE, FAILED, LEFT_OUT = "begun", "done", "failed", "left out"
PART = "#"  # between the place of a line and the number of a command in it, where it has several
WITHIN = "\n"  # in the address of a command, between the line that runs a file and the line of that file
# Fields of the header that must be the same, and the word for each.
_SAME = {"batch": "the batch", "server": "the server", "user": "the user"}


class Journal:
    """An open journal. `states` are those that an earlier run wrote, by the address of a command; `last` is
    the command at which it stopped."""

    def __init__(self, path: str, file: int, states: Mapping[str, str], last: str) -> None:
        self._path, self._file = path, file
        self.states, self.last = states, last

    def write(self, address: str, state: str, **more: object) -> None:
        """Record the state of a command. Raises ConfigError where that cannot be written."""
        outer, _, inner = address.rpartition(WITHIN)
        name, _, location = inner.rpartition(":")
        number, _, part = location.partition(PART)
        row = {"file": name, "line": int(number), **({"within": outer} if outer else {}), "state": state}
        row.update({"part": int(part)} if part else {})
        self._append({**row, **more})

    def write_header(self, header: Mapping[str, object]) -> None:
        self._append(header)

    def close(self) -> None:
        os.close(self._file)

    def _append(self, row: Mapping[str, object]) -> None:
        import json

        try:
            os.write(self._file, json.dumps(row).encode() + b"\n")
            os.fsync(self._file)
        except OSError as error:
            raise ConfigError(f"cannot write the journal {self._path}: {error.strerror}") from None


def header(inputs: Sequence[Input], values: Values, session: Session) -> dict[str, str]:
    """Return what a batch must have in common with an earlier run that it resumes."""
    from datetime import UTC, datetime
    from hashlib import sha256

    digest = sha256()
    for source in inputs:
        digest.update(sha256(source.content).digest())
    environment = session.environment
    user = ""
    if environment is not None:
        _ = session.server.credentials.stored  # says whose the token is
        user = session.server.known_username
    return {
        "batch": f"sha256:{digest.hexdigest()}",
        "values": values.digest(),
        "server": environment.url if environment else "",
        "user": user,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def open_journal(path: str, head: Mapping[str, str], values: Values, is_resumed: bool) -> Journal:
    """Return the journal of a run that begins, or of one that is resumed. Raises UsageError where the file is
    of another batch, or of one that still runs."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | (0 if is_resumed else os.O_CREAT | os.O_EXCL), 0o600)
    except FileExistsError:
        raise UsageError(f"the journal {path} is there already", "give --resume, or another file") from None
    except FileNotFoundError:
        hint = "leave --resume out to begin" if is_resumed else "its folder is not there"
        raise UsageError(f"there is no journal {path}", hint) from None
    except OSError as error:
        raise UsageError(f"cannot open the journal {path}: {error.strerror}") from None
    try:
        _lock(path, file)
        rows = _read(path, file) if is_resumed else []
        if is_resumed:
            _require_same(path, rows[0], head, values)
    except UsageError:
        os.close(file)
        raise
    states = {_address(row): _state(row) for row in rows[1:]}
    journal = Journal(path, file, states, _address(rows[-1]) if len(rows) > 1 else "")
    if not is_resumed:
        journal.write_header({"journal": 1, **head})
    return journal


def _lock(path: str, file: int) -> None:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # not on this system
        return
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except OSError:
        raise UsageError(f"the journal {path} is that of a batch that still runs") from None


def _read(path: str, file: int) -> list[dict[str, Any]]:
    """Return the rows of a journal; a last one that was not written whole is cut off."""
    import json

    content = b"".join(iter(lambda: os.read(file, 1 << 20), b""))
    whole = content[: content.rfind(b"\n") + 1]
    os.ftruncate(file, len(whole))
    try:
        rows = [json.loads(line) for line in whole.splitlines()]
        if all(isinstance(row, dict) for row in rows) and rows and rows[0].get("journal") == 1:
            _ = [(_address(row), _state(row)) for row in rows[1:]]
            return rows
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        pass
    raise UsageError(f"{path} is no journal of a batch")


def _require_same(path: str, before: Mapping[str, Any], head: Mapping[str, str], values: Values) -> None:
    """Raise UsageError where a journal is of another batch, server or user, or of other values."""
    hint = "continue with what it was begun with, or begin a new journal"
    if not values.is_same(str(before.get("values", ""))):
        raise UsageError(f"what --set gives is not what {path} was begun with", hint)
    for field, word in _SAME.items():
        then, now = str(before.get(field, "")), head[field]
        if then != now:
            change = "" if field == "batch" else f": {then or 'none'} then, {now or 'none'} now"
            raise UsageError(f"{word} is not that of {path}{change}", hint)


def _address(row: Mapping[str, Any]) -> str:
    inner = f"{row['file']}:{int(row['line'])}" + (f"{PART}{int(row['part'])}" if "part" in row else "")
    return f"{row['within']}{WITHIN}{inner}" if "within" in row else inner


def _state(row: Mapping[str, Any]) -> str:
    return str(row["state"])
