"""How many requests the lines of a batch take: one each for variables that exist, and for many new ones."""

from __future__ import annotations

import pytest

from tests.support.batches import Batch
from tests.support.stub import Reply, Request, Stub, reply


class Variables:
    """Variables as a server keeps them; `before_change` is called with each request that changes one."""

    def __init__(self, *keys: str) -> None:
        self.values = dict.fromkeys(keys, "old")
        self.before_change = lambda: None

    def __call__(self, request: Request) -> Reply:
        key = request.path.rpartition("/")[2]
        if request.method == "GET":
            return reply({"key": key, "value": self.values.get(key), "version": "3.3.2"})
        self.before_change()
        if request.method == "POST":
            key = request.json["key"]
            if key in self.values:
                return reply({"detail": "already exists"}, 409)
        elif key not in self.values:
            return reply({"detail": "not found"}, 404)
        self.values[key] = request.json["value"]
        return reply({"key": key, "value": self.values[key]})


NEW, OLD = [f"new{number}" for number in range(100)], [f"old{number}" for number in range(100)]


@pytest.mark.parametrize(
    ("keys", "requests"),
    [(NEW, 108), (OLD, 100), (OLD + NEW, 208), (NEW + OLD, 209)],
    ids=["new", "existing", "existing first", "new first"],
)
def test_a_variable_is_one_request(batch: Batch, stub: Stub, keys: list[str], requests: int) -> None:
    stub.answer = server = Variables(*OLD)
    done = batch(*(f"variables set {key} v" for key in keys))
    assert (done.code, done.err) == (0, "")
    assert done.lines == [f"{'created' if key in NEW else 'changed'} {key}" for key in keys]
    assert server.values == {**dict.fromkeys(OLD, "old"), **dict.fromkeys(keys, "v")}
    assert len(stub.requests) == requests


def test_lines_outside_of_a_batch_change_first(batch: Batch, stub: Stub) -> None:
    stub.answer = Variables()
    for number in range(2):
        assert batch.program("variables", "set", f"k{number}", "v").out == f"created k{number}\n"
    assert [request.method for request in stub.requests] == ["PATCH", "POST", "PATCH", "POST"]


@pytest.mark.parametrize("is_new", [True, False])
def test_another_client_creates_or_deletes_it_meanwhile(batch: Batch, stub: Stub, is_new: bool) -> None:
    """No "already exists", and no "not found", whoever comes first."""
    stub.answer = server = Variables()

    def interfere() -> None:
        count = len(stub.requests)
        if (is_new and count == 2) or (not is_new and count == 1):
            server.values["k"] = "theirs"
        elif not is_new and count == 2:
            server.values.pop("k", None)

    server.before_change = interfere
    done = batch.program("variables", "set", "k", "ours")
    assert (done.code, server.values) == (0, {"k": "ours"}), done


def test_a_variable_that_comes_and_goes_ends_in_an_error(batch: Batch, stub: Stub) -> None:
    def answer(request: Request) -> Reply:
        return reply({"detail": "no"}, 409 if request.method == "POST" else 404)

    stub.answer = answer
    done = batch.program("variables", "set", "k", "v")
    assert (done.code, len(stub.requests)) == (1, 4)
