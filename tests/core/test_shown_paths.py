"""The path of a request in a message shows ids as a user types them, and is still one path only."""

from __future__ import annotations

import pytest

from airflowctl.core.url import fill, show_path
from tests.support.program import Program
from tests.support.stub import Stub, reply

RUN_ID = "manual__2026-11-29T10:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (RUN_ID, RUN_ID),
        ("a b@c", "a%20b@c"),
        ("é", "%C3%A9"),
        ("100%", "100%25"),
        ("a\nb", "a%0Ab"),
        ("%2F", "%252F"),
        ("a?b#c", "a%3Fb%23c"),
        ("%3A", "%253A"),
    ],
)
def test_a_path_is_shown_decoded(value: str, shown: str) -> None:
    assert show_path(fill("/pools/{pool_name}", {"pool_name": value})) == f"/pools/{shown}"


@pytest.mark.parametrize("status", [500, 403, 200])
def test_an_error_has_the_id_as_it_was_typed(online: Program, stub: Stub, status: int) -> None:
    stub.answer = lambda _: reply("<html>" if status == 200 else {"detail": "Forbidden"}, status)
    done = online("dagrun", "get", "etl", RUN_ID)
    assert done.code != 0
    assert f"/dagRuns/{RUN_ID}" in done.err
    assert "%3A" not in done.err
