"""Redirections of a result: into a file (`>`, `>>`) or into another program (`|`)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import StringIO

from airflowctl.core.errors import OutputFailed, UsageError
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import Popen
    from typing import IO

# A person reads what goes into these, and a table is easier to read than fields with tabs between them.
_PAGERS = ("less", "more", "most", "moar", "ov", "pg", "bat", "batcat")
_IN_MEMORY = 1 << 20  # bytes; what is more waits in a file without a name


class Sink(StringIO):
    """A stream for a result in the place of stdout."""

    @property
    def has_program(self) -> bool:
        """Return whether a program runs that may write to the terminal itself."""
        return False

    def check(self) -> None:
        """Raise UsageError where nothing can be written: the command has then not run."""

    def finish(self, code: int) -> int:
        """End the stream. Return the exit code of the whole line, from that of its command."""
        return code


class File(Sink):
    """A file that is written when the whole result has come (`flush`): a command that fails before leaves the
    file unchanged. What a command that still runs prints later is written at once."""

    def __init__(self, path: str, append: bool) -> None:
        super().__init__()
        self._path, self._append = path, append
        self._held: IO[str] | None = None
        self._file: IO[str] | None = None

    def check(self) -> None:
        folder = os.path.dirname(os.path.realpath(self._path))
        # A file is replaced by one beside it, for which its folder counts; what is no file is written to.
        target = self._path if self._append or not os.path.isfile(self._path) else folder
        exists = os.path.exists(self._path)
        problem = ""
        if os.path.isdir(self._path):
            problem = "it is a folder"
        elif not os.path.isdir(folder):
            problem = f"there is no folder {folder}"
        elif not os.access(target if exists else folder, os.W_OK) or (
            exists and not os.access(self._path, os.W_OK)
        ):
            problem = "Permission denied"
        if problem:
            raise UsageError(f"cannot write {self._path}: {problem}", "nothing was done; name another file")

    def write(self, text: str) -> int:
        try:
            return (self._file or self._buffer()).write(text)
        except OSError as error:
            raise self._write_error(error) from None

    def flush(self) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._file.flush()
        except OSError as error:
            raise self._write_error(error) from None

    def finish(self, code: int) -> int:
        for file in filter(None, (self._held, self._file)):
            with suppress(OSError):
                file.close()
        return code

    def _buffer(self) -> IO[str]:
        from tempfile import SpooledTemporaryFile

        if self._held is None:
            # A failure leaves the file as it was: it is opened when the whole result has come (decision
            # 0009).
            held = SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="")  # noqa: SIM115
            self._held = held
        return self._held

    def _open(self) -> IO[str]:
        from airflowctl.storage.private_files import open_new_private, open_replacement

        if self._append:
            file = open(  # noqa: SIM115
                self._path, "a", encoding="utf-8", newline="", opener=open_new_private
            )
            self._copy(file)
            return file
        return open_replacement(self._path, self._copy)

    def _copy(self, file: IO[str]) -> None:
        from shutil import copyfileobj

        if self._held is not None:
            self._held.seek(0)
            copyfileobj(self._held, file)

    def _write_error(self, error: OSError) -> OutputFailed:
        return OutputFailed(f"cannot write {self._path}: {error.strerror}")


class Program(Sink):
    """The standard input of a line of the user's shell. It starts with the first text: where a command fails
    before, nothing runs."""

    def __init__(self, line: str, environ: Mapping[str, str]) -> None:
        super().__init__()
        self._line, self._environ = line, environ
        self._process: Popen[bytes] | None = None

    @property
    def has_program(self) -> bool:
        return self._process is not None

    @property
    def is_pager(self) -> bool:
        words = (word for word in self._line.split() if "=" not in word)
        return os.path.basename(next(words, "")) in _PAGERS

    def write(self, text: str) -> int:
        if text:
            process = self._start()
            left = memoryview(text.encode("utf-8", "backslashreplace"))
            if process.stdin is None:
                raise BrokenPipeError
            while left:
                left = left[os.write(process.stdin.fileno(), left) :]
        return len(text)

    def flush(self) -> None:
        self._start()

    def finish(self, code: int) -> int:
        """Wait until the program has ended. Return the first exit code of the line that is not 0."""
        if self._process is None:
            return code
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        return code or wait_for(self._process)

    def _start(self) -> Popen[bytes]:
        if self._process is None:
            self._process = start_shell_line(self._line, self._environ, takes_input=True)
        return self._process


def start_shell_line(line: str, environ: Mapping[str, str], takes_input: bool = False) -> Popen[bytes]:
    """Start a line of the user's own shell, on this terminal. Raises UsageError."""
    from subprocess import PIPE, Popen

    shell = environ.get("SHELL") or "/bin/sh"
    stdin = PIPE if takes_input else None
    with ignore_ctrl_c(but_children=True), hold_end_signals() as numbers:
        try:
            process = Popen([shell, "-c", line], stdin=stdin, env={**environ}, bufsize=0)
        except OSError as error:
            raise UsageError(
                f"cannot run {shell}: {error.strerror}", "SHELL names the shell to use"
            ) from None
    if numbers:
        end_with(process, numbers)
    return process


def end_with(process: Popen[bytes], numbers: Sequence[int]) -> None:
    """End a program whose starting process gets these signals, which it then obeys itself."""
    import signal

    from airflowctl.output.program_tree import end_tree

    end_tree(process)
    for number in numbers:
        signal.raise_signal(number)


@contextmanager
def hold_end_signals() -> Iterator[list[int]]:
    """Note the signals that would end this process, instead of obeying them: one that came while a program
    is started would leave a program that nothing ends."""
    import signal

    numbers: list[int] = []
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and callable(signal.getsignal(number)):
            try:
                before[number] = signal.signal(number, lambda number, _: numbers.append(number))
            except ValueError:  # not in the thread that gets signals
                break
    try:
        yield numbers
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for(process: Popen[bytes]) -> int:
    """Wait for a program that has the terminal, and so Ctrl-C. Return its exit code, 128 + N for signal N."""
    with ignore_ctrl_c():
        try:
            code = process.wait()
        except BaseException:  # a signal ends this process: the program must not outlive it
            from airflowctl.output.program_tree import end_tree

            end_tree(process)
            raise
    return code if code >= 0 else 128 - code


@contextmanager
def ignore_ctrl_c(but_children: bool = False) -> Iterator[None]:
    """Ignore Ctrl-C in this process: the terminal sends it to each program on it, and it is for the other.
    With `but_children` a program that is started in the block still gets it."""
    import signal

    try:
        # An ignored signal would be inherited by the program, a caught one is not.
        before = signal.signal(signal.SIGINT, _do_nothing if but_children else signal.SIG_IGN)
    except ValueError:  # not in the thread that gets signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _do_nothing(*_: object) -> None:
    """Catch a signal without effect: unlike an ignored one, a program that is started does not inherit it."""
