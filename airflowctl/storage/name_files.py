"""The names that other shells complete, on disk: names and nothing else, a file for each list of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping

from airflowctl.core.converters import parse_switch
from airflowctl.core.errors import CliError
from airflowctl.core.folders import NAMES, has_names, hash_text, state_path
from airflowctl.core.typed import NamedTuple
from airflowctl.storage.private_files import PrivateFolder, state_folder

VARIABLE = "AIRFLOWCTL_NAME_CACHE"
MOST = 10_000  # of one list: each file is read at a key
_OFF = "off"  # a file of this name: nothing is to be kept
_FIRST_LINE = "airflowctl names 1"
_MOST_FILES = 300  # of one owner
_PATIENCE = 10.0  # seconds to leave a server alone after a fetch began

Key = tuple[str, ...]  # a kind, and the names that its list is within


class KeptNames(NamedTuple):
    """`fetched` is when the list was read, in epoch seconds, 0 for names that were only printed; `is_whole`:
    the server had no others then."""

    names: tuple[str, ...]
    fetched: float = 0.0
    is_whole: bool = False


class NameFiles:
    """The kept names of one owner, a user of a server. What cannot be read or written is as if it were not
    there: completion works without it."""

    def __init__(self, environ: Mapping[str, str], owner: str) -> None:
        self._owner = owner
        self._folder = state_folder(environ)
        self._own = f"{hash_text(owner):032x}"

    def read(self, key: Key) -> KeptNames | None:
        """Return what is kept of a list; None for nothing."""
        try:
            data = self._folder.read(NAMES, self._own, _file(key))
            return None if data is None else _parse(data.decode("utf-8"), self._owner, key)
        except (CliError, ValueError):
            return None

    def write(self, key: Key, kept: KeptNames) -> None:
        """Keep a list in place of what was kept of it."""
        head = (
            _FIRST_LINE,
            _header(self._owner, key),
            f"{kept.fetched:.0f} {'whole' if kept.is_whole else 'part'}",
        )
        # A line end in a name would be a second name, and what holds it is never offered.
        names = (name for name in kept.names[:MOST] if "\n" not in name)
        try:
            self._folder.write("\n".join((*head, *names, "")), NAMES, self._own, _file(key))
        except (CliError, UnicodeEncodeError):
            return

    def add(self, key: Key, names: Iterable[str]) -> None:
        """Keep names that were printed beside those that are kept."""
        kept = self.read(key) or KeptNames(())
        known = set(kept.names)
        fresh = [name for name in dict.fromkeys(names) if name not in known]
        if fresh:
            self.write(key, kept._replace(names=(*kept.names, *fresh)))

    def forget(self, kinds: Iterable[str]) -> None:
        """Drop every list of these kinds: a change has made them old."""
        begins = tuple(f"{_kind_part(kind)}-" for kind in kinds)
        try:
            for name in self._folder.list(NAMES, self._own):
                if name.startswith(begins):
                    self._folder.remove(NAMES, self._own, name)
        except CliError:
            return

    def begin_fetch(self) -> bool:
        """Return whether a fetch may begin; False where another has begun a moment ago."""
        path = self._folder.path(NAMES, self._own, "fetching")
        try:
            if time.time() - os.stat(path).st_mtime < _PATIENCE:
                return False
        except OSError:
            pass  # there was none yet
        try:
            self._folder.write("", NAMES, self._own, "fetching")
        except CliError:
            return False
        return True

    def end_fetch(self) -> None:
        """Let the next fetch begin at once, and drop the lists that were kept first where there are too
        many."""
        try:
            self._folder.remove(NAMES, self._own, "fetching")
            names = self._folder.list(NAMES, self._own)
            if len(names) > _MOST_FILES:
                names.sort(key=lambda name: os.stat(self._folder.path(NAMES, self._own, name)).st_mtime)
                for name in names[: len(names) - _MOST_FILES]:
                    self._folder.remove(NAMES, self._own, name)
        except (CliError, OSError):
            return


def is_kept(environ: Mapping[str, str]) -> bool:
    """Return whether names are kept for other shells: since one of them has asked, until the user says no."""
    try:
        folder = os.path.join(state_path(environ), NAMES)
        return (
            os.path.isdir(folder) and not os.path.exists(os.path.join(folder, _OFF)) and _is_allowed(environ)
        )
    except CliError:
        return False


def begin_keeping(environ: Mapping[str, str]) -> bool:
    """Make the folder of names, unless the user has said no; return whether names are kept."""
    try:
        if _is_allowed(environ) and not has_names(environ):
            _make_folder(state_folder(environ))
    except CliError:
        return False
    return is_kept(environ)


def switch(environ: Mapping[str, str], *, is_on: bool) -> None:
    """Keep names from now on, or drop all and keep none. Raises ConfigError."""
    folder = state_folder(environ)
    if is_on:
        _make_folder(folder)
        folder.remove(NAMES, _OFF)
    else:
        folder.write("", NAMES, _OFF)
        clear(environ)


def clear(environ: Mapping[str, str]) -> int:
    """Drop all names of all servers; return how many lists there were. Raises ConfigError."""
    folder, count = state_folder(environ), 0
    for owner in folder.list(NAMES):
        for name in folder.list(NAMES, owner):
            count += folder.remove(NAMES, owner, name)
    return count


def _make_folder(folder: PrivateFolder) -> None:
    folder.write("", NAMES, "new")
    folder.remove(NAMES, "new")


def _is_allowed(environ: Mapping[str, str]) -> bool:
    text = environ.get(VARIABLE, "").strip()
    return not text or parse_switch(text, VARIABLE)


def _file(key: Key) -> str:
    return f"{_kind_part(key[0])}-{hash_text(chr(0).join(key)):032x}"


def _kind_part(kind: str) -> str:
    return kind.replace(" ", "_").replace("/", "_")


def _header(owner: str, key: Key) -> str:
    return repr((owner, *key))


def _parse(text: str, owner: str, key: Key) -> KeptNames:
    """Raises ValueError for what is not the list of this owner and key."""
    first, header, state, *names = text.split("\n")
    fetched, _, extent = state.partition(" ")
    # The name of a file is a remainder: another key may have the same.
    if first != _FIRST_LINE or header != _header(owner, key) or names.pop():
        raise ValueError("not these names")
    return KeptNames(tuple(names), float(fetched), extent == "whole")


def describe(environ: Mapping[str, str]) -> dict[str, object]:
    """Return where names are kept, whether that is on, and how many lists there are."""
    folder = state_folder(environ)
    lists = [name for owner in folder.list(NAMES) for name in folder.list(NAMES, owner)]
    return {"folder": folder.path(NAMES), "on": is_kept(environ), "lists": len(lists)}
