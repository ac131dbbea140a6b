"""`dags pause` and `dags unpause`: one Dag or many."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import arg, command, flag, opt
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.effect import SWITCH, effect
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.dag_pause import WhichValues, set_all_paused
from airflowctl.domain.params import DRY_RUN

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


WHICH = (
    arg(
        "dag_id",
        "The Dag; several may be named.",
        repeatable=True,
        complete="dag",
        convert=identifier,
        aliases=("--dag-id",),
    ),
    flag("--treat-dag-id-as-regex", help="DAG_ID is a regular expression, looked for anywhere in the ids."),
    opt(
        "--pattern",
        help="All Dags whose id contains this; % is any text, _ any letter.",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--tag",
        help="With --pattern: only Dags with this tag, or with any of several.",
        repeatable=True,
        complete="tag",
        convert=some_text,
    ),
    DRY_RUN,
)
ABOUT = (
    "To choose several Dags, use --pattern (% is all of them) or, as in the classic CLI, a regular"
    " expression; it then asks first. Dags that are already in the wanted state are not changed."
)


@command(
    "dags pause",
    "Pause a Dag: no new run of it starts.",
    *WHICH,
    confirms_after_plan=("pattern", "treat_dag_id_as_regex"),
    effect=effect(SWITCH, "Dag", "dag_id", becomes="paused", repeatable=True),
    op="patch_dag",
    undo=undo.PAUSE,
    uses=("patch_dags", "get_dags", "get_dag"),
    invalidates=("dag",),
    about=ABOUT,
    classic="classic_dags:pause",
    examples=(
        "airflowctl dags pause etl",
        "airflowctl dags pause --pattern 'staging_%'",
    ),
)
def pause(session: Session, values: WhichValues) -> Result:
    return set_all_paused(session, "pause", True, values)


@command(
    "dags unpause",
    "Unpause a Dag, so that its runs start.",
    *WHICH,
    confirms_after_plan=("pattern", "treat_dag_id_as_regex"),
    effect=effect(SWITCH, "Dag", "dag_id", becomes="unpaused", repeatable=True),
    op="patch_dag",
    undo=undo.PAUSE,
    uses=("patch_dags", "get_dags", "get_dag"),
    invalidates=("dag",),
    about=ABOUT,
    classic="classic_dags:unpause",
    examples=(
        "airflowctl dags unpause etl",
        "airflowctl dags unpause --pattern % --tag finance",
    ),
)
def unpause(session: Session, values: WhichValues) -> Result:
    return set_all_paused(session, "unpause", False, values)
