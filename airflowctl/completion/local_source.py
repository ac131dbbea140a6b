"""What this machine knows of what may be typed: files, dates, timezones."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice

from airflowctl.core.background import background
from airflowctl.core.converters import timestamp
from completers.protocols import FAILED, LOADING, Choice, Known, make_known

MOST_FILES = 10_000  # of one folder
_FRESH, _FRESH_PROGRAMS = 3.0, 60.0  # seconds
_USUAL = ("grep", "head", "less", "jq", "wc", "sort", "tail", "cut", "awk", "sed", "uniq", "column", "tee")
_DAYS = {"now": "", "today": "its first moment", "yesterday": "", "tomorrow": ""}
_DISTANCES = ("-1h", "-2h", "-12h", "-1d", "-7d", "-30d", "+1h", "+1d")


def dates() -> Known:
    """Return what a date may be called, and which it is now."""
    return make_known(Choice(text, _format_moment(timestamp(text))) for text in (*_DAYS, *_DISTANCES))


def _format_moment(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


class LocalNames:
    """The files of folders and the names of timezones: looked up behind the scenes, for a folder may be far
    away; `changed` is called when there is something new."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._known: dict[str, Known] = {}
        self._looked: dict[str, float] = {}

    def files(self, begun: str) -> Known:
        """Return what may go on with a path that is begun; hidden files where it begins with their dot."""
        name = os.path.basename(begun)
        folder, hidden = begun[: len(begun) - len(name)], name.startswith(".")
        return self._look(f"{folder}{'.' * hidden}", lambda: _files(folder, hidden=hidden), _FRESH)

    def programs(self, environ: Mapping[str, str]) -> Known:
        """Return the programs that the user's own shell would find; those that results mostly go to first."""
        path = environ.get("PATH", os.defpath)
        known = self._look(f"\0programs {path}", lambda: _programs(path), _FRESH_PROGRAMS)
        if known.names and not known.recent:
            known = known._replace(recent=tuple(name for name in map(Choice, _USUAL) if name in known.names))
            self._known[f"\0programs {path}"] = known
        return known

    def timezones(self) -> Known:
        return self._look("\0zones", zones, float("inf"))

    def _look(self, key: str, find: Callable[[], Iterator[Choice]], fresh: float) -> Known:
        now, before = time.monotonic(), self._known.get(key, Known(state=LOADING))
        if now - self._looked.get(key, -fresh) < fresh:
            return before
        self._looked[key], self._known[key] = now, before

        def work() -> None:
            try:
                self._known[key] = make_known(find())
            except OSError:
                self._known[key] = Known(state=FAILED)

        # A folder may be on a network, and the completer never waits (decision 0036).
        background(f"look for {key}", work, self._changed)
        return before


def _files(folder: str, *, hidden: bool) -> Iterator[Choice]:
    with os.scandir(os.path.expanduser(folder) or ".") as entries:
        wanted = (entry for entry in entries if entry.name.startswith(".") == hidden)
        result = sorted(islice(wanted, MOST_FILES), key=lambda entry: entry.name)
    for entry in result:
        yield Choice(folder + entry.name + ("/" if entry.is_dir() else ""))


def _programs(path: str) -> Iterator[Choice]:
    names: set[str] = set()
    for folder in dict.fromkeys(path.split(os.pathsep)):
        with suppress(OSError), os.scandir(folder or ".") as entries:
            names.update(
                entry.name for entry in entries if os.access(entry.path, os.X_OK) and not entry.is_dir()
            )
    yield from map(Choice, sorted(names))


def zones() -> Iterator[Choice]:
    """Yield the names of timezones, and the words that stand for one."""
    from zoneinfo import available_timezones

    yield Choice("local", "that of this machine")
    yield Choice("utc")
    yield from map(Choice, sorted(available_timezones()))
