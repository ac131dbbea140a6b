"""The audit log: who did what, and when."""

from __future__ import annotations

from airflowctl.core.command import arg, command, opt
from airflowctl.core.converters import identifier, some_text, timestamp, whole_number
from airflowctl.core.kinds import Names, names
from airflowctl.core.results import Item, Record, Rows
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.params import LIMIT_NEWEST
from airflowctl.domain.tasks.lookup import MAP_INDEX

if TYPE_CHECKING:
    from airflowctl.session.session import Session


# By number, not by date: `-id` is the order of creation and costs the database no sort of the whole log.
def _of_events(kind: str, key: str, *note: str) -> Names:
    """Return a kind of name that the newest events have."""
    return names(
        kind, op="get_event_logs", items="event_logs", key=key, order="-id", fresh=60.0, most=300, note=note
    )


EVENT = _of_events("event", "event")
OWNER = _of_events("event owner", "owner")
EVENT_ID = _of_events("event id", "event_log_id", "event", "dag_id", "when")


class EventFilters(NamedTuple):
    """The values of `events list`, named as the parameters of the query they become."""

    dag_id: str | None
    run_id: str | None
    task_id: str | None
    map_index: int | None
    try_number: int | None
    owner: str | None
    included_events: tuple[str, ...]
    excluded_events: tuple[str, ...]
    after: str | None
    before: str | None
    event_pattern: str | None
    dag_id_pattern: str | None
    task_id_pattern: str | None
    run_id_pattern: str | None
    owner_pattern: str | None
    key: str | None
    limit: int | None


@command(
    "events list",
    "List the events of the audit log, newest first.",
    arg(
        "dag_id",
        "Only events of this Dag.",
        default=None,
        complete="dag",
        convert=identifier,
        aliases=("--dag-id",),
    ),
    opt("--run-id", help="Only events of this run.", complete="run", convert=some_text, metavar="RUN_ID"),
    opt("--task-id", help="Only events of this task.", complete="task", convert=some_text, metavar="TASK_ID"),
    MAP_INDEX._replace(default=None, help="Only events of this instance of a mapped task."),
    opt("--try-number", help="Only events of this try.", complete="try", convert=whole_number, metavar="N"),
    opt(
        "--owner",
        "--user",
        help="Only events of this user.",
        complete="event owner",
        convert=some_text,
        metavar="NAME",
    ),
    opt(
        "--event",
        name="included_events",
        help="Only this event, or any of several.",
        repeatable=True,
        complete="event",
        convert=some_text,
        metavar="EVENT",
    ),
    opt(
        "--exclude",
        name="excluded_events",
        help="Leave out this event, or any of several.",
        repeatable=True,
        complete="event",
        convert=some_text,
        metavar="EVENT",
    ),
    opt("--after", help="Only after this.", convert=timestamp, metavar="DATE"),
    opt("--before", help="Only before this.", convert=timestamp, metavar="DATE"),
    opt(
        "--event-pattern",
        help="Only events whose name contains this.",
        complete="event",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--dag-id-pattern",
        help="Only events of Dags whose id contains this.",
        complete="dag",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--task-id-pattern",
        help="Only events of tasks whose id contains this.",
        complete="task",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--run-id-pattern",
        help="Only events of runs whose id contains this.",
        complete="run",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--owner-pattern",
        help="Only events of users whose name contains this.",
        complete="event owner",
        convert=some_text,
        metavar="TEXT",
    ),
    opt(
        "--key",
        help="Only events of the variable, connection or pool of this name.",
        convert=some_text,
        metavar="NAME",
    ),
    LIMIT_NEWEST,
    op="get_event_logs",
    about="On a large server, give a limit or a date: the audit log keeps every event. The server has no"
    " filter for --key: all events that match the other filters are read, until the limit is"
    " reached.",
    examples=("airflowctl events list etl --after -1d", "airflowctl events list --key etl_limit --after -7d"),
)
def list_events(session: Session, values: EventFilters) -> Rows:
    query = {**values._asdict(), "order_by": "-when"}
    limit, key = query.pop("limit"), query.pop("key")
    most = limit if key is None else None
    items = session.api.pages("get_event_logs", "event_logs", limit=most, query=query)
    if key is not None:
        from itertools import islice

        items = islice((event for event in items if _names(event, key)), limit)
    columns = ("event_log_id", "when", "event", "owner", "dag_id", "task_id", "extra")
    return Rows(items, columns, "event_log_id", optional={"extra": None})


def _names(event: Item, key: str) -> bool:
    """Return whether what was sent along with an event, JSON as text, has this whole name for a value."""
    from json import loads

    try:
        extra = loads(str(event.get("extra")))
    except ValueError:  # some events have words there
        return False
    return isinstance(extra, dict) and key in extra.values()


@command(
    "events get",
    "Show one event of the audit log, with all its fields.",
    arg(
        "event_log_id",
        "The number of the event.",
        complete="event id",
        convert=whole_number,
        metavar="EVENT_ID",
    ),
    op="get_event_log",
    examples=("airflowctl events get 1234",),
)
def get(session: Session, event_log_id: int) -> Record:
    record = session.api.record("get_event_log", "event_log_id", event_log_id=str(event_log_id))
    return Record(record, "event_log_id")
