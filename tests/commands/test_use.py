"""Names in use (`use dag etl`): what they give the lines that follow, and what they never do."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.context_arguments import fill_arguments
from airflowctl.session import registry
from airflowctl.session.command_lookup import CommandLookup
from tests.support.program import Program
from tests.support.screen import CTRL_C, Screen
from tests.support.shell_driver import Desk, Shell
from tests.support.stub import Stub, lets_in
from tests.support.stub_deployment import Toy

ALL = {"dag": "etl", "run": "latest", "task": "extract"}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(Toy()) as server:
        yield server


@pytest.mark.parametrize(
    ("line", "typed", "given"),
    [
        ("dags get", 0, {"dag_id": "etl"}),
        ("dags get", 1, {}),
        ("dagrun get", 0, {"dag_id": "etl", "run_id": "latest"}),
        ("dagrun get", 1, {"dag_id": "etl"}),
        ("dagrun get", 2, {}),
        ("tasks state", 1, {"dag_id": "etl", "task_id": "extract"}),
        ("tasks state", 0, {"dag_id": "etl", "task_id": "extract", "run_id": "latest"}),
        ("xcom get", 1, {"dag_id": "etl", "run_id": "latest", "task_id": "extract"}),
        ("dagrun mark", 1, {"dag_id": "etl"}),
        # What may be left out is filled too, but not where something typed may be meant for it ...
        ("dagrun list", 0, {"dag_id": "etl"}),
        ("dagrun list", 1, {}),
        ("tasks get", 0, {"dag_id": "etl", "task_id": "extract", "run_id": "latest"}),
        # ... and never for what changes something.
        ("dags pause", 0, {}),
        ("dagrun delete", 0, {"dag_id": "etl"}),
        ("dagrun delete", 1, {"dag_id": "etl"}),
        ("dagrun delete", 2, {}),
    ],
)
def test_what_they_give(line: str, typed: int, given: dict[str, str]) -> None:
    command = registry.commands(line.split()[0])[tuple(line.split())]
    assert fill_arguments(command, typed, (), ALL) == given
    assert fill_arguments(command, typed, (), {}) == {}


def test_lines_that_follow(online: Program, stub: Stub) -> None:
    desk = Desk(online)
    assert desk.run("use dag etl") == desk.run("use run r1") == desk.run("use task extract") == 0
    stub.requests.clear()
    assert desk.run("tasks state") == desk.run("dagrun get r2") == desk.run("dagrun list") == 0
    assert [path.removeprefix("GET /api/v2/dags/etl/dagRuns") for path in stub.sent] == [
        "/r1/taskInstances/extract",
        "/r2",
        "",
    ]
    desk.run("use dag etl")
    assert desk.session.lookup.context == {"dag": "etl", "run": "r1", "task": "extract"}
    assert [desk.run("..") for _ in range(4)] == [0, 0, 0, 2]
    assert "no name is in use" in desk.err
    assert desk.run("dags get") == 2


def test_a_name_that_is_not_there_is_not_used(online: Program) -> None:
    desk = Desk(online)
    assert desk.run("use dag elt") == 1
    assert "Dag elt not found" in desk.err
    assert desk.run("use run r1") == 2
    assert "first: use dag NAME" in desk.err
    assert desk.session.lookup.context == {}


def test_they_complete_in_their_dag(online: Program) -> None:
    desk = Desk(online)
    lookup = desk.session.lookup
    desk.run("use dag etl")
    assert list(desk.offered("dagrun get ")) == ["latest", "r2", "r1"]
    assert list(desk.offered("dags get ")) == ["etl"]
    lookup.context["run"] = "r1"
    scope = Grammar(lookup).slot_at("xcom get extract ").scope
    assert {kind: scope[kind] for kind in ("dag", "run", "task")} == {**ALL, "run": "r1"}


def test_a_question_before_something_dangerous_names_them(online: Program) -> None:
    done = online.with_environ(SHELL="/bin/sh")("use", "dag", "etl")
    assert "is for the shell" in done.err
    with Screen(online) as screen:
        screen.prompt()
        screen.type("use dag etl\n")
        screen.until("in use: dag etl")
        screen.until_true(lambda: screen.cursor_line.endswith(" etl>"), "it in the prompt")
        screen.type("dagrun delete r1\n")
        screen.until(r"dagrun delete \(dag etl, in use\) on .*\?")
        screen.type("n\n")
        screen.until("not done")


def test_they_are_for_the_lines_of_a_file_too(online: Program, stub: Stub) -> None:
    done = online(stdin="use dag etl\nuse run r1\ndagrun get -o name\n..\ndagrun get r2 -o name\n")
    assert (done.lines[2], done.lines[-1], done.err) == ("r1", "r2", "")
    stub.requests.clear()
    done = online(stdin="use dag etl\n..\ndagrun get r2\n")
    assert (done.code, stub.requests) == (2, [])
    assert "stdin:3:1: error: missing argument" in done.err


def test_they_end_with_the_session(online: Program, stub: Stub) -> None:
    assert Desk(online).run("use dag etl") == 0
    assert online("dags", "get").code == 2
    assert CommandLookup(online.environ).context == {}


def test_an_environment_in_use_and_production(program: Program, stub: Stub) -> None:
    base = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for name in ("staging", "prod"):
        base("auth", "login", "-e", name, "--url", stub.url, "--method", "none")
    made = base("env", "set", "staging", "--production", "-o", "json")
    assert made.json == {"name": "staging", "production": True}
    assert [row["production"] for row in base("env", "list", "-o", "json").json] == [True, True]
    assert base("env", "set", "prod", "--no-production").code == 0
    with Screen(base.with_environ(AIRFLOW_CLI_ENVIRONMENT="prod")) as screen:
        screen.until("prod>")
        assert not re.search(r"\x1b\[(\d+;)*41[;m]", screen.raw)
        screen.type("use env staging\n")
        screen.until("^(.*@)?staging>")
        assert re.search(r"\x1b\[(\d+;)*41[;m]", screen.raw)  # on red
    with Screen(base.with_environ(AIRFLOW_CLI_ENVIRONMENT="staging", NO_COLOR="1")) as screen:
        screen.until(r"staging \(PRODUCTION\)>")
        screen.type(CTRL_C)


def test_another_environment_has_other_names(program: Program, stub: Stub) -> None:
    base = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for name in ("one", "two"):
        base("auth", "login", "-e", name, "--url", stub.url, "--method", "none")
    desk = Desk(base)
    assert desk.run("env use one") == desk.run("use dag etl") == desk.run("env use one") == 0
    assert desk.session.lookup.context == {"dag": "etl"}
    assert desk.run("env use two") == 0
    assert desk.session.lookup.context == {}


def test_each_environment_has_its_history(program: Program, stub: Stub) -> None:
    base = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for name in ("one", "two"):
        base("auth", "login", "-e", name, "--url", stub.url, "--method", "none")
    with Shell(base) as shell:
        for line in ("env use one", "dags get etl", "env use two", "dagrun list etl"):
            assert shell.run(line).code == 0, shell.err
        assert shell.run("history").out == "number\tline\n1\tdagrun list etl\n2\thistory\n"
        shell.run("env use one")
        assert "dags get etl" in shell.run("history get").out


def test_use_leaves_the_last_name_first(online: Program, stub: Stub) -> None:
    stub.answer = lets_in
    desk = Desk(online)
    for line in ("use dag d", "use run r"):
        assert desk.run(line) == 0
    assert dict(desk.session.lookup.context) == {"dag": "d", "run": "r"}
    assert desk.run("use ..") == 0
    assert dict(desk.session.lookup.context) == {"dag": "d"}
    assert desk.run("use ..") == 0
    assert dict(desk.session.lookup.context) == {}
    assert desk.run("use ..") == 2
