"""Which names are known: asked for behind the scenes, shown while they are renewed, learnt in passing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from airflowctl.core.background import background, give_way, pace
from airflowctl.core.command import Command
from airflowctl.core.kinds import Names
from airflowctl.core.results import Item, Rows
from airflowctl.session import registry
from airflowctl.session.item_names import find_path, read_choices, standing_names
from airflowctl.session.name_order import Join, append, by_text, merge_sorted, prepend
from completers.protocols import FAILED, LOADING, READY, Choice, Known, make_known

if TYPE_CHECKING:
    from airflowctl.api.client import Client
    from airflowctl.api.list_pager import Chunk, Position
    from airflowctl.core.rich_results import Result

Key = tuple[str, ...]
_SEARCH = "\0search"  # no name is called so
MOST_HELD = 100_000  # learnt and found ones included
MOST_USED = 50  # of one kind: more than anybody remembers
_FEW = 2_000  # names that are quickly folded anew
_ALIKE = 0.75  # of two names, as difflib measures it: below it a guess is noise
RETRY_AFTER = 5.0  # seconds to leave a server alone after it failed


class _Entry:
    """The names of one key. `whole`: there are no more. `searched`: prefix -> whether all of it is here."""

    def __init__(self, names: Names) -> None:
        self.choices = by_text(standing_names(names))  # by name, in their order
        self.known = make_known(self.choices.values(), LOADING)
        self.fetched = 0.0
        self.stale = True
        self.whole = False
        self.searched: dict[str, bool] = {}


class NameCache:
    """The names of one server as one user. Every method returns at once."""

    def __init__(self, api: Callable[[], Client], changed: Callable[[], None]) -> None:
        self._api = api
        self._changed = changed
        self._entries: dict[Key, _Entry] = {}
        self._under_way: set[Key] = set()
        self._used: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        self._showing = threading.RLock()
        self.fields: dict[str, tuple[str, ...]] = {}  # those that a command's rows had, by its line

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """Return what is known now; stale names are shown while newer ones are fetched."""
        names = registry.kind(kind)
        closer = self.names(names.within, scope, prefix) if names and names.within else Known()
        # A run's own tasks go before those of its Dag: the Dag may have lost some since, and gained others.
        if closer.names:
            return closer
        if names is None:
            return Known()
        path = find_path(names, {**self._last(), **scope} if names.lately else scope)
        if path is None:
            return Known()
        key = (kind, *path.values())
        entry = self._entries.setdefault(key, _Entry(names))
        expired = time.monotonic() - entry.fetched > names.fresh
        # Stale names are shown while newer ones are fetched: the completer never waits (decision 0036).
        if entry.stale or expired or entry.known.state == FAILED:
            self._start(key, entry, lambda: self._fetch_all(names, path, entry))
        if self._should_search(names, entry, prefix):  # also while the first pages come
            self._start((*key, _SEARCH), entry, lambda: self._search(names, path, entry, prefix))
        is_fetching = key in self._under_way or (*key, _SEARCH) in self._under_way
        known = entry.known._replace(recent=self._recent(kind, entry))
        if closer.state == LOADING or (
            is_fetching and known.state == READY and not (known.names and entry.whole)
        ):
            return known._replace(state=LOADING)
        return known

    def has_name(self, kind: str, scope: Mapping[str, str], name: str) -> bool:
        """Return whether a name is among those that are known now. It fetches nothing."""
        names = registry.kind(kind)
        path = find_path(names, scope) if names else None
        entry = None if path is None else self._entries.get((kind, *path.values()))
        return entry is not None and name in entry.choices

    def nearest(self, kind: str, scope: Mapping[str, str], name: str) -> list[str]:
        """Return the names known now that differ from a name by a slip or two, the nearest first; at most
        three."""
        from difflib import get_close_matches

        folded = name.casefold()
        # To compare takes 20 µs a name: of very many those that have the length and an end in common.
        near: dict[str, str] = {}
        for choice in self.names(kind, scope, "").names:
            text = choice.text.casefold()
            if choice.text == name:  # it was there lately
                continue
            if abs(len(text) - len(folded)) <= 2 and (text[:1] == folded[:1] or text[-1:] == folded[-1:]):
                near[text] = choice.text
        close = get_close_matches(folded, list(islice(near, _FEW)), n=3, cutoff=_ALIKE)
        return [near[text] for text in close]

    def record_result(self, command: Command, values: Mapping[str, Any], result: Result) -> Result:
        """Learn from a line that was right and from its result, which is about to be shown; mark what the
        command changed as stale."""
        for key, entry in list(self._entries.items()):
            if key[0] in command.invalidates:
                entry.stale = True
        provided_values: dict[str, Any] = {}
        for param in command.params:  # the first of a kind is the name, what follows narrows a list
            if param.complete and values.get(param.name) is not None:
                provided_values.setdefault(param.complete, _single(values[param.name]))
        self._use(provided_values)
        if not isinstance(result, Rows):
            return result
        kinds = [
            (names, find_path(names, provided_values))
            for names in registry.kinds().values()
            if names.op == command.op
        ]
        wanted = [
            (names, (names.kind, *path.values())) for names, path in kinds if names.items and path is not None
        ]
        # Learnt while the rows are printed: no request, and the list is never held whole (decision 0036).
        return result._replace(items=self._learning(command.line, wanted, result.items))

    def fetch_fitting(self, kind: str, scope: Mapping[str, str], glob: str) -> list[str]:
        """Return the names that fit a pattern as the server has them now, and wait for them: what acts on
        them must not miss one that the menu does not know yet. Raises CliError."""
        from completers.globs import compile_glob, literal_part

        names, fits = registry.kind(kind), compile_glob(glob)
        path = find_path(names, scope) if names else None
        if names is None or path is None or not names.items:
            return [choice.text for choice in self.names(kind, scope, "").names if fits(choice.text)]
        part = literal_part(glob)
        query = {names.search: part} if names.search and part else None
        chunks = self._chunks(names, self._path_to_send(names, path), query)
        rows = (
            choice.text for chunk in chunks for item in chunk.rows for choice in read_choices(names, item)
        )
        return list(dict.fromkeys(text for text in rows if fits(text)))

    def fetch_list(self, kind: str, scope: Mapping[str, str], part: str, most: int) -> tuple[list[str], bool]:
        """Return the names that the server has now, in its order, and wait for them: those that contain a
        part, where the server can search. About `most` of them, and whether they are all. Raises CliError."""
        names = registry.kind(kind)
        path = find_path(names, scope) if names else None
        if names is None or path is None or (part and not names.search):
            return [], False
        texts: dict[str, None] = {}
        for chunk in self._chunks(
            names, self._path_to_send(names, path), {names.search: part} if part else None
        ):
            texts.update((choice.text, None) for item in chunk.rows for choice in read_choices(names, item))
            if chunk.is_last or chunk.received >= most:
                return list(texts), chunk.is_last and not part
        return list(texts), not part

    def known(self) -> list[tuple[str, Choice]]:
        """Return the names known now of all kinds that no other name is needed for, each with its kind."""
        entries = [(key[0], entry) for key, entry in list(self._entries.items()) if len(key) == 1]
        return [(kind, choice) for kind, entry in entries for choice in entry.known.names]

    def forget(self) -> None:
        """Let all names be fetched anew when they are wanted next; until they come, the old ones are
        shown."""
        for entry in list(self._entries.values()):
            entry.stale = True

    def _last(self) -> dict[str, str]:
        """Return the name of each kind that was used last."""
        return {kind: used[0] for kind, used in list(self._used.items()) if used}

    def _use(self, values: Mapping[str, Any]) -> None:
        """What was used last comes first among equals."""
        for kind, name in values.items():
            used = self._used.setdefault(kind, [])
            for text in (name,) if isinstance(name, str) else ():
                used[:] = [text, *(other for other in used if other != text)][:MOST_USED]

    def _recent(self, kind: str, entry: _Entry) -> tuple[Choice, ...]:
        used = (entry.choices.get(text) for text in self._used.get(kind, ()))
        return tuple(choice for choice in used if choice is not None)

    def _put(self, entry: _Entry, names: Names, choices: Iterable[Choice]) -> None:
        """Keep these names, each once, in this order."""
        with self._showing:
            merged = by_text(pace(chain(standing_names(names), choices)))
            entry.choices = dict(islice(merged.items(), MOST_HELD))
            entry.known = make_known(pace(entry.choices.values()))

    def _renew(self, entry: _Entry, fresh: dict[str, Choice]) -> None:
        """What is said of names that are all known. Not folded anew: of very many that takes long."""
        if any(entry.choices[text] != choice for text, choice in fresh.items()):
            entry.choices.update(fresh)
            entry.known = entry.known._replace(names=tuple(entry.choices.values()))
        entry.known = entry.known._replace(state=READY)

    def _learning(self, line: str, wanted: list[tuple[Names, Key]], items: Iterable[Item]) -> Iterator[Item]:
        choice_lists: list[list[Choice]] = [[] for _ in wanted]
        for item in pace(items):
            if line not in self.fields:
                self.fields[line] = tuple(_fields(item))
            for (names, _), choices in zip(wanted, choice_lists, strict=True):
                choices += read_choices(names, item)
            yield item
        for (names, key), choices in zip(wanted, choice_lists, strict=True):
            self._add(self._entries.setdefault(key, _Entry(names)), names, choices)

    def _should_search(self, names: Names, entry: _Entry, prefix: str) -> bool:
        # While the first pages come it is not known yet whether a search is needed at all.
        if entry.whole or not names.search or not prefix or entry.known.state != READY:
            return False
        # What contains `etl_lo` contains `etl`: if all names with the latter are here, so are those with the
        # former.
        covered = any(whole and part in prefix for part, whole in entry.searched.items())
        return prefix not in entry.searched and not covered

    def _start(self, key: Key, entry: _Entry, fetch: Callable[[], None]) -> None:
        """Run a fetch behind the scenes, unless the same one is under way or has just failed."""
        # A server that is away would be asked at every key.
        failed = entry.known.state == FAILED and time.monotonic() - entry.fetched < RETRY_AFTER
        with self._lock:
            if failed or key in self._under_way:
                return
            self._under_way.add(key)

        def work() -> None:
            try:
                fetch()
            # Behind the prompt no error may reach the terminal; the next line that needs the server prints
            # it.
            except Exception:
                entry.known = entry.known._replace(state=FAILED)
                entry.fetched = time.monotonic()
            finally:
                self._under_way.discard(key)

        background(f"names of {key[0]}", work, self._changed)

    def _fetch_all(self, names: Names, path: dict[str, str], entry: _Entry) -> None:
        """Page by page, showing each; kept whole up to `names.most`."""
        choices: list[Choice] = []
        # Before the request, not after it: a change that is made meanwhile marks it as stale once more.
        entry.stale = False
        entry.searched.clear()
        whole = False
        for chunk in self._chunks(names, self._path_to_send(names, path)):
            choices += (choice for item in chunk.rows for choice in read_choices(names, item))
            whole = chunk.is_last
            if whole or chunk.received >= names.most:
                break
            self._show(entry, names, choices)
        if whole:
            self._put(entry, names, choices)
        else:  # what was found by searching stays
            self._show(entry, names, choices)
        entry.whole = whole  # not before they are there
        entry.fetched = time.monotonic()

    def _path_to_send(self, names: Names, path: dict[str, str]) -> dict[str, str]:
        """Return the path with the name in place of a word for the newest one, and a number where that is
        wanted."""
        for parameter, kind in names.scope.items():
            outer, text = registry.kind(kind), path[parameter]
            if outer and text in outer.newest:
                items, _ = self._page(outer, {name: path[name] for name in outer.scope}, 0, limit=1)
                path = {**path, parameter: str(items[0][outer.key])} if items else path
            elif outer and outer.number and not text.isdecimal():
                items, _ = self._page(outer, {}, 0, {outer.search: text})
                exact = (str(item[outer.number]) for item in items if item.get(outer.key) == text)
                path = {**path, parameter: next(exact, text)}
        return path

    def _show(self, entry: _Entry, names: Names, choices: list[Choice]) -> None:
        """What has come so far, in order, and after it what was known before."""
        with self._showing:
            fresh = by_text(choices)
            # To fold 100,000 names anew takes longer than a frame (decision 0036).
            if len(entry.choices) > _FEW and fresh.keys() <= entry.choices.keys():
                self._renew(entry, fresh)
            else:
                old = (choice for choice in entry.choices.values() if choice.text not in fresh)
                self._put(entry, names, (*fresh.values(), *old))
        self._changed()

    def _search(self, names: Names, path: dict[str, str], entry: _Entry, prefix: str) -> None:
        entry.searched[prefix] = False
        fitting = {text for text in pace(list(entry.choices)) if prefix in text}
        items, total = self._page(names, self._path_to_send(names, path), 0, {names.search: prefix})
        choices = [choice for item in items for choice in read_choices(names, item)]
        whole = total is not None and total <= len(items)
        # Those that were known before the request and are not in a whole answer do not exist any more.
        gone = fitting - by_text((*choices, *standing_names(names))).keys() if whole else ()
        # Behind those known: what the search of a newest-first list adds is older than its first pages.
        self._add(entry, names, choices, append, gone)
        entry.searched[prefix] = whole

    def _chunks(
        self, names: Names, path: dict[str, str], query: dict[str, str] | None = None
    ) -> Iterator[Chunk]:
        from airflowctl.api.list_pager import Page, Source, read_chunks, read_count
        from airflowctl.core.errors import ServerRefused

        def fetch(position: Position) -> Page:
            rows, total = self._page(names, path, position.offset, query)
            return Page(rows, read_count(total))

        return read_chunks(Source(fetch, ServerRefused), names.items)

    def _page(
        self,
        names: Names,
        path: dict[str, str],
        offset: int,
        query: dict[str, str] | None = None,
        limit: int = 100,
    ) -> tuple[list[dict[str, Any]], int | None]:
        from airflowctl.api.operations import table

        give_way()
        # An API that is not in our table: of the FAB auth manager.
        if names.op.startswith("/"):
            paging = {"limit": limit, "offset": offset, "order_by": names.order or names.key}
            answer = self._api().send("GET", names.op, query=paging) or {}
            return answer[names.items], answer.get("total_entries")
        operation = table()[names.op]
        values = {**names.query, **path, **(query or {})}
        query_values = {name: text for name, text in values.items() if name in operation.query}
        fixed = {name: text for name, text in values.items() if name not in operation.query}
        if not names.items:
            return [self._api().call(names.op, query=query_values, **fixed)], 1
        order = names.order or names.key
        if order and " " not in operation.query.get("order_by", " "):  # else it came later
            query_values["order_by"] = order
        return self._api().page(names.op, names.items, fixed, limit=limit, offset=offset, query=query_values)

    def _add(
        self,
        entry: _Entry,
        names: Names,
        choices: list[Choice],
        join: Join = prepend,
        gone: Collection[str] = (),
    ) -> None:
        """What was found or printed: new names where their kind's order has them, else as `join` puts them;
        those known already where they are, without those that are gone."""
        with self._showing:
            fresh = by_text(choices)
            if entry.choices and fresh.keys() <= entry.choices.keys() and not gone:
                self._renew(entry, fresh)
            else:
                kept = [fresh.pop(text, choice) for text, choice in entry.choices.items()]
                words = {choice.text for choice in standing_names(names)}  # `_put` puts them first again
                kept = [choice for choice in kept if choice.text not in words and choice.text not in gone]
                # A menu whose rows change places while names arrive cannot be chosen from.
                in_order = names.order in ("", names.key) and names.items
                self._put(entry, names, (merge_sorted if in_order else join)(kept, fresh.values()))
        self._changed()


def _single(value: Any) -> Any:
    """Return the one name, where several may be given and one was."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _fields(item: Item) -> Iterator[str]:
    """Yield what `--columns` may name of an item."""
    for name, value in item.items():
        yield name
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in value)
