"""What a form asks for: fields with their types, and from a text typed there to a value and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from airflowctl.core.typed import TYPE_CHECKING, NamedTuple
from airflowctl.core.values import json_value, whole_number

if TYPE_CHECKING:
    from typing import Any

TEXT, WHOLE, NUMBER, YES_NO, JSON = "text", "whole number", "number", "true or false", "JSON"
_KINDS = {"string": TEXT, "integer": WHOLE, "number": NUMBER, "boolean": YES_NO}


class Field(NamedTuple):
    """`choices` are the texts it may have, if they are counted; `may_lack`: nothing typed is null."""

    name: str
    kind: str = TEXT
    about: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    may_lack: bool = False

    def value(self, text: str) -> Any:
        """Raises ValueError with words for a person."""
        if text == "" and self.may_lack:
            return None
        if self.choices and text not in self.choices:
            raise ValueError(f"one of {', '.join(self.choices)}")
        if self.kind == TEXT:
            return text
        if text.strip() == "":
            raise ValueError(f"needs {_article(self.kind)}")
        if self.kind == WHOLE:
            sign = "-" if text.strip().startswith("-") else ""
            return int(sign + str(whole_number(text.strip().removeprefix("-"))))
        found = json_value(text)
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        if (self.kind == NUMBER and not is_number) or (self.kind == YES_NO and not isinstance(found, bool)):
            raise ValueError(f"not {_article(self.kind)}")
        return found


def fields(params: Mapping[str, Any], given: Mapping[str, Any]) -> list[Field]:
    """The fields for the params of a Dag, as the server tells of them, with what is `given` already."""
    known = [
        _field(name, param if isinstance(param, Mapping) else {"value": param})
        for name, param in params.items()
    ]
    found = [it._replace(text=_text(it, given[it.name])) if it.name in given else it for it in known]
    more = (name for name in given if name not in params)
    return [*found, *(Field(name, JSON, "not a param of the Dag", _json(given[name])) for name in more)]


def changed(fields: Sequence[Field], texts: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are not as they are by default: those the server has to be told. Raises ValueError."""
    found = {}
    for field, text in zip(fields, texts, strict=True):
        if text != field.text or field.name in given:
            found[field.name] = field.value(text)
    return found


def _field(name: str, param: Mapping[str, Any]) -> Field:
    schema, value = param.get("schema") or {}, param.get("value")
    types = schema.get("type", _type_of(value))
    types = [types] if isinstance(types, str) else list(types or [])
    may_lack = "null" in types
    kinds = {_KINDS.get(it, JSON) for it in types if it != "null"}
    kind = kinds.pop() if len(kinds) == 1 else JSON
    field = Field(name, kind, str(param.get("description") or schema.get("title") or ""), may_lack=may_lack)
    choices = schema.get("enum") if isinstance(schema.get("enum"), list) else None
    if choices is None and kind == YES_NO:
        choices = [True, False]
    texts = tuple(_text(field, it) for it in choices or () if it is not None)
    return field._replace(choices=texts, text=_text(field, value))


def _type_of(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return kinds.get(type(value), "object")


def _text(field: Field, value: Any) -> str:
    if value is None and (field.may_lack or field.kind == TEXT):
        return ""
    return value if isinstance(value, str) and field.kind == TEXT else _json(value)


def _json(value: Any) -> str:
    import json

    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _article(kind: str) -> str:
    return kind if kind in (JSON, YES_NO) else f"a {kind}"
