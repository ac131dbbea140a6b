"""Which code of others is run: programs on the search path and plug-ins, nothing of the current folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

problems: dict[str, bool] = {}  # why plug-ins are not used; True: the user has read it
_find: Callable[[str], object] | None = None
_groups: dict[tuple[str, ...], object] = {}  # what `_find` returned, by group and sys.path
_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")


def find_program(name: str, environ: Mapping[str, str]) -> str:
    """Return the whole path of a program; empty where there is none. A name without a folder is looked up
    in the whole paths of `PATH` only: an empty one and '.' mean the current folder, whatever that is."""
    from shutil import which

    path = os.path.abspath(name) if os.path.dirname(name) else name
    program = which(path, path=search_path(environ)) or ""
    return program if os.path.isabs(program) else ""


def search_path(environ: Mapping[str, str]) -> str:
    """`PATH` without what depends on the current folder."""
    named = environ.get("PATH", os.environ.get("PATH", os.defpath))
    # An empty entry and '.' mean the current folder: nothing there is run (docs/explanation/security.md).
    return os.pathsep.join(filter(os.path.isabs, named.split(os.pathsep)))


def leave_current_folder_out(environ: MutableMapping[str, str]) -> None:
    """Take the current folder out of the process's own variables, where libraries look up browsers, editors
    and keyring's settings."""
    if "PATH" in environ:
        environ["PATH"] = search_path(environ)
    for name in _FOLDERS:
        if not os.path.isabs(environ.get(name, "/")):
            del environ[name]  # to be ignored, says the XDG specification


def find_extensions(group: str) -> Any:
    """Return the `extension_points.Extensions` of an entry point group, as at the first call with this
    `sys.path`; None where none is installed."""
    # To look for them is to read folders, and each key of the shell asks for the nouns.
    key = (group, *sys.path)
    if key not in _groups and _find:
        _groups[key] = _find(group)
    return _groups.get(key)


def are_extensions_off() -> bool:
    """Return whether this run looks for no plug-ins."""
    return _find is None


def connect_extensions(find: Callable[[str], object] | None) -> None:
    """Find plug-ins in this way from now on: by metadata and by an index, which core does not read; None
    finds none."""
    global _find
    _find = find
    _groups.clear()
    problems.clear()
