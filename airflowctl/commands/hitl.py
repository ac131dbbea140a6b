"""Human in the loop: tasks that wait for a person's answer; Airflow 3.1 and later."""

from __future__ import annotations

from airflowctl.core.command import arg, command, opt, toggle
from airflowctl.core.converters import identifier, json_object, some_text, whole_number
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.kinds import names
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import LIMIT_NEWEST, date_range
from airflowctl.domain.runs.lookup import ALL_DAGS, DAG_ID, RUN_ID, the_run
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID, TASK_STATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.session.session import Session


def _options(question: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((str(option), str(question.get("subject") or "")) for option in question.get("options") or ())


# The key is empty, as an option is a text in a list and no field of a record: `read` takes them out.
OPTION = names(
    "hitl option",
    op="get_hitl_details",
    items="hitl_details",
    key="",
    scope={"dag_id": "dag", "dag_run_id": "run", "task_id": "task"},
    read=_options,
    fresh=5.0,
)


def assignment(text: str) -> tuple[str, str]:
    """`count=3` -> ("count", "3")"""
    # At the first `=` only: a value may hold more of them, a field's name none.
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError("not NAME=VALUE")
    return name, value


PARAMS = (
    opt(
        "--param",
        help="Fill in this field; repeat it for more fields. The others keep the proposed value.",
        convert=assignment,
        repeatable=True,
        metavar="NAME=VALUE",
    ),
    opt("--params", help="Fill in fields, as a JSON object.", convert=json_object, metavar="JSON"),
)
PLACE = (DAG_ID, TASK_ID, RUN_ID)
# An answer cannot be taken back, as a second one is 409: types are checked before the first is sent.
ABOUT = "Fields are checked against their types before anything is sent; the others keep the proposed value."


@command(
    "hitl respond",
    "Answer a task's question with one or more of its options, and fill in its fields.",
    *PLACE,
    arg(
        "option",
        "The option; several where the task takes several.",
        repeatable=True,
        aliases=("--option",),
        complete="hitl option",
    ),
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="answered"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    invalidates=("run",),
    about="Without an option and fields it asks for them on a terminal. " + ABOUT,
    aliases=("hitl choose",),
    examples=("airflowctl hitl respond etl ask latest Yes --param amount=3",),
)
def respond(
    session: Session,
    dag_id: str,
    task_id: str,
    run_id: str,
    option: tuple[str, ...],
    map_index: int,
    param: tuple[tuple[str, str], ...],
    params: dict[str, Any] | None,
) -> Text:
    from airflowctl.domain.hitl.answer import send_answer

    return send_answer(session, option, dag_id, task_id, run_id, map_index, param, params)


class AnswerValues(NamedTuple):
    """The values of `hitl approve` and `hitl reject`, in the order in which `send_answer` takes them."""

    dag_id: str
    task_id: str
    run_id: str
    map_index: int
    param: tuple[tuple[str, str], ...]
    params: dict[str, Any] | None


@command(
    "hitl approve",
    "Approve a task that waits for approval.",
    *PLACE,
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="approved"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    invalidates=("run",),
    about=ABOUT,
    examples=("airflowctl hitl approve etl ask latest",),
)
def approve(session: Session, values: AnswerValues) -> Text:
    from airflowctl.domain.hitl.answer import send_answer

    return send_answer(session, ("Approve",), *values)


@command(
    "hitl reject",
    "Reject a task that waits for approval.",
    *PLACE,
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="rejected"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    invalidates=("run",),
    about=ABOUT,
    examples=("airflowctl hitl reject etl ask latest",),
)
def reject(session: Session, values: AnswerValues) -> Text:
    from airflowctl.domain.hitl.answer import send_answer

    return send_answer(session, ("Reject",), *values)


WANTED = (
    "subject",
    "body",
    "options",
    "multiple",
    "defaults",
    "params",
    "created_at",
    "response_received",
    "chosen_options",
    "params_input",
    "responded_by_user.name",
    "responded_at",
    "task_instance.state",
)


class QuestionFilters(NamedTuple):
    """The values of `hitl list`."""

    dag_id: str
    run_id: str
    pending: bool | None
    state: tuple[str, ...]
    task_id: str | None
    subject_search: str | None
    body_search: str | None
    responded_by_user_name: tuple[str, ...]
    created_at_gte: str | None
    created_at_lte: str | None
    limit: int | None


@command(
    "hitl list",
    "List the questions of tasks to people, newest first.",
    arg("dag_id", "The Dag; all of them if not given.", default=ALL_DAGS, complete="dag", convert=identifier),
    arg("run_id", "The run; all if not given.", default=ALL_DAGS, complete="run", convert=identifier),
    toggle(
        "--pending",
        help="Only questions that wait for an answer.",
        no_help="Only questions that have an answer.",
    ),
    opt(
        "--state",
        help="Only of tasks in this state, or in any of several.",
        choices=TASK_STATES,
        repeatable=True,
    ),
    opt("--task-id", help="Only of this task.", complete="task", convert=identifier, metavar="TASK_ID"),
    opt(
        "--subject",
        name="subject_search",
        help="Only questions whose subject contains this.",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--text",
        name="body_search",
        help="Only questions whose text contains this.",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--answered-by",
        name="responded_by_user_name",
        help="Only answered by this user, or by any of several.",
        repeatable=True,
        metavar="USER",
    ),
    *date_range("created", "created_at", "that were asked"),
    LIMIT_NEWEST,
    op="get_hitl_details",
    examples=("airflowctl hitl list --pending",),
)
def list_questions(session: Session, values: QuestionFilters) -> Rows:
    query = values._asdict()
    dag_id, run_id, pending = query.pop("dag_id"), query.pop("run_id"), query.pop("pending")
    if dag_id != ALL_DAGS:
        run_id = the_run(session, dag_id, run_id)
    # The server's filter says the opposite: whether an answer has been received.
    received = None if pending is None else not pending
    limit = query.pop("limit")
    query |= {"response_received": received, "order_by": "-created_at"}
    path = {"dag_id": dag_id, "dag_run_id": run_id}
    items = session.api.pages("get_hitl_details", "hitl_details", limit=limit, query=query, **path)
    instance = ("dag_id", "dag_run_id", "task_id")
    columns = (*(f"task_instance.{name}" for name in instance), "subject", "options", "chosen_options")
    optional = {"chosen_options": None}
    return Rows(items, columns, "task_instance.task_id", optional, empty="no task asks anything")


@command(
    "hitl show",
    "Show the question of a task, and its answer.",
    DAG_ID,
    TASK_ID,
    RUN_ID,
    MAP_INDEX,
    opt(
        "--try-number",
        help="The question of this earlier try.",
        convert=whole_number,
        complete="try",
        metavar="N",
    ),
    op="get_hitl_detail",
    uses=("get_hitl_detail_try_detail", "get_dag_runs"),
    aliases=("hitl get",),
    examples=("airflowctl hitl show etl ask latest",),
)
def show(
    session: Session, dag_id: str, task_id: str, run_id: str, map_index: int, try_number: int | None
) -> Record:
    from airflowctl.domain.hitl.question import place_of

    path = place_of(session, dag_id, task_id, run_id, map_index)
    # From Airflow 3.2 on an earlier try is another operation; the newest needs none of it.
    if try_number is None:
        return Record(session.api.record("get_hitl_detail", "subject", **path), "subject", table=WANTED)
    record = session.api.record("get_hitl_detail_try_detail", "subject", try_number=str(try_number), **path)
    return Record(record, "subject", table=WANTED)
