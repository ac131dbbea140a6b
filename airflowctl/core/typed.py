"""NamedTuple and TYPE_CHECKING as in typing, which alone would take a fifth of a short command's start."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, NamedTuple
else:

    class _Declared(type):
        """Turns a class body with annotated fields, defaults and methods into a named tuple."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            fields = list(body.get("__annotations__", ()))
            if not bases:
                return super().__new__(cls, name, bases, body)
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in fields and key not in ("__annotations__", "__module__", "__qualname__"):
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Declared):
        """The base to derive from, as from typing.NamedTuple; type checkers see that one."""


def fields_among(values: Any, names: list[str]) -> list[str]:
    """Return the fields of a named tuple in the order of some names, the others after them."""
    # One with a default may be a parameter of another command that takes the same tuple.
    fields = [field for field in values._fields if field in names or field not in values._field_defaults]
    return sorted(fields, key=lambda field: names.index(field) if field in names else len(names))


__all__ = ["TYPE_CHECKING", "NamedTuple", "fields_among"]
