"""The log of one try of a task, read from the server: whole, or on from where it was left."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice

from airflowctl.core.logs import AFTER, END_GROUP, GROUP, SOURCES
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import Line
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_index

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import Any

    from airflowctl.core.results import Item
    from airflowctl.session.session import Session

_HEADER, _CLOSING = f"{GROUP}{SOURCES}", f"{GROUP}{AFTER}"
_WINDOW = 1000  # events, the last ones, before which a late one may still be put
_TOKENS_SINCE = "3.3"  # older servers give a token, and fail or send all again when they get it back


class Instance(NamedTuple):
    """One instance of a task in a run: the parts of its path, and its map index (-1: not mapped)."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1

    @property
    def path(self) -> dict[str, Any]:
        return {"dag_id": self.dag_id, "dag_run_id": self.run_id, "task_id": self.task_id}

    def line(self, *words: str, end: tuple[str, ...] = ()) -> str:
        """Return a line to run about it: a command's words, what names it, and options after that."""
        return suggest(*words, self.dag_id, self.task_id, self.run_id, *end, index=self.map_index)

    @property
    def name(self) -> str:
        return format_index(self.task_id, self.map_index)


class Try:
    """One try's log. `whole` reads all of it, `more` what is new: nothing is given twice."""

    def __init__(self, session: Session, instance: Instance, number: int) -> None:
        self.instance = instance
        self.number = number
        self.is_over = False  # as the last answer had it: the task neither runs nor is deferred
        self.is_closing = False  # what Airflow itself does at the end has begun, and is not over yet
        self._session = session
        self._yielded = 0  # events after the header
        self._recent: deque[int] = deque(maxlen=_WINDOW)  # the last of these, as hashes
        self._token, self._token_at = "", 0  # to read on from, and how many were given when it came
        self._greeted = False

    def whole(self, after: int = 0) -> Iterator[Line]:
        """Yield all events of a log that does not grow, or as far as it has grown; those `after` so many.
        Memory is bounded."""
        events = self._request({"full_content": True}, by_line=True)
        yield from map(self._line, islice(events, after, None))

    def more(self) -> Iterator[Line]:
        """Yield the events since the last call. A call that fails half way continues there the next time."""
        token = self._token if self._takes_tokens else ""
        index = self._token_at if token else 0
        events = self._request({"token": token or None})
        header: list[Item] = []
        is_in_header = False
        first, recent = self._yielded - len(self._recent), list(self._recent)
        # Events that this answer repeats rightly, and those that it should not have reached back to.
        again = Counter(recent[max(0, index - first) :])
        before = set(recent[: max(0, index - first)])
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                answer = end.value
                break
            words = str(event.get("event", ""))
            if words == _HEADER and index == 0:
                is_in_header = True
            if is_in_header:
                header.append(event)
                is_in_header = words != END_GROUP
                continue
            index += 1
            if index <= first:  # printed; where a log is read from its beginning (decision 0033)
                continue
            key = hash(repr(event))
            if again[key] > 0:
                again[key] -= 1
                continue
            if key in before:
                # Airflow sorts what several processes wrote by time at each reading, and a token is a number
                # of lines: one that comes late moves those behind it, and would itself never be sent.
                events.close()
                self._token = ""
                yield from self.more()
                return
            if not self._greeted:
                yield from map(self._line, header)
                self._greeted = True
            self._record(key, words)
            yield self._line(event)
        token = answer.get("continuation_token") or ""
        self.is_over = not token
        if token:
            self._token, self._token_at = token, index

    def _request(
        self, query: dict[str, Any], *, by_line: bool = False
    ) -> Generator[Item, None, dict[str, Any]]:
        facts = {**self.instance.path, "try_number": str(self.number)}
        query = {"map_index": self.instance.map_index, **query}
        return self._session.api.events("get_log", "content", query=query, by_line=by_line, **facts)

    def _record(self, key: int, words: str) -> None:
        """Remember an event that is yielded, so that the next answer does not give it again."""
        self._yielded += 1
        self._recent.append(key)
        self.is_closing = words == _CLOSING or (self.is_closing and words != END_GROUP)

    @property
    def _takes_tokens(self) -> bool:
        from airflowctl.api.operations import version_key

        # Before 3.3 a token gives everything again or fails: there the log is read anew (decision 0033).
        return bool(self._token) and version_key(self._session.api.version()) >= version_key(_TOKENS_SINCE)

    def _line(self, event: Item) -> Line:
        return Line(event, self.instance.task_id, self.instance.map_index, self.number)
