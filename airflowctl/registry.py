"""Which commands there are: the nouns are the files in commands/, or folders where there is much to do."""

from __future__ import annotations

import os
from functools import cache

from airflowctl.core.command import Command, Names
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

_CLASSIC = {"edge": "workers"}  # what the classic program calls a noun of ours
_FOLDER = os.path.join(os.path.dirname(__file__), "commands")


context: dict[str, str] = {}  # the declarations alone know no names in use, and no aliases


def alias(word: str) -> tuple[str, ...]:
    return ()


@cache
def nouns() -> tuple[str, ...]:
    """The first words of all commands, sorted; imports none of them."""
    return tuple(sorted(_places()))


@cache
def _places() -> dict[str, str]:
    """Where each noun is: its file, or its folder."""
    found = (entry for entry in os.scandir(_FOLDER) if entry.name[0] not in "_.")
    return {entry.name.removesuffix(".py").replace("_", "-"): entry.path for entry in found}


def noun(word: str) -> str:
    """The noun that a word stands for, be it in the singular or the plural; empty for none."""
    word = _CLASSIC.get(word, word)
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
        raise TypeError(f"the files of {noun} declare {strange}")
    return {command.words: command for command in found}


@cache
def spellings(noun: str) -> dict[tuple[str, ...], Command]:
    """As `commands`, with the words by which other programs know them."""
    known = commands(noun)
    others = {tuple(line.split()): command for command in known.values() for line in command.also}
    strange = [words for words in others if words[0] != noun or words in known]
    if strange:
        raise TypeError(f"the files of {noun} declare {strange}")
    return {**others, **known}


def formerly(words: tuple[str, ...]) -> Command | None:
    """The command of today for the words of an older Airflow. Imports all: for words that nobody knows."""
    line = " ".join(words)
    return next((command for command in all_commands() if line in command.formerly), None)


def elsewhere(words: tuple[str, ...]) -> str:
    """Where a command of the classic program lives that no API can do; empty if that is none."""
    from airflowctl.core.elsewhere import place

    return place(words)


def summary(noun: str) -> str:
    """The first sentence of the noun's file: what the noun is about."""
    return _first_line(noun).partition(". ")[0].rstrip(".")


def by_use() -> dict[str, list[tuple[str, str]]]:
    """All nouns with their summaries: those about Airflow, and those whose file says `For sessions.`"""
    groups: dict[str, list[tuple[str, str]]] = {"Commands": [], "For the shell and files of commands": []}
    about_airflow, for_sessions = groups.values()
    for noun in nouns():
        group = for_sessions if _first_line(noun).endswith(" For sessions.") else about_airflow
        group.append((noun, summary(noun)))
    return groups


@cache
def _first_line(noun: str) -> str:
    """Read, not imported: help is quick."""
    place = _places()[noun]
    path = place if place.endswith(".py") else os.path.join(place, "__init__.py")
    with open(path, "rb", buffering=0) as file:  # dozens of them: decoding each by itself takes a while
        return file.read(300).partition(b"\n")[0].decode().strip('" ')


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
    """Every kind of name that a command declares, by kind."""
    found = (value for noun in nouns() for module in _modules(noun) for value in vars(module).values())
    return {names.kind: names for names in found if isinstance(names, Names)}


def listing(kind: str) -> Command | None:
    """The command that lists the names of a kind: called `list` where an export does it too."""
    found = [command for command in all_commands() if command.op == kinds()[kind].op]
    return min(found, key=lambda command: not command.words[-1].startswith("list"), default=None)


def _modules(noun: str) -> list[ModuleType]:
    name = noun.replace("-", "_")
    place = _places()[noun]
    if place.endswith(".py"):
        return [_module(name)]
    files = sorted(file for file in os.listdir(place) if file.endswith(".py") and file[0] != "_")
    return [_module(f"{name}.{file[:-3]}") for file in files]


def _module(name: str) -> ModuleType:
    """A file of commands/. As importlib imports it, which would take longer to load than some of them."""
    return __import__(f"{__package__}.commands.{name}", fromlist=("*",))
