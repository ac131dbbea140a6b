"""Several commands in a line: `;`, `&&`, `||`, in the shell and in batches; what only looks like them
stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from airflowctl.core.errors import UsageError
from airflowctl.execution.pipeline import parse_commands
from airflowctl.execution.private_lines import is_line, may_hold_secret
from completers.line_lists import begin_of_command, split_list
from completers.tokenizer import split
from tests.support.program import Program
from tests.support.shell_driver import CTRL_C, Shell
from tests.support.stub import Reply, Request, Stub, lets_in, reply
from tests.support.waiting import until


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("a b; c", [("", "a b"), (";", "c")]),
        ("a ; b", [("", "a"), (";", "b")]),
        ("a;", [("", "a")]),
        ("a && b || c; d", [("", "a"), ("&&", "b"), ("||", "c"), (";", "d")]),
        ("a;b", [("", "a;b")]),
        ("a http://h/?x=1&y=2", [("", "a http://h/?x=1&y=2")]),
        ("a x&&y p||q", [("", "a x&&y p||q")]),
        ("a '&&' \"||\" ';'", [("", "a && || ;")]),
        ("a 'x;' ; b", [("", "a x;"), (";", "b")]),
        ('a "x"; b', [("", "a x"), (";", "b")]),
        (r"a x\; b", [("", "a x; b")]),
        (r"a x\\; b", [("", "a x\\"), (";", "b")]),
        ('a {"k": "v; w"}; b', [("", 'a {"k": "v; w"}'), (";", "b")]),
        ("a # b; c && d", [("", "a")]),
        ("a; # b", [("", "a")]),
        ("a > f; b", [("", "a"), (";", "b")]),
        ("a > f && b | c; d", [("", "a"), ("&&", "b")]),
        ("!a; b && c", [("", "")]),
        ("a; !b it's; c", [("", "a"), (";", "")]),
        ("", []),
        ("  # only a comment", []),
    ],
)
def test_where_a_command_ends(line: str, commands: list[tuple[str, str]]) -> None:
    assert [(command.operator, " ".join(command.tokens)) for command in parse_commands(line)] == commands


@pytest.mark.parametrize(
    ("line", "shell"),
    [("!a; b && c", "a; b && c"), ("x; !ls | wc; y", "ls | wc; y"), ("x | a && b; c", "a && b; c")],
)
def test_the_rest_is_for_the_other_shell(line: str, shell: str) -> None:
    last = parse_commands(line)[-1]
    assert (last.shell or last.pipe) == shell


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("&& a", "before '&&'"),
        ("a &&", "after '&&'"),
        ("a ||", "after '||'"),
        ("a; && b", "after ';'"),
        ("a && && b", "after '&&'"),
        ("; a", "before ';'"),
        ("a; | b", "before '|'"),
    ],
)
def test_a_line_with_a_hole_is_an_error(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words.replace("|", r"\|")):
        parse_commands(line)


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("pools list", 0),
        ("pools list;", 11),
        ("pools list; da", 11),
        ("a && b", 4),
        ("a 'x; y", 0),
        ("!a; b", 0),
    ],
)
def test_what_is_typed_belongs_to_the_last_command(text: str, begin: int) -> None:
    assert begin_of_command(text) == begin


def test_each_command_completes_and_is_marked() -> None:
    grammar = Grammar()
    line = "pools list; dags ge"
    assert "get" in {choice.text for choice in grammar.slot_at(line).choices}
    assert grammar.slot_at(line).start == len(line) - 2
    roles = [mark.role for mark in grammar.marks("pools list && dags lst; x y")]
    assert roles == ["command", "command", "plumbing", "command", "unknown", "plumbing", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("line", "is_secret"),
    [
        ("pools list; auth login -p hunter2", True),
        ("auth login -p hunter2 && pools list", True),
        ("pools list; variables set api_key hunter2; version", True),
        ("pools list; dags list", False),
    ],
)
def test_a_secret_in_any_command_is_seen(line: str, is_secret: bool) -> None:
    assert may_hold_secret(line) is is_secret


@pytest.mark.parametrize(
    ("line", "is_kept"),
    [
        ("pools list; version", True),
        ("pools list; s3cret", False),
        ("s3cret; version", False),
        ("version;", True),
    ],
)
def test_a_line_goes_to_disk_where_each_command_is_one(line: str, is_kept: bool) -> None:
    assert is_line(line) is is_kept


def pools(request: Request) -> Reply:
    if request.path.endswith("/pools"):
        return reply({"pools": [{"name": "a", "slots": 1}], "total_entries": 1})
    if "/pools/" in request.path:
        return reply({"detail": "not found"}, 404)
    return lets_in(request)


@pytest.fixture
def online(program: Program, stub: Stub) -> Program:
    stub.answer = pools
    return program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")


RUNS = [
    ("pools list -o name; pools list -o name", "a\na\n", 0),
    ("pools get x; pools list -o name", "a\n", 0),
    ("pools get x && pools list -o name", "", 1),
    ("pools get x || pools list -o name", "a\n", 0),
    ("pools list -o name || pools get x", "a\n", 0),
    ("pools get x && pools get y || pools list -o name", "a\n", 0),
    ("pools list -o name && pools get x; pools list -o name", "a\na\n", 0),
    ("pools list -o name | sed s/a/b/ && echo c", "", 0),
    ("pools list -o name && pools lst", "", 2),
]


@pytest.mark.parametrize(("line", "out", "code"), RUNS)
def test_in_the_shell(online: Program, stub: Stub, line: str, out: str, code: int) -> None:
    with Shell(online) as shell:
        done = shell.run(line)
        assert (done.out, done.code) == (out, code)
    if code == 2:
        assert not [request for request in stub.requests if "/pools" in request.path]


@pytest.mark.parametrize(
    ("line", "out", "code"),
    [(line, out, code) for line, out, code in RUNS if "pools get x;" not in line and "get x; " not in line],
)
@pytest.mark.parametrize("options", [[], ["--stream"]])
def test_in_a_batch(
    online: Program, tmp_path: Path, line: str, out: str, code: int, options: list[str]
) -> None:
    file = tmp_path / "lines"
    file.write_text(f"{line}\n")
    done = online(*options, "-f", str(file))
    assert (done.out, done.code) == (out, code)


def test_a_batch_stops_behind_a_semicolon_as_at_a_line_end(online: Program, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("pools get x; pools list -o name\n")
    done = online("-f", str(file))
    assert (done.out, done.code) == ("", 1)
    done = online("--keep-going", "-f", str(file))
    assert (done.out, done.code) == ("a\n", 1)


def test_each_command_of_a_line_is_checked_before_the_first_runs(
    online: Program, stub: Stub, tmp_path: Path
) -> None:
    file = tmp_path / "lines"
    file.write_text("pools list && pools lst; dags list --limt 3 || pools get\n")
    done = online("-f", str(file))
    assert done.code == 2
    places = [line.split(": error")[0] for line in done.err.splitlines() if ": error" in line]
    assert places == [f"{file}:1:21", f"{file}:1:36", f"{file}:1:48"]
    assert stub.requests == []


def test_a_journal_knows_each_command_of_a_line(program: Program, stub: Stub, tmp_path: Path) -> None:
    fails = True

    def answer(request: Request) -> Reply:
        if "/pools/b" in request.path and fails:
            return reply({"detail": "no"}, 403)
        if request.path.startswith("/api/v2/pools"):
            return reply({"name": "a", "slots": 1, "pool": "a"})
        return lets_in(request)

    stub.answer = answer
    online = program.with_environ(AIRFLOWCTL_URL=stub.url, AIRFLOW_CLI_TOKEN="t.o.k")
    file, journal = tmp_path / "lines", tmp_path / "journal"
    file.write_text("pools update a --slots 2; pools update b --slots 3 && pools update c --slots 4\n")
    assert online("-f", str(file), "--journal", str(journal)).code == 4
    fails, before = False, len(stub.requests)
    assert online("-f", str(file), "--journal", str(journal), "--resume").code == 0
    changed = [request.path[-1] for request in stub.requests[before:] if request.method == "PATCH"]
    assert changed == ["b", "c"]
    rows = [json.loads(row) for row in journal.read_text().splitlines()[1:]]
    assert {row.get("part", 0) for row in rows} == {0, 1, 2}


def test_words_after_a_semicolon_complete(online: Program) -> None:
    with Shell(online) as shell:
        shell.type("pools list; pools get ")
        until(lambda: "a" in shell.menu, "a name")
        shell.type(CTRL_C)


def test_every_part_has_its_place() -> None:
    line = "a b; c && d"
    for part in split_list(line, split(line)):
        assert [line[word.start : word.end] for word in part.words] == [word.text for word in part.words]
