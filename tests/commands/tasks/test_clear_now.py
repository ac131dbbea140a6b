"""`tasks clear --now`: what waits for its next try is tried, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

INSTANCES = [
    {"dag_id": "etl", "dag_run_id": "r1", "task_id": "each", "map_index": index, "state": state}
    for index, state in enumerate(("success", "up_for_retry", "failed", "up_for_retry"))
]


def answer(request: Request) -> Reply:
    if request.path.endswith("/clearTaskInstances"):
        chosen = request.json["task_ids"]
        rows = [it for it in INSTANCES if "each" in chosen or [it["task_id"], it["map_index"]] in chosen]
        return reply({"task_instances": rows, "total_entries": len(rows)})
    return reply({"version": "3.3.2"})


def test_only_what_waits_for_its_next_try_is_cleared(online: Program, stub: Stub) -> None:
    stub.answer = answer
    done = online("tasks", "clear", "etl", "--task-id", "each", "--now", "--run-id", "r1", "--yes")
    assert (done.code, done.out) == (0, "cleared 2 task instances of 1 run\n")
    sent = [it.json for it in stub.requests if it.path.endswith("/clearTaskInstances")]
    assert [(it["task_ids"], it["dry_run"]) for it in sent] == [
        (["each"], True),
        ([["each", 1], ["each", 3]], False),
    ]


@pytest.mark.parametrize("word", ["-f", "-r", "--past", "--future"])
def test_what_chooses_by_another_state_or_run_is_refused(word: str, online: Program, stub: Stub) -> None:
    done = online("tasks", "clear", "etl", "--task-id", "each", "--now", "--run-id", "r1", word, "--yes")
    assert done.code == 2
    assert "--now chooses the tasks of one run that are between two tries" in done.err
    assert stub.requests == []
