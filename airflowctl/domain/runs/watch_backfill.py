"""Watching a backfill: a view of all its runs, until each of them has ended."""

from __future__ import annotations

import time

from airflowctl.core.durations import duration, moment
from airflowctl.core.errors import DONE, FAILED_WAIT, TimedOut
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.polling import StateGuard
from airflowctl.domain.retry import Patience
from airflowctl.domain.runs.backfill_runs import (
    Progress,
    date_of,
    fetch_backfills,
    fetch_runs_of,
    is_cancelled,
    measure_progress,
)
from airflowctl.domain.runs.lookup import ENDED, RUN_STATES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from datetime import datetime
    from typing import Any

    from airflowctl.core.rich_results import View, Watch
    from airflowctl.session.session import Session

COLUMNS = ("date", "dag_run_id", "state", "duration")
CHANGED = ("time", "date", "dag_run_id", "state", "duration")
_PAUSE = (1.0, 5.0)  # seconds between two looks: after a change, and at most
_TICK = 1.0  # seconds between two views, for the clocks in them
_SHARE = 4  # the server rests for so many times as long as it needed for its answer
_RARELY = 5  # looks; how often is asked what seldom changes
_SHOWN = 3  # runs of which the line is printed that says why
_SINCE = {"queued": "queued_at", "running": "start_date", "success": "end_date", "failed": "end_date"}


def watch_backfill(session: Session, backfill: dict[str, Any], timeout: float | None = None) -> Watch:
    """Return the backfill in views, until its runs have ended."""
    from airflowctl.core.rich_results import Watch

    return Watch(_BackfillWatcher(session, backfill, timeout).views(), CHANGED, "dag_run_id")


class _BackfillWatcher:
    """Looks at the runs of a backfill again and again."""

    def __init__(self, session: Session, backfill: dict[str, Any], timeout: float | None) -> None:
        self._session = session
        self._backfill = backfill
        self._number = backfill["id"]
        self._dag_id = str(backfill["dag_id"])
        self._runs: list[dict[str, Any]] = []
        self._is_dag_paused = False
        self._timeout = timeout
        self._began = time.monotonic()
        self._looks = 0
        self._took = 0.0
        self._patience = Patience(session.output.note)
        self._guard = StateGuard(RUN_STATES)
        session.parts.interrupt_hint = f"no longer watching; the backfill continues; {self._look_again}"

    @property
    def _look_again(self) -> str:
        return f"look again with: {suggest('backfill', 'watch', self._number)}"

    def views(self) -> Generator[View, None, int]:
        """Yield a view now and about each second; the exit code. Raises TimedOut."""
        before: dict[str, object] = {}
        pause = _PAUSE[0]
        while True:
            with self._patience.over("look"):
                self._look()
            events = list(self._changes(before))
            before = {str(run["dag_run_id"]): run.get("state") for run in self._runs}
            progress = measure_progress(self._runs, _now())
            is_last = progress.ended == progress.total or self._is_held_for_good
            yield self._view(progress, events, is_last=is_last)
            if is_last:
                self._session.parts.interrupt_hint = ""
                return self._end(progress)
            pause = _PAUSE[0] if events else min(pause * 1.5, _PAUSE[1])
            for _ in self._rest(max(pause, _SHARE * self._took)):
                yield self._view(measure_progress(self._runs, _now()), [], is_last=False)

    def _look(self) -> None:
        """Take in how the runs are now, and now and then what holds them all up."""
        started = time.monotonic()
        backfills = fetch_backfills(self._session, self._dag_id)
        self._backfill = next((row for row in backfills if row["id"] == self._number), self._backfill)
        self._runs = fetch_runs_of(self._session, self._backfill, backfills)
        for run in self._runs:
            if run.get("state") not in RUN_STATES:
                self._guard.check(str(run["dag_run_id"]), run.get("state"))
        if self._looks % _RARELY == 0:
            dag = self._session.api.record("get_dag", "dag_id", dag_id=self._dag_id)
            self._is_dag_paused = bool(dag.get("is_paused"))
        self._looks += 1
        self._took = time.monotonic() - started

    @property
    def _is_held_for_good(self) -> bool:
        """Return whether nothing of it runs and nothing will: a cancelled backfill stays paused."""
        return is_cancelled(self._backfill) and all(run.get("state") != "running" for run in self._runs)

    def _changes(self, before: dict[str, object]) -> Iterator[dict[str, Any]]:
        """Yield an event for each run that is in another state than it was."""
        for run in self._runs:
            run_id, state = str(run["dag_run_id"]), run.get("state")
            if before.get(run_id) != state:
                when = run.get(_SINCE.get(str(state), "")) or _now().isoformat().replace("+00:00", "Z")
                names = {"dag_id": self._dag_id, "backfill_id": self._number, "date": date_of(run)}
                yield {"time": when, **names, "dag_run_id": run_id, "state": state,
                       "duration": run.get("duration")}  # fmt: skip

    def _rest(self, seconds: float) -> Iterator[None]:
        """Until it is time to look again; now and then it comes back, for the clocks. Raises TimedOut."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if self._timeout is not None:
                left = min(left, self._began + self._timeout - time.monotonic())
                if left <= 0:
                    self._give_up()
            time.sleep(min(left, _TICK))
            if until - time.monotonic() > _TICK / 2:
                yield

    def _give_up(self) -> None:
        words = measure_progress(self._runs, _now()).words
        raise TimedOut(
            f"backfill {self._number} of {self._dag_id} has not ended after {self._timeout:g} s: {words}",
            self._look_again,
        )

    def _view(self, progress: Progress, events: list[dict[str, Any]], *, is_last: bool) -> View:
        from airflowctl.core.rich_results import View

        now = _now()
        rows = [_row(run, now) for run in self._runs]
        indexes = [index for index, row in enumerate(rows) if row["state"] not in ENDED]
        starts = [start for run in self._runs if (start := moment(run.get("start_date")))]
        left = progress.seconds_left
        until = f", about {duration(float(round(left)))} to come" if left and not self._holds else ""
        return View(
            Rows(rows, COLUMNS, "dag_run_id", {"duration": None}, "it has no run"),
            f"backfill {self._number} of {self._dag_id}: {progress.words}{until}",
            (progress.ended, progress.total),
            (now - min(starts)).total_seconds() if starts else None,
            () if is_last else self._holds,
            min(indexes, default=0),
            events,
            is_last,
        )

    @property
    def _holds(self) -> tuple[str, ...]:
        """Return what lets no run of it begin, each with the line that ends that."""
        lines = []
        if self._is_dag_paused:
            unpause = suggest("dags", "unpause", self._dag_id)
            lines.append(f"{self._dag_id} is paused: no run of it begins until: {unpause}")
        if self._backfill.get("is_paused") and not self._backfill.get("completed_at"):
            unpause = suggest("backfill", "unpause", self._number)
            lines.append(f"the backfill is paused: no run of it begins until: {unpause}")
        return tuple(lines)

    def _end(self, progress: Progress) -> int:
        """Say what failed, with the lines that show why and that let it run again."""
        if not progress.total:
            say_no_runs(self._session, self._backfill)
        if progress.ended < progress.total:
            say_held(self._session, self._backfill, progress.total - progress.ended)
        if progress.failed:
            say_failures(self._session, self._backfill, progress)
        return FAILED_WAIT if progress.failed or progress.ended < progress.total else DONE


def say_held(session: Session, backfill: dict[str, Any], count: int) -> None:
    session.output.note(
        f"{format_count(count, 'run')} of backfill {backfill['id']} will not begin: it was cancelled, and"
        " stays paused"
    )


def say_no_runs(session: Session, backfill: dict[str, Any]) -> None:
    session.output.note(f"backfill {backfill['id']} has no run: its dates had one already, or it was deleted")


def say_failures(session: Session, backfill: dict[str, Any], progress: Progress) -> None:
    """Say which dates failed, why that was, and how they run again."""
    note, number = session.output.note, backfill["id"]
    dates = format_list(str(date_of(run) or run["dag_run_id"])[:16].removesuffix("T00:00")
                        for run in progress.failed)  # fmt: skip
    note(f"backfill {number}: {format_count(len(progress.failed), 'run')} failed: {dates}")
    for run in progress.failed[:_SHOWN]:
        note(f"  why: {suggest('why', backfill['dag_id'], run['dag_run_id'])}")
    note(f"  again: {suggest('backfill', 'rerun', number, '--follow')}")


def _row(run: dict[str, Any], now: datetime) -> dict[str, Any]:
    start = moment(run.get("start_date"))
    took = run.get("duration")
    if took is None and start is not None:
        took = max(0.0, ((moment(run.get("end_date")) or now) - start).total_seconds())
    return {
        "date": date_of(run),
        "dag_run_id": run["dag_run_id"],
        "state": run.get("state"),
        "duration": took,
    }


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)
