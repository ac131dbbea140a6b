"""Run a line several times."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command
from airflowctl.core.converters import whole_number
from airflowctl.core.errors import DONE
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session


@command(
    "repeat",
    "Run a line several times, up to the first failure.",
    arg("times", "How many times.", convert=whole_number, metavar="N"),
    arg("line", "The line.", repeatable=True, required=True, complete=LINE),
    examples=("airflowctl repeat 3 dags trigger etl",),
)
def repeat(session: Session, times: int, line: tuple[str, ...]) -> Ran:
    from airflowctl.core.rich_results import Ran

    for _ in range(times):
        code = session.console.run_line(line)
        # A line that fails would most likely fail again, so many times as the user said.
        if code != DONE:
            return Ran(code)
    return Ran(DONE)
