"""Run a line repeatedly, and redraw its output in place."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command, opt
from airflowctl.core.converters import seconds
from airflowctl.core.errors import DONE, INTERRUPTED, UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from airflowctl.core.rich_results import Ran, View, Watch
    from airflowctl.session.session import Session

EVERY = 2.0  # seconds
_MARK, _SAME = "* ", "  "
_TITLES = 2  # lines above the rows of a table, at most


@command(
    "watch",
    "Run a line repeatedly until Ctrl-C, and show its latest output.",
    opt(
        "-n",
        "--interval",
        help="Seconds between two rounds.",
        convert=seconds,
        default=EVERY,
        metavar="SECONDS",
    ),
    arg("line", "The line.", repeatable=True, required=True, complete=LINE),
    about="On a terminal the output is redrawn in place, and lines that changed are marked with *; in a"
    " pipe each round is printed. A round that fails is reported, and the next one still follows.",
    examples=("airflowctl watch -n 5 dagrun list etl --limit 10",),
)
def watch(session: Session, interval: float, line: tuple[str, ...]) -> Watch | Ran:
    from airflowctl.core.parse import parse_tokens
    from airflowctl.core.rich_results import Ran, Watch

    state = parse_tokens(line, session.lookup)
    command = state.bind().command
    if command is not None and (command.danger or command.invalidates):
        raise UsageError(
            f"{command.line} changes something, and is not for watch", "for a number of times: repeat"
        )
    is_drawn = session.output.format.fits_width
    if is_drawn and session.streams.stdout_is_terminal and not session.streams.is_dumb:
        return Watch(_views(session, interval, line), (), "")
    return Ran(_print_again(session, interval, line))


def _print_again(session: Session, interval: float, line: tuple[str, ...]) -> int:
    from time import sleep

    # The line itself has printed that it was interrupted: a second KeyboardInterrupt would print it again.
    while (code := session.console.run_line(line)) != INTERRUPTED:
        sleep(interval)
    return code


def _views(session: Session, interval: float, line: tuple[str, ...]) -> Generator[View, None, int]:
    from datetime import UTC, datetime
    from time import sleep

    from airflowctl.core.rich_results import View
    from completers.tokenizer import quote_visibly

    shown, before = " ".join(map(quote_visibly, line)), None
    try:
        yield View(Text(""), f"every {interval:g} s: {shown}", drawn=[f"{_SAME}..."])
        while True:
            title = f"every {interval:g} s: {shown}   {datetime.now(UTC):%H:%M:%S} UTC   Ctrl-C ends it"
            last = _round(session, line)
            if last.code == INTERRUPTED:
                return DONE
            drawn = list(_mark_changes(last, before))
            yield View(Text(""), title, foot=tuple(last.errors), drawn=drawn or [f"{_SAME}nothing"])
            before = last
            sleep(interval)
    except KeyboardInterrupt:
        return DONE


class _Round(NamedTuple):
    """What the line shows on a terminal of this width, what it says beside that, and its exit code. `rows`
    has
    a text for each of the last lines, its data whole; None where the lines are no rows."""

    lines: list[str]
    rows: list[str] | None
    errors: list[str]
    code: int
    width: int


def _round(session: Session, line: tuple[str, ...]) -> _Round:
    from airflowctl.output.streams import Caught

    out, err = Caught(is_terminal=True), Caught(is_terminal=False)
    width = session.streams.columns - len(_MARK) - 1
    memory = session.parts.memory  # built here, so that dispatch keeps the result
    memory.last = None
    code = session.into(out, err, width).console.run_line(line)
    lines = out.getvalue().splitlines()
    return _Round(lines, _rows(session, line, len(lines)), err.getvalue().splitlines(), code, width)


def _rows(session: Session, line: tuple[str, ...], count: int) -> list[str] | None:
    """Return the whole data of each row of the last result, which was drawn in so many lines."""
    from airflowctl.core.parse import parse_tokens
    from airflowctl.core.results import Rows
    from airflowctl.output.streams import Caught

    memory, out = session.parts.memory, Caught(is_terminal=False)
    view = session.for_line(parse_tokens(line, session.lookup).nested.global_values())
    if not isinstance(memory.last, Rows) or memory.missing or not view.output.format.fits_width:
        return None
    view.with_options(view.options._replace(output="tsv", no_header=True)).into(out).output.show(memory.last)
    rows = out.getvalue().splitlines()
    return rows if 0 <= count - len(rows) <= _TITLES else None


def _mark_changes(last: _Round, before: _Round | None) -> Iterator[str]:
    """Yield the lines, those that changed with a mark. Data is compared and not what is drawn: another width
    of
    the window, a longer value in another row or the age of a time change the drawn lines of all rows."""
    lines, rows = last.lines, last.rows
    texts = [" ".join(entry.split()) for entry in lines] if rows is None else rows
    known = set(texts)
    if before is not None and rows is not None and before.rows is not None:
        known = set(before.rows)
    elif before is not None and rows is None and before.width == last.width:
        known = {" ".join(entry.split()) for entry in before.lines}
    titles = len(lines) - len(texts)
    yield from (f"{_SAME}{entry}" for entry in lines[:titles])
    for entry, text in zip(lines[titles:], texts, strict=True):
        yield f"{_SAME if text in known else _MARK}{entry}"
