"""A line again and again, redrawn in its place."""

from __future__ import annotations

from airflowctl.core.command import LINE, arg, command, opt
from airflowctl.core.converters import seconds
from airflowctl.core.errors import DONE, INTERRUPTED, UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    from airflowctl.core.rich_results import Ran, View, Watch
    from airflowctl.session.session import Session

EVERY = 2.0  # seconds
_MARK, _SAME = "* ", "  "


@command(
    "watch",
    "Run a line again and again until Ctrl-C, and show what it shows now.",
    opt(
        "-n",
        "--interval",
        help="Seconds between two rounds.",
        convert=seconds,
        default=EVERY,
        metavar="SECONDS",
    ),
    arg("line", "The line.", repeatable=True, required=True, complete=LINE),
    about="Drawn in its place on a terminal, where lines that changed are marked with *; in a pipe each round"
    " is printed. A round that fails is reported, and the next one comes all the same.",
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

    shown, code, before = " ".join(map(quote_visibly, line)), DONE, None
    try:
        yield View(Text(""), f"every {interval:g} s: {shown}", drawn=[f"{_SAME}..."])
        while True:
            title = f"every {interval:g} s: {shown}   {datetime.now(UTC):%H:%M:%S} UTC   Ctrl-C ends it"
            lines, errors, code = _round(session, line)
            if code == INTERRUPTED:
                return DONE
            drawn = [
                f"{_MARK if before is not None and entry not in before else _SAME}{entry}" for entry in lines
            ]
            yield View(Text(""), title, foot=tuple(errors), drawn=drawn or [f"{_SAME}nothing"])
            before = set(lines)
            sleep(interval)
    except KeyboardInterrupt:
        return DONE


def _round(session: Session, line: tuple[str, ...]) -> tuple[list[str], list[str], int]:
    """Return what the line shows on a terminal, what it says beside that, and its exit code."""
    from airflowctl.output.streams import Caught

    out, err = Caught(is_terminal=True), Caught(is_terminal=False)
    code = session.into(out, err, session.streams.columns - len(_MARK) - 1).console.run_line(line)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), code
