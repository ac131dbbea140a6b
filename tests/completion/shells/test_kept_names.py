"""The cache of names on disk: what is kept, for whom, and what is not."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from airflowctl.core.options import Options
from airflowctl.session.name_owner import find_owner
from airflowctl.storage.name_files import KeptNames, NameFiles
from tests.support.other_shells import kept_names
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, lets_in, reply

DAGS = ("etl", "reports", "with\nline", "plain")


def answer(request: Request) -> Reply:
    if request.path.endswith("/dags"):
        rows = [{"dag_id": name, "is_paused": False, "description": "hunter22"} for name in DAGS]
        return reply({"dags": rows, "total_entries": len(rows)})
    if request.path.endswith("/pools"):
        return reply({"pools": [{"name": "etl"}], "total_entries": 1})
    if request.path.endswith("/variables"):
        return reply({"variables": [{"key": "k", "value": "hunter22"}], "total_entries": 1})
    return lets_in(request)


@pytest.fixture
def named(online: Program, stub: Stub) -> Program:
    stub.answer = answer
    return online


def complete(program: Program, *words: str) -> list[str]:
    """What zsh is answered: the choices, without what is said of them."""
    done = program.new_process("__complete", "zsh", *words)
    assert done.err == ""
    return [line.partition("\t")[0] for line in done.out.splitlines()[1:]]


def test_the_first_tab_fetches_and_the_next_one_has_the_names(named: Program, home: Path) -> None:
    assert complete(named, "dags", "get", "") == []
    # A line end in a name would be a second name.
    assert set(kept_names(named, "etl", "plain")) == {"etl", "reports", "plain"}
    assert complete(named, "dags", "get", "") == ["etl", "reports", "plain"]
    assert complete(named, "dags", "get", "lai") == ["plain"]  # none begins with it
    for path in (home / "names").rglob("*"):
        mode = stat.S_IMODE(os.stat(path).st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


def test_names_are_kept_and_nothing_else(named: Program, home: Path) -> None:
    named("completion", "names", "on")
    named("dags", "list", "-o", "json")
    named("variables", "list", "-o", "json")
    kept_names(named, "etl", "k")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert all("hunter22" not in path.read_text() and "t.o.k" not in path.read_text() for path in files)


def test_a_list_that_was_printed_completes(named: Program, stub: Stub) -> None:
    named("completion", "names", "on")
    named("dags", "list")
    stub.requests.clear()
    assert complete(named, "dags", "get", "et") == ["etl"]


def test_without_another_shell_no_names_are_kept(named: Program, home: Path) -> None:
    assert named("dags", "list").code == 0
    assert not (home / "names").exists()


def test_it_can_be_turned_off_and_emptied(named: Program, home: Path) -> None:
    complete(named, "dags", "get", "")
    kept_names(named, "etl")
    assert named("completion", "names", "clear", "-o", "json").json["lists"] == 0
    assert complete(named, "dags", "get", "") == []
    kept_names(named, "etl")
    assert named("completion", "names", "off", "-o", "json").json == {
        "folder": str(home / "names"), "on": False, "lists": 0,
    }  # fmt: skip
    assert complete(named, "dags", "get", "") == []
    named("dags", "list")
    assert named("completion", "names", "-o", "json").json["lists"] == 0
    named("completion", "names", "on")
    named("dags", "list")
    without = named.with_environ(AIRFLOWCTL_NAME_CACHE="0")
    assert without("completion", "names", "-o", "json").json["on"] is False
    assert complete(named, "dags", "get", "et") == ["etl"]
    assert complete(named.with_environ(AIRFLOWCTL_NAME_CACHE="off"), "dags", "get", "et") == []


def test_names_are_those_of_one_server_and_user(named: Program) -> None:
    owners = {
        find_owner(Options(), {**named.environ, **other})
        for other in ({}, {"AIRFLOW_CLI_TOKEN": "o.t.h"}, {"AIRFLOWCTL_URL": "http://other.example.org"})
    }
    assert len(owners) == 3
    named("completion", "names", "on")
    named("dags", "list")
    assert complete(named, "dags", "get", "et") == ["etl"]
    assert complete(named.with_environ(AIRFLOW_CLI_TOKEN="o.t.h"), "dags", "get", "et") == []


def test_a_file_under_the_number_of_another_list_is_not_read(named: Program, home: Path) -> None:
    files = NameFiles(named.environ, "one")
    files.write(("dag",), KeptNames(("etl",), time.time(), is_whole=True))
    (file,) = (home / "names").glob("*/*")
    file.write_text(file.read_text().replace("'one'", "'two'"))
    assert files.read(("dag",)) is None
    file.write_text("no names at all")
    assert files.read(("dag",)) is None


def test_what_a_command_deletes_is_offered_no_more(named: Program, stub: Stub) -> None:
    named("completion", "names", "on")
    named("pools", "list")
    assert complete(named, "pools", "get", "et") == ["etl"]
    assert named("pools", "delete", "etl", "--yes").code == 0
    stub.answer = lambda _: reply({}, 500)
    assert complete(named, "pools", "get", "et") == []


def test_a_dead_server_is_asked_once_in_a_while_and_nothing_waits(nowhere: Program, home: Path) -> None:
    begun = time.monotonic()
    for _ in range(3):
        assert complete(nowhere, "dags", "get", "") == []
    assert time.monotonic() - begun < 15
    assert [path.name for path in (home / "names").glob("*/*")] == ["fetching"]


@pytest.mark.parametrize("word", ["--url", "$DAG"])
def test_no_server_is_asked_for_a_line_that_cannot_be_known(named: Program, stub: Stub, word: str) -> None:
    words = ("dagrun", "get", "$DAG") if word == "$DAG" else ("dags", "get", "--url", stub.url)
    assert complete(named, *words, "") == []
    assert complete(named, "environment", "x") == []
    assert stub.requests == []


def test_a_fault_prints_nothing(named: Program) -> None:
    for argv in ((), ("tcsh", ""), ("bash",), ("bash", ":", "airflowctl a''b"), ("zsh",)):
        done = named.new_process("__complete", *argv)
        assert (done.out, done.err, done.code) == ("", "", 1), argv


def test_a_process_that_cannot_fork_starts_another(named: Program, stub: Stub) -> None:
    owner = find_owner(Options(), named.environ)
    named("completion", "names", "on")
    done = named.new_process("__fetch", owner, "dag", "", "--env=")
    assert (done.out, done.err) == ("", "")
    assert "etl" in kept_names(named, "etl")
