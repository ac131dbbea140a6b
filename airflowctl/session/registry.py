"""Which commands there are: those of a noun are in its file of commands/, or in the files of its folder.

A file in a folder is named by the second word of its commands (`dags list-versions`: `list_versions.py`) or
by the beginning of that (`list.py`), so that a line imports the one file to which its words lead. `MODULES`
in the `__init__.py` of the folder names the files in the order of help. Packages beside ours add nouns, too.
"""

from __future__ import annotations

import os
from functools import cache

from airflowctl.core.command import Command
from airflowctl.core.nouns import COMMANDS, NOUNS, own_noun
from airflowctl.core.programs import find_extensions
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from airflowctl.core.declarations import DeclarationError
    from airflowctl.core.extension_points import Extension, Extensions
    from airflowctl.core.kinds import Names
    from airflowctl.core.nouns import Noun

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_FOLDER = os.path.join(_PACKAGE, "commands")


PICK = "pick"  # hands the rows that were chosen to the next command
context: dict[str, str] = {}  # the declarations alone know no names in use, and no aliases


def alias(word: str) -> tuple[str, ...]:
    return ()


def read_value(kind: str, name: str) -> str:
    """Return the name: the declarations alone read nothing."""
    return name


def nouns() -> tuple[str, ...]:
    """Return the first words of all commands, sorted; imports none of them."""
    return tuple(sorted((*_paths(), *_extensions())))


@cache
def _paths() -> dict[str, str]:
    """Return the file of each noun, or its folder. Raises DeclarationError where one of both is missing."""
    if not os.path.isdir(_FOLDER):
        return _paths_in_archive()
    # A folder whose files are gone stays where Python has cached modules in it.
    entries = (
        entry
        for entry in os.scandir(_FOLDER)
        if entry.name[0] not in "_."
        and (entry.name.endswith(".py") or os.path.exists(os.path.join(entry.path, "__init__.py")))
    )
    paths = {entry.name.removesuffix(".py").replace("_", "-"): entry.path for entry in entries}
    # Both lists are small, so each run compares them: a noun that only one of them knows would be missing
    # from help, or fail when a user first types it.
    strange = sorted(paths.keys() ^ NOUNS.keys())
    if strange:
        word = strange[0]
        problem = "has no Noun in core/nouns.py" if word in paths else "of core/nouns.py has no file"
        raise _wrong(paths.get(word, _FOLDER), f"the noun '{word}' {problem}")
    blank = [word for word, noun in NOUNS.items() if not noun.summary]
    if blank:
        raise _wrong(paths[blank[0]], f"the noun '{blank[0]}' has no summary in core/nouns.py")
    return paths


def _paths_in_archive() -> dict[str, str]:
    """Return the same for a zipapp or a frozen program, which has no folder to look into."""
    from airflowctl.session.command_index import FOLDERS

    files = {word: word.replace("-", "_") + ("" if word in FOLDERS else ".py") for word in NOUNS}
    return {word: os.path.join(_FOLDER, file) for word, file in files.items()}


def noun(word: str) -> str:
    """Return the noun that a word stands for, be it in the singular or the plural; empty for none. That
    of a plug-in is one only if its commands can be imported."""
    _paths()
    # Ours first: a plug-in's noun never hides one, in whichever number it is typed.
    return own_noun(word) or (word if commands(word) else "")


def takes_rows(before: str, word: str) -> bool:
    """Return whether a word after `|` is a command of ours, `before` the first word of the command there:
    what takes rows is, and any command after `pick`. Each other word is a program's."""
    if (own := own_noun(word)) and NOUNS[own].rows:
        return True
    return before == PICK and bool(noun(word))


def commands(noun: str) -> Mapping[tuple[str, ...], Command]:
    """Return the commands of one noun by their words, in the order of its files; none where a plug-in is
    broken."""
    if noun in NOUNS:
        return _own_commands(noun)
    extension = _extensions().get(noun)
    if extension is None:
        return {}
    from airflowctl.session.extension_commands import commands_of

    return commands_of(extension)


def begun_by(words: tuple[str, ...]) -> Mapping[tuple[str, ...], Command]:
    """Return commands by their words, all that begin with these among them: of a folder those of one file,
    where the words lead to it."""
    noun = words[0]
    name = module_of(words) if noun in NOUNS and len(words) > 1 else ""
    return {command.words: command for command in _load_commands(noun, name)} if name else commands(noun)


def spellings(noun: str) -> Mapping[tuple[str, ...], Command]:
    """Like `commands`, with the words by which other programs know them."""
    return _own_spellings(noun) if noun in NOUNS else {**_others(commands(noun)), **commands(noun)}


def _extensions() -> Mapping[str, Extension]:
    """Return the nouns of plug-ins."""
    extensions: Extensions | None = find_extensions(COMMANDS)
    return extensions.known if extensions else {}


def find_installed(group: str, environ: Mapping[str, str]) -> Extensions | None:
    """Return the plug-ins of a group. Without any, as often as not, this is a look at the times of some
    folders."""
    from airflowctl.core.folders import has_no_extensions, has_state

    if has_no_extensions(environ):
        return None
    from airflowctl.core.extension_scan import may_have_extensions

    if not may_have_extensions() and not has_state(environ):
        return None  # and no folder to keep that in
    from airflowctl.session.extension_index import search

    return search(group, environ)


@cache
def _own_commands(noun: str) -> dict[tuple[str, ...], Command]:
    commands = [command for name in _modules(noun) for command in _load_commands(noun, name)]
    for command in commands:
        # A dictionary by words would keep the last of two in silence.
        if sum(other.words == command.words for other in commands) > 1:
            raise _wrong(
                _file(noun, module_of(command.words)), f"{command.line}: words: they are declared twice"
            )
    return {command.words: command for command in commands}


@cache
def _own_spellings(noun: str) -> dict[tuple[str, ...], Command]:
    known = _own_commands(noun)
    others: dict[tuple[str, ...], Command] = {}
    for command in known.values():
        for line in command.aliases:
            words = tuple(line.split())
            if words[0] != noun or words in known or words in others or _is_hidden(words, command, known):
                problem = f"{command.line}: aliases: '{line}' is of another noun or file, or there already"
                raise _wrong(_file(noun, module_of(command.words)), problem)
            others[words] = command
    return {**others, **known}


def _others(known: Mapping[tuple[str, ...], Command]) -> dict[tuple[str, ...], Command]:
    """Commands by the words by which other programs know them."""
    return {tuple(line.split()): command for command in known.values() for line in command.aliases}


def _is_hidden(words: tuple[str, ...], command: Command, known: Mapping[tuple[str, ...], Command]) -> bool:
    """Return whether another spelling of a command is not looked for where it is: its words lead to
    another file."""
    # Looking into one file is what keeps a line quick, so a spelling must be found in the file of its
    # command.
    file = module_of(command.words)
    return any(other[:2] == words[:2] and module_of(other) != file for other in known)


def command(words: tuple[str, ...]) -> Command | None:
    """Return the command of these words in any spelling."""
    return _near(words).get(words)


def has_command(words: tuple[str, ...]) -> bool:
    """Return whether words that begin with a noun are a command or the beginning of one, in any spelling."""
    return len(words) == 1 or any(spelling[: len(words)] == words for spelling in _near(words))


def module_of(words: tuple[str, ...]) -> str:
    """Return the file of a noun's folder to which the words of a command lead: named by the second of
    them, or by its longest beginning up to a dash, `un` left out (`unpause`: `pause`). Empty for none."""
    modules, second = _modules(words[0]), "".join(words[1:2]).replace("-", "_")
    parts = second.split("_")
    names = ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((name for name in (*names, second.removeprefix("un")) if name in modules), "")


def _near(words: tuple[str, ...]) -> Mapping[tuple[str, ...], Command]:
    """Return the spellings among which a line's words are looked for: those in the file to which they
    lead, where it has some that begin with the first two, else all of the noun. Of a folder's noun alone
    there are none."""
    noun = words[0]
    is_folder = noun in NOUNS and not _paths()[noun].endswith(".py")
    # All files of the folder would be imported for a word that can only be the beginning of a command.
    if is_folder and len(words) == 1:
        return {}
    if is_folder and (name := module_of(words)):
        commands = _load_commands(noun, name)
        result = {
            tuple(line.split()): command for command in commands for line in (command.line, *command.aliases)
        }
        # The file may have no command of these words but another spelling: then all files of the noun are
        # read.
        if any(spelling[:2] == words[:2] for spelling in result):
            return result
    return spellings(noun)


def formerly(words: tuple[str, ...]) -> Command | None:
    """Return the command of today for the words of an older Airflow. Imports all: for unknown words only."""
    line = " ".join(words)
    return next((command for command in _all_own() if line in command.deprecated_lines), None)


def elsewhere(words: tuple[str, ...]) -> str:
    """Return where a command of the classic program lives that no API can do; empty if that is none."""
    from airflowctl.core.classic_commands import replacement_hint

    return replacement_hint(words)


def summary(noun: str) -> str:
    """Return what the noun is about, in a sentence without its full stop."""
    known: Mapping[str, Noun | Extension] = NOUNS if noun in NOUNS else _extensions()
    return known[noun].summary


def by_use() -> dict[str, list[tuple[str, str]]]:
    """Return all nouns with their summaries: about Airflow, for sessions, and those of plug-ins if there
    are any."""
    groups: dict[str, list[tuple[str, str]]] = {"Commands": [], "For the shell and files of commands": []}
    about_airflow, for_sessions = groups.values()
    for word in sorted(_paths()):
        group = for_sessions if NOUNS[word].sessions else about_airflow
        group.append((word, NOUNS[word].summary))
    if others := _extensions():
        groups["Commands of plug-ins"] = [(word, others[word].summary) for word in sorted(others)]
    return groups


def all_commands() -> tuple[Command, ...]:
    """Return all commands, ours before those of plug-ins."""
    return _all_own() + _all_of_extensions()


@cache
def _all_own() -> tuple[Command, ...]:
    return tuple(command for noun in sorted(_paths()) for command in _own_commands(noun).values())


def _all_of_extensions() -> tuple[Command, ...]:
    return tuple(command for noun in sorted(_extensions()) for command in commands(noun).values())


def about(words: tuple[str, ...]) -> list[Command]:
    """Return the commands that have all these words in their line or in what is said of them, those with
    them in their line first; else all of the nouns of which that is said."""
    # A search of help is typed by hand: capitals in it mean nothing.
    wanted = [word.casefold() for word in words]

    def has(*texts: str) -> bool:
        return all(word in " ".join(texts).casefold() for word in wanted)

    all_entries = all_commands()
    commands = [
        entry
        for entry in all_entries
        if has(entry.line, *entry.aliases, *entry.deprecated_lines, entry.summary, entry.about)
    ]
    if not commands:
        return [entry for entry in all_entries if has(summary(entry.words[0]))]
    return sorted(commands, key=lambda command: not has(command.line))


def kinds() -> Mapping[str, Names]:
    """Return every kind of name that the files of commands declare, by kind. Raises DeclarationError
    where a command wants a kind that there is not."""
    known, extensions = _own_kinds(), _all_of_extensions()
    if extensions:
        from airflowctl.session.extension_commands import note_unknown_kinds

        note_unknown_kinds(extensions)
    return known


@cache
def _own_kinds() -> Mapping[str, Names]:
    from airflowctl.core.kinds import KINDS, find_missing, unknown_kinds

    for command in _all_own():
        for field, kind in unknown_kinds(command):
            file = command.handler.__code__.co_filename
            raise _wrong(file, f"{command.line}: {field}: there is no kind '{kind}'")
    # A kind whose scope names one that does not exist would complete nothing, and no user could say why.
    if missing := find_missing():
        from airflowctl.core.declarations import DeclarationError

        raise DeclarationError(missing)
    return KINDS


def kind(word: str) -> Names | None:
    """Return the kind of name called so. All files of commands are imported only where neither a loaded one
    declares it nor the index knows which one does."""
    from airflowctl.core.kinds import KINDS
    from airflowctl.session.command_index import KIND_FILES

    if word not in KINDS and word in KIND_FILES:
        __import__(KIND_FILES[word])
    return KINDS.get(word) or kinds().get(word)


def listing(kind: str) -> Command | None:
    """Return the command that lists the names of a kind: called `list` where an export does it too."""
    commands = [command for command in all_commands() if command.op == kinds()[kind].op]
    return min(commands, key=lambda command: not command.words[-1].startswith("list"), default=None)


@cache
def _modules(noun: str) -> tuple[str, ...]:
    """Return the files of a noun's folder, in the order of help; for a noun that is a file, one without a
    name. Raises DeclarationError where they are not those that the folder has."""
    path = _paths()[noun]
    if path.endswith(".py"):
        return ("",)
    modules: tuple[str, ...] = _module(noun, "").MODULES
    if not os.path.isdir(path):  # an archive was checked when it was a folder
        return modules
    files = {file[:-3] for file in os.listdir(path) if file.endswith(".py") and file[0] != "_"}
    # The list gives help its order; a file that is not in it would be a command that help leaves out.
    strange = sorted(files.symmetric_difference(modules))
    if strange:
        problem = "is not in MODULES" if strange[0] in files else "of MODULES has no file"
        raise _wrong(os.path.join(path, "__init__.py"), f"'{strange[0]}' {problem}")
    return modules


@cache
def _load_commands(noun: str, name: str) -> tuple[Command, ...]:
    """Return the commands in one file of a noun. Raises DeclarationError where one is of another noun or
    file."""
    # In the order of the file, which help keeps: the usual command of a noun stands first.
    commands = tuple(value for value in vars(_module(noun, name)).values() if isinstance(value, Command))
    for command in commands:
        if command.words[0] != noun or (name and module_of(command.words) != name):
            raise _wrong(_file(noun, name), f"{command.line}: words: they do not lead to this file")
    return commands


def _module(noun: str, name: str) -> ModuleType:
    """Return a file of commands/. As importlib imports it, which would take longer to load than some of
    them."""
    # A noun may hold a dash, a module's name may not.
    path = f"{noun.replace('-', '_')}.{name}".strip(".")
    try:
        return __import__(f"airflowctl.commands.{path}", fromlist=("*",))
    except (TypeError, NameError, AttributeError, ValueError) as error:
        from airflowctl.core.declarations import with_location

        raise with_location(error) from error


def _file(noun: str, name: str) -> str:
    return os.path.join(_paths()[noun], f"{name}.py") if name else _paths()[noun]


def _wrong(path: str, problem: str) -> DeclarationError:
    from airflowctl.core.declarations import DeclarationError

    return DeclarationError(f"{path.removeprefix(os.path.dirname(_PACKAGE) + os.sep)}: {problem}")
