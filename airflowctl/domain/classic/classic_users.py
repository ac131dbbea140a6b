"""`airflow users ...`: what the classic command prints."""

from __future__ import annotations

from airflowctl.core.errors import DONE, REFUSED, Conflict
from airflowctl.core.results import Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.classic.classic_files import write_file
from airflowctl.domain.classic.classic_rows import read, read_items, rename
from airflowctl.domain.file_params import STREAM

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.domain.classic.classic_rows import Run, Values
    from airflowctl.session.session import Session

_COLUMNS = ("id", "username", "email", "first_name", "last_name", "roles")


def show_users(session: Session, values: Values, run: Run) -> Rows:
    """Return the users. The API has no number of them: it is None."""
    return rename(read_items(run()), _COLUMNS)


def create_user(session: Session, values: Values, run: Run) -> Text:
    """Create a user; that there is one of the name is no error."""
    name, role = values["username"], ", ".join(values["role"])
    try:
        run()
    except Conflict as error:
        # Only a name that is taken is no error of the classic command; an address is one.
        if "email" in error.message.lower():
            raise
        return Text(f"{name} already exists in the db")
    return Text(f'User "{name}" created with role "{role}"')


def delete_user(session: Session, values: Values, run: Run) -> Text:
    """Delete a user."""
    name = _name(session, values)
    run()
    return Text(f'User "{name}" deleted')


def add_role(session: Session, values: Values, run: Run) -> Text:
    """Give a user a role."""
    (user,) = read_items(run())
    return Text(f'User "{read(user, "username")}" added to role "{values["role"]}"')


def remove_role(session: Session, values: Values, run: Run) -> Text:
    """Take a role from a user."""
    (user,) = read_items(run())
    return Text(f'User "{read(user, "username")}" removed from role "{values["role"]}"')


def reset_password(session: Session, values: Values, run: Run) -> Text:
    """Give a user another password."""
    name = _name(session, values)
    run()
    return Text(f'User "{name}" password reset successfully')


def _name(session: Session, values: Values) -> str:
    from airflowctl.domain.fab_users import find_user

    name: str | None = values["username"]
    return name or str(find_user(session, name, values["email"])["username"])


def export_users(session: Session, values: Values, run: Run) -> Text:
    """Write the users as JSON; without the numbers that the database has for them."""
    import json

    result = run(file=STREAM, file_format="json")
    users = result.data if isinstance(result, Text) and isinstance(result.data, list) else []
    text = json.dumps(users, sort_keys=True, indent=4)
    return write_file(session, values["file"], text, "users", len(users))


def import_users(session: Session, values: Values, run: Run) -> Text:
    """Import users, with a line for each."""
    result = run()
    rows = read_items(result)
    addresses = _addresses(values["file"])
    kinds: dict[str, list[str]] = {"Created": [], "Updated": []}
    lines = []
    for row in rows:
        address = addresses.get(str(row["username"]), str(row["username"]))
        if row["result"] in ("failed", "not begun"):
            session.output.note(str(row["reason"] or f"{address}: {row['result']}"))
            continue
        kind = "Created" if row["result"] == "created" else "Updated"
        words = "Creating new" if kind == "Created" else "Found existing"
        lines.append(f"{words} user with email '{address}'")
        kinds[kind].append(address)
    lines += [
        f"{kind} the following users:\n\t" + "\n\t".join(names) for kind, names in kinds.items() if names
    ]
    return Text("\n".join(lines), code=REFUSED if sum(map(len, kinds.values())) < len(rows) else DONE)


def _addresses(file: str) -> dict[str, str]:
    """Return the addresses of the users in a file that was imported, by their names."""
    import json

    try:
        with open(file, encoding="utf-8") as source:
            users: Any = json.load(source)
    except (OSError, ValueError):  # standard input, or YAML
        return {}
    return {user["username"]: user["email"] for user in users if user.get("email")}
