"""Logins without a keyring, by environment and in a real keyring; and no secret shown."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.keyrings import Kept, Keyring, keyring
from tests.support.program import Done, Program
from tests.support.screen import Screen
from tests.support.user_login import Account, files

# Without a keyring


def test_a_login_that_cannot_be_kept_names_the_way_out(
    program: Program, account: Account, tmp_path: Path
) -> None:
    done = program("auth", "login", *account.options, stdin=account.stdin)
    assert (done.out, done.code) == ("", 4)
    assert "keyring" in done.err
    assert f"export AIRFLOW_CLI_TOKEN=$(airflowctl auth token --url {account.url}" in done.err
    kept = files(tmp_path)
    assert not [path for path, text in kept.items() if "eyJ" in text or account.password in text]
    assert program("dags", "list", "--url", account.url).code == 4  # it really is nowhere


def test_the_way_out_works_as_it_is_printed(program: Program, account: Account, tmp_path: Path) -> None:
    done = program("auth", "login", *account.options, stdin=account.stdin)
    line = re.search(r"export AIRFLOW_CLI_TOKEN=\$\(airflowctl (.*?)\)", done.err)
    assert line
    with Screen(program, *line[1].split()) as screen:
        screen.until("Password of admin:")
        screen.type(account.password + "\n")
        assert screen.end() == 0
        printed = screen.raw.splitlines()[-1]
    used = program.with_environ(AIRFLOW_CLI_TOKEN=printed)("dags", "list", "--url", account.url)
    assert used.code == 0


def test_in_a_batch_a_login_lasts_to_its_end(program: Program, account: Account, tmp_path: Path) -> None:
    login = f"auth login --url {account.url} -u admin --password {account.password}"
    file = tmp_path / "batch"
    file.write_text(f"{login}\ndags get demo_etl -o name\nauth status -o json\nauth logout\ndags list\n")
    done = program("-f", str(file))
    file.unlink()
    assert "\ndemo_etl\n" in done.out
    assert '"token_from": "memory"' in done.out
    assert done.code == 4  # the last line: after the logout
    assert account.password not in str(done)
    assert not [path for path, text in files(tmp_path).items() if "eyJ" in text or account.password in text]


# Environments


def test_environments_by_name(ctl: Program, account: Account, kept: Kept) -> None:
    other = account.url.replace("127.0.0.1", "localhost")
    without_url = Program({name: text for name, text in ctl.environ.items() if name != "AIRFLOWCTL_URL"})
    for name, url in (("one", account.url), ("two", other)):
        done = without_url(
            "auth", "login", "-e", name, *account._replace(url=url).options, stdin=account.stdin
        )
        assert done.code == 0, done.err
    assert len(kept.values) == 2

    def url_of(*options: str, **environ: str) -> Any:
        return without_url.with_environ(**environ)("auth", "status", "-o", "json", *options).json["url"]

    assert url_of("-e", "one") == account.url
    assert url_of("-e", "two") == other
    assert url_of(AIRFLOW_CLI_ENVIRONMENT="two") == other
    assert url_of("-e", "one", AIRFLOW_CLI_ENVIRONMENT="two") == account.url
    assert url_of("-e", "one", AIRFLOWCTL_URL=other) == account.url
    unknown = without_url("dags", "list", "-e", "three")
    assert (unknown.out, unknown.code) == ("", 2)
    assert "no environment 'three'" in unknown.err
    assert "one, two" in unknown.err
    assert without_url("dags", "list").code == 2  # which one is not guessed


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "-e", "x" * 101, "a\nb"])
def test_a_name_that_would_leave_the_folder(
    name: str, program: Program, account: Account, tmp_path: Path
) -> None:
    done = program("auth", "login", f"--env={name}", *account.options, stdin=account.stdin)
    if name:
        assert (done.out, done.code) == ("", 2)
    outside = [path for path in files(tmp_path) if path.parent != tmp_path / "airflowctl" / "environments"]
    assert outside == []


def first_request(listener: socket.socket, program: Program, *line: str) -> str:
    """What a line sends to somebody who never answers."""
    running = subprocess.Popen(
        [sys.executable, "-m", "airflowctl", *line],
        env=program.process_environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        listener.settimeout(60)
        connection, _ = listener.accept()
        with connection:
            return connection.recv(65536).decode()
    finally:
        running.kill()
        running.wait()


def test_a_token_in_the_environment_goes_to_its_own_server_only(ctl: Program, token: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        elsewhere = f"http://127.0.0.1:{other.getsockname()[1]}"
        asked = first_request(other, ctl, "dags", "list", "--url", elsewhere)
    assert asked.startswith("GET /api/v2/dags")
    assert token not in asked
    assert "uthorization" not in asked


# Secrets


def test_no_secret_is_shown_or_written(
    ctl: Program, account: Account, token: str, tmp_path: Path, unique: str
) -> None:
    lines = [
        "dags list --debug", "dags get nosuch --debug", "auth status --debug", "auth status -o json",
        "connections list --debug -o json", "dags list --url http://127.0.0.1:1 --debug",
        "auth login -u admin --password-stdin --debug", "auth token -u admin --password-stdin -z",
        "auth login -u admin --password wrong-canary --debug", "auth logout --debug",
    ]  # fmt: skip
    for line in lines:
        done = ctl.process(*line.split(), stdin=account.stdin)
        for secret in (token, account.password, "wrong-canary", "Bearer"):
            assert secret not in done.out + done.err, line
    for path, text in files(tmp_path).items():
        assert not [secret for secret in (token, account.password, "eyJ") if secret in text], path


def test_files_of_ours_are_for_this_user_only(
    program: Program, account: Account, tmp_path: Path, kept: Kept
) -> None:
    program("auth", "login", *account.options, stdin=account.stdin)
    made = list((tmp_path / "airflowctl").rglob("*"))
    assert made
    assert not [path for path in made if path.stat().st_mode & 0o077]


def test_a_running_program_shows_no_secret_to_others(
    program: Program, account: Account, silent: socket.socket
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    running = subprocess.Popen(
        [sys.executable, "-m", "airflowctl", "auth", "token", *account._replace(url=url).options],
        env=program.process_environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin
    running.stdin.write(account.stdin.encode())
    running.stdin.close()
    silent.settimeout(60)
    connection, _ = silent.accept()
    with connection:
        asked = connection.recv(65536)
        while account.password.encode() not in asked:
            asked += connection.recv(65536)
        shown = Path(f"/proc/{running.pid}/cmdline").read_bytes() if os.path.isdir("/proc") else b""
        below = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True).stdout
    running.kill()
    running.wait()
    assert account.password.encode() not in shown + below


# With a real keyring


@pytest.fixture
def real_keyring() -> Iterator[Keyring]:
    # Short, as the path of a socket must be.
    with tempfile.TemporaryDirectory(prefix="kr") as folder, keyring(Path(folder)) as unlocked:
        yield unlocked


@pytest.fixture
def person(program: Program, real_keyring: Keyring) -> Program:
    """The program for somebody whose system has a keyring."""
    own = program.with_environ(**real_keyring.environ)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    return own


def test_a_login_lasts_in_the_keyring(
    person: Program, account: Account, tmp_path: Path, real_keyring: Keyring
) -> None:
    login = person.process("auth", "login", *account.options, stdin=account.stdin)
    assert (login.err, login.code) == ("", 0)
    assert "kept in the system keyring" in login.out

    assert person.process("dags", "get", "demo_etl", "-o", "name") == Done("demo_etl\n", "", 0)
    status = person.process("auth", "status", "-o", "json")
    assert (status.code, status.json["token_from"]) == (0, "keyring")
    assert (status.json["username"], status.json["url"]) == ("admin", account.url)
    token = person.process("auth", "token").out.strip()
    assert token.count(".") == 2
    for place in (tmp_path, Path(real_keyring.environ["XDG_DATA_HOME"])):
        kept = files(place)
        assert kept
        assert not [path for path, text in kept.items() if token in text or account.password in text]

    logout = person.process("auth", "logout")
    assert (logout.err, logout.code) == ("", 0)
    after = person.process("dags", "list")
    assert (after.out, after.code) == ("", 4)
    assert f"auth login --url {account.url}" in after.err
    assert person.process("auth", "logout").out.startswith("there was no login")


def test_two_environments_in_the_keyring(person: Program, account: Account, airflow: Any) -> None:
    looking = Account(airflow.url, airflow.password("viewer"), "viewer")
    for name, who in (("work", account), ("look", looking)):
        done = person.process("auth", "login", "-e", name, *who.options, stdin=who.stdin)
        assert done.code == 0, done.err
    assert person.process("connections", "list", "-e", "work").code == 0
    assert person.process("connections", "list", "-e", "look").code == 4
    assert person.process("auth", "logout", "-e", "work").code == 0
    assert person.process("dags", "list", "-e", "work").code == 4
    assert person.process("dags", "list", "-e", "look").code == 0


def test_a_changed_address_does_not_get_the_token(person: Program, account: Account, tmp_path: Path) -> None:
    """Somebody who can write the small file of an environment can't have its token sent elsewhere."""
    assert person.process("auth", "login", *account.options, stdin=account.stdin).code == 0
    file = tmp_path / "airflowctl" / "environments" / "default.toml"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        file.write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", file.read_text()))
        asked = first_request(other, person, "dags", "list")
    assert asked.startswith("GET /api/v2/dags")
    assert "uthorization" not in asked


def test_a_locked_keyring_is_named(person: Program, account: Account, real_keyring: Keyring) -> None:
    assert person.process("auth", "login", *account.options, stdin=account.stdin).code == 0
    real_keyring.lock()
    for line in (["dags", "list"], ["auth", "token"], ["auth", "login", *account.options]):
        done = person.process(*line, stdin=account.stdin)
        assert (done.out, done.code) == ("", 4), line
        assert "keyring" in done.err, line
        assert "Traceback" not in done.err
    status = person.process("auth", "status", "-o", "json")
    assert status.code == 4
    assert "keyring" in status.json["status"]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"},
        {"DBUS_SESSION_BUS_ADDRESS": "garbage"},
        {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        {"PYTHON_KEYRING_BACKEND": "no.such.Backend"},
    ],
    ids=["no bus", "dead bus", "garbage bus", "null keyring", "unknown keyring"],
)
def test_a_missing_keyring_is_named(
    environ: dict[str, str], program: Program, account: Account, tmp_path: Path
) -> None:
    own = Program(program.environ)
    del own.environ["PYTHON_KEYRING_BACKEND"]
    own.environ.update(environ)
    done = own.process("auth", "login", *account.options, stdin=account.stdin)
    assert (done.out, done.code) == ("", 4)
    assert "keyring" in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.rglob("*.toml"))  # nothing is half done
    assert not [path for path, text in files(tmp_path).items() if "eyJ" in text]
