"""`why $1`: rows of the last list are named by their numbers, as they stand on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from airflowctl.execution import row_counts
from completers.row_numbers import find_rows, is_row_word
from tests.support.program import Program, Terminal
from tests.support.shell_driver import CTRL_C, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until

RUNS = [
    {"dag_id": dag, "dag_run_id": run, "state": "failed", "run_type": "manual", "note": None}
    for dag, run in (("etl", "r1"), ("etl", "r2"), ("sales", "-r3"))
]
DAGS = [{"dag_id": name, "is_paused": name == "etl"} for name in ("etl", "sales", "web")]
INSTANCES = [
    {"dag_id": "etl", "dag_run_id": "r1", "task_id": "load", "map_index": index, "state": "failed"}
    for index in (-1, 0)
]


@pytest.mark.parametrize(
    ("word", "count", "rows"),
    [
        ("$1", 3, [0]),
        ("$3", 3, [2]),
        ("$2..$3", 3, [1, 2]),
        ("$2..3", 3, [1, 2]),
        ("$2..$last", 3, [1, 2]),
        ("$last", 3, [2]),
        ("$*", 3, [0, 1, 2]),
        ("$4", 3, None),
        ("$0", 3, None),
        ("$3..$2", 3, None),
        ("$2..$4", 3, None),
        ("$*", 0, None),
        ("$last", 0, None),
        ("$" + "9" * 5000, 3, None),
    ],
)
def test_which_rows_a_word_stands_for(word: str, count: int, rows: list[int] | None) -> None:
    assert is_row_word(word)
    places = find_rows(word, count)
    assert (None if places is None else list(places)) == rows


@pytest.mark.parametrize(
    "word", ["$", "$x", "$1a", "x$1", "1", "$1..", "$..2", "$1..x", "$HOME", "$1.5", "$²", ""]
)
def test_what_is_no_word_for_rows(word: str) -> None:
    assert not is_row_word(word)


@pytest.fixture
def shell(program: Program, stub: Stub) -> Iterator[Shell]:
    def answer(request: Request) -> Reply:
        path = request.path
        if path.endswith("/clearTaskInstances"):
            wanted = json.loads(request.body)
            rows = [{**INSTANCES[0], "dag_run_id": wanted.get("dag_run_id")}]
            return reply({"task_instances": rows, "total_entries": 1})
        if path.endswith(("/dagRuns", "/dagRuns/list")):
            return reply({"dag_runs": RUNS, "total_entries": len(RUNS)})
        if path.endswith(("/taskInstances", "/taskInstances/list")):
            return reply({"task_instances": INSTANCES, "total_entries": len(INSTANCES)})
        if path.endswith("/dags"):
            return reply({"dags": DAGS, "total_entries": len(DAGS)})
        if "/dagRuns/" in path and request.method in ("GET", "PATCH"):
            return reply({**RUNS[0], "dag_run_id": path.rpartition("/")[2]})
        if request.method == "PATCH":
            return reply({"dag_id": path.rpartition("/")[2], "is_paused": True})
        return lets_in(request)

    stub.answer = answer
    environ = {"AIRFLOWCTL_URL": stub.url, "AIRFLOW_CLI_TOKEN": "t.o.k"}
    with Shell(program.with_environ(**environ), stdin="y\n" * 5) as shell:
        yield shell


def sent(stub: Stub, method: str) -> list[tuple[str, Any]]:
    """The end of each path, and the body, of the requests of a method."""
    return [
        ("/".join(request.path.split("/")[3:]), json.loads(request.body) if request.body else None)
        for request in stub.requests
        if request.method == method
    ]


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("dagrun get $1", ["dags/etl/dagRuns/r1"]),
        ("dagrun get $last", ["dags/sales/dagRuns/-r3"]),
        ("time dagrun get $2", ["dags/etl/dagRuns/r2"]),
        ("dagrun get $2 -o json", ["dags/etl/dagRuns/r2"]),
        ("dagrun get etl $2", ["dags/etl/dagRuns/r2"]),
        ("dagrun get --run-id $2 etl", ["dags/etl/dagRuns/r2"]),
        ("dagrun get $1..$2", ["dags/etl/dagRuns/r1", "dags/etl/dagRuns/r2"]),
        ("dagrun get $1 $3", ["dags/etl/dagRuns/r1", "dags/sales/dagRuns/-r3"]),
        ("version; dagrun get $2", ["dags/etl/dagRuns/r2"]),
    ],
)
def test_the_row_of_a_run_names_its_dag_too(shell: Shell, stub: Stub, line: str, paths: list[str]) -> None:
    assert shell.run("dagrun list").code == 0
    stub.requests.clear()
    done = shell.run(line)
    assert done.code == 0, done.err
    assert [path for path, _ in sent(stub, "GET") if "dagRuns/" in path] == paths


def test_names_in_use_do_not_change_what_a_row_is(shell: Shell, stub: Stub) -> None:
    shell.run("use dag web")
    shell.run("dagrun list '~'")
    stub.requests.clear()
    assert shell.run("dagrun get $3").code == 0
    assert [path for path, _ in sent(stub, "GET") if "dagRuns/" in path] == ["dags/sales/dagRuns/-r3"]


def test_rows_of_a_list_whose_line_named_the_dag(shell: Shell, stub: Stub) -> None:
    shell.run("dags list")
    assert shell.run("dags pause $2..$3").code == 0
    assert [path for path, _ in sent(stub, "PATCH")] == ["dags/sales", "dags/web"]


def test_several_runs_are_cleared_after_one_question(shell: Shell, stub: Stub) -> None:
    shell.run("dagrun list")
    done = shell.run("tasks clear $1..$3 -d")
    assert done.code == 0
    cleared = [(path, body["dag_run_id"]) for path, body in sent(stub, "POST") if not body["dry_run"]]
    assert cleared == [
        ("dags/etl/clearTaskInstances", "r1"),
        ("dags/etl/clearTaskInstances", "r2"),
        ("dags/sales/clearTaskInstances", "-r3"),
    ]
    assert all(body["include_downstream"] for _, body in sent(stub, "POST"))
    assert done.err.count("[y/N]") == 1
    assert "3 lines, 3 task instances on " in done.err
    assert "tasks clear sales --dag-run-id=-r3 -d" in done.err
    rows = [row.split("\t")[0] for row in done.out.splitlines()]
    assert rows == ["result", "done", "done", "done"]


def test_the_question_counts_with_few_requests(
    shell: Shell, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_counts, "MOST_COUNTED", 2)
    shell.run("dagrun list")
    done = shell.run("dagrun list | each tasks clear {dag_id} --run-id {dag_run_id} --note 'a b'")
    assert done.code == 0, done.err
    assert "3 lines, 2 task instances in the first 2 on " in done.err
    plans = [body for _, body in sent(stub, "POST") if body["dry_run"]]
    assert len(plans) == 2 + 3  # for the question, and each line's own


def test_a_plan_that_fails_is_said_to_be_unknown(shell: Shell, stub: Stub) -> None:
    shell.run("dagrun list")
    answer = stub.answer

    def refuse(request: Request) -> Reply:
        if request.path.endswith("sales/clearTaskInstances"):
            return reply({"detail": "no"}, 404)
        return answer(request)

    stub.answer = refuse
    done = shell.run("tasks clear $1..$3")
    assert "3 lines, 2 task instances, 1 not counted on " in done.err
    shell.run("dagrun list")
    done = shell.run("tasks clear $3 $3..$3")
    assert done.code == 1, done.err


def test_what_was_counted_leaves_the_rows_of_the_screen(shell: Shell, stub: Stub) -> None:
    shell.run("dagrun list")
    shell.session.streams.stdin = Terminal("n\n")
    done = shell.run("tasks clear $1..$3")
    assert (done.code, "3 lines, 3 task instances" in done.err) == (2, True), done.err
    done = shell.run("dagrun get $2")
    assert done.code == 0, done.err


def test_lines_of_several_rows_go_to_no_stage(shell: Shell) -> None:
    shell.run("dagrun list")
    done = shell.run("tasks instances $1..$2 | each tasks get {dag_id} {dag_run_id} {task_id}")
    assert (done.code, "these are 2 lines, and each gets the rows of one" in done.err) == (2, True), done.err


def test_an_instance_of_a_mapped_task_is_one_instance(shell: Shell, stub: Stub) -> None:
    shell.run("tasks instances etl r1")
    shell.run("tasks clear $2")
    _, body = sent(stub, "POST")[-1]
    assert (body["dag_run_id"], body["task_ids"]) == ("r1", [["load", 0]])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("dagrun get $4", "the last list has 3 rows"),
        ("dagrun get $0", "names no row"),
        ("dags pause $2..$9", "names no row"),
        ("variables get $1", "names no variable"),
        ("dagrun get web $1", "row 1 is of dag etl, and the line names web"),
        ("dags pause $2 && dags pause $7", "the last list has 3 rows"),
    ],
)
def test_what_names_no_row_is_an_error(shell: Shell, stub: Stub, line: str, words: str) -> None:
    shell.run("dagrun list")
    stub.requests.clear()
    done = shell.run(line)
    assert done.code == 2
    assert words in " ".join(done.err.split())
    assert "quotes" in done.err or "is of dag" in done.err
    assert [request for request in stub.requests if "/dag" in request.path and request.method != "GET"] == []


def test_without_a_list_no_row_is_named(shell: Shell) -> None:
    done = shell.run("why $1")
    assert done.code == 2
    assert "no list was shown yet" in done.err


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("dagrun note etl r1 $1", "$1"),
        ("dagrun note etl r1 '$1'", "$1"),
        ("dagrun note etl r1 costs$1", "costs$1"),
        ("dagrun note $1 $5", "$5"),
    ],
)
def test_elsewhere_it_is_text(shell: Shell, stub: Stub, line: str, text: str) -> None:
    shell.run("dagrun list")
    assert shell.run(line).code == 0
    assert sent(stub, "PATCH") == [("dags/etl/dagRuns/r1", {"note": text})]


def test_in_quotes_it_is_a_name(shell: Shell, stub: Stub) -> None:
    shell.run("dags list")
    shell.run("dags pause '$1'")
    assert [path for path, _ in sent(stub, "PATCH")] == ["dags/%241"]


def test_rows_are_counted_as_they_stand_on_the_screen(shell: Shell, stub: Stub) -> None:
    shell.run("dags list --sort -dag_id")
    shell.run("dags pause $1")
    shell.run("dags list")
    shell.run("last --sort -dag_id")
    shell.run("dags pause $2")
    assert [path for path, _ in sent(stub, "PATCH")] == ["dags/web", "dags/sales"]
    shell.run("dags list --query '[2:]'")
    done = shell.run("dags pause $1")
    assert (done.code, "--query" in done.err) == (2, True)


def test_a_report_leaves_the_list(shell: Shell, stub: Stub) -> None:
    shell.run("dags list")
    shell.run("version")
    shell.run("dags pause $1")
    assert [path for path, _ in sent(stub, "PATCH")] == ["dags/etl"]


def test_a_row_of_another_server_is_refused(shell: Shell, stub: Stub) -> None:
    shell.run("dags list")
    done = shell.run("dags pause $1 --url http://127.0.0.1:9")
    assert done.code == 2
    assert "is a row of" in done.err
    assert sent(stub, "PATCH") == []


def test_tab_shows_the_rows(shell: Shell) -> None:
    shell.run("dagrun list")
    shell.type("why $")
    until(lambda: "$3" in shell.menu, "the rows")
    assert shell.menu["$1"] == "etl r1"
    assert shell.menu["$*"] == "all 3 rows"
    shell.type("\t")
    until(lambda: shell.line == "why $1", "the first row")
    shell.type(CTRL_C)


def test_what_is_typed_of_a_number_narrows_the_rows(shell: Shell, stub: Stub) -> None:
    runs = [{**RUNS[0], "dag_run_id": f"r{number}"} for number in range(1, 13)]
    stub.answer = lambda request: reply({"dag_runs": runs, "total_entries": len(runs)})
    shell.run("dagrun list")
    shell.type("why $1")
    until(lambda: "$12" in shell.menu and "$2" not in shell.menu, "the rows whose numbers begin with 1")
    assert [word for word in shell.menu if word[1:].isdigit()] == ["$1", "$10", "$11", "$12"]
    shell.type(CTRL_C)


def test_in_a_batch_it_is_text(program: Program, stub: Stub, shell: Shell) -> None:
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    online("-f", "-", stdin="dags list\ndags pause $1\n")
    assert [path for path, _ in sent(stub, "PATCH")] == ["dags/%241"]
