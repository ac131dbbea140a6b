"""Environments: which server a line goes to, and the small files that remember it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from airflowctl.core.environment import Environment
from airflowctl.core.errors import ConfigError
from airflowctl.storage.environments import EnvironmentStore
from tests.support.environment_files import write
from tests.support.keyrings import Kept
from tests.support.program import Done, Program
from tests.support.stub import Stub, reply


@pytest.fixture
def environments(home: Path) -> EnvironmentStore:
    return EnvironmentStore({"AIRFLOWCTL_HOME": str(home)})


def again(environments: EnvironmentStore, home: Path) -> EnvironmentStore:
    """As another process sees them."""
    return EnvironmentStore({"AIRFLOWCTL_HOME": str(home)})


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# The files.


@pytest.mark.parametrize("name", ["default", "prod", "team-a", "a_b.c", "2", "ünï", "x" * 100])
def test_an_environment_is_kept(environments: EnvironmentStore, home: Path, name: str) -> None:
    made = Environment(name, "https://airflow.example.org/team-a", "ann")
    environments.save(made)
    assert environments.get(name) == made
    assert again(environments, home).get(name) == made
    assert again(environments, home).names() == (name,)


@pytest.mark.parametrize(
    "username", ["", "ann", "DOMAIN\\ann", 'a"b', "日本", "a'b", "a\tb", "a\x7fb", "# x", "👩‍💻"]
)
def test_any_user_name_comes_back(environments: EnvironmentStore, home: Path, username: str) -> None:
    environments.save(Environment("x", "http://h", username))
    assert again(environments, home).get("x") == Environment("x", "http://h", username)


def test_an_environment_can_be_changed(environments: EnvironmentStore, home: Path) -> None:
    for url in ("http://one", "http://two"):
        environments.save(Environment("x", url))
    assert again(environments, home).get("x") == Environment("x", "http://two")
    assert sorted(os.listdir(home / "environments")) == ["x.toml"]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_folders_are_for_this_user_only(
    environments: EnvironmentStore, home: Path, umask: int
) -> None:
    before = os.umask(umask)
    try:
        environments.save(Environment("x", "http://h"))
    finally:
        os.umask(before)
    assert mode(home / "environments" / "x.toml") == 0o600
    assert mode(home / "environments") == 0o700
    assert mode(home) == 0o700


def test_a_file_is_changed_whole_or_not_at_all(
    environments: EnvironmentStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environments.save(Environment("x", "http://old"))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ConfigError, match="No space left on device"):
        environments.save(Environment("x", "http://new"))
    monkeypatch.undo()
    assert again(environments, home).get("x") == Environment("x", "http://old")
    assert os.listdir(home / "environments") == ["x.toml"]
    environments.save(Environment("x", "http://new"))
    assert again(environments, home).get("x") == Environment("x", "http://new")


def test_what_another_process_left_behind_is_in_nobodys_way(
    environments: EnvironmentStore, home: Path
) -> None:
    environments.save(Environment("x", "http://old"))
    (home / "environments" / f"x.toml.{os.getpid()}.new").write_text("half")
    environments.save(Environment("x", "http://new"))
    assert again(environments, home).get("x") == Environment("x", "http://new")
    assert environments.names() == ("x",)


def test_names_are_sorted_and_other_files_are_none(environments: EnvironmentStore, home: Path) -> None:
    for name in ("b", "a"):
        environments.save(Environment(name, "http://h"))
    (home / "environments" / "notes.txt").touch()
    assert environments.names() == ("a", "b")


BAD_NAMES = [
    "../x", "a/b", "/etc/passwd", ".hidden", ".", "..", "a\\b", "a b", "-x", "_", "a:b", "a\nb", "\x00",
    "x" * 101, "a\u202eb", "$x", "~",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_no_name_is_refused(program: Program, stub: Stub, home: Path, name: str) -> None:
    variable = program.with_environ(AIRFLOW_CLI_ENVIRONMENT=name)
    for done in (
        program("pools", "list", f"--env={name}"),
        program("pools", "list", f"--env={name}", "--url", stub.url),
        program("auth", "login", f"--env={name}", "--url", stub.url, "-u", "ann", "-p", "pw"),
        variable("pools", "list"),
    ):
        assert (done.out, done.code) == ("", 2)
        assert "cannot be the name of an environment" in done.err
    assert stub.requests == []
    assert not home.exists()


@pytest.mark.parametrize("option", ["--env=", "-e=", "--url="])
def test_an_empty_choice_is_not_the_default(program: Program, stub: Stub, home: Path, option: str) -> None:
    """`-e "$TARGET"` with a variable that nobody set must not go to whatever is the default."""
    write(home, "default", f'url = "{stub.url}"\n')
    done = program("variables", "delete", "k", "--yes", option)
    assert (done.code, stub.requests) == (2, [])


DAMAGED: dict[str, str | bytes] = {
    "no TOML": "url: http://h\n",
    "cut": 'url = "http://',
    "empty": "",
    "no url": 'username = "ann"\n',
    "number": "url = 17\n",
    "odd user": 'url = "http://h"\nusername = 17\n',
    "bytes": b'url = "http://\xff"\n',
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(program: Program, home: Path, content: str | bytes) -> None:
    file = write(home, "x", content)
    done = program("pools", "list", "-e", "x")
    assert (done.out, done.code) == ("", 1)
    assert f"{file} is damaged" in done.err
    assert "log in again" in done.err
    assert program("version", "-e", "x").code == 0


def test_a_folder_in_place_of_a_file_is_named(program: Program, home: Path) -> None:
    (home / "environments" / "x.toml").mkdir(parents=True)
    done = program("pools", "list", "-e", "x")
    assert (done.out, done.code) == ("", 1)
    assert "cannot read" in done.err


@pytest.mark.parametrize("ending", ["/", "/api/v2", "/home"])
def test_an_address_written_by_hand_is_made_plain(
    program: Program, stub: Stub, home: Path, ending: str
) -> None:
    write(home, "x", f'url = "{stub.url}{ending}"\n')
    assert program("pools", "get", "p", "-e", "x").code == 0
    assert stub.requests[0].path == "/api/v2/pools/p"


@pytest.mark.parametrize("url", ["nonsense", "localhost:8080", "ftp://h", "http://a:b@h"])
def test_an_address_written_by_hand_may_be_none(program: Program, home: Path, url: str) -> None:
    write(home, "x", f'url = "{url}"\n')
    done = program("pools", "list", "-e", "x")
    assert (done.out, done.code in (1, 2)) == ("", True)
    assert "unexpected" not in done.err
    assert "x.toml" in done.err or "URL" in done.err


# Places.


def test_where_the_files_are(program: Program, stub: Stub, tmp_path: Path, kept: Kept) -> None:
    def login(**environ: str) -> Done:
        bare = {name: value for name, value in program.environ.items() if name != "AIRFLOWCTL_HOME"}
        return Program({**bare, "AIRFLOW_CLI_TOKEN": "x", **environ})(
            "auth", "login", "--url", stub.url, "-u", "ann", "-p", "pw"
        )

    login(HOME=str(tmp_path / "a"))
    login(HOME=str(tmp_path / "a"), XDG_CONFIG_HOME=str(tmp_path / "b"))
    login(HOME=str(tmp_path / "a"), XDG_CONFIG_HOME=str(tmp_path / "b"), AIRFLOWCTL_HOME=str(tmp_path / "c"))
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.toml")}
    assert found == {
        "a/.config/airflowctl/environments/default.toml",
        "b/airflowctl/environments/default.toml",
        "c/environments/default.toml",
    }


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/below", "/proc/nope"])
def test_a_folder_that_cannot_be_written_is_said(
    program: Program, stub: Stub, place: str, kept: Kept
) -> None:
    nowhere = program.with_environ(AIRFLOWCTL_HOME=place)
    done = nowhere("auth", "login", "--url", stub.url, "-u", "ann", "-p", "pw")
    assert (done.out, done.code) == ("", 1)
    assert f"cannot write {place}/" in done.err
    assert "AIRFLOWCTL_HOME" in done.err
    assert kept.values == {}


@pytest.mark.parametrize("place", ["/dev/null", "/proc/nope"])
def test_reading_needs_no_folder(program: Program, stub: Stub, place: str) -> None:
    done = program.with_environ(AIRFLOWCTL_HOME=place, AIRFLOWCTL_URL=stub.url)("pools", "get", "p")
    assert (done.err, done.code) == ("", 0)


def test_a_login_leaves_no_secret_in_any_file(
    program: Program, stub: Stub, tmp_path: Path, kept: Kept
) -> None:
    program("auth", "login", "--url", stub.url, "-u", "ann", "--password-stdin", stdin="hunter2\n")
    program("auth", "login", "-e", "x", "--url", stub.url, "-u", "ann", "-p", "hunter2")
    written = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert [stub.url in text for path, text in written.items() if path.suffix == ".toml"] == [True, True]
    for text in written.values():
        assert "hunter2" not in text
        assert "secret-token" not in text


def test_a_login_that_fails_changes_nothing(program: Program, stub: Stub, home: Path) -> None:
    stub.answer = lambda request: reply({"detail": "Invalid credentials"}, 401)
    done = program("auth", "login", "--url", stub.url, "-u", "ann", "-p", "wrong")
    assert done.code == 4
    assert not home.exists()


# Which one.


@pytest.mark.parametrize(
    ("environ", "argv", "place"),
    [
        ({}, (), "default"),
        ({}, ("-e", "prod"), "prod"),
        ({}, ("--env=dev",), "dev"),
        ({"AIRFLOW_CLI_ENVIRONMENT": "prod"}, (), "prod"),
        ({"AIRFLOW_CLI_ENVIRONMENT": "prod"}, ("-e", "dev"), "dev"),
        ({"AIRFLOW_CLI_ENVIRONMENT": ""}, (), "default"),
        ({"AIRFLOWCTL_URL": "{url}/variable"}, (), "variable"),
        ({"AIRFLOWCTL_URL": ""}, ("-e", "dev"), "dev"),
        ({"AIRFLOWCTL_URL": "{url}/variable"}, ("-e", "dev"), "dev"),
        ({"AIRFLOWCTL_URL": "{url}/variable"}, ("--url", "{url}/option"), "option"),
        ({"AIRFLOWCTL_URL": "{url}/variable", "AIRFLOW_CLI_ENVIRONMENT": "prod"}, (), "variable"),
        ({}, ("--url", "{url}/option"), "option"),
        ({}, ("--api-url={url}/option",), "option"),
        ({}, ("-e", "prod", "--url", "{url}/option"), "option"),
        ({"AIRFLOW_CLI_ENVIRONMENT": "prod"}, ("--url", "{url}/option"), "option"),
    ],
)
def test_where_a_line_goes(
    program: Program, stub: Stub, home: Path, environ: dict[str, str], argv: tuple[str, ...], place: str
) -> None:
    for name in ("default", "prod", "dev"):
        write(home, name, f'url = "{stub.url}/{name}"\n')
    chosen = program.with_environ(**{name: value.format(url=stub.url) for name, value in environ.items()})
    for line in ((*argv, "pools", "get", "p"), ("pools", "get", "p", *argv), ("pools", *argv, "get", "p")):
        stub.requests.clear()
        assert chosen(*(part.format(url=stub.url) for part in line)).code == 0
        assert stub.requests[0].path == f"/{place}/api/v2/pools/p"


def test_an_environment_that_is_not_there(program: Program, home: Path) -> None:
    done = program("pools", "list", "-e", "prdo")
    assert (done.out, done.code) == ("", 2)
    assert "there is no environment 'prdo'" in done.err
    assert "airflowctl auth login -e prdo --url URL" in done.err
    write(home, "prod", 'url = "http://h"\n')
    assert "prod" in program("pools", "list", "-e", "prdo").err
    assert "prod" in program.with_environ(AIRFLOW_CLI_ENVIRONMENT="prdo")("pools", "list").err


def test_no_server_at_all(program: Program, home: Path) -> None:
    done = program("pools", "list")
    assert (done.out, done.code) == ("", 2)
    assert "airflowctl auth login" in done.err
    write(home, "prod", 'url = "http://h"\n')
    assert "-e: prod" in program("pools", "list").err


def test_options_do_not_outlive_their_line(program: Program, stub: Stub, home: Path) -> None:
    for name in ("default", "prod"):
        write(home, name, f'url = "{stub.url}/{name}"\n')
    program(stdin="pools get p\npools get p -e prod\npools get p\n")
    assert [request.path.split("/")[1] for request in stub.requests] == ["default", "prod", "default"]
