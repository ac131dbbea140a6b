"""`dags show`: the graph of a Dag."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.dag_drawing import (
    draw_picture,
    find_drawing_program,
    language_of,
    picture_file,
    write_picture,
)
from airflowctl.domain.runs.lookup import DAG_ID, the_run

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session


LANGUAGES = ("dot", "mmd")


@command(
    "dags show",
    "Draw the graph of a Dag, a line for each task; with --run, with the states of that run.",
    DAG_ID,
    opt("--run", help="Show the states of this run; `latest` is the newest.", complete="run",
        convert=identifier, metavar="RUN_ID"),
    flag("--groups", help="Draw each task group as one node."),
    opt("-s", "--save", help="Write the graph to this file: .svg, .png, .pdf (all by graphviz), .dot or"
        " .mmd.",
        complete="path", convert=picture_file, metavar="FILE"),
    opt("--as", name="language", help="Print the graph as source of graphviz or Mermaid.",
        choices=LANGUAGES, metavar="LANGUAGE"),
    flag("--imgcat", help="Refused: only some terminals show images.", hidden=True, unsupported=True),
    op="get_tasks",
    uses=("get_task_instances", "get_dag_runs"),
    about="Task groups are recognised by the dots in the tasks' ids, because the API does not list them.",
    classic="classic_dags:show_graph",
    examples=(
        "airflowctl dags show etl --run latest",
        "airflowctl dags show etl --save etl.svg",
        "airflowctl dags show etl --as dot | dot -Tpng > etl.png",
    ),
)  # fmt: skip
def show(
    session: Session,
    dag_id: str,
    run: str | None,
    groups: bool,
    save: str | None,
    language: str | None,
    imgcat: bool,
) -> Picture | Text:
    from airflowctl.core.rich_results import Picture
    from airflowctl.core.task_order import sort_tasks
    from airflowctl.domain import dag_graph
    from airflowctl.domain.runs.task_states import states_in_run

    # The protocol is that of one terminal program, and a graph as text needs none.
    if imgcat:
        raise UsageError("--imgcat is not here: the graph is drawn as text", "for an image: --save FILE.png")
    program = find_drawing_program(save, session.streams.environ) if save and not language_of(save) else ""
    run_id = the_run(session, dag_id, run) if run else None
    tasks = sort_tasks(session.api.pages("get_tasks", "tasks", dag_id=dag_id))
    # An empty picture would look like one that failed to be drawn.
    if not tasks:
        session.output.note(f"{dag_id} has no tasks")
    nodes, edges = dag_graph.shape(tasks, states_in_run(session, dag_id, run_id) if run_id else None)
    if groups:
        nodes, edges = dag_graph.fold_groups(nodes, edges)
    title = f"{dag_id} {run_id}" if run_id else dag_id
    if save:
        kind = language_of(save)
        text = dag_graph.LANGUAGES[kind or "dot"](title, nodes, edges)
        write_picture(save, text.encode() if kind else draw_picture(program, save, text))
        return Text(f"saved {save}", {"saved": save})
    data = {"dag_id": dag_id, **({"dag_run_id": run_id} if run_id else {}), "nodes": nodes, "edges": edges}
    if language:
        return Text(dag_graph.LANGUAGES[language](title, nodes, edges), data)
    columns = ("id", *(("state",) if run_id else ()), "operator", "downstream_task_ids")
    return Picture("graph", data, Rows(dag_graph.list_tasks(nodes, edges), columns, "id"), piped=True)
