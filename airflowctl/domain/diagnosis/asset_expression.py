"""Which assets a Dag's schedule still lacks: all of some, one of others."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.core.wording import format_list

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

Groups = list[tuple[str, ...]]  # one asset of each group has to come


def find_lacking(expression: Any, came: Collection[str]) -> Groups:
    """Return the groups of assets of which none has come yet, by the names in a Dag's `asset_expression`."""
    if not isinstance(expression, dict):
        return []
    if "all" in expression:
        return [group for part in expression["all"] or () for group in find_lacking(part, came)]
    if "any" in expression:
        parts = [find_lacking(part, came) for part in expression["any"] or ()]
        if not all(parts):  # one of them is complete
            return []
        return [tuple(" and ".join(map(" or ".join, part)) for part in parts)]
    for value in expression.values():
        name = str(value.get("name") if isinstance(value, dict) else value)
        return [] if name in came else [(name,)]
    return []


def names_of(groups: Groups) -> set[str]:
    """Return the assets in these groups."""
    return {
        name for group in groups for text in group for name in text.replace(" or ", " and ").split(" and ")
    }


def format_lacking(groups: Groups) -> str:
    """`the assets a, b, and one of c, d`."""
    single = [group[0] for group in groups if len(group) == 1]
    others = [f"one of {format_list(group)}" for group in groups if len(group) > 1]
    if not single and len(groups) == 1:
        return f"one of the assets {format_list(groups[0])}"
    first = [f"the asset{'s' if len(single) > 1 else ''} {format_list(single)}"] if single else []
    return ", and ".join((*first, *others))
