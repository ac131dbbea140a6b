"""Commands of plug-ins: they are found, completed and run like ours, and obey what ours obey."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from airflowctl.completion.line_grammar import Grammar
from tests.support.environment_files import write
from tests.support.plug_ins import COMMANDS, install, install_greet
from tests.support.program import Done, Program
from tests.support.stub import Reply, Request, Stub, reply


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return install_greet(tmp_path / "packages")


@pytest.fixture
def own(program: Program, packages: Path) -> Program:
    """The program with the noun `greet`, without a server."""
    return program.with_environ(PYTHONPATH=str(packages))


@pytest.fixture
def greeting(online: Program, packages: Path, stub: Stub) -> Program:
    """The same, logged in to a server with two pools."""
    stub.answer = pools
    return online.with_environ(PYTHONPATH=str(packages))


def pools(request: Request) -> Reply:
    items = [{"name": "a", "slots": 1}, {"name": "b", "slots": 2}]
    return reply({"pools": items, "total_entries": 2, "name": "a", "version": "3.3.2"})


# Found.


def test_the_noun_is_in_the_help_with_its_summary(own: Program) -> None:
    done = own.process("--help")
    assert "Commands of plug-ins:\n  greet" in done.out
    assert "Greetings, for those who come" in done.out
    assert (done.err, done.code) == ("", 0)


def test_help_of_the_noun_and_of_a_command(own: Program) -> None:
    done = own.process("help", "greet")
    assert "greet list" in done.out
    assert "List the greetings." in done.out
    assert "airflowctl greet drop NAME [options]" in own.process("help", "greet", "drop").out
    assert own.process("greet", "drop", "-h").out == own.process("help", "greet", "drop").out


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("gret list", "did you mean greet or"),
        ("greet lst", "did you mean list?"),
        ("greet nope", "greet has: list, drop"),
        ("greet list --limt 3", "did you mean --limit?"),
        ("greet drop", "usage: airflowctl greet drop NAME [options]"),
        ("drop", "did you mean greet drop?"),
    ],
)
def test_a_slip_is_named(own: Program, line: str, hint: str) -> None:
    done = own.process(*line.split())
    assert hint in done.err
    assert (done.out, done.code) == ("", 2)


def test_help_searches_plug_ins_too(own: Program) -> None:
    assert "greet list" in own.process("help", "greetings").out


def test_completion_knows_the_noun_and_its_words(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path, str(packages)])
    grammar = Grammar()
    assert "greet" in [choice.text for choice in grammar.slot_at("gre").choices]
    assert [choice.text for choice in grammar.slot_at("greet ").choices] == ["list", "drop"]
    slot = grammar.slot_at("greet drop ")
    assert slot.kind == "pool"
    assert "--limit" in [choice.text for choice in grammar.slot_at("greet list --").choices]


# Run.


def test_a_list_in_a_format(greeting: Program) -> None:
    done = greeting.process("greet", "list", "-o", "json")
    assert done.json == [{"name": "a", "words": "hello"}, {"name": "b", "words": "hello"}]
    assert (done.err, done.code) == ("", 0)


def test_the_other_spelling_and_the_program_name(greeting: Program, stub: Stub) -> None:
    assert greeting.process("airflowctl", "greet", "remove", "a").out == "a is gone\n"
    assert [request.method for request in stub.requests if request.method != "GET"] == ["DELETE"]


def test_in_a_file_of_commands(greeting: Program) -> None:
    done = greeting.process(stdin="greet list\ngreet drop b --yes\n")
    assert done.out == "name\twords\na\thello\nb\thello\nb is gone\n"
    assert done.code == 0


def test_a_file_is_checked_before_its_first_line_runs(greeting: Program, stub: Stub) -> None:
    done = greeting.process(stdin="greet drop b --yes\ngreet lst\n")
    assert (done.out, done.code) == ("", 2)
    assert "greet lst" in done.err
    assert stub.requests == []


# Obeying.


def changes(stub: Stub) -> list[str]:
    return [request.method for request in stub.requests if request.method != "GET"]


@pytest.mark.parametrize("how", ["--read-only", "AIRFLOWCTL_READ_ONLY"])
def test_a_read_only_session_refuses_the_change(greeting: Program, stub: Stub, how: str) -> None:
    line, environ = ["greet", "drop", "a"], {}
    if how.startswith("--"):
        line.append(how)
    else:
        environ = {how: "1"}
    done = greeting.with_environ(**environ).process(*line)
    assert done.code == 4
    assert "read-only" in done.err
    assert changes(stub) == []
    assert greeting.with_environ(**environ).process("greet", "list").code == 0


def test_production_wants_a_yes_from_a_script(greeting: Program, stub: Stub, home: Path) -> None:
    write(home, "prod", f'url = "{stub.url}"\nproduction = true\n')
    own = greeting.with_environ(AIRFLOWCTL_URL="")
    done = own.process("greet", "drop", "a", "-e", "prod")
    assert (done.code, changes(stub)) == (2, [])
    assert "give --yes=prod" in done.err


def test_a_terminal_is_asked_in_production(greeting: Program, stub: Stub, packages: Path, home: Path) -> None:
    write(home, "prod", f'url = "{stub.url}"\nproduction = true\n')
    sys.path.append(str(packages))
    try:
        done = greeting.with_environ(AIRFLOWCTL_URL="")("greet", "drop", "a", "-e", "prod", answers="no\n")
    finally:
        sys.path.remove(str(packages))
    assert "greeting a would be deleted." in done.err
    assert (done.code, changes(stub)) == (2, [])


SNEAKY = """
from airflowctl.extensions import *

@command("sneaky {verb}", "Change something in silence.", {params})
def change(session: Session{arguments}) -> Text:
    {body}
    return Text("done")

COMMANDS = Commands(api=1, summary="Sneaky things", commands=(change,))
"""
UNDECLARED = [
    'session.api.call("delete_pool", pool_name="a")',
    'session.api.call("post_pool", body={"name": "x", "slots": 1})',
    'session.api.record("post_pool", "name", body={"name": "x", "slots": 1})',
    'session.api.send("POST", "/api/v2/pools", body={"name": "x"})',
    'session.api.send("delete", "/api/v2/pools/a")',
    'session.api.send("PATCH", "/own/plugin", body={})',
    'list(session.api.pages("post_pool", "pools"))',
]


def run_sneaky(online: Program, folder: Path, body: str, params: str = "", arguments: str = "") -> Done:
    text = SNEAKY.format(verb="go", body=body, params=params, arguments=arguments)
    install(folder, "sneaky", {COMMANDS: {"sneaky": "sneaky_module:COMMANDS"}}, {"sneaky_module": text})
    return online.with_environ(PYTHONPATH=str(folder)).process("sneaky", "go", "--debug")


@pytest.mark.parametrize("body", UNDECLARED)
def test_a_change_that_is_not_declared_is_not_sent(
    online: Program, stub: Stub, tmp_path: Path, body: str
) -> None:
    done = run_sneaky(online, tmp_path / "sneaky", body)
    assert (done.out, done.code) == ("", 1)
    assert (
        "sneaky go of the plug-in sneaky_module:COMMANDS of the package sneaky declares no change" in done.err
    )
    assert changes(stub) == []


@pytest.mark.parametrize(
    "path", ["https://evil.example/x", "//evil.example/x", "@evil.example/x", "evil", "/../x", "/a/%2e%2e/b"]
)
def test_no_request_leads_elsewhere(online: Program, stub: Stub, tmp_path: Path, path: str) -> None:
    done = run_sneaky(online, tmp_path / "sneaky", f"session.api.send('GET', {path!r})")
    assert done.out == ""
    assert done.code != 0
    assert "evil.example/x" not in [request.target for request in stub.requests]
    assert all("token" not in json.dumps(request.headers) for request in stub.requests)


def test_what_a_handler_gets_holds_no_token(online: Program, tmp_path: Path) -> None:
    body = """
    texts, seen, open_objects = [], set(), [session, session.api]
    while open_objects and len(seen) < 200:
        thing = open_objects.pop()
        seen.add(id(thing))
        public = [name for name in dir(thing) if not name.startswith("_")]
        values = [getattr(thing, name) for name in public]
        texts += [repr(value) for value in values]
    session.note("public: " + " ".join(texts))
"""
    done = run_sneaky(online, tmp_path / "sneaky", body)
    assert "public: " in done.err
    assert "t.o.k" not in done.err


def test_a_secret_of_a_plug_in_is_not_shown(online: Program, tmp_path: Path) -> None:
    params = 'opt("--password", help="A secret.", secret=ALWAYS, safer="a file")'
    text = SNEAKY.format(
        verb="go", params=params, arguments=", password: str",
        body="session.note(f'it is {password}')\n    raise UsageError(f'{password} is wrong')",
    )  # fmt: skip
    folder = install(
        tmp_path / "s", "s", {COMMANDS: {"sneaky": "secret_module:COMMANDS"}}, {"secret_module": text}
    )
    own = online.with_environ(PYTHONPATH=str(folder))
    done = own.process("sneaky", "go", "--password", "hunter2hunter2")
    assert "hunter2hunter2" not in done.err
    assert "it is" in done.err
    assert done.code == 2


# What a handler does wrong is the plug-in's fault, and is called that.

FAULTS = [
    ("raise KeyError('x')", "unexpected KeyError"),
    ("session.api.call('no_such_operation')", "'no_such_operation' is no operation of the API"),
    ("session.nothing", "unexpected AttributeError"),
    ("return {'a': 1}", "'sneaky go' returned a dict"),
    ("return 'text'", "'sneaky go' returned a str"),
    ("return [1]", "'sneaky go' returned a list"),
    ("return Rows([1], ('a',), 'a')", "its Rows hold a int"),
    ("return Rows([{'a': 1}], 'a', 'a')", "the columns of its Rows"),
    ("return Rows((1 / 0 for _ in [1]), ('a',), 'a')", "unexpected ZeroDivisionError"),
    ("return Record('a', 'a')", "its Record holds a str"),
    ("return Text(7)", "its Text holds a int"),
]


@pytest.mark.parametrize(("body", "words"), FAULTS)
def test_a_fault_names_the_plug_in(online: Program, tmp_path: Path, body: str, words: str) -> None:
    done = run_sneaky(online, tmp_path / "sneaky", body)
    assert words in done.err
    assert "the plug-in sneaky_module:COMMANDS of the package sneaky" in done.err
    assert "report it to its author" in done.err
    assert (done.out, done.code) == ("", 1)


def test_debug_shows_where_a_plug_in_failed(online: Program, tmp_path: Path) -> None:
    assert "sneaky_module.py" in run_sneaky(online, tmp_path / "sneaky", "raise KeyError('x')").err


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("raise UsageError('no', 'do that')", 2),
        ("raise CliError('no', 'do that')", 1),
        ("raise NotFound('no', 'do that')", 1),
    ],
)
def test_an_error_of_ours_is_shown_as_it_is(online: Program, tmp_path: Path, body: str, code: int) -> None:
    done = run_sneaky(online, tmp_path / "sneaky", body)
    assert done.err.startswith("error: no\n  do that\n")
    assert done.code == code
