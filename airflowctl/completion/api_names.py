"""The names that the table of the API's operations holds: operations, their fields and columns."""

from __future__ import annotations

from collections.abc import Mapping

from completers.protocols import Choice, Known, make_known


def fields_of(scope: Mapping[str, str]) -> Known:
    """Return the fields of what the line's command prints."""
    from airflowctl.api.answer_fields import printed_fields

    return make_known(map(Choice, printed_fields(scope.get("command line", ""), scope.get("operation", ""))))


def names_of_api(kind: str, scope: Mapping[str, str]) -> Known:
    """Operations and methods; the paths of a method, and the fields of an operation."""
    from airflowctl.api.operations import table
    from airflowctl.api.raw import Target, find_by_route, list_fields, methods

    operation = scope.get("operation", "")
    if kind == "operation":
        ids = (Choice(name, f"{entry.method} {entry.path}") for name, entry in table().items())
        return make_known((*(Choice(method, "and a path") for method in methods()), *ids))
    path = scope.get("field", "")
    if operation.upper() not in methods():
        target = Target(operation, table()[operation]) if operation in table() else None
    elif not path.startswith("/"):
        routes = {entry.path for entry in table().values() if entry.method == operation.upper()}
        return make_known(Choice(route) for route in sorted(routes))
    else:
        target = find_by_route(operation.upper(), path)
    fields = list_fields(target.operation) if target else ()
    return make_known(Choice(f"{name}=", note.partition(" ")[0]) for name, note in fields)
