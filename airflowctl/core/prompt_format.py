"""What `set prompt` takes: text with fields, `{user}@{environment}[ {used}]> `."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

AUTO = "auto"
FIELDS = ("user", "environment", "host", "used", "dag", "run", "task", "code", "took", "time")


class Piece(NamedTuple):
    """A text, or the name of the field that stands there. Those of one `group` are left out together where
    none of its fields has a value; group 0 is always shown."""

    text: str
    is_field: bool = False
    group: int = 0


# [{user}@]{environment}[ {used}]>
_USUAL = (
    Piece("user", True, 1),
    Piece("@", False, 1),
    Piece("environment", True),
    Piece(" ", False, 2),
    Piece("used", True, 2),
    Piece("> "),
)


def parse_prompt(text: str) -> tuple[Piece, ...]:
    """Return the pieces of a prompt's format, `auto` being the usual one. Raises ValueError."""
    if text == AUTO:  # made already: to read it takes a part of the time until the first prompt
        return _USUAL
    from re import split

    if not text.isprintable():
        raise ValueError("it holds a letter that cannot be printed")
    pieces: list[Piece] = []
    for index, part in enumerate(split(r"\[([^\[\]]*)\]", text)):
        pieces += _parse_part(part, (index + 1) // 2 if index % 2 else 0)
    return tuple(pieces)


def _parse_part(text: str, group: int) -> Iterator[Piece]:
    from re import split

    for index, part in enumerate(split(r"\{(\w*)\}", text)):
        if index % 2 and part not in FIELDS:
            raise ValueError(f"'{part}' is no field of a prompt; the fields are {', '.join(FIELDS)}")
        if part:
            yield Piece(part, bool(index % 2), group)
