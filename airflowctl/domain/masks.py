"""The server's mask `***` within values: where it stands, and values without what it stands for."""

from __future__ import annotations

from airflowctl.core.redaction import HIDDEN
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

Path = tuple[str | int, ...]  # to a part of a document: keys of objects, indexes of lists


def find_masks(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all texts with `***` in them. The server takes every password that it has loaded
    out of any text, so it stands for a part of a value as well as for a whole one."""
    if isinstance(value, str):
        if HIDDEN in value:
            yield path
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from find_masks(part, (*path, name))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from find_masks(part, (*path, index))


def is_masked(value: Any) -> bool:
    """Return whether the server's `***` stands anywhere in a value, also in the texts of JSON."""
    return next(find_masks(value), None) is not None


def format_path(path: Path) -> str:
    """`("extra", "keys", 0)` -> `extra.keys[0]`"""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def without_masks(value: Any) -> Any:
    """Return an object or a list without the parts that hold a mask; None for a text that holds one."""
    if isinstance(value, dict):
        kept = {name: (part, without_masks(part)) for name, part in value.items()}
        return {name: rest for name, (part, rest) in kept.items() if rest is not None or part is None}
    if isinstance(value, list):
        # A list without one of its members is another list: it is left out as a whole.
        return None if is_masked(value) else value
    return None if is_masked(value) else value
