"""Which installed packages have plug-ins for airflowctl, by a look at small files.

importlib.metadata would tell too, but to load it takes longer than the rest of `--help`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

_METADATA = (".dist-info", ".egg-info")
_GROUP = b"[airflowctl."
_STANDARD = os.path.dirname(os.__file__)
_LONGEST = 1_000_000  # bytes


def may_have_extensions() -> bool:
    """Return whether an installed package has a group of ours."""
    return any(
        name == "" or _has_group(folder, name) for folder in _import_folders() for name in _metadata(folder)
    )


def candidates() -> Iterator[tuple[str, str]]:
    """Yield each folder of metadata that names a group of ours, as the folder of sys.path and its name; of a
    package that is there twice the first, as Python imports it. An archive has no name."""
    packages: set[str] = set()
    for folder in _import_folders():
        for name in _metadata(folder):
            package = package_of(name)
            if name == "" or (package not in packages and _has_group(folder, name)):
                yield folder, name
            packages.add(package)


def package_of(name: str) -> str:
    """The name of a package by that of its metadata's folder: `our_package-1.0.dist-info`. Old tools leave
    the dashes of a name in it."""
    stem = name.rpartition(".")[0]
    return (stem.rpartition("-")[0] or stem).replace("_", "-").lower()


def _import_folders() -> Iterator[str]:
    """Return the folders of sys.path, but for that of the standard library: it is long, and holds no
    package."""
    return (path for path in dict.fromkeys(sys.path) if os.path.isabs(path) and path != _STANDARD)


def _metadata(folder: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(_METADATA)]
    except NotADirectoryError:
        return [""]
    except OSError:
        return []


def _has_group(folder: str, name: str) -> bool:
    path = f"{folder}/{name}/entry_points.txt"
    if not os.access(path, os.R_OK):  # most packages have none, and an exception costs more
        return False
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        return _GROUP in os.read(handle, _LONGEST)
    except OSError:
        return False
    finally:
        os.close(handle)
