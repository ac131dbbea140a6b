"""What a user keeps for every session: aliases and settings, in one small file of ours."""

from __future__ import annotations

from collections.abc import Mapping

from airflowctl.core.errors import ConfigError
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import config_folder, toml

if TYPE_CHECKING:
    from typing import Any

_FILE = "preferences.toml"
ALIASES, SETTINGS = "aliases", "settings"


class Preferences:
    """The preferences file, read on first use; raises ConfigError where the file is damaged."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = config_folder(environ)
        self._tables: dict[str, dict[str, str]] | None = None

    def table(self, title: str) -> dict[str, str]:
        """Return a copy of a table of the file."""
        if self._tables is None:
            content = self._folder.read(_FILE)
            self._tables = _parse(self._folder.path(_FILE), content) if content else {}
        # A copy, or a caller would change what the next `store` writes.
        return dict(self._tables.get(title, {}))

    def store(self, title: str, name: str, value: str | None) -> None:
        """Write a value into a table, or remove it (None), under the folder's lock."""
        with self._folder.lock():
            # Another process may have written since this one read: its change must not be lost.
            self._tables = None
            table = self.table(title)
            tables = dict(self._tables or {})
            if value is None:
                table.pop(name, None)
            else:
                table[name] = value
            tables[title] = table
            parts = (_to_toml(title, pairs) for title, pairs in tables.items() if pairs)
            self._folder.write("\n".join(parts), _FILE)
        self._tables = tables


def _to_toml(title: str, pairs: Mapping[str, str]) -> str:
    return "".join([f"[{title}]\n", *(f"{toml(name)} = {toml(value)}\n" for name, value in pairs.items())])


def _parse(path: str, content: bytes) -> dict[str, dict[str, str]]:
    # It costs a short command more than all of this, and most users have no such file.
    import tomllib

    hint = "fix or remove it"
    try:
        tables: dict[str, Any] = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(f"{path} is damaged: {error}", hint) from None
    # A file that is valid TOML may still have been written by hand, and a wrong type would fail far from
    # here.
    for title, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            raise ConfigError(f"{path} is damaged: [{title}] is not a table of texts", hint)
    return tables
