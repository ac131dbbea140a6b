"""Answering: with what the line gives or, where it gives nothing, with what the user types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.hitl.field_values import fill_fields
from airflowctl.domain.hitl.question import check_options, conflict_error, fetch_question, place_of

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.fields import Field
    from airflowctl.session.session import Session


def send_answer(
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

    path = place_of(session, dag_id, task_id, run_id, map_index)
    question = fetch_question(session, path)
    wanted = fields(question.get("params") or {})
    # Looked at before the user fills in a form, though the server would refuse a second answer too.
    if question.get("response_received"):
        raise conflict_error(task_id, question, path)
    if not chosen and not param and params is None and len(question["options"]) > 1 - bool(wanted):
        chosen, values = _prompt(session, task_id, question, wanted)
    else:
        values = fill_fields(wanted, params or {}, dict(param))
        chosen = check_options(chosen, question, task_id)
    body: dict[str, Any] = {"chosen_options": list(chosen)}
    if values:
        body["params_input"] = values
    answer = session.api.record("update_hitl_detail", "chosen_options", body=body, **path)
    return Text(f"answered {task_id}: {', '.join(chosen)}", answer)


# What is said comes from a server, and goes through notes: the prompts themselves are ours.


def _prompt(
    session: Session, task_id: str, question: Mapping[str, Any], wanted: list[Field]
) -> tuple[Sequence[str], dict[str, Any]]:
    """Return what the person at the terminal says."""
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
    return check_options(chosen, question, task_id), values


def _asked_options(session: Session, question: Mapping[str, Any], task_id: str) -> Sequence[str]:
    options, proposed = question["options"], question.get("defaults") or []
    for number, option in enumerate(options, start=1):
        session.output.note(f"  {number}  {option}{'  (if nothing is typed)' if option in proposed else ''}")
    note = ", or several with commas between" if question.get("multiple") else ""
    while True:
        text = session.streams.ask(f"number or name{note}: ").strip()
        if not text and not proposed:
            raise UsageError(f"{task_id} is not answered")
        words = [word.strip() for word in text.split(",")] if note else [text]
        chosen = [_by_number(word, options) for word in words if word] or proposed
        try:
            return check_options(chosen, question, task_id)
        except UsageError as error:
            session.output.note(f"{error.message}; {error.hint}")


def _by_number(word: str, options: Sequence[str]) -> str:
    is_number = word not in options and word.isascii() and word.isdigit() and len(word) < 4
    return options[int(word) - 1] if is_number and 0 < int(word) <= len(options) else word


def _asked_value(session: Session, field: Field) -> Any:
    message = f" ({field.description})" if field.description else ""
    proposed = (
        f"; if nothing is typed: {field.default}" if field.default not in (None, "") else "; may be empty"
    )
    proposed = "" if field.is_needed else proposed
    session.output.note(f"{field.name}{message}{proposed}")
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
