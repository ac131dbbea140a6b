"""Which operations there are."""

from __future__ import annotations

from airflowctl.core.command import command, flag, opt
from airflowctl.core.converters import some_text
from airflowctl.core.results import Rows
from airflowctl.core.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from airflowctl.session.session import Session


@command(
    "api list",
    "List the operations of the API.",
    opt("--search", help="Only those with all of these words.", convert=some_text, metavar="WORDS"),
    flag("--remote", help="Those of the server itself, with its plug-ins, instead of those known here."),
    about="`since` is the oldest Airflow that has it, `until` the newest, `plugin` what brings it.",
    examples=("airflowctl api list --search pool",),
)
def list_operations(session: Session, search: str | None, remote: bool) -> Rows:
    from airflowctl.api import raw
    from airflowctl.api.operations import table

    known = table()
    words = (search or "").casefold().split()
    shown = raw.remote(session.api) if remote else known
    stray = [name for name, operation in shown.items() if remote and raw.find_stray(operation.path)]
    if stray:
        text = f"warning: a document of this server has paths that lead elsewhere: {', '.join(sorted(stray))}"
        session.output.note(text)
    rows: list[dict[str, Any]] = [
        {
            "operation": name,
            "method": operation.method,
            "path": operation.path,
            "since": known[name].since if name in known else None,
            "until": (known[name].until if name in known else None) or None,
            "plugin": (known[name].plugin if name in known else None) or None,
            "fields": [field for field, _ in raw.named(operation)],
        }
        for name, operation in sorted(shown.items())
    ]
    found = [row for row in rows if all(word in _words(row) for word in words)]
    columns = ("operation", "method", "path", "since", "until", "plugin")
    blank = {"until": None, "plugin": None}
    return Rows(found, columns, "operation", optional=blank, empty="no operation has these words")


def _words(row: dict[str, Any]) -> str:
    return f"{row['operation']} {row['method']} {row['path']}".casefold()
