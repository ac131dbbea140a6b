"""What a command is: data around one function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from airflowctl.core.effect import Effect
from airflowctl.core.result import Item, Result
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.values import seconds, some_text, timestamp, whole_number

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.undo import Undo

Handler = Callable[..., Result]


class Names(NamedTuple):
    """A kind of name that only the server knows; parameters ask for it with `complete=KIND`.

    The operation `op` lists it (or a path, of an API that is not in our table), `items` is the key of the
    list in the answer and `key` the field that holds the name. `scope` maps each parameter of it to the kind
    of name that the line must have fixed, `query` gives others, for every line the same. `search` is the
    query parameter that finds names by a part of them, `note` the fields shown beside a name. Where a field
    is not enough, `read` makes names, and what is said of each, of an item; of the whole answer where `items`
    is empty.
    Names are `fresh` for so many seconds; where there are more than `most`, the server is asked while
    somebody types. `newest` are words for the first name of all, and the first of them is offered, as are the
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


ALWAYS = "always"
LINE = "line"


class Param(NamedTuple):
    """One argument or option. Without `flags` it is positional.

    `complete` names the kind of name it wants. `alone` is its text when it stands without a value.
    `secret` says when its text must not be kept or shown: ALWAYS, or when the value of the parameter named
    there sounds like a secret's name; `safer` names the way by which no process list shows it. `hidden`: it
    works, but help and completion do not offer it; an argument only right after the one before it, so that no
    slip elsewhere becomes its value.
    `also` are flags of other programs for the same, `since` the Airflow that it needs. `several`: what
    follows its value goes to it too, up to the next option, once the line has its arguments. A positional one
    that wants a LINE is the rest of the line, which is a line of its own. A switch with `joined` also takes a
    value, only as `--yes=NAME`: the next word is never its value.
    """

    name: str
    flags: tuple[str, ...] = ()
    help: str = ""
    convert: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    many: bool = False
    switch: bool = False
    no_flags: tuple[str, ...] = ()
    alone: str | None = None
    choices: tuple[str, ...] = ()
    complete: str = ""
    metavar: str = ""
    secret: str = ""
    safer: str = ""
    hidden: bool = False
    also: tuple[str, ...] = ()
    since: str = ""
    several: bool = False
    joined: bool = False

    @property
    def spellings(self) -> tuple[str, ...]:
        """All the flags by which it may be given."""
        return self.flags + self.no_flags + self.also

    @property
    def shown(self) -> str:
        """How errors and help call it: `--state` or `DAG_ID`."""
        if not self.flags:
            return self.metavar
        return next((text for text in self.flags if text.startswith("--")), self.flags[0])


class Command(NamedTuple):
    """One declaration: what parse, help, completion, highlighting and the docs all read.

    `op` is the operation of the API that it is about, `uses` are the others it calls. `also` are other
    spellings of its words under the same noun ("connections create"), `formerly` those of
    Airflow 2 elsewhere ("dags list-runs"), for which the line of today is shown. With `danger` it asks before
    anything is sent; `asks` names the parameters with which it asks once it has looked (ALWAYS: each time),
    unless it is a dry run. `effect` is what it does to what the server holds; None: it changes nothing there.
    `lasting`: it is only of use where there are lines to come, in the shell and in a batch.
    `undo` is the kind of what it changes: how that is kept before the change, and taken back.
    """

    words: tuple[str, ...]
    summary: str
    params: tuple[Param, ...]
    handler: Handler
    op: str = ""
    uses: tuple[str, ...] = ()
    danger: str = ""
    asks: tuple[str, ...] = ()
    effect: Effect | None = None
    changes: tuple[str, ...] = ()
    about: str = ""
    examples: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()
    lasting: bool = False
    undo: Undo | None = None

    @property
    def line(self) -> str:
        return " ".join(self.words)

    @property
    def arguments(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if not param.flags)

    @property
    def options(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if param.flags)

    def may_ask(self, values: Mapping[str, Any]) -> bool:
        """Whether it asks before it acts, with these values of its parameters."""
        looks_first = ALWAYS in self.asks or any(values[name] for name in self.asks)
        return bool(self.danger) or (looks_first and not values.get("dry_run"))


def _python_name(flags: tuple[str, ...]) -> str:
    first_long = next((text for text in flags if text.startswith("--")), flags[0])
    return first_long.lstrip("-").replace("-", "_")


def names(kind: str, **facts: Any) -> Names:
    """Declare a kind of name, once per noun."""
    return Names(kind, **facts)


def arg(name: str, help: str = "", **facts: Any) -> Param:
    """A positional argument. It is required unless it has a default or takes many."""
    needed = "default" not in facts and not facts.get("many", False)
    facts.setdefault("required", needed)
    facts.setdefault("metavar", name.upper())
    return Param(name, help=help, **facts)


def opt(*flags: str, help: str = "", name: str = "", **facts: Any) -> Param:
    """An option that takes a value. Its name is that of its first long flag."""
    return Param(name or _python_name(flags), flags=flags, help=help, **facts)


def flag(*flags: str, help: str = "", name: str = "", default: bool = False, **facts: Any) -> Param:
    """A switch without a value."""
    return Param(name or _python_name(flags), flags=flags, help=help, switch=True, default=default, **facts)


def pattern(names: str) -> Param:
    """`--pattern` for a list of these names, in words for what the server makes of it."""
    text = (
        f"Only {names} that contain this; _ is any letter, % any text and, from Airflow 3.2 on, | means or."
    )
    return opt("--pattern", help=text, convert=some_text, metavar="TEXT")


def date_range(shown: str, field: str, words: str, also: str = "") -> tuple[Param, ...]:
    """`--SHOWN-after` and `--SHOWN-before`, named as the parameters of the API. `words` are what the times
    are of, like `that started`; `also` is how another program calls it."""
    return tuple(
        opt(
            f"--{shown}-{end}",
            name=f"{field}_{name}",
            help=f"Only those {words} at or {end} this.",
            convert=timestamp,
            metavar="DATE",
            also=(f"--{also}-{end}",) if also else (),
        )
        for end, name in (("after", "gte"), ("before", "lte"))
    )


def toggle(*flags: str, help: str = "", name: str = "", default: bool | None = None, **facts: Any) -> Param:
    """A switch with its opposite: `--paused/--no-paused`."""
    opposites = tuple("--no-" + text[2:] for text in flags if text.startswith("--"))
    name = name or _python_name(flags)
    return Param(name, flags=flags, help=help, switch=True, default=default, no_flags=opposites, **facts)


# The same word for the same thing, wherever a command has it.
DRY_RUN = flag("--dry-run", help="Show what would be done, and change nothing.")
LIMIT = opt("--limit", help="At most this many.", convert=whole_number, metavar="N")
LIMIT_NEWEST = LIMIT._replace(help="At most this many, the newest.")
TOOK = (
    opt("--longer-than", name="duration_gte", help="Only those that took so long.", convert=seconds,
        metavar="SECONDS"),
    opt("--shorter-than", name="duration_lte", help="Only those that took no longer.", convert=seconds,
        metavar="SECONDS"),
)  # fmt: skip
TEAM = opt(
    "--team-name",
    help="The team it belongs to.",
    complete="team",
    convert=some_text,
    metavar="NAME",
    since="3.2",
)


def command(words: str, summary: str, *params: Param, **facts: Any) -> Callable[[Handler], Command]:
    """Declare a command around the function that follows."""

    def declare(handler: Handler) -> Command:
        _check_signature(words, params, handler)
        return Command(tuple(words.split()), summary, params, handler, **facts)

    return declare


_TAKES_ANY = 0x08  # inspect.CO_VARKEYWORDS


def _check_signature(words: str, params: tuple[Param, ...], handler: Handler) -> None:
    code = handler.__code__
    takes = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if code.co_flags & _TAKES_ANY and takes == ("session",):
        return
    declared = ("session", *(param.name for param in params))
    if takes != declared:
        raise TypeError(f"{words}: declared {declared}, but the function takes {takes}")
