"""Reads the data files beside our modules, from a folder or from an archive that Python runs."""

from __future__ import annotations

import os
import sys

from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


DISTRIBUTION = "airflowctl-shell"  # its name on a package index


def read_data(module: str, name: str) -> bytes:
    """Return the content of a file that lies beside a module."""
    source: Any = sys.modules[module]
    # By the loader: in a zipapp the path of the file is none that can be opened.
    content: bytes = source.__spec__.loader.get_data(os.path.join(os.path.dirname(source.__file__), name))
    return content


def is_archive() -> bool:
    """Return whether the program runs from an archive: no compiled module can be loaded from it."""
    return not os.path.isdir(os.path.dirname(os.path.abspath(__file__)))
