"""A thing as YAML for a user's editor, the fields in what the user has typed, and the difference to show."""

from __future__ import annotations

from functools import cache

from airflowctl.core.errors import UsageError
from airflowctl.core.redaction import HIDDEN
from airflowctl.core.sensitive import is_sensitive_name
from airflowctl.core.typed import TYPE_CHECKING
from airflowctl.domain.import_items import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from airflowctl.domain.differences import Difference
    from airflowctl.domain.editing.subject import Subject

_SET = "(set)"


def render_file(subject: Subject, fields: Mapping[str, Any], place: str) -> str:
    """Return the text that is edited, with words for the user at its beginning."""
    lines = [
        f"{subject.noun} {_printable(subject.name)} on {_printable(place)}",
        "A line that you take away leaves its field as it is; null clears it.",
        *filter(None, [subject.hint]),
        "You see the difference, and are asked, before anything is sent.",
    ]
    return "".join(f"# {line}\n" for line in lines) + _dump(fields)


def read_file(subject: Subject, text: str) -> dict[str, Any]:
    """Return the fields in an edited text. Raises UsageError with its line and column."""
    from airflowctl.domain.document import DocumentError
    from airflowctl.domain.yaml_text import read_yaml

    try:
        document = read_yaml(text)
    except DocumentError as error:
        line, column = error.place
        raise UsageError(f"line {line}, column {column}: {error}") from None
    try:
        if not isinstance(document.value, dict):
            raise FieldError("not fields as `name: value`")
        fields = subject.read(document.value)
    except FieldError as error:
        document.add(error.path, ": ".join((*map(str, error.path), str(error))))
    except ValueError as error:
        document.add((), str(error))
    for (line, column), problem in sorted(document.problems):
        raise UsageError(f"line {line}, column {column}: {problem}")
    return fields


def list_difference(difference: Difference) -> Iterator[str]:
    """Yield the lines of a difference, `- host: a` and `+ host: b`, without what is or may be secret."""
    from difflib import unified_diff

    before, after = {}, {}
    for field in difference.fields:
        old, new = _parse_extra(field, difference.before), _parse_extra(field, difference.after)
        name = difference.name if field == "value" else field
        before[field], after[field] = _hide(name, old, old), _hide(name, new, old)
    lines = unified_diff(_dump(before).splitlines(), _dump(after).splitlines(), n=2, lineterm="")
    # The first lines name two files, and others places in them.
    yield from (line for line in lines if not line.startswith(("---", "+++", "@@")))


def _parse_extra(field: str, fields: Mapping[str, Any]) -> Any:
    from json import loads

    value = fields.get(field)
    if field == "extra" and isinstance(value, str):
        try:
            return loads(value)
        except ValueError:
            return value
    return value


def _hide(name: str, value: Any, old: Any) -> Any:
    """Return a value without secrets: the server's mask where one stays, `(set)` where one is new."""
    if value in (None, "", HIDDEN) and not isinstance(value, (dict, list)):
        return value
    if is_sensitive_name(name):
        return HIDDEN if value == old else _SET
    if isinstance(value, dict):
        inner = old if isinstance(old, dict) else {}
        return {part: _hide(str(part), element, inner.get(part)) for part, element in value.items()}
    if isinstance(value, list):
        return [
            _hide(name, element, old[index] if _has(old, index) else None)
            for index, element in enumerate(value)
        ]
    return value


def _has(old: Any, index: int) -> bool:
    return isinstance(old, list) and index < len(old)


def _printable(text: str) -> str:
    """Return a name for a comment, which must not end by it."""
    return text if text.isprintable() else ascii(text)


def _dump(fields: Mapping[str, Any]) -> str:
    import yaml

    return str(yaml.dump(dict(fields), Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=1000))


@cache
def _dumper() -> Any:
    from airflowctl.domain.yaml_text import yaml_dumper

    base = yaml_dumper()

    class Dumper(base):  # type: ignore[misc, valid-type]
        """Writes a text of several lines as it is typed: one below the other."""

    def represent(dumper: Any, text: str) -> Any:
        if "\n" in text:
            return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
        return base.yaml_representers[str](dumper, text)

    Dumper.add_representer(str, represent)
    return Dumper
