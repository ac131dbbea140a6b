"""`airflow roles ...`: what the classic command prints."""

from __future__ import annotations

from itertools import product

from airflowctl.core.errors import DONE, REFUSED, CliError, NotFound
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain import fab_api
from airflowctl.domain.classic.classic_files import save_text
from airflowctl.domain.classic.classic_rows import read, read_items, rename
from airflowctl.domain.file_params import STREAM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import Any

    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

    Permissions = Mapping[str, set[tuple[str, str]]]  # by role, each an action on a resource


def show_roles(session: Session, values: Values, run: Run) -> Rows:
    """Return the names of the roles; with --permission a row a resource."""
    columns = ("name", "resource", "action") if values["permission"] else ("name",)
    rows = sorted(read_items(run()), key=lambda row: [str(read(row, name)) for name in columns[:2]])
    return rename(rows, columns)


def create_roles(session: Session, values: Values, run: Run) -> Text:
    """Create roles; one that exists counts too."""
    if values["role"]:
        run()
    return Text(f"Added {len(values['role'])} role(s)")


def delete_roles(session: Session, values: Values, run: Run) -> Text:
    """Delete roles."""
    if unknown := _unknown(session, values["role"]):
        return unknown
    run()
    return Text(f"Deleted {len(values['role'])} role(s)")


def _unknown(session: Session, roles: Iterable[str]) -> Text | None:
    for name in roles:
        try:
            fab_api.ask(session, "GET", "roles", name)
        except NotFound:
            return Text(f"Role named '{name}' does not exist", code=REFUSED)
    return None


def add_permissions(session: Session, values: Values, run: Run) -> Text:
    """Give roles permissions, with a line for each."""
    if unknown := _unknown(session, values["role"]):
        return unknown
    # Read before the change: the classic command names only what was new.
    before = _permissions(session, values["role"])
    if unknown := _refusal(values, run):
        return unknown
    new = [
        (role, resource, action)
        for role, resource, action in product(values["role"], values["resource"], values["action"])
        if (action, resource) not in before[role]
    ]
    lines = [f"Added {_words(action, resource)} to role {role}" for role, resource, action in new]
    return Text("\n".join((*lines, f"Added {len(new)} permission(s)")))


def delete_permissions(session: Session, values: Values, run: Run) -> Text:
    """Take permissions from roles, with a line for each."""
    if unknown := _unknown(session, values["role"]):
        return unknown
    before = _permissions(session, values["role"])
    if unknown := _refusal(values, run):
        return unknown
    lines = []
    for role, resource in product(values["role"], values["resource"]):
        actions = sorted(action for action, resource_name in before[role] if resource_name == resource)
        for action in values["action"] or actions if actions else ():
            lines.append(f"Deleted {_words(action, resource)} from role {role}")
    return Text("\n".join((*lines, f"Deleted {len(lines)} permission(s)")))


def _refusal(values: Values, run: Run) -> Text | None:
    """Change roles; return the words for a resource or action that there is not."""
    try:
        run()
    except CliError as error:
        for kind in ("resource", "action"):
            for name in values[kind]:
                # What it lacks FAB says in the text of its error alone.
                if f"{kind}: '{name}'" in error.message:
                    return Text(f"{kind.capitalize()} named '{name}' does not exist", code=REFUSED)
        raise
    return None


def _permissions(session: Session, roles: Collection[str]) -> Permissions:
    return {name: fab_api.pairs(fab_api.ask(session, "GET", "roles", name).get("actions")) for name in roles}


def _words(action: str, resource: str) -> str:
    """Return a permission as FAB names it: `can read on DAGs`."""
    return f"{action.replace('_', ' ')} on {resource}"


def export_roles(session: Session, values: Values, run: Run) -> Text:
    """Write the roles as JSON, a row a resource."""
    result = run(file=STREAM, file_format="json")
    rows: list[Any] = result.data if isinstance(result, Text) and isinstance(result.data, list) else []
    text = result.text if isinstance(result, Text) else ""
    if values["file"] == STREAM:
        return Text(text)
    save_text(values["file"], text.rstrip("\n"))
    count = f"{len({row['name'] for row in rows})} roles with {len(rows)} linked permissions"
    return Text(f"{count} successfully exported to {values['file']}")


def import_roles(session: Session, values: Values, run: Run) -> Text:
    """Import roles; what exists is kept."""
    if problem := _problem_of(values["file"]):
        return Text(problem, code=REFUSED)
    rows = read_items(run())
    failed = [row for row in rows if row["result"] in ("failed", "not begun")]
    for row in failed:
        session.output.note(str(row["reason"] or f"{row['name']}: {row['result']}"))
    if failed:
        return Text("No roles were imported", code=REFUSED)
    created_names = {str(row["name"]) for row in rows if row["result"] == "created"}
    lines = [
        line
        for row in _rows_of(values["file"])
        if row.get("name") in created_names
        for line in _report_permissions(row)
    ]
    return Text("\n".join((*lines, "roles and permissions successfully imported")), code=DONE)


def _report_permissions(row: Mapping[str, str]) -> list[str]:
    resource, actions = row.get("resource"), row.get("action")
    if not resource or not actions:
        return []
    lines = [f"Added {_words(action, resource)} to role {row['name']}" for action in actions.split(",")]
    return [*lines, f"Added {len(lines)} permission(s)"]


def _problem_of(file: str) -> str:
    import json
    import os

    # Standard input can be read once, which is done later.
    if file == STREAM:
        return ""
    if not os.path.exists(file):
        return f"File '{file}' does not exist"
    try:
        with open(file, encoding="utf-8") as source:
            json.load(source)
    except ValueError as error:
        return f"File '{file}' is not a valid JSON file. Error: {error}"
    return ""


def _rows_of(file: str) -> list[dict[str, str]]:
    """Return the rows of a file that was imported; none of standard input, which is read."""
    import json

    try:
        with open(file, encoding="utf-8") as source:
            rows: list[dict[str, str]] = json.load(source)
    except (OSError, ValueError):
        return []
    return rows
