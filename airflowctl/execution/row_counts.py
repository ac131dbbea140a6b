"""What lines for rows would touch, counted by their own dry runs before the question about them."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from airflowctl.core.errors import DONE
from airflowctl.core.parse import parse_tokens
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_count
from airflowctl.execution import dispatch

if TYPE_CHECKING:
    from airflowctl.core.options import Options
    from airflowctl.core.rich_results import Printable
    from airflowctl.session.session import Session

MOST_COUNTED = 20  # lines: each asks the server as often as its dry run
_DRY_RUN = "--dry-run"


class _Counter(StringIO):
    """Stands for stdout: it counts the rows of a plan, and prints none. `key` is the column that names a
    row; "" where the plan has no rows."""

    key, count = "", 0

    def take_result(self, result: Printable, _options: Options) -> int:
        if not isinstance(result, Rows):
            return DONE
        self.key, self.count = result.key, sum(1 for _ in result.items)
        return result.code


def count_touched(lines: Sequence[tuple[str, ...]], session: Session) -> str:
    """Return what lines would touch, as `, 41 task instances`, and of how many lines that is known where it
    is not all; "" where no line has a plan of rows. At most MOST_COUNTED lines are asked about."""
    planned = [(line, noun) for line in lines if (noun := _noun(line, session))]
    first_lines, counts, failed = planned[:MOST_COUNTED], dict[str, int](), 0
    with session.parts.memory.unchanged():  # `last` and `$1` are those on the screen
        for number, (line, noun) in enumerate(first_lines, start=1):
            session.parts.progress.show_text(f"counting {number}/{len(first_lines)} {' '.join(line)}")
            counter, code = _plan(line, session)
            session.parts.progress.end()
            failed += code != DONE
            if code == DONE and counter.key:
                noun = "task instance" if counter.key == "task_id" else noun
                counts[noun] = counts.get(noun, 0) + counter.count
    words = ", ".join(format_count(count, noun) for noun, count in counts.items())
    if words and len(planned) > len(first_lines):
        words += f" in the first {len(first_lines)}"
    if failed:
        words = ", ".join([words, f"{failed} not counted"] if words else ["what they touch is not known"])
    return f", {words}" if words else ""


def _noun(line: tuple[str, ...], session: Session) -> str:
    """Return what a line touches; "" where it asks about no plan of its own."""
    state = parse_tokens(line, session.lookup).nested
    command = state.command
    if command is None or command.effect is None or not command.confirms_after_plan:
        return ""
    has_plan = any(_DRY_RUN in param.flags for param in command.params)
    return command.effect.noun if has_plan and command.may_ask(state.bind().values) else ""


def _plan(line: tuple[str, ...], session: Session) -> tuple[_Counter, int]:
    """Make the dry run of a line; return what counted its rows, and its exit code."""
    counter, parts = _Counter(), session.parts
    parts.forget_error()
    code = dispatch.run((*line, _DRY_RUN), session.into(counter, StringIO()))
    parts.forget_error()
    return counter, code
