"""The order of names is that of their kind, and stable while they arrive: a row of a menu stays where it
is."""

from __future__ import annotations

import pytest

from tests.support.name_server import Asker, Clock, Server


@pytest.mark.parametrize("searches", [["149"], ["1", "14", "149"], ["149", "14", "1"], ["98", "149", "00"]])
@pytest.mark.parametrize("kind", ["variable", "dag", "pool", "connection"])
def test_searched_names_stand_in_their_order(
    server: Server, clock: Clock, kind: str, searches: list[str]
) -> None:
    server.keys = [f"{number:05}" for number in range(1500)]
    ask = Asker(server, kind)
    before: list[str] = []
    for prefix in searches:
        ask(prefix)
        names = [name for name in ask.settled(prefix) if name.isdecimal()]
        assert names == sorted(names)
        assert [name for name in names if name in before] == before
        before = names
    assert {"00149", "01149", "01490"} <= set(before)


def test_older_runs_stand_behind_the_newer(server: Server, clock: Clock) -> None:
    """Runs come newest first: what a search adds is older than the first pages."""
    server.keys = [f"etl{number:05}" for number in range(1500, 0, -1)]
    ask = Asker(server, "run", dag="etl")
    ask("00149")
    names = [name for name in ask.settled("00149") if name != "latest"]
    assert names[:3] == ["etl01500", "etl01499", "etl01498"]
    assert names == sorted(names, reverse=True)
