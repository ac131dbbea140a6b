"""The names kept on this machine, for a line of another shell: no server is asked, nothing waits."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import repeat

from airflowctl.core.errors import CliError
from airflowctl.core.options import Options
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.session import registry
from airflowctl.session.item_names import find_path, standing_names
from airflowctl.storage.name_files import NameFiles, begin_keeping
from completers.protocols import Choice, Known, make_known

if TYPE_CHECKING:
    from airflowctl.core.kinds import Names
    from airflowctl.storage.name_files import Key

_MANY = 1_000  # names whose fetch takes the server several seconds
_MANY_FRESH = 600.0  # seconds for which they are new enough


class Wanted(NamedTuple):
    """A list that is missing, or old: whose names, their kind, what the line fixes, and what is typed of the
    name."""

    owner: str
    kind: str
    scope: Mapping[str, str]
    prefix: str


class DiskNames:
    """A completers.protocols.Source. `wanted` is what has to be fetched for the next key."""

    def __init__(self, environ: Mapping[str, str], *, is_exact: bool = True) -> None:
        """`is_exact` is False for a line with words that only its shell can read: `$DAG`."""
        self._environ, self._is_exact = environ, is_exact
        self.wanted: list[Wanted] = []
        self._env: str | None = None

    def names(self, kind: str, scope: Mapping[str, str], prefix: str) -> Known:
        """Return what is kept: of many names those that begin with the prefix, where some do."""
        own = self._own_names(kind, scope)
        if own is not None:
            return own
        names = registry.kind(kind)
        # A server whose address is still being typed is not asked, as in our own shell (decision 0027).
        if names is None or not names.items or "--url" in scope or not self._is_exact:
            return Known()
        if names.within and (closer := self.names(names.within, scope, prefix)).names:
            return closer
        path = find_path(names, scope)
        self._env = scope.get("--env")
        if path is None or not self._owner:
            return Known()
        return self._read_kept(names, (names.kind, *path.values()), scope, prefix)

    def _read_kept(self, names: Names, key: Key, scope: Mapping[str, str], prefix: str) -> Known:
        kept = NameFiles(self._environ, self._owner).read(key)
        texts = kept.names if kept else ()
        fresh = max(names.fresh, _MANY_FRESH) if len(texts) > _MANY else names.fresh
        begin = [text for text in texts if text.startswith(prefix)] if prefix else list(texts)
        is_known = bool(kept and (kept.is_whole or begin))
        if kept is None or time.time() - kept.fetched > fresh or not is_known:
            self.wanted.append(Wanted(self._owner, names.kind, dict(scope), prefix))
        known = (*(choice.text for choice in standing_names(names)), *(begin or texts))
        # Of 10,000 names each step that is taken for every one costs a Tab several milliseconds.
        return Known(tuple(map(Choice._make, zip(dict.fromkeys(known), repeat(names.kind), repeat(False)))))

    @cached_property
    def _owner(self) -> str:
        """Return whose names the line completes; empty where none are kept, or its server is not known."""
        from airflowctl.session.name_owner import find_owner

        return find_owner(Options(env=self._env), self._environ) if begin_keeping(self._environ) else ""

    def _own_names(self, kind: str, scope: Mapping[str, str]) -> Known | None:
        """Return the names that this machine knows by itself; None where the kind is of a server."""
        try:
            if kind in ("address", "environment", "environments", "group"):
                from airflowctl.session.environment_choice import place_names
                from airflowctl.storage.environments import EnvironmentStore

                store = EnvironmentStore(self._environ)
                if kind in ("environments", "group"):
                    return _known(place_names(kind, store))
                return _known(store.names() if kind == "environment" else store.addresses())
            if kind == "method":
                from airflowctl.api.auth.providers import names

                return _known(names())
        except CliError:
            return Known()
        if kind in ("date", "timezone"):
            from airflowctl.completion.local_source import dates, zones

            return dates() if kind == "date" else make_known(zones())
        if kind in ("operation", "field", "column"):
            from airflowctl.completion.api_names import fields_of, names_of_api

            return fields_of(scope) if kind == "column" else names_of_api(kind, scope)
        return Known() if kind in ("alias", "setting", "setting value", "path", "program") else None


def _known(texts: Iterable[str]) -> Known:
    return make_known(map(Choice, texts))
