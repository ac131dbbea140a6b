"""All failed runs of a time, grouped by what was raised and where: one look, one line to clear each group."""

from __future__ import annotations

from airflowctl.core.durations import ago
from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.next_line import suggest
from airflowctl.core.rich_results import BAD, GOOD, WARN, Report, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count, format_list
from airflowctl.domain.diagnosis.causes import first_cause
from airflowctl.domain.parallel import of_each, together
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.session.session import Session

MOST = 1000  # failed runs, and failed instances of tasks, that are looked at
_LOGS = 30  # logs that are read where `all` is not asked for: a request each
_LONGEST = 120  # letters of a heading
_NAMED = 20  # Dags whose owner and last run are asked for in one request
EVERYWHERE = {"dag_id": ALL_DAGS, "dag_run_id": ALL_DAGS}
NOT_READ, NO_TASK = "not read", "no task of the run failed"


class Choice(NamedTuple):
    """Which failed runs are meant, and whether the log of each is read."""

    since: str
    tag: str | None
    read_all: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Return the options of a line that means the same."""
        tag = () if self.tag is None else ("--tag", self.tag)
        return ("--since", self.since, *tag, *(("--all",) if self.read_all else ()))


class Failed(NamedTuple):
    """A failed run and the task that failed first in it; without one where none did."""

    run: dict[str, Any]
    instance: dict[str, Any]

    @property
    def dag_id(self) -> str:
        return str(self.run["dag_id"])

    @property
    def run_id(self) -> str:
        return str(self.run["dag_run_id"])

    @property
    def end(self) -> Any:
        """Return when it ended; a run that was failed before it began has no end."""
        return self.run.get("end_date") or self.run.get("queued_at") or self.run.get("run_after")

    @property
    def kind(self) -> tuple[str, str, str]:
        """Return what fails alike as far as can be known without its log: a task of one Dag."""
        operator = self.instance.get("operator_name") or self.instance.get("operator")
        return self.dag_id, str(self.instance.get("task_id") or ""), str(operator or "")

    @property
    def data(self) -> dict[str, Any]:
        """Return the data for programs."""
        return {"dag_id": self.dag_id, "dag_run_id": self.run_id, "task_id": self.kind[1] or None}


class Group(NamedTuple):
    """The runs that failed alike. `words` and `location` are those of the newest log that was read."""

    words: str
    location: str
    runs: list[Failed]
    titles: list[str]

    @property
    def name(self) -> str:
        """Return a short name that is the same as long as the group has the same cause and place."""
        from hashlib import sha256

        return sha256(f"{self.words}\n{self.location}".encode()).hexdigest()[:8]

    @property
    def read(self) -> int:
        """Return how many logs of it were read."""
        return len(self.titles)

    @property
    def title(self) -> str:
        """Return what was raised; with its own words where all that were read say the same."""
        return self.titles[0] if len(set(self.titles)) == 1 else self.words


def triage(session: Session, choice: Choice) -> Report:
    from datetime import UTC, datetime

    groups, failed, is_whole = find_groups(session, choice)
    dags = list(dict.fromkeys(run.dag_id for run in failed))
    known = _dags(session, dags[: _NAMED * 5])
    now = datetime.now(UTC)
    sections = [_headline(failed, groups, choice.since, is_whole)]
    sections += [_section(group, known, now, choice) for group in groups]
    data = {
        "since": choice.since, "tag": choice.tag, "failed_runs": len(failed), "complete": is_whole,
        "groups": [_data(group, known, choice) for group in groups],
    }  # fmt: skip
    return Report(tuple(sections), data, REFUSED if failed else DONE)


def find_groups(session: Session, choice: Choice) -> tuple[list[Group], list[Failed], bool]:
    """Return the groups, the largest first and what was not read last, the failed runs in them, and whether
    these are all."""
    failed, is_whole = _failed(session, choice.since, choice.tag)
    groups = _groups(session, failed, choice.read_all)
    groups = sorted(groups, key=lambda group: (group.words == NOT_READ, -len(group.runs)))
    return groups, failed, is_whole


def _failed(session: Session, since: str, tag: str | None) -> tuple[list[Failed], bool]:
    """Return the failed runs, newest first, and whether these are all."""
    query = {"state": ("failed",), "end_date_gte": since, "order_by": "-end_date"}

    def pages(op: str, items: str, **path: str) -> list[dict[str, Any]]:
        return list(session.api.pages(op, items, limit=MOST, query=query, **path))

    parts = together({
        "runs": lambda: pages("get_dag_runs", "dag_runs", dag_id=ALL_DAGS),
        "instances": lambda: pages("get_task_instances", "task_instances", **EVERYWHERE),
        "tagged": lambda: _tagged(session, tag),
    })  # fmt: skip
    for part in parts.values():
        if part.error:
            raise part.error
    first: dict[tuple[Any, Any], dict[str, Any]] = {}
    for instance in parts["instances"].value:  # the newest first, so that the first of all stays
        first[instance.get("dag_id"), instance.get("dag_run_id")] = instance
    tagged, runs = parts["tagged"].value, parts["runs"].value
    chosen = [run for run in runs if tagged is None or run.get("dag_id") in tagged]
    is_whole = len(runs) < MOST and len(parts["instances"].value) < MOST
    return [
        Failed(run, first.get((run.get("dag_id"), run.get("dag_run_id")), {})) for run in chosen
    ], is_whole


def _tagged(session: Session, tag: str | None) -> set[str] | None:
    if tag is None:
        return None
    query = {"tags": (tag,), "exclude_stale": False}
    return {str(dag["dag_id"]) for dag in session.api.pages("get_dags", "dags", query=query)}


def _groups(session: Session, failed: list[Failed], read_all: bool) -> list[Group]:
    by_kind: dict[tuple[str, str, str], list[Failed]] = {}
    for entry in failed:
        by_kind.setdefault(entry.kind, []).append(entry)
    wanted = [entry for entry in failed if entry.instance] if read_all else [
        runs[0] for runs in by_kind.values() if runs[0].instance
    ][:_LOGS]  # fmt: skip
    words = {id(entry): part.value or ("", "", "") for entry, part in
             zip(wanted, of_each(lambda run: _why(session, run), wanted), strict=True)}  # fmt: skip
    groups: dict[tuple[str, str], Group] = {}
    for runs in by_kind.values():
        newest = words.get(id(runs[0]), ("", "", ""))
        for entry in runs:
            key = (words.get(id(entry)) or newest)[:2]
            if not entry.instance:
                key = (NO_TASK, "")
            elif not key[0]:
                key = (NOT_READ, "")
            group = groups.setdefault(key, Group(key[0], key[1], [], []))
            group.runs.append(entry)
            if id(entry) in words:
                group.titles.append(words[id(entry)][2] or key[0])
    return list(groups.values())


def _why(session: Session, entry: Failed) -> tuple[str, str, str]:
    """Return what was raised, where, and its words. Raises CliError where the log cannot be read."""
    path = {"dag_id": entry.dag_id, "dag_run_id": entry.run_id}
    words, failure = first_cause(session, path, entry.instance)
    root = None if failure is None or failure.is_stopped else failure.root
    if root is None:
        return cut(words), "", cut(words)
    frame = next((frame for frame in reversed(root.own_frames) if not _is_of_library(frame.filename)), None)
    frame = frame or (root.own_frames[-1] if root.own_frames else None)
    location = (
        "" if frame is None else f"{frame.name}, line {frame.line} of {frame.filename.rpartition('/')[2]}"
    )
    # The words differ from run to run, as by a date: what was raised, and where, is what runs have in common.
    return (root.kind if location else cut(root.title)), location, cut(root.title)


def cut(words: str) -> str:
    """Return the beginning of words that are too long for a heading."""
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rstrip()}…"


def _is_of_library(filename: str) -> bool:
    return any(part in filename for part in ("-packages/", "/lib/python", "<frozen "))


def _dags(session: Session, dag_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the owners of Dags, and whether the last run of each succeeded, as far as one may see it."""
    dags: dict[str, dict[str, Any]] = {}
    slices = [dag_ids[start : start + _NAMED] for start in range(0, len(dag_ids), _NAMED)]

    def ask(names: list[str], state: str | None) -> Iterable[dict[str, Any]]:
        query = {"dag_id_pattern": "|".join(names), "exclude_stale": False, "last_dag_run_state": state}
        rows, _ = session.api.page("get_dags", "dags", {}, query=query)
        return rows

    for names in slices:
        parts = together({"all": lambda names=names: ask(names, None),  # type: ignore[misc]
                          "good": lambda names=names: ask(names, "success")})  # type: ignore[misc] # fmt: skip
        for row in parts["all"].value or ():
            dags[str(row.get("dag_id"))] = {"owners": row.get("owners") or [], "recovered": False}
        for row in parts["good"].value or ():
            if row.get("dag_id") in dags:
                dags[str(row.get("dag_id"))]["recovered"] = True
    return dags


def _headline(failed: list[Failed], groups: list[Group], since: str, is_whole: bool) -> Section:
    if not failed:
        return Section(f"no run failed since {since}", tone=GOOD)
    title = (
        f"{format_count(len(failed), 'run')} failed since {since}, in {format_count(len(groups), 'group')}"
    )
    body = () if is_whole else (f"The newest {MOST} were looked at; there may be more.",)
    return Section(title, body, BAD)


def _section(group: Group, known: dict[str, dict[str, Any]], now: Any, choice: Choice) -> Section:
    newest, oldest = group.runs[0], group.runs[-1]
    title = f"{len(group.runs)} x {group.title}" + (f" ({group.location})" if group.location else "")
    body = [f"in {format_list(_task_names(group), 3)}; first {ago(oldest.end, now)},"
            f" last {ago(newest.end, now)}; {_state(group, known)}"
            f"{_owners(group, known)}{_read(group)}"]  # fmt: skip
    if group.words == NOT_READ:
        body.append(suggest("triage", *choice._replace(read_all=True).words))
    body.append(suggest("why", newest.dag_id, newest.run_id))
    if line := _clear(group, choice):
        body.append(line)
    return Section(title, tuple(body), WARN if _state(group, known) == "recovered since" else BAD)


def _task_names(group: Group) -> list[str]:
    return list(dict.fromkeys(".".join(filter(None, run.kind[:2])) for run in group.runs))


def _state(group: Group, known: dict[str, dict[str, Any]]) -> str:
    dags = {run.dag_id for run in group.runs}
    states = {known[name]["recovered"] for name in dags if name in known}
    if len(dags) > len([name for name in dags if name in known]):
        return "whether it recovered is not known"
    return "recovered since" if states == {True} else "still red" if states == {False} else "partly recovered"


def _owners(group: Group, known: dict[str, dict[str, Any]]) -> str:
    names = sorted(
        {str(owner) for run in group.runs for owner in known.get(run.dag_id, {}).get("owners", ())}
    )
    return f"; owner {format_list(names)}" if names else ""


def _read(group: Group) -> str:
    left = len(group.runs) - group.read
    if group.words in (NOT_READ, NO_TASK) or not left:
        return ""
    return f"; {format_count(group.read, 'log')} read, {left} {NOT_READ}"


def _clear(group: Group, choice: Choice) -> str:
    """Return the line that lets the failed tasks of a group run again, whichever Dags they are of."""
    with_task = [run for run in group.runs if run.instance]
    if not with_task:
        return ""
    if len(group.runs) > 1:
        return suggest("triage", "clear", group.name, *choice.words)
    dag_id, task_id, _ = with_task[0].kind
    run = with_task[0].run_id
    return suggest("tasks", "clear", dag_id, "--task-id", task_id, "-f", "-d", "--run-id", run)


def _data(group: Group, known: dict[str, dict[str, Any]], choice: Choice) -> dict[str, Any]:
    newest, oldest = group.runs[0], group.runs[-1]
    lines = [suggest("why", newest.dag_id, newest.run_id), *filter(None, [_clear(group, choice)])]
    if group.words == NOT_READ:
        lines.insert(0, suggest("triage", *choice._replace(read_all=True).words))
    return {
        "group": group.name, "why": group.title, "place": group.location or None,
        "count": len(group.runs), "read": group.read,
        "first": oldest.end, "last": newest.end,
        "state": _state(group, known), "runs": [run.data for run in group.runs],
        "next": lines,
    }  # fmt: skip
