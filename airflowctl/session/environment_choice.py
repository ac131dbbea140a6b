"""Which environments `--each` means: names, patterns and groups of them."""

from __future__ import annotations

from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.next_line import suggest
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from airflowctl.storage.environments import EnvironmentStore

GROUP_SIGN = "@"
_OF_PATTERNS = frozenset("*?[")


def choose_environments(wanted: Sequence[str], known: EnvironmentStore) -> tuple[str, ...]:
    """Return the names of the environments that `wanted` means, each once, in its order. Raises UsageError
    for what means none, ConfigError."""
    names = known.names()
    if not names:
        raise UsageError("there are no environments yet", suggest("auth", "login", "--url", "URL"))
    return tuple(dict.fromkeys(name for text in wanted for name in _find_matches(text, names, known)))


def place_names(kind: str, known: EnvironmentStore) -> tuple[str, ...]:
    """Return what completes a "group", or what `--each` takes: environments, and groups with their sign."""
    groups = known.groups.names()
    return groups if kind == "group" else (*known.names(), *(GROUP_SIGN + group for group in groups))


def _find_matches(text: str, names: tuple[str, ...], known: EnvironmentStore) -> Iterator[str]:
    if text.startswith(GROUP_SIGN):
        yield from _members(text.removeprefix(GROUP_SIGN), names, known)
    # Before patterns: a name may hold their signs.
    elif text in names:
        yield text
    elif _OF_PATTERNS & set(text):
        from fnmatch import fnmatchcase

        matches = [name for name in names if fnmatchcase(name, text)]
        # A pattern without a match is a slip more often than a wish to do nothing.
        if not matches:
            raise UsageError(f"no environment matches '{text}'", _list_known(names))
        yield from matches
    else:
        raise UsageError(f"there is no environment '{text}'", did_you_mean(text, names) or _list_known(names))


def _members(group: str, names: tuple[str, ...], known: EnvironmentStore) -> tuple[str, ...]:
    groups = known.groups.names()
    members = known.groups.get(group) if group in groups else None
    if members is None:
        near = did_you_mean(group, groups)
        hint = f"there are: {', '.join(groups)}" if groups else f"make it: {suggest('env', 'group', 'set')}"
        raise UsageError(f"there is no group '{group}'", near or hint)
    # To run in the rest alone would look like a success everywhere.
    if missing := [member for member in members if member not in names]:
        raise UsageError(
            f"group {group} names what is no environment: {', '.join(missing)}",
            f"name its environments anew: {suggest('env', 'group', 'set', group)}",
        )
    return members


def _list_known(names: tuple[str, ...]) -> str:
    return f"there are: {', '.join(names)}"
