"""Following a task: from its first line to its end, over everything that may lie between."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial

from airflowctl.core.errors import FAILED_WAIT, CliError, NotFound
from airflowctl.core.rich_results import Line
from airflowctl.core.task_order import OVER
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.logs.log_options import INTERVAL
from airflowctl.domain.logs.try_log import Instance, Try
from airflowctl.domain.polling import StateGuard
from airflowctl.domain.retry import Patience
from airflowctl.domain.runs.lookup import ENDED, RUN_STATES
from airflowctl.domain.tasks.lookup import TASK_STATES, tries_of
from airflowctl.domain.tasks.lookup import instance as instance_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import Any

    from airflowctl.session.session import Session

_GOOD = ("success", "skipped")
BAD = tuple(state for state in OVER if state not in _GOOD)
_ACTIVE = ("running", "deferred", "restarting")
# A task that prints nothing for minutes should not cost the server a request each second.
_SLOWEST = 4.0  # times the interval, after a while without a line
_QUIET = 10  # answers without a line, until it asks less often
# An answer without a token does not say that the task is over: one that is queued has none either.
_LOOK_EVERY = 5  # answers without a line, until it asks for the state
_LAST_LOOKS = 10  # after the end: what callbacks print comes later than the state


class Pause(NamedTuple):
    """A request comes next, after so many intervals; every line that there was has been given."""

    times: float = 1.0


def outcome(record: dict[str, Any]) -> int:
    """Return the exit code for how an instance ended."""
    return 0 if record.get("state") in _GOOD else FAILED_WAIT


def format_end(instance: Instance, record: dict[str, Any]) -> str:
    """Return how an instance ended, in words: `load: success at try 2, 4.1 s`."""
    state, number, took = record.get("state"), record.get("try_number"), record.get("duration")
    tries = f" at try {number}" if isinstance(number, int) and number > 1 else ""
    return f"{instance.name}: {state}{tries}" + (
        f", {took:.1f} s" if isinstance(took, int | float) and took >= 0 else ""
    )


class Follower:
    """Follows an instance through its tries: from the one it is at, from the first (`every`), or through one
    alone (`number`). `look` returns the instance as it is now, as the API does; `note` gets what happens.
    `record` is how it was at the last look."""

    def __init__(
        self,
        session: Session,
        instance: Instance,
        *,
        look: Callable[[], dict[str, Any]] | None = None,
        note: Callable[[str], None] | None = None,
        patience: Patience | None = None,
        number: int | None = None,
        every: bool = False,
    ) -> None:
        self.instance = instance
        self.record: dict[str, Any] = {}
        self._session = session
        self._look_once = look or self._ask
        self._is_alone = look is None
        self._note = note or session.output.note
        self._number = number
        self._every = every
        self._last_note: object = ""
        self._patience = patience or Patience(self._note)
        self._reading = (instance, "read")
        self._waited = 0
        self._guard = StateGuard((*TASK_STATES, None))
        # No state of a task is waited in for as long as its run lasts, so the run's must be known.
        self._run_guard = StateGuard(RUN_STATES)

    def steps(self) -> Iterator[Line | Pause]:
        """Yield the lines, and a pause before each request but the first."""
        self._look()
        begun_over = self._state in OVER
        # A look that was asked for without a number begins at the newest try, whose lines the user waits for.
        number = self._number or (1 if self._every else max(1, self._try))
        while True:
            # An instance that was skipped before it began has no try, and so no log to wait for.
            if self._try == 0 and self._state in OVER:
                return
            log = Try(self._session, self.instance, number)
            if self._try > number or begun_over:
                yield from self._whole(log)
            else:
                yield from self._through(log)
            if self._number and self._try > self._number:
                yield from self._judge(self._number)
            if self._number or (self._state in OVER and self._try <= number):
                return
            number += 1
            self._say(f"try {number}", f"try {number} begins")

    def _judge(self, number: int) -> Iterator[Pause]:
        """Find how a try ended that is the last no more: the task tells only of the last."""
        path, index = self.instance.path, self.instance.map_index
        tries: list[dict[str, Any]] | None = None
        while tries is None:
            yield Pause()
            with self._patience.over((self.instance, "tries")):
                tries = tries_of(self._session, path, index)
        record = next((attempt for attempt in tries if attempt.get("try_number") == number), None)
        if record is None:
            why = f"how try {number} of {self.instance.name} ended is not kept"
            raise NotFound(why, f"see: {self.instance.line('tasks', 'tries')}")
        self.record = record

    def _through(self, log: Try) -> Iterator[Line | Pause]:
        """Yield one try, until it is over."""
        quiet = 0
        while not self._is_over(log.number):
            if self._try < log.number or self._state not in _ACTIVE:
                yield from self._wait(log)
                continue
            self._tell(log.number)
            before = quiet
            quiet += 1
            for line in self._patiently(log.more):
                quiet = 0
                yield line
            # A pause is yielded, not slept: the driver sets the pace and follows many tasks (decision 0034).
            yield Pause(1.0 if quiet < _QUIET else min(_SLOWEST, quiet / _QUIET))
            if log.is_over or (quiet > before and (quiet == 2 or quiet % _LOOK_EVERY == 0)):
                self._look()
                yield Pause()
        if self._try >= log.number:
            yield from self._rest_of(log)

    def _is_over(self, number: int) -> bool:
        if self._try < number and self._state in OVER:
            if self._number:
                raise NotFound(f"{self.instance.name} has no try {number} in {self.instance.run_id}")
            return True
        ended = self._state in OVER or (self._number is not None and self._state == "up_for_retry")
        return self._try > number or (self._try == number and ended)

    def _wait(self, log: Try) -> Iterator[Line | Pause]:
        """Yield one look at an instance that does not run; what its try has left is read first."""
        # The try before a retry may have printed until its very end, after the last look at its log.
        if self._state != self._last_note and self._try == log.number and self._state is not None:
            yield from self._patiently(log.more)
        self._tell(log.number)
        self._waited += 1
        # A run that is marked failed leaves its unscheduled tasks without a state for ever.
        if self._is_alone and self._state is None and self._waited % _QUIET == 0:
            self._check_run()
            yield Pause()
        yield Pause(min(_SLOWEST, 1 + self._waited / _QUIET))
        before = self._state
        self._look()
        if self._state != before:  # then something is read next
            yield Pause()

    def _rest_of(self, log: Try) -> Iterator[Line | Pause]:
        """Yield what came after the state: until an answer brings nothing more and Airflow is done with
        it."""
        looks = 0
        # Callbacks print after the state is set, so the state alone is no end (decision 0034).
        while looks < _LAST_LOOKS:
            came = False
            for line in self._patiently(log.more):
                came = True
                yield line
            # Looks at a server that is away do not count: what callbacks printed would be lost for the limit.
            is_away = self._patience.is_tried(self._reading)
            if not (came or log.is_closing or is_away):
                return
            looks += not is_away
            yield Pause(_SLOWEST if is_away else 1.0)

    def _whole(self, log: Try) -> Iterator[Line | Pause]:
        """Yield a try that is over; where its log breaks off half way, the rest of it from another answer."""
        sent = 0
        while True:
            for line in self._patiently(partial(log.whole, sent)):
                sent += 1
                yield line
            if not self._patience.is_tried(self._reading):
                return
            yield Pause(_SLOWEST)

    # What is said.

    def _tell(self, number: int) -> None:
        state = self._state
        if state in ("running", "restarting"):
            self._last_note = state
            return
        name, waits = self.instance.name, (None, "scheduled", "queued")
        if state in waits and self._last_note:
            return
        if state in waits:
            self._say("waiting", f"waiting for {name} to start ({state or 'not scheduled yet'})")
        elif state == "deferred":
            self._say(state, f"{name} is deferred: it waits for its trigger")
        elif state == "up_for_retry":
            if self._last_note != state:
                self._say(state, f"try {number} of {name} failed: {self._retry()}")
        elif state == "up_for_reschedule":
            self._say(state, f"{name} is up for reschedule: it looks again later")
        else:
            self._say(state, f"{name} is {str(state).replace('_', ' ')}")

    def _say(self, state: object, words: str) -> None:
        if self._last_note != state:
            self._last_note = state
            self._note(words)

    def _retry(self) -> str:
        """Return when the next try begins, as far as the task's declaration tells."""
        from datetime import UTC, datetime

        # Followed with others, a request for each retry would hold up the logs of all of them.
        if not self._is_alone:
            return "up for retry"
        try:
            task = self._session.api.call(
                "get_task", dag_id=self.instance.dag_id, task_id=self.instance.task_id
            )
            delay = task["retry_delay"]
            ended = datetime.fromisoformat(str(self.record["end_date"]))
            seconds = delay["days"] * 86400 + delay["seconds"] - (datetime.now(UTC) - ended).total_seconds()
        # The delay is a convenience: a server that does not say it must not end the following.
        except (CliError, KeyError, TypeError, ValueError):
            return "up for retry"
        # True or false before Airflow 3.2, a number since: in both the delay grows, by how much is not told.
        if task.get("retry_exponential_backoff"):
            return f"up for retry in {max(1, round(seconds))} s or more"
        return f"up for retry in {max(1, round(seconds))} s"

    # What is asked.

    @property
    def _state(self) -> Any:
        return self.record.get("state")

    @property
    def _try(self) -> int:
        return int(self.record.get("try_number") or 0)

    def _look(self) -> None:
        if not self.record:
            self.record = self._look_once()
            return
        with self._patience.over((self.instance, "look")):
            self.record = self._look_once()
        self._guard.check(self.instance.name, self._state)

    def _patiently(self, read: Callable[[], Iterable[Line]]) -> Iterator[Line]:
        """Yield the lines of one request; some that fail in a row do not end the following."""
        # A try that has been queued has no log yet.
        with self._patience.over(self._reading), suppress(NotFound):
            yield from read()

    def _ask(self) -> dict[str, Any]:
        path, index = self.instance.path, self.instance.map_index
        try:
            return instance_of(self._session, path, index)
        except NotFound as error:
            if index < 0:
                raise
            try:
                # Before a mapped task is expanded, only its unmapped instance exists.
                return {**instance_of(self._session, path, -1), "try_number": 0, "state": None}
            except NotFound:
                raise error from None

    def _check_run(self) -> None:
        """Raise CliError where the run is over, and the task will not run any more."""
        path = {"dag_id": self.instance.dag_id, "dag_run_id": self.instance.run_id}
        run = self._session.api.record("get_dag_run", "state", **path)
        if run["state"] in ENDED:
            # Not NotFound, which the waits for a log that is not there yet suppress.
            ended = CliError(f"{self.instance.run_id} ended ({run['state']}) without {self.instance.name}")
            ended.exit_code = FAILED_WAIT
            raise ended
        self._run_guard.check(self.instance.run_id, run["state"])


class Pace:
    """Lets requests begin no faster than one an interval, in seconds, and gives a slow server some rest."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._began = time.monotonic()

    def rest(self, times: float) -> None:
        now = time.monotonic()
        # The server rests for half as long as its answers took.
        due = max(self._began + self._interval * times, now + (now - self._began) / 2)
        time.sleep(due - now)
        self._began = time.monotonic()


def rest_at_pauses(steps: Iterable[Line | Pause], interval: float) -> Iterator[Line | None]:
    """Yield the lines, resting at each pause after a None."""
    pace = Pace(interval)
    for step in steps:
        if isinstance(step, Pause):
            yield None
            pace.rest(step.times)
        else:
            yield step


def follow_instance(
    session: Session, instance: Instance, *, number: int | None = None, interval: float = INTERVAL
) -> Generator[Line, None, dict[str, Any]]:
    """Yield the lines of an instance from the try it is at to its end; what it returns is the instance as
    it ended, as the API tells it. Raises CliError, and KeyboardInterrupt as it comes."""
    follower = Follower(session, instance, number=number)
    yield from filter(None, rest_at_pauses(follower.steps(), interval))
    return follower.record
