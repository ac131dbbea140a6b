"""Pausing Dags and letting them run again, one or many."""

from __future__ import annotations

from airflowctl.core import undo
from airflowctl.core.command import ALWAYS, DRY_RUN, arg, command, flag, opt, toggle
from airflowctl.core.converters import identifier, some_text
from airflowctl.core.effect import DELETE, SWITCH, effect
from airflowctl.core.errors import REFUSED, CliError, NotLoggedIn, Unreachable, UsageError
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import counted, listed
from airflowctl.domain.runs.lookup import DAG_ID, dag_regex

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session

WHICH = (
    arg("dag_id", "The Dag.", default=None, complete="dag", convert=identifier, also=("--dag-id",)),
    flag("--treat-dag-id-as-regex", help="DAG_ID is a regular expression, looked for anywhere in the ids."),
    opt("--pattern", help="All Dags whose id contains this; % is any text, _ any letter.",
        convert=some_text, metavar="TEXT"),
    opt("--tag", help="Of those of --pattern, only Dags with this tag, or with any of several.", many=True,
        complete="tag", convert=some_text),
    DRY_RUN,
)  # fmt: skip
ABOUT = (
    "Several Dags at once are found by the server with --pattern (% is all of them), or with a regular"
    " expression as the classic CLI does; it asks first. Those that are so already are left alone."
)


class WhichValues(NamedTuple):
    """The values of `dags pause` and `dags unpause`."""

    dag_id: str | None
    treat_dag_id_as_regex: bool
    pattern: str | None
    tag: tuple[str, ...]
    dry_run: bool


@command(
    "dags pause",
    "Pause a Dag: no new run of it starts.",
    *WHICH,
    asks=("pattern", "treat_dag_id_as_regex"),
    effect=effect(SWITCH, "Dag", "dag_id", becomes="paused"),
    op="patch_dag",
    undo=undo.PAUSE,
    uses=("patch_dags", "get_dags", "get_dag"),
    changes=("dag",),
    about=ABOUT,
    examples=(
        "airflowctl dags pause etl",
        "airflowctl dags pause --pattern 'staging_%'",
    ),
)
def pause(session: Session, values: WhichValues) -> Result:
    return _set_all(session, "pause", True, values)


@command(
    "dags unpause",
    "Let a paused Dag run again.",
    *WHICH,
    asks=("pattern", "treat_dag_id_as_regex"),
    effect=effect(SWITCH, "Dag", "dag_id", becomes="unpaused"),
    op="patch_dag",
    undo=undo.PAUSE,
    uses=("patch_dags", "get_dags", "get_dag"),
    changes=("dag",),
    about=ABOUT,
    examples=(
        "airflowctl dags unpause etl",
        "airflowctl dags unpause --pattern % --tag finance",
    ),
)
def unpause(session: Session, values: WhichValues) -> Result:
    return _set_all(session, "unpause", False, values)


@command(
    "dags update",
    "Change a Dag; the API has only whether it is paused.",
    DAG_ID,
    toggle("--is-paused", help="Pause it, or let it run again."),
    effect=effect(SWITCH, "Dag", "dag_id"),
    op="patch_dag",
    undo=undo.PAUSE,
    changes=("dag",),
    about="As the official airflowctl calls it; shorter: dags pause, dags unpause.",
    examples=("airflowctl dags update etl --is-paused",),
)
def update(session: Session, dag_id: str, is_paused: bool | None) -> Record:
    if is_paused is None:
        raise UsageError("nothing to change is named", "give --is-paused or --no-is-paused")
    return _set_paused(session, dag_id, is_paused)


def _set_all(session: Session, verb: str, paused: bool, values: WhichValues) -> Result:
    dag_id, pattern, is_regex = values.dag_id, values.pattern, values.treat_dag_id_as_regex
    if (dag_id is None) == (pattern is None):
        raise UsageError("which Dag is not clear", "give either DAG_ID or --pattern")
    if values.tag and not pattern:
        raise UsageError("--tag goes with --pattern", "for all Dags with it: --pattern % --tag TAG")
    if dag_id is not None and not is_regex:
        if values.dry_run:
            dag = session.api.record("get_dag", "dag_id", dag_id=dag_id)
            return _plan([] if dag.get("is_paused") is paused else [dag_id], verb)
        return _set_paused(session, dag_id, paused)
    matching = dag_regex(dag_id) if is_regex and dag_id is not None else None
    filters = {"dag_id_pattern": pattern, "tags": values.tag, "paused": not paused, "exclude_stale": False}
    dags = session.api.pages("get_dags", "dags", query={**filters, "order_by": "dag_id"})
    ids = (str(dag["dag_id"]) for dag in dags)
    found = [name for name in ids if matching is None or matching.search(name)]
    if values.dry_run or not found:
        return _plan(found, verb)
    session.console.confirm(
        f"{counted(len(found), 'Dag')} would be {verb}d: {listed(found, 10)}", f"dags {verb}"
    )
    if is_regex:
        return _set_each(session, found, paused)
    session.api.call("patch_dags", query=filters, body={"is_paused": paused})
    rows = [{"dag_id": name, "is_paused": paused} for name in found]
    return Rows(rows, ("dag_id", "is_paused"), "dag_id")


def _plan(found: list[str], verb: str) -> Rows:
    rows = [{"dag_id": name, "would": verb} for name in found]
    return Rows(rows, ("dag_id", "would"), "dag_id", empty=f"there is no Dag to {verb}")


def _set_each(session: Session, found: list[str], paused: bool) -> Rows:
    """One by one, telling of each: some may be refused."""
    rows, code = [], 0
    for dag_id in found:
        row: dict[str, object] = {"dag_id": dag_id, "is_paused": paused, "reason": None}
        try:
            session.api.call("patch_dag", body={"is_paused": paused}, dag_id=dag_id)
        except (NotLoggedIn, Unreachable):
            raise
        except CliError as error:
            row.update(is_paused=not paused, reason=error.message)
            code = REFUSED
        rows.append(row)
    return Rows(rows, ("dag_id", "is_paused", "reason"), "dag_id", optional={"reason": None}, code=code)


def _set_paused(session: Session, dag_id: str, paused: bool) -> Record:
    dag = session.api.record("patch_dag", "dag_id", body={"is_paused": paused}, dag_id=dag_id)
    return Record(dag, "dag_id", ("dag_id", "is_paused"))


@command(
    "dags delete",
    "Delete all that the server knows of a Dag: its runs, their history and their state.",
    DAG_ID,
    DRY_RUN,
    asks=(ALWAYS,),
    effect=effect(DELETE, "Dag", "dag_id"),
    op="delete_dag",
    uses=("get_dag", "get_dag_stats"),
    changes=("dag", "run"),
    about="It asks first. A Dag whose file is still there comes back, without its history. A Dag with a"
    " running task cannot be deleted.",
    examples=("airflowctl dags delete etl --yes",),
)
def delete(session: Session, dag_id: str, dry_run: bool) -> Text:
    session.api.record("get_dag", "dag_id", dag_id=dag_id)
    answer = session.api.record("get_dag_stats", "dags", query={"dag_ids": (dag_id,)})
    runs = sum(state["count"] for dag in answer["dags"] for state in dag["stats"])
    data = {"dag_id": dag_id, "runs": runs, "dry_run": dry_run}
    of_runs = counted(runs, "run")
    if dry_run:
        return Text(f"would delete {dag_id} with {of_runs}", data)
    session.console.confirm(f"{dag_id} with {of_runs} and all their history would be deleted.", "dags delete")
    session.api.call("delete_dag", dag_id=dag_id)
    return Text(f"deleted {dag_id}", {**data, "deleted": dag_id})
