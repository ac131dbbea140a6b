"""Why there is no run: a schedule that has ended or not begun, awaited assets, a date without one."""

from __future__ import annotations

from airflowctl.core.durations import age, ago, moment
from airflowctl.core.errors import NotFound
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, WARN
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list
from airflowctl.domain.diagnosis.asset_expression import Lacking, find_lacking, format_lacking, names_of
from airflowctl.domain.diagnosis.facts import Facts, Finding
from airflowctl.domain.parallel import together

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session

_LATE = 60.0  # seconds that are within the pace of a scheduler


def never_ran(facts: Facts) -> list[Finding]:
    """Return why a Dag has no run yet."""
    if facts.dag.get("is_paused") or facts.dag.get("asset_expression"):
        return []
    if facts.dag.get("is_stale"):  # the server refuses a run of it: its file has to be fixed first
        return []
    due = moment(facts.dag.get("next_dagrun_run_after"))
    if due is None:
        return [_without_next(facts)]
    passed = (facts.now - due).total_seconds()
    title = f"the Dag has no run yet: the first is due {age(passed)}" if passed < 0 else (
        f"the Dag has no run yet, and the first was due {age(passed)}")  # fmt: skip
    more = {"next_dagrun_run_after": facts.dag.get("next_dagrun_run_after"), **_sure("the Dag's next run")}
    see = suggest("dags", "next-execution", facts.dag_id)
    return [Finding("no_run", title, WARN if passed > _LATE else "", facts=more, next=(see,))]


def _without_next(facts: Facts) -> Finding:
    summary, end = facts.dag.get("timetable_summary"), moment(facts.dag.get("end_date"))
    trigger = suggest("dags", "trigger", facts.dag_id)
    if end is not None and end < facts.now:
        title = f"the Dag has no run yet: its end_date {_day(end)} has passed"
        body = ("A run for a date before it: create a backfill; for no date: trigger one.",)
        lines = (_backfill_line(facts, _day(end)), trigger)
        return Finding(
            "no_run",
            title,
            WARN,
            body,
            {"end_date": facts.dag.get("end_date"), **_sure("the Dag's end_date")},
            lines,
        )
    if summary and summary != "None":
        title = f"the Dag has no run yet: its schedule ({summary}) tells no next run"
        return Finding("no_run", title, WARN, facts={"evidence": [], "sure": "not known"}, next=(trigger,))
    title = "the Dag has no run yet: it has no schedule"
    return Finding("no_run", title, facts=_sure("the Dag's schedule"), next=(trigger,))


def _backfill_line(facts: Facts, date: str) -> str:
    return suggest("backfill", "create", facts.dag_id, "--from-date", date, "--to-date", date)


def of_assets(session: Session, facts: Facts) -> list[Finding]:
    """Return which assets a Dag still waits for, which have come, and who makes the others. Raises
    CliError."""
    if not facts.dag.get("asset_expression"):
        return []
    parts = together({
        "queue": lambda: _queue(session, facts.dag_id),
        "assets": lambda: list(session.api.pages("get_assets", "assets", query={"dag_ids": facts.dag_id})),
    })  # fmt: skip
    for part in parts.values():
        if part.error:
            raise part.error
    came = {event.get("asset_id"): event.get("created_at") for event in parts["queue"].value}
    wanted = [asset for asset in parts["assets"].value if _starts(asset, facts.dag_id)]
    here = {(str(asset.get("name")), str(asset.get("uri"))) for asset in wanted if asset.get("id") in came}
    lacking = find_lacking(facts.dag.get("asset_expression"), here)
    if lacking and not names_of(lacking) <= {str(asset.get("name")) for asset in wanted}:
        # It names what is no asset, an alias say: of those that are none is left out.
        lacking = Lacking(tuple(str(asset.get("name")) for asset in wanted if asset.get("id") not in came))
    if lacking is None or not lacking.parts or (not came and facts.run):
        return []
    return [_waits_for(facts, wanted, lacking, came)]


def _waits_for(facts: Facts, wanted: list[dict[str, Any]], lacking: Lacking, came: dict[Any, Any]) -> Finding:
    missing = names_of(lacking)
    awaited = [asset for asset in wanted if asset.get("id") not in came and str(asset.get("name")) in missing]
    names = [str(asset.get("name")) for asset in awaited]
    arrived = [f"{asset.get('name')} came {ago(came[asset.get('id')], facts.now)}"
               for asset in wanted if asset.get("id") in came]  # fmt: skip
    title = f"it waits for {format_lacking(lacking)}" + (f"; {format_list(arrived)}" if arrived else "")
    body, lines = [], []
    for asset in awaited[:3]:
        makers = [task for task in asset.get("producing_tasks") or () if isinstance(task, dict)]
        task_names = [f"{task.get('dag_id')}.{task.get('task_id')}" for task in makers]
        body.append(
            f"{asset.get('name')} is made by {format_list(task_names)}"
            if task_names
            else f"no task makes {asset.get('name')}"
        )
        if task_names:
            lines.append(suggest("dags", "trigger", makers[0].get("dag_id")))
        else:
            lines.append(suggest("assets", "create-event", asset.get("id")))
    more = {
        "awaited": names,
        "came": {
            str(asset.get("name")): came[asset.get("id")] for asset in wanted if asset.get("id") in came
        },
        **_sure("the Dag's queued asset events"),
    }
    # What has come waits: a part of the work is done, and another part is missing.
    return Finding("waits_for_assets", title, WARN if came else "", tuple(body), more, tuple(lines))


def _queue(session: Session, dag_id: str) -> list[dict[str, Any]]:
    try:
        return list(session.api.pages("get_dag_asset_queued_events", "queued_events", dag_id=dag_id))
    except NotFound:  # what older servers say where there is no event
        return []


def _starts(asset: dict[str, Any], dag_id: str) -> bool:
    dags = asset.get("scheduled_dags") or asset.get("consuming_dags") or ()
    return any(isinstance(entry, dict) and entry.get("dag_id") == dag_id for entry in dags)


def of_date(facts: Facts, date: str) -> list[Finding]:
    """Return why a Dag has no run of a logical date."""
    when = moment(date)
    start, end = moment(facts.dag.get("start_date")), moment(facts.dag.get("end_date"))
    next_date = moment(facts.dag.get("next_dagrun_logical_date"))
    create = _backfill_line(facts, date)
    summary = facts.dag.get("timetable_summary")
    lines: tuple[str, ...]
    evidence = _sure("the Dag's schedule, start_date, end_date and catchup")
    if when is None:
        return []
    if not summary or summary == "None" or facts.dag.get("asset_expression"):
        words, lines = (
            "it has no schedule by time",
            (suggest("dags", "trigger", facts.dag_id, "--logical-date", date),),
        )
    elif start is not None and when < start:
        words, lines = f"its start_date is {_day(start)}", (suggest("dags", "details", facts.dag_id),)
    elif end is not None and when > end:
        words, lines = f"its end_date is {_day(end)}", (suggest("dags", "details", facts.dag_id),)
    elif next_date is not None and when >= next_date:
        due = ago(facts.dag.get("next_dagrun_run_after"), facts.now)
        words, lines = (
            f"its next run is that of {_day(next_date)}, due {due}",
            (suggest("dags", "next-execution", facts.dag_id),),
        )
    elif facts.dag.get("is_paused"):
        words, lines = "the Dag is paused", (suggest("dags", "unpause", facts.dag_id), create)
    elif facts.dag.get("catchup") is False:
        words = "catchup is False: dates before the Dag was first read, or unpaused, get no run by themselves"
        lines = (create,)
    else:
        words, lines = f"not known why: the schedule ({summary}) may have no such date", (create,)
        evidence = {"evidence": [], "sure": "not known"}
    title = f"{facts.dag_id} has no run of the logical date {date}: {words}"
    return [Finding("no_run_of_date", title, BAD, (), {"date": date, **evidence}, lines)]


def _sure(evidence: str) -> dict[str, Any]:
    return {"evidence": [evidence], "sure": "certain"}


def _day(moment: Any) -> str:
    """`2026-02-01`, with the time where it is not midnight."""
    text = moment.isoformat()
    return str(text[:10]) if text[11:19] == "00:00:00" else str(text)
