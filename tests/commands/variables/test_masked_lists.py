"""`variables list` as data warns of the server's masks, as `variables get` does."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Stub, reply

ITEMS = [{"key": "a", "value": "1"}, {"key": "pw", "value": "***"}, {"key": "b", "value": "call *** please"}]
NOTE = "the server masks the values of pw, b: *** is not what Dags read\n"


@pytest.mark.parametrize(
    ("options", "note"),
    [
        (("-o", "json"), NOTE),
        (("-o", "jsonl"), NOTE),
        (("-o", "yaml"), NOTE),
        (("-o", "table"), ""),
        ((), ""),
    ],
)
def test_a_list_as_data_names_what_is_masked(
    options: tuple[str, ...], note: str, online: Program, stub: Stub
) -> None:
    stub.answer = lambda request: reply({"variables": ITEMS, "total_entries": len(ITEMS)})
    done = online("variables", "list", *options)
    assert (done.code, done.err) == (0, note)
    assert online("variables", "list", "--hide-sensitive", *options).err == ""
