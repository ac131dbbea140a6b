"""Imports and exports of the classic command: the words that it prints, the files that it writes."""

from __future__ import annotations

from airflowctl.core.errors import DONE, REFUSED, USAGE, CliError, OutputFailed
from airflowctl.core.results import NO_DATA, Rows, Text
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.file_params import STREAM

if TYPE_CHECKING:
    from airflowctl.core.rich_results import Result
    from airflowctl.domain.classic.classic_rows import Items, Run, Values
    from airflowctl.session.session import Session


_OPENED_EARLY = ("Variables", "Connections")  # by the classic command, while it parses the line
_ENDINGS = (".yaml", ".json", ".env")


def export_variables(session: Session, values: Values, run: Run) -> Text:
    """Write variables as JSON, whatever the ending of the file is."""
    return _export(
        session, values, run(file=STREAM, file_format="json"), "Variables", indent=4, is_sorted=True
    )


def export_pools(session: Session, values: Values, run: Run) -> Text:
    """Write pools as JSON."""
    result = run(file=STREAM, file_format="json")
    done = _export(session, values, result, "pools", indent=4, is_sorted=True)
    return Text(f"Exported {_count(result)} pools to {values['file']}") if values["file"] != STREAM else done


def export_connections(session: Session, values: Values, run: Run) -> Text:
    """Write connections as JSON, YAML or .env lines, by the ending of the file or --file-format."""
    from airflowctl.domain.file_params import format_of

    if values["file"] != STREAM and not values["file_format"] and not values["file"].endswith(_ENDINGS):
        raise CliError(f"Unsupported file format. The file must have the extension {', '.join(_ENDINGS)}.")
    kind = format_of(values["file"], values["file_format"])
    result = run(file=STREAM, file_format=kind)
    if kind == "json":
        return _export(session, values, result, "Connections", indent=2, is_sorted=False)
    text = result.text if isinstance(result, Text) else ""
    return write_file(session, values["file"], text, "Connections", _count(result))


def _export(
    session: Session, values: Values, result: Result, noun: str, *, indent: int, is_sorted: bool
) -> Text:
    import json

    data = result.data if isinstance(result, Text) and result.data is not NO_DATA else {}
    text = json.dumps(data, indent=indent, sort_keys=is_sorted)
    return write_file(session, values["file"], text, noun, _count(result))


def _count(result: Result) -> int:
    return len(result.data) if isinstance(result, Text) and isinstance(result.data, dict) else 0


def write_file(session: Session, file: str, text: str, noun: str, count: int) -> Text:
    """Write what is exported, and return the words that say so; for standard output the text itself."""
    if file == STREAM:
        session.output.note(f"{count} {noun} successfully exported.")
        return Text(text)
    try:
        save_text(file, text)
    except OutputFailed as error:
        if noun in _OPENED_EARLY:
            error.exit_code = USAGE
        raise
    return Text(f"{count} {noun} successfully exported to {file}.")


def save_text(file: str, text: str) -> None:
    """Write a file for this user only. Raises OutputFailed."""
    from airflowctl.storage.private_files import replace_file

    try:
        replace_file(file, text)
    except OSError as error:
        raise OutputFailed(f"cannot write {file}: {error.strerror}") from None


# Imports. What a file does not name is cleared, as by the classic command; a mask is never written.


def import_variables(session: Session, values: Values, run: Run) -> Text:
    """Import variables, and count those that are as the file wants them."""
    rows = _import(values, run)
    skipped = sorted(str(row["key"]) for row in rows if row["result"] == "skipped")
    done = sum(row["result"] in ("created", "changed", "same") for row in rows)
    lines = [f"{done} of {len(rows)} variables successfully updated."]
    failed = len(rows) - done - len(skipped)
    lines += [f"{failed} variable(s) failed to be updated."] if failed else []
    if skipped:
        names = f"The variables with these keys: {skipped} were skipped"
        lines.append(f"{names} because they already exists")
    return Text("\n".join(lines))


def import_pools(session: Session, values: Values, run: Run) -> Text:
    """Import pools."""
    rows = _import(values, run)
    if failed := [str(row["name"]) for row in rows if row["result"] in ("failed", "not begun")]:
        _note_reasons(session, rows)
        raise CliError(f"Failed to update pool(s): {', '.join(failed)}")
    return Text(f"Uploaded {len(rows)} pool(s)")


def import_connections(session: Session, values: Values, run: Run) -> Text:
    """Import connections, with a line for each."""
    rows = _import(values, run)
    _note_reasons(session, rows)
    lines = [_line_of(row) for row in rows]
    code = REFUSED if any(row["result"] in ("failed", "not begun") for row in rows) else DONE
    return Text("\n".join(lines), code=code)


def _line_of(row: dict[str, object]) -> str:
    name = row["connection_id"]
    if row["result"] == "skipped":
        return f"Could not import connection {name}: connection already exists."
    if row["result"] in ("created", "changed", "same"):
        return f"Imported connection {name}"
    return f"Could not import connection. {row['reason'] or name}"


def _import(values: Values, run: Run) -> Items:
    result = run(replace=True)
    return [dict(row) for row in result.items] if isinstance(result, Rows) else []


def _note_reasons(session: Session, rows: Items) -> None:
    for row in rows:
        if row["result"] == "failed" and row["reason"]:
            session.output.note(str(row["reason"]))
