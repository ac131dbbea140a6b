"""What a person keeps for every session: aliases and settings, in one small file of ours."""

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
    """Read when something of it is asked for; raises ConfigError where the file is damaged."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._folder = config_folder(environ)
        self._tables: dict[str, dict[str, str]] | None = None

    def table(self, title: str) -> dict[str, str]:
        """A copy of one of its tables."""
        if self._tables is None:
            content = self._folder.read(_FILE)
            self._tables = _read(self._folder.path(_FILE), content) if content else {}
        return dict(self._tables.get(title, {}))

    def keep(self, title: str, name: str, value: str | None) -> None:
        """Put one value in, or take it out (None); over what is on disk by now, which no other process
        changes meanwhile."""
        with self._folder.locked():
            self._tables = None
            table = self.table(title)
            tables = dict(self._tables or {})
            if value is None:
                table.pop(name, None)
            else:
                table[name] = value
            tables[title] = table
            parts = (_written(title, pairs) for title, pairs in tables.items() if pairs)
            self._folder.write("\n".join(parts), _FILE)
        self._tables = tables


def _written(title: str, pairs: Mapping[str, str]) -> str:
    return "".join([f"[{title}]\n", *(f"{toml(name)} = {toml(value)}\n" for name, value in pairs.items())])


def _read(path: str, content: bytes) -> dict[str, dict[str, str]]:
    import tomllib

    way = "mend or remove it"
    try:
        found: dict[str, Any] = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(f"{path} is damaged: {error}", way) from None
    for title, table in found.items():
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            raise ConfigError(f"{path} is damaged: [{title}] is not a table of texts", way)
    return found
