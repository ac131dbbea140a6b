"""A document of an import: its value, the places of its parts, and what is wrong in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from airflowctl.core.errors import UsageError, WrongFile
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.masks import format_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from airflowctl.domain.masks import Path

Place = tuple[int, int]  # line and column, from 1
Problem = tuple[Place, str]
DEEPEST = 100  # levels of objects and lists
_MOST_SHOWN = 100  # errors of one file


class DocumentError(ValueError):
    """The text cannot be read at all; `place` is where."""

    def __init__(self, message: str, place: Place = (1, 1)) -> None:
        super().__init__(message)
        self.place = place


class Document:
    """What a file holds. `problems` are those of its text; checks of its items add theirs with `add`."""

    def __init__(
        self, value: Any, locate: Callable[[Path], Place], problems: Sequence[Problem] = (), name: str = ""
    ) -> None:
        self.value = value
        self.name = name
        self.problems = list(problems)
        self.is_damaged = bool(problems)  # a text that is wrong itself has no part that is surely right
        self._locate = locate

    def add(self, path: Path, message: str) -> None:
        """Add an error about a part of the document."""
        self.problems.append((self._locate(path), message))

    def require(self, is_right: bool, path: Path, message: str) -> bool:
        """Return the truth, and add an error where it is false."""
        if not is_right:
            self.add(path, message)
        return is_right

    def place(self, path: Path) -> Place:
        """Return where a part stands; where it has no place of its own, where what holds it stands."""
        return self._locate(path)

    def fail(self, hint: str = "") -> None:
        """Raise WrongFile with all that is wrong, in the order of the places; nothing where all is right."""
        if not self.problems:
            return
        ordered = sorted(dict.fromkeys(self.problems))
        shown = [
            (f"{self.name}:{line}:{column}", UsageError(message))
            for (line, column), message in ordered[:_MOST_SHOWN]
        ]
        more = len(ordered) - len(shown)
        if more:
            (line, column), _ = ordered[_MOST_SHOWN]
            shown.append((f"{self.name}:{line}:{column}", UsageError(f"this and {more - 1} more are wrong")))
        shown[-1][1].hint = hint
        raise WrongFile(shown)


def place_in(text: str, offset: int) -> Place:
    """Return the line and the column of an offset in a text."""
    begin = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - begin + 1


def find_too_deep(value: Any) -> Path | None:
    """Return the path of a part that lies deeper than any import has to be; None where there is none."""
    level: list[tuple[Path, Any]] = [((), value)]
    for _ in range(DEEPEST + 1):
        level = [
            ((*path, name), part)
            for path, holder in level
            for name, part in _members(holder)
            if isinstance(part, dict | list)
        ]
        if not level:
            return None
    return level[0][0]


def _members(holder: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(holder, dict):
        return holder.items()
    return enumerate(holder) if isinstance(holder, list) else ()


def describe(path: Path) -> str:
    """`("shop", "port")` -> `shop: port`, as an error names a field of an item."""
    return str(path[0]) + (f": {format_path(path[1:])}" if path[1:] else "") if path else "the file"
