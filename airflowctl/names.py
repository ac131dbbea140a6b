"""Which names are known: asked for behind the scenes, shown while they are renewed, learnt in passing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from airflowctl import registry
from airflowctl.background import background
from airflowctl.core.command import Command, Names
from airflowctl.core.result import Item, Result, Rows
from completers.protocols import FAILED, LOADING, READY, Choice, Known, known

if TYPE_CHECKING:
    from airflowctl.api.client import Client

Key = tuple[str, ...]
ALL = "~"  # "of every Dag", in a path: too many to hold
_SEARCH = "\0search"  # no name is called so
MOST_HELD = 10_000  # learnt and found ones included: looking through more takes longer than a frame
RETRY_AFTER = 5.0  # seconds to leave a server alone after it failed


class _Entry:
    """The names of one key. `whole`: there are no more. `searched`: prefix -> whether all of it is here."""

    def __init__(self) -> None:
        self.known = Known(state=LOADING)
        self.fetched = 0.0
        self.stale = True
        self.whole = False
        self.searched: dict[str, bool] = {}


class KnownNames:
    """The names of one server as one user. Every method returns at once."""

    def __init__(self, api: Callable[[], Client], changed: Callable[[], None]) -> None:
        self._api = api
        self._changed = changed
        self._entries: dict[Key, _Entry] = {}
        self._under_way: set[Key] = set()
        self._lock = threading.Lock()

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """What is known now; stale names are shown while newer ones are fetched."""
        names = registry.kinds().get(kind)
        path = _path(names, scope) if names else None
        if names is None or path is None:
            return Known()
        key = (kind, *path.values())
        entry = self._entries.setdefault(key, _Entry())
        expired = time.monotonic() - entry.fetched > names.fresh
        if entry.stale or expired or entry.known.state == FAILED:
            self._start(key, entry, lambda: self._fetch_all(names, path, entry))
        elif self._should_search(names, entry, prefix):
            self._start((*key, _SEARCH), entry, lambda: self._search(names, path, entry, prefix))
        looking = key in self._under_way or (*key, _SEARCH) in self._under_way
        if looking and entry.known.state == READY and not (entry.known.names and entry.whole):
            return entry.known._replace(state=LOADING)
        return entry.known

    def after(self, command: Command, values: Mapping[str, Any], result: Result) -> Result:
        """Learn from a result that is about to be shown; mark what the command changed as stale."""
        for key, entry in list(self._entries.items()):
            if key[0] in command.changes:
                entry.stale = True
        scope = {it.complete: _alone(values.get(it.name)) for it in command.arguments if it.complete}
        for names in registry.kinds().values():
            path = _path(names, scope)
            if isinstance(result, Rows) and names.op == command.op and path is not None:
                return result._replace(
                    items=self._learning(names, (names.kind, *path.values()), result.items)
                )
        return result

    def _learning(self, names: Names, key: Key, items: Iterable[Item]) -> Iterator[Item]:
        seen = []
        for item in items:
            seen.append(_choice(names, item))
            yield item
        entry = self._entries.setdefault(key, _Entry())
        self._add(entry, seen)

    def _should_search(self, names: Names, entry: _Entry, prefix: str) -> bool:
        if entry.whole or not names.search or not prefix or entry.known.state != READY:
            return False
        covered = any(whole and part in prefix for part, whole in entry.searched.items())
        return prefix not in entry.searched and not covered

    def _start(self, key: Key, entry: _Entry, fetch: Callable[[], None]) -> None:
        """Run a fetch behind the scenes, unless the same one is under way or has just failed."""
        failed = entry.known.state == FAILED and time.monotonic() - entry.fetched < RETRY_AFTER
        with self._lock:
            if failed or key in self._under_way:
                return
            self._under_way.add(key)

        def work() -> None:
            try:
                fetch()
            except Exception:
                entry.known = entry.known._replace(state=FAILED)
                entry.fetched = time.monotonic()
            finally:
                self._under_way.discard(key)

        background(f"names of {key[0]}", work, self._changed)

    def _fetch_all(self, names: Names, path: dict[str, str], entry: _Entry) -> None:
        """Page by page, showing each; kept whole up to `names.most`."""
        found: list[Choice] = []
        entry.stale = False
        while True:
            page, total = self._page(names, path, len(found))
            found += page
            entry.whole = not page or total is None or len(found) >= total
            if entry.whole or len(found) >= names.most:
                break
            self._show(entry, found)
        if entry.whole:
            entry.known = known(found)
        else:  # what was found by searching stays
            self._show(entry, found)
        entry.searched.clear()
        entry.fetched = time.monotonic()

    def _show(self, entry: _Entry, found: list[Choice]) -> None:
        """What has come so far, in order, and after it what was known before."""
        new = {choice.text for choice in found}
        old = (choice for choice in entry.known.names if choice.text not in new)
        entry.known = known([*found, *old][:MOST_HELD])
        self._changed()

    def _search(self, names: Names, path: dict[str, str], entry: _Entry, prefix: str) -> None:
        entry.searched[prefix] = False
        page, total = self._page(names, path, 0, {names.search: prefix})
        self._add(entry, page)
        entry.searched[prefix] = total is not None and total <= len(page)

    def _page(
        self, names: Names, path: dict[str, str], offset: int, query: dict[str, str] | None = None
    ) -> tuple[list[Choice], int | None]:
        from airflowctl.api.operations import table

        sorts = table()[names.op].query.get("order_by", " ")
        order = {} if " " in sorts else {"order_by": names.order or names.key}  # not by what came later
        wanted = {**order, **(query or {})}
        items, total = self._api().page(names.op, names.items, path, offset=offset, query=wanted)
        return [_choice(names, item) for item in items], total

    def _add(self, entry: _Entry, found: list[Choice]) -> None:
        fresh = {choice.text: choice for choice in found}
        kept = [fresh.pop(choice.text, choice) for choice in entry.known.names]
        entry.known = known([*fresh.values(), *kept][:MOST_HELD])
        self._changed()


def _path(names: Names, scope: Mapping[str, Any]) -> dict[str, str] | None:
    """The path parameters of the operation that lists these names; None when the line lacks one."""
    path = {parameter: scope.get(kind) for parameter, kind in names.scope.items()}
    known_path = {parameter: text for parameter, text in path.items() if isinstance(text, str) and text}
    return known_path if len(known_path) == len(path) and ALL not in known_path.values() else None


def _alone(value: Any) -> Any:
    """The one name, where several may be given and one was."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _choice(names: Names, item: Item) -> Choice:
    notes = (_note(field, item.get(field)) for field in names.note)
    return Choice(str(item.get(names.key, "")), " ".join(note for note in notes if note))


def _note(field: str, value: Any) -> str:
    """A flag is shown by its name when it is set (`paused`), anything else by its value."""
    if isinstance(value, bool):
        return field.removeprefix("is_") if value else ""
    return "" if value is None else str(value)
