"""A file that a user names for a text of ours: for this user only, and never over another one unless that is
meant."""

from __future__ import annotations

from airflowctl.core.errors import CliError, UsageError
from airflowctl.storage.private_files import open_new_private, replace_file


def write_new_file(path: str, text: str, *, replaces: bool) -> None:
    """Write the file whole, with mode 0600. Raises UsageError where there is one already, CliError where it
    cannot be written."""
    try:
        if replaces:
            replace_file(path, text)
            return
        with open(path, "x", encoding="utf-8", opener=open_new_private) as target:
            target.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", "give --force to replace it") from None
    except OSError as error:
        raise CliError(f"cannot write {path}: {error.strerror}", "name another file") from None
