"""What a noun's import is made of."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflowctl.domain.differences import Comparison
    from airflowctl.domain.import_items import Shape


class Kind(NamedTuple):
    """What is imported: its operations, and where its answers have the name. `change` is the action of a
    bulk request that changes what exists; `prefix` that of names in an .env file. `load` returns the shape
    of its files and how it is compared."""

    bulk: str
    list: str
    items: str
    key: str
    change: str
    prefix: str
    load: Callable[[], tuple[Shape, Comparison]]
