"""The conf of a run, filled in by hand: a form from the params of its Dag."""

from __future__ import annotations

from airflowctl.core.errors import FormLeft, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


def prompt_for_conf(session: Session, dag_id: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Return the conf that the user chose and agreed to; None: as by default. Raises UsageError."""
    import json

    from airflowctl.core.fields import changed_values, fields
    from airflowctl.output.sanitise import line

    if not session.streams.can_fill_in:
        raise UsageError("--edit needs a terminal to show its form on", "give --conf JSON instead")
    params = session.api.record("get_dag_details", "dag_id", dag_id=dag_id).get("params") or {}
    asked = fields(params, values)
    conf = values
    if asked:
        texts = session.console.fill_form(f"{dag_id}: its params", asked)
        if texts is None:
            raise FormLeft("not started")
        conf = changed_values(asked, texts)
    else:
        session.output.note(f"{dag_id} has no params")
    shown = line(json.dumps(conf, ensure_ascii=False)) if conf else "its defaults"
    question = f"start {dag_id} on {session.place}{session.mark} with {shown}? [y/N] "
    if session.console.ask_consent(question).lower() not in ("y", "yes"):
        raise FormLeft("not started")
    return conf or None
