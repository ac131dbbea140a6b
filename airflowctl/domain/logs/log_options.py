"""The options of the commands that show logs."""

from __future__ import annotations

from airflowctl.core.command import Param, flag, opt
from airflowctl.core.converters import regex, seconds, timestamp, whole_number
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Form
    from airflowctl.session.session import Session

FOLLOW = flag("-f", "--follow", help="Follow it until it ends; exit 5 if it fails.")
# The server reads the whole log file for each answer, however little of it is new.
INTERVAL = 0.5  # seconds from one request to the next
ALL = "all"  # of the tries
LEVELS = ("debug", "info", "warning", "error", "critical")
CHOICES = (
    opt("--level", help="Only lines of this level and above.", choices=LEVELS, metavar="LEVEL"),
    opt("--grep", help="Only lines that match this.", convert=regex, metavar="REGEX"),
    opt("--since", help="Only lines at or after this.", convert=timestamp, metavar="DATE"),
    opt("--tail", help="Only the last lines, at most this many.", convert=whole_number, metavar="N"),
)


class Wanted(NamedTuple):
    """Which lines the options ask for; None: all."""

    level: str | None = None
    grep: Any = None
    since: str | None = None
    tail: int | None = None

    @property
    def is_all(self) -> bool:
        return self == Wanted()


class LogOptions(NamedTuple):
    """The values of the options of `how`."""

    level: str | None
    grep: Any
    since: str | None
    tail: int | None
    raw: bool
    unfold: bool
    logger: bool
    interval: float


def how(interval: float) -> tuple[Param, ...]:
    """Return the options of a command that shows logs; a request an `interval`, in seconds, unless one is
    given."""
    return (
        *CHOICES,
        flag("--raw", help="Only the messages, as the task wrote them."),
        flag("--unfold", help="Show the lines of groups, and Airflow's own traceback frames."),
        flag("--logger", help="Show the logger of each line."),
        opt(
            "--interval",
            help=f"With --follow: the shortest time between two requests; {interval:g} if not given.",
            convert=seconds,
            default=interval,
            metavar="SECONDS",
        ),
    )


ABOUT = (
    "Each group of lines is folded into one line, unless an option filters the lines. With --follow,"
    " Ctrl-C ends only the following. -o json and jsonl print the server's events unchanged, each with"
    " its task, map index and try."
)


def form(options: LogOptions, *, named: bool = False) -> Form:
    """Return how the lines are rendered, by the options."""
    from airflowctl.core.rich_results import Form

    wanted = choice(options)
    return Form(
        raw=options.raw,
        unfold=options.unfold,
        flat=not wanted.is_all,
        loggers=options.logger,
        named=named,
        match=wanted.grep,
    )


def choice(options: LogOptions) -> Wanted:
    return Wanted(options.level, options.grep, options.since, options.tail)


def is_for_eyes(session: Session, options: LogOptions) -> bool:
    """Return whether a person reads it: a program gets the events without more requests."""
    chosen = session.options
    # The Dag's source is a request more, and a program has the frames to ask for it itself.
    is_read = chosen.output is None or session.output.format.is_for_eyes
    return is_read and not options.raw and not chosen.query
