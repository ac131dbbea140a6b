"""NamedTuple and TYPE_CHECKING as in typing, which alone would take a fifth of a short command's start."""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, NamedTuple
else:
    from collections import _tuplegetter  # what the fields of its own named tuples are

    class _Declared(type):
        """Turns a class body with annotated fields, defaults and methods into a named tuple.

        It is what collections.namedtuple makes, without the checks of names and the documentation of each
        field, which would be a fifth of the cost."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.pop("__annotations__", ()))
            defaults = {field: body[field] for field in fields if field in body}
            words = ", ".join(fields)
            # With an own function for each class a tuple is made three times as fast as with one for all.
            new = eval(f"lambda _cls, {words}: _new(_cls, ({words},))", {"_new": tuple.__new__})
            new.__defaults__ = tuple(defaults.values())
            getters = {field: _tuplegetter(index, "") for index, field in enumerate(fields)}
            own = {"__slots__": (), "_fields": fields, "__match_args__": fields, "_field_defaults": defaults}
            return type(name, (_Fields,), {"__new__": new, **body, **own, **getters})

    class _Fields(tuple):
        """The methods that a tuple with named fields has."""

        __slots__ = ()

        def _replace(self, /, **values: Any) -> Any:
            result = tuple.__new__(type(self), map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"Got unexpected field names: {list(values)!r}")
            return result

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            shown = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({shown})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    class NamedTuple(metaclass=_Declared):
        """The base to derive from, as from typing.NamedTuple; type checkers see that one."""


def fields_among(values: Any, names: list[str]) -> list[str]:
    """Return the fields of a named tuple in the order of some names, the others after them."""
    # One with a default may be a parameter of another command that takes the same tuple.
    fields = [field for field in values._fields if field in names or field not in values._field_defaults]
    return sorted(fields, key=lambda field: names.index(field) if field in names else len(names))


__all__ = ["TYPE_CHECKING", "NamedTuple", "fields_among"]
