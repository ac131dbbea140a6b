"""The named tuples of airflowctl.core.typed are those of typing."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from airflowctl.core import typed


class Ours(typed.NamedTuple):
    """A point with a name."""

    x: int
    y: int = 2
    name: str = "p"

    @property
    def total(self) -> int:
        return self.x + self.y

    def moved(self, by: int) -> Ours:
        return self._replace(x=self.x + by)


class Theirs(typing.NamedTuple):
    """A point with a name."""

    x: int
    y: int = 2
    name: str = "p"

    @property
    def total(self) -> int:
        return self.x + self.y

    def moved(self, by: int) -> Theirs:
        return self._replace(x=self.x + by)


def describe(kind: Any) -> list[object]:
    point = kind(1, name="q")
    return [
        point,
        point.total,
        point.moved(by=3),
        point._asdict(),
        repr(point).partition("(")[2],
        kind._fields,
        kind._field_defaults,
        kind.__match_args__,
        kind.__doc__,
        kind.__module__,
        len(point),
        hash(point),
        {**point._asdict(), "y": 5} == point._replace(y=5)._asdict(),
        [point.x, point.y, point.name] == list(point),
    ]


def test_a_named_tuple_is_as_the_one_of_typing() -> None:
    assert describe(Ours) == describe(Theirs)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_it_is_copied_matched_and_written(kind: Any) -> None:
    point = kind(1)
    for same in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point))):
        assert (same, type(same)) == (point, kind)
    match point:
        case kind(x, y, name="p"):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("it does not match")
    with pytest.raises(AttributeError):
        point.x = 2


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_other_fields_are_refused(kind: Any) -> None:
    for wrong in ((), (1, 2, "p", 4)):
        with pytest.raises(TypeError):
            kind(*wrong)
    with pytest.raises(TypeError):
        kind(1, z=2)
    with pytest.raises((TypeError, ValueError)):
        kind(1)._replace(z=2)
