"""The items of an import: from a document of any shape, each with its name and its fields checked."""

from __future__ import annotations

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.domain.document import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from airflowctl.domain.document import Document
    from airflowctl.domain.masks import Path

Fields = dict[str, "Any"]
# Name, value, place, and whether it is of a list. The value of one that has no name is the FieldError for it.
Entry = tuple[str, "Any", "Path", bool]


class FieldError(ValueError):
    """A field of an item is wrong; `path` leads to it from the item."""

    def __init__(self, message: str, *path: str | int) -> None:
        super().__init__(message)
        self.path = path


def list_entries(document: Document, shape: Shape, value: list[Any], path: Path) -> Iterator[Entry]:
    """Yield the objects of a list, which is at a path of the document, by their names."""
    for index, entry in enumerate(value):
        where = (*path, index)
        name = (
            next((entry[key] for key in shape.names if key in entry), None)
            if isinstance(entry, dict)
            else None
        )
        if not isinstance(name, str):
            key = shape.names[0]
            problem = f"not an object with a field {key}" if name is None else f"{key}: must be text"
            yield f"entry {index + 1}", FieldError(problem), where, False
        else:
            fields = {key: part for key, part in entry.items() if key not in (*shape.names, *shape.ignored)}
            yield name, fields, where, True


class Shape(NamedTuple):
    """What is read of one noun. `names` are the fields of a list's entries that have the name, and `ignored`
    those that only the server writes. `read` returns the fields of an item, and raises FieldError; `astro`
    are the fields of an entry in Astro's `airflow_settings.yaml`, by those here. `read_list` yields the
    entries of a list."""

    noun: str
    names: tuple[str, ...]
    ignored: tuple[str, ...]
    read: Callable[[str, Any], Fields]
    read_entry: Callable[[Fields], Any]
    astro: Mapping[str, str]
    check_name: Callable[[str], str]
    read_list: Callable[[Document, Shape, list[Any], Path], Iterator[Entry]] = list_entries


class Item(NamedTuple):
    """One thing to import; `path` is where it stands in the document."""

    name: str
    fields: Fields
    path: Path


def read_items(document: Document, shape: Shape) -> tuple[list[Item], dict[str, str]]:
    """Return the items of a document that are right, and the reason by name for those that are not; these
    are also among the problems of the document."""
    good: dict[str, Item] = {}
    bad: dict[str, str] = {}
    for name, value, path, is_entry in _entries(document, shape):
        shown = name or describe(path)
        if name in good:
            line, column = document.place(good[name].path)
            document.add(path, f"{name} is there twice (first at {line}:{column})")
            bad[name] = "it is there twice"
            continue
        try:
            if isinstance(value, FieldError):
                raise value
            if problem := shape.check_name(name):
                raise FieldError(problem)
            _check_letters(value)
            value = shape.read_entry(value) if is_entry else value
            good[name] = Item(name, shape.read(name, value), path)
        except FieldError as error:
            field = describe(("", *error.path)).removeprefix(": ")
            reason = f"{field}: {error}" if error.path else str(error)
            document.add((*path, *error.path), f"{shown}: {reason}")
            bad[shown] = reason
        except ValueError as error:
            document.add(path, f"{shown}: {error}")
            bad[shown] = str(error)
    # A name that is there twice may be right in one place: neither is imported.
    for name in bad:
        good.pop(name, None)
    return list(good.values()), bad


def _entries(document: Document, shape: Shape) -> Iterator[Entry]:
    value: Any = document.value
    path: Path = ()
    # Before other shapes: its one key `airflow` could be the name of a variable.
    if _is_astro(value):
        yield from _astro_entries(document, shape)
        return
    if isinstance(value, dict) and _is_wrapped(value, shape):
        path = (shape.noun,)
        value = value[shape.noun]
    if isinstance(value, list):
        yield from shape.read_list(document, shape, value, path)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name, item, (*path, name), False
    else:
        document.add((), f"not an object of {shape.noun} by name, nor a list of them")


def _is_wrapped(value: Mapping[str, Any], shape: Shape) -> bool:
    """Return whether it is an answer of the API, or a list under its noun: no item could look so."""
    entries = value.get(shape.noun)
    is_alone = set(value) == {shape.noun} and shape.noun != "variables"
    return isinstance(entries, list) and (is_alone or set(value) == {shape.noun, "total_entries"})


_ASTRO = {"connections", "pools", "variables"}


def _is_astro(value: Any) -> bool:
    """Return whether it is Astro's airflow_settings.yaml: one object `airflow` with lists of these."""
    inner = value.get("airflow") if isinstance(value, dict) and set(value) == {"airflow"} else None
    lists = inner.values() if isinstance(inner, dict) and inner and set(inner) <= _ASTRO else [0]
    return all(part is None or isinstance(part, list) for part in lists)


def _astro_entries(document: Document, shape: Shape) -> Iterator[Entry]:
    entries = document.value["airflow"].get(shape.noun) or []
    by_astro = {astro_name: ours for ours, astro_name in shape.astro.items()}
    for index, entry in enumerate(entries):
        path = ("airflow", shape.noun, index)
        # Its template has entries with nothing in them, to be filled in.
        is_object = isinstance(entry, dict)
        filled = {key: part for key, part in entry.items() if part not in (None, "")} if is_object else {}
        if is_object and not filled:
            continue
        unknown = sorted(set(filled) - set(by_astro))
        fields = {by_astro[key]: part for key, part in filled.items() if key in by_astro}
        name = fields.pop("name", None)
        problem = "" if isinstance(name, str) else f"no {shape.astro['name']}"
        problem = f"no such field: {', '.join(unknown)}" if unknown else problem
        problem = problem if is_object else "not an object"
        if problem:
            yield f"entry {index + 1}", FieldError(problem), path, False
        else:
            yield str(name), fields, path, True


def _check_letters(value: Any) -> None:
    """Raise FieldError for a text with half a letter in it, which no request can carry."""
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise FieldError("it has half a letter (a lone surrogate), which is no text")
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_letters(name)
            _check_letters(part)
    elif isinstance(value, list):
        for part in value:
            _check_letters(part)


def check_fields(fields: Mapping[str, Any], known: Mapping[str, Callable[[Any], Any]]) -> Fields:
    """Return fields by the checks of `known`. Raises FieldError for unknown ones and wrong types."""
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise FieldError(f"no such field: {', '.join(unknown)}", unknown[0])
    result = {}
    for name, value in fields.items():
        try:
            result[name] = known[name](value)
        except FieldError:
            raise
        except ValueError as error:
            raise FieldError(str(error), name) from None
    return result


def text_or_none(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(
            "must be text: write it in quotes" if isinstance(value, int | float) else "must be text"
        )
    return value


def boolean_or_none(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be an integer")
    return value
