"""A deployment at a glance: its components, pools, runs and Dag files, each as far as the user may see it."""

from __future__ import annotations

from airflowctl.core.component_status import NOT_RUNNING, is_sick
from airflowctl.core.durations import age, ago, seconds_since
from airflowctl.core.errors import DONE, REFUSED
from airflowctl.core.results import Record, Rows
from airflowctl.core.rich_results import BAD, GOOD, WARN, Section
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_count
from airflowctl.domain.parallel import Part, alone, together
from airflowctl.domain.runs.lookup import ALL_DAGS

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from airflowctl.session.session import Session

# One page, the most that the server sends: beyond that the count says enough.
COUNTED = 100  # runs and import errors that are looked at
# A glance fits on a screen: all of them are one command away.
_SHOWN = 5
_SLOW = 60.0  # seconds in which a scheduler starts a run


class Component(NamedTuple):
    """`status` is None where none was ever started; `heartbeat` is a time of the API, or None."""

    name: str
    status: str | None
    heartbeat: str | None

    @property
    def is_sick(self) -> bool:
        return is_sick(self.name, self.status)

    def description(self, now: datetime) -> str:
        """Return its state in some words."""
        passed = seconds_since(self.heartbeat, now)
        heartbeat = "" if passed is None else f", last heartbeat {age(max(0.0, passed))}"
        return f"{self.name} is {self.status or NOT_RUNNING}{heartbeat}"


class Deployment(NamedTuple):
    """What was found, in parts: `runs` are those that go on, `failed` those that failed within `hours`;
    both are pairs of the newest and of how many there are."""

    url: str
    who: str
    now: datetime
    hours: float
    components: Part
    version: Part
    pools: Part
    runs: Part
    failed: Part
    broken: Part

    @property
    def sick(self) -> list[Component]:
        return [component for component in self.components.value or () if component.is_sick]

    def code(self, strict: bool) -> int:
        """1 where something has to be done: failed runs and broken files count if it is to be strict."""
        troubled = [self.failed, self.broken] if strict else []
        # A part that the user may not see is no fault of the deployment; one that cannot be read may be.
        unknown = any(part.error and not part.is_forbidden for part in self[4:])
        return (
            REFUSED
            if self.sick or unknown or any(part.value and part.value[1] for part in troubled)
            else DONE
        )


def look(session: Session, hours: float) -> Deployment:
    """Ask for everything. The pools come first, by themselves: a user who is not logged in gets one error."""
    from datetime import UTC, datetime, timedelta

    api, now = session.api, datetime.now(UTC)
    since = (now - timedelta(hours=hours)).isoformat()
    pools = alone(lambda: list(api.pages("get_pools", "pools", query={"order_by": "name"})))
    if pools.error and not pools.is_forbidden and pools.error.status < 500:
        raise pools.error

    def runs(**query: Any) -> Any:
        query = {"order_by": "-end_date", **query}
        return api.page("get_dag_runs", "dag_runs", {"dag_id": ALL_DAGS}, limit=COUNTED, query=query)

    def import_errors() -> Any:
        query = {"order_by": "-timestamp"}
        return api.page("get_import_errors", "import_errors", {}, limit=COUNTED, query=query)

    parts = together(
        {
            "components": lambda: components(session),
            "version": api.version,
            "runs": lambda: runs(state=("running", "queued"), order_by="run_after"),
            "failed": lambda: runs(state=("failed",), end_date_gte=since),
            "broken": import_errors,
        }
    )
    who = session.server.known_username
    return Deployment(session.server.environment.url, who, now, hours, pools=pools, **parts)


def components(session: Session) -> list[Component]:
    """Return the parts of the server by its own account; raises CliError for an answer that is none."""
    result = []
    for name, facts in session.api.record("get_health", "metadatabase").items():
        facts = {} if facts is None else facts
        if not isinstance(facts, dict):
            raise session.api.unexpected_response("get_health", f"with something odd for {name}")
        heartbeat = next((value for key, value in facts.items() if key.startswith("latest_")), None)
        result.append(Component(name, facts.get("status"), heartbeat))
    return result


def sections(deployment: Deployment) -> tuple[Section, ...]:
    """Return all of it for a person."""
    return (
        _verdict(deployment),
        *(_missing(part_name, part) for part_name, part in _parts(deployment) if part.error),
        *_components(deployment),
        *_pools(deployment),
        *_runs(deployment),
        *_failed_section(deployment),
        *_import_error_section(deployment),
    )


def data(deployment: Deployment) -> dict[str, Any]:
    """Return all of it for a program. What could not be seen is null, and `problems` says why."""

    def first(part: Part) -> Any:
        return part.value[0] if part.value else None

    failed = first(deployment.failed)
    return {
        "url": deployment.url,
        "username": deployment.who or None,
        "version": deployment.version.value,
        "healthy": None if deployment.components.value is None else not deployment.sick,
        "components": deployment.components.value and [row._asdict() for row in deployment.components.value],
        "pools": deployment.pools.value,
        "running": deployment.runs.value and _counts(deployment.runs.value[0], "state").get("running", 0),
        "queued": deployment.runs.value and _counts(deployment.runs.value[0], "state").get("queued", 0),
        "failed": None if failed is None else {"total": deployment.failed.value[1], "hours": deployment.hours,
                                               "dags": _counts(failed, "dag_id"), "runs": failed},
        "import_errors": first(deployment.broken),
        "problems": {part_name: part.error.message for part_name, part in _parts(deployment) if part.error},
    }  # fmt: skip


def summary(deployment: Deployment) -> dict[str, Any]:
    """Return a line of a table of several deployments; what could not be seen is None."""
    counts = data(deployment)
    health = {True: "healthy", False: "unhealthy", None: "not known"}[counts["healthy"]]
    return {
        "health": health,
        "version": counts["version"],
        "running": counts["running"],
        "queued": counts["queued"],
        "failed": counts["failed"] and counts["failed"]["total"],
        "import_errors": deployment.broken.value and deployment.broken.value[1],
    }


def failed_dags(deployment: Deployment) -> list[dict[str, Any]]:
    """Return the newest failed run of each Dag."""
    newest: dict[str, dict[str, Any]] = {}
    for run in (deployment.failed.value or ((), 0))[0]:
        newest.setdefault(str(run.get("dag_id")), run)
    return list(newest.values())


def waiting(deployment: Deployment) -> list[dict[str, Any]]:
    """Return the runs that have not begun, or that no scheduler has looked at, though it is time."""
    rows = (deployment.runs.value or ((), 0))[0]
    return [run for run in rows if _waits(run, deployment.now)]


def _waits(run: dict[str, Any], now: datetime) -> bool:
    due = seconds_since(run.get("run_after"), now)
    queued = seconds_since(run.get("queued_at") or run.get("run_after"), now)
    if run.get("state") == "queued":
        return (due is None or due > 0) and queued is not None and queued > _SLOW
    began = seconds_since(run.get("start_date"), now)
    return run.get("last_scheduling_decision") is None and began is not None and began > _SLOW


def reason(error: dict[str, Any]) -> str:
    """Return the last words of an import error."""
    # Python prints the error last, after the frames that lead to it.
    lines = str(error.get("stack_trace") or "").strip().splitlines()
    return lines[-1].strip() if lines else "no reason is given"


def _parts(deployment: Deployment) -> list[tuple[str, Part]]:
    names = {"runs": "running runs", "failed": "failed runs", "broken": "import errors"}
    return [(names.get(name, name), getattr(deployment, name)) for name in Deployment._fields[4:]]


def _missing(part_name: str, part: Part) -> Section:
    if part.is_forbidden:
        return Section(f"{part_name}: you may not see them", tone=WARN)
    return Section(f"{part_name} cannot be read: {part.error.message if part.error else ''}", tone=BAD)


def _verdict(deployment: Deployment) -> Section:
    version = f"Airflow {deployment.version.value}" if deployment.version.value else "Airflow"
    where = f"{version} at {deployment.url}" + (f", as {deployment.who}" if deployment.who else "")
    if deployment.sick:
        return Section(
            f"unhealthy: {'; '.join(component.description(deployment.now) for component in deployment.sick)}",
            (where,),
            BAD,
        )
    if deployment.components.value is None:
        return Section("its health is not known", (where,), WARN)
    return Section("healthy", (where,), GOOD)


def _components(deployment: Deployment) -> list[Section]:
    rows = []
    for component in deployment.components.value or ():
        passed = seconds_since(component.heartbeat, deployment.now)
        heartbeat = "" if passed is None else age(max(0.0, passed))
        rows.append(
            {"component": component.name, "status": component.status or NOT_RUNNING, "heartbeat": heartbeat}
        )
    if not rows:
        return []
    return [Section("Components", (Rows(rows, ("component", "status", "heartbeat"), "component"),))]


_SLOTS = ("running", "queued", "scheduled", "deferred", "open")


def _pools(deployment: Deployment) -> list[Section]:
    rows = []
    for pool in deployment.pools.value or ():
        slots = pool.get("slots")
        counts = {name: pool.get(f"{name}_slots") for name in _SLOTS}
        # Airflow counts the open slots of a pool without limit as infinite, which JSON has no number for.
        counts = {name: "no limit" if count in (-1, "Infinity") else count for name, count in counts.items()}
        rows.append({"pool": pool.get("name"), "slots": "no limit" if slots == -1 else slots, **counts})
    if not rows:
        return []
    title = "Pools, in slots"
    # Below zero where a pool was made smaller than what runs in it.
    full = [row["pool"] for row in rows if isinstance(row["open"], int) and row["open"] <= 0]
    tone = WARN if full else ""
    return [Section(f"{title}: {', '.join(map(str, full))} full" if full else title,
                    (Rows(rows, ("pool", "slots", *_SLOTS), "pool"),), tone)]  # fmt: skip


def _runs(deployment: Deployment) -> list[Section]:
    if not deployment.runs.value:
        return []
    rows, total = deployment.runs.value
    counts = _counts(rows, "state")
    late = len(waiting(deployment))
    more = f"; {late} of them wait for over a minute" if late else ""
    # The states of the rows beyond the first page are not known, so they are not counted apart.
    if total is not None and total > len(rows):
        return [Section(f"Runs: {total:,} running or queued{more}", tone=WARN if late else "")]
    title = f"Runs: {counts.get('running', 0)} running, {counts.get('queued', 0)} queued{more}"
    return [Section(title, tone=WARN if late else "")]


def _failed_section(deployment: Deployment) -> list[Section]:
    if not deployment.failed.value:
        return []
    rows, total = deployment.failed.value
    time = "the last day" if deployment.hours == 24 else f"the last {deployment.hours:g} h"
    if not rows:
        return [Section(f"No run failed in {time}")]
    counts = _counts(rows, "dag_id")
    lines = [
        {
            "dag_id": run.get("dag_id"),
            "failed": counts[str(run.get("dag_id"))],
            "newest": run.get("dag_run_id"),
            "ended": ago(run.get("end_date"), deployment.now),
        }
        for run in failed_dags(deployment)
    ]
    total = len(rows) if total is None else total
    title = f"{format_count(total, 'run')} failed in {time}"
    body: list[Any] = [Rows(lines[:_SHOWN], ("dag_id", "failed", "newest", "ended"), "newest")]
    if len(lines) > _SHOWN:
        body.append(f"and {len(lines) - _SHOWN} more Dags")
    if total > len(rows):
        body.append(f"counted are the newest {len(rows)}")
    return [Section(title, tuple(body), WARN)]


def _import_error_section(deployment: Deployment) -> list[Section]:
    if not deployment.broken.value:
        return []
    rows, total = deployment.broken.value
    if not rows:
        return [Section("Every Dag file can be read")]
    total = len(rows) if total is None else total
    body: list[Any] = [
        Record({str(row.get("filename")): reason(row) for row in rows[:_SHOWN]}, str(rows[0].get("filename")))
    ]
    if total > _SHOWN:
        body.append(f"and {total - _SHOWN:,} more")
    files = "Dag file cannot" if total == 1 else "Dag files cannot"
    return [Section(f"{total:,} {files} be read", tuple(body), WARN)]


def _counts(rows: list[dict[str, Any]], field: str) -> dict[str, int]:
    from collections import Counter

    return dict(Counter(str(row.get(field)) for row in rows))
