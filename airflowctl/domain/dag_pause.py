"""Pausing Dags and unpausing them: one, all that a pattern finds, or all that an expression matches."""

from __future__ import annotations

from airflowctl.core.errors import REFUSED, CliError, NotLoggedIn, Unreachable, UsageError
from airflowctl.core.results import Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.runs.lookup import dag_regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


class WhichValues(NamedTuple):
    """The values of `dags pause` and `dags unpause`."""

    dag_id: tuple[str, ...]
    treat_dag_id_as_regex: bool
    pattern: str | None
    tag: tuple[str, ...]
    dry_run: bool


def set_all_paused(session: Session, verb: str, paused: bool, values: WhichValues) -> Result:
    dag_ids, pattern, is_regex = values.dag_id, values.pattern, values.treat_dag_id_as_regex
    # Neither would be all Dags, both would be a guess at how they are joined.
    if (not dag_ids) == (pattern is None) or (is_regex and len(dag_ids) > 1):
        raise UsageError("which Dag is not clear", "give either DAG_ID or --pattern")
    # By a tag alone a whole team's Dags would stop: the pattern `%` has to be typed for that.
    if values.tag and not pattern:
        raise UsageError("--tag goes with --pattern", "for all Dags with it: --pattern % --tag TAG")
    if dag_ids and not is_regex:
        if values.dry_run:
            dags = [session.api.record("get_dag", "dag_id", dag_id=dag_id) for dag_id in dag_ids]
            changed = zip(dag_ids, dags, strict=True)
            return _plan([dag_id for dag_id, dag in changed if dag.get("is_paused") is not paused], verb)
        # A Dag that is named twice is changed once, and has one row.
        unique_ids = tuple(dict.fromkeys(dag_ids))
        return (
            _set_each(session, unique_ids, paused)
            if unique_ids[1:]
            else write_pause(session, unique_ids[0], paused)
        )
    matching = dag_regex(dag_ids[0]) if is_regex else None
    # Only those that are not so already: the question counts what would change.
    filters = {"dag_id_pattern": pattern, "tags": values.tag, "paused": not paused, "exclude_stale": False}
    pages = session.api.pages("get_dags", "dags", query={**filters, "order_by": "dag_id"})
    # Without a regular expression the server chooses the Dags, and their names are only shown.
    ids = (str(dag["dag_id"] if matching else dag.get("dag_id") or "") for dag in pages)
    texts = [name for name in ids if matching is None or matching.search(name)]
    if values.dry_run or not texts:
        return _plan(texts, verb)
    session.console.confirm(
        f"{format_count(len(texts), 'Dag')} would be {verb}d: {format_list(texts, 10)}", f"dags {verb}"
    )
    if is_regex:
        return _set_each(session, texts, paused)
    session.api.call("patch_dags", query=filters, body={"is_paused": paused})
    rows = [{"dag_id": name, "is_paused": paused} for name in texts]
    return Rows(rows, ("dag_id", "is_paused"), "dag_id")


def _plan(texts: list[str], verb: str) -> Rows:
    rows = [{"dag_id": name, "would": verb} for name in texts]
    return Rows(rows, ("dag_id", "would"), "dag_id", empty=f"there is no Dag to {verb}")


def _set_each(session: Session, texts: Sequence[str], paused: bool) -> Rows:
    """Return one by one, telling of each: some may be refused."""
    rows, code = [], 0
    for dag_id in texts:
        row: dict[str, object] = {"dag_id": dag_id, "is_paused": paused, "reason": None}
        try:
            session.api.call("patch_dag", body={"is_paused": paused}, dag_id=dag_id)
        # The same would be said of each Dag that is left.
        except (NotLoggedIn, Unreachable):
            raise
        except CliError as error:
            # What was refused is as it was.
            row.update(is_paused=not paused, reason=error.message)
            code = REFUSED
        rows.append(row)
    return Rows(rows, ("dag_id", "is_paused", "reason"), "dag_id", optional={"reason": None}, code=code)


def write_pause(session: Session, dag_id: str, paused: bool) -> Record:
    dag = session.api.record("patch_dag", "dag_id", body={"is_paused": paused}, dag_id=dag_id)
    return Record(dag, "dag_id", ("dag_id", "is_paused"))
