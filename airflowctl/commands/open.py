"""`open`: the web page of a Dag, a run, a task and its log, or an asset."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import some_text, whole_number
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID

if TYPE_CHECKING:
    from airflowctl.session.session import Session


@command(
    "open",
    "Open the web page of a Dag, a run, a task or an asset in the browser.",
    DAG_ID._replace(required=False, default=None, help="The Dag; not given with --asset."),
    RUN_ID._replace(required=False, default=None, help=f"{RUN_ID.help} Not given, the Dag's page."),
    TASK_ID._replace(required=False, default=None, help="The task; its page shows the log."),
    MAP_INDEX,
    flag("--log", help="Open the log of the task, the first tab of its page."),
    opt("--try-number", help="With --log: of this try, not of the newest.", complete="try",
        convert=whole_number, metavar="N"),
    opt("--asset", help="The page of this asset: its number, its name or its URI.", complete="asset",
        convert=some_text, metavar="ASSET"),
    flag("--print", help="Print the address, and open nothing.", name="only_print"),
    uses=("get_dag_runs", "get_asset", "get_assets"),
    about="If no graphical browser is available, the address is printed. In any line, the address of a"
    " page can stand for its Dag, run, task or asset.",
    examples=(
        "airflowctl open etl",
        "airflowctl open etl latest load --log --print",
        "airflowctl open --asset orders",
    ),
)  # fmt: skip
def open_page(
    session: Session,
    dag_id: str | None,
    run_id: str | None,
    task_id: str | None,
    map_index: int,
    log: bool,
    try_number: int | None,
    asset: str | None,
    only_print: bool,
) -> Text:
    from airflowctl.auth.terminal_prompter import TerminalPrompter

    if (asset is None) == (dag_id is None):
        raise UsageError("name a Dag, or --asset and its name", "open etl")
    if task_id is None and log:
        raise UsageError("a log is that of a task", "open DAG_ID RUN_ID TASK_ID --log")
    if try_number is not None and not log:
        raise UsageError("--try-number goes with --log")
    page = (
        _page_of_dag(session, dag_id, run_id, task_id, map_index)
        if dag_id
        else _page_of_asset(session, asset)
    )
    if not page:
        raise UsageError("this name stands in no address", "open the Dag's page, and choose there")
    page += f"?try_number={try_number}" if try_number is not None else ""
    is_open = not only_print and TerminalPrompter(session.console, session.streams.environ).open(page)
    return Text(f"opened {page}" if is_open else page, {"url": page, "opened": is_open})


def _page_of_dag(
    session: Session, dag_id: str, run_id: str | None, task_id: str | None, map_index: int
) -> str:
    from airflowctl.output.links import page_of

    if run_id is not None:
        run_id = the_run(session, dag_id, run_id)
    item = {"dag_id": dag_id, "dag_run_id": run_id, "task_id": task_id, "map_index": map_index}
    column = "task_id" if task_id else "dag_run_id" if run_id else "dag_id"
    return page_of(column, item, session.server.environment.url)


def _page_of_asset(session: Session, asset: str | None) -> str:
    from airflowctl.domain.assets.lookup import the_asset
    from airflowctl.output.links import page_of

    record = the_asset(session, asset)
    return page_of("asset_id", {"asset_id": record["id"]}, session.server.environment.url)
