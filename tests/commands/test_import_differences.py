"""An import sends what differs, and says of each thing what became of it."""

from __future__ import annotations

import _thread
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_results import import_results, write_file
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply


class Server:
    """Variables of a server; `before_change` is called with each request that changes some."""

    def __init__(self, **values: str) -> None:
        self.items: dict[str, dict[str, Any]] = {
            key: {"key": key, "value": value, "description": "kept"} for key, value in values.items()
        }
        self.changes: list[Any] = []
        self.before_change = lambda: None

    def __call__(self, request: Request) -> Reply:
        if not request.path.endswith("/variables"):
            return lets_in(request)
        if request.method == "GET":
            items = list(self.items.values())
            begin = int(request.query["offset"][0])
            return reply({"variables": items[begin : begin + 100], "total_entries": len(items)})
        self.changes.append(request.json["actions"][0])
        self.before_change()
        return self._change(request.json["actions"][0])

    def _change(self, action: dict[str, Any]) -> Reply:
        names = [entity["key"] for entity in action["entities"]]
        there = {name for name in names if name in self.items}
        wrong = there if action["action"] == "create" else set(names) - there
        if wrong and "fail" in action.values():
            error = {"error": f"The variables with these keys: {wrong} ...", "status_code": 409}
            return reply({action["action"]: {"success": [], "errors": [error]}})
        for entity in action["entities"]:
            self.items[entity["key"]] = {**self.items.get(entity["key"], {}), **entity}
        return reply({action["action"]: {"success": names, "errors": []}})


@pytest.fixture
def server(stub: Stub) -> Server:
    stub.answer = server = Server(same="1", old="1")
    return server


def test_only_what_differs_is_sent(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", {"same": 1, "old": 2, "new": {"a": 1}})
    done = online("variables", "import", file, "-o", "json")
    assert (done.code, import_results(done, "key")) == (
        0,
        {"same": "same", "old": "changed", "new": "created"},
    )
    assert {row["key"]: row["fields"] for row in done.json}["old"] == ["value"]
    assert "3 in all: 1 same, 1 changed, 1 created" in done.err
    sent = [entity for action in server.changes for entity in action["entities"]]
    assert sent == [
        {"key": "new", "value": '{\n  "a": 1\n}'},
        {"key": "old", "value": "2", "description": "kept"},
    ]
    server.changes.clear()
    again = online("variables", "import", file, "-o", "json")
    assert set(import_results(again, "key").values()) == {"same"}
    assert server.changes == []


def test_a_replacement_clears_what_is_not_named(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", {"same": 1})
    shown = online("variables", "import", file, "--replace", "--dry-run", "-o", "json")
    assert (shown.code, shown.json[0]["fields"]) == (6, ["description: kept -> (none)"])
    assert online("variables", "import", file, "--replace").code == 0
    assert server.items["same"]["description"] is None


def test_a_dry_run_shows_fields_and_hides_secrets(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", {"same": 1, "old": 2, "api_key": "s3cret-canary"})
    done = online("variables", "import", file, "--dry-run", "-o", "json")
    assert done.code == 6
    assert {row["key"]: (row["result"], row["fields"]) for row in done.json} == {
        "same": ("same", None),
        "old": ("would be changed", ["value: 1 -> 2"]),
        "api_key": ("would be created", ["value: (set)"]),
    }
    assert "s3cret-canary" not in done.out + done.err
    assert server.changes == []
    assert online("variables", "import", write_file(tmp_path, "s.json", {"same": 1}), "--dry-run").code == 0


def test_a_mask_is_refused_by_name(online: Program, server: Server, tmp_path: Path) -> None:
    data = {"old": "call *** please", "new": {"deep": ["***"]}, "good": 1}
    file = write_file(tmp_path, "v.json", data)
    done = online("variables", "import", file)
    assert (done.out, done.code, server.changes) == ("", 2, [])
    assert "v.json:1:2: error: old: value: it holds ***" in done.err
    assert "new: value: it holds ***" in done.err
    some = online("variables", "import", file, "--partial", "--literal-stars", "old", "-o", "json")
    assert some.code == 1
    assert import_results(some, "key") == {"old": "changed", "good": "created", "new": "failed"}
    assert server.items["old"]["value"] == "call *** please"


def test_what_exists_can_refuse_all(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", {"old": 2, "new": 1})
    done = online("variables", "import", file, "-a", "fail", "-o", "json")
    assert (done.code, import_results(done, "key")) == (1, {"old": "failed", "new": "not begun"})
    assert server.changes == []


@pytest.mark.parametrize("item", ["new", "old"])
def test_two_writers_at_once(item: str, online: Program, server: Server, tmp_path: Path) -> None:
    """What another client creates or deletes in between is looked at again; no "already exists"."""

    def interfere() -> None:
        server.before_change = lambda: None
        if item == "new":
            server.items["new"] = {"key": "new", "value": "theirs", "description": "theirs"}
        else:
            del server.items["old"]

    server.before_change = interfere
    done = online("variables", "import", write_file(tmp_path, "v.json", {item: "ours"}), "-o", "json")
    assert done.code == 0, done
    assert server.items[item]["value"] == "ours"
    assert import_results(done, "key") == {item: "changed" if item == "new" else "created"}


@pytest.mark.parametrize(("number", "requests"), [(3, 4), (49, 50), (60, 42)])
def test_few_items_are_read_by_name_from_a_long_list(
    number: int, requests: int, online: Program, server: Server, stub: Stub, tmp_path: Path
) -> None:
    """In as few requests as that takes: the first page says how many pages there are."""
    server.items.update({f"k{index:04}": {"key": f"k{index:04}", "value": "1"} for index in range(5000)})

    def answer(request: Request) -> Reply:
        key = request.path.rpartition("/")[2]
        if request.method != "GET" or key == "variables":
            return server(request)
        return reply(server.items[key]) if key in server.items else reply({"detail": f"no {key}"}, 404)

    stub.answer = answer
    # One is not there, and none is on the first page.
    wanted = {f"k{index:04}": 1 for index in range(4000, 4000 + number - 1)}
    file = write_file(tmp_path, "v.json", {**wanted, "new": 1})
    done = online("variables", "import", file, "-o", "json")
    assert import_results(done, "key") == {**dict.fromkeys(wanted, "same"), "new": "created"}
    assert [request.method for request in stub.requests].count("GET") == requests


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2, "b": 3}', '{"a": NaN, "b": 3}', '{"a": {"x": 1, "x": 2}, "b": 3}']
)
def test_no_part_of_a_damaged_text_is_imported(
    text: str, online: Program, server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "v.json"
    file.write_text(text)
    done = online("variables", "import", str(file), "--partial")
    assert (done.out, done.code, server.changes) == ("", 2, [])
    assert f"{file}:1:" in done.err


def test_an_entry_without_a_name_is_no_silent_loss(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", [{"value": 1}, {"key": "new", "value": 1}])
    done = online("variables", "import", file, "--partial", "-o", "json")
    assert (done.code, import_results(done, "key")) == (1, {"new": "created", "entry 1": "failed"})


def test_many_are_sent_in_parts(online: Program, server: Server, tmp_path: Path) -> None:
    file = write_file(tmp_path, "v.json", {f"k{number}": number for number in range(5000)})
    done = online("variables", "import", file, "-o", "json")
    assert (done.code, len(server.items)) == (0, 5002)
    assert [len(action["entities"]) for action in server.changes] == [200] * 25


@pytest.mark.parametrize(("status", "code"), [(422, 1), (500, 1), (403, 4)])
def test_a_refusal_in_a_later_part(
    status: int, code: int, online: Program, server: Server, stub: Stub, tmp_path: Path
) -> None:
    def answer(request: Request) -> Reply:
        if request.method == "PATCH" and len(server.changes) == 1:
            return reply({"detail": "no"}, status)
        return server(request)

    stub.answer = answer
    file = write_file(tmp_path, "v.json", {f"k{number}": number for number in range(600)})
    done = online("variables", "import", file, "-o", "json")
    results = [row["result"] for row in done.json]
    assert (done.code, results) == (code, ["created"] * 200 + ["failed"] * 200 + ["not begun"] * 200)
    assert len(server.items) == 202
    stub.answer = server
    again = online("variables", "import", file, "-o", "json")
    assert (again.code, len(server.items)) == (0, 602)
    assert [row["result"] for row in again.json].count("same") == 200


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (422, 1, "nothing was changed"),
        (403, 4, "database is locked"),
        (
            500,
            1,
            "200 may or may not be done, 100 are not begun: the same import again sends what still differs",
        ),
        (503, 3, "200 may or may not be done, 100 are not begun"),
    ],
)
def test_a_refusal_of_the_first_part(
    status: int, code: int, words: str, online: Program, server: Server, stub: Stub, tmp_path: Path
) -> None:
    """As where another client has locked the database."""
    locked = reply({"detail": "database is locked"}, status)
    stub.answer = lambda request: locked if request.method == "PATCH" else server(request)
    done = online(
        "variables", "import", write_file(tmp_path, "v.json", {f"k{number}": 1 for number in range(300)})
    )
    assert (done.out, done.code) == ("", code)
    assert words in done.err


def test_an_interrupted_import_says_how_far_it_came(online: Program, server: Server, tmp_path: Path) -> None:
    def interrupt() -> None:
        if len(server.changes) == 2:
            _thread.interrupt_main()

    server.before_change = interrupt
    file = write_file(tmp_path, "v.json", {f"k{number}": number for number in range(600)})
    done = online("variables", "import", file, "-o", "json")
    results = [row["result"] for row in done.json]
    assert (done.code, results) == (130, ["created"] * 200 + ["failed"] * 200 + ["not begun"] * 200)
    assert "was sent: it may have been done all the same" in done.json[200]["reason"]


def test_a_file_of_what_is_in_the_way_of_nothing(online: Program, server: Server, tmp_path: Path) -> None:
    done = online(
        "variables", "import", write_file(tmp_path, "v.json", {"old": 2, "n": 1}), "-a", "skip", "-o", "json"
    )
    assert import_results(done, "key") == {"old": "skipped", "n": "created"}
    assert json.dumps(server.items["old"]) == '{"key": "old", "value": "1", "description": "kept"}'
