"""`--header`: what a gate before Airflow wants with each request, read elsewhere, for one server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.environment_files import write
from tests.support.program import Program
from tests.support.shell_driver import Shell
from tests.support.stub import Request, Stub, reply

SECRET = "gate-key-canary"


@pytest.fixture
def gated(two: Program) -> Program:
    """The environments `one` and `two`, at one server."""
    return two.with_environ(GATE_KEY=SECRET)


def sent(stub: Stub, name: str) -> list[str | None]:
    return [request.headers.get(name) for request in stub.requests]


def test_it_goes_with_each_request_to_its_own_environment(gated: Program, stub: Stub) -> None:
    done = gated("env", "set", "one", "--header", "X-Gate: env:GATE_KEY", "-o", "json")
    assert (done.code, done.json["headers"]) == (0, ["X-Gate: env:GATE_KEY"])
    assert gated("pools", "get", "p", "-e", "one").code == 0
    assert set(sent(stub, "x-gate")) == {SECRET}
    stub.requests.clear()
    gated("pools", "get", "p", "-e", "two")
    gated("pools", "get", "p", "-e", "one", "--url", stub.url)
    assert set(sent(stub, "x-gate")) == {None}


def test_the_value_is_shown_and_kept_nowhere(gated: Program, stub: Stub, home: Path) -> None:
    gated("env", "set", "one", "--header", "X-Gate: Key env:GATE_KEY")
    stub.answer = lambda request: reply({"detail": f"no way with {request.headers['x-gate']}"}, 403)
    done = gated("pools", "get", "p", "-e", "one", "--debug")
    shown = [done.out + done.err, gated("env", "show", "one", "-o", "json").out]
    shown += [path.read_text() for path in home.rglob("*") if path.is_file()]
    assert not [text for text in shown if SECRET in text]
    assert sent(stub, "x-gate")[0] == f"Key {SECRET}"


def test_a_file_and_a_program(gated: Program, stub: Stub, tmp_path: Path) -> None:
    file, program = tmp_path / "key", tmp_path / "print-key"
    file.write_text("from-the-file\n")
    file.chmod(0o600)
    program.write_text(f"#!{sys.executable}\nimport sys; print('from-' + sys.argv[1])\n")
    program.chmod(0o700)
    line = (
        "env",
        "set",
        "one",
        "--header",
        f"X-File: file:{file}",
        "--header",
        f"Proxy-Authorization: Bearer cmd:{program} me",
    )
    assert gated(*line).code == 0
    assert gated("pools", "get", "p", "-e", "one").code == 0
    assert sent(stub, "x-file")[0] == "from-the-file"
    assert sent(stub, "proxy-authorization")[0] == "Bearer from-me"
    file.chmod(0o666)
    stub.requests.clear()
    done = gated("pools", "get", "p", "-e", "one")
    assert (done.code, stub.requests) == (2, [])
    assert f"the header X-File: {file}" in done.err


def test_it_is_replaced_and_removed(gated: Program, stub: Stub) -> None:
    gated("env", "set", "one", "--header", "X-Gate: env:OTHER", "--header", "X-Team: env:GATE_KEY")
    gated("env", "set", "one", "--header", "x-gate: env:GATE_KEY")
    assert gated("env", "show", "one", "-o", "json").json["headers"] == [
        "X-Team: env:GATE_KEY",
        "x-gate: env:GATE_KEY",
    ]
    assert gated("env", "set", "one", "--remove-header", "X-GATE").code == 0
    assert gated("env", "set", "one", "--remove-header", "X-Gate").code == 2
    gated("pools", "get", "p", "-e", "one")
    assert (sent(stub, "x-gate")[0], sent(stub, "x-team")[0]) == (None, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        "X-Gate", "X-Gate:", f"X-Gate: {SECRET}", "X-Gate: env:", "X-Gate: file:relative",
        "X-Gate: cmd:'print key", "X-Gate: cmd:''", ": env:GATE_KEY",
        "X Gate: env:GATE_KEY", "X-Gate\r\nX-Evil: env:GATE_KEY", "X-Gate: a\r\nX-Evil: env:GATE_KEY",
        "X-G\u00e4te: env:GATE_KEY", *(f"{name}: env:GATE_KEY" for name in
        ("Authorization", "Host", "content-length", "Cookie", "Transfer-Encoding", "Connection")),
    ],
)  # fmt: skip
def test_what_cannot_be_a_header_is_refused(gated: Program, stub: Stub, header: str) -> None:
    done = gated("env", "set", "one", "--header", header)
    assert (done.code, stub.requests) == (2, []), done
    assert SECRET not in done.err
    assert "headers" not in gated("env", "show", "one", "-o", "json").json


@pytest.mark.parametrize("value", ["", "  ", "two\nlines", "a\rb", "caf\u00e9", "x" * 20_000])
def test_what_cannot_be_a_value_is_not_sent(gated: Program, stub: Stub, value: str) -> None:
    gated("env", "set", "one", "--header", "X-Gate: env:GATE_KEY")
    done = gated.with_environ(GATE_KEY=value)("pools", "get", "p", "-e", "one")
    assert (done.code, stub.requests) == (2, [])
    assert "the header X-Gate" in done.err


def test_a_login_takes_one(person: Program, stub: Stub) -> None:
    """A gate before Airflow lets nothing through without it, the login neither."""

    def gate(request: Request) -> object:
        if request.headers.get("x-gate") != SECRET:
            return reply("<html>no</html>", 403, "text/html")
        made = (
            {"access_token": "head.token.tail"}
            if request.path.endswith("cli")
            else {"name": "p", "username": "ann"}
        )
        return reply(made, 201 if request.path.endswith("cli") else 200)

    stub.answer = gate  # type: ignore[assignment]
    own = person.with_environ(GATE_KEY=SECRET)
    line = ("auth", "login", "--url", stub.url, "--username", "ann", "--password-stdin")
    assert own(*line, stdin="pw\n").code != 0
    assert own(*line, "--header", "X-Gate: env:GATE_KEY", stdin="pw\n").code == 0
    assert own("pools", "get", "p").code == 0


def test_a_damaged_header_is_named(gated: Program, stub: Stub, home: Path) -> None:
    for table in ('"Host" = "env:GATE_KEY"', '"X" = "clear text"', '"X" = 3'):
        write(home, "one", f'url = "{stub.url}"\n[headers]\n{table}\n')
        done = gated("pools", "get", "p", "-e", "one")
        assert done.code == 1, done
        assert "one.toml is damaged" in done.err
    assert not stub.requests


def test_a_shell_sends_it_too(gated: Program, stub: Stub) -> None:
    gated("env", "set", "one", "--header", "X-Gate: env:GATE_KEY")
    gated("env", "use", "one")
    with Shell(gated) as shell:
        assert shell.run("pools get p").code == 0
    assert set(sent(stub, "x-gate")) == {SECRET}


def test_a_printed_request_names_it(gated: Program, stub: Stub) -> None:
    gated("env", "set", "one", "--header", "X-Gate: env:GATE_KEY")
    done = gated("pools", "get", "p", "-e", "one", "--print-as", "curl")
    assert "# add the header X-Gate, which is read from env:GATE_KEY\n" in done.out
    assert SECRET not in done.out
    assert not stub.requests
