"""A noun with two commands: notes, kept as Airflow variables whose names begin with `note_`."""

from __future__ import annotations

from airflowctl.extensions import (
    CHANGE,
    LIMIT,
    Commands,
    Record,
    Rows,
    Session,
    arg,
    command,
    converters,
    effect,
    names,
)

PREFIX = "note_"

# A kind of name that completes: a parameter wants it by `complete="note"`, and a command that adds or removes
# notes says `invalidates=("note",)`.
NOTE = names(
    "note",
    op="get_variables",
    items="variables",
    key="",
    query={"variable_key_pattern": f"{PREFIX}%"},
    read=lambda item: [(str(item["key"]).removeprefix(PREFIX), str(item.get("value", "")))],
)


@command(
    "notes list",
    "List the notes.",
    LIMIT,
    op="get_variables",
    examples=("airflowctl notes list", "airflowctl notes list -o html"),
)
def list_notes(session: Session, limit: int | None) -> Rows:
    query = {"variable_key_pattern": f"{PREFIX}%", "order_by": "key"}
    variables = session.api.pages("get_variables", "variables", limit=limit, query=query)
    items = ({"name": item["key"].removeprefix(PREFIX), "text": item["value"]} for item in variables)
    return Rows(items, ("name", "text"), "name", empty="there are no notes")


@command(
    "notes add",
    "Add a note; refused if there is one of this name.",
    arg("name", "Its name.", complete="note", convert=converters.some_text),
    arg("text", "What it says.", convert=converters.some_text),
    op="post_variable",
    effect=effect(CHANGE, "note", "name"),
    invalidates=("note",),
    examples=("airflowctl notes add deploy 'not on Fridays'",),
)
def add(session: Session, name: str, text: str) -> Record:
    session.api.call("post_variable", body={"key": PREFIX + name, "value": text})
    session.note(f"kept in {session.environment} as the variable {PREFIX}{name}")
    return Record({"name": name, "text": text}, "name")


NOTES = Commands(
    api=1,
    summary="Notes: short texts that the team keeps on the server",
    commands=(list_notes, add),
)
