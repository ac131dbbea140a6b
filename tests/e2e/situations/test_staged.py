"""Situations staged side by side on a real Airflow with all its parts: what `why` says of them, and what the
lines do that it prints. A run of the suite has those of CHOSEN, with STAGED=1 all that can stand beside each
other. Those in which a part of the server has to be unhealthy, or all slots taken, hold up all others: they
are staged by `scripts/situations --real`. The answers of all 69, recorded there, are in
tests/commands/test_situations.py."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from local_airflow import LocalAirflow

from tests.support.airflows import serves
from tests.support.postgres_airflow import programs
from tests.support.remedies import STEPS, Step
from tests.support.situations import PUT_TOGETHER, SITUATIONS, Situation
from tests.support.staging import KIND, LAST, MADE_AS, ONCE, PREPARE, Stage
from tests.support.waiting import until

staged_airflow = serves(KIND, MADE_AS)
pytestmark = pytest.mark.skipif(
    programs() is None,
    reason="this machine has no PostgreSQL; on SQLite the tasks of many runs lock each other out",
)
LONG = 300.0  # seconds in which a busy machine has staged them all
# Of these two the next prepares what ends the other: the first is run at its place in the table.
_AFTER = ("backfill cancelled", "run marked failed by a user")
_ALONE = [name for name in LAST if name not in _AFTER]
# One or more of each kind, as many as two cores stage in two minutes.
CHOSEN = (
    "Python exception", "connection missing", "variable missing", "retry pending",
    "failure callback raises too", "child Dag failed", "branch skips the join", "skip exception",
    "paused Dag with a queued run", "pool full", "pool too small", "no such pool", "max_active_runs",
    "backfill at its own limit", "backfill paused", "depends_on_past", "date without a run, no catchup",
    "one of two assets came", "question to a person", "approval", "deferred far into the future",
    "sensor of another Dag", *_AFTER,
)  # fmt: skip
_WANTED = [situation for situation in SITUATIONS if os.environ.get("STAGED") or situation.name in CHOSEN]
BESIDE = sorted(
    (situation for situation in _WANTED if situation.name not in (*PUT_TOGETHER, *_ALONE)),
    key=lambda situation: situation.name in _AFTER,
)
# A trigger that fails at once may come before the executor's word that its task has ended: then the task's
# log has no error.
_OTHERWISE = {"trigger that cannot be loaded": ("bt failed", "it had given its slot to a trigger")}
ROWS = [pytest.param(situation, id=situation.name) for situation in BESIDE]


class Row:
    """A situation on the stage: what `why` said of it, and what its lines were seen to change."""

    def __init__(self, stage: Stage, situation: Situation) -> None:
        self.stage, self.situation = stage, situation
        self.said = ""
        self._before: list[tuple[Step, Any]] = []

    def wait(self) -> None:
        """Wait until it is staged, and `why` names its cause."""
        situation = self.situation
        self.stage.prepare(situation.line)
        dag_id, _, run_id = situation.line.partition(" ")
        if situation.ready and not run_id.startswith("20"):
            self.stage.wait(dag_id, run_id, situation.ready)
        with suppress(AssertionError):  # which would not tell what was said
            until(lambda: not self._missing(), f"{situation.says}", LONG, pause=1.0)
        assert self._missing() == [], self.said

    def _missing(self) -> list[str]:
        done = self.stage.why(self.situation.line)
        self.said = f"{done.out} {done.err}"
        said = " ".join(self.said.split())
        otherwise = _OTHERWISE.get(self.situation.name)
        if otherwise and all(words in said for words in otherwise):
            return []
        return [words for words in self.situation.says if words not in said]

    def run_lines(self) -> None:
        """Run the lines of its steps, as they are printed."""
        printed = self.stage.program("why", *self.situation.line.split(), "-o", "json").json["next"]
        for step in STEPS[self.situation.name]:
            line = next((line for line in printed if line.startswith(f"airflowctl {step.begin}")), "")
            assert line, (step.begin, printed)
            self._before.append((step, step.look(self.stage) if step.look else None))
            done = self.stage.program(*shlex.split(line)[1:], "--yes", stdin=step.stdin)
            # A line that shows what is the matter may end with 1, as `why` and `status` do.
            assert done.code == 0 or (step.shows and done.code == 1), (line, done)
            assert step.shows in done.out, (line, done)

    def wait_for_changes(self) -> None:
        for step, before in self._before:
            if step.look is not None:
                until(lambda step=step, before=before: self._has_changed(step, before),  # type: ignore[misc]
                      f"what {step.begin} changes", LONG, pause=0.5)  # fmt: skip

    def _has_changed(self, step: Step, before: Any) -> bool:
        assert step.look is not None
        now = step.look(self.stage)
        return bool(now != before and (step.becomes is None or now == step.becomes))


@pytest.fixture(scope="session")
def rows(staged_airflow: LocalAirflow) -> Iterator[dict[str, Row]]:
    """The situations, all begun."""
    stage = Stage(staged_airflow)
    dag_ids = {situation.line.partition(" ")[0] for situation in BESIDE}
    stage.stage([dag_id for dag_id in ONCE if dag_id in dag_ids])
    stage.prepare_beside(
        [
            line
            for line in PREPARE
            if line in {situation.line for situation in BESIDE if situation.name not in _AFTER}
        ]
    )
    yield {situation.name: Row(stage, situation) for situation in BESIDE}


@pytest.mark.time_limit(600)
@pytest.mark.parametrize("situation", ROWS)
def test_the_cause_is_named_and_the_printed_lines_run(situation: Situation, rows: dict[str, Row]) -> None:
    row = rows[situation.name]
    row.wait()
    row.run_lines()


@pytest.mark.time_limit(600)
@pytest.mark.parametrize("situation", ROWS)
def test_the_printed_lines_change_what_they_say(situation: Situation, rows: dict[str, Row]) -> None:
    # A test of its own: what the lines of all rows have begun ends side by side.
    rows[situation.name].wait_for_changes()
