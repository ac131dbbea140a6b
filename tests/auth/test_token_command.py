"""What the program that prints a token gets from a login, and where it runs; without an Airflow."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.program import Program
from tests.support.stub import TOKEN, Stub

WRITES = f"""
import json, os, sys
with open(sys.argv[1], "w") as file:
    json.dump({{"words": sys.argv[2:], "folder": os.getcwd(), "info": os.environ["AIRFLOWCTL_EXEC_INFO"],
               "input": sys.stdin.read(), "leads": os.getpid() == os.getsid(0)}}, file)
print("{TOKEN}")
"""


def run(program: Program, stub: Stub, file: Path, *words: str) -> dict[str, object]:
    line = ("auth", "login", "--url", stub.url, "--method", "command", "--", sys.executable, "-c", WRITES)
    done = program(*line, str(file), *words)
    assert done.code == 0, done
    facts: dict[str, object] = json.loads(file.read_text())
    return facts


@pytest.mark.parametrize("words", [(), ("a",), ("--flag", "two words", "", "*", "ä")])
def test_it_gets_the_words_of_the_line_and_no_more(
    words: tuple[str, ...], program: Program, stub: Stub, tmp_path: Path
) -> None:
    assert run(program, stub, tmp_path / "facts", *words)["words"] == list(words)


def test_it_learns_where_it_is_and_that_there_is_no_user(
    program: Program, stub: Stub, tmp_path: Path
) -> None:
    facts = run(program, stub, tmp_path / "facts")
    spec = {"server": stub.url, "interactive": False}
    assert json.loads(str(facts["info"])) == {
        "apiVersion": "airflowctl/v1", "kind": "ExecInfo", "spec": spec,
    }  # fmt: skip
    assert facts["folder"] == str(tmp_path)  # the home of `program`
    assert facts["input"] == ""
    assert facts["leads"] is True  # a session of its own, so that all that it started ends with it


@pytest.mark.parametrize("home", ["whole", "relative", "missing", "unset"])
def test_it_runs_in_the_home_of_its_user_and_not_in_the_current_folder(
    program: Program, stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    homes = {"whole": str(tmp_path), "relative": ".", "missing": str(tmp_path / "none"), "unset": ""}
    own = program.with_environ(HOME=homes[home])
    prints = f"pwd >{tmp_path}/folder; echo to.ke.n"
    line = ("auth", "login", "--url", stub.url, "--method", "command", "--", "sh", "-c", prints)
    assert own(*line).code == 0
    folder = (tmp_path / "folder").read_text().strip()
    assert folder == (str(tmp_path.resolve()) if home == "whole" else "/")
