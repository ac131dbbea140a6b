"""Editing connections, variables, pools and Dags as YAML."""

from __future__ import annotations

from airflowctl.commands import connections, pools, variables
from airflowctl.core import undo
from airflowctl.core.command import command
from airflowctl.core.effect import CHANGE, SWITCH, effect
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.runs.lookup import DAG_ID

if TYPE_CHECKING:
    from airflowctl.core.results import Text
    from airflowctl.session.session import Session

_ABOUT = (
    "The editor is that of VISUAL or EDITOR. The difference is shown, with a question, before anything"
    " is sent; a text with an error can be edited again. Changes made on the server meanwhile are"
    " reported, and not overwritten. It needs a terminal."
)


@command(
    "edit connections",
    "Edit a connection as YAML; *** keeps the secret that is stored.",
    connections.CONN_ID,
    effect=effect(CHANGE, "connection", "conn_id", in_handler=True),
    op="get_connection",
    uses=("bulk_connections",),
    undo=undo.CONNECTION,
    invalidates=("connection",),
    about=_ABOUT,
    examples=("airflowctl edit connections db",),
)
def edit_connection(session: Session, conn_id: str) -> Text:
    from airflowctl.domain.editing import subject
    from airflowctl.domain.editing.edit_loop import edit

    return edit(session, subject.connection(session, conn_id, connections.import_kind()), "edit connections")


@command(
    "edit variables",
    "Edit a variable as YAML; a value that the server masks stays as it is.",
    variables.KEY,
    effect=effect(CHANGE, "variable", "key", in_handler=True),
    op="get_variable",
    uses=("patch_variable",),
    undo=undo.VARIABLE,
    invalidates=("variable",),
    about=_ABOUT,
    examples=("airflowctl edit variables etl_limits",),
)
def edit_variable(session: Session, key: str) -> Text:
    from airflowctl.domain.editing import subject
    from airflowctl.domain.editing.edit_loop import edit

    return edit(session, subject.variable(session, key, variables.import_kind()), "edit variables")


@command(
    "edit pools",
    "Edit a pool as YAML.",
    pools.NAME,
    effect=effect(CHANGE, "pool", "name", in_handler=True),
    op="get_pool",
    uses=("patch_pool",),
    undo=undo.POOL,
    invalidates=("pool",),
    about=_ABOUT,
    examples=("airflowctl edit pools reports",),
)
def edit_pool(session: Session, name: str) -> Text:
    from airflowctl.domain.editing import subject
    from airflowctl.domain.editing.edit_loop import edit

    return edit(session, subject.pool(session, name, pools.import_kind()), "edit pools")


@command(
    "edit dags",
    "Edit as YAML what the API can change of a Dag: whether it is paused.",
    DAG_ID,
    effect=effect(SWITCH, "Dag", "dag_id", in_handler=True),
    op="get_dag",
    uses=("patch_dag",),
    undo=undo.PAUSE,
    invalidates=("dag",),
    about=_ABOUT,
    examples=("airflowctl edit dags etl",),
)
def edit_dag(session: Session, dag_id: str) -> Text:
    from airflowctl.domain.editing import subject
    from airflowctl.domain.editing.edit_loop import edit

    return edit(session, subject.dag(session, dag_id), "edit dags")
