"""What a noun's import is made of."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any, Protocol

    from airflowctl.domain.differences import Comparison, Difference, Fields
    from airflowctl.domain.file_params import ImportValues
    from airflowctl.domain.import_items import Shape
    from airflowctl.session.session import Session

    class Store(Protocol):
        """Things of one kind on a server. `size` is how many of them go into a request."""

        size: int

        def read(self, names: Collection[str]) -> Mapping[str, Fields]:
            """Return those of these names that there are, as they are compared."""

        def check(self, name: str, fields: Fields) -> None:
            """Raise FieldError for what the server has nothing for, though each field is right."""

        def send(self, action: str, chunk: Sequence[Difference]) -> Answer:
            """Create or change things in a request of their own. Raises CliError where none is done."""


class Answer(NamedTuple):
    """What a request did: the names that are done, and the errors as a bulk answer has them."""

    done: set[str]
    errors: list[dict[str, Any]]


class Kind(NamedTuple):
    """What is imported: the noun, and the field that has the name. `load` returns the shape of its files and
    how it is compared, `open` where it is on the server; `prefix` is that of names in an .env file."""

    items: str
    key: str
    load: Callable[[], tuple[Shape, Comparison]]
    open: Callable[[Session, ImportValues], Store]
    prefix: str = ""
