"""Where a result goes that does not go to stdout: into a file, or into another program."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO

from airflowctl.core.errors import OutputFailed, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen
    from typing import IO

_IN_MEMORY = 1 << 20  # bytes; what is more waits in a file without a name


class Sink(StringIO):
    """Takes a result as stdout would."""

    def check(self) -> None:
        """Raises UsageError where it cannot take anything: before a command does something."""

    def finish(self, code: int) -> int:
        """Called at the end, with the exit code of the command; that of the whole line."""
        return code


class File(Sink):
    """Takes a result and, when all of it has come (`flush`), writes it: a command that fails half way leaves
    the file as it was. What comes after that, from a command that goes on, is written as it comes."""

    def __init__(self, path: str, append: bool) -> None:
        super().__init__()
        self._path, self._append = path, append
        self._held: IO[str] | None = None
        self._file: IO[str] | None = None

    def check(self) -> None:
        folder = os.path.dirname(os.path.abspath(self._path))
        exists = os.path.exists(self._path)
        problem = ""
        if os.path.isdir(self._path):
            problem = "it is a folder"
        elif not os.path.isdir(folder):
            problem = f"there is no folder {folder}"
        elif not os.access(self._path if exists else folder, os.W_OK):
            problem = "Permission denied"
        if problem:
            raise UsageError(f"cannot write {self._path}: {problem}", "nothing was done; name another file")

    def write(self, text: str) -> int:
        try:
            return (self._file or self._waiting()).write(text)
        except OSError as error:
            raise self._failed(error) from None

    def flush(self) -> None:
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.flush()
        except OSError as error:
            raise self._failed(error) from None

    def finish(self, code: int) -> int:
        for file in filter(None, (self._held, self._file)):
            with suppress(OSError):
                file.close()
        return code

    def _waiting(self) -> IO[str]:
        from tempfile import SpooledTemporaryFile

        if self._held is None:
            held = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")  # noqa: SIM115
            self._held = held
        return self._held

    def _opened(self) -> IO[str]:
        from shutil import copyfileobj

        from airflowctl.files import open_new_private

        file = open(  # noqa: SIM115
            self._path,
            "a" if self._append else "w",
            encoding="utf-8",
            newline="",
            opener=open_new_private,
        )
        if self._held is not None:
            self._held.seek(0)
            copyfileobj(self._held, file)
        return file

    def _failed(self, error: OSError) -> OutputFailed:
        return OutputFailed(f"cannot write {self._path}: {error.strerror}")


class Program(Sink):
    """Takes a result into the standard input of a line of the person's shell, which starts with the first of
    it: where there is none, as the command failed, it does not start."""

    def __init__(self, line: str, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._line, self._environ = line, environ
        self._process: Popen[bytes] | None = None

    def write(self, text: str) -> int:
        if text:
            process = self._started()
            left = memoryview(text.encode("utf-8", "backslashreplace"))
            if process.stdin is None:
                raise BrokenPipeError
            while left:
                left = left[os.write(process.stdin.fileno(), left) :]
        return len(text)

    def flush(self) -> None:
        self._started()

    def finish(self, code: int) -> int:
        """Wait until it has ended; the exit code of the whole is the first that is not 0."""
        if self._process is None:
            return code
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        return code or ended(self._process)

    def _started(self) -> Popen[bytes]:
        if self._process is None:
            self._process = started(self._line, self._environ, takes_input=True)
        return self._process


def started(line: str, environ: Mapping[str, str], takes_input: bool = False) -> Popen[bytes]:
    """A line of the person's own shell, on this terminal."""
    from subprocess import PIPE, Popen

    shell = environ.get("SHELL") or "/bin/sh"
    with deaf_to_ctrl_c(but_children=True):
        try:
            return Popen([shell, "-c", line], stdin=PIPE if takes_input else None, env={**environ}, bufsize=0)
        except OSError as error:
            raise UsageError(
                f"cannot run {shell}: {error.strerror}", "SHELL names the shell to use"
            ) from None


def ended(process: Popen[bytes]) -> int:
    """Wait for a program that has the terminal, and so Ctrl-C; its exit code, as shells tell it."""
    with deaf_to_ctrl_c():
        try:
            code = process.wait()
        except BaseException:  # we are ended from outside, and so is it
            process.terminate()
            process.wait()
            raise
    return code if code >= 0 else 128 - code


@contextmanager
def deaf_to_ctrl_c(but_children: bool = False) -> Iterator[None]:
    """A signal goes to all that is on the terminal: another program does with it what it likes, and we go on.
    With `but_children` what is started meanwhile hears it."""
    import signal

    try:
        before = signal.signal(signal.SIGINT, _unheard if but_children else signal.SIG_IGN)
    except ValueError:  # not in the thread that gets signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _unheard(*_: object) -> None:
    """What is caught here is not caught in a program that is started; what is ignored is ignored there."""
