"""`top`: Dags, their runs and tasks on the full screen."""

from __future__ import annotations

from airflowctl.core.command import arg, command, opt
from airflowctl.core.converters import seconds
from airflowctl.core.effect import READS
from airflowctl.core.errors import UsageError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Ran
    from airflowctl.session.session import Session

EVERY = 2.0  # seconds


@command(
    "top",
    "Watch the Dags in full screen: their runs, tasks and logs, with keys for what to do next.",
    arg("filter", "Only Dags whose id contains these letters in this order.", default="", metavar="TEXT"),
    opt(
        "-n",
        "--interval",
        help="Seconds between two updates.",
        convert=seconds,
        default=EVERY,
        metavar="SECONDS",
    ),
    effect=READS,
    op="get_dags",
    uses=(
        "get_dag_stats", "get_list_dag_runs_batch", "get_dag_runs", "get_task_instances",
        "get_import_errors", "get_pools",
    ),
    about="Enter opens a Dag, a run and the log of a task, Esc goes back, / filters, q quits. A key"
    " shows the line that it stands for: a line that only reads runs at once; one that changes"
    " something runs after Enter, and asks as it does when it is typed. Only the visible rows are"
    " fetched, however many Dags there are.",
    examples=("airflowctl top", "airflowctl top etl -n 5"),
)  # fmt: skip
def top(session: Session, filter: str, interval: float) -> Ran:
    from airflowctl.core.rich_results import Ran

    streams = session.streams
    if not (session.can_ask and streams.stdout_is_terminal) or streams.is_dumb:
        raise UsageError("top needs a terminal", f"in a pipe: {suggest('status')}")
    # A server that is away, or wants a login, says so before the screen opens.
    session.api.page("get_dags", "dags", {}, limit=1)
    return Ran(session.console.open_top(filter, interval))
