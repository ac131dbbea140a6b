"""The token in a variable, or of `--api-token`: seen by one server only, whatever the lines say, and in
whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.environment_files import write
from tests.support.keyrings import Kept
from tests.support.private_files import write_private
from tests.support.program import Done, Program
from tests.support.shell_driver import Shell
from tests.support.stub import TOKEN, Reply, Request, Stub, reply, wants_login

CANARY = "canary.of.good"
LOOK = "pools get p -o name"
TRY = f"try {LOOK}"  # where it may be that nobody is logged in: that ends a batch, also one that keeps going


@pytest.fixture
def good() -> Iterator[Stub]:
    with Stub(wants_login) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Stub]:
    with Stub(wants_login) as server:
        yield server


@pytest.fixture
def person(program: Program, good: Stub, other: Stub, home: Path) -> Program:
    """With a token in a variable and two environments; `good` is in use."""
    reset(home, good, other)
    return program.with_environ(AIRFLOW_CLI_TOKEN=CANARY, SHELL="/bin/sh")


def reset(home: Path, good: Stub, other: Stub) -> None:
    write(home, "good", f'url = "{good.url}"\n')
    write(home, "other", f'url = "{other.url}"\n')
    (home / "environment").write_text("good\n")


def tokens(server: Stub) -> set[str]:
    """Those that it has been sent so far."""
    sent = (request.headers.get("authorization", "") for request in server.requests)
    return {header.removeprefix("Bearer ") for header in sent} - {""}


STEPS = {
    "look": TRY,
    "use env": "use env other",
    "env use": "env use other",
    "back": "use env good",
    "-e": f"{TRY} -e other",
    "--url": f"{TRY} --url {{other}}",
    "source": "source {home}/lines",
    "login": "auth login -e other --url {other} -u ann -p hunter22 --store memory",
    "logout": "auth logout -e other",
    "edit good": "!printf 'url = \"%s\"\\n' {other} > {home}/environments/good.toml",
    "edit choice": "!echo other > {home}/environment",
    "set": "env set good --production",
    "remove": "env remove good --yes",
    "help": "help",
}


@pytest.mark.parametrize("first", STEPS)
def test_whatever_the_lines_one_server_sees_the_token(
    person: Program, good: Stub, other: Stub, home: Path, kept: Kept, first: str
) -> None:
    (home / "lines").write_text(f"use env other\n{TRY}\n")
    shuffled = Random(first)
    others = [name for name in STEPS if name != first]
    orders = [(name,) for name in others] + [tuple(shuffled.sample(others, 4)) for _ in range(3)]
    for rest in orders:
        reset(home, good, other)
        lines = [STEPS[name] for name in (first, *rest)] + [TRY, f"{TRY} -e other"]
        text = "\n".join(lines).format(other=other.url, home=home)
        done = person("-f", "-", "--keep-going", stdin=text)
        assert CANARY not in tokens(other), (first, rest, done)
        assert tokens(good) <= {CANARY}, (first, rest, done)
    assert TOKEN in tokens(other)  # its own login is used there
    if first == "look":
        assert tokens(good) == {CANARY}


@pytest.mark.parametrize("first", [name for name in STEPS if name not in ("use env", "back", "source")])
def test_nor_by_a_file_that_one_command_runs(
    person: Program, good: Stub, other: Stub, home: Path, kept: Kept, first: str
) -> None:
    for second in ("env use other", f"{TRY} -e other", "help"):
        reset(home, good, other)
        text = "\n".join((STEPS[first], second, LOOK)).format(other=other.url, home=home)
        (home / "lines").write_text(text + "\n")
        for more in ((), ("-e", "good"), ("--url", good.url)):
            person("source", str(home / "lines"), "--keep-going", *more)
            assert CANARY not in tokens(other), (first, second, more)
            reset(home, good, other)


def test_nor_in_the_shell(person: Program, good: Stub, other: Stub) -> None:
    with Shell(person) as shell:
        shell.run("use env other")
        refused = shell.run(LOOK)
        assert refused.code == 4
        assert f"AIRFLOW_CLI_TOKEN is for {good.url}" in " ".join(refused.err.split())
        shell.run("use env good")
        assert shell.run(LOOK) == Done("p\n", "", 0)
    assert (tokens(good), tokens(other)) == ({CANARY}, set())


@pytest.mark.parametrize("line", ["use env other", "env use other"])
def test_elsewhere_it_counts_as_absent(person: Program, good: Stub, other: Stub, line: str) -> None:
    done = person("-f", "-", stdin=f"{line}\n{LOOK}\n")
    assert done.code == 4
    assert f"not logged in to {other.url} (AIRFLOW_CLI_TOKEN is for {good.url})" in done.err


WHERE = [
    ({"AIRFLOWCTL_URL": "{good}"}, (), "good"),
    ({"AIRFLOWCTL_URL": "{good}"}, ("-e", "other"), ""),
    ({"AIRFLOWCTL_URL": "{good}"}, ("--url", "{other}"), ""),
    ({}, ("-e", "other"), "other"),
    ({}, ("--url", "{other}"), "other"),
    ({}, ("-e", "good"), "good"),
    ({"AIRFLOW_CLI_ENVIRONMENT": "other"}, (), "other"),
    ({"AIRFLOW_CLI_ENVIRONMENT": "other"}, ("-e", "good"), "good"),
    ({}, (), "good"),
]


@pytest.mark.parametrize("manner", ["one-shot", "batch"])
@pytest.mark.parametrize("variable", ["AIRFLOW_CLI_TOKEN", "AIRFLOW_CLI_TOKEN_FILE"])
@pytest.mark.parametrize(("environ", "argv", "owner"), WHERE)
def test_whose_it_is(
    person: Program,
    good: Stub,
    other: Stub,
    tmp_path: Path,
    environ: dict[str, str],
    argv: tuple[str, ...],
    owner: str,
    variable: str,
    manner: str,
) -> None:
    urls = {"good": good.url, "other": other.url}
    write_private(tmp_path / "token", CANARY)
    own = Program({name: value for name, value in person.environ.items() if name != "AIRFLOW_CLI_TOKEN"})
    value = CANARY if variable == "AIRFLOW_CLI_TOKEN" else str(tmp_path / "token")
    own = own.with_environ(**{variable: value, **{key: text.format(**urls) for key, text in environ.items()}})
    options = [word.format(**urls) for word in argv]
    done = (
        own(*LOOK.split(), *options) if manner == "one-shot" else own("-f", "-", *options, stdin=LOOK + "\n")
    )
    assert done.code == (0 if owner else 4), done
    assert tokens(good) == ({CANARY} if owner == "good" else set())
    assert tokens(other) == ({CANARY} if owner == "other" else set())
    noted = f"{variable} is used for {other.url}, not for the environment in use (good, {good.url})"
    assert (noted in done.err) is (owner == "other")
    assert owner == "other" or not owner or done.err == ""


def test_the_note_comes_once(person: Program, other: Stub) -> None:
    done = person("-f", "-", "-e", "other", stdin=f"{LOOK}\n{LOOK}\n")
    assert done.code == 0
    assert done.err.count("not for the environment in use") == 1


# Empty variables.

EMPTY = ["", " ", "\n"]


@pytest.mark.parametrize("blank", EMPTY, ids=repr)
@pytest.mark.parametrize("line", [(LOOK,), ("auth status",), (f"{LOOK} -e other",)], ids=str)
def test_an_empty_address_is_an_error(
    person: Program, good: Stub, other: Stub, blank: str, line: tuple[str]
) -> None:
    own = person.with_environ(AIRFLOWCTL_URL=blank)
    for done in (own(*line[0].split()), own("-f", "-", stdin=line[0] + "\n")):
        assert (done.out, done.code) == ("", 2)
        assert "AIRFLOWCTL_URL is set but empty" in done.err
    assert good.requests == other.requests == []


@pytest.mark.parametrize("blank", EMPTY, ids=repr)
@pytest.mark.parametrize("name", ["AIRFLOW_CLI_TOKEN", "AIRFLOW_CLI_TOKEN_FILE"])
def test_an_empty_token_is_an_error_where_it_would_be_read(
    program: Program, good: Stub, other: Stub, home: Path, name: str, blank: str
) -> None:
    reset(home, good, other)
    own = program.with_environ(**{name: blank})
    for line in (LOOK, "auth status", "auth token", "dags list"):
        for done in (own(*line.split()), own("-f", "-", stdin=line + "\n")):
            assert (done.out, done.code) == ("", 2), line
            assert f"{name} is set but empty" in done.err
    assert good.requests == []
    assert own("env", "list").code == own("--help").code == own("version").code == 0
    elsewhere = own("-f", "-", stdin=f"{LOOK} -e other\n")
    assert elsewhere.code == 4  # where it would not be read


def test_an_empty_address_is_no_matter_where_none_is_read(program: Program, good: Stub, home: Path) -> None:
    write(home, "good", f'url = "{good.url}"\n')
    own = program.with_environ(AIRFLOWCTL_URL="")
    assert own("env", "list").code == own("--help").code == own("help", "pools").code == 0
    assert own(*LOOK.split(), "-e", "good").code == 4  # not logged in there, which is another thing
    assert own(*LOOK.split(), "--url", good.url).code == 4


def test_help_reads_no_file_for_it(person: Program, home: Path) -> None:
    """A file that cannot be read would be told of."""
    for name in ("environment", "environments/good.toml"):
        (home / name).unlink()
        (home / name).mkdir()
    for line in (("--help",), ("pools", "list", "--help"), ("--version",), ("version",), ("help",)):
        done = person(*line)
        assert (done.err, done.code) == ("", 0), line


# --api-token.


def test_the_token_of_argv_is_for_the_server_of_argv(person: Program, good: Stub, other: Stub) -> None:
    own = Program({name: value for name, value in person.environ.items() if name != "AIRFLOW_CLI_TOKEN"})
    lines = f"{LOOK}\n{LOOK} -e other\n{LOOK} --url {other.url}\nuse env other\n{LOOK}\n"
    own("-f", "-", "--keep-going", "--api-token", CANARY, stdin=lines)
    assert (tokens(good), tokens(other)) == ({CANARY}, set())


def test_the_token_of_a_line_is_for_the_server_of_the_line(
    person: Program, good: Stub, other: Stub, home: Path
) -> None:
    done = person("-f", "-", stdin=f"{LOOK} -e other --api-token its.own.one\n{LOOK}\n")
    assert done.code == 0
    assert (tokens(good), tokens(other)) == ({CANARY}, {"its.own.one"})
    (home / "lines").write_text(f"{LOOK}\n{LOOK} -e other\n")
    person("source", str(home / "lines"), "--keep-going", "--api-token", "on.the.line")
    assert "on.the.line" in tokens(good)
    assert "on.the.line" not in tokens(other)


def test_a_line_that_names_an_environment_leaves_the_address_of_argv(
    person: Program, good: Stub, other: Stub
) -> None:
    done = person("-f", "-", "--url", good.url, stdin=f"{LOOK} -e other\n")
    assert done.code == 4
    assert other.requests
    assert (good.requests, tokens(other)) == ([], set())


def answer_p(request: Request) -> Reply:
    return reply({"name": "p"})


def test_an_empty_address_in_the_shell_is_said_at_each_line(person: Program, good: Stub) -> None:
    good.answer = answer_p
    with Shell(person.with_environ(AIRFLOWCTL_URL="")) as shell:
        for _ in range(2):
            done = shell.run(LOOK)
            assert (done.out, done.code) == ("", 2)
            assert "AIRFLOWCTL_URL is set but empty" in done.err
        assert shell.run(f"{LOOK} -e good").code == 2  # beside it stands a token, whose server it hides
    assert good.requests == []
