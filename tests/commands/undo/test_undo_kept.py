"""What is kept of a change, and where: no secret on the disk, none lost between two shells."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from airflowctl.api.client import Client
from airflowctl.core.undo import KINDS, POOL, RAW
from airflowctl.session import registry
from airflowctl.undo.entry import Entry, Item
from airflowctl.undo.journal import MOST, Journal
from airflowctl.undo.reversal import CREATE, DELETE, UPDATE, Step, take_back
from tests.support.program import Program
from tests.support.screen import Screen
from tests.support.shell_driver import Shell
from tests.support.stub import Stub, lets_in

CHANGING = {op for kind in KINDS.values() for op in kind.changes}


def on_disk(program: Program) -> str:
    """All that was written below the home, but the environments and the history's names."""
    folder = Path(program.environ["AIRFLOWCTL_HOME"])
    return "\n".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


# Declarations


def test_every_command_that_changes_such_a_thing_declares_it() -> None:
    changing = [command for command in registry.all_commands() if CHANGING & {command.op, *command.uses}]
    lacking = [
        command.line
        for command in changing
        if command.words[0] != "undo"
        and (not command.undo or not CHANGING & set(command.undo.changes))
        and "delete" not in command.words  # of runs: a deletion of one is not taken back
    ]
    assert len(changing) > 20
    assert lacking == []


def test_every_clear_and_raw_request_is_declared() -> None:
    clears = [c for c in registry.all_commands() if "clear" in c.words[-1] and c.invalidates == ("run",)]
    assert clears
    assert all(command.undo and command.undo.why_not for command in clears)
    assert registry.commands("api")["api",].undo is RAW


# The file


@pytest.mark.parametrize(
    ("path", "body", "line"),
    [
        ("variables", {"key": "NAME", "value": "postgresql://me:CANARY@db/x"}, "variables set NAME other"),
        ("variables", {"key": "NAME", "value": "other"}, "variables set NAME postgresql://me:CANARY@db/x"),
        ("variables", {"key": "NAME", "value": '{"pwd": "CANARY"}'}, "variables set NAME 1"),
        ("variables", {"key": "NAME", "value": "1"}, """variables set NAME '{"pwd": "CANARY"}'"""),
        ("variables", {"key": "NAME_pwd", "value": "CANARY"}, "variables set NAME_pwd other"),
        ("variables", {"key": "NAME_pwd", "value": "CANARY"}, "variables delete NAME_pwd"),
        ("variables", {"key": "NAME", "value": "1", "description": "password=CANARY"},
         "variables delete NAME"),
        ("pools", {"name": "NAME", "slots": 1, "description": "password=CANARY"}, "pools delete NAME"),
        ("connections", {"connection_id": "NAME", "conn_type": "http", "extra": '{"x": "CANARY"}'},
         "connections delete NAME"),
        ("connections", {"connection_id": "NAME", "conn_type": "http", "extra": '{"x": "CANARY"}'},
         """connections update NAME --conn-extra '{"x": 1}'"""),
        ("connections", {"connection_id": "NAME", "conn_type": "http", "host": "https://me:CANARY@h"},
         "connections update NAME --conn-host h"),
        ("connections", {"connection_id": "NAME", "conn_type": "http"},
         "connections update NAME --conn-password CANARY"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)  # fmt: skip
def test_no_secret_reaches_the_disk(
    path: str, body: dict[str, Any], line: str, ctl: Program, api: httpx.Client, unique: str
) -> None:
    canary = f"s3cret-{unique[::-1]}"

    def named(text: str) -> str:
        return text.replace("NAME", unique).replace("CANARY", canary)

    api.post(f"/{path}", json=json.loads(named(json.dumps(body)))).raise_for_status()
    with Shell(ctl) as shell:
        assert shell.run(f"{named(line)} --yes").code == 0
        kept = on_disk(ctl)
        assert unique in kept
        assert canary not in kept
        shown = shell.run("undo --dry-run")
    assert canary not in shown.out + shown.err
    assert canary not in on_disk(ctl)


def test_what_is_not_on_the_disk_comes_back_in_the_same_shell_only(
    ctl: Program, api: httpx.Client, unique: str
) -> None:
    key = f"{unique}_pwd"
    api.post("/variables", json={"key": key, "value": "s3cret-horse"}).raise_for_status()
    with Shell(ctl) as shell:
        assert shell.run(f"variables set {key} other").code == 0
        elsewhere = ctl("undo", answers="y\n")
        assert (elsewhere.out, elsewhere.code) == ("", 1)
        assert "was kept only in the shell that changed it" in elsewhere.err
        done = shell.run("undo --yes")
    assert f"variable {key}: value: (set) -> (set)" in done.err
    assert api.get(f"/variables/{key}").json()["value"] == "s3cret-horse"


def test_the_file_is_private(ctl: Program, unique: str) -> None:
    assert ctl("variables", "set", unique, "1", answers="").code == 0
    file = Path(ctl.environ["AIRFLOWCTL_HOME"]) / "undo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_file_is_named_and_does_not_hinder_a_change(ctl: Program, unique: str) -> None:
    file = Path(ctl.environ["AIRFLOWCTL_HOME"]) / "undo.json"
    file.parent.mkdir(exist_ok=True)
    for content in ("{", "[]", '{"last": 1, "entries": [{}]}', '{"last": 1, "entries": 3}', "\xff"):
        file.write_text(content)
        file.chmod(0o600)
        done = ctl("undo", answers="y\n")
        assert (done.out, done.code) == ("", 1)
        assert f"{file} is damaged" in " ".join(done.err.split())
    assert ctl("variables", "set", unique, "1", answers="").code == 0
    assert len(ctl("undo", "list", "-o", "json").json) == 1


def _entry(name: str) -> Entry:
    item = Item((name,), {"slots": 1}, {"slots": 2}, ("slots",))
    return Entry(0, 0.0, "e", "http://h", "", "pools update", "pool", (item,))


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    environ = {"AIRFLOWCTL_HOME": str(tmp_path)}
    each = MOST // 4

    def write(writer: int) -> None:
        journal = Journal(environ)
        for number in range(each):
            journal.add(_entry(f"{writer}_{number}"), lambda item, field: True)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    entries = Journal(environ).entries()
    assert len({entry.items[0].key for entry in entries}) == 4 * each
    assert [entry.number for entry in entries] == list(range(4 * each, 0, -1))


def test_only_so_many_changes_are_kept(tmp_path: Path) -> None:
    journal = Journal({"AIRFLOWCTL_HOME": str(tmp_path)})
    for number in range(MOST + 3):
        journal.add(_entry(str(number)), lambda item, field: True)
    assert [entry.number for entry in journal.entries()] == list(range(MOST + 3, 3, -1))


@pytest.mark.parametrize(
    ("action", "sent"),
    [
        (UPDATE, ("PATCH", "/api/v2/pools/p", {"pool": "p", "slots": 3, "include_deferred": False})),
        (CREATE, ("POST", "/api/v2/pools", {"name": "p", "slots": 3})),
        (DELETE, ("DELETE", "/api/v2/pools/p", None)),
    ],
)
def test_a_step_back_is_the_request_of_its_action(
    stub: Stub, action: str, sent: tuple[str, str, object]
) -> None:
    stub.answer = lets_in
    now = {"slots": 1, "include_deferred": False}
    step = Step(Item(("p",), {}, {}, ("slots",)), action, now, {"slots": 3})
    take_back(Client(stub.url), POOL, step)
    [request] = stub.requests
    body = request.json if request.body else None
    assert (request.method, request.path, body) == sent


# A person at a terminal


def test_the_shell_asks_before_it_takes_back(ctl: Program, api: httpx.Client, unique: str) -> None:
    api.post("/pools", json={"name": unique, "slots": 3}).raise_for_status()
    with Screen(ctl, columns=100) as screen:
        screen.prompt()
        screen.type(f"pools update {unique} --slots 9\r")
        screen.until(rf"{unique}.* 9")
        screen.prompt()
        screen.type("undo\r")
        screen.until(rf"pool {unique}: slots: 9 -> 3", r"\[y/N\]")
        assert api.get(f"/pools/{unique}").json()["slots"] == 9
        screen.type("y\r")
        screen.until("as before")
        screen.prompt()
        assert api.get(f"/pools/{unique}").json()["slots"] == 3
        screen.type("exit\r")
        assert screen.end() == os.EX_OK
