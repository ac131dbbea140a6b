"""The rows of a list at a real Airflow, on a real terminal."""

from __future__ import annotations

import pytest

from tests.support.failed_runs import Runs
from tests.support.program import Program
from tests.support.screen import CTRL_C, Screen
from tests.support.waiting import until

pytestmark = pytest.mark.time_limit(180)


def test_three_failed_runs_are_cleared_in_two_lines(troubled: Runs, working: Program, unique: str) -> None:
    names = [f"{unique}_{number}" for number in (1, 2, 3)]
    for name in names:
        troubled.start("demo_fails", name)
    for name in names:
        troubled.reaches("demo_fails", name, "failed")
    with Screen(working) as screen:
        screen.prompt()
        screen.type(f"dagrun list demo_fails --run-id-pattern {unique}\n")
        screen.until(*(f"{name} +failed" for name in names))
        screen.prompt()
        screen.type("why $")
        screen.until(rf"\$1 +demo_fails {names[2]}", r"\$\* +all 3 rows")
        screen.type(CTRL_C)
        screen.prompt()
        screen.type("tasks clear $1..$3 -d\n")
        screen.until(r"3 lines, [0-9]+ task instances on")
        screen.type("y\n")
        screen.until(r"(done +\S+ .*\n){3}")
        screen.prompt()
    for name in names:
        until(lambda name=name: len(tries(working, name)) == 2, f"a second try in {name}", within=60)


def tries(working: Program, run: str) -> list[str]:
    return working("tasks", "tries", "demo_fails", "compute", run, "-o", "name").lines
