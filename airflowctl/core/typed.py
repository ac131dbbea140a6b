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


__all__ = ["TYPE_CHECKING", "NamedTuple"]
