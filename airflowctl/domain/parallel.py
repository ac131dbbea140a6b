"""Several calls at once: independent parts of one answer, each of which may be refused for itself."""

from __future__ import annotations

from functools import partial

from airflowctl.core.errors import CliError, NotAllowed, Unreachable
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

_AT_ONCE = 4  # one worker of the API server answers one request at a time: more gain nothing


class Part(NamedTuple):
    """What came of one of the calls: `value`, or the `error` that stands for it."""

    value: Any = None
    error: CliError | None = None

    @property
    def is_forbidden(self) -> bool:
        return isinstance(self.error, NotAllowed)


def together(calls: dict[str, Callable[[], Any]]) -> dict[str, Part]:
    """Return the calls' parts by their names. A refusal is the part's own; a server that does not answer,
    or an exception that is none of ours, is raised.

    The threads are daemons: Ctrl-C ends the waiting at once, and a call only reads.
    """
    from queue import Empty, SimpleQueue
    from threading import Thread

    waiting: SimpleQueue[str] = SimpleQueue()
    done: SimpleQueue[tuple[str, Part | Exception]] = SimpleQueue()
    for name in calls:
        waiting.put(name)

    def work() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except Empty:
                return
            part_or_error: Part | Exception
            try:
                part_or_error = alone(calls[name])
            except Exception as error:
                part_or_error = error
            done.put((name, part_or_error))

    for _ in range(min(_AT_ONCE, len(calls))):
        Thread(target=work, name="together", daemon=True).start()
    parts: dict[str, Part] = {}
    while len(parts) < len(calls):
        name, outcome = done.get()
        if isinstance(outcome, Exception):
            raise outcome
        parts[name] = outcome
    return parts


def alone(call: Callable[[], Any]) -> Part:
    """Return one call in this thread, which may ask for a login; as a part of the answer."""
    try:
        return Part(call())
    # One part without an answer means that the others will have none either.
    except Unreachable:
        raise
    except CliError as error:
        return Part(error=error.with_traceback(None))  # its frames would keep each answer


def of_each(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Part]:
    """Like `together`, for the same call with different items: their parts in the order of the items."""
    parts = together({str(index): partial(work, item) for index, item in enumerate(items)})
    return [parts[str(index)] for index in range(len(parts))]
