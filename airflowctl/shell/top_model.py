"""What `top` shows at present: the place, the selected row, and the facts, fetched behind the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from airflowctl.api.client import Client
from airflowctl.core.background import background
from airflowctl.core.errors import CliError
from airflowctl.domain.top.pages import DAGS, RUNS, TASKS, Page, Pages, Place, Row
from airflowctl.domain.top.totals import Totals, fetch_totals

_TOTALS_EVERY = 10.0  # seconds: they change less often than they are looked at
_DAY = timedelta(days=1)
STATES = ("", "failed", "running", "queued")  # of the last run, that the list of Dags can be narrowed to


class TopModel:
    """`refresh` fetches in a thread of its own and calls `changed`. Every method returns at once."""

    def __init__(self, client: Callable[[], Client], changed: Callable[[], object], dag_filter: str) -> None:
        self._client, self._changed = client, changed
        self._pages = Pages()
        self._under_way: set[Place] = set()
        self._outer: list[tuple[Place, int]] = []  # the places to go back to, with the row selected there
        self._totals_at = 0.0
        self.place = Place(filter=dag_filter)
        self.page: Page | None = None  # None until the place's first one has come
        self.totals = Totals()
        self.selected = 0
        self.problem = ""  # why there are no newer facts
        self.fetched_at = 0.0

    @property
    def row(self) -> Row | None:
        """Return the row that is selected."""
        rows = self.page.rows if self.page else ()
        return rows[self.selected] if self.selected < len(rows) else None

    def refresh(self) -> None:
        """Ask the server for what is seen, unless it has still to answer the same question."""
        place = self.place
        if place not in self._under_way:
            self._under_way.add(place)
            background("top", lambda: self._fetch(place), self._changed)

    def set_height(self, rows: int) -> None:
        """The list has so many rows from now on."""
        if rows != self.place.limit:
            self._go(self.place._replace(limit=rows), keeps_page=True)

    def move(self, step: int) -> None:
        """Select another row; beyond an end of the page the next page comes."""
        count, total = len(self.page.rows) if self.page else 0, self.page.total if self.page else None
        wanted, place = self.selected + step, self.place
        if wanted >= count and count and total is not None and place.offset + count < total:
            self._go(place._replace(offset=place.offset + count))
        elif wanted < 0 and place.offset:
            self._go(place._replace(offset=max(0, place.offset - place.limit)), selected=place.limit - 1)
        else:
            self.selected = max(0, min(wanted, count - 1))

    def enter(self) -> bool:
        """Go into the selected Dag or run; return whether there is something to go into."""
        row, place = self.row, self.place
        if row is None or place.level == TASKS:
            return False
        self._outer.append((place, self.selected))
        if place.level == DAGS:
            self._go(Place(RUNS, row.name, limit=place.limit))
        else:
            self._go(Place(TASKS, place.dag_id, row.name, limit=place.limit))
        return True

    def leave(self) -> None:
        """Go back to where the user came from; first to the list without its filter."""
        if self.place.filter or self.place.state:
            self._go(self.place._replace(filter="", state="", offset=0))
        elif self._outer:
            place, selected = self._outer.pop()
            self._go(place._replace(limit=self.place.limit), selected=selected)

    def filter_by(self, letters: str) -> None:
        self._go(self.place._replace(filter=letters, offset=0), keeps_page=True)

    def turn_order(self) -> None:
        if self.place.level == DAGS:
            self._go(self.place._replace(newest_first=not self.place.newest_first, offset=0))

    def turn_state(self) -> None:
        """Show only Dags whose last run has a state: the next one of them at each call."""
        if self.place.level == DAGS:
            state = STATES[(STATES.index(self.place.state) + 1) % len(STATES)]
            self._go(self.place._replace(state=state, offset=0))

    def _go(self, place: Place, *, selected: int = 0, keeps_page: bool = False) -> None:
        self.place = place
        if not keeps_page:
            self.page, self.selected = None, selected
        self.refresh()

    def _fetch(self, place: Place) -> None:
        try:
            client = self._client()
            self._learn(place, self._pages.fetch(client, place))
            if time.monotonic() - self._totals_at > _TOTALS_EVERY or not self._totals_at:
                since = (datetime.now(UTC) - _DAY).isoformat()
                self._totals_at, self.totals = time.monotonic(), fetch_totals(client, since)
        # Behind the screen nothing may be written, and an odd answer must not look like a good one.
        except Exception as error:
            if place == self.place:
                known = error.message if isinstance(error, CliError) else ""
                self.problem = known or "the server's answer cannot be read"
        finally:
            self._under_way.discard(place)

    def _learn(self, place: Place, page: Page) -> None:
        if place != self.place:  # the user has gone on
            return
        before, rows = self.row, page.rows
        identities = [row.identity for row in rows]
        # A row that has moved stays selected: a key must not act on its neighbour.
        if before is not None and before.identity in identities:
            self.selected = identities.index(before.identity)
        self.page, self.problem, self.fetched_at = page, "", time.monotonic()
        self.selected = max(0, min(self.selected, len(rows) - 1))
        self._changed()
