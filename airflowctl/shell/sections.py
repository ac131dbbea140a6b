"""The sections of the bottom line: bad news first, and as many as the width has room for."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from airflowctl.core.durations import age, duration
from airflowctl.output.sanitise import line
from completers.protocols import FAILED, LOADING

NO_SERVER = "no server: auth login"
NOT_LOGGED_IN = "not logged in: auth login"
REFUSED = "login no longer accepted: auth login"
KEYS = "? twice: keys"
OLD = 10.0  # seconds after which a fact is shown with its age
LAST_MINUTE = 60.0  # of a login: it is counted down
_BETWEEN = " | "
_FAILED, _TEXT, _OLD, _QUIET = (f"class:bottom-toolbar.{name}" for name in ("failed", "text", "old", "quiet"))


class About(NamedTuple):
    """What is known of the server. `checked_at` is when it last answered, or failed to, in seconds of the
    monotonic clock; 0 before."""

    place: str = ""
    url: str = ""
    user: str = ""
    version: str = ""
    health: str = ""
    sick: tuple[str, ...] = ()
    problem: str = ""
    is_production: bool = False
    is_read_only: bool = False
    is_refused: bool = False
    logged_in: bool | None = None
    expires_at: float | None = None
    checked_at: float = 0.0

    @property
    def age(self) -> float:
        """Return the seconds since the server was heard, or missed."""
        return time.monotonic() - self.checked_at if self.checked_at else 0.0


class LastLine(NamedTuple):
    """How the last line of the shell ended, how many seconds it took, and what came of it, as `5 rows`."""

    code: int
    seconds: float
    result: str = ""


class Section(NamedTuple):
    """One part of the line. The one with the highest rank is left out first; rank 0 is bad news."""

    field: str
    rank: int
    style: str
    text: str


def describe_server(about: About) -> Iterator[Section]:
    """Yield what there is to say of the server and the login, in their usual order."""
    is_old = about.age > OLD
    fact = _OLD if is_old else _TEXT
    if about.problem:
        yield Section("server", 0, _FAILED, about.problem)
    else:
        yield Section("server", 3, _TEXT, about.url) if about.url else Section("server", 3, _TEXT, NO_SERVER)
        yield Section("version", 4, fact, about.version)
    if about.is_refused:
        yield Section("health", 0, _FAILED, REFUSED)
    elif about.sick and not about.problem:
        yield Section("health", 0, _FAILED, ", ".join(about.sick))
    elif not about.problem:
        yield Section("health", 7, fact, about.health)
    if is_old:
        yield Section("health", 2, _OLD, f"seen {age(about.age)}")
    if about.url and about.logged_in is False:
        yield Section("user", 0, _FAILED, NOT_LOGGED_IN)
    else:
        yield Section("user", 8, _TEXT, about.user)
    if not about.is_refused:
        yield _describe_token(about.expires_at)


def describe_shell(
    last: LastLine | None, completion: str, mode: str, background: str = ""
) -> Iterator[Section]:
    """Yield what there is to say of the shell: the last line, the lines in the background, the names that are
    looked for, the editor."""
    if background:
        yield Section("background", 1, _FAILED if "failed" in background else _TEXT, background)
    if last is not None:
        took = ", ".join(filter(None, (f"exit {last.code}", duration(last.seconds), last.result)))
        yield Section("last", 0, _FAILED, took) if last.code else Section("last", 5, _TEXT, took)
    if completion in (LOADING, FAILED):
        yield Section("names", 1, _QUIET, "..." if completion == LOADING else "no names")
    if mode:
        yield Section("mode", 1, _QUIET, f"vi: {mode}")
    yield Section("keys", 9, _QUIET, KEYS)


def _describe_token(expires_at: float | None) -> Section:
    left = remaining_seconds(expires_at)
    if left is None:
        return Section("token", 6, _TEXT, "")
    if left >= LAST_MINUTE:
        time_left = f"{int(left) // 3600} h" if left >= 3600 else f"{int(left) // 60 + 1} min"
        return Section("token", 6, _TEXT, f"token {time_left}")
    return Section("token", 0, _FAILED, "token expired" if left <= 0 else f"token {left:.0f} s")


def remaining_seconds(expires_at: float | None) -> float | None:
    """Return how long a login is good for; None where that is not known."""
    return None if expires_at is None else expires_at - time.time()


def fit(sections: Iterable[Section], width: int | None, fields: Collection[str]) -> list[Section]:
    """Return the sections of these fields that are shown in a line of so many cells, the bad news first. What
    is too long even alone is cut between two words."""
    kept = [part._replace(text=line(part.text)) for part in sections if part.text and part.field in fields]
    kept.sort(key=lambda part: part.rank > 0)
    if width is None:
        return kept
    while len(kept) > 1 and _count_cells(kept) > width:
        # Of two that matter as little the later one.
        kept.remove(max(reversed(kept), key=lambda part: part.rank))
    return [_cut(part, width - 1) for part in kept] if len(kept) == 1 else kept


def draw(sections: Iterable[Section]) -> StyleAndTextTuples:
    """Return the sections side by side, as prompt_toolkit's formatted text."""
    result: StyleAndTextTuples = []
    for part in sections:
        result.append((_TEXT, _BETWEEN if result else " "))
        result.append((part.style, part.text))
    return result


def _count_cells(sections: list[Section]) -> int:
    return sum(get_cwidth(part.text) + len(_BETWEEN) for part in sections) - len(_BETWEEN) + 1


def _cut(section: Section, width: int) -> Section:
    text = section.text
    if get_cwidth(text) <= width:
        return section
    words = text.split(" ")
    while len(words) > 1 and get_cwidth(" ".join(words)) > width - 2:
        words.pop()
    short = " ".join(words)
    return section._replace(text=f"{short} …" if get_cwidth(short) <= width - 2 else "…")
