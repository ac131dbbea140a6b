"""The commands of a plug-in: imported, compared with what every command must declare, and run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from airflowctl.core.command import Command
from airflowctl.core.effect import NOTHING
from airflowctl.core.errors import CliError, ExtensionError
from airflowctl.core.extension_points import Extension, check_version, load_once
from airflowctl.core.kinds import unknown_kinds
from airflowctl.core.options import GLOBAL
from airflowctl.core.programs import problems
from airflowctl.core.results import Record, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.results import Item
    from airflowctl.core.rich_results import Result
    from airflowctl.session.extension_session import Line


class Commands(NamedTuple):
    """What an entry point of the group `airflowctl.commands` names: the commands of one noun.

    `api` is the version of the plug-in API that it was written for. `summary` is what the noun is about, a
    sentence without its full stop: `--help` prints it. The words of each command begin with the name of the
    entry point, which is the noun.
    """

    api: int
    summary: str
    commands: tuple[Command, ...]


class LoadedNoun(NamedTuple):
    """The noun of a plug-in, checked, with its commands by their words."""

    summary: str
    commands: Mapping[tuple[str, ...], Command]


def commands_of(extension: Extension) -> Mapping[tuple[str, ...], Command]:
    """Return the commands of a plug-in by their words; none, and a note for the user, where it is broken."""
    try:
        return load_noun(extension).commands
    except ExtensionError as error:
        # Kept, not printed: completion asks at each key, and a note belongs under the line that runs.
        problems.setdefault(f"{error.message}: it is not used; {error.hint}", False)
        return {}


def note_unknown_kinds(commands: Iterable[Command]) -> None:
    """Keep a note for each kind of name that a command of a plug-in wants and that there is not."""
    for command in commands:
        for field, kind in unknown_kinds(command):
            text = f"the plug-in command '{command.line}': {field}: there is no kind '{kind}' to complete"
            problems.setdefault(text, False)


def load_noun(extension: Extension) -> LoadedNoun:
    """Import the commands of a plug-in. Raises ExtensionError."""
    return load_once(extension, lambda noun: _build(extension, noun))


def _build(extension: Extension, noun: Any) -> LoadedNoun:
    check_version(extension, getattr(noun, "api", None))
    problem = next(_problems(extension, noun), "")
    if problem:
        raise ExtensionError(f"{extension.title}: {problem}", "its author has to correct it")
    commands = {command.words: _wrap(command, extension) for command in noun.commands}
    return LoadedNoun(noun.summary.strip().rstrip("."), commands)


# What is wrong with a declaration.


def _problems(extension: Extension, noun: Any) -> Iterator[str]:
    if not isinstance(noun, Commands):
        yield f"it is a {type(noun).__name__}, and no airflowctl.extensions.Commands"
        return
    if not isinstance(noun.summary, str) or not noun.summary.strip() or "\n" in noun.summary:
        yield "summary: it is no line of text"
    if not isinstance(noun.commands, (tuple, list)) or not noun.commands:
        yield "commands: there are none"
        return
    words: set[tuple[str, ...]] = set()
    declared: tuple[Any, ...] = noun.commands  # whatever the plug-in has put there
    for command in declared:
        if not isinstance(command, Command):
            yield f"commands: {type(command).__name__} is no command"
            return
        problems = (*_problems_of_words(command, extension, words), *_problems_of_effect(command))
        yield from (f"{command.line}: {problem}" for problem in problems)
        words.update((command.words, *(tuple(line.split()) for line in command.aliases)))


def _problems_of_words(command: Command, extension: Extension, words: set[tuple[str, ...]]) -> Iterator[str]:
    for spelling in (command.words, *(tuple(line.split()) for line in command.aliases)):
        if spelling[:1] != (extension.name,):
            line, name = " ".join(spelling), extension.name
            yield f"words: '{line}' does not begin with '{name}', the entry point's name"
        if spelling in words:
            yield f"words: '{' '.join(spelling)}' is there twice"
    # A plug-in's flag would hide `--yes` or `--read-only` of its own lines, and with them what they guard.
    taken = {text for param in GLOBAL for text in param.spellings}
    used = sorted(taken.intersection(text for param in command.params for text in param.spellings))
    if used:
        yield f"flags: {', '.join(used)} is an option of every command"
    for field, value in (
        ("deprecated_lines", command.deprecated_lines),
        ("session_only", command.session_only),
        ("undo", command.undo),
        ("confirms_after_plan", command.confirms_after_plan),
    ):
        if value:
            yield f"{field}: it is not for plug-ins"


def _problems_of_effect(command: Command) -> Iterator[str]:
    """Yield a command that changes something has to say so: on that depend questions, --read-only and
    --yes."""
    from airflowctl.api.operations import table
    from airflowctl.api.request import ApiRequest

    for op in filter(None, (command.op, *command.uses)):
        if op not in table():
            yield f"op: '{op}' is no operation"
            continue
        operation = table()[op]
        request = ApiRequest(operation.method, operation.path, {}, None, {}, op, "")
        if request.is_change and (command.effect is None or command.effect.kind == NOTHING):
            yield f"effect: {op} changes something, and none is declared"
    if command.danger and command.effect is None:
        yield "effect: there is a danger, and no effect is declared"


# Running one.


def _wrap(command: Command, extension: Extension) -> Command:
    """Return the command with a handler, and a look at what it touches, that get the plug-in's view of a
    session; their errors name the plug-in."""
    from airflowctl.session.extension_session import ExtensionSession

    def run(session: Line, *values: Any, **by_name: Any) -> Result:
        fields = values[0]._asdict() if values else by_name
        effect = command.effect
        is_change = effect is not None and effect.kind_of(fields) != NOTHING
        own = ExtensionSession(session, f"{command.line} of {extension.title}", is_change)
        try:
            return _check_result(command.handler(own, *values, **by_name), command, extension, session)
        except _OWN:
            raise
        except Exception as error:
            raise _fault(error, extension, session) from None

    effect = command.effect
    if effect is not None and effect.look is not None:
        look = effect.look

        def look_on(session: Line, values: Mapping[str, Any]) -> Any:
            own: Any = ExtensionSession(session, f"{command.line} of {extension.title}", False)
            try:
                return look(own, values)
            except _OWN:
                raise
            except Exception as error:
                raise _fault(error, extension, session) from None

        effect = effect._replace(look=look_on)
    return command._replace(handler=run, effect=effect)


_OWN = (CliError, BrokenPipeError)  # what a handler may raise


def _fault(error: Exception, extension: Extension, session: Line) -> ExtensionError:
    """Return the error for whatever else a plug-in raised."""
    session.output.traceback(error)
    return ExtensionError(
        f"unexpected {type(error).__name__} in {extension.title}: {error}",
        "this is a fault in the plug-in: report it to its author; --debug shows where it is",
    )


def _check_result(result: Any, command: Command, extension: Extension, session: Line) -> Result:
    """Raises TypeError where a handler returned something else than it may."""
    if isinstance(result, Rows):
        columns: Any = result.columns
        if isinstance(columns, str) or not all(isinstance(name, str) for name in columns):
            raise TypeError("the columns of its Rows are no tuple of names")
        return result._replace(items=_check_items(result.items, extension, session))
    if isinstance(result, Record) and not isinstance(result.item, Mapping):
        raise TypeError(f"its Record holds a {type(result.item).__name__}, and no object")
    if isinstance(result, Text) and not isinstance(result.text, str):
        raise TypeError(f"its Text holds a {type(result.text).__name__}")
    if result is not None and not isinstance(result, (Record, Text)):
        raise TypeError(f"'{command.line}' returned a {type(result).__name__}, and no Rows, Record or Text")
    shown: Record | Text | None = result
    return shown


def _check_items(items: Any, extension: Extension, session: Line) -> Iterator[Item]:
    """Yield the items as they come: a lazy list runs the plug-in's code while it is printed."""
    try:
        for item in items:
            if not isinstance(item, Mapping):
                raise TypeError(f"its Rows hold a {type(item).__name__}, and no object")
            yield item
    except _OWN:
        raise
    except Exception as error:
        raise _fault(error, extension, session) from None
