"""What a command is: data around one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple, fields_among

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from airflowctl.core.effect import Effect
    from airflowctl.core.rich_results import Result
    from airflowctl.core.undo import Undo

    Handler: TypeAlias = Callable[..., Result]

ALWAYS = "always"
LINE = "line"


class Param(NamedTuple):
    """One argument or option. Without `flags` it is positional.

    `complete` names the kind of name it wants. `implicit_value` is its text when it stands without a value.
    `secret` says when its text must not be kept or shown: ALWAYS, or when the value of the parameter named
    there sounds like a secret's name; `safer` names the way by which no process list shows it. `hidden`: it
    works, but help and completion do not offer it; an argument only right after the one before it, so that
    no slip elsewhere becomes its value. `aliases` are flags of other programs for the same, `since` the
    Airflow that it needs. `variadic`: what follows its value goes to it too, up to the next option, once the
    line has its arguments. A positional one that wants a LINE is the rest of the line, which is a line of
    its own. A switch with `joined` also takes a value, only as `--yes=NAME`: the next word is never its
    value. `unsupported`: it is there for lines of the classic command, and does nothing or is refused;
    docs/reference/classic.md lists it. `more_choices` gives those beyond `choices`, called for a text
    that is none of these. `writes`: it names a file to write; `reads`: one to read (`path_of` its text), and
    this raises UsageError or WrongFile for what is wrong in it. `refers`: "@" for `@FILE` or `-`; else the
    parameter whose value is in the file or variable."""

    name: str
    flags: tuple[str, ...] = ()
    help: str = ""
    convert: Callable[[str], Any] = str
    default: Any = None
    required: bool = False
    repeatable: bool = False
    switch: bool = False
    no_flags: tuple[str, ...] = ()
    no_help: str = ""
    implicit_value: str | None = None
    choices: tuple[str, ...] = ()
    complete: str = ""
    metavar: str = ""
    secret: str = ""
    safer: str = ""
    hidden: bool = False
    aliases: tuple[str, ...] = ()
    since: str = ""
    variadic: bool = False
    joined: bool = False
    unsupported: bool = False
    more_choices: Callable[[], tuple[str, ...]] = tuple
    reads: Callable[[Any, Mapping[str, Any]], object] | None = None
    path_of: Callable[[str], str] = str
    writes: bool = False
    refers: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return all flags of the parameter, older ones too."""
        return self.flags + self.no_flags + self.aliases

    @property
    def label(self) -> str:
        """How errors and help call it: `--state` or `DAG_ID`."""
        if not self.flags:
            return self.metavar
        return next((text for text in self.flags if text.startswith("--")), self.flags[0])


class Command(NamedTuple):
    """One declaration: what parse, help, completion, highlighting and the docs all read.

    `op` is the operation of the API that it is about, `uses` are the others it calls. `aliases` are other
    spellings of its words under the same noun ("connections create"), `deprecated_lines` those of Airflow 2
    elsewhere ("dags list-runs"), for which the line of today is shown. With `danger` it asks before anything
    is sent; `confirms_after_plan` names the parameters with which it asks once it has looked (ALWAYS: each
    time), unless it is a dry run. `effect` is what it does to what the server holds; None: it changes nothing
    there. `session_only`: it is only of use where there are lines to come, in the shell and in a batch.
    `undo` is the kind of what it changes: how that is kept before the change, and taken back. `values` is the
    named tuple that the handler takes in place of a parameter for each value. `classic` names what makes of
    its result what the classic command prints: `module:function` in airflowctl.domain.classic; `form`
    likewise what asks for its values in a form, in airflowctl.domain.forms."""

    words: tuple[str, ...]
    summary: str
    params: tuple[Param, ...]
    handler: Handler
    op: str = ""
    uses: tuple[str, ...] = ()
    danger: str = ""
    confirms_after_plan: tuple[str, ...] = ()
    effect: Effect | None = None
    invalidates: tuple[str, ...] = ()
    about: str = ""
    examples: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    deprecated_lines: tuple[str, ...] = ()
    session_only: bool = False
    undo: Undo | None = None
    values: Callable[..., Any] | None = None
    classic: str = ""
    form: str = ""

    def run(self, session: Any, values: Mapping[str, Any]) -> Result:
        """Call the handler with the values of all parameters, by name. Raises CliError."""
        if self.values is not None:
            return self.handler(session, self.values(**values))
        return self.handler(session, **values)

    @property
    def line(self) -> str:
        return " ".join(self.words)

    @property
    def arguments(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if not param.flags)

    @property
    def options(self) -> tuple[Param, ...]:
        return tuple(param for param in self.params if param.flags)

    @property
    def takes_secret(self) -> bool:
        """Whether it has a parameter whose text must not be shown."""
        return any(param.secret for param in self.params)

    def may_ask(self, values: Mapping[str, Any]) -> bool:
        """Whether it asks before it acts, with these values of its parameters."""
        names = self.confirms_after_plan
        looks_first = ALWAYS in names or any(values[name] for name in names)
        return bool(self.danger) or (looks_first and not values.get("dry_run"))


def _python_name(flags: tuple[str, ...]) -> str:
    return next((text for text in flags if text.startswith("--")), flags[0]).lstrip("-").replace("-", "_")


_UNSET = object()


def arg(
    name: str,
    help: str = "",
    *,
    convert: Callable[[str], object] = str,
    default: object = _UNSET,
    required: bool | None = None,
    repeatable: bool = False,
    choices: tuple[str, ...] = (),
    complete: str = "",
    metavar: str = "",
    secret: str = "",
    safer: str = "",
    hidden: bool = False,
    aliases: tuple[str, ...] = (),
    since: str = "",
    variadic: bool = False,
) -> Param:
    """A positional argument. It is required unless it has a default or takes many."""
    return Param(
        name,
        help=help,
        convert=convert,
        default=None if default is _UNSET else default,
        required=default is _UNSET and not repeatable if required is None else required,
        repeatable=repeatable,
        choices=choices,
        complete=complete,
        metavar=metavar or name.upper(),
        secret=secret,
        safer=safer,
        hidden=hidden,
        aliases=aliases,
        since=since,
        variadic=variadic,
    )


def opt(
    *flags: str,
    help: str = "",
    name: str = "",
    convert: Callable[[str], object] = str,
    default: object = None,
    required: bool = False,
    repeatable: bool = False,
    implicit_value: str | None = None,
    choices: tuple[str, ...] = (),
    complete: str = "",
    metavar: str = "",
    secret: str = "",
    safer: str = "",
    hidden: bool = False,
    aliases: tuple[str, ...] = (),
    since: str = "",
    variadic: bool = False,
    unsupported: bool = False,
) -> Param:
    """An option that takes a value. Its name is that of its first long flag."""
    return Param(
        name or _python_name(flags), flags, help, convert=convert, default=default, required=required,
        repeatable=repeatable, implicit_value=implicit_value, choices=choices, complete=complete,
        metavar=metavar, secret=secret, safer=safer, hidden=hidden, aliases=aliases, since=since,
        variadic=variadic, unsupported=unsupported,
    )  # fmt: skip


def flag(
    *flags: str,
    help: str = "",
    name: str = "",
    convert: Callable[[str], object] = str,
    default: bool | None = False,
    hidden: bool = False,
    aliases: tuple[str, ...] = (),
    since: str = "",
    joined: bool = False,
    complete: str = "",
    metavar: str = "",
    unsupported: bool = False,
) -> Param:
    """A switch without a value."""
    return Param(
        name or _python_name(flags), flags, help, convert=convert, switch=True, default=default,
        hidden=hidden, aliases=aliases, since=since, joined=joined, complete=complete, metavar=metavar,
        unsupported=unsupported,
    )  # fmt: skip


def toggle(
    *flags: str,
    help: str = "",
    no_help: str = "",
    name: str = "",
    default: bool | None = None,
    hidden: bool = False,
    aliases: tuple[str, ...] = (),
    since: str = "",
) -> Param:
    """A switch with its opposite: `--paused/--no-paused`, of which `no_help` says what it does."""
    param = flag(*flags, help=help, name=name, default=default, hidden=hidden, aliases=aliases, since=since)
    return param._replace(
        no_flags=tuple(f"--no-{text[2:]}" for text in flags if text[:2] == "--"), no_help=no_help
    )


def command(
    words: str,
    summary: str,
    *params: Param,
    op: str = "",
    uses: tuple[str, ...] = (),
    danger: str = "",
    confirms_after_plan: tuple[str, ...] = (),
    effect: Effect | None = None,
    invalidates: tuple[str, ...] = (),
    about: str = "",
    examples: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
    deprecated_lines: tuple[str, ...] = (),
    session_only: bool = False,
    undo: Undo | None = None,
    classic: str = "",
    form: str = "",
) -> Callable[[Handler], Command]:
    """Declare a command around the function that follows. That takes the session and each parameter by its
    name, or `values`, a named tuple of them. Raises TypeError where the declaration contradicts itself."""

    def declare(handler: Handler) -> Command:
        declared = Command(
            tuple(words.split()), summary, params, handler, op, uses, danger, confirms_after_plan, effect,
            invalidates, about, examples, aliases, deprecated_lines, session_only, undo, _values_of(handler),
            classic, form,
        )  # fmt: skip
        _check(declared)
        return declared

    return declare


def same_as(
    command: Command,
    words: str,
    summary: str = "",
    *,
    examples: tuple[str, ...],
    aliases: tuple[str, ...] = (),
) -> Command:
    """The same command under other words. Raises TypeError as `command` does."""
    summary = summary or command.summary
    same = command._replace(words=tuple(words.split()), summary=summary, examples=examples, aliases=aliases)
    _check(same)
    return same


def _values_of(handler: Handler) -> Callable[..., Any] | None:
    """The named tuple that a handler takes as `values`; None for one that takes each value by itself."""
    # By the names alone: an annotation would have to be evaluated, and its module imported, at each start.
    if _parameters(handler) != ("session", "values"):
        return None
    name = handler.__annotations__.get("values", "")
    # Annotations are texts in our files, so the class is looked up where the handler stands.
    values: Callable[..., Any] | None = handler.__globals__.get(name)
    if not hasattr(values, "_fields"):
        raise TypeError(f"values: the handler is annotated with '{name}', which is no named tuple")
    return values


def _check(command: Command) -> None:
    """Raise TypeError with the field that is wrong."""
    # The first problem only: the others are often its consequences, and a declaration is fixed in seconds.
    if problem := next(_problems(command), ""):
        raise TypeError(problem)


def _problems(command: Command) -> Iterator[str]:
    if not command.words:
        yield "words: there are none"
    if not command.summary.strip():
        yield "summary: it is empty"
    yield from _no_tuples(
        command, ("uses", "confirms_after_plan", "invalidates", "examples", "aliases", "deprecated_lines")
    )
    for param in command.params:
        yield from (f"{param.label}: {problem}" for problem in _param_problems(param))
    for before, after in zip(command.arguments, command.arguments[1:], strict=False):
        # A hidden argument is taken only right after the one before it, so a repeatable one leaves it a
        # value.
        if before.repeatable and not after.hidden:
            yield f"{after.label}: no value is left for it, since {before.label} takes all"
        if after.required and not before.required:
            yield f"{after.label}: it is required and follows {before.label}, which is not"
    names = [param.name for param in command.params]
    yield from (f"params: '{name}' is there twice" for name in _twice(names))
    spellings = [text for param in command.params for text in param.spellings]
    yield from (f"flags: {text} is there twice" for text in _twice(spellings))
    # Without a dash the parser would take it for an argument, and the option could never be given.
    yield from (f"flags: '{text}' begins with no dash" for text in spellings if text[:1] != "-")
    takes = fields_among(command.values, names) if command.values else _parameters(command.handler)[1:]
    if list(takes) != [param.name for param in command.params if param.refers in ("", "@")]:
        yield f"params: {', '.join(names)} are declared, but the handler takes {', '.join(takes)}"
    known = {*names, ALWAYS, ""}
    for field, used in (
        ("confirms_after_plan", command.confirms_after_plan),
        ("effect", command.effect.names if command.effect else ()),
        ("secret", tuple(param.secret for param in command.params)),
    ):
        yield from (f"{field}: there is no parameter '{name}'" for name in used if name not in known)
    for text in command.examples:
        if command.line not in text:
            yield f"examples: '{text}' is no line of it"


def _param_problems(param: Param) -> Iterator[str]:
    yield from _no_tuples(param, ("flags", "choices", "aliases"))
    # A default would never be used, and would look in the source like one that is.
    if param.required and param.default is not None:
        yield "required: it has a default"
    if param.safer and not param.secret:
        yield "safer: it is no secret"
    if not param.since.replace(".", "").isdigit() and param.since:
        yield f"since: '{param.since}' is no version"
    for field, text in (("default", param.default), ("implicit_value", param.implicit_value)):
        if param.choices and isinstance(text, str) and text not in param.choices:
            yield f"{field}: '{text}' is none of its choices"


def _no_tuples(declared: Command | Param, fields: tuple[str, ...]) -> Iterator[str]:
    """A text in place of a tuple of texts would be read as its letters."""
    for field in fields:
        value = getattr(declared, field)
        if type(value) is not tuple or any(type(text) is not str for text in value):
            yield f"{field}: {value!r} is no tuple of texts"


def _twice(texts: list[str]) -> list[str]:
    return [] if len(set(texts)) == len(texts) else [text for text in texts if texts.count(text) > 1]


def _parameters(handler: Handler) -> tuple[str, ...]:
    """The names of what a handler takes; one that takes any has those that it names."""
    code = handler.__code__
    return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
