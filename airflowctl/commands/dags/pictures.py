"""Looking at a Dag as a picture: its graph, and its last runs beside each other."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import identifier, path, whole_number
from airflowctl.core.durations import moment, seconds_since
from airflowctl.core.effect import READS
from airflowctl.core.errors import CliError, OutputFailed, UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import ALL_DAGS, DAG_ID, RUN, the_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from airflowctl.core.rich_results import Picture
    from airflowctl.session.session import Session

LANGUAGES = ("dot", "mmd")
ENDINGS = {".dot": "dot", ".gv": "dot", ".mmd": "mmd", ".mermaid": "mmd"}
NO_PROGRAM = "save it as .mmd or .dot, which needs no other program"


def picture_file(text: str) -> str:
    """A file whose ending says what is drawn."""
    from os.path import splitext

    found = path(text)
    if not splitext(found)[1][1:].isalnum():
        raise ValueError("has no ending that says what to draw, like .svg, .png, .pdf, .dot or .mmd")
    return found


def runs_wanted(text: str) -> int:
    """How many runs, at least one and not more than can be looked at."""
    number = whole_number(text)
    if not 1 <= number <= 100:
        raise ValueError("must be from 1 to 100")
    return number


@command(
    "dags show",
    "Draw the graph of a Dag, a task a line; with a run, in the states of that run.",
    DAG_ID,
    opt("--run", help="Show the states of this run; `latest` is the newest.", complete="run",
        convert=identifier, metavar="RUN_ID"),
    flag("--groups", help="Draw each task group as one."),
    opt("-s", "--save", help="Draw it into this file: .svg, .png, .pdf (all by graphviz), .dot or .mmd.",
        complete="path", convert=picture_file, metavar="FILE"),
    opt("--as", name="language", help="Print it in the language of graphviz or Mermaid.",
        choices=LANGUAGES, metavar="LANGUAGE"),
    flag("--imgcat", help="Refused: only some terminals show images.", hidden=True),
    op="get_tasks",
    uses=("get_task_instances", "get_dag_runs"),
    about="Task groups are told by the dots in the tasks' ids: the API tells of no others.",
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
    from airflowctl.core.graph import in_order
    from airflowctl.domain import dag_graph

    if imgcat:
        raise UsageError("--imgcat is not here: the graph is drawn as text", "for an image: --save FILE.png")
    program = _program(save, session.streams.environ) if save and not _language(save) else ""
    run_id = the_run(session, dag_id, run) if run else None
    tasks = in_order(session.api.pages("get_tasks", "tasks", dag_id=dag_id))
    if not tasks:
        session.output.note(f"{dag_id} has no tasks")
    nodes, edges = dag_graph.shape(tasks, _of_run(session, dag_id, run_id) if run_id else None)
    if groups:
        nodes, edges = dag_graph.folded(nodes, edges)
    title = f"{dag_id} {run_id}" if run_id else dag_id
    if save:
        kind = _language(save)
        text = dag_graph.LANGUAGES[kind or "dot"](title, nodes, edges)
        _written(save, text.encode() if kind else _painted(program, save, text))
        return Text(f"saved {save}", {"saved": save})
    data = {"dag_id": dag_id, **({"dag_run_id": run_id} if run_id else {}), "nodes": nodes, "edges": edges}
    if language:
        return Text(dag_graph.LANGUAGES[language](title, nodes, edges), data)
    later: dict[str, list[str]] = {}
    for edge in edges:
        later.setdefault(edge["source"], []).append(edge["target"])
    rows = [{**node, "downstream_task_ids": later.get(node["id"], [])} for node in nodes]
    columns = ("id", *(("state",) if run_id else ()), "operator", "downstream_task_ids")
    from airflowctl.core.rich_results import Picture

    return Picture("graph", data, Rows(rows, columns, "id"), piped=True)


@command(
    "dags grid",
    "Show the last runs of a Dag beside each other: a column a run, a line a task.",
    DAG_ID,
    opt("--runs", help="How many runs, the newest.", convert=runs_wanted, default=20, metavar="N"),
    effect=READS,
    op="get_dag_runs",
    uses=("get_tasks", "get_task_instances_batch"),
    about="Of a mapped task the state that says most is shown: failed before running before success.",
    examples=("airflowctl dags grid etl --runs 30",),
)
def grid(session: Session, dag_id: str, runs: int) -> Picture:
    from airflowctl.core.graph import in_order, overall

    tasks = in_order(session.api.pages("get_tasks", "tasks", dag_id=dag_id))
    query = {"order_by": RUN.order}
    pages = session.api.pages("get_dag_runs", "dag_runs", limit=runs, query=query, dag_id=dag_id)
    found = [run for run in pages if run.get("dag_run_id")][::-1]
    counts = _of_runs(session, dag_id, [run["dag_run_id"] for run in found])
    gone = dict.fromkeys(name for _, name in counts if name not in tasks)
    lines: list[dict[str, Any]] = []
    for name in (*tasks, *gone):
        ids = (run["dag_run_id"] for run in found)
        states = {it: overall(counts[it, name]) for it in ids if (it, name) in counts}
        lines.append({"task_id": name, "states": states})
    columns = [_column(run) for run in found]
    if not found:
        session.output.note(f"{dag_id} has no run yet")
    rows = [
        {"dag_run_id": run["dag_run_id"], "run_after": run["run_after"], "task_id": line["task_id"],
         "state": line["states"][run["dag_run_id"]],
         "instances": sum(counts[run["dag_run_id"], line["task_id"]].values())}
        for run in columns for line in lines if run["dag_run_id"] in line["states"]
    ]  # fmt: skip
    shown = Rows(rows, ("dag_run_id", "run_after", "task_id", "state", "instances"), "dag_run_id")
    from airflowctl.core.rich_results import Picture

    return Picture("grid", {"dag_id": dag_id, "runs": columns, "tasks": lines}, shown)


def _column(run: dict[str, Any]) -> dict[str, Any]:
    wanted = ("dag_run_id", "run_type", "state", "run_after", "start_date", "end_date", "duration")
    found = {name: run.get(name) for name in wanted}
    if "duration" not in run:  # Airflow 3.0 does not tell it
        end = moment(run.get("end_date"))
        found["duration"] = end and seconds_since(run.get("start_date"), end)
    return found


def _of_run(session: Session, dag_id: str, run_id: str) -> dict[str, dict[str | None, int]]:
    """By task: how many of its instances in the run are in which state."""
    from airflowctl.domain.dag_graph import states

    instances = session.api.pages("get_task_instances", "task_instances", dag_id=dag_id, dag_run_id=run_id)
    return {name: counts for (_, name), counts in states(instances).items()}


def _of_runs(
    session: Session, dag_id: str, run_ids: list[str]
) -> dict[tuple[str, str], dict[str | None, int]]:
    if not run_ids:
        return {}
    from airflowctl.domain.batch_requests import batch_pages
    from airflowctl.domain.dag_graph import states

    body = {"dag_ids": [dag_id], "dag_run_ids": run_ids, "order_by": "id"}
    path = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
    op = "get_task_instances_batch"
    return states(batch_pages(session, op, "task_instances", body, None, **path))


# Files.


def _language(file: str) -> str:
    from os.path import splitext

    return ENDINGS.get(splitext(file)[1].lower(), "")


def _program(file: str, environ: Mapping[str, str]) -> str:
    """The program that draws; UsageError where it is not there, before anything is asked."""
    from airflowctl.core.programs import find_program

    found = find_program("dot", environ)
    if not found:
        raise UsageError(f"to draw {file} needs graphviz, and there is no program `dot` here", NO_PROGRAM)
    return found


def _painted(program: str, file: str, text: str) -> bytes:
    from os.path import splitext
    from subprocess import run

    try:
        done = run(
            [program, f"-T{splitext(file)[1][1:].lower()}"],
            input=text.encode(),
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise CliError(f"cannot run {program}: {error.strerror}", NO_PROGRAM) from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
        raise CliError(f"{program} could not draw {file}: {said or f'exit {done.returncode}'}", NO_PROGRAM)
    return done.stdout


def _written(file: str, content: bytes) -> None:
    from airflowctl.storage.private_files import open_new_private

    try:
        with open(file, "wb", opener=open_new_private) as target:
            target.write(content)
    except OSError as error:
        raise OutputFailed(f"cannot write {file}: {error.strerror}") from None
