"""Which commands there are: those of each noun are in its file of commands/, or in its folder."""

from __future__ import annotations

import os
from functools import cache

from airflowctl.core.command import Command
from airflowctl.core.nouns import NOUNS
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from airflowctl.core.declarations import DeclarationError
    from airflowctl.core.kinds import Names

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_FOLDER = os.path.join(_PACKAGE, "commands")


context: dict[str, str] = {}  # the declarations alone know no names in use, and no aliases


def alias(word: str) -> tuple[str, ...]:
    return ()


@cache
def nouns() -> tuple[str, ...]:
    """The first words of all commands, sorted; imports none of them."""
    return tuple(sorted(_paths()))


@cache
def _paths() -> dict[str, str]:
    """The file of each noun, or its folder. Raises DeclarationError where one of both is missing."""
    entries = (entry for entry in os.scandir(_FOLDER) if entry.name[0] not in "_.")
    paths = {entry.name.removesuffix(".py").replace("_", "-"): entry.path for entry in entries}
    strange = sorted(paths.keys() ^ NOUNS.keys())
    if strange:
        word = strange[0]
        problem = "has no Noun in core/nouns.py" if word in paths else "of core/nouns.py has no file"
        raise _wrong(paths.get(word, _FOLDER), f"the noun '{word}' {problem}")
    blank = [word for word, noun in NOUNS.items() if not noun.summary]
    if blank:
        raise _wrong(paths[blank[0]], f"the noun '{blank[0]}' has no summary in core/nouns.py")
    return paths


def noun(word: str) -> str:
    """The noun that a word stands for, be it in the singular or the plural; empty for none."""
    word = next((noun.word for noun in NOUNS.values() if word in noun.aliases), word)
    near = (word, f"{word}s", word.removesuffix("s"))
    return next((text for text in near if text in nouns()), "")


@cache
def commands(noun: str) -> dict[tuple[str, ...], Command]:
    """The commands of one noun by their words, in the order of its files."""
    found = [
        value for module in _modules(noun) for value in vars(module).values() if isinstance(value, Command)
    ]
    strange = [command.line for command in found if command.words[0] != noun]
    if strange:
        raise _wrong(_paths()[noun], f"it declares {strange}, which are not of {noun}")
    return {command.words: command for command in found}


@cache
def spellings(noun: str) -> dict[tuple[str, ...], Command]:
    """As `commands`, with the words by which other programs know them."""
    known = commands(noun)
    others = {tuple(line.split()): command for command in known.values() for line in command.also}
    strange = [words for words in others if words[0] != noun or words in known]
    if strange:
        raise _wrong(_paths()[noun], f"also: {strange} are of another noun, or there already")
    return {**others, **known}


def formerly(words: tuple[str, ...]) -> Command | None:
    """The command of today for the words of an older Airflow. Imports all: for words that nobody knows."""
    line = " ".join(words)
    return next((command for command in all_commands() if line in command.formerly), None)


def elsewhere(words: tuple[str, ...]) -> str:
    """Where a command of the classic program lives that no API can do; empty if that is none."""
    from airflowctl.core.classic_commands import place

    return place(words)


def summary(noun: str) -> str:
    """What the noun is about, in a sentence without its full stop."""
    return NOUNS[noun].summary


def by_use() -> dict[str, list[tuple[str, str]]]:
    """All nouns with their summaries: those about Airflow, and those for sessions."""
    groups: dict[str, list[tuple[str, str]]] = {"Commands": [], "For the shell and files of commands": []}
    about_airflow, for_sessions = groups.values()
    for word in nouns():
        group = for_sessions if NOUNS[word].sessions else about_airflow
        group.append((word, summary(word)))
    return groups


def all_commands() -> tuple[Command, ...]:
    return tuple(command for noun in nouns() for command in commands(noun).values())


def about(words: tuple[str, ...]) -> list[Command]:
    """The commands that have all these words in their line or in what is said of them, those with them in
    their line first; else all of the nouns of which that is said."""
    wanted = [word.casefold() for word in words]

    def has(*texts: str) -> bool:
        return all(word in " ".join(texts).casefold() for word in wanted)

    everything = all_commands()
    found = [it for it in everything if has(it.line, *it.also, *it.formerly, it.summary, it.about)]
    if not found:
        return [it for it in everything if has(summary(it.words[0]))]
    return sorted(found, key=lambda command: not has(command.line))


@cache
def kinds() -> dict[str, Names]:
    """Every kind of name that the files of commands declare, by kind. Raises DeclarationError where a command
    wants a kind that there is not."""
    from airflowctl.core.kinds import KINDS, OWN

    for command in all_commands():
        wanted = [(param.name, param.complete) for param in command.params if param.complete]
        wanted += [("changes", kind) for kind in command.changes]
        for field, kind in wanted:
            if kind not in KINDS and kind not in OWN:
                file = command.handler.__code__.co_filename
                raise _wrong(file, f"{command.line}: {field}: there is no kind '{kind}'")
    return KINDS


def listing(kind: str) -> Command | None:
    """The command that lists the names of a kind: called `list` where an export does it too."""
    found = [command for command in all_commands() if command.op == kinds()[kind].op]
    return min(found, key=lambda command: not command.words[-1].startswith("list"), default=None)


def _modules(noun: str) -> list[ModuleType]:
    """The files of a noun, in the order that `MODULES` of its folder gives. Raises DeclarationError where
    those are not the files that the folder has."""
    name, path = noun.replace("-", "_"), _paths()[noun]
    package = _module(name)
    if path.endswith(".py"):
        return [package]
    files = {file[:-3] for file in os.listdir(path) if file.endswith(".py") and file[0] != "_"}
    strange = sorted(files.symmetric_difference(package.MODULES))
    if strange:
        problem = "is not in MODULES" if strange[0] in files else "of MODULES has no file"
        raise _wrong(os.path.join(path, "__init__.py"), f"'{strange[0]}' {problem}")
    return [_module(f"{name}.{file}") for file in package.MODULES]


def _module(name: str) -> ModuleType:
    """A file of commands/. As importlib imports it, which would take longer to load than some of them."""
    try:
        return __import__(f"airflowctl.commands.{name}", fromlist=("*",))
    except TypeError as error:
        from airflowctl.core.declarations import located

        raise located(error) from error


def _wrong(path: str, problem: str) -> DeclarationError:
    from airflowctl.core.declarations import DeclarationError

    return DeclarationError(f"{path.removeprefix(os.path.dirname(_PACKAGE) + os.sep)}: {problem}")
