"""The one reader and writer of our own files: for this user only, never through a link, written whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from airflowctl.core.folders import config_path, state_path
from airflowctl.core.ownership import check_file, check_folder, check_home_of_caller, check_not_link, explain
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

_HAS_HANDLES = sys.platform != "win32"  # of folders, from which a name is looked up without a race
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
# Opening a named pipe without a writer must not wait.
_FILE = _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class PrivateFolder:
    """A folder of ours. Its files are named by their way from it: `read("environments", "work.toml")`.

    The folder itself may be a link that the user made; what is below it may not. The folder, each folder
    on the way and the file must belong to this user or to root, and no other user may write to them:
    anything else is refused with a ConfigError that names it.
    """

    def __init__(self, path: str, environ: Mapping[str, str] = os.environ) -> None:
        self._root = os.path.abspath(path)
        self._environ = environ

    def path(self, *names: str) -> str:
        """Return the whole path of a file, for messages."""
        return os.path.join(self._root, *names)

    def read(self, *names: str) -> bytes | None:
        """Return the content of a file; None when there is none. Raises ConfigError."""
        try:
            with self._inside(names[:-1], _enter) as folder:
                handle = self._open(folder, names, os.O_RDONLY)
                with open(handle, "rb") as file:
                    return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise explain("read", self.path(*names), error, self._environ) from None

    def write(self, text: str, *names: str) -> None:
        """Write a file of mode 0600, whole and on the disk or not at all. Raises ConfigError."""
        try:
            with self._inside(names[:-1], _make) as folder:
                _replace(self.path(*names), text, folder)
        except OSError as error:
            raise explain("write", self.path(*names), error, self._environ) from None

    def remove(self, *names: str) -> bool:
        """Remove a file; return whether it existed. Raises ConfigError."""
        try:
            with self._inside(names[:-1], _enter) as folder:
                os.unlink(self._name(folder, names), dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise explain("remove", self.path(*names), error, self._environ) from None
        return True

    def list(self, *names: str) -> list[str]:
        """Return the names in a folder, in no order; none where it is not there or cannot be read. Raises
        ConfigError where it is not safe."""
        try:
            with self._inside(names, _enter) as folder:
                return os.listdir(self.path(*names) if folder is None else folder)
        except OSError:
            return []

    def open(self, flags: int, *names: str) -> int:
        """Return a descriptor, with `flags` of os.open; a new file has mode 0600. Raises OSError where
        the system does not allow it, ConfigError where it is not safe."""
        with self._inside(names[:-1], _make) as folder:
            return self._open(folder, names, flags)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder between a read and a write that depends on it, among all processes. Raises
        ConfigError."""
        try:
            with self._inside((), _make) as folder:
                _lock(folder)
                yield
        except OSError as error:
            raise explain("write", self._root, error, self._environ) from None

    @contextmanager
    def _inside(
        self, names: tuple[str, ...], enter: Callable[[str, int | None], int]
    ) -> Iterator[int | None]:
        """Open a folder below this one and yield its handle (None on Windows, which has none)."""
        if enter is _make:
            # Under sudo, HOME may still be the caller's: root's files there would lock the caller out of
            # them.
            check_home_of_caller(self._root, self._environ)
            _make_all(self._root if _HAS_HANDLES else self.path(*names))
        if not _HAS_HANDLES:
            yield None
            return
        handle = os.open(self._root, _FOLDER)
        try:
            # The opened handle is checked, not the path: another user could exchange the path in between.
            check_folder(self._root, os.fstat(handle), self._environ)
            for depth, name in enumerate(names, 1):
                outer, path = handle, self.path(*names[:depth])
                check_not_link(path)
                handle = enter(name, outer)
                os.close(outer)
                check_folder(path, os.fstat(handle), self._environ)
            yield handle
        finally:
            os.close(handle)

    def _open(self, folder: int | None, names: tuple[str, ...], flags: int) -> int:
        path = self.path(*names)
        check_not_link(path)
        handle = os.open(self._name(folder, names), flags | _FILE, 0o600, dir_fd=folder)
        try:
            # As for folders: what is checked is what was opened.
            check_file(path, os.fstat(handle), self._environ)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _name(self, folder: int | None, names: tuple[str, ...]) -> str:
        return self.path(*names) if folder is None else names[-1]


def config_folder(environ: Mapping[str, str]) -> PrivateFolder:
    """Return the folder of the environments: `AIRFLOWCTL_HOME`, or the system's folder for settings."""
    return PrivateFolder(config_path(environ), environ)


def state_folder(environ: Mapping[str, str]) -> PrivateFolder:
    """Return the folder of the shell's history: `AIRFLOWCTL_HOME`, or the system's folder for state."""
    return PrivateFolder(state_path(environ), environ)


def toml(value: object) -> str:
    """Return a text, a number or a truth as TOML."""
    import json

    # A TOML string is a JSON string, but for the letter DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_private(path: str) -> bytes | None:
    """Return the content of a file that grants rights, checked like our own; None when there is none.
    Raises ConfigError."""
    return PrivateFolder(os.path.dirname(path)).read(os.path.basename(path))


def replace_file(path: str, text: str) -> None:
    """Write a file that the user named, of mode 0600, whole or not at all; what is no file, like a pipe or
    a device, is written to as it is. Raises OSError, UnicodeEncodeError."""
    open_replacement(path, lambda file: file.write(text), 0o600).close()


def open_replacement(path: str, write: Callable[[IO[str]], object], mode: int | None = None) -> IO[str]:
    """Return a file that the user named, open, with what `write` writes as its text: whatever fails before
    all of it is on the disk, the old file stays as it was. It has this mode, else that of the old file, and
    0600 where there is none. What is no file, like a pipe or a device, is written to as it is."""
    if os.path.exists(path) and not os.path.isfile(path):
        stream = open(path, "w", encoding="utf-8", newline="")  # noqa: SIM115
        write(stream)
        return stream
    path = os.path.realpath(path)  # a link stays one: the file that it leads to is replaced
    if mode is None:
        mode = os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o600
    file = _write_beside(path, write, mode)
    with suppress(OSError):  # not every file system can
        folder = os.open(os.path.dirname(path), _FOLDER)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return file


def open_new_private(path: str, flags: int) -> int:
    """Open a file for `open(opener=...)`: a new file is for this user only, an old one keeps its mode."""
    return os.open(path, flags, 0o600)


def _enter(name: str, folder: int | None) -> int:
    return os.open(name, _FOLDER | _NO_LINK, dir_fd=folder)


def _make(name: str, folder: int | None) -> int:
    with suppress(FileExistsError):
        os.mkdir(name, 0o700, dir_fd=folder)
    return _enter(name, folder)


def _make_all(folder: str) -> None:
    """Make a folder, and the missing ones above it, for this user only."""
    above = os.path.dirname(folder)
    if not os.path.isdir(above) and above != folder:
        _make_all(above)
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)


def _replace(path: str, text: str, folder: int | None) -> None:
    """Write a file beside its place and rename it over; `folder` is the checked handle of its folder."""
    _write_beside(path, lambda file: file.write(text)).close()
    if folder is not None:
        with suppress(OSError):  # not every file system can
            os.fsync(folder)


def _write_beside(path: str, write: Callable[[IO[str]], object], mode: int = 0o600) -> IO[str]:
    # Renamed over the old file at the end: a full disk or a kill leaves the old one whole.
    new = f"{path}.{os.urandom(6).hex()}.new"
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE, 0o600)
    file = open(handle, "w", encoding="utf-8", newline="")  # noqa: SIM115
    try:
        if mode != 0o600:
            os.chmod(new, mode)
        write(file)
        file.flush()
        os.fsync(handle)
        os.replace(new, path)
    except BaseException:
        with suppress(OSError):  # what it still holds does not fit either
            file.close()
        with suppress(OSError):
            os.unlink(new)
        raise
    return file


def _lock(folder: int | None) -> None:
    if sys.platform != "win32" and folder is not None:
        import fcntl

        with suppress(OSError):  # a network's disk may have no locks
            fcntl.flock(folder, fcntl.LOCK_EX)
