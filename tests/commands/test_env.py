"""`env` and `auth list-envs`: which server is in use, for how long, and what is forgotten with it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.environment_files import write
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.shell_driver import Shell
from tests.support.stub import TOKEN, Stub


def goes_to(stub: Stub, done: Done) -> str:
    """The environment whose server was asked last."""
    assert done.code == 0, done
    return stub.requests[-1].path.split("/")[1]


def in_use(program: Program, *options: str) -> list[str]:
    return [row["name"] for row in program("env", "list", "-o", "json", *options).json if row["in_use"]]


# Which one.


def test_a_choice_is_for_all_commands_to_come(two: Program, stub: Stub) -> None:
    done = two("env", "use", "two")
    assert (done.out, done.err, done.code) == (f"two is in use: {stub.url}/two\n", "", 0)
    assert in_use(two) == ["two"]
    assert goes_to(stub, two("pools", "get", "p")) == "two"
    assert goes_to(stub, two.process("pools", "get", "p")) == "two"
    two("env", "use", "one")
    assert goes_to(stub, two("pools", "get", "p")) == "one"


def test_what_a_line_says_goes_before_the_choice(two: Program, stub: Stub) -> None:
    two("env", "use", "two")
    assert goes_to(stub, two("pools", "get", "p", "-e", "one")) == "one"
    variable = two.with_environ(AIRFLOW_CLI_ENVIRONMENT="one")
    assert goes_to(stub, variable("pools", "get", "p")) == "one"
    assert in_use(variable) == ["one"]
    assert goes_to(stub, two("pools", "get", "p", "--url", f"{stub.url}/three")) == "three"
    assert goes_to(stub, two("pools", "get", "p")) == "two"


def test_in_a_batch_a_choice_lasts_to_its_end(two: Program, stub: Stub, home: Path) -> None:
    two("env", "use", "two")
    done = two(stdin="pools get p\nenv use one\npools get p\nenv list -o tsv\n")
    assert done.code == 0, done
    asked = [request.path.split("/")[1] for request in stub.requests if "pools" in request.path]
    assert asked == ["two", "one"]
    assert "one\ttrue\t" in done.out
    assert in_use(two) == ["two"]
    assert (home / "environment").read_text() == "two\n"


def test_in_the_shell_a_choice_lasts_to_its_end(two: Program, stub: Stub, home: Path) -> None:
    two("env", "use", "two")
    with Shell(two) as shell:
        assert goes_to_in(shell, stub) == "two"
        assert shell.run("env use one").code == 0
        assert goes_to_in(shell, stub) == "one"
        assert shell.run("env use nosuch").code == 2
        assert goes_to_in(shell, stub) == "one"
    assert in_use(two) == ["two"]


def test_in_the_shell_a_login_elsewhere_is_where_the_next_line_goes(
    two: Program, stub: Stub, kept: Kept
) -> None:
    two("env", "use", "two")
    with Shell(two) as shell:
        assert goes_to_in(shell, stub) == "two"
        assert shell.run(f"auth login -e new --url {stub.url}/new -u ann --password=hunter22").code == 0
        assert goes_to_in(shell, stub) == "new"
        assert stub.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
        assert shell.run("auth logout --debug").code == 0
        shell.run("pools get p")
        assert "authorization" not in stub.requests[-1].headers


def goes_to_in(shell: Shell, stub: Stub) -> str:
    assert shell.run("pools get p").code == 0
    return [one.path for one in stub.requests if "pools" in one.path][-1].split("/")[1]


def test_another_session_does_not_change_where_this_one_is(two: Program, stub: Stub) -> None:
    two("env", "use", "two")
    with Shell(two) as shell:
        two("env", "use", "one")
        assert goes_to_in(shell, stub) == "two"
        two("env", "remove", "one")
        assert goes_to_in(shell, stub) == "two"


def test_only_what_is_there_can_be_used(two: Program, home: Path) -> None:
    done = two("env", "use", "tow")
    assert (done.out, done.code) == ("", 2)
    assert "did you mean two" in done.err
    assert not (home / "environment").exists()


def test_a_choice_that_is_gone_is_named(two: Program, home: Path) -> None:
    two("env", "use", "two")
    (home / "environments" / "two.toml").unlink()
    done = two("pools", "list")
    assert (done.out, done.code) == ("", 2)
    assert "no environment 'two'" in done.err
    assert in_use(two) == []
    assert two("env", "use", "one").code == 0


CHOICES = {
    "a way out": "../../etc/passwd\n",
    "a path": "/etc/passwd",
    "two lines": "one\ntwo\n",
    "hidden": ".one",
    "bytes": "\udcff\udcfe",
}


@pytest.mark.parametrize("content", CHOICES.values(), ids=CHOICES)
def test_a_damaged_choice_is_named(two: Program, stub: Stub, home: Path, content: str) -> None:
    (home / "environment").write_text(content, encoding="utf-8", errors="surrogateescape")
    done = two("pools", "list")
    assert (done.out, done.code in (1, 2)) == ("", True)
    assert str(home / "environment") in done.err
    assert stub.requests == []
    assert two("pools", "get", "p", "-e", "one").code == 0
    assert two("env", "use", "one").code == 0  # which fixes it
    assert in_use(two) == ["one"]


@pytest.mark.parametrize("name", ["environment", "environments/two.toml"])
@pytest.mark.parametrize("mode", [0o602, 0o620, 0o666])
def test_a_file_that_others_can_write_to_is_refused(
    two: Program, stub: Stub, home: Path, name: str, mode: int
) -> None:
    """It says where a token goes, and what is run to get one."""
    two("env", "use", "two")
    (home / name).chmod(mode)
    done = two("pools", "list")
    assert (done.out, done.code) == ("", 1)
    assert f"others can write to {home / name}" in done.err
    assert f"chmod 600 {home / name}" in done.err
    assert stub.requests == []
    assert two("pools", "get", "p", "-e", "one").code == 0


BAD_NAMES = [
    "../x",
    "/etc/passwd",
    ".hidden",
    "a/b",
    "a b",
    "x" * 101,
    "a\nb",
    "..",
    "~",
    "",
    "con",
    "Nul.x",
    "lpt1",
]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("command", ["use", "show", "remove"])
def test_no_name_leads_out_of_the_folder(
    two: Program, home: Path, tmp_path: Path, command: str, name: str
) -> None:
    (tmp_path / "x.toml").write_text('url = "http://evil"\n')
    done = two("env", command, name)
    assert (done.out, done.code) == ("", 2)
    assert "cannot be the name of an environment" in done.err
    assert (tmp_path / "x.toml").exists()
    assert not (home / "environment").exists()


# What is shown.


def test_there_may_be_none(program: Program) -> None:
    for line in (("env", "list"), ("auth", "list-envs")):
        done = program(*line, terminal=True)
        assert done.code == 0
        assert "airflowctl auth login" in done.err
    assert program("env", "list", "-o", "json").json == []


def test_both_lists_are_the_same(two: Program, kept: Kept, stub: Stub) -> None:
    two(
        "auth", "login", "-e", "three", "--url", stub.url, "-u", "ann", "--password-stdin", stdin="hunter22\n"
    )
    found = two("env", "list", "-o", "json").json
    assert two("auth", "list-envs", "-o", "json").json == found
    assert [row["name"] for row in found] == ["one", "three", "two"]
    assert found[1] == {
        "name": "three", "in_use": False, "url": stub.url, "username": "ann", "method": "password",
        "store": "keyring", "production": False,
    }  # fmt: skip


def test_a_list_asks_no_server_and_no_keyring(two: Program, stub: Stub, kept: Kept) -> None:
    for line in (("env", "list"), ("env", "show", "one"), ("auth", "list-envs")):
        assert two(*line).code == 0
    assert (stub.requests, kept.asked) == ([], 0)


def test_a_file_of_somebody_elses_is_none(two: Program, home: Path) -> None:
    write(home, "copy of one", 'url = "http://h"\n')
    write(home, ".one", 'url = "http://h"\n')
    assert [row["name"] for row in two("env", "list", "-o", "json").json] == ["one", "two"]


def test_a_damaged_file_is_named(two: Program, home: Path) -> None:
    file = write(home, "two", "url = 17\n")
    for line in (("env", "list"), ("env", "show", "two"), ("env", "use", "two")):
        done = two(*line)
        assert (done.out, done.code) == ("", 1)
        assert f"{file} is damaged" in done.err
    assert two("env", "show", "one").code == 0
    removed = two("env", "remove", "two")  # the way out that needs no editor
    assert (removed.out, removed.code) == ("removed two\n", 0)
    assert "its login may still be kept" in removed.err
    assert two("env", "list").code == 0


BAD = {
    "hours of none": "max_session_hours = 0",
    "hours before": "max_session_hours = -1",
    "hours as text": 'max_session_hours = "12"',
    "hours as truth": "max_session_hours = true",
    "hours of nan": "max_session_hours = nan",
    "command as text": 'command = "rm -rf /"',
    "command of numbers": "command = [1, 2]",
    "settings as text": 'settings = "x"',
    "a setting of numbers": "[settings]\nissuer = 1",
    "network as list": "network = []",
    "bundle of numbers": "[network]\nca_bundle = 1",
}


@pytest.mark.parametrize("line", BAD.values(), ids=BAD)
def test_what_cannot_be_is_damaged(two: Program, stub: Stub, home: Path, line: str) -> None:
    file = write(home, "one", f'url = "{stub.url}"\n{line}\n')
    done = two("pools", "get", "p", "-e", "one")
    assert (done.out, done.code) == ("", 1)
    assert f"{file} is damaged" in done.err
    assert stub.requests == []


def test_what_a_later_version_wrote_is_no_matter(two: Program, stub: Stub, home: Path) -> None:
    write(home, "one", f'url = "{stub.url}"\ncolour = "red"\n[network]\nspeed = 1\n[more]\na = [1]\n')
    assert two("pools", "get", "p", "-e", "one").code == 0


@pytest.mark.parametrize("text", ["insecure = 1", 'insecure = "true"', "insecure_http = 1"])
def test_only_a_plain_true_makes_it_insecure(two: Program, stub: Stub, home: Path, text: str) -> None:
    write(home, "one", f'url = "{stub.url}"\n[network]\n{text}\n')
    shown = two("env", "show", "one", "-o", "json").json
    assert "insecure" not in shown
    assert "insecure_http" not in shown


def test_all_that_a_login_said_is_shown_and_kept(
    program: Program, stub: Stub, kept: Kept, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").touch()
    done = program(
        "auth", "login", "-e", "work", "--url", f"{stub.url}/team-a/", "-u", "ann", "--password-stdin",
        "--max-session-hours", "1.5", "--setting", "audience=data", "--setting", "colour=blue",
        "--ca-bundle", str(tmp_path / "ca.pem"), "--client-cert", str(tmp_path / "c.pem"),
        "--client-key", str(tmp_path / "k.pem"), "--insecure-http", stdin="hunter22\n",
    )  # fmt: skip
    assert (done.err, done.code) == ("", 0)
    wanted: dict[str, Any] = {
        "name": "work",
        "url": f"{stub.url}/team-a",
        "username": "ann",
        "method": "password",
        "store": "keyring",
        "max_session_hours": 1.5,
        "audience": "data",
        "colour": "blue",
        "ca_bundle": str(tmp_path / "ca.pem"),
        "client_cert": str(tmp_path / "c.pem"),
        "client_key": str(tmp_path / "k.pem"),
        "insecure_http": True,
        "file": str(home / "environments" / "work.toml"),
    }
    assert program("env", "show", "work", "-o", "json").json == wanted
    assert program("env", "show", "-e", "work", "-o", "json").json == wanted
    found = tomllib.loads((home / "environments" / "work.toml").read_text())
    assert found["max_session_hours"] == 1.5
    assert found["network"]["ca_bundle"] == str(tmp_path / "ca.pem")
    again = ("auth", "login", "-e", "work", "-u", "ann", "--password-stdin")
    assert program(*again, stdin="hunter22\n").code == 0
    assert program("env", "show", "work", "-o", "json").json == wanted


def test_the_one_in_use_is_shown(two: Program) -> None:
    two("env", "use", "two")
    assert two("env", "show", "-o", "json").json["name"] == "two"
    assert two("env", "show", "one", "-o", "json").json["name"] == "one"
    assert two("env", "show", "-e", "one", "-o", "json").json["name"] == "one"
