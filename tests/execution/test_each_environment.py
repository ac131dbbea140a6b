"""`--each`: one line in several environments side by side, read and changed, with those that fail."""

from __future__ import annotations

import csv
import io
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.support.environment_files import write
from tests.support.processes import start
from tests.support.program import Program
from tests.support.shell_driver import Desk, Shell
from tests.support.stub import Reply, Request, Stub, reply
from tests.support.waiting import until

NAMES = ("dev", "prod-eu", "prod-us")


def pools(request: Request) -> Reply:
    """A server with two pools, healthy, on which everybody is an administrator."""
    if request.method == "DELETE":
        return reply("", 204)
    if request.path.endswith("/pools"):
        return reply({"pools": [{"name": "a", "slots": 1}, {"name": "b", "slots": 2}], "total_entries": 2})
    if request.path.endswith("/health"):
        return reply({"metadatabase": {"status": "healthy"}})
    lists = {"dagRuns": "dag_runs", "importErrors": "import_errors", "taskInstances": "task_instances"}
    empty = {items: [] for path, items in lists.items() if request.path.endswith(path)}
    return reply({**empty, "total_entries": 0, "version": "3.3.2"})


class Servers(dict[str, Stub]):
    """A stub for each environment."""

    @property
    def requests(self) -> list[Request]:
        return [request for server in self.values() for request in server.requests]


@pytest.fixture
def servers(home: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        made = Servers({name: stack.enter_context(Stub(pools)) for name in NAMES})
        for name, server in made.items():
            write(home, name, f'url = "{server.url}"\nmethod = "none"\n')
        yield made


def says(detail: str, status: int) -> Callable[[Request], Reply]:
    return lambda request: reply({"detail": detail}, status)


# What it reads.


def test_rows_have_their_environment_first(program: Program, servers: Servers) -> None:
    done = program("pools", "list", "--each", "prod-us,dev", "--columns", "environment,name")
    assert (done.err, done.code) == ("", 0)
    assert done.lines == ["environment\tname", "prod-us\ta", "prod-us\tb", "dev\ta", "dev\tb"]
    assert not servers["prod-eu"].requests


def test_every_format_has_it(program: Program, servers: Servers) -> None:
    line = ("pools", "list", "--each", "prod-*", "-o")
    rows = program(*line, "json").json
    assert [(row["environment"], row["name"]) for row in rows] == [
        ("prod-eu", "a"), ("prod-eu", "b"), ("prod-us", "a"), ("prod-us", "b"),
    ]  # fmt: skip
    assert all(next(iter(row)) == "environment" for row in rows)
    assert [json.loads(text) for text in program(*line, "ndjson").lines] == rows
    assert [row["environment"] for row in csv.DictReader(io.StringIO(program(*line, "csv").out))] == [
        row["environment"] for row in rows
    ]
    assert program(*line, "name").lines == ["prod-eu/a", "prod-eu/b", "prod-us/a", "prod-us/b"]
    assert program(*line, "yaml").out.startswith("- environment: prod-eu\n")
    assert program(*line, "markdown").lines[0].startswith("| environment")
    table = program(*line[:-1], terminal=True)
    assert table.lines[0].split()[:2] == ["ENVIRONMENT", "NAME"] or table.lines[0].startswith("environment")


def test_what_works_on_rows_works_on_all_of_them(program: Program, servers: Servers) -> None:
    done = program("pools", "list", "--each", "*", "--sort", "-name", "-o", "name")
    assert done.lines == [f"{name}/{pool}" for pool in "ba" for name in NAMES]
    found = program("pools", "list", "--each", "*", "--query", "[?name=='a'].environment", "-o", "json")
    assert found.json == list(NAMES)


def test_a_status_is_a_line_for_each(program: Program, servers: Servers) -> None:
    servers["prod-eu"].answer = says("Token Expired", 401)
    done = program("status", "--each", "*", terminal=True)
    assert done.code == 1
    assert "3 environments: 2 healthy, 1 not logged in" in done.out
    assert [line.split()[:3] for line in done.lines[-3:]] == [
        ["dev", "healthy", "3.3.2"], ["prod-eu", "not", "logged"], ["prod-us", "healthy", "3.3.2"],
    ]  # fmt: skip
    assert len(done.lines) < 24
    rows = program("status", "--each", "dev,prod-us", "-o", "json").json
    assert [(row["environment"], row["healthy"]) for row in rows] == [("dev", True), ("prod-us", True)]


def test_other_reports_stand_below_each_other(program: Program, servers: Servers) -> None:
    done = program("triage", "--each", "dev,prod-us")
    assert done.code == 0, done
    assert "dev: " in done.out
    assert "prod-us: " in done.out
    assert [row["environment"] for row in program("triage", "--each", "*", "-o", "json").json] == list(NAMES)


def test_environments_are_asked_side_by_side(program: Program, servers: Servers) -> None:
    def slowly(request: Request) -> Reply:
        time.sleep(0.4)
        return pools(request)

    for server in servers.values():
        server.answer = slowly
    before = time.monotonic()
    assert program("pools", "list", "--each", "*").code == 0
    assert time.monotonic() - before < 1.0  # one after the other it is 1.2 s at least


# What fails somewhere.


def test_a_part_that_fails_is_named(program: Program, servers: Servers) -> None:
    servers["prod-eu"].answer = says("Forbidden", 403)
    done = program("pools", "list", "--each", "*", "-o", "name")
    assert (done.code, done.lines) == (1, ["dev/a", "dev/b", "prod-us/a", "prod-us/b"])
    assert done.err.startswith("prod-eu: error: ")
    as_json = program("pools", "list", "--each", "*", "-o", "json")
    error = json.loads(as_json.err)["error"]
    assert (error["where"], error["code"]) == ("prod-eu", "not_allowed")


@pytest.mark.parametrize(
    ("details", "code"),
    [
        (("Forbidden", 403, "Forbidden", 403), 4),  # all alike
        (("Token Expired", 401, "Forbidden", 403), 4),
        (("Forbidden", 403, "broken", 500), 1),
    ],
)
def test_codes_are_joined(
    program: Program, servers: Servers, details: tuple[str, int, str, int], code: int
) -> None:
    servers["prod-eu"].answer, servers["prod-us"].answer = says(*details[:2]), says(*details[2:])
    assert program("pools", "list", "--each", "prod-*").code == code


def test_a_server_that_is_away_keeps_no_other_waiting(program: Program, servers: Servers, home: Path) -> None:
    write(home, "gone", 'url = "http://127.0.0.1:9"\nmethod = "none"\n')
    write(home, "torn", "url = 3\n")
    done = program("pools", "list", "--each", "dev,gone,torn", "-o", "name")
    assert (done.code, done.lines) == (1, ["dev/a", "dev/b"])
    assert "gone: error: nothing answers at http://127.0.0.1:9" in done.err
    assert "torn: error: " in done.err
    assert program("pools", "list", "--each", "gone").code == 3
    assert program("pools", "list", "--each", "gone", "-o", "json").out == ""


def test_a_line_to_run_next_leads_to_its_environment(program: Program, servers: Servers) -> None:
    servers["prod-eu"].answer = says("The Pool with name: `x` was not found", 404)
    done = program("pools", "get", "x", "--each", "prod-eu,dev")
    assert "see: airflowctl -e prod-eu pools list" in done.err


# Which environments.


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("dve", "did you mean dev?"),
        ("nix*", "no environment matches 'nix*'"),
        ("Dev", "there is no environment 'Dev'"),
        ("de", "there is no environment 'de'"),
        ("@eu", "there is no group 'eu'"),
        ("dev,,prod-eu", "a name is missing"),
        ("", "a name is missing"),
    ],
)
def test_a_name_that_means_none_sends_nothing(
    program: Program, servers: Servers, wanted: str, words: str
) -> None:
    done = program("pools", "list", "--each", f"dev,{wanted}" if wanted else "")
    assert (done.code, done.out, servers.requests) == (2, "", [])
    assert words in done.err


def test_groups(program: Program, servers: Servers) -> None:
    assert program("env", "group", "set", "eu", "prod-eu", "dev").code == 0
    assert program("pools", "list", "--each", "@eu,prod-eu", "-o", "name").lines == [
        "prod-eu/a", "prod-eu/b", "dev/a", "dev/b",
    ]  # fmt: skip
    assert program("env", "group", "show", "eu", "-o", "json").json["environments"] == ["prod-eu", "dev"]
    assert program("env", "group", "set", "bad/name", "dev").code == 2
    assert "no environment 'dve'" in program("env", "group", "set", "eu", "dve").err
    removed = program("env", "remove", "prod-eu")
    assert "taken out of the group eu" in removed.err
    assert program("env", "group", "list", "-o", "json").json == [{"group": "eu", "environments": ["dev"]}]
    assert program("env", "group", "delete", "eu").code == 0
    assert program("env", "group", "delete", "eu").code == 2


def test_a_group_that_names_what_is_gone_sends_nothing(
    program: Program, servers: Servers, home: Path
) -> None:
    program("env", "group", "set", "eu", "prod-eu", "dev")
    (home / "environments" / "prod-eu.toml").unlink()
    done = program("pools", "list", "--each", "@eu")
    assert (done.code, servers.requests) == (2, [])
    assert "group eu names what is no environment: prod-eu" in done.err
    (home / "groups" / "eu.toml").write_text("environments = 3\n")
    assert "is damaged" in program("pools", "list", "--each", "@eu").err


def test_names_and_groups_complete(program: Program, servers: Servers) -> None:
    program("env", "group", "set", "eu", "prod-eu")
    offered = Desk(program).offered("pools list --each dev,")
    assert {*NAMES, "@eu"} <= {text.removeprefix("dev,") for text in offered}
    assert Desk(program).offered("env group delete ") == {"eu": ""}


# What does not go together.


@pytest.mark.parametrize(
    "line",
    [
        "pools list -e dev", "pools list --url http://127.0.0.1:9", "pools list --api-token t.o.k",
        "env list", "auth login", "auth logout", "top", "dags trigger etl --follow",
        "dags trigger etl --wait", "dagrun watch etl r", "tasks debug etl load", "undo",
        "set", "use dag etl", "backfill watch 1",
    ],
)  # fmt: skip
def test_what_is_for_one_place_is_refused(program: Program, servers: Servers, line: str) -> None:
    done = program(*line.split(), "--each", "*")
    assert (done.code, done.out, servers.requests) == (2, "", [])


def test_it_is_for_one_line(program: Program, servers: Servers) -> None:
    assert program("--each", "*", stdin="pools list\n").code == 2
    assert not servers.requests


def test_rows_of_several_places_go_to_no_command(program: Program, servers: Servers) -> None:
    for line in (
        "pools list --each '*' | each pools get {name}",
        "pools list -e dev | each pools get {name} --each '*'",
    ):
        assert program(stdin=line + "\n").code == 2
    assert not [request for request in servers.requests if "/pools/" in request.path]


# Changes.


def deleted(servers: Servers) -> list[str]:
    return [name for name, server in servers.items() if any(r.method == "DELETE" for r in server.requests)]


def test_a_change_asks_once_with_all_places(program: Program, servers: Servers) -> None:
    done = program("pools", "delete", "a", "--each", "*", answers="prod-eu,prod-us\n")
    assert (done.code, deleted(servers)) == (0, list(NAMES))
    assert done.err.count("to confirm") == 1
    assert "dev: pool a would be deleted." in done.err
    assert "pools delete in dev, prod-eu (PRODUCTION), prod-us (PRODUCTION): type prod-eu,prod-us" in done.err


@pytest.mark.parametrize("answer", ["y", "prod-eu", "prod-us,prod-eu", "", "dev,prod-eu,prod-us"])
def test_another_answer_changes_nothing_anywhere(program: Program, servers: Servers, answer: str) -> None:
    done = program("pools", "delete", "a", "--each", "*", answers=f"{answer}\n")
    assert (done.code, deleted(servers)) == (2, [])


def test_a_script_needs_a_yes_for_production(program: Program, servers: Servers) -> None:
    refused = program("variables", "set", "k", "v", "--each", "*")
    assert (refused.code, servers.requests) == (2, [])
    assert "prod-eu (PRODUCTION): it needs --yes\n  give --yes\n" in refused.err
    assert program("pools", "delete", "a", "--each", "*", "--yes=dev").code == 2
    assert not servers.requests
    assert program("pools", "delete", "a", "--each", "*", "--yes").code == 0
    assert deleted(servers) == list(NAMES)


def test_a_batch_is_checked_before_its_first_line(program: Program, servers: Servers) -> None:
    lines = "pools list -e dev\npools delete a --each '*'\n"
    refused = program(stdin=lines)
    assert (refused.code, refused.err.splitlines()[-1]) == (2, "  give --yes")
    assert program(stdin="pools list -e dev\npools list --each nix\n").code == 2
    assert not servers.requests
    assert program(stdin="pools list --each '*' -o name\npools delete a --each '*' --yes\n").code == 0
    assert deleted(servers) == list(NAMES)


def test_a_read_only_place_stops_all(program: Program, servers: Servers) -> None:
    program("env", "set", "prod-us", "--read-only")
    done = program("pools", "delete", "a", "--each", "*", "--yes")
    assert (done.code, servers.requests) == (2, [])
    assert "prod-us is read-only" in done.err
    assert program("pools", "list", "--each", "*").code == 0


def test_a_change_that_fails_somewhere_is_named(program: Program, servers: Servers) -> None:
    servers["prod-eu"].answer = says("broken", 500)
    done = program("pools", "delete", "a", "--each", "*", "--yes")
    assert (done.code, deleted(servers)) == (1, list(NAMES))
    assert "dev: deleted a" in done.out
    assert "prod-eu: error: " in done.err


def test_ctrl_c_says_where_a_change_is_in_doubt(program: Program, servers: Servers) -> None:
    held = threading.Event()

    def hold(request: Request) -> Reply:
        held.wait(20)
        return pools(request)

    servers["prod-eu"].answer = hold
    line = ("pools", "delete", "a", "--each", "prod-eu,prod-us", "--yes")
    with start(line, env=program.process_environ, stdin=PIPE, stdout=PIPE, stderr=PIPE) as running:
        until(lambda: len(servers.requests) == 2, "both requests")
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=20)
    held.set()
    assert running.returncode == 130
    assert b"prod-eu" in err
    assert b"is not known: look there first" in err


# Secrets, and the session.


def test_a_token_goes_to_its_own_server_only(program: Program, servers: Servers, home: Path) -> None:
    for name, server in servers.items():
        write(home, name, f'url = "{server.url}"\n')
    program("env", "use", "dev")
    own = program.with_environ(AIRFLOW_CLI_TOKEN="t.o.k")
    for line in (("pools", "list", "--each", "*"), ("pools", "list", "--each", "prod-*,dev")):
        assert own(*line).code == 0
    assert own(stdin="pools list --each prod-us,dev\nenv use prod-us\npools list --each '*'\n").code == 0
    bearers = {
        name for name, server in servers.items() for r in server.requests if "authorization" in r.headers
    }
    assert bearers == {"dev"}


def test_the_audit_log_has_the_requests_of_all(program: Program, servers: Servers, tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    own = program.with_environ(AIRFLOWCTL_AUDIT_LOG=str(log))
    servers["prod-us"].answer = says("broken", 500)
    assert own("pools", "delete", "a", "--each", "*", "--yes").code == 1
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert sorted((row["environment"], row["exit_code"]) for row in rows) == [
        ("dev", 0), ("prod-eu", 0), ("prod-us", 1),
    ]  # fmt: skip


def test_the_shell_stays_where_it_is(program: Program, servers: Servers) -> None:
    program("env", "use", "dev")
    with Shell(program) as shell:
        assert "prod-us" in shell.run("pools list --each 'prod-*'").out
        assert "environment" in shell.run("last -o tsv").out
        servers["prod-us"].requests.clear()
        shell.run("pools list")
        assert not servers["prod-us"].requests


# A real server.


def test_a_real_server_twice_and_one_that_is_gone(ctl: Program, home: Path) -> None:
    url, token = ctl.environ["AIRFLOWCTL_URL"], ctl.environ["AIRFLOW_CLI_TOKEN"]
    for name in ("one", "two"):
        write(home, name, f'url = "{url}"\n')
    write(home, "gone", 'url = "http://127.0.0.1:9"\n')
    done = ctl("pools", "list", "--each", "one,two,gone", "-o", "json")
    assert done.code == 1, done
    names = {(row["environment"], row["name"]) for row in done.json}
    assert {("one", "default_pool"), ("two", "default_pool")} <= names
    assert token not in done.out + done.err
