"""Pause for some seconds."""

from __future__ import annotations

from airflowctl.core.command import arg, command
from airflowctl.core.converters import seconds_or_zero
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session

_STEP = 0.2  # seconds


@command(
    "sleep",
    "Wait for some seconds before the next line.",
    arg("seconds", "How long, 30 or 0.5.", convert=seconds_or_zero),
    examples=("airflowctl sleep 30",),
)
def sleep(session: Session, seconds: float) -> Ran:
    import time

    from airflowctl.core.rich_results import Ran

    # What lines before it printed must be seen before the pause, also in a pipe.
    session.streams.stdout.flush()
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _STEP))  # a line in the background can be ended between two steps
    return Ran(0)
