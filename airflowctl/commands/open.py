"""`open`: the web page of a Dag, a run or a task."""

from __future__ import annotations

from airflowctl.core.command import command, flag
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "open",
    "Open the web page of a Dag, a run or a task in the browser.",
    DAG_ID,
    RUN_ID._replace(required=False, default=None, help=f"{RUN_ID.help} Not given, the Dag's page."),
    TASK_ID._replace(required=False, default=None, help="The task, whose page shows its log."),
    MAP_INDEX,
    flag("--print", help="Print the address, and open nothing.", name="only_print"),
    uses=("get_dag_runs",),
    about="Where there is no browser with a window, the address is printed. The other way round, the address"
    " of a page may stand for a Dag, a run or a task in any line of the shell, and of a single command.",
    examples=("airflowctl open etl", "airflowctl open etl latest load --print"),
)
def open_page(
    session: Session, dag_id: str, run_id: str | None, task_id: str | None, map_index: int, only_print: bool
) -> Text:
    from airflowctl.auth.terminal_prompter import TerminalPrompter
    from airflowctl.output.links import page_of

    if run_id is not None:
        run_id = the_run(session, dag_id, run_id)
    item = {"dag_id": dag_id, "dag_run_id": run_id, "task_id": task_id, "map_index": map_index}
    column = "task_id" if task_id else "dag_run_id" if run_id else "dag_id"
    page = page_of(column, item, session.server.environment.url)
    if not page:
        raise UsageError("this name stands in no address", "open the Dag's page, and choose there")
    is_open = not only_print and TerminalPrompter(session.console, session.streams.environ).open(page)
    return Text(f"opened {page}" if is_open else page, {"url": page, "opened": is_open})
