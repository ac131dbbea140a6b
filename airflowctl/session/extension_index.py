"""The index of plug-ins: a private file that says which there are, anew when what can be imported changes.

Its name is the stamp of what can be imported; it is empty where there are no plug-ins, so that a look at its
size is all that a run without plug-ins does. Without a state folder, or where it cannot be used, there is no
index and everything is read anew.
"""

from __future__ import annotations

import os
import sys
import time
from _thread import allocate_lock
from collections.abc import Iterable, Iterator, Mapping

from airflowctl.core.errors import CliError, ExtensionError
from airflowctl.core.extension_points import GROUPS, Extension, Extensions, installed, select
from airflowctl.core.folders import INDEX, has_state, import_stamp, state_path
from airflowctl.core.nouns import AUTH, COMMANDS
from airflowctl.core.programs import problems
from airflowctl.core.typed import NamedTuple
from airflowctl.storage.private_files import PrivateFolder, state_folder

_FIRST_LINE = "airflowctl extensions 1"
_MOST_FILES = 16  # of other interpreters and other PYTHONPATHs
_TICK = 2.0  # seconds: a folder that was changed so lately may change again without another time
_lock = allocate_lock()  # a thread completes while a line runs
_held: dict[tuple[str, str], Index] = {}  # the last index of this process, by stamp and state folder


class Index(NamedTuple):
    """All that is known: `groups` are the plug-ins by group, `files` the times of their modules, in ns.
    `is_whole`: all of them could be loaded; else it is of use for this process only."""

    groups: Mapping[str, Extensions]
    files: Mapping[str, int]
    is_whole: bool = True


def search(group: str, environ: Mapping[str, str]) -> Extensions:
    """Return the plug-ins of a group that can be used, and those that cannot."""
    with _lock:
        stamp = import_stamp()
        key = (stamp, _path(environ))
        index = _held.get(key)
        if index is None or not _is_of_now(index):
            index = _read(stamp, environ) or _build(stamp, environ)
            _held.clear()
            _held[key] = index
        for _, problem in index.groups[group].refused:
            problems.setdefault(problem, False)
        return index.groups[group]


def _path(environ: Mapping[str, str]) -> str:
    try:
        return state_path(environ)
    except CliError:
        return ""


def _is_of_now(index: Index) -> bool:
    """Return whether the modules of all plug-ins are what they were: an author edits them where they are."""
    return all(_time_of(path) == time_of for path, time_of in index.files.items())


def _time_of(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


# Building it.


def _build(stamp: str, environ: Mapping[str, str]) -> Index:
    """Look at all plug-ins, and keep what was seen for the next run."""
    points, unreadable = installed()
    groups: dict[str, Extensions] = {}
    files: dict[str, int] = {}
    is_whole = not unreadable
    for group in GROUPS:
        names = select(group, points)
        known, refused = {}, [*names.refused, *(("", problem) for problem in unreadable)]
        for extension in names.known.values():
            try:
                known[extension.name] = _load(extension)
                files.update(_file_of(extension))
            except ExtensionError as error:
                refused.append((extension.name, f"{error.message}: it is not used; {error.hint}"))
                is_whole = False  # it may be fixed without any change of a folder
        groups[group] = Extensions(known, tuple(refused))
    index = Index(groups, files, is_whole)
    if is_whole and not _is_fresh():
        _write(index, stamp, environ)
    return index


def _load(extension: Extension) -> Extension:
    """Import a plug-in and check it; the same with the summary of its noun. Raises ExtensionError."""
    if extension.group == COMMANDS:
        from airflowctl.session.extension_commands import load_noun

        return extension._replace(summary=load_noun(extension).summary)
    if extension.group == AUTH:
        from airflowctl.api.auth.providers import load_extension as load_provider

        load_provider(extension)
    else:
        from airflowctl.output.extension_formats import load_extension as load_format

        load_format(extension)
    return extension


def _file_of(extension: Extension) -> Iterator[tuple[str, int]]:
    module = sys.modules.get(extension.value.partition(":")[0])
    path = getattr(module, "__file__", None)
    if path:
        yield path, _time_of(path)


def _is_fresh() -> bool:
    """Return whether a folder was changed a moment ago, or in the future by a wrong clock: its time need
    not change with what is installed next."""
    now = time.time_ns()
    return any(now - _time_of(folder) < _TICK * 1e9 for folder in sys.path)


# The file.


def _write(index: Index, stamp: str, environ: Mapping[str, str]) -> None:
    text = _text(index)
    try:
        if not text and not has_state(environ):
            return  # nothing to remember is no reason to make a folder
        folder = state_folder(environ)
        with folder.lock():
            folder.write(text, INDEX, stamp)
            _tidy(folder, stamp)
    except CliError:
        pass  # it goes without


def _tidy(folder: PrivateFolder, stamp: str) -> None:
    """Remove what was known of the same folders before, and of all others where those are many."""
    others = [name for name in folder.list(INDEX) if name != stamp]
    same = stamp.partition("-")[0]
    for name in others:
        if len(others) > _MOST_FILES or name.partition("-")[0] == same:
            folder.remove(INDEX, name)


def _read(stamp: str, environ: Mapping[str, str]) -> Index | None:
    """Return what the file of this stamp says; None where there is none that can be used."""
    try:
        data = state_folder(environ).read(INDEX, stamp)
        index = None if data is None else _parse(data.decode("utf-8"))
    except (CliError, ValueError, TypeError, KeyError):  # of another version
        return None
    return index if index is not None and _is_of_now(index) else None


def _text(index: Index) -> str:
    """Return a line for each file, plug-in and refusal, with tabs between fields; nothing where there are
    none."""
    lines: list[tuple[str, ...]] = []
    lines += [("file", str(time_of), path) for path, time_of in index.files.items()]
    for group, extensions in index.groups.items():
        lines += [("use", *extension) for extension in extensions.known.values()]
        lines += [("refused", group, *refusal) for refusal in extensions.refused]
    return "\n".join([_FIRST_LINE, *map(_line, lines), "end", ""]) if lines else ""


def _line(fields: Iterable[str]) -> str:
    return "\t".join(field.replace("\t", " ").replace("\n", " ") for field in fields)


def _parse(text: str) -> Index:
    """Raises ValueError for what is not written by this version."""
    known: dict[str, dict[str, Extension]] = {group: {} for group in GROUPS}
    refused: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    files: dict[str, int] = {}
    first, *lines, end, rest = text.split("\n") if text else (_FIRST_LINE, "end", "")
    if (first, end, rest) != (_FIRST_LINE, "end", ""):
        raise ValueError("not an index")
    for line in lines:
        kind, *fields = line.split("\t")
        if kind == "file":
            time_of, path = fields
            files[path] = int(time_of)
        elif kind == "use":
            extension = Extension(*fields)
            known[extension.group][extension.name] = extension
        else:
            group, name, problem = fields
            refused[group].append((name, problem))
    return Index({group: Extensions(known[group], tuple(refused[group])) for group in GROUPS}, files)
