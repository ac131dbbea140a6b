"""Which logins a process is about to keep or to drop, so that the next one finds what a killed one left."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from airflowctl.core.errors import CliError, ConfigError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.environments import parse_environment, to_toml
from airflowctl.storage.private_files import state_folder, toml
from airflowctl.storage.secrets.lock import is_taken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from airflowctl.core.environment import Environment

_FOLDER, _START, _ENDING = "locks", "login-", ".toml"
_MOST = 1 << 20  # bytes of a file


class UnfinishedLogins:
    """A file for each login that a process works on, which the process holds locked: one that is there and
    not locked was left by a process that was killed."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = state_folder(environ)

    @contextmanager
    def record(self, environments: Sequence[Environment]) -> Iterator[None]:
        """Record the logins that these environments name until the block is left, other than by a kill or an
        interrupt. Where no file can be written, there is no record."""
        with ExitStack() as handles:
            for environment in environments:
                with suppress(OSError, ConfigError):
                    handles.callback(os.close, self._write(environment))
            names = [_file(environment.login) for environment in environments]
            try:
                yield
            except CliError:  # which the caller has cleaned up after
                self._remove(*names)
                raise
            self._remove(*names)

    def left(self) -> Iterator[Environment]:
        """Yield each environment as it was recorded by a process that was killed; its file is removed when
        the next one is asked for. Another process passes over it meanwhile."""
        for name in self._folder.list(_FOLDER):
            if not (name.startswith(_START) and name.endswith(_ENDING)):
                continue
            try:
                handle = self._folder.open(os.O_RDWR, _FOLDER, name)
            except (OSError, ConfigError):
                continue
            try:
                if is_taken(handle) or not os.fstat(handle).st_nlink:
                    continue
                yield from _read(handle)
                self._remove(name)
            finally:
                os.close(handle)

    def _write(self, environment: Environment) -> int:
        """Return the handle of a new file, which is locked until it is closed."""
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
        handle = self._folder.open(flags, _FOLDER, _file(environment.login))
        is_taken(handle)
        os.write(handle, f"name = {toml(environment.name)}\n{to_toml(environment)}".encode())
        os.fsync(handle)
        return handle

    def _remove(self, *names: str) -> None:
        for name in names:
            with suppress(ConfigError):
                self._folder.remove(_FOLDER, name)


def _file(login: str) -> str:
    return f"{_START}{login}{_ENDING}"


def _read(handle: int) -> Iterator[Environment]:
    """Yield what a file says; nothing where its process was killed before it was whole: then no secret was
    kept yet."""
    import tomllib

    content = os.read(handle, _MOST)
    with suppress(ConfigError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        name = str(tomllib.loads(content.decode()).get("name", ""))
        environment = parse_environment(name, "", content)
        if environment.login:
            yield environment
