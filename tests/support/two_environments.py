"""Two environments at one stub, `dev` and `prod`, for tests of what is asked before a change."""

from __future__ import annotations

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply

BODY = {
    "key": "k", "name": "p", "value": "v", "connection_id": "c", "dag_id": "etl", "id": 7, "username": "ann",
}  # fmt: skip
SENDING = ("POST", "PUT", "PATCH", "DELETE")


def changed(stub: Stub) -> list[str]:
    """What was sent that changes something."""
    return [f"{it.method} {it.path}" for it in stub.requests if it.method in SENDING]


def answers(request: Request) -> Reply:
    if request.path.endswith("/variables") and request.method == "GET":
        return reply({"variables": [{"key": "k"}, {"key": "other"}], "total_entries": 2})
    done = {"success": ["k", "new"], "errors": []}
    return reply({**BODY, "create": done, "update": done})


def two_environments(program: Program, stub: Stub) -> Program:
    """The program with `dev`, which is in use, and `prod`, at two addresses of the stub."""
    stub.answer = answers
    base = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for name, url in (("dev", f"{stub.url}/dev"), ("prod", f"{stub.url}/prod")):
        assert base("auth", "login", "-e", name, "--url", url, "--method", "none").code == 0
    base("env", "use", "dev")
    stub.requests.clear()
    return base
