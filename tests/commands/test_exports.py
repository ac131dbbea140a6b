"""Exports on a server whose answers are known: files are whole or untouched, and what is masked is named."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

CONNECTION = {
    "connection_id": "shop", "conn_type": "postgres", "host": "db", "login": None, "schema": None,
    "port": 5432, "password": "***", "extra": '{"api_key": "***", "x": 1}', "description": "the shop",
    "team_name": "blue",
}  # fmt: skip
PLAIN = {**CONNECTION, "connection_id": "plain", "password": None, "extra": None, "team_name": None}
ITEMS: dict[str, list[dict[str, Any]]] = {
    "variables": [
        {"key": "limit", "value": "100", "description": "rows a run", "team_name": None},
        {"key": "note", "value": "call *** please", "description": None, "team_name": None},
        {"key": "text", "value": "x=y", "description": None, "team_name": "blue"},
    ],
    "connections": [PLAIN, CONNECTION],
    "pools": [{"name": "p", "slots": 3, "description": "d", "include_deferred": True, "team_name": "blue"}],
}


def answer(request: Request) -> Reply:
    noun = request.path.rpartition("/")[2]
    if noun not in ITEMS:
        return lets_in(request)
    return reply({noun: ITEMS[noun], "total_entries": len(ITEMS[noun])})


@pytest.fixture
def server(online: Program, stub: Stub) -> Program:
    stub.answer = answer
    return online


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """A file that is there already, which every failure has to leave alone, and nothing beside it."""
    file = tmp_path / "files" / "old.json"
    file.parent.mkdir()
    file.write_text("precious")
    file.chmod(0o644)
    yield file
    assert file.read_text() == "precious"
    assert os.listdir(file.parent) == ["old.json"]


NOUNS = tuple(ITEMS)


@pytest.mark.parametrize("noun", NOUNS)
def test_an_export_is_for_its_user_only_and_replaces_a_file(
    noun: str, server: Program, tmp_path: Path
) -> None:
    file = tmp_path / "new.json"
    for _ in range(2):
        done = server(noun, "export", str(file))
        assert (done.code, done.out) == (0, f"exported {len(ITEMS[noun])} {noun} to {file}\n")
        assert file.stat().st_mode & 0o777 == 0o600
        assert set(json.loads(file.read_text())) == {
            item.get("key") or item.get("connection_id") or item["name"] for item in ITEMS[noun]
        }
        file.chmod(0o644)  # an export that is there from before
    assert list(tmp_path.glob("*.new")) == []


LIMITED = (
    "import resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))\n"
    "from airflowctl.main import main\n"
    "sys.exit(main())\n"
)


@pytest.mark.parametrize("line", [*(f"{noun} export {{}}" for noun in NOUNS), "variables list > {}"])
def test_a_file_stays_when_the_disk_is_full(line: str, server: Program, old: Path) -> None:
    words = line.format(old)
    argv, stdin = ([], words) if ">" in line else (words.split(), "")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *argv],
        env={**server.process_environ, "PYTHONDONTWRITEBYTECODE": "1"},
        input=stdin, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert f"cannot write {old}: File too large" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--masked", "fail"], 1, "masks note"),
        (["nosuch"], 1, "there are no variables nosuch"),
        (["--file-format", "nosuch"], 2, "nosuch"),
    ],
)
def test_a_refused_export_leaves_the_file(
    options: list[str], code: int, words: str, server: Program, old: Path
) -> None:
    done = server("variables", "export", str(old), *options)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_a_file_stays_when_the_server_fails(server: Program, stub: Stub, old: Path) -> None:
    stub.answer = lambda request: reply({"detail": "no"}, 500)
    for noun in NOUNS:
        assert server(noun, "export", str(old)).code == 1


def test_what_is_masked_is_named_once(server: Program, tmp_path: Path) -> None:
    file = tmp_path / "c.json"
    done = server("connections", "export", str(file), "-o", "json")
    assert (done.code, done.json["masked"]) == (0, ["shop"])
    assert [line for line in done.err.splitlines() if "warning" in line] == [
        "warning: the server masks secrets: *** stands for them in shop (password, extra)"
    ]
    done = server("variables", "export", str(file))
    assert done.code == 0
    assert "in note\n" in done.err
    assert json.loads(file.read_text())["note"] == "call *** please"


def test_masked_values_are_left_out(server: Program, tmp_path: Path) -> None:
    file, secrets = tmp_path / "c.json", tmp_path / "secrets.json"
    line = ("--masked", "omit", "--secrets-template", str(secrets))
    assert server("connections", "export", str(file), *line).code == 0
    shop = json.loads(file.read_text())["shop"]
    assert {"password", "extra"} & set(shop) == set()
    assert shop["team_name"] == "blue"
    assert set(json.loads(secrets.read_text())) == {"shop"}
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert server("variables", "export", str(file), *line).code == 0
    assert "***" not in file.read_text()
    assert set(json.loads(file.read_text())) == {"limit", "text"}
    assert json.loads(secrets.read_text()) == {"note": "call *** please"}


def test_some_are_exported(server: Program, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "v.json"
    assert server("variables", "export", str(file), "text", "limit", "--pattern", "t").code == 0
    assert list(json.loads(file.read_text())) == ["limit", "text"]
    assert stub.requests[-1].query["variable_key_pattern"] == ["t"]
    assert server("pools", "export", str(file), "p").code == 0
    assert json.loads(file.read_text())["p"]["team_name"] == "blue"


@pytest.mark.parametrize("ending", ["toml", "csv", "ini", "xml"])
def test_a_file_is_not_given_the_ending_of_another_format(
    ending: str, server: Program, tmp_path: Path
) -> None:
    file = tmp_path / f"x.{ending}"
    done = server("variables", "export", str(file))
    assert (done.code, file.exists()) == (2, False)
    assert f".{ending}" in done.err
    assert server("variables", "export", str(file), "--file-format", "json").code == 0


def test_what_a_format_cannot_hold_is_said(server: Program, tmp_path: Path) -> None:
    done = server("variables", "export", str(tmp_path / "v.env"))
    assert "cannot hold all of limit (description), text (team_name)" in done.err
    assert "limit=100\n" in (tmp_path / "v.env").read_text()
    done = server("connections", "export", str(tmp_path / "c.env"), "plain")
    assert "cannot hold all of plain (description)" in done.err
    as_json = ("--serialization-format", "json")
    assert server("connections", "export", str(tmp_path / "c.env"), "plain", *as_json).err == ""
    done = server("pools", "export", str(tmp_path / "p.env"))
    assert (done.code, "pools are not written as env" in done.err) == (2, True)


def test_devices_links_and_pipes_are_written_to(server: Program, tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    link.symlink_to(target)
    assert server("pools", "export", str(link)).code == 0
    assert link.is_symlink()
    assert json.loads(target.read_text())["p"]["slots"] == 3
    done = server.process("pools", "export", "/dev/stdout")
    assert done.code == 0
    assert '"slots": 3' in done.out
    assert server("pools", "export", str(tmp_path)).code == 1
    missing = server("pools", "export", str(tmp_path / "nosuch" / "x.json"))
    assert (missing.code, "No such file" in missing.err) == (1, True)


def test_a_redirect_keeps_the_mode_of_a_file(server: Program, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text("old")
    file.chmod(0o640)
    assert server(stdin=f"pools list -o name > {file}\n").code == 0
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("p\n", 0o640)
