"""Testing a connection on a worker."""

from __future__ import annotations

from airflowctl.core.errors import TimedOut, UsageError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.masks import is_masked
from airflowctl.domain.polling import StateGuard, in_state

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


GIVEN = ("host", "login", "password", "schema", "port", "extra")
ENDED = ("success", "failed")
_KNOWN = ("pending", "queued", "running", *ENDED)


def worker_fields(session: Session, known: dict[str, Any], password_stdin: bool) -> dict[str, Any]:
    """Return the fields of a connection for a worker, with a password that the server does not return."""
    record = {name: known[name] for name in GIVEN if known.get(name) is not None}
    if password_stdin:
        record["password"] = session.streams.read_line()
        session.parts.redact.learn(record["password"])
    masked = [name for name in ("password", "extra") if is_masked(record.get(name))]
    if "extra" in masked:
        raise UsageError("its extra holds secrets, which the server does not return", "leave out --on-worker")
    if masked:
        way = "give it with --password-stdin, or leave out --on-worker"
        raise UsageError("it has a password, which the server does not return", way)
    return record


def test_on_worker(session: Session, body: dict[str, Any], timeout: float) -> dict[str, Any]:
    queued = session.api.record("enqueue_connection_test", "token", body=body)
    # It alone lets a client read the test, as a password would.
    session.parts.redact.learn(str(queued["token"]))
    headers = {"Airflow-Connection-Test-Token": str(queued["token"])}
    guard = StateGuard(_KNOWN)
    answer = in_state(
        session,
        lambda: session.api.call("get_connection_test", headers=headers) or {},
        ENDED,
        timeout,
        lambda state: guard.check("the test", state),
    )
    answer.pop("token", None)
    if answer.get("state") not in ENDED:
        raise TimedOut(f"no worker has tested it after {timeout:g} s: it is {answer.get('state')}")
    return answer
