"""Change the folder that file names are relative to."""

from __future__ import annotations

import os

from airflowctl.core.command import arg, command
from airflowctl.core.errors import UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from airflowctl.session.session import Session

BEFORE = "-"


@command(
    "cd",
    "Change the working folder of file names, and of programs after ! and |.",
    arg(
        "folder",
        "The folder; your home folder if not given, '-' for the previous one.",
        default="~",
        complete="path",
    ),
    session_only=True,
    about="Only in the shell: a batch checks its files before its first line runs.",
    examples=("airflowctl cd ../exports", "airflowctl cd -"),
)
def change_folder(session: Session, folder: str) -> Text:
    memory, here = session.parts.memory, os.getcwd()
    if folder == BEFORE and not memory.folder_before:
        raise UsageError("there is no folder before this one", "name one: cd FOLDER")
    path = memory.folder_before if folder == BEFORE else os.path.expanduser(folder)
    path = path if os.path.exists(path) else os.path.expandvars(path)
    try:
        os.chdir(path)
    except OSError as error:
        raise UsageError(f"cannot go to {path}: {error.strerror}", "see what there is: !ls") from None
    memory.folder_before = here
    return Text(f"in {os.getcwd()}", {"folder": os.getcwd()})
