"""A line printed to be run next leads to the server of the line that printed it, from a new process and from
the shell that printed it, in whatever way it was said where that line goes."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from airflowctl.core.next_line import suggest, write_lines
from airflowctl.session.next_lines import quote_for_both
from completers.tokenizer import words
from tests.completion.test_tokenizer import NASTY
from tests.support.environment_files import write
from tests.support.printed_lines import lines_of, reached, tokens_of, typed_lines_of
from tests.support.program import Done, Program
from tests.support.rows import every_row
from tests.support.shell_driver import Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply, wants_login


def lacks_pools(request: Request) -> Reply:
    if "/pools/" in request.path:
        return reply({"detail": "The Pool with name: `nope` was not found"}, 404)
    if request.path.endswith("/pools"):
        return reply({"pools": [], "total_entries": 0})
    return lets_in(request)


@pytest.fixture
def servers(program: Program, home: Path) -> dict[str, Stub]:
    """The environments dev, which is the chosen one, and prod; each has a server of its own."""
    made = {name: Stub(lacks_pools) for name in ("dev", "prod")}
    for name, server in made.items():
        server.__enter__()
        write(home, name, f'url = "{server.url}"\n')
    program("env", "use", "dev")
    return made


Way = Callable[[Program, dict[str, Stub]], Done]

MISSING = ("pools", "get", "nope")
ONE_SHOTS: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "nothing said": ((), {}, "dev"),
    "-e": (("-e", "prod"), {}, "prod"),
    "-e of the chosen one": (("-e", "dev"), {}, "dev"),
    "--url": (("--url", "{prod}"), {}, "prod"),
    "--url of the chosen one": (("--url", "{dev}"), {}, "dev"),
    "-e and --url": (("-e", "prod", "--url", "{dev}"), {}, "dev"),
    "-e of no file and --url": (("-e", "new", "--url", "{prod}"), {}, "prod"),
    "the variable of a name": ((), {"AIRFLOW_CLI_ENVIRONMENT": "prod"}, "prod"),
    "-e before that": (("-e", "dev"), {"AIRFLOW_CLI_ENVIRONMENT": "prod"}, "dev"),
    "the variable of an address": ((), {"AIRFLOWCTL_URL": "{prod}"}, "prod"),
    "-e before that one": (("-e", "dev"), {"AIRFLOWCTL_URL": "{prod}"}, "dev"),
    "--url before that one": (("--url", "{dev}"), {"AIRFLOWCTL_URL": "{prod}"}, "dev"),
    "both variables": ((), {"AIRFLOWCTL_URL": "{prod}", "AIRFLOW_CLI_ENVIRONMENT": "dev"}, "prod"),
}


@pytest.mark.parametrize(("options", "variables", "there"), ONE_SHOTS.values(), ids=ONE_SHOTS)
def test_a_line_of_a_one_shot_leads_where_that_went(
    program: Program,
    servers: dict[str, Stub],
    options: tuple[str, ...],
    variables: dict[str, str],
    there: str,
) -> None:
    places = {name: server.url for name, server in servers.items()}
    own = program.with_environ(**{name: text.format(**places) for name, text in variables.items()})
    done = own(*MISSING, *(text.format(**places) for text in options))
    assert done.code == 1, done
    (line,) = lines_of(done)
    assert reached(own, line, servers) == {there}


def test_nothing_is_said_that_goes_without_saying(program: Program, servers: dict[str, Stub]) -> None:
    assert lines_of(program(*MISSING)) == ["airflowctl pools list"]
    assert lines_of(program(*MISSING, "-e", "dev")) == ["airflowctl pools list"]
    assert lines_of(program(*MISSING, "-e", "prod")) == ["airflowctl -e prod pools list"]
    url = servers["prod"].url
    assert lines_of(program(*MISSING, "--url", url)) == [f"airflowctl --url {url} pools list"]


def test_an_error_in_json_says_it_too(program: Program, servers: dict[str, Stub]) -> None:
    done = program(*MISSING, "-e", "prod", "-o", "json")
    assert json.loads(done.err)["error"]["hint"] == "see: airflowctl -e prod pools list"


BATCHES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "-e of the batch": (("-e", "prod"), "pools get nope", "prod"),
    "--url of the batch": (("--url", "{prod}"), "pools get nope", "prod"),
    "-e of its line": ((), "pools get nope -e prod", "prod"),
    "-e of its line before --url of the batch": (("--url", "{prod}"), "pools get nope -e dev", "dev"),
    "a choice in it": ((), "env use prod\npools get nope", "prod"),
    "a choice in it and --url": ((), "env use prod\npools get nope --url {dev}", "dev"),
    "another name for it": ((), "use env prod\npools get nope", "prod"),
    "nothing": ((), "pools get nope", "dev"),
}


@pytest.mark.parametrize(("options", "text", "there"), BATCHES.values(), ids=BATCHES)
def test_a_line_of_a_batch_leads_where_its_line_went(
    program: Program, servers: dict[str, Stub], options: tuple[str, ...], text: str, there: str
) -> None:
    places = {name: server.url for name, server in servers.items()}
    done = program(*(word.format(**places) for word in options), stdin=text.format(**places))
    assert done.code == 1, done
    (line,) = lines_of(done)
    assert reached(program, line, servers) == {there}


SHELLS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "nothing": ((), "pools get nope", "dev"),
    "use env": (("use env prod",), "pools get nope", "prod"),
    "use env and -e back": (("use env prod",), "pools get nope -e dev", "dev"),
    "-e": ((), "pools get nope -e prod", "prod"),
    "--url": ((), "pools get nope --url {prod}", "prod"),
    "use env and --url": (("env use prod",), "pools get nope --url {dev}", "dev"),
    "there and back": (("use env prod", "use env dev"), "pools get nope", "dev"),
}


@pytest.mark.parametrize(("before", "line", "there"), SHELLS.values(), ids=SHELLS)
def test_a_line_of_the_shell_leads_there_from_the_shell_and_from_anywhere(
    program: Program, servers: dict[str, Stub], before: tuple[str, ...], line: str, there: str
) -> None:
    places = {name: server.url for name, server in servers.items()}
    with Shell(program) as shell:
        for text in before:
            assert shell.run(text).code == 0
        (printed,) = typed_lines_of(shell.run(line.format(**places)))
        assert reached(program, f"airflowctl {printed}", servers) == {there}
        asked = {name: _count_pools(server) for name, server in servers.items()}
        assert shell.run(printed).code == 0
        assert [name for name in servers if _count_pools(servers[name]) > asked[name]] == [there]


def _count_pools(server: Stub) -> int:
    """Return how often a server was asked for pools: the bottom line of the shell asks for other things."""
    return sum(request.path.startswith("/api/v2/pools") for request in server.requests)


def test_another_choice_elsewhere_is_seen_when_the_line_is_printed(
    program: Program, servers: dict[str, Stub]
) -> None:
    with Shell(program) as shell:
        assert typed_lines_of(shell.run("pools get nope")) == ["pools list"]
        program("env", "use", "prod")
        (line,) = typed_lines_of(shell.run("pools get nope"))
        assert reached(program, f"airflowctl {line}", servers) == {"dev"}


def test_an_edited_file_is_seen_too(program: Program, servers: dict[str, Stub], home: Path) -> None:
    with Shell(program) as shell:
        assert typed_lines_of(shell.run("pools get nope")) == ["pools list"]
        write(home, "dev", f'url = "{servers["prod"].url}"\n')
        (line,) = typed_lines_of(shell.run("pools get nope"))
        assert reached(program, f"airflowctl {line}", servers) == {"dev"}


def test_a_damaged_choice_leads_nowhere(program: Program, servers: dict[str, Stub], home: Path) -> None:
    (home / "environment").write_text("../x\n")
    assert lines_of(program(*MISSING, "-e", "dev")) == ["airflowctl -e dev pools list"]


def test_the_way_to_the_server_goes_along(program: Program, servers: dict[str, Stub], home: Path) -> None:
    bundle = str(home / "my certificates.pem")
    done = program(*MISSING, "-e", "prod", "--ca-bundle", bundle, "--insecure-http", "--insecure")
    tokens = tokens_of(lines_of(done)[-1])
    assert tokens[-2:] == ["pools", "list"]
    assert set(tokens[:-2]) == {"-e", "prod", "--ca-bundle", bundle, "--insecure-http", "--insecure"}


def test_the_way_that_the_file_says_is_not_said_again(
    program: Program, servers: dict[str, Stub], home: Path
) -> None:
    write(home, "prod", f'url = "{servers["prod"].url}"\n[network]\ninsecure_http = true\n')
    for more in ((), ("--insecure-http",)):
        assert lines_of(program(*MISSING, "-e", "prod", *more)) == ["airflowctl -e prod pools list"]


def test_no_secret_goes_along(program: Program, servers: dict[str, Stub]) -> None:
    done = program(*MISSING, "-e", "prod", "--api-token", "hunter2.hunter2")
    assert lines_of(done) == ["airflowctl -e prod pools list"]
    assert "hunter2" not in done.out + done.err


LOCAL = {
    "an unknown option": ("pools", "list", "--nope", "-e", "prod"),
    "an unknown word": ("-e", "prod", "poools"),
    "an argument too many": ("-e", "prod", "health", "x"),
}


@pytest.mark.parametrize("line", LOCAL.values(), ids=LOCAL)
def test_a_line_that_asks_no_server_needs_no_way(
    program: Program, servers: dict[str, Stub], line: tuple[str, ...]
) -> None:
    done = program(*line)
    assert done.code == 2
    assert all("prod" not in text for text in lines_of(done)), done.err
    assert {name: server.requests for name, server in servers.items()} == {"dev": [], "prod": []}


# Logging in.


@pytest.mark.parametrize(("name", "chosen"), [("dev", "prod"), ("prod", "dev"), ("default", "dev")])
def test_a_line_to_log_in_names_its_environment(
    program: Program, servers: dict[str, Stub], home: Path, name: str, chosen: str
) -> None:
    server = servers.get(name) or servers["prod"]
    server.answer = wants_login
    write(home, name, f'url = "{server.url}"\n')
    program("env", "use", chosen)
    done = program("pools", "get", "p", "-e", name)
    assert done.code == 4, done
    tokens = tokens_of(lines_of(done)[0])
    if "login" in tokens:
        assert tokens[tokens.index("-e") + 1] == name
    assert tokens[tokens.index("--url") + 1] == server.url


def test_an_environment_that_is_not_there_is_made_under_its_name(program: Program) -> None:
    done = program("pools", "list", "-e", "nope")
    assert done.code == 2
    assert "airflowctl auth login -e nope --url URL" in done.err


# What the user may not do.


def forbids(request: Request) -> Reply:
    if request.method != "GET":
        return reply({"detail": "Forbidden"}, 403)
    return conflicts(request)


def conflicts(request: Request) -> Reply:
    if request.path.endswith("/dags/etl"):
        return reply({"dag_id": "etl", "is_paused": True})
    if request.path.endswith("/dagRuns"):
        return reply({"dag_runs": [], "total_entries": 0})
    return lets_in(request)


def without_run(program: Program) -> Done:
    """A line whose hint is to trigger a run, which is a change."""
    return program("dagrun", "get", "etl", "latest")


def token_of(role: str) -> str:
    body = base64.urlsafe_b64encode(json.dumps({"sub": "ann", "role": role}).encode()).decode().rstrip("=")
    return f"e30.{body}.sign"


@pytest.mark.parametrize(
    ("role", "proposed"), [("viewer", False), ("user", True), ("admin", True), ("x", True)]
)
def test_a_role_that_may_not_change_anything_is_offered_no_change(
    program: Program, stub: Stub, role: str, proposed: bool
) -> None:
    stub.answer = conflicts
    done = without_run(program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN=token_of(role)))
    assert "has no run yet" in done.err
    assert (lines_of(done) == ["airflowctl dags trigger etl"]) is proposed
    assert done.err.endswith("trigger etl\n" if proposed else "no run yet\n")


@pytest.mark.parametrize("way", ["option", "variable", "file"])
def test_a_read_only_session_is_offered_no_change(online: Program, stub: Stub, home: Path, way: str) -> None:
    stub.answer = conflicts
    write(home, "safe", f'url = "{stub.url}"\nread_only = {"true" if way == "file" else "false"}\n')
    own = online.with_environ(AIRFLOWCTL_READ_ONLY="1") if way == "variable" else online
    more = ("--read-only",) if way == "option" else ()
    done = own("dagrun", "get", "etl", "latest", "-e", "safe", *more)
    assert done.err == "error: etl has no run yet\n"
    done = own("dags", "pause", "etl", "-e", "safe", *more)
    assert done.code == 4
    assert lines_of(done) == (["airflowctl env set safe --no-read-only"] if way == "file" else [])


def test_what_was_refused_once_is_not_proposed_again(online: Program, stub: Stub) -> None:
    stub.answer = forbids
    line = "dagrun get etl latest"
    with Shell(online) as shell:
        assert typed_lines_of(shell.run(line)) == ["dags trigger etl"]
        assert shell.run("dags trigger etl").code == 4
        assert typed_lines_of(shell.run(line)) == []


# Whatever stands in a name.


@every_row("text", [*NASTY, "it's $HOME", "'`id`'", "=ls", "~root", "\\'$(id)"])
def test_a_word_is_the_same_for_our_shell_and_the_systems(text: str) -> None:
    written = quote_for_both(text)
    assert words(written) == [text]
    if "\x00" not in text:
        script = f"printf %s {written}"
        ran = subprocess.run(["sh", "-c", script], capture_output=True, check=True, env={"HOME": "/h"})
        assert ran.stdout.decode() == text


def plain(line: tuple[str, ...]) -> str:
    return " ".join(("airflowctl", *line))


def nothing(line: tuple[str, ...]) -> str:
    return ""


def test_lines_are_written_where_they_stand_in_a_text() -> None:
    text = f"see: {suggest('a', 'b')}; or $({suggest('c', index=3)})"
    assert write_lines(text, plain) == "see: airflowctl a b; or $(airflowctl c --map-index 3)"
    assert write_lines(suggest(), plain) == "airflowctl"
    assert write_lines("no line at all", nothing) == "no line at all"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see: {}", ""),
        ("{}", ""),
        ("  answer it with: {}", ""),
        ("it is paused: nothing of it starts until: {}", "it is paused"),
        ("the run continues; look again with: {}", "the run continues"),
        ("see: {}; ask somebody", "ask somebody"),
    ],
)
def test_what_introduces_a_line_goes_with_it(text: str, left: str) -> None:
    assert write_lines(text.format(suggest("a")), nothing) == left


def test_marks_in_what_a_server_sent_are_no_line() -> None:
    assert write_lines(suggest("get", "\ufdd0x\ufdd1-y\ufdd2"), plain) == "airflowctl get x-y"
    assert "\ufdd0" not in write_lines("cut off: \ufdd0a\ufdd1b", plain)


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[2Jb", "a\u202eb"])
def test_a_line_that_cannot_be_typed_is_not_printed(online: Program, stub: Stub, name: str) -> None:
    stub.answer = conflicts
    done = online("dagrun", "get", name, "latest")
    assert done.err.endswith("has no run yet\n")
    assert lines_of(done) == []
