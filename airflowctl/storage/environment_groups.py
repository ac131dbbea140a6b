"""Groups of environments: names that stand for several of them, one small file each."""

from __future__ import annotations

from airflowctl.core.environment import check_name, is_name
from airflowctl.core.errors import ConfigError
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.storage.private_files import toml

if TYPE_CHECKING:
    from airflowctl.storage.private_files import PrivateFolder

# A file each, so that two processes that change two groups never undo each other.
_FOLDER, _ENDING = "groups", ".toml"


class EnvironmentGroups:
    """Reads and writes the groups below the folder that holds the environments."""

    def __init__(self, folder: PrivateFolder) -> None:
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Return the names, sorted; raises ConfigError where another user could have put a file there."""
        files = self._folder.list(_FOLDER)
        # A file that no command of ours can have written is no group.
        names = (file[: -len(_ENDING)] for file in files if file.endswith(_ENDING))
        return tuple(sorted(filter(is_name, names)))

    def get(self, name: str) -> tuple[str, ...] | None:
        """Return the environments of a group in their order; None where there is no such group. Raises
        ConfigError for a damaged file."""
        import tomllib

        file = _file(name)
        content, path = self._folder.read(*file), self._folder.path(*file)
        if content is None:
            return None
        again = f"remove it: {suggest('env', 'group', 'delete', name)}"
        try:
            members = tomllib.loads(content.decode("utf-8")).get("environments")
        except ValueError as error:  # of TOML and of UTF-8 alike
            raise ConfigError(f"{path} is damaged: {error}", again) from None
        if not isinstance(members, list) or not all(isinstance(text, str) for text in members):
            raise ConfigError(f"{path} is damaged: environments is not a list of names", again)
        if wrong := next((text for text in members if not is_name(text)), None):
            raise ConfigError(f"{path} is damaged: '{wrong}' cannot be an environment", again)
        return tuple(members)

    def save(self, name: str, members: tuple[str, ...]) -> None:
        """Write a group, in place of one of that name."""
        texts = ", ".join(toml(check_name(member)) for member in members)
        self._folder.write(f"environments = [{texts}]\n", *_file(name))

    def remove(self, name: str) -> bool:
        """Remove a group; return whether it existed."""
        return self._folder.remove(*_file(name))

    def drop(self, environment: str) -> tuple[str, ...]:
        """Take an environment out of all groups, and remove those that are empty then; return the groups that
        had it. A damaged one stays as it is."""
        changed = []
        for name in self.names():
            try:
                members = self.get(name) or ()
            # To remove an environment must not fail for a file that the user has to fix anyway.
            except ConfigError:
                continue
            if environment not in members:
                continue
            changed.append(name)
            rest = tuple(member for member in members if member != environment)
            if rest:
                self.save(name, rest)
            else:
                self.remove(name)
        return tuple(changed)


def _file(name: str) -> tuple[str, str]:
    return _FOLDER, f"{check_name(name)}{_ENDING}"
