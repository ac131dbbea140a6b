"""What stands in the way of taking a change back, as far as is known without the server."""

from __future__ import annotations

from typing import Any

import pytest

from airflowctl.core.undo import Undo
from airflowctl.undo.entry import MASK, Item, obstacle

VARIABLE = Undo("variable", fields=("value", "description"), required=("value",))
RUN = Undo("run", fields=("state", "note"), accepts={"state": ("success", "failed", "queued")})
OLD, NEW = {"value": "a", "description": "d"}, {"value": "b", "description": "d"}
HIDDEN = {"value": MASK, "description": "d"}
SECRET, MASKED = "its value may be secret", "the server masks its value"


@pytest.mark.parametrize(
    ("before", "after", "fields", "held", "words"),
    [
        (OLD, NEW, ("value",), (), ""),
        (OLD, NEW, ("value",), ("value",), SECRET),
        (OLD, NEW, ("description",), ("value",), ""),  # that field is not written back
        (None, NEW, ("value",), (), ""),
        (None, NEW, (), ("value",), SECRET),
        (None, NEW, ("description",), ("value",), SECRET),
        (OLD, None, (), (), ""),
        (OLD, None, (), ("value",), SECRET),
        (OLD, None, ("description",), ("value",), SECRET),
        (HIDDEN, NEW, ("value",), (), MASKED),
        (HIDDEN, NEW, ("value", "description"), (), ""),  # the other field can be written back
        (HIDDEN, NEW, ("description",), (), ""),
        (HIDDEN, None, (), (), MASKED),
        ({"value": "a", "description": MASK}, None, (), (), ""),  # not needed to create it anew
    ],
)
def test_what_may_be_secret_or_masked_is_in_the_way_only_where_it_is_needed(
    before: Any, after: Any, fields: tuple[str, ...], held: tuple[str, ...], words: str
) -> None:
    found = obstacle(VARIABLE, Item(("k",), before, after, fields, held))
    assert found.startswith(words) if words else found == ""


@pytest.mark.parametrize(
    ("was", "words"),
    [
        ("running", "the state was running, and the API sets only success, failed, queued"),
        (None, "the state was none, and the API sets only success, failed, queued"),
        ("failed", ""),
        ("success", ""),  # nothing has changed
    ],
)
def test_a_state_that_the_api_does_not_set_is_in_the_way(was: str | None, words: str) -> None:
    assert obstacle(RUN, Item(("d", "r"), {"state": was}, {"state": "success"}, ("state",))) == words


def test_another_field_may_have_been_anything() -> None:
    item = Item(("d", "r"), {"state": "running", "note": "a"}, {"state": "success", "note": "b"}, ("note",))
    assert obstacle(RUN, item) == ""
