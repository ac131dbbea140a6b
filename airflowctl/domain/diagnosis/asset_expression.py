"""Which assets a Dag's schedule still lacks: all of some, one of others."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_list

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    Key = tuple[str, str]  # the name of an asset, and its URI: either alone may be that of another asset


class Lacking(NamedTuple):
    """Parts that all have to come, or one of them where `is_choice`: each the name of an asset, or such parts
    themselves."""

    parts: tuple[str | Lacking, ...]
    is_choice: bool = False


def find_lacking(expression: Any, came: Collection[Key]) -> Lacking | None:
    """Return what has not come yet of a Dag's `asset_expression`; None where nothing is lacking."""
    part = _find(expression, came)
    return Lacking((part,)) if isinstance(part, str) else part


def _find(expression: Any, came: Collection[Key]) -> str | Lacking | None:
    if not isinstance(expression, dict):
        return None
    for word, is_choice in (("all", False), ("any", True)):
        if word in expression:
            parts = [_find(part, came) for part in expression[word] or ()]
            if is_choice and None in parts:  # one of them is complete
                return None
            return _join([part for part in parts if part is not None], is_choice)
    for value in expression.values():
        asset = value if isinstance(value, dict) else {"name": value}
        name, uri = str(asset.get("name")), asset.get("uri")
        has_come = any(name == key[0] and uri in (None, key[1]) for key in came)
        return None if has_come else name
    return None


def _join(parts: Sequence[str | Lacking], is_choice: bool) -> str | Lacking | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    flat: list[str | Lacking] = []
    for part in parts:
        flat += part.parts if isinstance(part, Lacking) and part.is_choice == is_choice else (part,)
    return Lacking(tuple(flat), is_choice)


def names_of(lacking: Lacking) -> set[str]:
    """Return the assets of all parts."""
    nested = (names_of(part) if isinstance(part, Lacking) else {part} for part in lacking.parts)
    return set().union(*nested)


def format_lacking(lacking: Lacking) -> str:
    """`the assets a, b, and one of c, d`."""
    parts = (lacking,) if lacking.is_choice else lacking.parts
    single = [part for part in parts if isinstance(part, str)]
    choices = [format_list([*map(_format, part.parts)]) for part in parts if isinstance(part, Lacking)]
    if not single and len(choices) == 1:
        return f"one of the assets {choices[0]}"
    first = [f"the asset{'s' if len(single) > 1 else ''} {format_list(single)}"] if single else []
    return ", and ".join((*first, *(f"one of {choice}" for choice in choices)))


def _format(part: str | Lacking) -> str:
    if isinstance(part, str):
        return part
    texts = (_format(inner) if isinstance(inner, str) else f"({_format(inner)})" for inner in part.parts)
    return (" or " if part.is_choice else " and ").join(texts)
