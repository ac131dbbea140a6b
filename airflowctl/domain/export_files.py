"""Exports: what the server has as a file that an import reads, written whole, with a word on its masks."""

from __future__ import annotations

from airflowctl.core.errors import CliError, NotFound, OutputFailed, UsageError
from airflowctl.core.results import Text
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.wording import format_list
from airflowctl.domain.file_params import FAIL, OMIT, STREAM, format_of
from airflowctl.domain.masks import find_masks, format_path, without_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from airflowctl.session.session import Session

# Endings of formats that would not be in the file.
# Endings that promise a format which no export has.
_OTHER = (".cfg", ".conf", ".csv", ".ini", ".properties", ".toml", ".tsv", ".xml")


class Export(NamedTuple):
    """What is written: `records` by name, in the shape of the file; `formats` are those that can hold them.

    `render_env` returns the lines of an .env file, and raises ValueError for what none can hold; `indent`
    and `is_sorted` are those of the classic file. `omit` returns a record without what is masked, None where
    nothing of use is left, and `find_lost` the fields of a record that an .env file cannot hold.
    """

    noun: str
    records: Mapping[str, Any]
    formats: tuple[str, ...]
    indent: int | None = 4
    is_sorted: bool = True
    render_env: Callable[[Mapping[str, Any]], str] | None = None
    omit: Callable[[Any], Any] = without_masks
    find_lost: Callable[[Any], Iterable[str]] = lambda record: ()


class Choice(NamedTuple):
    """What a line says of an export."""

    file: str
    file_format: str | None
    masked: str | None
    secrets_template: str | None


def choose(records: Mapping[str, Any], names: tuple[str, ...], noun: str) -> dict[str, Any]:
    """Return the records of these names, all if there are none. Raises NotFound that lists the unknown."""
    missing = [name for name in names if name not in records]
    if missing:
        raise NotFound(f"there are no {noun} {format_list(missing)}", "nothing was written")
    return {name: records[name] for name in records if not names or name in names}


def write_export(session: Session, export: Export, choice: Choice) -> Text:
    """Return what was exported, with the file written and a warning that names what is masked in it."""
    kind = _kind(export, choice.file, choice.file_format)
    masks = {
        name: [format_path(path) for path in find_masks(record)] for name, record in export.records.items()
    }
    masks = {name: paths for name, paths in masks.items() if paths}
    if masks and choice.masked == FAIL:
        raise CliError(
            f"the server masks {_list_places(masks)}",
            "nothing was written; --masked omit leaves them out, --masked keep writes ***",
        )
    written = _without_masks(export) if choice.masked == OMIT else export.records
    text = render(export, kind, written)
    # First: where the template cannot be written there is no export without it.
    if choice.secrets_template:
        secrets = {name: export.records[name] for name in masks}
        form = _kind(export, choice.secrets_template, None if choice.secrets_template != STREAM else kind)
        save(choice.secrets_template, render(export, form, secrets))
    if choice.file != STREAM:
        save(choice.file, text)
    _warn(session, export, masks, choice, kind)
    if choice.file == STREAM:
        return Text(text, written)
    facts = {"exported": len(written), "file": choice.file, **({"masked": [*masks]} if masks else {})}
    return Text(f"exported {len(written)} {export.noun} to {choice.file}", facts)


def write_list(choice: Choice, noun: str, records: Mapping[str, list[Any]], indent: int | None = 4) -> Text:
    """Return what was exported of things whose file is a list: `records` are the rows of each by its name."""
    rows = [row for part in records.values() for row in part]
    kind = _kind(Export(noun, records, ("json", "yaml")), choice.file, choice.file_format)
    text = dump(rows, kind, indent, is_sorted=False)
    if choice.file == STREAM:
        return Text(text, rows)
    save(choice.file, text)
    return Text(
        f"exported {len(records)} {noun} to {choice.file}", {"exported": len(records), "file": choice.file}
    )


def render(export: Export, kind: str, records: Mapping[str, Any]) -> str:
    """Return the text of a file. Raises UsageError for what this format cannot hold."""
    if kind != "env":
        return dump(records, kind, export.indent, export.is_sorted or kind == "yaml")
    try:
        return export.render_env(records) if export.render_env else ""
    except ValueError as error:
        raise UsageError(str(error), "give --file-format json") from None


def dump(data: Any, kind: str, indent: int | None, is_sorted: bool = True) -> str:
    """Return data as JSON or YAML, as in the classic files."""
    if kind == "yaml":
        from airflowctl.domain.yaml_text import dump_yaml
        from airflowctl.output.values import copy_plain

        return dump_yaml(copy_plain(data), is_sorted)
    import json

    text = json.dumps(data, ensure_ascii=False, indent=indent, sort_keys=is_sorted)
    # Half a character of UTF-16 is no text that a file can hold: JSON escapes it.
    is_text = text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
    return text if is_text else json.dumps(data, indent=indent, sort_keys=is_sorted)


def save(file: str, text: str) -> None:
    """Write a file of mode 0600, whole: whatever fails, an old one stays as it was. Raises OutputFailed."""
    from airflowctl.storage.private_files import replace_file

    try:
        replace_file(file, text if text.endswith("\n") or not text else text + "\n")
    except OSError as error:
        raise OutputFailed(f"cannot write {file}: {error.strerror}") from None
    except UnicodeEncodeError:
        raise OutputFailed(
            f"cannot write {file}: a value has half a letter, which UTF-8 cannot hold"
        ) from None


def _kind(export: Export, file: str, named: str | None) -> str:
    """Return the format of a file. Raises UsageError for one that cannot hold this, or another's ending."""
    from os.path import splitext

    ending = splitext(file)[1].lower()
    kind = format_of(file, named)
    if named is None and ending in _OTHER:
        raise UsageError(
            f"{file}: no format of an export has the ending {ending}",
            f"name a file with .{' or .'.join(export.formats)}, or give --file-format",
        )
    if kind not in export.formats:
        raise UsageError(
            f"{file}: {export.noun} are not written as {kind}", f"as {' or '.join(export.formats)} they are"
        )
    return kind


def _without_masks(export: Export) -> dict[str, Any]:
    rest = {name: (record, export.omit(record)) for name, record in export.records.items()}
    # A record that is null itself was not masked, and stays.
    return {name: left for name, (record, left) in rest.items() if left is not None or record is None}


def _warn(
    session: Session, export: Export, masks: Mapping[str, list[str]], choice: Choice, kind: str
) -> None:
    if masks:
        treatment = "they are left out" if choice.masked == OMIT else "*** stands for them"
        session.output.note(f"warning: the server masks secrets: {treatment} in {_list_places(masks)}")
    if kind != "env":
        return
    lost = {name: list(export.find_lost(record)) for name, record in export.records.items()}
    lost = {name: fields for name, fields in lost.items() if fields}
    if lost:
        session.output.note(
            f"warning: an .env file cannot hold all of {_list_places(lost)}: for that, export JSON or YAML"
        )


def _list_places(paths_by_name: Mapping[str, Iterable[str]]) -> str:
    """`b_pw, shop (password, extra.api_key)`"""
    names = [f"{name} ({', '.join(paths)})" if any(paths) else name for name, paths in paths_by_name.items()]
    return format_list(names, most=20)
