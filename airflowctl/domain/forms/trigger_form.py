"""The form of a run: its Dag, if the line names none, and the params that this Dag has."""

from __future__ import annotations

from airflowctl.core.errors import FormLeft, UsageError
from airflowctl.core.fields import FormSupport
from airflowctl.core.parse import LineParser, parse_tokens
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.forms.form_words import write_words
from airflowctl.domain.forms.param_form import ParamForm, fill

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

# What becomes the conf, and the older spelling of --form.
_REPLACED = ("params", "conf", "edit")


def fill_run(session: Session, state: LineParser) -> list[str]:
    """Return the words of the line with the conf that the user has filled in. Raises FormLeft."""
    import json

    typed = {param.name for param, _ in state.texts()}
    if "from_file" in typed:
        raise UsageError(
            "--form cannot go with --from-file", "each line of the file says that of its own run"
        )
    if "dag_id" not in typed:
        state = _fill_dag(session, state)
    values = state.bind().values
    conf = _fill_conf(session, values["dag_id"], _read_conf(values))
    assert state.command is not None
    param = next(each for each in state.command.params if each.name == "conf")
    filled = [(param, json.dumps(conf, ensure_ascii=False))] if conf else []
    return write_words(state, filled, _REPLACED)


def _fill_dag(session: Session, state: LineParser) -> LineParser:
    """Return the line with the Dag that the user names."""
    assert state.command is not None
    form = ParamForm(session, state, ("dag_id",))
    texts = fill(session, state.command.line, form.fields, FormSupport())
    return parse_tokens(form.words(texts), session.lookup)


def _read_conf(values: dict[str, Any]) -> dict[str, Any]:
    """Return the conf that a line gives already."""
    from airflowctl.domain.runs.trigger_params import merge_params

    return merge_params(values["dag_id"], values["conf"], values["params"]) or {}


def _fill_conf(session: Session, dag_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return the conf that the user chose and agreed to; an empty one: as by default. Raises FormLeft."""
    import json

    from airflowctl.core.fields import changed_values, fields
    from airflowctl.output.sanitise import line

    params = session.api.record("get_dag_details", "dag_id", dag_id=dag_id).get("params") or {}
    asked = fields(params, values)
    conf = values
    if asked:
        texts = fill(session, f"{dag_id}: its params", asked, FormSupport())
        conf = changed_values(asked, texts)
    else:
        session.output.note(f"{dag_id} has no params")
    if session.options.print_as:  # nothing is started
        return conf
    shown = line(json.dumps(conf, ensure_ascii=False)) if conf else "its defaults"
    question = f"start {dag_id} on {session.place}{session.mark} with {shown}? [y/N] "
    if session.console.ask_consent(question).lower() not in ("y", "yes"):
        raise FormLeft("not started")
    return conf
