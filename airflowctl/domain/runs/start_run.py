"""Starting a run, and unpausing the Dag for it."""

from __future__ import annotations

from airflowctl.core.errors import CliError, Conflict, NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.parallel import alone

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def start_run(
    session: Session, dag_id: str, run_id: str | None, logical_date: str | None, fields: dict[str, Any]
) -> dict[str, Any]:
    """Return the new run, as the server answers it; `fields` are further ones of its body, None for those
    left out. Raises Conflict where there is a run of this id or logical date."""
    from airflowctl.api.models import TriggerBody

    fields = {"dag_run_id": run_id, **fields}
    named = {name: value for name, value in fields.items() if value is not None}
    body = TriggerBody.model_validate({"logical_date": logical_date, **named})
    try:
        return session.api.record("trigger_dag_run", "dag_run_id", body=body.to_json(), dag_id=dag_id)
    except NotFound as error:
        # A Dag whose file is gone or broken is known, and no run of it can be made.
        if alone(lambda: session.api.record("get_dag", "dag_id", dag_id=dag_id)).value:
            error.message = (
                f"{dag_id} is known, but is not in any file that the server reads: {error.message}"
            )
            error.hint = f"see: {suggest('why', dag_id)}"
        raise
    except Conflict as error:
        same = {"run id": run_id, "logical date": logical_date}
        criteria = " or ".join(f"{field} {text}" for field, text in same.items() if text)
        error.message = f"{dag_id}, {criteria or 'a new run'}: {error.message}"
        error.hint = f"see: {suggest('dagrun', 'list', dag_id)}"
        raise


def unpause_for(session: Session, dag_id: str, run: dict[str, Any]) -> None:
    """Unpause the Dag after its run was made: a wrong line must not let others start."""
    try:
        if session.api.record("get_dag", "dag_id", dag_id=dag_id).get("is_paused"):
            session.api.call("patch_dag", body={"is_paused": False}, dag_id=dag_id)
            session.output.note(f"{dag_id} was paused, and runs again")
    except CliError as error:
        error.message = f"{run['dag_run_id']} was made, but {dag_id} is not unpaused: {error.message}"
        raise
