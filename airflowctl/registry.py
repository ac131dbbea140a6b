"""Which commands there are: the nouns are the files in commands/."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from types import ModuleType

from airflowctl.core.command import Command, Names

_FOLDER = os.path.join(os.path.dirname(__file__), "commands")


@cache
def nouns() -> tuple[str, ...]:
    """The first words of all commands, sorted; imports none of them."""
    files = (name for name in os.listdir(_FOLDER) if name.endswith(".py") and name[0] not in "_.")
    return tuple(sorted(name[:-3].replace("_", "-") for name in files))


@cache
def commands(noun: str) -> dict[tuple[str, ...], Command]:
    """The commands of one noun by their words, in the order of the file."""
    module = _module(noun)
    found = [value for value in vars(module).values() if isinstance(value, Command)]
    strange = [command.line for command in found if command.words[0] != noun]
    if strange:
        raise TypeError(f"{module.__name__} declares {strange}")
    return {command.words: command for command in found}


@cache
def summary(noun: str) -> str:
    """The first sentence of the noun's file: what the noun is about. Read, not imported: help is quick."""
    path = os.path.join(_FOLDER, f"{noun.replace('-', '_')}.py")
    with open(path, encoding="utf-8") as file:
        return file.readline().strip('" \n').partition(". ")[0].rstrip(".")


def all_commands() -> tuple[Command, ...]:
    return tuple(command for noun in nouns() for command in commands(noun).values())


@cache
def kinds() -> dict[str, Names]:
    """Every kind of name that a command declares, by kind."""
    found = (value for noun in nouns() for value in vars(_module(noun)).values())
    return {names.kind: names for names in found if isinstance(names, Names)}


def listing(kind: str) -> Command | None:
    """The command that lists the names of a kind."""
    return next((command for command in all_commands() if command.op == kinds()[kind].op), None)


def _module(noun: str) -> ModuleType:
    return import_module(f"{__package__}.commands.{noun.replace('-', '_')}")
