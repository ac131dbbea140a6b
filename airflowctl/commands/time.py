"""Measure how long a line takes."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "time",
    "Run a line, and print how long it took.",
    arg("line", "The line.", repeatable=True, required=True, complete=LINE),
    examples=("airflowctl time dags list",),
)
def time_line(session: Session, line: tuple[str, ...]) -> Ran:
    from time import monotonic

    from airflowctl.core.rich_results import Ran

    began = monotonic()
    code = session.console.run_line(line)
    # On stderr: what a script reads from stdout is the line's own result.
    session.output.note(f"took {monotonic() - began:.2f} s")
    return Ran(code)
