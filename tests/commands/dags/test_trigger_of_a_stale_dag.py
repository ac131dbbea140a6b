"""A Dag that is known, and whose file is gone or broken: what its trigger says."""

from __future__ import annotations

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply


def test_the_way_out_is_to_ask_why(program: Program, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        if request.method == "POST":
            return reply({"detail": "Dag with dag_id: 'gone' not found"}, 404)
        return reply(
            {"dag_id": "gone", "is_stale": True, "is_paused": False, "version": "3.3.2", "params": {}}
        )

    stub.answer = answer
    asked = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    done = asked("dags", "trigger", "gone", "--yes")
    assert done.code == 1
    assert "gone is known, but is not in any file that the server reads" in done.err
    assert "airflowctl why gone" in done.err
