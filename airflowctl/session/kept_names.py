"""What a line prints, or changes, is known to the completion of other shells from then on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from airflowctl.core.command import Command
from airflowctl.core.kinds import KINDS, Names
from airflowctl.core.results import Item, Rows
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.session.item_names import find_path, read_choices
from airflowctl.session.name_owner import owner_of
from airflowctl.storage.name_files import Key, NameFiles, is_kept

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.core.rich_results import Result
    from airflowctl.session.session import Session


def keep_names(command: Command, values: Mapping[str, Any], result: Result, session: Session) -> Result:
    """Return a result that keeps its names while it is printed; what the command changed is dropped."""
    environ = session.streams.environ
    owner = owner_of(session) if is_kept(environ) else ""
    if not owner:
        return result
    files = NameFiles(environ, owner)
    files.forget(command.invalidates)
    if not isinstance(result, Rows):
        return result
    scope = {param.complete: values.get(param.name) for param in command.params if param.complete}
    wanted: list[tuple[Names, Key]] = []
    for names in KINDS.values():  # those of the loaded files: the line's own noun is among them
        path = find_path(names, scope) if names.op == command.op and names.items else None
        if path is not None:
            wanted.append((names, (names.kind, *path.values())))
    return result._replace(items=_keep_passing(result.items, wanted, files)) if wanted else result


def _keep_passing(items: Iterable[Item], wanted: list[tuple[Names, Key]], files: NameFiles) -> Iterator[Item]:
    texts: list[list[str]] = [[] for _ in wanted]
    for item in items:
        for (names, _), words in zip(wanted, texts, strict=True):
            words += (choice.text for choice in read_choices(names, item))
        yield item
    for (_, key), words in zip(wanted, texts, strict=True):
        files.add(key, words)
