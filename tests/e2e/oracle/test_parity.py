"""What lines of the classic command need: several values after a flag, -v, questions known beforehand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airflowctl.api import list_pager
from airflowctl.api.client import Client
from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.command import ALWAYS, Command
from airflowctl.core.parse import parse_tokens
from airflowctl.session import registry
from airflowctl.session.name_cache import NameCache
from tests.support.command_lines import line
from tests.support.parity_airflow import Both
from tests.support.paths import ROOT
from tests.support.program import Program
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("in_a_folder")

CONFIRMING = (
    *(ROOT / "airflowctl/commands").rglob("*.py"),
    ROOT / "airflowctl/domain/dag_pause.py",
    ROOT / "airflowctl/domain/diagnosis/clear_group.py",
    ROOT / "airflowctl/domain/runs/backfill_report.py",
)


# Several values after one flag.


@pytest.mark.parametrize(
    ("words", "role", "resource", "action"),
    [
        ("Team -r DAGs Pools -a can_read can_edit", ("Team",), ("DAGs", "Pools"), ("can_read", "can_edit")),
        ("Team Other -r DAGs -a can_read", ("Team", "Other"), ("DAGs",), ("can_read",)),
        ("Team -r DAGs -r Pools -a can_read", ("Team",), ("DAGs", "Pools"), ("can_read",)),
        ("-r DAGs -a can_read Team", ("Team",), ("DAGs",), ("can_read",)),
        ("Team -a=can_read --resource DAGs Pools", ("Team",), ("DAGs", "Pools"), ("can_read",)),
        ("Team -r DAGs -a can_read -- Other", ("Team", "Other"), ("DAGs",), ("can_read",)),
    ],
)
def test_several_values_after_one_flag(
    words: str, role: tuple[str, ...], resource: tuple[str, ...], action: tuple[str, ...]
) -> None:
    call = parse_tokens(["roles", "add-perms", *words.split()], registry).bind()
    assert call.values == {"role": role, "resource": resource, "action": action}


def test_only_options_that_take_several_go_on(program: Program) -> None:
    done = program("pools", "list", "--columns", "name", "slots")
    assert (done.code, done.err.splitlines()[0]) == (2, "error: unexpected argument 'slots'")


def test_the_next_value_completes_as_the_first() -> None:
    first = Grammar().slot_at("roles add-perms Team -r ")
    assert Grammar().slot_at("roles add-perms Team -r DAGs ") == first._replace(
        start=first.start + 5, scope={**first.scope, "resource": "DAGs"}
    )


# -v is --debug.


@pytest.mark.parametrize("flag", ["-v", "--verbose", "--debug"])
def test_verbose_shows_each_request(flag: str, program: Program) -> None:
    with Stub(lambda request: reply({"version": "3.3.2"})) as stub:
        done = program.with_environ(AIRFLOWCTL_URL=stub.url)("version", "--remote", flag)
    assert done.err.startswith("debug: GET /api/v2/version -> 200")


def test_verbose_is_not_offered(program: Program) -> None:
    assert "--verbose" not in program("help", "pools", "list").out


# Secrets.


def test_every_field_of_a_call_is_looked_at_for_a_secret() -> None:
    tokens = ["api", "post_connection", "connection_id=x", "password=hunter22", "host=there", "login=me"]
    assert parse_tokens(tokens, registry).secrets() == ["password=hunter22", "hunter22"]


def test_a_body_beside_a_secret_field_is_one() -> None:
    tokens = ["api", "post_connection", "password=hunter22", "host=there", "--body", '{"a": 1}']
    assert '{"a": 1}' in parse_tokens(tokens, registry).secrets()


def test_a_secret_field_shows_in_no_error(program: Program) -> None:
    with Stub(lambda request: reply({"detail": "bad value hunter22 for it"}, 400)) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("api", "post_variable", "key=x", "password=hunter22", "other=y")
        assert done.code == 2  # it has no such field
        done = away("api", "POST", "/api/v2/else", "password=hunter22", "other=y")
    assert done.code == 1
    assert "bad value *** for it" in done.err


# What asks is known before the first request.

ASKING = [command for command in registry.all_commands() if command.confirms_after_plan]


@pytest.mark.parametrize("command", ASKING, ids=lambda command: command.line)
def test_a_batch_that_would_ask_sends_nothing(command: Command, program: Program, tmp_path: Path) -> None:
    words = [word for word in line(command) if word != "--yes"]
    words += [] if ALWAYS in command.confirms_after_plan else ["--treat-dag-id-as-regex"]
    file = tmp_path / "batch"
    file.write_text(f"pools list\n{' '.join(words)}\n")
    with Stub(lambda request: reply({}, 500)) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("-f", str(file))
        told = f"{file}:2:1: error: {command.line} asks before it acts, and there is no terminal to ask at"
        assert (done.code, done.err) == (2, f"{told}\n  give --yes\n")
        assert not stub.requests
        file.write_text(f"{' '.join(words)} --dry-run\n")
        assert away("-f", str(file)).code == 1  # it is sent
        assert stub.requests or command.line == "undo"  # nothing is kept that it could look at


def test_whatever_confirms_says_so_in_its_declaration() -> None:
    asked = {name for file in CONFIRMING for name in confirmed(file)}
    asked -= {"rerun"}  # a word in the debugger, where somebody sits
    assert asked == {command.line for command in ASKING}


def confirmed(file: Path) -> Iterator[str]:
    """The commands for which a file confirms something; where it is told in another way, by hand."""
    elsewhere = {"line": ("tasks mark", "tasks mark-group"), "f'dags {verb}'": ("dags pause", "dags unpause")}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("confirm"):
            told = node.args[-1]
            if ast.unparse(told) == "'rerun'":  # within tasks debug, which a batch cannot run
                continue
            yield from (
                (str(told.value),) if isinstance(told, ast.Constant) else elsewhere[ast.unparse(told)]
            )


# What is done is said to be done.


def once(answer: object) -> Callable[[Request], Reply]:
    return lambda request: reply(answer)


def test_a_call_that_changed_something_says_so_beside_a_wrong_column(program: Program) -> None:
    with Stub(once({"key": "x", "value": "y"})) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("api", "post_variable", "key=x", "value=y", "--columns", "nosuch")
        assert (done.out, done.code) == ("", 1)
        assert done.err.startswith("error: it is done, but there is no column 'nosuch'")
        done = away("api", "get_variable", "variable_key=x", "--columns", "nosuch")
        assert done.code == 2
        assert done.err.startswith("error: there is no column 'nosuch'")


def test_a_plan_is_not_done(program: Program) -> None:
    with Stub(once({"backfills": [{"logical_date": "2026-11-01T00:00:00Z"}], "total_entries": 1})) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        line = ("backfill", "create", "etl", "--from-date", "2026-11-01", "--to-date", "2026-11-02")
        done = away(*line, "--dry-run", "--columns", "nosuch")
    assert done.err.startswith("error: there is no column 'nosuch'")


@pytest.mark.parametrize(
    ("output", "out"), [("json", "null\n"), ("yaml", "null\n"), ("tsv", "null\n"), ("table", "null\n")]
)
def test_null_is_printed(output: str, out: str, program: Program) -> None:
    with Stub(lambda request: Reply(b"null")) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("api", "GET", "/plugin/nothing", "-o", output)
    assert (done.out.removesuffix("...\n"), done.err, done.code) == (out, "", 0)


# Pages that are shorter than asked for, and cursors.


def test_jobs_are_counted_where_the_server_gives_short_pages(program: Program) -> None:
    """As a server with `maximum_page_limit = 3` does; every other job is dead, and taken out of its page."""
    jobs = [
        {"id": n, "job_type": "SchedulerJob", "state": "running", "latest_heartbeat": f"{n}"}
        for n in range(11)
    ]

    def answer(request: Request) -> Reply:
        query = request.query
        offset, limit = int(query["offset"][0]), min(3, int(query["limit"][0]))
        page = jobs[offset : offset + limit]
        if "is_alive" in query:
            page = [job for job in page if int(str(job["id"])) % 2]
        return reply({"jobs": page, "total_entries": len(jobs)})

    with Stub(answer) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("jobs", "check", "--limit", "0", "--allow-multiple")
    assert (done.out, done.code) == ("5 jobs are alive\n", 0)


@pytest.mark.parametrize("has_cursors", [True, False])
def test_task_instances_come_by_the_cursor_of_a_server_that_has_one(
    has_cursors: bool, program: Program
) -> None:
    rows = [{"task_id": f"t{n}", "map_index": -1} for n in range(250)]

    def answer(request: Request) -> Reply:
        query = request.query
        if has_cursors and "cursor=" in request.target:
            start = int(query.get("cursor", ["0"])[0])
            following = str(start + 100) if start + 100 < len(rows) else None
            return reply({"task_instances": rows[start : start + 100], "next_cursor": following})
        start = int(query.get("offset", ["0"])[0])
        return reply({"task_instances": rows[start : start + 100], "total_entries": len(rows)})

    with Stub(answer) as stub:
        away = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t")
        done = away("tasks", "states-for-dag-run", "etl", "one", "-o", "name")
        asked = [request.query for request in stub.requests if "taskInstances" in request.path]
    assert done.lines == [row["task_id"] for row in rows]
    assert len(asked) == 3
    assert [("cursor" in query, "offset" in query) for query in asked[1:]] == [
        (has_cursors, not has_cursors)
    ] * 2


def test_the_cursor_of_a_real_server(both: Both) -> None:
    """Two at a time it gives all the instances of a run, in the order that was asked for."""
    line = ("tasks", "states-for-dag-run", "varied", "one", "-o", "name")
    known = both.ctl(*line).lines
    assert len(known) == 6
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(list_pager, "PAGE", 2)
        done = both.ctl(*line, "--debug")
    assert done.lines == known
    assert done.err.count("/taskInstances ") == 3


# Names that only the FAB auth manager has.


def test_users_and_roles_complete(program: Program) -> None:
    def answer(request: Request) -> Reply:
        items = request.path.rpartition("/")[2]
        key = {"users": "username", "roles": "name"}[items]
        return reply({items: [{key: f"{items}_a"}, {key: f"{items}_b"}], "total_entries": 2})

    def all_there(kind: str) -> bool:
        return [choice.text for choice in names.names(kind, {}, "").names] == [f"{kind}s_a", f"{kind}s_b"]

    with Stub(answer) as stub:
        client = Client(stub.url)
        names = NameCache(lambda: client, lambda: None)
        until(lambda: all_there("user") and all_there("role"), "the users and roles")
        client.close()
    assert Grammar().slot_at("users delete -u ").kind == "user"
    assert Grammar().slot_at("roles add-perms ").kind == "role"
    assert Grammar().slot_at("users create -u x -r ").kind == "role"
