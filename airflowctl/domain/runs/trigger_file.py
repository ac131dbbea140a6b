"""Starting a run for each line of a file: the whole file is checked first, and the same line resumes it."""

from __future__ import annotations

from airflowctl.core.converters import identifier, json_object, timestamp
from airflowctl.core.errors import CliError, Conflict, NotFound, Unreachable, UsageError, WrongFile
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.bulk_results import FAILED, NOT_BEGUN, NOT_DONE, outcomes
from airflowctl.domain.runs.start_run import start_run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from airflowctl.core.results import Rows
    from airflowctl.session.session import Session

# The fields of a line, as those of the API's body.
FIELDS = ("dag_run_id", "conf", "logical_date", "run_after", "note", "partition_key")
STARTED, WAS_THERE = "started", "was there"
_DIGEST = 12  # letters of the file's digest in the ids of its runs


class Planned(NamedTuple):
    """A run that a line of the file wants."""

    number: int
    run_id: str
    logical_date: str | None
    fields: dict[str, Any]


def start_runs(session: Session, dag_id: str, file: str, prefix: str | None, *, is_resumed: bool) -> Rows:
    """Start a run for each line, one request each, and tell what became of each; exit 1 if one failed. A
    line without an id gets one of the file's content and its own number, so that no line is done twice.
    Raises WrongFile before anything is sent."""
    from airflowctl.session.text_files import read_text

    text = read_text(file, session.streams)
    planned = list(_plan(file, text, prefix))
    rows: list[dict[str, Any]] = []
    is_away = False
    for plan in planned:
        result, reason = (NOT_BEGUN, None) if is_away else (STARTED, None)
        try:
            if not is_away:
                result = _start(session, dag_id, plan, is_resumed)
        except Unreachable as error:
            # Its answer is lost, and the others would not reach the server either.
            is_away, result, reason = True, NOT_DONE, f"may have been started: {error.message}"
        except CliError as error:
            result, reason = FAILED, error.message
        rows.append({"line": plan.number, "dag_run_id": plan.run_id, "result": result, "reason": reason})
        session.parts.progress.show(len(rows), len(planned))
    if any(row["result"] in (FAILED, NOT_DONE) for row in rows) and file != "-":
        more = ("--run-id", prefix) if prefix else ()
        again = suggest("dags", "trigger", dag_id, "--from-file", file, *more, "--resume")
        session.output.note(f"resume it with: {again}")
    return outcomes(rows, "line", "dag_run_id", empty="the file has no line")


def _start(session: Session, dag_id: str, plan: Planned, is_resumed: bool) -> str:
    """Return what became of a line. Raises CliError."""
    try:
        start_run(session, dag_id, plan.run_id, plan.logical_date, plan.fields)
        return STARTED
    except Conflict:
        if is_resumed and _has_run(session, dag_id, plan.run_id):
            return WAS_THERE
        raise


def _has_run(session: Session, dag_id: str, run_id: str) -> bool:
    try:
        session.api.record("get_dag_run", "dag_run_id", dag_id=dag_id, dag_run_id=run_id)
    except NotFound:
        return False
    return True


def _plan(file: str, text: str, prefix: str | None) -> Iterator[Planned]:
    from hashlib import sha256

    name = prefix or f"file__{sha256(text.encode()).hexdigest()[:_DIGEST]}"
    problems: list[tuple[str, UsageError]] = []
    plans: list[Planned] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            plans.append(_read_line(line, number, f"{name}__{number}"))
        except (UsageError, ValueError) as error:
            problems.append((f"{file}:{number}", UsageError(str(error))))
    ids = [plan.run_id for plan in plans]
    for plan in plans:
        if ids.count(plan.run_id) > 1:
            problems.append((f"{file}:{plan.number}", UsageError(f"{plan.run_id} stands there twice")))
    if problems:
        raise WrongFile(problems)
    yield from plans


def _read_line(line: str, number: int, run_id: str) -> Planned:
    record = json_object(line)
    if strange := [name for name in record if name not in FIELDS]:
        raise UsageError(f"no field {', '.join(strange)}: a line has {', '.join(FIELDS)}")
    if not isinstance(record.get("conf", {}), dict):
        raise UsageError("conf has to be an object")
    for name in FIELDS:
        if name != "conf" and not isinstance(record.get(name, ""), str):
            raise UsageError(f"{name} has to be a text")
    dates = {name: timestamp(record[name]) for name in ("logical_date", "run_after") if name in record}
    fields = {name: record.get(name) for name in ("conf", "note", "partition_key")}
    named = identifier(record["dag_run_id"]) if "dag_run_id" in record else run_id
    return Planned(number, named, dates.get("logical_date"), {**fields, "run_after": dates.get("run_after")})
