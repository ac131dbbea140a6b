"""`dags list | each ...`: rows flow from a command to one of ours, in the shell and in batches."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.errors import UsageError
from airflowctl.execution.pipeline import parse_commands
from airflowctl.execution.private_lines import may_hold_secret
from airflowctl.execution.row_fields import fill_fields, has_fields
from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply

RUNS = [
    {"dag_id": dag, "dag_run_id": run, "state": "failed", "note": None, "conf": {"rows": 3}, "end_date": None}
    for dag, run in (("etl", "r1"), ("etl", "-r 2"), ("sales", "r3"))
]


@pytest.mark.parametrize(
    ("line", "commands", "program"),
    [
        ("a | pick", ["a", "pick"], ""),
        ("a | pick | tasks clear -d", ["a", "pick", "tasks clear -d"], ""),
        ("a | each b {x} | less", ["a", "each b {x}"], "less"),
        ("a | pick | less", ["a", "pick"], "less"),
        ("a | pick | jq . | pick", ["a", "pick"], "jq . | pick"),
        ("a | tasks clear", ["a"], "tasks clear"),
        ("a | less | pick", ["a"], "less | pick"),
        ("a | each b && c", ["a", "each b"], ""),
        ("a '|' pick", ["a | pick"], ""),
        ("!a | pick", [""], ""),
    ],
)
def test_what_is_ours_after_a_bar(line: str, commands: list[str], program: str) -> None:
    first = parse_commands(line)[0]
    assert [" ".join(entry.tokens) for entry in (first, *first.stages)] == commands
    assert first.pipe == program


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a > f | pick", "goes into a file"),
        ("a |pick", "a blank is missing"),
        ("a | pick |", "no command after '|'"),
        ("| pick", "before '|'"),
    ],
)
def test_a_line_of_stages_with_a_hole(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("|", r"\|")):
        parse_commands(line)


def test_stages_complete_and_are_marked() -> None:
    grammar = Grammar()
    line = "dags list | pick | tasks cl"
    assert "clear" in {choice.text for choice in grammar.slot_at(line).choices}
    assert "pause" in {choice.text for choice in grammar.slot_at("dags list | each dags pa").choices}
    assert "pick" in {choice.text for choice in grammar.slot_at("dags list | pi").choices}
    assert "tasks" in {choice.text for choice in grammar.slot_at("dags list | pick | ta").choices}
    assert [mark.role for mark in grammar.marks("dags list | pick")] == ["command"] * 2 + [
        "plumbing",
        "command",
    ]


def test_a_secret_in_a_stage_is_seen() -> None:
    assert may_hold_secret("dags list | each variables set {dag_id}_password hunter2")
    assert not may_hold_secret("dags list | each variables set {dag_id}_limit 3")


def test_fields_of_a_row_stay_within_their_words() -> None:
    item = {"a": "x y", "b": {"c": 3}, "d": None, "e": "-v", "f": True}
    assert fill_fields(("{a}", "n={b.c}", "{e}", "{f}", '{"a": 1}', "{}"), item, "row 1") == (
        "x y", "n=3", "-v", "true", '{"a": 1}', "{}",
    )  # fmt: skip
    assert not has_fields(('{"a": 1}', "{}", "a", "{1}", "{a b}"))
    with pytest.raises(UsageError, match="row 1 has no field 'aa'"):
        fill_fields(("{aa}",), item, "row 1")
    with pytest.raises(UsageError, match="row 1 has no value in 'd'"):
        fill_fields(("{d}",), item, "row 1")


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    def answer(request: Request) -> Reply:
        path = request.path
        if path.endswith("/clearTaskInstances"):
            run = json.loads(request.body).get("dag_run_id")
            row = {"dag_id": "etl", "dag_run_id": run, "task_id": "t", "map_index": -1, "state": "failed"}
            return reply({"task_instances": [row], "total_entries": 1})
        if path.endswith(("/dagRuns", "/dagRuns/list")):
            return reply({"dag_runs": RUNS, "total_entries": len(RUNS)})
        if request.method == "PATCH" and path.endswith("/r3") and stub_fails:
            return reply({"detail": "no"}, 409)
        if "/dagRuns/" in path:
            return reply({**RUNS[0], "dag_run_id": path.rpartition("/")[2]})
        return lets_in(request)

    stub_fails: list[bool] = []
    stub.fail = stub_fails.append  # type: ignore[attr-defined]
    stub.answer = answer
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


@pytest.fixture
def shell(online: Program) -> Iterator[Shell]:
    with Shell(online, stdin="y\n" * 5) as shell:
        yield shell


def notes(stub: Stub) -> list[tuple[str, Any]]:
    return [
        ("/".join(request.path.split("/")[4:]), json.loads(request.body)["note"])
        for request in stub.requests
        if request.method == "PATCH"
    ]


NOTED = [("etl/dagRuns/r1", "checked"), ("etl/dagRuns/-r%202", "checked"), ("sales/dagRuns/r3", "checked")]


@pytest.mark.parametrize(
    "line",
    [
        "dagrun list | each dagrun note {dag_id} {dag_run_id} checked",
        "dagrun list | each dagrun note checked",
        "dagrun list --sort -dag_id | each dagrun note checked",
        "version; dagrun list | each dagrun note checked && version",
    ],
)
def test_each_runs_a_line_for_every_row(shell: Shell, stub: Stub, line: str) -> None:
    done = shell.run(line)
    assert done.code == 0, done.err
    expected = NOTED if "--sort" not in line else [NOTED[2], *NOTED[:2]]
    assert notes(stub) == expected
    assert "dagrun note etl r1 checked" in done.err
    assert done.err.count("[y/N]") == 1
    assert done.out.count("done\t") == 3


def test_what_only_reads_is_not_asked_about(shell: Shell, stub: Stub) -> None:
    done = shell.run("dagrun list | each dagrun get -o name")
    assert (done.code, "[y/N]" in done.err) == (0, False)
    assert done.out.splitlines() == ["r1", "-r%202", "r3"]
    assert "[2/3] dagrun get etl '-r 2' -o name" in done.err


def test_a_part_that_fails_is_named(shell: Shell, stub: Stub) -> None:
    stub.fail(True)  # type: ignore[attr-defined]
    done = shell.run("dagrun list | each dagrun note checked")
    assert done.code == 1
    assert [row.split("\t")[0] for row in done.out.splitlines()] == ["result", "done", "done", "failed"]


def test_all_lines_are_right_before_one_runs(shell: Shell, stub: Stub) -> None:
    for line, words in (
        ("dagrun list | each dagrun note {dag_id} {end_date} x", "row 1 has no value in 'end_date'"),
        ("dagrun list | each dagrun note {nosuch} r x", "row 1 has no field 'nosuch'"),
        ("dagrun list | each dagrun nte {dag_id}", "nte"),
        ("dagrun list | each variables get", "names no variable"),
        ("version | each dagrun note x", "no rows"),
        ("each dagrun note x", "no rows before it"),
        ("dagrun list | each dags pause $1", "{dag_id}"),
    ):
        stub.requests.clear()
        done = shell.run(line)
        assert (done.code, notes(stub)) == (2, []), line
        assert words in " ".join(done.err.split()), done.err


def test_nothing_runs_without_a_yes(online: Program, stub: Stub) -> None:
    with Shell(online, stdin="n\n") as shell:
        done = shell.run("dagrun list | each dagrun note checked")
    assert (done.code, notes(stub)) == (2, [])


def test_the_rows_of_a_failed_list_go_nowhere(shell: Shell, stub: Stub) -> None:
    done = shell.run("dagrun list --sort nosuch | each dagrun note checked")
    assert (done.code, notes(stub)) == (2, [])


@pytest.mark.parametrize("keep_going", [(), ("--keep-going",)])
def test_in_a_batch(online: Program, stub: Stub, keep_going: tuple[str, ...]) -> None:
    done = online(
        "-f", "-", *keep_going, stdin="dagrun list | each dagrun note {dag_id} {dag_run_id} checked\n"
    )
    assert (done.code, notes(stub)) == (0, NOTED), done.err


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dagrun list | pick | dagrun note x", "no terminal"),
        ("dagrun list | pick", "no terminal"),
        ("dagrun list | each dagrun nte {dag_id}", "nte"),
        ("dagrun list | each tasks clear", "--yes"),
        ("dagrun list | each", "LINE"),
    ],
)
def test_a_batch_is_checked_first(online: Program, stub: Stub, line: str, words: str) -> None:
    done = online("-f", "-", stdin=f"pools set a 1 x\n{line}\n")
    assert done.code == 2
    assert words in done.err
    assert [request for request in stub.requests if request.method != "GET"] == []


def test_a_batch_with_a_yes_clears(online: Program, stub: Stub, tmp_path: Path) -> None:
    line = "dagrun list | each tasks clear --yes"
    done = online("-f", "-", "--journal", str(tmp_path / "j"), stdin=f"{line}\n")
    assert done.code == 0, done.err
    bodies = [json.loads(request.body) for request in stub.requests if request.method == "POST"]
    assert [body["dag_run_id"] for body in bodies if not body["dry_run"]] == ["r1", "-r 2", "r3"]


def test_pick_without_a_terminal_says_what_to_do(online: Program) -> None:
    done = online("pick", "dagrun", "list")
    assert done.code == 2
    assert "no terminal" in done.err
    assert "each" in done.err


def test_each_alone_says_what_to_do(online: Program) -> None:
    done = online("each", "dags", "pause")
    assert done.code == 2
    assert "each is for the shell and for files of commands" in done.err
