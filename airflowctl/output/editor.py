"""The user's own editor on a text: in a file for this user only, which is gone when the block ends."""

from __future__ import annotations

import os

from airflowctl.core.errors import UsageError
from airflowctl.core.folders import runtime_path
from airflowctl.core.programs import find_program
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.output.redirects import start_shell_line, wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

_USUAL = ("editor", "nano", "vi")


class EditedFile:
    """A file with a text, which the user edits as often as needed. `name` is its name, by whose ending an
    editor knows the language."""

    def __init__(self, name: str, environ: Mapping[str, str]) -> None:
        from airflowctl.storage.private_files import PrivateFolder

        self._name, self._environ = name, environ
        self._line = choose_editor(environ)
        # A folder of its own: editors put copies beside the file, and replace it by another one.
        self._folder = f"edit-{os.urandom(6).hex()}"
        self._files = PrivateFolder(runtime_path(environ), environ)

    def __enter__(self) -> Self:
        return self

    def edit(self, text: str) -> str:
        """Return the text as the user leaves it. Raises UsageError where the editor fails, or leaves no
        text."""
        from shlex import quote

        self._files.write(text, self._folder, self._name)
        path = self._files.path(self._folder, self._name)
        code = wait_for(start_shell_line(f"{self._line} {quote(path)}", self._environ))
        if code:
            raise UsageError(
                f"the editor ended with {code}: nothing was sent", f"it was run as: {self._line}"
            )
        content = self._files.read(self._folder, self._name)
        if content is None:
            raise UsageError("the editor has removed the file: nothing was sent")
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UsageError("what the editor has written is not UTF-8 text: nothing was sent") from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from shutil import rmtree

        rmtree(self._files.path(self._folder), ignore_errors=True)


def choose_editor(environ: Mapping[str, str]) -> str:
    """Return the line that runs the user's editor. Raises UsageError where there is none."""
    for variable in ("VISUAL", "EDITOR"):
        if line := environ.get(variable, "").strip():
            return line
    for name in _USUAL:
        if path := find_program(name, environ):
            return path
    raise UsageError("there is no editor", "name one: export EDITOR=PROGRAM")
