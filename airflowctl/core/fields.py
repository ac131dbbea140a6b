"""What a form or a question asks for: params with their JSON schema, and from a text typed there to a value
that fits it, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import ge, gt, le, lt

from airflowctl.core.converters import json_value, signed_number
from airflowctl.core.typed import TYPE_CHECKING, NamedTuple

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
_WORDS = {  # for a person, who need not know JSON's
    "string": "text",
    "integer": "whole number",
    "boolean": "true or false",
    "array": "list",
    "null": "null",
}
_FORMATS = {"date": "date", "date-time": "date and time", "time": "time of day"}  # texts of a form
_EXAMPLES = {"date": "2026-11-01", "date-time": "2026-11-01T10:00:00+00:00", "time": "10:00:00"}


class FormSupport(NamedTuple):
    """What a form asks of its caller, by the texts of all fields. `check` returns what is wrong with some of
    them because of others, by place; `foresee` a line about what would be done, and `try_out` one about
    a trial of it: both may take a moment."""

    check: Callable[[Sequence[str]], Mapping[int, str]] | None = None
    foresee: Callable[[Sequence[str]], str] | None = None
    try_out: Callable[[Sequence[str]], str] | None = None


class Field(NamedTuple):
    """One value that is asked for: `schema` is JSON schema, as far as a Dag's params use it. `current` is
    what stands for it already, where that is not the default. `convert` checks a text that stays one; what
    `is_secret` is not shown."""

    name: str
    default: Any = None
    schema: Mapping[str, Any] = {}
    about: str = ""
    current: tuple[Any, ...] = ()
    convert: Callable[[str], Any] | None = None
    is_secret: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the JSON types that it may have; where the schema has none, that of the default, as in
        the web pages."""
        named = self.schema.get("type")
        if isinstance(named, str):
            return (named,)
        if isinstance(named, list) and named:
            return tuple(map(str, named))
        return ("string",) if self.default is None else (_kind_of(self.default),)

    @property
    def is_nullable(self) -> bool:
        """Return whether it may be null, which is what nothing typed means."""
        return "null" in self.kinds

    @property
    def is_needed(self) -> bool:
        # Without a type every value fits, none at all too.
        return self.default is None and not self.is_nullable and "type" in self.schema

    @property
    def kind(self) -> str:
        """Return what it wants, in words: `list or text`."""
        words = {**_WORDS, "string": _FORMATS.get(self._format, _WORDS["string"])}
        return " or ".join(words.get(kind, kind) for kind in self.kinds if kind != "null") or "null"

    @property
    def _format(self) -> str:
        return str(self.schema.get("format") or "")

    @property
    def is_multiline(self) -> bool:
        """Return whether it may have several lines."""
        return self._format == "multiline"

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the texts that it may have, if they are counted."""
        is_yes_or_no = set(self.kinds) - {"null"} == {"boolean"}
        values = self._enum or ([True, False] if is_yes_or_no else [])
        return tuple(self._text(value) for value in values if value is not None)

    @property
    def text(self) -> str:
        """Return what it has to begin with, as it would be typed."""
        return self._text(self.current[0] if self.current else self.default)

    @property
    def description(self) -> str:
        """Return what it wants and is for, in words."""
        choices = f"one of {', '.join(self.choices)}" if self._enum else ""
        return ", ".join(part for part in (choices or self.kind, self.about) if part)

    def value(self, text: str) -> Any:
        """Return what a text means: of the types that it fits, text is the last. Raises ValueError with
        words for a person, which begin with `not`, `needs` or `must`."""
        for choice in self._enum:
            if choice is not None and self._text(choice) == text:
                return choice
        if self.convert is not None:
            return self._convert(text)
        problem: ValueError | None = None
        # Text comes last, since every input fits it: `3` for a number or text is a number.
        for kind in sorted(self.kinds, key=lambda kind: (kind == "string", kind != "null")):
            try:
                if kind not in ("string", "null") and not text.strip():
                    raise ValueError(f"needs {_article(kind)}")
                parsed = _READ.get(kind, json_value)(text)
                self.check(parsed)
                return parsed
            except ValueError as error:
                # The user who typed something did not mean null, so that "not null" is the least helpful of
                # the problems.
                if problem is None or kind != "null":
                    problem = error
        raise problem or ValueError("does not fit")

    def _convert(self, text: str) -> str | None:
        """Return the text, once it is checked; None for nothing typed where that is allowed."""
        if not text and not self.is_nullable:
            raise ValueError("needs a value")
        if text and self.convert is not None:
            self.convert(text)
        return text or None

    def check(self, value: Any) -> None:
        """Raise ValueError where the value does not fit the schema."""
        kind = _kind_of(value)
        if "type" in self.schema and not (
            kind in self.kinds or (kind == "integer" and "number" in self.kinds)
        ):
            raise ValueError(f"not {' or '.join(_article(entry) for entry in self.kinds if entry != 'null')}")
        if self._enum and value not in self._enum and not (value is None and self.is_nullable):
            raise ValueError(f"not one of {', '.join(self.choices)}")
        if kind in ("integer", "number"):
            for name, words, fits in _LIMITS:
                if _is_number(self.schema.get(name)) and not fits(value, self.schema[name]):
                    raise ValueError(f"must be {words} {self.schema[name]}")
        if isinstance(value, str):
            for name, words, fits in _LENGTHS:
                if _is_number(self.schema.get(name)) and not fits(len(value), self.schema[name]):
                    raise ValueError(f"must have {words} {self.schema[name]} letters")
            _check_format(self._format, value)
            _check_pattern(self.schema.get("pattern"), value)
        _check_parts(self.schema, value)

    @property
    def _enum(self) -> list[Any]:
        values = [self.schema["const"]] if "const" in self.schema else self.schema.get("enum")
        return values if isinstance(values, list) else []

    def _text(self, value: Any) -> str:
        import json

        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _check_format(name: str, text: str) -> None:
    """Raise ValueError for a text that is not of a format of JSON schema; formats beyond those known pass."""
    if name not in _EXAMPLES:
        return
    from datetime import date, datetime, time

    read = {"date": date.fromisoformat, "date-time": datetime.fromisoformat, "time": time.fromisoformat}[name]
    try:
        read(text)
    except ValueError:
        raise ValueError(f"not a {_FORMATS[name]}, like {_EXAMPLES[name]}") from None


def _check_pattern(pattern: Any, text: str) -> None:
    if not isinstance(pattern, str):
        return
    import re

    try:
        is_like = re.search(pattern, text)
    except re.error:  # of another dialect: the server decides
        return
    if not is_like:
        raise ValueError(f"must be like {pattern}")


def _check_parts(schema: Mapping[str, Any], value: Any) -> None:
    """Raise ValueError for a list or an object whose parts do not fit."""
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for number, item in enumerate(value, 1):
            try:
                Field("", None, schema["items"]).check(item)
            except ValueError as error:
                raise ValueError(f"must fit in item {number}: {error}") from None
    needed = schema.get("required")
    names = needed if isinstance(value, dict) and isinstance(needed, list) else []
    if missing := [str(name) for name in names if name not in value]:
        raise ValueError(f"needs {', '.join(missing)}")


def fields(params: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> list[Field]:
    """Return the fields for the params of a Dag or a question, as the server tells of them, with what is
    `values` already. Older providers tell nothing but the default."""
    values = values or {}
    fields_of_params = []
    for name, param in params.items():
        spec = param if isinstance(param, Mapping) and ("schema" in param or "value" in param) else None
        schema = (spec or {}).get("schema")
        schema = schema if isinstance(schema, Mapping) else {}
        about = str((spec or {}).get("description") or schema.get("title") or "")
        default = param if spec is None else spec.get("value")
        fields_of_params.append(
            Field(name, default, schema, about, (values[name],) if name in values else ())
        )
    more = (name for name in values if name not in params)
    return [
        *fields_of_params,
        *(Field(name, values[name], {}, "not a param of the Dag", (values[name],)) for name in more),
    ]


def changed_values(fields: Sequence[Field], texts: Sequence[str]) -> dict[str, Any]:
    """Return the values that are not as they are by default: those the server has to be told. Raises
    ValueError."""
    record = {}
    for field, text in zip(fields, texts, strict=True):
        # A default that is sent becomes the run's own value, and stays when the Dag's default changes.
        if text != field.text:
            record[field.name] = field.value(text)
        elif field.current:
            record[field.name] = field.current[0]
    return record


def _number(text: str) -> float | int:
    try:
        parsed = json_value(text)
    except ValueError:
        parsed = None
    if not _is_number(parsed):
        raise ValueError("not a number")
    number: float | int = parsed
    return number


def _whole(text: str) -> int:
    return signed_number(text.strip())


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in (*_YES, *_NO):
        raise ValueError("not true or false")
    return word in _YES


def _null(text: str) -> None:
    if text.strip().lower() not in ("", "null"):
        raise ValueError("not null")


_READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _whole,
    "number": _number,
    "boolean": _boolean,
    "null": _null,
}


def _is_number(value: Any) -> bool:
    # To Python a bool is an int, to JSON schema it is not.
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "string")


def _article(kind: str) -> str:
    words = _WORDS.get(kind, kind)
    return (
        words if kind in ("string", "boolean", "null") else f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
    )
