"""Logging in and out, on a real Airflow and with a real keyring; no secret ends up where others read it."""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.keyrings import Kept, Keyring, keyring
from tests.program import Done, Program
from tests.screen import Screen


class Account(NamedTuple):
    """A server and somebody on it."""

    url: str
    password: str
    username: str = "admin"

    @property
    def options(self) -> list[str]:
        return ["--url", self.url, "--username", self.username, "--password-stdin"]

    @property
    def stdin(self) -> str:
        return self.password + "\n"


@pytest.fixture(scope="session")
def account(airflow: Any) -> Account:
    return Account(airflow.url, airflow.password("admin"))


def files(folder: Path) -> dict[Path, str]:
    """Every file below a folder and what is in it."""
    return {path: path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}


def without_token(program: Program) -> Program:
    environ = {name: value for name, value in program.environ.items() if name != "AIRFLOW_CLI_TOKEN"}
    return Program(environ)


# A token for scripts


def test_auth_token_prints_the_token_and_nothing_else(program: Program, account: Account) -> None:
    done = program("auth", "token", *account.options, stdin=account.stdin)
    assert (done.err, done.code) == ("", 0)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", done.out)
    used = program.with_environ(AIRFLOW_CLI_TOKEN=done.out)("dags", "get", "demo_etl", "--url", account.url)
    assert used.code == 0


def test_a_token_as_json_says_when_it_ends(program: Program, account: Account) -> None:
    found = program("auth", "token", *account.options, "-o", "json", stdin=account.stdin).json
    assert found.keys() == {"token", "expires_at"}
    assert datetime.fromisoformat(found["expires_at"]) > datetime.now(UTC)


def test_the_token_of_this_login_is_printed_without_a_question(ctl: Program, token: str) -> None:
    assert ctl("auth", "token") == Done(token + "\n", "", 0)


@pytest.mark.parametrize("ending", ["", "/", "/api/v2", "/api/v2/", "//"])
def test_an_address_as_people_paste_it(ending: str, program: Program, account: Account) -> None:
    pasted = account._replace(url=account.url.replace("http://127", "  HTTP://127") + ending)
    assert program("auth", "token", *pasted.options, stdin=pasted.stdin).code == 0


def test_an_address_without_a_scheme_is_not_guessed(program: Program, account: Account) -> None:
    bare = account._replace(url=account.url.removeprefix("http://"))
    done = program("auth", "token", *bare.options, stdin=bare.stdin)
    assert (done.out, done.code) == ("", 2)
    assert f"did you mean {account.url} ?" in done.err


@pytest.mark.parametrize("command", ["token", "login"])
@pytest.mark.parametrize("password", ["wrong-canary", "wrong canary ü", "x" * 5000])
def test_a_wrong_password(command: str, password: str, program: Program, account: Account) -> None:
    done = program("auth", command, *account.options, stdin=password + "\n", terminal=True)
    assert (done.out, done.code) == ("", 4)
    assert "does not accept this user name and password" in done.err
    assert account.url in done.err
    assert password not in done.err


@pytest.mark.parametrize("command", ["token", "login"])
def test_no_password_at_all(command: str, program: Program, account: Account) -> None:
    done = program("auth", command, *account.options, stdin="")
    assert (done.out, done.code) == ("", 2)
    assert "password" in done.err


@pytest.mark.parametrize("command", ["token", "login"])
@pytest.mark.parametrize("option", [[], ["--password"], ["-p"]])
def test_without_a_terminal_nobody_is_asked(
    command: str, option: list[str], program: Program, account: Account
) -> None:
    line = ["auth", command, "--url", account.url, "--username", "admin", *option]
    done = program.process(*line, stdin=account.stdin)
    assert (done.out, done.code) == ("", 2)
    assert "--password-stdin" in done.err


def test_a_password_on_the_command_line_works_too(program: Program, account: Account) -> None:
    done = program("auth", "token", "--url", account.url, "-u", "admin", f"--password={account.password}")
    assert (done.err, done.code) == ("", 0)


def test_a_person_is_asked_without_echo(program: Program, account: Account) -> None:
    with Screen(program, "auth", "login", "--url", account.url) as screen:
        screen.until("User name:")
        screen.type("admin\n")
        screen.until("Password of admin:")
        screen.type(account.password + "\n")
        screen.until("the login is good")  # and there is no keyring to keep it in
        assert screen.end() == 4
        assert account.password not in screen.raw


def test_stopping_at_the_question(program: Program, account: Account) -> None:
    with Screen(program, "auth", "login", "--url", account.url, "-u", "admin", "-p") as screen:
        screen.until("Password of admin:")
        screen.type("\x03")
        assert screen.end() == 130
        assert "Traceback" not in screen.raw


# Which token is used, and what is said when it is no good


@pytest.mark.parametrize("line", ["dags list", "variables set k v", "dags pause demo_etl"])
def test_no_credentials(line: str, program: Program, account: Account) -> None:
    done = program(*line.split(), "--url", account.url)
    assert (done.out, done.code) == ("", 4)
    assert f"not logged in to {account.url}" in done.err
    assert f"airflowctl auth login --url {account.url}" in done.err


@pytest.mark.parametrize("garbage", ["garbage", "a.b.c", "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJhIn0.AAAA"])
def test_a_token_that_is_no_good_says_to_log_in(garbage: str, ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN=garbage)("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "does not accept this token" in done.err
    assert "auth token" in done.err
    assert garbage not in done.err


def signed(claims: dict[str, object], secret: str) -> str:
    """A token as the server makes them."""

    def encoded(raw: bytes) -> str:
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    header = {"alg": "HS512", "kid": "not-used", "typ": "JWT"}
    text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{encoded(hmac.digest(secret.encode(), text.encode(), 'sha512'))}"


def test_an_expired_token_says_so(ctl: Program, airflow: Any) -> None:
    secret = json.loads((airflow.home / "secrets.json").read_text())["api_auth.jwt_secret"]
    who = {"sub": "admin", "role": "admin", "teams": [], "jti": "x", "aud": "apache-airflow"}
    now = int(time.time())

    def lasting(seconds: int) -> Program:
        token = signed({**who, "iat": now - 99, "nbf": now - 99, "exp": now + seconds}, secret)
        return ctl.with_environ(AIRFLOW_CLI_TOKEN=token)

    assert lasting(99)("dags", "list").code == 0  # so it is the time alone that is wrong with the other
    old = lasting(-60)
    done = old("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "has expired" in done.err
    assert "auth token" in done.err
    status = old("auth", "status", "-o", "json")
    assert status.code == 4
    assert "expired" in status.json["status"]


def test_a_token_that_was_revoked(ctl: Program, account: Account) -> None:
    token = ctl("auth", "token", *account.options, stdin=account.stdin).out.strip()
    one = ctl.with_environ(AIRFLOW_CLI_TOKEN=token)
    assert one("dags", "list").code == 0
    headers = {"Authorization": f"Bearer {token}"}
    httpx.get(f"{account.url}/api/v2/auth/logout", headers=headers, trust_env=False)
    done = one("dags", "list")
    assert (done.out, done.code) == ("", 4)
    assert "revoked" in done.err
    assert "auth token" in done.err


@pytest.mark.parametrize(
    "broken", ["two words", "tok\nen", "t\u00f6ken", "token\x00", "Bearer x\r\nX-Evil: 1"]
)
def test_what_cannot_be_a_token_is_not_sent_or_shown(broken: str, ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN=broken)("dags", "list")
    assert (done.out, done.code) == ("", 2)
    assert "AIRFLOW_CLI_TOKEN" in done.err
    assert broken not in done.err


def test_a_token_with_a_line_end_is_what_a_file_gives(ctl: Program, token: str) -> None:
    assert ctl.with_environ(AIRFLOW_CLI_TOKEN=f" {token}\r\n")("dags", "list").code == 0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("connections list", "GET /api/v2/connections"),
        ("variables get x", "GET /api/v2/variables/x"),
        ("variables set x y", "/api/v2/variables"),
        ("dags pause demo_etl", "PATCH /api/v2/dags/demo_etl"),
        ("dags trigger demo_etl", "POST /api/v2/dags/demo_etl/dagRuns"),
    ],
)
def test_who_may_not_do_what(line: str, what: str, viewer: Program) -> None:
    done = viewer(*line.split())
    assert (done.out, done.code) == ("", 4)
    assert "viewer may not" in done.err
    assert what in done.err
    assert "log in again" not in done.err  # it would not help


def test_a_viewer_may_look(viewer: Program) -> None:
    assert viewer("dags", "get", "demo_etl").code == viewer("pools", "list").code == 0


def test_an_error_as_json(viewer: Program) -> None:
    done = viewer("connections", "list", "-o", "json")
    error = json.loads(done.err)["error"]
    assert (done.out, done.code) == ("", 4)
    assert (error["code"], error["status"]) == ("not_allowed", 403)
    assert error["operation"] == "get_connections"


# Status and logout


def test_status_of_a_login(ctl: Program, token: str) -> None:
    done = ctl("auth", "status", "-o", "json")
    assert (done.err, done.code) == ("", 0)
    assert done.json["username"] == "admin"
    assert done.json["status"] == "logged in"
    assert done.json["token_from"] == "AIRFLOW_CLI_TOKEN"
    assert done.json["url"] == ctl.environ["AIRFLOWCTL_URL"]
    assert datetime.fromisoformat(done.json["expires_at"]) > datetime.now(UTC)
    assert token not in str(done)


def test_status_without_a_login(program: Program, account: Account) -> None:
    done = program("auth", "status", "--url", account.url, "-o", "json")
    assert done.code == 4
    assert done.json["status"] == "not logged in"


def test_status_of_a_token_that_is_no_good(ctl: Program) -> None:
    done = ctl.with_environ(AIRFLOW_CLI_TOKEN="garbage")("auth", "status", "-o", "json")
    assert done.code == 4
    assert "does not accept this token" in done.json["status"]


def test_status_of_a_viewer_is_a_login(viewer: Program) -> None:
    done = viewer("auth", "status", "-o", "json")
    assert (done.code, done.json["username"], done.json["status"]) == (0, "viewer", "logged in")


def test_status_where_nothing_answers(ctl: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    done = ctl.with_environ(AIRFLOWCTL_URL=f"http://127.0.0.1:{port}")("auth", "status", "-o", "json")
    assert done.code == 3
    assert "connection refused" in str(done)


def test_status_and_logout_without_any_server(program: Program) -> None:
    for command in ("status", "logout", "token"):
        done = program("auth", command)
        assert (done.out, done.code) == ("", 2)
        assert "auth login --url" in done.err


def test_logout_where_nobody_was_logged_in(program: Program, account: Account) -> None:
    done = program("auth", "logout", "--url", account.url)
    assert (done.err, done.code) == ("", 0)
    assert "there was no login" in done.out


def test_logout_does_not_pretend_that_the_variable_is_gone(ctl: Program) -> None:
    done = ctl("auth", "logout")
    assert "AIRFLOW_CLI_TOKEN is still set" in done.err
    assert ctl("dags", "list").code == 0


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


def test_a_token_in_the_environment_goes_to_its_own_server_only(ctl: Program, token: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        elsewhere = f"http://127.0.0.1:{other.getsockname()[1]}"
        running = subprocess.Popen(
            [sys.executable, "-m", "airflowctl", "dags", "list", "--url", elsewhere],
            env=ctl.process_environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        other.settimeout(60)
        connection, _ = other.accept()
        with connection:
            asked = connection.recv(65536).decode()
        running.kill()
        running.communicate()
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
        running = subprocess.Popen(
            [sys.executable, "-m", "airflowctl", "dags", "list"],
            env=person.process_environ,
            stderr=subprocess.DEVNULL,
        )
        other.settimeout(60)
        connection, _ = other.accept()
        with connection:
            asked = connection.recv(65536).decode()
        running.kill()
        running.wait()
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
