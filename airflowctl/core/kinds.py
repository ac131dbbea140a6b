"""The kinds of names that only the server knows, each registered where it is declared."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping

from airflowctl.core.results import Item
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from airflowctl.core.command import Command

# What the program knows by itself: parameters ask for it in the same way, and no server is asked.
OWN = frozenset((
    "address", "alias", "command", "date", "environment", "environments", "field", "group", "line",
    "method", "operation", "path", "setting", "setting value",
))  # fmt: skip


class Names(NamedTuple):
    """A kind of name that only the server knows; parameters ask for it with `complete=KIND`.

    The operation `op` lists it (or a path, of an API that is not in our table), `items` is the key of the
    list in the answer and `key` the field that holds the name. `scope` maps each parameter of it to the kind
    of name that the line must have fixed, `query` gives others, for every line the same. `search` is the
    query parameter that finds names by a part of them, `note` the fields shown beside a name. Where a field
    is not enough, `read` makes names, and what is said of each, of an item; of the whole answer where `items`
    is empty.
    Names are `fresh` for so many seconds; where there are more than `most`, the server is asked while
    the user types. `newest` are words for the first name of all, and the first of them is offered, as are the
    `usual` names, whatever the server has. `within` is the kind that knows more of the same names, where the
    line fixes enough for it. `lately`: what the line does not fix is what an earlier line did. `number` is
    the field that another kind's `scope` sends in place of the name.
    """

    kind: str
    op: str
    items: str
    key: str
    scope: Mapping[str, str] = {}
    search: str = ""
    order: str = ""
    note: tuple[str, ...] = ()
    fresh: float = 30.0
    most: int = 500
    query: Mapping[str, str] = {}
    read: Callable[[Item], Iterable[tuple[str, str]]] | None = None
    newest: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    within: str = ""
    lately: bool = False
    number: str = ""


KINDS: dict[str, Names] = {}  # every kind that a loaded file declares
_declared: dict[str, str] = {}  # where each of them is declared, as `module, line 7`


def names(
    kind: str,
    *,
    op: str,
    items: str,
    key: str,
    scope: Mapping[str, str] = {},
    search: str = "",
    order: str = "",
    note: tuple[str, ...] = (),
    fresh: float = 30.0,
    most: int = 500,
    query: Mapping[str, str] = {},
    read: Callable[[Item], Iterable[tuple[str, str]]] | None = None,
    newest: tuple[str, ...] = (),
    usual: tuple[str, ...] = (),
    within: str = "",
    lately: bool = False,
    number: str = "",
) -> Names:
    """Declare a kind of name and register it, once per kind. Raises TypeError for a second declaration, and
    for a text in place of a tuple, which would be read as its letters."""
    caller = sys._getframe(1)
    location = f"{caller.f_globals['__name__']}, line {caller.f_lineno}"
    if _declared.setdefault(kind, location) != location:
        raise TypeError(f"the kind '{kind}' is declared in {_declared[kind]}, too")
    for field, texts in (("note", note), ("newest", newest), ("usual", usual)):
        if type(texts) is not tuple:
            raise TypeError(f"the kind '{kind}': {field}: {texts!r} is no tuple of texts")
    # Registered where it is declared, whichever file imports that (decision 0007).
    KINDS[kind] = Names(
        kind, op, items, key, scope, search, order, note, fresh, most, query, read, newest, usual, within,
        lately, number,
    )  # fmt: skip
    return KINDS[kind]


def files_of_kinds() -> dict[str, str]:
    """Return the module of ours that declares each kind, of those that are loaded."""
    modules = {kind: location.partition(",")[0] for kind, location in sorted(_declared.items())}
    return {kind: module for kind, module in modules.items() if module.startswith("airflowctl.")}


def find_missing() -> str:
    """Return what a declared kind wants of a kind that there is not, with its place; empty for none. Those
    of plug-ins are left out: a name that they scope by what is unknown is not completed."""
    for kind, names in KINDS.items():
        if not _declared[kind].startswith("airflowctl."):
            continue
        wanted = [("within", names.within), *(("scope", other) for other in names.scope.values())]
        for field, other in wanted:
            if other and other not in KINDS:
                return f"{_declared[kind]}: the kind '{kind}': {field}: there is no kind '{other}'"
    return ""


def unknown_kinds(command: Command) -> list[tuple[str, str]]:
    """Return the kinds that a command wants and no loaded file declares, each after the field that wants
    it."""
    wanted = [(param.name, param.complete) for param in command.params if param.complete]
    wanted += [("invalidates", kind) for kind in command.invalidates]
    return [(field, kind) for field, kind in wanted if kind not in KINDS and kind not in OWN]


def forget_kinds(known: Iterable[str]) -> None:
    """Forget the kinds that others than these files declare and that are not among the known ones: those of a
    plug-in that is not used after all."""
    kept = set(known)
    for kind, declared in list(_declared.items()):
        if kind not in kept and not declared.startswith("airflowctl."):
            _declared.pop(kind)
            KINDS.pop(kind, None)
