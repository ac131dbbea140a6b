"""The page that `top` shows at a level: Dags, the runs of a Dag, or the tasks of a run."""

from __future__ import annotations

from airflowctl.core.fuzzy import has_letters
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.runs.lookup import ALL_DAGS, RUN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from airflowctl.api.client import Client
    from airflowctl.core.results import Item

DAGS, RUNS, TASKS = "dags", "runs", "tasks"
STATES = 5  # runs of a Dag whose states are shown
_RUNS_AT_ONCE = 100  # most servers give no more runs in an answer
_ASKED_ALONE = 3  # Dags a round whose runs are asked for by themselves
_SEARCHED = 100  # runs or tasks among which a filter looks


class Place(NamedTuple):
    """What is watched: a `level`, the Dag and the run that it is in, and which part of the list is seen.
    `filter` are letters that a name has in this order, `state` is that of the last run."""

    level: str = DAGS
    dag_id: str = ""
    run_id: str = ""
    filter: str = ""
    state: str = ""
    newest_first: bool = False
    offset: int = 0
    limit: int = 16


class Row(NamedTuple):
    """A Dag, a run or a task as the server has it. Of a Dag: the `states` of its last runs, the oldest first
    (None where they are not known, fewer than it has had where the others are older than those of its
    neighbours), and how many runs it has of each state."""

    name: str
    item: Item
    states: Sequence[str] | None = None
    counts: Mapping[str, int] = {}

    @property
    def identity(self) -> tuple[str, object]:
        """Return what tells the row from others of its list: the instances of a mapped task share a name."""
        return self.name, self.item.get("map_index")


class Page(NamedTuple):
    """The rows of a place, and the number of all that its list has; None where the server does not say."""

    rows: tuple[Row, ...] = ()
    total: int | None = None


class Pages:
    """Fetches pages by a client. Raises CliError."""

    def __init__(self) -> None:
        self._states: dict[str, tuple[str, ...]] = {}  # of the last runs, by Dag
        self._fetch_rounds: dict[str, int] = {}  # when a Dag was asked for by itself, in rounds
        self._round = 0

    def fetch(self, client: Client, place: Place) -> Page:
        if place.level == DAGS:
            return self._dags(client, place)
        return _runs(client, place) if place.level == RUNS else _tasks(client, place)

    def _dags(self, client: Client, place: Place) -> Page:
        query: dict[str, Any] = {"order_by": ("-last_run_start_date" if place.newest_first else "dag_id",)}
        if place.filter:
            query["dag_id_pattern"] = "%".join(place.filter)
        if place.state:
            query["last_dag_run_state"] = place.state
        dags, total = client.page("get_dags", "dags", {}, limit=place.limit, offset=place.offset, query=query)
        names = [str(dag["dag_id"]) for dag in dags]
        counts = _count_runs(client, names) if names else {}
        states = self._last_states(client, names, counts) if names else {}
        rows = (
            Row(name, dag, states.get(name), counts.get(name, {}))
            for name, dag in zip(names, dags, strict=True)
        )
        return Page(tuple(rows), total)

    def _last_states(
        self, client: Client, names: list[str], counts: Mapping[str, Mapping[str, int]]
    ) -> dict[str, tuple[str, ...]]:
        """Return the states of the last runs of these Dags, by one request for all of them."""
        body = {"dag_ids": names, "order_by": RUN.order, "page_limit": _RUNS_AT_ONCE, "page_offset": 0}
        answer = client.record("get_list_dag_runs_batch", "dag_runs", body=body, dag_id=ALL_DAGS)
        newest: dict[str, list[str]] = {}
        for run in answer["dag_runs"]:
            newest.setdefault(str(run["dag_id"]), []).insert(0, str(run.get("state")))
        self._states.update((name, ()) for name in names if not any(counts.get(name, {}).values()))
        self._states.update((name, tuple(states[-STATES:])) for name, states in newest.items())
        if len(answer["dag_runs"]) >= _RUNS_AT_ONCE:
            self._ask_alone(client, [name for name in names if name not in newest and counts.get(name)])
        return {name: self._states[name] for name in names if name in self._states}

    def _ask_alone(self, client: Client, names: list[str]) -> None:
        """Ask for the runs of some of these Dags, all of whose runs are older than those of others: those
        that were not asked for longest."""
        names.sort(key=lambda name: self._fetch_rounds.get(name, 0))
        for name in names[:_ASKED_ALONE]:
            self._round += 1
            self._fetch_rounds[name] = self._round
            runs, _ = client.page(
                "get_dag_runs", "dag_runs", {"dag_id": name}, limit=STATES, query={"order_by": RUN.order}
            )
            self._states[name] = tuple(str(run.get("state")) for run in reversed(runs))


def _count_runs(client: Client, names: list[str]) -> dict[str, dict[str, int]]:
    answer = client.record("get_dag_stats", "dags", query={"dag_ids": tuple(names)})
    return {
        str(dag["dag_id"]): {str(entry["state"]): int(entry["count"]) for entry in dag["stats"]}
        for dag in answer["dags"]
    }


def _runs(client: Client, place: Place) -> Page:
    path = {"dag_id": place.dag_id}
    return _page(client, "get_dag_runs", "dag_runs", path, place, {"order_by": RUN.order}, "dag_run_id")


def _tasks(client: Client, place: Place) -> Page:
    path = {"dag_id": place.dag_id, "dag_run_id": place.run_id}
    return _page(client, "get_task_instances", "task_instances", path, place, {}, "task_id")


def _page(
    client: Client, op: str, items: str, path: dict[str, str], place: Place, query: dict[str, str], key: str
) -> Page:
    """Return a page of runs or tasks; with a filter those of the first ones that fit it."""
    if not place.filter:
        records, total = client.page(op, items, path, limit=place.limit, offset=place.offset, query=query)
        return Page(tuple(Row(str(item[key]), item) for item in records), total)
    records, _ = client.page(op, items, path, limit=_SEARCHED, query=query)
    rows = tuple(Row(str(item[key]), item) for item in records if has_letters(str(item[key]), place.filter))
    return Page(rows[place.offset : place.offset + place.limit], len(rows))
