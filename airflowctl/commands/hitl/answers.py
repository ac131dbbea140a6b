"""Answering: with what the line says or, where it says nothing, with what a person at the terminal does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.commands.hitl import place_of
from airflowctl.core.command import arg, command, opt
from airflowctl.core.converters import json_object
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.errors import Conflict, NotFound, UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import indexed
from airflowctl.domain.runs.lookup import DAG_ID, RUN_ID
from airflowctl.domain.tasks.lookup import MAP_INDEX, TASK_ID

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.fields import Field
    from airflowctl.session.session import Session


def assignment(text: str) -> tuple[str, str]:
    """`count=3` -> ("count", "3")"""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError("not NAME=VALUE")
    return name, value


PARAMS = (
    opt(
        "--param",
        help="Fill in this field; give it again for more of them. The others keep what is proposed.",
        convert=assignment,
        many=True,
        metavar="NAME=VALUE",
    ),
    opt("--params", help="Fill in fields, as a JSON object.", convert=json_object, metavar="JSON"),
)
PLACE = (DAG_ID, TASK_ID, RUN_ID)
ABOUT = (
    "Fields are checked against their types before anything is sent; those not given keep what the question"
    " proposes."
)


@command(
    "hitl respond",
    "Answer what a task asks with one or more of its options, and fill in its fields.",
    *PLACE,
    arg(
        "option",
        "The option; several where the task takes several.",
        many=True,
        also=("--option",),
        complete="hitl option",
    ),
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="answered"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    changes=("run",),
    about="Without an option and fields it asks for them one by one, on a terminal. " + ABOUT,
    also=("hitl choose",),
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
    return _answer(session, option, dag_id, task_id, run_id, map_index, param, params)


@command(
    "hitl approve",
    "Approve what a task asks.",
    *PLACE,
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="approved"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    changes=("run",),
    about=ABOUT,
    examples=("airflowctl hitl approve etl ask latest",),
)
def approve(
    session: Session,
    dag_id: str,
    task_id: str,
    run_id: str,
    map_index: int,
    param: tuple[tuple[str, str], ...],
    params: dict[str, Any] | None,
) -> Text:
    return _answer(session, ("Approve",), dag_id, task_id, run_id, map_index, param, params)


@command(
    "hitl reject",
    "Reject what a task asks.",
    *PLACE,
    MAP_INDEX,
    *PARAMS,
    effect=effect(SWITCH, "task", "task_id", "run_id", "dag_id", becomes="rejected"),
    op="update_hitl_detail",
    uses=("get_hitl_detail", "get_dag_runs"),
    changes=("run",),
    about=ABOUT,
    examples=("airflowctl hitl reject etl ask latest",),
)
def reject(
    session: Session,
    dag_id: str,
    task_id: str,
    run_id: str,
    map_index: int,
    param: tuple[tuple[str, str], ...],
    params: dict[str, Any] | None,
) -> Text:
    return _answer(session, ("Reject",), dag_id, task_id, run_id, map_index, param, params)


def _answer(
    session: Session,
    chosen: Sequence[str],
    dag_id: str,
    task_id: str,
    run_id: str,
    map_index: int,
    param: tuple[tuple[str, str], ...],
    params: dict[str, Any] | None,
) -> Text:
    from airflowctl.core.fields import fields
    from airflowctl.domain.hitl_form import filled

    place = place_of(session, dag_id, task_id, run_id, map_index)
    question = _question(session, place)
    wanted = fields(question.get("params") or {})
    if question.get("response_received"):
        raise _answered(task_id, question, place)
    if not chosen and not param and params is None and len(question["options"]) > 1 - bool(wanted):
        chosen, values = _asked(session, task_id, question, wanted)
    else:
        values = filled(wanted, params or {}, dict(param))
        chosen = _checked(chosen, question, task_id)
    body: dict[str, Any] = {"chosen_options": list(chosen)}
    if values:
        body["params_input"] = values
    done = session.api.record("update_hitl_detail", "chosen_options", body=body, **place)
    return Text(f"answered {task_id}: {', '.join(chosen)}", done)


_NO_QUESTION = "Human-in-the-loop detail does not exist for Task Instance with id "


def _question(session: Session, place: Mapping[str, str]) -> dict[str, Any]:
    try:
        return session.api.record("get_hitl_detail", "options", **place)
    except NotFound as error:
        if error.message.startswith(_NO_QUESTION):  # the server names the instance by a number of its own
            error.message = f"{place['task_id']} asks nothing in {place['dag_run_id']}, or has not asked yet"
            error.hint = f"see: {suggest('hitl', 'list', place['dag_id'], place['dag_run_id'])}"
        raise


def _answered(task_id: str, question: Mapping[str, Any], place: Mapping[str, str]) -> Conflict:
    chosen = ", ".join(question.get("chosen_options") or ()) or "something"
    name = (question.get("responded_by_user") or {}).get("name")
    by = f" by {name}" if name else ""
    index = int(place["map_index"])
    see = suggest("hitl", "show", place["dag_id"], task_id, place["dag_run_id"], index=index)
    return Conflict(f"{indexed(task_id, index)} is answered already{by}: {chosen}", f"see: {see}")


def _checked(chosen: Sequence[str], question: Mapping[str, Any], task_id: str) -> Sequence[str]:
    """The options, if they are the question's; of a question with one option that one. Raises UsageError."""
    options = question["options"]
    there_are = f"one of: {', '.join(options)}"
    if not chosen:
        if len(options) > 1:
            raise UsageError(f"{task_id} asks: {question.get('subject')}", f"answer with {there_are}")
        return tuple(options)
    chosen = [_named(option, options) for option in chosen]
    for option in chosen:
        if option not in options:
            near = did_you_mean(option, options)
            raise UsageError(f"'{option}' is no answer to what {task_id} asks", near or there_are)
    if len(chosen) > 1 and not question.get("multiple"):
        raise UsageError(f"{task_id} takes one answer", there_are)
    return tuple(dict.fromkeys(chosen))


# What is said comes from a server, and goes through notes: the prompts themselves are ours.


def _asked(
    session: Session, task_id: str, question: Mapping[str, Any], wanted: list[Field]
) -> tuple[Sequence[str], dict[str, Any]]:
    """What the person at the terminal says."""
    if not session.can_ask or session.options.yes:
        raise UsageError(
            f"{task_id} asks: {question.get('subject')}",
            f"answer with one of: {', '.join(question['options'])}"
            + "".join(f"; --param {field.name}=VALUE" for field in wanted),
        )
    say = session.output.note
    say(f"{task_id} asks: {question.get('subject')}")
    for text in str(question.get("body") or "").splitlines():
        say(f"  {text}")
    chosen = _asked_options(session, question, task_id) if len(question["options"]) > 1 else ()
    values = {field.name: _asked_value(session, field) for field in wanted}
    return _checked(chosen, question, task_id), values


def _asked_options(session: Session, question: Mapping[str, Any], task_id: str) -> Sequence[str]:
    options, proposed = question["options"], question.get("defaults") or []
    for number, option in enumerate(options, start=1):
        session.output.note(f"  {number}  {option}{'  (if nothing is typed)' if option in proposed else ''}")
    several = ", or several with commas between" if question.get("multiple") else ""
    while True:
        text = session.streams.ask(f"number or name{several}: ").strip()
        if not text and not proposed:
            raise UsageError(f"{task_id} is not answered")
        words = [word.strip() for word in text.split(",")] if several else [text]
        chosen = [_by_number(word, options) for word in words if word] or proposed
        try:
            return _checked(chosen, question, task_id)
        except UsageError as error:
            session.output.note(f"{error.message}; {error.hint}")


def _by_number(word: str, options: Sequence[str]) -> str:
    is_number = word not in options and word.isascii() and word.isdigit() and len(word) < 4
    return options[int(word) - 1] if is_number and 0 < int(word) <= len(options) else word


def _named(word: str, options: Sequence[str]) -> str:
    """The option of that name, be it in other letters: `approve` is Approve."""
    near = [option for option in options if option.casefold() == word.casefold()]
    return near[0] if word not in options and len(near) == 1 else word


def _asked_value(session: Session, field: Field) -> Any:
    told = f" ({field.told})" if field.told else ""
    proposed = (
        f"; if nothing is typed: {field.default}" if field.default not in (None, "") else "; may be empty"
    )
    proposed = "" if field.is_needed else proposed
    session.output.note(f"{field.name}{told}{proposed}")
    while True:
        text = session.streams.ask("value: ")
        if not text.strip() and not field.is_needed:
            return field.default
        if not text.strip():
            raise UsageError(f"'{field.name}' is not filled in, and nothing was sent")
        try:
            return field.value(text)
        except ValueError as error:
            session.output.note(f"{field.name}: {error}")
