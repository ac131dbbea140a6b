"""`dagrun list --backfill`: the runs that are of one backfill, by type, date and time of creation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

WINDOW = {"from_date": "2026-11-02T00:00:00Z", "to_date": "2026-11-04T00:00:00Z", "dag_id": "etl"}
BACKFILLS = [
    {"id": 8, "created_at": "2026-11-20T00:00:00Z", **WINDOW},
    {"id": 7, "created_at": "2026-11-10T00:00:00Z", **WINDOW},
]


def run(day: int, queued: int) -> dict[str, Any]:
    return {
        "dag_id": "etl", "dag_run_id": f"b{day}", "run_type": "backfill", "state": "success",
        "logical_date": f"2026-11-0{day}T00:00:00Z", "queued_at": f"2026-11-{queued}T00:00:01Z",
        "start_date": None, "run_after": f"2026-11-0{day}T00:00:00Z",
    }  # fmt: skip


RUNS = [run(4, 20), run(3, 10), run(2, 10)]


def answer(request: Request) -> Reply:
    path = request.path.removeprefix("/api/v2")
    if path == "/backfills":
        return reply({"backfills": BACKFILLS, "total_entries": 2})
    if path.startswith("/backfills/"):
        found = [it for it in BACKFILLS if str(it["id"]) == path.rpartition("/")[2]]
        return reply(found[0]) if found else reply({"detail": "Backfill not found"}, 404)
    if path.endswith("/dagRuns"):
        return reply({"dag_runs": RUNS, "total_entries": len(RUNS)})
    return reply({"version": "3.3.2"})


@pytest.fixture
def asked(online: Program, stub: Stub) -> Program:
    stub.answer = answer
    return online


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("--backfill", "7"), ["b3", "b2"]),
        (("--backfill", "8"), ["b4"]),
        (("etl", "--backfill", "7", "--limit", "1"), ["b3"]),
    ],
)
def test_the_runs_of_one_backfill_are_listed(
    words: tuple[str, ...], names: list[str], asked: Program
) -> None:
    assert asked("dagrun", "list", *words, "-o", "name").lines == names


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--backfill", "9"), 1, "there is no backfill 9"),
        (("other", "--backfill", "7"), 2, "backfill 7 is of the Dag etl"),
        (("--backfill", "7", "--no-backfill"), 2, "together choose nothing"),
    ],
)
def test_what_chooses_nothing_is_refused(
    words: tuple[str, ...], code: int, says: str, asked: Program
) -> None:
    done = asked("dagrun", "list", *words)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
