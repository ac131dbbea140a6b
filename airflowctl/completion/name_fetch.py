"""Fetches a list of names for the lines of other shells to come, and keeps it on this machine."""

from __future__ import annotations

import time

from airflowctl.completion.disk_source import Wanted
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session import registry
from airflowctl.session.item_names import find_path
from airflowctl.session.name_owner import owner_of
from airflowctl.storage.name_files import MOST, KeptNames, NameFiles

if TYPE_CHECKING:
    from airflowctl.core.kinds import Names
    from airflowctl.session.session import Session

_MOST_FOUND = 1_000  # of a search


def fetch_names(wanted: Wanted, session: Session) -> None:
    """Fetch a list and keep it, where the session's user is still the one who wanted it. Raises CliError."""
    names = registry.kind(wanted.kind)
    path = find_path(names, wanted.scope) if names else None
    if names is None or path is None or owner_of(session) != wanted.owner:
        return
    files, key = NameFiles(session.streams.environ, wanted.owner), (wanted.kind, *path.values())
    fetched = time.time()
    cache = session.server.names
    texts, is_whole = cache.fetch_list(wanted.kind, wanted.scope, "", _most(names))
    if not is_whole and wanted.prefix:
        matches, _ = cache.fetch_list(wanted.kind, wanted.scope, wanted.prefix, _MOST_FOUND)
        texts = [*matches, *texts]
    if not is_whole:
        before = files.read(key)
        texts = [*texts, *(before.names if before else ())]
    files.write(key, KeptNames(tuple(dict.fromkeys(texts)), fetched, is_whole))
    files.end_fetch()


def _most(names: Names) -> int:
    """Return how many names are read: of a list that begins with the newest, the others are seldom wanted."""
    return names.most if names.order.startswith("-") or names.most < MOST // 20 else MOST
