"""The welcome of the shell at its first start."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.errors import CliError
from airflowctl.storage.private_files import state_folder

HINT = """\
First time here? Try: dags list. Tab completes, with names from the server.
? after a space lists what may follow; F1 explains the word at the cursor.
tour shows more, a step at a time; help WORD finds the commands for it."""
HINT_COLUMNS = max(map(len, HINT.splitlines()))  # in a narrower window it would fill the screen


def is_first_start(environ: Mapping[str, str]) -> bool:
    """Return whether no shell has been open here yet: then it left a history."""
    try:
        return not any(name.startswith("history") for name in state_folder(environ).list())
    except CliError:  # the history says what is wrong with the folder
        return False
