"""What a command does to what the server holds, and which of its parameters name that."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, TypeAlias

    # Gets the session and the values of a line's parameters, like a handler.
    Look: TypeAlias = Callable[[Any, Mapping[str, Any]], Sequence[str]]

# The kinds, from the harmless to the final.
NOTHING = "nothing"  # it reads, tries something out, or is a dry run
CREATE = "create"  # it only adds: what was there stays as it was
SWITCH = "switch"  # a state that another command sets back, like pause
CHANGE = "change"  # one object is written, whether it was there or not
MARK = "mark"  # the state of what has run
CLEAR = "clear"  # what has run runs again
OVERWRITE = "overwrite"  # several objects, or any that a raw request names
DELETE = "delete"

KINDS = (NOTHING, CREATE, SWITCH, CHANGE, MARK, CLEAR, OVERWRITE, DELETE)
HARMLESS = frozenset((NOTHING, CREATE))
LOSSY = frozenset((MARK, CLEAR, OVERWRITE, DELETE))  # the shell asks
NEEDS_YES = frozenset((CHANGE, OVERWRITE, DELETE))  # in production a script must say --yes
_BECOMES = {
    SWITCH: "changed",
    CHANGE: "changed",
    MARK: "marked",
    CLEAR: "cleared",
    OVERWRITE: "overwritten",
    DELETE: "deleted",
}


class Effect(NamedTuple):
    """What a command does.

    `names` are parameters: the first names what is touched, the others where that is; `noun` is the word for
    the first, `becomes` the participle where that of the kind is not the right one. `judge` gives the kind of
    one line by its values, where it depends on them. `look` asks the server for the names of what is touched:
    it runs only when a person is asked. With `in_handler` the handler asks, once it knows what is there.
    `repeatable`: the same line again leaves the server as the first did, though that was done already.
    """

    kind: str
    noun: str = ""
    names: tuple[str, ...] = ()
    becomes: str = ""
    judge: Callable[[Mapping[str, Any]], str] | None = None
    look: Look | None = None
    in_handler: bool = False
    repeatable: bool = False

    @property
    def participle(self) -> str:
        return self.becomes or _BECOMES.get(self.kind, "changed")

    def kind_of(self, values: Mapping[str, Any]) -> str:
        """Return the kind of what a line with these values does."""
        if values.get("dry_run"):
            return NOTHING
        return self.judge(values) if self.judge else self.kind

    def is_repeatable(self, values: Mapping[str, Any]) -> bool:
        """Return whether a line with these values may be sent again, where it may be done already."""
        kind = self.kind_of(values)
        return kind == NOTHING or (self.repeatable and kind != CREATE)


def effect(
    kind: str,
    noun: str = "",
    *names: str,
    becomes: str = "",
    judge: Callable[[Mapping[str, Any]], str] | None = None,
    look: Look | None = None,
    in_handler: bool = False,
    repeatable: bool = False,
) -> Effect:
    """Declare what a command does: `effect(DELETE, "variable", "key")`."""
    if kind not in KINDS:
        raise TypeError(f"effect: there is no kind '{kind}'")
    return Effect(kind, noun, names, becomes, judge, look, in_handler, repeatable)


READS = Effect(NOTHING)
CREATES = Effect(CREATE)
