"""docs/how-to/migration.md: migration_page.md, with the tables that the declarations give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def render_migration() -> str:
    """Return the page."""
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    tables = {
        "commands": _table(("line", "in a pipe", "role", "differs"), _commands()),
        "older": _table(("older", "today"), _older()),
        "aliases": _table(("other words", "here"), _aliases()),
    }
    for name, table in tables.items():
        text = text.replace(f"<!-- {name} -->", table)
    return text


def _commands() -> Iterator[tuple[str, ...]]:
    from airflowctl.core.classic_commands import DIFFERENT
    from airflowctl.domain.migration.permissions import permission_of
    from airflowctl.execution.classic_output import ALIKE
    from airflowctl.session import registry

    for command in registry.all_commands():
        if command.classic:
            permission = permission_of(command)
            piped = "the same" if command.line in ALIKE else "`--classic`"
            role = permission.role if permission else "any"
            differs = DIFFERENT.get(command.line, "").replace("(files.md)", "(../reference/files.md)")
            yield f"`{command.line}`", piped, role, differs


def _older() -> Iterator[tuple[str, ...]]:
    from airflowctl.core.older_lines import old_lines

    for line, today in old_lines():
        yield f"`{line}`", f"`{today if today.startswith('airflow ') else f'airflowctl {today}'}`"


def _aliases() -> Iterator[tuple[str, ...]]:
    from airflowctl.session import registry

    for command in registry.all_commands():
        yield from ((f"`{line}`", f"`{command.line}`") for line in command.aliases)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, tuple("---" for _ in head), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
