"""One request of the API: what it asks for, whether it changes something, and its id."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

import httpx

from airflowctl.api.operations import table
from airflowctl.core.environment import ReadOnlyRule
from airflowctl.core.errors import UsageError

ID_HEADER = "X-Request-ID"  # proxies and API servers write it into their logs
OnResponse = Callable[[httpx.Response], None]  # takes an answer as soon as it is there

# Changes that set values of what has a name: made twice, they leave what they leave when they are made once.
# A delete is none of them: its name may be in use again, and 404 does not say whose delete came first. Nor is
# one that the server refuses the second time, an answer to a question say.
REPEATABLE = frozenset(
    (
        "edge_set_worker_concurrency_limit", "edge_update_worker_maintenance", "patch_connection",
        "patch_dag", "patch_dags", "patch_pool", "patch_task_state_store", "patch_variable",
        "set_asset_state_store", "set_task_state_store", "update_xcom_entry",
    )
)  # fmt: skip
# The same, where they set a note: a state that is set again may begin a second run of a task.
REPEATABLE_NOTES = frozenset(("patch_dag_run", "patch_task_instance", "patch_task_instance_by_map_index"))


class ApiRequest(NamedTuple):
    """A request without its credential. `operation` is the operationId, "" where it is not known."""

    method: str
    path: str
    params: Mapping[str, Any]
    body: Any
    headers: Mapping[str, str]
    operation: str
    id: str

    @property
    def is_change(self) -> bool:
        """Return whether the request changes something on the server."""
        if self.method == "GET":
            return False
        # A list by POST and a dry run change nothing. Both are taken only from our own table: a server's own
        # document may say anything, and a read-only session relies on it.
        operation = table().get(self.operation)
        if operation is None:
            return True
        is_list = self.operation.startswith("get_") or "_dry_run" in self.operation
        is_dry_run = (
            "dry_run" in operation.body and isinstance(self.body, dict) and self.body.get("dry_run") is True
        )
        return not (is_list or is_dry_run)

    @property
    def is_repeatable(self) -> bool:
        """Return whether the request may be sent again though the server may have done what it asks."""
        is_note = (
            self.operation in REPEATABLE_NOTES and isinstance(self.body, dict) and set(self.body) == {"note"}
        )
        return is_note or self.operation in REPEATABLE or not self.is_change


class ChangeCounts:
    """How many requests of a session that change something were `sent`, and how many of them `made` it: the
    server answered with a success."""

    def __init__(self) -> None:
        self.sent = self.made = 0


class Guard(NamedTuple):
    """Checks each request of a session before it is sent.

    `read_only` is the rule that makes the session read-only, None where nothing does. `before` is called
    with a request before it is sent, and may raise CliError. `counts` counts those that change something.
    """

    read_only: ReadOnlyRule | None = None
    before: Callable[[ApiRequest], None] | None = None
    counts: ChangeCounts | None = None

    def admit(self, request: ApiRequest) -> None:
        """Raise CliError where the request must not be sent."""
        if self.read_only and request.is_change:
            raise self.read_only.refusal(f"{request.method} {request.path}")
        if self.before:
            self.before(request)
        if self.counts and request.is_change:
            self.counts.sent += 1

    def record_success(self, request: ApiRequest) -> int:
        """Count a request that the server answered with a success; return how many changes it is, 0 or 1."""
        is_change = request.is_change
        if self.counts and is_change:
            self.counts.made += 1
        return int(is_change)


def refuse_to_send(request: ApiRequest) -> NoReturn:
    """Raise UsageError: the line only prints what it would send."""
    raise UsageError(
        f"--print-as sends nothing, and {request.method} {request.path} has to be sent",
        "leave it out to run the line",
    )


def new_id() -> str:
    """Return a random id, 32 hexadecimal digits."""
    return os.urandom(16).hex()
