"""Set the Dag, run, task or environment for the following lines."""

from __future__ import annotations

from airflowctl.commands.env import NAME
from airflowctl.commands.env import use as env_use
from airflowctl.core.command import arg, command
from airflowctl.core.converters import identifier
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import NEWEST

if TYPE_CHECKING:
    from airflowctl.session.session import Session

ABOUT = (
    "Lines that need such a name and do not give one use this name, until the session ends; a name in"
    " the line takes precedence. The prompt shows it, `..` leaves it."
)


@command(
    "use",
    "Show the names in use.",
    session_only=True,
    about=ABOUT,
    examples=("airflowctl use",),
)
def show(session: Session) -> Rows:
    rows = [{"kind": kind, "name": name} for kind, name in session.lookup.context.items()]
    return Rows(rows, ("kind", "name"), "name", empty="no name is in use: use dag NAME")


@command(
    "use dag",
    "Set the Dag for the following lines.",
    arg("dag_id", "The Dag.", complete="dag", convert=identifier),
    uses=("get_dag",),
    session_only=True,
    about=ABOUT,
    examples=("airflowctl use dag etl",),
)
def use_dag(session: Session, dag_id: str) -> Text:
    # Asked for now: a name with a slip in it would fail in each line after this one.
    session.api.call("get_dag", dag_id=dag_id)
    return _confirm_use(session, "dag", dag_id)


@command(
    "use run",
    "Set the run for the following lines, one of the Dag in use.",
    arg(
        "run_id",
        "The run; `latest` is the newest at the time of each line.",
        complete="run",
        convert=identifier,
    ),
    uses=("get_dag_run",),
    session_only=True,
    about=ABOUT,
    examples=("airflowctl use run latest",),
)
def use_run(session: Session, run_id: str) -> Text:
    dag_id = _dag(session, "run")
    # `latest` is looked up by each line anew, and a Dag without a run may have one by then.
    if run_id not in NEWEST:
        session.api.call("get_dag_run", dag_id=dag_id, dag_run_id=run_id)
    return _confirm_use(session, "run", run_id)


@command(
    "use task",
    "Set the task for the following lines, one of the Dag in use.",
    arg("task_id", "The task.", complete="task", convert=identifier),
    uses=("get_task",),
    session_only=True,
    about=ABOUT,
    examples=("airflowctl use task extract",),
)
def use_task(session: Session, task_id: str) -> Text:
    session.api.call("get_task", dag_id=_dag(session, "task"), task_id=task_id)
    return _confirm_use(session, "task", task_id)


# The shell's word for contexts is `use`: one that is typed there should not be an error.
use_env = command(
    "use env",
    "The same as env use.",
    NAME,
    session_only=True,
    examples=("airflowctl use env staging",),
)(env_use.use.handler)


@command(
    "use ..",
    "Leave the innermost of the names in use.",
    session_only=True,
    about="The line `..` is the same.",
    examples=("airflowctl use ..",),
)
def leave(session: Session) -> Text:
    kind, name = session.lookup.pop_context()
    return Text(f"no longer in use: {kind} {name}", {"left": kind, "name": name})


def _dag(session: Session, kind: str) -> str:
    """Return the Dag in use: a run or a task is one of it."""
    dag_id = session.lookup.context.get("dag")
    if dag_id is None:
        raise UsageError(f"a {kind} is one of a Dag, and none is in use", "first: use dag NAME")
    return dag_id


def _confirm_use(session: Session, kind: str, name: str) -> Text:
    session.lookup.use(kind, name)
    return Text(f"in use: {kind} {name}", {"kind": kind, "name": name})
