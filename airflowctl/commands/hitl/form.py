"""What a question wants filled in: its fields, and the values that fit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt

from airflowctl.core.errors import UsageError, did_you_mean
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.values import json_value

if TYPE_CHECKING:
    from typing import Any

_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
_LIMITS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "at least", ge),
    ("maximum", "at most", le),
    ("exclusiveMinimum", "more than", gt),
    ("exclusiveMaximum", "less than", lt),
)
_LENGTHS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minLength", "at least", ge),
    ("maxLength", "at most", le),
)


class Field(NamedTuple):
    """One value that is asked for: `schema` is JSON schema, as far as a Dag's params use it."""

    name: str
    default: Any
    schema: Mapping[str, Any]
    description: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The JSON types that it may have; none: any."""
        named = self.schema.get("type")
        return tuple(named) if isinstance(named, list) else (named,) if isinstance(named, str) else ()

    @property
    def is_needed(self) -> bool:
        return self.default is None and "null" not in self.kinds and bool(self.kinds)

    @property
    def told(self) -> str:
        """What it wants, in words."""
        kinds = " or ".join(kind for kind in self.kinds if kind != "null")
        choices = f"one of {_list(self.schema['enum'])}" if self.schema.get("enum") else ""
        return ", ".join(part for part in (choices or kinds, self.description) if part)


def fields(question: Mapping[str, Any]) -> list[Field]:
    """What a question wants filled in; older providers tell nothing but the default."""
    found = []
    for name, given in (question.get("params") or {}).items():
        if isinstance(given, Mapping) and ("schema" in given or "value" in given):
            found.append(
                Field(
                    name, given.get("value"), given.get("schema") or {}, str(given.get("description") or "")
                )
            )
        else:
            found.append(Field(name, given, {}))
    return found


def filled(wanted: list[Field], values: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """A value for each field, since the task takes all or none: those given as JSON or as text, else the
    default. Raises UsageError."""
    known = {field.name: field for field in wanted}
    for name in (*values, *texts):
        if name not in known:
            hint = did_you_mean(name, known) or (f"there are: {', '.join(known)}" if known else "")
            raise UsageError(f"the question has no field '{name}'", hint)
    found = {}
    for name, field in known.items():
        if name in texts:
            found[name] = _told(field, texts[name])
        elif name in values:
            found[name] = _fitting(field, values[name])
        elif field.is_needed:
            raise UsageError(f"'{name}' is to be filled in ({field.told})", f"give --param {name}=VALUE")
        else:
            found[name] = field.default
    return found


def value_of(field: Field, text: str) -> Any:
    """The value that a person wrote, of the first type that it fits. Raises ValueError."""
    any_kind = ("string",) if field.default is None else (_kind_of(field.default), "string")
    kinds = sorted(field.kinds or any_kind, key=lambda kind: kind == "string")
    problem: ValueError | None = None
    for kind in kinds:
        try:
            value = _READ.get(kind, json_value)(text)
            check(field, value)
            return value
        except ValueError as error:
            problem = problem or error
    raise problem or ValueError("does not fit")


def check(field: Field, value: Any) -> None:
    """Raise ValueError where the value does not fit the schema."""
    schema, kinds = field.schema, field.kinds
    if kinds and _kind_of(value) not in kinds and not (_kind_of(value) == "integer" and "number" in kinds):
        raise ValueError(f"not {_article(kinds[0])}")
    if schema.get("enum") and value not in schema["enum"]:
        raise ValueError(f"not one of {_list(schema['enum'])}")
    if _kind_of(value) in ("integer", "number"):
        for name, words, fits in _LIMITS:
            if name in schema and not fits(value, schema[name]):
                raise ValueError(f"must be {words} {schema[name]}")
    if isinstance(value, str):
        for name, words, fits in _LENGTHS:
            if name in schema and not fits(len(value), schema[name]):
                raise ValueError(f"must have {words} {schema[name]} letters")


def _told(field: Field, text: str) -> Any:
    try:
        return value_of(field, text)
    except ValueError as error:
        raise UsageError(f"{field.name}: '{text}' is {_said(error)}", f"wanted: {field.told}") from None


def _fitting(field: Field, value: Any) -> Any:
    try:
        check(field, value)
    except ValueError as error:
        raise UsageError(f"{field.name}: what is given is {_said(error)}", f"wanted: {field.told}") from None
    return value


def _said(error: ValueError) -> str:
    text = str(error)
    return text if text.startswith("not ") else f"wrong: it {text}"


def _whole(text: str) -> int:
    try:
        return int(text.strip())
    except ValueError:
        raise ValueError("not a whole number") from None


def _number(text: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        raise ValueError("not a number") from None
    if value - value != 0:  # neither infinite nor no number at all: JSON has none of these
        raise ValueError("not a number")
    return value


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError("not true or false")
    return word in _YES


def _null(text: str) -> None:
    if text.strip().lower() not in ("", "null", "none"):
        raise ValueError("not null")


_READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _whole,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "string")


def _article(kind: str) -> str:
    words = {
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "an object",
    }
    return words.get(kind, f"a {kind}")


def _list(values: list[Any]) -> str:
    return ", ".join(str(value) for value in values)
