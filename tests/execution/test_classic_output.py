"""Classic mode: the output of the classic command, and no more questions than it asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflowctl.core.formats import CLASSIC_FORMATS
from airflowctl.output.formats import load_classic_format
from airflowctl.session import registry
from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.two_environments import changed

COMMANDS = [command for command in registry.all_commands() if command.classic]
POOLS = [
    {"name": "default_pool", "slots": 128, "description": None, "include_deferred": False, "team_name": None},
    {"name": "small", "slots": 3, "description": "some", "include_deferred": True, "team_name": None},
]


def answers(request: Request) -> Reply:
    if request.path.endswith("/pools") and request.method == "GET":
        return reply({"pools": POOLS, "total_entries": 2})
    if request.path.endswith("/version"):
        return reply({"version": "3.3.2", "git_version": None})
    if request.path.endswith("/variables") and request.method == "GET":
        row = {"key": "k", "value": "v", "description": "what", "is_encrypted": True}
        return reply({"variables": [row], "total_entries": 1})
    return reply(
        {
            **POOLS[1],
            "create": {"success": ["small"], "errors": []},
            "update": {"success": ["k"], "errors": []},
        }
    )


@pytest.fixture
def classic(online: Program, stub: Stub) -> Program:
    stub.answer = answers
    return online.with_environ(AIRFLOWCTL_CLASSIC="1")


TABLE = """\
pool         | slots | description | include_deferred | team_name
=============+=======+=============+==================+==========
default_pool | 128   | None        | False            | None     
small        | 3     | some        | True             | None     
                                                                 
"""
PLAIN = """\
pool            slots  description    include_deferred    team_name
default_pool      128                 False
small               3  some           True
"""


def test_a_list_in_each_format(classic: Program) -> None:
    assert classic("pools", "list").out == classic("pools", "list", "-o", "table").out == TABLE
    assert classic("pools", "list", "-o", "plain").out == PLAIN
    rows = json.loads(classic("pools", "list", "-o", "json").out)
    assert rows[1] == {
        "pool": "small", "slots": "3", "description": "some", "include_deferred": "True", "team_name": None,
    }  # fmt: skip
    assert classic("pools", "list", "-o", "yaml").out.startswith(
        "- description: null\n  include_deferred: 'F"
    )
    assert classic("pools", "get", "small", "-o", "json").json == rows[1:]


def test_the_option_and_the_variable_mean_the_same(classic: Program, online: Program) -> None:
    assert online("--classic", "pools", "list").out == classic("pools", "list").out
    assert online("pools", "list").out != classic("pools", "list").out
    off = classic.with_environ(AIRFLOWCTL_CLASSIC="0")
    assert off("pools", "list").out == online("pools", "list").out


@pytest.mark.parametrize("value", ["3", "maybe"])
def test_a_variable_that_is_neither_on_nor_off_is_refused(value: str, classic: Program, stub: Stub) -> None:
    done = classic.with_environ(AIRFLOWCTL_CLASSIC=value)("pools", "list")
    assert (done.code, stub.requests) == (2, [])
    assert "AIRFLOWCTL_CLASSIC" in done.err


def test_2_wants_the_columns_of_airflow_2(classic: Program, stub: Stub) -> None:
    of_2 = classic.with_environ(AIRFLOWCTL_CLASSIC="2")
    assert of_2("pools", "list", "-o", "plain").out.splitlines()[0].split() == [
        "pool", "slots", "description", "include_deferred",
    ]  # fmt: skip
    assert of_2("--classic", "pools", "list").out == of_2("pools", "list").out
    error = {
        "import_error_id": 1,
        "timestamp": None,
        "filename": "f.py",
        "bundle_name": "b",
        "stack_trace": "t",
    }
    stub.answer = lambda request: reply({"import_errors": [error], "total_entries": 1})
    done = of_2("dags", "list-import-errors", "-o", "json")
    assert (done.json, done.code) == ([{"filepath": "f.py", "error": "t"}], 1)
    assert of_2.new_process("dags", "list-import-errors", "-o", "json").out == done.out


@pytest.mark.parametrize("name", ["tsv", "wide", "jsonl", "name"])
def test_other_formats_are_refused_before_anything_is_sent(name: str, classic: Program, stub: Stub) -> None:
    done = classic("pools", "set", "small", "3", "some", "-o", name)
    assert (done.code, done.out, stub.requests) == (2, "", [])
    assert "there are: table, json, yaml, plain" in done.err


def test_words_and_the_version_are_those_of_the_classic_command(classic: Program) -> None:
    done = classic("pools", "set", "small", "3", "some")
    assert done.out == "Pool small created\n", done
    assert classic("version").out == "3.3.2\n"


def test_a_command_that_the_classic_one_has_not_prints_as_ever(classic: Program, online: Program) -> None:
    line = ("pools", "update", "small", "--slots", "4", "-o", "jsonl")
    assert classic(*line).out == online(*line).out != ""


def test_nothing_is_said_as_the_classic_command_says_it(classic: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"pools": [], "total_entries": 0})
    shown = {name: classic("pools", "list", "-o", name).out for name in CLASSIC_FORMATS}
    assert shown == {
        "table": "No data found\n", "plain": "No data found\n", "json": "[]\n", "yaml": "[]\n\n",
    }  # fmt: skip


# Questions, and what is written.


def test_an_import_clears_what_the_file_does_not_name(classic: Program, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "v.json"
    file.write_text('{"k": "v"}')
    assert classic("variables", "import", str(file)).out == "1 of 1 variables successfully updated.\n"
    (sent,) = [request for request in stub.requests if request.method == "PATCH"]
    assert json.loads(sent.body)["actions"][0]["entities"][0]["description"] is None


def test_an_import_never_writes_a_mask(classic: Program, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "v.json"
    file.write_text('{"k": "call *** please"}')
    done = classic("variables", "import", str(file))
    assert (done.code, changed(stub)) == (1, []) or (done.code, changed(stub)) == (2, [])
    assert "***" in done.err


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [("y\n", 0, "Removed all record(s)\n"), ("n\n", 0, "Cancelled\n"), ("", 1, "")],
)
def test_a_pipe_answers_the_question(
    typed: str, code: int, words: str, classic: Program, online: Program, stub: Stub
) -> None:
    """A no is exit code 0, as that of the classic command; that there is no answer is 1."""
    stub.answer = lambda request: reply({"dag_id": "etl", "dags": []})
    done = classic("dags", "delete", "etl", stdin=typed)
    assert (done.code, changed(stub)) == (code, ["DELETE /api/v2/dags/etl"] if "y" in typed else [])
    assert done.out == words
    stub.requests.clear()
    assert (online("dags", "delete", "etl", stdin=typed).code, changed(stub)) == (2, [])


def test_what_comes_after_the_parser_is_exit_code_1(classic: Program, online: Program, stub: Stub) -> None:
    line = ("jobs", "check", "--limit", "1", "--allow-multiple")
    assert (classic(*line).code, online(*line).code, stub.requests) == (1, 2, [])
    assert classic("jobs", "check", "--nosuch").code == 2


def test_a_description_that_is_not_named_is_cleared(classic: Program, online: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"key": "k", "value": "v", "description": "what"})
    assert classic("variables", "set", "k", "v").out == "Variable k created\n"
    assert [json.loads(request.body).get("description", "kept") for request in stub.requests] == [
        "kept",
        None,
    ]
    stub.requests.clear()
    assert online("variables", "set", "k", "v").code == 0
    assert len(stub.requests) == 1


def test_production_asks_nothing_more(places: Program, stub: Stub) -> None:
    line = ("variables", "delete", "k", "-e", "prod")
    assert places(*line).code == 2
    done = places("--classic", *line)
    assert (done.code, done.out) == (0, "Variable k deleted\n")


# The declarations.


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.line)
def test_what_a_command_names_is_there(command: object) -> None:
    module, _, name = str(command.classic).partition(":")  # type: ignore[attr-defined]
    file = ROOT / "airflowctl" / "domain" / "classic" / f"{module}.py"
    assert f"\ndef {name}(session: Session, values: Values, run: Run)" in file.read_text(encoding="utf-8")


def test_each_function_is_named_by_a_command() -> None:
    named = {command.classic for command in COMMANDS}
    files = (ROOT / "airflowctl" / "domain" / "classic").glob("classic_*.py")
    defined = {
        f"{file.stem}:{line.removeprefix('def ').partition('(')[0]}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("def ") and "values: Values, run: Run)" in line and not line.startswith("def _")
    }
    assert defined == named


def test_a_format_of_the_classic_command_loads() -> None:
    for name in CLASSIC_FORMATS:
        assert load_classic_format(name) is load_classic_format(name)


# The note on what the classic command would print.

NOTE = "prints columns and words of airflowctl; --classic prints those of the classic airflow"


def without_a_choice(program: Program) -> Program:
    return program.with_environ(AIRFLOWCTL_CLASSIC="")


@pytest.mark.parametrize(
    ("line", "is_noted"),
    [
        ("pools list", True),
        ("pools get small", True),
        ("pools list -o json", False),
        ("pools list --classic", False),
        ("pools list -q", False),
        ("variables list --show-values -o json", True),  # an option that only the classic command has
        ("pools update small --slots 4", False),
        ("dags list-runs etl -o json", True),  # a word of the classic command
    ],
)
def test_a_line_for_the_classic_command_is_noted_once(
    line: str, is_noted: bool, online: Program, stub: Stub
) -> None:
    stub.answer = lambda request: (
        reply({"dag_runs": [], "total_entries": 0}) if "dagRuns" in request.path else answers(request)
    )
    done = without_a_choice(online).process(*line.split())
    assert done.code == 0, done
    assert done.err.count(NOTE) == int(is_noted)
    assert online.process(*line.split()).err.count(NOTE) == 0  # AIRFLOWCTL_CLASSIC=0


def test_a_value_is_not_noted(online: Program, stub: Stub) -> None:
    stub.answer = lambda request: reply({"key": "k", "value": "v", "description": None})
    done = without_a_choice(online).process("variables", "get", "k")
    assert (done.out, done.err) == ("v\n", "")


def test_nothing_is_noted_where_no_pipe_is(online: Program, stub: Stub) -> None:
    stub.answer = answers
    assert NOTE not in without_a_choice(online)("pools", "list").err
