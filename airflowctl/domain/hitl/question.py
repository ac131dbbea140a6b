"""A question of a task: finding it, and which of its options an answer may choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.errors import Conflict, NotFound, UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_index
from airflowctl.domain.tasks.lookup import where

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def place_of(session: Session, dag_id: str, task_id: str, run_id: str, map_index: int) -> dict[str, str]:
    """Return the parts of a question's path."""
    return {**where(session, dag_id, run_id, task_id), "map_index": str(map_index)}


_NO_QUESTION = "Human-in-the-loop detail does not exist for Task Instance with id "


def fetch_question(session: Session, index: Mapping[str, str]) -> dict[str, Any]:
    try:
        return session.api.record("get_hitl_detail", "options", **index)
    except NotFound as error:
        if error.message.startswith(_NO_QUESTION):  # the server names the instance by a number of its own
            error.message = f"{index['task_id']} asks nothing in {index['dag_run_id']}, or has not asked yet"
            error.hint = f"see: {suggest('hitl', 'list', index['dag_id'], index['dag_run_id'])}"
        raise


def conflict_error(task_id: str, question: Mapping[str, Any], position: Mapping[str, str]) -> Conflict:
    chosen = ", ".join(question.get("chosen_options") or ()) or "something"
    name = (question.get("responded_by_user") or {}).get("name")
    by = f" by {name}" if name else ""
    index = int(position["map_index"])
    see = suggest("hitl", "show", position["dag_id"], task_id, position["dag_run_id"], index=index)
    return Conflict(f"{format_index(task_id, index)} is answered already{by}: {chosen}", f"see: {see}")


def check_options(chosen: Sequence[str], question: Mapping[str, Any], task_id: str) -> Sequence[str]:
    """Return the options, if they are the question's; of a question with one option that one. Raises
    UsageError."""
    options = question["options"]
    there_are = f"one of: {', '.join(options)}"
    # A question with one option is one to be confirmed: there is nothing to choose.
    if not chosen:
        if len(options) > 1:
            raise UsageError(f"{task_id} asks: {question.get('subject')}", f"answer with {there_are}")
        return tuple(options)
    chosen = [_match_option(option, options) for option in chosen]
    for option in chosen:
        if option not in options:
            near = did_you_mean(option, options)
            raise UsageError(f"'{option}' is no answer to what {task_id} asks", near or there_are)
    if len(chosen) > 1 and not question.get("multiple"):
        raise UsageError(f"{task_id} takes one answer", there_are)
    return tuple(dict.fromkeys(chosen))


def _match_option(word: str, options: Sequence[str]) -> str:
    """Return the option of that name, be it in other letters: `approve` is Approve."""
    # Two options may differ in their capitals only: then the word must be one of them as it is.
    near = [option for option in options if option.casefold() == word.casefold()]
    return near[0] if word not in options and len(near) == 1 else word
